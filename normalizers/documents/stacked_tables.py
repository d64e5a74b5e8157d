"""Tables in plain text that hold a cell in a line, as they come out of a browser's or an office program's clipboard."""

from __future__ import annotations

import re
from collections.abc import Sequence

from normalizers.documents.labels import MAX_LABEL, column_of, is_header
from normalizers.documents.textlines import Found, Line, next_filled, row_number, text_table

_HAN_NUMBER = re.compile(r"[一二三四五六七八九十]{1,3}[、.．]?")
_HAN_SECTION = re.compile(r"(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十]{1,3}[）)])[^，。；]{2,24}")

MAX_RECORD = 200
"""Lines of the longest row."""
MAX_LABELS = 24
"""Columns of the widest table whose labels stand one under the other."""

Row = tuple[int, list[str]]


def _is_label(line: Line) -> bool:
    text = line.seen.strip()
    return 0 < len(text) <= MAX_LABEL and column_of(text) != ""


def _record(lines: Sequence[Line], start: int) -> int:
    """Return the index after the lines up to the next separator; a line of blanks is a cell among indented lines, else a separator."""
    at = start
    indented = lines[start].indented
    while (
        at < len(lines)
        and at - start < MAX_RECORD
        and not (lines[at].empty if indented else lines[at].blank)
        and (lines[at].indented or not indented)
    ):
        at += 1
    return at


def _fit(cells: list[str], kinds: Sequence[str]) -> list[str]:
    """Return a record of as many cells as there are columns: blanks at its end fall, a task in several lines is put together."""
    width = len(kinds)
    while len(cells) > width and not cells[-1]:
        cells.pop()
    extra = len(cells) - width
    if extra > 0:
        task = kinds.index("task") if "task" in kinds else max(range(width), key=lambda n: len(cells[n]))
        cells[task : task + extra + 1] = ["\n".join(cell for cell in cells[task : task + extra + 1] if cell)]
    return cells + [""] * (width - len(cells))


def _skip_separators(lines: Sequence[Line], at: int, indented: bool) -> int:
    while at < len(lines) and (lines[at].empty if indented else lines[at].blank):
        at += 1
    return at


def _is_record(lines: Sequence[Line], start: int, stop: int, kinds: Sequence[str], indented: bool) -> bool:
    """Tell whether lines between separators are a row of the table above."""
    if lines[start].indented != indented:
        return False
    if not indented and stop - start != len(kinds):
        return stop - start > 1 and kinds[0] == "number" and row_number(lines[start].raw) is not None
    return indented or len(kinds) > 1


def read_records(lines: Sequence[Line], start: int) -> Found | None:
    """Return the table whose rows are groups of lines, a cell a line, parted by empty lines. Lines of blanks are empty cells."""
    if not _is_label(lines[start]):
        return None
    stop = _record(lines, start)
    if stop - start > MAX_LABELS:
        return None
    labels = [line.seen.strip() for line in lines[start:stop]]
    if len(labels) < 2 or not is_header(labels):
        return None
    kinds = [column_of(label) for label in labels]
    indented = lines[start].indented
    rows: list[Row] = [(lines[start].number, [line.raw.strip() for line in lines[start:stop]])]
    at = _skip_separators(lines, stop, indented)
    while at < len(lines):
        end = _record(lines, at)
        if end == at or not _is_record(lines, at, end, kinds, indented):
            break
        cells = [line.raw.strip() for line in lines[at:end]]
        if [line.seen.strip() for line in lines[at:end]] != labels:
            rows.append((lines[at].number, _fit(cells, kinds)))
        stop = end
        at = _skip_separators(lines, end, indented)
    return Found(text_table(rows), stop) if len(rows) >= 2 else None


# --- a cell a line without separators: the numbers are the only hold -------------------------------------------------------------


def _header_cells(lines: Sequence[Line], start: int) -> list[int]:
    """Return the indices of the labels that stand one under the other from ``start`` on, blank lines between them or not."""
    out: list[int] = []
    at = start
    while at < len(lines) and len(out) < MAX_LABELS and _is_label(lines[at]):
        kind = column_of(lines[at].seen.strip())
        if kind == "number" and out and any(column_of(lines[n].seen.strip()) == "number" for n in out):
            break
        out.append(at)
        at = next_filled(lines, at + 1)
    return out


def _anchors(lines: Sequence[Line], start: int) -> list[int]:
    """Return the indices of the lines that are nothing but the next row's number."""
    out: list[int] = []
    last: int | None = None
    for at in range(start, len(lines)):
        number = row_number(lines[at].raw)
        if number is not None and (number == (last or 0) + 1):
            out.append(at)
            last = number
    return out


def _banner(cells: list[str]) -> tuple[list[str], str]:
    """Return the cells without the heading of a section that ends them (一、数据归集, or 一 over 数据归集), and that heading."""
    if len(cells) > 1 and _HAN_NUMBER.fullmatch(cells[-2]) and len(cells[-1]) <= MAX_LABEL:
        return cells[:-2], f"{cells[-2].rstrip('、.．')}、{cells[-1]}"
    if cells and _HAN_SECTION.fullmatch(cells[-1]):
        return cells[:-1], cells[-1]
    return cells, ""


def _between(cells: list[str], before: int, fields: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return a row's cells after its number, and the cells that stand before the next row's number."""
    over = len(cells) - len(fields)
    if 0 < over <= before:
        return cells[: len(fields)], cells[len(fields) :]
    return _fit(cells, fields), []


def read_numbered_cells(lines: Sequence[Line], start: int) -> Found | None:
    """Return the table whose cells stand one under the other without separators; each row is known by its number."""
    header = _header_cells(lines, start)
    labels = [lines[at].seen.strip() for at in header]
    kinds = [column_of(label) for label in labels]
    if len(header) < 3 or "number" not in kinds or not is_header(labels):
        return None
    number_at = kinds.index("number")
    fields = kinds[number_at + 1 :]
    body = header[-1] + 1
    anchors = _anchors(lines, body)
    if not anchors or not fields:
        return None
    leads, banner = _banner([line.raw.strip() for line in lines[body : anchors[0]] if not line.blank])
    if len(leads) > number_at:
        return None
    rows: list[Row] = [(lines[start].number, [lines[at].raw.strip() for at in header])]
    rows += [(lines[body].number, [banner])] if banner else []
    stop = body
    for place, at in enumerate(anchors):
        last = place + 1 == len(anchors)
        end = _last_row_end(lines, at + 1, len(fields)) if last else anchors[place + 1]
        cells = [line.raw.strip() for line in lines[at + 1 : end] if not line.blank]
        cells, banner = _banner(cells) if len(cells) > len(fields) else (cells, "")
        own, following = _between(cells, 0 if last else number_at, fields)
        rows.append((lines[at].number, [*[""] * (number_at - len(leads)), *leads, lines[at].raw.strip(), *own]))
        rows += [(lines[end - 1].number, [banner])] if banner else []
        leads, stop = following, end
    return Found(text_table(rows), stop)


def _last_row_end(lines: Sequence[Line], start: int, fields: int) -> int:
    """Return the index after the last row: as many filled lines as there are columns left."""
    at = start
    for _ in range(fields):
        at = next_filled(lines, at)
        at = min(at + 1, len(lines))
    return at
