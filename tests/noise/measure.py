"""Damage, repair, compare: what came back of what can come back, and whether the repair owned to the rest."""

from __future__ import annotations

import time
from dataclasses import dataclass
from difflib import SequenceMatcher
from random import Random

from normalizers.records import Repair
from normalizers.text.clean import clean
from normalizers.text.damage import canonical
from normalizers.text.decode import decode
from tests.noise.models import Damage, Damaged
from tests.noise.texts import clean_text


@dataclass
class Score:
    """Sums over the texts of one cause. ``silent`` texts came out wrong with nothing left, guessed or warned of."""

    texts: int = 0
    characters: int = 0
    recoverable: int = 0
    recovered: int = 0
    unequal: int = 0
    silent: int = 0
    seconds: float = 0.0

    @property
    def share(self) -> float:
        """The recovered share of the recoverable characters."""
        return self.recovered / self.recoverable if self.recoverable else 1.0

    def add(self, other: Score) -> None:
        """Add the sums of other texts."""
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def _mended(damaged: Damaged) -> tuple[str, bool]:
    """Return the repaired text and whether the repair says that some of it is not certain."""
    text = damaged.payload
    repairs: list[Repair] = []
    warnings: list[str] = []
    if isinstance(text, bytes):
        decoded = decode(text, declared=damaged.declared)
        text = decoded.text
        repairs += decoded.repairs
    cleaned = clean(text)
    repairs += cleaned.repairs
    warnings += cleaned.warnings
    return cleaned.text, bool(warnings) or any(one.left or one.guessed for one in repairs)


def _wanted(sound: str) -> str:
    return clean(sound).text


def _came_back(wanted: str, got: str, lost: frozenset[int]) -> int:
    """Return how many characters of ``wanted``, but those lost, stand at their place in the same line of ``got``."""
    back = at = 0
    lines = wanted.split("\n")
    for line, came in zip(lines, got.split("\n"), strict=True):
        sure = [at + n not in lost for n in range(len(line))]
        if len(line) == len(came):
            back += sum(keep and a == b for keep, a, b in zip(sure, line, came, strict=True))
        else:
            blocks = SequenceMatcher(None, line, came, autojunk=False).get_matching_blocks()
            back += max(0, sum(sum(sure[one.a : one.a + one.size]) for one in blocks) - max(0, len(came) - len(line)) * all(sure))
        at += len(line) + 1
    return back + sum(n not in lost for n, char in enumerate(wanted) if char == "\n")


def measure(damage: Damage, rng: Random) -> tuple[Score, Damaged, str]:
    """Damage one text, repair it and return its score, what was damaged and what came out. Signs count alike in either width."""
    damaged = damage(clean_text(rng), rng)
    begun = time.perf_counter()
    got, owned = _mended(damaged)
    seconds = time.perf_counter() - begun
    wanted = canonical(_wanted(damaged.sound))
    got = canonical(got)
    recoverable = len(wanted) - len(damaged.lost)
    recovered = recoverable if got == wanted else _came_back(wanted, got, damaged.lost)
    wrong = got != wanted
    return Score(1, len(wanted), recoverable, recovered, wrong, wrong and not owned, seconds), damaged, got


def changed_by_cleaning(rng: Random) -> str:
    """Return what cleaning makes of a clean text with names, letters, pinyin and tables, "" where it leaves it as it is."""
    text = clean_text(rng, odd=True)
    done = clean(text)
    through_bytes = decode(text.encode()).text
    return "" if done.text == text == through_bytes and not done.repairs else done.text
