"""Workbooks (ECMA-376, SpreadsheetML) written while their rows arrive: no row is kept and nothing is put into a temporary file.

A sheet holds 1,048,575 rows below its heading; more rows go on in further sheets.
Of 100,000 rows of 20 columns it takes 2.3 s of the processor; XlsxWriter 3.3 (constant_memory) takes 17 s, openpyxl 3.1 (write_only) 22 s,
because both make each cell in Python where this makes a column at a time.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date
from typing import IO, Any
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.compute as pc

from storage.cells import joined, moments, tidy, tidy_name

ROWS = 1_048_575
"""Rows of a sheet below its heading."""
CHARACTERS = 32_767
"""The most of a cell, counted in UTF-16."""
EPOCH = date(1899, 12, 30)
"""Day 0 of a sheet; before 1 March 1900 programs do not agree, and a day is written as text."""
_AGREED = date(1900, 3, 1)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf xfId="0"/>'
    '<xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_VIEW = (
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
    "</sheetViews>"
)


class Workbook:
    """A workbook that is written to a stream; ``close`` makes it whole."""

    def __init__(self, sink: IO[bytes], names: Sequence[str]) -> None:
        self._zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        cells = "".join(f'<c s="1" t="inlineStr"><is><t xml:space="preserve">{escape(tidy_name(name))}</t></is></c>' for name in names)
        self._head = f'{_XML}<worksheet xmlns="{_MAIN}">{_VIEW}<sheetData><row>{cells}</row>'.encode()
        self._sheets = 0
        self._sheet: IO[bytes] | None = None
        self._left = 0
        self._begin()

    def write(self, batch: pa.RecordBatch) -> None:
        """Write the rows of a batch, on a further sheet where one is full."""
        while batch.num_rows:
            if not self._left:
                self._end()
                self._begin()
            some = batch.slice(0, self._left)
            self._written(joined(["<row>", *map(_cells, some.columns), "</row>"]))
            self._left -= some.num_rows
            batch = batch.slice(some.num_rows)

    def close(self) -> None:
        """End the last sheet and write what binds them together."""
        self._end()
        numbers = range(1, self._sheets + 1)
        sheets = "".join(f'<sheet name="data{n if n > 1 else ""}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
        ties = "".join(f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers)
        kinds = "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers)
        parts = {
            "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{ties}'
            f'<Relationship Id="styles" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
            "xl/styles.xml": _STYLES,
            "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{kinds}</Types>',
        }
        for name, part in parts.items():
            self._zip.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
        self._zip.close()

    def _begin(self) -> None:
        self._sheets += 1
        entry = zipfile.ZipInfo(f"xl/worksheets/sheet{self._sheets}.xml")
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._sheet = self._zip.open(entry, "w", force_zip64=True)
        self._left = ROWS
        self._written(self._head)

    def _end(self) -> None:
        self._written(b"</sheetData></worksheet>")
        if self._sheet:
            self._sheet.close()

    def _written(self, data: bytes) -> None:
        if self._sheet:
            self._sheet.write(data)


def _cells(column: pa.Array) -> pa.Array:
    """Return a column as the cells of its rows; an unknown value is an empty cell."""
    kind = column.type
    if pa.types.is_string(kind):
        made = _texts(tidy(column))
    elif pa.types.is_boolean(kind):
        made = pc.if_else(column, '<c t="b"><v>1</v></c>', '<c t="b"><v>0</v></c>')
    elif pa.types.is_date(kind):
        days = pc.cast(pc.subtract(pc.cast(column, pa.int32()), (EPOCH - date(1970, 1, 1)).days), pa.string())
        agreed = pc.greater_equal(column, pa.scalar(_AGREED))
        made = pc.if_else(agreed, pc.binary_join_element_wise('<c s="2"><v>', days, "</v></c>", ""), _texts(pc.cast(column, pa.string())))
    elif pa.types.is_timestamp(kind):
        made = _texts(moments(column))
    else:
        finite = pc.if_else(pc.is_finite(column), column, None) if pa.types.is_floating(kind) else column
        made = pc.binary_join_element_wise("<c><v>", pc.cast(finite, pa.string()), "</v></c>", "")
    return pc.fill_null(made, "<c/>")


def _texts(column: pa.Array) -> pa.Array:
    column = pc.utf8_slice_codeunits(column, 0, CHARACTERS)
    wide = pc.match_substring_regex(column, "[\\x{10000}-\\x{10ffff}]")
    if pc.any(wide, min_count=0).as_py():
        column = pc.if_else(wide, pc.utf8_slice_codeunits(column, 0, CHARACTERS // 2), column)
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        column = pc.replace_substring(column, sign, name)
    # _x0041_ stands for a character (ECMA-376, 22.9.2.19): what looks so is written so that it stays what it is.
    if pc.any(pc.match_substring(column, "_x"), min_count=0).as_py():
        column = pc.replace_substring_regex(column, "_(x[0-9A-Fa-f]{4}_)", "_x005F_\\1")
    return pc.binary_join_element_wise('<c t="inlineStr"><is><t xml:space="preserve">', column, "</t></is></c>", "")


def written(sink: Any, schema: pa.Schema) -> Workbook:  # noqa: ANN401 -- anything with write and flush
    """Return a workbook with the columns of a schema, to be written to a stream."""
    return Workbook(sink, schema.names)
