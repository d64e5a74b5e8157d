"""Align two streams: sentences first, characters only inside changed ones, then join what belongs together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Indel

from normalizers.compare.streams import Stream

MAX_CELLS = 60_000_000
"""Product of two lengths up to which characters are aligned: some 8,000 by 8,000, well under 0.1 s and 10 MB."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Characters ``old_start``..``old_end`` of the old stream became ``new_start``..``new_end`` of the new one."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


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
    return [(a, source.text[a:b]) for a, b in pairwise(bounds) if a < b]


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
    return [(a, text[a:b]) for a, b in pairwise(bounds) if a < b]


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
