"""The review queue: what could not be resolved, across the current versions of the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Subquery, case, cast, func, literal, select, union_all

from normalizers.records import DeadlineKind
from storage import schema
from storage.engine import rows
from storage.selection import HIDDEN, stem_of
from storage.store import Store

Row = dict[str, Any]

EXAMPLES = 3
"""Places shown of each thing to decide."""

PIECE = 500
"""Values asked for in one query."""


def unresolved(store: Store, *, site: str = "", region: str = "", mention: str = "", limit: int | None = None) -> list[Row]:
    """Return one row a mention and home region that is tied to no body, the most used first.

    Columns: ``what`` (the mention), ``region`` (empty: none, or several), ``uses``, ``documents``, ``examples`` (identifiers of tasks,
    or of documents for an issuer), ``flags``, ``body_kind``, ``first_on`` and ``last_on`` (days of the documents).
    """
    return _grouped(store, _mentions(site, region, mention), ("what", "region"), limit)


def unparsed(store: Store, *, site: str = "", region: str = "", limit: int | None = None) -> list[Row]:
    """Return one row a text that stands for a deadline and from which no date was read, the most used first."""
    d, t = schema.documents.c, schema.tasks.c
    columns = (t.deadline_text.label("what"), t.document_id, t.id.label("example"), t.deadline_flags.label("flags"))
    query = select(*columns, literal("").label("region"), _day().label("day")).select_from(schema.tasks)
    query = query.join(schema.documents, (d.id == t.document_id) & (d.version == t.version)).join(schema.versions, _of_document())
    return _grouped(store, query.where(t.deadline_kind == DeadlineKind.NONE, *_wanted(site, region)).subquery(), ("what",), limit)


def documents(store: Store, *, site: str = "", region: str = "") -> Iterator[Row]:
    """Yield the current versions of which something is told, by identifier.

    Columns: ``id``, ``site``, ``title``, ``region``, ``day``, ``repairs``, ``warnings``, ``suggestions``.
    """
    d, v = schema.documents.c, schema.versions.c
    title = case((v.title != "", v.title), else_=d.title).label("title")
    told = (v.repairs, v.warnings, v.suggestions)
    query = select(d.id, d.site, title, _home(d.id, d.version).label("region"), _day().label("day"), *told)
    query = query.select_from(schema.documents).join(schema.versions, _of_document()).where(*_wanted(site, region)).order_by(d.id)
    something = [func.length(cast(column, String)) > len("[]") for column in told]
    with store.reading() as connection:
        found = connection.execution_options(yield_per=PIECE).execute(query.where(something[0] | something[1] | something[2]))
        for row in found.mappings():
            yield dict(row)


def unread(store: Store, *, site: str = "") -> list[Row]:
    """Return the documents whose archived payload could not be read: ``id``, ``site``, ``title``, ``url``, ``detail``."""
    u = schema.unread.c
    query = select(u.document_id.label("id"), u.site, u.title, u.url, u.detail).order_by(u.site, u.document_id)
    with store.reading() as connection:
        return rows(connection.execute(query.where(*([u.site == site] if site else []))))


def _mentions(site: str, region: str, mention: str) -> Subquery:
    d, t, a, i = schema.documents.c, schema.tasks.c, schema.task_agencies.c, schema.version_issuers.c
    home, day = _home(d.id, d.version).label("region"), _day().label("day")

    def columns(of: Any) -> list[ColumnElement[Any]]:  # noqa: ANN401 -- a collection of columns
        return [of.mention.label("what"), of.kind.label("body_kind"), of.flags, home, day]

    named = select(*columns(a), t.document_id, t.id.label("example")).select_from(schema.task_agencies)
    named = named.join(schema.tasks, t.id == a.task_id).join(schema.documents, (d.id == t.document_id) & (d.version == t.version))
    issued = select(*columns(i), i.document_id, i.document_id.label("example")).select_from(schema.version_issuers)
    issued = issued.join(schema.documents, (d.id == i.document_id) & (d.version == i.version))
    return union_all(
        named.join(schema.versions, _of_document()).where(*_open(a, mention), *_wanted(site, region)),
        issued.join(schema.versions, _of_document()).where(*_open(i, mention), *_wanted(site, region)),
    ).subquery()


def _open(of: Any, mention: str) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- a collection of columns
    return [~of.resolved, *([of.mention == mention] if mention else [])]


def _of_document() -> ColumnElement[bool]:
    return (schema.versions.c.document_id == schema.documents.c.id) & (schema.versions.c.number == schema.documents.c.version)


def _day() -> ColumnElement[Any]:
    v = schema.versions.c
    return func.coalesce(v.issued_on, v.published_on, v.plan_start, type_=v.issued_on.type)


def _home(document: ColumnElement[str], version: ColumnElement[int]) -> ColumnElement[str]:
    """Return the home region of a version, empty where it has none or speaks for several: so names were read."""
    r = schema.version_regions.c
    one = select(func.min(r.region)).where(r.document_id == document, r.version == version).having(func.count() == 1)
    return func.coalesce(one.scalar_subquery(), "")


def _wanted(site: str, region: str) -> list[ColumnElement[bool]]:
    d = schema.documents.c
    wanted: list[ColumnElement[bool]] = [d.state.not_in(HIDDEN)]
    if site:
        wanted.append(d.site == site)
    if region:
        wanted.append(_home(d.id, d.version).startswith(stem_of(region), autoescape=True))
    return wanted


def _grouped(store: Store, uses: Subquery, by: Sequence[str], limit: int | None) -> list[Row]:
    u = uses.c
    keys = [u[name] for name in by]
    counted = (func.count().label("uses"), func.count(func.distinct(u.document_id)).label("documents"))
    span = (func.min(u.day).label("first_on"), func.max(u.day).label("last_on"))
    query = select(*keys, *counted, *span).group_by(*keys).order_by(counted[0].desc(), *keys).limit(limit)
    with store.reading() as connection:
        found = rows(connection.execute(query))
        samples: dict[tuple[Any, ...], list[Row]] = {}
        for start in range(0, len(found), PIECE):
            for row in rows(connection.execute(_samples(uses, keys, [row["what"] for row in found[start : start + PIECE]]))):
                samples.setdefault(tuple(row[name] for name in by), []).append(row)
    return [row | _shown(samples[tuple(row[name] for name in by)]) for row in found]


def _samples(uses: Subquery, keys: Sequence[ColumnElement[Any]], whats: Sequence[str]) -> Select[Any]:
    u = uses.c
    place = func.row_number().over(partition_by=keys, order_by=[u.example]).label("place")
    ranked = select(*u, place).where(u.what.in_(whats)).subquery()
    return select(ranked).where(ranked.c.place <= EXAMPLES).order_by(ranked.c.what, ranked.c.example)


def _shown(samples: Sequence[Row]) -> Row:
    flags = list(dict.fromkeys(flag for row in samples for flag in row["flags"] or ()))
    shown: Row = {"examples": list(dict.fromkeys(row["example"] for row in samples)), "flags": flags}
    return shown | ({"body_kind": samples[0]["body_kind"]} if "body_kind" in samples[0] else {})
