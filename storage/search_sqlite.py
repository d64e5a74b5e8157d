"""SQLite's way to the entries that hold some words: its index, which gives them in the order of their numbers, or the texts of a few."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    TableClause,
    TextClause,
    and_,
    column,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
)

from storage.batches import among, as_one
from storage.kept_statements import given, kept, values_of
from storage.places import DAY
from storage.search import TASKS, Index
from storage.search_asked import Asked, Counted, Zone, conditions, place_of_entry, said
from storage.search_terms import Word, match_query

SHORT = 2
"""Characters of the longest word that SQLite counts without looking at places in the text."""
RARE, _PROBED = 1_000, 24
"""Entries that one pair of a word leads to at most, so that their texts are looked at, and of how many pairs of a word that is asked."""
_BOUNDS = ("low", "high")
_DAYS, _WIDER = 8, 32
"""Days of the first window in which a page is looked for, and how many times wider than it each next one is."""
_ALL = -1
"""SQLite's limit for all there are."""


def counted(connection: Connection, index: Index, asked: Asked, most: int | None) -> Counted:
    """Return how many entries hold the words, ``most`` where there are more, and where they are few, which."""
    if index is TASKS:
        found = few_tasks(connection, asked)
        return Counted(*count(connection, index, asked, most)) if found is None else Counted(len(found), at_least=False, entries=found)
    entries, match = list[int](), match_query(asked.words, asked.marks)
    many = RARE if most is None else min(RARE, most)
    for number, zone in enumerate(asked.zones):
        first = _first(connection, index, asked, zone, many + 1 - len(entries), match)
        entries += first
        if len(entries) > many:
            rest = replace(asked, zones=((first[-1] + 1, zone[1]), *asked.zones[number + 1 :]))
            more, at_least = count(connection, index, rest, None if most is None else max(0, most - len(entries)))
            total = len(entries) + more
            return Counted(total, at_least) if most is None or total <= most else Counted(most, at_least=True)
    entries.sort(key=place_of_entry, reverse=True)
    return Counted(len(entries), at_least=False, entries=entries, titled=_titled(connection, index, asked.words, entries))


def few_tasks(connection: Connection, asked: Asked) -> list[int] | None:
    """Return the entries of all tasks that hold the words, in reading order, where a rare pair leads to them; None where none does.

    To find a phrase FTS5 goes through the entries of all its pairs, though one of them may be rare. The texts of those are sooner looked
    at: those of tasks, for those of documents are long. PostgreSQL's index does so by itself.
    """
    if connection.dialect.name != "sqlite" or not (rare := _rare_pairs(connection, TASKS, asked.words)):
        return None
    t, e = _fts(TASKS), TASKS.entries.c

    def make() -> Select[Any]:
        here = or_(false(), *(_in_given_zone(t.c.rowid, n) for n in range(len(asked.zones))))
        held = select(and_(*_said(e.folded, asked.words))).where(e.id == t.c.rowid).scalar_subquery()
        return select(t.c.rowid).where(_match(TASKS), here, held, *conditions(asked, t.c.rowid))

    query = _shaped(asked, make, "few", len(asked.zones), *map(len, asked.words))
    values = values_of(match=match_query((rare,), asked.marks)) | _spelled(asked.words) | _bounds(asked.zones)
    found = connection.execute(query, values).scalars().all()
    return sorted(found, key=place_of_entry, reverse=True)


def _first(connection: Connection, index: Index, asked: Asked, zone: Zone, limit: int, match: str) -> list[int]:
    """Return the first entries of a zone that FTS5 matches, by their numbers."""
    t = _fts(index)

    def make() -> Select[Any]:
        wanted = _match(index), _in_given_zone(t.c.rowid), *conditions(asked, t.c.rowid)
        return select(t.c.rowid).where(*wanted).order_by(t.c.rowid).limit(given("most", 0))

    query = _shaped(asked, make, "first", index.terms)
    values = values_of(match=match, most=limit) | _bounds([zone])
    return list(connection.execute(query, values).scalars().all())


def _titled(connection: Connection, index: Index, words: Sequence[Word], entries: Sequence[int]) -> frozenset[int]:
    """Return those of some entries in whose title all words stand."""
    e = index.entries.c

    def make() -> Select[Any]:
        return select(e.id).where(among(connection, e.id, (), "entries"), *_said(e.title, words))

    query = kept(("titled", index.terms, *map(len, words)), make)
    values = values_of(entries=as_one("sqlite", entries)) | _spelled(words)
    return frozenset(connection.execute(query, values).scalars().all()) if entries else frozenset()


def count(connection: Connection, index: Index, asked: Asked, most: int | None) -> tuple[int, bool]:
    """Return how many entries hold the words, and whether it is ``most`` because there are more."""
    t, total, match = _fts(index), 0, match_query(asked.words, asked.marks)

    def make() -> Select[Any]:
        wanted = _match(index), _in_given_zone(t.c.rowid), *conditions(asked, t.c.rowid)
        if most is None:
            return select(func.count()).select_from(t).where(*wanted)
        return select(func.count()).select_from(select(literal(1)).select_from(t).where(*wanted).limit(given("most", 0)).subquery())

    query = _shaped(asked, make, "count", index.terms, most is None)
    for zone in asked.zones:
        left = {} if most is None else {"most": most + 1 - total}
        total += connection.execute(query, values_of(match=match, **left) | _bounds([zone])).scalar_one()
        if most is not None and total > most:
            return most, True
    return total, False


def page(connection: Connection, index: Index, asked: Asked, limit: int, titled: bool | None) -> list[int]:
    """Return the first entries of the one zone that hold the words, in reading order.

    Where that is the order of falling numbers, they are looked for in windows, from the last number down, and in each of them forwards:
    going backwards FTS5 loses entries where their numbers are large (SQLite 3.40; later ones were mended).
    """
    (zone,), found = asked.zones, list[int]()
    match = match_query(asked.words, asked.marks, titled=titled)
    if zone[0] < 0:
        return _first(connection, index, asked, zone, limit, match)
    for window in _windows(connection, index, zone):
        found += reversed(_first(connection, index, asked, window, _ALL, match))
        if len(found) >= limit:
            break
    return found[:limit]


def _windows(connection: Connection, index: Index, zone: Zone) -> Iterator[Zone]:
    """Yield the windows of a zone from its last entry down to its first: some days, then so many times as many, and so on."""
    e = index.entries.c

    def make() -> Select[Any]:
        here = _in_given_zone(e.id)
        return select(*(select(end(e.id)).where(here).scalar_subquery() for end in (func.min, func.max)))

    first, last = connection.execute(kept(("ends of a zone", index.terms), make), _bounds([zone])).one()
    width = _DAYS * DAY
    while last is not None and first <= last:
        yield max(first, last - width + 1), last
        last, width = last - width, width * _WIDER


def entries(index: Index, words: tuple[Word, ...], titled: bool | None) -> Select[Any]:
    """Return the selection of the entries (``id``) that hold all words, for another statement to hold."""
    match = literal_column(index.terms).op("MATCH")(match_query(words, titled=titled))
    return select(_fts(index).c.rowid.label("id")).where(match)


def _fts(index: Index) -> TableClause:
    return table(index.terms, column("rowid", BigInteger))


def _match(index: Index) -> ColumnElement[bool]:
    """Return the condition that an entry of the index of terms is one of a query of FTS5, which is the value of a parameter."""
    held: ColumnElement[bool] = literal_column(index.terms).op("MATCH")(given("match", ""))
    return held


def _said(held: ColumnElement[str], words: Sequence[Word]) -> list[ColumnElement[bool]]:
    """Return the conditions that a text holds all words, which are values of parameters (``_spelled``)."""
    return said("sqlite", held, [[given(f"word_{n}_{m}", "") for m in range(len(word))] for n, word in enumerate(words)])


def _spelled(words: Sequence[Word]) -> dict[str, Any]:
    """Return the alternatives of words as values of these parameters."""
    return values_of(**{f"word_{n}_{m}": each for n, word in enumerate(words) for m, each in enumerate(word)})


def _in_given_zone(entry: ColumnElement[int], number: int = 0) -> ColumnElement[bool]:
    """Return the condition that an entry is in a zone whose bounds are values of parameters (``_bounds``)."""
    low, high = (given(f"{name}_{number}", 0, BigInteger()) for name in _BOUNDS)
    return entry.between(low, high)


def _bounds(zones: Sequence[Zone]) -> dict[str, Any]:
    """Return the bounds of zones as values of these parameters."""
    return values_of(**{f"{name}_{n}": bound for n, zone in enumerate(zones) for name, bound in zip(_BOUNDS, zone, strict=True)})


def _shaped(asked: Asked, make: Callable[[], Select[Any]], *shape: Hashable) -> Select[Any]:
    """Return a statement that is kept by its shape, or is made anew where selections of places are part of it."""
    return kept(("by words", *shape), make) if asked.is_plain else make()


def _rare_pairs(connection: Connection, index: Index, words: Iterable[Word]) -> Word:
    """Return rare pairs of characters of which one stands wherever all the words do, nothing where there are none."""
    for word in words:
        found = [_rare_pair(connection, index, each) if len(each) > SHORT else "" for each in word]
        if all(found):
            return tuple(found)
    return ()


def _rare_pair(connection: Connection, index: Index, word: str) -> str:
    """Return the first pair of neighbours in a word that at most ``RARE`` entries have; of a long word not all are asked for."""
    pairs = [word[n : n + 2] for n in range(min(len(word) - 1, _PROBED))]
    led = f"SELECT count(*) FROM (SELECT 1 FROM {index.terms} WHERE {index.terms} MATCH :p% LIMIT {RARE + 1})"  # noqa: S608 -- constants

    def make() -> TextClause:
        cases = "".join(f" WHEN ({led.replace('%', str(n))}) <= {RARE} THEN {n}" for n in range(len(pairs)))
        return text(f"SELECT CASE{cases} END")

    values = {f"p{n}": match_query(((pair,),)) for n, pair in enumerate(pairs)}
    first: int | None = connection.execute(kept(("rare pair", index.terms, RARE, len(pairs)), make), values).scalar_one()
    return "" if first is None else pairs[first]
