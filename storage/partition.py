"""Part what hangs together into groups in which no two are that must stay apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edge:
    """A tie between two, with its reason, a score from 0 to 1, and of a person's decision its number."""

    one: str
    other: str
    score: float
    reason: str
    decision: int = 0


def partition(members: Collection[str], edges: Iterable[Edge], apart: Collection[tuple[str, str]]) -> list[set[str]]:
    """Return the groups that ties make of ``members``, none with a pair of ``apart``; ordered by their least members.

    Ties are taken one by one: those that a person decided first, the latest before the earlier; then the strongest, and of equally strong
    ones those whose ends were not cut off before, so that who was put out of a group draws none of it after him. A tie that would
    bring a pair of ``apart`` together is let go (Kruskal's tree with forbidden pairs). The order of the input does not matter.
    """
    group_of = {member: {member} for member in members}
    if not apart:
        for edge in edges:
            _unite(group_of, edge.one, edge.other)
        return _each_once(group_of)
    cut = Counter(member for pair in apart for member in pair)
    enemies: dict[str, set[str]] = {member: set() for member in members}
    for one, other in apart:
        enemies[one].add(other)
        enemies[other].add(one)

    def order(edge: Edge) -> tuple[int, float, int, str, str]:
        return -edge.decision, -edge.score, cut[edge.one] + cut[edge.other], edge.one, edge.other

    for edge in sorted(edges, key=order):
        here, there = group_of[edge.one], group_of[edge.other]
        if here is not there and not any(enemies[member] & there for member in here):
            _unite(group_of, edge.one, edge.other)
    return _each_once(group_of)


def _unite(group_of: dict[str, set[str]], one: str, other: str) -> None:
    small, large = sorted((group_of[one], group_of[other]), key=len)
    if small is large:
        return
    large |= small
    for member in small:
        group_of[member] = large


def _each_once(group_of: dict[str, set[str]]) -> list[set[str]]:
    return sorted({id(group): group for group in group_of.values()}.values(), key=min)


def chain(edges: Iterable[Edge], start: str, end: str) -> list[str]:
    """Return the shortest way from one member to another by ties, both included; empty where there is none."""
    near: dict[str, set[str]] = {}
    for edge in edges:
        near.setdefault(edge.one, set()).add(edge.other)
        near.setdefault(edge.other, set()).add(edge.one)
    came_from: dict[str, str] = {start: ""}
    fresh = [start]
    while fresh and end not in came_from:
        following: list[str] = []
        for member in fresh:
            for other in sorted(near.get(member, ())):
                if other not in came_from:
                    came_from[other] = member
                    following.append(other)
        fresh = following
    way: list[str] = []
    while end in came_from and end:
        way.append(end)
        end = came_from[end]
    return way[::-1]
