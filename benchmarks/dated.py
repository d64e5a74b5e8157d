"""Expressions of deadlines as work plans print them, with the answers that a reader gives, composed from forms and drawn years and days.

The kinds are those of docs/deadlines.md: the year's end, halves, quarters, months, days, ranges, work without an end, rhythms, terms
from the document's own issue and from other events, and words that name no date. Answers are reckoned here from the numbers drawn,
not read from the text.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

OPEN, AGAIN, AFTER, NONE = ("open",), ("again",), ("after",), ("none",)
"""Work without an end, work that comes round, a term from an event whose day is not known, and no date."""

Answer = tuple[str, ...]
"""One of these, or ``("by", last day)``."""

_NUMERALS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Expression:
    """A cell of a plan for the year of ``issued``, the day it was issued, and what it means."""

    kind: str
    text: str
    issued: date
    answer: Answer


@dataclass(frozen=True, slots=True)
class Drawn:
    """The numbers of one expression; ``issued`` lies in January or February, ``m`` and ``d`` behind it, ``m2`` behind ``m``."""

    issued: date
    m: int
    m2: int
    d: int
    q: int
    n: int
    later: int

    @property
    def y(self) -> int:
        """The year of the plan."""
        return self.issued.year

    @property
    def words(self) -> dict[str, object]:
        """The numbers as the forms print them."""
        digits, wide = str.maketrans("0123456789", _NUMERALS), str.maketrans("0123456789", "０１２３４５６７８９")
        return {
            "y": self.y, "m": self.m, "m2": self.m2, "d": self.d, "n": self.n, "later": self.later, "q": _NUMERALS[self.q], "q1": self.q,
            "mm": f"{self.m:02}", "dd": f"{self.d:02}", "mm2": f"{self.m2:02}", "yc": str(self.y).translate(digits), "mc": numeral(self.m),
            "wide": str(self.y).translate(wide), "nc": numeral(self.n), "dc": numeral(self.d),
        }  # fmt: skip


def numeral(value: int) -> str:
    """Return a number below 100 in Chinese numerals."""
    tens, ones = divmod(value, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _NUMERALS[tens] + "十") + (_NUMERALS[ones] if ones or not tens else "")


def _month_end(year: int, month: int) -> Answer:
    return by(date(year, month, monthrange(year, month)[1]))


def by(day: date) -> Answer:
    """Return the answer of a last day."""
    return ("by", day.isoformat())


def _months_on(day: date, months: int) -> Answer:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return by(date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])))


Reckoning = Callable[[Drawn], Answer]

_FORMS: tuple[tuple[str, Reckoning, str], ...] = (
    ("year", lambda d: by(date(d.y, 12, 31)), "年底前|年内|年内完成|今年年底前|年末|全年|贯穿全年|本年度|今年"),
    (
        "year",
        lambda d: by(date(d.y, 12, 31)),
        "{y}年底前|{y}年底|{y}年年底前|{y}年末|{y}年内|{y}年|{y}年度|{y}年全年|{yc}年底前|{wide}年底前|{y} 年底前",
    ),
    (
        "year",
        lambda d: by(date(d.later, 12, 31)),
        "{later}年底前|到{later}年|至{later}年底|截至{later}年底|不迟于{later}年底|力争{later}年底前完成",
    ),
    ("half-year", lambda d: by(date(d.y, 6, 30)), "上半年|{y}年上半年|今年上半年|上半年完成|上半年内"),
    ("half-year", lambda d: by(date(d.y, 12, 31)), "下半年|{y}年下半年|今年下半年"),
    ("half-year", lambda d: by(date(d.later, 6, 30)), "{later}年上半年"),
    (
        "quarter",
        lambda d: _month_end(d.y, 3 * d.q),
        "{q}季度|第{q}季度|{q}季度末|{y}年{q}季度|{y}年第{q}季度|{y}年第{q1}季度|{q}季度末前|第{q}季度完成",
    ),
    ("quarter", lambda d: by(date(d.y, 9, 30)), "前三季度"),
    ("month", lambda d: _month_end(d.y, d.m), "{m}月底前|{m}月|{m}月份|{m}月底|{m}月末|{m}月底之前|{mc}月底前|{m}月底前完成"),
    (
        "month",
        lambda d: _month_end(d.y, d.m),
        "{y}年{m}月|{y}年{m}月底前|{y}.{mm}|{y}-{mm}|{y}年{m}月完成|于{y}年{m}月底前完成|{yc}年{mc}月底前",
    ),
    ("month", lambda d: _month_end(d.later, d.m), "{later}年{m}月底前|{later}年{m}月"),
    ("month", lambda d: by(date(d.y, d.m, 10)), "{m}月上旬|{y}年{m}月上旬"),
    ("month", lambda d: by(date(d.y, d.m, 20)), "{m}月中旬|{y}年{m}月中旬"),
    ("month", lambda d: _month_end(d.y, d.m), "{m}月下旬"),
    ("day", lambda d: by(date(d.y, d.m, d.d)), "{m}月{d}日前|{m}月{d}日|{m}月{d}日之前|{mc}月{dc}日前|{m}月{d}日前完成|{m}月{d}日前报送"),
    (
        "day",
        lambda d: by(date(d.y, d.m, d.d)),
        "{y}年{m}月{d}日|{y}年{m}月{d}日前|{y}-{mm}-{dd}|{y}/{m}/{d}|{y}.{m}.{d}|{y}年{mm}月{dd}日前|{yc}年{mc}月{dc}日",
    ),
    ("range", lambda d: by(date(d.later, 12, 31)), "{y}-{later}年|{y}年—{later}年|{y}年至{later}年|{y}－{later}年"),
    (
        "range",
        lambda d: _month_end(d.y, d.m2),
        "{m}月-{m2}月|{m}-{m2}月|{m}月至{m2}月|{y}年{m}月-{m2}月|{y}.{mm}-{y}.{mm2}|{y}年{m}月至{m2}月",
    ),
    ("range", lambda d: _month_end(d.later, d.m), "{y}年{m}月至{later}年{m}月"),
    ("range", lambda d: by(date(d.y, d.m2, d.d)), "{m}月{d}日至{m2}月{d}日|{y}年{m}月{d}日-{m2}月{d}日|{y}年{m}月{d}日至{y}年{m2}月{d}日"),
    ("range", lambda d: by(date(2025, 12, 31)), "“十四五”时期|“十四五”末"),
    (
        "ongoing",
        lambda _: OPEN,
        "持续推进|长期坚持|长期|常态化开展|动态更新|{y}年{m}月起|自{y}年{m}月起持续开展|{y}年起|{y}年启动，持续推进|即日起",
    ),
    (
        "rhythm",
        lambda _: AGAIN,
        "每季度|每月|每年|每半年|每两年一次|每季度一次|按季度|半年一次|每月{d}日前|每年{m}月底前|定期|{y}年每季度一次|每周",
    ),
    (
        "issue",
        lambda d: _months_on(d.issued, d.n),
        "自印发之日起{n}个月内|本方案印发后{n}个月内|自本通知发布之日起{nc}个月内|文件印发后{n}个月内",
    ),
    ("issue", lambda d: by(d.issued + timedelta(days=d.d)), "印发之日起{d}日内|自本方案公布之日起{d}天内|自发布之日起{d}日内"),
    (
        "event",
        lambda _: AFTER,
        "收到通知后{n}个工作日内|验收合格后{d}日内|省级方案印发后{n}个月内|公示期满后{nc}个工作日内|项目立项之日起{n}个月内",
    ),
    ("none", lambda _: NONE, "尽快|适时|待定|已完成|另行通知|视情开展|见备注"),
)
"""Kind, answer, and forms; a form stands for one expression a draw."""

FORMS = tuple((kind, answer, form) for kind, answer, forms in _FORMS for form in forms.split("|"))


def draw(rng: Random) -> Drawn:
    """Return the numbers of one expression."""
    year, first = rng.randrange(2013, 2030), rng.randrange(3, 11)
    issued = date(year, rng.randrange(1, 3), rng.randrange(1, 29))
    return Drawn(
        issued,
        first,
        rng.randrange(first + 1, 13),
        rng.randrange(2, 29),
        rng.randrange(1, 5),
        rng.randrange(2, 11),
        year + rng.randrange(1, 5),
    )


def expressions(rng: Random, times: int) -> Iterator[Expression]:
    """Yield every form so many times, in a drawn order."""
    forms = [form for form in FORMS for _ in range(times)]
    rng.shuffle(forms)
    for kind, answer, form in forms:
        drawn = draw(rng)
        yield Expression(kind, form.format(**drawn.words), drawn.issued, answer(drawn))
