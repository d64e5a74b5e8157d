"""Read spreadsheets (xlsx, xls) and csv: each sheet is a table, its merged ranges are merged cells."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from normalizers.documents.blocks import RawBlock
from normalizers.documents.builder import Source, build
from normalizers.documents.grid import RawCell, RawTable, fold_empty_tracks
from normalizers.documents.limits import (
    MAX_COLUMNS,
    MAX_MARKUP,
    MAX_ROWS,
    MAX_SHEET_POSITIONS,
    MAX_UNPACKED,
    UnreadableError,
    check_container,
    check_size,
)
from normalizers.records import BlockKind, Document, Hints, Origin
from normalizers.text import decode

Value = int | float | str | bool | time | date | datetime | timedelta
Range = tuple[tuple[int, int], tuple[int, int]]

MAX_MERGED = 500_000
"""Positions that the merged ranges of one sheet may cover together."""
SAMPLE_LINES = 50
"""Lines of a csv by which its delimiter is told."""
_DELIMITERS = ",;\t|，"
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{0,3})(\d{1,7})[\"']")
_CHUNK = 2**20


def value_text(value: Value) -> str:
    """Return a cell's value as a reader sees it: whole numbers without a point, dates as ISO 8601."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return str(value)


# --- how large a sheet will be -------------------------------------------------------------------------------------------------


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _pieces(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """Yield a member's bytes to its true end: the size in its header may lie, and the sheet reader does not go by it."""
    info = archive.getinfo(member)
    info.file_size = MAX_UNPACKED + 1
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _extent(archive: zipfile.ZipFile, member: str) -> tuple[int, int, int]:
    """Return the last row and column that a sheet's XML refers to, and its bytes."""
    rows = columns = size = 0
    rest = b""
    for chunk in _pieces(archive, member):
        size += len(chunk)
        if size > MAX_UNPACKED:
            break
        text = rest + chunk
        for letters, row in _REFERENCE.findall(text):
            rows, columns = max(rows, int(row)), max(columns, _column_number(letters))
        rest = text[-40:]
    return rows, columns, size


def _check_extent(payload: bytes, members: Sequence[str], name: str) -> None:
    """Raise ``UnreadableError`` for a workbook whose sheets span more positions than memory holds, or that unpacks beyond measure.

    The reader lays out the whole used area at once and ends the process when it cannot; two cells at opposite corners suffice for that.
    """
    total = 0
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        for member in members:
            try:
                rows, columns, size = _extent(archive, member)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
                raise UnreadableError(f"{name} is damaged in {member} ({error}): fetch it again.") from error
            total += size
            if total > MAX_UNPACKED:
                raise UnreadableError(f"{name} unpacks to more than {MAX_UNPACKED / 2**20:.0f} MB, as a zip bomb does: look at it by hand.")
            if "worksheets" in member and rows * columns > MAX_SHEET_POSITIONS:
                raise UnreadableError(
                    f"{name}: a sheet reaches to row {rows} and column {columns}, more than {MAX_SHEET_POSITIONS} positions: "
                    "delete stray cells far outside the table and save it again."
                )


def _open(payload: bytes, name: str) -> calamine.CalamineWorkbook:
    if payload.startswith(b"PK"):
        members = check_container(payload, name)
        _check_extent(payload, sorted(member for member in members if member.endswith(".xml")), name)
    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(payload))
    except calamine.PasswordError as error:
        raise UnreadableError(f"{name} is protected by a password: ask for an open copy.") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableError(f"{name} is no readable spreadsheet ({error}): fetch it again.") from error


# --- sheets ----------------------------------------------------------------------------------------------------------------------


def _covered(ranges: Sequence[Range], height: int, width: int) -> tuple[dict[tuple[int, int], tuple[int, int]], set[tuple[int, int]]]:
    """Return the spans of merged ranges by their first cell, and all other positions they cover; overlapping ranges are left out."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    hidden: set[tuple[int, int]] = set()
    for (top, left), (bottom, right) in ranges:
        bottom, right = min(bottom, height - 1), min(right, width - 1)
        if bottom < top or right < left or len(hidden) + (bottom - top + 1) * (right - left + 1) > MAX_MERGED:
            continue
        positions = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if positions.isdisjoint(hidden) and positions.isdisjoint(spans):
            spans[top, left] = (bottom - top + 1, right - left + 1)
            hidden |= positions - {(top, left)}
    return spans, hidden


def _used_columns(rows: Sequence[Sequence[Value]]) -> int:
    return min(MAX_COLUMNS, max((n + 1 for row in rows for n, value in enumerate(row) if value != ""), default=0))


def _sheet_table(rows: Sequence[Sequence[Value]], ranges: Sequence[Range], title: str, warnings: Sequence[str]) -> RawTable:
    width = _used_columns(rows)
    spans, hidden = _covered(ranges, len(rows), width)
    cells = []
    for number, row in enumerate(rows):
        filled = any(value != "" for value in row) or any((number, column) in hidden for column in range(width))
        for column, value in enumerate(row[:width] if filled else ()):
            if (number, column) not in hidden:
                rowspan, colspan = spans.get((number, column), (1, 1))
                cells.append(RawCell(value_text(value), rowspan, colspan, Origin("row", number + 1, title), number, column))
    return fold_empty_tracks(cells, warnings=warnings)


def _sheet_blocks(book: calamine.CalamineWorkbook, title: str, name: str) -> list[RawBlock]:
    try:
        sheet = book.get_sheet_by_name(title)
        rows = sheet.to_python(skip_empty_area=False, nrows=MAX_ROWS)
        ranges = sheet.merged_cell_ranges or []
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableError(f"{name}: sheet {title!r} is damaged ({error}): fetch the file again.") from error
    warnings = []
    if sheet.total_height > MAX_ROWS:
        warnings.append(f"Sheet {title!r} has {sheet.total_height} rows; those beyond {MAX_ROWS} were not read.")
    if sheet.total_width > MAX_COLUMNS:
        warnings.append(f"Sheet {title!r} has {sheet.total_width} columns; those beyond {MAX_COLUMNS} were not read.")
    table = _sheet_table(rows, ranges, title, warnings)
    above, table = _free_lines(table)
    texts = [RawBlock(cell.text, origin=cell.origin, centred=cell.colspan > 1) for cell in above]
    return [*texts, RawBlock(kind=BlockKind.TABLE, table=table, origin=Origin("row", 1, title))] if table.cells else texts


def _free_lines(table: RawTable) -> tuple[list[RawCell], RawTable]:
    """Return the lines above a sheet's table (title, unit, date: rows with one filled cell that no other row shares), and the table."""
    above: list[RawCell] = []
    row = 0
    while row < table.rows:
        across = [cell for cell in table.cells if cell.row <= row < cell.row + cell.rowspan]
        filled = [cell for cell in across if cell.text.strip()]
        if len(filled) > 1 or any(cell.rowspan > 1 for cell in filled) or (filled and filled[0].column > 0 and table.columns > 1):
            break
        above.extend(filled)
        row += 1
    if row == table.rows and table.columns > 1:
        return [], table
    return above, fold_empty_tracks([cell for cell in table.cells if cell.row >= row], warnings=table.warnings)


def read(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of an xlsx or xls workbook, a table a sheet; hidden sheets are left out, with a warning."""
    book = _open(payload, name)
    media = "xlsx" if payload.startswith(b"PK") else "xls"
    blocks: list[RawBlock] = []
    warnings: list[str] = []
    for sheet in book.sheets_metadata:
        if sheet.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        if sheet.visible != calamine.SheetVisibleEnum.Visible:
            warnings.append(f"The hidden sheet {sheet.name!r} was not read.")
            continue
        blocks.extend(_sheet_blocks(book, sheet.name, name))
    if not blocks:
        raise UnreadableError(f"{name} has no visible sheet with a filled cell: open it by hand.")
    return build(blocks, Source(name, media, warnings=tuple(warnings)), hints)


# --- csv -------------------------------------------------------------------------------------------------------------------------


def _delimiter(text: str) -> str:
    """Return the delimiter that parts the first lines into the most fields of equal number."""
    sample = "".join(text.splitlines(keepends=True)[:SAMPLE_LINES])
    best, score = ",", 0.0
    for mark in _DELIMITERS:
        widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=mark) if row]
        if widths and max(widths) > 1:
            usual = max(set(widths), key=widths.count)
            share = widths.count(usual) / len(widths)
            if usual > 1 and share * min(usual, 10) > score:
                best, score = mark, share * min(usual, 10)
    return best


def _csv_rows(text: str, name: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
    except csv.Error as error:
        raise UnreadableError(f"{name} breaks off at line {reader.line_num} ({error}): check its quotation marks.") from error
    return rows


def read_csv(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of a csv or tsv file: one table, its delimiter and encoding told by the content."""
    check_size(len(payload), MAX_MARKUP, name)
    decoded = decode(payload, declared=hints.charset)
    try:
        rows = _csv_rows(decoded.text.lstrip("\ufeff").replace("\x00", ""), name)
    except csv.Error as error:
        raise UnreadableError(f"{name} is no readable csv ({error}): check its quotation marks.") from error
    if not rows:
        raise UnreadableError(f"{name} holds no row: fetch it again, or leave it out.")
    warnings = [f"{name} has {len(rows)} rows; those beyond {MAX_ROWS} were not read."] if len(rows) > MAX_ROWS else []
    width = min(MAX_COLUMNS, max(len(row) for _, row in rows))
    cells = []
    for number, (line, row) in enumerate(rows[:MAX_ROWS]):
        padded = [*row, *[""] * (width - len(row))]
        cells += [RawCell(text, origin=Origin("row", line), row=number, column=column) for column, text in enumerate(padded[:width])]
    table = RawTable(min(len(rows), MAX_ROWS), width, tuple(cells), merged=False, warnings=tuple(warnings))
    block = RawBlock(kind=BlockKind.TABLE, table=table, origin=Origin("row", 1))
    return build([block], Source(name, "csv", decoded.encoding, decoded.repairs, decoded.warnings), hints)
