"""What one paper of the corpus is: a file as it would arrive, and the labels written by hand before any program had read it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import docx
import openpyxl

from normalizers.records import Hints

Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Expected:
    """One task as labelled: ``start`` are its first words, names are parted by blanks, ``end`` is the last day allowed."""

    start: str
    lead: str = ""
    partner: str = ""
    responsible: str = ""
    end: str = ""
    due: str = ""
    implied: str = ""
    section: str = ""

    @property
    def last_day(self) -> date | None:
        """Return the last day allowed, or none."""
        return date.fromisoformat(self.end) if self.end else None

    def names(self, role: str) -> list[str]:
        """Return the bodies of a role, sorted."""
        return sorted(str(getattr(self, role)).split())


@dataclass(frozen=True)
class Paper:
    """One document: a text in the format its name ends in, or the rows of a table in a docx or xlsx file under a title."""

    name: str
    body: str = ""
    tasks: Sequence[Expected] = ()
    rows: Sequence[Sequence[str]] = ()
    merges: Sequence[Merge] = ()
    region: str = ""
    encoding: str = "utf-8"

    def payload(self) -> bytes:
        """Return the bytes of the file."""
        if self.name.endswith(".docx"):
            return self._docx()
        if self.name.endswith(".xlsx"):
            return self._xlsx()
        return self.body.strip("\n").encode(self.encoding)

    def hints(self) -> Hints:
        """Return what is known from outside: the file's name, and a region where the paper has one."""
        return Hints(file_name=self.name, region=self.region)

    def _docx(self) -> bytes:
        book = docx.Document()
        for line in self.body.strip().splitlines():
            book.add_paragraph(line)
        table = book.add_table(len(self.rows), len(self.rows[0]))
        for number, row in enumerate(self.rows):
            for column, text in enumerate(row):
                table.cell(number, column).text = text
        for (top, left), (bottom, right) in self.merges:
            kept = table.cell(top, left).text
            table.cell(top, left).merge(table.cell(bottom, right)).text = kept
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def _xlsx(self) -> bytes:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for line in self.body.strip().splitlines():
            sheet.append([line])
        above = sheet.max_row if self.body.strip() else 0
        for row in self.rows:
            sheet.append(list(row))
        for (top, left), (bottom, right) in self.merges:
            sheet.merge_cells(start_row=above + top + 1, start_column=left + 1, end_row=above + bottom + 1, end_column=right + 1)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()
