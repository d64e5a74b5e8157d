"""Tell what is only the way in which tasks are laid out: a table with its head, or lines with a label before each value."""

from __future__ import annotations

from functools import lru_cache

from normalizers.compare.streams import Stream
from normalizers.differences import Unit, UnitKind
from normalizers.documents.labels import column_of
from normalizers.text.fold import compared

LONGEST_LABEL = 12
LABELS = 2
"""Labels of a head that stand before values in a text, from which the text is the table laid out otherwise."""


def is_label_of_layout(holder: Stream, start: int, end: int, other: Stream, place: int) -> bool:
    """Tell whether characters that only ``holder`` has say what the other document says by its layout.

    Such are a label before a value (责任单位：) where the value stands in a table whose head says so in ``other``, and the head of a
    table whose labels stand before the values there.
    """
    unit = holder.units[holder.unit_of(start)]
    if unit.kind is not UnitKind.ROW:
        row = _unit_beside(other, place)
        text = holder.text[start:end]
        followed = holder.source[holder.ends[end - 1] :][:1] in ("：", ":") if end else False
        return followed and len(text) <= LONGEST_LABEL and row is not None and text in _heads(other, row)
    return holder.unit_span(start, end) == (start, end) and _is_said_in_lines(unit, other)


def _unit_beside(source: Stream, place: int) -> Unit | None:
    """Return the row that ends or begins at a place, or holds it."""
    rows = [source.units[at] for at in (source.unit_of(max(0, place - 1)), source.unit_of(place)) if at >= 0]
    return next((unit for unit in rows if unit.kind is UnitKind.ROW), None)


def _heads(source: Stream, row: Unit) -> frozenset[str]:
    """Return the labels in the head of the table of a row."""
    table = row.address.rpartition(".")[0]
    head = next((unit for unit in source.units if unit.kind is UnitKind.ROW and unit.address.rpartition(".")[0] == table), row)
    return frozenset(compared(label) for label in _labels(source.source[head.span.start : head.span.end]))


@lru_cache(maxsize=256)
def _labels(row: str) -> tuple[str, ...]:
    """Return the cells of a row that is the head of a table, nothing for another row."""
    cells = tuple(cell.strip() for cell in row.split("\t") if cell.strip())
    return cells if len(cells) > 1 and all(column_of(cell) for cell in cells) else ()


def _is_said_in_lines(head: Unit, other: Stream) -> bool:
    labels = [label for label in _labels(head.text) if f"{label}：" in other.source or f"{label}:" in other.source]
    return len(labels) >= LABELS
