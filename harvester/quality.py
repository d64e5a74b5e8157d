"""The quality of public credit records as published: codes, delays, missing fields, and how late this store took records down.

Every share stands beside its denominator. Figures rest on the records that the store shows on the day of asking; what was taken down
left its dates only, and counts among the take-downs alone. Sources of the measures: the regional plan's 重错码率 (at most 1 ‰ of
codes wrong or on two bodies) and 双公示's seven working days from decision to publication (发改办财金〔2018〕424号).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import func, or_, select

from normalizers.notices.records import NoticeKind, SubjectKind
from normalizers.workdays import LONGEST, workdays_between
from storage.change_schema import changes
from storage.days import local_day
from storage.engine import rows
from storage.notice_schema import notices, tombstones
from storage.selection import stem_of
from storage.store import Store

Row = dict[str, Any]

PROMPT = 7
"""Working days from decision to publication that the rule on 双公示 allows."""
PUBLISHED_IN_DAYS = (NoticeKind.PERMIT, NoticeKind.PENALTY)
"""Kinds that the rule on 双公示 is about."""
TOTAL = "all"
_COLUMNS = ("id", "region", "site", "kind", "subject_kind", "subject_key", "code", "code_problem", "day", "decided_on", "published_on",
    "listed_on", "defects")  # fmt: skip


@dataclass(slots=True)
class Quality:
    """The figures of one group of records.

    ``legal`` records are about legal subjects, ``coded`` of them print a unified code, ``valid`` of these pass its tests, ``wrong`` do
    not, ``duplicate`` are on a code that several bodies bear. ``dated`` permits and penalties tell both days, ``delays`` the working days
    between them, ``early`` ones were published before they were decided. ``incomplete`` records lack a
    required field, ``missing`` counts them by field. ``taken_down`` records left; of those that this store had shown (``once_shown``)
    ``late`` ones left after their day, by ``lateness`` days.
    """

    records: int = 0
    legal: int = 0
    coded: int = 0
    valid: int = 0
    wrong: int = 0
    duplicate: int = 0
    dated: int = 0
    prompt: int = 0
    early: int = 0
    delays: list[int] = field(default_factory=list)
    incomplete: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    taken_down: int = 0
    once_shown: int = 0
    late: int = 0
    lateness: list[int] = field(default_factory=list)

    def row(self) -> Row:
        """Return the figures as one row; shares are ``None`` where their denominator is 0."""
        return {
            "records": self.records,
            "legal": self.legal,
            "coded": self.coded,
            "coded_share": share(self.coded, self.legal),
            "valid": self.valid,
            "valid_share": share(self.valid, self.legal),
            "wrong": self.wrong,
            "wrong_permille": share(self.wrong, self.coded, 1000),
            "duplicate": self.duplicate,
            "duplicate_permille": share(self.duplicate, self.coded, 1000),
            "wrong_or_duplicate_permille": share(self.wrong + self.duplicate, self.coded, 1000),
            "dated": self.dated,
            "prompt": self.prompt,
            "prompt_share": share(self.prompt, self.dated),
            "early": self.early,
            "delay_median": median(self.delays) if self.delays else None,
            "delay_longest": max(self.delays, default=None),
            "incomplete": self.incomplete,
            "missing": dict(sorted(self.missing.items())),
            "taken_down": self.taken_down,
            "once_shown": self.once_shown,
            "late": self.late,
            "late_longest": max(self.lateness, default=None),
        }


def share(part: int, whole: int, of: int = 1) -> float | None:
    """Return ``part`` of ``whole`` times ``of``, rounded to four places; ``None`` of nothing."""
    return round(part * of / whole, 4) if whole else None


def report(store: Store, today: date, *, by: Iterable[str] = ("region", "site", "month"), site: str = "", region: str = "") -> list[Row]:
    """Return one row a group, by the columns ``by`` (of ``region``, ``site``, ``month``), and last the row of all.

    ``month`` is that of the decision (else of publication, else of first sight) of what is shown, and of the day on which it was due
    or taken down of what is not. A region's code covers the codes of its province and city.
    """
    columns = tuple(by)
    groups: dict[tuple[str, ...], Quality] = defaultdict(Quality)
    everything = Quality()
    shown = list(_shown(store, today, site, region))
    twice = duplicates(shown)
    for row in shown:
        for figures in (groups[_group(row, row["day"], columns)], everything):
            count(figures, row, twice)
    for row in _taken_down(store, site) if not region else ():
        for figures in (groups[_group(row, row["due_on"] or local_day(row["taken_at"]), columns)], everything):
            count_takedown(figures, row)
    found = [dict(zip(columns, key, strict=True)) | groups[key].row() for key in sorted(groups)] if columns else []
    return [*found, dict.fromkeys(columns, TOTAL) | everything.row()]


def duplicates(shown: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the codes that stand on several bodies: on names whose days overlap. Names one after the other are a change of name."""
    spans: dict[str, dict[str, tuple[date, date]]] = defaultdict(dict)
    for row in shown:
        if row["code"] and not row["code_problem"] and row["subject_kind"] == SubjectKind.LEGAL:
            first, last = spans[row["code"]].get(row["subject_key"], (row["day"], row["day"]))
            spans[row["code"]][row["subject_key"]] = (min(first, row["day"]), max(last, row["day"]))
    return {code for code, names in spans.items() if _overlap(sorted(names.values()))}


def _overlap(spans: list[tuple[date, date]]) -> bool:
    return any(later[0] <= earlier[1] for earlier, later in pairwise(spans))


def count(figures: Quality, row: Mapping[str, Any], twice: set[str]) -> None:
    """Count a shown record."""
    figures.records += 1
    if row["subject_kind"] == SubjectKind.LEGAL:
        figures.legal += 1
        figures.coded += bool(row["code"])
        figures.valid += bool(row["code"]) and not row["code_problem"]
        figures.wrong += bool(row["code"] and row["code_problem"])
        figures.duplicate += row["code"] in twice
    missing = {defect["concept"] for defect in row["defects"] if defect["name"].startswith("missing-")}
    figures.missing.update(missing)
    figures.incomplete += bool(missing)
    if row["kind"] in PUBLISHED_IN_DAYS:
        _count_delay(figures, row["decided_on"], row["published_on"] or row["listed_on"])


def _count_delay(figures: Quality, decided: date | None, published: date | None) -> None:
    if decided is None or published is None or abs((published - decided).days) > LONGEST:
        return
    days = workdays_between(decided, published)
    figures.dated += 1
    figures.delays.append(days)
    figures.prompt += 0 <= days <= PROMPT
    figures.early += published < decided


def count_takedown(figures: Quality, row: Mapping[str, Any]) -> None:
    """Count a record that was taken down; ``due_on`` is the first day on which it might not be shown.

    A record that had ended before this store ever showed it cannot be late; one that came after its end is late from the day it came.
    """
    figures.taken_down += 1
    if row["entered_at"] is None:
        return
    figures.once_shown += 1
    entered = local_day(row["entered_at"])
    days = (local_day(row["taken_at"]) - max(row["due_on"] or entered, entered)).days
    figures.late += days > 0
    figures.lateness.append(max(days, 0))


def _group(row: Mapping[str, Any], day: date, columns: tuple[str, ...]) -> tuple[str, ...]:
    told = {"region": row["region"], "site": row["site"], "month": f"{day:%Y-%m}"}
    return tuple(told[name] for name in columns)


def _shown(store: Store, today: date, site: str, region: str) -> Iterable[Row]:
    n = notices.c
    wanted = [or_(n.ends_on.is_(None), n.ends_on >= today), *([n.site == site] if site else [])]
    if region:
        wanted.append(n.region.startswith(stem_of(region)))
    with store.reading() as connection:
        return rows(connection.execute(select(*(n[name] for name in _COLUMNS)).where(*wanted).order_by(n.id)))


def _taken_down(store: Store, site: str) -> Iterable[Row]:
    t, e = tombstones.c, changes.c
    entered = select(func.min(e.known_at)).where(e.entity_id == t.id, e.kind == "entered").scalar_subquery().label("entered_at")
    query = select(t.site, t.due_on, t.taken_at, entered).where(*([t.site == site] if site else [])).order_by(t.id)
    with store.reading() as connection:
        return [row | {"region": ""} for row in rows(connection.execute(query))]
