"""Which task or paragraph of one paper a task of another paper carries out or corresponds to, how surely, and why.

For papers that are no versions of each other: a plan and the table that divides its tasks, the papers of two years, those of several
places on one matter. Versions of one paper are compared by ``normalizers.compare.compare``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from normalizers.compare.affinity import FEW, Affinity, affinities
from normalizers.compare.passages import Passage, body_key, doers, features, paragraph_passages, task_passages
from normalizers.compare.rare_terms import weigh
from normalizers.compare.reasons import NO_REASON, Reason, certain, reason
from normalizers.records import Derived

TIE = 0.5
"""Score from which a passage is told as a counterpart. Chosen on the labels of ``tests/compare/counterparts``; see docs/alignment.md."""
LEAD = 0.5
"""What a lead of the best passage over the next best is worth as a further witness: who stands alone is meant, not one of many."""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What answers to a task in another paper: ``passage`` is None where nothing does. ``score`` is 0 to 1.

    One that is not ``certain`` is a likely one, to be looked at before it is relied on.
    """

    task: Passage
    passage: Passage | None = None
    score: float = 0.0
    certain: bool = False
    reason: Reason = NO_REASON


def counterparts(one: Derived, other: Derived, *, paragraphs: bool = True) -> tuple[Counterpart, ...]:
    """Return for every task of ``one``, in order, the task or paragraph of ``other`` that it carries out or corresponds to, or none.

    Several tasks may answer to one passage. ``paragraphs=False`` leaves tasks only. The same input gives the same ties.
    """
    left = task_passages(one)
    right = [*task_passages(other), *(paragraph_passages(other, left) if paragraphs else ())]
    place = same_place(one, other)
    ours, theirs = [features(p) for p in left], [features(p) for p in right]
    weights = weigh([f.text for f in (*ours, *theirs)], least=FEW)
    out: list[Counterpart] = []
    for i, near in enumerate(affinities(ours, theirs, same_place=place)):
        j, affinity = best(near)
        told = Counterpart(left[i])
        if affinity.score >= TIE:
            why = reason(left[i], right[j], affinity, weights, same_place=place)
            told = Counterpart(left[i], right[j], affinity.score, certain(affinity, why.terms), why)
        out.append(told)
    return tuple(out)


def best(near: Mapping[int, Affinity]) -> tuple[int, Affinity]:
    """Return the best passage of those near, its score raised by its lead over the next; the first of equals."""
    if not near:
        return -1, Affinity(0.0, 0.0, 0.0, 0.0)
    ranked = sorted(near, key=lambda j: (-near[j].score, j))
    first = near[ranked[0]]
    second = near[ranked[1]].score if len(ranked) > 1 else 0.0
    return ranked[0], replace(first, score=raised(first.score, first.score - second))


def raised(score: float, lead: float) -> float:
    """Return a score with its lead over the next best as one more witness."""
    return 1 - (1 - score) * (1 - LEAD * lead)


def same_place(one: Derived, other: Derived) -> bool:
    """Tell whether two papers speak of the bodies of one place: by their regions, where a region is unknown by a body of both."""
    here, there = one.metadata.regions, other.metadata.regions
    if here and there:
        return bool({*here} & {*there})
    ours, theirs = ({body_key(body) for p in task_passages(paper) for body in doers(p)} for paper in (one, other))
    return bool(ours & theirs)
