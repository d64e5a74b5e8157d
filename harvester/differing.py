"""What a new reading of a document changes, for the store to tell."""

from __future__ import annotations

from dataclasses import dataclass

from normalizers.compare import compare
from normalizers.differences import Comparison
from normalizers.records import Derived


@dataclass(frozen=True, slots=True)
class Reread:
    """A stored version as its payload is read today, with the blocks that the store does not keep; ``altered``: otherwise than stored."""

    version: int
    derived: Derived
    altered: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A comparison made beforehand, for the transaction to take where it is of the version that is stored, else made there."""

    version: int
    old: Derived
    new: Derived
    comparison: Comparison

    def __call__(self, number: int, stored: Derived, new: Derived) -> tuple[Derived, Comparison]:
        """Return the records compared and what changed; as ``storage.records.Differ``."""
        same = (number, stored.content_hash, len(stored.tasks)) == (self.version, self.old.content_hash, len(self.old.tasks))
        return (self.old, self.comparison) if same and new is self.new else difference(number, stored, new)


def difference(number: int, stored: Derived, new: Derived) -> tuple[Derived, Comparison]:
    """Compare with what the store has of a version; as ``storage.records.Differ``."""
    return stored, compare(stored, new)


def prepared(old: Reread, new: Derived) -> Difference:
    """Compare with a version that was read again: the long work, done outside of the transaction."""
    return Difference(old.version, old.derived, new, compare(old.derived, new))
