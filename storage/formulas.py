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
_FORMULA = re.compile(PATTERN)


def neutral(value: T) -> T | str:
    """Return a text that a spreadsheet would take for a formula with an apostrophe before it; anything else, a number too, as it is."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value
