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

_NUMBER = re.compile(r"(?<![0-9])[0-9]++(?:\.[0-9]++)+")
_DROPPED = re.compile(rf"(?:[^\w{''.join(sorted(MARKS))}.]|_)+")


def fold(text: str) -> str:
    """Return the letters, digits and characters of ``text`` only, in NFKC and lower case: what it is looked up by."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def compared(text: str) -> str:
    """Return what of ``text`` is compared: as ``fold``, with decimal points (3.5, not 2018.4.9) and the signs of ``MARKS``."""
    plain = _DROPPED.sub("", unicodedata.normalize("NFKC", text).lower())
    if "." not in plain:
        return plain
    plain = _NUMBER.sub(lambda found: found[0].replace(".", "\0") if found[0].count(".") == 1 else found[0], plain)
    return plain.replace(".", "").replace("\0", ".")


def fingerprint(text: str) -> str:
    """Return 16 hex digits that are equal for texts that fold to the same."""
    return hashlib.sha256(fold(text).encode()).hexdigest()[:16]


def content_hash(text: str) -> str:
    """Return the SHA-256, in hex, of what of a text is compared."""
    return hashlib.sha256(compared(text).encode()).hexdigest()
