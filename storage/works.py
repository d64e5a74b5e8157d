"""Works: which documents are the same text, published in several places.

Every pair of documents is judged by itself, on their current versions only, and a work is whatever hangs together by such
ties. So the works of a store do not depend on the order in which its documents came, nor on how often a crawl was killed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import eq

from sqlalchemy import Connection, delete, insert, or_, select, text, update

from normalizers.records import Derived
from normalizers.text.fold import fold
from storage.identity import work_id
from storage.schema import REASONS, documents, signature_bands, versions, work_ties, works
from storage.versions import unpack_signature

BANDS = 16
"""Bands of a signature of 64 values, 4 values each: a pair at 0.8 shares a band with 99.98 %, a pair at 0.3 with 12 %."""

SAME_TEXT = 0.8
"""Share of equal signature values from which two texts are the same one, differing by damage or layout."""

SAME_UNDER_ONE_TITLE = 0.5
"""Share that suffices where the titles, or the numbers, are equal: one copy may carry a cover letter or an annex more."""

TEMPLATE_LENGTH = 1000
"""Folded characters below which equal texts may be one form filled in for two firms: then the titles must agree too."""

TITLE_PART = 6
"""Characters a title must have to be recognised inside another one."""

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_QUOTED = re.compile(r"《([^《》]{6,})》")
_LOCK = 7_265_001
_CURRENT = documents.join(versions, (versions.c.document_id == documents.c.id) & (versions.c.number == documents.c.version))


@dataclass(frozen=True, slots=True)
class Facts:
    """What a pair of documents is judged by."""

    id: str
    family: str
    title: str
    number_key: str
    content_hash: str
    signature: tuple[int, ...]
    length: int


@dataclass(frozen=True, slots=True)
class Tie:
    """Why two documents are the same text; ``score`` is the share of equal signature values, 1 where the contents are equal."""

    reason: str
    score: float


def judge(one: Facts, other: Facts) -> Tie | None:
    """Return the tie of two documents, ``None`` when they are different texts. The order of the two does not matter."""
    if not one.length or not other.length:
        return None
    same = one.content_hash == other.content_hash
    if not same and _conflict(one, other):
        return None
    agree = titles_agree(one.title, other.title)
    long = min(one.length, other.length) >= TEMPLATE_LENGTH
    if same and (agree or long):
        return Tie("content", 1.0)
    if _conflict(one, other):
        return None
    score = similarity(one.signature, other.signature)
    # An annex carries the number, and often the title, of what it hangs on; it is the same text only when its text is.
    if one.family != other.family:
        if one.number_key and one.number_key == other.number_key and (agree or score >= SAME_UNDER_ONE_TITLE):
            return Tie("number", score)
        if agree and fold(one.title) == fold(other.title) and score >= SAME_UNDER_ONE_TITLE:
            return Tie("title", score)
    return Tie("text", score) if score >= SAME_TEXT and (agree or long) else None


def similarity(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the share of equal values of two MinHash signatures, 0 where one is empty."""
    if not one or len(one) != len(other):
        return 0.0
    equal: int = sum(map(eq, one, other))
    return equal / len(one)


def titles_agree(one: str, other: str) -> bool:
    """Tell whether two titles name the same text: equal, one within the other, or with the same 《title》 quoted."""
    a, b = sorted((fold(one), fold(other)), key=len)
    if not a or a == b:
        return bool(a)
    if len(a) >= TITLE_PART and a in b:
        return True
    return bool({fold(name) for name in _QUOTED.findall(one)} & {fold(name) for name in _QUOTED.findall(other)})


def _conflict(one: Facts, other: Facts) -> bool:
    if one.number_key and other.number_key and one.number_key != other.number_key:
        return True
    years, others = set(_YEAR.findall(one.title)), set(_YEAR.findall(other.title))
    return bool(years and others and years != others)


# --- the store ---------------------------------------------------------------------------------------------------------


def band_values(signature: Sequence[int]) -> list[int]:
    """Return a signed 64-bit value for each band of a signature; none for an empty one."""
    width = len(signature) // BANDS
    bands = [signature[n * width : (n + 1) * width] for n in range(BANDS)] if width else []
    return [int.from_bytes(hashlib.blake2b(repr(tuple(band)).encode(), digest_size=8).digest(), "big", signed=True) for band in bands]


def index_signature(connection: Connection, document: str, derived: Derived) -> None:
    """Put the bands of a document's current version in the place of those it had."""
    connection.execute(delete(signature_bands).where(signature_bands.c.document_id == document))
    found = [{"band": n, "value": value, "document_id": document} for n, value in enumerate(band_values(derived.signature))]
    if found:
        connection.execute(insert(signature_bands), found)


def tie(connection: Connection, document: str) -> None:
    """Judge a document against all that may be the same text, and put the works it touches right."""
    if connection.dialect.name == "postgresql":
        # Two writers that do not see each other's document would both miss the tie.
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    touched = _members(connection, {document})
    connection.execute(delete(work_ties).where(or_(work_ties.c.document_id == document, work_ties.c.other_id == document)))
    facts = {found.id: found for found in _facts(connection, {document} | _candidates(connection, document))}
    own = facts.pop(document)
    ties = {other.id: found for other in facts.values() if (found := judge(own, other)) is not None}
    if ties:
        connection.execute(insert(work_ties), [_tie_row(document, other, found) for other, found in sorted(ties.items())])
    _settle(connection, touched | _members(connection, {document}))


def _tie_row(document: str, other: str, found: Tie) -> dict[str, object]:
    first, second = sorted((document, other))
    return {"document_id": first, "other_id": second, "reason": found.reason, "score": found.score}


def _candidates(connection: Connection, document: str) -> set[str]:
    v, bands, mine = versions.c, signature_bands.alias("bands"), signature_bands.alias("mine")
    own = connection.execute(
        select(v.content_hash, v.title_key, v.number_key).select_from(_CURRENT).where(documents.c.id == document)
    ).one()
    keys = [v.content_hash == own.content_hash]
    keys += [column == value for column, value in ((v.title_key, own.title_key), (v.number_key, own.number_key)) if value]
    by_key = select(documents.c.id).select_from(_CURRENT).where(or_(*keys))
    same = (bands.c.band == mine.c.band) & (bands.c.value == mine.c.value)
    by_band = select(bands.c.document_id).select_from(bands.join(mine, same)).where(mine.c.document_id == document)
    return set(connection.execute(by_key).scalars()) | set(connection.execute(by_band).scalars())


def _facts(connection: Connection, ids: Iterable[str]) -> list[Facts]:
    d, v = documents.c, versions.c
    columns = (d.id, d.parent_id, v.title, d.title.label("listed"), v.number_key, v.content_hash, v.signature, v.folded_length)
    found: list[Facts] = []
    for part in _parts(sorted(ids)):
        for row in connection.execute(select(*columns).select_from(_CURRENT).where(d.id.in_(part))):
            title, signature = row.title or row.listed, unpack_signature(row.signature)
            found.append(Facts(row.id, row.parent_id or row.id, title, row.number_key, row.content_hash, signature, row.folded_length))
    return found


def _members(connection: Connection, start: set[str]) -> set[str]:
    """Return the documents that hang together with those of ``start`` by ties."""
    found, fresh = set(start), set(start)
    while fresh:
        near: set[str] = set()
        for part in _parts(sorted(fresh)):
            near |= set(connection.execute(select(work_ties.c.other_id).where(work_ties.c.document_id.in_(part))).scalars())
            near |= set(connection.execute(select(work_ties.c.document_id).where(work_ties.c.other_id.in_(part))).scalars())
        fresh = near - found
        found |= fresh
    return found


def _settle(connection: Connection, touched: set[str]) -> None:
    """Give every document of ``touched`` the work it belongs to; a work is named after its least document."""
    left = set(touched)
    while left:
        group = _members(connection, {min(left)})
        left -= group
        write_work(connection, min(group), _reason(connection, group))
        for part in _parts(sorted(group)):
            connection.execute(update(documents).where(documents.c.id.in_(part)).values(work_id=work_id(min(group))))
    stale = [work_id(document) for document in touched]
    used = select(documents.c.work_id).where(documents.c.work_id.in_(stale))
    connection.execute(delete(works).where(works.c.id.in_(stale), works.c.id.not_in(used)))


def write_work(connection: Connection, first: str, reason: str = "single") -> None:
    """Write the work whose least document is ``first``, under that document's title."""
    facts = _facts(connection, [first])
    row = {"title": facts[0].title if facts else "", "reason": reason}
    if connection.execute(update(works).where(works.c.id == work_id(first)).values(row)).rowcount == 0:
        connection.execute(insert(works), [row | {"id": work_id(first)}])


def _reason(connection: Connection, group: set[str]) -> str:
    found: set[str] = set()
    for part in _parts(sorted(group)):
        found |= set(connection.execute(select(work_ties.c.reason).where(work_ties.c.document_id.in_(part))).scalars())
    return next((reason for reason in REASONS[1:] if reason in found), REASONS[0])


def _parts(ids: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    """Cut a list to pieces that fit into one statement."""
    return (ids[at : at + size] for at in range(0, len(ids), size))
