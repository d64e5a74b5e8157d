"""Who asks: the session of a cookie, the key of a program, the key in the address of a calendar, or nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Request

from harvester.web.access import subscriptions
from harvester.web.access.people import NOBODY, Person, Role
from harvester.web.room import LOCAL_OPERATOR, Room, RoomSettings
from storage import accounts, sessions

_ROLES = {"reader": Role.READER, "operator": Role.OPERATOR}
_LONGEST_SECRET = 200
_BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Entry:
    """How somebody came in. ``way`` is ``open``, ``session``, ``key``, ``subscription`` or empty; ``secret`` what they showed.

    ``provisional``: they must choose a password of their own first. ``due``: that they were here is worth noting again.
    """

    person: Person
    way: str = ""
    secret: str = ""
    provisional: bool = False
    serial: int = 0
    due: bool = False


OUTSIDE = Entry(NOBODY)
INSIDE = Entry(LOCAL_OPERATOR, "open")


def session_cookie(settings: RoomSettings) -> str:
    """Return the name of the cookie of a session; ``__Host-`` keeps other hosts and plain connections from setting it (RFC 6265bis)."""
    return "__Host-session" if settings.secure else "harvester-session"


def entry(room: Room, request: Request, at: datetime | None = None) -> Entry:
    """Return how a request comes in. Raises ``StoreError``."""
    if room.settings.open:
        return INSIDE
    now = at or datetime.now(UTC)
    given = request.headers.get("authorization", "")
    if given:
        return _of_key(room, given, now)
    if secret := request.cookies.get(session_cookie(room.settings), ""):
        return _of_session(room, secret, now)
    return _of_address(room, request)


def _of_session(room: Room, secret: str, now: datetime) -> Entry:
    found = sessions.entered(room.store, secret) if len(secret) <= _LONGEST_SECRET else None
    limits = room.settings.limits
    if found is None or found.seen_at is None or now - found.created_at > limits.longest or now - found.seen_at > limits.idle:
        return OUTSIDE
    person = Person(found.name, _ROLES[found.role])
    return Entry(person, "session", secret, found.provisional, found.serial, sessions.due(found, now))


def _of_key(room: Room, given: str, now: datetime) -> Entry:
    key = given[len(_BEARER) :].strip()
    if not given.lower().startswith(_BEARER) or len(key) > _LONGEST_SECRET:
        return OUTSIDE
    found = sessions.let_in(room.store, key, now)
    if found is None or found.provisional:
        return OUTSIDE
    return Entry(Person(found.name, _ROLES[found.role]), "key", key, serial=found.serial, due=sessions.due(found, now))


def _of_address(room: Room, request: Request) -> Entry:
    key = request.query_params.get(subscriptions.PARAMETER, "")
    if not key or request.method not in ("GET", "HEAD") or not subscriptions.covers(request.url.path):
        return OUTSIDE
    name = subscriptions.name_in(key)
    account, _ = accounts.with_password(room.store, name) if name else (None, "")
    if account is None or account.provisional or not subscriptions.fits(room.settings.secret, key, account.name, account.serial):
        return OUTSIDE
    return Entry(Person(account.name, Role.READER), "subscription", serial=account.serial)


def note(room: Room, found: Entry) -> None:
    """Note that somebody was here."""
    now = datetime.now(UTC)
    if found.way == "session":
        sessions.touch(room.store, found.secret, now)
    elif found.way == "key":
        sessions.touch_key(room.store, found.secret, now)
