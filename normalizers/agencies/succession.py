"""Who answers today for a body that a document of another day names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from normalizers.agencies.gazetteer import GazetteerEntry, gazetteer
from normalizers.agencies.resolve import Context, resolve
from normalizers.records import Agency, AgencyKind

LONGEST_LINEAGE = 8
"""Steps. No body was renamed more often; a longer chain is a circle."""


def successor(agency: Agency, on: date | None = None) -> Agency:
    """Return who answers on a day (``None``: now) for a resolved body: itself or its successor.

    The mention stays the one given; rule ``successor`` tells that it is another body. Unresolved where its duties went to
    several bodies or to none that is known. Groups, roles and classes are themselves.
    """
    if agency.name is None or agency.kind is not AgencyKind.AGENCY:
        return agency
    entry = gazetteer().by_id.get(agency.id or "")
    following = _listed(entry, on) if entry else _composed(agency.name, on)
    if following is None:
        return Agency(agency.mention, rule="unresolved")
    if following.name == agency.name:
        return agency
    return replace(following, mention=agency.mention, rule="successor", flags=())


def _listed(entry: GazetteerEntry, on: date | None) -> Agency | None:
    """Follow the lines of the gazetteer to the entry that is valid on the day."""
    known = gazetteer()
    for _ in range(LONGEST_LINEAGE):
        if entry.valid_to is None or (on is not None and on < entry.valid_to):
            return Agency(entry.name, entry.name, entry.id, entry.kind)
        if entry.successor not in known.by_id:
            return None
        entry = known.by_id[entry.successor]
    return None


def _composed(name: str, on: date | None) -> Agency | None:
    """Read a composed name again at the later day: its region and its kind of department each have their successors."""
    found = resolve(name, Context("", on))
    return found if found.resolved else None
