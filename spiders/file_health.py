"""Is this the file that was asked for? A login page, an error as JSON or a word of regret in its place is none."""

from __future__ import annotations

import re

from normalizers.text.decode import decode
from spiders.health import FetchError, by_signature, by_status, looks_like_page, succeeded
from spiders.items import Cause

BINARY = frozenset({".pdf", ".ofd", ".wps", ".et", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".zip", ".rar", ".7z"})
"""Suffixes of files that are never plain text."""
SAMPLE = 64 * 1024
"""Bytes in which a notice shows itself."""

_FORBIDDEN = frozenset({403})
"""A single file may be forbidden without the visitor being checked."""
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_RICH_TEXT = b"{\\rtf"
_OFFICE = ("urn:schemas-microsoft-com:office", "mso-application")
"""Marks of a document that Word or Excel saved as a page; such files go by .doc and .xls."""


def diagnose_file(status: int, body: bytes, suffix: str = "") -> FetchError | None:
    """Return what is wrong with the answer to a request for a file, ``None`` when it may be it.

    ``suffix`` (``.docx``) is that of the file's name, empty when it has none: text in place of a binary format is no such file.
    """
    if wrong := by_status(status, but=_FORBIDDEN):
        return wrong
    text = decode(body[:SAMPLE], markup=True).text if is_text(body) else ""
    if wrong := by_signature(status, text):
        return wrong
    if not succeeded(status):
        return None
    if not body:
        return FetchError(Cause.TRUNCATED, "answered with an empty file")
    if not text or any(mark in text for mark in _OFFICE):
        return None
    if looks_like_page(body):
        return FetchError(Cause.ERROR_PAGE, "answered with a page where a file was asked for")
    return FetchError(Cause.ERROR_PAGE, f"answered with plain text where a {suffix} file was asked for") if suffix in BINARY else None


def is_text(body: bytes) -> bool:
    """Tell whether bytes are text of some kind: no control characters that no text has, or wide characters that say so."""
    head = body[:4000]
    return bool(head) and not head.startswith((b"%PDF-", _RICH_TEXT)) and (head.startswith(_WIDE) or not _CONTROL.search(head))
