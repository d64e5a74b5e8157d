"""What every step of cleaning hands on: the text and the account of what was done to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from normalizers.records import Repair


@dataclass(frozen=True, slots=True)
class Outcome:
    """``text`` after one step, what the step did, and sentences for the log."""

    text: str
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[str, ...] = ()


def summed(repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    """Return one repair a kind, counts added up, in order of first appearance."""
    total: dict[str, Repair] = {}
    for one in repairs:
        before = total.get(one.kind, Repair(one.kind, 0))
        total[one.kind] = Repair(one.kind, before.count + one.count, before.guessed + one.guessed, before.left + one.left)
    return tuple(total.values())
