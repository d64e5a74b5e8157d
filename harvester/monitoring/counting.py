"""What a run counts of one section: what was asked for and had, which fields were filled, which labels nobody knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from harvester.monitoring.tables import left_over
from normalizers.notices.records import Notice
from normalizers.privacy import Mode, mask
from normalizers.records import Derived
from normalizers.workdays import workdays_between
from spiders.items import Article, ListItem

MOST_LABELS, LONGEST_LABEL = 20, 30
"""Unknown labels that are kept, and characters of each."""
RHYTHM = timedelta(days=730)
FEW_DAYS = 5
"""A section's rhythm is read from its last two years, where it published on at least so many days in them."""
_OF_NOTICES = ("authority", "number", "decided_on", "published_on", "shown_until", "facts", "content", "basis", "status")
_DAYS = ("published_on", "decided_on")


@dataclass(slots=True)
class SectionCount:
    """The counts of one section in one run; ``filled`` stands beside ``asked``, of how many documents, tasks or records."""

    requests: Counter[str] = field(default_factory=Counter)
    captures: Counter[str] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    labels_seen: int = 0
    cells_left: int = 0
    cells: int = 0
    bytes: int = 0
    seconds: float = 0.0
    days: set[date] = field(default_factory=set)

    def fill(self, values: Mapping[str, object]) -> None:
        """Count which of these fields have a value."""
        self.asked.update(values.keys())
        self.filled.update(name for name, value in values.items() if value)

    def take_article(self, article: Article, entry: ListItem) -> None:
        """Count the fields of an article as its page prints them."""
        self.fill(
            {
                "title": article.title,
                "date": article.published_on or article.issued_on or entry.listed_on,
                "document_number": article.document_number,
                "issuers": article.issuers,
                "source": article.source,
                "attachments": article.attachments,
            }
        )

    def take_derived(self, derived: Derived, effect: str) -> None:
        """Count what was derived from a document: its tasks, and what of their tables belongs nowhere."""
        self.effects[effect] += 1
        self.fill({"tasks": derived.tasks})
        if derived.tasks:
            # Of a document, not of a task: tasks of one document are alike.
            half = len(derived.tasks) / 2
            led = sum(bool(task.lead or task.responsible) for task in derived.tasks)
            self.fill({"lead": led >= half, "deadline": sum(task.deadline is not None for task in derived.tasks) >= half})
        left = left_over(derived)
        self.labels.update(map(_label, left.headings))
        self.labels_seen += left.known_headings + len(left.headings)
        self.cells_left += left.cells_left
        self.cells += left.cells

    def take_notice(self, notice: Notice, today: date) -> None:
        """Count the fields of a record as they were read, and its labels that nobody knows."""
        self.fill({"subject": notice.subject.name, "code": notice.subject.code} | {name: getattr(notice, name) for name in _OF_NOTICES})
        self.labels.update(_label(unknown.label) for unknown in notice.unknown)
        self.days.update(day for name in _DAYS if (day := getattr(notice, name)) and day <= today)

    def told(self) -> dict[str, Any]:
        """Return the counts as plain values."""
        often = Counter({label: count for label, count in self.labels.items() if count > 1 and label})
        return {
            "requests": self.requests.total(),
            "captures": self.captures.total(),
            **{name: self.captures[name] for name in ("list", "article", "attachment")},
            **{name: self.effects[name] for name in ("new", "changed", "unchanged")},
            "fill": {name: [self.filled[name], count] for name, count in sorted(self.asked.items())},
            "labels": dict(sorted(often.most_common(MOST_LABELS))),
            "labels_unknown": self.labels.total(),
            "labels_seen": self.labels_seen,
            "cells": [self.cells_left, self.cells],
            "bytes": self.bytes,
            "seconds": round(self.seconds, 2),
        }


@lru_cache(maxsize=1024)
def _label(text: str) -> str:
    """Return a label without what it may say of a person, no longer than labels are."""
    return mask(" ".join(text.split()), Mode.DOCUMENT).text[:LONGEST_LABEL]


def rhythm(days: Collection[date], today: date) -> dict[str, Any]:
    """Return when a section last published (``newest``), and the longest it was silent in its last two years, in working days.

    ``longest_silence`` is ``None`` for a section that published on too few days to have a rhythm.
    """
    past = sorted(day for day in days if day <= today)
    if not past:
        return {"newest": None, "longest_silence": None}
    recent = [day for day in past if day >= past[-1] - RHYTHM]
    longest = max(gaps(recent), default=0) if len(recent) >= FEW_DAYS else None
    return {"newest": past[-1].isoformat(), "longest_silence": longest}


def gaps(days: Iterable[date]) -> Iterable[int]:
    """Return the working days between each of these days, in their order, and the next."""
    return [workdays_between(first, last) for first, last in pairwise(days)]
