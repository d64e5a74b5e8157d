"""The pages of a pdf, drawn within bounds that are kept while a page is drawn and not looked at afterwards.

A page may draw forms, which draw forms; what is counted is what is drawn, however little of the file says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from pdfminer.layout import LTPage
from pdfminer.pdfinterp import PDFContentParser, PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFStream, stream_value
from pdfminer.psexceptions import PSEOF
from pdfminer.psparser import PSKeyword, keyword_name
from pdfplumber.page import Page, PDFPageAggregatorWithMarkedContent
from pdfplumber.pdf import PDF
from pdfplumber.utils.exceptions import PdfminerException

from normalizers.documents.limits import UnreadableError
from normalizers.documents.pdf_fonts import Fonts
from normalizers.documents.pdf_streams import Bounded, BoundedDocument, Budget, OutOfTimeError

MAX_STROKES = 20_000
"""Lines and rectangles on a page beyond which it is a drawing, and no table is looked for."""
MAX_POINTS = 10 * MAX_STROKES
"""Points of all strokes on a page beyond which it is a drawing; a rectangle has five."""
MAX_CHARS = 60_000
"""Characters on a page beyond which it is no page of text."""
MAX_STEPS = 1_500_000
"""Instructions that draw a page, and what they take; one that is full of text has up to 100,000."""
MAX_WORD = 2**18
"""Bytes of one string among the instructions, which pdfminer puts together piece by piece; a line of text has some hundreds."""
MAX_FIGURES = 20_000
"""Forms and pictures that a page draws; scans that are cut up have some hundreds."""
MAX_FORMS_DEEP = 20
"""Forms that draw one another; those of programs that place pages on pages have up to five."""
MAX_SAVED = 10_000
"""States that a page lays by to come back to; readers of old take 28."""


class _Content(Bounded, PDFContentParser):
    """The parser of what draws a page."""

    longest = MAX_WORD

    def __init__(self, streams: Sequence[object], budget: Budget) -> None:
        self.budget = budget
        super().__init__(streams)

    def get_inline_data(self, pos: int, target: bytes = b"EI") -> tuple[int, bytes]:
        """Return the bytes of a picture that stands among the instructions: to the mark that ends it and a blank after it."""
        self.seek(pos)
        data, matched = bytearray(), 0
        while matched <= len(target):
            self.fillbuf()
            if not matched:
                found = self.buf.find(target[:1], self.charpos)
                end = found + 1 if found >= 0 else len(self.buf)
                data += self.buf[self.charpos : end]
                self.charpos, matched = end, int(found >= 0)
                continue
            char = self.buf[self.charpos : self.charpos + 1]
            data += char
            self.charpos += 1
            goes_on = char.isspace() if matched == len(target) else char == target[matched : matched + 1]
            matched = matched + 1 if goes_on else 0
        del data[-(len(target) + 1) :]
        return pos, re.sub(rb"(\x0d\x0a|[\x0d\x0a])$", b"", bytes(data))


class Canvas(PDFPageAggregatorWithMarkedContent):
    """What a page is drawn on: beyond a bound it counts and keeps nothing."""

    def __init__(self, resources: PDFResourceManager, number: int, budget: Budget) -> None:
        super().__init__(resources, pageno=number)
        self.budget = budget
        self.chars = self.strokes = self.points = self.steps = self.figures = 0

    @property
    def drawing(self) -> bool:
        """Whether the page has more strokes than one with tables has."""
        return self.strokes > MAX_STROKES or self.points > MAX_POINTS

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:  # noqa: ANN401
        """Draw characters."""
        size = sum(len(each) for each in seq if isinstance(each, bytes))
        self.chars += size // 2 if textstate.font.is_multibyte() else size
        if self.chars <= MAX_CHARS:
            super().render_string(textstate, seq, ncs, graphicstate)

    def paint_path(self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Any) -> None:  # noqa: ANN401
        """Draw a stroke, or each of a path of several."""
        shape = "".join(step[0] for step in path)
        if shape.startswith("m") and shape.count("m") > 1:
            for found in re.finditer(r"m[^m]+", shape):
                self.paint_path(gstate, stroke, fill, evenodd, path[found.start() : found.end()])
            return
        self.points += len(path)
        self.strokes += 1
        if not self.drawing:
            super().paint_path(gstate, stroke, fill, evenodd, path)

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:  # noqa: ANN401
        """Begin a form or picture."""
        self.figures += 1
        if self.figures > MAX_FIGURES:
            raise self.budget.refuse(
                f"draws more than {MAX_FIGURES} forms and pictures on page {self.pageno}: print it to a new pdf, or look for another copy."
            )
        super().begin_figure(name, bbox, matrix)


def _operators() -> dict[str, tuple[str, int]]:
    """Return pdfminer's methods and the number of what they take, by their operators."""
    out = {}
    for method in dir(PDFPageInterpreter):
        if method.startswith("do_"):
            name = method.removeprefix("do_").replace("_a", "*").replace("_w", '"').replace("_q", "'")
            out[name] = (method, getattr(PDFPageInterpreter, method).__code__.co_argcount - 1)
    return out


_OPERATORS = _operators()


class Interpreter(PDFPageInterpreter):
    """Draws a page, and the forms on it, step by step as far as may be."""

    device: Canvas

    def __init__(self, rsrcmgr: PDFResourceManager, device: Canvas) -> None:
        super().__init__(rsrcmgr, device)
        self.depth = 0

    def subinterp(self) -> PDFPageInterpreter:
        """Return the interpreter of a form that this one draws."""
        inner = cast(Interpreter, super().subinterp())
        inner.depth = self.depth + 1
        if inner.depth > MAX_FORMS_DEEP:
            raise self.device.budget.refuse(
                f"draws forms within one another more than {MAX_FORMS_DEEP} deep: print it to a new pdf, or look for another copy."
            )
        return inner

    def do_q(self) -> None:
        """Lay the state by."""
        if len(self.gstack) < MAX_SAVED:
            super().do_q()

    def execute(self, streams: Sequence[object]) -> None:
        """Do what streams say, without those that are being done already: a form cannot draw itself."""
        found = [stream for stream in map(stream_value, streams) if stream.objid is not None and stream.objid not in self.parent_stream_ids]
        self.stream_ids = {cast(int, stream.objid) for stream in found}
        for name in self._steps(found):
            method, takes = _OPERATORS[name]
            args = self.pop(takes)
            if len(args) == takes:
                getattr(self, method)(*args)

    def _steps(self, streams: Sequence[PDFStream]) -> Iterator[str]:
        """Yield the operators, with what they take on the stack, until the page has had its steps."""
        try:
            parser = _Content(streams, self.device.budget)
            while self.device.steps <= MAX_STEPS:
                _, found = parser.nextobject()
                self.device.steps += 1
                if not isinstance(found, PSKeyword):
                    self.push(found)
                elif (name := keyword_name(found)) in _OPERATORS:
                    yield name
        except PSEOF:
            return


@contextmanager
def _what_is_damaged() -> Iterator[None]:
    """Let pdfminer's errors, which may be any, be those of a damaged file; what was found beyond bounds stays what it is."""
    try:
        yield
    except (UnreadableError, OutOfTimeError):
        raise
    except Exception as error:
        raise PdfminerException(error) from error


class BoundedPage(Page):
    """A page of pdfplumber's that is drawn within bounds."""

    pdf: BoundedPdf
    canvas: Canvas

    @property
    def layout(self) -> LTPage:
        """What is drawn on the page."""
        if not hasattr(self, "_layout"):
            self.canvas = Canvas(self.pdf.rsrcmgr, self.page_number, self.pdf.budget)
            with _what_is_damaged():
                Interpreter(self.pdf.rsrcmgr, self.canvas).process_page(self.page_obj)
            self._layout = self.canvas.get_result()
        return self._layout


class BoundedPdf(PDF):
    """A file of pdfplumber's that is read within a budget."""

    def __init__(self, payload: bytes, budget: Budget) -> None:
        self.budget = budget
        self.laparams = self.unicode_norm = None
        self.stream_is_external = True
        with _what_is_damaged():
            self.doc = BoundedDocument(payload, budget)
        self.rsrcmgr = Fonts(budget)

    @property
    def pages(self) -> list[Page]:
        """The pages, not yet drawn."""
        if not hasattr(self, "_pages"):
            found: list[Page] = []
            with _what_is_damaged():
                for number, page in enumerate(PDFPage.create_pages(self.doc), start=1):
                    top = found[-1].initial_doctop + found[-1].height if found else 0
                    found.append(BoundedPage(self, page, page_number=number, initial_doctop=top))
            self._pages = found
        return self._pages

    def close(self) -> None:
        """Let go of what was drawn; pdfplumber would look for the pages once more to close them."""
        for page in getattr(self, "_pages", ()):
            page.close()
        self.flush_cache()
