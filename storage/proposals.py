"""Proposals: selectors that were found in a specimen, and what was decided of them. Accepted ones count as lines of the fact sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from storage.engine import rows
from storage.errors import UnknownRecord
from storage.operations_schema import proposals, specimens
from storage.store import Store
from storage.turns import Turn

PROPOSED, ACCEPTED, REFUSED, WITHDRAWN = "proposed", "accepted", "refused", "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One selector for a field. ``section`` is empty for a rule of articles, which hold for all sections of a site.

    ``rule``: ``css`` or ``xpath``, ``certainty``, and ``place``, ``before`` or ``after`` the own rules of the sheet. ``proof``: what
    reading the archived pages with it gave (``harvester.monitoring.proving``). ``specimen`` is the page it was found in.
    """

    site: str
    section: str
    field: str
    rule: Mapping[str, str]
    specimen: int
    proof: Mapping[str, Any]
    state: str = PROPOSED
    made_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    id: int = 0


def propose(store: Store, site: str, found: Sequence[Proposal], at: datetime) -> list[Proposal]:
    """Put proposals in the place of a site's undecided ones, and return those; one that was found again keeps its number.

    What changed while they were looked for counts: left out are those that somebody accepted, and those whose specimen gave way to
    newer ones, in which the next look finds them.
    """
    c = proposals.c
    with store.writing(told=False, turn=Turn.PROPOSALS) as connection:
        former, in_force = (_of_state(connection, site, state) for state in (PROPOSED, ACCEPTED))
        kept = set(connection.execute(select(specimens.c.id).where(specimens.c.site == site)).scalars())
        new = []
        for each in found:
            if each.specimen not in kept or _said(each) in in_force:
                continue
            values = {"specimen": each.specimen, "proof": dict(each.proof)}
            if (known := former.pop(_said(each), None)) is not None:
                connection.execute(update(proposals).where(c.id == known).values(values))
                continue
            place = {"site": each.site, "section": each.section, "field": each.field, "rule": dict(each.rule)}
            new.append({**place, **values, "state": PROPOSED, "made_at": at, "decided_by": ""})
        gone = update(proposals).where(c.id.in_(list(former.values())))
        connection.execute(gone.values(state=WITHDRAWN, decided_at=at, decided_by="a later proposal"))
        if new:
            connection.execute(insert(proposals), new)
    return listed(store, site, (PROPOSED,))


def _of_state(connection: Connection, site: str, state: str) -> dict[tuple[object, ...], int]:
    """Return the numbers of a site's proposals in a state by what they propose."""
    query = select(proposals).where(proposals.c.site == site, proposals.c.state == state).order_by(proposals.c.id)
    return {_said(each): each.id for each in (Proposal(**row) for row in rows(connection.execute(query)))}


def _said(proposal: Proposal) -> tuple[object, ...]:
    """Return what a proposal proposes: of two alike the later one is the same."""
    return proposal.section, proposal.field, tuple(sorted(proposal.rule.items()))


def waiting_proven(store: Store) -> frozenset[str]:
    """Return the sites of which undecided proposals hold on the archive."""
    return frozenset(each.site for each in listed(store, "", (PROPOSED,)) if each.proof.get("holds"))


def listed(store: Store, site: str = "", states: Iterable[str] = ()) -> list[Proposal]:
    """Return the proposals of a site (empty: of all) in these states (none: in any), in their order."""
    c = proposals.c
    wanted = [c.site == site] if site else []
    wanted += [c.state.in_(list(states))] if states else []
    with store.reading() as connection:
        return [Proposal(**row) for row in rows(connection.execute(select(proposals).where(*wanted).order_by(c.id)))]


def decide(store: Store, found: Sequence[Proposal], state: str, by: str, at: datetime) -> None:
    """Note what was decided of proposals. Raises ``UnknownRecord`` when one of them was decided otherwise meanwhile; then none is."""
    c = proposals.c
    before = {each.state for each in found}
    with store.writing(told=False, turn=Turn.PROPOSALS) as connection:
        change = update(proposals).where(c.id.in_([each.id for each in found]), c.state.in_(before))
        if connection.execute(change.values(state=state, decided_at=at, decided_by=by)).rowcount != len(found):
            raise UnknownRecord("Somebody decided one of these proposals meanwhile: look at `harvester drift` again.")


def last_accepted(store: Store, site: str, section: str) -> datetime | None:
    """Return when a proposal for a section, or for all of its site, was accepted last."""
    accepted = (each for each in listed(store, site, (ACCEPTED,)) if each.section in ("", section))
    return max((each.decided_at for each in accepted if each.decided_at), default=None)


def accepted_rules(store: Store) -> dict[str, list[dict[str, str]]]:
    """Return the accepted rules by site, in the order of their acceptance: what the setting ``HARVESTER_RULES`` holds."""
    found: dict[str, list[dict[str, str]]] = {}
    for each in listed(store, states=(ACCEPTED,)):
        found.setdefault(each.site, []).append({"section": each.section, "field": each.field, **each.rule})
    return found
