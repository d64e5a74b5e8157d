"""Sums of money in 元: of a field, by the unit of the value or of its label, and of the text of a decision.

In a text a sum is a fine or a confiscation only where the words beside it say so; several are added only where the text does (合计, 共计).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from normalizers.notices.numerals import NUMERALS, parse

UNITS = {
    "元": 1,
    "圆": 1,
    "块": 1,
    "百元": 100,
    "千元": 1000,
    "万": 10_000,
    "万元": 10_000,
    "万圆": 10_000,
    "百万元": 1_000_000,
    "亿": 10**8,
    "亿元": 10**8,
}
"""Words behind a sum, in 元."""
MAX_LENGTH = 60
"""Characters of a value that can be one sum."""
MAX_TEXT = 20_000
"""Characters of a decision's text that are searched for sums."""
MOST = Decimal(10) ** 13
"""元: no sum of one record is greater."""
UNREADABLE, IMPLAUSIBLE, UNSTATED, SEVERAL = "amount-unreadable", "amount-implausible", "amount-unit-unstated", "several-amounts"

_PREFIX = r"(?P<currency>(?:人民币|RMB|CNY|[¥￥])*)"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,8})?|\d{1,15}(?:\.\d{1,10})?"
_PLAIN = re.compile(
    rf"{_PREFIX}(?P<number>-?(?:{_DIGITS})(?:E[+-]?\d{{1,2}})?)(?P<unit>亿元?|百万元?|万[元圆]?|千元|百元|[元圆块])?(?:整|正|人民币)?",
    re.IGNORECASE,
)
_MIXED = re.compile(
    rf"{_PREFIX}(?P<whole>[{NUMERALS}\d.]{{1,30}})(?P<unit>[元圆块])?(?:(?P<jiao>[{NUMERALS}\d])角)?[零]?(?:(?P<fen>[{NUMERALS}\d])分)?(?:整|正|人民币)?"
)
_NOTE = re.compile(r"[(（\[【][^()（）\[\]【】]{0,40}[)）\]】]")


@dataclass(frozen=True, slots=True)
class AmountReading:
    """A sum in 元, or why it could not be read; ``problem`` ``amount-unit-unstated`` comes with the sum under 元."""

    yuan: Decimal | None
    problem: str = ""


def read_amount(text: str, unit: str = "") -> AmountReading:
    """Return the sum that a field prints, in 元. ``unit`` is that of the label; a unit in the value goes before it. Never raises."""
    if len(text) > 4 * MAX_LENGTH:
        return AmountReading(None, UNREADABLE)
    compact = "".join(unicodedata.normalize("NFKC", text).split())
    bare = _NOTE.sub("", compact) or compact.strip("()[]")
    found = _PLAIN.fullmatch(bare)
    if found is not None:
        return _of_digits(found, unit)
    yuan = _in_words(bare)
    return AmountReading(yuan) if yuan is not None else AmountReading(None, UNREADABLE)


def _of_digits(found: re.Match[str], label_unit: str) -> AmountReading:
    try:
        number = Decimal(found["number"].replace(",", ""))
    except InvalidOperation:
        return AmountReading(None, UNREADABLE)
    unit = found["unit"] or label_unit or ("元" if found["currency"] else "")
    yuan = _plain(number * UNITS.get(unit, 1))
    if not 0 <= yuan < MOST:
        return AmountReading(None, IMPLAUSIBLE)
    return AmountReading(yuan, "" if unit in UNITS else UNSTATED)


def _in_words(text: str) -> Decimal | None:
    """Return a sum in Chinese numerals or with 角 and 分 (壹万贰仟元伍角整, 5万3千元), ``None`` for anything else or without a unit."""
    found = _MIXED.fullmatch(text[:MAX_LENGTH])
    if found is None or not (found["unit"] or found["whole"][-1] in "万亿"):
        return None
    whole = parse(found["whole"])
    if whole is None:
        return None
    small = (parse(found["jiao"]) or 0) * Decimal("0.1") if found["jiao"] else Decimal(0)
    small += (parse(found["fen"]) or 0) * Decimal("0.01") if found["fen"] else 0
    total = _plain(whole + small)
    return total if total < MOST else None


def _plain(number: Decimal) -> Decimal:
    """Return a number without an exponent and without zeros at its end (2E+3 → 2000)."""
    normal = number.normalize()
    return normal.quantize(Decimal(1)) if normal == normal.to_integral_value() and abs(normal) < MOST else normal


# --- sums in the text of a decision -----------------------------------------------------------------------------------

_SUM = re.compile(
    rf"(?:{_DIGITS})\s?(?:亿元?|百万元|万[元圆]?|千元|百元|[元圆])(?:[\d{NUMERALS}]角)?(?:[\d{NUMERALS}]分)?(?:整|正)?"
    rf"|[¥￥]\s?(?:{_DIGITS})"
    rf"|(?<![{NUMERALS}第])[{NUMERALS}\d]{{1,24}}[元圆](?:[{NUMERALS}]角)?零?(?:[{NUMERALS}]分)?(?:整|正)?"
)
_GAP = r"[^。；;\d元]{0,14}$"
_FINE = re.compile(rf"(?:罚款|罚金|处以?罚)(?:金额|总额|数额)?{_GAP}")
_FINE_TOTAL = re.compile(
    r"(?:罚款|罚金)?(?:合计|共计|总计|累计)(?:处以?|并处|罚)?(?:行政)?(?:罚款|罚金)[^。；;\d元]{0,8}$|(?:罚款|罚金)(?:金额)?[,，]?(?:合计|共计|总计|总额|累计)[^。；;\d元]{0,8}$"
)
_FINE_AFTER = re.compile(r"^(?:\([^()]{0,24}\))?(?:人民币|整|的|以下|行政)*(?:罚款|罚金)")
_CONFISCATED = re.compile(rf"没收(?:[^。；;元]{{0,30}})(?:所得|收入|财物|款|货款|货值|资金|利润|物品)?(?:金额)?{_GAP}")
_ALL_TOTAL = re.compile(
    r"(?:罚没款?(?:项|金额)?|罚没(?:合计|共计|总计)|(?:上述|以上|两项|各项|二项|三项)[^。；;\d元]{0,10}(?:合计|共计|总计))[^。；;\d元]{0,12}$"
)
_NO_FINE = re.compile(
    r"(?:货值|价款|工程款|标的|造价|营业额|销售额|每(?:日|天|人|平方米|立方米|辆|吨|次|件|台|套)|标准|以上|不超过|最高|不低于|以下)[^。；;,，\d元]{0,6}$"
)
_CLAUSE = 48
"""Characters before a sum that tell what it is."""


@dataclass(frozen=True, slots=True)
class TextAmounts:
    """The sums of a text in 元: ``fines`` and ``confiscations`` each as printed, and the totals the text itself states."""

    fines: tuple[Decimal, ...] = ()
    confiscations: tuple[Decimal, ...] = ()
    fine_total: Decimal | None = None
    all_total: Decimal | None = None

    @property
    def fine(self) -> Decimal | None:
        """The fine: the total that the text states, else the only sum there is."""
        return self.fine_total if self.fine_total is not None else _only(self.fines)

    @property
    def confiscated(self) -> Decimal | None:
        """The only sum confiscated, ``None`` where there are several."""
        return _only(self.confiscations)


def _only(sums: Sequence[Decimal]) -> Decimal | None:
    return sums[0] if len(sums) == 1 else None


def text_amounts(text: str) -> TextAmounts:
    """Return the fines and confiscations that a text names. Never raises; linear in the text, of which 20,000 characters are read."""
    plain = "".join(unicodedata.normalize("NFKC", text[:MAX_TEXT]).split()).replace("￥", "¥")[:MAX_TEXT]
    found: dict[str, list[Decimal]] = {"fine": [], "confiscated": [], "fine_total": [], "all_total": []}
    for what, yuan in _sums(plain):
        found[what].append(yuan)
    return TextAmounts(tuple(found["fine"]), tuple(found["confiscated"]), _only(found["fine_total"]), _only(found["all_total"]))


def _sums(text: str) -> Iterator[tuple[str, Decimal]]:
    """Yield what each sum of a text is, with its 元; one that a bracket repeats in words or digits (2000元（贰仟元整）) once."""
    last: tuple[str, Decimal] | None = None
    end = 0
    for match in _SUM.finditer(text):
        yuan = read_amount(match[0], "元").yuan
        what = _what(text, end, match)
        repeated = yuan is not None and last is not None and yuan == last[1] and _restates(text[end : match.start()])
        end = match.end()
        if yuan is None or repeated or not what:
            continue
        last = what, yuan
        yield last


def _restates(between: str) -> bool:
    return len(between) <= 14 and re.fullmatch(r"[(,，:]*(?:大写|小写|人民币|即|计|折合|¥|[:：])*[(,，:]*", between) is not None


def _what(text: str, after: int, match: re.Match[str]) -> str:
    """Return what a sum is, by the words between the sum before it and itself, or right behind it; empty for none of ours."""
    before = text[max(after, match.start() - _CLAUSE) : match.start()]
    if _ALL_TOTAL.search(before) and not _FINE_TOTAL.search(before):
        return "all_total"
    if _FINE_TOTAL.search(before):
        return "fine_total"
    if _NO_FINE.search(before):
        return ""
    if _FINE_AFTER.search(text[match.end() : match.end() + 40]):
        return "fine"
    fine, confiscated = _FINE.search(before), _CONFISCATED.search(before)
    if fine and confiscated:
        return "fine" if fine.start() > confiscated.start() else "confiscated"
    return "fine" if fine else "confiscated" if confiscated else ""
