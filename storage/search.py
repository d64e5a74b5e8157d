"""Full-text search for words of one, two, three and more characters, the same on both databases.

Chinese has no blanks between words, so the index holds overlapping pairs of characters (bigrams), and every hit of the
index is checked against the text itself. Texts and words are folded first (``normalizers.text.fold``): width, brackets,
blanks and the marks within a sentence do not count; the end of a sentence and of a cell does.

SQLite keeps the terms in a contentless FTS5 table, in their order. PostgreSQL keeps them in an array with a GIN index; a
``tsvector`` holds a megabyte at most and 256 places of a term, and a long annex has more.
"""
# ruff: noqa: S608 -- the names of the tables are constants

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sqlalchemy import ColumnElement, Connection, Integer, Table, column, delete, func, insert, literal_column, select, text

from normalizers.text.fold import fold
from storage.schema import search_entries, tasks, version_issuers, versions


@dataclass(frozen=True, slots=True)
class Index:
    """An index: the table of its entries (``id``, ``folded``), and the name of the one of their terms."""

    entries: Table
    terms: str


DOCUMENTS = Index(search_entries, "search_terms")

BREAK = "\n"
"""Stands in folded text where no word may run across."""

_BREAKS = re.compile(r"[。！？；!?;\t\f\v]|\n\n")
_WORD = re.compile(r'"([^"]*)"|(\S+)')
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def folded(words: str) -> str:
    """Return a text as it is searched: its pieces between breaks, folded, one a line."""
    return BREAK.join(piece for part in _BREAKS.split(words) if (piece := fold(part)))


def words_of(query: str) -> list[str]:
    """Return the folded words of a query; all must be found. Blanks part words, double quotation marks hold them together."""
    found = (piece for quoted, bare in _WORD.findall(query) for piece in folded(quoted or bare).split(BREAK))
    return list(dict.fromkeys(piece for piece in found if piece))


# --- terms -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def _code(character: str) -> str:
    """Return four letters or digits for a character: no tokenizer then has an opinion on what a letter is."""
    number, out = ord(character), ""
    for _ in range(4):
        number, rest = divmod(number, 36)
        out = _DIGITS[rest] + out
    return out


def terms(text_folded: str) -> list[str]:
    """Return the terms of a folded text in order: every pair of neighbours, and the last character of every piece alone."""
    found: list[str] = []
    for piece in text_folded.split(BREAK):
        codes = [_code(character) for character in piece]
        found += [a + b for a, b in pairwise(codes)]
        found += codes[-1:]
    return found


def _array_terms(text_folded: str) -> list[str]:
    """Return the distinct terms for an array: pairs, and every character alone, since an array knows no beginnings of terms."""
    return sorted({*terms(text_folded), *(_code(character) for character in text_folded if character != BREAK)})


# --- index -----------------------------------------------------------------------------------------------------------


def index(connection: Connection, document: str, version: int, title: str) -> None:
    """Put a document's version and its tasks in the place of what was indexed of the document."""
    remove(connection, document)
    found = entries_of(connection, document, version, title)
    entries = [{"document_id": document, "task_id": task_id, "folded": folded(words)} for task_id, words in found]
    added = insert(search_entries).returning(search_entries.c.id, sort_by_parameter_order=True)
    numbers = connection.execute(added, entries).scalars().all()
    write_terms(connection, DOCUMENTS, [(number, entry["folded"] or "") for number, entry in zip(numbers, entries, strict=True)])


def entries_of(connection: Connection, document: str, version: int, title: str) -> list[tuple[str | None, str]]:
    """Return the words by which a version is found, and by which each of its tasks is, with the task's identifier."""
    v, t, i = versions.c, tasks.c, version_issuers.c
    row = connection.execute(select(v.document_number, v.text).where(v.document_id == document, v.number == version)).one()
    issuers = connection.execute(select(i.mention).where(i.document_id == document, i.version == version).order_by(i.position)).scalars()
    head = "\n\n".join([title, row.document_number, *issuers, row.text])
    said = connection.execute(select(t.id, t.text).where(t.document_id == document, t.version == version).order_by(t.ordinal))
    return [(None, head), *((task.id, task.text) for task in said)]


def remove(connection: Connection, document: str) -> None:
    """Take a document and its tasks out of the index."""
    e = search_entries.c
    if connection.dialect.name == "sqlite":
        known = connection.execute(select(e.id, e.folded).where(e.document_id == document)).all()
        remove_terms(connection, DOCUMENTS, [(row.id, row.folded) for row in known])
    connection.execute(delete(search_entries).where(e.document_id == document))


def remove_terms(connection: Connection, index: Index, known: Sequence[tuple[int, str]]) -> None:
    """Take the terms of entries, each with its folded text, out of an index of SQLite; PostgreSQL drops them with the entry."""
    if known:
        # A contentless FTS5 table forgets a row only when it is told again what stood there.
        gone = text(f"INSERT INTO {index.terms} ({index.terms}, rowid, terms) VALUES ('delete', :id, :terms)")
        connection.execute(gone, [{"id": number, "terms": " ".join(terms(held))} for number, held in known])


def write_terms(connection: Connection, index: Index, found: Sequence[tuple[int, str]]) -> None:
    """Put the terms of new entries, each with its folded text, into an index."""
    if not found:
        return
    if connection.dialect.name == "sqlite":
        statement = text(f"INSERT INTO {index.terms} (rowid, terms) VALUES (:id, :terms)")
        connection.execute(statement, [{"id": number, "terms": " ".join(terms(held))} for number, held in found])
        return
    statement = text(f"INSERT INTO {index.terms} (entry_id, terms) VALUES (:id, CAST(:terms AS TEXT[]))")
    connection.execute(statement, [{"id": number, "terms": _array_terms(held)} for number, held in found])


# --- find --------------------------------------------------------------------------------------------------------------


def matches(dialect: str, words: Sequence[str], index: Index = DOCUMENTS) -> ColumnElement[bool]:
    """Return the condition that an entry holds all the words: by the index, then checked against the text."""
    return _indexed(dialect, words, index) & _checked(dialect, words, index)


def _indexed(dialect: str, words: Sequence[str], index: Index) -> ColumnElement[bool]:
    if dialect == "sqlite":
        query = " AND ".join(_phrase(word) for word in words)
        found = text(f"SELECT rowid AS entry FROM {index.terms} WHERE {index.terms} MATCH :terms").bindparams(terms=query)
    else:
        wanted = sorted({term for word in words for term in (terms(word)[:-1] or [_code(word)])})
        found = text(f"SELECT entry_id AS entry FROM {index.terms} WHERE terms @> CAST(:terms AS TEXT[])").bindparams(terms=wanted)
    entries: ColumnElement[int] = index.entries.c.id
    return entries.in_(found.columns(column("entry")))


def _phrase(word: str) -> str:
    pairs = terms(word)[:-1]
    return f'"{" ".join(pairs)}"' if pairs else f'"{_code(word)}" *'


def _checked(dialect: str, words: Iterable[str], index: Index) -> ColumnElement[bool]:
    find = func.instr if dialect == "sqlite" else func.strpos
    condition: ColumnElement[bool] = literal_column("1") == literal_column("1")
    for word in words:
        condition &= find(index.entries.c.folded, word) > 0
    return condition


def last_at(dialect: str, held: ColumnElement[str], words: Sequence[str]) -> ColumnElement[int]:
    """Return where the last of the words stands first in a folded text, counted from 1."""
    find, most = (func.instr, func.max) if dialect == "sqlite" else (func.strpos, func.greatest)
    places = [find(held, word) for word in words]
    return most(*places, type_=Integer) if len(places) > 1 else places[0]


def count_of(held: ColumnElement[str], words: Iterable[str]) -> ColumnElement[int]:
    """Return how often the words stand in a folded text, all together."""
    total: ColumnElement[int] = literal_column("0")
    for word in words:
        total += (func.length(held) - func.length(func.replace(held, word, ""))) // len(word)
    return total


# --- show ------------------------------------------------------------------------------------------------------------


def spans(words: Sequence[str], shown: str) -> list[tuple[int, int]]:
    """Return where folded words stand in a text as half-open spans, in order, those that overlap as one."""
    letters = [(piece, at) for at, character in enumerate(shown) for piece in (_fold_at(shown, at, character))]
    line = "".join(piece for piece, _ in letters)
    found: list[tuple[int, int]] = []
    for word in words:
        start = line.find(word)
        while start >= 0:
            found.append((letters[start][1], letters[start + len(word) - 1][1] + 1))
            start = line.find(word, start + 1)
    return _joined(sorted(found))


def _fold_at(shown: str, at: int, character: str) -> str:
    return fold(character) or (BREAK if _BREAKS.match(shown, at) else "")


def _joined(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for start, end in found:
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def snippet(words: Sequence[str], shown: str, width: int = 60) -> tuple[str, list[tuple[int, int]]]:
    """Return a piece of the text around the first hit, ``width`` characters either side, and the spans of the hits in it."""
    found = spans(words, shown)
    if not found:
        return shown[: 2 * width], []
    start = max(0, found[0][0] - width)
    end = min(len(shown), found[0][1] + width)
    return shown[start:end], [(a - start, b - start) for a, b in found if a >= start and b <= end]
