"""Read spreadsheets (xlsx, xls): each sheet is a table, its merged ranges are merged cells, values as they are shown."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import python_calamine as calamine

from normalizers.documents import ole
from normalizers.documents.blocks import RawBlock
from normalizers.documents.builder import Source, build
from normalizers.documents.grid import RawCell
from normalizers.documents.limits import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEET_POSITIONS,
    MAX_SHEET_TEXT,
    MAX_UNPACKED,
    UnreadableError,
)
from normalizers.documents.ole_chains import check_workbook
from normalizers.documents.opc import ZIP_ERRORS, Package, open_package
from normalizers.documents.sheet_formats import Value, cell_formats, column_number, format_codes, plain, shown
from normalizers.documents.sheet_lines import sheet_blocks
from normalizers.documents.sheet_strings import pieces, shared_text
from normalizers.records import Document, Hints, Origin

Range = tuple[tuple[int, int], tuple[int, int]]

MAX_MERGED = 500_000
"""Positions that the merged ranges of one sheet may cover together."""
_HIDDEN_ROW = re.compile(rb"<(?:\w{1,10}:)?row\s[^>]{0,400}?\bhidden=[\"'](?:1|true)[\"']")
_HIDDEN_COLUMN = re.compile(rb"<(?:\w{1,10}:)?col\s[^>]{0,400}?\bhidden=[\"'](?:1|true)[\"']")
_REFERENCE = re.compile(rb"r(?<=\br)\s*=\s*[\"']([A-Za-z]{0,12})(\d{1,12})[\"']")
_TAG = re.compile(rb"<(?:\w{1,10}:)?(row|c)(?=[\s/>])")
"""Rows and cells that say nothing of their place stand behind the one before."""
_CHUNK = 2**20
_MAX_KEPT = 8 * 2**20
"""Bytes of members that are kept from the measuring of a workbook for its reading: all of nearly every one. Others are unpacked again."""


# --- how large a sheet will be -------------------------------------------------------------------------------------------------


def _extent(package: Package, member: str, room: int) -> tuple[int, int, int]:
    """Return the last row and column that a part's XML refers to or counts up to, and its bytes; keep those if there is room."""
    rows = columns = size = counted = 0
    run: int | None = None  # cells of the row under way, none before the first
    rest = b""
    for chunk in pieces(package, member):
        if not size and len(chunk) < min(_CHUNK, room):  # all of it
            package.unpacked[member] = chunk
        size += len(chunk)
        if size > MAX_UNPACKED:
            break
        text = rest + chunk
        found = _REFERENCE.findall(text)
        rows = max([rows, *map(int, {row for _, row in found})])
        columns = max([columns, *map(column_number, {letters.upper() for letters, _ in found})])
        first, *others = (len(cells) for cells in b"".join(map(_of_tag, _TAG.findall(text))).split(b"r"))
        counted += len(others)
        columns = max([columns, *others, 0 if run is None else run + first])
        run = others[-1] if others else None if run is None else run + first
        rest = text[-40:]
    return max(rows, counted), columns, size


def _of_tag(name: bytes) -> bytes:
    return name[:1]


def _check_extent(package: Package) -> None:
    """Raise ``UnreadableError`` for a workbook whose sheets span more positions than memory holds, or that unpacks beyond measure.

    The reader lays out the whole used area at once and ends the process when it cannot; two cells at opposite corners suffice for that.
    Every part is measured: which one is a sheet is told by others, and not by its name.
    """
    total, name = 0, package.name
    for member in sorted(set(package.archive.namelist())):
        try:
            rows, columns, size = _extent(package, member, _MAX_KEPT - total)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
            raise UnreadableError(f"{name} is damaged in {member} ({error}): fetch it again.") from error
        total += size
        if total > MAX_UNPACKED:
            raise UnreadableError(f"{name} unpacks to more than {MAX_UNPACKED / 2**20:.0f} MB, as a zip bomb does: look at it by hand.")
        if rows * columns > MAX_SHEET_POSITIONS:
            raise UnreadableError(
                f"{name}: a sheet reaches to row {rows} and column {columns}, more than {MAX_SHEET_POSITIONS} positions: "
                "delete stray cells far outside the table and save it again."
            )
    if (text := shared_text(package)) > MAX_SHEET_TEXT:
        raise UnreadableError(
            f"{name}: its cells repeat shared texts to {text / 2**20:,.0f} MB, more than {MAX_SHEET_TEXT / 2**20:.0f} MB: "
            "look at it by hand."
        )


@contextmanager
def _no_panic() -> Iterator[None]:
    """Raise ``ValueError`` where the library panics on a broken file, ``MemoryError`` where it has no memory for a value.

    What it raises itself then is no ``Exception`` and would end the program.
    """
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        if "null" in str(error):  # no memory for a value
            raise MemoryError from error
        raise ValueError("its parts lie outside of it") from error


def _open(payload: bytes, name: str) -> calamine.CalamineWorkbook:
    try:
        if payload.startswith(ole.SIGNATURE):
            check_workbook(payload)
        with _no_panic():
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


def _cells(rows: Sequence[Sequence[Value]], ranges: Sequence[Range], title: str, formats: Mapping[tuple[int, int], str]) -> list[RawCell]:
    width = _used_columns(rows)
    spans, hidden = _covered(ranges, len(rows), width)
    reached = {row for row, _ in hidden}
    plain_rows = set(range(len(rows))).difference(reached, (row for row, _ in spans), (row for row, _ in formats))
    cells = []
    for number, row in enumerate(rows):
        if number not in reached and not any(value != "" for value in row):
            continue
        origin = Origin("row", number + 1, title)
        if number in plain_rows:
            cells += [RawCell(plain(value), 1, 1, origin, number, column) for column, value in enumerate(row[:width])]
            continue
        for column, value in enumerate(row[:width]):
            if (number, column) not in hidden:
                rowspan, colspan = spans.get((number, column), (1, 1))
                text = shown(value, formats[number, column]) if (number, column) in formats else plain(value)
                cells.append(RawCell(text, rowspan, colspan, origin, number, column))
    return cells


def _blocks(book: calamine.CalamineWorkbook, title: str, name: str, formats: Mapping[tuple[int, int], str]) -> list[RawBlock]:
    try:
        with _no_panic():
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
    return sheet_blocks(_cells(rows, ranges, title, formats), title, warnings)


# --- what the parts say beside the values ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Parts:
    """The formats of a workbook's cells and what of its sheets is hidden; both empty for xls, whose reader tells neither."""

    formats: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def _parts(package: Package) -> _Parts:
    out = _Parts()
    main = next(iter(package.related("", "officeDocument")), "xl/workbook.xml")
    book = package.part(main)
    codes = format_codes(next((package.part(path) for path in package.related(main, "styles")), None))
    paths = package.relations(main, "worksheet")
    for sheet in book.iter("{*}sheet") if book is not None else ():
        title, key = sheet.get("name", ""), next((value for word, value in sheet.attrib.items() if str(word).endswith("}id")), "")
        member = package.members.get(paths.get(str(key), "").lower())
        if member is None or sheet.get("state", "visible") != "visible":
            continue
        try:
            content = package.content(member)
        except (*ZIP_ERRORS, UnreadableError):
            continue
        out.formats[title] = cell_formats(content, codes)
        if b"hidden=" not in content:
            continue
        if rows := len(_HIDDEN_ROW.findall(content)):
            out.warnings.append(f"Sheet {title!r} has {rows} hidden rows; they were read like the others.")
        if _HIDDEN_COLUMN.search(content):
            out.warnings.append(f"Sheet {title!r} has hidden columns; they were read like the others.")
    return out


def read(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of an xlsx or xls workbook, a table a sheet; hidden sheets are left out, with a warning."""
    package = open_package(payload, name) if payload.startswith(b"PK") else None
    if package is not None:
        _check_extent(package)
    book = _open(payload, name)
    parts = _parts(package) if package is not None else _Parts()
    media = "xls" if package is None else "xlsx"
    blocks: list[RawBlock] = []
    warnings = parts.warnings
    for sheet in book.sheets_metadata:
        if sheet.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        if sheet.visible != calamine.SheetVisibleEnum.Visible:
            warnings.append(f"The hidden sheet {sheet.name!r} was not read.")
            continue
        blocks.extend(_blocks(book, sheet.name, name, parts.formats.get(sheet.name, {})))
    if not blocks:
        raise UnreadableError(f"{name} has no visible sheet with a filled cell: open it by hand.")
    return build(blocks, Source(name, media, warnings=tuple(warnings)), hints)
