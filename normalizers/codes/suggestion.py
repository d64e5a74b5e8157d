"""What a code that fails may have been: the one spelling near it that passes every test, if there is exactly one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from normalizers.codes.tables import lookalikes

MOST_WRONG = 4
"""Different characters outside the alphabet up to which replacements are tried; more of them are no slip."""


def suggest(normal: str, alphabet: str, length: int, holds: Callable[[str], bool]) -> str:
    """Return the one spelling near ``normal`` for which ``holds`` is true; empty for none or several.

    Near are: look-alikes in place of characters that the alphabet lacks; else one look-alike (B for 8), a swap of two neighbours, or
    one character dropped where there is one too many. A check character alone never tells which digit is wrong, so nothing else is tried.
    """
    if not length <= len(normal) <= length + 1:
        return ""
    wrong = sorted({char for char in normal if char not in alphabet})
    if wrong:
        near = _replaced(normal, wrong, alphabet) if len(wrong) <= MOST_WRONG else iter(())
    elif len(normal) > length:
        near = (normal[:place] + normal[place + 1 :] for place in range(len(normal)))
    else:
        near = _slips(normal, alphabet)
    found = {each for each in near if len(each) == length and holds(each)}
    return found.pop() if len(found) == 1 else ""


def _replaced(normal: str, wrong: list[str], alphabet: str) -> Iterator[str]:
    """Yield the code with every character outside the alphabet replaced, the same by the same."""
    choices = [[meant for meant in lookalikes().get(char, "") if meant in alphabet] for char in wrong]
    for chosen in product(*choices):
        yield normal.translate(str.maketrans("".join(wrong), "".join(chosen)))


def _slips(normal: str, alphabet: str) -> Iterator[str]:
    """Yield the code with one look-alike, and with two neighbours swapped; a digit is taken for a letter only among other letters."""
    lettered = not normal[:-1].isdecimal()
    for place, char in enumerate(normal):
        for meant in lookalikes().get(char, ""):
            if meant in alphabet and (lettered or meant.isdecimal()):
                yield normal[:place] + meant + normal[place + 1 :]
        if normal[place : place + 1] != normal[place + 1 : place + 2]:
            yield normal[:place] + normal[place + 1 : place + 2] + char + normal[place + 2 :]
