"""Where a text can hold runs of UTF-8 read as GB 18030 that would be believed, told without reading all of it byte by byte.

Chinese text in GB 18030 is full of bytes that look like pieces of UTF-8, traditional text most of all. A run that is believed by itself
gives three characters back, seven bytes, so it goes on through four characters at least; a text misread twice is made of runs altogether.
Both show in the kinds of its characters, one letter each, by a regular expression.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from normalizers.text.charsets import GB18030
from normalizers.text.signs import PLANE, numbers
from normalizers.text.wrongread import gb_bytes

FEWEST = 3
"""So many characters must come back for a part to be believed by itself."""

_LINE, _ASCII, _ASCII_INSIDE, _BEGINS, _BEGINS_INSIDE, _OPEN, _OPEN_LONG, _INSIDE, _CLOSED = b"\nspABofkx"
"""Kinds of characters: a line feed; ASCII; a blank or mark, which may stand for bytes inside a run; what begins a run, or goes on with
one; what leaves a sequence open by its last byte, one of four bytes (``f``) for two characters more; two bytes from the inside of
sequences; and anything else."""

_ON = rb"(?:(?<=[Aofp])[ABofpkx]|(?<=fk)[ABofpkx]|(?<=[Bkx])[AB])"
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
"""One character in UTF-8. No byte inside begins another, so they are found however the bytes are cut."""

_RUN = re.compile(rb"A" + _ON + rb"{3,}")
_ALL_RUNS = re.compile(rb"\n[sp]*[AB](?:[spAB]|(?<=[Aofp])[ofkx]|(?<=fk)[ofkx])*(?=\n)")
"""A line; between line feeds rather than anchors, for a search goes by the first of them. No kind fits two of the ways: a line that is
none would be tried in all of them, which has no end."""


def _kind(char: str) -> int:
    if char < "\x80":
        return _LINE if char == "\n" else _ASCII_INSIDE if char in " ?" else _ASCII
    data = gb_bytes(char)
    if len(data) != 2:  # U+FFFD stands for any bytes, the euro sign for one; four bytes end in a digit
        return _CLOSED if len(data) == 4 else _OPEN
    lead, trail = data
    if 0x80 <= trail <= 0xBF:
        if 0xE0 <= lead <= 0xF4:
            return _BEGINS
        return _BEGINS_INSIDE if lead in (0xC2, 0xC3) else _INSIDE if lead <= 0xBF else _CLOSED
    return _OPEN_LONG if 0xF0 <= trail <= 0xF4 else _OPEN if 0xC2 <= trail <= 0xEF else _CLOSED


@lru_cache(maxsize=1)
def _kinds() -> npt.NDArray[np.uint8]:
    """Return the kind of each character of the basic plane and, behind them, of all others: their four bytes end in a digit."""
    return np.array([*map(_kind, map(chr, range(PLANE))), _CLOSED], np.uint8)


def runs_in(text: str) -> tuple[bool, list[str]]:
    """Return whether some line may be all runs, and the parts in which every run lies that gives ``FEWEST`` characters back.

    Few of these parts hold one.
    """
    kinds = _kinds().take(numbers(text), mode="clip").tobytes()
    parts = [text[found.start() : found.end()] for found in _RUN.finditer(kinds)]
    # One encoding for all: no character of GB 18030 has a line feed among its bytes, and no part has one.
    coded = "\n".join(parts).replace(" ", "\u3000").encode(GB18030, "replace").split(b"\n")
    enough = [part for part, data in zip(parts, coded, strict=False) if len(_SEQUENCE.findall(data)) >= FEWEST or "€" in part]
    return _ALL_RUNS.search(b"\n%b\n" % kinds) is not None, enough
