"""What a running replica offers of its record sites: their truth, and the changes a test may make to their world."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from datetime import date
from typing import Any

from harvester.replica.records.families import RecordFamily
from harvester.replica.records.telling import tell
from harvester.replica.records.truth import RecordTruth


class RecordWorld(ABC):
    """The part of ``Replica`` that is about records. An unknown key raises ``KeyError``, a site of documents ``ValueError``."""

    @abstractmethod
    def record_family(self, site: str) -> RecordFamily:
        """Return a record site's family."""

    def record_truth(self, site: str) -> list[RecordTruth]:
        """Return the truth of every record that a site publishes now, section by section, as its lists show them."""
        return tell(self.record_family(site).book)

    def records(self, site: str, section: str = "") -> list[str]:
        """Return the keys of the records a site publishes now, of one section where it is named, in the order they were made."""
        return [record.key for record in self.record_family(site).book if section in ("", record.plan.code, record.plan.section)]

    def stated(self, site: str) -> dict[str, int]:
        """Return how many records the site says it has, by section of the record sheet."""
        counts: Counter[str] = Counter()
        for plan in self.record_family(site).facts.sections:
            counts[plan.section] += len(self.record_family(site).book.listing(plan.code))
        return dict(counts)

    def withdraw(self, site: str, key: str, on: date | None = None) -> None:
        """Let the site say that a record is withdrawn: in the record's own fields, or where it has none by a notice that names it."""
        self.record_family(site).book.end(key, "withdrawn", on)

    def repair(self, site: str, key: str, on: date | None = None) -> None:
        """Let the site say that a record is repaired, in the same ways."""
        self.record_family(site).book.end(key, "repaired", on)

    def remove_record(self, site: str, key: str) -> None:
        """Take a record off the site without a word: no list names it, its page is the site's page for what is not there."""
        self.record_family(site).book.remove(key)

    def restore_record(self, site: str, key: str) -> None:
        """Publish a removed record again."""
        self.record_family(site).book.restore(key)

    def edit_record(self, site: str, key: str, **concepts: Any) -> None:  # noqa: ANN401 (values of several types)
        """Change what a record says, by the names of ``Notice``'s columns (``facts``, ``decided_on``); ``None`` blanks one."""
        self.record_family(site).book.edit(key, **concepts)
