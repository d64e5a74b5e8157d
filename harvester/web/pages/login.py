"""Come in and leave: a name, a password, a session."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from harvester.messages import _, counted
from harvester.web.access import doors, forgery, passwords, trail
from harvester.web.access.doorkeeper import Doorkeeper
from harvester.web.access.outgoing import cookie
from harvester.web.access.pace import network_of
from harvester.web.access.rights import everybody
from harvester.web.room import AnyStore, room_of
from harvester.web.shown import page, preference
from storage import accounts, sessions
from storage.accounts import MOST_LETTERS, Account, AccountRefused
from storage.store import Store

router = APIRouter(dependencies=[everybody()])
_LOCAL = re.compile(r"/(?![/\\])[\x21-\x7e\u00a0-\uffff]{0,1500}")


def local(address: str) -> str:
    """Return an address if it leads to a page of this room, else that of the overview."""
    return address if _LOCAL.fullmatch(address) else "/"


@router.get("/login")
def form(request: Request, next: str = "") -> Response:
    """Show the form; whoever is in already is led on."""
    if request.state.person.role > 0:
        return RedirectResponse(local(next), status_code=303)
    return _form(request, next)


def _form(request: Request, next: str, *, name: str = "", problem: str = "", status: int = 200, wait: float = 0.0) -> Response:
    made = page(request, "login.html", status=status, next=local(next), name=name[:MOST_LETTERS], problem=problem)
    if wait:
        made.headers["Retry-After"] = str(math.ceil(wait))
    return made


@router.post("/login", dependencies=[forgery.form()])
def enter(
    request: Request,
    store: AnyStore,
    name: Annotated[str, Form(max_length=400)] = "",
    password: Annotated[str, Form(max_length=2000)] = "",
    next: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Begin a session. What is wrong, name or password, is not told, and takes the same time to say."""
    lang, place, wanted = preference(request, "lang"), network_of(request), _key(name)
    keeper: Doorkeeper = request.app.state.doorkeeper
    if wait := keeper.wait(wanted, place):
        said = counted(
            "That was tried too often. Wait {n} second, then try again.", "That was tried too often. Wait {n} seconds, then try again.",
            math.ceil(wait), lang,
        )  # fmt: skip
        return _form(request, next, name=name, problem=said, status=429, wait=wait)
    account, kept = accounts.with_password(store, name)
    if not passwords.fits(password, kept) or account is None:
        trail.noted(request, "login failed", {"network": place}, by=account.name if account else "unknown")
        return _form(request, next, name=name, problem=_("The name or the password is not right.", lang), status=403)
    keeper.right(wanted, place)
    _renew(store, account, kept, password)
    return begin(request, account, local(next), place)


def begin(request: Request, account: Account, there: str, place: str) -> Response:
    """Begin a session of an account in the place of what the request came with, and lead on; its cookie lasts as long as the browser."""
    room, now = room_of(request), datetime.now(UTC)
    agent, longest = request.headers.get("user-agent", ""), room.settings.limits.longest
    try:
        secret = sessions.begin(room.store, account.name, agent, now, longest, account.serial)
    except AccountRefused:
        trail.noted(request, "login failed", {"network": place}, by=account.name)
        return RedirectResponse("/login", status_code=303)
    trail.noted(request, "login", {"network": place}, by=account.name)
    if old := request.cookies.get(doors.session_cookie(room.settings), ""):
        sessions.end(room.store, old)
    accounts.logged_in(room.store, account.name, now)
    answer = RedirectResponse(there, status_code=303)
    answer.headers.append("set-cookie", cookie(doors.session_cookie(room.settings), secret, room.settings))
    answer.headers.append("set-cookie", cookie(forgery.form_cookie(room.settings), "", room.settings, age=0))
    return answer


@router.post("/logout", dependencies=[forgery.form()])
def leave(request: Request, store: AnyStore) -> Response:
    """End the session, here and in the browser."""
    settings, entry = room_of(request).settings, request.state.entry
    if entry.way == "session":
        trail.noted(request, "logout")
        sessions.end(store, entry.secret)
    answer = RedirectResponse("/" if settings.open else "/login", status_code=303)
    answer.headers.append("set-cookie", cookie(doors.session_cookie(settings), "", settings, age=0))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _renew(store: Store, account: Account, kept: str, password: str) -> None:
    """Keep the password under today's parameters where it was hashed under lesser ones."""
    if passwords.outgrown(kept):
        accounts.rehash(store, account.name, kept, passwords.hashed(password))


def _key(name: str) -> str:
    """Return what tries are counted under: the account's name in its one spelling, of what can be none its beginning."""
    try:
        return accounts.account_name(name)
    except accounts.AccountRefused:
        return f"?{name[:MOST_LETTERS]}"
