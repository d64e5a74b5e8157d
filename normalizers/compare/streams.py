"""A document as a stream of folded characters with the way back to what is printed.

Blanks, punctuation, width, line and page breaks and the numbers of items and rows are not in the stream, so they are no difference.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from normalizers.records import Block, Document, Span, Table

_ALIAS = 0xF0000
"""First code point of the private plane that stands for a body, whatever its printed name."""

_STOPS = frozenset("。！？!?；;")
_CHINESE = "[一二三四五六七八九十百]{1,4}"
_WORD = r"(?=[\u4e00-\u9fff])(?![万亿倍个家项件人名次年月日元条份分吨公米平成周天种类所批套处座户亩岁级时])"
_ITEM = re.compile(
    rf"\s*(?:[（(](?:{_CHINESE}|\d{{1,3}})[）)]|{_CHINESE}[、.．]|第(?:{_CHINESE}|\d{{1,4}})[条章节款项]"
    rf"|\d{{1,3}}(?:\.\d{{1,3}}){{0,3}}(?:[、.．)）](?!\d)|\s+{_WORD}|(?<=\.\d){_WORD}))"
)
_MARK = re.compile(rf"[（(]{_CHINESE}[）)]|[①-⑳㈠-㈩]|(?<=[。；;！!？?\n])(?=\s*[（(\d一二三四五六七八九十第])")
_NUMBER_CELL = re.compile(r"\s*[（(]?(?:\d{1,4}|[一二三四五六七八九十百]{1,4})[)）.、．]?\s*")


@dataclass(frozen=True, slots=True)
class Stream:
    """The folded characters of a document.

    ``starts`` and ``ends`` are the places of each character in ``source``; ``sentences`` the positions in ``text`` where one begins;
    ``places`` the positions where a block or cell begins, ``addresses`` their addresses.
    """

    source: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[int, ...]
    places: tuple[int, ...]
    addresses: tuple[str, ...]

    def printed(self, start: int, end: int) -> str:
        """Return what is printed for the characters ``start`` up to ``end``, blanks folded."""
        return " ".join(self.source[self.starts[start] : self.ends[end - 1]].split()) if start < end else ""

    def span(self, start: int, end: int) -> Span:
        """Return where the characters ``start`` up to ``end`` stand in ``source``; of none the place before ``start``."""
        if start < end:
            return Span(self.starts[start], self.ends[end - 1])
        place = self.starts[start] if start < len(self.starts) else len(self.source)
        return Span(place, place)

    def where(self, position: int) -> str:
        """Return the address of the block or cell that holds a character."""
        index = bisect_right(self.places, position) - 1
        return self.addresses[index] if 0 <= index < len(self.addresses) else ""

    def breaks_before(self, position: int) -> bool:
        """Tell whether something that is no letter, digit or character, or the edge of the text, stands before a character."""
        return position <= 0 or position >= len(self.text) or self.starts[position] != self.ends[position - 1]


@lru_cache(maxsize=65536)
def _fold(char: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", char).lower() if c.isalnum())


def _numbers(source: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Return where the numbers of items stand: at the beginning, behind a full stop, and （一） or ① anywhere."""
    position = start
    first = _ITEM.match(source, start, end)
    if first:
        position = first.end()
        yield start, position
    for mark in _MARK.finditer(source, position, end):
        item = mark if mark[0] else _ITEM.match(source, mark.start(), end)
        if item and item.start() >= position and item.end() > item.start():
            position = item.end()
            yield item.start(), position


class _Builder:
    """Collects a stream piece by piece."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.text: list[str] = []
        self.starts: list[int] = []
        self.sentences: list[int] = []
        self.places: list[int] = []
        self.addresses: list[str] = []

    def add(self, start: int, end: int, address: str) -> None:
        """Add the characters of a block or cell, without the numbers of items in it."""
        self.places.append(len(self.text))
        self.addresses.append(address)
        self.sentences.append(len(self.text))
        position = start
        for first, last in _numbers(self.source, start, end):
            self._characters(position, first)
            position = last
        self._characters(position, end)

    def _characters(self, start: int, end: int) -> None:
        for i in range(start, end):
            char = self.source[i]
            for folded in _fold(char):
                self.text.append(folded)
                self.starts.append(i)
            if char in _STOPS:
                self.sentences.append(len(self.text))

    def build(self) -> Stream:
        """Return the stream."""
        ends = tuple(i + 1 for i in self.starts)
        sentences = tuple(sorted({0, *self.sentences} - {len(self.text)}))
        return Stream(self.source, "".join(self.text), tuple(self.starts), ends, sentences, tuple(self.places), tuple(self.addresses))


def stream(document: Document) -> Stream:
    """Return the folded characters of a document's blocks and cells; of its whole text where it has no blocks."""
    builder = _Builder(document.text)
    for start, end, address in _pieces(document):
        builder.add(start, end, address)
    return builder.build()


def _pieces(document: Document) -> Iterator[tuple[int, int, str]]:
    if not document.blocks:
        yield 0, len(document.text), ""
    for block in document.blocks:
        if block.table is None:
            yield block.span.start, block.span.end, block.address
        else:
            yield from _cells(block)


def _cells(block: Block) -> Iterator[tuple[int, int, str]]:
    """Return the cells of a table without the running numbers of its rows, which are layout."""
    if block.table is None:
        return
    running = {column for column in range(min(3, block.table.columns)) if _runs(block.table, column)}
    for cell in block.table.cells:
        if cell.text.strip() and not (cell.column in running and _NUMBER_CELL.fullmatch(cell.text)):
            yield cell.span.start, cell.span.end, f"{block.address}.r{cell.row + 1}.c{cell.column + 1}"


def _runs(table: Table, column: int) -> bool:
    """Tell whether a column holds the running numbers of the rows: whole numbers from 1 or so that only grow, below any heading."""
    texts = [cell.text.strip() for cell in table.cells if cell.column == column and cell.text.strip()]
    body = texts[1:] if texts and not _NUMBER_CELL.fullmatch(texts[0]) else texts
    if not body or not all(_NUMBER_CELL.fullmatch(text) for text in body):
        return False
    digits = [int(found[0]) for text in body if (found := re.search(r"\d+", text))]
    return (
        len(digits) in (0, len(body))
        and all(a < b for a, b in pairwise(digits))
        and (not digits or digits[-1] <= digits[0] + 2 * len(body))
    )


def with_aliases(source: Stream, aliases: Mapping[str, int]) -> Stream:
    """Return a stream in which each folded name of ``aliases`` is one character that stands for its body."""
    if not aliases:
        return source
    pattern = re.compile("|".join(re.escape(name) for name in sorted(aliases, key=lambda n: (-len(n), n))))
    text: list[str] = []
    kept: list[tuple[int, int]] = []
    moved: list[int] = []
    position = 0
    for match in pattern.finditer(source.text):
        kept += [(i, i) for i in range(position, match.start())]
        text += [source.text[position : match.start()], chr(_ALIAS + aliases[match[0]])]
        kept.append((match.start(), match.end() - 1))
        position = match.end()
    kept += [(i, i) for i in range(position, len(source.text))]
    text.append(source.text[position:])
    moved = [first for first, _ in kept]

    def shifted(positions: Iterable[int]) -> tuple[int, ...]:
        return tuple(bisect_right(moved, p) - 1 if p < len(source.text) else len(kept) for p in positions)

    return Stream(
        source.source,
        "".join(text),
        tuple(source.starts[first] for first, _ in kept),
        tuple(source.ends[last] for _, last in kept),
        tuple(sorted(set(shifted(source.sentences)))),
        shifted(source.places),
        source.addresses,
    )
