"""The trail that people leave in the audit log: what they were shown, what they changed, when they came. Logged before it happens.

No personal data: accounts by name, records by identifier; what was asked for and where somebody came from as keyed tags
(``storage.audit``), never a password, nor a name typed in that is nobody's (it may be a password in the wrong field).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request

from harvester import audited
from harvester.web.room import person_of, store_of

FORM = "form"
"""A form that changes something was sent; ``address`` says which."""
_OWN = ("/login", "/logout", "/account")
"""Addresses that leave entries of their own, which say more."""


def actor(request: Request) -> str:
    """Return who asks: the account, in an open room the operator of the settings or the user of the machine."""
    return person_of(request).name or audited.actor(None)


def shown(request: Request, action: str, what: Mapping[str, object], rows: Sequence[Mapping[str, Any]]) -> None:
    """Log that these records are about to be shown. Raises ``StoreError``: what cannot be logged is not shown."""
    audited.log(store_of(request), actor(request), action, what, rows)


def shown_ids(request: Request, action: str, what: Mapping[str, object], ids: Sequence[object], count: int) -> None:
    """Log the same of records that are told by their identifiers and their number. Raises ``StoreError``."""
    audited.log_ids(store_of(request), actor(request), action, what, ids, count)


def noted(request: Request, action: str, what: Mapping[str, object] | None = None, *, by: str = "") -> None:
    """Log what somebody does that shows no records. ``by`` names them where the request does not, yet or any more."""
    audited.log_ids(store_of(request), by or actor(request), action, what or {}, [], 0)


def form_sent(request: Request) -> None:
    """Log that a form was sent, by the pattern of its address and nothing that stands in it."""
    route = str(getattr(request.scope.get("route"), "path", ""))
    if not route.startswith(_OWN):
        noted(request, FORM, {"address": route})
