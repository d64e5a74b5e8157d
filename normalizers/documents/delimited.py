"""Read csv and tsv: delimiter, encoding and broken quotation told by the content, title lines above and notes below as text."""

from __future__ import annotations

import csv
import io

from normalizers.documents.builder import Source, build
from normalizers.documents.grid import RawCell
from normalizers.documents.limits import MAX_COLUMNS, MAX_MARKUP, MAX_ROWS, UnreadableError, check_size
from normalizers.documents.sheet_lines import sheet_blocks
from normalizers.records import Document, Hints, Origin
from normalizers.text.decode import decode

SAMPLE_LINES = 50
"""Lines of a csv by which its delimiter is told."""
MAX_CELL_LINES = 200
"""Lines of the longest cell: a cell with more swallowed the rest of the file, because its quotation mark is never closed."""
_DELIMITERS = ",;\t|，"
_FIELD_LIMIT = 2**22


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


def _rows(text: str, mark: str, *, quoted: bool = True) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
    out = []
    before = 0
    for row in reader:
        if any(cell.strip() for cell in row):
            out.append((before + 1, row))
        before = reader.line_num
    return out


def _read_rows(text: str, name: str) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """Return the rows with the line each begins in, and what is to be told of them."""
    csv.field_size_limit(_FIELD_LIMIT)
    try:
        mark = _delimiter(text)
        rows = _rows(text, mark)
        if not any(cell.count("\n") > MAX_CELL_LINES for _, row in rows for cell in row):
            return rows, []
        return _rows(text, mark, quoted=False), [f"{name}: a quotation mark is never closed; its marks were read as plain characters."]
    except csv.Error as error:
        raise UnreadableError(f"{name} is no readable csv ({error}): check its quotation marks.") from error


def read(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of a csv or tsv file: one table; raise ``UnreadableError`` for an empty or endless one."""
    check_size(len(payload), MAX_MARKUP, name)
    decoded = decode(payload, declared=hints.charset)
    rows, warnings = _read_rows(decoded.text.lstrip("\ufeff").replace("\x00", ""), name)
    if not rows:
        raise UnreadableError(f"{name} holds no row: fetch it again, or leave it out.")
    if len(rows) > MAX_ROWS:
        warnings.append(f"{name} has {len(rows)} rows; those beyond {MAX_ROWS} were not read.")
    width = min(MAX_COLUMNS, max(len(row) for _, row in rows))
    cells = []
    for number, (line, row) in enumerate(rows[:MAX_ROWS]):
        padded = [*row, *[""] * (width - len(row))]
        cells += [RawCell(text, origin=Origin("row", line), row=number, column=column) for column, text in enumerate(padded[:width])]
    blocks = sheet_blocks(cells, "", warnings, merged=False)
    return build(blocks, Source(name, "csv", decoded.encoding, decoded.repairs, decoded.warnings), hints)
