"""Pair the rows of tables before anything in them: a row is the task it states, not its bodies and dates, which other rows repeat.

Characters are then compared only inside paired rows, cell by cell; a row without a partner is one insertion or one deletion.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq

from normalizers.compare.anchors import Hunk
from normalizers.compare.formulas import is_formula
from normalizers.compare.limits import Budget
from normalizers.compare.names import Names
from normalizers.compare.near import BEADS, IN_PLACE, MOVED_ALIKE, Bead, best
from normalizers.compare.streams import Stream
from normalizers.differences import UnitKind

ALIKE = 0.5
"""Share of common characters (Indel) from which what two rows state is one thing, changed."""
BESIDE = 0.05
"""What equal other cells add to that share, at most: they only decide between rows that are alike."""
CONTAINED = 80.0
"""Score (0 to 100) from which a row is part of another one that a page broke."""
KEPT = 0.85
"""Share of the common characters of two rows that their columns keep where both have the same columns."""
AGAIN = 1.1
"""How much longer than one row those are together that a page broke it in; a task that became several repeats its bodies and dates."""
PARTS = (2, 3)


Piece = tuple[int, int]
"""The positions of the first character of a cell and of the one behind its last."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a gap that is compared for itself; in a ``loose`` one there are only rows without a partner."""

    place: Hunk
    loose: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    """A unit in a gap: where it stands, and what it states if it is a row."""

    start: int
    end: int
    at: int
    key: str | None


def stretches(old: Stream, new: Stream, gap: Hunk, names: Names, budget: Budget) -> list[Stretch]:
    """Return a gap between equal units cut at its paired rows and their cells; one stretch where no rows stand against rows."""
    ours, theirs = _pieces(old, gap.old_start, gap.old_end, names), _pieces(new, gap.new_start, gap.new_end, names)
    if not _any_rows(ours) or not _any_rows(theirs):
        return [Stretch(gap)]
    pairs = _paired(old, new, ours, theirs, budget)
    return [Stretch(gap)] if pairs is None else list(_cut(old, new, gap, (ours, theirs), pairs))


def same_matter(old: Stream, ours: Piece, new: Stream, theirs: Piece, names: Names) -> bool:
    """Tell whether two units that are alike are so for what they state, not for the bodies and dates beside or in them."""
    keys = [_matter(source, unit, names) for source, unit in ((old, ours), (new, theirs))]
    return fuzz.ratio(*keys) >= 100 * MOVED_ALIKE and not is_formula(keys[0], names)


def _matter(source: Stream, unit: Piece, names: Names) -> str:
    at = source.unit_of(unit[0])
    return _key(source, at, names) if source.units[at].kind is UnitKind.ROW else source.text[slice(*unit)]


def _any_rows(pieces: Sequence[_Piece]) -> bool:
    return any(piece.key is not None for piece in pieces)


def _pieces(source: Stream, start: int, end: int, names: Names) -> list[_Piece]:
    """Return the units of a stretch that have anything to compare."""
    heads = [*source.heads, len(source.text)]
    out: list[_Piece] = []
    for at in range(bisect_left(heads, start), bisect_left(heads, end)):
        if heads[at] < heads[at + 1]:
            row = source.units[at].kind is UnitKind.ROW
            out.append(_Piece(heads[at], heads[at + 1], at, _key(source, at, names) if row else None))
    return out


def _cells(source: Stream, at: int) -> dict[int, Piece]:
    """Return where the filled cells of a row stand in the stream, by column."""
    unit = source.units[at]
    heads = [*source.heads[at : at + 2], len(source.text)]
    found: dict[int, Piece] = {}
    for cell, column in zip(unit.cells, unit.columns, strict=True):
        start, end = (min(max(source.position(place), heads[0]), heads[1]) for place in (cell.start, cell.end))
        if start < end:
            found[column] = (start, end)
    return found


def _key(source: Stream, at: int, names: Names) -> str:
    """Return what a row states: its longest cell that is more than bodies and dates; of a row without one all of it."""
    texts = [source.text[start:end] for start, end in _cells(source, at).values()]
    for text in sorted(texts, key=len, reverse=True):
        if not is_formula(text, names):
            return text
    return "".join(texts)


def _paired(old: Stream, new: Stream, ours: list[_Piece], theirs: list[_Piece], budget: Budget) -> list[Bead] | None:
    """Return which rows became which, in order; ``None`` where there are too many to look at."""
    if len(ours) * len(theirs) > BEADS or not budget.allows_pairs(len(ours), len(theirs)):
        return None
    if not budget.allows(sum(len(piece.key or "") for piece in ours), sum(len(piece.key or "") for piece in theirs)):
        return None
    found = best(_Gains(old, new, ours, theirs, IN_PLACE if len(ours) == len(theirs) == 1 else ALIKE))
    return [bead for bead in found if ours[bead[0]].key is not None and theirs[bead[2]].key is not None]


class _Gains:
    """What it is worth to pair rows: common characters of what they state; that of a row that a page broke stands in several."""

    def __init__(self, old: Stream, new: Stream, ours: Sequence[_Piece], theirs: Sequence[_Piece], least: float) -> None:
        self._least = least
        self.rows, self.columns = len(ours), len(theirs)
        self._ours, self._theirs = [one.key or "" for one in ours], [one.key or "" for one in theirs]
        self._keys = process.cdist(self._ours, self._theirs, scorer=fuzz.ratio)
        texts = [[source.text[one.start : one.end] for one in some] for source, some in ((old, ours), (new, theirs))]
        self._whole = process.cdist(*texts, scorer=fuzz.ratio)
        self._numbers = [[source.units[one.at].number for one in some] for source, some in ((old, ours), (new, theirs))]
        self._texts = texts

    def ways(self, i: int, j: int) -> Iterator[tuple[float, int, int]]:
        """Yield how the last of ``i`` old and ``j`` new rows may be paired: gain, how many old, how many new."""
        yield self._one(i - 1, j - 1), 1, 1
        for size in PARTS:
            if i >= size:
                yield (
                    self._broken(self._ours[i - size : i], self._texts[0][i - size : i], self._theirs[j - 1], self._texts[1][j - 1]),
                    size,
                    1,
                )
            if j >= size:
                yield (
                    self._broken(self._theirs[j - size : j], self._texts[1][j - size : j], self._ours[i - 1], self._texts[0][i - 1]),
                    1,
                    size,
                )

    def _one(self, i: int, j: int) -> float:
        ours, theirs = self._ours[i], self._theirs[j]
        if not ours or not theirs:
            return 0.0
        beside = float(self._whole[i][j]) / 100 + bool(self._numbers[0][i] and self._numbers[0][i] == self._numbers[1][j])
        share = float(self._keys[i][j]) / 100
        return (share - self._least + BESIDE / 2 * beside) * (len(ours) + len(theirs)) if share >= self._least else 0.0

    @staticmethod
    def _broken(keys: Sequence[str], texts: Sequence[str], key: str, text: str) -> float:
        """Return the gain where several rows are one that was broken: each is part of it, and none of them is all of it."""
        if not key or not all(keys) or max(map(len, keys)) > 0.95 * len(key):
            return 0.0
        if sum(map(len, texts)) > AGAIN * len(text) or sum(map(len, keys)) * AGAIN < len(key):
            return 0.0
        if min(fuzz.partial_ratio(part, key) for part in keys) < CONTAINED:
            return 0.0
        joined = "".join(keys)
        return (fuzz.ratio(joined, key) / 100 - ALIKE) * (len(joined) + len(key))


def _cut(old: Stream, new: Stream, gap: Hunk, sides: tuple[Sequence[_Piece], Sequence[_Piece]], pairs: Sequence[Bead]) -> Iterator[Stretch]:
    """Yield the stretches of a gap: what stands between paired rows, and those."""
    ours, theirs = sides
    i = j = 0
    a, c = gap.old_start, gap.new_start
    for first, last, top, bottom in (*pairs, (len(ours), len(ours), len(theirs), len(theirs))):
        between = (*ours[i:first], *theirs[j:top])
        b = ours[first].start if first < len(ours) else gap.old_end
        d = theirs[top].start if top < len(theirs) else gap.new_end
        if between:
            yield Stretch(Hunk(a, b, c, d), loose=all(piece.key is not None for piece in between))
        if (last - first, bottom - top) == (1, 1):
            yield from _in_cells(old, new, ours[first], theirs[top])
        elif last > first:
            yield Stretch(Hunk(b, ours[last - 1].end, d, theirs[bottom - 1].end))
        i, j = last, bottom
        a, c = (ours[last - 1].end if last else a), (theirs[bottom - 1].end if bottom else c)


def _in_cells(old: Stream, new: Stream, one: _Piece, other: _Piece) -> Iterator[Stretch]:
    """Yield the cells of two paired rows, column against column; the rows where their columns are not the same."""
    ours, theirs = _cells(old, one.at), _cells(new, other.at)
    if not _same_columns(old, new, one, other, ours, theirs):
        yield Stretch(Hunk(one.start, one.end, other.start, other.end))
        return
    a, c = one.start, other.start
    columns = sorted({*ours, *theirs})
    for column in columns:
        b = ours[column][1] if column in ours else a
        d = theirs[column][1] if column in theirs else c
        if column == columns[-1]:
            b, d = one.end, other.end
        yield Stretch(Hunk(a, b, c, d))
        a, c = b, d


def _same_columns(old: Stream, new: Stream, one: _Piece, other: _Piece, ours: dict[int, Piece], theirs: dict[int, Piece]) -> bool:
    """Tell whether two rows have their text in the same columns: by column they keep next to all that they have in common."""
    for cells in (ours, theirs):
        places = [cells[column] for column in sorted(cells)]
        if not places or any(before[1] > after[0] for before, after in pairwise(places)):
            return False
    kept = sum(_common(old.text[slice(*ours[column])], new.text[slice(*theirs[column])]) for column in ours.keys() & theirs.keys())
    return kept >= KEPT * _common(old.text[one.start : one.end], new.text[other.start : other.end])


def _common(one: str, other: str) -> int:
    return int(LCSseq.similarity(one, other))
