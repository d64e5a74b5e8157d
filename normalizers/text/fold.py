"""Fold a text to what its reader would call the same, for hashes, fingerprints and comparison.

Blanks, punctuation, brackets, quotation marks and the width of letters and digits carry no meaning here and go;
letters, digits and characters stay. Script and damage are put right before (``clean``), not here.
"""

from __future__ import annotations

import hashlib
import unicodedata


def fold(text: str) -> str:
    """Return the letters, digits and characters of ``text`` only, in NFKC and lower case."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def fingerprint(text: str) -> str:
    """Return 16 hex digits that are equal for texts that fold to the same."""
    return hashlib.sha256(fold(text).encode()).hexdigest()[:16]


def content_hash(text: str) -> str:
    """Return the SHA-256, in hex, of the folded text."""
    return hashlib.sha256(fold(text).encode()).hexdigest()
