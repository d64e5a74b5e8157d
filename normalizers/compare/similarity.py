"""Near duplicates by MinHash (Broder 1997) over 5-character shingles of the folded text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from normalizers.text.fold import fold

SHINGLE = 5
"""Characters of a shingle: about three Chinese words, rare enough to tell texts of one field apart."""

VALUES = 64
"""Values of a signature: the standard error of the estimate is at most 1/16."""

MIN_LENGTH = 200
"""Folded characters below which a text gets no signature: shorter ones are alike by their formulas alone."""


def _multipliers() -> npt.NDArray[np.uint64]:
    """Return odd 64-bit multipliers for the hash functions, from splitmix64, the same on every machine."""
    state, out = 0x9E3779B97F4A7C15, []
    for _ in range(2 * VALUES):
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        value = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB % 2**64
        out.append(value ^ (value >> 31))
    return np.array(out, dtype=np.uint64)


_MULTIPLIERS = _multipliers()
_FACTORS, _OFFSETS = _MULTIPLIERS[:VALUES] | np.uint64(1), _MULTIPLIERS[VALUES:]


def _shingles(folded: str) -> npt.NDArray[np.uint64]:
    """Return the shingles of a folded text as 64-bit numbers; the least of their hashes does not mind those that stand there twice."""
    points = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    count = len(points) - SHINGLE + 1
    value = np.zeros(count, dtype=np.uint64)
    for i in range(SHINGLE):
        value = value * np.uint64(0x100000001B3) ^ points[i : i + count]
        value ^= value >> np.uint64(29)
    return value


def signature(text: str) -> tuple[int, ...]:
    """Return 64 unsigned 32-bit MinHash values of a text, an empty tuple for fewer than 200 folded characters."""
    return signature_of(fold(text))


def signature_of(folded: str) -> tuple[int, ...]:
    """Return the signature of a text that is folded."""
    if len(folded) < MIN_LENGTH:
        return ()
    shingles = _shingles(folded)
    hashed = np.empty_like(shingles)
    out: list[int] = []
    for factor, offset in zip(_FACTORS, _OFFSETS, strict=True):
        np.multiply(shingles, factor, out=hashed)
        np.add(hashed, offset, out=hashed)
        out.append(int(np.minimum.reduce(hashed)) >> 32)  # the least of the upper halves is the upper half of the least
    return tuple(out)


def similarity(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    """Return the estimated share of common shingles (Jaccard, 0 to 1) of two signatures; 0 where one is empty.

    Raises ``ValueError`` for signatures of different length: they come from different versions of the normalizers.
    """
    if not a or not b:
        return 0.0
    if len(a) != len(b):
        raise ValueError(f"signatures of {len(a)} and {len(b)} values cannot be compared: derive both documents again")
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a)
