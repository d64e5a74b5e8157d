"""One form for each letter, digit, blank and character; Chinese punctuation stays as it is printed.

Full-width letters and digits become half width, radicals and compatibility forms the characters they stand for, odd blanks a blank;
what has no width (soft hyphens, byte order marks, direction marks, variation selectors) and control characters go.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

from normalizers.records import Repair
from normalizers.text.outcome import Outcome

_BLANKS = "\u00a0\u115f\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0\ue5e5"
"""Blanks of other widths, and U+E5E5, the blank of a Chinese word processor's private use."""

_INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffc\U000e0001-\U000e01ef"
)
"""Everything without width but the characters that ``str.splitlines`` breaks lines at, which stay."""

_LETTERS = "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
_FORMS = "\u2e80-\u2fd5\uf900-\ufaff\U0002f800-\U0002fa1f"
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_SYMBOL = re.compile("[\uf020-\uf0ff]")
"""Where symbol fonts (Wingdings) live: bullets and ticks, no text."""

SIGN = _ODD = re.compile(f"[{_BLANKS}{_INVISIBLE}{_LETTERS}{_FORMS}{_PRIVATE}]")
_BLANK, _NOTHING, _WIDE_LETTER, _PRIVATE_USE = (re.compile(f"[{chars}]") for chars in (_BLANKS, _INVISIBLE, _LETTERS, _PRIVATE))

_GB18030 = {0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE864: 0x9FBB}
_GB18030 |= {0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE}
"""Characters that GB 18030-2000 and -2005 held in private use and GB 18030-2022 gives their own place."""


@lru_cache(maxsize=1)
def _radicals() -> dict[str, str]:
    """Return the characters of the CJK Radicals Supplement that NFKC leaves alone (Unicode 14, EquivalentUnifiedIdeograph)."""
    with (files(__package__) / "data" / "radicals.csv").open(encoding="utf-8") as lines:
        return {chr(int(row["radical"], 16)): row["character"] for row in csv.DictReader(lines)}


def letters(text: str) -> Outcome:
    """Return the text with ordinary blanks, half-width letters and digits, and no character without width; line breaks and tabs stay."""
    text, odd = _BLANK.subn(" ", text)
    text, invisible = _NOTHING.subn(_gap, text)
    text, wide = _WIDE_LETTER.subn(lambda found: chr(ord(found[0]) - 0xFEE0), text)
    return Outcome(text, tuple(Repair(kind, n) for kind, n in (("blanks", odd), ("invisible", invisible), ("width", wide)) if n))


def _gap(found: re.Match[str]) -> str:
    """Return what is left where a character goes: a blank after a carriage return, lest it join a line feed to one break."""
    return " " if found.string.endswith("\r", 0, found.start()) else ""


def forms(text: str) -> Outcome:
    """Return the text with one form for each character: radicals and compatibility forms become what they stand for.

    Private-use characters of symbol fonts go, those of older editions of GB 18030 become what they stand for,
    others stay and are counted as left.
    """
    text, dropped = _SYMBOL.subn(_gap, text)
    seen = _ODD.findall(text)
    left = sum(bool(_PRIVATE_USE.match(char)) and _form(char) == char for char in seen)
    changed = sum(_form(char) != char for char in seen)
    repairs = [Repair("width", changed)] if changed else []
    if dropped or left:
        repairs.append(Repair("private-use", dropped, left=left))
    warning = f"{left} private-use characters stay as they are: their font is not known, look them up in the original."
    return Outcome(_ODD.sub(lambda found: _form(found[0]), text), tuple(repairs), (warning,) if left else ())


@lru_cache(maxsize=4096)
def _form(char: str) -> str:
    if _PRIVATE_USE.match(char):
        return chr(_GB18030.get(ord(char), ord(char)))
    return _radicals().get(char) or unicodedata.normalize("NFKC", char)


def needs_width(text: str) -> bool:
    """Tell whether ``letters`` or ``forms`` would change anything or count anything as left."""
    return _ODD.search(text) is not None
