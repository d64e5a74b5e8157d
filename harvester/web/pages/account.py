"""One's own account: password, sessions, keys for programs, the addresses of calendars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from harvester.errors import WrongCall
from harvester.messages import _
from harvester.web.access import forgery, passwords, trail
from harvester.web.access.doorkeeper import Doorkeeper
from harvester.web.access.pace import network_of
from harvester.web.access.people import Role
from harvester.web.access.rights import reader
from harvester.web.pages.login import begin
from harvester.web.room import AnyStore, person_of, room_of
from harvester.web.shown import page, preference
from storage import accounts, sessions
from storage.accounts import AccountRefused
from storage.store import Store

router = APIRouter(prefix="/account", dependencies=[reader()])
KEY_DAYS = (30, 90, 365)
"""How long a key of a program may last; the middle one is proposed."""
DONE = {
    "password": "The password is changed; everywhere else you are logged out.",
    "session": "The session is ended.",
    "key": "The key is removed; programs with it are refused.",
    "addresses": "The addresses of calendars and feeds are new; the former ones are refused. Subscribe again.",
}
BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Mac OS", "macOS"), ("Linux", "Linux"))
"""By what a browser and its system are known in what it calls itself, the more certain first."""
Word = Annotated[str, Form(max_length=2000)]


@router.get("")
def own(request: Request, store: AnyStore, done: str = "") -> Response:
    """Show the account of whoever asks."""
    return _page(request, store, done=_(DONE[done], preference(request, "lang")) if done in DONE else "")


def _page(request: Request, store: Store, *, status: int = 200, problem: str = "", done: str = "", key: str = "") -> Response:
    name, found = person_of(request).name, request.state.entry
    if not name:
        return page(request, "account.html", account=None, problem="", done="")
    lists: dict[str, Any] = {"sessions": sessions.of(store, name), "keys": sessions.keys_of(store, name)}
    here = sessions.hashed(found.secret) if found.way == "session" else ""
    more: dict[str, Any] = {
        "this_session": here,
        "key": key,
        "key_days": KEY_DAYS,
        "provisional": found.provisional,
        "least": passwords.LEAST,
    }
    more["browser"] = browser
    account = accounts.named(store, name)
    return page(
        request, "account.html", status=status, problem=problem, done=done, account=account, limits=_limits(request), **more, **lists
    )


def browser(agent: str) -> str:
    """Return browser and system in short (Firefox, Windows), what is neither as it calls itself, up to its first word."""
    known = [next((name for mark, name in table if mark in agent), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in known if name) or agent.partition(" ")[0]


def _limits(request: Request) -> dict[str, int]:
    limits = room_of(request).settings.limits
    return {"minutes": limits.idle_minutes, "hours": limits.session_hours}


@router.post("/password", dependencies=[forgery.form()])
def change(request: Request, store: AnyStore, current: Word = "", password: Word = "", again: Word = "") -> Response:
    """Change the password: every session ends, and a new one begins here."""
    name, lang, place = _in_person(request), preference(request, "lang"), network_of(request)
    keeper: Doorkeeper = request.app.state.doorkeeper
    if keeper.wait(name, place):
        return _page(request, store, status=429, problem=_("The present password was wrong too often: wait a few minutes.", lang))
    kept = accounts.with_password(store, name)[1]
    if not passwords.fits(current, kept):
        trail.noted(request, "password refused", {"network": place})
        return _page(request, store, status=422, problem=_("The present password is not right.", lang))
    keeper.right(name, place)
    try:
        chosen = _chosen(password, again, current, name)
    except WrongCall as error:
        return _page(request, store, status=422, problem=_(str(error), lang))
    trail.noted(request, "password changed")
    accounts.set_password(store, name, passwords.hashed(chosen), datetime.now(UTC))
    return begin(request, accounts.named(store, name), "/account?done=password", place)


def _chosen(password: str, again: str, current: str, name: str) -> str:
    if password != again:
        raise WrongCall("The two new passwords differ: type them again.")
    if password == current:
        raise WrongCall("The new password is the present one: choose another.")
    return passwords.checked(password, name)


@router.post("/sessions", dependencies=[forgery.form()])
def end_session(request: Request, store: AnyStore, session: Word = "", others: Annotated[bool, Form()] = False) -> Response:
    """End one session of one's own, or all but this."""
    name, found = _in_person(request), request.state.entry
    trail.noted(request, "session ended")
    if others:
        sessions.end_of(store, name, but=found.secret)
    elif session:
        sessions.end_of(store, name, session)
    return RedirectResponse("/account?done=session", status_code=303)


@router.post("/keys", dependencies=[forgery.form()])
def make_key(
    request: Request, store: AnyStore, label: Word = "", role: Word = "reader", days: Annotated[int, Form()] = KEY_DAYS[1]
) -> Response:
    """Make a key for a program, which is shown this once; with ``operator`` it may what its account may."""
    name, lang, now = _in_person(request), preference(request, "lang"), datetime.now(UTC)
    label = " ".join(label.split())[:80]
    may = role == "reader" or (role == "operator" and person_of(request).role >= Role.OPERATOR)
    if not label or not may or days not in KEY_DAYS:
        return _page(request, store, status=422, problem=_("Say what the key is for, and choose a role and a time.", lang))
    try:
        key = sessions.make_key(store, name, label, role, now, now + timedelta(days=days), request.state.entry.serial)
    except AccountRefused as error:
        return _page(request, store, status=422, problem=_(error.message, lang).format(**error.values))
    trail.noted(request, "key made", {"role": role, "days": days})
    return _page(request, store, key=key)


@router.post("/keys/remove", dependencies=[forgery.form()])
def remove_key(request: Request, store: AnyStore, key: Word = "") -> Response:
    """Remove a key of one's own."""
    trail.noted(request, "key removed")
    sessions.remove_key(store, _in_person(request), key)
    return RedirectResponse("/account?done=key", status_code=303)


@router.post("/addresses", dependencies=[forgery.form()])
def renew_addresses(request: Request, store: AnyStore) -> Response:
    """End the addresses of calendars and feeds that were given out, and make new ones."""
    name = _in_person(request)
    trail.noted(request, "addresses renewed")
    accounts.renew_addresses(store, name)
    return RedirectResponse("/account?done=addresses", status_code=303)


def _in_person(request: Request) -> str:
    """Return the name of whoever is logged in; a program with a key changes no account. Raises ``HTTPException``."""
    if request.state.entry.way != "session":
        raise HTTPException(403, "This is for people who are logged in, not for programs, nor for a room that is open without accounts.")
    return person_of(request).name
