"""Who does what, told: bodies that came, went, took another's place, changed their role, or were renamed by a reform."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harvester.messages import _
from harvester.telling.phrases import JsonMap, joined, named, role_name
from normalizers.differences import ROLES

Bodies = list[JsonMap]


@dataclass(slots=True)
class _Role:
    """What changed in one role, and whether any body kept it."""

    name: str
    added: Bodies
    removed: Bodies
    renamed: list[tuple[JsonMap, JsonMap]]
    kept: bool
    tied: list[JsonMap] = field(default_factory=list)
    came_from: dict[str, list[JsonMap]] = field(default_factory=dict)

    def leave_out(self, origins: Collection[str]) -> None:
        """Take out the bodies that came from one of some roles."""
        gone = {body_key(body) for origin in origins for body in self.came_from.pop(origin, ())}
        self.added = [body for body in self.added if body_key(body) not in gone]


def tell_roles(old: JsonMap, new: JsonMap, fields: JsonMap, lang: str, unsaid: Collection[str] = ()) -> Iterator[str]:
    """Yield what changed in the roles of a task, a clause a role; ``fields`` holds ``added``, ``removed``, ``renamed`` by role.

    Of bodies that came from a role in ``unsaid`` to another one nothing is told.
    """
    for role in _followed(old, fields):
        role.leave_out(unsaid)
        yield from _tell(role, lang)


def changed_places(old: JsonMap, fields: JsonMap) -> dict[str, list[str]]:
    """Return the roles that bodies of one task came to, by the role they came from."""
    found: dict[str, list[str]] = {}
    for role in _followed(old, fields):
        for origin in role.came_from:
            found.setdefault(origin, []).append(role.name)
    return found


def tell_holders(task: JsonMap, lang: str) -> Iterator[str]:
    """Yield who does a task and by when, a clause each."""
    for role in ROLES:
        if task.get(role):
            yield _("{role} {bodies}", lang).format(role=role_name(role, lang), bodies=named(task[role], lang))
    if task.get("deadline"):
        yield _("deadline {deadline}", lang).format(deadline=" ".join(str(task["deadline"]["text"]).split()))


def body_key(body: JsonMap) -> str:
    """Return what a body is known by within one pair of tasks."""
    return str(body.get("id") or body["mention"])


def _role(name: str, old: JsonMap, change: JsonMap) -> _Role:
    renamed = [(pair["old"], pair["new"]) for pair in change.get("renamed", ())]
    gone = {body_key(body) for body in change.get("removed", ())} | {body_key(pair[0]) for pair in renamed}
    kept = any(body_key(body) not in gone for body in old.get(name) or ())
    return _Role(name, list(change.get("added", ())), list(change.get("removed", ())), renamed, kept, change.get("tied", []))


def _followed(old: JsonMap, fields: JsonMap) -> list[_Role]:
    roles = [_role(name, old, fields[name]) for name in ROLES if name in fields]
    _follow(roles)
    return roles


def _follow(roles: Sequence[_Role]) -> None:
    """Note of each body that came to a role which one it came from, and tell its going there no more."""
    gone = {body_key(body): role for role in roles for body in role.removed}
    for role in roles:
        for body in role.added:
            source = gone.get(body_key(body))
            if source and source is not role:
                role.came_from.setdefault(source.name, []).append(body)
    for role in roles:
        taken = {body_key(body) for other in roles if other is not role for body in other.came_from.get(role.name, ())}
        replaced = role.added and not role.kept and len(role.removed) == 1
        if not replaced:
            role.removed = [body for body in role.removed if body_key(body) not in taken]


def _tell(role: _Role, lang: str) -> Iterator[str]:
    name = role_name(role.name, lang)
    yield from _renamed(role, lang)
    for body in role.tied:
        known = str(body["name"] or _("no known body", lang))
        yield _("{role} {mention} is now taken for {body}", lang).format(role=name, mention=body["mention"], body=known)
    alone = not role.kept and not role.renamed
    if role.added and role.removed and (alone or len(role.added) == len(role.removed) == 1):
        form = _("{role} changed from {old} to {new}", lang) if alone else _("of the {role}, {old} became {new}", lang)
        yield form.format(role=name, old=named(role.removed, lang), new=_comers(role, lang))
        return
    if role.added:
        yield _("{role} {bodies} added", lang).format(role=name, bodies=_comers(role, lang))
    if role.removed:
        yield _("{role} {bodies} removed", lang).format(role=name, bodies=named(role.removed, lang))


def _renamed(role: _Role, lang: str) -> Iterator[str]:
    """Yield which bodies a reform renamed, those that it made one together."""
    into: dict[str, Bodies] = {}
    for old, new in role.renamed:
        into.setdefault(body_key(new), []).append(old)
    last = {body_key(new): new for _old, new in role.renamed}
    one = _("{role} {old} (after the reform of bodies: {new})", lang)
    several = _("{role} {old} (made one by the reform of bodies: {new})", lang)
    for key, olds in into.items():
        form = one if len(olds) == 1 else several
        yield form.format(role=role_name(role.name, lang), old=named(olds, lang), new=named([last[key]], lang))


def _comers(role: _Role, lang: str) -> str:
    """Return the bodies that came to a role, those from another role with a note which."""
    by_origin: Mapping[str, list[JsonMap]] = role.came_from
    moved = {body_key(body) for bodies in by_origin.values() for body in bodies}
    parts = [named([body for body in role.added if body_key(body) not in moved], lang)]
    for origin, bodies in by_origin.items():
        note = _("formerly {role}", lang).format(role=role_name(origin, lang))
        parts.append(_("{bodies} ({note})", lang).format(bodies=named(bodies, lang), note=note))
    return joined([part for part in parts if part], lang)
