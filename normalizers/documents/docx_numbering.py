"""The numbers that Word prints before paragraphs without writing them into the text (ECMA-376-1, 17.9)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "零一二三四五六七八九"
_FINANCIAL = frozenset({"chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"})
_FINANCIAL_DIGITS = str.maketrans("一二三四五六七八九十百", "壹贰叁肆伍陆柒捌玖拾佰")
_SEQUENCES = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
}
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
    if style in _SEQUENCES and number <= len(_SEQUENCES[style]):
        return _SEQUENCES[style][number - 1]
    if style in _FINANCIAL:
        return chinese_number(number).translate(_FINANCIAL_DIGITS)
    if "hinese" in style or style.startswith(("ideograph", "japanese", "taiwanese", "korean")):
        return chinese_number(number)
    if style in {"lowerLetter", "upperLetter"} and number <= 26:
        letter = chr(ord("a") + number - 1)
        return letter.upper() if style == "upperLetter" else letter
    if style in {"lowerRoman", "upperRoman"}:
        return _roman(number) if style == "upperRoman" else _roman(number).lower()
    return f"{number:02d}" if style == "decimalZero" else str(number)


@dataclass(frozen=True, slots=True)
class _Level:
    style: str
    text: str
    start: int
    legal: bool = False


@dataclass(slots=True)
class Numbering:
    """The lists of one document, with their counters as far as it is read.

    Lists of one abstract definition count on together, unless one of them says where it starts again (17.9.26).
    """

    lists: dict[str, str] = field(default_factory=dict)
    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    restarts: dict[str, dict[int, int]] = field(default_factory=dict)
    counters: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    begun: set[tuple[str, int]] = field(default_factory=set)

    def label(self, list_id: str, level: int) -> str:
        """Return what is printed before the next paragraph of a list, counted up; empty for bullets and unknown lists."""
        abstract = self.lists.get(list_id, "")
        levels = self.levels.get(list_id, {})
        if level not in levels:
            return ""
        counts = self.counters[abstract]
        restart = self.restarts.get(list_id, {}).get(level)
        if restart is not None and (list_id, level) not in self.begun:
            counts[level] = restart - 1
        self.begun.add((list_id, level))
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        if levels[level].style in {"bullet", "none"}:
            return ""

        def printed(found: re.Match[str]) -> str:
            other = int(found.group(1)) - 1
            known = levels.get(other)
            style = known.style if known and not levels[level].legal else "decimal"
            return _formatted(counts.get(other, known.start if known else 1), style)

        return _PLACE.sub(printed, levels[level].text)


def _value(parent: etree._Element, path: str, default: str) -> str:
    found = parent.find(path)
    return default if found is None else found.get(f"{W}val", default)


def _integer(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"\d{1,6}", text) else default


def _read_level(level: etree._Element) -> _Level:
    legal = level.find(f"{W}isLgl") is not None and _value(level, f"{W}isLgl", "1") not in {"0", "false", "off"}
    start = _integer(_value(level, f"{W}start", "1"), 1)
    return _Level(_value(level, f"{W}numFmt", _alternative(level)), _value(level, f"{W}lvlText", ""), start, legal)


def _alternative(level: etree._Element) -> str:
    """Return the number format that newer Word writes inside alternative content."""
    found = next(level.iter(f"{W}numFmt"), None)
    return "decimal" if found is None else found.get(f"{W}val", "decimal")


def _read_levels(parent: etree._Element) -> dict[int, _Level]:
    return {_integer(level.get(f"{W}ilvl", "0"), 0): _read_level(level) for level in parent.findall(f"{W}lvl")}


def read_numbering(root: etree._Element | None) -> Numbering:
    """Return the lists that a numbering part defines; none for a document without one."""
    out = Numbering()
    if root is None:
        return out
    abstract = {one.get(f"{W}abstractNumId", ""): one for one in root.findall(f"{W}abstractNum")}
    named = {_value(one, f"{W}styleLink", ""): key for key, one in abstract.items()}
    levels = {key: _read_levels(one) for key, one in abstract.items()}
    for one in root.findall(f"{W}num"):
        list_id, key = one.get(f"{W}numId", ""), _value(one, f"{W}abstractNumId", "")
        linked = _value(abstract[key], f"{W}numStyleLink", "") if key in abstract else ""
        key = named.get(linked, key) if linked else key
        out.lists[list_id] = key
        out.levels[list_id] = dict(levels.get(key, {}))
        out.restarts[list_id] = {}
        for override in one.findall(f"{W}lvlOverride"):
            level = _integer(override.get(f"{W}ilvl", "0"), 0)
            out.levels[list_id].update(_read_levels(override))
            if start := _value(override, f"{W}startOverride", ""):
                out.restarts[list_id][level] = _integer(start, 1)
    return out
