"""Tables in plain text whose columns are held apart by two or more blanks, as ``pdftotext -layout`` and old e-mails write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from normalizers.documents.blocks import display_width
from normalizers.documents.columns import Piece, PlacedLine, crosses, read_columns
from normalizers.documents.labels import column_of, is_header
from normalizers.documents.structure import heading_level
from normalizers.documents.textlines import Found, Line, next_filled, text_table

_FIELD = re.compile(r"[^\s　]+(?:[ \xa0][^\s　]+)*")
MAX_BLANK = 2
"""Blank lines in a row that a table may hold."""


def _placed(line: Line, text: str, top: int) -> PlacedLine:
    pieces = []
    for found in _FIELD.finditer(text):
        start = display_width(text[: found.start()])
        pieces.append(Piece(start, start + display_width(found.group()), found.group()))
    return PlacedLine(tuple(pieces), top, top + 1, line.number)


def _is_banner(lines: Sequence[Line], at: int, placed: PlacedLine, header: PlacedLine) -> bool:
    """Tell whether a line is a section's heading within the table: numbered, alone, and a row right below it."""
    below = next_filled(lines, at + 1)
    if len(placed.pieces) != 1 or not heading_level(lines[at].seen.strip()) or below >= len(lines):
        return False
    row = _placed(lines[below], lines[below].raw.expandtabs(8), below)
    return len(row.pieces) > 1 and not crosses(row, header)


def _body(lines: Sequence[Line], start: int, header: PlacedLine) -> tuple[list[list[PlacedLine]], int]:
    """Return the lines under a header up to the first that cannot be a part of rows, and the index after the last.

    The lines come in groups: those of rows, and each section's heading alone.
    """
    out: list[list[PlacedLine]] = [[]]
    blank = 0
    at = stop = start
    labels = [piece.text for piece in header.pieces]
    while at < len(lines) and blank <= MAX_BLANK:
        if lines[at].blank:
            blank += 1
        else:
            placed = _placed(lines[at], lines[at].raw.expandtabs(8), at)
            alone = len(placed.pieces) == 1 and placed.pieces[0].start < header.pieces[0].stop and len(header.pieces) > 1
            if _is_banner(lines, at, placed, header):
                out += [[placed], []]
                at, blank, stop = at + 1, 0, at + 1
                continue
            whole = len(placed.pieces) == len(labels) > 2  # a row whose cells run over their columns still has one for each
            if (crosses(placed, header) and not whole) or (alone and blank and not placed.pieces[0].text.isdigit()):
                break
            if [piece.text for piece in placed.pieces] != labels:
                out[-1].append(placed)
            blank, stop = 0, at + 1
        at += 1
    return out, stop


def read_aligned(lines: Sequence[Line], start: int) -> Found | None:
    """Return the table whose header's labels stand two or more blanks apart, its cells below them."""
    seen = _placed(lines[start], lines[start].seen.expandtabs(8), start)
    labels = [piece.text for piece in seen.pieces]
    if len(labels) < 2 or not is_header(labels):
        return None
    header = _placed(lines[start], lines[start].raw.expandtabs(8), start)
    if len(header.pieces) != len(labels):
        return None
    groups, stop = _body(lines, start + 1, header)
    body = [line for group in groups for line in group]
    if sum(len(line.pieces) > 1 for line in body) < max(1, len(body) // 4):
        return None
    kinds = [column_of(label) for label in labels]
    number_column = kinds.index("number") if "number" in kinds else None
    rows: list[tuple[int, list[str]]] = []
    for place, group in enumerate(groups):
        banner = place % 2 == 1
        rows += [(group[0].number, [group[0].pieces[0].text])] if banner else read_columns(header, group, number_column)
    if not rows:
        return None
    return Found(text_table([(lines[start].number, [piece.text for piece in header.pieces]), *rows]), stop)
