"""Find the calendar units in a normalised text: days, months, quarters, halves, years, five-year plans, and ranges of them."""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, lru_cache, reduce
from itertools import compress
from operator import or_
from typing import NamedTuple

from normalizers.deadlines.signs import sign, signs_of
from normalizers.deadlines.words import eves

_DIGITS = {c: i for i, row in enumerate(("0零〇○◯oOοΟоО", "1一", "2二", "3三", "4四", "5五", "6六", "7七", "8八", "9九")) for c in row}
_WORD_YEARS = {"今": 0, "本": 0, "当": 0, "明": 1, "次": 1, "翌": 1, "后": 2, "去": -1, "上": -1}

SEP = r"(?:--?|至|到)"
_AND = r"[、和及]"
_YEAR = r"(?:(?<!\d)(?:19|2[0oO〇○])\d\d|[一二][零〇○◯oOοΟоО九一二三四五六七八0]{3})"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]|[十一二三四五六七八九])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二十[一二三四五六七八九]|二十|十[一二三四五六七八九]|[十一二三四五六七八九])"
_SHORT_YEAR = rf"(?:(?<![\d.])[1-4]\d(?=年(?:年?底|末|年?初|[上下]半年|第?[1-4一二三四]季度|Q[1-4]|{_MONTH}月)))"
_WORD = r"(?:[今本当明次翌后去上]年度?)"
_NUMBER_BEFORE = r"(?<![\d.一二三四五六七八九十第])"
_OF_YEAR = rf"(?:(?P<year>{_YEAR}|{_SHORT_YEAR})年度?的?|(?P<word>{_WORD})的?|{_NUMBER_BEFORE})"
_MIDDLE = r"中(?![国央心小考旬下长学医])"
_EDGE = rf"(?:年底|年末|年终|年内|年中(?![国央心小])|年初|底|末|内|初|终|{_MIDDLE}|全年|年度内?|度[底末终内]|度|期间)"
_HOUR = r"(?:\d{1,2}(?:[时点]|:\d\d(?::\d\d)?)整?)?"
_QUOTE = r"[\"“”'‘’「」『』]?"

ENDED = frozenset("底末内终")
"""Edges that name the end of a unit: with or without 前 the last day of the unit itself is meant."""


class Unit(NamedTuple):
    """A calendar unit at ``pos``..``end`` of the normalised text.

    ``year`` is as printed, ``shift`` the offset of 今年/明年 to the year of the document, both ``None`` where no year stands.
    ``first`` and ``last`` are (month, day) of its first and last day, days beyond the month meaning its last day;
    ``years`` is how many years after the first day's year the last day lies. ``grain`` is day, ten-days, month, quarter, half, year,
    plan or range; ``edge`` is what is printed behind it (底, 内, ...).
    """

    pos: int
    end: int
    first: tuple[int, int]
    last: tuple[int, int]
    grain: str
    year: int | None = None
    shift: int | None = None
    years: int = 0
    edge: str = ""
    flags: tuple[str, ...] = ()

    @property
    def dated(self) -> bool:
        """Tell whether the unit states its year."""
        return self.year is not None

    def days(self, year: int) -> tuple[date, date]:
        """Return the first and last day when the unit begins in ``year``; raises ``ValueError`` for years outside 1..9999."""
        return day_in(year, self.first), day_in(year + self.years, self.last)


_LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _length(year: int, month: int) -> int:
    return 29 if month == 2 and isleap(year) else _LENGTHS[month]


def day_in(year: int, month_day: tuple[int, int]) -> date:
    """Return a day of a year, or the last of its month where that is shorter."""
    month, day = month_day
    return date(year, month, day if day <= 28 else min(day, _length(year, month)))


@lru_cache(maxsize=1024)
def number(text: str) -> int:
    """Return the value of a number below 100 or a year, in digits or Chinese numerals (二十五, 二〇一八)."""
    if text.isascii() and text.isdigit():
        return int(text)
    if "十" not in text:
        return int("".join(str(_DIGITS.get(c, c)) for c in text))
    tens, _, ones = text.partition("十")
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)


Groups = dict[str, str | None]
"""What a rule's groups hold: ``year`` and ``word`` of a year, ``month``, ``day`` and so on as printed, ``edge`` what stands behind."""


def _unit(
    match: re.Match[str],
    groups: Groups,
    grain: str,
    first: tuple[int, int],
    last: tuple[int, int],
    years: int = 0,
    *,
    edge: str | None = None,
    flags: tuple[str, ...] = (),
) -> Unit:
    """Return the unit of a match; ``edge`` where it is not the last character of the group so named."""
    year = shift = None
    if printed := groups.get("year"):
        year = number(printed)
        year = year + 2000 if year < 100 else year
    elif word := groups.get("word"):
        shift = _WORD_YEARS[word[0]]
    start, end = match.span()
    return Unit(start, end, first, last, grain, year, shift, years, (groups.get("edge") or "")[-1:] if edge is None else edge, flags)


def _number(groups: Groups, name: str) -> int:
    """Return the number of a group, 0 where it took no part or the rule has none."""
    printed = groups.get(name)
    return number(printed) if printed else 0


def _days(match: re.Match[str], groups: Groups) -> Unit | None:
    month = _number(groups, "month")
    first = (month, _number(groups, "day"))
    until = groups.get("day2")
    last = (month, number(until)) if until else first
    if last < first:
        return None
    impossible = last[1] > _length(2024, month)
    return _unit(match, groups, "day" if first == last else "range", first, last, flags=("day_unclear",) if impossible else ())


def _compact(match: re.Match[str], groups: Groups) -> Unit | None:
    month = _number(groups, "month")
    return _days(match, groups) if groups["day"] else _unit(match, groups, "month", (month, 1), (month, 31))


_TEN_DAYS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "上中旬": (1, 20), "中下旬": (11, 31), "初": (1, 10), "中": (11, 20)}


def _months(match: re.Match[str], groups: Groups) -> Unit | None:
    first = _number(groups, "month")
    until = groups.get("month2") or groups.get("month3")
    second = number(until) if until else 0
    part = groups["edge"] or ""
    if part in _TEN_DAYS and not second:
        start, end = _TEN_DAYS[part]
        flags = ("day_unclear",) if part in ("初", "中") else ()
        return _unit(match, groups, "ten-days", (first, start), (first, end), edge="", flags=flags)
    last = second or first
    return _unit(match, groups, "month" if last == first else "range", (first, 1), (last, 31), int(last < first))


def _quarters(match: re.Match[str], groups: Groups) -> Unit | None:
    if front := groups["front"]:
        return _unit(match, groups, "range", (1, 1), (3 * number(front.replace("两", "二")), 31))
    first = {"首": 1, "末": 4}.get(groups["q"] or "") or _number(groups, "q")
    last = _number(groups, "q2") or first
    if last < first:
        return None
    return _unit(match, groups, "quarter" if last == first else "range", (3 * first - 2, 1), (3 * last, 31))


def _letter_quarter(match: re.Match[str], groups: Groups) -> Unit:
    quarter = _number(groups, "letter")
    return _unit(match, groups, "quarter", (3 * quarter - 2, 1), (3 * quarter, 31))


def _half(match: re.Match[str], groups: Groups) -> Unit | None:
    first, last = ((1, 1), (6, 30)) if groups["half"] == "上" else ((7, 1), (12, 31))
    return _unit(match, groups, "half", first, last)


def _years(match: re.Match[str], groups: Groups) -> Unit | None:
    first, last = _number(groups, "year"), _number(groups, "year2")
    if not first < last <= first + 50:
        return None
    return _unit(match, groups, "plan", (1, 1), (12, 31), last - first)


def _year(match: re.Match[str], groups: Groups) -> Unit | None:
    printed = groups["edge"] or ""
    edge = printed.removeprefix("年") if printed != "年" else ""
    if edge == "中":
        return _unit(match, groups, "half", (6, 30), (6, 30), edge="底")
    if edge == "初":
        return _unit(match, groups, "year", (1, 1), (12, 31), edge="", flags=("ambiguous",))
    edge = "末" if edge[-1:] == "终" else edge[-1:]
    return _unit(match, groups, "year", (1, 1), (12, 31), edge=edge if edge in ENDED else "")


def _five_year_plan(match: re.Match[str], groups: Groups) -> Unit | None:
    first = 2011 + 5 * (number((groups["plan"] or "")[1]) - 2)
    edge = groups["edge"] or ""
    if edge in ("初期", "中期"):
        return _unit(match, groups, "plan", (1, 1), (12, 31), 4, edge="", flags=("ambiguous",))._replace(year=first)
    return _unit(match, groups, "plan", (1, 1), (12, 31), 4, edge="末" if edge in ("末", "底") else "")._replace(year=first)


def _year_word(match: re.Match[str], groups: Groups) -> Unit | None:
    if groups["edge"] is None:
        return _unit(match, groups, "year", (1, 1), (12, 31))._replace(shift=0 if match[0] == "本年度" else None)
    return _year(match, groups)


def _eve(match: re.Match[str], groups: Groups) -> Unit | None:
    holiday = groups["holiday"] or ""
    day = eves()[holiday]
    unit = _unit(match, groups, "day", day, day)
    if holiday != "元旦":
        return unit
    # The day before 2026年元旦 lies in 2025; 元旦 without a year is the one that ends the year of the document.
    return unit._replace(year=unit.year - 1 if unit.year else None, shift=None if unit.shift is None else unit.shift - 1)


Build = Callable[[re.Match[str], Groups], Unit | None]


class Rule(NamedTuple):
    """What a text must hold for a rule to match, as signs and, where these say little, as a pattern; the rule; what it builds."""

    signs: int
    ahead: re.Pattern[str] | None
    pattern: re.Pattern[str]
    build: Build


_FULL_YEAR_STARTS, _YEAR_STARTS = "12一二", "1234一二今本当明次翌后去上"
_RULES: tuple[tuple[tuple[str, ...], str, str, Build], ...] = (
    (
        ("".join({name[-1] for name in eves()}), "前"),
        "",
        rf"(?:{_OF_YEAR})[\"“]?(?P<holiday>{'|'.join(eves())})[\"”]?节?(?:假期)?(?=前|之前|以前|来临前|到来前)",
        _eve,
    ),
    (
        ("五", "十"),
        "",
        rf"{_QUOTE}(?P<plan>十[一二三四五六七]五){_QUOTE}(?:规划期|时期|期间|期)?(?P<edge>末|底|内|中期|初期)?",
        _five_year_plan,
    ),
    (
        (_FULL_YEAR_STARTS, "-./"),
        "",
        rf"(?P<year>{_YEAR})(?P<sep>[-./])(?P<month>{_MONTH})(?P=sep)(?P<day>{_DAY})(?:日|号)?(?!\d)T?{_HOUR}",
        _days,
    ),
    (
        (_FULL_YEAR_STARTS, "-./"),
        "",
        rf"(?P<year>{_YEAR})[-./](?P<month>{_MONTH})(?:-(?P<month2>{_MONTH}))?月?(?P<edge>底|末|上旬|中旬|下旬)?(?![\d./]|-(?!(?:19|20)\d\d)|年)",
        _months,
    ),
    (
        (_FULL_YEAR_STARTS, "-至到、和及"),
        "",
        rf"(?P<year>{_YEAR})年?(?:{SEP}|{_AND})(?P<year2>{_YEAR})年?(?:度|(?P<edge>底|末|内))?(?![-./]?\d)",
        _years,
    ),
    (
        ("月",),
        r"月份?[0-9一二三四五六七八九十]",
        rf"{_OF_YEAR}(?P<month>{_MONTH})月份?(?P<day>{_DAY})(?:[日号]?{SEP}(?P<day2>{_DAY}))?(?:[日号]|(?=前|止|之前|以前|$)){_HOUR}",
        _days,
    ),
    (
        ("月",),
        "",
        rf"{_OF_YEAR}(?P<month>{_MONTH})(?:(?:月份?)?{SEP}(?P<month2>{_MONTH})|{_AND}(?P<month3>{_MONTH}))?月份?"
        rf"(?P<edge>月底|底|末|上中旬|中下旬|上旬|中旬|下旬|内|初|{_MIDDLE})?",
        _months,
    ),
    (("年", "./"), "", rf"(?P<year>{_YEAR})年(?P<month>{_MONTH})[./](?P<day>{_DAY})(?:[日号]|(?=[前止,;。)]|之前|以前|$)){_HOUR}", _days),
    (
        ("Qq",),
        "",
        rf"(?:(?P<year>{_YEAR}|{_SHORT_YEAR})年?度?|(?P<word>{_WORD})|(?<![A-Za-z\d]))[Qq](?P<letter>[1-4])(?![\dA-Za-z])(?P<edge>末|底|内)?",
        _letter_quarter,
    ),
    (
        ("季",),
        "",
        rf"(?:{_OF_YEAR})(?:第?(?P<q>[1-4一二三四首末])(?:(?:季度?)?(?:{SEP}|{_AND})第?(?P<q2>[1-4一二三四]))?"
        rf"|前(?P<front>[23二三两])个?)季度(?P<edge>末|底|内)?",
        _quarters,
    ),
    (("半", "上下"), "", rf"{_OF_YEAR}(?P<half>[上下])半年(?P<edge>末|底|内)?", _half),
    (("年", _YEAR_STARTS), "", rf"(?:(?P<year>{_YEAR}|{_SHORT_YEAR})年|(?P<word>[今本当明次翌后去上]年))(?P<edge>{_EDGE})?", _year),
    (
        ("年", "底末内初终度中全本"),
        "",
        rf"(?<![\d一二三四五六七八九十两几多半近数每学历N个])年(?P<edge>底|末|内|初|终|度[内底末]|{_MIDDLE})|全年|(?<!\d)本年度",
        _year_word,
    ),
)
"""The characters without which a rule matches nothing, one of each string, the first of which are part of what it matches;
the rest as in ``Rule``. Earlier rules go before later ones."""


_sign = cache(sign)
"""The same characters are the same sign."""
_POINT = _sign("./")
_COMPILED = tuple(
    Rule(reduce(or_, map(_sign, needed)), re.compile(ahead) if ahead else None, re.compile(pattern), build)
    for needed, ahead, pattern, build in _RULES
)
_SIGNS = reduce(or_, (rule.signs for rule in _COMPILED))
_SIGN_CHARACTERS = re.compile(f"[{re.escape(''.join(sorted({char for needed, *_ in _RULES for chars in needed for char in chars})))}]")
_ANY_SIGN = re.compile(f"[{re.escape(''.join(sorted({char for needed, *_ in _RULES for char in needed[0]})))}]")
"""What every unit is in part made of."""
_WHOLE_CELL = (
    (re.compile(r"^(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])?(?=$|前|之前|以前)"), _compact),
    (re.compile(rf"^(?P<month>{_MONTH})[./](?P<day>{_DAY})(?=$|前|之前|以前)"), _days),
    (re.compile(rf"^(?P<year>1[3-9]|[2-4]\d)(?P<sep>[./])(?P<month>{_MONTH})(?P=sep)(?P<day>{_DAY})(?=$|前|之前|以前)"), _days),
)
_JOIN = re.compile(rf"(?:起|开始)?(?:{SEP})")


def _any_sign(text: str, start: int, end: int) -> bool:
    """Tell whether there may be a unit between two places of a text."""
    return start < end and _ANY_SIGN.search(text, start, end) is not None


@lru_cache(maxsize=4096)
def _applying(signs: int) -> tuple[Rule, ...]:
    """Return the rules that may match where these signs stand; a cell without 季 is not searched for quarters."""
    return tuple(rule for rule in _COMPILED if rule.signs & signs == rule.signs)


def find_units(text: str, signs: int | None = None, *, cell: bool = False) -> list[Unit]:
    """Return the units of a normalised text in reading order, ranges joined; ``cell`` also reads bare numbers that fill a cell.

    ``signs`` are those of the text or of one that it is a part of, where they are known.
    """
    signs = signs_of(_SIGN_CHARACTERS.findall(text)) if signs is None else signs
    found = _bare_numbers(text) if cell and (signs & _POINT or text[:6].isdigit()) else []
    free = bytearray()  # of every character whether no unit has taken it; all are free while it is empty
    for unit in found:
        free = bytearray(b"\1" * len(text))
        free[unit.pos : unit.end] = bytes(unit.end - unit.pos)
    for needed, ahead, pattern, build in _applying(signs & _SIGNS):
        if needed & signs != needed or not (ahead is None or ahead.search(text)):
            continue
        before = len(found)
        match = pattern.search(text)
        while match:
            start, end = match.span()
            read = build(match, match.groupdict()) if not free or free.find(0, start, end) < 0 else None
            if read is not None:
                found.append(read)
                if len(found) == 1 and not (_any_sign(text, end, len(text)) or _any_sign(text, 0, start)):
                    return found  # the one unit of nearly every cell
                free = free or bytearray(b"\1" * len(text))
                free[start:end] = bytes(end - start)
            match = pattern.search(text, end)
        if len(found) > before:
            signs = signs_of(compress(text, free))
    return found if len(found) < 2 else list(_joined(sorted(found), text))


def _bare_numbers(text: str) -> list[Unit]:
    """Return the one unit of a cell that numbers without a word fill (20180930, 9.30)."""
    return next(([u] for rule, build in _WHOLE_CELL if (m := rule.match(text)) and (u := build(m, m.groupdict()))), [])


def _joined(units: list[Unit], text: str) -> Iterator[Unit]:
    """Join two units with 至 or a dash between them to one range."""
    waiting: Unit | None = None
    for unit in units:
        if waiting is not None and _JOIN.fullmatch(text[waiting.end : unit.pos]) and (joined := _range(waiting, unit)):
            waiting = joined
            continue
        if waiting is not None:
            yield waiting
        waiting = unit
    if waiting is not None:
        yield waiting


def _range(left: Unit, right: Unit) -> Unit | None:
    """Return the range from ``left`` to ``right``; the right unit takes the year of the left where it states none."""
    if right.year is not None and left.year is not None:
        years = right.year + right.years - left.year
    elif right.shift is not None:
        years = right.shift - (left.shift or 0)
    elif right.year is not None:
        return None
    else:
        years = int(right.last < left.first)
    if years < 0 or (years == 0 and right.last < left.first):
        return None
    flags = tuple(dict.fromkeys((*left.flags, *right.flags))) if left.flags or right.flags else ()
    first = left.last if left.edge in ENDED else left.first
    return Unit(left.pos, right.end, first, right.last, "range", left.year, left.shift, years, right.edge, flags)
