"""The accounts of a room, for operators: make, give a role, a new password, remove."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from harvester.messages import _
from harvester.web.access import forgery, passwords, trail
from harvester.web.access.rights import operator
from harvester.web.room import AnyStore
from harvester.web.shown import page, preference
from storage import accounts
from storage.accounts import AccountRefused, UnknownAccount
from storage.room_schema import ROLES
from storage.store import Store

router = APIRouter(prefix="/accounts", dependencies=[operator()])
DONE = {"role": "The role is changed.", "removed": "The account is removed; its name stays in the log."}
Name = Annotated[str, Form(max_length=400)]


@router.get("")
def listed(request: Request, store: AnyStore, done: str = "") -> Response:
    """Show the accounts."""
    return _page(request, store, done=_(DONE[done], preference(request, "lang")) if done in DONE else "")


def _page(
    request: Request, store: Store, *, status: int = 200, done: str = "", problem: str = "", made: tuple[str, str] = ("", "")
) -> Response:
    rows = accounts.listed(store)
    return page(request, "accounts.html", status=status, rows=rows, roles=ROLES, done=done, problem=problem, made=made)


def _refused(request: Request, store: Store, error: AccountRefused | UnknownAccount) -> Response:
    """Return the page with what was refused, in the reader's language."""
    lang = preference(request, "lang")
    if isinstance(error, AccountRefused):
        return _page(request, store, status=422, problem=_(error.message, lang).format(**error.values))
    return _page(request, store, status=404, problem=_("There is no account of that name any more.", lang))


@router.post("", dependencies=[forgery.form()])
def add(request: Request, store: AnyStore, name: Name = "", role: Name = "reader") -> Response:
    """Make an account with a password made here, which is shown this once and must be changed at the first login."""
    password = passwords.made()
    try:
        kept = accounts.account_name(name)
        trail.noted(request, "account added", {"account": kept, "role": _role(role)})
        hashed, now = passwords.hashed(password), datetime.now(UTC)
        accounts.add(store, kept, _role(role), hashed, trail.actor(request), now, provisional=True)
    except AccountRefused as error:
        return _refused(request, store, error)
    return _page(request, store, made=(kept, password))


@router.post("/role", dependencies=[forgery.form()])
def give_role(request: Request, store: AnyStore, name: Name, role: Name) -> Response:
    """Give an account another role."""
    try:
        kept = accounts.named(store, name).name
        trail.noted(request, "role changed", {"account": kept, "role": _role(role)})
        accounts.set_role(store, kept, _role(role))
    except (AccountRefused, UnknownAccount) as error:
        return _refused(request, store, error)
    return RedirectResponse("/accounts?done=role", status_code=303)


@router.post("/password", dependencies=[forgery.form()])
def reset(request: Request, store: AnyStore, name: Name) -> Response:
    """Give an account a new password, shown this once; its sessions and keys end."""
    password = passwords.made()
    try:
        kept = accounts.named(store, name).name
        trail.noted(request, "password reset", {"account": kept})
        accounts.set_password(store, kept, passwords.hashed(password), datetime.now(UTC), provisional=True)
    except (AccountRefused, UnknownAccount) as error:
        return _refused(request, store, error)
    return _page(request, store, made=(kept, password))


@router.post("/remove", dependencies=[forgery.form()])
def remove(request: Request, store: AnyStore, name: Name) -> Response:
    """Remove an account with its sessions and keys."""
    try:
        kept = accounts.named(store, name).name
        trail.noted(request, "account removed", {"account": kept})
        accounts.remove(store, kept, trail.actor(request), datetime.now(UTC))
    except (AccountRefused, UnknownAccount) as error:
        return _refused(request, store, error)
    return RedirectResponse("/accounts?done=removed", status_code=303)


def _role(text: str) -> str:
    if text not in ROLES:
        raise AccountRefused("There is no such role: choose reader or operator.")
    return text
