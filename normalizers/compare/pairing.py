"""Pair the tasks of two versions of a document, one to one: the same text first, then the nearest."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from normalizers.records import Task
from normalizers.text.fold import fold

NEAR = 62.0
"""Score (0-100, Indel) from which two texts are one task reworded, wherever they stand."""
NEAR_IN_PLACE = 45.0
"""The same for tasks of the same number in the same section."""
SAME_HEAD = 12
"""Folded characters at the beginning that, being equal, make two tasks in place one, however much was added behind."""
SHINGLE = 3
"""Characters that two texts must share somewhere to be compared at all: a word and the next character."""
CROWDED = 60
"""A shingle of more tasks than this (信用信, 责任单) says nothing about which of them is meant."""
CANDIDATES = 12
"""Tasks that are compared in full with each one: those that share most shingles with it."""
COPIES = 200
"""Tasks of one fingerprint that are told apart by their places; a document with more of them repeats itself."""

_NUMBERING = re.compile(r"^\s*(?:第?[（(]?[一二三四五六七八九十百\d]{1,4}[）)]?[、.．章节条]?\s*)(?=\S)")

Candidate = tuple[tuple[float, ...], int, int]


def section_key(section: str) -> str:
    """Return what a section's heading says, without its numbers."""
    return "/".join(fold(_NUMBERING.sub("", part)) for part in section.split(" / "))


@dataclass(frozen=True, slots=True)
class _Side:
    """A task as it is compared: its position, folded text and place."""

    at: int
    text: str
    place: tuple[str, str]
    fingerprint: str


def _sides(tasks: Sequence[Task]) -> list[_Side]:
    return [_Side(i, fold(t.text), (fold(t.number), section_key(t.section)), t.fingerprint) for i, t in enumerate(tasks)]


def pair_tasks(old: Sequence[Task], new: Sequence[Task]) -> list[tuple[int, int]]:
    """Return the pairs (position in old, position in new) of what is one task, one to one, the same for the same input.

    Tasks of one fingerprint first, then tasks of near text; at equal nearness those of the same number and section, then by order.
    """
    left, right = _sides(old), _sides(new)
    pairs = _choose(_same_text(left, right))
    taken, used = {i for i, _ in pairs}, {j for _, j in pairs}
    rest = [s for s in left if s.at not in taken], [s for s in right if s.at not in used]
    return sorted([*pairs, *_choose(_near_text(*rest))])


def _choose(candidates: Iterable[Candidate]) -> list[tuple[int, int]]:
    """Return the best candidates, each position once."""
    partner: dict[int, int] = {}
    used: set[int] = set()
    for _, i, j in sorted(candidates):
        if i not in partner and j not in used:
            partner[i] = j
            used.add(j)
    return list(partner.items())


def _same_text(old: list[_Side], new: list[_Side]) -> Iterator[Candidate]:
    places: dict[str, list[_Side]] = defaultdict(list)
    for side in new:
        places[side.fingerprint].append(side)
    for side in old:
        for other in places[side.fingerprint][:COPIES]:
            yield (-float(side.place == other.place), -float(side.place[1] == other.place[1]), abs(side.at - other.at)), side.at, other.at


def _near_text(old: list[_Side], new: list[_Side]) -> Iterator[Candidate]:
    """Return the pairs of near text; only texts that share shingles or a place are compared, so that long lists stay quick."""
    holders: dict[str, list[int]] = defaultdict(list)
    in_place: dict[tuple[str, str], list[int]] = defaultdict(list)
    for j, side in enumerate(new):
        in_place[side.place].append(j)
        for shingle in _shingles(side.text):
            holders[shingle].append(j)
    for i, side in enumerate(old):
        shared = Counter(j for s in _shingles(side.text) if len(holders.get(s, ())) <= CROWDED for j in holders.get(s, ()))
        likely = [j for j, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:CANDIDATES]]
        for j in dict.fromkeys([*likely, *in_place[side.place][:CANDIDATES]]):
            near = _nearness(side, new[j])
            if near:
                yield (-near, abs(i / len(old) - j / len(new))), side.at, new[j].at


def _shingles(text: str) -> set[str]:
    return {text[i : i + SHINGLE] for i in range(max(1, len(text) - SHINGLE + 1))}


def _nearness(old: _Side, new: _Side) -> float:
    """Return how surely two tasks are one, 0 when they are not: tasks in place need less alike texts."""
    score = float(fuzz.ratio(old.text, new.text))
    if any(old.place) and old.place == new.place:
        head = len(old.text) >= SAME_HEAD and old.text[:SAME_HEAD] == new.text[:SAME_HEAD]
        return score + 10 if head or score >= NEAR_IN_PLACE else 0.0
    return score if score >= NEAR else 0.0
