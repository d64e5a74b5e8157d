"""Mask a page in the bytes it came in: the same encoding, and every byte outside the masked places as it was."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass

from normalizers.privacy.masking import apply, edits, written
from normalizers.privacy.records import Finding, MaskedBytes, Mode

PLAIN_MASK = "[personal data removed]"
"""Stands where the charset of a page lacks the characters of the mask."""

_WIDE = re.compile("utf_?(?:16|32)")
_JSON_START = re.compile(r"\ufeff?\s*(?:[\[{]|[A-Za-z_$][A-Za-z0-9_$.]{0,60}\s?\(\s*[\[{])")
_BEFORE_BARE = re.compile(r"[:\[,]\s{0,8}$")
_AFTER_BARE = re.compile(r"\s{0,8}[,\]}]")


def mask_payload(payload: bytes, charset: str, mode: Mode = Mode.RECORD) -> MaskedBytes:
    """Return a text page (HTML, JSON, plain text) without personal data in its text and attribute values, in the same charset.

    A page that holds none is returned as it is. Bytes that the charset cannot read stay as they are and are told in ``notes``; a charset
    that is not known is read as GB 18030, the widest in use. Never raises.
    """
    page = _decoded(payload, charset)
    is_json = _JSON_START.match(page.text) is not None

    def replacement(finding: Finding, text: str, start: int, end: int) -> str:
        whole = _encodable(written(finding), page.charset)
        bare = is_json and _BEFORE_BARE.search(text, max(0, start - 10), start) and _AFTER_BARE.match(text, end)
        return f'"{whole}"' if bare else whole

    def look(text: str) -> tuple[list[tuple[int, int, str]], Counter[str]]:
        return edits(text, mode, replacement)

    masked = apply(page.text, look)
    if not masked.found:
        return MaskedBytes(payload, (), page.notes)
    return MaskedBytes(masked.text.encode(page.charset, page.errors), masked.found, page.notes)


@dataclass(frozen=True, slots=True)
class _Page:
    """A decoded page that gives its bytes back."""

    text: str
    charset: str
    errors: str
    notes: tuple[str, ...] = ()


def _decoded(payload: bytes, charset: str) -> _Page:
    name = _known(charset)
    notes = () if name else (f"the charset {charset!a} is not known: the page was read as GB 18030.",)
    name = name or "gb18030"
    try:
        text = payload.decode(name)
        if text.encode(name) == payload:
            return _Page(text, name, "strict", notes)
    except UnicodeError:
        pass
    if _WIDE.match(name):
        return _rewritten(payload, name, notes)
    return _kept_bytes(payload, name, notes)


def _known(charset: str) -> str:
    """Return the codec of a charset, "" for one that is not known or is none of text; GB 2312 and GBK are read as what contains them."""
    try:
        found = codecs.lookup(charset)
    except (LookupError, ValueError):  # a name with a null character is a ValueError
        return ""
    if not found._is_text_encoding:
        return ""
    return {"gb2312": "gb18030", "gbk": "gb18030", "ascii": "utf-8"}.get(found.name, found.name)


def _kept_bytes(payload: bytes, name: str, notes: tuple[str, ...]) -> _Page:
    """Read a page whose charset does not fit throughout: bytes that stand for nothing are carried through."""
    try:
        text = payload.decode(name, "surrogateescape")
        if text.encode(name, "surrogateescape") == payload:
            return _Page(text, name, "surrogateescape", (*notes, f"bytes that {name} does not know were left as they are."))
    except UnicodeError:
        pass
    return _Page(
        payload.decode("latin-1"), "latin-1", "strict", (*notes, f"{name} does not give its bytes back: only ASCII was looked through.")
    )


def _rewritten(payload: bytes, name: str, notes: tuple[str, ...]) -> _Page:
    text = payload.decode(name, "replace")
    return _Page(text, name, "replace", (*notes, f"bytes that {name} does not know were replaced where the page was masked."))


def _encodable(text: str, charset: str) -> str:
    try:
        text.encode(charset)
    except UnicodeError:
        return PLAIN_MASK
    return text
