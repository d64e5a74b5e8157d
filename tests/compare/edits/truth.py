"""What is true of a pair of documents, and how far a comparison says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from normalizers.differences import TaskChange, TaskChangeKind
from normalizers.records import Task
from normalizers.text.fold import fold

REACH = 60
"""A task's text may open with its number, heading or action cell: so many folded characters may stand before the labelled words."""


@dataclass(frozen=True)
class Change:
    """One change as a reader tells it: what became of the task that begins with ``start``, and all the fields that differ.

    ``old`` is the beginning that the task had where the new one begins otherwise. ``renamed`` are pairs (role, old, new) of names
    that a reform changed.
    """

    kind: str
    start: str
    fields: frozenset[str] = frozenset()
    renamed: frozenset[tuple[str, str, str]] = frozenset()
    edit: str = ""


@dataclass
class Score:
    """Counts of right changes, of told ones and of true ones, with what went wrong in words."""

    hit: int = 0
    found: int = 0
    wanted: int = 0
    false: int = 0
    pairs: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall; 1 where there is nothing to tell and nothing told."""
        return 2 * self.hit / (self.found + self.wanted) if self.found + self.wanted else 1.0

    @property
    def precision(self) -> float:
        """Return the share of told changes that are true."""
        return self.hit / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Return the share of true changes that are told."""
        return self.hit / self.wanted if self.wanted else 1.0

    def merge(self, other: Score) -> None:
        """Take in the counts of another."""
        self.hit, self.found, self.wanted = self.hit + other.hit, self.found + other.found, self.wanted + other.wanted
        self.false, self.pairs = self.false + other.false, self.pairs + other.pairs
        self.failures += other.failures


def score(name: str, truth: Sequence[Change], told: Iterable[TaskChange]) -> Score:
    """Return how far the told changes of a pair are the true ones: task, kind and the whole set of fields, each change once."""
    left = list(told)
    out = Score(found=len(left), wanted=len(truth), pairs=1, false=0 if truth else len(left))
    for change in truth:
        right = next((one for one in left if _is(change, one)), None)
        if right is None:
            out.failures.append(
                f"{name}: missing {change.kind} {change.start} {sorted(change.fields)} {sorted(change.renamed)} {change.edit}"
            )
        else:
            out.hit += 1
            left.remove(right)
    out.failures += [f"{name}: wrong {described(one)}" for one in left]
    return out


def described(change: TaskChange) -> str:
    """Return a told change in one line."""
    sides = " -> ".join(task.text[:24] if task else "-" for task in (change.old, change.new))
    parts = " + ".join(task.text[:16] for task in change.parts)
    renamed = [(role.role, old.mention, new.mention) for role in change.roles for old, new in role.renamed]
    return f"{change.kind.value} {list(change.fields)} {sides} {parts} {renamed or ''}"


def _is(truth: Change, told: TaskChange) -> bool:
    if told.kind.value != truth.kind or (truth.fields != frozenset(told.fields) and told.kind not in _WHOLE):
        return False
    task = told.new if told.kind in {TaskChangeKind.ADDED, TaskChangeKind.MERGED} else told.old
    return task is not None and _begins(task, truth.start) and truth.renamed <= _renamed(told)


_WHOLE = frozenset({TaskChangeKind.SPLIT, TaskChangeKind.MERGED, TaskChangeKind.ADDED, TaskChangeKind.REMOVED})


def _renamed(told: TaskChange) -> frozenset[tuple[str, str, str]]:
    return frozenset((role.role, old.mention, new.mention) for role in told.roles for old, new in role.renamed)


def _begins(task: Task, start: str) -> bool:
    head = fold(start)
    return head in fold(task.text)[: REACH + len(head)]
