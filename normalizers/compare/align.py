"""Two documents as streams of folded characters, aligned: sentences first, characters only inside changed ones.

Blanks, punctuation, width, line and page breaks and the numbers of items are not in the streams, so they are no difference.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Indel

from normalizers.records import Block, Document

MAX_CELLS = 60_000_000
"""Product of two lengths up to which characters are aligned: some 8,000 by 8,000, well under 0.1 s and 10 MB."""

_ALIAS = 0xF0000
"""First code point of the private plane that stands for a body, whatever its printed name."""

_STOPS = frozenset("。！？!?；;")
_ITEM = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十百\d]{1,4}[）)]|[一二三四五六七八九十百]{1,4}[、.．]|第[一二三四五六七八九十百\d]{1,5}[条章节款项]"
    r"|\d{1,3}(?:\.\d{1,3}){0,3}(?:[、.．)）](?!\d)|\s+(?=[\u4e00-\u9fff])|(?<=\.\d)(?=[\u4e00-\u9fff]))|[①-⑳㈠-㈩])"
)
_NUMBER_CELL = re.compile(r"\s*[（(]?(?:\d{1,4}|[一二三四五六七八九十百]{1,4})[)）.、．]?\s*")


@dataclass(frozen=True, slots=True)
class Hunk:
    """Characters ``old_start``..``old_end`` of the old stream became ``new_start``..``new_end`` of the new one."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


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
        """Add the characters of a block or cell, without the number of an item before it."""
        item = _ITEM.match(self.source, start, end)
        self.places.append(len(self.text))
        self.addresses.append(address)
        self.sentences.append(len(self.text))
        for i in range(item.end() if item else start, end):
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
    """Return the cells of a table; the running numbers of its rows are layout."""
    if block.table is None:
        return
    for cell in block.table.cells:
        if cell.text.strip() and not (cell.column == 0 and _NUMBER_CELL.fullmatch(cell.text)):
            yield cell.span.start, cell.span.end, f"{block.address}.r{cell.row}.c{cell.column}"


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


def align(old: Stream, new: Stream) -> list[Hunk]:
    """Return where two streams differ, in reading order: sentences are matched first, then the characters of what is left."""
    hunks: list[Hunk] = []
    for hunk in _unequal(_parts(old), _parts(new)):
        trimmed = _trim(old.text, new.text, hunk)
        if trimmed.old_start < trimmed.old_end or trimmed.new_start < trimmed.new_end:
            hunks += _characters(old.text, new.text, trimmed)
    return hunks


def _parts(source: Stream) -> list[tuple[int, str]]:
    """Return the sentences with their places."""
    bounds = [*source.sentences, len(source.text)]
    return [(a, source.text[a:b]) for a, b in itertools.pairwise(bounds) if a < b]


def _unequal(old: Sequence[tuple[int, str]], new: Sequence[tuple[int, str]]) -> Iterator[Hunk]:
    """Return the stretches whose parts differ; parts are (place, text)."""
    old_at = [place for place, _ in old] + [old[-1][0] + len(old[-1][1]) if old else 0]
    new_at = [place for place, _ in new] + [new[-1][0] + len(new[-1][1]) if new else 0]
    pending: Hunk | None = None
    for op in Indel.opcodes([text for _, text in old], [text for _, text in new]):
        if op.tag == "equal":
            if pending:
                yield pending
            pending = None
            continue
        first = pending or Hunk(old_at[op.src_start], 0, new_at[op.dest_start], 0)
        pending = Hunk(first.old_start, old_at[op.src_end], first.new_start, new_at[op.dest_end])
    if pending:
        yield pending


def _trim(old: str, new: str, hunk: Hunk) -> Hunk:
    """Return the hunk without the characters that both sides begin and end with."""
    a, b, c, d = hunk.old_start, hunk.old_end, hunk.new_start, hunk.new_end
    while a < b and c < d and old[a] == new[c]:
        a, c = a + 1, c + 1
    while a < b and c < d and old[b - 1] == new[d - 1]:
        b, d = b - 1, d - 1
    return Hunk(a, b, c, d)


def _characters(old: str, new: str, hunk: Hunk) -> list[Hunk]:
    """Return the changed characters of a hunk; one too large is first cut at places that both texts share."""
    a, b, c, d = hunk.old_start, hunk.old_end, hunk.new_start, hunk.new_end
    if (b - a) * (d - c) > MAX_CELLS:
        return _chunks(old, new, hunk)
    found = [
        Hunk(a + op.src_start, a + op.src_end, c + op.dest_start, c + op.dest_end)
        for op in Indel.opcodes(old[a:b], new[c:d])
        if op.tag != "equal"
    ]
    return _merge(found)


def _chunks(old: str, new: str, hunk: Hunk) -> list[Hunk]:
    """Cut both sides where four characters have a rare sum, so equal stretches give equal chunks whatever their layout."""
    parts_old = _cut(old, hunk.old_start, hunk.old_end)
    parts_new = _cut(new, hunk.new_start, hunk.new_end)
    if len(parts_old) * len(parts_new) > MAX_CELLS:
        return [hunk]
    found: list[Hunk] = []
    for part in _unequal(parts_old, parts_new):
        small = _trim(old, new, part)
        if (small.old_end - small.old_start) * (small.new_end - small.new_start) > MAX_CELLS:
            found.append(small)
        elif small.old_start < small.old_end or small.new_start < small.new_end:
            found += _characters(old, new, small)
    return found


def _cut(text: str, start: int, end: int) -> list[tuple[int, str]]:
    points = [ord(c) for c in text[start:end]]
    cuts = [
        start + i + 1 for i in range(3, len(points)) if (points[i] * 31 + points[i - 1] * 17 + points[i - 2] * 7 + points[i - 3]) % 16 == 0
    ]
    bounds = [start, *cuts, end]
    return [(a, text[a:b]) for a, b in itertools.pairwise(bounds) if a < b]


def _size(hunk: Hunk) -> int:
    return max(hunk.old_end - hunk.old_start, hunk.new_end - hunk.new_start)


def _merge(hunks: list[Hunk]) -> list[Hunk]:
    """Join hunks with fewer equal characters between them than each has changed ones: chance hits, not kept text."""
    out: list[Hunk] = []
    for hunk in hunks:
        current = hunk
        while out and current.old_start - out[-1].old_end <= min(_size(out[-1]), _size(current)):
            last = out.pop()
            current = Hunk(last.old_start, current.old_end, last.new_start, current.new_end)
        out.append(current)
    return out
