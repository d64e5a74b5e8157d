"""Put the normalizers' gazetteer into the store, so that readers can ask for agencies by name, date and succession."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from normalizers.agencies import GazetteerEntry, gazetteer
from storage.records import AgencyMember, AgencyName, AgencyRow
from storage.store import Store


def load_gazetteer(store: Store) -> bool:
    """Make the store's agencies those of this program; return whether anything differed."""
    known = gazetteer()
    members = defaultdict(list)
    for member in known.members():
        members[member.group].append(AgencyMember(member.name, member.validity.start, last_day(member.validity.end)))
    return store.load_agencies([agency_row(entry, members[entry.name]) for entry in known.entries])


def agency_row(entry: GazetteerEntry, members: Sequence[AgencyMember]) -> AgencyRow:
    """Return an entry as the store keeps it: days inclusive, names with their kind."""
    names = [AgencyName(entry.name, "canonical")]
    names += [AgencyName(name, "alias") for name in entry.names if name != entry.name]
    names += [AgencyName(name, "context-alias") for name in entry.context_names if name not in entry.names]
    return AgencyRow(
        id=entry.id,
        name=entry.name,
        kind=entry.kind.value,
        region=entry.region,
        level=entry.level,
        valid_from=entry.valid_from,
        valid_to=last_day(entry.valid_to),
        successor=entry.successor,
        source=entry.source,
        names=tuple(names),
        members=tuple(members),
    )


def last_day(end: date | None) -> date | None:
    """Return the last day of a half-open period that ends at ``end``."""
    return end - timedelta(days=1) if end else None
