"""The blocks that every reader hands to the builder, and the joining of lines that a page broke."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from normalizers.documents.grid import RawTable
from normalizers.records import BlockKind, Origin

_UNSEEN = " \t\u3000\xa0\u200b\u200c\u200d\u2060\ufeff"
_LINE_ENDS = dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), "\n") | {0: " "}


class RawBlock(NamedTuple):
    """One block on its way into a document; ``text`` is as the source has it until ``build`` repairs it and keeps ``raw``.

    ``centred`` and ``strong`` are what its drawing says of its rank.
    """

    text: str = ""
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    origin: Origin | None = None
    table: RawTable | None = None
    centred: bool = False
    strong: bool = False
    raw: str = ""


def tidy(text: str) -> str:
    """Return the text with one kind of line break, no tab, and no blanks around lines; blank lines go."""
    if text.isprintable():  # no break, no tab, and no blank but the common one
        return text.strip()
    flat = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").translate(_LINE_ENDS)
    return "\n".join(line for line in (part.strip().strip(_UNSEEN) for part in flat.split("\n")) if line)


def is_wide(character: str) -> bool:
    """Tell whether a character fills a square, as Chinese characters and full-width punctuation do."""
    return unicodedata.east_asian_width(character) in "WF" or character in "“”‘’—…·"


def display_width(text: str) -> int:
    """Return the width of a text in half squares."""
    return sum(2 if is_wide(character) else 1 for character in text)


def join_lines(first: str, second: str) -> str:
    """Return two parts of one line put together: with a blank between words of letters, without one beside Chinese."""
    if not first or not second or is_wide(first[-1]) or is_wide(second[0]) or first[-1] == "-":
        return first + second
    both_digits = first[-1].isdigit() and second[0].isdigit()
    return first + second if both_digits else f"{first} {second}"
