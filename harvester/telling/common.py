"""What one comparison says of almost every changed task: told once for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Common:
    """What is told once for all: the clauses that stand beside most changed tasks, and the roles whose bodies went to other roles."""

    clauses: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()

    def others(self, clauses: Iterable[str]) -> Iterator[str]:
        """Yield the clauses that are not told for all."""
        return (clause for clause in clauses if clause not in self.clauses)


NOTHING = Common()
