"""The lines below the header of a table printed line by line, in words, without the header said again and the headings of sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from normalizers.documents.broken_headers import LineHeader
from normalizers.documents.structure import heading_level
from normalizers.documents.textlines import BLANKS, Line, row_number, seen_words

MAX_LINES, MAX_WORDS = 1_500, 12
"""Lines of the longest table; words of a line: one of more is taken as one piece."""
ITEM = re.compile(r"\d{1,2}[.．、](?!\d)|[（(]\d{1,2}[）)]")
"""How an item of a list within a cell begins."""
_YEAR = re.compile(r"\d{1,4}")


def _words(line: Line) -> list[tuple[str, str]]:
    """Return the words of a line as printed and as recognised; figures stay with the year, month or measure behind them."""
    printed = BLANKS.split(line.raw.strip())
    seen = seen_words(printed, line.seen)
    if len(printed) > MAX_WORDS:
        return [(line.raw.strip(), line.seen.strip())]
    out: list[tuple[str, str]] = []
    for text, said in zip(printed, seen, strict=True):
        dated = out and (
            (_YEAR.fullmatch(out[-1][1]) and said[0] in "年月日" and len(out) > 1) or (out[-1][1].endswith("年") and said[0].isdigit())
        )
        if dated:
            out[-1] = f"{out[-1][0]} {text}", f"{out[-1][1]} {said}"
        else:
            out.append((text, said))
    return out


@dataclass(frozen=True, slots=True)
class BodyLines:
    """The filled lines below a header without the header said again: their words, indices and pages, and the headings of sections."""

    words: list[list[tuple[str, str]]]
    at: list[int]
    pages: list[int]
    banners: list[tuple[int, int]]


def body_lines(lines: Sequence[Line], start: int, header: LineHeader) -> BodyLines:
    """Return the lines below a header that its table may hold, of at most ``MAX_LINES``."""
    said = ["".join(line.seen.split()) for line in lines[start : header.stop] if not line.blank]
    body = BodyLines([], [], [], [])
    page, at, blank = 0, header.stop, 0
    while at < len(lines) and len(body.at) < MAX_LINES:
        line = lines[at]
        if line.blank:
            blank += 1
            at += 1
            continue
        if blank > 1 and body.at and lines[at].page == lines[body.at[-1]].page and row_number(line.seen.split()[0]) is None and blank > 3:
            break
        if "".join(line.seen.split()) == said[0] and (after := _repeated(lines, at, said)):
            page, at, blank = page + 1, after, 0
            continue
        page += bool(body.at) and line.page != lines[body.at[-1]].page
        if (
            header.labels[0] in {"序号", "编号"}
            and heading_level(line.seen.strip())
            and not ITEM.match(line.seen)
            and len(line.seen) < 40
            and row_number(line.seen.split()[0]) is None
        ):
            body.banners.append((len(body.at), at))
        else:
            body.words.append(_words(line))
            body.at.append(at)
            body.pages.append(page)
        blank = 0
        at += 1
    return body


def _repeated(lines: Sequence[Line], at: int, said: Sequence[str]) -> int:
    """Return the index after the header that stands again at a line, else 0."""
    for word in said:
        while at < len(lines) and lines[at].blank:
            at += 1
        if at == len(lines) or "".join(lines[at].seen.split()) != word:
            return 0
        at += 1
    return at
