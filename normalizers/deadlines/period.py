"""The period of a plan, read from its title."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from normalizers.deadlines.printed import Printed, mask, read, title_spans, without_names
from normalizers.deadlines.units import Unit, find_units
from normalizers.deadlines.words import any_of, words

MAX_TITLE = 1000
"""Characters of a title that are read."""


@dataclass(frozen=True, slots=True)
class PlanPeriod:
    """What a document's dates without a year refer to.

    ``start`` and ``end`` are the inclusive days of the plan, ``None`` where the title states none; ``year`` is the year of the document:
    that of the title, else that of the issue date. ``basis`` is ``plan-period`` (several years), ``title-year``, ``issue-year`` or empty.
    ``issued_on`` is kept to reckon deadlines that run from the issue (印发之日起三个月内).
    """

    start: date | None = None
    end: date | None = None
    year: int | None = None
    basis: str = ""
    issued_on: date | None = None

    @property
    def several_years(self) -> bool:
        """Tell whether the plan runs over more than one calendar year."""
        return self.start is not None and self.end is not None and self.start.year != self.end.year


def plan_period(title: str, issued_on: date | None = None, *, number: str = "") -> PlanPeriod:
    """Return the period that a title states (2018-2020年, 2018年, “十四五”, 2024年上半年), else the year of the issue date.

    Without an issue date the year of the document's own ``number`` (国发〔2020〕6号) is the year of issue.

    Years in 《》 of other documents do not count, the document's own title may stand in 《》. Of several periods the narrowest wins,
    then the latest: a yearly table of a three-year plan is for its year.
    """
    own = own_title(read(title[:MAX_TITLE]))
    text = without_names(own.text)
    stated = [] if _is_report(text) else [_days(unit) for unit in find_units(text) if _is_plan_time(unit, text)]
    year = issued_on.year if issued_on else _numbered_year(number)
    if stated:
        start, end = min(stated, key=lambda days: (days[1] - days[0], -days[0].toordinal()))
        if start.year == end.year:
            return PlanPeriod(start, end, start.year, "title-year", issued_on)
        return PlanPeriod(start, end, _current_year(start, end, year), "plan-period", issued_on)
    return PlanPeriod(year=year, basis="issue-year" if year else "", issued_on=issued_on)


def _current_year(start: date, end: date, issued: int | None) -> int | None:
    """Return the year that 年底 means in a plan of several years: the year of issue, the first year when issued before the plan begins."""
    if issued is None or issued > end.year:
        return None
    return max(issued, start.year)


def _numbered_year(number: str) -> int | None:
    """Return the year of a document number in the standard spelling, ``None`` for any other."""
    found = re.search(r"〔((?:19|20)\d\d)〕", number[:100])
    return int(found[1]) if found else None


def own_title(printed: Printed) -> Printed:
    """Return the title without the cover: 关于印发《甲》的通知 and 《甲》 give 甲."""
    spans = title_spans(printed.text)
    for start, end in spans:
        before, after = printed.text[:start], printed.text[end:]
        bare = not before and not re.sub(r"\([^()]*\)", "", after)
        issued = re.search(rf"关于.{{0,8}}(?:{any_of('title', 'own_verbs').pattern}).{{0,6}}$", before) or before.endswith("关于")
        if bare or issued:
            inner = printed.text[start + 1 : end - 1]
            rest = mask(after, title_spans(after)) if bare else ""
            return Printed(printed.source, inner + rest, (*printed.at[start + 1 : end - 1], *printed.at[end : end + len(rest)]))
    return printed


def _is_report(text: str) -> bool:
    """Tell whether a title names results of a year and no plan."""
    return bool(any_of("title", "report").search(text)) and not any_of("title", "plan").search(text)


def _is_plan_time(unit: Unit, text: str) -> bool:
    """Tell whether a unit of a title is a time of the plan: it states a year, is no edition and no far target."""
    after = text[unit.end : unit.end + 6]
    before = text[max(0, unit.pos - 2) : unit.pos]
    if not unit.dated or unit.grain == "day" or "ambiguous" in unit.flags:
        return False
    if after.startswith(("前", "之前", "以前", "以来")) or before.endswith(("到", "至")):
        return False
    return not any(after.startswith(word) for word in words("title", "not_plan_year"))


def _days(unit: Unit) -> tuple[date, date]:
    assert unit.year is not None  # noqa: S101 - _is_plan_time lets only units with a year pass
    return unit.days(unit.year)
