"""Choices that depend on nothing but a seed's text: the same ones on every machine and with every version of Python, and cheap to begin."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")
_MASK = 2**64 - 1


class Draw:
    """A sequence of choices (SplitMix64 from a digest of the seed)."""

    __slots__ = ("_state",)

    def __init__(self, seed: str) -> None:
        self._state = int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=8).digest(), "big")

    def below(self, bound: int) -> int:
        """Return a whole number from 0 to ``bound`` - 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return (mixed ^ (mixed >> 31)) % bound

    def between(self, first: int, last: int) -> int:
        """Return a whole number from ``first`` to ``last``, both included."""
        return first + self.below(last - first + 1)

    def one(self, choices: Sequence[_T]) -> _T:
        """Return one of the choices."""
        return choices[self.below(len(choices))]

    def two(self, choices: Sequence[_T]) -> tuple[_T, _T]:
        """Return two different choices."""
        first = self.below(len(choices))
        second = self.below(len(choices) - 1)
        return choices[first], choices[second + (second >= first)]

    def weighted(self, choices: Sequence[_T], weights: Sequence[int]) -> _T:
        """Return one of the choices, as often as its weight says."""
        place = self.below(sum(weights))
        for choice, weight in zip(choices, weights, strict=True):
            if place < weight:
                return choice
            place -= weight
        raise ValueError("There is nothing to choose from; give at least one choice a weight.")
