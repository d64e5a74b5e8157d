"""Fact sheets of record sites: what is known of their lists of public credit records, as data (``spiders/record_sites/<site>.toml``).

Every section says what its records are, how they are paged, sliced and keyed, where their details stand, and how sure we are of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from typing import Any

from normalizers.notices.records import Colour, NoticeKind
from spiders.factsheet import (
    REGION,
    SLUG,
    Certainty,
    FactSheetError,
    Limits,
    SiteKind,
    SiteSheet,
    UnknownSiteError,
    choice,
    promises_in,
    schedule_in,
)
from spiders.promises import RECORD_DEFAULT, Promises
from spiders.sheet_kinds import check_kinds, check_limits, need, parsed, read_toml, refuse_unknown

RECORD_FAMILIES = (
    "firm_json",
    "fragment",
    "grid_json",
    "link_json",
    "link_table",
    "query_table",
    "script_lists",
    "script_store",
    "sliced_json",
)
LINK = "link"
"""The value of ``detail`` where each line of the list carries the address of its record's page."""
_NEEDED = ("id", "name_zh", "kind", "family", "path", "certainty", "sources")
_SHEET_NEEDED = ("id", "name", "name_zh", "kind", "region", "hosts", "base", "sections")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSection:
    """One list of records.

    ``path`` is that of its pages with ``{page}`` (1, 2, …) and, where it is asked for in parts, ``{slice}``; ``slices`` names such
    parts for the ledger. ``kind``, ``list_name``, ``colour`` and ``authority`` are what the place says of all its records. ``size`` is
    the number of records a page, ``cap`` that of the pages the site shows (0: all). ``detail`` is the path of a record's own page with
    ``{key}``, or ``link``; empty where the row is the record. ``identity`` names the fields, or the parameters of the address, that are
    the site's own key; without one it is a hash of the row. ``ask_again``: an empty answer is asked for once more. ``base_only``: its host
    is gone or its address a guess, so it is asked for only at a base that the caller gives. ``options`` are the family's.
    """

    id: str
    name_zh: str
    kind: NoticeKind
    family: str
    path: str
    certainty: Certainty
    sources: tuple[str, ...]
    list_name: str = ""
    colour: Colour | None = None
    authority: str = ""
    size: int = 0
    cap: int = 0
    slices: str = ""
    detail: str = ""
    identity: tuple[str, ...] = ()
    ask_again: bool = False
    base_only: bool = False
    options: Mapping[str, str] = field(default_factory=dict)
    promises: Promises = RECORD_DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSheet(SiteSheet[RecordSection]):
    """Everything a spider has to know of one record site. ``out_of_reach`` are sentences: what is never requested, and why."""

    out_of_reach: tuple[str, ...] = ()


def record_site_ids() -> list[str]:
    """Return the ids of all record sites, in alphabetical order."""
    entries = (files("spiders") / "record_sites").iterdir()
    return sorted(entry.name.removesuffix(".toml") for entry in entries if entry.name.endswith(".toml"))


@cache
def load_record_sheet(site: str) -> RecordSheet:
    """Return the fact sheet of a record site; :class:`UnknownSiteError` names the sites there are."""
    if site not in record_site_ids():
        raise UnknownSiteError(f"there is no record site {site}; the record sites are {', '.join(record_site_ids())}")
    return read_record_sheet(read_toml("record_sites", site), site)


def record_sheets() -> list[RecordSheet]:
    """Return the fact sheet of every record site, by id."""
    return [load_record_sheet(site) for site in record_site_ids()]


def read_record_sheet(text: str, name: str) -> RecordSheet:
    """Return the fact sheet written in TOML; :class:`FactSheetError` says which key of which sheet is wrong, and how."""
    data = parsed(text, name)
    need(data, _SHEET_NEEDED, name)
    refuse_unknown(data, {f.name for f in fields(RecordSheet)} - {"local"}, name)
    check_kinds(data, name)
    limits = data.get("limits", {})
    check_limits(limits, name)
    refuse_unknown(limits, {f.name for f in fields(Limits)}, f"{name}, [limits]")
    promises = promises_in(data, name, RECORD_DEFAULT)
    given = data | {
        "kind": choice(SiteKind, data["kind"], f"{name}, kind"),
        "hosts": tuple(data["hosts"]),
        "sections": tuple(_section(entry, name, promises) for entry in data["sections"]),
        "limits": Limits(**limits),
        "schedule": schedule_in(data, name),
        "promises": promises,
        "sources": tuple(data.get("sources", ())),
        "out_of_reach": tuple(data.get("out_of_reach", ())),
    }
    sheet = RecordSheet(**given)
    _check(sheet, name)
    return sheet


def _section(entry: dict[str, Any], name: str, promises: Promises) -> RecordSection:
    where = f"{name}, section {entry.get('id', '?')}"
    need(entry, _NEEDED, where)
    refuse_unknown(entry, {f.name for f in fields(RecordSection)}, where)
    check_kinds(entry, where)
    given = entry | {
        "kind": choice(NoticeKind, entry["kind"], where),
        "certainty": choice(Certainty, entry["certainty"], where),
        "colour": choice(Colour, entry["colour"], where) if entry.get("colour") else None,
        "sources": tuple(entry["sources"]),
        "identity": tuple(entry.get("identity", ())),
        "promises": promises_in(entry, where, promises),
    }
    return RecordSection(**given)


def _check(sheet: RecordSheet, name: str) -> None:
    sections = sheet.sections
    checks = {
        f"id {sheet.id!r} must be a short lower-case word and the name of its file": bool(SLUG.fullmatch(sheet.id)) and sheet.id == name,
        f"region {sheet.region!r} must be a six-digit code of GB/T 2260": bool(REGION.fullmatch(sheet.region)),
        "base must be empty or an http(s) address whose host is among hosts": sheet.base == "" or sheet.on_own_host(),
        f"pace {sheet.pace} must not be under 1 second": sheet.pace >= 1,
        "limits must be positive": min(getattr(sheet.limits, f.name) for f in fields(Limits)) > 0,
        "there must be sections, each with its own id": 0 < len(sections) == len({s.id for s in sections}),
        f"a section's family is one of {', '.join(RECORD_FAMILIES)}": all(s.family in RECORD_FAMILIES for s in sections),
        "a section's path must begin with /": all(s.path.startswith("/") for s in sections),
        "a section's detail is empty, link, or a path with {key}": all(s.detail in ("", LINK) or "{key}" in s.detail for s in sections),
        "a section with {slice} in its path says what it is asked by": all(bool(s.slices) for s in sections if "{slice}" in s.path),
        "a section with a cap has a size": all(s.size > 0 for s in sections if s.cap),
        "a list has a name": all(s.list_name or s.kind is not NoticeKind.LIST_ENTRY or s.options.get("names") for s in sections),
    }
    for sentence, holds in checks.items():
        if not holds:
            raise FactSheetError(f"fact sheet {name}: {sentence}")
