"""What a perfect reader would store of a record of the replica: the truth, written down by the generator from what it meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

WILD = "＊"
"""Stands in a truth's text for something personal that a reader must have masked, however it spells the mask."""


@dataclass(frozen=True, slots=True, repr=False)
class RecordTruth:
    """One record as it should be stored; field names are those of ``Notice`` and ``Subject``, dates ISO, amounts in 元, all text.

    ``key`` is the site's own key, empty where a row has none (``row`` counts such rows from 0). ``code_problem`` says what was done to
    the code: ``changed-character``, ``illegal-character``, ``length``; empty: it is right. ``code_borrowed`` is the code where it
    belongs to another firm, ``code_printed`` the code as printed. ``blanks`` are (concept, printed, reason) of values that mean
    nothing, ``defects`` names of what else is wrong, ``unknown`` labels that no field map can know, ``further`` values without a
    column of their own. ``secrets`` are strings that must not be found anywhere, ``unkept`` what is not stored of a person's or a
    shop's record, ``names`` legal representatives. ``reachable`` is false where the site's page cap hides the record or nobody should
    ask for it. ``ended`` is ``withdrawn`` or ``repaired`` where the source says so on the record itself, ``ended_by`` where another
    record says so.
    """

    site: str
    section: str
    key: str
    kind: str
    subject_kind: str
    subject_name: str
    region: str
    row: int = -1
    document: str = ""
    code: str = ""
    code_printed: str = ""
    code_problem: str = ""
    code_borrowed: str = ""
    organization_code: str = ""
    registration_number: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    further: Mapping[str, str] = field(default_factory=dict)
    blanks: tuple[tuple[str, str, str], ...] = ()
    defects: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    unkept: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    reachable: bool = True
    ended: str = ""
    ended_by: str = ""

    def __repr__(self) -> str:
        """Say which record this is, and nothing personal."""
        return f"<RecordTruth {self.site} {self.section} {self.key or self.row}>"

    def __getattr__(self, name: str) -> str:
        """Return a field of the notice (``number``, ``authority``, ``fine_yuan``, …), empty where the record does not say."""
        if name in COLUMNS:
            return self.values.get(name, "")
        raise AttributeError(name)

    def agrees(self, column: str, stored: object) -> bool:
        """Tell whether a stored value is what this record says; masked places may hold anything short."""
        meant = getattr(self, column)
        text = "" if stored is None else str(stored)
        if WILD not in meant:
            return bool(meant == text)
        return re.fullmatch(".{0,40}?".join(map(re.escape, meant.split(WILD))), text, re.DOTALL) is not None


COLUMNS = (
    *("authority", "authority_code", "source_body", "list_name", "colour", "title", "number", "category", "violation", "facts", "basis"),
    *("content", "licence", "licence_number", "status", "remark", "decided_on", "valid_from", "valid_to", "published_on", "shown_until"),
    *("removed_on", "fine_yuan", "confiscated_yuan", "amount_yuan"),
)
"""The columns of a notice that ``RecordTruth.values`` may hold, besides those of its subject."""
