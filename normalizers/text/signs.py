"""What a text shows at one look: of all that cleaning can mend, what it may hold by its characters.

A sign is a character, or two that stand side by side. All signs are looked for at once, in one table over the basic plane: the time
goes into the table's look-up, a nanosecond or two a character, however many signs there are. A sign only says that it may be so;
whoever mends looks closer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt

PLANE = 0x10000
"""Characters of the basic plane. All characters beyond it take the same signs: those of the entry behind its last."""

Numbers = npt.NDArray[np.uint32]
Bits = npt.NDArray[np.uint16]


def numbers(text: str) -> Numbers:
    """Return the number of each character of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))


class Signs:
    """A table of signs: the bit of each by its name, and the bits of each character.

    ``single`` holds patterns of one character; ``pairs`` patterns of two, the first behind the other in a text; ``beyond`` names the
    signs that any character beyond the basic plane is taken to show.
    """

    def __init__(
        self, single: Mapping[str, re.Pattern[str]], pairs: Mapping[str, tuple[str, str]] | None = None, beyond: Sequence[str] = ()
    ) -> None:
        self.bits = {name: 1 << at for at, name in enumerate(single)}
        self._single = sum(self.bits.values())
        plane = "".join(map(chr, range(PLANE)))
        self._table: Bits = np.zeros(PLANE + 1, np.uint16)
        for name, pattern in single.items():
            self._mark(self.bits[name], pattern, plane)
        # Two bits a pair: that of the first character, moved up by one, meets that of the second where they stand side by side.
        at = len(single)
        for name, (first, second) in (pairs or {}).items():
            self._mark(1 << at, re.compile(first), plane)
            self._mark(2 << at, re.compile(second), plane)
            self.bits[name] = 2 << at
            at += 2
        self._pairs = sum(self.bits[name] for name in pairs or {})
        self._table[PLANE] |= sum(self.bits[name] for name in beyond if name in single)

    def _mark(self, bit: int, pattern: re.Pattern[str], plane: str) -> None:
        self._table[[ord(char) for char in pattern.findall(plane)]] |= bit

    def of(self, text: str) -> Bits:
        """Return the bits of each character of a text."""
        return self._table.take(numbers(text), mode="clip")

    def shown(self, text: str) -> int:
        """Return the bits of all signs that a text shows, those of pairs only where both stand side by side."""
        if not text:
            return 0
        bits = self.of(text)
        seen = int(np.bitwise_or.reduce(bits))
        pairs = seen & self._pairs
        if pairs & (seen << 1):
            pairs &= int(np.bitwise_or.reduce((bits[:-1] << 1) & bits[1:]))
        return (seen & self._single) | pairs

    def shown_by(self, lines: Sequence[str]) -> list[int]:
        """Return the bits of the signs of one character that each line shows; no line may be empty."""
        bits = self.of("".join(lines))
        starts = list(accumulate(map(len, lines[:-1]), initial=0))
        return [int(found) & self._single for found in np.bitwise_or.reduceat(bits, starts)] if lines else []

    def counts(self, text: str) -> list[int]:
        """Return how many characters of a text are each of the signs of one character, in their order."""
        bits = self.of(text)
        return [int(np.count_nonzero(bits & bit)) for bit in self.bits.values()]


def differing(one: str, other: str) -> int:
    """Return in how many places two texts of the same length differ."""
    return int(np.count_nonzero(numbers(one) != numbers(other)))
