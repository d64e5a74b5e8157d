"""The normal spelling of a printed code: ASCII without blanks and hyphens, letters raised; nothing else is changed.

A letter that the alphabet of a code lacks (O, I, Z, S, V) stays: it is told, never replaced.
"""

from __future__ import annotations

import re
import string

from normalizers.text.width import letters

DASHES = (
    "\\-\u00ad\u058a\u2010-\u2015\u2043\u2212\u2500\u2501\u2e3a\u2e3b\u2e40\u301c\u3030\u30fc\ufe31\ufe32\ufe58\ufe63\uff0d\uff70~\uff5e"
)
"""Hyphens, dashes, minus signs and what is typed for them: the lines of box drawings and the long vowel mark of Japanese."""

_LEFT_OUT = re.compile(f"[\\s{DASHES}]+")
_RAISED = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
"""Letters of ASCII alone: ``str.upper`` also makes I of the dotless ı."""

_WHOLE_FLOAT = re.compile(r"(\d{1,20})\.0{1,6}")
"""A number that a program kept as a fraction: 110108000000016.0."""

_HIDDEN = str.maketrans("＊✱●█", "****")
_IDEOGRAPHS = ("\u3400", "\u9fff")


def fold(printed: str) -> str:
    """Return ``printed`` in half-width characters without blanks, dashes and characters without width, ASCII letters raised."""
    return _LEFT_OUT.sub("", letters(printed).text).translate(_RAISED)


def normal_spelling(printed: str) -> str:
    """Return the code in ``printed`` in its normal spelling: folded, without the label, brackets and quotes around it.

    ``（统一社会信用代码：9131 0000 1322 6025 0x）`` gives ``91310000132260250X``. Asterisks that hide characters stay. Empty where
    there is neither a letter nor a digit.
    """
    text = fold(printed.translate(_HIDDEN))
    start = next((place for place, char in enumerate(text) if _belongs(char)), len(text))
    end = next((len(text) - place for place, char in enumerate(reversed(text)) if _belongs(char)), start)
    core = text[start:end]
    whole = _WHOLE_FLOAT.fullmatch(core)
    return whole[1] if whole else core


def _belongs(char: str) -> bool:
    """Tell whether a character can be part of a code, be it a wrong one: not punctuation, not a word of Chinese around it."""
    return char in "*〇" or (char.isalnum() and not _IDEOGRAPHS[0] <= char <= _IDEOGRAPHS[1])
