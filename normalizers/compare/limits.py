"""How much work one comparison may do, counted in steps and not in seconds, so that the same pair always gets the same answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

CELLS = 400_000_000
"""Pairs of characters or pieces that are looked at in one comparison: half a second or so of one core."""
CELLS_AT_ONCE = 30_000_000
"""Pairs that are looked at in one alignment: some 5,500 by 5,500 characters, 4 MB."""
PAIRS = 40_000
"""Pairs of sentences that are weighed in one comparison: a quarter of a second."""
NOTES = 3
"""Notes of one kind; the rest would say the same of other places."""

DAMAGED = "{count} places are damaged in one of the documents; what they said is not compared."
TOO_LONG = "Passages of {old} and {new} characters have too little in common to be compared word by word: they are told as replaced."
TOO_MANY = "More than {limit} passages changed their places: the others are told as deleted and inserted."
TOO_DETAILED = "More than {limit} places changed: the others are told by characters, not by words."


@dataclass
class Budget:
    """What is left of the work that one comparison may do, and where it did not reach."""

    cells: int = CELLS
    at_once: int = CELLS_AT_ONCE
    pairs: int = PAIRS
    notes: list[str] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def allows(self, old: int, new: int) -> bool:
        """Tell whether an alignment of so many pieces may be made, and take its cost off."""
        cost = old * new
        if cost > min(self.at_once, self.cells):
            return False
        self.cells -= cost
        return True

    def allows_pairs(self, old: int, new: int) -> bool:
        """Tell whether so many sentences may be weighed against each other, and take their cost off."""
        if old * new > self.pairs:
            return False
        self.pairs -= old * new
        return True

    def note(self, message: str, **figures: int) -> None:
        """Tell that a limit was reached."""
        told = message.format(**figures)
        if told not in self.notes and self._counts[message] < NOTES:
            self._counts[message] += 1
            self.notes.append(told)
