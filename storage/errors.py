"""What can go wrong with the store or the archive. Every message is one sentence that ends in the next step to take."""
# ruff: noqa: N818 -- the names are words of the field (a full disk, a locked store), as the command line tells them

from __future__ import annotations


class StoreError(Exception):
    """Something is wrong with the store or the archive; the message says what to do next."""


class MissingStore(StoreError):
    """There is no store at the URL."""


class UnreachableStore(StoreError):
    """The database cannot be opened: no server, no permission, not a database."""


class OldStore(StoreError):
    """The store was made by an older program and must be upgraded first."""


class NewerStore(StoreError):
    """The store was made by a newer program than this one."""


class LockedStore(StoreError):
    """Another process holds what this one needs."""


class FullDisk(StoreError):
    """No room is left; nothing of the interrupted step was kept."""


class ArchiveError(StoreError):
    """A record of the archive is missing or is not what the store says it is."""


class ErasedRecord(ArchiveError):
    """The record was taken down: its place in the archive holds a tombstone, and what it said is nowhere any more."""


class UnknownRecord(StoreError):
    """No document, version or task has the identifier asked for."""


class ExportError(StoreError):
    """An export cannot be written as asked."""


class RefusedQuestion(StoreError):
    """A question that is too long, a statement that is not run or not understood; the message says why and what to do."""


class SlowQuestion(StoreError):
    """A question takes longer than it may; the database was told to stop."""


class StaleCursor(StoreError):
    """What came behind a cursor was dropped from the feed in part: who follows it begins again with a snapshot.

    ``cursor`` is the sequence number that was asked for, ``horizon`` the greatest one dropped, ``latest`` the last one there is.
    """

    def __init__(self, cursor: int, horizon: int, latest: int) -> None:
        self.cursor, self.horizon, self.latest = cursor, horizon, latest
        super().__init__(
            f"The changes up to number {horizon} were dropped, and {cursor} lies before that, so some would be missed: "
            f"take a fresh copy with `harvester snapshot` and go on from the number it names (now {latest})."
        )


class UnknownCursor(StoreError):
    """A cursor behind the last change: it was given by another store, or by this one before it was put back from a backup."""

    def __init__(self, cursor: int, latest: int) -> None:
        self.cursor, self.latest = cursor, latest
        super().__init__(
            f"There is no change number {cursor} in this store, its last one is {latest}: the number is another store's; "
            f"take a fresh copy with `harvester snapshot` and go on from the number it names."
        )
