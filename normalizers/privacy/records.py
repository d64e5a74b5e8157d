"""What masking speaks of: the modes, the places found, and the masked text with its counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """How much counts as personal: ``record`` for public credit records (every kind), ``document`` for policy documents.

    In a document the office telephones and contacts of agencies stay; identity numbers, bank cards and the paragraphs that
    introduce a punished person go.
    """

    RECORD = "record"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A place that holds personal data: ``start`` and ``end`` in the text looked at, ``kind`` from ``kinds.csv``.

    ``rank`` orders findings at one place (the lower one names the kind), ``word`` is what the mask may say besides (a province) or,
    for ``name``, the reduced name.
    """

    start: int
    end: int
    rank: int
    kind: str
    word: str = ""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal data and how much was taken out of it, by kind."""

    text: str
    found: tuple[tuple[str, int], ...] = ()

    @property
    def changed(self) -> bool:
        """Tell whether anything was masked."""
        return bool(self.found)


@dataclass(frozen=True, slots=True, repr=False)
class MaskedBytes:
    """A page without personal data, in the encoding it came in; ``notes`` say what was done where its charset did not fit."""

    payload: bytes
    found: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Say how much was masked, and nothing of the page."""
        return f"<MaskedBytes {len(self.payload)} bytes, {sum(count for _, count in self.found)} masked>"
