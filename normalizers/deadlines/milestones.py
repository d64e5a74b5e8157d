"""Dates in running text, each with its clause: what is to be reached by when, apart from the deadline of the task."""

from __future__ import annotations

import re
from bisect import bisect_left

from normalizers.deadlines.cells import Whole, relative, strength
from normalizers.deadlines.period import PlanPeriod
from normalizers.deadlines.printed import Printed, read, without_names
from normalizers.deadlines.readings import Reading, find_readings
from normalizers.deadlines.rhythm import Term, find_rhythms, find_terms
from normalizers.deadlines.signs import signs_of_long
from normalizers.deadlines.words import any_of, words
from normalizers.records import Deadline, DeadlineKind

MAX_TEXT = 200_000
"""Characters that are read: more than the longest plan, less than what makes a reader wait."""

MAX_MILESTONES = 1000
"""Dates that are handed back: a text with more of them is a list of dates, not a plan."""

REACH = 400
"""Characters to either side of a date that may belong to its clause."""

_SENTENCE = re.compile(r"[。!?;]")
_COMMA = re.compile(r"(?<!\d),|,(?!\d)")
_NAME = r"[^,;。!?\0]{0,16}?"
_VERBS = "完成|实现|建立|建成|制定|出台|形成|启动|推进|开展|达到|推出|发布|组织|覆盖|编制"
_ACT = re.compile(rf",|[前内底末]|(?:基本|全面|力争|争取|确保|初步|率先|再|要|将|应)?(?:{_VERBS})")
_CHECK = re.compile(r"(?:考核|检查|评估|总结|述职|考评|评比|奖)")
_HANGING = re.compile(r"^(?:并|应|须|要|力争|确保|争取|均|全部|计划|预计|必须)?[于在]?$")


def find_milestones(text: str, period: PlanPeriod) -> tuple[Deadline, ...]:
    """Return the dates of a running text with their clauses as printed, basis ``sentence``, in reading order.

    Titles in 《》, document numbers, years of data, page and issue dates, validity, terms on subjects and what lies before the plan
    are no milestones. Rhythms with a stated period (每季度) are; those without (定期) are not.
    """
    printed = read(text[:MAX_TEXT])
    plain = without_names(printed.text)
    signs = signs_of_long(plain)
    rhythms = [t for t in find_rhythms(plain, signs)[:MAX_MILESTONES] if plain[t.pos] not in "分逐"]
    readings = [
        r
        for r in find_readings(plain, period, signs)[: 2 * MAX_MILESTONES]
        if not _overlaps(r, rhythms) and _is_milestone(r, plain, printed, period)
    ]
    terms = [t for t in find_terms(plain, signs) if t.own_issue]
    if not (readings or rhythms or terms):
        return ()
    marks: list[Reading | Term] = sorted([*readings, *rhythms, *terms], key=lambda mark: mark.pos)
    del marks[MAX_MILESTONES:]
    ends = [0, *(mark.end for mark in marks)]
    starts = [*(mark.pos for mark in marks[1:]), len(plain)]
    found: list[Deadline] = []
    for mark, previous, following in zip(marks, ends, starts, strict=False):
        clause, plain_clause = _clause(printed, plain, mark, previous, following)
        found.append(_milestone(Whole(clause, "sentence", strength(plain_clause)), mark, period))
    return tuple(found)


def _milestone(whole: Whole, mark: Reading | Term, period: PlanPeriod) -> Deadline:
    if isinstance(mark, Reading):
        return whole.deadline(mark.kind, mark.start, mark.last, flags=mark.flags)
    if mark.own_issue:
        return relative(whole, mark, period)
    return whole.deadline(DeadlineKind.RECURRING, period.start, period=mark.period, flags=mark.flags)


def _overlaps(reading: Reading, terms: list[Term]) -> bool:
    return any(reading.pos < term.end and term.pos < reading.end for term in terms)


def _is_milestone(reading: Reading, plain: str, printed: Printed, period: PlanPeriod) -> bool:
    """Tell whether a date of running text says when something is to be done."""
    if reading.kind is DeadlineKind.RECURRING or _is_past(reading, period) or _fills_its_line(reading, printed):
        return False
    unit = reading.unit
    before, after = plain[max(0, reading.pos - 8) : reading.pos], plain[reading.end : reading.end + 24]
    if any(word in before for word in words("text", "before_validity")) or after.startswith(words("text", "after_validity")):
        return False
    if plain[unit.pos : unit.pos + 1] in "当次上去" and unit.shift is not None:
        return False
    if not unit.dated and _CHECK.match(after) and reading.kind is DeadlineKind.BY_DATE:
        return False
    whole_years = unit.grain in ("year", "plan") and reading.kind is DeadlineKind.WITHIN_PERIOD and (unit.dated or unit.shift is not None)
    return not (whole_years and _is_name_or_data(before, after))


def _is_past(reading: Reading, period: PlanPeriod) -> bool:
    """Tell whether a date lies before the plan or, stated with its year, before the issue: history, not a task."""
    day = reading.last or reading.start
    limits = (period.start, period.issued_on if reading.unit.dated or period.start is None else None)
    return day is not None and any(limit is not None and day < limit for limit in limits)


def _fills_its_line(reading: Reading, printed: Printed) -> bool:
    """Tell whether nothing but the date stands on its line: a page date or a signature."""
    first, last = printed.at[reading.pos], printed.at[reading.end - 1] + 1
    before = printed.source[max(0, first - REACH) : first].rpartition("\n")
    after = printed.source[last : last + REACH].partition("\n")
    rest = before[2] + after[0]
    return reading.unit.grain == "day" and bool(before[1] or after[1]) and not rest.strip(" \t\u3000()（）[]【】:：0123456789")


def _is_name_or_data(before: str, after: str) -> bool:
    """Tell whether a bare year belongs to a name (2018年工作要点) or to data (2017年度统计数据, 较2015年), not to a task."""
    if before.endswith("(") and after.startswith(")"):
        return True
    if any(before.endswith(word) for word in words("text", "before_data")):
        return True
    if re.match(r"[也又既正将]?是|以来", after):
        return True
    act = _ACT.match(after)
    nouns = rf"{any_of('text', 'title_nouns').pattern}|{any_of('text', 'data_nouns').pattern}"
    return not act and re.match(rf"{_NAME}(?:{nouns})", after) is not None


def _clause(printed: Printed, plain: str, mark: Reading | Term, previous: int, following: int) -> tuple[str, str]:
    """Return the clause of a date, as printed and normalised: from its comma to the next date or the end of its sentence.

    A date that hangs behind its object (…平台，于2018年底前建成) takes the comma before it along.
    """
    floor = max(previous, mark.pos - REACH)
    start = max(_last_end(_SENTENCE, plain, floor, mark.pos), _paragraph_start(printed, mark.pos, floor))
    stop = _SENTENCE.search(plain, mark.end, mark.end + REACH)
    end = stop.start() if stop else min(len(plain), mark.end + REACH)
    commas = [m.end() for m in _COMMA.finditer(plain, start, mark.pos)]
    if commas:
        lead = plain[commas[-1] : mark.pos]
        hangs = lead and _HANGING.match(lead) and _ends_soon(plain, mark.end)
        start = (commas[-2] if len(commas) > 1 else start) if hangs else commas[-1]
    if following < end:
        end = max((m.start() for m in _COMMA.finditer(plain, mark.end, following)), default=following)
    return printed.slice(start, end), plain[start:end]


def _ends_soon(plain: str, pos: int) -> bool:
    """Tell whether a sentence or clause ends within a few characters: its verb has no object behind the date."""
    return re.match(r"[^,;。!?]{0,6}(?:[,;。!?]|$)", plain[pos : pos + 8]) is not None


def _last_end(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    """Return where the last match between two positions ends, else the first position."""
    return max((m.end() for m in pattern.finditer(text, start, end)), default=start)


def _paragraph_start(printed: Printed, pos: int, floor: int) -> int:
    """Return where the paragraph of a position begins in the normalised text, at the earliest the floor."""
    if floor >= pos:
        return floor
    gap = printed.source.rfind("\n\n", printed.at[floor], printed.at[pos])
    return floor if gap < 0 else bisect_left(printed.at, gap, floor, pos)
