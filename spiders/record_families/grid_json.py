"""A grid in JSON and a call for each record: ``{"total": <number of pages>, "gridModel": […]}``, then an array with one object.

What is named ``total`` counts pages. The detail is at times empty at the first call and right at the second.
"""

from __future__ import annotations

from normalizers.notices.records import PrintedRecord
from spiders.families import NoBodyError
from spiders.families.reading import shortened
from spiders.record_sheet import RecordSection, RecordSheet

from .answers import fields_of, read_json, read_object, required, rows_at
from .pages import Asked, EmptyAnswerError, RecordLine, RecordPage, detail_url, numbered, place, record_of


def read_list(text: str, url: str, sheet: RecordSheet, section: RecordSection, asked: Asked) -> RecordPage:
    """Return the ids of a page of the grid; a row without an id is counted."""
    data = read_object(text, url)
    rows, pages = rows_at(data, "gridModel", url), required(data, "total", url)
    if not rows and (asked.page <= pages if pages else section.ask_again and not asked.again):
        raise EmptyAnswerError(f"{place(url)} answered without a row")
    keys = [shortened(str(row.get(section.identity[0]) or "").strip()) for row in rows]
    lines = tuple(_line(sheet, section, key) for key in keys if key)
    return RecordPage(lines, max(1, pages), further=numbered(sheet, section, asked, pages), dropped=keys.count(""))


def _line(sheet: RecordSheet, section: RecordSection, key: str) -> RecordLine:
    url = detail_url(sheet, section, key)
    return RecordLine(record_of(sheet, section, url, key), url)


def read_detail(text: str, url: str, sheet: RecordSheet, section: RecordSection) -> PrintedRecord:
    """Return the record in the answer's array; EmptyAnswerError for an array without anything."""
    data = read_json(text, url)
    found = next((row for row in data if isinstance(row, dict) and row), None) if isinstance(data, list) else data
    if not found:
        raise EmptyAnswerError(f"{place(url)} answered without the record")
    if not isinstance(found, dict) or section.identity[0] not in found:
        raise NoBodyError(f"{place(url)} answered with an object that has no {section.identity[0]}: the interface changed")
    return record_of(sheet, section, url, "", fields_of(found))
