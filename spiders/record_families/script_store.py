"""双公示 behind a script: the page names its proxy and how many records there are, the proxy answers ``dataStore`` by POST, in GBK.

An entry is ``…$…$/link``, at times with blanks around the link; the record's page has rows of three cells: a number, label, value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from parsel import Selector

from normalizers.notices.records import PrintedField, PrintedRecord
from spiders.families import NoBodyError
from spiders.families.reading import join, text_of
from spiders.record_sheet import RecordSection, RecordSheet

from .datastore import STEP, call_of, entries_of, proxy_calls
from .markup import pairs_of, read_markup
from .pages import Asked, RecordLine, RecordPage, link_key, place, record_of

_PARTS = (("name_label", "td.listf2"), ("text_label", "td.xzcf_jds"))


def read_list(text: str, url: str, sheet: RecordSheet, section: RecordSection, asked: Asked) -> RecordPage:
    """Return the links of an answer of the proxy; the page before it only leads to the calls."""
    if not asked.form:
        address, total, sent = call_of(text, url, sheet)
        calls = proxy_calls(address, total, section.size, sheet.limits.list_pages, replace(asked, form=(("id2", sent),), again=False))
        return RecordPage((), -(-total // (section.size * STEP)), total, further=calls, leads=True)
    found = list(_lines(entries_of(text, url), url, sheet, section))
    lines = tuple(line for line in found if line)
    return RecordPage(lines, dropped=len(found) - len(lines))


def _lines(entries: list[list[str]], url: str, sheet: RecordSheet, section: RecordSection) -> Iterator[RecordLine | None]:
    for parts in entries:
        link = next((part for part in reversed(parts) if part.startswith(("/", "http://", "https://"))), "")
        address = sheet.localise(join(url, link)) if link else ""
        if not address:
            yield None
            continue
        yield RecordLine(record_of(sheet, section, address, link_key(address, section.identity)), address)


def read_detail(text: str, url: str, sheet: RecordSheet, section: RecordSection) -> PrintedRecord:
    """Return the labels and values of a record's page, with the parts of it that stand beside the table; raises NoBodyError."""
    page = read_markup(text, url)
    fields = tuple(_fields(page, section))
    if not any(field.value for field in fields):
        raise NoBodyError(f"{place(url)} has no record: {section.options['table']} matches nothing; mend the fact sheet of {sheet.id}")
    return record_of(sheet, section, url, "", fields)


def _fields(page: Selector, section: RecordSection) -> Iterator[PrintedField]:
    seen: set[str] = set()
    for field in pairs_of(page.css(section.options["table"]), section.options["label"]):
        seen.add(field.label)
        yield field
    for option, css in _PARTS:
        label = section.options[option]
        value = next((found for node in page.css(css) if (found := text_of(node))), "")
        if value and label not in seen:
            yield PrintedField(label, value)
