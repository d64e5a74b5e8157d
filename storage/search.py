"""Keep the search index: what is found by which words, for words of any length, the same on both databases.

Texts and words are folded first (``normalizers.text.fold``): width, brackets, blanks and the marks within a sentence do not count; the
end of a sentence and of a cell does. An entry's number is its **place** (``places``), so that the index itself gives the reading order:
below zero for a copy that does not count by default, and far below for what is hidden. Terms: ``search_terms``; asking: ``searching``.
"""
# ruff: noqa: S608 -- the names of the tables are constants

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, delete, select, text

from normalizers.text.fold import fold
from storage.batches import batches
from storage.errors import RefusedQuestion
from storage.highlights import BREAKS
from storage.line_schema import document_lines, line_choices
from storage.places import line_of, place_of
from storage.row_writing import insert_rows, insert_values
from storage.schema import search_document_entries, search_task_entries, tasks, version_issuers, versions
from storage.search_terms import BREAK, Word, array, mark_terms, spelt

Row = dict[str, Any]

HIDDEN = 1 << 61
"""Added to the place of a hidden document or task before it goes below zero; no place reaches it."""
LONGEST = 200
"""Characters of the longest question."""
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Index:
    """An index: the table of its entries (``id``, ``title``, ``folded``, ``marks``), and the name of the one of their terms."""

    entries: Table
    terms: str


DOCUMENTS = Index(search_document_entries, "search_document_terms")
TASKS = Index(search_task_entries, "search_task_terms")

_WORD = re.compile(r'"([^"]*)"|(\S+)')


def folded(words: str) -> str:
    """Return a text as it is searched: its pieces between breaks, folded, one a line."""
    return BREAK.join(piece for part in BREAKS.split(words) if (piece := fold(part)))


def words_of(query: str) -> list[str]:
    """Return the folded words of a query; all must be found. Blanks part words, double quotation marks hold them together.

    Raises ``RefusedQuestion`` for a query of more than ``LONGEST`` letters.
    """
    if len(query) > 2 * LONGEST or sum(len(fold(word)) for word in query.split()) > LONGEST:
        raise RefusedQuestion(f"A search takes {LONGEST} letters at most: leave some away, or look for a part of the sentence.")
    return [word for word, _ in quoted_words(query)]


def quoted_words(query: str) -> list[tuple[str, bool]]:
    """Return the folded words of a query, each with whether it stood in quotation marks."""
    query = query.replace("“", '"').replace("”", '"')
    found = ((piece, not bare) for quoted, bare in _WORD.findall(query) for piece in folded(quoted or bare).split(BREAK))
    return list({word: (word, quoted) for word, quoted in found if word}.values())


# --- keep ----------------------------------------------------------------------------------------------------------------


def refresh(connection: Connection, wanted: Iterable[str]) -> None:
    """Put the entries of documents and of their tasks right, as their lines now tell; what has not moved is left alone."""
    for some in batches(wanted, _BATCH):
        lines, there = _placed(connection, some), _there(connection, some)
        moved = [document for document in some if lines.get(document, {}).get("told") != there.get(document)]
        if gone := [document for document in moved if document in there]:
            _remove(connection, gone)
        _add(connection, [lines[document] for document in moved if document in lines])


def catch_up(connection: Connection) -> None:
    """Index what has lines and no entries: after an upgrade, all of it."""
    c, e = document_lines.c, search_document_entries.c
    missing = select(c.document_id).outerjoin(search_document_entries, e.document_id == c.document_id).where(e.id.is_(None))
    for some in batches(list(connection.execute(missing).scalars()), _BATCH):
        refresh(connection, some)


def _placed(connection: Connection, some: Sequence[str]) -> dict[str, Row]:
    """Return of each document its line, with ``told``: what an entry of it must say."""
    lines = {row["document_id"]: dict(row) for row in connection.execute(_LINES, {"some": some}).mappings()}
    counts: dict[int, list[str]] = defaultdict(list)
    for place, site, stem in connection.execute(_COUNTS, {"some": [row["place"] for row in lines.values()]}):
        counts[place].append(site_mark(site) if site else region_mark(stem))
    for row in lines.values():
        row["marks"] = " ".join([*counts[row["place"]], kind_mark(row["document_kind"])])
        row["title"] = row["title"][:2000]
        row["told"] = (
            entry_of(row["place"], counted=row["counted"], hidden=row["hidden"]),
            row["version"],
            row["marks"],
            folded(row["title"]),
        )
    return lines


def entry_of(place: int, *, counted: bool = True, hidden: bool = False) -> int:
    """Return the number of the entry of what stands at a place."""
    return -(place + HIDDEN) if hidden else place if counted else -place


def site_mark(site: str) -> str:
    """Return the mark of what counts where only a site is asked for."""
    return f"s:{site}"


def region_mark(stem: str) -> str:
    """Return the mark of what counts where only a region is asked for."""
    return f"r:{stem}"


def kind_mark(kind: str) -> str:
    """Return the mark of a kind of document."""
    return f"k:{kind}"


def _there(connection: Connection, some: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    return {row.document_id: tuple(row[1:]) for row in connection.execute(_ENTRIES, {"some": some})}


def _add(connection: Connection, lines: Sequence[Row]) -> None:
    """Put in the entries of documents and of their tasks: three questions, however many documents these are."""
    if not lines:
        return
    some = {"some": [line["document_id"] for line in lines]}
    texts = {row.document_id: row for row in connection.execute(_TEXTS, some)}
    issuers: dict[str, list[str]] = defaultdict(list)
    told: dict[str, list[Any]] = defaultdict(list)
    for document, mention in connection.execute(_MENTIONS, some):
        issuers[document].append(mention)
    for task in connection.execute(_TASKS, some):
        told[task.document_id].append(task)
    of_documents: list[Row] = []
    of_tasks: list[Row] = []
    for line in lines:
        document = line["document_id"]
        entry, version, marks, title = line["told"]
        row = {"id": entry, "document_id": document, "version": version, "title": title, "marks": marks}
        said = _joined(line["title"], texts[document].document_number, issuers[document], texts[document].text)
        of_documents.append(row | {"folded": folded(said)})
        about = {"document_id": document, "title": "", "marks": marks}
        of_tasks += [
            about | {"id": _entry_of_task(line, task.ordinal), "task_id": task.id, "folded": folded(task.text)} for task in told[document]
        ]
    write(connection, DOCUMENTS, of_documents)
    write(connection, TASKS, of_tasks)


def _entry_of_task(line: Row, ordinal: int) -> int:
    return entry_of(place_of(line_of(line["place"]), ordinal), counted=line["counted"], hidden=line["hidden"])


def words_of_version(connection: Connection, document: str, version: int, title: str) -> str:
    """Return the words by which a version is found: its title, number, issuers and text."""
    here = {"document": document, "version": version}
    row = connection.execute(_VERSION, here).one()
    return _joined(title, row.document_number, connection.execute(_ISSUERS, here).scalars(), row.text)


def _joined(title: str, number: str, issuers: Iterable[str], said: str) -> str:
    return "\n\n".join([title, number, *issuers, said])


def tasks_of(connection: Connection, document: str, version: int, *wanted: ColumnElement[bool]) -> Sequence[Any]:
    """Return the tasks of a version in their order, each with ``id``, ``lasting_id``, ``ordinal`` and ``text``.

    ``wanted`` are conditions on a row of ``tasks``.
    """
    t = tasks.c
    query = select(t.id, t.lasting_id, t.ordinal, t.text).where(t.document_id == document, t.version == version, *wanted)
    return connection.execute(query.order_by(t.ordinal)).all()


def _counted() -> Select[Any]:
    h = line_choices.c
    one = h.counted & ((h.site == "") != (h.stem == ""))
    return select(h.place, h.site, h.stem).where(h.place.in_(_SOME), one).order_by(h.site, h.stem)


_SOME: Any = bindparam("some", expanding=True)
_D, _V, _I, _T, _E = document_lines.c, versions.c, version_issuers.c, tasks.c, search_document_entries.c
_LINES = select(_D.document_id, _D.place, _D.version, _D.title, _D.document_kind, _D.hidden, _D.counted).where(_D.document_id.in_(_SOME))
_COUNTS = _counted()
_ENTRIES = select(_E.document_id, _E.id, _E.version, _E.marks, _E.title).where(_E.document_id.in_(_SOME))
_VERSION = select(_V.document_number, _V.text).where(_V.document_id == bindparam("document"), _V.number == bindparam("version"))
_ISSUERS = select(_I.mention).where(_I.document_id == bindparam("document"), _I.version == bindparam("version")).order_by(_I.position)
_SHOWN = (_D.document_id == _V.document_id) & (_D.version == _V.number)
_TEXTS = select(_V.document_id, _V.document_number, _V.text).join(document_lines, _SHOWN).where(_D.document_id.in_(_SOME))
_MENTIONS = (
    select(_I.document_id, _I.mention)
    .join(document_lines, (_D.document_id == _I.document_id) & (_D.version == _I.version))
    .where(_D.document_id.in_(_SOME))
    .order_by(_I.document_id, _I.position)
)
_TASKS = (
    select(_T.document_id, _T.id, _T.ordinal, _T.text)
    .join(document_lines, (_D.document_id == _T.document_id) & (_D.version == _T.version))
    .where(_D.document_id.in_(_SOME))
    .order_by(_T.document_id, _T.ordinal)
)


def _remove(connection: Connection, some: Sequence[str]) -> None:
    for index in (DOCUMENTS, TASKS):
        c = index.entries.c
        ids = list(connection.execute(select(c.id).where(c.document_id.in_(some))).scalars())
        remove(connection, index, ids)


def write(connection: Connection, index: Index, entries: Sequence[Row]) -> None:
    """Put entries with their terms into an index; each row has what its table has, with ``id``, ``title``, ``folded`` and ``marks``.

    They go in by their numbers: FTS5 collects the terms of rows only as long as each number is greater than the one before, and else
    writes out what it has. Tasks in reading order have falling numbers, and to write each one apart took three times as long.
    """
    if not entries:
        return
    entries = sorted(entries, key=itemgetter("id"))
    insert_rows(connection, index.entries, entries)
    if connection.dialect.name == "sqlite":
        said = [tuple(_said(row).values()) for row in entries]
        insert_values(connection, index.terms, ("rowid", "title", "words", "marks"), said)
        return
    found = [(row["id"], array(row["title"], row["folded"], row["marks"])) for row in entries]
    insert_values(connection, index.terms, ("id", "terms"), found)


def remove(connection: Connection, index: Index, ids: Sequence[int]) -> None:
    """Take entries and their terms out of an index."""
    c = index.entries.c
    for some in batches(ids):
        if connection.dialect.name == "sqlite":
            known = connection.execute(select(c.id, c.title, c.folded, c.marks).where(c.id.in_(some))).mappings().all()
            # A contentless FTS5 table forgets a row only when it is told again what stood there.
            columns = f"({index.terms}, rowid, title, words, marks)"
            gone = text(f"INSERT INTO {index.terms} {columns} VALUES ('delete', :id, :title, :words, :marks)")
            connection.execute(gone, [_said(row) for row in known]) if known else None
        # On PostgreSQL the terms go with the entry.
        connection.execute(delete(index.entries).where(c.id.in_(some)))


def _said(row: Any) -> Row:  # noqa: ANN401 -- a row or a mapping
    said = {"title": spelt(row["title"]), "words": spelt(row["folded"]), "marks": mark_terms(row["marks"])}
    return {"id": row["id"]} | said


# --- find --------------------------------------------------------------------------------------------------------------


def holds(held: str, words: Iterable[Word]) -> bool:
    """Tell whether all the words stand in a folded text."""
    return all(any(each in held for each in word) for word in words)


def count_of(held: str, words: Iterable[Word]) -> int:
    """Return how often the words stand in a folded text, all together."""
    return sum(held.count(each) for word in words for each in word)
