"""Align the characters of two passages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import Indel

from normalizers.compare.anchors import Hunk, common_runs, gaps
from normalizers.compare.limits import TOO_LONG, Budget

KEPT = 4
"""Equal characters in a row from which passages that are not alike have something in common that is not there by chance."""
MOST = 2_000
"""Changes in one passage; of more, nobody reads each, and those next to each other are told as one."""
CHUNK = 16
"""Characters of a chunk, on average, where a passage is cut for its length."""


def changed_letters(old: str, new: str, hunk: Hunk, budget: Budget, *, alike: bool = True) -> list[Hunk]:
    """Return the characters of a hunk that differ. Of passages that are not ``alike`` only longer pieces count as kept."""
    small = trimmed(old, new, hunk)
    if not small.old_size or not small.new_size:
        return [small] if small.old_size or small.new_size else []
    if not budget.allows(small.old_size, small.new_size):
        return _by_chunks(old, new, small, budget)
    a, c = small.old_start, small.new_start
    operations = Indel.opcodes(old[a : small.old_end], new[c : small.new_end])
    found = [Hunk(a + op.src_start, a + op.src_end, c + op.dest_start, c + op.dest_end) for op in operations if op.tag != "equal"]
    return _readable(found, 1 if alike else KEPT)


def trimmed(old: str, new: str, hunk: Hunk) -> Hunk:
    """Return a hunk without the characters that both its sides begin and end with."""
    a, b, c, d = hunk.old_start, hunk.old_end, hunk.new_start, hunk.new_end
    head = _common(old, new, a, c, min(b - a, d - c))
    a, c = a + head, c + head
    tail = _common_end(old, new, b, d, min(b - a, d - c))
    return Hunk(a, b - tail, c, d - tail)


def _common(old: str, new: str, a: int, c: int, most: int) -> int:
    """Return how many characters from ``a`` and ``c`` on are equal, by halving: comparing slices costs next to nothing."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if old[a + low : a + middle] == new[c + low : c + middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(old: str, new: str, b: int, d: int, most: int) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if old[b - middle : b - low] == new[d - middle : d - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _by_chunks(old: str, new: str, hunk: Hunk, budget: Budget) -> list[Hunk]:
    """Compare passages too long for their characters by chunks first, told as replaced where these do not meet either."""
    left, right = chunk_bounds(old, hunk.old_start, hunk.old_end), chunk_bounds(new, hunk.new_start, hunk.new_end)
    runs = common_runs(pieces(old, left), pieces(new, right), budget)
    found: list[Hunk] = []
    for gap in gaps(runs, Hunk(0, len(left) - 1, 0, len(right) - 1)):
        small = trimmed(old, new, Hunk(left[gap.old_start], left[gap.old_end], right[gap.new_start], right[gap.new_end]))
        if not small.old_size or not small.new_size or not runs or not budget.allows(small.old_size, small.new_size):
            if small.old_size and small.new_size:
                budget.note(TOO_LONG, old=small.old_size, new=small.new_size)
            found.append(small)
        else:
            found += changed_letters(old, new, small, budget)
    return _readable([one for one in found if one.old_size or one.new_size], 1)


def chunk_bounds(text: str, start: int, end: int) -> list[int]:
    """Return where a text is cut: behind four characters with a rare sum, so that equal passages are cut alike wherever they stand."""
    points = np.frombuffer(text[start:end].encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
    if len(points) < 4:
        return [start, end]
    sums = points[3:] * 31 + points[2:-1] * 17 + points[1:-2] * 7 + points[:-3]
    cuts = (np.flatnonzero(sums % CHUNK == 0) + 4 + start).tolist()
    return [start, *(cut for cut in cuts if cut < end), end]


def pieces(text: str, bounds: Sequence[int]) -> list[str]:
    """Return the pieces of a text between bounds."""
    return [text[a:b] for a, b in pairwise(bounds)]


def _readable(hunks: list[Hunk], kept: int) -> list[Hunk]:
    """Return hunks without chance hits between them, and no more than can be read."""
    hunks = _without_chance(hunks, kept)
    while len(hunks) > MOST:
        kept *= 4
        hunks = _without_chance(hunks, kept)
    return hunks


def _size(hunk: Hunk) -> int:
    return max(hunk.old_size, hunk.new_size)


def _without_chance(hunks: list[Hunk], kept: int) -> list[Hunk]:
    """Join hunks with fewer equal characters between them than each has changed ones: chance hits, not kept text."""
    out: list[Hunk] = []
    for hunk in hunks:
        current = hunk
        while out and _is_chance(current.old_start - out[-1].old_end, out[-1], current, kept):
            last = out.pop()
            current = Hunk(last.old_start, current.old_end, last.new_start, current.new_end)
        out.append(current)
    return out


def _is_chance(equal: int, before: Hunk, after: Hunk, kept: int) -> bool:
    return equal < kept or equal <= min(_size(before), _size(after))
