"""Pages of tasks as an expert writes them who knows the tables of lines: a statement for the rows, one for their bodies, one for the total.

They run through the raw drivers, on a connection that stays open, in one snapshot, and give the dictionaries of ``storage.queries``.
How each question is best gone through is known beforehand (``Way``), which the program has to find out by itself.
"""
# ruff: noqa: S608 -- statements are put together from constants of this file only

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Literal

import psycopg
from sqlalchemy import make_url

from storage.identity import text_key
from storage.line_schema import ROLE_BITS
from storage.places import LAST
from storage.schema import ROLES
from storage.scopes import span_of
from storage.search import folded
from storage.search_terms import match_query, word_numbers
from storage.selection import Filters, stem_of

Row = dict[str, Any]
Way = Literal["documents", "bodies", "days", "words", "texts"]
"""What a page is found by: the documents in reading order, the tasks of a body, the index of deadlines, that of words, or for words which
stand nearly everywhere the texts in reading order (SQLite's index is in that order itself)."""
END = (1 << 62) - 1
MOST = 20_000
"""Tasks that are counted while somebody waits."""
TASK = ("id", "document_id", "version", "ordinal", "number", "section", "text", "open_list", "deadline_text", "deadline_start",
        "deadline_end", "deadline_kind", "deadline_basis", "deadline_period", "deadline_strength", "deadline_flags", "milestones",
        "evidence_start", "evidence_end", "address", "agency_address", "deadline_address", "rule", "confidence", "fingerprint",
        "lasting_id")  # fmt: skip
LINE = ("site", "region", "title", "document_number", "published_on", "url", "state")
DEADLINE = ("text", "start", "end", "kind", "basis", "period", "strength", "flags")
BODY = ("mention", "name", "kind", "resolved", "rule", "flags")

CHOICE = "c.site = :site AND c.stem = :stem"
SHOWN = f"""SELECT {", ".join(f"t.{name}" for name in TASK)}, {", ".join(f"d.{name}" for name in LINE)}, d.work_id, c.copies, p.place
FROM page p CROSS JOIN task_lines s CROSS JOIN tasks t CROSS JOIN document_lines d
LEFT JOIN line_choices c ON {CHOICE} AND c.place = d.place
WHERE s.place = p.place AND t.id = s.task_id AND d.place = (p.place | {LAST})"""
NAMES = (*TASK, *LINE, "work", "copies", "place")


@dataclass(frozen=True)
class Asked:
    """A question: its filters, the order of its rows, and the way an expert goes."""

    filters: Filters
    order: str = "published"
    way: Way = "documents"


@dataclass(frozen=True)
class Answer:
    """A page: its rows, the key of the last one where others follow, and how many rows there are in all (None: not asked)."""

    rows: list[Row]
    behind: tuple[Any, ...] | None
    total: int | None


# --- statements ----------------------------------------------------------------------------------------------------------


@cache
def page_of(asked: Asked, database: str, begun: bool, bodies: int) -> str:
    """Return the statement of a page; ``begun`` tells whether it lies behind another, ``bodies`` how many a name stands for.

    The values of the filters do not matter, only which of them are there.
    """
    f, due = asked.filters, asked.order == "due"
    wanted = _of_task(f, bodies, named=asked.way != "bodies", texts=asked.way not in ("words", "texts"), by_index=asked.way == "days")
    if due:
        wanted += ["s.deadline_end IS NOT NULL"]
        wanted += ["s.deadline_end >= :day AND (s.deadline_end > :day OR s.place < :below)"] if begun else []
        wanted += [_FIRST_DUE] if f.year and not begun else []
        order = "s.deadline_end, s.place DESC"
    else:
        wanted += ["s.place < :below"] if begun else []
        order = "s.place DESC"
    limit = f"ORDER BY {order} LIMIT :size + 1"
    if asked.way == "documents" and not due:
        made = _by_documents(f, wanted, database, begun)
    elif asked.way in ("bodies", "words", "texts"):
        few = _of_bodies(f, bodies) if asked.way == "bodies" else _of_words(database, asked.way, ordered=True)
        if not due and not wanted[: len(wanted) - begun]:
            there = _there(f).replace("s.place", "few.place")
            below = "AND few.place < :below" if begun else ""
            made = f"SELECT few.place FROM ({few}) few WHERE {there} {below} ORDER BY few.place DESC LIMIT :size + 1"
            return f"WITH page AS MATERIALIZED ({made}) {SHOWN} ORDER BY p.place DESC"
        # To keep the planners from going through all tasks by place, those few are looked up one by one.
        made = f"""SELECT s.place, s.deadline_end FROM ({few}) few CROSS JOIN task_lines s
WHERE s.place = few.place AND {_there(f)} {"".join(f" AND {one}" for one in wanted)} {limit}"""
    else:
        made = f"SELECT s.place, s.deadline_end FROM task_lines s WHERE {' AND '.join([*wanted, _there(f)])} {limit}"
    shown = "s.deadline_end, p.place DESC" if due else "p.place DESC"
    return f"WITH page AS MATERIALIZED ({made}) {SHOWN} ORDER BY {shown}"


def _by_documents(f: Filters, wanted: Sequence[str], database: str, begun: bool) -> str:
    """Return the statement that goes from document to document, newest first, and ends with the page."""
    of_line = _of_line(f)
    lines = "CROSS JOIN document_lines k" if of_line else ""
    where = [CHOICE, *_chosen(f), *(["k.place = c.place", *of_line] if of_line else [])]
    where += [f"c.place <= (:below | {LAST})"] if begun else []
    own = [f"s.place BETWEEN c.place - {LAST} AND c.place", *wanted]
    if database == "sqlite":
        return f"""SELECT s.place, s.deadline_end FROM line_choices c {lines} CROSS JOIN task_lines s
WHERE {" AND ".join([*where, *own])} ORDER BY c.place DESC, s.place DESC LIMIT :size + 1"""
    own_page = f"SELECT s.place, s.deadline_end FROM task_lines s WHERE {' AND '.join(own)} ORDER BY s.place DESC LIMIT :size + 1"
    return f"""SELECT s.place, s.deadline_end FROM line_choices c {lines} CROSS JOIN LATERAL ({own_page}) s
WHERE {" AND ".join(where)} ORDER BY c.place DESC, s.place DESC LIMIT :size + 1"""


def _chosen(f: Filters) -> list[str]:
    return [*([] if f.all_copies else ["c.counted"]), *(["c.place BETWEEN :first AND :last"] if f.year else [])]


def _of_line(f: Filters) -> list[str]:
    """Return the conditions on ``document_lines``, those included without which no task of the document is meant."""
    wanted = ["k.document_kind = :kind"] if f.kind else []
    wanted += ["k.due_last >= :due_from"] if f.due_from else []
    return [*wanted, *(["k.due_first <= :due_to"] if f.due_to else []), *(["k.roles & :role <> 0"] if f.role else [])]


def _there(f: Filters) -> str:
    """Return the condition that the document of a task is among those asked for."""
    kind = ["EXISTS (SELECT 1 FROM document_lines k WHERE k.place = c.place AND k.document_kind = :kind)"] if f.kind else []
    wanted = " AND ".join([CHOICE, f"c.place = (s.place | {LAST})", *_chosen(f), *kind])
    return f"EXISTS (SELECT 1 FROM line_choices c WHERE {wanted})"


def _of_task(f: Filters, bodies: int, *, named: bool, texts: bool = True, by_index: bool = True) -> list[str]:
    wanted = ["s.deadline_end >= :due_from"] if f.due_from else []
    wanted += ["s.deadline_end <= :due_to"] if f.due_to else []
    # coalesce: where documents are gone through, no planner shall look for their tasks by the index of kinds.
    kind = "s.deadline_kind" if by_index else "coalesce(s.deadline_kind, '')"
    wanted += [f"{kind} = :deadline_kind"] if f.deadline_kind else []
    wanted += [_WORDED] if f.words and texts else []
    wanted += ["s.roles & :role <> 0"] if f.role and named and not f.agency else []
    return [*wanted, *([_named("s.place", f, bodies)] if f.agency and named else [])]


def _of_bodies(f: Filters, bodies: int) -> str:
    """Return the places of the tasks of bodies, each once."""
    return f"SELECT {'DISTINCT' if bodies > 1 else ''} a.place FROM task_line_agencies a WHERE {_meant(f, bodies)}"


def _meant(f: Filters, bodies: int) -> str:
    # + 0: so that the few bodies of a task are looked at, not all the tasks of each body.
    some = ", ".join(f":body{n}" for n in range(bodies)) or "NULL"
    return f"a.body IN ({some}) {'AND a.roles & :role <> 0' if f.role else ''}"


def _named(place: str, f: Filters, bodies: int) -> str:
    return f"EXISTS (SELECT 1 FROM task_line_agencies a WHERE a.place = {place} AND {_meant(f, bodies).replace('a.body', 'a.body + 0')})"


_FIRST_DUE = f"""s.deadline_end >= (SELECT min(k.due_first) FROM line_choices c JOIN document_lines k ON k.place = c.place
WHERE {CHOICE} AND c.counted AND c.place BETWEEN :first AND :last)"""
"""Before the first deadline of a year's documents there is nothing to look at."""
_WORDED = "EXISTS (SELECT 1 FROM search_task_entries w WHERE w.id = s.place AND instr(w.folded, :word) > 0)"
"""The condition that a task which counts holds a word, asked of its text."""


def _of_words(database: str, way: Way, *, ordered: bool = False) -> str:
    """Return the places of the tasks that count and hold the words: their entries are their places.

    Going backwards SQLite's index loses some (``storage.search_sqlite``), so where they are ordered common words are asked of the texts.
    """
    if way == "texts" and (ordered or database != "sqlite"):
        found = "instr" if database == "sqlite" else "strpos"
        return f"SELECT w.id AS place FROM search_task_entries w WHERE w.id > 0 AND {found}(w.folded, :word) > 0"
    if database == "sqlite":
        return "SELECT e.rowid + 0 AS place FROM search_task_terms e WHERE search_task_terms MATCH :match AND e.rowid BETWEEN 1 AND :end"
    return """SELECT e.id AS place FROM search_task_terms e JOIN search_task_entries w ON w.id = e.id
WHERE e.terms @> CAST(:terms AS BIGINT[]) AND e.id + 0 > 0 AND strpos(w.folded, :word) > 0"""


@cache
def total_of(asked: Asked, database: str, bodies: int) -> str:
    """Return the statement that counts the rows of all pages: by the counts kept of each document where they tell."""
    f, due = asked.filters, asked.order == "due"
    kind = "JOIN document_lines k ON k.place = c.place AND k.document_kind = :kind" if f.kind else ""
    where = " AND ".join([CHOICE, *_chosen(f)])
    dated = ["s.deadline_end IS NOT NULL"] if due else []
    if f.due_from or f.due_to:
        return f"SELECT count(*) FROM task_lines s WHERE {' AND '.join([*_of_task(f, bodies, named=True), *dated, _there(f)])}"
    if f.agency or f.words:
        few = _of_bodies(f, bodies) if f.agency else _of_words(database, asked.way)
        wanted = [*_of_task(f, bodies, named=False, texts=bool(f.agency)), *dated]
        if not wanted:
            return f"SELECT count(*) FROM ({few}) s WHERE {_there(f)}"
        where = " AND ".join(["s.place = few.place", *wanted, _there(f)])
        return f"SELECT count(*) FROM ({few}) few CROSS JOIN task_lines s WHERE {where}"
    if due and (f.role or f.deadline_kind):
        wanted = [*_of_task(f, bodies, named=True), "s.deadline_end IS NOT NULL", _there(f)]
        return f"SELECT count(*) FROM task_lines s WHERE {' AND '.join(wanted)}"
    if f.role or f.deadline_kind or due:
        facet = "facet = 'dated' AND n.value = '1'" if due else "facet = 'role' AND n.value = :named" if f.role else (
            "facet = 'deadline_kind' AND n.value = :deadline_kind")  # fmt: skip
        return f"SELECT sum(n.tasks) FROM line_choices c {kind} JOIN line_counts n ON n.place = c.place AND n.{facet} WHERE {where}"
    return f"SELECT sum(d.tasks) FROM line_choices c {kind} JOIN document_lines d ON d.place = c.place WHERE {where}"


@cache
def many_of(asked: Asked, database: str, bodies: int) -> str:
    """Return the statement that tells whether there are more than are counted while somebody waits; empty where nothing is counted."""
    f = asked.filters
    few = _of_bodies(f, bodies).replace("DISTINCT", "") if f.agency else _of_words(database, asked.way) if f.words else ""
    if f.due_from or f.due_to:
        few = f"SELECT s.place FROM task_lines s WHERE {' AND '.join(_of_task(replace(f, words=''), 0, named=False))}"
    return f"SELECT count(*) FROM ({few} LIMIT {MOST + 1}) few" if few else ""


# --- answers -------------------------------------------------------------------------------------------------------------


class Expert:
    """A raw connection, and what an expert asks through it."""

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite")
        self.database = "sqlite" if self.sqlite else "postgresql"
        self.connection: Any
        if self.sqlite:
            self.connection = sqlite3.connect(f"file:{make_url(url).database}?mode=ro", uri=True, isolation_level=None)
        else:
            # The settings of the program's own connections: without them some of these statements take a hundred times as long.
            settings = "-c jit=off -c plan_cache_mode=force_custom_plan -c random_page_cost=1.1 -c work_mem=64MB -c timezone=UTC"
            self.connection = psycopg.connect(url, options=settings, autocommit=True)

    def run(self, statement: str, values: Row) -> list[Any]:
        """Return the rows of a statement."""
        said = statement if self.sqlite else _spoken(statement)
        found: list[Any] = self.connection.execute(said, values).fetchall()
        return found

    def page(self, asked: Asked, behind: tuple[Any, ...] | None = None, *, counted: bool = True) -> Answer:
        """Return a page of fifty tasks, in one snapshot; ``counted`` false tells only that they are too many to be counted, if so."""
        self.connection.execute("BEGIN" if self.sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        try:
            return self._page(asked, behind, counted=counted)
        finally:
            self.connection.execute("COMMIT")

    def _page(self, asked: Asked, behind: tuple[Any, ...] | None, *, counted: bool) -> Answer:
        f, size = asked.filters, asked.filters.limit or 50
        bodies = self.bodies(f.agency) if f.agency else []
        values = self.values(f) | {f"body{n}": body for n, body in enumerate(bodies)} | {"size": size}
        if behind:
            values |= {"below": behind[-1], "day": behind[0]}
        shape = replace(asked, filters=_shape(f))
        found = self.run(page_of(shape, self.database, behind is not None, len(bodies)), values)
        rows = [dict(zip(NAMES, row, strict=True)) for row in found[:size]]
        of_tasks = self.bodies_of([row["id"] for row in rows])
        shown = [self.shown(row, of_tasks) for row in rows]
        total: int | None = len(rows)
        if behind or len(found) > size:
            count = (total_of if counted else many_of)(shape, self.database, len(bodies))
            number = int(self.run(count, values)[0][0]) if count else MOST + 1
            total = number if counted else None
            assert counted or number > MOST
        last = rows[-1] if len(found) > size else None
        names = ("deadline_end", "place") if asked.order == "due" else ("place",)
        key = tuple(last[name] for name in names) if last else None
        return Answer(shown, key, total)

    def values(self, f: Filters) -> Row:
        """Return the values of filters as the driver takes them."""
        first, last = span_of(f.year) if f.year else (0, 0)
        word = folded(f.words)
        days = {name: day.isoformat() if self.sqlite and day else day for name, day in (("due_from", f.due_from), ("due_to", f.due_to))}
        words = (
            ({"match": match_query(((word,),)), "word": word, "end": END} if self.sqlite else {"terms": word_numbers(word), "word": word})
            if word
            else {}
        )
        told = {"site": f.site, "stem": stem_of(f.region) if f.region else "", "kind": f.kind, "deadline_kind": f.deadline_kind}
        return told | days | words | {"role": ROLE_BITS.get(f.role, 0), "named": f.role, "first": first, "last": last}

    def bodies(self, name: str) -> list[int]:
        """Return the bodies that a name or identifier stands for."""
        known = """SELECT id, name FROM agencies WHERE id = :name OR name = :name
OR id IN (SELECT agency_id FROM agency_names WHERE name_key = :key)"""
        found = self.run(known, {"name": name, "key": text_key(name)})
        names = sorted({name, *(row[1] for row in found)})
        lists = (sorted({name, *(row[0] for row in found)}), names, [text_key(each) for each in names])
        values, marks = Row(), list[str]()
        for at, some in enumerate(lists):
            keys = {f"v{at}_{n}": value for n, value in enumerate(some)}
            marks.append(", ".join(f":{key}" for key in keys))
            values |= keys
        meant = f"""SELECT id FROM line_agencies WHERE agency_id IN ({marks[0]}) OR name IN ({marks[1]}) OR mention_key IN ({marks[2]})"""
        return [row[0] for row in self.run(meant, values)]

    def bodies_of(self, ids: Sequence[str]) -> dict[str, dict[str, list[Row]]]:
        """Return the bodies of tasks by role."""
        found: dict[str, dict[str, list[Row]]] = defaultdict(lambda: {role: [] for role in ROLES})
        head = f"SELECT task_id, role, agency_id, {', '.join(BODY)} FROM task_agencies WHERE task_id"
        order = "ORDER BY task_id, role, position"
        if self.sqlite:
            rows = self.connection.execute(f"{head} IN ({', '.join('?' * len(ids))}) {order}", ids).fetchall()
        else:
            rows = self.connection.execute(f"{head} = ANY(%s) {order}", (list(ids),)).fetchall()
        for task, role, agency, mention, name, kind, resolved, rule, flags in rows:
            found[task][role].append(
                {"id": agency, "mention": mention, "name": name, "kind": kind, "resolved": bool(resolved), "rule": rule}
                | {"flags": json.loads(flags) if self.sqlite else flags}
            )
        return found

    def shown(self, row: Row, bodies: dict[str, dict[str, list[Row]]]) -> Row:
        """Return a task as answers show it, with the types of Python that the driver does not make."""
        if self.sqlite:
            row["open_list"] = bool(row["open_list"])
            for name in ("deadline_start", "deadline_end", "published_on"):
                row[name] = row[name] and date.fromisoformat(row[name])
            for name in ("deadline_flags", "milestones"):
                row[name] = row[name] and json.loads(row[name])
        return {
            "id": row["id"], "document": row["document_id"], "version": row["version"], "work": row["work"], "copies": row["copies"],
            "site": row["site"], "region": row["region"] or None, "title": row["title"], "document_number": row["document_number"],
            "published_on": row["published_on"], "url": row["url"], "state": row["state"], "ordinal": row["ordinal"],
            "number": row["number"], "section": row["section"], "text": row["text"], **bodies[row["id"]], "open_list": row["open_list"],
            "deadline": {name: row[f"deadline_{name}"] for name in DEADLINE} if row["deadline_kind"] else None,
            "milestones": row["milestones"], "evidence": {"start": row["evidence_start"], "end": row["evidence_end"]},
            "address": row["address"], "agency_address": row["agency_address"], "deadline_address": row["deadline_address"],
            "rule": row["rule"], "confidence": row["confidence"], "fingerprint": row["fingerprint"], "lasting_id": row["lasting_id"],
        }  # fmt: skip

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def _shape(f: Filters) -> Filters:
    """Return filters of which only what is asked for counts, so that a statement is put together once."""
    one = date(2020, 1, 1)
    return Filters(
        site="s" if f.site else "", region="r" if f.region else "", agency="a" if f.agency else "", role="r" if f.role else "",
        due_from=one if f.due_from else None, due_to=one if f.due_to else None, kind="k" if f.kind else "", year=1 if f.year else None,
        deadline_kind="k" if f.deadline_kind else "", words="w" if f.words else "", all_copies=f.all_copies,
    )  # fmt: skip


@cache
def _spoken(statement: str) -> str:
    """Return a statement with the marks of psycopg for its values."""
    return re.sub(r":(\w+)", r"%(\1)s", statement.replace("instr(", "strpos("))
