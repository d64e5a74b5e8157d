"""What the store takes in and gives back about captures, publications and runs, as frozen dataclasses.

What was *derived* from a payload has its records in ``normalizers.records``.
Every ``datetime`` here is aware and is kept in UTC; naive ones are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from normalizers.differences import Comparison
from normalizers.notices.records import Notice, PrintedRecord
from normalizers.records import Derived

# --- archive ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Location:
    """A record in the archive: ``length`` bytes at ``offset`` of ``file``, a path relative to the archive's folder.

    ``sha256`` (hex) is that of the payload, the body of the response as it came.
    """

    file: str
    offset: int
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ArchivedResponse:
    """A response read back from the archive, byte for byte what was written."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    method: str = "GET"
    request_body: bytes = b""


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """What ``Archive.verify`` found: counts, and one sentence for each thing that is wrong.

    ``record_files``, ``printed`` and ``erased`` are the record archive's: its files, the public credit records in them, and the places
    of such as were taken down. ``Store.verify`` alone reads it.
    """

    files: int
    records: int
    revisits: int
    problems: tuple[str, ...] = ()
    record_files: int = 0
    printed: int = 0
    erased: int = 0


# --- crawl -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """A response that was archived: ``kind`` is ``list``, ``article`` or ``attachment``.

    ``revisit`` tells that the payload was archived before, so that the record only refers to it.
    """

    site: str
    section: str
    kind: str
    url: str
    status: int
    media_type: str
    fetched_at: datetime
    location: Location
    revisit: bool = False


@dataclass(frozen=True, slots=True)
class Publication:
    """One document at one place of publication: ``site`` and ``key`` (the CMS id in its URL) are its identity.

    ``kind`` is ``article`` or ``attachment``; ``parent_key`` is the key of the article an attachment hangs on.
    ``hints`` is what is needed to derive the document again from its payload; it must be expressible in JSON.
    """

    site: str
    section: str
    key: str
    kind: str
    url: str
    title: str
    listed_on: date | None = None
    parent_key: str = ""
    hints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One captured document with all that was derived from it, as ``Store.ingest`` takes it."""

    capture: CaptureRow
    publication: Publication
    derived: Derived
    etag: str | None = None
    last_modified: str | None = None
    differ: Differ | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """One line of a list page, whether its article was fetched or not."""

    key: str
    url: str
    title: str
    listed_on: date | None = None


@dataclass(frozen=True, slots=True)
class FailureRow:
    """A fetch that gave nothing to keep: ``cause`` is a word of ``spiders.items.Cause``, ``detail`` a sentence."""

    site: str
    section: str
    kind: str
    url: str
    key: str
    cause: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """When a document was first seen, last seen (in a list or itself) and last checked (fetched, or answered 304).

    ``etag``, ``last_modified`` and ``sha256`` are those of the last payload; ``None`` where the site sent none.
    """

    first_seen: datetime
    last_seen: datetime
    last_checked: datetime
    etag: str | None
    last_modified: str | None
    sha256: str


class Effect(StrEnum):
    """What an ingested capture did to the store."""

    NEW = "new"
    CHANGED = "changed"
    REREAD = "reread"
    """The source says what it said; it was read better."""
    UNCHANGED = "unchanged"


Differ = Callable[[int, Derived, Derived], tuple[Derived, Comparison]]
"""What a new reading changes: asked with the number of the stored version, its records as the store has them, and the new ones.

Gives the old records that were compared, the store's or a fuller reading of the same payload with the same tasks in the same order, and
the comparison, whose tasks are theirs.
"""


class Verdict(StrEnum):
    """How a run ended. Readers are shown the last ``complete`` one."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class StoredSource:
    """Where a version came from: all that is needed to derive it again, and the hashes of what it gave.

    ``version`` is 0 for a payload that could not be read yet; ``run`` is the one that captured it.
    """

    document: str
    version: int
    publication: Publication
    capture: CaptureRow
    run: str = ""
    content_hash: str = ""
    records_hash: str = ""


# --- review ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What a mention was decided to stand for, in documents of a home region (GB/T 2260, empty: of all) on inclusive days.

    ``kind`` is ``agency``, ``group``, ``role``, ``class`` or ``not-an-agency``; ``name`` the canonical name, ``agency_id`` that of the
    gazetteer, both may be empty but for an agency's name.
    """

    mention: str
    region: str
    kind: str
    name: str = ""
    agency_id: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Derivation:
    """A derivation of the archive, as far as it came: ``stage`` and ``cursor`` (a document) tell the last one done.

    ``site`` and ``since`` (a run) are what it was limited to; ``reader`` tells by what it reads: a hash, in hex, over the normalizer's
    version and the decisions; ``counters`` is its report so far. A part of a derivation by several workers names the whole, its
    ``parent``, and goes through the documents behind ``range_after``, up to ``range_upto``.
    """

    id: str
    site: str
    since: str
    reader: str
    stage: str
    cursor: str
    counters: Mapping[str, Any]
    started_at: datetime
    parent: str = ""
    range_after: str = ""
    range_upto: str = ""


# --- gazetteer -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgencyName:
    """A name of a body: ``kind`` is ``canonical``, ``alias``, ``context-alias`` or ``former``; valid on inclusive days."""

    name: str
    kind: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class AgencyMember:
    """A member of a group of bodies, by name, on inclusive days."""

    name: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One body, group, role or class of the gazetteer; ``region`` is a GB/T 2260 code, empty for none."""

    id: str
    name: str
    kind: str
    region: str = ""
    level: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str = ""
    source: str = ""
    names: tuple[AgencyName, ...] = ()
    members: tuple[AgencyMember, ...] = ()


# --- public credit records ---------------------------------------------------------------------------------------------


class NoticeEffect(StrEnum):
    """What the ingest of a notice did. ``HELD_BACK``: its tombstone stands; ``OVER``: its term was over when it came, nothing was kept.

    ``ENDING`` and ``KNOWN_ENDING`` are no records but repairs and withdrawals, new or changed ones, and such as were read before.
    """

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REREAD = "reread"
    HELD_BACK = "held-back"
    OVER = "over"
    ENDED = "ended"
    ENDING = "endings"
    KNOWN_ENDING = "known-endings"


class TakedownReason(StrEnum):
    """Why a record may no longer be shown."""

    EXPIRED = "expired"
    REPAIRED = "repaired"
    WITHDRAWN = "withdrawn"
    GONE = "gone"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice to keep: the masked printed record, what was read from it, where it stands in the record archive, and when it came."""

    printed: PrintedRecord
    notice: Notice
    location: Location
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class NoticeClock:
    """When a record was last read from its own page, and the last day it may be shown; ``tombstone`` tells that only that is left."""

    last_checked: datetime | None
    ends_on: date | None
    tombstone: bool = False
