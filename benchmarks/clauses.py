"""Clauses for the texts of tasks: those of the papers that tests read (``tests/corpus/papers``), drawn by a law of Zipf and Mandelbrot.

Some stand in many texts and most in few, and neighbouring characters are those of official prose. What is put together from a handful of
phrases has no rare words: each pair of characters in it stands nearly everywhere.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

from tests.corpus.paper import PAPERS

SEED = 6
SHORTEST, LONGEST = 6, 20
HEAD = 20
"""Added to the rank of a clause, so that the commonest stands in two texts of a hundred: no clause of plans is commoner."""
_CHARACTERS = re.compile("[\u4e00-\u9fff]+")


@cache
def clauses() -> tuple[str, ...]:
    """Return the clauses, each once, the commonest first: an order by chance that is always the same."""
    texts = [path.read_text("utf-8").rpartition("+++")[2] for path in sorted(PAPERS.glob("*.txt"))]
    found = {clause for text in texts for clause in _CHARACTERS.findall(text) if SHORTEST <= len(clause) <= LONGEST}
    ordered = sorted(found)
    random.Random(SEED).shuffle(ordered)
    return tuple(ordered)


@cache
def _weights() -> Sequence[float]:
    return list(accumulate(1 / (HEAD + rank) for rank in range(len(clauses()))))


def drawn(chance: random.Random, count: int) -> list[str]:
    """Return so many clauses, common ones more often."""
    return chance.choices(clauses(), cum_weights=_weights(), k=count)


def rare(chance: random.Random) -> str:
    """Return one of the rarer half of the clauses: of a million texts with two clauses each two to four hundred hold it."""
    return chance.choice(clauses()[len(clauses()) // 2 :])
