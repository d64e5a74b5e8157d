"""Is it chance? How likely a run has so few of something where a promise says how many there are."""

from __future__ import annotations

from math import comb, erf, sqrt

DOUBT = 0.001
"""A share is too small where chance gives so few, or fewer, in one run of so many."""
LARGE = 1000
"""From so many trials on, the normal distribution stands for the binomial one."""


def chance_of_few(filled: int, asked: int, share: float) -> float:
    """Return how likely so few or fewer of ``asked`` are filled by chance where each is with probability ``share``."""
    if share <= 0 or filled >= asked:
        return 1.0
    if share >= 1:
        return 0.0
    if asked >= LARGE:
        return 0.5 * (1 + erf((filled + 0.5 - asked * share) / sqrt(2 * asked * share * (1 - share))))
    return sum(comb(asked, n) * share**n * (1 - share) ** (asked - n) for n in range(filled + 1))


def is_less(filled: int, asked: int, share: float) -> bool:
    """Tell whether a share is less than promised beyond doubt."""
    return asked > 0 and filled < share * asked and chance_of_few(filled, asked, share) < DOUBT
