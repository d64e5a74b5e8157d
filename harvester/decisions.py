"""The decisions of review, from the store to the normalizers."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from normalizers.agencies import Decision, Decisions
from normalizers.records import NORMALIZER_VERSION, AgencyKind
from storage.decisions import in_force
from storage.records import DecisionRow
from storage.store import Store

REJECTED = "not-an-agency"
"""The kind of a mention that names no body."""


def stored_decisions(store: Store) -> Decisions:
    """Return the decisions in force in a store, the older first: of two that hold alike the later one counts."""
    return Decisions.of(as_decision(row) for row in in_force(store))


def as_decision(row: DecisionRow) -> Decision:
    """Return a stored decision as the normalizers read it; raises ``ValueError`` for one that says nothing."""
    rejected = row.kind == REJECTED
    return Decision(
        mention=row.mention,
        region=row.region,
        name=row.name,
        id=row.agency_id,
        kind=AgencyKind.AGENCY if rejected else AgencyKind(row.kind),
        valid_from=row.valid_from,
        # Inclusive days there, a half-open period here: of the calendar's last day, open.
        valid_to=row.valid_to + timedelta(days=1) if row.valid_to and row.valid_to < date.max else None,
        note=row.note,
        rejected=rejected,
    )


def reader_of(decisions: Decisions) -> str:
    """Return a hash, in hex, of what the same payload is read by: the normalizer's version and the decisions."""
    return hashlib.sha256(repr((NORMALIZER_VERSION, decisions.all)).encode()).hexdigest()
