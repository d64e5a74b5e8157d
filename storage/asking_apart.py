"""Run somebody's SELECT on a SQLite store, in a process of its own with hard limits: only the standard library is imported here.

It is started as a file, not as a module (``plain_sql`` does), takes one question as JSON on standard input and answers in lines of JSON.

What a statement may read is decided by SQLite itself, by its authorizer, and by nothing that parses SQL a second time. A view reads the
tables behind it, so the authorizer must know on whose behalf a table is read; SQLite tells it the name of the view, *or of a common table
expression*, which the asker chooses. Therefore tables may be read by views only whose names are random and new for every question:
``v_tasks`` is a view on such a view. The store is attached under such a name, too: where SQLite asks for a table of which no column is
read, it tells the name of the database only if it was written down. Nobody can write what he cannot guess.
"""

from __future__ import annotations

import contextlib
import json
import re
import resource
import secrets
import sqlite3
import sys
import time
from collections.abc import Iterator
from typing import Any

STEPS = 1000
"""Instructions between two looks at the clock."""
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 16_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 250_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 40,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 1,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
TABLE_FUNCTIONS = frozenset({"json_each", "json_tree"})
FROM = re.compile(r"\b((?:FROM|JOIN)\s+)(\w+)\b")
"""A table in the statement of a view, which is the program's own."""


class Warden:
    """SQLite's authorizer for one question, and what it saw: the views that the question read."""

    def __init__(self, views: dict[str, str], functions: frozenset[str]) -> None:
        self.token = f"k{secrets.token_hex(16)}"
        self.behind = {f"{self.token}_{name}": name for name in views}
        self.views = frozenset(views)
        self.functions = functions
        self.read: set[str] = set()

    def __call__(self, action: int, first: str | None, second: str | None, database: str | None, behalf: str | None) -> int:
        """Tell SQLite whether it may do something while it prepares a statement."""
        if action == sqlite3.SQLITE_SELECT or action == sqlite3.SQLITE_RECURSIVE:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            return sqlite3.SQLITE_OK if (second or "").lower() in self.functions else sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_READ:
            return sqlite3.SQLITE_OK if self.may_read(first or "", second or "", database, behalf or "") else sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_DENY

    def may_read(self, table: str, column: str, database: str | None, behalf: str) -> bool:
        """Tell whether a column may be read on behalf of a view, a common table expression, or the statement itself (empty)."""
        if table in self.behind:
            self.read.add(self.behind[table])
            return True
        if behalf.startswith(self.token) or table in self.views or table.lower() in TABLE_FUNCTIONS:
            return True
        if not column and database == self.token:
            return True
        # A table of the statement's own (WITH x AS …) of which no column is read: SQLite asks by its name alone.
        return not column and not database and not table.lower().startswith(("sqlite_", "pragma_"))


def main() -> int:
    """Answer the question on standard input: a line with the columns, one a row, a last one with what was read; or one with ``error``."""
    asked = json.load(sys.stdin)
    end = time.monotonic() + asked["seconds"]
    most = asked["memory"]
    resource.setrlimit(resource.RLIMIT_CPU, (int(asked["seconds"]) + 2, int(asked["seconds"]) + 3))
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warden: Warden | None = None
    try:
        connection, warden = _opened(asked)
        connection.set_progress_handler(lambda: int(time.monotonic() > end), STEPS)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        connection.set_authorizer(warden)
        for line in _answer(connection, warden, asked):
            sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")
    except (sqlite3.Error, sqlite3.Warning, MemoryError, OverflowError, UnicodeError, ValueError, RecursionError) as error:
        told = {"error": _words(error, warden), "kind": _kind(error)}
        sys.stdout.write(json.dumps(told) + "\n")
    return 0


def _opened(asked: dict[str, Any]) -> tuple[sqlite3.Connection, Warden]:
    """Open the store read-only in one snapshot, with the views of the question in the connection's own schema."""
    connection = sqlite3.connect(":memory:", uri=True, isolation_level=None, cached_statements=0, timeout=5)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    for pragma in ("temp_store = MEMORY", "trusted_schema = OFF", "cell_size_check = ON", "cache_size = -65536", "mmap_size = 0"):
        connection.execute(f"PRAGMA {pragma}")
    warden = Warden(asked["views"], frozenset(asked["functions"]))
    connection.execute(f"ATTACH ? AS {warden.token}", (asked["uri"],))
    connection.execute("BEGIN")
    found = connection.execute(f"SELECT name, type FROM {warden.token}.sqlite_master").fetchall()  # noqa: S608 -- random
    tables = {name for name, kind in found if kind == "table"}
    for secret, name in warden.behind.items():
        body = asked["views"][name]
        for private in asked["private"]:
            body = body.replace(private, f"{warden.token}_{private}")
        body = FROM.sub(lambda at: f"{at[1]}{warden.token}.{at[2]}" if at[2] in tables else at[0], body)
        connection.execute(f'CREATE TEMP VIEW "{secret}" AS {body}')
        connection.execute(f'CREATE TEMP VIEW "{name}" AS SELECT * FROM "{secret}"')  # noqa: S608 -- names of views
    named = asked["sql"].lower()
    for name in sorted(tables | {name for name, kind in found if kind == "view"}):
        if name.lower() in named and name not in warden.views and not name.startswith("sqlite_"):
            # SQLite looks for columns before it asks the authorizer: of a table that is there it would say that it has none of that name.
            said = name.replace('"', '""')
            connection.execute(f'CREATE TEMP VIEW "{said}" AS SELECT 1 FROM main."{said}"')  # noqa: S608 -- quoted
    for function in sorted(TABLE_FUNCTIONS):
        connection.execute(f"SELECT 1 FROM {function}('[]')")  # noqa: S608 -- SQLite makes their table at first use, which is refused later
    connection.execute("PRAGMA query_only = ON")
    for limit, value in LIMITS.items():
        connection.setlimit(limit, value)
    return connection, warden


def _answer(connection: sqlite3.Connection, warden: Warden, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    cursor = connection.execute(asked["sql"])
    yield {"columns": [column[0] for column in cursor.description or ()]}
    size, cut = 0, ""
    with contextlib.closing(cursor):
        for number, row in enumerate(cursor):
            if number >= asked["limit"]:
                cut = "rows"
                break
            values = [value.hex() if isinstance(value, bytes) else value for value in row]
            size += sum(len(value) if isinstance(value, str) else 8 for value in values)
            if size > asked["size"]:
                cut = "bytes"
                break
            yield {"row": values}
    yield {"views": sorted(warden.read), "cut": cut}


def _words(error: BaseException, warden: Warden | None) -> str:
    """Return what SQLite says, without the random names."""
    words = str(error).partition("\n")[0][:300]
    return re.sub(rf"{warden.token}[._]?", "", words) if warden else words


def _kind(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "memory"
    if str(error).startswith("not authorized"):
        return "rights"
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    named = {
        sqlite3.SQLITE_INTERRUPT: "time",
        sqlite3.SQLITE_AUTH: "rights",
        sqlite3.SQLITE_TOOBIG: "memory",
        sqlite3.SQLITE_NOMEM: "memory",
    }
    return named.get(code, "store" if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT) else "statement")


if __name__ == "__main__":
    sys.exit(main())
