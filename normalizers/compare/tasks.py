"""What changed in the tasks of a document, field by field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from normalizers.compare.evidence import profiles
from normalizers.compare.pairing import Pairs, pair_profiles
from normalizers.compare.renaming import Dates, dates_of, role_change
from normalizers.compare.sections import Sections
from normalizers.compare.splitting import Split, splits
from normalizers.compare.terms import deadline_differs, text_differs
from normalizers.differences import ROLES, TaskChange, TaskChangeKind
from normalizers.records import Derived, Task
from normalizers.text.fold import fold

SHORTEST_NAME = 3
"""Folded characters of a body's name that is told apart from the words around it."""

Placed = tuple[float, TaskChange]


def compare_tasks(old: Derived, new: Derived) -> tuple[tuple[TaskChange, ...], tuple[tuple[int, int], ...]]:
    """Return the changes of the tasks of two documents, and the pairs (position in old, in new) of tasks that are one, changed or not.

    The changes stand in the order of the new document, removed tasks where they stood in the old one. The parts of a split or merger
    are not among the pairs.
    """
    left, right = profiles(old.tasks, new.tasks)
    pairs = pair_profiles(left, right)
    split = splits(left, right, dict(pairs))
    merged = splits(right, left, {j: i for i, j in pairs})
    pairs = _without_parts(pairs, split, merged)
    changes = [
        *_paired(old, new, pairs),
        *((one.parts[0], TaskChange(TaskChangeKind.SPLIT, old.tasks[one.whole], None, (), (), _at(new.tasks, one))) for one in split),
        *((one.whole, TaskChange(TaskChangeKind.MERGED, None, new.tasks[one.whole], (), (), _at(old.tasks, one))) for one in merged),
        *_alone(old.tasks, new.tasks, pairs, split, merged),
    ]
    return tuple(change for _, change in sorted(changes, key=lambda item: item[0])), tuple(pairs)


def _at(tasks: Sequence[Task], split: Split) -> tuple[Task, ...]:
    return tuple(tasks[at] for at in split.parts)


def _without_parts(pairs: Pairs, split: list[Split], merged: list[Split]) -> Pairs:
    wholes, parts = {one.whole for one in split}, {at for one in split for at in one.parts}
    ends, sources = {one.whole for one in merged}, {at for one in merged for at in one.parts}
    return [(i, j) for i, j in pairs if i not in wholes | sources and j not in parts | ends]


def _paired(old: Derived, new: Derived, pairs: Pairs) -> Iterator[Placed]:
    sections, dates, aliases = Sections(old, new, pairs), dates_of(old, new), _aliases(old, new)
    for i, j in pairs:
        if change := _change(old.tasks[i], new.tasks[j], dates, aliases, moved=sections.moved(i, j)):
            yield j, change


def _alone(old: Sequence[Task], new: Sequence[Task], pairs: Pairs, split: list[Split], merged: list[Split]) -> Iterator[Placed]:
    """Yield the tasks that came and went."""
    known = {j for _, j in pairs} | {at for one in split for at in one.parts} | {one.whole for one in merged}
    position = dict(pairs) | {one.whole: one.parts[-1] for one in split} | {at: one.whole for one in merged for at in one.parts}
    yield from ((j, TaskChange(TaskChangeKind.ADDED, None, task)) for j, task in enumerate(new) if j not in known)
    after = -0.5
    for i, task in enumerate(old):
        if i in position:
            after = position[i] + 0.5
        else:
            yield after, TaskChange(TaskChangeKind.REMOVED, task, None)


def _change(old: Task, new: Task, dates: Dates, aliases: Mapping[str, int], *, moved: bool) -> TaskChange | None:
    """Return what differs between two versions of a task, ``None`` when nothing that a reader would call a change does."""
    all_roles = [role_change(getattr(old, role), getattr(new, role), role, dates) for role in ROLES]
    roles = tuple(one for one in all_roles if one.added or one.removed or one.renamed)
    fields = [change.role for change in roles]
    if deadline_differs(old, new):
        fields.append("deadline")
    kind = TaskChangeKind.CHANGED if fields else TaskChangeKind.MOVED
    if text_differs(old, new, aliases):
        fields.append("text")
        kind = TaskChangeKind.CHANGED if kind is TaskChangeKind.CHANGED else TaskChangeKind.REWORDED
    if moved:
        fields.append("section")
    return TaskChange(kind, old, new, tuple(fields), roles) if fields else None


def _aliases(old: Derived, new: Derived) -> dict[str, int]:
    """Return the folded names of bodies that the two documents name in more than one way, with a number for each body."""
    names: dict[str, set[str]] = defaultdict(set)
    for derived in (old, new):
        for agency in (*derived.metadata.issuers, *(a for t in derived.tasks for role in (*ROLES, "implied") for a in getattr(t, role))):
            folded = fold(agency.mention)
            if agency.id and agency.resolved and len(folded) >= SHORTEST_NAME:
                names[agency.id].add(folded)
    several = sorted(agency for agency, forms in names.items() if len(forms) > 1)
    return {name: number for number, agency in enumerate(several) for name in sorted(names[agency])}
