"""What people decided in review: a mention that no table resolves, settled by one line for every run after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from normalizers.agencies.tables import tidy
from normalizers.records import AgencyKind


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: what ``mention`` stands for.

    ``region`` is the home region (GB/T 2260 code) of the documents it holds in, empty: all. ``name`` is the canonical name; a role,
    class or group may do without and is its own name then. ``id`` is the body's identifier, empty: that of the name.
    It holds from ``valid_from`` up to, not including, ``valid_to``; ``None`` is open. ``rejected``: the mention is no body at all.

    Raises:
        ValueError: the mention is blank, the period is empty, or an agency has no name.
    """

    mention: str
    region: str = ""
    name: str = ""
    id: str = ""
    kind: AgencyKind = AgencyKind.AGENCY
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""
    rejected: bool = False

    def __post_init__(self) -> None:
        if not tidy(self.mention):
            raise ValueError("a decision needs the mention it settles; give it as printed")
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError(f"the period {self.valid_from} to {self.valid_to} is empty; put valid_to after valid_from")
        if not self.name and self.kind is AgencyKind.AGENCY and not self.rejected:
            raise ValueError(f"the decision on {self.mention} names no body; give its canonical name, another kind, or reject the mention")

    def holds(self, region: str, on: date | None) -> bool:
        """Tell whether the decision holds in a document of this home region and date; without a date, whether it still does."""
        if self.region not in ("", region):
            return False
        if on is None:
            return self.valid_to is None
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True)
class Decisions:
    """All decisions, with their look-up. Equal and hashed by content; the hash is taken once, for it keys caches."""

    all: tuple[Decision, ...] = ()
    _by_mention: dict[str, tuple[Decision, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        for decision in self.all:
            mention = tidy(decision.mention)
            self._by_mention[mention] = (*self._by_mention.get(mention, ()), decision)
        object.__setattr__(self, "_hash", hash(self.all))

    def __hash__(self) -> int:
        return self._hash

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> Decisions:
        """Return the decisions in the order given; where two hold alike, the later one counts."""
        return cls(tuple(decisions))

    @cached_property
    def turns(self) -> tuple[date, ...]:
        """The days, in order, from which on another decision holds; before all of them ``date.min``."""
        return tuple(sorted({date.min, *(day for one in self.all for day in (one.valid_from, one.valid_to) if day)}))

    def find(self, mention: str, region: str, on: date | None) -> Decision | None:
        """Return the decision on a mention in a document of home region ``region`` on a day, ``None`` where there is none.

        One made for the region counts before one made for all.
        """
        holding = [decision for decision in self._by_mention.get(tidy(mention), ()) if decision.holds(region, on)]
        of_region = [decision for decision in holding if decision.region]
        return next(reversed(of_region or holding), None)
