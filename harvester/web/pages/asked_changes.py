"""A question to the feed as the address of a page asks it: the filters of ``harvester changes``."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams

from harvester.errors import WrongCall
from harvester.filtering import ANY, NUMBER, RECORD_KINDS
from harvester.lineage import kin
from harvester.messages import _
from harvester.moments import moment_of
from harvester.web.pages.asked_once import check_once, check_site
from harvester.web.pages.asked_records import LONGEST, among, days_of, region_of
from normalizers.notices.records import Colour
from storage.change_filters import RESTATED, ChangeFilters
from storage.change_schema import CAUSES, ENTITIES, KINDS
from storage.schema import ROLES
from storage.store import Store

TEXTS = ("agency", "site", "section", "document", "work", "task")
NAMES = (
    *("words", "agency", "role", "entity", "kind", "cause", "since", "until", "as_of_from", "as_of_to", "region", "site", "section"),
    *("document", "work", "task", "list", "colour", "copies", "all"),
)
"""The filters as the command line and the API name them."""
SEVERAL = ("entity", "kind", "cause")
"""Filters that may be given again."""
TOLD_KINDS = tuple(kind for kind in KINDS if kind != RESTATED)
_YES = ("1", "true", "yes", "on")


def said(query: QueryParams) -> dict[str, Any]:
    """Return the filters of an address as they were written: those that may be given again as lists, the others as texts."""
    given: dict[str, Any] = {name: query.getlist(name) if name in SEVERAL else query.get(name, "").strip() for name in NAMES}
    return {name: value for name, value in given.items() if value not in ("", [], [""])}


def filters_of(store: Store, query: QueryParams, lang: str, limit: int | None) -> ChangeFilters:
    """Return the filters of an address; raises ``WrongCall``, in the reader's language where a reader can err so."""
    check_once(query, (name for name in NAMES if name not in SEVERAL), lang)
    given = said(query)
    check_site(store, given.get("site", ""), lang)
    if any(len(value) > LONGEST for value in given.values() if isinstance(value, str)):
        raise WrongCall(_("A filter has at most {most} characters; write it shorter.", lang).format(most=LONGEST))
    causes = _among(given.get("cause", []), (*CAUSES, ANY), lang)
    kinds = _among(given.get("kind", []), (*TOLD_KINDS, *RECORD_KINDS), lang)
    first, last = days_of(given.get("as_of_from", ""), given.get("as_of_to", ""), lang)
    asked = ChangeFilters(
        **_times(given, lang), **{name: given.get(name, "") for name in TEXTS}, as_of_from=first, as_of_to=last,
        entities=_among(given.get("entity", []), ENTITIES, lang), kinds=tuple(kind for kind in kinds if kind not in RECORD_KINDS),
        record_kind=next((kind for kind in kinds if kind in RECORD_KINDS), ""), causes=() if ANY in causes else causes or ("source",),
        copies=given.get("copies") in _YES, role=among(given.get("role", ""), ROLES, lang), region=region_of(given.get("region", ""), lang),
        word=given.get("words", ""), list_name=given.get("list", ""), colour=among(given.get("colour", ""), tuple(Colour), lang),
        kin=kin(store, given["agency"]) if given.get("agency") else (), limit=limit,
    )  # fmt: skip
    whole: dict[str, Any] = {"causes": (), "copies": True, "restated": True, "withdrawn": True} if given.get("all") in _YES else {}
    return replace(asked, **whole)


def _among(values: list[str], known: tuple[str, ...], lang: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(among(value, known, lang) for value in values if value))


def _times(given: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return ``since_seq`` or ``since``, and ``until``."""
    now, found = datetime.now(UTC), dict[str, Any]()
    try:
        if NUMBER.fullmatch(given.get("since", "")):
            found["since_seq"] = int(given["since"])
        elif given.get("since"):
            found["since"] = moment_of(given["since"], now)
        if given.get("until"):
            found["until"] = moment_of(given["until"], now)
    except WrongCall:
        raise WrongCall(_("A moment is written as 2026-06-30, yesterday, 3d, or as a number of the feed.", lang)) from None
    return found
