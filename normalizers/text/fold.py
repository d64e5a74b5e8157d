"""Fold a text to what its reader would call the same, for hashes, fingerprints and comparison.

Blanks, punctuation, brackets, quotation marks and the width of letters and digits carry no meaning here and go;
letters, digits and characters stay. Script and damage are put right before (``clean``), not here.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

MARKS = frozenset("%‰≤≥±")
"""Signs behind or before a number that change what it says."""

_MARK = "[，。、；：！？（）“”‘’《》]"
_PUNCTUATION = re.compile(rf"(?<!{_MARK}){_MARK}++(?=[\u4e00-\u9fffA-Za-z0-9\n\t ]|$)")
"""Marks that go in any case. Without them most Chinese text is in NFKC already, which is seen much faster than it is brought about;
what stands behind them joins no character before them."""

_NOT_FOLDED = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"(?<![0-9])[0-9]++(?:\.[0-9]++)+")
_DROPPED = re.compile(rf"(?:[^\w{''.join(sorted(MARKS))}.]|_)+")


def fold(text: str) -> str:
    """Return the letters, digits and characters of ``text`` only, in NFKC and lower case: what it is looked up by."""
    return _NOT_FOLDED.sub("", _plain(text))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", _PUNCTUATION.sub("", text)).lower()


def compared(text: str) -> str:
    """Return what of ``text`` is compared: as ``fold``, with decimal points (3.5, not 2018.4.9) and the signs of ``MARKS``."""
    plain = _DROPPED.sub("", _plain(text))
    if "." not in plain:
        return plain
    plain = _NUMBER.sub(lambda found: found[0].replace(".", "\0") if found[0].count(".") == 1 else found[0], plain)
    return plain.replace(".", "").replace("\0", ".")


def letters(said: str) -> str:
    """Return what ``fold`` makes of a text from what ``compared`` made of it."""
    return _NOT_FOLDED.sub("", said)


def fingerprint(text: str) -> str:
    """Return 16 hex digits that are equal for texts that fold to the same."""
    return hashlib.sha256(fold(text).encode()).hexdigest()[:16]


def content_hash(text: str) -> str:
    """Return the SHA-256, in hex, of what of a text is compared."""
    return hash_of(compared(text))


def hash_of(said: str) -> str:
    """Return the content hash of a text from what ``compared`` made of it."""
    return hashlib.sha256(said.encode()).hexdigest()
