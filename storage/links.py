"""Links between different texts: a final and its drafts, the editions of a yearly plan, a plan and the table that divides its tasks.

Judged pairwise on current versions, as ties are, and kept between documents; a reader sees them between works. A wrong link is worse
than a missing one: place, name and period must agree, and the reason is kept in words. What a person decided on two documents holds
for their works.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select

from storage import pairing
from storage.batches import batches
from storage.change_schema import RELATIONS, document_links
from storage.engine import rows
from storage.identity import text_key
from storage.keys_of_texts import series_of
from storage.pairing import Decided, Facts, Pair, pair_of
from storage.schema import documents, version_regions
from storage.states import link_id, link_state
from storage.titles import Name, Period, Title

Row = dict[str, Any]

REASONS = {
    "title without the draft's mark": 0.85,
    "title without its year": 0.85,
    "same title in another year": 0.75,
    "names its number": 0.95,
    "annexed to the same notice": 0.9,
    "its title stands in the other's": 0.9,
    "names it in 《》": 0.8,
    "decision": 1.0,
}
"""Reasons of links in words, with how sure each is."""

SURER = 0.1
"""What equal issuers, or texts that share half their shingles, add to that."""
ALIKE = 0.5
OWN_NAME = 8
"""Characters of a name that is not anybody's (工作要点 is)."""
FULL_NAME = 10
"""Characters of a name that is the same plan's under another issuer, when it names its place (bodies change by reform)."""
LONGEST_DRAFT_DAYS = 3 * 366
"""Days between a draft and its final; later ones are of another round."""
_NATION = "100000"


@dataclass(frozen=True, slots=True)
class Link:
    """A link from ``document`` (final, later edition, division) to ``other`` (draft, earlier edition, plan)."""

    document: str
    other: str
    relation: str
    reason: str
    score: float


# --- the judgement -----------------------------------------------------------------------------------------------------


def judge(one: Facts, other: Facts) -> Link | None:
    """Return the link of two documents, ``None`` where there is none. The order of the two does not matter."""
    if not one.length or not other.length or one.named.about or other.named.about:
        return None
    return draft(one, other) or draft(other, one) or edition(one, other) or division(one, other) or division(other, one)


def draft(final: Facts, before: Facts) -> Link | None:
    """Return the link of a final to its draft: the same name at the same place, drafted before and not long before."""
    if not before.draft or final.draft or not _common(final, before) or final.named.division != before.named.division:
        return None
    if not _periods_agree(_period(final.named), _period(before.named)) or not _own_name(final, before) or not _in_time(before, final):
        return None
    sure = pairing.similarity(final.signature, before.signature) >= ALIKE
    return _link(final, before, "draft", "title without the draft's mark", surer=sure)


def edition(one: Facts, other: Facts) -> Link | None:
    """Return the link of a plan to the same plan of an earlier period: the same name, place and issuer."""
    if one.draft or other.draft or one.named.division != other.named.division or one.named.installment or other.named.installment:
        return None
    if not _common(one, other) or not (one.named.division or _is_series(one.named)) or not _same_hand(one, other):
        return None
    printed = _later(_order(one.named), _order(other.named))
    if printed:
        later, earlier = (one, other) if printed > 0 else (other, one)
        return _link(later, earlier, "edition", "title without its year", surer=bool(one.issuers & other.issuers))
    if _order(one.named) == _order(other.named) == (None, 0) and one.issuers & other.issuers:
        counted = _later((one.plan, 0), (other.plan, 0))
        later, earlier = (one, other) if counted > 0 else (other, one)
        return _link(later, earlier, "edition", "same title in another year") if counted else None
    return None


def division(table: Facts, plan: Facts) -> Link | None:
    """Return the link of a table that divides tasks to the plan whose tasks they are."""
    if not table.named.division or plan.named.division or table.draft != plan.draft or not _within(table.named, plan.named):
        return None
    named, names = {name.stem for name in table.named.names}, {name.stem for name in plan.named.names if name.is_plan}
    if plan.number_key and f"n{plan.number_key}" in table.cited and plan.number_key != table.number_key:
        return _link(table, plan, "division", "names its number")
    if table.family == plan.family and plan.is_article and names and (not named or named & names):
        return _link(table, plan, "division", "annexed to the same notice")
    if not _covers(plan.place, table.place):
        return None
    if any(len(stem) >= OWN_NAME for stem in named & names):
        return _link(table, plan, "division", "its title stands in the other's")
    if not named and any(len(stem) >= OWN_NAME and f"t{text_key(stem)}" in table.cited for stem in names):
        return _link(table, plan, "division", "names it in 《》")
    return None


def _link(one: Facts, other: Facts, relation: str, reason: str, *, surer: bool = False) -> Link:
    return Link(one.id, other.id, relation, reason, round(min(1.0, REASONS[reason] + (SURER if surer else 0.0)), 2))


def _common(one: Facts, other: Facts) -> bool:
    return one.place == other.place and bool(set(series_of(one.named)) & set(series_of(other.named)))


def _is_series(title: Title) -> bool:
    return any(name.is_series for name in title.names)


def _own_name(one: Facts, other: Facts) -> bool:
    """Tell whether the name that two texts share is a name of its own, or the same body gave it to both."""
    common = set(series_of(one.named)) & set(series_of(other.named))
    return any(len(stem) >= OWN_NAME for stem in common) or bool(one.issuers & other.issuers)


def _same_hand(one: Facts, other: Facts) -> bool:
    """Tell whether two texts of one name come from the same body, or bear a name that no other body's bears."""
    common = set(series_of(one.named)) & set(series_of(other.named))
    if one.issuers & other.issuers:
        return True
    if not one.issuers or not other.issuers:
        return any(len(stem) >= OWN_NAME for stem in common)
    placed = any(name.placed for name in (*one.named.names, *other.named.names))
    return placed and any(len(stem) >= FULL_NAME for stem in common)


def _in_time(before: Facts, final: Facts) -> bool:
    """Tell whether a draft may be that of a final, by their first days; unknown days hold nothing back."""
    if not before.days or not final.days:
        return True
    return 0 <= (_first(final.days) - _first(before.days)).days <= LONGEST_DRAFT_DAYS


def _first(days: Iterable[date]) -> date:
    return min(days)


def _main(title: Title) -> Name | None:
    return title.names[0] if title.names else None


def _period(title: Title) -> Period | None:
    name = _main(title)
    return title.own_period or (name.period if name else None)


def _order(title: Title) -> tuple[Period | None, int]:
    name = _main(title)
    return _period(title), name.round if name else 0


def _later(one: tuple[Period | None, int], other: tuple[Period | None, int]) -> int:
    """Return 1 when the first comes after the other by period and round, -1 when before, 0 when that cannot be said."""
    said = set()
    if one[0] and other[0]:
        first, last = one[0][0] - other[0][0], one[0][1] - other[0][1]
        said.add(_sign(first) if _sign(first) == _sign(last) else 0)
    if one[1] and other[1]:
        said.add(_sign(one[1] - other[1]))
    return said.pop() if len(said) == 1 else 0


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _periods_agree(one: Period | None, other: Period | None) -> bool:
    return one is None or other is None or one == other


def _within(table: Title, plan: Title) -> bool:
    """Tell whether the period of a division lies within that of the plan, as far as the titles say."""
    name, planned = _main(table), _main(plan)
    of_plan = planned.period if planned else None
    if not _periods_agree(name.period if name else None, of_plan):
        return False
    own = table.own_period
    return own is None or of_plan is None or (of_plan[0] <= own[0] and own[1] <= of_plan[1])


def _covers(place: str, other: str) -> bool:
    """Tell whether a place is the other one or lies around it (GB/T 2260)."""
    if place in (other, _NATION):
        return True
    stem = place
    while len(stem) > 2 and stem.endswith("00"):
        stem = stem[:-2]
    return place.isdecimal() and len(stem) < len(place) and other.startswith(stem)


# --- the store ---------------------------------------------------------------------------------------------------------


def judge_again(
    connection: Connection, again: Collection[str], known: Mapping[str, Facts], near: Mapping[str, Collection[str]]
) -> list[Row]:
    """Judge the links of documents again and return the rows of the feed; works must be settled.

    ``known`` and ``near`` are what is known already of facts and candidates.
    """
    around = {document: near[document] if document in near else pairing.candidates(connection, document) for document in again}
    wanted = {*again, *(name for each in around.values() for name in each)}
    every = {**known, **pairing.facts(connection, wanted - set(known))}
    decisions = _Decisions(connection, again, wanted)
    wanted |= set(decisions.missing)
    pairs = {pair_of(one, other) for one in again for other in around[one]} | decisions.pairs(again)
    found: dict[tuple[str, str, str], Row] = {}
    for one, other in sorted(pairs):
        if (link := decisions.link(one, other, every)) is not None:
            found[link.document, link.other, link.relation] = _row(link)
    return _replace(connection, again, found)


class _Decisions:
    """What was decided on the works of documents."""

    def __init__(self, connection: Connection, again: Collection[str], wanted: Collection[str]) -> None:
        self.work = _works_of(connection, wanted)
        mine = {self.work[document] for document in again if document in self.work}
        members = _members(connection, mine) if mine else {}
        self.direct = pairing.decided(connection, {*members, *again})
        ends = {name for pair in self.direct for name in pair}
        self.missing: set[str] = pairing.there(connection, ends - set(self.work))
        self.work |= _works_of(connection, self.missing)
        self.of_works: dict[Pair, Decided] = {}
        for decision in sorted(self.direct.values(), key=lambda each: each.id):
            if decision.document in self.work and decision.other in self.work:
                self.of_works[pair_of(self.work[decision.document], self.work[decision.other])] = decision

    def pairs(self, again: Collection[str]) -> set[Pair]:
        """Return the pairs with one of ``again`` on which a link was decided."""
        known = self.work
        return {pair for pair, one in self.direct.items() if one.tie in RELATIONS and set(pair) <= set(known) and (set(pair) & set(again))}

    def link(self, one: str, other: str, known: Mapping[str, Facts]) -> Link | None:
        """Return the link of a pair: as decided, else as judged and not decided otherwise on their works."""
        decision = self.direct.get(pair_of(one, other))
        if decision is not None:
            by_hand = Link(decision.document, decision.other, decision.tie, "decision", REASONS["decision"])
            return by_hand if decision.tie in RELATIONS else None
        if self.work[one] == self.work[other]:
            return None
        found = judge(known[one], known[other])
        of_works = self.of_works.get(pair_of(self.work[one], self.work[other]))
        if found is None or of_works is None:
            return found
        same_way = self.work[found.document] == self.work[of_works.document]
        return found if found.relation == of_works.tie and same_way else None


def _works_of(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    d = documents.c
    return {
        row.id: row.work_id for some in batches(sorted(ids)) for row in connection.execute(select(d.id, d.work_id).where(d.id.in_(some)))
    }


def _members(connection: Connection, works: Collection[str]) -> dict[str, str]:
    d = documents.c
    found = (connection.execute(select(d.id, d.work_id).where(d.work_id.in_(some))) for some in batches(sorted(works)))
    return {row.id: row.work_id for part in found for row in part}


def _row(link: Link) -> Row:
    return {
        "document_id": link.document,
        "other_id": link.other,
        "relation": link.relation,
        "reason": link.reason,
        "score": link.score,
    }


def _replace(connection: Connection, again: Collection[str], found: Mapping[tuple[str, str, str], Row]) -> list[Row]:
    """Put links in the place of those that documents had, and return the rows of the feed."""
    c = document_links.c
    stored: dict[tuple[str, str, str], Row] = {}
    for some in batches(sorted(again)):
        for row in rows(connection.execute(select(document_links).where(or_(c.document_id.in_(some), c.other_id.in_(some))))):
            stored[row["document_id"], row["other_id"], row["relation"]] = row
    told: list[Row] = []
    for key in sorted({*stored, *found}):
        before, after = stored.get(key), found.get(key)
        if before == after:
            continue
        if before is not None:
            here = (c.document_id == key[0]) & (c.other_id == key[1]) & (c.relation == key[2])
            connection.execute(delete(document_links).where(here))
        if after is not None:
            connection.execute(insert(document_links), [after])
        told.append(_told(before, after))
    around = places(connection, [row["document_id"] for row in told])
    return [row | around[row["document_id"]] for row in _with_copies(connection, told)]


def _with_copies(connection: Connection, told: Sequence[Row]) -> list[Row]:
    """Return the rows, each marked as a copy when the works it is about stand to each other so by other documents of theirs, too."""
    fresh = {row["entity_id"] for row in told if row["kind"] == "added"}
    seen: set[tuple[str, tuple[str, str, str]]] = set()
    marked = []
    for row in told:
        beside, works = _beside(connection, row["after"] or row["before"])
        # Of several that come or go at once the first is told.
        copy = bool(beside - fresh) or (row["kind"], works) in seen
        seen.add((row["kind"], works))
        marked.append(row | {"copy": copy and row["kind"] != "restated"})
    return marked


def _beside(connection: Connection, state: Row) -> tuple[set[str], tuple[str, str, str]]:
    """Return the identifiers of the other links between the works of a link, and these works with the relation."""
    works = _works_of(connection, [state["document"], state["other"]])
    one, other, c = documents.alias("one"), documents.alias("other"), document_links.c
    joined = document_links.join(one, one.c.id == c.document_id).join(other, other.c.id == c.other_id)
    ends = (works.get(state["document"], ""), works.get(state["other"], ""), str(state["relation"]))
    query = select(document_links).select_from(joined).where(one.c.work_id == ends[0], other.c.work_id == ends[1], c.relation == ends[2])
    found = {link_id(link_state(row)) for row in rows(connection.execute(query))}
    return found - {link_id(state)}, ends


def _told(before: Row | None, after: Row | None) -> Row:
    state, was = link_state(after) if after else None, link_state(before) if before else None
    kind = "restated" if before and after else "added" if after else "removed"
    fields = [name for name in ("reason", "score") if state and was and state[name] != was[name]]
    row = after or before or {}
    identity = {"entity": "link", "entity_id": link_id(state or was or {}), "kind": kind, "fields": fields}
    return identity | {"before": was, "after": state, "document_id": row["document_id"]}


def places(connection: Connection, ids: Sequence[str]) -> dict[str, Row]:
    """Return what the feed tells of where documents are: site, section, region, identifier and version."""
    d, r = documents.c, version_regions.c
    here = (r.document_id == d.id) & (r.version == d.version) & (r.position == 0)
    region = select(r.region).where(here).scalar_subquery().label("region")
    found: dict[str, Row] = {}
    for some in batches(ids):
        query = select(d.id.label("document_id"), d.site, d.section, d.version, d.work_id, region).where(d.id.in_(some))
        found |= {row["document_id"]: row | {"region": row["region"] or ""} for row in rows(connection.execute(query))}
    return found
