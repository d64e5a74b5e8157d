"""A list in JSON whose rows are the records, shown to a cap of pages only: beyond it, it is asked for department by department.

``{"depts": […], "list": […], "total": N}``; sent as text/html in ISO-8859-1 while it is UTF-8, and at times empty at the first call.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from normalizers.notices.records import PrintedRecord
from spiders.families import NoBodyError
from spiders.record_sheet import RecordSection, RecordSheet

from .answers import fields_of, read_object, required, rows_at, text_list
from .pages import Asked, EmptyAnswerError, RecordLine, RecordPage, numbered, pages_of, place, row_record


def read_list(text: str, url: str, sheet: RecordSheet, section: RecordSection, asked: Asked) -> RecordPage:
    """Return the rows of a page as records; the first page of all leads to the departments when there are more than are shown."""
    data = read_object(text, url)
    rows, total = rows_at(data, "list", url), required(data, "total", url)
    pages = pages_of(total, section.size)
    if not rows and (asked.page <= (pages or 1) if total else section.ask_again and not asked.again):
        raise EmptyAnswerError(f"{place(url)} answered without a row where {'some' if total else 'none'} are stated")
    lines = tuple(RecordLine(row_record(sheet, section, fields_of(row))) for row in rows)
    slices = _slices(data, sheet, section) if asked.page == 1 and not asked.slice and (pages or 0) > section.cap > 0 else ()
    further = slices or numbered(sheet, section, asked, pages or 1)
    return RecordPage(lines, pages, total, section.cap, further, sliced=bool(slices))


def _slices(data: dict[str, Any], sheet: RecordSheet, section: RecordSection) -> tuple[Asked, ...]:
    names = text_list(data.get(section.options.get("slices", "depts")))
    return tuple(Asked(sheet.url(section.path.format(page=1, slice=quote(name, safe=""))), 1, slice=name) for name in names)


def read_detail(text: str, url: str, sheet: RecordSheet, section: RecordSection) -> PrintedRecord:
    """Raise NoBodyError: the rows are the records."""
    raise NoBodyError(f"{place(url)}: records of {sheet.id} {section.id} have no page of their own")
