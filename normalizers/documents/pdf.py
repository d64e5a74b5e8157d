"""Read pdf files that carry text: paragraphs, ruled and unruled tables, without running headers and page numbers."""

from __future__ import annotations

import math
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from typing import Any

from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfparser import PDFSyntaxError
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from normalizers.documents.blocks import RawBlock
from normalizers.documents.builder import Source, build
from normalizers.documents.limits import MAX_PAGES, SECONDS_PER_PAGE, UnreadableError
from normalizers.documents.pdf_lines import (
    Char,
    Margins,
    PageLines,
    TextLine,
    margins,
    paragraphs,
    running_lines,
    text_lines,
    without_running,
)
from normalizers.documents.pdf_pages import MAX_CHARS, MAX_STEPS, MAX_STROKES, BoundedPage, BoundedPdf
from normalizers.documents.pdf_streams import OPENING_SECONDS, Budget, OutOfTimeError
from normalizers.documents.pdf_tables import SNAP, PageTable, Placed, join_parts, open_edges, ruled_table, unruled_table
from normalizers.records import BlockKind, Document, Hints, Origin, Repair

MAX_CROSSINGS = 8_000
"""Points in which lines of a page may cross; a form of 40 columns and 100 rows has half of them."""
SHORT_EDGE = 5.0
"""Points of the longest stroke that is no border of a cell."""
TWICE = 1
"""Points within which two equal characters are one that is printed twice."""
SLANT = 0.2
"""Tangent of the angle up to which a character counts as level."""
MOSTLY = 0.8
"""Share of characters that must stand across a page for the page to be turned."""
MAX_ACROSS = 30
"""Characters of a watermark or of an upright table's turned label, which go without a word."""
MIN_SECONDS = 30.0
MIN_TITLE_SIZE = 1.15
"""Type size of a title in relation to the text's."""
_READ_ERRORS = (
    PDFSyntaxError,
    PSException,
    PdfminerException,
    MalformedPDFException,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    zlib.error,
    RecursionError,
    OSError,
)
"""What pdfminer raises on damaged files: it trusts its input, so any of these means the file and not this code."""


Item = TextLine | PageTable


@dataclass(slots=True)
class _Page:
    number: int
    text: PageLines
    tables: list[PageTable]


@dataclass(slots=True)
class _Pages:
    pages: list[_Page] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    images: int = 0
    unmapped: int = 0
    letters: int = 0


def _once(page: Any) -> list[Char]:  # noqa: ANN401  pdfplumber has no types
    """Return the characters of a page, once each of those that are printed twice to look bold.

    pdfplumber compares every character with all the others to keep their order, so it is asked only where two of a line may be one.
    """
    line, last = 0, -math.inf
    places: dict[tuple[str, int], list[float]] = {}
    for char in sorted(page.chars, key=itemgetter("doctop")):
        line += char["doctop"] > last + TWICE
        last = char["doctop"]
        places.setdefault((char["text"], line), []).append(char["x0"])
    doubled = any(second <= first + TWICE for found in places.values() for first, second in pairwise(sorted(found)))
    chars: list[Char] = page.dedupe_chars(tolerance=TWICE).chars if doubled else page.chars
    return chars


def _upright(chars: Sequence[Char]) -> list[Char]:
    """Return the characters that stand upright: what lies across a page is a watermark."""
    return [char for char in chars if char.get("upright", True) and abs(char["matrix"][1]) < 0.2 * max(1e-6, abs(char["matrix"][0]))]


def _turn(char: Char) -> int:
    """Return the degrees by which a page must be turned clockwise for a character to stand upright, -1 for one that stands aslant."""
    across, down = char["matrix"][0], char["matrix"][1]
    if abs(down) < SLANT * abs(across):
        return 0 if across > 0 else 180
    return -1 if abs(across) >= SLANT * abs(down) else 90 if down > 0 else 270


def _turned_upright(page: Any) -> Any:  # noqa: ANN401  pdfplumber has no types
    """Return the page as its reader turns it: wide tables are printed across a page that the file calls upright."""
    turns = Counter(_turn(char) for char in page.chars)
    turn, count = turns.most_common(1)[0] if turns else (0, 0)
    if turn <= 0 or count < MOSTLY * len(page.chars):
        return page
    drawn = page.page_obj
    drawn.rotate = (drawn.rotate + turn) % 360
    drawn.attrs["Rotate"] = drawn.rotate
    return BoundedPage(page.pdf, drawn, page_number=page.page_number, initial_doctop=page.initial_doctop)


def _tables(page: Any, chars: Sequence[Char], number: int) -> list[PageTable]:  # noqa: ANN401  pdfplumber has no types
    drawn = page.find_tables()
    if level := [y for one in drawn for y in open_edges(one, page)]:
        drawn = page.find_tables({"explicit_horizontal_lines": level})
    placed = Placed(chars)
    found = [table for one in drawn if (table := ruled_table(one, placed, number))]
    found.sort(key=lambda table: table.top)
    return [table for n, table in enumerate(found) if not any(_within(table, other) for other in found[:n])]


def _within(inner: PageTable, outer: PageTable) -> bool:
    return (
        outer.top <= inner.top and inner.bottom <= outer.bottom and outer.edges[0] <= inner.edges[0] and inner.edges[-1] <= outer.edges[-1]
    )


def _crossings(page: Any) -> int:  # noqa: ANN401
    """Return in how many points the ruled lines of a page can cross, each of which costs a search for the cell that begins there."""
    ruled: dict[str, set[int]] = {"v": set(), "h": set()}
    for edge in page.edges:
        if edge["x1"] - edge["x0"] + edge["bottom"] - edge["top"] > SHORT_EDGE:
            ruled[edge["orientation"]].add(round((edge["x0"] if edge["orientation"] == "v" else edge["top"]) / SNAP))
    return len(ruled["v"]) * len(ruled["h"])


def _read_page(page: Any, number: int, into: _Pages) -> None:  # noqa: ANN401
    count = max(len(page.chars), page.canvas.chars)
    page = _turned_upright(page) if count <= MAX_CHARS else page
    printed = _once(page) if count <= MAX_CHARS else []
    chars = _upright(printed)
    if len(printed) - len(chars) > max(MAX_ACROSS, (1 - MOSTLY) * len(printed)):
        into.warnings.append(
            f"{len(printed) - len(chars)} characters of page {number} stand across it and were not read: compare with the page."
        )
    into.images += len(page.images)
    into.letters += len(chars)
    into.unmapped += sum(char["text"].startswith("(cid:") for char in chars)
    if page.images and not page.chars:
        into.warnings.append(f"Page {number} is a picture without text: run it through text recognition, or look for a text copy.")
    if count > MAX_CHARS:
        into.warnings.append(f"Page {number} has {count} characters and was not read.")
    if page.canvas.steps > MAX_STEPS:
        into.warnings.append(f"Page {number} is drawn in more than {MAX_STEPS} steps and was read only in part: compare with the page.")
    tables: list[PageTable] = []
    if not page.canvas.drawing and _crossings(page) <= MAX_CROSSINGS:
        tables = _tables(page, chars, number)
    else:
        into.warnings.append(
            f"Page {number} is a drawing of more than {MAX_STROKES} strokes or {MAX_CROSSINGS} crossings; no table was looked for on it."
        )
    loose = [char for char in chars if not any(_covers(table, char) for table in tables)]
    into.pages.append(_Page(number, PageLines(text_lines(loose, number), page.bbox[1], page.bbox[3]), tables))


def _covers(table: PageTable, char: Char) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(table.top <= y <= table.bottom and table.edges[0] <= x <= table.edges[-1])


def _read_each(opened: Any, budget: Budget, out: _Pages) -> None:  # noqa: ANN401
    """Read page after page until they or the time are at their end."""
    count = len(opened.pages)
    if count > MAX_PAGES:
        out.warnings.append(f"{budget.name} has {count} pages; those beyond {MAX_PAGES} were not read.")
    seconds = max(MIN_SECONDS, SECONDS_PER_PAGE * min(count, MAX_PAGES))
    budget.deadline = time.monotonic() + seconds
    for number, page in enumerate(opened.pages[:MAX_PAGES], start=1):
        try:
            budget.check()
            _read_page(page, number, out)
        except OutOfTimeError:
            out.warnings.append(f"Reading stopped at page {number} of {count} after {seconds:.0f} seconds.")
            break
        page.close()
    if budget.refusal:
        raise budget.refusal


def _read_pages(payload: bytes, name: str) -> _Pages:
    out, budget = _Pages(), Budget(name)
    try:
        with BoundedPdf(payload, budget) as opened:
            _read_each(opened, budget, out)
    except OutOfTimeError as error:
        raise UnreadableError(
            f"{name} takes more than {OPENING_SECONDS:.0f} seconds to open: print it to a new pdf, or look for another copy."
        ) from error
    except _READ_ERRORS as error:
        if budget.refusal:
            raise budget.refusal from None
        cause = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
        if isinstance(cause, PDFPasswordIncorrect):
            raise UnreadableError(f"{name} is protected by a password: ask its publisher for a copy without one.") from error
        said = ": ".join(part for part in (type(cause).__name__, str(cause)) if part)
        raise UnreadableError(f"{name} is damaged or protected ({said}): fetch it again, or look for another copy.") from error
    return out


# --- in order ------------------------------------------------------------------------------------------------------------------------


def _items(pages: Sequence[_Page]) -> Iterator[Item]:
    """Yield lines and tables in reading order."""
    for page in pages:
        items: list[Item] = [*page.text.lines, *page.tables]
        yield from sorted(items, key=lambda item: item.top)


def _joined_tables(items: Sequence[Item]) -> list[Item]:
    """Return the items with tables that page breaks cut put together: nothing may stand between their parts."""
    out: list[Item] = []
    for item in items:
        before = out[-1] if out else None
        if isinstance(item, PageTable) and isinstance(before, PageTable) and (whole := join_parts(before, item)):
            out[-1] = whole
        else:
            out.append(item)
    return out


def _with_unruled(items: Sequence[Item]) -> list[Item]:
    """Return the items with tables found among the lines by their headers."""
    out: list[Item] = []
    at = 0
    while at < len(items):
        run: list[TextLine] = []
        for item in items[at:]:
            if not isinstance(item, TextLine):
                break
            run.append(item)
        start = 0
        while start < len(run):
            found = unruled_table(run, start)
            out.append(found[0] if found else run[start])
            start = found[1] if found else start + 1
        at += len(run)
        if at < len(items):
            out.append(items[at])
            at += 1
    return out


def _blocks(items: Sequence[Item], area: Margins) -> list[RawBlock]:
    blocks: list[RawBlock] = []
    run: list[TextLine] = []
    sizes = sorted(item.size for item in items if isinstance(item, TextLine) for _ in item.text)
    usual = sizes[len(sizes) // 2] if sizes else 0.0

    def flush() -> None:
        for part in paragraphs(run, area):
            strong = part.size > MIN_TITLE_SIZE * usual
            blocks.append(RawBlock(part.text, origin=Origin("page", part.page), centred=part.centred and strong, strong=strong))
        run.clear()

    for item in items:
        if isinstance(item, TextLine):
            run.append(item)
        else:
            flush()
            first = item.table.cells[0].origin if item.table.cells else None
            blocks.append(RawBlock(kind=BlockKind.TABLE, table=item.table, origin=first))
    flush()
    return blocks


def read(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of a pdf; raise ``UnreadableError`` when it is damaged, protected, or carries no text layer."""
    read_pages = _read_pages(payload, name)
    running = running_lines([page.text for page in read_pages.pages if page.text.lines])
    if not any(page.tables or without_running(page.text, running)[0] for page in read_pages.pages):
        running = set()  # nothing else is on the pages: it is their text
    dropped = 0
    for page in read_pages.pages:
        page.text.lines, count = without_running(page.text, running)
        dropped += count
    items = _with_unruled(_joined_tables(list(_items(read_pages.pages))))
    if not items:
        seen = f"{read_pages.images} pictures and no text, as scans do" if read_pages.images else "no text"
        told = f" {read_pages.warnings[0]}" if read_pages.warnings else ""
        raise UnreadableError(f"{name} holds {seen}: not extracted; run it through text recognition, or look for a text copy.{told}")
    area = margins([line for page in read_pages.pages for line in page.text.lines])
    if read_pages.unmapped * 2 > read_pages.letters:
        raise UnreadableError(
            f"{name} prints with a font that does not tell its characters: not extracted; "
            "run it through text recognition, or look for a text copy."
        )
    if read_pages.unmapped:
        read_pages.warnings.append(
            f"{read_pages.unmapped} characters are of a font that does not name them and stand as (cid:…): compare with the pages."
        )
    repairs = (Repair("page-chrome", dropped),)
    return build(_blocks(items, area), Source(name, "pdf", repairs=repairs, warnings=tuple(read_pages.warnings)), hints)
