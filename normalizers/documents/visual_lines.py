"""Tables printed line by line as they look, the cells of a line parted by single blanks only (pdfplumber's ``extract_text``).

Nothing tells the columns but what the pieces say and how they go on: the cheapest way through all lines is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from normalizers.documents.blocks import display_width
from normalizers.documents.body_names import first_name, is_known_body, joined, last_name
from normalizers.documents.broken_headers import LineHeader, find_line_header
from normalizers.documents.cell_kinds import ends_body, is_bodies, is_date, misfit, work_kinds
from normalizers.documents.columns import rows_of
from normalizers.documents.labels import column_of
from normalizers.documents.row_breaks import Grid
from normalizers.documents.textlines import Found, Line, row_number, text_table
from normalizers.documents.visual_body import ITEM, MAX_LINES, BodyLines, body_lines

SAMPLE = 160
"""Lines by which the columns' widths and the way cells stand are learned."""
WIDTH = 20
"""Ways through the lines above, and through one line, that are followed."""
MARGIN = 4.0
"""How much dearer than the cheapest a way may be to be followed."""
OVER = 4
"""Half squares by which a line may be wider than its column; marks are set closer than characters."""
SHORT_START = 1.0
"""What it costs that a cell begins with a line of one or two characters."""
LEAD_LIST = 0.05
"""What it costs that several bodies lead: lists are longer under those that take part."""
UNNUMBERED = 3.0
"""What it costs that the next row's number, first in its line, is none."""
REACH = 3
"""Lines after which a cell goes on no more; cells of even and odd height interleave."""
OUTSIDE, PATIENCE = 0.9, 24
"""What a line after the table costs, and the lines for which more rows are waited for."""
MAX_COST, UNSURE = 0.9, 0.25
"""Cost a line from which what was read is no table, and from which a reader is told."""
ROUNDS = 3
UNSURE_CELLS = "The cells of a table could not all be told apart for sure: compare it with the source."
_BODIES = frozenset({"lead", "partner", "responsible"})
_EMPTY = {"task": 3.0, "lead": 1.2, "responsible": 1.2, "partner": 0.6, "deadline": 0.8, "target": 0.6, "section": 0.1}
_OPEN = tuple("、，,（(和及与《“")
_ENDED = tuple("。；;！!")
_NO_START = tuple("，。、；：）》”！？,;)")
_FRAGMENT = re.compile(r"[局委办厅院会部署、，；。）)月日底前末度等]|公室|员会|革委")
_DATED = re.compile(r"(?:(?:19|20)\d\d\s*年|\d{1,2}\s*月|\d{4}$)[^，。；、]{0,8}|[年月底前末度]+|第?[一二三四1-4]季|季?度|[上下]半年?")
_TAIL = re.compile(r".{0,3}[局委办厅院会部行社署门位等]")
_BODY_START = re.compile(r"[市省区县州]|各|国家|中国|人民|新区|有关|团[市省区县]|驻")
_LATIN = "\u2000"
"""Below it are letters and figures, beside which a blank may stand in a cell."""


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A piece of a line that stands in one column: as printed, as recognised, its line among the filled ones."""

    text: str
    seen: str
    line: int
    width: int


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """A way through the lines so far: what it costs, the last row's number, whether work without a number began since, the last pieces."""

    cost: float
    number: int
    waiting: bool
    last: tuple[_Piece | None, ...]
    placed: tuple[_Piece | None, ...]
    before: _Way | None


class _Reader:
    """Follows the cheapest ways through the lines of a table."""

    def __init__(self, kinds: Sequence[str], lines: Sequence[list[tuple[str, str]]], *, top: bool) -> None:
        self.kinds, self.lines, self.top = list(kinds), lines, top
        self.size = len(kinds)
        self.number = self.kinds.index("number") if "number" in self.kinds else None
        works = [n for n, kind in enumerate(self.kinds) if kind == "task"]
        self.work = works[-1] if works else max(range(self.size), key=lambda n: _EMPTY.get(self.kinds[n], 0.0))
        self.merged = set(works[:-1]) | {n for n, kind in enumerate(self.kinds) if kind == "section"}
        self.widths = [0] * self.size
        self.price = 0.0
        self._going: dict[tuple[_Piece, _Piece, int], tuple[float, float]] = {}

    # --- one piece -----------------------------------------------------------------------------------------------------------

    def full(self, piece: _Piece, column: int) -> bool | None:
        """Tell whether a piece fills its column, ``None`` while the widths are unknown."""
        width = self.widths[column]
        return None if not width else piece.width >= width - min(5, width * 0.35)

    def fit(self, piece: _Piece, column: int) -> float:
        """Return what it costs that a piece stands in a column, but for the order of numbers."""
        kind, said = self.kinds[column], piece.seen
        if kind == "number":
            return 0.0 if row_number(said) is not None else 99.0
        cost = 2.0 if said.isdecimal() else 0.0
        cost += 1.5 if self.widths[column] and piece.width > self.widths[column] + OVER else 0.0
        if kind in _BODIES:
            several = LEAD_LIST if kind == "lead" and "、" in said and "partner" in self.kinds else 0.0
            return cost + several + self._as_bodies(said)
        if kind == "deadline":
            fits = is_date(said) or _DATED.match(said)
            return cost + (0.0 if fits else 0.5 if len(said) <= 8 and "、" not in said and not is_bodies(said) else 1.6)
        if _DATED.fullmatch(said) and len(said) > 3:
            return cost + 1.0
        if column in self.merged:
            return (
                cost
                + (0.2 if len(said) <= 14 and not said.endswith(_ENDED) else 1.5)
                + (0.8 if is_bodies(said) and is_known_body(said) else 0.0)
            )
        return cost + misfit(said, kind) + (0.3 if kind == "remark" else 0.0)

    def _as_bodies(self, said: str) -> float:
        if "。" in said:
            return 1.5
        if is_date(said) or (_DATED.fullmatch(said) and len(said) > 2):
            return 1.2
        if is_known_body(last_name(said)) or is_bodies(said):
            return 0.0
        longest = max(map(len, said.split("、")))
        return 0.1 if "、" in said and longest <= 8 else 0.3 if longest <= 6 else 0.6 if longest <= 10 else 1.4

    # --- one line ------------------------------------------------------------------------------------------------------------

    def layouts(self, at: int) -> list[tuple[float, tuple[_Piece | None, ...]]]:
        """Return the cheapest ways to lay a line's words into columns from left to right."""
        words = self.lines[at]
        pieces = self._pieces(at)
        best: list[list[tuple[float, tuple[tuple[int, _Piece], ...], int]]] = [[] for _ in range(len(words) + 1)]
        best[0] = [(0.0, (), -1)]
        for stop in range(1, len(words) + 1):
            options = []
            for start in range(stop):
                if (start, stop) not in pieces:
                    continue
                piece, joins = pieces[start, stop]
                fits = [self.fit(piece, column) for column in range(self.size)]
                for cost, path, last in best[start]:
                    options += [(cost + joins + fits[n], (*path, (n, piece)), n) for n in range(last + 1, self.size) if fits[n] < 99]
            best[stop] = sorted(options, key=lambda option: option[0])[: 2 * WIDTH]
        return [(cost, self._row(path)) for cost, path, _ in best[-1] if cost <= best[-1][0][0] + MARGIN]

    def _row(self, path: Sequence[tuple[int, _Piece]]) -> tuple[_Piece | None, ...]:
        row: list[_Piece | None] = [None] * self.size
        for column, piece in path:
            row[column] = piece
        return tuple(row)

    def _pieces(self, at: int) -> dict[tuple[int, int], tuple[_Piece, float]]:
        """Return the runs of words that may be one piece, each with what it costs that blanks stand in it."""
        words = self.lines[at]
        out = {}
        for start in range(len(words)):
            text, said, cost = "", "", 0.0
            for stop in range(start + 1, len(words) + 1):
                word, seen = words[stop - 1]
                if text:
                    cost += 2.5 if min(text[-1], word[0]) > _LATIN and word[0] not in _NO_START else 0.8
                    cost += 0.8 if text.endswith(_ENDED) else 0.0
                    cost += 2.0 if start == 0 and row_number(words[0][1]) is not None and self.number is not None else 0.0
                text, said = (f"{text} {word}", f"{said} {seen}") if text else (word, seen)
                out[start, stop] = _Piece(text, said, at, _width(text)), cost
        return out

    # --- from line to line ---------------------------------------------------------------------------------------------------

    def going(self, before: _Piece, piece: _Piece, column: int) -> tuple[float, float]:
        """Return what it costs that a piece goes on with the cell of the last, and that it begins the next cell."""
        key = before, piece, column
        if key not in self._going:
            self._going[key] = self._cell_goes_on(before, piece, column)
        return self._going[key]

    def _cell_goes_on(self, before: _Piece, piece: _Piece, column: int) -> tuple[float, float]:
        kind, full = self.kinds[column], self.full(before, column)
        apart = piece.line - before.line
        gap = 0.0 if apart == 1 else (1.5 if self.top else 0.1) * (apart - 1)
        stays = 0.4 if full is None else 0.0 if full else 1.5
        begins = 3.0 if piece.seen.startswith(_NO_START) else 0.0
        if before.seen.endswith(_OPEN):
            return gap, begins + 2.5
        if kind in _BODIES:
            name = joined(before.seen, piece.seen)
            begins += _begins_badly(piece.seen)
            if name > 0:
                return gap, begins + 2.5
            if name < 0:
                return gap + 2.0, begins
            begins += 0.0 if ends_body(before.seen) or _TAIL.fullmatch(before.seen) else 0.5 if is_bodies(before.seen) else 1.2
            stays += 0.8 if ends_body(before.seen) and _BODY_START.match(piece.seen) else 0.0
            return gap + stays, begins
        if kind == "deadline":
            begins += 1.5 if _FRAGMENT.match(piece.seen) else 0.0
            if is_date(before.seen + piece.seen):
                return gap, begins + 2.0
            return gap + (2.0 if is_date(before.seen) and is_date(piece.seen) else stays), begins
        if ITEM.match(piece.seen):
            return gap + (1.0 if before.seen.endswith(_ENDED) else 0.2), begins
        begins += SHORT_START if len(piece.seen) <= 2 else 0.0
        if before.seen.endswith(_ENDED):
            return gap + (0.3 if full else 1.5), begins
        return gap + stays, begins + (0.3 if column in self.merged else 1.5 if full else 0.6)

    def left(self, before: _Piece, column: int, apart: int) -> float:
        """Return what it costs that a cell has no line ``apart`` lines below its last."""
        if apart > 2:
            return 0.0
        said, kind = before.seen, self.kinds[column]
        broken = said.endswith(_OPEN)
        if kind in _BODIES:
            broken = broken or not (is_known_body(last_name(said)) or ends_body(said) or is_bodies(said))
        elif kind == "deadline":
            broken = broken or said.endswith(("年", "第"))
        elif column == self.work:
            broken = broken or (not said.endswith(_ENDED) and self.full(before, column) is True)
        if not broken:
            return 0.0
        first = 1.2 if self.top else 0.1
        return first if apart == 1 else 1.5 - first

    def _next(self, way: _Way, at: int, row: tuple[_Piece | None, ...], cost: float) -> _Way | None:
        number, waiting = way.number, way.waiting
        numbered = self.number is not None and row[self.number] is not None
        if numbered:
            own = row_number((row[self.number or 0] or _NOTHING).seen) or 0
            cost += 0.0 if own == number + 1 else 1.5 if number < own <= number + 3 else 2.0 if own == 1 else 99.0
            if cost >= 99:
                return None
            number, waiting = own, False
        elif self.number is not None and len(self.lines[at]) > 1 and row_number(self.lines[at][0][1]) == number + 1:
            cost += UNNUMBERED
        cost += way.cost
        last = list(way.last)
        new_work = False
        for column in range(self.size):
            piece, before = row[column], way.last[column]
            if piece is None:
                if before is not None and column != self.number:
                    apart = at - before.line
                    cost += self.left(before, column, apart)
                    if numbered and self.top and apart >= 1 and column not in self.merged:
                        cost += _EMPTY.get(self.kinds[column], 0.05)
                continue
            last[column] = piece
            if column == self.number:
                continue
            if before is not None:
                stays, begins = (
                    self.going(before, piece, column) if at - before.line <= REACH else (99.0, SHORT_START * (len(piece.seen) <= 2))
                )
                late = 2.5 if self.top and self.number is not None and not numbered and column not in self.merged else 0.0
                on_number = 3.0 if self.top and numbered else 0.0
                if column == self.work and self.number is not None and not numbered and way.waiting:
                    late += 2.0
                stays, begins = stays + on_number, begins + late
                new_work = new_work or (column == self.work and begins < stays)
                cost += min(stays, begins)
            else:
                cost += _begins_badly(piece.seen) if self.kinds[column] in _BODIES else 1.0 * piece.seen.startswith(_NO_START)
        if new_work and not numbered:
            waiting = True
        return _Way(cost, number, waiting, tuple(last), row, way)

    def read(self, size: int) -> tuple[float, list[tuple[_Piece | None, ...]]]:
        """Return the mean cost of a line, and the cells of the lines up to the table's last, of at most ``size`` lines."""
        ways = [_Way(0.0, 0, False, (None,) * self.size, (None,) * self.size, None)]
        end: tuple[float, int, _Way] = (0.0, 0, ways[0])
        at = 0
        for at in range(min(size, len(self.lines))):
            found: dict[tuple[object, ...], _Way] = {}
            for cost, row in self.layouts(at):
                for way in ways:
                    after = self._next(way, at, row, cost)
                    if after is None:
                        continue
                    key = (after.number, after.waiting, *((p.line, p.text) if p else None for p in after.last))
                    if key not in found or after.cost < found[key].cost:
                        found[key] = after
            if not found:
                break
            ways = sorted(found.values(), key=lambda way: way.cost)[:WIDTH]
            ways = [way for way in ways if way.cost <= ways[0].cost + MARGIN]
            total = end[0] + OUTSIDE
            closing = min(ways, key=lambda way: way.cost + self._closing(way, at))
            price = closing.cost + self._closing(closing, at)
            end = (price, at + 1, closing) if price <= total else (total, end[1], end[2])
            if at + 1 - end[1] > PATIENCE:
                break
        rows = list(_rows(end[2]))[::-1]
        self.price = end[0] + OUTSIDE * max(0, min(size, len(self.lines)) - max(at + 1, end[1]))
        return end[2].cost / max(1, len(rows)), rows

    def _closing(self, way: _Way, at: int) -> float:
        return sum(self.left(piece, n, 1) + self.left(piece, n, 2) for n, piece in enumerate(way.last) if piece and piece.line == at)

    def learn(self, rows: Sequence[tuple[_Piece | None, ...]]) -> None:
        """Take the columns' widths from the pieces that stand in them."""
        for column in range(self.size):
            widths = sorted(piece.width for row in rows if (piece := row[column]))
            goes_on = sorted(a.width for row, below in pairwise(rows) if (a := row[column]) and below[column] and column != self.number)
            seen = goes_on if len(goes_on) > 4 else widths
            self.widths[column] = seen[int((len(seen) - 1) * 0.85)] if seen else 0
        self._going.clear()


def _width(text: str) -> int:
    """Return the width of a text in half squares; quotation marks are set in half a square."""
    return display_width(text) - sum(map(text.count, "“”‘’"))


@lru_cache(maxsize=20_000)
def _begins_badly(said: str) -> float:
    """Return what it costs that a list of bodies begins with a text."""
    if _FRAGMENT.match(said) or said.startswith("（"):
        return 1.5
    return 0.0 if _BODY_START.match(said) else 0.3 if is_known_body(first_name(said)) else 0.6


_NOTHING = _Piece("", "", 0, 0)


def _rows(way: _Way) -> Iterator[tuple[_Piece | None, ...]]:
    """Yield the cells of a way's lines from the last to the first."""
    while way.before is not None:
        yield way.placed
        way = way.before


def read_visual(lines: Sequence[Line], start: int) -> Found | None:
    """Return the table whose lines stand as they are seen on paper, the cells of a line parted by single blanks."""
    header = find_line_header(lines, start)
    if header is None or len(header.labels) < 3:
        return None
    body = body_lines(lines, start, header)
    kinds = work_kinds([column_of(label) for label in header.labels])
    best: tuple[float, _Reader] | None = None
    for top in (True, False):
        reader = _Reader(kinds, body.words, top=top)
        for _ in range(ROUNDS - 1):
            cost, rows = reader.read(SAMPLE)
            reader.learn(rows)
        if rows and (best is None or reader.price < best[0]):
            best = reader.price, reader
    if best is None:
        return None
    cost, cells = best[1].read(MAX_LINES)
    if cost > MAX_COST or sum(sum(map(bool, row)) > 1 for row in cells) < max(2, len(cells) // 8):
        return None
    unsure = cost > UNSURE or (not best[1].top and {"lead", "partner"} <= set(kinds))  # which of two lists stands first is not printed
    return _table(lines, start, header, body, kinds, cells, (UNSURE_CELLS,) if unsure else ())


def _table(
    lines: Sequence[Line],
    start: int,
    header: LineHeader,
    body: BodyLines,
    kinds: Sequence[str],
    cells: Sequence[tuple[_Piece | None, ...]],
    doubts: Sequence[str],
) -> Found | None:
    rows: list[tuple[int, list[str]]] = [(lines[start].number, header.labels)]
    warnings = list(doubts)
    edges = [(place, at) for place, at in body.banners if place <= len(cells)]
    begin = 0
    for place, at in [*edges, (len(cells), -1)]:
        if place > begin:
            texts = [[piece.text if piece else "" for piece in row] for row in cells[begin:place]]
            grid = Grid(texts, list(range(begin, place)), list(range(begin + 1, place + 1)), body.pages[begin:place], tuple(kinds))
            read = rows_of(grid, [lines[at].number for at in body.at[begin:place]])
            rows += read.rows
            warnings += read.warnings
            begin = place
        if at >= 0 and place < len(cells):
            rows.append((lines[at].number, [lines[at].raw.strip()]))
    if len(rows) < 2:
        return None
    return Found(replace(text_table(rows), warnings=tuple(dict.fromkeys(warnings))), body.at[len(cells) - 1] + 1)
