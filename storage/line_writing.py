"""The statements that make lines of documents and their tasks; ``lines`` says when."""
# ruff: noqa: S608 -- statements are put together from constants of this file only

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, Update, bindparam, text, update

from storage.choosing import Choice, Mark, Member, Times
from storage.line_schema import ROLE_BITS, document_lines
from storage.places import LAST, ORDINAL_BITS
from storage.views import spoken

_PLACE = f"(n.line << {ORDINAL_BITS}) | ({LAST} - t.ordinal)"
_CURRENT = """FROM documents d JOIN line_numbers n ON n.document_id = d.id
JOIN tasks t ON t.document_id = d.id AND t.version = d.version"""
_BIT = f"CASE a.role {' '.join(f'WHEN {role!r} THEN {bit}' for role, bit in ROLE_BITS.items())} END"
_BODY = "coalesce(a.agency_id, ''), coalesce(a.name, a.mention), a.mention_key, a.kind, a.resolved"

_LINE_AGENCIES = f"""INSERT INTO line_agencies (agency_id, name, mention_key, kind, resolved)
SELECT DISTINCT {_BODY} {_CURRENT} JOIN task_agencies a ON a.task_id = t.id WHERE d.id IN :documents ON CONFLICT DO NOTHING"""

# What is named is put together first, then its bodies looked up: PostgreSQL takes five equal columns for next to no rows, and would begin
# with all bodies of all tasks. CROSS JOIN: so does SQLite.
_TASK_LINE_AGENCIES = f"""INSERT INTO task_line_agencies (body, place, roles)
WITH named AS MATERIALIZED (
    SELECT {_PLACE} AS place, {_BIT} AS bit, coalesce(a.agency_id, '') AS agency_id, coalesce(a.name, a.mention) AS name, a.mention_key,
        a.kind, a.resolved {_CURRENT} JOIN task_agencies a ON a.task_id = t.id WHERE d.id IN :documents)
SELECT l.id, m.place, sum(DISTINCT m.bit) FROM named m CROSS JOIN line_agencies l
WHERE l.agency_id = m.agency_id AND l.name = m.name AND l.mention_key = m.mention_key AND l.kind = m.kind AND l.resolved = m.resolved
GROUP BY l.id, m.place"""


def _names(role: str) -> str:
    return f"""coalesce((SELECT {{concat}}(m.name, '、') FROM (SELECT coalesce(a.name, a.mention) AS name FROM task_agencies a
        WHERE a.task_id = t.id AND a.role = '{role}' ORDER BY a.position) AS m), '')"""


def _any_bits(column: str, rows: str) -> str:
    """Return the bits of roles that any of the rows has: neither database knows an aggregate for it under one name."""
    bits = " | ".join(f"max({column} & {bit})" for bit in ROLE_BITS.values())
    return f"coalesce((SELECT {bits} {rows}), 0)"


_TASK_LINES = f"""INSERT INTO task_lines (
    place, task_id, lasting_id, deadline_start, deadline_end, deadline_kind, roles, {", ".join(ROLE_BITS)})
SELECT {_PLACE}, t.id, t.lasting_id, t.deadline_start, t.deadline_end, t.deadline_kind,
    {_any_bits("b.roles", f"FROM task_line_agencies b WHERE b.place = ({_PLACE})")}, {", ".join(map(_names, ROLE_BITS))}
{_CURRENT} WHERE d.id IN :documents ORDER BY 1"""
"""By their places: the other way round, as tasks are read, SQLite's pages stay emptier by a seventh."""

_OF_VERSION = (
    "document_number", "document_kind", "issued_on", "published_on", "printed_on", "effective_on", "expires_on", "index_number",
    "region_basis", "plan_start", "plan_end", "format", "normalizer_version", "change",
)  # fmt: skip
_OF_DOCUMENT = ("version", "work_id", "site", "section", "kind", "parent_id", "url", "listed_on", "state", "state_since")
_TOLD = {
    "place": f"(n.line << {ORDINAL_BITS}) | {LAST}",
    "document_id": "d.id",
    "title": "CASE WHEN v.title <> '' THEN v.title ELSE d.title END",
    "region": """coalesce((SELECT r.region FROM version_regions r
        WHERE r.document_id = d.id AND r.version = d.version AND r.position = 0), '')""",
    "day": "coalesce(v.published_on, d.listed_on, v.in_force_from)",
    "tasks": "v.task_count",
    "suggestions": "{json_length}(v.suggestions)",
    "versions": "(SELECT count(*) FROM versions o WHERE o.document_id = d.id)",
    "hidden": "(d.state IN ('withdrawn', 'repealed'))",
    "copies": "0",
    "counted": "false",
    **dict.fromkeys(("began_on", "settled_on"), "v.in_force_from"),
    **dict.fromkeys(("began_at", "settled_at"), "v.known_at"),
} | {name: f"v.{name}" for name in _OF_VERSION} | {name: f"d.{name}" for name in _OF_DOCUMENT}  # fmt: skip
_BY_PLACE = {"sqlite": "NOT INDEXED", "postgresql": ""}
"""By itself SQLite takes the index of ends for the first and the last one, and looks under every day that the store has."""
_ITS_TASKS = f"FROM task_lines s {{by_place}} WHERE s.place BETWEEN n.line << {ORDINAL_BITS} AND (n.line << {ORDINAL_BITS}) | {LAST}"
_OF_TASKS = {
    "due_first": f"(SELECT min(s.deadline_end) {_ITS_TASKS})",
    "due_last": f"(SELECT max(s.deadline_end) {_ITS_TASKS})",
    "roles": _any_bits("s.roles", _ITS_TASKS),
}

_DOCUMENT_LINES = f"""INSERT INTO document_lines ({", ".join(_TOLD | _OF_TASKS)})
SELECT {", ".join((_TOLD | _OF_TASKS).values())}
FROM documents d JOIN versions v ON v.document_id = d.id AND v.number = d.version JOIN line_numbers n ON n.document_id = d.id
WHERE d.id IN :documents"""


def _counted(facet: str, value: str, wanted: str) -> str:
    # CROSS JOIN: SQLite then looks up the tasks of the documents; by itself it may go through all tasks of the store. And it goes
    # through all lines where rows are put together by the line alone, which has an index.
    return f"""SELECT '{facet}', {value}, (n.line << {ORDINAL_BITS}) | {LAST}, count(*) FROM line_numbers n
    CROSS JOIN task_lines s WHERE s.place BETWEEN n.line << {ORDINAL_BITS} AND (n.line << {ORDINAL_BITS}) | {LAST}
    AND n.document_id IN :documents AND {wanted} GROUP BY 2, n.document_id, n.line"""


_MONTH = "substr(CAST(s.deadline_end AS TEXT), 1, 7)"
_COUNTS = [_counted("role", f"'{role}'", f"s.roles & {bit} <> 0") for role, bit in ROLE_BITS.items()]
_COUNTS += [_counted("dated", "'1'", "s.deadline_end IS NOT NULL")]
_COUNTS += [_counted("deadline_kind", "coalesce(s.deadline_kind, 'none')", "true"), _counted("month", _MONTH, "s.deadline_end IS NOT NULL")]
_LINE_COUNTS = f"INSERT INTO line_counts (facet, value, place, tasks) {' UNION ALL '.join(_COUNTS)}"


@cache
def _statement(dialect: str, words: str) -> TextClause:
    return text(spoken(words, dialect).replace("{by_place}", _BY_PLACE[dialect])).bindparams(bindparam("documents", expanding=True))


def write(connection: Connection, wanted: Sequence[str]) -> None:
    """Write the lines of documents that have none; what rests on the other copies of a work is marked after."""
    for words in (_LINE_AGENCIES, _TASK_LINE_AGENCIES, _TASK_LINES, _LINE_COUNTS, _DOCUMENT_LINES):
        connection.execute(_statement(connection.dialect.name, words), {"documents": list(wanted)})


def mark(connection: Connection, members: Iterable[Member], chosen: Iterable[Choice]) -> None:
    """Write into the lines of documents what rests on the other copies of their works, where they say otherwise."""
    counted = {choice.place for choice in chosen if choice.counted and not choice.site and not choice.stem}
    works: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        works[member.work].append(member)
    rows = []
    for copies in works.values():
        times = Times.of_all(member.times for member in copies)
        marks = [(member, Mark(len(copies), member.place in counted, *times)) for member in copies]
        rows += [
            {"at": member.place} | {f"new_{name}": value for name, value in mark._asdict().items()}
            for member, mark in marks
            if member.marked != mark
        ]
    if rows:
        connection.execute(_mark(), rows)


@cache
def _mark() -> Update:
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in Mark._fields}
    return update(document_lines).where(document_lines.c.place == bindparam("at")).values(values)
