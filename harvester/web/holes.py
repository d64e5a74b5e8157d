"""Where the store holds nothing, and why: by province, kind and year, from what sites publish, what was reached, and what was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from harvester import audited
from normalizers.notices.records import NoticeKind
from normalizers.records import DocumentKind
from spiders.record_sheet import RecordSheet
from spiders.sheets import AnySheet, all_sheets
from storage import change_queries, coverage_queries
from storage.store import Store

Row = dict[str, Any]
Line = tuple[str, bool, tuple[int | str, ...]]
"""A kind, whether it is one of public records, and a cell a year: a count, or the reason of the hole."""

PROVINCES = ("31", "32", "33", "34", "10")
"""上海 江苏 浙江 安徽, and the state."""
YEARS = 12
"""Years that stand one by one; what is older stands in one column."""
LATE = timedelta(days=3)
"""Sites are read every day; after so long without a complete reading, what is new may be missing."""
OLDER = 0
"""The column of all earlier years."""
DOCUMENT_KINDS = tuple(kind.value for kind in DocumentKind)
RECORD_KINDS = tuple(kind.value for kind in NoticeKind if kind not in (NoticeKind.REPAIR, NoticeKind.WITHDRAWAL))
OVER, NO_SITE, NO_ADDRESS, NOT_REACHED, INCOMPLETE, UNREAD, LATE_READ, NONE = (
    "over", "no-site", "no-address", "not-reached", "incomplete", "unread", "late", "none"
)  # fmt: skip
"""Reasons of a hole, the weightiest first: records of the year are past their term; no list of the kind is known; it has no address; it did
not answer; it was not read to the end; documents of the site could not be read; it was not read of late; it was read, and nothing found."""
LONGEST = {NoticeKind.PENALTY.value: 3, NoticeKind.DEFAULTER.value: 5, NoticeKind.TAX_CASE.value: 5}
"""Years after which no rule lets such a record be shown any more (``terms.toml``)."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of one site: its sections, and which reasons stand against it, with the sections or the number they are about.

    Of a site of records ``kinds`` are those of its sections, and ``cut`` those of which a list was not read to the end.
    """

    site: str
    name: str
    records: bool
    sections: tuple[tuple[str, str], ...]
    kinds: frozenset[str]
    cut: frozenset[str]
    reasons: Mapping[str, str]
    out_of_reach: tuple[str, ...]
    complete_at: datetime | None
    looked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """One province: its sources, and a line a kind with a cell a year. A cell is a count, or the reason of the hole."""

    province: str
    sources: tuple[Source, ...]
    years: tuple[int, ...]
    lines: tuple[Line, ...]


def matrices(store: Store) -> list[Matrix]:
    """Return what there is and what is missing, province by province."""
    today = audited.today()
    held = [row | {"records": False} for row in coverage_queries.documents(store)]
    held += [row | {"records": True} for row in coverage_queries.records(store, today)]
    years = (OLDER, *range(today.year - YEARS + 1, today.year + 1))
    by_province = sources(store)
    return [_matrix(province, by_province.get(province, ()), held, years) for province in PROVINCES]


def _matrix(province: str, known: Sequence[Source], held: Iterable[Row], years: tuple[int, ...]) -> Matrix:
    counts: dict[tuple[bool, str, int], int] = {}
    for row in held:
        if row["province"] == province:
            key = (row["records"], row["kind"], row["year"] if row["year"] in years else OLDER)
            counts[key] = counts.get(key, 0) + row["count"]
    kinds = [*((False, kind) for kind in DOCUMENT_KINDS), *((True, kind) for kind in RECORD_KINDS)]
    lines = []
    for records, kind in kinds:
        why = reason([source for source in known if source.records is records], kind if records else "")
        if any((records, kind, year) in counts for year in years) or records:
            cells = tuple(counts.get((records, kind, year), over(kind, year, years[-1]) or why) for year in years)
            lines.append((kind, records, cells))
    return Matrix(province, tuple(known), years, tuple(lines))


def over(kind: str, year: int, this_year: int) -> str:
    """Return that records of a kind and year are past their term, nothing where they need not be. Zero stands for all earlier years."""
    return OVER if kind in LONGEST and year + LONGEST[kind] < this_year else ""


def reason(known: Sequence[Source], kind: str = "") -> str:
    """Return the weightiest reason why something may be missing of what these sources publish, of records of one kind."""
    those = [source for source in known if not kind or kind in source.kinds]
    found: set[str] = set()
    for source in those:
        found |= {each for each in source.reasons if each != INCOMPLETE or not kind or kind in source.cut} or {NONE}
    order = (NO_ADDRESS, NOT_REACHED, INCOMPLETE, UNREAD, LATE_READ, NONE)
    return next((each for each in order if each in found), NO_SITE)


def sources(store: Store) -> dict[str, tuple[Source, ...]]:
    """Return the sites that are known, by province."""
    looked = {row["site"]: row for row in change_queries.looked_at(store)}
    unread, cut = coverage_queries.unread_counts(store), coverage_queries.incomplete_lists(store)
    found: dict[str, tuple[Source, ...]] = {}
    for sheet in all_sheets():
        source = _source(sheet, looked.get(sheet.id, {}), unread.get(sheet.id, 0), cut.get(sheet.id, []))
        found[sheet.region[:2]] = (*found.get(sheet.region[:2], ()), source)
    return found


def _source(sheet: AnySheet, run: Mapping[str, Any], unread: int, cut: Sequence[str]) -> Source:
    records = isinstance(sheet, RecordSheet)
    names = {section.id: section.name_zh for section in sheet.sections}
    bare = [section.name_zh for section in sheet.sections if not sheet.base or getattr(section, "base_only", False)]
    complete, looked = run.get("complete_at"), run.get("looked_at")
    why = {
        NO_ADDRESS: "、".join(bare) if bare and complete is None else "",
        NOT_REACHED: (run.get("verdict") or "-") if complete is None and not bare else "",
        INCOMPLETE: "、".join(names.get(section, section) for section in cut),
        UNREAD: str(unread) if unread else "",
        LATE_READ: complete.date().isoformat() if complete and datetime.now(UTC) - complete > LATE else "",
    }
    told = {name: about for name, about in why.items() if about}
    of_section = {section.id: str(getattr(section, "kind", "")) for section in sheet.sections}
    beyond = sheet.out_of_reach if isinstance(sheet, RecordSheet) else ()
    all_kinds, cut_kinds = frozenset(of_section.values()), frozenset(of_section.get(section, "") for section in cut)
    return Source(sheet.id, sheet.name_zh, records, tuple(names.items()), all_kinds, cut_kinds, told, tuple(beyond), complete, looked)
