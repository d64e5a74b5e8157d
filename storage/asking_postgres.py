"""Run somebody's SELECT on a PostgreSQL store: parsed, held against lists of what may stand in it, written anew, and run read-only.

What is run is never the text that came, but what the tree of the parser is written out as; so nothing that the parser reads otherwise than
the server does, a comment, a quotation, an escape, reaches the server. The server then refuses writes (READ ONLY), more than one statement
(the extended protocol), and what takes too long. Where the operator made the role ``harvester_reader`` (``docs/sql.md``), the
statement runs with its rights, that is with those on the views only.
"""

from __future__ import annotations

import re
import secrets
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import sqlglot
from sqlalchemy import Connection
from sqlglot import exp
from sqlglot.errors import SqlglotError

from storage import views_at
from storage.dictionary import dictionary
from storage.errors import StoreError
from storage.reader_role import NAME as ROLE
from storage.selection import Filters, is_past
from storage.sql_answers import SIZE, Found, not_allowed, not_understood, slow, too_large
from storage.store import Store

BATCH = 500
DEEPEST = 60
"""Levels of a statement's tree."""
LARGEST = 5000
"""Parts of a statement."""
WORD = re.compile(r"[A-Za-z_]+")
NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
SETTINGS = {
    "work_mem": "'32MB'",
    "hash_mem_multiplier": "1",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "standard_conforming_strings": "on",
    "lock_timeout": "'5s'",
}
RARE_SETTINGS = {"temp_file_limit": "'1GB'"}
"""What only a role with that right may set; the operator can set it for the role of the program."""

PARTS: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Select, exp.Union, exp.Intersect, exp.Except, exp.Subquery, exp.With, exp.CTE, exp.Table, exp.TableAlias, exp.From, exp.Join,
        exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Limit, exp.Offset, exp.Fetch, exp.Distinct, exp.Window,
        exp.WindowSpec, exp.Column, exp.Identifier, exp.Star, exp.Alias, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Tuple, exp.In,
        exp.Between, exp.Is, exp.Not, exp.And, exp.Or, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ,
        exp.NullSafeNEQ, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.DPipe, exp.Like, exp.ILike, exp.Escape, exp.Case, exp.If,
        exp.Cast, exp.DataType, exp.DataTypeParam, exp.Interval, exp.Extract, exp.Var, exp.JSONExtract, exp.JSONExtractScalar, exp.JSONPath,
        exp.JSONPathRoot, exp.JSONPathKey, exp.JSONPathSubscript, exp.Exists, exp.Filter, exp.WithinGroup, exp.Anonymous,
        exp.CurrentDate, exp.AtTimeZone,
    }
)  # fmt: skip
"""What a statement may be made of, besides the functions below."""
CALLS = frozenset(tomllib.loads(Path(__file__).with_name("sql_functions.toml").read_text(encoding="utf-8"))["postgresql"])
"""Names of functions, sqlglot's and PostgreSQL's; no function in it reads a file, a table or a setting, sleeps, or calls another server."""
TYPES = frozenset(
    {
        exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR, exp.DataType.Type.CHAR, exp.DataType.Type.INT, exp.DataType.Type.BIGINT,
        exp.DataType.Type.SMALLINT, exp.DataType.Type.DECIMAL, exp.DataType.Type.FLOAT, exp.DataType.Type.DOUBLE,
        exp.DataType.Type.BOOLEAN, exp.DataType.Type.DATE, exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPTZ,
        exp.DataType.Type.JSON, exp.DataType.Type.JSONB, exp.DataType.Type.INTERVAL,
    }
)  # fmt: skip
"""Types to cast to: none looks a name up in the catalogue, as regclass does."""


def ask(store: Store, sql: str, filters: Filters, limit: int, seconds: float) -> Found:
    """Return columns, rows, the views that were read, and why rows are missing; raises as ``plain_sql.ask``."""
    text, views = checked(sql)
    if is_past(filters):
        made = [f"{name} AS NOT MATERIALIZED ({views_at.statement('postgresql', name, filters)})" for name in _needed(views, filters)]
        text = f"WITH {', '.join(made)} SELECT * FROM ({text}) AS asked" if made else text  # noqa: S608 -- checked, and of constants
    try:
        with store.reading() as connection:
            _prepare(connection, seconds, past=is_past(filters))
            columns, rows, cut = _fetched(connection, text, limit)
    except psycopg.Error as error:
        raise _told(error, seconds) from error
    return columns, rows, views, cut


def _needed(views: set[str], filters: Filters) -> list[str]:
    """Return the views that have other rows of that day, among those that a statement reads."""
    return sorted(views & views_at.OF_A_DAY)


# --- what may stand in a statement ---------------------------------------------------------------------------------------


def checked(sql: str) -> tuple[str, set[str]]:
    """Return the statement as it is run, and the views it reads. Raises ``RefusedQuestion`` for anything that is not on the lists."""
    trees = _parsed(sql)
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise not_allowed("more than one statement, or none that reads")
    tree = trees[0]
    nodes = list(_nodes(tree))
    for node in nodes:
        _check(node)
    own = _own_tables(nodes)
    views: set[str] = set()
    for node in nodes:
        if isinstance(node, exp.Table):
            views |= _read(node, own)
    try:
        made = _written(tree)
        if _written(_parsed(made)[0]) != made:
            raise not_allowed("a form that is not known here")
    except (SqlglotError, RecursionError, ValueError) as error:
        raise not_allowed("a form that is not known here") from error
    return made, views


def _written(tree: exp.Expr | None) -> str:
    return tree.sql(dialect="postgres", comments=False, identify=True) if tree else ""


def _parsed(sql: str) -> list[exp.Expr | None]:
    try:
        return sqlglot.parse(sql, dialect="postgres")
    except SqlglotError as error:
        first = str(error).partition("\n")[0].partition(".")[0]
        raise not_allowed(f"not understood: {first}") from error
    except RecursionError as error:
        raise not_allowed("too deeply nested") from error


def _nodes(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Yield every part of a statement. Raises ``RefusedQuestion`` for one that is nested too deeply."""
    waiting, count = [(tree, 0)], 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if depth > DEEPEST or count > LARGEST:
            raise not_allowed("too large or too deeply nested")
        yield node
        # Long chains of AND and of || lean to one side: they are no deeper for it.
        below = depth if isinstance(node, exp.Binary) else depth + 1
        waiting += [(child, below) for child in node.iter_expressions()]


def _check(node: exp.Expr) -> None:
    if isinstance(node, exp.Anonymous):
        name = str(node.this)
        if not isinstance(node.this, str) or name.lower() not in CALLS:
            raise not_allowed(f"the function {name[:60]}")
    elif isinstance(node, exp.Func) and type(node) not in PARTS:
        if node.sql_name().lower() not in CALLS:
            raise not_allowed(f"the function {node.sql_name().lower()}")
    elif type(node) not in PARTS:
        raise not_allowed(f"the part {type(node).__name__.upper()}")
    if isinstance(node, exp.DataType) and (node.this not in TYPES or node.args.get("nested")):
        raise not_allowed("this type")
    if isinstance(node, exp.Var) and not WORD.fullmatch(node.name):
        raise not_allowed(f"the word {node.name[:60]}")
    if isinstance(node, exp.Literal) and not node.is_string and not NUMBER.fullmatch(node.name):
        raise not_allowed(f"the number {node.name[:60]}")
    if isinstance(node, exp.Identifier) and not node.args.get("quoted"):
        node.set("this", node.name.lower())  # as PostgreSQL does; written out it stands in quotation marks


def _own_tables(nodes: list[exp.Expr]) -> dict[str, str]:
    """Give the statement's own tables (WITH x AS …) other names, and return these by the names they had.

    The new ones cannot be guessed. A name of its own could stand for a table of the database where it is not known yet, as within itself.
    Raises ``RefusedQuestion`` for one that hides a view.
    """
    token, own = secrets.token_hex(8), dict[str, str]()
    for cte in nodes:
        alias = cte.args.get("alias") if isinstance(cte, exp.CTE) else None
        if alias is None:
            continue
        name = alias.this.name
        if not name or name in dictionary():
            raise not_allowed(f"a table of its own called {name[:60]}")
        alias.set("this", exp.to_identifier(own.setdefault(name, f"own_{token}_{len(own)}"), quoted=True))
    return own


def _read(node: exp.Table, own: dict[str, str]) -> set[str]:
    """Return the view that a table in a statement is, nothing for one of its own. Raises ``RefusedQuestion`` for any other."""
    name = node.this
    if not isinstance(name, exp.Identifier) or node.args.get("db") or node.args.get("catalog"):
        raise not_allowed(f"the table {node.sql(dialect='postgres')[:60]}")
    kept = {key for key, value in node.args.items() if value} - {"this", "alias", "joins"}
    if kept:
        raise not_allowed(f"{', '.join(sorted(kept))} of a table")
    said = name.name
    if said in own:
        if not node.args.get("alias"):
            node.set("alias", exp.TableAlias(this=exp.to_identifier(said, quoted=True)))
        node.set("this", exp.to_identifier(own[said], quoted=True))
        return set()
    if said not in dictionary():
        raise not_allowed(f"the table {said[:60]}")
    return {said}


# --- how it is run -------------------------------------------------------------------------------------------------------


def _prepare(connection: Connection, seconds: float, *, past: bool) -> None:
    """Let the transaction read only, within limits, with the rights of the reader's role where there is one.

    The views of another day stand in the statement itself and read tables, on which that role has no rights.
    """
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    for name, value in SETTINGS.items():
        connection.exec_driver_sql(f"SET LOCAL {name} = {value}")
    for name, value in RARE_SETTINGS.items():
        may = "SELECT rolsuper OR has_parameter_privilege(current_user, %s, 'SET') FROM pg_roles WHERE rolname = current_user"
        if connection.exec_driver_sql(may, (name,)).scalar():
            connection.exec_driver_sql(f"SET LOCAL {name} = {value}")
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
    known = "SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(current_user, oid, 'MEMBER')"
    if not past and connection.exec_driver_sql(known, (ROLE,)).first():
        connection.exec_driver_sql(f"SET LOCAL ROLE {ROLE}")


def _fetched(connection: Connection, sql: str, limit: int) -> tuple[list[str], list[tuple[Any, ...]], str]:
    driver: Any = connection.connection.driver_connection
    rows: list[tuple[Any, ...]] = []
    size = 0
    with driver.cursor(name="asked") as cursor:
        # With parameters, though none, the extended protocol is spoken: the server takes one statement then.
        cursor.execute(sql.replace("%", "%%").encode(), ())
        columns = [column.name for column in cursor.description or ()]
        while len(rows) <= limit and (some := cursor.fetchmany(BATCH)):
            for row in some:
                rows.append(tuple(_value(value) for value in row))
                size += sum(len(value) if isinstance(value, str) else 8 for value in row)
            if size > SIZE:
                return columns, rows[:limit], "bytes"
    return columns, rows[:limit], "rows" if len(rows) > limit else ""


def _value(value: Any) -> Any:  # noqa: ANN401 -- a cell
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _told(error: psycopg.Error, seconds: float) -> StoreError:
    state = error.sqlstate or ""
    words = (str(error).strip().splitlines() or ["no answer"])[0][:300]
    if state == "57014":
        return slow(seconds)
    return too_large() if state[:2] == "53" or state == "54000" else not_understood(words)
