"""Which signs stand in a text: a rule is tried only where the characters stand that it cannot be without.

Most cells hold few signs, and a bit is tested in a fraction of what it takes to search a text. Every sign is a bit, and a text's signs
are told by one walk over its characters, whatever the number of rules.
"""

from __future__ import annotations

from collections.abc import Iterable

_BITS: dict[str, int] = {}
_MADE: list[int] = []


def sign(characters: str) -> int:
    """Return a new sign, which a text has that holds any of these characters.

    There are no more of them than fit the smallest integers (30), with which alone Python reckons fast.
    """
    bit = 1 << len(_MADE)
    _MADE.append(bit)
    for character in characters:
        _BITS[character] = _BITS.get(character, 0) | bit
    return bit


def signs_of(characters: Iterable[str]) -> int:
    """Return all signs of these characters, joined by ``|``."""
    bits_of = _BITS.get
    found = 0
    for character in characters:
        found |= bits_of(character, 0)
    return found


def signs_of_long(text: str) -> int:
    """Return the same of a text that is longer than a cell: its characters without a sign are passed over quickly."""
    return signs_of(_BITS.keys() & text)
