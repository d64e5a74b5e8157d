"""Where words stand in a text that is shown: a piece of it around the first of them, and the spans of all in the piece."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, repeat

from normalizers.text.fold import fold
from storage.search_terms import BREAK, Word

BREAKS = re.compile(r"[。！？；!?;\t\f\v]|\n\n")
"""Where a sentence or a cell ends: no word runs across."""
_BLOCK = 512
"""Characters of a text that are read at once."""
_MARGIN, _WIDEST = 8, 800
"""So many times the letters of the longest word are read behind a snippet, so that a word across its end is found; characters at most."""

Span = tuple[int, int]


def spans(words: Sequence[Word | str], shown: str) -> list[Span]:
    """Return where folded words stand in a text as half-open spans, in order, those that overlap as one."""
    line = _line(shown)
    here = [each for each in _each(words) if each in line]
    if not here:
        return []
    places = _places(shown)
    found: list[Span] = []
    for each in here:
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
    longest = max(map(len, _each(words)))
    found = spans(words, shown[start : end + _MARGIN * longest])
    if not any(begun + start == first for begun, _ in found):  # its letters are parted by a leader of dots or dashes
        found = spans(words, shown[start : end + _WIDEST])
    end = max([end, *(stop + start for begun, stop in found if begun + start == first)])
    return shown[start:end], [(begun, stop) for begun, stop in found if stop + start <= end]


def _first(words: Sequence[Word | str], shown: str) -> int | None:
    """Return where the first hit begins; the text is read piece by piece, and no further than to there."""
    each = list(_each(words))
    longest = max(map(len, each), default=0)
    line, cuts, letters = "", [0], [0]
    looked = 0
    while cuts[-1] < len(shown):
        stop = _end_of_piece(shown, cuts[-1] + _BLOCK)
        line += _line(shown[cuts[-1] : stop])
        cuts.append(stop)
        letters.append(len(line))
        found = min((at for word in each if (at := line.find(word, looked)) >= 0), default=None)
        if found is None:
            looked = max(0, len(line) - longest + 1)
        elif len(line) >= found + longest or stop == len(shown):
            # No other word begins before it and ends in what was not read.
            piece = bisect_right(letters, found) - 1
            return cuts[piece] + _places(shown[cuts[piece] : cuts[piece + 1]])[found - letters[piece]]
    return None


def _end_of_piece(shown: str, stop: int) -> int:
    """Return an end at which no two ends of lines are parted."""
    while shown[stop : stop + 1] == "\n":
        stop += 1
    return min(stop, len(shown))


def _line(shown: str) -> str:
    """Return the folded letters of a text."""
    return shown.replace("\n\n", "。").translate(_LETTERS)


def _each(words: Sequence[Word | str]) -> Iterator[str]:
    for word in words:
        yield from (word,) if isinstance(word, str) else word


def _places(shown: str) -> Sequence[int]:
    """Return where each letter of ``_line`` stands in the text."""
    lengths = list(map(len, map(_LETTERS.__getitem__, map(ord, shown))))
    at = shown.find("\n\n")
    while at >= 0:
        lengths[at] = len(BREAK)
        at = shown.find("\n\n", at + 2)
    if lengths.count(1) == len(lengths):
        return range(len(lengths))
    return list(chain.from_iterable(map(repeat, range(len(lengths)), lengths)))


class _Letters(dict[int, str]):
    """What is left of each character when it is folded: breaks as such, nothing of the end of a line, of which only two are a break."""

    def __missing__(self, character: int) -> str:
        told = chr(character)
        self[character] = piece = BREAK if BREAKS.match(told) else fold(told)
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
