"""What changed in the tasks of a document: pair the tasks of two versions, then tell the fields that differ."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from normalizers.deadlines import undated
from normalizers.presentation import agencies_json, deadline_json, task_json
from normalizers.records import Agency, Deadline, Task
from normalizers.text.fold import fold

NEAR = 62.0
"""Score (0-100, Indel) from which two texts are one task reworded, wherever they stand."""
NEAR_IN_PLACE = 45.0
"""The same for tasks of the same number in the same section."""
SAME_HEAD = 12
"""Folded characters at the beginning that, being equal, make two tasks in place one, however much was added behind."""
MAX_PAIRS = 400_000
"""Pairs of unmatched tasks that are compared in full; beyond it only tasks at about the same place in both documents are."""
ROLES = ("lead", "partner", "responsible")

_NUMBERING = re.compile(r"^\s*(?:第?[（(]?[一二三四五六七八九十百\d]{1,4}[）)]?[、.．章节条]?\s*)(?=\S)")


@dataclass(frozen=True, slots=True)
class TaskChange:
    """One change of a task. ``kind``: ``added``, ``removed``, ``changed``, ``reworded`` or ``moved``.

    ``agencies`` holds for each role that differs the bodies added and removed; ``fields`` names all that differs.
    """

    kind: str
    old: Task | None
    new: Task | None
    fields: tuple[str, ...] = ()
    agencies: tuple[tuple[str, tuple[Agency, ...], tuple[Agency, ...]], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the change as printed by ``diff --format json``; ``fields`` holds only what differs."""
        fields: dict[str, Any] = {
            role: {"added": agencies_json(added), "removed": agencies_json(removed)} for role, added, removed in self.agencies
        }
        if self.old and self.new:
            if "deadline" in self.fields:
                fields["deadline"] = {"old": _deadline_json(self.old.deadline), "new": _deadline_json(self.new.deadline)}
            for name in ("text", "section"):
                if name in self.fields:
                    fields[name] = {"old": getattr(self.old, name), "new": getattr(self.new, name)}
        return {
            "kind": self.kind,
            "old": task_json(self.old) if self.old else None,
            "new": task_json(self.new) if self.new else None,
            "fields": fields,
        }


def _deadline_json(deadline: Deadline | None) -> dict[str, Any] | None:
    return deadline_json(deadline) if deadline else None


def task_changes(old: Sequence[Task], new: Sequence[Task]) -> tuple[TaskChange, ...]:
    """Return the changes of tasks, in the order of the new document, removed ones where they stood in the old."""
    pairs = pair_tasks(old, new)
    renamed = _renamed_sections(old, new, pairs)
    partner = {j: i for i, j in pairs}
    found: list[tuple[float, TaskChange]] = []
    for j, task in enumerate(new):
        if j not in partner:
            found.append((j, TaskChange("added", None, task)))
        elif change := _change(old[partner[j]], task, renamed):
            found.append((j, change))
    after = -0.5
    position = dict(pairs)
    for i, task in enumerate(old):
        if i in position:
            after = position[i] + 0.5
        else:
            found.append((after, TaskChange("removed", task, None)))
    return tuple(change for _, change in sorted(found, key=lambda item: item[0]))


# --- pairing -----------------------------------------------------------------------------------------------------------------


def pair_tasks(old: Sequence[Task], new: Sequence[Task]) -> list[tuple[int, int]]:
    """Return the pairs (position in old, position in new) of what is one task, one to one and the same for the same input.

    Tasks of one fingerprint first, then tasks of near text: those of the same number and section before others.
    """
    taken: dict[int, int] = {}
    used: set[int] = set()
    for candidates in (_same_text(old, new), _near_text(old, new, taken, used)):
        for _, i, j in sorted(candidates):
            if i not in taken and j not in used:
                taken[i] = j
                used.add(j)
    return sorted(taken.items())


Candidate = tuple[tuple[float, ...], int, int]


def _same_text(old: Sequence[Task], new: Sequence[Task]) -> Iterator[Candidate]:
    places: dict[str, list[int]] = defaultdict(list)
    for j, task in enumerate(new):
        places[task.fingerprint].append(j)
    for i, task in enumerate(old):
        for j in places[task.fingerprint][:200]:
            other = new[j]
            yield (-_in_place(task, other), -float(_key(task.section) == _key(other.section)), abs(i - j)), i, j


def _near_text(old: Sequence[Task], new: Sequence[Task], taken: dict[int, int], used: set[int]) -> Iterator[Candidate]:
    """Return the pairs of near text among the tasks that have no partner yet; read after the first pass has filled ``taken``."""
    left = [i for i in range(len(old)) if i not in taken]
    right = [j for j in range(len(new)) if j not in used]
    if not left or not right:
        return
    texts = [fold(old[i].text) for i in left], [fold(new[j].text) for j in right]
    reach = max(1, MAX_PAIRS // (2 * len(left)))
    for a, i in enumerate(left):
        centre = a * len(right) // len(left)
        window = (
            range(len(right)) if len(left) * len(right) <= MAX_PAIRS else range(max(0, centre - reach), min(len(right), centre + reach))
        )
        scores = process.cdist(
            [texts[0][a]], [texts[1][b] for b in window], scorer=fuzz.ratio, score_cutoff=NEAR_IN_PLACE / 2, dtype=np.float32
        )[0]
        for b, score in zip(window, scores.tolist(), strict=True):
            near = _nearness(old[i], new[right[b]], texts[0][a], texts[1][b], score)
            if near:
                yield (-near, abs(a / len(left) - b / len(right))), i, right[b]


def _nearness(old: Task, new: Task, old_text: str, new_text: str, score: float) -> float:
    """Return how surely two tasks are one, 0 when they are not: tasks in place need less alike texts."""
    if _in_place(old, new):
        head = old_text[:SAME_HEAD] == new_text[:SAME_HEAD] and len(old_text) >= SAME_HEAD
        return score + 10 if score >= NEAR_IN_PLACE or head else 0.0
    return score if score >= NEAR else 0.0


def _in_place(old: Task, new: Task) -> bool:
    """Tell whether two tasks have the same number, or no number, in the same section."""
    return bool(old.number or old.section) and fold(old.number) == fold(new.number) and _key(old.section) == _key(new.section)


def _key(section: str) -> str:
    """Return what a section's heading says, without its numbers."""
    return "/".join(fold(_NUMBERING.sub("", part)) for part in section.split(" / "))


# --- fields ------------------------------------------------------------------------------------------------------------------


def _change(old: Task, new: Task, renamed: set[tuple[str, str]]) -> TaskChange | None:
    """Return what differs between two versions of a task, ``None`` when nothing that a reader would call a change does."""
    agencies = tuple((role, added, removed) for role in ROLES for added, removed in [_agencies(old, new, role)] if added or removed)
    fields = [role for role, _, _ in agencies]
    if _deadline_differs(old.deadline, new.deadline):
        fields.append("deadline")
    bound = bool(fields)
    if fold(old.text) != fold(new.text):
        fields.append("text")
    sections = _key(old.section), _key(new.section)
    if sections[0] != sections[1] and sections not in renamed:
        fields.append("section")
    if not fields:
        return None
    kind = "changed" if bound else "reworded" if "text" in fields else "moved"
    return TaskChange(kind, old, new, tuple(fields), agencies)


def _agencies(old: Task, new: Task, role: str) -> tuple[tuple[Agency, ...], tuple[Agency, ...]]:
    """Return the bodies added to and removed from a role; another name of the same body is neither."""
    before: tuple[Agency, ...] = getattr(old, role)
    after: tuple[Agency, ...] = getattr(new, role)
    keys = {key for agency in before for key in _keys(agency)}, {key for agency in after for key in _keys(agency)}
    added = tuple(agency for agency in after if not keys[0] & set(_keys(agency)))
    removed = tuple(agency for agency in before if not keys[1] & set(_keys(agency)))
    return added, removed


def _keys(agency: Agency) -> tuple[str, ...]:
    """Return what an agency is known by: its identifier where it is resolved, and its folded mention."""
    mention = "mention:" + fold(agency.mention)
    return (mention, "id:" + agency.id) if agency.resolved and agency.id else (mention,)


def _deadline_differs(old: Deadline | None, new: Deadline | None) -> bool:
    """Tell whether two deadlines bind differently; the same days in other words are the same, a milestone in the cell counts."""
    if old is None or new is None:
        return old is not new
    if (old.kind, old.start, old.end, old.period) != (new.kind, new.start, new.end, new.period):
        return True
    if old.end is None:
        return fold(old.text) != fold(new.text)
    return undated(old.text) != undated(new.text)


def _renamed_sections(old: Sequence[Task], new: Sequence[Task], pairs: list[tuple[int, int]]) -> set[tuple[str, str]]:
    """Return the sections that got another heading and kept their tasks: then the heading changed, not the place of the tasks."""
    before, after = {_key(t.section) for t in old}, {_key(t.section) for t in new}
    moves = {(_key(old[i].section), _key(new[j].section)) for i, j in pairs}
    targets: dict[str, set[str]] = defaultdict(set)
    sources: dict[str, set[str]] = defaultdict(set)
    for source, target in moves:
        targets[source].add(target)
        sources[target].add(source)
    alone = starmap(lambda s, t: (s, t, len(targets[s]) == len(sources[t]) == 1 and s not in after and t not in before), moves)
    return {(source, target) for source, target, only in alone if only and source and target}
