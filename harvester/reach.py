"""How far a crawl goes: how much of the lists it reads, and how many requests and seconds it may spend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

SWEEP_DAYS = 7
"""Days after which a section's list is read whole again, where the site's schedule says nothing else."""

OVERLAP_DAYS = 14
"""Days before the last complete reading of a list that a recent run reads once more: sites publish with a date of some days ago."""


class Lists(StrEnum):
    """How much of the lists a crawl reads."""

    ALL = "all"
    RECENT = "recent"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Budget:
    """What one due run may spend, restarts included: requests to the site, and seconds of crawling. 0 is no limit."""

    requests: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.requests < 0 or self.seconds < 0:
            raise ValueError(f"A budget cannot be negative ({self.requests} requests, {self.seconds} s); 0 is no limit.")

    @property
    def is_set(self) -> bool:
        """Tell whether there is any limit."""
        return bool(self.requests or self.seconds)

    def over(self, requests: int, seconds: float) -> bool:
        """Tell whether so much is all of it, or more."""
        return bool((self.requests and requests >= self.requests) or (self.seconds and seconds >= self.seconds))


@dataclass(frozen=True, slots=True)
class Window:
    """How a site's lists are read: whole after ``sweep``, else down to ``overlap`` before the last complete reading."""

    sweep: timedelta = timedelta(days=SWEEP_DAYS)
    overlap: timedelta = timedelta(days=OVERLAP_DAYS)
