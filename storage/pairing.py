"""What pairs of documents are judged by, and how the documents that may be a pair are found without reading the store through.

Each document stands under keys (``document_keys``, ``signature_bands``) of its current version; two documents that share one are
judged. A key that more than ``MOST`` documents stand under tells nothing (a form, an empty page, 工作要点 without a place): nothing is
found by it, by whoever comes first or last. So what is judged depends on what is stored, never on the order in which it came.

========= =============================================================================================================
content   hash of the folded text
title     fingerprint of the title
number    fingerprint of the document number
series    place and the title's name of the text without year, round and draft's marks
plan      what a division of tasks names (number, name), and number and name of what may have tasks to divide
subject   organisations named in the text, hashed; nothing is found by them, they keep the forms of two firms apart
========= =============================================================================================================
"""
# ruff: noqa: S608 -- statements are put together from constants of this file only

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import chain
from operator import eq
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, TextClause, bindparam, delete, exists, func, or_, select, text

from normalizers.records import Relation
from storage.batches import batches
from storage.change_schema import document_keys, tie_decisions
from storage.keys_of_texts import Band, Cited, Key, bands_of, keys_of
from storage.row_writing import insert_rows, marks
from storage.schema import documents, signature_bands, version_issuers, version_references, version_regions, versions
from storage.titles import Period, Title, read_title
from storage.versions import unpack_signature

MOST = 100
"""Documents that a key may have: the sites of the region that carry one text are fewer, the pages filled into one form more."""

MOST_READ = 100_000
"""Characters of a text in which organisations are looked for."""

AGAINST = (Relation.REPEALS, Relation.AMENDS)
"""Relations in which a text names another that it is not the plan's division of."""

_CURRENT = documents.join(versions, (versions.c.document_id == documents.c.id) & (versions.c.number == documents.c.version))
Pair = tuple[str, str]
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a pair of documents is judged by.

    ``family`` is the article, of an annex and of itself; ``place`` the home region, the site where none is known; ``issuers`` bodies by
    id or name; ``days`` all days the document goes by (成文, 发布, in the list); ``cited`` its keys of kind ``plan``; ``subjects`` the
    organisations it names, hashed; ``parent_title`` the title of the article that an annex hangs on.
    """

    id: str
    family: str
    title: str
    number_key: str
    content_hash: str
    signature: tuple[int, ...]
    length: int
    site: str = ""
    kind: str = "other"
    place: str = ""
    issuers: frozenset[str] = frozenset()
    days: tuple[date, ...] = ()
    plan: Period | None = None
    cited: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    parent_title: str = ""

    @property
    def named(self) -> Title:
        """What the title tells."""
        return read_title(self.title)

    @property
    def draft(self) -> bool:
        """Tell whether this is a draft: by its own title, or by that of the article it is annexed to."""
        return self.named.draft or (bool(self.parent_title) and read_title(self.parent_title).draft)

    @property
    def is_article(self) -> bool:
        """Tell whether this is an article, no annex."""
        return self.family == self.id


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision in force on a pair: ``tie`` as in ``change_schema.TIES``, from ``document`` to ``other``."""

    id: int
    document: str
    other: str
    tie: str


def pair_of(one: str, other: str) -> Pair:
    """Return two identifiers in their order."""
    return (one, other) if one < other else (other, one)


# --- keys --------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Indexed:
    """What an indexing did: whether the document is new, and which others are to be judged again since a key became or ceased to be one.

    ``near`` are those that it shares a changed key with; of a new document all that share one.
    """

    new: bool
    stirred: set[str] = field(default_factory=set)
    near: set[str] = field(default_factory=set)


def index(connection: Connection, document: str, *, new: bool = False) -> Indexed:
    """Put the keys of a document's current version in the place of those it had; one that is ``new`` in this transaction had none."""
    row = dict(connection.execute(_ROW, {"document": document}).mappings().one())
    keys, bands = keys_of(row, _references(connection, row)), bands_of(unpack_signature(row["signature"]))
    old_keys: set[Key] = set()
    old_bands: set[Band] = set()
    if not new:
        old_keys |= {(kind, value) for kind, value in connection.execute(_KEYS, {"document": document})}
        old_bands |= {(band, value) for band, value in connection.execute(_BANDS, {"document": document})}
    _replace(connection, document_keys, document, ("kind", "value"), keys, old_keys)
    _replace(connection, signature_bands, document, ("band", "value"), bands, old_bands)
    found = Indexed(new=not old_keys)
    told = {key for key in keys ^ old_keys if key[0] != "subject"}
    for members, added in (
        *((each, key in keys) for key, each in _under(connection, _OF_KEY, told).items()),
        *((each, band in bands) for band, each in _under(connection, _OF_BAND, bands ^ old_bands).items()),
    ):
        if len(members) == (MOST + 1 if added else MOST):
            found.stirred |= members - {document}
        if len(members) <= MOST:
            found.near |= members - {document}
    return found


def _replace(
    connection: Connection, table: Table, document: str, names: tuple[str, str], keys: Collection[tuple[K, V]], old: Collection[tuple[K, V]]
) -> None:
    if keys == old:
        return
    if old:
        connection.execute(delete(table).where(table.c.document_id == document))
    insert_rows(connection, table, [dict(zip(names, key, strict=True)) | {"document_id": document} for key in sorted(keys)])


def _region() -> Any:  # noqa: ANN401 -- a column
    r = version_regions.c
    here = (r.document_id == documents.c.id) & (r.version == documents.c.version) & (r.position == 0)
    return func.coalesce(select(r.region).where(here).scalar_subquery(), "").label("region")


def _row() -> Any:  # noqa: ANN401 -- a statement
    d, v = documents.c, versions.c
    columns = (d.id, d.site, d.title.label("listed"), d.version, v.title, v.number_key, v.content_hash, v.folded_length, v.signature)
    text_head = func.substr(v.text, 1, MOST_READ).label("text")
    return select(*columns, text_head, _region()).select_from(_CURRENT).where(d.id == bindparam("document"))


_ROW = _row()
_KEYS = select(document_keys.c.kind, document_keys.c.value).where(document_keys.c.document_id == bindparam("document"))
_BANDS = select(signature_bands.c.band, signature_bands.c.value).where(signature_bands.c.document_id == bindparam("document"))


def _references(connection: Connection, row: Mapping[str, Any]) -> Iterator[Cited]:
    r = version_references.c
    query = select(r.title, r.number_key).where(r.document_id == row["id"], r.version == row["version"])
    query = query.where(r.relation.not_in(AGAINST)).order_by(r.position)
    yield from ((title, number_key) for title, number_key in connection.execute(query.limit(50)))


def similarity(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the share of equal values of two MinHash signatures, 0 where one is empty."""
    if not one or len(one) != len(other):
        return 0.0
    equal: int = sum(map(eq, one, other))
    return equal / len(one)


def catch_up(connection: Connection) -> int:
    """Give keys to the documents of an older schema, which had none, and return how many; ``work_judging.judge_all`` judges by them."""
    k = document_keys.c
    without = select(documents.c.id).where(~exists().where(k.document_id == documents.c.id)).order_by(documents.c.id)
    found = list(connection.execute(without).scalars())
    for document in found:
        index(connection, document)
    return len(found)


# --- finding -----------------------------------------------------------------------------------------------------------

_OF_KEY = f"SELECT document_id FROM document_keys WHERE kind = :kind AND value = :value LIMIT {MOST + 2}"
_OF_BAND = f"SELECT document_id FROM signature_bands WHERE band = :kind AND value = :value LIMIT {MOST + 2}"


def candidates(connection: Connection, document: str) -> set[str]:
    """Return the documents that a document is to be judged with: those that share a key with it, and its article and annexes."""
    keys = [(kind, value) for kind, value in connection.execute(_KEYS, {"document": document}) if kind != "subject"]
    bands = [(band, value) for band, value in connection.execute(_BANDS, {"document": document})]
    found = family(connection, document)
    for members in (*_under(connection, _OF_KEY, keys).values(), *_under(connection, _OF_BAND, bands).values()):
        found |= members if len(members) <= MOST else set()
    return found - {document}


def family(connection: Connection, document: str) -> set[str]:
    """Return a document's article and all annexes of that, of an article its annexes; not itself."""
    return set(connection.execute(_family(connection.dialect.name), {"document": document}).scalars()) - {document}


def families(connection: Connection, some: Collection[str]) -> set[str]:
    """Return of which of these families, each named by its article, a document is stored: the article itself or an annex."""
    found: set[str] = set()
    for few in batches(sorted(some)):
        found |= set(connection.execute(_families(connection.dialect.name), {"some": few}).scalars())
    return found


@cache
def _families(dialect: str) -> TextClause:
    annexes = f"SELECT parent_id FROM documents {_by_parent(dialect)} WHERE parent_id IN :some"
    query = f"SELECT id FROM documents WHERE id IN :some UNION {annexes}"
    return text(query).bindparams(bindparam("some", expanding=True))


def _by_parent(dialect: str) -> str:
    # Next to no document has a parent: by its statistics (after a copy) SQLite would take that index for useless and read all documents.
    return "INDEXED BY ix_documents_parent_id" if dialect == "sqlite" else ""


@cache
def _family(dialect: str) -> TextClause:
    return text(f"""SELECT d.id FROM documents d WHERE d.id = (SELECT o.parent_id FROM documents o WHERE o.id = :document)
    UNION SELECT d.id FROM documents d {_by_parent(dialect)} WHERE d.parent_id = (
    SELECT coalesce(nullif(o.parent_id, ''), o.id) FROM documents o WHERE o.id = :document)""")


def _under(connection: Connection, one: str, keys: Collection[tuple[K, V]]) -> dict[tuple[K, V], set[str]]:
    """Return the documents that stand under keys, of each at most ``MOST`` + 2; one statement, whatever their number."""
    named = list(keys)
    if not named:
        return {}
    parts: list[str] = []
    values: dict[str, Any] = {}
    for n, (kind, value) in enumerate(named):
        statement = one.replace(":kind", f":k{n}").replace(":value", f":v{n}").replace("document_id FROM", f"{n} AS n, document_id FROM")
        parts.append(f"SELECT * FROM ({statement}) AS s{n}")
        values |= {f"k{n}": kind, f"v{n}": value}
    members: dict[tuple[K, V], set[str]] = {key: set() for key in named}
    for n, document in connection.execute(text(" UNION ALL ".join(parts)), values):
        members[named[n]].add(document)
    return members


def told_of(connection: Connection, keys: Collection[Key], bands: Collection[Band]) -> tuple[set[Key], set[Band]]:
    """Return which of these keys and bands any document stands under."""
    of_keys = _stood_under(connection, "document_keys", "kind", keys)
    return of_keys, _stood_under(connection, "signature_bands", "band", bands)


def _stood_under(connection: Connection, table: str, kind: str, asked: Collection[tuple[K, V]]) -> set[tuple[K, V]]:
    found: set[tuple[K, V]] = set()
    for some in batches(sorted(asked)):
        statement = f"""WITH asked (kind, value) AS (VALUES {marks(connection.dialect.name, 2, len(some))})
            SELECT a.kind, a.value FROM asked a WHERE EXISTS (SELECT 1 FROM {table} t WHERE t.{kind} = a.kind AND t.value = a.value)"""
        rows = connection.exec_driver_sql(statement, tuple(chain.from_iterable(some)))
        found |= {(one, value) for one, value in rows}
    return found


def annexes(connection: Connection, document: str) -> set[str]:
    """Return the documents that hang on an article: what its title says holds for them, too."""
    return set(connection.execute(_annexes(connection.dialect.name), {"document": document}).scalars())


@cache
def _annexes(dialect: str) -> TextClause:
    return text(f"SELECT id FROM documents {_by_parent(dialect)} WHERE parent_id = :document")


def decided(connection: Connection, ids: Collection[str]) -> dict[Pair, Decided]:
    """Return the decisions in force on pairs with one of these documents."""
    found: dict[Pair, Decided] = {}
    for some in batches(sorted(ids)):
        for row in connection.execute(_DECIDED, {"some": some}):
            found[pair_of(row.document_id, row.other_id)] = Decided(*row)
    return found


def _decisions() -> Any:  # noqa: ANN401 -- a statement
    t = tie_decisions.c
    some: Any = bindparam("some", expanding=True)
    query = select(t.id, t.document_id, t.other_id, t.tie).where(t.ended_at.is_(None), t.document_id.in_(some) | t.other_id.in_(some))
    return query.order_by(t.id)


_DECIDED = _decisions()


def there(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return which of these documents are in the store."""
    return {
        name
        for some in batches(sorted(ids))
        for name in connection.execute(select(documents.c.id).where(documents.c.id.in_(some))).scalars()
    }


# --- facts -------------------------------------------------------------------------------------------------------------


def facts(connection: Connection, ids: Collection[str]) -> dict[str, Facts]:
    """Return what documents are judged by, by identifier; those that are not in the store are left out."""
    found: dict[str, Facts] = {}
    for some in batches(sorted(ids)):
        issuers, keys = _issuers(connection, some), _kept_keys(connection, some)
        for row in connection.execute(_facts_query(), {"ids": some}):
            found[row.id] = _facts(row, issuers[row.id], keys)
    return found


@cache
def _facts_query() -> Any:  # noqa: ANN401 -- a statement
    d, v = documents.c, versions.c
    parent, said = documents.alias("parent"), versions.alias("said")
    above = func.coalesce(func.nullif(said.c.title, ""), parent.c.title, "").label("parent_title")
    columns = (d.id, d.site, d.parent_id, v.title, d.title.label("listed"), v.number_key, v.content_hash, v.signature, v.folded_length)
    more = (v.document_kind, v.issued_on, v.published_on, d.listed_on, v.plan_start, v.plan_end, _region(), above)
    joined = _CURRENT.outerjoin(parent, parent.c.id == d.parent_id)
    joined = joined.outerjoin(said, (said.c.document_id == parent.c.id) & (said.c.number == parent.c.version))
    return select(*columns, *more).select_from(joined).where(d.id.in_(bindparam("ids", expanding=True)))


def _facts(row: Any, issuers: frozenset[str], keys: dict[tuple[str, str], set[str]]) -> Facts:  # noqa: ANN401 -- a row
    days = tuple(day for day in (row.issued_on, row.published_on, row.listed_on) if day is not None)
    plan = (row.plan_start.year, row.plan_end.year) if row.plan_start and row.plan_end else None
    return Facts(
        row.id,
        row.parent_id or row.id,
        row.title or row.listed,
        row.number_key,
        row.content_hash,
        unpack_signature(row.signature),
        row.folded_length,
        row.site,
        row.document_kind,
        row.region or row.site,
        issuers,
        days,
        plan,
        frozenset(keys[row.id, "plan"]),
        frozenset(keys[row.id, "subject"]),
        row.parent_title,
    )


def _issuers(connection: Connection, some: Sequence[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(_issuers_query(), {"ids": some}):
        found[row.document_id].add(row.agency_id or row.mention_key)
    return defaultdict(frozenset, {name: frozenset(bodies) for name, bodies in found.items()})


@cache
def _issuers_query() -> Any:  # noqa: ANN401 -- a statement
    i, d = version_issuers.c, documents.c
    query = select(i.document_id, i.agency_id, i.mention_key).join(documents, (d.id == i.document_id) & (d.version == i.version))
    return query.where(i.document_id.in_(bindparam("ids", expanding=True)))


@cache
def _kept_query() -> Any:  # noqa: ANN401 -- a statement
    k = document_keys.c
    return select(k.document_id, k.kind, k.value).where(
        k.document_id.in_(bindparam("ids", expanding=True)), or_(k.kind == "plan", k.kind == "subject")
    )


def _kept_keys(connection: Connection, some: Sequence[str]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in connection.execute(_kept_query(), {"ids": some}):
        found[row.document_id, row.kind].add(row.value)
    return found
