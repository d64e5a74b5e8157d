"""The text of a unit cut where words changed: what stayed, what went, what came."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from normalizers.differences import Fate, TextChange, Unit, UnitPair
from normalizers.records import Span


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = ""
    INSERTED = "ins"
    DELETED = "del"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with its mark."""

    text: str
    mark: Mark = Mark.SAME


Pieces = tuple[Piece, ...]
Cells = tuple[Pieces, ...]
"""The cells of a row; of any other unit one."""

SHORT_CELL, LONG_CELL = 4, 150
"""Characters of a column on the average, below and above which its width does not change any more."""

_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_ODD = re.compile(f"[\r\n\u2028\u2029{_HIDDEN.pattern[1:]}")
"""Tells at one look that there is nothing to be written otherwise, as in most texts."""
_BREAK = re.compile(r"[ \t\u3000]*[\r\n\u2028\u2029]+[ \t\u3000]*")
_WIDE = "\u2e80"


def shares(held: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Return the widths of a table's columns in hundredths, from how many characters the cells of each row hold.

    They grow with the root of what a column holds on the average, so that no row is higher than it must be.
    """
    typical = [sqrt(min(LONG_CELL, max(SHORT_CELL, sum(column) / len(held)))) for column in zip(*held, strict=True)]
    return tuple(round(100 * each / sum(typical)) for each in typical)


def visible(text: str) -> str:
    """Return ``text`` on one line with control characters, marks of direction among them, written out as U+202E."""
    return text if _ODD.search(text) is None else _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", _BREAK.sub(_joint, text))


def _joint(found: re.Match[str]) -> str:
    """Return what a line break becomes: nothing between Chinese characters, else a blank."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return "" if before >= _WIDE and after >= _WIDE else " "


def old_cells(pair: UnitPair, text: str) -> Cells:
    """Return the old unit of a pair with what went out of it marked; ``text`` is that of its document."""
    if pair.old is None:
        return ()
    if pair.fate is Fate.DELETED and not pair.changes:
        return deleted(pair, text)
    gone = [change.old_span for change in pair.changes if change.op != "insert"]
    return tuple(_cut(text, span, gone, Mark.DELETED) for span in _spans(pair.old))


def new_cells(pair: UnitPair, text: str) -> Cells:
    """Return the new unit of a pair with what came into it marked."""
    if pair.new is None:
        return ()
    if pair.fate is Fate.INSERTED and not pair.changes:
        return inserted(pair, text)
    come = [change.new_span for change in pair.changes if change.op != "delete"]
    return tuple(_cut(text, span, come, Mark.INSERTED) for span in _spans(pair.new))


def deleted(pair: UnitPair, text: str) -> Cells:
    """Return the old unit of a pair as deleted as a whole."""
    return tuple(_whole(text, span, Mark.DELETED) for span in _spans(pair.old)) if pair.old else ()


def inserted(pair: UnitPair, text: str) -> Cells:
    """Return the new unit of a pair as inserted as a whole."""
    return tuple(_whole(text, span, Mark.INSERTED) for span in _spans(pair.new)) if pair.new else ()


def inline_cells(pair: UnitPair, old: str, new: str) -> Cells:
    """Return a pair as one text, what went before what came in its place; what stayed is as the new document prints it."""
    if pair.new is None:
        return old_cells(pair, old)
    if pair.old is None:
        return new_cells(pair, new)
    return tuple(_cell(old, new, one, other, pair.changes) for one, other in paired_cells(pair.old, pair.new))


def _cell(old: str, new: str, one: Span | None, other: Span | None, changes: Iterable[TextChange]) -> Pieces:
    """Return a cell beside the one it became as one text; either may be missing."""
    if one is None:
        return _whole(new, other, Mark.INSERTED) if other else ()
    return _woven(old, new, one, other, changes) if other else _whole(old, one, Mark.DELETED)


def paired_cells(old: Unit, new: Unit) -> list[tuple[Span | None, Span | None]]:
    """Return the cells of two rows side by side, by their columns; of other units their whole spans."""
    ours, theirs = _columns(old), _columns(new)
    if len(ours) == len(theirs):
        return list(zip(ours.values(), theirs.values(), strict=True))
    if len(ours) == 1 or len(theirs) == 1:  # a row that was laid as a line of text, or the other way round
        return [(old.span, new.span)]
    return [(ours.get(column), theirs.get(column)) for column in sorted({*ours, *theirs})]


def _columns(unit: Unit) -> dict[int, Span]:
    spans = _spans(unit)
    return dict(zip(unit.columns if len(unit.columns) == len(spans) else range(len(spans)), spans, strict=True))


def _spans(unit: Unit) -> Sequence[Span]:
    """Return the cells of a row as far as they lie in the unit, and together the whole of it.

    A unit may end within a cell, and a line that was joined to a row belongs to its last cell.
    """
    if not unit.cells:
        return (unit.span,)
    spans = [_clipped(cell, unit.span.start, unit.span.end) for cell in unit.cells]
    spans[0] = Span(unit.span.start, spans[0].end)
    spans[-1] = Span(spans[-1].start, unit.span.end)
    return spans


def _whole(text: str, span: Span, mark: Mark) -> Pieces:
    inside = text[span.start : span.end]
    return (Piece(inside, mark),) if inside else ()


def _cut(text: str, span: Span, marked: Iterable[Span], mark: Mark) -> Pieces:
    """Return a stretch of a text with the stretches in ``marked`` that lie in it as pieces of their own."""
    pieces, position = [], span.start
    for each in sorted(marked, key=lambda one: one.start):
        start, end = max(position, each.start), min(span.end, each.end)
        if start < end:
            pieces += [Piece(text[position:start]), Piece(text[start:end], mark)]
            position = end
    pieces.append(Piece(text[position : span.end]))
    return tuple(piece for piece in pieces if piece.text)


def _woven(old: str, new: str, one: Span, other: Span, changes: Iterable[TextChange]) -> Pieces:
    """Return two stretches as one: the new text, with what went out of the old one where it stood."""
    pieces: list[Piece] = []
    for gone, come, changed in stretches(one, other, changes):
        if changed:
            pieces += [Piece(old[gone.start : gone.end], Mark.DELETED), Piece(new[come.start : come.end], Mark.INSERTED)]
        else:
            pieces.append(Piece(new[come.start : come.end]))
    return tuple(piece for piece in pieces if piece.text)


def stretches(one: Span, other: Span, changes: Iterable[TextChange]) -> Iterator[tuple[Span, Span, bool]]:
    """Yield two stretches of an old and a new text side by side, piece by piece: what did not change, and what did.

    Of an insertion only its place in the new text counts and of a deletion that in the old one: between two cells the other place may
    lie at the edge of either.
    """
    done, position = one.start, other.start
    inside = [change for change in changes if _belongs(change, one, other)]
    for change in sorted(inside, key=lambda each: (each.new_span.start, each.old_span.start)):
        gone, come = _clipped(change.old_span, done, one.end), _clipped(change.new_span, position, other.end)
        yield Span(done, gone.start), Span(position, come.start), False
        yield gone, come, True
        done, position = gone.end, come.end
    yield Span(done, one.end), Span(position, other.end), False


def _belongs(change: TextChange, one: Span, other: Span) -> bool:
    gone = change.old_span.start < one.end and change.old_span.end > one.start
    come = change.new_span.start < other.end and change.new_span.end > other.start
    return {"insert": come, "delete": gone}.get(change.op, gone or come)


def _clipped(span: Span, start: int, end: int) -> Span:
    """Return what of a stretch lies between two places, else the nearer of them."""
    first = min(max(start, span.start), end)
    return Span(first, min(max(first, span.end), end))
