"""Read from a title how its text stands to others: the name of the text, its period, whether it is a draft or divides tasks.

Titles follow GB/T 9704 and the 《党政机关公文处理工作条例》: body, 关于, matter, kind; a cover (关于印发《…》的通知) names what it brings.
Everything here is folded, so that script, width and marks do not count; the words are in ``titles.toml``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from normalizers.text.fold import fold

LONGEST = 300
"""Characters of a title that are read."""
MOST_NAMES = 4
"""Texts that one title may name."""

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_QUOTED = re.compile(r"《([^《》]{2,200})》")
_LONG_QUOTED = re.compile(r"《([^《》]{6,})》")
_PRINTED_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_INNER = re.compile(r"[〈<]([^〈〉<>]{2,200})[〉>]")
_HAN_YEAR = re.compile(r"(?:一九|二[〇○零])[〇○零一二三四五六七八九]{2}(?=年)")
_YEAR = r"(?:19|20)\d\d"
_RANGE = re.compile(rf"(?<!\d)({_YEAR})年?度?(?:[-\u2010-\u2015−~～〜至到]|一(?=\d)){{1,3}}({_YEAR}|\d\d(?=年))(?:年度?)?(?!\d)")
_SINGLE = re.compile(rf"(?<!\d)({_YEAR})(?:年度|年版|年|版|度)?(?![\d〕])")
_FIVE_YEARS = re.compile(r"[“\"'‘]?十([一二三四五六七八九])五[”\"'’]?(?:期间|时期)?")
_ROUND = re.compile(r"(?:新)?第([一二三四五六七八九十\d]{1,3})(?:轮|版|个[三五]年|阶段)")
_AMENDED = re.compile(rf"[（(]?{_YEAR}年?(?:修订|修正|修改)(?:版|本|稿)?[）)]?")
_BRACKET = re.compile(r"[（(【\[〔]([^（）()【】\[\]〔〕]{0,40})[）)】\]〕]")
_HEAD = re.compile(r"^附件?(?:表)?[一二三四五六七八九十\d]{0,3}[:：.、\-—]*")
_DOCUMENT_NUMBER = re.compile(
    r"^[\u4e00-\u9fff]{2,16}[〔\[(]\d{4}[〕\])]第?\d{1,5}号(?=[《关\u4e00-\u9fff])|[(]?[\u4e00-\u9fff]{2,16}[〔\[(]\d{4}[〕\])]第?\d{1,5}号[)]?$"
)
_FILE_TYPE = re.compile(r"\.(?:docx?|pdf|xlsx?|wps|et|zip|rar|ofd|html?|txt)$", re.IGNORECASE)
_BODY = re.compile(r"^.{0,80}?关于(?=.{4})")
_FIRST_FIVE_YEARS = 1956
"""The first year of the first five-year plan by this count: 十三五 (the thirteenth) began in 2016."""

Period = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a text: ``stem`` is folded, without period, round, draft's marks and words of standing; ``period`` in years."""

    stem: str
    period: Period | None = None
    round: int = 0
    placed: bool = False

    @property
    def is_series(self) -> bool:
        """Tell whether a text of this name comes out again for another year."""
        return self.stem.endswith(words("series"))

    @property
    def is_plan(self) -> bool:
        """Tell whether a text of this name may have tasks to divide."""
        return self.stem.endswith(words("plans"))


@dataclass(frozen=True, slots=True)
class Title:
    """What a title tells. ``names`` are the texts it names, of a division of tasks the text whose tasks they are.

    ``own_period`` is the year of a division itself; ``own_words`` what it is called behind the text's name, folded.
    """

    names: tuple[Name, ...] = ()
    draft: bool = False
    about: bool = False
    division: bool = False
    installment: bool = False
    own_period: Period | None = None
    own_words: str = ""


@cache
def _tables() -> dict[str, list[str]]:
    return tomllib.loads(resources.files(__package__).joinpath("titles.toml").read_text("utf-8"))


@cache
def words(name: str) -> tuple[str, ...]:
    """Return one list of words of ``titles.toml``."""
    return tuple(_tables()[name])


@cache
def _pattern(name: str, behind: str = "") -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in words(name)).join(("(?:", f"){behind}")))


@lru_cache(maxsize=8192)
def read_title(title: str) -> Title:
    """Return what a title tells; of an empty one nothing."""
    flat = _HAN_YEAR.sub(lambda found: found[0].translate(_DIGITS), unicodedata.normalize("NFKC", title[:LONGEST]))
    flat = _FILE_TYPE.sub("", "".join(flat.split()))
    flat = _DOCUMENT_NUMBER.sub("", _HEAD.sub("", flat))
    quoted = _quoted(flat)
    outside = _QUOTED.sub("", flat) if quoted else flat
    about = bool(_pattern("about").search(outside))
    draft = not about and bool(_pattern("drafts").search(flat) or _pattern("drafts").search(outside))
    divided = _divided(flat, quoted)
    if divided is not None:
        names, own, period = divided
        return Title(names, draft, about, True, _is_installment(flat), period, fold(_without_period(own)))
    parts = quoted or (_uncovered(flat),)
    names = tuple(name for part in parts[:MOST_NAMES] if (name := read_name(_plan_of(part))).stem)
    return Title(names, draft, about, installment=_is_installment(flat))


def _is_installment(flat: str) -> bool:
    return bool(_pattern("installments").search(_ROUND.sub("", flat)))


def _quoted(flat: str) -> tuple[str, ...]:
    """Return the names in 《》; of a notice that passes another on (《关于印发〈…〉的通知》) the innermost."""
    found: list[str] = []
    for part in _QUOTED.findall(flat):
        inner = _INNER.findall(part)
        found += inner if inner and part.endswith(("通知", "公告", "决定")) else [_uncovered(part)]
    return tuple(found)


def _uncovered(flat: str) -> str:
    """Return a title without the cover around the name, where there is one (关于印发…的通知)."""
    bare = _pattern("covers_before").sub("", flat, count=1)
    if bare == flat:
        return flat
    for _ in range(2):  # 征求《…》意见的通知 has two
        bare = _pattern("covers_behind").sub("", bare, count=1)
    return bare or flat


def _divided(flat: str, quoted: Sequence[str], depth: int = 2) -> tuple[tuple[Name, ...], str, Period | None] | None:
    """Return the texts whose tasks a title divides, what the division is called behind their names, and its own period.

    ``None`` where it divides none. A division may be the text in 《》 itself, with the plan in 〈〉.
    """
    for raw in _QUOTED.findall(flat) if depth else ():
        inner = raw.replace("〈", "《").replace("〉", "》")
        found = _divided(inner, _quoted(inner), depth - 1)
        if found is not None:
            return found
    body = _BRACKET.sub(lambda found: found[0] if _period(found[0]) else "", _uncovered(flat))
    tail = _pattern("division", "$").search(body.rstrip("》”\"'"))
    if tail is None or _pattern("no_division").search(body) or _brings_both(body, tail):
        return None
    if quoted and "》" in body:
        behind, outside = body[body.rfind("》") + 1 :], _QUOTED.sub("", body)
        return tuple(name for part in quoted[:MOST_NAMES] if (name := read_name(part)).stem), behind, _period(outside)
    before = _pattern("division_before").sub("", body[: tail.start()], count=1)
    names, own = _names_before(before, body[tail.start() :])
    return names, own, _period(own)


def _brings_both(body: str, tail: re.Match[str]) -> bool:
    """Tell whether a title names a plan and, beside it, the division of its tasks (…方案及任务分工): it is the plan's then."""
    return tail[0].startswith(("和", "及")) and fold(body[: tail.start()]).endswith(words("plans"))


def _plan_of(part: str) -> str:
    tail = _pattern("division", "$").search(part)
    return part[: tail.start()] if tail and _brings_both(part, tail) else part


def _names_before(before: str, tail: str) -> tuple[tuple[Name, ...], str]:
    """Part 「…方案(2018-2020年)2018年」 before the words of a division: a last year behind another one is the division's own."""
    years = list(_SINGLE.finditer(before))
    last = years[-1] if years else None
    if last is not None and last.end() == len(before) and (len(years) > 1 or last.start() == 0):
        before, tail = before[: last.start()], before[last.start() :] + tail
    name = read_name(before)
    return ((name,) if name.is_plan else ()), tail if name.is_plan else before + tail


def read_name(part: str) -> Name:
    """Return the name of a text as its title prints it: stem, period and round."""
    part = _AMENDED.sub("", part)
    period, found = _period(part), _ROUND.search(part)
    bare = _ROUND.sub("", _without_period(_without_marks(part)))
    stem = _fold_standing(bare)
    matter = _fold_standing(_BODY.sub("", bare, count=1)) or stem
    return Name(matter, period, _number(found[1]) if found else 0, bool(_pattern("places").search(stem)))


def _without_marks(part: str) -> str:
    """Return a name without the brackets that hold a draft's mark, a standing or a period, and without 草案 behind it."""

    def kept(found: re.Match[str]) -> str:
        inside = found[1]
        spare = _pattern("drafts").search(inside) or "草案" in inside or not _pattern("standing").sub("", _without_period(inside))
        return "" if spare else found[0]

    bare = _BRACKET.sub(kept, _BRACKET.sub(kept, part))
    return re.sub(r"(?:征求意见稿|公开征求意见|征求意见|修订草案|草案|送审稿|讨论稿|审议稿|初稿)+$", "", bare)


def _fold_standing(bare: str) -> str:
    folded = fold(bare)
    return folded.replace("暂行办法", "办法").replace("暂行规定", "规定").replace("试行办法", "办法").replace("年度", "")


def _period(part: str) -> Period | None:
    """Return the first and last year that a piece of a title names, ``None`` where it names none."""
    if found := _RANGE.search(part):
        first, last = int(found[1]), int(found[2]) if len(found[2]) == 4 else int(found[1][:2] + found[2])
        return (first, last) if first <= last else None
    if found := _FIVE_YEARS.search(part):
        first = _FIRST_FIVE_YEARS + 5 * (9 + _number(found[1]))
        return first, first + 4
    years = [int(year) for year in _SINGLE.findall(part)]
    return (min(years), max(years)) if years else None


def _without_period(part: str) -> str:
    return _SINGLE.sub("", _FIVE_YEARS.sub("", _RANGE.sub("", part)))


def _number(printed: str) -> int:
    """Return a small number in either script: 二, 12, 十一; 0 for what is none."""
    if printed.isdecimal():
        return int(printed)
    tens, ten, ones = printed.rpartition("十")
    value = {digit: n for n, digit in enumerate("零一二三四五六七八九")}
    return (value.get(tens, 1) * 10 if ten else 0) + value.get(ones, 0)


def years_of(title: str) -> frozenset[str]:
    """Return the years that a title prints."""
    return frozenset(_PRINTED_YEAR.findall(title[:LONGEST]))


def quoted_of(title: str) -> frozenset[str]:
    """Return the names in 《》 that are long enough to be told from others, folded."""
    return frozenset(fold(name) for name in _LONG_QUOTED.findall(title[:LONGEST]))
