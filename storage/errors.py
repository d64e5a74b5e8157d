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
