r"""Character references that stayed in a text: escaped twice, or copied out of markup or a script's string.

Only references that no prose holds are turned: numeric ones, the named ones of HTML that stand for blanks, marks and letters,
and ``\uXXXX`` for Chinese characters. ``AT&T`` and ``?a=1&copy=2`` stay: a named reference needs its semicolon.
"""

from __future__ import annotations

import html
import re

from normalizers.records import Repair
from normalizers.text.outcome import Outcome

MOST_ESCAPES = 4
"""So many times may one reference have been escaped: ``&amp;amp;nbsp;``."""

_AMP = re.compile(rf"&(?:amp;){{1,{MOST_ESCAPES}}}(?=#\d{{2,7}};|#[xX][0-9a-fA-F]{{2,6}};|[a-zA-Z]{{2,8}}\d{{0,2}};)")
_NUMERIC = re.compile(r"&#(?:(\d{2,7});?|[xX]([0-9a-fA-F]{2,6});?)")
_NAMED = re.compile(r"&[a-zA-Z]{2,8}\d{0,2};")
_SCRIPT = re.compile(r"\\u([34-9][0-9a-fA-F]{3}|[fF]f[0-9a-fA-F]{2}|20[01][0-9a-fA-F])")
SIGN = re.compile(r"[&\\]")
"""What no text with a character reference is without."""

_LINE_ENDS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


def has_references(text: str) -> bool:
    """Tell whether anything in a text looks like a character reference."""
    return "&#" in text or "\\u" in text or _NAMED.search(text) is not None


def unescape(text: str) -> Outcome:
    """Return the text with its character references turned into characters; one that stands for a line break becomes a blank."""
    count = 0

    def turned(found: re.Match[str], char: str) -> str:
        nonlocal count
        if not char or char == found[0]:
            return found[0]
        count += 1
        return "".join(" " if c in _LINE_ENDS else c for c in char)

    text = _AMP.sub("&", text)
    text = _NUMERIC.sub(lambda found: turned(found, _numbered(found)), text)
    text = _NAMED.sub(lambda found: turned(found, html.unescape(found[0])), text)
    text = _SCRIPT.sub(lambda found: turned(found, chr(int(found[1], 16))), text)
    return Outcome(text, (Repair("entities", count),) if count else ())


def _numbered(found: re.Match[str]) -> str:
    """Return the character of a numeric reference, "" for a number that is none; without a semicolon only Chinese ones are believed."""
    code = int(found[1]) if found[1] else int(found[2], 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or (not found[0].endswith(";") and not 0x3000 <= code <= 0x9FFF):
        return ""
    char = html.unescape(f"&#{code};")
    return char if char >= " " else " "
