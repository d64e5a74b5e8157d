"""Pairs of documents with a comparison that is known because it was made first: units with what became of them, then the two texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from harvester.comparing import Compared, Side
from normalizers.differences import Comparison, Fate, TaskChange, TextChange, Unit, UnitKind, UnitPair
from normalizers.records import Span

Segment = tuple[str, str]
"""A stretch of text as the old and as the new document have it; equal where it did not change."""


@dataclass(frozen=True)
class Made:
    """A unit to be: its cells (one but for rows) of segments."""

    fate: Fate
    cells: tuple[tuple[Segment, ...], ...]
    kind: UnitKind = UnitKind.CLAUSE
    path: str = ""


@dataclass
class _Text:
    parts: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, text: str) -> Span:
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        return Span(start, self.length)


def compared(made: Sequence[Made], *, tasks: tuple[TaskChange, ...] = (), **more: Any) -> Compared:
    """Return two documents of these units and what changed between them; moved units stood first in the old document."""
    order = [*(one for one in made if one.fate is Fate.MOVED), *(one for one in made if one.fate is not Fate.MOVED)]
    old_text, old_units = _written([one for one in order if one.fate is not Fate.INSERTED], 0)
    new_text, new_units = _written([one for one in made if one.fate is not Fate.DELETED], 1)
    pairs = tuple(_pair(one, old_units.get(id(one)), new_units.get(id(one))) for one in made)
    changes = tuple(change for pair in pairs for change in pair.changes)
    comparison = Comparison(changes, tasks, units=pairs, **more)
    return Compared(side("old.txt", old_text, 0), side("new.txt", new_text, 1), comparison)


def side(name: str, text: str, which: int) -> Side:
    """Return what is known of a document of this text."""
    plan = ("信用工作计划（试行）", "信用工作计划")[which]
    return Side(name, plan, f"某信办〔2025〕{which + 1}号", date(2025, 3, which + 1), None, name, 0, None, "ab" * 32, text)


def _written(made: Sequence[Made], which: int) -> tuple[str, dict[int, tuple[Unit, list[list[Span]]]]]:
    text, units = _Text(), {}
    for number, one in enumerate(made, start=1):
        start, places = text.length, []
        for index, cell in enumerate(one.cells):
            if index:
                text.add("\t")
            places.append([text.add(segment[which]) for segment in cell])
        span = Span(start, text.length)
        row = one.kind is UnitKind.ROW
        cells = tuple(Span(spans[0].start, spans[-1].end) for spans in places) if row else ()
        address = f"tab1.r{number}" if row else f"p{number}"
        unit = Unit(one.kind, address, one.path, "", "".join(text.parts)[start:], span, cells, tuple(range(1, len(cells) + 1)))
        units[id(one)] = unit, places
        text.add("\n")
    return "".join(text.parts), units


def _pair(made: Made, old: tuple[Unit, list[list[Span]]] | None, new: tuple[Unit, list[list[Span]]] | None) -> UnitPair:
    changes = []
    if old and new:
        for cell, ours, theirs in zip(made.cells, old[1], new[1], strict=True):
            for (gone, come), here, there in zip(cell, ours, theirs, strict=True):
                if gone != come:
                    op = "insert" if not gone else "delete" if not come else "replace"
                    changes.append(TextChange(op, gone, come, new[0].address, here, there))
    return UnitPair(made.fate, old and old[0], new and new[0], tuple(changes))


def same(text: str, **more: Any) -> Made:
    """Return a unit that stayed as it was."""
    return Made(Fate.SAME, (((text, text),),), **more)


def inserted(text: str, **more: Any) -> Made:
    """Return a unit that came."""
    return Made(Fate.INSERTED, ((("", text),),), **more)


def deleted(text: str, **more: Any) -> Made:
    """Return a unit that went."""
    return Made(Fate.DELETED, (((text, ""),),), **more)


def moved(text: str, **more: Any) -> Made:
    """Return a unit that stood at the top."""
    return Made(Fate.MOVED, (((text, text),),), **more)


def changed(*segments: Segment, **more: Any) -> Made:
    """Return a unit in which words changed."""
    return Made(Fate.CHANGED, (segments,), **more)


def row(fate: Fate, *cells: Sequence[Segment]) -> Made:
    """Return a row of a table."""
    return Made(fate, tuple(tuple(cell) for cell in cells), UnitKind.ROW)


# --- any pair at all -------------------------------------------------------------------------------------------------------

WORDS = st.text(st.sampled_from("信用公示平台归集修复，。“”（）2025年abc<&>\"'\u202e\x0b]"), min_size=1, max_size=12)
SEGMENTS = st.lists(st.one_of(WORDS.map(lambda word: (word, word)), st.tuples(WORDS | st.just(""), WORDS)), min_size=1, max_size=4)


def _as(fate: Fate, segments: Sequence[Segment]) -> tuple[Segment, ...]:
    whole = "".join(new for _, new in segments)
    return {
        Fate.SAME: ((whole, whole),),
        Fate.INSERTED: (("", whole),),
        Fate.DELETED: ((whole, ""),),
    }.get(fate, tuple(segments))


CLAUSES = st.builds(
    lambda fate, segments, kind: Made(fate, (_as(fate, segments),), kind, "一、总则"),
    st.sampled_from(Fate),
    SEGMENTS,
    st.sampled_from([UnitKind.CLAUSE, UnitKind.HEADING, UnitKind.ITEM]),
)
ROWS = st.builds(
    lambda fate, cells: row(fate, *(_as(fate, cell) for cell in cells)), st.sampled_from(Fate), st.lists(SEGMENTS, min_size=2, max_size=3)
)
ANY = st.lists(CLAUSES | ROWS, max_size=10)


def with_title(pair: Compared, title: str) -> Compared:
    """Return a comparison whose documents have another title."""
    return replace(pair, old=replace(pair.old, title=title), new=replace(pair.new, title=title))
