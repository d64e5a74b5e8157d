"""A question for tasks as the address of a page asks it: the filters of ``harvester tasks``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from harvester.errors import WrongCall
from harvester.messages import _
from harvester.moments import FIRST_YEAR, LAST_YEAR, moment_of
from harvester.web.pages.asked_once import check_day, check_moment, check_once, check_site, twice
from harvester.web.pages.asked_records import among, days_of, region_of
from normalizers.records import DeadlineKind, DocumentKind
from storage.change_filters import WITHDRAWN
from storage.errors import ErasedRecord
from storage.schema import ROLES, documents
from storage.selection import Filters
from storage.store import Store

NAMES = (
    "words", "agency", "role", "site", "region", "kind", "year", "deadline_kind", "due_from", "due_to", "document",
    "as_of", "known_at", "all_copies",
)  # fmt: skip
"""The filters as the command line and the API name them, in the order in which they are shown."""
FORMER = {"document_kind": "kind"}
"""Names that filters had in addresses before; such an address asks what it always asked."""
KNOWN = (*NAMES, *FORMER)
"""What an address may ask tasks by."""
LONGEST = 200
"""Characters of a filter."""


def said(query: Mapping[str, str], lang: str) -> dict[str, str]:
    """Return the filters of an address as they were written, those that say something; raises ``WrongCall`` for one given twice."""
    check_once(query, KNOWN, lang)
    given = {name: value for name in KNOWN if (value := query.get(name, "").strip())}
    for former, name in FORMER.items():
        if (value := given.pop(former, "")) and given.setdefault(name, value) != value:
            raise twice(name, lang)
    return {name: given[name] for name in NAMES if name in given}


def filters_of(query: Mapping[str, str], lang: str, limit: int | None = None) -> Filters:
    """Return the filters of an address; raises ``WrongCall``, in the reader's language, for what is no value of a filter."""
    asked = said(query, lang)
    if any(len(value) > LONGEST for value in asked.values()):
        raise WrongCall(_("A filter has at most {most} characters; write it shorter.", lang).format(most=LONGEST))
    first, last = days_of(asked.get("due_from", ""), asked.get("due_to", ""), lang)
    as_of, _same = days_of(asked.get("as_of", ""), "", lang)
    check_day(as_of, lang)
    return Filters(
        **{name: asked.get(name, "") for name in ("words", "agency", "site", "document")},
        role=among(asked.get("role", ""), ROLES, lang),
        region=region_of(asked.get("region", ""), lang),
        kind=among(asked.get("kind", ""), tuple(DocumentKind), lang),
        deadline_kind=among(asked.get("deadline_kind", ""), tuple(DeadlineKind), lang),
        year=_year(asked.get("year", ""), lang),
        due_from=first,
        due_to=last,
        as_of=as_of,
        known_at=moment_asked(asked.get("known_at", ""), lang),
        all_copies=asked.get("all_copies", "") not in ("", "0"),
        limit=limit,
    )


def check_shown(store: Store, filters: Filters, lang: str) -> None:
    """Raise ``ErasedRecord`` for a question about a document that its publisher withdrew, ``WrongCall`` for a site nobody knows."""
    check_site(store, filters.site, lang)
    identifier = filters.document.partition("@")[0]
    if not identifier:
        return
    with store.reading() as connection:
        state = connection.execute(select(documents.c.state).where(documents.c.id == identifier)).scalar()
    if state == WITHDRAWN:
        raise ErasedRecord(_("This document was withdrawn by its publisher. Nothing of it is shown.", lang))


def as_address(filters: Filters) -> dict[str, Any]:
    """Return filters as the query of an address asks for them; the limit is no part of a question."""
    told = {each.name: getattr(filters, each.name) for each in fields(filters) if each.name != "limit"}
    return {name: told[name] for name in NAMES if told[name] not in ("", None, False)}


def _year(value: str, lang: str) -> int | None:
    if not value:
        return None
    year = int(value) if value.isascii() and value.isdigit() and len(value) == len(str(LAST_YEAR)) else 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise WrongCall(_("A year is written with four digits, as 2026.", lang))
    return year


def moment_asked(value: str, lang: str) -> datetime | None:
    """Return a moment; a blank before its zone is the plus sign that a browser made of it."""
    if not value:
        return None
    try:
        found = moment_of(value.replace(" ", "+"), datetime.now(UTC), end=True)
    except WrongCall:
        raise WrongCall(_("A moment is written as 2026-06-30 or 2026-06-30T08:00.", lang)) from None
    check_moment(found, lang)
    return found
