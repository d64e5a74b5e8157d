"""Pages that a fact sheet does not fit: handed on as evidence of a changed template, never as something a site published.

They are no captures: what keeps captures does not know them, so no conditional request, reading or dump ever rests on one.
"""

from __future__ import annotations

from dataclasses import dataclass

from spiders.items import Capture, CaptureKind, Cause, ListItem
from spiders.skeleton import Skeleton


@dataclass(frozen=True, slots=True, repr=False)
class BadPage:
    """A page that is not what was asked for, as it came, and the line of the list that led to it (``None`` for a list).

    It is not looked through for personal data yet: it may be neither logged nor written as it is.
    """

    capture: Capture
    cause: Cause
    entry: ListItem | None = None

    def __repr__(self) -> str:
        """Say where this came from, and nothing of what it says."""
        return f"<BadPage {self.capture.site} {self.capture.section} {self.capture.kind} {self.cause}>"


@dataclass(frozen=True, slots=True)
class SeenPage:
    """The skeleton of a page of records; nothing else of it may be kept. ``cause`` is empty for a page that was read."""

    site: str
    section: str
    kind: CaptureKind
    url: str
    skeleton: Skeleton
    cause: str = ""
