"""Pair the tasks of two versions of a document, one to one: the same text first, then the surest likeness, then the same place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence

from normalizers.compare.evidence import Nearness, Profile, common_bodies, profiles, section_key
from normalizers.records import Task

__all__ = ["pair_profiles", "pair_tasks", "section_key"]

SURE = 0.7
"""Evidence from which two tasks are one, in the first round; those found so tell the places of the others."""
ENOUGH = 0.5
"""Evidence from which two tasks are one once their neighbours are known."""
LEAST = 0.12
"""Likeness of the texts without which no other evidence makes two tasks one."""
SAME_HEAD = 0.35
"""What the same opening phrase adds, where no other task opens with it."""
SAME_BODIES = 0.15
NEIGHBOUR = 0.1
"""What each neighbour adds that is already paired with the neighbour on the other side."""
ONLY_ONE = 0.05
"""What it adds that between two paired neighbours one task alone is left on either side."""
SAME_NUMBER = 0.05
COPIES = 200
"""Tasks of one fingerprint that are told apart by their places; a document with more of them repeats itself."""

Candidate = tuple[tuple[float, ...], int, int]
Pairs = list[tuple[int, int]]


def pair_tasks(old: Sequence[Task], new: Sequence[Task]) -> Pairs:
    """Return the pairs (position in old, position in new) of what is one task, one to one, the same for the same input."""
    return pair_profiles(*profiles(old, new))


def pair_profiles(old: Sequence[Profile], new: Sequence[Profile]) -> Pairs:
    """Return the pairs of tasks that are weighed already, as ``pair_tasks`` does.

    Tasks of one text first, copies told apart by section, bodies and order; then, in rounds, those with most evidence: likeness of
    the texts, opening phrase, bodies, number, neighbours.
    """
    pairs = _choose(_same_text(old, new), [])
    if len(pairs) == len(old) or len(pairs) == len(new):
        return sorted(pairs)
    near = Nearness(old, new)
    for bar in (SURE, ENOUGH, ENOUGH):
        pairs = _choose(_likely(near, pairs, bar), pairs)
    return sorted(pairs)


def _choose(candidates: Iterable[Candidate], pairs: Pairs) -> Pairs:
    """Return the pairs and the best candidates beside them, each position once."""
    partner, used = dict(pairs), {j for _, j in pairs}
    for _, i, j in sorted(candidates):
        if i not in partner and j not in used:
            partner[i] = j
            used.add(j)
    return list(partner.items())


def _same_text(old: Sequence[Profile], new: Sequence[Profile]) -> Iterator[Candidate]:
    places: dict[str, list[Profile]] = defaultdict(list)
    for profile in new:
        places[profile.text].append(profile)
    for profile in old:
        for other in places[profile.text][:COPIES]:
            same = float(profile.place == other.place), float(profile.place[1] == other.place[1]), common_bodies(profile, other)
            yield (*(-value for value in same), abs(profile.at - other.at)), profile.at, other.at


def _likely(near: Nearness, pairs: Pairs, bar: float) -> Iterator[Candidate]:
    """Yield the pairs that have evidence enough, those taken left out."""
    partner, used = dict(pairs), {j for _, j in pairs}
    around = _around(len(near.old), partner), _around(len(near.new), {j: i for i, j in pairs}, inward=True)
    for i, j, likeness in near.candidates():
        if likeness < LEAST or i in partner or j in used:
            continue
        sure = likeness + _beside(near.old[i], near.new[j])
        if pairs:
            beside = sum(a == b for a, b in zip(around[0][i], around[1][j], strict=True))
            sure += NEIGHBOUR * beside + ONLY_ONE * (
                beside == 2 and _only_one(i, len(near.old), partner) and _only_one(j, len(near.new), used)
            )
        if sure >= bar:
            yield (-sure, abs(i / len(near.old) - j / len(near.new))), i, j


def _only_one(at: int, count: int, taken: Container[int]) -> bool:
    """Tell whether the tasks before and behind one are paired."""
    return (at == 0 or at - 1 in taken) and (at + 1 == count or at + 1 in taken)


def _beside(old: Profile, new: Profile) -> float:
    """Return what speaks for two tasks beside the likeness of their texts."""
    sure = SAME_HEAD if old.head and old.head == new.head else 0.0
    sure += SAME_NUMBER * (any(old.place) and old.place == new.place)
    return sure + SAME_BODIES * common_bodies(old, new)


def _around(count: int, partner: dict[int, int], *, inward: bool = False) -> list[tuple[int, int]]:
    """Return for each task the pairs before and behind it, known by their position in the new document; -1 and -2 at the edges."""
    before, behind = [-1] * count, [-2] * count
    for step, out, edge in ((range(count), before, -1), (range(count - 1, -1, -1), behind, -2)):
        last = edge
        for at in step:
            out[at] = last
            if at in partner:
                last = at if inward else partner[at]
    return list(zip(before, behind, strict=True))
