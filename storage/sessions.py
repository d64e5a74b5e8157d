"""Sessions of people and keys of programs, kept as hashes: whoever reads the store cannot come in with what stands there.

Both are random (128 bits and more), so a plain SHA-256 is enough: there is nothing to guess (OWASP Session Management Cheat Sheet).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update

from storage.accounts import AccountRefused
from storage.room_schema import accounts, api_keys, sessions
from storage.store import Store
from storage.turns import Turn

SECRET_BYTES = 32
"""256 bits."""
PREFIX = "chk_"
"""What every key of a program begins with, so that whoever scans for lost secrets finds it."""
AGENT_LETTERS = 120
MOST_SESSIONS, MOST_KEYS = 20, 20
"""Of one account; the oldest session gives way, one more key is refused."""
_TOUCHED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """One session. ``id`` is what the store knows it by, not what the cookie holds."""

    id: str
    account: str
    created_at: datetime
    seen_at: datetime
    agent: str


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a program, without its secret."""

    id: str
    account: str
    label: str
    role: str
    created_at: datetime
    used_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entered:
    """Who a session or key lets in: the account's name, role and state, and the session's own times."""

    name: str
    role: str
    provisional: bool
    serial: int
    created_at: datetime
    seen_at: datetime | None


def hashed(secret: str) -> str:
    """Return what the store keeps of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


# --- sessions --------------------------------------------------------------------------------------------------------------


def begin(store: Store, account: str, agent: str, at: datetime, longest: timedelta, serial: int | None = None) -> str:
    """Begin a session and return its secret, for the cookie. Sessions older than ``longest`` and the account's oldest ones are ended.

    ``serial`` is the account's as it was when its password was held against what came. Raises ``AccountRefused`` where it is another
    now: the password was changed meanwhile, which ended every session that was begun with the former.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    s = sessions.c
    with store.writing(told=False, turn=Turn.ACCOUNTS) as connection:
        _still(connection, account, serial)
        connection.execute(delete(sessions).where(s.created_at < at - longest))
        newest = select(s.id).where(s.account == account).order_by(s.seen_at.desc()).offset(MOST_SESSIONS - 1)
        overdue = connection.execute(newest).scalars().all()
        connection.execute(delete(sessions).where(s.id.in_(overdue)))
        row = {"id": hashed(secret), "account": account, "created_at": at, "seen_at": at, "agent": agent[:AGENT_LETTERS]}
        connection.execute(insert(sessions), [row])
    return secret


def entered(store: Store, secret: str) -> Entered | None:
    """Return whom a session's secret lets in; whether it has ended is for the caller to say. ``None`` for one that is not there."""
    s, a = sessions.c, accounts.c
    query = (
        select(a.name, a.role, a.provisional, a.serial, s.created_at, s.seen_at)
        .join(accounts, a.name == s.account)
        .where(s.id == hashed(secret), a.removed_at.is_(None))
    )
    with store.reading() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else Entered(*row)


def touch(store: Store, secret: str, at: datetime) -> None:
    """Note that a session was used."""
    with store.writing(told=False) as connection:
        connection.execute(update(sessions).where(sessions.c.id == hashed(secret)).values(seen_at=at))


def due(found: Entered, at: datetime) -> bool:
    """Tell whether the last use that is noted lies so far back that a new one is worth a write."""
    return found.seen_at is None or at - found.seen_at >= _TOUCHED


def end(store: Store, secret: str) -> None:
    """End a session."""
    with store.writing(told=False) as connection:
        connection.execute(delete(sessions).where(sessions.c.id == hashed(secret)))


def end_of(store: Store, account: str, session: str = "", *, but: str = "") -> int:
    """End a session of an account by its ``id``, without one all of them, except that of the secret ``but``; return how many."""
    s = sessions.c
    wanted = [s.account == account, *([s.id == session] if session else []), *([s.id != hashed(but)] if but else [])]
    with store.writing(told=False, turn=Turn.ACCOUNTS) as connection:
        return int(connection.execute(delete(sessions).where(*wanted)).rowcount)


def of(store: Store, account: str) -> list[Session]:
    """Return the sessions of an account, the last used first."""
    columns = [sessions.c[name] for name in Session.__slots__]
    with store.reading() as connection:
        query = select(*columns).where(sessions.c.account == account).order_by(sessions.c.seen_at.desc())
        return [Session(*row) for row in connection.execute(query)]


# --- keys of programs ------------------------------------------------------------------------------------------------------


def make_key(store: Store, account: str, label: str, role: str, at: datetime, ends_at: datetime | None, serial: int | None = None) -> str:
    """Make a key and return it whole: it is shown once. Raises ``AccountRefused`` where the account has as many as it may.

    ``serial`` is that of the session it is asked for in; see ``begin``.
    """
    name, secret = secrets.token_hex(6), secrets.token_urlsafe(SECRET_BYTES)
    row = {"id": name, "account": account, "label": label, "role": role, "secret": hashed(secret), "created_at": at, "ends_at": ends_at}
    with store.writing(told=False, turn=Turn.ACCOUNTS) as connection:
        k = api_keys.c
        _still(connection, account, serial)
        connection.execute(delete(api_keys).where(k.account == account, k.ends_at < at))
        there = connection.execute(select(k.id).where(k.account == account)).scalars().all()
        if len(there) >= MOST_KEYS:
            raise AccountRefused("An account has at most {most} keys: remove one that is not used any more.", most=MOST_KEYS)
        connection.execute(insert(api_keys), [row])
    return f"{PREFIX}{name}_{secret}"


def _still(connection: Connection, account: str, serial: int | None) -> None:
    """Raise ``AccountRefused`` where an account has another serial number by now, or was removed; ask nothing without one."""
    if serial is None:
        return
    a = accounts.c
    now = connection.execute(select(a.serial).where(a.name == account, a.removed_at.is_(None))).scalar_one_or_none()
    if now != serial:
        raise AccountRefused("The password was changed meanwhile: log in again.")


def let_in(store: Store, key: str, at: datetime) -> Entered | None:
    """Return whom a key lets in, with the lesser of its own role and its account's; ``None`` for one that is none or has ended."""
    name, _, secret = key.removeprefix(PREFIX).partition("_")
    if not key.startswith(PREFIX) or not secret:
        return None
    k, a = api_keys.c, accounts.c
    query = (
        select(a.name, k.role.label("own"), a.role, a.provisional, a.serial, k.secret, k.created_at, k.used_at)
        .join(accounts, a.name == k.account)
        .where(k.id == name, a.removed_at.is_(None), or_(k.ends_at.is_(None), k.ends_at > at))
    )
    with store.reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None or not hmac.compare_digest(row.secret, hashed(secret)):
        return None
    role = "operator" if {row.own, row.role} == {"operator"} else "reader"
    return Entered(row.name, role, row.provisional, row.serial, row.created_at, row.used_at)


def touch_key(store: Store, key: str, at: datetime) -> None:
    """Note that a key was used."""
    name = key.removeprefix(PREFIX).partition("_")[0]
    with store.writing(told=False) as connection:
        connection.execute(update(api_keys).where(api_keys.c.id == name).values(used_at=at))


def keys_of(store: Store, account: str) -> list[Key]:
    """Return the keys of an account, the newest first."""
    columns = [api_keys.c[name] for name in Key.__slots__]
    with store.reading() as connection:
        return [
            Key(*row)
            for row in connection.execute(select(*columns).where(api_keys.c.account == account).order_by(api_keys.c.created_at.desc()))
        ]


def remove_key(store: Store, account: str, key: str) -> bool:
    """Remove a key of an account by its ``id``; tell whether it was there."""
    with store.writing(told=False) as connection:
        return bool(connection.execute(delete(api_keys).where(api_keys.c.account == account, api_keys.c.id == key)).rowcount)
