"""Tables of a pdf: ruled ones by their lines, unruled ones by their header, and those that a page break cut put together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from normalizers.documents.blocks import join_lines
from normalizers.documents.columns import PlacedLine
from normalizers.documents.grid import RawCell, RawTable, fold_empty_tracks, place
from normalizers.documents.labels import column_of, is_header
from normalizers.documents.pdf_lines import Char, TextLine, text_lines
from normalizers.documents.placed_tables import read_placed
from normalizers.documents.textlines import row_number
from normalizers.records import Origin

SNAP = 2.5
"""Points within which two edges are the same."""
HARD_BREAK = 2.2
"""Type sizes that a line must fall short of its column for its end to be its writer's and not the column's."""
MAX_PADDING = 6.0
"""Points between a cell's edge and its text at most, for telling how long a full line is."""
OPEN_EDGE = 8.0
"""Points that upright lines must reach beyond a table's last level line for a row without one to be there."""
_ENDED = tuple("。；！？;.!?")

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table on one page: its grid, its upper and lower edge, its column edges in points, and its page (from 1)."""

    table: RawTable
    top: float
    bottom: float
    edges: tuple[float, ...]
    page: int


class Placed:
    """The characters of a page by the height of their middles, so that the few of a cell are found without a look at all the others."""

    def __init__(self, chars: Sequence[Char]) -> None:
        self._chars = chars
        middles = (((char["top"] + char["bottom"]) / 2, (char["x0"] + char["x1"]) / 2) for char in chars)
        self._places = sorted((y, x, number) for number, (y, x) in enumerate(middles))
        self._heights = [y for y, _, _ in self._places]

    def inside(self, box: Box) -> list[Char]:
        """Return the characters whose middles lie in a box, in the order of the page."""
        level = self._places[bisect_left(self._heights, box[1]) : bisect_left(self._heights, box[3])]
        return [self._chars[number] for number in sorted(number for _, x, number in level if box[0] <= x < box[2])]


def _edges(values: Sequence[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > SNAP:
            out.append(value)
    return out


def _at(edges: Sequence[float], value: float) -> int:
    return max(0, bisect_right(edges, value + SNAP) - 1)


def _cell_text(lines: Sequence[TextLine], width: float) -> str:
    """Return a cell's text: lines that fill the column run on, shorter ones end where their writer ended them."""
    out = ""
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else None
        if before is None:
            out = line.text
        elif before.x1 - before.x0 < width - HARD_BREAK * before.size and len(before.text) > 1:
            out += "\n" + line.text
        else:
            out = join_lines(out, line.text)
    return out


def _padding(lines: Sequence[TextLine], box: Box) -> float:
    """Return the distance that a cell's lines keep from its nearer edge."""
    return min((min(line.x0 - box[0], box[2] - line.x1) for line in lines), default=MAX_PADDING)


def _room(placed: Sequence[tuple[RawCell, Box, list[TextLine]]]) -> dict[int, float]:
    """Return the padding of each column: the smallest that any line in it keeps."""
    out: dict[int, float] = {}
    for cell, box, lines in placed:
        if lines:
            out[cell.column] = max(0.0, min(out.get(cell.column, MAX_PADDING), _padding(lines, box)))
    return out


def open_edges(found: Any, page: Any) -> list[float]:  # noqa: ANN401  pdfplumber has no types
    """Return where a table's upright lines end above or below all its level lines: a page break left the row there open."""
    left, top, right, bottom = found.bbox
    upright = [edge for edge in page.edges if edge["orientation"] == "v" and left - SNAP <= edge["x0"] <= right + SNAP]
    touching = [edge for edge in upright if edge["top"] <= bottom + SNAP and edge["bottom"] >= top - SNAP]
    out = []
    for end, side in (
        (max((e["bottom"] for e in touching), default=bottom), "bottom"),
        (min((e["top"] for e in touching), default=top), "top"),
    ):
        beyond = end - bottom if side == "bottom" else top - end
        reaching = {round(edge["x0"] / SNAP) for edge in touching if abs(edge[side] - end) <= SNAP}
        if beyond > OPEN_EDGE and len(reaching) >= 3:
            out.append(end)
    return out


def ruled_table(found: Any, chars: Placed, page: int) -> PageTable | None:  # noqa: ANN401  pdfplumber has no types
    """Return a table that pdfplumber found by its lines, with spans told from the edges of its cells; ``None`` for a mere frame."""
    boxes: list[Box] = sorted(set(found.cells), key=lambda box: (box[1], box[0]))
    columns = _edges([x for box in boxes for x in (box[0], box[2])])
    rows = _edges([y for box in boxes for y in (box[1], box[3])])
    if len(boxes) < 2 or len(columns) < 3:
        return None
    placed: list[tuple[RawCell, Box, list[TextLine]]] = []
    for box in boxes:
        row, column = _at(rows, box[1]), _at(columns, box[0])
        rowspan, colspan = max(1, _at(rows, box[3]) - row), max(1, _at(columns, box[2]) - column)
        placed.append((RawCell("", rowspan, colspan, Origin("page", page), row, column), box, text_lines(chars.inside(box), page)))
    room = _room(placed)
    cells = [cell.saying(_cell_text(lines, box[2] - box[0] - 2 * room.get(cell.column, 0.0))) for cell, box, lines in placed]
    if not any(cell.text for cell in cells):
        return None
    table = fold_empty_tracks(_unlapped(cells))
    return PageTable(table, found.bbox[1], found.bbox[3], tuple(columns), page)


def _unlapped(cells: Sequence[RawCell]) -> list[RawCell]:
    """Return cells without those that lie on others, as double ruling draws them."""
    taken: set[tuple[int, int]] = set()
    out = []
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.column, -cell.rowspan * cell.colspan)):
        covered = {
            (row, column) for row in range(cell.row, cell.row + cell.rowspan) for column in range(cell.column, cell.column + cell.colspan)
        }
        if not covered & taken:
            taken |= covered
            out.append(cell)
    return out


# --- unruled ---------------------------------------------------------------------------------------------------------------------


class _PageSheet:
    """Lines of pdf pages from one on, as the reader of placed tables takes them."""

    def __init__(self, lines: Sequence[TextLine], start: int) -> None:
        self._lines, self._start = lines, start
        self.unit = lines[start].size / 2

    def has(self, at: int) -> bool:
        return self._start + at < len(self._lines)

    def placed(self, at: int) -> PlacedLine:
        return self._lines[self._start + at].placed()

    def seen(self, at: int) -> list[str]:
        return ["".join(piece.text.split()) for piece in self.placed(at).pieces]

    def blanks(self, at: int) -> int:
        before, line = self._lines[self._start + at - 1], self._lines[self._start + at]
        return int((line.top - before.bottom) / (1.6 * line.size)) if at and before.page == line.page and line.size else 0


def unruled_table(lines: Sequence[TextLine], start: int) -> tuple[PageTable, int] | None:
    """Return the table under the labels that begin at a line, and the index of the first line after it."""
    found = read_placed(_PageSheet(lines, start), 0)
    rows, warnings = found.rows() if found else ([], ())
    if found is None or not rows:
        return None
    header, stop = found.header, start + found.stop
    width = len(header.labels)
    spans = [[RawCell(text, colspan=1 if len(texts) > 1 else width, origin=Origin("page", page)) for text in texts] for page, texts in rows]
    head = [RawCell(text, origin=Origin("page", lines[start].page)) for text in header.printed]
    edges = tuple(piece.start for piece in header.place.pieces)
    table = replace(place([head, *spans], merged=False), warnings=warnings)
    return PageTable(table, lines[start].top, lines[stop - 1].bottom, edges, lines[start].page), stop


# --- cut by pages -----------------------------------------------------------------------------------------------------------------


def _same_columns(first: PageTable, second: PageTable) -> bool:
    if len(first.edges) != len(second.edges) or first.table.columns != second.table.columns:
        return False
    shift = median(a - b for a, b in zip(first.edges, second.edges, strict=True))
    return all(abs(a - b - shift) < 4 * SNAP for a, b in zip(first.edges, second.edges, strict=True))


def _row(table: RawTable, row: int) -> dict[int, RawCell]:
    """Return the cells that begin in a row, by column."""
    return {cell.column: cell for cell in table.cells if cell.row == row}


def _header_rows(first: RawTable, second: RawTable) -> int:
    """Return how many rows at the top of ``second`` say again what the top of ``first`` says."""
    above, below = first.texts(), second.texts()
    count = 0
    while count < min(3, first.rows, second.rows) and above[count] == below[count] and any(above[count]):
        count += 1
    return count


def _number_column(table: RawTable) -> int | None:
    """Return the column of row numbers: by its label, else by holding nothing else."""
    for cell in table.cells:
        if cell.row <= 1 and column_of(cell.text) == "number":
            return cell.column
    first = [cell.text for cell in table.cells if cell.column == 0 and cell.text]
    return 0 if len(first) > 3 and sum(row_number(text) is not None for text in first) >= 0.8 * len(first) - 1 else None


def _is_cut(above: RawTable, row: dict[int, RawCell]) -> bool:
    """Tell whether the first row of a page goes on with the last row of the page before."""
    filled = {column: cell for column, cell in row.items() if cell.text}
    if not filled or len(filled) == above.columns:
        return False
    number = _number_column(above)
    if number is not None and number in filled:
        return False
    merged_numbers = number is not None and any(cell.column == number and cell.rowspan > 1 for cell in above.cells)
    if number is not None and not merged_numbers:
        return True
    last = above.texts()[-1]
    longest = max(filled, key=lambda column: len(filled[column].text))
    return bool(last[longest]) and not last[longest].endswith(_ENDED)


def _last_in(cells: list[RawCell], rows: int, column: int) -> int | None:
    """Return the index of the cell that covers the last row at a column."""
    return next(
        (n for n, cell in enumerate(cells) if cell.row + cell.rowspan == rows and cell.column <= column < cell.column + cell.colspan), None
    )


def _joined(first: RawTable, second: RawTable) -> RawTable:
    """Return two parts of one table as one: the header once, a row cut in two whole, a merged cell cut in two whole."""
    skip = _header_rows(first, second)
    cells = list(first.cells)
    body = [cell for cell in second.cells if cell.row >= skip]
    top = {cell.column: cell for cell in body if cell.row == skip}
    cut = _is_cut(first, top)
    number = _number_column(first)
    shift = first.rows - skip - (1 if cut else 0)
    for cell in body:
        target = _last_in(cells, first.rows, cell.column) if cell.row == skip else None
        if cut and target is not None:
            old = cells[target]
            cells[target] = old._replace(text=join_lines(old.text, cell.text), rowspan=old.rowspan + cell.rowspan - 1)
        elif not cell.text and target is not None and (cell.rowspan > 1 or (number is not None and cell.column <= number)):
            cells[target] = cells[target]._replace(rowspan=cells[target].rowspan + cell.rowspan)
        else:
            cells.append(cell._replace(row=cell.row + shift))
    return fold_empty_tracks(_unlapped(cells), merged=first.merged, warnings=first.warnings)


def join_parts(first: PageTable, second: PageTable) -> PageTable | None:
    """Return two tables on neighbouring pages as one, ``None`` when the second is a table of its own."""
    if not first.page < second.page or first.table.merged != second.table.merged or not _same_columns(first, second):
        return None
    header = [cell.text for cell in second.table.cells if cell.row == 0]
    if is_header(header) and not _header_rows(first.table, second.table):
        return None
    return replace(first, table=_joined(first.table, second.table), bottom=second.bottom, page=second.page)
