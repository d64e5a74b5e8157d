"""The rows that a store wrote, read back as they lie in its tables and parted as they were written: what a driver is given ready made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from harvester.ahead import TOGETHER
from storage.copy_rows import Plain, columns_of, read_rows
from storage.places import document_place
from storage.schema import metadata
from storage.search_terms import array, mark_terms, terms
from storage.store import Store

Rows = dict[str, list[Plain]]
_COUNTERS = {"store_state", "feed_state"}
"""Tables of one row, which is there from the beginning."""
_TERMS = {"search_document_terms": "search_document_entries", "search_task_terms": "search_task_entries"}


@dataclass
class Columns:
    """The columns of every table that is written, in the order in which rows may name one another, and the keys that were seen."""

    of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seen: dict[str, set[Plain]] = field(default_factory=dict)


def fresh(store: Store, columns: Columns) -> Rows:
    """Return the rows that were not there when this was asked last, by table, those of the index of words among them."""
    found: Rows = {}
    with store.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name in _COUNTERS:
                continue
            names, kinds = columns_of(table)
            columns.of[table.name] = tuple(names)
            seen, at = columns.seen.setdefault(table.name, set()), [names.index(column.name) for column in table.primary_key]
            for row in read_rows(connection, table.name, names, kinds):
                key = tuple(row[n] for n in at)
                if key not in seen:
                    seen.add(key)
                    found.setdefault(table.name, []).append(row)
        of_sqlite = connection.dialect.name == "sqlite"
    for index, entries in _TERMS.items():
        columns.of[index] = ("rowid", "title", "words", "marks") if of_sqlite else ("id", "terms")
        found[index] = [_said(dict(zip(columns.of[entries], row, strict=True)), of_sqlite) for row in found.get(entries, [])]
    return found


def _said(entry: dict[str, Any], of_sqlite: bool) -> Plain:
    number, title, folded, marks = (entry[name] for name in ("id", "title", "folded", "marks"))
    if of_sqlite:
        return number, " ".join(terms(title)), " ".join(terms(folded)), mark_terms(marks)
    return number, array(title, folded, marks)


def by_transaction(found: Rows, columns: Columns) -> list[Rows]:
    """Return the rows of as many documents at a time as ours took; those that several documents share are the first one's."""
    each = by_document(found, columns)
    parts: list[Rows] = []
    for start in range(0, len(each), TOGETHER):
        part: Rows = {}
        for rows in each[start : start + TOGETHER]:
            for table, some in rows.items():
                part.setdefault(table, []).extend(some)
        parts.append(part)
    return parts


def by_document(found: Rows, columns: Columns) -> list[Rows]:
    """Return the rows of each document; those that several share are the first one's."""

    def column(table: str, *names: str) -> Iterator[tuple[Any, ...]]:
        at = [columns.of[table].index(name) for name in names]
        return (tuple(row[n] for n in at) for row in found.get(table, []))

    whose: dict[str, dict[Any, str]] = {
        "url": {url: document for document, url in column("documents", "id", "url")},
        "seq": dict(column("changes", "seq", "document_id")),
        "place": dict(column("document_lines", "place", "document_id")),
    }
    made: dict[str, Rows] = {document: {} for (document,) in column("documents", "id")}
    first = next(iter(made))
    for table, rows in found.items():
        owner = _owner(table, columns.of[table], whose)
        for row in rows:
            made.get(owner(row), made[first]).setdefault(table, []).append(row)
    return list(made.values())


def _owner(table: str, names: Sequence[str], whose: dict[str, dict[Any, str]]) -> Callable[[Plain], str]:
    """Return what tells the document of a row of a table, empty where it is of none."""

    def of_place(place: int) -> str:
        return whose["place"].get(document_place(place), "")

    tell: dict[str, Callable[[Any], str | None]] = {
        "document_id": str,
        "task_id": lambda task: task.split(".")[0],
        "url": whose["url"].get,
        "seq": whose["seq"].get,
        "place": of_place,
    }
    first: dict[str, Callable[[Any], str]] = dict.fromkeys(_TERMS, of_place)
    first |= {"documents": str, "works": lambda work: f"d{work[1:]}"}
    name = next((name for name in tell if name in names), "")
    if table in first:
        return lambda row: first[table](row[0])
    return (lambda row: tell[name](row[names.index(name)]) or "") if name else lambda row: ""
