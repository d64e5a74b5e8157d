"""What changed in words, unit by unit and as one list, and how the list is applied to the old document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from normalizers.compare.align import Alignment, Move
from normalizers.compare.anchors import Hunk
from normalizers.compare.layout import Layout, Marks, Segment, segments
from normalizers.compare.sameness import item_numbers
from normalizers.compare.streams import Stream, stream
from normalizers.differences import Fate, TextChange, Unit, UnitKind, UnitPair
from normalizers.records import Document, Span
from normalizers.text.fold import compared

ROW_ALIKE = 30.0
"""Score (0 to 100, Indel) below which a row in the place of another one is another row."""

_BEFORE = re.compile(r"[、，,；;]\s{0,3}\Z")
_BEHIND = re.compile(r"\s{0,3}[、，,；;。！？!?]")
_OPEN = re.compile(r"(?:\A|[\s、，,；;。！？!?：:（(\[【])\Z")


@dataclass(frozen=True, slots=True)
class Told:
    """The changes of wording: ``text`` in reading order, ``units`` unit by unit."""

    text: tuple[TextChange, ...]
    units: tuple[UnitPair, ...]


def tell(old: Stream, new: Stream, alignment: Alignment) -> Told:
    """Return the changes of wording between two aligned streams, and what became of every unit."""
    teller = _Teller(old, new, alignment)
    pairs: list[UnitPair] = []
    changes: list[TextChange] = []
    whole = Hunk(0, len(old.text), 0, len(new.text))
    for segment in segments(teller.old_marks, teller.new_marks, whole, alignment.hunks, alignment.moved(), alignment.silent):
        for pair, told in teller.told(segment):
            if pair:
                pairs.append(pair)
            changes += told
    return Told(tuple(changes), (*pairs, *teller.empty(pairs)))


class _Teller:
    """Makes changes of wording of what was aligned."""

    def __init__(self, old: Stream, new: Stream, alignment: Alignment) -> None:
        self.old, self.new = old, new
        self.old_marks, self.new_marks = Marks(old), Marks(new)
        self._old_layout, self._new_layout = Layout(old), Layout(new)
        self._left = {(move.place.old_start, move.place.old_end): move for move in alignment.moves}
        self._come = {(move.place.new_start, move.place.new_end): move for move in alignment.moves}

    def told(self, segment: Segment) -> Iterator[tuple[UnitPair | None, list[TextChange]]]:
        """Yield what became of the units of a segment, with the changes of wording that tell it."""
        place = segment.place
        left = None if place.new_size else self._left.get((place.old_start, place.old_end))
        come = None if place.old_size else self._come.get((place.new_start, place.new_end))
        if left:
            yield None, [self._deleted(place, self.new.where(left.place.new_start))]
        elif come:
            yield from self._moved(come, place)
        elif self._is_another_row(segment):
            gone = Hunk(place.old_start, place.old_end, place.new_start, place.new_start)
            added = Hunk(place.old_start, place.old_start, place.new_start, place.new_end)
            yield from (self._pair(Segment(half, (half,))) for half in (gone, added))
        else:
            yield self._pair(segment)

    def _is_another_row(self, segment: Segment) -> bool:
        place = segment.place
        if segment.hunks != (place,) or not place.old_size or not place.new_size:
            return False
        units = self.old.units[self.old.unit_of(place.old_start)], self.new.units[self.new.unit_of(place.new_start)]
        rows = all(unit.kind is UnitKind.ROW for unit in units)
        return (
            rows and fuzz.ratio(self.old.text[place.old_start : place.old_end], self.new.text[place.new_start : place.new_end]) < ROW_ALIKE
        )

    def _moved(self, move: Move, place: Hunk) -> Iterator[tuple[UnitPair | None, list[TextChange]]]:
        came = self._inserted(place, self.old.where(move.place.old_start))
        yield None, [came]
        left = with_mark(self.old, move.place.old_start, move.place.old_end)
        for inner in segments(self.old_marks, self.new_marks, move.place, move.hunks):
            pair, told = self._pair(inner, Fate.MOVED)
            told = [replace(one, old_span=_within(one.old_span, left), new_span=_within(one.new_span, came.new_span)) for one in told]
            yield replace(pair, changes=tuple(told)), told

    def _pair(self, segment: Segment, fate: Fate | None = None) -> tuple[UnitPair, list[TextChange]]:
        place = segment.place
        old = self._old_layout.unit(place.old_start, place.old_end)
        new = self._new_layout.unit(place.new_start, place.new_end)
        told = [self._change(hunk) for hunk in segment.hunks]
        return UnitPair(_fate(old, new, told, fate), old, new, tuple(told)), told

    def _change(self, hunk: Hunk) -> TextChange:
        if not hunk.new_size:
            return self._deleted(hunk)
        if not hunk.old_size:
            return self._inserted(hunk)
        gone, come = self.old.printed(hunk.old_start, hunk.old_end), self.new.printed(hunk.new_start, hunk.new_end)
        spans = self.old.span(hunk.old_start, hunk.old_end), self.new.span(hunk.new_start, hunk.new_end)
        return TextChange("replace", gone, come, self.new.where(hunk.new_start), *spans)

    def _deleted(self, hunk: Hunk, moved: str = "") -> TextChange:
        span = with_mark(self.old, hunk.old_start, hunk.old_end)
        text = " ".join(self.old.source[span.start : span.end].split())
        return TextChange("delete", text, "", self.old.where(hunk.old_start), span, self.new.span(hunk.new_start, hunk.new_start), moved)

    def _inserted(self, hunk: Hunk, moved: str = "") -> TextChange:
        span = with_mark(self.new, hunk.new_start, hunk.new_end)
        text = " ".join(self.new.source[span.start : span.end].split())
        return TextChange("insert", "", text, self.new.where(hunk.new_start), self.old.span(hunk.old_start, hunk.old_start), span, moved)

    def empty(self, pairs: Sequence[UnitPair]) -> Iterator[UnitPair]:
        """Yield a pair for a document that has units, but none with anything to compare."""
        old = None if any(pair.old for pair in pairs) else _all(self.old)
        new = None if any(pair.new for pair in pairs) else _all(self.new)
        if old or new:
            yield UnitPair(Fate.SAME if old and new else Fate.DELETED if old else Fate.INSERTED, old, new)


def _fate(old: Unit | None, new: Unit | None, told: Sequence[TextChange], fate: Fate | None) -> Fate:
    if old is None:
        return Fate.INSERTED
    if new is None:
        return Fate.DELETED
    return fate or (Fate.CHANGED if told else Fate.SAME)


def _all(source: Stream) -> Unit | None:
    """Return all units of a document as one."""
    if not source.units:
        return None
    span = Span(source.units[0].span.start, source.units[-1].span.end)
    first = source.units[0]
    return Unit(first.kind, first.address, first.path, first.number, source.source[span.start : span.end], span)


def with_mark(source: Stream, start: int, end: int) -> Span:
    """Return the place of an inserted or deleted passage with the mark that goes with it: the one behind it, else the one before it."""
    span = source.span(start, end)
    before = source.source[source.behind_numbers(source.ends[start - 1] if start else 0, span.start) : span.start]
    after = source.source[span.end : source.starts[end] if end < len(source.text) else len(source.source)]
    behind = _BEHIND.match(after)
    ahead = _BEFORE.search(before)
    if behind and _OPEN.search(before):
        last = end >= len(source.text) or source.begins_unit(end) or after.strip()[-1:] in "）)】]"
        if not (last and ahead and behind[0].strip() in "。！？!?"):
            return Span(span.start, span.end + behind.end())
    if ahead and (behind or not after.strip() or after.strip()[0] in "）)】]。；;\t" or "\t" in after):
        return Span(span.start - len(ahead[0]), span.end)
    return span


def apply(old: Document, changes: Sequence[TextChange]) -> str:
    """Return what is compared of the new document: that of ``old`` with the changes applied, numbers of items left out.

    A change inside a passage that moved is part of the passage as it was inserted and not applied again.
    """
    source = stream(old)
    moved = [change for change in changes if change.moved]
    out: list[str] = []
    position = 0
    for change in sorted((c for c in changes if not _is_inside(c, moved)), key=lambda c: (c.old_span.start, c.old_span.end)):
        first, last = source.position(change.old_span.start), source.position(change.old_span.end)
        out += [source.text[position:first], _letters(change.new)]
        position = max(position, last)
    return "".join(out) + source.text[position:]


def _is_inside(change: TextChange, moved: Sequence[TextChange]) -> bool:
    if change.moved:
        return False
    left = any(one.op == "delete" and _holds(one.old_span, change.old_span) for one in moved)
    return left and any(one.op == "insert" and _holds(one.new_span, change.new_span) for one in moved)


def _within(part: Span, whole: Span) -> Span:
    return Span(min(max(part.start, whole.start), whole.end), min(max(part.end, whole.start), whole.end))


def _holds(whole: Span, part: Span) -> bool:
    return whole.start <= part.start and part.end <= whole.end


def _letters(text: str) -> str:
    """Return what is compared of a passage, without the numbers of items inside."""
    out: list[str] = []
    position = 0
    for first, last in item_numbers(text, 0, len(text), opens=False):
        out.append(compared(text[position:first]))
        position = last
    return "".join((*out, compared(text[position:])))
