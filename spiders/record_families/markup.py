"""Tables of pages: rows under headings, and labels beside values. Every cell is looked at once, whatever the page is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from parsel import Selector

from normalizers.notices.records import PrintedField
from spiders.families import NoBodyError, NoListError
from spiders.families.nodes import attribute
from spiders.families.reading import line, parse, text_of
from spiders.record_sheet import RecordSection, RecordSheet

from .answers import HalfAnswerError
from .pages import MOST_ROWS, place

_TOTAL = re.compile(r"(?:共|总数|总计)[^\d<>]{0,8}(\d{1,9})\s{0,4}(?:条|家|个|户|笔|项)")
_PAGES = re.compile(r"共[^\d<>]{0,4}(\d{1,7})\s{0,4}页|\d{1,7}\s{0,4}/\s{0,4}(\d{1,7})\s{0,4}页")
_SHOWN = re.compile(r"(?:显示|展示|查看|浏览|(?<!当)前)[^\d<>第]{0,4}(\d{1,5})\s{0,4}页")
_COLON = re.compile(r"\s*[:：]\s*$")


def read_markup(text: str, url: str) -> Selector:
    """Return a page or a part of one as a tree; HalfAnswerError for one whose last table was opened and neither it nor the page closed."""
    lowered = text.lower()
    if lowered.rfind("<table") > lowered.rfind("</table") and "</html" not in lowered:
        raise HalfAnswerError(f"{place(url)} answered with a page that ends inside its table")
    return parse(text)


def containers(page: Selector, css: str, url: str, sheet: RecordSheet) -> list[Selector]:
    """Return what ``css`` finds; NoListError where it finds nothing."""
    found = list(page.css(css))
    if not found:
        raise NoListError(f"{place(url)} has no list: {css} matches nothing; mend the fact sheet of {sheet.id}")
    return found


def rows_of(tables: Iterable[Selector]) -> Iterator[Selector]:
    """Yield the rows of tables or of the elements around them, with those of tables inside them, those of a head left out.

    Each comes once, also where a table stands within another: to read it again for each around it takes the square of their number.
    """
    taken: set[object] = set()
    for table in tables:
        for row in islice(table.xpath(".//tr[not(parent::thead)]"), MOST_ROWS):
            if row.root not in taken:
                taken.add(row.root)
                yield row


def cells_of(row: Selector) -> list[Selector]:
    """Return the cells of a row."""
    return [cell for cell in row.xpath("./*") if cell.root.tag in ("td", "th")]


def headings_of(table: Selector) -> tuple[str, ...]:
    """Return the headings of a table: the cells of its head, else of its first row where those are all ``th``."""
    head = table.xpath("(.//thead//tr)[1]/*[self::th or self::td]") or table.xpath("(.//tr)[1][not(td)]/th")
    return tuple(text_of(cell) for cell in head)


def row_fields(cells: Sequence[Selector], headings: Sequence[str]) -> tuple[PrintedField, ...]:
    """Return the cells of a row under their headings; a cell beyond the headings goes by its number, 第N列."""
    names = [*headings, *(f"第{number}列" for number in range(len(headings) + 1, len(cells) + 1))]
    return tuple(PrintedField(name, text_of(cell)) for name, cell in zip(names, cells, strict=False) if name)


def pairs_of(boxes: Iterable[Selector], label: str) -> Iterator[PrintedField]:
    """Yield the labels and values of tables. ``label`` is ``th``, ``td.<class>`` or the number of the label's cell in a row, from 1.

    The value is the cell after the label that is no label; a label without one has an empty value.
    """
    for row in rows_of(boxes):
        cells, waiting = cells_of(row), ""
        for number, cell in enumerate(cells, start=1):
            if _is_label(cell, number, len(cells), label):
                if waiting:
                    yield PrintedField(waiting, "")
                waiting = _COLON.sub("", text_of(cell))
            elif waiting:
                yield PrintedField(waiting, text_of(cell))
                waiting = ""
        if waiting:
            yield PrintedField(waiting, "")


def _is_label(cell: Selector, number: int, count: int, label: str) -> bool:
    if label.isdecimal():
        return number == int(label) and count > number
    tag, _, name = label.partition(".")
    return cell.root.tag == tag and (not name or name in attribute(cell, "class").split())


def read_pairs(page: Selector, section: RecordSection, url: str, sheet: RecordSheet) -> tuple[PrintedField, ...]:
    """Return the labels and values of a record's page by ``options`` of its section: ``table`` (CSS) and ``label``.

    NoBodyError where the table is not there or says nothing.
    """
    table, label = section.options.get("table", "table"), section.options.get("label", "th")
    fields = tuple(pairs_of(page.css(table), label))
    if not any(field.value for field in fields):
        raise NoBodyError(f"{place(url)} has no record: {table} with {label} matches nothing; mend the fact sheet of {sheet.id}")
    return fields


def stated(text: str) -> tuple[int | None, int | None, int]:
    """Return what the words about a list say: how many records, how many pages, and how many pages are shown (0: nothing said)."""
    total, pages, shown = _TOTAL.search(text), _PAGES.search(text), _SHOWN.search(text)
    number = int(pages[1] or pages[2]) if pages else None
    return int(total[1]) if total else None, number, int(shown[1]) if shown else 0


def words_of(page: Selector, css: str) -> str:
    """Return the text of all that ``css`` finds, on one line."""
    return line(" ".join(text_of(node) for node in page.css(css))) if css else ""
