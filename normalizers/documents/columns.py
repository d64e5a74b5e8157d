"""Tables drawn by nothing but place: pieces of text under a header, put into its columns and rows by where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from normalizers.documents.blocks import join_lines
from normalizers.documents.textlines import row_number

ROW_GAP = 1.4
"""A gap between lines this many times the usual one parts two rows."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line between two gaps, and where it stands across the page (points, or half squares in a text)."""

    start: float
    stop: float
    text: str


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """The pieces of one line from left to right, its upper and lower edge, and its number in the source (line or page)."""

    pieces: tuple[Piece, ...]
    top: float
    bottom: float
    number: int


def _zones(lines: Sequence[PlacedLine], gap: float) -> list[tuple[float, float]]:
    """Return the stretches across the page that are printed on in any line, those nearer than ``gap`` as one."""
    out: list[tuple[float, float]] = []
    for piece in sorted((piece for line in lines for piece in line.pieces), key=lambda piece: piece.start):
        if out and piece.start < out[-1][1] + gap:
            out[-1] = (out[-1][0], max(out[-1][1], piece.stop))
        else:
            out.append((piece.start, piece.stop))
    return out


def _overlap(piece: Piece, zone: tuple[float, float]) -> float:
    inside = min(piece.stop, zone[1]) - max(piece.start, zone[0])
    return inside if inside > 0 else inside - abs(piece.start + piece.stop - zone[0] - zone[1]) / 2


def crosses(line: PlacedLine, header: PlacedLine) -> bool:
    """Tell whether a line runs across two labels of the header, as text below a table does."""
    return any(sum(piece.start < label.stop and label.start < piece.stop for label in header.pieces) > 1 for piece in line.pieces)


def _column_zones(header: PlacedLine, body: Sequence[PlacedLine]) -> list[tuple[float, float]]:
    """Return the columns: the printed stretches if there are as many as labels, else the places of the labels alone."""
    labels = len(header.pieces)
    for gap in (0.0, 1.0, 2.0):
        zones = _zones([header, *body], gap)
        if len(zones) == labels:
            return zones
    return [(piece.start, piece.stop) for piece in header.pieces]


def _in_columns(line: PlacedLine, zones: Sequence[tuple[float, float]]) -> list[str]:
    if len(line.pieces) == len(zones):
        return [piece.text for piece in line.pieces]
    cells = [""] * len(zones)
    for piece in line.pieces:
        best = max(range(len(zones)), key=lambda n: _overlap(piece, zones[n]))
        cells[best] = f"{cells[best]} {piece.text}".strip()
    return cells


def _gaps(lines: Sequence[PlacedLine]) -> list[float]:
    return [
        max(0.0, after.top - before.bottom) if after.number == before.number or after.top > before.top else 0.0
        for before, after in pairwise(lines)
    ]


def _starts_by_gap(lines: Sequence[PlacedLine]) -> list[int]:
    """Return the lines before which a wider gap stands; every line, where no gap is wider than the others."""
    gaps = _gaps(lines)
    if not gaps:
        return [0]
    usual = max(min(gaps), 0.1)
    wide = [number + 1 for number, gap in enumerate(gaps) if gap > ROW_GAP * usual + 0.5]
    return [0, *wide] if wide else list(range(len(lines)))


def _starts_by_number(cells: Sequence[Sequence[str]], lines: Sequence[PlacedLine], column: int) -> list[int]:
    """Return the lines with which rows begin. Numbers stand at a row's first line, or half way down where rows are centred."""
    numbered = [n for n, row in enumerate(cells) if row_number(row[column]) is not None]
    if not numbered:
        return _starts_by_gap(lines)
    by_gap = _starts_by_gap(lines)
    held = [sum(start <= n < stop for n in numbered) for start, stop in pairwise([*by_gap, len(lines)])]
    if len(by_gap) < len(lines) and all(count == 1 for count in held):
        return by_gap
    if numbered[0] == 0:
        return numbered
    return [0, *((before + after + 1) // 2 for before, after in pairwise(numbered))]


def _starts_by_first_cell(cells: Sequence[Sequence[str]], lines: Sequence[PlacedLine]) -> list[int]:
    by_gap = _starts_by_gap(lines)
    if len(by_gap) < len(lines):
        return by_gap
    filled = [n for n, row in enumerate(cells) if sum(map(bool, row)) > len(row) // 2]
    return filled if filled and filled[0] == 0 else by_gap


def read_columns(header: PlacedLine, body: Sequence[PlacedLine], number_column: int | None) -> list[tuple[int, list[str]]]:
    """Return the rows under a header, each with the number of the line or page it begins on; cells in several lines are put together."""
    zones = _column_zones(header, body)
    cells = [_in_columns(line, zones) for line in body]
    if not cells:
        return []
    starts = _starts_by_first_cell(cells, body) if number_column is None else _starts_by_number(cells, body, number_column)
    rows: list[tuple[int, list[str]]] = []
    for start, stop in pairwise([*starts, len(body)]):
        row = [""] * len(zones)
        for line in cells[start:stop]:
            row = [join_lines(old, new) for old, new in zip(row, line, strict=True)]
        rows.append((body[start].number, row))
    return rows
