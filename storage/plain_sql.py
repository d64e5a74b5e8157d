"""Somebody's own SQL over the documented views, read-only and within limits: ``docs/sql.md`` says what may be asked.

One SELECT (or WITH … SELECT) is run. It may read the views of ``docs/store.md`` and nothing else, and call the functions of a list. On
SQLite that is held by SQLite's authorizer in a process of its own (``asking_apart``), on PostgreSQL by a parser, from whose tree the
statement that is run is written anew, in a transaction that can only read (``asking_postgres``).
"""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from storage import asking_postgres, engine, views_at
from storage.dictionary import dictionary
from storage.errors import RefusedQuestion, StoreError, UnreachableStore
from storage.questions import OF_RECORDS as RECORD_VIEWS
from storage.questions import Table
from storage.selection import Filters, check_known, is_past
from storage.sql_answers import SIZE, Found, not_allowed, not_understood, slow, too_large
from storage.store import Store
from storage.types import storable

LIMIT = 1000
"""Rows, where nothing else is asked."""
MOST = 100_000
"""The most rows of an answer."""
SECONDS = 10.0
MOST_SECONDS = 60.0
MEMORY = 1_500_000_000
"""Bytes of address space of the process that asks SQLite, the interpreter included."""
LONGEST = 20_000
"""Characters of a statement."""
OF_RECORDS = frozenset(f"v_{name}" for name in RECORD_VIEWS)
"""Views of public records: a question that read one of them is logged before its answer is shown."""
APART = Path(__file__).with_name("asking_apart.py")

FUNCTIONS = frozenset(tomllib.loads(Path(__file__).with_name("sql_functions.toml").read_text(encoding="utf-8"))["sqlite"])
"""What may be called on SQLite; nothing in it reads a file, sleeps, loads code or makes a long text out of nothing."""

_TABLE = re.compile(
    r"(?:access to (?P<of>.+?)\.[^.]+ is prohibited|(?:no such table|vtable constructor failed): (?P<no>.+)"
    r"|'(?P<called>.+)' is not a function)"
)
_BEGINNING = re.compile(r"(?:\s|--[^\n]*|/\*.*?(?:\*/|\Z))*+([^\W\d_]*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a statement found.

    ``columns`` are told apart by a number where two have one name. ``views`` are the views that were read. ``cut`` tells why rows are
    missing: ``rows`` and ``bytes`` are the limit reached, empty: none are missing. ``endless`` counts the values that were no finite
    number (infinity, not a number) and are ``None`` here: neither JSON nor a sheet has a word for them.
    """

    columns: Sequence[str]
    rows: Sequence[tuple[Any, ...]] = field(repr=False)
    views: frozenset[str]
    cut: str = ""
    endless: int = 0

    @property
    def of_records(self) -> bool:
        """Tell whether public records were read, so that the question has to be logged."""
        return bool(self.views & OF_RECORDS)

    @property
    def table(self) -> Table:
        """The answer as a question for ``frames.read`` and ``streams``."""
        return Table(self.columns, self.rows)

    def record_ids(self) -> list[Any]:
        """Return the identifiers of public records as far as a column ``notice`` shows them."""
        at = [n for n, name in enumerate(self.columns) if name in ("notice", "notice_id")]
        return [row[n] for row in self.rows for n in at if row[n] is not None]


def ask(
    store: Store,
    sql: str,
    *,
    limit: int = LIMIT,
    seconds: float = SECONDS,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Answer:
    """Run one SELECT over the views and return at most ``limit`` rows.

    ``as_of`` and ``known_at`` ask the views of another day; they have the same names and columns then. Days and moments come as text, in
    the spelling of the database, amounts as numbers; nothing in it is neutralised.

    Raises ``RefusedQuestion`` for what may not be asked or cannot be understood, ``SlowQuestion`` after ``seconds``, ``StoreError`` else.
    """
    text = _checked(sql)
    rows, time = max(1, min(limit, MOST)), max(0.1, min(seconds, MOST_SECONDS))
    filters = Filters(as_of=as_of, known_at=known_at)
    check_known(filters)
    asking = asking_postgres.ask if store.url.get_backend_name() == "postgresql" else _ask_sqlite
    columns, found, views, cut = asking(store, text, filters, rows, time)
    endless = sum(_is_endless(value) for row in found for value in row)
    if endless:
        found = [tuple(None if _is_endless(value) else value for value in row) for row in found]
    return Answer(_apart(columns), found, frozenset(views), cut, endless)


def _is_endless(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _checked(sql: str) -> str:
    """Return the statement without a semicolon at its end. Raises ``RefusedQuestion`` unless it begins as a SELECT does."""
    text = storable(sql).strip().rstrip(";").rstrip()
    if len(text) > LONGEST:
        raise RefusedQuestion(f"The statement has {len(text)} characters, and at most {LONGEST} are read: make it shorter.")
    if first_word(text) not in ("select", "with"):
        raise RefusedQuestion("Only one SELECT (or WITH … SELECT) is run here: write one over the views of the data dictionary.")
    return text


def first_word(sql: str) -> str:
    """Return the first word of a statement, in small letters, behind blanks and comments; empty where there is none."""
    found = _BEGINNING.match(sql)
    return found[1].lower() if found else ""


def _apart(columns: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    named = []
    for column in columns:
        name = column or "column"
        seen[name] = seen.get(name, 0) + 1
        while seen[name] > 1 and f"{name}_{seen[name]}" in seen:
            seen[name] += 1
        named.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
        seen.setdefault(named[-1], 1)
    return named


# --- SQLite ------------------------------------------------------------------------------------------------------------


def _ask_sqlite(store: Store, sql: str, filters: Filters, limit: int, seconds: float) -> Found:
    question = {
        "uri": f"file:{quote(str(engine.file_of(store.url)))}?mode=ro",
        "views": {name: views_at.statement("sqlite", name, filters) for name in dictionary()},
        "private": ["v_documents_then", "documents_then"] if is_past(filters) else [],
        "functions": sorted(FUNCTIONS),
        "sql": sql,
        "limit": limit,
        "seconds": seconds,
        "size": SIZE,
        "memory": MEMORY,
    }
    with store.reading():  # holds the file's shared memory, which a process that may write nothing cannot make
        told = _asked_apart(question, seconds)
    return _read(store, told, seconds)


def _asked_apart(question: dict[str, Any], seconds: float) -> str:
    """Return what the process that asks wrote; -I and -S keep out everything but the standard library."""
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONIOENCODING": "utf-8"}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(APART)],
            input=json.dumps(question), capture_output=True, text=True, encoding="utf-8", timeout=seconds + 5, env=environment, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise slow(seconds) from error
    if done.returncode < 0:  # the system ended it: out of time within one step, or out of memory
        raise slow(seconds)
    return done.stdout


def _read(store: Store, told: str, seconds: float) -> Found:
    columns: list[str] = []
    rows: list[tuple[Any, ...]] = []
    for line in map(json.loads, filter(None, told.split("\n"))):
        if "row" in line:
            rows.append(tuple(line["row"]))
        elif "error" in line:
            raise _refused(store, line["kind"], line["error"], seconds)
        elif "views" in line:
            return columns, rows, set(line["views"]), line["cut"]
        else:
            columns = line["columns"]
    raise UnreachableStore(f"The store {store.name} broke off while it was asked: see that it can be reached, then ask again.")


def _refused(store: Store, kind: str, words: str, seconds: float) -> StoreError:
    match kind:
        case "time":
            return slow(seconds)
        case "memory":
            return too_large()
        case "rights":
            return not_allowed(_table_in(words) or words)
        case "store":
            return UnreachableStore(f"The store {store.name} cannot be asked now ({words}): try again.")
        case _:
            return not_allowed(named) if (named := _table_in(words)) else not_understood(words)


def _table_in(words: str) -> str:
    """Return which table a statement named that is no view, in the same words whether the store has such a table or not."""
    found = _TABLE.fullmatch(words)
    return f"the table {(found['of'] or found['no'] or found['called']).rpartition('.')[2][:60]}" if found else ""


__all__ = ["LIMIT", "MOST", "OF_RECORDS", "SECONDS", "Answer", "RefusedQuestion", "ask"]
