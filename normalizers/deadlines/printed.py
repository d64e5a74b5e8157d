"""A text as the grammar reads it: one width, one dash, no blanks, and the way back to what was printed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from normalizers.deadlines.signs import sign

MASK = "\0"
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−─━﹘﹣－~～〜∼˜"), "-")
_ITEM_MARKS = dict.fromkeys([*range(0x2460, 0x2474), *range(0x2488, 0x249C), *range(0x2776, 0x2780)], ";")
"""Numbers of items in one character (① ⒈ ❶): in NFKC they would be digits, and ①2月底 the twelfth month."""
_SPACED_DIGITS = re.compile(r"(?<![\d ])\d(?: \d)+(?![\d ])")
_BLANK_IN_CHINESE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
_TITLE_MARKS = re.compile("[《》。;；]")
_DOCUMENT_NUMBER = re.compile(r"[〔\[【(﹝{]?(?:19|20)\d\d[〕\]】)﹞}]第?\d{1,5}号|(?:19|20)\d\d年?第\d{1,5}号|第\d{1,5}号")


class Printed(NamedTuple):
    """``text`` is the normalised text, ``at`` the position of each of its characters in ``source``."""

    source: str
    text: str
    at: Sequence[int]

    def slice(self, start: int, end: int) -> str:
        """Return what was printed for the normalised characters ``start`` up to ``end``, runs of blanks folded."""
        if start >= end or start >= len(self.at):
            return ""
        return fold_blanks(self.source[self.at[start] : self.at[min(end, len(self.at)) - 1] + 1])


def fold_blanks(text: str) -> str:
    """Return ``text`` on one line, single blanks only between Latin words or numbers."""
    joined = " ".join(text.split())
    return _BLANK_IN_CHINESE.sub("", joined) if " " in joined else joined


class _Forms(dict[str, str]):
    """What the grammar reads for each character: nothing for blanks and what has no width. Looked up once a character, then known."""

    def __missing__(self, raw: str) -> str:
        form = unicodedata.normalize("NFKC", raw.translate(_ITEM_MARKS)).translate(_DASHES)
        self[raw] = "".join(char for char in form if not (char.isspace() or unicodedata.category(char) in ("Cf", "Cc")))
        return self[raw]


_FORMS = _Forms()


_USUAL = re.compile(r"[\u4e00-\u9fff〇0-9A-Za-z、。，；：（）《》“”%.-]*+")
"""What nearly every cell and task is made of; of these signs, only the ones of ``_NARROWED`` are read as others."""
_NARROWED = tuple(zip("，；：（）", ",;:()", strict=True))


_AS_READ = re.compile(r"[\u4e00-\u9fff〇0-9A-Za-z、。《》“”%./-]*+")
"""The usual signs that are read as they are printed, of which most cells are made."""


def is_read_as_printed(source: str) -> bool:
    """Tell of most texts at a glance that they have no width to change and no blank to drop; ``False`` says nothing."""
    return _AS_READ.fullmatch(source) is not None


def read(source: str) -> Printed:
    """Return ``source`` in NFKC, dashes as ``-``, item numbers in one character as ``;``, blanks dropped except between two digits."""
    if _USUAL.fullmatch(source):
        text = source
        for wide, narrow in _NARROWED:
            text = text.replace(wide, narrow)
        return Printed(source, text, range(len(text)))
    forms = [_FORMS[raw] for raw in source]
    text = "".join(forms)
    if len(text) == len(source) and "" not in forms:  # character for character, as nearly every cell is
        return Printed(source, text, range(len(text)))
    return _join_spaced_digits(_with_gaps(source, forms))


def _with_gaps(source: str, forms: list[str]) -> Printed:
    """Return a text of which some characters are nothing or several, with a blank wherever such nothing parts two digits."""
    chars: list[str] = []
    at: list[int] = []
    blank = False
    for index, form in enumerate(forms):
        if blank and form and chars and chars[-1].isdigit() and form[0].isdigit():
            chars.append(" ")
            at.append(index)
        chars += form
        at += [index] * len(form)
        blank = not form
    return Printed(source, "".join(chars), tuple(at))


def _join_spaced_digits(printed: Printed) -> Printed:
    """Drop the blanks of numbers that are printed digit by digit (``2 0 1 8年``)."""
    drop = {i for m in _SPACED_DIGITS.finditer(printed.text) for i in range(m.start(), m.end()) if printed.text[i] == " "}
    if not drop:
        return printed
    keep = [i for i in range(len(printed.text)) if i not in drop]
    return Printed(printed.source, "".join(printed.text[i] for i in keep), tuple(printed.at[i] for i in keep))


def mask(text: str, spans: list[tuple[int, int]]) -> str:
    """Return ``text`` with the characters of ``spans`` blotted out, same length."""
    if not spans:
        return text
    out = list(text)
    for start, end in spans:
        out[start:end] = MASK * (end - start)
    return "".join(out)


def title_spans(text: str) -> list[tuple[int, int]]:
    """Return where titles in 《》 stand, nested ones within the outer; an unclosed one ends with its sentence."""
    spans: list[tuple[int, int]] = []
    depth = start = 0
    for mark in _TITLE_MARKS.finditer(text) if "《" in text else ():
        i, char = mark.start(), mark[0]
        if char == "《":
            start = i if depth == 0 else start
            depth += 1
        elif char == "》" and depth:
            depth -= 1
            if depth == 0:
                spans.append((start, i + 1))
        elif char not in "《》" and depth:
            spans.append((start, i))
            depth = 0
    return [*spans, (start, len(text))] if depth else spans


NAME_SIGNS = sign("《号")


def without_names(text: str) -> str:
    """Return a normalised text with titles in 《》 and document numbers blotted out."""
    text = mask(text, title_spans(text)) if "《" in text else text
    return mask(text, [m.span() for m in _DOCUMENT_NUMBER.finditer(text)]) if "号" in text else text
