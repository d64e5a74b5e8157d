"""Find what holds for almost every changed task of a comparison, and tell it in a line a kind (of a paper that parted 责任单位 in two)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harvester.messages import _
from harvester.telling.common import NOTHING, Common
from harvester.telling.phrases import JsonMap, joined, role_name
from harvester.telling.roles import changed_places, tell_roles
from harvester.telling.tasks import task_name
from normalizers.differences import ROLES, TaskChange, TaskChangeKind
from normalizers.presentation import task_change_json

FEWEST = 5
"""Tasks below which each is told on its own."""
SHARE = 0.8
"""Share of the changed tasks for which one and the same change has to hold."""


def in_common(changes: Sequence[TaskChange], lang: str) -> tuple[Common, list[str]]:
    """Return what holds for almost every changed task, and the lines that tell it."""
    changed = [task_change_json(change) for change in changes if change.kind is TaskChangeKind.CHANGED]
    enough = max(FEWEST, SHARE * len(changed))
    if len(changed) < enough:
        return NOTHING, []
    places = [changed_places(change["old"], change["fields"]) for change in changed]
    left = Counter(origin for place in places for origin in place)
    origins = [origin for origin in ROLES if left[origin] >= enough]
    told = [_clauses(change, origins, lang) for change in changed]
    found = Counter(clause for each in told for clause in each)
    shared = sorted(clause for clause, count in found.items() if count >= enough)
    lines = [_except(_moved(origin, places, lang), [origin in place for place in places], changed, lang) for origin in origins]
    for clause in shared:
        line = _("{n} tasks alike: {told}", lang).format(n=found[clause], told=clause)
        lines.append(_except(line, [clause in each for each in told], changed, lang))
    return (Common(frozenset(shared), frozenset(origins)), lines) if lines else (NOTHING, [])


def _except(line: str, holds: Sequence[bool], changed: Sequence[JsonMap], lang: str) -> str:
    """Return a line with the changed tasks for which it does not hold."""
    others = [task_name(change["new"], lang, section=False) for change, held in zip(changed, holds, strict=True) if not held]
    return _("{told} (of the changed tasks not: {items})", lang).format(told=line, items=joined(others, lang)) if others else line


def _clauses(change: JsonMap, origins: Sequence[str], lang: str) -> set[str]:
    return set(tell_roles(change["old"], change["new"], change["fields"], lang, origins))


def _moved(origin: str, places: Sequence[dict[str, list[str]]], lang: str) -> str:
    """Tell from which role the bodies of most tasks went, and to which."""
    reached = {role for place in places for role in place.get(origin, ())}
    told = joined([role_name(role, lang) for role in ROLES if role in reached], lang)
    form = _("{n} tasks alike: who was {old} is now {new}", lang)
    return form.format(n=sum(origin in place for place in places), old=role_name(origin, lang), new=told)
