"""Ask an index of the search how many entries hold some words, and which of them come first in reading order.

SQLite's index gives entries in the order of their numbers, so a page is quick for any word; to count a longer word means to look at where
its pairs stand, or where one of them is rare, at the few texts that it leads to. PostgreSQL's gives all entries of a word at once, without
order: counting is quick, and a common word is looked for by walking down the entries. Words of up to three characters are found exactly
by both, longer ones are checked against the text by PostgreSQL. So counts stop at a bound (``most_counted``) where each entry costs
something, and say so. How common words are is estimated (``about``) to choose the way to an answer; no count that is told is an estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
    false,
    func,
    literal,
    literal_column,
    not_,
    null,
    or_,
    select,
    table,
    text,
    true,
)

from storage.places import LAST
from storage.search import DOCUMENTS, HIDDEN, Index
from storage.search_terms import EXACT, Word, mark_numbers, match_query, word_numbers

Zone = tuple[int, int]
"""Numbers of entries from the first to the last, all above zero or all below: in one zone the reading order is that of the numbers."""

most_counted = {"sqlite": 40_000, "postgresql": 40_000, "texts": 8_000, "long texts": 1_000}
"""Entries that are looked at for a count, a twentieth of a second: by terms, or on PostgreSQL by texts, which are long in documents."""
DENSE = 1_000
"""Where so many entries hold the words, some stand soon behind any place."""
_WALK, _NEXT = 3_000, 20_000
"""Entries among which a page of common words is looked for, and those among which such words are counted."""
_DRAWN, _LARGE = 2_000, 50_000
"""The entries that are drawn to tell how common words are, and of how many entries some are drawn rather than the index asked."""
_PLAINLY = 3
"""So many times what is asked for must the words be in by those drawn: pages hold tasks of one document side by side."""
_SHORT = 2
"""Characters of the longest word that SQLite counts without looking at places in the text."""
RARE, _PROBED = 1_000, 24
"""Entries that one pair of a word leads to at most, so that their texts are looked at, and of how many pairs of a word that is asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of an index: words that all must be found, zones, marks that all must be there, and conditions on places.

    ``within`` and ``without`` are selections of places (of records: of entries); those of ``of_documents`` are places of documents.
    """

    words: tuple[Word, ...]
    zones: tuple[Zone, ...]
    marks: str = ""
    within: Select[Any] | None = None
    of_documents: Select[Any] | None = None
    without: Select[Any] | None = None

    @property
    def is_plain(self) -> bool:
        """Tell whether the index alone answers."""
        return self.within is None and self.of_documents is None and self.without is None


def zones(low: int, high: int, *, counted: bool = True, copies: bool = False, hidden: bool = False) -> tuple[Zone, ...]:
    """Return the zones of the entries at places from ``low`` to ``high``."""
    found = [(low, high)] if counted else []
    found += [(-high, -low)] if copies else []
    return (*found, *([(-high - HIDDEN, -low - HIDDEN)] if hidden else []))


def place_of_entry(entry: int) -> int:
    """Return the place of an entry."""
    return entry if entry > 0 else -entry if entry > -HIDDEN else -entry - HIDDEN


def place(entry: ColumnElement[int]) -> ColumnElement[int]:
    """Return the place of an entry, in SQL."""
    return case((entry > 0, entry), (entry > -HIDDEN, -entry), else_=-entry - HIDDEN)


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


def count(connection: Connection, index: Index, asked: Asked) -> tuple[int, bool]:
    """Return how many entries hold the words, and whether that is only how many there are at least."""
    if connection.dialect.name == "sqlite":
        exact = asked.is_plain and len(asked.words) == 1 and max(map(len, asked.words[0])) <= _SHORT
        return _sqlite_count(connection, index, asked, None if exact else most_counted["sqlite"])
    most = most_counted["postgresql" if _is_exact(asked.words) else "long texts" if index is DOCUMENTS else "texts"]
    if len(asked.zones) == 1 and about(connection, index, asked) > _PLAINLY * most:
        near = int(connection.execute(select(_how_many(_among_next(index, asked, None, _NEXT).subquery()))).scalar_one())
        if near >= DENSE:  # else they stand further back, and a page of them is asked of the index anyway
            return near, True
    found = _candidates(index, asked).limit(most + 1).cte("found").prefix_with("MATERIALIZED")
    looked, held = connection.execute(select(_how_many(found), _how_many_hold(index, asked, found))).one()
    return min(int(held), most), looked > most


def count_within(connection: Connection, index: Index, asked: Asked, most: int) -> int | None:
    """Return how many entries hold the words, None where the index leads to more than ``most``: of those no text is looked at.

    None, too, where so many of the entries that are drawn hold them that the index need not be asked.
    """
    if connection.dialect.name == "sqlite":
        counted, bounded = _sqlite_count(connection, index, asked, most)
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
    here = _in_zones(e.id, asked)
    held = select(func.count()).where(here, *_text_checks(e, asked, None), *_marked(e, asked))
    return int(connection.execute(held).scalar_one() * size / _DRAWN)


def page(
    connection: Connection, index: Index, asked: Asked, limit: int, *, below: int | None = None, titled: bool | None = None, dense: int = 0
) -> list[int]:
    """Return the first entries in reading order that hold the words, those at places below ``below``.

    ``titled`` asks for those in whose title all words stand, or not all; ``dense`` is how many hold the words, as far as is known.
    """
    found: list[int] = []
    for zone in asked.zones:
        there = _behind(zone, below)
        if there[0] > there[1]:
            continue
        one = replace(asked, zones=(there,))
        if connection.dialect.name == "sqlite":
            found += _sqlite_page(connection, index, one, limit, titled)
        else:
            found += _postgres_page(connection, index, one, limit, titled, dense)
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
        t = _fts(index)
        return select(t.c.rowid.label("id")).where(_match(index, asked, named))
    found = _candidates(index, asked, titled=titled).subquery()
    return select(found.c.id).where(_checked(index, asked, named, found.c.id) if checked and not _is_exact(words) else true())


def _behind(zone: Zone, below: int | None) -> Zone:
    if below is None:
        return zone
    if zone[0] > 0:
        return zone[0], min(zone[1], below - 1)
    first = -below if zone[0] > -HIDDEN else -below - HIDDEN
    return max(zone[0], first + 1), zone[1]


def _in_zone(entry: ColumnElement[int], zone: Zone) -> ColumnElement[bool]:
    return entry.between(*zone)


def _in_zones(entry: ColumnElement[int], asked: Asked) -> ColumnElement[bool]:
    """Return the condition that an entry is in one of the zones; a document that is not there has none."""
    return or_(false(), *(_in_zone(entry, zone) for zone in asked.zones))


def _order(entry: ColumnElement[int], zone: Zone) -> ColumnElement[int]:
    return entry.desc() if zone[0] > 0 else entry.asc()


def _conditions(asked: Asked, entry: ColumnElement[int]) -> list[ColumnElement[bool]]:
    at = place(entry)
    wanted: list[ColumnElement[bool]] = [at.in_(asked.within)] if asked.within is not None else []
    wanted += [at.op("|")(LAST).in_(asked.of_documents)] if asked.of_documents is not None else []
    return wanted + ([at.not_in(asked.without)] if asked.without is not None else [])


# --- SQLite ------------------------------------------------------------------------------------------------------------


def _fts(index: Index) -> TableClause:
    return table(index.terms, column("rowid", BigInteger))


def _match(index: Index, asked: Asked, titled: bool | None) -> ColumnElement[bool]:
    held: ColumnElement[bool] = literal_column(index.terms).op("MATCH")(match_query(asked.words, asked.marks, titled=titled))
    return held


def _sqlite_count(connection: Connection, index: Index, asked: Asked, most: int | None) -> tuple[int, bool]:
    t, total = _fts(index), 0
    held = _held(connection, index, t, asked, None)
    for zone in asked.zones:
        wanted = (*held, _in_zone(t.c.rowid, zone), *_conditions(asked, t.c.rowid))
        if most is None:
            total += connection.execute(select(func.count()).select_from(t).where(*wanted)).scalar_one()
            continue
        some = select(literal(1)).select_from(t).where(*wanted).limit(most + 1 - total).subquery()
        total += connection.execute(select(func.count()).select_from(some)).scalar_one()
        if total > most:
            return most, True
    return total, False


def _sqlite_page(connection: Connection, index: Index, asked: Asked, limit: int, titled: bool | None) -> list[int]:
    (zone,), t = asked.zones, _fts(index)
    wanted = (*_held(connection, index, t, asked, titled), _in_zone(t.c.rowid, zone), *_conditions(asked, t.c.rowid))
    return list(connection.execute(select(t.c.rowid).where(*wanted).order_by(_order(t.c.rowid, zone)).limit(limit)).scalars())


def _held(connection: Connection, index: Index, t: TableClause, asked: Asked, titled: bool | None) -> list[ColumnElement[bool]]:
    """Return the conditions that an entry of the index of terms holds the words.

    To find a phrase FTS5 goes through the entries of all its pairs, though one of them may be rare. The texts of those are sooner looked
    at, but not those of documents, which are long.
    """
    if titled is not None or index is DOCUMENTS or not (rare := _rare_pairs(connection, index, asked.words)):
        return [_match(index, asked, titled)]
    e = index.entries.c
    led: ColumnElement[bool] = literal_column(index.terms).op("MATCH")(match_query((rare,), asked.marks))
    return [led, select(and_(*said("sqlite", e.folded, asked.words))).where(e.id == t.c.rowid).scalar_subquery()]


def _rare_pairs(connection: Connection, index: Index, words: Iterable[Word]) -> Word:
    """Return rare pairs of characters of which one stands wherever all the words do, nothing where there are none."""
    for word in words:
        found = [_rare_pair(connection, index, each) if len(each) > _SHORT else "" for each in word]
        if all(found):
            return tuple(found)
    return ()


def _rare_pair(connection: Connection, index: Index, word: str) -> str:
    """Return the first pair of neighbours in a word that at most ``RARE`` entries have; of a long word not all are asked for."""
    pairs = [word[n : n + 2] for n in range(min(len(word) - 1, _PROBED))]
    led = f"SELECT count(*) FROM (SELECT 1 FROM {index.terms} WHERE {index.terms} MATCH :p% LIMIT {RARE + 1})"  # noqa: S608 -- constants
    cases = "".join(f" WHEN ({led.replace('%', str(n))}) <= {RARE} THEN {n}" for n in range(len(pairs)))
    values = {f"p{n}": match_query(((pair,),)) for n, pair in enumerate(pairs)}
    first: int | None = connection.execute(text(f"SELECT CASE{cases} END"), values).scalar_one()
    return "" if first is None else pairs[first]


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
    here = _in_zones(t.c.id + 0, asked)
    return select(t.c.id).where(_holds(t, asked, titled=titled), here, *_conditions(asked, t.c.id))


def said(dialect: str, held: ColumnElement[str], words: Iterable[Word]) -> list[ColumnElement[bool]]:
    """Return the conditions that a folded text holds all the words, asked of the text itself."""
    found = func.instr if dialect == "sqlite" else func.strpos
    return [or_(*(found(held, each) > 0 for each in word)) for word in words]


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
    ordered = found.order_by(_order(entry, zone)).offset(0).subquery()
    query = select(ordered.c.id)
    if titled is not None or not _is_exact(asked.words):
        query = query.where(_checked(index, asked, titled, ordered.c.id))
    return list(connection.execute(query.order_by(_order(ordered.c.id, zone)).limit(limit)).scalars())


def _walk(connection: Connection, index: Index, asked: Asked, limit: int, titled: bool | None) -> list[int]:
    """Return the first entries that hold the words among the next ones, however many others stand between."""
    (zone,), query = asked.zones, _among_next(index, asked, titled, _WALK)
    return list(connection.execute(query.order_by(_order(query.selected_columns[0], zone)).limit(limit)).scalars())


def _among_next(index: Index, asked: Asked, titled: bool | None, many: int) -> Select[Any]:
    """Return those of the next entries that hold the words, asked of their texts."""
    (zone,), c = asked.zones, index.entries.c
    near = select(c.id, c.title, c.folded, c.marks).where(_in_zone(c.id, zone)).order_by(_order(c.id, zone)).limit(many).subquery()
    return select(near.c.id).where(*_text_checks(near.c, asked, titled), *_marked(near.c, asked))


def _marked(e: Any, asked: Asked) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- a collection of columns
    return [func.strpos(literal(" ") + e.marks + literal(" "), f" {mark} ") > 0 for mark in asked.marks.split()]
