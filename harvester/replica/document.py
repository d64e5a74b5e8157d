"""What a replica site publishes: documents with their attachments, and the register of one site that keeps them in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, NamedTuple

SHANGHAI_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")


class AttachedFile(NamedTuple):
    """A file that hangs on a document: its name as the link's text says, its media type, its bytes."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ReplicaDocument:
    """One document as its publisher typed it; the site's family turns it into a page.

    ``section`` is a section's code (``tzgg``, ``284``) or its id in the fact sheet; empty means the site's first. ``body_html`` is a
    plain fragment (``p``, ``h2``, ``table``; classes ``c`` and ``r`` centre and right-align). ``key`` is the CMS id, made from site,
    section, title and date when empty. ``form`` names a variant of the family: ``old`` (address before the change of system),
    ``pinned`` (before all dates), ``twice`` (listed a second time), ``private`` (attachments on an address inside the publisher's
    network). ``related`` are titles and addresses of readings that stand beside the document. ``number`` and ``issuer`` stand on the
    page where the family prints them (Shanghai, Zhejiang) and are otherwise the body's business. ``site`` is needed only where no
    argument names it.
    """

    section: str
    title: str
    listed_on: date
    body_html: str
    attachments: tuple[tuple[str, str, bytes], ...] = ()
    number: str = ""
    source: str = ""
    issuer: str = ""
    issued_on: date | None = None
    key: str = ""
    site: str = ""
    form: str = ""
    related: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A published document: its lasting ``key`` and address date, its ``sequence`` on the site (from 1), and when it last changed (UTC)."""

    key: str
    sequence: int
    addressed_on: date
    modified: datetime
    document: ReplicaDocument

    @property
    def files(self) -> tuple[AttachedFile, ...]:
        """Return the attachments by field."""
        return tuple(AttachedFile(*each) for each in self.document.attachments)

    @property
    def published_at(self) -> datetime:
        """Return when the page says it was published, in Shanghai time: a minute of the working day that depends on the key."""
        minute = sum(self.key.encode()) % 480
        return datetime.combine(self.document.listed_on, time(9), SHANGHAI_TIME) + timedelta(minutes=minute)


class Register:
    """The documents of one site, in the order in which its lists show them. Safe for several threads."""

    def __init__(self, identify: Callable[[ReplicaDocument, str], str]) -> None:
        self._identify = identify
        self._entries: dict[str, Entry] = {}
        self._removed: dict[str, Entry] = {}
        self._lock = threading.RLock()
        self._sequence = 0
        self.changed = datetime(2026, 1, 1, tzinfo=UTC)

    def add(self, document: ReplicaDocument, modified: datetime | None = None) -> str:
        """Publish a document and return its key. A key that is taken raises ``ValueError``."""
        with self._lock:
            key = document.key or self._free_key(document)
            if key in self._entries:
                raise ValueError(f"The key {key} is already published; edit that document or give the new one another key.")
            self._sequence += 1
            self._entries[key] = Entry(key, self._sequence, document.listed_on, self._stamp(modified), document)
            return key

    def edit(self, key: str, **changes: Any) -> None:  # noqa: ANN401 (fields of several types)
        """Change fields of a published document; its key and address stay."""
        with self._lock:
            entry = self.entry(key)
            self._entries[key] = replace(entry, document=replace(entry.document, **changes), modified=self._stamp(None))

    def remove(self, key: str) -> None:
        """Take a document off the site: its page answers 404 and no list names it."""
        with self._lock:
            self._removed[key] = self.entry(key)
            del self._entries[key]
            self._stamp(None)

    def restore(self, key: str, **changes: Any) -> None:  # noqa: ANN401 (fields of several types)
        """Publish a document again that was taken off, at its address, perhaps with other fields. An unknown key raises ``KeyError``."""
        with self._lock:
            entry = self._removed.pop(key)
            self._entries[key] = replace(entry, document=replace(entry.document, **changes), modified=self._stamp(None))

    def entry(self, key: str) -> Entry:
        """Return a published document. An unknown key raises ``KeyError``."""
        with self._lock:
            if key not in self._entries:
                raise KeyError(f"No document {key} is published here; .documents() names those that are.")
            return self._entries[key]

    def get(self, key: str) -> Entry | None:
        """Return a published document, ``None`` where there is none."""
        with self._lock:
            return self._entries.get(key)

    def listing(self, section: str) -> list[Entry]:
        """Return a section's lines as its list shows them: pinned ones first, then by date, newest first; ``twice`` ones twice."""
        with self._lock:
            own = [entry for entry in self._entries.values() if entry.document.section == section]
        own.sort(key=lambda entry: (entry.document.form != "pinned", -entry.document.listed_on.toordinal(), entry.sequence))
        return list(_with_repeats(own))

    def __iter__(self) -> Iterator[Entry]:
        """Go through all published documents in the order they were added."""
        with self._lock:
            return iter(list(self._entries.values()))

    def __len__(self) -> int:
        """Return how many documents are published."""
        return len(self._entries)

    def _free_key(self, document: ReplicaDocument) -> str:
        attempts = (self._identify(document, "" if n == 0 else str(n)) for n in range(1000))
        return next(key for key in attempts if key not in self._entries)

    def _stamp(self, modified: datetime | None) -> datetime:
        # HTTP dates count seconds: two changes within one second must still differ.
        stamp = modified or max(datetime.now(UTC).replace(microsecond=0), self.changed + timedelta(seconds=1))
        self.changed = max(self.changed, stamp)
        return stamp


def _with_repeats(entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        yield entry
        if entry.document.form == "twice":
            yield entry
