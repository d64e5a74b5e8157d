"""A byte of GBK lost in the middle of a text: what follows is read one byte off, up to the first pair that is no character.

There a mark stands, U+FFFD or ``?``, and the reader is in step again. Between the two all characters come back for certain but two:
the one that lost the byte and the last one, whose second byte is the mark. These are guessed from the words around them, or stay
U+FFFD and are counted as left. A reader that leaves no mark leaves no trace to go by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from normalizers.records import Repair
from normalizers.text.charsets import is_everyday
from normalizers.text.damage import decode_pair
from normalizers.text.likelihood import Likelihood
from normalizers.text.outcome import Outcome

REACH = 48
"""Characters before a mark in which the byte may have been lost."""

GAIN = 12.0
"""How much likelier (natural logarithm) the characters must be when they are read one byte on."""

PASSABLE = -11.5
"""Log-likelihood a character that what is read back must have: two characters out of their words have less than prose."""

MARGIN = 2.5
"""How much likelier a guess must be than the next one."""

FINALISTS = 4
"""So many places are compared with their ends guessed."""

MOST = 120
"""Marks of one document that are tried."""

SIGN = re.compile("[?\ufffd]")
"""What stands for a lost byte."""

_STRETCH = re.compile(f"[^\x00-\x7f\ufffd]{{3,{REACH}}}(?:\ufffd|[?](?![\n\r)）]))")
_HIGH = range(0x81, 0xFF)


def forward(text: str, at: int) -> str:
    """Return a text in GBK of which byte ``at`` was lost, U+FFFD for each byte that makes no character then."""
    data = text.encode("gbk")
    return (data[:at] + data[at + 1 :]).decode("gbk", "replace")


def may_be_off(text: str) -> bool:
    """Tell whether a mark stands behind characters that may be one byte off."""
    return _STRETCH.search(text) is not None


def realign(text: str) -> Outcome:
    """Return the text with every stretch read back that is one byte off; sound text as it is."""
    tried = places = left = 0

    def mended(found: re.Match[str]) -> str:
        nonlocal tried, places, left
        tried += 1
        back = _read_back(found[0][:-1]) if tried <= MOST else ""
        places += bool(back)
        left += back.count("\ufffd")
        return back or found[0]

    text = _STRETCH.sub(mended, text)
    warning = (
        f"{places} stretches were read one byte off and put right; {left} characters at their ends are not known: compare another copy."
    )
    return Outcome(text, (Repair("shifted-bytes", places, places, left),) if places else (), (warning,) if places else ())


@lru_cache(maxsize=1)
def _words() -> Likelihood:
    return Likelihood()


def _read_back(stretch: str) -> str:
    """Return a stretch read one byte on from where it makes most sense, "" where it makes none."""
    score = _words().score
    ways: list[tuple[float, int, str]] = []
    for start in range(len(stretch) - 1):
        inner = _inner(stretch[start:])
        if inner and score(inner) >= PASSABLE * len(inner):
            ways.append((score(stretch[:start]) + score(inner), start, inner))
    likely = [way for way in sorted(ways, reverse=True)[:FINALISTS] if way[0] >= score(stretch) + GAIN]
    return max((_with_ends(stretch, start, inner) for _, start, inner in likely), default=(0.0, ""))[1]


def _with_ends(stretch: str, start: int, inner: str) -> tuple[float, str]:
    """Return a stretch read one byte on from ``start`` with its ends guessed, and how likely it is with the best guess at the first."""
    before, data = stretch[:start], stretch[start:].encode("gbk")
    firsts = [decode_pair(byte, data[0]) for byte in _HIGH] + [decode_pair(data[0], byte) for byte in _HIGH]
    likeliest, first = _guess(before[-4:], firsts, inner[:4])
    _, last = _guess((before + first + inner)[-4:], (decode_pair(data[-1], byte) for byte in _HIGH), "")
    worth = _words().score(before + likeliest + inner)
    return worth, before + (first or "\ufffd") + inner + (last or "\ufffd")


def _inner(shifted: str) -> str:
    """Return the characters between the first and the last byte of some characters, "" where those are none."""
    try:
        data = shifted.encode("gbk")
    except UnicodeEncodeError:
        return ""
    pairs = [decode_pair(data[n], data[n + 1]) for n in range(1, len(data) - 2, 2)]
    return "".join(pairs) if all(pairs) else ""


def _guess(before: str, chars: Iterable[str], after: str) -> tuple[str, str]:
    """Return the likeliest character between two strings, and the same if it is clearly so, else ""."""
    score = _words().score
    ranked = sorted({(score(before + char + after), char) for char in chars if char and is_everyday(char)}, reverse=True)
    if not ranked:
        return "", ""
    clear = len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= MARGIN
    return ranked[0][1], ranked[0][1] if clear else ""
