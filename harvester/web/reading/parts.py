"""The addresses of clauses: the numbers that a text prints itself.

``s3.2`` is 三、（二）, ``art12.3`` 第十二条（三）, ``ch2.1`` 第二章第一节, ``annex2.s1`` 附件2 一、, ``text2.s1`` the first section of
the second text (a plan behind a notice that has sections of its own), ``s3.p2`` the second paragraph without a number below 三、,
``s0.p1`` the first of all, ``tab1.r7`` a row. Akoma Ntoso's eId and the sections of legislation.gov.uk are made in the same way: whoever
reads the text can write the address, and it holds as long as the text counts so. A number that a text prints a second time at the same
place gets ``-2``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from normalizers.compare.units import units
from normalizers.differences import Unit, UnitKind
from normalizers.records import BlockKind, Document

LONGEST_MARK = 16
"""Characters, with blanks, of the longest line that opens an annex."""

_HAN = "零〇一二三四五六七八九十百"
_ANNEX = re.compile(rf"附\s{{0,4}}[件表]\s{{0,4}}(?P<n>[0-9０-９]{{1,2}}|[{_HAN}]{{1,3}})?\s{{0,2}}[:：]?")
_LAW = re.compile(rf"第\s?(?P<n>[{_HAN}]{{1,7}}|\d{{1,4}})\s?(?P<what>[编章节条])(?:之(?P<of>[{_HAN}]{{1,3}}))?")
_DECIMAL = re.compile(r"(?P<n>\d{1,2}(?:[.．]\d{1,2}){1,4})(?![\d.．%％年月日万亿元个项])[\s、　]?")
_LEVELS = (
    (1, re.compile(rf"(?P<n>[{_HAN}]{{1,5}})、")),
    (2, re.compile(rf"[（(](?P<n>[{_HAN}]{{1,5}})[)）]")),
    (3, re.compile(r"(?P<n>\d{1,3})(?:[.．](?!\d)|、)")),
    (4, re.compile(r"[（(](?P<n>\d{1,3})[)）]|(?P<m>\d{1,3})[)）]")),
    (5, re.compile(r"(?P<n>[①-⑳])")),
)
_CIRCLED = 0x2460 - 1
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0}
_SPELLED = (
    (re.compile(r"附件0*(\d{1,2})"), r"annex\1"),
    (re.compile(r"第0*(\d{1,4})条"), r"art\1"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a text with its address.

    ``words`` are its numbers as printed (三、（二）); ``level`` is 1 to 4 for a heading, 0 for any other piece; ``title`` tells that it is
    the document's own title. ``block`` is the address of its block in this version (``p12``), of a row its own.
    """

    name: str
    words: str
    unit: Unit
    level: int = 0
    title: bool = False

    @property
    def block(self) -> str:
        """The address within the version."""
        return self.unit.address


@dataclass(slots=True)
class _Place:
    """Where the walk through a text stands: annex, kind of path, numbers with their levels and printed forms."""

    annex: str = ""
    texts: int = 1
    counted: bool = False
    head: str = "s"
    open: list[tuple[int, str, str]] = field(default_factory=list)

    def base(self) -> tuple[str, str]:
        """Return the address and the printed numbers of the place."""
        numbers = ".".join(number for _, number, _ in self.open)
        name = f"{self.head}{numbers}" if self.open else "s0"
        return (f"{self.annex}.{name}" if self.annex else name), "".join(printed for *_, printed in self.open)

    def enter(self, level: int, number: str, printed: str) -> None:
        """Take a number in; it ends those of its own and of deeper levels."""
        if level == 1 and self.head != "s":
            self.head, self.open = "s", []
        self.open = [each for each in self.open if each[0] < level] + [(level, number, printed)]

    def law(self, what: str, number: str, printed: str) -> None:
        """Take a chapter, section or article in: articles count through the whole text, sections within their chapter."""
        if what == "节" and self.head == "ch" and self.open:
            self.open = [*self.open[:1], (0, number, printed)]
            return
        self.head, self.open = ("art" if what == "条" else "ch"), [(0, number, printed)]

    def begin(self, prefix: str) -> None:
        """Begin an annex or another text, which counts anew."""
        self.annex, self.counted, self.head, self.open = prefix, False, "s", []


def parts_of(document: Document) -> tuple[Part, ...]:
    """Return the pieces of a document in reading order, each with its address; no two have the same."""
    place, counts, seen = _Place(), Counter[str](), Counter[str]()
    kinds = {block.address: block for block in document.blocks}
    out: list[Part] = []
    for unit in units(document):
        block = kinds.get(unit.address)
        if unit.kind is UnitKind.ROW:
            out.append(Part(unit.address, _row_words(unit.address), unit))
            continue
        if block is not None and block.kind is BlockKind.TITLE and not out:
            out.append(Part("title", "", unit, title=True))
            continue
        level = block.level if block is not None and block.kind is BlockKind.HEADING else 0
        numbered, level = _enter(place, unit.text, level)
        name, words = place.base()
        if not numbered:
            counts[name] += 1
            name = f"{name}.p{counts[name]}"
        seen[name] += 1
        out.append(Part(name if seen[name] == 1 else f"{name}-{seen[name]}", words, unit, level))
    return tuple(out)


def _enter(place: _Place, text: str, level: int) -> tuple[bool, int]:
    """Take the number in that a piece of text begins with; return whether there is one, and the level of the heading that it is."""
    head = text.lstrip()[:40]
    if len(text) <= LONGEST_MARK and (found := _ANNEX.fullmatch(text.strip())):
        number = _value(found["n"] or "") or "1"
        place.begin(f"annex{number}")
        return False, 1
    numbered = _number(place, head)
    place.counted = place.counted or numbered is not None
    if numbered is None and level == 1 and place.counted and not place.annex.startswith("annex"):
        place.texts += 1
        place.begin(f"text{place.texts}")
    return numbered is not None, level or numbered or 0


def _number(place: _Place, head: str) -> int | None:
    """Take in the number that a line begins with; return the level of the heading that it makes of any line, ``None`` for no number."""
    if found := _LAW.match(head):
        number = _value(found["n"]) + (f"-{_value(found['of'])}" if found["of"] else "")
        place.law(found["what"], number, found[0])
        return {"编": 1, "章": 1, "节": 2}.get(found["what"], 0)
    if found := _DECIMAL.match(head):
        numbers = re.split(r"[.．]", found["n"])
        place.head, place.open = "s", [(at + 1, str(int(each)), found["n"] if at == 0 else "") for at, each in enumerate(numbers)]
        return 0
    for rank, pattern in _LEVELS:
        if found := pattern.match(head):
            groups = found.groupdict()
            place.enter(rank, _value(found["n"] or groups.get("m") or ""), found[0])
            return 0
    return None


def _value(text: str) -> str:
    if len(text) == 1 and "①" <= text <= "⑳":
        return str(ord(text) - _CIRCLED)
    if text.isdecimal():
        return str(int(text))
    return str(_han(text)) if text else ""


def _han(text: str) -> int:
    """Return the value of Chinese numerals below 1,000, also digit by digit (一百二十三, 一二三)."""
    if not set(text) & set("十百"):
        return int("".join(str(_DIGITS[char]) for char in text))
    value, digit = 0, 0
    for char in text:
        if char in "十百":
            value, digit = value + (digit or 1) * (10 if char == "十" else 100), 0
        else:
            digit = _DIGITS[char]
    return value + digit


def _row_words(address: str) -> str:
    table, _, row = address.partition(".r")
    return f"表{table.removeprefix('tab')} 第{row}行"


class Index:
    """The parts of a version by address and by place."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(parts)
        self._by_name = {part.name: at for at, part in enumerate(self.parts)}
        self._by_block: dict[str, int] = {}
        for at, part in enumerate(self.parts):
            self._by_block.setdefault(part.block, at)
            self._by_block.setdefault(part.block.partition(".")[0], at)
        self._starts = [part.unit.span.start for part in self.parts]

    def find(self, name: str) -> int | None:
        """Return the position of the part that an address names: its own, else that of its block or row, of a cell its row."""
        plain = spelled(name)
        if plain in self._by_name:
            return self._by_name[plain]
        row = re.sub(r"\.c\d{1,4}$", "", plain)
        found = self._by_block.get(row)
        if found is not None:
            return found
        return next((at for at, part in enumerate(self.parts) if part.name.startswith(f"{plain}.")), None)

    def at(self, position: int) -> int | None:
        """Return the position of the part that holds a character of the text, else of the one before it."""
        found = bisect_right(self._starts, position) - 1
        return found if found >= 0 else None


def spelled(name: str) -> str:
    """Return an address in its usual spelling: 附件2.s3 is annex2.s3, 第5条 is art5."""
    plain = unquote(name).strip().replace("．", ".")
    for pattern, form in _SPELLED:
        plain = pattern.sub(form, plain)
    return plain
