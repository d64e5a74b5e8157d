"""When a document is in force: 自…起施行, 有效期至…, 有效期五年, 试行期二年."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from normalizers.deadlines.printed import read, title_spans
from normalizers.deadlines.units import find_units
from normalizers.deadlines.units import number as chinese_number

MAX_TEXT = 400_000
"""Characters of a text in which its validity is looked for."""
MAX_CLAUSE = 120
"""Characters of a sentence that stand around 施行 or 有效期."""

_IN_FORCE = r"(?:正式|开始|试)?(?:施行|实施|执行|生效|试行|实行|起效)"
_ISSUE = r"(?:印发|发布|公布|下发|颁布|签发|发文|公开发布)之?日"
_TERMS = "有效期限?|政策有效期|有效时间|施行期限?|实施期限?|执行期限?|试行期限?|适用期限"
_FROM = re.compile(rf"(?:自|从|于)(?P<when>[^。;自从]{{2,30}}?)(?:起|开始)?{_IN_FORCE}|(?P<at_once>{_ISSUE})起?{_IN_FORCE}")
_AFTER = re.compile(
    rf"(?:本[^,。;]{{1,8}}?)?(?P<issue>{_ISSUE}|即日)起?(?:满)?(?:(?P<n>\d{{1,3}}|[一二三四五六七八九十]{{1,3}})(?:个)?(?P<unit>日|天|工作日|月))?(?:之?后|起|内)?"
)
_UNTIL = re.compile(rf"(?:{_TERMS})[^。;]{{0,20}}?(?P<by>至|到|截至|截止|-)(?P<when>[^。;]{{4,24}})")
_RUNS_TO = re.compile(r"(?:施行|实施|执行|试行)(?:期限)?[至到](?P<when>[^。;,]{6,20}?)(?:止|$|[,。;)])")
_TERM = re.compile(
    r"(?:有效期|有效期限|试行期|试行期限|试行|施行期|施行期限|实施期限|执行期限|执行期|暂行期|试点期)(?:限)?(?:暂定)?(?:为|是|限)?(?:期限)?(?:为)?"
    r"(?P<n>\d{1,2}|[一二两三四五六七八九十]{1,2}|半)(?P<unit>个?月|年)"
)
_PAPER = (
    r"本[^,。;]{0,8}(?:办法|规定|细则|意见|通知|方案|公告|通告|条例|规则|措施|政策|文件|规范|标准|指引|指南|计划|规划|决定|要点|清单|目录|制度|规程"
    r"|章程|守则|准则|令|函)"
)
_OTHER = re.compile(r"\0\s*(?:,|已|将|于)?\s*$")
_OWN = re.compile(
    rf"{_PAPER}[^,。;]{{0,12}},?$|(?:公布|发布|印发|通过|颁布|修订|批准)[^,。;]{{0,8}},?$|(?:以上|上述|该|本)?政策(?:措施)?$|^[,(]?$|[,(]$"
)
_SUBJECT = re.compile(rf"(?:第[^条]{{1,6}}条)?(?:{_PAPER}[^,。;]{{0,4}})?")


@dataclass(frozen=True, slots=True)
class Force:
    """The first and the last day in force, ``None`` where the text states none or it cannot be reckoned."""

    effective_on: date | None = None
    expires_on: date | None = None


def read_force(text: str, issued_on: date | None) -> Force:
    """Return when a text says that it is in force; days from its issue are reckoned from ``issued_on``, terms from the first day.

    有效期五年 from 1 April 2026 ends with 31 March 2031. What a text says of other documents (《…》自…起施行) is not its own.
    """
    effective: date | None = None
    expires: date | None = None
    for clause in _clauses(text[:MAX_TEXT]):
        effective = effective or _effective(clause, issued_on)
        expires = expires or _expires(clause, effective, issued_on)
        if effective and expires:
            break
    if effective and expires and expires < effective:
        expires = None
    return Force(effective, expires)


def _clauses(text: str) -> list[str]:
    """Return the sentences about validity, normalised, titles blotted out; those at the end of a text first, where such articles stand."""
    found: list[str] = []
    for match in re.finditer(r"施行|实施|执行|生效|试行|有效期|实行", text):
        start = max((text.rfind(mark, max(0, match.start() - MAX_CLAUSE), match.start()) for mark in "。；;\n"), default=-1) + 1
        start = max(start, match.start() - MAX_CLAUSE)
        stops = [at for mark in "。；;\n" if (at := text.find(mark, match.end(), match.end() + MAX_CLAUSE)) >= 0]
        near = text[max(start, match.start() - MAX_CLAUSE) : min(stops, default=match.end() + MAX_CLAUSE)]
        if "起" in near or "有效期" in near or "至" in near or "试行" in near or "期" in near:
            found.append(near)
    unique = list(dict.fromkeys(found))[-200:]
    return [_plain(clause) for clause in unique]


def _plain(clause: str) -> str:
    plain = list(read(clause).text)
    for start, end in title_spans("".join(plain)):
        plain[start:end] = "\0" * (end - start)
    return "".join(plain)


def _effective(clause: str, issued_on: date | None) -> date | None:
    for match in _FROM.finditer(clause):
        before = clause[: match.start()]
        if _OTHER.search(before) or not _OWN.search(re.sub(r"^第[^条]{1,6}条", "", before)):
            continue
        when = match["when"] or match["at_once"]
        day = _day(when)
        if day:
            return day
        term = _AFTER.fullmatch(when)
        if term and issued_on:
            return _after(issued_on, term["n"], term["unit"])
    return None


def _after(day: date, count: str | None, unit: str | None) -> date | None:
    """Return the day so many days or months after another; ``None`` for working days, which no calendar here counts."""
    if not count or not unit:
        return day
    if unit == "工作日":
        return None
    return _months_on(day, _number(count)) if unit == "月" else day + timedelta(days=_number(count))


def _expires(clause: str, effective: date | None, issued_on: date | None) -> date | None:
    """Return the last day that a clause states for the document itself, not for a permit or a list that it speaks of."""
    until = _UNTIL.search(clause) or _RUNS_TO.search(clause)
    if until and _is_own(clause, until.start(), issued_on) and (day := _day(until["when"].strip("),止"))):
        return day
    term, first = _TERM.search(clause), effective or issued_on
    if term is None or first is None or not _is_own(clause, term.start(), issued_on):
        return None
    months = 6 if term["n"] == "半" else _number(term["n"]) * (12 if term["unit"] == "年" else 1)
    return _months_on(first, months) - timedelta(days=1)


def _is_own(clause: str, pos: int, issued_on: date | None) -> bool:
    """Tell whether a term at ``pos`` is that of the document: it opens the sentence, follows 本办法, or the sentence says from when."""
    return bool(_SUBJECT.fullmatch(clause[:pos].strip(",( "))) or _effective(clause, issued_on or date.min) is not None


def _months_on(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = min(day.year + month // 12, 9998), month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _number(text: str) -> int:
    return chinese_number(text.replace("两", "二"))


def _day(text: str) -> date | None:
    """Return the day that a phrase begins with, else ``None``; a bare month counts by its first day at the beginning of a validity."""
    units = [unit for unit in find_units(text) if unit.year is not None and unit.grain == "day" and unit.pos <= 1]
    return units[0].days(units[0].year or 0)[0] if units else None
