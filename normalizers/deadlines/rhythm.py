"""Deadlines without a last day: what comes round again, what never ends, what runs from another event."""

from __future__ import annotations

import re
from typing import NamedTuple

from normalizers.deadlines.signs import sign
from normalizers.deadlines.units import number
from normalizers.deadlines.words import any_of, sign_of

_COUNT = r"(?:\d{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]|半)"
_MONTHS = {"年": 12, "年度": 12, "半年": 6, "半年度": 6, "季": 3, "季度": 3, "月": 1, "月度": 1, "学期": 6}
_DAYS = {"日": 1, "天": 1, "工作日": 1, "周": 7, "星期": 7, "旬": 10}
_UNIT = "半年度?|年度?|季度?|月度?|学期|工作日|周|星期|旬|日|天"

_TERM_UNIT = "个?工作日|个?月|日|天|周|个?星期|年|个?季度|小时"

_EVERY = re.compile(rf"每间?隔?(?P<n>{_COUNT})?个?(?P<unit>{_UNIT})(?!均|度?新增)")
_TIMES = re.compile(
    rf"(?P<n>{_COUNT})?个?(?P<unit>半年|年|季度|月|周)(?P<times>{_COUNT})次|(?P<times2>\d{{1,3}})次/(?P<unit2>半年|年|季度?|月|周)"
)
_TIMES_AT = re.compile(r"[年度月周][\d一二两三四五六七八九十半]{1,3}次|次/")
"""What no number of times can be without."""
_BY = re.compile(r"(?:按|逐|分)(?P<unit>半年|年度?|季度?|月度?|周|旬|日)(?!计|均|历|利)")
_ROUND = "次|调度|报告|报送|报|通报|评估|评比|评|总结|考核|更新|研判|会商|检查|推进|小结|排名|晾晒"
_HALVES = (
    rf"上(?:半年)?[、,和及与]?下半年度?(?:各|分别)[^,;。、]{{0,8}}?(?P<times>{_COUNT})次"
    rf"|上半年(?P<times2>{_COUNT})次[、,]下半年(?P=times2)次"
)
_PACE = re.compile(
    rf"{_HALVES}|一(?P<unit>半年|年|季度?|月|周|日|天|旬)一(?:{_ROUND})|(?:^|(?<=[、,;]))(?P<unit2>半年度?|年度|季度?|月度?|周|旬)(?:{_ROUND})"
)
_PACE_AT = re.compile(rf"下半年|一(?:半?年|季度?|[月周日天旬])一|(?:半年|[度季月周旬])(?:{_ROUND})")
"""What no pace can be without."""
_EVERY_SIGN, _BY_SIGN, _TIMES_SIGN, _TERM_SIGN = sign("每"), sign("按逐分"), sign("次"), sign("内起后")
PACE_SIGN = sign("".join({word[0] for word in _ROUND.split("|")}))
_YEAR_ROUND_SIGN = sign("、")
RHYTHM_SIGNS = _EVERY_SIGN | _BY_SIGN | _TIMES_SIGN | PACE_SIGN | _YEAR_ROUND_SIGN
"""What no rhythm can be without: one of these."""
_YEAR_ROUND = re.compile(r"年中(?!国).{0,6}、年(?:底|末|终)")

_RELATIVE = re.compile(
    rf"(?P<anchor>[^,;。:]{{0,30}}?(?:之日起?|日起|起|之?后|以后))?的?(?P<n>{_COUNT})(?P<unit>{_TERM_UNIT})"
    r"(?:之|以)?内|(?P<half>半年|半个月)(?:之|以)?内"
    rf"|(?P<anchor2>[^,;。:]{{1,30}}?(?:日起|之?后|以后))(?P<n2>{_COUNT})(?P<unit2>{_TERM_UNIT})(?=[,;。)、]|$|完成|出台|制定|报)"
)
_BARE_TERM = re.compile(rf"(?P<n>{_COUNT})(?P<unit>{_TERM_UNIT})")
_PAPER = "通知|方案|意见|计划|办法|文件|要点|清单|规划|措施|分工|通报"
_OWN_ISSUE = re.compile(
    rf"(?:(?:^|[自从在于])(?:{_PAPER})?|[本此该][^,;。\0]{{0,10}}?(?:{_PAPER}))(?:正式|公开)?(?:印发|发布|公布|下发|发文|出台|实施)[^,;。]{{0,6}}(?:起|后)$"
)
"""The issue of the document itself; what a province or a ministry is still to issue (省级方案印发后) is another event."""
_ELSEWHERE = re.compile(
    r"(?:按|根据|依据|结合|视|与|随)照?.{0,16}(?:要求|部署|安排|规定|时限|进度|节点|计划|情况|进展|同步|一致|执行)|规定的?(?:时限|期限|时间)|同步"
)
_EVENT = re.compile(r"^.{1,20}(?:之前|以前|前|之后|以后|后|期间|之日)(?:完成)?$")
_ELSEWHERE_SIGN = sign("按根依结视与随规同前后期之")
_RECURRING, _ONGOING = any_of("kind", "recurring"), any_of("kind", "ongoing")
RECURRING_SIGN, ONGOING_SIGN = sign_of(("kind", "recurring")), sign_of(("kind", "ongoing"))


class Term(NamedTuple):
    """A rhythm or a term at ``pos``..``end``: ``period`` in ISO 8601, ``months`` and ``days`` its length.

    ``own_issue`` tells that it runs from the issue of the document itself.
    """

    pos: int
    end: int
    period: str
    months: int = 0
    days: int = 0
    own_issue: bool = False
    flags: tuple[str, ...] = ()


def _count(text: str | None) -> int:
    return number(text.replace("两", "二")) if text else 1


def _iso(months: int, days: int) -> str:
    if months and months % 12 == 0:
        return f"P{months // 12}Y"
    if months:
        return f"P{months}M"
    return f"P{days // 7}W" if days and days % 7 == 0 else f"P{days}D"


def find_rhythms(text: str, signs: int) -> list[Term]:
    """Return what comes round again with a stated period: 每季度, 每两年一次, 半年一次, 按月, 上、下半年各一次, 年中检查、年底考核.

    ``signs`` are those of the text or of one that it is a part of, here and below.
    """
    found: list[Term] = []
    if signs & _EVERY_SIGN:
        found += [_rhythm(m, m["unit"], _count(m["n"].replace("半", "一")) if m["n"] else 1, 1) for m in _EVERY.finditer(text)]
    if signs & _TIMES_SIGN and _TIMES_AT.search(text):
        found += [_times(m) for m in _TIMES.finditer(text)]
    if signs & PACE_SIGN and has_pace(text):
        found += [_rhythm(m, m["unit"] or m["unit2"] or "半年", 1, _count(m["times"] or m["times2"])) for m in _PACE.finditer(text)]
    if signs & _BY_SIGN:
        found += [_rhythm(m, m["unit"], 1, 1) for m in _BY.finditer(text)]
    if signs & _YEAR_ROUND_SIGN and "年中" in text:
        found += [Term(m.start(), m.end(), "P6M", 6, flags=("mechanism",)) for m in _YEAR_ROUND.finditer(text)]
    return found if len(found) < 2 else _apart(found)


def _apart(terms: list[Term]) -> list[Term]:
    """Return terms in reading order, the longest of those that begin at one place, without what overlaps the one before."""
    terms.sort(key=lambda t: (t.pos, -t.end))
    apart: list[Term] = []
    for term in terms:
        if not apart or term.pos >= apart[-1].end:
            apart.append(term)
    return apart


def has_pace(text: str) -> bool:
    """Tell whether a text may hold a pace (一月一调度); most that could by their signs do not (报送, 推进)."""
    return _PACE_AT.search(text) is not None


def without_paces(text: str) -> str:
    """Return a text with paces blotted out that look like dates (一月一调度 is no January)."""
    return _PACE.sub(lambda match: "\0" * len(match[0]), text)


def _times(match: re.Match[str]) -> Term:
    unit, times = match["unit"] or match["unit2"], match["times"] or match["times2"]
    count = 1 if match["n"] in (None, "半") else _count(match["n"])
    return _rhythm(match, "半年" if match["n"] == "半" and unit == "年" else unit, count, _count(times))


def _rhythm(match: re.Match[str], unit: str, count: int, times: int) -> Term:
    """Return the term of ``times`` in ``count`` units; a fraction of a month is given in days, of a day as one day."""
    text = match[0]
    if "半年" in text:
        unit, count = "半年", 1
    months, days = _MONTHS.get(unit, 0) * count, _DAYS.get(unit, 0) * count
    times = max(1, times)
    if months and months % times:
        months, days = 0, months * 30
    months, days = months // times, max(1, days // times) if not months or days else 0
    return Term(match.start(), match.end(), _iso(months, days), months, days)


def find_terms(text: str, signs: int) -> list[Term]:
    """Return the terms that run from an event: 收到之日起五个工作日内, 三个月内, 半年内. ``P5D`` of working days is flagged so."""
    if not signs & _TERM_SIGN:
        return []
    return [
        _term(m, m["n"] or m["n2"] or "半", m["unit"] or m["unit2"] or m["half"], m["anchor"] or m["anchor2"])
        for m in _RELATIVE.finditer(text)
    ]


def bare_term(text: str) -> Term | None:
    """Return the term that a cell consists of (3个月, 两年), ``None`` for anything else."""
    match = _BARE_TERM.fullmatch(text)
    return _term(match, match["n"], match["unit"], None) if match else None


def _term(match: re.Match[str], printed: str, unit: str, anchor: str | None) -> Term:
    """Return the term of so many units as printed from the event of an anchor."""
    pos, end = match.span()
    unit = unit.removeprefix("个")
    own = anchor is not None and _OWN_ISSUE.search(anchor) is not None
    if printed == "半":
        months, days = (6, 0) if "年" in unit else (0, 15)
        return Term(pos, end, _iso(months, days), months, days, own)
    count = _count(printed)
    if unit == "小时":
        return Term(pos, end, f"PT{count}H", 0, 0)
    months, days = _MONTHS.get(unit, 0) * count, _DAYS.get(unit, 0) * count
    return Term(pos, end, _iso(months, days), months, days, own, ("business_days",) if unit == "工作日" else ())


def is_recurring(text: str, signs: int) -> bool:
    """Tell whether a text says that something comes round, with or without a period."""
    return signs & RECURRING_SIGN != 0 and _RECURRING.search(text) is not None


def is_ongoing(text: str, signs: int) -> bool:
    """Tell whether a text says that something goes on without an end."""
    return signs & ONGOING_SIGN != 0 and _ONGOING.search(text) is not None


def is_elsewhere(text: str, signs: int) -> bool:
    """Tell whether a cell leaves the date to another text or event: 按国家部署, 与规划同步, 验收合格后."""
    return signs & _ELSEWHERE_SIGN != 0 and (_ELSEWHERE.search(text) or _EVENT.match(text)) is not None
