"""Where words stand in a text that is shown: a piece of it around the first of them, and the spans of all in the piece."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from normalizers.text.fold import fold
from storage.search_terms import BREAK, Word

BREAKS = re.compile(r"[。！？；!?;\t\f\v]|\n\n")
"""Where a sentence or a cell ends: no word runs across."""
_BLOCK = 512
_MARGIN = 800
"""Characters of a text that are read behind a block, so that a word across its end is found; words are shorter (``search.LONGEST``)."""

Span = tuple[int, int]


def spans(words: Sequence[Word | str], shown: str) -> list[Span]:
    """Return where folded words stand in a text as half-open spans, in order, those that overlap as one."""
    line, places = _letters(shown)
    found: list[Span] = []
    for each in _each(words):
        start = line.find(each)
        while start >= 0:
            found.append((places[start], places[start + len(each) - 1] + 1))
            start = line.find(each, start + 1)
    return _joined(sorted(found))


def snippet(words: Sequence[Word | str], shown: str, width: int = 60) -> tuple[str, list[Span]]:
    """Return a piece of the text around the first hit, ``width`` characters either side, and the spans of the hits in it."""
    first = _first(words, shown)
    if first is None:
        return shown[: 2 * width], []
    start, end = max(0, first - width), first + width
    found = spans(words, shown[start : end + _MARGIN])
    end = max([end, *(stop + start for begun, stop in found if begun + start == first)])
    return shown[start:end], [(begun, stop) for begun, stop in found if stop + start <= end]


def _first(words: Sequence[Word | str], shown: str) -> int | None:
    """Return where the first hit begins; the text is read no further than to there."""
    each = list(_each(words))
    for start in range(0, len(shown), _BLOCK):
        block = shown[start : start + _BLOCK + _MARGIN]
        line = _line(block)
        found = [at for word in each if (at := line.find(word)) >= 0]
        first = _place(block, min(found)) if found else _BLOCK
        if first < _BLOCK:
            return start + first
    return None


def _line(shown: str) -> str:
    """Return the folded letters of a text."""
    return shown.translate(_LETTERS).replace("\0\0", BREAK).replace("\0", "")


def _place(shown: str, letter: int) -> int:
    """Return the place of the character of which a folded letter came, by halves: a piece of the text folds to a piece of its letters."""
    return bisect_right(range(len(shown) + 1), letter, key=lambda end: len(_line(shown[:end]))) - 1


def _each(words: Sequence[Word | str]) -> Iterator[str]:
    for word in words:
        yield from (word,) if isinstance(word, str) else word


def _letters(shown: str) -> tuple[str, list[int]]:
    """Return the folded letters of a text, and the place of each in it."""
    letters: list[str] = []
    places: list[int] = []
    for at, character in enumerate(shown):
        piece = _LETTERS[ord(character)]
        if piece == "\0":
            piece = BREAK if shown[at + 1 : at + 2] == "\n" else ""
        letters.append(piece)
        places.extend([at] * len(piece))
    return "".join(letters), places


class _Letters(dict[int, str]):
    """What is left of each character when it is folded: breaks as such, the end of a line as a mark that two make a break."""

    def __missing__(self, character: int) -> str:
        told = chr(character)
        self[character] = piece = "\0" if told == "\n" else BREAK if BREAKS.match(told) else fold(told)
        return piece


_LETTERS = _Letters()


def _joined(found: list[Span]) -> list[Span]:
    out: list[Span] = []
    for start, end in found:
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out
