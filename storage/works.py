"""Works: which documents are the same text, published in several places.

Every pair of documents is judged by itself, on their current versions only, and a work is whatever hangs together by such
ties, unless two of it cannot be one text: then the weakest ties are let go. So the works of a store do not depend on the order in
which its documents came, nor on how often a crawl was killed. What a person decided on a pair goes before any judgement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, or_, select, text, update

from normalizers.records import DocumentKind
from normalizers.text.fold import fold
from storage import links, pairing
from storage.batches import batches
from storage.changes import tell
from storage.identity import work_id
from storage.pairing import Decided, Facts, Pair, pair_of, similarity
from storage.partition import Edge, partition
from storage.row_writing import insert_rows
from storage.schema import REASONS, documents, work_ties, works
from storage.titles import quoted_of, years_of

SAME_TEXT = 0.8
"""Share of equal signature values from which two texts are the same one, differing by damage or layout."""

SAME_UNDER_ONE_TITLE = 0.5
"""Share that suffices where the titles, or the numbers, are equal: one copy may carry a cover letter or an annex more."""

TEMPLATE_LENGTH = 1000
"""Folded characters below which equal texts may be one form filled in for two firms: then the titles must agree too."""

NOTE_LENGTH = 200
"""Folded characters below which a text only points at its annexes: on other days it is another one. No signature is made of it."""

TITLE_PART = 6
"""Characters a title must have to be recognised inside another one."""

NORMATIVE = {
    DocumentKind.PLAN,
    DocumentKind.WORK_POINTS,
    DocumentKind.TASK_TABLE,
    DocumentKind.OPINION,
    DocumentKind.MEASURES,
    DocumentKind.REGULATION,
}
"""Kinds of which no form is filled in for one firm after another."""

_REACH = 0.5
"""Share of two titles' characters that their common beginning and end must make up for the rest to be what they differ by."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Why two documents are the same text; ``score`` is the share of equal signature values, 1 where the contents are equal."""

    reason: str
    score: float


@dataclass(frozen=True, slots=True)
class Occasion:
    """On what occasion works change: cause, both clocks and the run, as the feed tells them; ``known_at`` None is now."""

    cause: str = "source"
    known_at: datetime | None = None
    as_of: date | None = None
    run: str | None = None


CRAWLED = Occasion()


# --- the judgement -----------------------------------------------------------------------------------------------------


def judge(one: Facts, other: Facts) -> Tie | None:
    """Return the tie of two documents, ``None`` when they are different texts. The order of the two does not matter."""
    if not one.length or not other.length or conflict(one, other):
        return None
    agree = titles_agree(one.title, other.title)
    long = min(one.length, other.length) >= TEMPLATE_LENGTH and not series(one, other)
    if one.content_hash == other.content_hash:
        return Tie("content", 1.0) if (agree and not _notes(one, other)) or long else None
    if _strangers(one, other):
        return None
    score = similarity(one.signature, other.signature)
    # An annex carries the number, and often the title, of what it hangs on; it is the same text only when its text is.
    if one.family != other.family:
        if one.number_key and one.number_key == other.number_key and (agree or score >= SAME_UNDER_ONE_TITLE):
            return Tie("number", score)
        if agree and fold(one.title) == fold(other.title) and score >= SAME_UNDER_ONE_TITLE and not _forms(one, other):
            return Tie("title", score)
    return Tie("text", score) if score >= SAME_TEXT and (agree or long) else None


def conflict(one: Facts, other: Facts) -> bool:
    """Tell whether two documents cannot be one text, whatever hangs between them.

    A draft is not its final, even word for word; a table that divides tasks is not their plan, an explanation not the text. Two numbers,
    or other years in the titles, are two texts. Of equal contents only the first counts; of a title too short to tell only numbers do.
    """
    told = min(len(fold(one.title)), len(fold(other.title))) >= TITLE_PART
    if told and one.draft != other.draft:
        return True
    if one.content_hash == other.content_hash:
        return False
    if told and (one.named.division, one.named.about) != (other.named.division, other.named.about):
        return True
    if one.number_key and other.number_key and one.number_key != other.number_key:
        return True
    years, others = years_of(one.title), years_of(other.title)
    return bool(years and others and years != others)


def titles_agree(one: str, other: str) -> bool:
    """Tell whether two titles name the same text: equal, one within the other, or with the same 《title》 quoted."""
    a, b = sorted((fold(one), fold(other)), key=len)
    if not a or a == b:
        return bool(a)
    if len(a) >= TITLE_PART and a in b:
        return True
    return bool(quoted_of(one) & quoted_of(other))


def series(one: Facts, other: Facts) -> bool:
    """Tell whether two titles are one frame with something else in it: the same matter of two firms, of two days."""
    a, b = fold(one.title), fold(other.title)
    if not a or not b or a == b:
        return False
    shorter = min(len(a), len(b))
    head = next((n for n in range(shorter) if a[n] != b[n]), shorter)
    tail = next((n for n in range(shorter - head) if a[-1 - n] != b[-1 - n]), shorter - head)
    inside, other_inside = a[head : len(a) - tail], b[head : len(b) - tail]
    if not inside or not other_inside or head + tail < _REACH * max(len(a), len(b)):
        return False
    slip = len(inside) == len(other_inside) == 1 and {one.kind, other.kind} <= NORMATIVE
    return not slip and SequenceMatcher(None, inside, other_inside, autojunk=False).ratio() < SAME_TEXT


def _strangers(one: Facts, other: Facts) -> bool:
    """Tell whether the organisations that two texts name are mostly others."""
    if not one.subjects or not other.subjects:
        return False
    return 2 * len(one.subjects & other.subjects) < min(len(one.subjects), len(other.subjects))


def _notes(one: Facts, other: Facts) -> bool:
    """Tell whether two texts are short notes of different days."""
    return min(one.length, other.length) < NOTE_LENGTH and bool(one.days and other.days) and not set(one.days) & set(other.days)


def _forms(one: Facts, other: Facts) -> bool:
    """Tell whether two texts under one title may be a form filled in twice: no day in common, and of a kind that is filled in."""
    normative = {one.kind, other.kind} & NORMATIVE
    return not normative and bool(one.days and other.days) and not set(one.days) & set(other.days)


# --- the store ---------------------------------------------------------------------------------------------------------


def tie(connection: Connection, document: str, occasion: Occasion = CRAWLED, *, new: bool = False) -> None:
    """Judge a document against all that may be the same text or linked to it, put its works and links right, and tell the feed.

    Its current version must be written. A new document is not told as tied: the row that adds it carries its work. One that is ``new``
    in this transaction and shares nothing with any other is the single one of its work, as it was written.
    """
    found = pairing.index(connection, document, new=new)
    family = pairing.family(connection, document)
    if new and not (found.near or found.stirred or family or pairing.decided(connection, [document])):
        write_work(connection, document)
        return
    again = {document, *found.stirred, *pairing.annexes(connection, document)}
    judge_again(connection, again, occasion, new={document} if found.new else set())


def judge_again(connection: Connection, again: Collection[str], occasion: Occasion, *, new: Collection[str] = ()) -> list[links.Row]:
    """Judge documents against their candidates and return the rows of the feed that were told, in their order."""
    touched = _members(connection, again)
    near = {document: pairing.candidates(connection, document) for document in sorted(again)}
    decided = pairing.decided(connection, again)
    known = pairing.facts(
        connection, {*again, *(name for each in near.values() for name in each), *(name for pair in decided for name in pair)}
    )
    pairs = {pair_of(one, other) for one in again for other in near[one]} | {pair for pair in decided if set(pair) <= set(known)}
    _write_ties(connection, again, known, pairs, decided)
    settled = _settle(connection, touched | _members(connection, again), new)
    stirred = {row["document_id"] for row in settled.rows} | settled.decided
    told = settled.rows + links.judge_again(connection, {*again, *stirred}, known, near)
    rows = [row | {"cause": occasion.cause, "run": occasion.run, "as_of": occasion.as_of} | _known_at(occasion) for row in told]
    tell(connection, rows)
    return rows


def _known_at(occasion: Occasion) -> dict[str, datetime]:
    return {"known_at": occasion.known_at} if occasion.known_at is not None else {}


def _write_ties(
    connection: Connection, again: Collection[str], known: Mapping[str, Facts], pairs: Iterable[Pair], decided: Mapping[Pair, Decided]
) -> None:
    for some in batches(sorted(again)):
        connection.execute(_UNTIE, {"some": some})
    found = []
    for first, second in sorted(pairs):
        tie_found = _tie_of(known[first], known[second], decided.get((first, second)))
        if tie_found is not None:
            found.append({"document_id": first, "other_id": second, "reason": tie_found.reason, "score": tie_found.score})
    insert_rows(connection, work_ties, found)


def _tie_of(one: Facts, other: Facts, decision: Decided | None) -> Tie | None:
    if decision is None:
        return judge(one, other)
    return Tie("decision", 1.0) if decision.tie == "same" else None


def _members(connection: Connection, start: Collection[str]) -> set[str]:
    """Return the documents that hang together with those of ``start`` by ties."""
    found, fresh = set(start), set(start)
    while fresh:
        near: set[str] = set()
        for some in batches(sorted(fresh)):
            near |= set(connection.execute(_TIED, {"some": some}).scalars())
        fresh = near - found
        found |= fresh
    return found


# --- works -------------------------------------------------------------------------------------------------------------

_SOME: BindParameter[Any] = bindparam("some", expanding=True)
_T = work_ties.c
_UNTIE = delete(work_ties).where(or_(_T.document_id.in_(_SOME), _T.other_id.in_(_SOME)))
_TIED = select(_T.other_id).where(_T.document_id.in_(_SOME)).union_all(select(_T.document_id).where(_T.other_id.in_(_SOME)))
_TIES = select(work_ties).where(_T.document_id.in_(_SOME))
_WORKS = select(documents.c.id, documents.c.work_id).where(documents.c.id.in_(_SOME))
_COMPANY = select(documents.c.id, documents.c.work_id).where(documents.c.work_id.in_(_SOME))
_USED = select(documents.c.work_id).where(documents.c.work_id.in_(_SOME))
_DROP = delete(works).where(works.c.id.in_(_SOME), works.c.id.not_in(_USED))
_WORK = text("""INSERT INTO works (id, title, reason) VALUES (:work, coalesce((
    SELECT coalesce(nullif(v.title, ''), d.title) FROM documents d LEFT JOIN versions v ON v.document_id = d.id AND v.number = d.version
    WHERE d.id = :first), ''), :why) ON CONFLICT (id) DO UPDATE SET title = excluded.title, reason = excluded.reason""")
"""A work, under the title that its least document goes by; until that one's version is written, there is none."""


@dataclass(frozen=True, slots=True)
class _Settled:
    """Works put right: the rows of those whose work is another now, and the documents on whose works a decision may hold anew."""

    rows: list[links.Row]
    decided: set[str]


def _settle(connection: Connection, touched: set[str], new: Collection[str]) -> _Settled:
    """Give every document of ``touched`` the work it belongs to."""
    before, company = _works_of(connection, touched)
    groups = list(_groups(connection, touched))
    work_of = {document: _Work(work_id(min(group)), reason, group) for group, reason in groups for document in group}
    for group, reason in groups:
        write_work(connection, min(group), reason)
        other = [document for document in sorted(group) if before.get(document) != work_id(min(group))]
        for some in batches(other):
            connection.execute(update(documents).where(documents.c.id.in_(some)).values(work_id=work_id(min(group))))
    _drop_unused(connection, {work_id(document) for document in touched} | set(before.values()))
    stirred = [group for group, _ in groups if any(company.get(before.get(document, "")) != group for document in group)]
    decided = {document for group in stirred if pairing.decided(connection, group) for document in group}
    changed = [document for document in sorted(work_of) if document not in new and before.get(document) != work_of[document].id]
    return _Settled(_rows(connection, changed, before, work_of, company), decided)


@dataclass(frozen=True, slots=True)
class _Work:
    id: str
    reason: str
    members: set[str]


def _groups(connection: Connection, touched: Collection[str]) -> Iterable[tuple[set[str], str]]:
    left = set(touched)
    while left:
        whole = _members(connection, {min(left)})
        left -= whole
        edges = _edges(connection, whole)
        for group in partition(whole, edges, kept_apart(connection, whole, edges)):
            yield group, _reason(edges, group)


def _works_of(connection: Connection, touched: Collection[str]) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Return the works of documents, and the documents of those works."""
    works_before = {row.id: row.work_id for some in batches(sorted(touched)) for row in connection.execute(_WORKS, {"some": some})}
    company: dict[str, set[str]] = {}
    for some in batches(sorted(set(works_before.values()))):
        for row in connection.execute(_COMPANY, {"some": some}):
            company.setdefault(row.work_id, set()).add(row.id)
    return works_before, company


def _edges(connection: Connection, group: Collection[str]) -> list[Edge]:
    found: list[Edge] = []
    for some in batches(sorted(group)):
        for row in connection.execute(_TIES, {"some": some}):
            found.append(Edge(row.document_id, row.other_id, row.score, row.reason))
    by_hand = [edge for edge in found if edge.reason == "decision"]
    decided = pairing.decided(connection, {edge.one for edge in by_hand}) if by_hand else {}
    numbers = {pair: decision.id for pair, decision in decided.items() if decision.tie == "same"}
    return [replace(edge, decision=numbers.get((edge.one, edge.other), 0)) for edge in found] if numbers else found


def kept_apart(connection: Connection, group: set[str], edges: Sequence[Edge]) -> set[Pair]:
    """Return the pairs of a group that cannot be one text: by a decision, or since they conflict."""
    if len(group) < 2:
        return set()
    decided = pairing.decided(connection, group)
    apart = {pair for pair, decision in decided.items() if decision.tie != "same" and set(pair) <= group}
    if len(group) == 2:
        return apart
    known = sorted(pairing.facts(connection, group).values(), key=lambda each: each.id)
    sorts = {(each.draft, each.named.division, each.named.about) for each in known}
    numbers, years = {each.number_key for each in known} - {""}, {years_of(each.title) for each in known} - {frozenset()}
    if max(len(sorts), len(numbers), len(years)) < 2:
        return apart
    clash = {(a.id, b.id) for n, a in enumerate(known) for b in known[n + 1 :] if conflict(a, b)}
    return apart | (clash - set(decided) - _settled_by_hand(decided, edges))


def _settled_by_hand(decided: Mapping[Pair, Decided], edges: Iterable[Edge]) -> set[Pair]:
    """Return the pairs on which the judge's doubts hold no more: copies of two documents that a person said to be one text."""
    same = [pair for pair, decision in decided.items() if decision.tie == "same"]
    near: dict[str, set[str]] = {name: {name} for pair in same for name in pair}
    for edge in edges:
        for one, other in ((edge.one, edge.other), (edge.other, edge.one)):
            if one in near:
                near[one].add(other)
    return {pair_of(a, b) for one, other in same for a in near[one] for b in near[other]}


def tied_to(connection: Connection, document: str) -> tuple[set[str], list[Edge]]:
    """Return all that hangs together with a document by ties, whether of its work or kept apart from it, and those ties."""
    group = _members(connection, {document})
    return group, _edges(connection, group)


def _reason(edges: Iterable[Edge], group: Collection[str]) -> str:
    found = {edge.reason for edge in edges if edge.one in group and edge.other in group}
    return next((reason for reason in REASONS[1:] if reason in found), REASONS[0])


def write_work(connection: Connection, first: str, reason: str = "single") -> None:
    """Write the work whose least document is ``first``, under that document's title."""
    connection.execute(_WORK, {"first": first, "why": reason, "work": work_id(first)})


def _drop_unused(connection: Connection, ids: Collection[str]) -> None:
    for some in batches(sorted(ids)):
        connection.execute(_DROP, {"some": some})


def _rows(
    connection: Connection, changed: Sequence[str], before: Mapping[str, str], after: Mapping[str, _Work], company: Mapping[str, set[str]]
) -> list[links.Row]:
    """Return the rows of documents whose work is another now: tied where one is in it that was not in the old one, else untied."""
    around = links.places(connection, changed)
    found = []
    for document in changed:
        work, old = after[document], before[document]
        kind = "tied" if work.members - company[old] else "untied"
        sides = {"before": {"work": old}, "after": {"work": work.id, "reason": work.reason}}
        found.append({"entity": "document", "entity_id": document, "kind": kind, "fields": ["work"]} | sides | around[document])
    return found
