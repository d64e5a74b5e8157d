"""A question for public records as the address of a page asks it: the filters of ``harvester notices``, and who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from fastapi.responses import Response

from harvester import audited
from harvester.errors import WrongCall
from harvester.filtering import ANY, parse_days, parse_region
from harvester.messages import _
from harvester.record_questions import is_subject, logged
from harvester.web.access.people import Person
from harvester.web.pages.asked_once import check_once
from normalizers.codes import CodeKind, identify
from normalizers.notices.records import Colour, NoticeKind
from storage.notice_queries import NoticeFilters
from storage.store import Store

NAMES = ("kind", "code", "name", "authority", "list", "colour", "region", "site", "document", "since", "until", "words")
"""The filters as the command line and the API name them."""
R = TypeVar("R", bound=Response)

SHOWN_KINDS = (NoticeKind.PERMIT, NoticeKind.PENALTY, NoticeKind.LIST_ENTRY, NoticeKind.DEFAULTER, NoticeKind.TAX_CASE)
LONGEST = 200
"""Characters of a filter."""


def filters_of(query: Mapping[str, str], lang: str, limit: int | None) -> NoticeFilters:
    """Return the filters of an address; raises ``WrongCall``, in the reader's language where a reader can err so."""
    check_once(query, NAMES, lang)
    if "as_of" in query or "known_at" in query:
        raise WrongCall(_("Public records have no past: `as_of` and `known_at` cannot be asked of them. Leave them out.", lang))
    said = {name: query.get(name, "").strip() for name in NAMES}
    if any(len(value) > LONGEST for value in said.values()):
        raise WrongCall(_("A filter has at most {most} characters; write it shorter.", lang).format(most=LONGEST))
    first, last = days_of(said["since"], said["until"], lang)
    return NoticeFilters(
        kind=among(said["kind"], tuple(SHOWN_KINDS), lang), code=code_of(said["code"], lang), name=said["name"],
        authority=said["authority"], list_name=said["list"], colour=among(said["colour"], tuple(Colour), lang),
        region=region_of(said["region"], lang), site=said["site"], document=said["document"], since=first, until=last,
        words=said["words"], limit=limit,
    )  # fmt: skip


_CALLED = {
    ANY: "all",
    "source": "changes at the source",
    "reading": "better readings",
    "decision": "decisions of people",
}
"""What the forms call words whose translation elsewhere means another thing."""


def among(value: str, known: Sequence[str], lang: str) -> str:
    """Return a word if it is one of those known, else raise ``WrongCall``."""
    if value and value not in known:
        raise WrongCall(
            _("'{value}' is none of: {known}.", lang).format(value=value, known=_(", ", lang).join(_spelled(each, lang) for each in known))
        )
    return value


def _spelled(value: str, lang: str) -> str:
    """Return a word as an address has it, with what it is called."""
    told = _(_CALLED.get(value, value), lang)
    return value if told == value else f"{value} ({told})"


def region_of(value: str, lang: str) -> str:
    """Return a region's code; raises ``WrongCall`` for what is none."""
    try:
        return parse_region(value)
    except WrongCall:
        raise WrongCall(_("A region is given by its six digits (GB/T 2260), for example 310000.", lang)) from None


def days_of(since: str, until: str, lang: str) -> tuple[date | None, date | None]:
    """Return the first and last day of a period; raises ``WrongCall`` for what is no day, or an end before its beginning."""
    try:
        return parse_days(since or None, until or None)
    except WrongCall:
        raise WrongCall(_("Days are written as 2026-06-30, the earlier one first.", lang)) from None


def code_of(code: str, lang: str) -> str:
    """Return a legal subject's code in its normal spelling; raises ``WrongCall`` for none, without repeating a personal number."""
    if not code:
        return ""
    found = identify(code)
    if found.personal and found.kind is not CodeKind.CREDIT_CODE:
        raise WrongCall(_("That looks like the number of a natural person. Natural persons are not searched here.", lang))
    if found.personal:
        raise WrongCall(_("That is the code of an individual business, treated as a person: nothing is kept or found by it.", lang))
    if not is_subject(found):
        told = _("That is no unified social credit code (18 characters), organisation code (9) or registration number (15 digits).", lang)
        raise WrongCall(told)
    return found.normal


def reader_of(person: Person) -> str:
    """Return the name under which somebody is logged: of the account, on loopback that of the operator or the machine's user."""
    return person.name or audited.actor(None)


def log_rows(store: Store, person: Person, action: str, wanted: NoticeFilters, rows: Sequence[Mapping[str, Any]]) -> None:
    """Log that somebody is about to be shown these records. Raises ``StoreError``: what cannot be logged is not shown."""
    audited.log(store, reader_of(person), action, logged(wanted), rows)


def kept_nowhere(answer: R) -> R:
    """Return an answer that holds public records with the word that no cache may keep it: a record may go at any moment."""
    answer.headers["Cache-Control"] = "no-store"
    return answer
