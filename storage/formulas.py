"""Keep spreadsheet programs from running what a site wrote (CWE-1236). One rule for every file and stream that leaves."""

from __future__ import annotations

import re
from typing import TypeVar

T = TypeVar("T")
SIGNS = "=+\\-@＝＋－＠"
"""What a formula begins with (a class); programs for East Asian writing take the wide forms for the narrow ones."""
PASSED_OVER = " \t\r\n\v\f\"'`‘’“”\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
"""What may stand before it: blanks, quotation marks and marks that nobody sees are taken away by one program or another (a class)."""
PATTERN = f"^[{PASSED_OVER}]*[{SIGNS}]|^[\t\r\n]"
"""A cell that begins so is run as a formula by spreadsheet programs; Python and RE2 read the expression alike."""
UNSEEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
"""Control characters and marks of direction: a table in a sheet or an editor must not be steered by what a site wrote."""
REPLACEMENT = "\ufffd"
_FORMULA = re.compile(PATTERN)
_STEERING = re.compile(f"{UNSEEN[:-1]}\ud800-\udfff]")
"""With halves of characters, which columns do not hold."""


def neutral(value: T) -> T | str:
    """Return a text that a spreadsheet would take for a formula with an apostrophe before it; anything else, a number too, as it is."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def tidied(text: str) -> str:
    """Return the text of a cell in which nothing steers a program: no formula, no control character, no mark of direction."""
    return neutral(_STEERING.sub(REPLACEMENT, text))
