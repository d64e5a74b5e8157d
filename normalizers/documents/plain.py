"""Read plain text and Markdown: chrome of the page it was copied from goes, tables are found, broken paragraphs are put together."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from normalizers.documents import markdown
from normalizers.documents.aligned_tables import read_aligned
from normalizers.documents.bare_folios import bare_folios
from normalizers.documents.blocks import RawBlock, join_lines
from normalizers.documents.builder import Source, build
from normalizers.documents.cell_streams import read_stream
from normalizers.documents.chrome import chrome_lines, folios
from normalizers.documents.drawn_grids import read_drawn, read_ruled
from normalizers.documents.grid import place
from normalizers.documents.html import read_table_markup
from normalizers.documents.labels import MAX_LABEL, column_of, is_label, may_begin_header
from normalizers.documents.limits import MAX_MARKUP, UnreadableError, check_size
from normalizers.documents.row_tables import read_spaced, read_tabbed
from normalizers.documents.stacked_tables import read_numbered_cells, read_records
from normalizers.documents.structure import LABEL_LINE, heading_level, looks_like_title
from normalizers.documents.table_quality import has_doubts, quality
from normalizers.documents.textlines import Found, Line
from normalizers.documents.visual_lines import read_visual
from normalizers.records import BlockKind, Document, Hints, Origin, Repair
from normalizers.text.clean import clean
from normalizers.text.decode import decode

LONG_PARAGRAPH = 40
"""A line of so many characters that ends without a mark was broken by a page, not by its writer."""
MAX_PARAGRAPH = 20_000
"""Characters of the longest paragraph that a broken line is still joined to."""
LONG_BRACKET = 300
"""Characters of a bracket that names bodies; one left open for longer is a slip."""
MIN_WRAP, MAX_WRAP = 18, 60
"""Characters a line of hard-wrapped Chinese text holds; a sheet of official paper holds 28 (GB/T 9704-2012, 5.2.3)."""
WRAPPED_SHARE = 0.5
"""Share of unended lines that must be full for a text to count as hard-wrapped."""

SWITCH = 1.2
"""How many times better a later form must read than an earlier one to be taken."""
BROKEN = 1.6
"""Lines a row from which the cells of a table are broken over lines."""
MARGIN = 0.08
"""By which part of a row for each row it must read better too, up to a whole one."""

CLEAN = 0.43
"""Worth of a row (see ``table_quality``) from which no dearer form is tried."""
MAX_VISUAL, VISUAL_LOOK = 1_500, 100
"""Lines of one text that the dearest form may read, and what a look at a header counts."""
MAX_LOOKS = 30
"""Headers with poor rows, told by place and content, in one text; more are hostile, and a look at one is dear."""
SURE = 0.25
"""Worth of a row (see ``table_quality``) below which a reader is told that cells may be mixed up."""
MIXED = "The cells of a table do not fit its labels throughout: compare it with the source."
LOST = "A table could not be read surely: its text is kept as it stands, and holds tasks that were not found."
LOST_LABELS = 3
"""Kinds of labels that stand alone in lines outside tables from which a table was taken apart by its converter."""
MAX_FAILURES = 30
"""Headers without rows in one text; more are hostile, and each costs a look at the lines below it."""

_ENDS = '。！？!?；;：:…）)】]”"’》|'
_STARTS_NEW = re.compile(
    r"\s|[（(]?[一二三四五六七八九十\d]{1,4}(?:[）)、]|[.．](?!\d))|第[一二三四五六七八九十百\d]{1,5}[章节条款]|附\s*件|附[:：]|[-*•●■◆★#>|]|(?:19|20)\d\d年\d{1,2}月\d{1,2}日$"
)
_CLOSES = "，。、；：！？）》”’】,;!?)"
"""No line of Chinese begins with these (GB/T 15834-2011, 5.1): one that does goes on with the line above, however that ended."""
_NUMBER_LINE = re.compile(r"[\u4e00-\u9fff]{1,14}[〔\[（(](?:19|20)\d\d[〕\]）)]\s*第?\s*\d{1,5}\s*号$")
_DAY_LINE = re.compile(r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日$")
_PUNCTUATED = re.compile(r"[，。；、,;]")
_TABLE_OPEN = re.compile(r"<table\b", re.IGNORECASE)
_TABLE_CLOSE = re.compile(r"</table\s*>", re.IGNORECASE)


def _lines(text: str) -> list[Line]:
    """Return the lines as printed and as seen after repair."""
    paged = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", " ")
    pages = [number for number, page in enumerate(paged.split("\x0c")) for _ in page.split("\n")]
    flat = paged.replace("\x0c", "\n")
    seen = clean(flat).text.split("\n")
    printed = zip(flat.split("\n"), seen, pages, strict=True)
    return [Line(number, line, view, page) for number, (line, view, page) in enumerate(printed, start=1)]


def _without_chrome(lines: Sequence[Line]) -> tuple[list[Line], tuple[Repair, ...]]:
    """Return the lines with those of the page made blank, and how many were."""
    site, numbers = chrome_lines([line.seen for line in lines])
    numbers |= folios([line.raw for line in lines], [line.page for line in lines]) - site
    if not any(line.page and not line.blank for line in lines):
        known = site | numbers
        numbers |= bare_folios(["" if at in known else line.raw for at, line in enumerate(lines)])
    filled = sum(not lines[at].blank for at in site)
    balloons = {at for at, line in enumerate(lines) if not line.seen.strip() and any(map(str.isalnum, line.raw))}  # clean() left nothing
    gone = site | numbers | balloons
    kept = [replace(line, raw="", seen="") if at in gone else line for at, line in enumerate(lines)]
    return kept, (Repair("site-chrome", filled), Repair("page-number", len(numbers)), Repair("tracked-changes", len(balloons)))


def _read_markup(lines: Sequence[Line], start: int) -> Found | None:
    """Return an HTML table inside a text, as converters of PDF to Markdown write them."""
    if not _TABLE_OPEN.search(lines[start].raw):
        return None
    stop = start
    while stop < len(lines) and not _TABLE_CLOSE.search(lines[stop].raw):
        stop += 1
    if stop == len(lines):
        return None
    table = read_table_markup("\n".join(line.raw for line in lines[start : stop + 1]))
    if table is None:
        return None
    cells = tuple(cell._replace(origin=Origin("line", lines[start].number)) for cell in table.cells)
    return Found(replace(table, cells=cells), stop + 1)


_Form = Callable[[Sequence[Line], int], Found | None]
_MARKED: tuple[_Form, ...] = (_read_markup, read_drawn, read_ruled, markdown.read_pipes, read_tabbed)
"""Forms that state where their cells end."""
_TOLD: tuple[_Form, ...] = (read_records, read_numbered_cells, read_aligned, read_spaced, read_stream, read_visual)
"""Forms whose cells are told by place and content: the one whose cells fit its labels best is taken."""


class _Finder:
    """Looks for tables line by line, until ``MAX_FAILURES`` headers had no rows or ``MAX_LOOKS`` had poor ones."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._failures = 0
        self._visual = MAX_VISUAL
        self._looks = 0
        self.lost = False

    def at(self, start: int) -> Found | None:
        """Return the table that begins at a line."""
        line = self._lines[start]
        if line.blank:
            return None
        for form in _MARKED:
            if found := form(self._lines, start):
                return found
        if self._failures >= MAX_FAILURES or not may_begin_header(line.seen):
            return None
        if self._looks >= MAX_LOOKS:
            self.lost = True
            return None
        forms = _TOLD if self._visual > 0 else _TOLD[:-1]
        found, refused = _told(self._lines, start, forms)
        self.lost = self.lost or refused
        labelled = any(is_label(word) for word in line.seen.split())
        if not found or quality(found.table) < CLEAN * (found.table.rows - 1):
            self._visual -= VISUAL_LOOK + (found.stop - start if found else 0)
            self._looks += labelled
        self._failures += found is None and labelled
        return found


def _margin(best: Found, start: int, form: _Form | None) -> float:
    """Return by how much a later form must read better: by a row in a long table, by less in a short one.

    A form that takes a row for a line is not to be preferred where the cells of most rows are broken over lines.
    """
    broken = form is read_spaced and best.stop - start > BROKEN * best.table.rows
    return 0.0 if broken else min(1.0, MARGIN * (best.table.rows - 1))


def _told(lines: Sequence[Line], start: int, forms: Sequence[_Form] = _TOLD) -> tuple[Found | None, bool]:
    """Return the table that begins at a line, and whether one was refused because its cells contradict their labels."""
    best: Found | None = None
    taken: _Form | None = None
    for form in forms:
        if form is read_visual and best and quality(best.table) >= CLEAN * (best.table.rows - 1):
            break
        found = form(lines, start)
        if found and (best is None or quality(found.table) > SWITCH * max(0.0, quality(best.table)) + _margin(best, start, taken)):
            best, taken = found, form
    if best and quality(best.table) < 0:  # cells that contradict their labels are mixed up: the text is kept as it stands
        return None, True
    unsure = best is not None and (quality(best.table) < SURE * (best.table.rows - 1) or has_doubts(best.table))
    if best and unsure and not best.table.warnings:
        return replace(best, table=replace(best.table, warnings=(MIXED,))), False
    return best, False


def _has_lost_table(lines: Sequence[Line]) -> bool:
    """Tell whether labels of a table stand alone in lines outside all tables: a converter wrote its cells column by column."""
    kinds = {column_of(line.seen) for line in lines if len(line.seen) <= MAX_LABEL and is_label(line.seen)} - {""}
    return len(kinds) >= LOST_LABELS and bool(kinds & {"lead", "partner", "responsible"})


# --- paragraphs --------------------------------------------------------------------------------------------------------------


def _wrap_width(lines: Sequence[Line]) -> int:
    """Return the length of a full line where a text is hard-wrapped, else 0."""
    printed = [line.raw.strip() for line in lines if not line.blank]
    if len(printed) < 8:
        return 0
    width = sorted(map(len, printed))[int(len(printed) * 0.9)]
    unended = [len(text) for text in printed if text[-1] not in _ENDS and (len(text) >= width - 3 or not _stands_alone(text))]
    full = sum(width - 3 <= length <= width + 2 for length in unended)
    return width if MIN_WRAP <= width <= MAX_WRAP and full >= max(4, WRAPPED_SHARE * len(unended)) else 0


def _stands_alone(text: str) -> bool:
    """Tell whether a short line is whole without a mark at its end: a heading, a document number, a label, a date."""
    return heading_level(text) > 0 or any(shape.match(text) for shape in (_NUMBER_LINE, LABEL_LINE, _DAY_LINE))


def _is_open(text: str) -> bool:
    """Tell whether the bracket that a text opened last is still open."""
    tail = text[-LONG_BRACKET:]
    return tail.count("（") + tail.count("(") > tail.count("）") + tail.count(")")


def _goes_on(first: Line, text: str, second: Line, *, apart: bool, width: int) -> bool:
    """Tell whether ``second`` goes on with the paragraph ``text`` whose last line is ``first``; ``apart``: blank lines lie between."""
    if len(text) > MAX_PARAGRAPH or second.indented:
        return False
    full = bool(width) and len(first.raw.strip()) >= width - 3 and (not apart or _PUNCTUATED.search(text) is not None)
    if full and (second.seen[0] in _CLOSES or (_is_open(text) and not _NUMBER_LINE.match(second.seen))):
        return True
    if text[-1] in _ENDS or any(begins.match(second.seen) for begins in (_STARTS_NEW, _NUMBER_LINE, LABEL_LINE)):
        return False
    if full:  # a heading as long as the page is wide is the beginning of a sentence
        return True
    if heading_level(text) or (width and not apart):
        return False
    sentence = _PUNCTUATED.search(text) is not None and _PUNCTUATED.search(second.seen) is not None
    return len(text) >= LONG_PARAGRAPH and sentence and not looks_like_title(text) and "。" in second.seen


def _paragraphs(lines: Sequence[Line], width: int, marked: bool) -> tuple[list[RawBlock], int]:
    """Return text blocks, and how many breaks within paragraphs were mended."""
    blocks: list[RawBlock] = []
    mended = 0
    last: tuple[int, Line] | None = None
    for at, line in enumerate(lines):
        if line.blank:
            continue
        text = line.raw.strip()
        if (
            last
            and blocks[-1].kind is BlockKind.PARAGRAPH
            and _goes_on(last[1], blocks[-1].text, line, apart=at - last[0] > 1, width=width)
        ):
            blocks[-1] = blocks[-1]._replace(text=join_lines(blocks[-1].text, markdown.inline_text(text) if marked else text))
            mended += 1
        else:
            blocks.append(_block(text, line.number, marked))
        last = at, line
    return blocks, mended


def _block(text: str, number: int, marked: bool) -> RawBlock:
    origin = Origin("line", number)
    heading = markdown.heading(text) if marked else None
    if heading:
        return RawBlock(heading[1], BlockKind.HEADING, heading[0], origin)
    return RawBlock(markdown.inline_text(markdown.item_text(text)) if marked else text, origin=origin)


def _blocks(lines: Sequence[Line], marked: bool) -> tuple[list[RawBlock], int, tuple[str, ...]]:
    """Return the blocks, how many breaks were mended, and warnings."""
    found: list[tuple[int, Found]] = []
    loose: list[Line] = []
    at = 0
    finder = _Finder(lines)
    while at < len(lines):
        table = finder.at(at)
        if table:
            found.append((at, table))
            at = table.stop
        else:
            loose.append(lines[at])
            at += 1
    width = _wrap_width(loose)
    blocks: list[RawBlock] = []
    mended = start = 0
    for begin, table in [*found, (len(lines), Found(place([]), len(lines)))]:
        texts, count = _paragraphs(lines[start:begin], width, marked)
        blocks.extend(texts)
        mended += count
        if table.table.cells:
            blocks.append(RawBlock(kind=BlockKind.TABLE, table=table.table, origin=Origin("line", lines[begin].number)))
        start = table.stop
    return blocks, mended, (LOST,) if finder.lost or _has_lost_table(loose) else ()


def read(payload: bytes, hints: Hints, name: str, media: str = "text") -> Document:
    """Return the document of a plain text or Markdown file; raise ``UnreadableError`` when it holds no text."""
    check_size(len(payload), MAX_MARKUP, name)
    decoded = decode(payload, declared=hints.charset)
    if not decoded.text.strip():
        raise UnreadableError(f"{name} holds no text: fetch it again, or leave it out.")
    lines = _lines(decoded.text)
    if media == "markdown":
        front, title = markdown.front_matter(lines)
        lines = markdown.prepare(lines[front:])
        hints = replace(hints, title=hints.title or title)
    lines, removed = _without_chrome(lines)
    blocks, mended, warnings = _blocks(lines, media == "markdown")
    repairs = (*decoded.repairs, *removed, Repair("broken-line", mended))
    return build(blocks, Source(name, media, decoded.encoding, repairs, (*decoded.warnings, *warnings)), hints)
