"""Accounts of the reading room: who there is, and with which role. What a password is, is not decided here: only hashes are kept."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from storage.errors import StoreError, UnknownRecord
from storage.room_schema import accounts, api_keys, sessions
from storage.row_writing import insert_new
from storage.store import Store
from storage.turns import Turn

MOST_LETTERS = 64
_SIGNS = frozenset("._-@")
_TAKEN = "There is an account {name} already: choose another name."
_TAKEN_ONCE = "The name {name} stands in the log for somebody who was removed: choose another name."


class AccountRefused(StoreError):  # noqa: N818 -- what happened, in the words of the command line
    """An account cannot be made or changed as asked; the message says what to do instead.

    ``message`` has the values of ``values`` left out, so that it can be told in another language.
    """

    def __init__(self, message: str, **values: object) -> None:
        self.message, self.values = message, values
        super().__init__(message.format(**values))


class UnknownAccount(UnknownRecord):
    """There is no account of that name."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account, without its password's hash. ``provisional``: the password is known to whoever made it, and must be changed.

    ``serial`` goes into what is derived from an account (addresses of calendars), so that a new one ends them all.
    """

    name: str
    role: str
    password_at: datetime
    provisional: bool
    serial: int
    created_at: datetime
    created_by: str
    login_at: datetime | None


_COLUMNS = [accounts.c[name] for name in Account.__slots__]


def account_name(text: str) -> str:
    """Return a name as it is kept and compared: NFKC, case folded (after RFC 8265, UsernameCaseMapped).

    Raises ``AccountRefused`` for one that is empty, longer than 64 characters, or holds anything but letters, digits and ``._-@``.
    """
    name = unicodedata.normalize("NFKC", text[: 4 * MOST_LETTERS]).strip().casefold()
    if not 0 < len(name) <= MOST_LETTERS or len(text) > 4 * MOST_LETTERS:
        raise AccountRefused("The name of an account has 1 to {most} characters: choose another.", most=MOST_LETTERS)
    if not all(letter in _SIGNS or unicodedata.category(letter)[0] in "LN" for letter in name):
        raise AccountRefused("The name of an account is made of letters, digits and . _ - @: choose another.")
    return name


def add(store: Store, name: str, role: str, password: str, by: str, at: datetime, *, provisional: bool = False) -> Account:
    """Make an account; ``password`` is a hash. Raises ``AccountRefused`` for a name that is or was another's."""
    kept = account_name(name)
    row = {"name": kept, "role": role, "password": password, "password_at": at, "provisional": provisional, "serial": 0}
    with store.writing(told=False, turn=Turn.ACCOUNTS) as connection:
        if not insert_new(connection, accounts, [row | {"created_at": at, "created_by": by}], ("name",)):
            removed_at = connection.execute(select(accounts.c.removed_at).where(accounts.c.name == kept)).scalar_one()
            raise AccountRefused(_TAKEN_ONCE if removed_at else _TAKEN, name=kept)
    return named(store, kept)


def listed(store: Store) -> list[Account]:
    """Return the accounts by name; those that were removed are left out."""
    with store.reading() as connection:
        query = select(*_COLUMNS).where(accounts.c.removed_at.is_(None)).order_by(accounts.c.name)
        return [_account(row) for row in connection.execute(query)]


def named(store: Store, name: str) -> Account:
    """Return an account. Raises ``UnknownAccount``."""
    found, _ = with_password(store, name)
    if found is None:
        raise _unknown(name)
    return found


def with_password(store: Store, name: str) -> tuple[Account | None, str]:
    """Return an account with the hash of its password; nothing and an empty hash where there is none of that name."""
    try:
        kept = account_name(name)
    except AccountRefused:
        return None, ""
    query = select(*_COLUMNS, accounts.c.password).where(accounts.c.name == kept, accounts.c.removed_at.is_(None))
    with store.reading() as connection:
        row = connection.execute(query).one_or_none()
    return (None, "") if row is None else (_account(row), row.password)


def operators(store: Store) -> int:
    """Return how many operators there are."""
    with store.reading() as connection:
        return int(connection.execute(_counted()).scalar_one())


def set_role(store: Store, name: str, role: str) -> None:
    """Give an account another role, at once. Raises ``UnknownAccount``, ``AccountRefused`` for the last operator."""
    with store.writing(told=False, turn=Turn.ACCOUNTS) as connection:
        kept = _there(connection, name)
        if role != "operator":
            _not_last(connection, kept)
        connection.execute(update(accounts).where(accounts.c.name == kept).values(role=role))


def set_password(store: Store, name: str, password: str, at: datetime, *, provisional: bool = False) -> None:
    """Give an account another password (a hash), and end its sessions and addresses of calendars. Raises ``UnknownAccount``.

    A ``provisional`` one, which somebody else gave it, ends the keys of its programs, too: whose they are is not sure any more.
    """
    with store.writing(told=False, turn=Turn.ACCOUNTS) as connection:
        kept = _there(connection, name)
        values = {"password": password, "password_at": at, "provisional": provisional, "serial": accounts.c.serial + 1}
        connection.execute(update(accounts).where(accounts.c.name == kept).values(values))
        _end_all(connection, kept, keys=provisional)


def rehash(store: Store, name: str, old: str, new: str) -> None:
    """Keep the same password under a newer hash, unless it was changed meanwhile."""
    with store.writing(told=False) as connection:
        connection.execute(update(accounts).where(accounts.c.name == name, accounts.c.password == old).values(password=new))


def renew_addresses(store: Store, name: str) -> None:
    """Give an account a new serial number, which ends the addresses of calendars that were made with the former."""
    with store.writing(told=False) as connection:
        connection.execute(update(accounts).where(accounts.c.name == name).values(serial=accounts.c.serial + 1))


def logged_in(store: Store, name: str, at: datetime) -> None:
    """Note when somebody logged in."""
    with store.writing(told=False) as connection:
        connection.execute(update(accounts).where(accounts.c.name == name).values(login_at=at))


def remove(store: Store, name: str, by: str, at: datetime) -> None:
    """Remove an account with its sessions and keys; its name stays taken.

    Raises ``UnknownAccount``, ``AccountRefused`` for the last operator.
    """
    with store.writing(told=False, turn=Turn.ACCOUNTS) as connection:
        kept = _there(connection, name)
        _not_last(connection, kept)
        _end_all(connection, kept, keys=True)
        connection.execute(update(accounts).where(accounts.c.name == kept).values(password="", removed_at=at, removed_by=by))


def _end_all(connection: Connection, name: str, *, keys: bool) -> None:
    for table in (sessions, api_keys) if keys else (sessions,):
        connection.execute(delete(table).where(table.c.account == name))


def _there(connection: Connection, name: str) -> str:
    """Return the name of an account as it is kept."""
    kept = account_name(name)
    if connection.execute(select(accounts.c.name).where(accounts.c.name == kept, accounts.c.removed_at.is_(None))).one_or_none() is None:
        raise _unknown(name)
    return kept


def _not_last(connection: Connection, name: str) -> None:
    """Raise where an account is the only operator. Whoever changes accounts has the turn, so two who leave at once see each other."""
    query = select(accounts.c.name).where(accounts.c.role == "operator", accounts.c.removed_at.is_(None))
    if set(connection.execute(query).scalars()) == {name}:
        raise AccountRefused("{name} is the only operator: make another one first.", name=name)


def _counted() -> Any:  # noqa: ANN401 -- SQLAlchemy's type of a query
    return select(func.count()).where(accounts.c.role == "operator", accounts.c.removed_at.is_(None))


def _account(row: Any) -> Account:  # noqa: ANN401 -- a row of any width
    return Account(**{name: row._mapping[name] for name in Account.__slots__})


def _unknown(name: str) -> UnknownAccount:
    return UnknownAccount(f"There is no account {name[:MOST_LETTERS]}: list what there is with `harvester accounts list`.")
