"""The terms of the search index: what stands in it for a folded text, on either database.

Chinese has no blanks between words, so terms are overlapping pieces of the text. SQLite's FTS5 keeps pairs of neighbours in their order:
a phrase of pairs stands there exactly where the word does. PostgreSQL keeps a set without order (a ``tsvector`` holds a megabyte at most
and 256 places of a term, and a long annex has more): single characters, pairs and threes. A word of up to three characters is therefore
found exactly; a longer one is checked against the text.

Marks (the site, the regions and the kind for which an entry counts) are terms, too, of a shape that no text has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

BREAK = "\n"
"""Stands in folded text where no word may run across."""

EXACT = 3
"""Characters of the longest word that PostgreSQL's terms find exactly."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_CODE = 4
"""Letters or digits of a character's code."""
_BITS = 21
"""A character of Unicode needs so many, so three fit into a whole number of PostgreSQL."""
_MARKS = 0x110000 << 2 * _BITS
"""Numbers from here on are marks: no character stands behind their first 21 bits."""
_ROOM = (1 << 63) - _MARKS

Word = tuple[str, ...]
"""A folded word and what may stand in its place; one of them must be found."""


def _code(number: int) -> str:
    """Return four letters or digits for a character: no tokenizer then has an opinion on what a letter is. None begins with ``z``."""
    out = ""
    for _ in range(_CODE):
        number, rest = divmod(number, 36)
        out = _DIGITS[rest] + out
    return out


class _Twice(dict[int, str]):
    """The code of every character at the end of one pair and at the beginning of the next, for ``str.translate``."""

    def __missing__(self, number: int) -> str:
        code = _code(number)
        self[number] = found = f"{code} {code}"
        return found


_TWICE = _Twice()


@lru_cache(maxsize=4096)
def _mark(mark: str) -> int:
    return _MARKS + int.from_bytes(blake2b(mark.encode(), digest_size=8).digest()) % _ROOM


# --- SQLite ------------------------------------------------------------------------------------------------------------


def terms(folded: str) -> list[str]:
    """Return the terms of a folded text in order: every pair of neighbours, and the last character of every piece alone."""
    return spelt(folded).split()


def spelt(folded: str) -> str:
    """Return the terms of a folded text with blanks between them."""
    # Behind the code of its first character a piece is its terms: each character ends one pair, and begins the next or stands alone.
    return " ".join([piece.translate(_TWICE)[_CODE + 1 :] for piece in folded.split(BREAK) if piece])


@lru_cache(maxsize=256)  # all tasks of a document have the same
def mark_terms(marks: str) -> str:
    """Return the terms of marks, which are parted by blanks."""
    return " ".join(f"z{_mark(mark):x}" for mark in marks.split())


def match_query(words: Iterable[Word], marks: str = "", *, titled: bool | None = None) -> str:
    """Return the query of FTS5 for entries that hold all the words; ``titled`` asks for those in whose title all stand, or not all."""
    said = " AND ".join(f"({' OR '.join(map(_phrase, word))})" for word in words)
    title = f"({{title}} : ({said}))"
    wanted = title if titled else f"(({said}) NOT {title})" if titled is False else f"({said})"
    return " AND ".join([wanted, *mark_terms(marks).split()])


def _phrase(word: str) -> str:
    pairs = terms(word)[:-1]
    return f'"{" ".join(pairs)}"' if pairs else f'"{_code(ord(word))}" *'


# --- PostgreSQL ----------------------------------------------------------------------------------------------------------


def numbers(folded: str) -> set[int]:
    """Return the terms of a folded text as a set: its characters, pairs and threes of neighbours."""
    found: set[int] = set()
    for piece in folded.split(BREAK):
        codes = list(map(ord, piece))
        pairs = [a << _BITS | b for a, b in pairwise(codes)]
        found.update(codes)
        found.update(pairs)
        found.update([a << _BITS | b for a, b in zip(pairs, codes[2:], strict=False)])
    return found


def word_numbers(word: str, *, titled: bool = False) -> list[int]:
    """Return the terms by which a word is found: the longest there are. Those of titles are the same below zero."""
    least = 1 << (min(len(word), EXACT) - 1) * _BITS
    found = sorted(number for number in numbers(word) if number >= least)
    return [-number for number in found] if titled else found


def array(title: str, folded: str, marks: str) -> str:
    """Return all terms of an entry as PostgreSQL writes an array."""
    found = numbers(folded)
    found.update(-number for number in numbers(title))
    found.update(_mark(mark) for mark in marks.split())
    return array_of(sorted(found))


def array_of(found: Sequence[int]) -> str:
    """Return numbers as PostgreSQL writes an array."""
    return f"{{{','.join(map(str, found))}}}"


def mark_numbers(marks: str) -> list[int]:
    """Return the terms of marks, which are parted by blanks."""
    return [_mark(mark) for mark in marks.split()]
