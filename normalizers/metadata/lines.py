"""The lines of a document outside its tables, as its head and signature are read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from normalizers.deadlines.printed import fold_blanks, read
from normalizers.deadlines.units import find_units
from normalizers.records import BlockKind, Document

MAX_LINE = 400
"""Characters of a line that a title, number, signature or date can have; longer lines are text."""

MAX_LINES = 10_000
"""Lines from either end of a document that are looked at; heads and signatures stand there."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``raw`` as printed, ``text`` with its blanks folded; ``whole`` tells that it is a block of its own.

    ``start`` is where ``raw`` begins in ``Document.text``.
    """

    raw: str
    text: str
    kind: BlockKind
    whole: bool
    start: int = 0

    @property
    def short(self) -> bool:
        """Tell whether the line is too short and bare to be running text."""
        return len(self.text) <= MAX_LINE and "。" not in self.text


def lines_of(document: Document) -> list[Line]:
    """Return the filled lines of the blocks of text, or of the whole text where a reader made no blocks; tables give none."""
    out: list[Line] = []
    for block in document.blocks:
        if block.kind is not BlockKind.TABLE:
            out += _lines(block.text, block.span.start, block.kind)
    if len(out) > 2 * MAX_LINES:
        out = out[:MAX_LINES] + out[-MAX_LINES:]
    return out if document.blocks else _lines(document.text, 0, BlockKind.PARAGRAPH, whole=True)


def _lines(text: str, start: int, kind: BlockKind, *, whole: bool = False) -> list[Line]:
    """Return the filled lines of a text that begins at ``start``."""
    out: list[Line] = []
    parts = text.split("\n")
    single = whole or sum(1 for part in parts if part.strip()) == 1
    middle = range(MAX_LINES, len(parts) - MAX_LINES)
    for i, part in enumerate(parts):
        if i not in middle and (bare := part.strip()):
            out.append(Line(bare, fold_blanks(part), kind, single, start + len(part) - len(part.lstrip())))
        start += len(part) + 1
    return out


def only_date(text: str) -> date | None:
    """Return the day that a line consists of (2018年4 月9日, 二〇一八年四月九日, 2018-04-09 16:21), ``None`` for anything else."""
    if len(text) > MAX_LINE:
        return None
    plain = read(text).text.strip("()[].。")
    units = find_units(plain)
    if len(units) != 1 or units[0].grain != "day" or units[0].year is None or units[0].pos or plain[units[0].end :].strip(" :0123456789"):
        return None
    return units[0].days(units[0].year)[0]


def dated_tail(text: str) -> tuple[str, date] | None:
    """Return what stands before a day that ends a line, and the day (市信用办2018年4月9日), ``None`` where no day ends it."""
    if len(text) > MAX_LINE:
        return None
    printed = read(text)
    units = [u for u in find_units(printed.text) if u.grain == "day" and u.year is not None and not printed.text[u.end :].strip("。)")]
    if len(units) != 1 or units[0].pos == 0 or units[0].year is None:
        return None
    return printed.source[: printed.at[units[0].pos]].strip(), units[0].days(units[0].year)[0]
