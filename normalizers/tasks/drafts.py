"""What a paragraph or row gives before names and dates are read: the draft of a task."""

from __future__ import annotations

from typing import NamedTuple

from normalizers.records import Span
from normalizers.tasks.statements import Statement


class Draft(NamedTuple):
    """One task as marked: its words, what is stated of it, and where both stand.

    ``caption`` is the title of the table it stands in, whose year goes before the document's.
    """

    text: str
    statement: Statement
    evidence: Span
    address: str
    rule: str
    confidence: float
    number: str = ""
    section: str = ""
    caption: str = ""
    agency_address: str = ""
    deadline_address: str = ""
    deadline_basis: str = "label"
