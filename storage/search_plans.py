"""Ask an index of the search how many entries hold some words, and which of them come first in reading order.

SQLite's index gives entries in the order of their numbers, so a page is quick for any word; to count a longer word means to look at where
its pairs stand (``search_sqlite``, which knows a shorter way to rare words). PostgreSQL's gives all entries of a word at once, without
order: counting is quick, and a common word is looked for by walking down the entries. Words of up to three characters are found exactly
by both, longer ones are checked against the text by PostgreSQL. So counts stop at a bound (``most_counted``) where each entry costs
something, and say so. How common words are is estimated (``about``) to choose the way to an answer; no count that is told is an estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    TableClause,
    and_,
    any_,
    case,
    cast,
    column,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    table,
    text,
    true,
)

from storage import search_sqlite
from storage.search import DOCUMENTS, Index
from storage.search_asked import Asked, Counted, behind, conditions, in_order, in_zone, in_zones, place, place_of_entry, said
from storage.search_terms import EXACT, Word, mark_numbers, word_numbers

most_counted = {"sqlite": 40_000, "postgresql": 40_000, "texts": 8_000, "long texts": 1_000}
"""Entries that are looked at for a count, a twentieth of a second: by terms, or on PostgreSQL by texts, which are long in documents."""
DENSE = 1_000
"""Where so many entries hold the words, some stand soon behind any place."""
UNCOUNTED, MANY = Counted(0, at_least=True), Counted(DENSE, at_least=True)
"""What is known of words that were not counted: nothing, and that they are looked for as if they were many."""
_WALK, _NEXT = 3_000, 20_000
"""Entries among which a page of common words is looked for, and those among which such words are counted."""
_DRAWN, _LARGE = 2_000, 50_000
"""The entries that are drawn to tell how common words are, and of how many entries some are drawn rather than the index asked."""
_PLAINLY = 3
"""So many times what is asked for must the words be in by those drawn: pages hold tasks of one document side by side."""
_SIZE = text("SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)")
_PLAN = {"enable_seqscan": "off", "jit": "off", "max_parallel_workers_per_gather": "0", "work_mem": "'16MB'"}


@contextmanager
def by_index(connection: Connection) -> Iterator[None]:
    """Keep PostgreSQL's planner, which knows nothing of how common a pair of characters is, from reading every array of a table.

    In the block alone: what else is asked in the same transaction is planned as always.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    connection.execute(text("; ".join(f"SET LOCAL {name} = {value}" for name, value in _PLAN.items())))
    yield  # after an error nothing more can be asked in the transaction, which ends what was set
    connection.execute(text("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in _PLAN)))


def count(connection: Connection, index: Index, asked: Asked) -> Counted:
    """Return how many entries hold the words, and where few do, as far as the database tells so at once, which."""
    if connection.dialect.name == "sqlite":
        exact = asked.is_plain and len(asked.words) == 1 and max(map(len, asked.words[0])) <= search_sqlite.SHORT
        return search_sqlite.counted(connection, index, asked, None if exact else most_counted["sqlite"])
    most = most_counted["postgresql" if _is_exact(asked.words) else "long texts" if index is DOCUMENTS else "texts"]
    if len(asked.zones) == 1 and about(connection, index, asked) > _PLAINLY * most:
        near = int(connection.execute(select(_how_many(_among_next(index, asked, None, _NEXT).subquery()))).scalar_one())
        if near >= DENSE:  # else they stand further back, and a page of them is asked of the index anyway
            return Counted(near, at_least=True)
    found = _candidates(index, asked).limit(most + 1).cte("found").prefix_with("MATERIALIZED")
    looked, held = connection.execute(select(_how_many(found), _how_many_hold(index, asked, found))).one()
    return Counted(min(int(held), most), looked > most)


def count_within(connection: Connection, index: Index, asked: Asked, most: int) -> int | None:
    """Return how many entries hold the words, None where the index leads to more than ``most``: of those no text is looked at.

    None, too, where so many of the entries that are drawn hold them that the index need not be asked.
    """
    if connection.dialect.name == "sqlite":
        counted, bounded = search_sqlite.count(connection, index, asked, most)
        return None if bounded else counted
    if about(connection, index, asked) > _PLAINLY * most:
        return None
    found = _candidates(index, asked).limit(most + 1).cte("found").prefix_with("MATERIALIZED")
    told = case((_how_many(found) > most, null()), else_=_how_many_hold(index, asked, found))
    total: int | None = connection.execute(select(told)).scalar_one()
    return total


def about(connection: Connection, index: Index, asked: Asked) -> int:
    """Return in about how many entries the words are, by the texts on some pages that are drawn; 0 where the index tells it as soon.

    PostgreSQL's index gives all entries of a common word before the first of them can be had. The pages are the same ones until the
    table changes, so what is asked again is answered again.
    """
    if connection.dialect.name == "sqlite" or not asked.is_plain:
        return 0
    size = connection.execute(_SIZE, {"name": index.entries.name}).scalar_one()
    if size < _LARGE:
        return 0
    e = index.entries.tablesample(func.system(100 * _DRAWN / size), name="drawn", seed=literal(1)).c
    here = in_zones(e.id, asked)
    held = select(func.count()).where(here, *_text_checks(e, asked, None), *_marked(e, asked))
    return int(connection.execute(held).scalar_one() * size / _DRAWN)


def page(
    connection: Connection,
    index: Index,
    asked: Asked,
    limit: int,
    *,
    below: int | None = None,
    titled: bool | None = None,
    counted: Counted = UNCOUNTED,
) -> list[int]:
    """Return the first entries in reading order that hold the words, those at places below ``below``.

    ``titled`` asks for those in whose title all words stand, or not all; ``counted`` is what a count of the same told.
    """
    if counted.entries is not None:
        of_title = (entry for entry in counted.entries if titled is None or (entry in counted.titled) == titled)
        return list(islice((entry for entry in of_title if below is None or place_of_entry(entry) < below), limit))
    found: list[int] = []
    for zone in asked.zones:
        there = behind(zone, below)
        if there[0] > there[1]:
            continue
        one = replace(asked, zones=(there,))
        if connection.dialect.name == "sqlite":
            found += search_sqlite.page(connection, index, one, limit, titled)
        else:
            found += _postgres_page(connection, index, one, limit, titled, counted.count)
    return sorted(found, key=place_of_entry, reverse=True)[:limit]


def holding(dialect: str, index: Index, words: tuple[Word, ...], *, checked: bool = True) -> Select[Any]:
    """Return the selection of the places (``place``) at which all words stand, of any standing; see ``entries`` for ``checked``."""
    found = entries(dialect, index, words, checked=checked).subquery()
    return select(place(found.c.id).label("place"))


def entries(dialect: str, index: Index, words: tuple[Word, ...], *, titled: bool = False, checked: bool = True) -> Select[Any]:
    """Return the selection of the entries (``id``) that hold all words, of any standing; ``titled`` those in whose title all stand.

    Where they are not ``checked``, some are among them that hold all terms of the words, but not the words.
    """
    asked = Asked(words, ((-(1 << 63) + 1, (1 << 63) - 1),))
    named = True if titled else None
    if dialect == "sqlite":
        return search_sqlite.entries(index, words, named)
    found = _candidates(index, asked, titled=titled).subquery()
    return select(found.c.id).where(_checked(index, asked, named, found.c.id) if checked and not _is_exact(words) else true())


# --- PostgreSQL ----------------------------------------------------------------------------------------------------------


def _terms(index: Index) -> TableClause:
    return table(index.terms, column("id", BigInteger), column("terms", ARRAY(BigInteger)))


def _is_exact(words: Iterable[Word]) -> bool:
    return all(len(each) <= EXACT for word in words for each in word)


def _holds(t: TableClause, asked: Asked, *, titled: bool = False) -> ColumnElement[bool]:
    needed = mark_numbers(asked.marks)
    either: list[ColumnElement[bool]] = []
    for word in asked.words:
        if len(word) == 1:
            needed += word_numbers(word[0], titled=titled)
        else:
            either.append(or_(*(_has(t, word_numbers(each, titled=titled)) for each in word)))
    return and_(*([_has(t, needed)] if needed else []), *either)


def _has(t: TableClause, numbers: list[int]) -> ColumnElement[bool]:
    held: ColumnElement[bool] = t.c.terms.op("@>")(cast(numbers, ARRAY(BigInteger)))
    return held


def _candidates(index: Index, asked: Asked, *, titled: bool = False) -> Select[Any]:
    """Return the entries that the terms lead to. ``+ 0`` keeps the planner from walking the key instead of the terms."""
    t = _terms(index)
    here = in_zones(t.c.id + 0, asked)
    return select(t.c.id).where(_holds(t, asked, titled=titled), here, *conditions(asked, t.c.id))


def _text_checks(e: Any, asked: Asked, titled: bool | None) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- a collection of columns
    named = and_(*said("postgresql", e.title, asked.words))
    if titled:
        return [named]
    return said("postgresql", e.folded, asked.words) + ([not_(named)] if titled is False else [])


def _checked(index: Index, asked: Asked, titled: bool | None, entry: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that an entry's text holds the words, asked entry by entry, in the order in which they come."""
    e = index.entries.c
    return select(and_(*_text_checks(e, asked, titled))).where(e.id == entry).scalar_subquery().is_(True)


def _how_many(found: FromClause) -> ColumnElement[int]:
    return select(func.count()).select_from(found).scalar_subquery()


def _how_many_hold(index: Index, asked: Asked, found: FromClause) -> ColumnElement[int]:
    """Return how many of some entries hold the words. As one array, they are looked up along the key, not each from its root."""
    if _is_exact(asked.words):
        return _how_many(found)
    e, some = index.entries.c, func.array(select(found.c.id).scalar_subquery(), type_=ARRAY(BigInteger))
    return select(func.count()).select_from(index.entries).where(e.id == any_(some), *_text_checks(e, asked, None)).scalar_subquery()


def _postgres_page(connection: Connection, index: Index, asked: Asked, limit: int, titled: bool | None, dense: int) -> list[int]:
    if dense >= DENSE and asked.is_plain:
        walked = _walk(connection, index, asked, limit, titled)
        if len(walked) == limit:
            return walked
    (zone,) = asked.zones
    found = _candidates(index, asked, titled=bool(titled))
    entry = found.selected_columns[0]
    ordered = found.order_by(in_order(entry, zone)).offset(0).subquery()
    query = select(ordered.c.id)
    if titled is not None or not _is_exact(asked.words):
        query = query.where(_checked(index, asked, titled, ordered.c.id))
    return list(connection.execute(query.order_by(in_order(ordered.c.id, zone)).limit(limit)).scalars())


def _walk(connection: Connection, index: Index, asked: Asked, limit: int, titled: bool | None) -> list[int]:
    """Return the first entries that hold the words among the next ones, however many others stand between."""
    (zone,), query = asked.zones, _among_next(index, asked, titled, _WALK)
    return list(connection.execute(query.order_by(in_order(query.selected_columns[0], zone)).limit(limit)).scalars())


def _among_next(index: Index, asked: Asked, titled: bool | None, many: int) -> Select[Any]:
    """Return those of the next entries that hold the words, asked of their texts."""
    (zone,), c = asked.zones, index.entries.c
    near = select(c.id, c.title, c.folded, c.marks).where(in_zone(c.id, zone)).order_by(in_order(c.id, zone)).limit(many).subquery()
    return select(near.c.id).where(*_text_checks(near.c, asked, titled), *_marked(near.c, asked))


def _marked(e: Any, asked: Asked) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- a collection of columns
    return [func.strpos(literal(" ") + e.marks + literal(" "), f" {mark} ") > 0 for mark in asked.marks.split()]
