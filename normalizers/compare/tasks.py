"""What changed in the tasks of a document, field by field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import starmap

from normalizers.compare.pairing import section_key
from normalizers.deadlines import undated
from normalizers.differences import ROLES, RoleChange, TaskChange, TaskChangeKind
from normalizers.records import Agency, Deadline, Task
from normalizers.text.fold import fold


def task_changes(old: Sequence[Task], new: Sequence[Task], pairs: list[tuple[int, int]]) -> tuple[TaskChange, ...]:
    """Return the changes of tasks, in the order of the new document, removed ones where they stood in the old."""
    renamed = _renamed_sections(old, new, pairs)
    partner = {j: i for i, j in pairs}
    found: list[tuple[float, TaskChange]] = []
    for j, task in enumerate(new):
        if j not in partner:
            found.append((j, TaskChange(TaskChangeKind.ADDED, None, task)))
        elif change := _change(old[partner[j]], task, renamed):
            found.append((j, change))
    after = -0.5
    position = dict(pairs)
    for i, task in enumerate(old):
        if i in position:
            after = position[i] + 0.5
        else:
            found.append((after, TaskChange(TaskChangeKind.REMOVED, task, None)))
    return tuple(change for _, change in sorted(found, key=lambda item: item[0]))


def _change(old: Task, new: Task, renamed: set[tuple[str, str]]) -> TaskChange | None:
    """Return what differs between two versions of a task, ``None`` when nothing that a reader would call a change does."""
    roles = tuple(RoleChange(role, added, removed) for role in ROLES for added, removed in [_agencies(old, new, role)] if added or removed)
    fields = [change.role for change in roles]
    if _deadline_differs(old.deadline, new.deadline):
        fields.append("deadline")
    bound = bool(fields)
    if fold(old.text) != fold(new.text):
        fields.append("text")
    sections = section_key(old.section), section_key(new.section)
    if sections[0] != sections[1] and sections not in renamed:
        fields.append("section")
    if not fields:
        return None
    worded = TaskChangeKind.REWORDED if "text" in fields else TaskChangeKind.MOVED
    return TaskChange(TaskChangeKind.CHANGED if bound else worded, old, new, tuple(fields), roles)


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
    before, after = {section_key(t.section) for t in old}, {section_key(t.section) for t in new}
    moves = {(section_key(old[i].section), section_key(new[j].section)) for i, j in pairs}
    targets: dict[str, set[str]] = defaultdict(set)
    sources: dict[str, set[str]] = defaultdict(set)
    for source, target in moves:
        targets[source].add(target)
        sources[target].add(source)
    alone = starmap(lambda s, t: (s, t, len(targets[s]) == len(sources[t]) == 1 and s not in after and t not in before), moves)
    return {(source, target) for source, target, only in alone if only and source and target}
