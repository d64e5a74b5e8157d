"""The numbers that Word prints before paragraphs without writing them into the text (ECMA-376-1, 17.9)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "零一二三四五六七八九"
_PLACE = re.compile(r"%([1-9])")


def chinese_number(number: int) -> str:
    """Return 1 to 999 in Chinese numerals as lists print them (十二, not 一十二); other numbers in digits."""
    if not 0 < number < 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    out = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        out += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        out += "零"
    return out + (_DIGITS[ones] if ones else "")


def _roman(number: int) -> str:
    out = ""
    for value, sign in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while number >= value:
            out, number = out + sign, number - value
    return out


def _formatted(number: int, style: str) -> str:
    if not 0 < number < 400:
        return str(number)
    if "hinese" in style or style.startswith(("ideograph", "japanese", "taiwanese", "korean")):
        return chinese_number(number)
    if style in {"lowerLetter", "upperLetter"} and number <= 26:
        letter = chr(ord("a") + number - 1)
        return letter.upper() if style == "upperLetter" else letter
    if style in {"lowerRoman", "upperRoman"}:
        return _roman(number) if style == "upperRoman" else _roman(number).lower()
    if style == "decimalEnclosedCircle" and number <= 20:
        return chr(0x2460 + number - 1)
    return f"{number:02d}" if style == "decimalZero" else str(number)


@dataclass(frozen=True, slots=True)
class _Level:
    style: str
    text: str
    start: int


@dataclass(slots=True)
class Numbering:
    """The lists of one document, with their counters as far as it is read."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    counters: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def label(self, list_id: str, level: int) -> str:
        """Return what is printed before the next paragraph of a list, counted up; empty for bullets and unknown lists."""
        levels = self.levels.get(list_id, {})
        if level not in levels:
            return ""
        counts = self.counters[list_id]
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        if levels[level].style in {"bullet", "none"}:
            return ""

        def printed(found: re.Match[str]) -> str:
            other = int(found.group(1)) - 1
            known = levels.get(other)
            return _formatted(counts.get(other, known.start if known else 1), known.style if known else "decimal")

        return _PLACE.sub(printed, levels[level].text)


def _value(parent: etree._Element, path: str, default: str) -> str:
    found = parent.find(path)
    return default if found is None else found.get(f"{W}val", default)


def _integer(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"\d{1,6}", text) else default


def read_numbering(root: etree._Element | None) -> Numbering:
    """Return the lists that a numbering part defines; none for a document without one."""
    if root is None:
        return Numbering()
    abstract: dict[str, dict[int, _Level]] = {}
    for one in root.findall(f"{W}abstractNum"):
        abstract[one.get(f"{W}abstractNumId", "")] = {
            _integer(level.get(f"{W}ilvl", "0"), 0): _Level(
                _value(level, f"{W}numFmt", "decimal"), _value(level, f"{W}lvlText", ""), _integer(_value(level, f"{W}start", "1"), 1)
            )
            for level in one.findall(f"{W}lvl")
        }
    lists = {one.get(f"{W}numId", ""): abstract.get(_value(one, f"{W}abstractNumId", ""), {}) for one in root.findall(f"{W}num")}
    return Numbering(levels=lists)
