"""Documents a second from bytes to tasks, beside the reader library of each format that only hands out its cells or text.

python -m benchmarks.extracting [--json]

Every document is another one, in every round. The library does what a user of it would begin with and stops there: nothing is repaired,
no heading found, no body, no deadline. For a text that is telling its encoding and parting its lines, which charset-normalizer is for.
The detail of a figure says how many of the tasks were found, with the body that leads them and their text, as they were made.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from functools import partial

import charset_normalizer
import docx
import jieba
import openpyxl
import pandas
import parsel
import pdfplumber
import pypdfium2
import python_calamine
from lxml import html

from benchmarks.figures import Figure, by_turns, main, next_of, rates
from benchmarks.plans import FORMATS, ROWS, Plan, plan
from normalizers.derive import derive
from normalizers.records import Derived, Hints

BAR = 0.5
ROUNDS = 7
DOCUMENTS = {"html": 20, "docx": 8, "xlsx": 20, "pdf": 3, "text": 20}
"""Documents of one round."""

Read = Callable[[bytes], object]
Files = Sequence[tuple[Plan, bytes]]


# --- what the libraries do ---------------------------------------------------------------------------------------------


def by_lxml(payload: bytes) -> object:
    """Return the text of every cell, row by row."""
    tree = html.document_fromstring(payload)
    return [["".join(cell.itertext()).strip() for cell in row.iter("td", "th")] for row in tree.iter("tr")]  # type: ignore[arg-type]


def by_parsel(payload: bytes) -> object:
    """Return the text of every cell, as a spider's callback reads it."""
    rows = parsel.Selector(text=payload.decode()).css("tr")
    return [["".join(cell.css("::text").getall()).strip() for cell in row.css("td, th")] for row in rows]


def by_pandas(payload: bytes) -> object:
    """Return the tables of a page as frames."""
    return pandas.read_html(io.BytesIO(payload), encoding="utf-8", flavor="lxml")  # type: ignore[arg-type]


def by_python_docx(payload: bytes) -> object:
    """Return the text of every paragraph and cell."""
    document = docx.Document(io.BytesIO(payload))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    return [paragraph.text for paragraph in document.paragraphs], tables


def by_openpyxl(payload: bytes) -> object:
    """Return every value, by the way of reading that openpyxl calls the quick one."""
    book = openpyxl.load_workbook(io.BytesIO(payload), read_only=True, data_only=True)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


def by_calamine(payload: bytes) -> object:
    """Return every value."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(payload))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def by_pdfplumber(payload: bytes) -> object:
    """Return the tables of every page."""
    with pdfplumber.open(io.BytesIO(payload)) as file:
        return [page.extract_tables() for page in file.pages]


def by_pdfium(payload: bytes) -> object:
    """Return the text of every page; which words make a cell is lost in it."""
    file = pypdfium2.PdfDocument(payload)
    return [page.get_textpage().get_text_range() for page in file]


def by_charset_normalizer(payload: bytes) -> object:
    """Return the lines of a text whose encoding nobody told."""
    return str(charset_normalizer.from_bytes(payload).best()).splitlines()


def by_jieba(payload: bytes) -> object:
    """Return the words of a text whose encoding is known."""
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        text = payload.decode("gb18030")
    return jieba.lcut(text)


PACKAGES = (
    "lxml",
    "parsel",
    "pandas",
    "python-docx",
    "openpyxl",
    "python-calamine",
    "pdfplumber",
    "pypdfium2",
    "charset-normalizer",
    "jieba",
)
LIBRARIES: dict[str, dict[str, Read]] = {
    "html": {"lxml": by_lxml, "parsel": by_parsel, "pandas.read_html": by_pandas},
    "docx": {"python-docx": by_python_docx},
    "xlsx": {"openpyxl": by_openpyxl, "calamine": by_calamine},
    "pdf": {"pdfplumber": by_pdfplumber, "pypdfium2, text only": by_pdfium},
    "text": {"charset-normalizer": by_charset_normalizer, "jieba": by_jieba},
}
"""The library that has the bar stands first."""


# --- the measure -------------------------------------------------------------------------------------------------------


def extracted(name: str, payload: bytes) -> Derived:
    """Return everything that is derived from a file, of which no more is known than its ending."""
    return derive(payload, Hints(file_name=f"plan.{'txt' if name == 'text' else name}"))


def right(made: Plan, derived: Derived) -> int:
    """Return how many tasks of a plan were found with their own words and the body that leads them."""
    found = {task.text.rstrip("。"): task for task in derived.tasks}
    wanted = {words.rstrip("。"): lead for _, words, lead, *_ in made.rows}
    return sum(words in found and [one.mention for one in found[words].lead] == [lead] for words, lead in wanted.items())


def read_all(read: Read, files: Files) -> None:
    """Read a lot of files."""
    for _, payload in files:
        read(payload)


def format_figures(name: str, first: int) -> list[Figure]:
    """Measure one format on plans from a number on."""
    count = DOCUMENTS[name]
    lots = [[(made, FORMATS[name](made)) for made in map(plan, range(at, at + count))] for at in range(first, first + 8 * count, count)]
    ours = "bytes to tasks"
    reads: dict[str, Read] = {ours: partial(extracted, name), **LIBRARIES[name]}
    times = by_turns({each: next_of(partial(read_all, read), lots) for each, read in reads.items()}, ROUNDS, time.process_time)
    hits = sum(right(made, extracted(name, payload)) for made, payload in lots[0])
    size = sum(len(payload) for _, payload in lots[0]) // count
    best = next(iter(LIBRARIES[name]))
    return [
        rates(f"extract {name}" + ("" if each == best else f": {each}"), times, ours, each, count, "documents/s",
              bar=BAR if each == best else None, bytes=size, tasks=f"{hits} of {count * ROWS} right")
        for each in LIBRARIES[name]
    ]  # fmt: skip


def measure() -> list[Figure]:
    """Measure every format."""
    jieba.setLogLevel("ERROR")
    jieba.initialize()
    return [figure for at, name in enumerate(FORMATS) for figure in format_figures(name, 1000 * at)]


if __name__ == "__main__":
    main(measure, PACKAGES)
