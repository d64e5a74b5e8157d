"""A store of as many tasks as asked for, written straight into the tables: documents of four provinces, copies, versions, states.

Nothing in it was published by anybody: texts are put together from a few phrases and drawn clauses, bodies from places and departments.
"""

from __future__ import annotations

import hashlib
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table

from benchmarks.clauses import drawn
from storage import line_triggers, lines
from storage.change_schema import changes
from storage.identity import text_key
from storage.schema import (
    agencies,
    agency_names,
    captures,
    clocks,
    documents,
    runs,
    sites,
    task_agencies,
    tasks,
    version_regions,
    versions,
    works,
)
from storage.store import Store
from storage.types import to_json

Row = dict[str, Any]
SEED = 6
PROVINCES = {"310000": "上海市", "320000": "江苏省", "330000": "浙江省", "340000": "安徽省"}
CITIES = 11
DEPARTMENTS = (
    "发展改革委",
    "市场监管局",
    "财政局",
    "教育局",
    "商务局",
    "公安局",
    "税务局",
    "交通运输局",
    "生态环境局",
    "农业农村局",
    "医保局",
)
VERBS = ("编制", "推进", "建立", "开展", "组织", "完善", "加强", "落实", "公布", "核查")
MATTERS = (
    "公共信用信息目录",
    "信用修复办理",
    "行业信用监测",
    "诚信主题宣传",
    "信用服务机构备案",
    "合同履约监测",
    "政务诚信建设",
    "分级分类监管",
)
ENDS = ("并按季度通报", "并在年内完成", "形成工作报告", "纳入日常检查", "覆盖全部街道和园区")
KINDS = ("plan", "work-points", "notice", "opinion", "measures", "task-table")
FIRST, DAYS = date(2012, 1, 1), 5200


@dataclass(frozen=True)
class Sizes:
    """How large the store is; shares are of documents."""

    documents: int = 20_000
    tasks: int = 50
    copied: float = 0.05
    edited: float = 0.05
    gone: float = 0.01


@dataclass
class Body:
    """A body of the gazetteer."""

    id: str
    name: str
    mention: str
    region: str


@dataclass
class Rows:
    """Rows of one lot of documents, by table."""

    of: dict[Table, list[Row]] = field(default_factory=dict)

    def add(self, table: Table, **row: Any) -> None:  # noqa: ANN401 -- values of any column
        """Put a row in."""
        self.of.setdefault(table, []).append(row)


def bodies() -> list[Body]:
    """Return the bodies: each department of each province and of its cities."""
    found = []
    for code, province in PROVINCES.items():
        for city in range(CITIES + 1):
            region = f"{code[:2]}{city:02}00"
            for n, department in enumerate(DEPARTMENTS):
                name = f"{province}{f'第{city}市' if city else ''}{department}"
                found.append(Body(f"b{region}{n:02}", name, f"{'市' if city else '省'}{department}", region))
    return found


def fill(store: Store, sizes: Sizes, tell: Callable[[str, int], object] = lambda what, done: None) -> None:
    """Write the rows, then make the lines of them; ``tell`` is told now and then what was made of how many documents."""
    known = bodies()
    with store.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size = -524288")
        line_triggers.drop(connection)
        _frame(connection, known)
        for start in range(0, sizes.documents, 1000):
            rows = Rows()
            for n in range(start, min(start + 1000, sizes.documents)):
                _document(rows, n, sizes, known)
            for table in (works, captures, documents, versions, version_regions, clocks, tasks, task_agencies, changes):
                copy_in(connection, table, rows.of.get(table, []))
            tell("rows", min(start + 1000, sizes.documents))
        line_triggers.create(connection)
        with _without_index_of_words(connection):
            lines.rebuild(connection, tell)
        tell("everything", sizes.documents)
    with store.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("VACUUM ANALYZE" if connection.dialect.name == "postgresql" else "ANALYZE")


def progress() -> Callable[[str, int], None]:
    """Return what tells people on standard error how far a filling of minutes is."""
    begun = time.perf_counter()

    def tell(what: str, done: int) -> None:
        print(f"{time.perf_counter() - begun:6.0f} s  {what} of {done:,} documents", file=sys.stderr, flush=True)

    return tell


@contextmanager
def _without_index_of_words(connection: Connection) -> Iterator[None]:
    """Make the index of words at the end: PostgreSQL puts many rows in one by one ten times as slowly as all at once."""
    made: list[str] = []
    if connection.dialect.name == "postgresql":
        known = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname ~ '^ix_search_.*_terms$'"
        for name, statement in connection.exec_driver_sql(known).all():
            connection.exec_driver_sql(f"DROP INDEX {name}")
            made.append(statement)
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '1GB'")
    yield
    for statement in made:
        connection.exec_driver_sql(statement)


def copy_in(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Write rows in the driver's quickest way."""
    if not rows:
        return
    names = list(rows[0])
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        cursor.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", _plain(rows, names))  # noqa: S608 -- a table
        return
    with cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


def _plain(rows: Iterable[Row], names: list[str]) -> Iterator[list[Any]]:
    for row in rows:
        yield [_stored(row[name]) for name in names]


def _stored(value: Any) -> Any:  # noqa: ANN401 -- a value of any column
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value


def _frame(connection: Connection, known: list[Body]) -> None:
    """Write sites, a run and the gazetteer."""
    places = sorted({body.region for body in known})
    copy_in(connection, sites, [{"id": f"s{region}", "name": "", "region": region} for region in places])
    at = datetime(2012, 1, 1, tzinfo=UTC)
    run = {"id": "r", "site": f"s{places[0]}", "sections": "[]", "started_at": at, "ended_at": at, "verdict": "complete", "cause": ""}
    copy_in(connection, runs, [run | {"counters": "{}"}])
    told = {"kind": "agency", "level": "", "valid_from": None, "valid_to": None, "successor": "", "source": ""}
    copy_in(connection, agencies, [{"id": body.id, "name": body.name, "region": body.region} | told for body in known])
    names = [
        {"agency_id": body.id, "position": 0, "name": body.name, "name_key": text_key(body.name), "kind": "canonical"} for body in known
    ]
    copy_in(connection, agency_names, names)


def _document(rows: Rows, n: int, sizes: Sizes, known: list[Body]) -> None:
    """Add a document with its versions; a share of them are copies of the one before, edited, or gone."""
    chance = random.Random(SEED * 1_000_003 + n)
    copy = n % 2 == 1 and chance.random() < 2 * sizes.copied
    model = random.Random(SEED * 7 + n - copy)
    day = FIRST + timedelta(model.randrange(DAYS))
    home = model.choice(known).region
    site = f"s{home}" if not copy else f"s{chance.choice(known).region}"
    document, gone = f"d{n:011}", chance.random() < sizes.gone
    edits = 2 if chance.random() < sizes.edited else 1
    at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    since = at + timedelta(days=200) if gone else None
    work = f"w{n - copy:011}"
    if not copy:
        rows.add(works, id=work, title="", reason="single")
    place = {"id": document, "site": site, "section": "notices", "key": str(n), "kind": "article", "parent_key": "", "parent_id": None}
    told = {"url": f"https://{site}.example.cn/{n}.html", "title": "", "listed_on": day, "moved_to": None}
    rows.add(documents, **place, **told, state="gone" if gone else "live", state_since=since, work_id=work, version=edits)
    rows.add(clocks, document_id=document, first_seen=at, last_seen=at, last_checked=at, sha256="0" * 64)
    if since:
        rows.add(changes, **_gone(document, site, since))
    for version in range(1, edits + 1):
        _version(rows, n, document, version, day, home, random.Random(model.random()), known, sizes)


def _gone(document: str, site: str, since: datetime) -> Row:
    row = {"known_at": since, "as_of": since.date(), "entity": "document", "entity_id": document, "kind": "gone", "cause": "source"}
    row |= {"copy": False, "site": site, "section": "notices", "region": "", "document_id": document, "version": 1, "fields": "[]"}
    states = {"before": to_json({"id": document, "state": "live"}), "after": to_json({"id": document, "state": "gone"})}
    return row | states | dict.fromkeys(("list_name", "colour", "record_kind", "reason"), "")


def _version(
    rows: Rows, n: int, document: str, version: int, day: date, home: str, chance: random.Random, known: list[Body], sizes: Sizes
) -> None:
    found = day if version == 1 else day + timedelta(days=60)
    at = datetime(found.year, found.month, found.day, 8, tzinfo=UTC)
    number = n * 10 + version
    capture = {"id": number, "run": "r", "site": "", "section": "", "kind": "article", "url": document, "status": 200, "media_type": ""}
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    rows.add(captures, **capture, fetched_at=at, file="f", file_offset=number, file_length=1, sha256=digest, revisit=False)
    title = f"{home}第{n}号信用工作安排"
    said = [_text(chance, n, ordinal) for ordinal in range(1, sizes.tasks + 1)]
    told: Row = dict.fromkeys(("document_number", "number_key", "source", "encoding", "index_number", "region_basis"), "")
    told |= dict.fromkeys(("issued_on", "plan_start", "plan_end", "printed_on", "effective_on", "expires_on", "raw_text"), None)
    told |= dict.fromkeys(("repairs", "warnings", "suggestions"), "[]") | {"hints": "{}", "signature": b"", "folded_length": 0}
    told |= {"document_id": document, "number": version, "change": "first" if version == 1 else "source", "capture_id": number}
    told |= {"content_hash": digest, "records_hash": digest, "title": title, "title_key": str(number), "published_on": day}
    told |= {"in_force_from": found, "known_at": at, "format": "html", "text": "\n".join(said), "task_count": len(said)}
    rows.add(versions, **told, normalizer_version="1", document_kind=chance.choice(KINDS))
    rows.add(version_regions, document_id=document, version=version, position=0, region=home)
    near = [body for body in known if body.region[:2] == home[:2]]
    for ordinal, text in enumerate(said, 1):
        _task(rows, document, version, ordinal, text, day, chance, near)


def _text(chance: random.Random, n: int, ordinal: int) -> str:
    phrases = (f"{chance.choice(VERBS)}{chance.choice(MATTERS)}", chance.choice(ENDS), *drawn(chance, 2))
    return f"{'，'.join(phrases)}，由第{n % 997}组第{ordinal}项负责"


def _task(rows: Rows, document: str, version: int, ordinal: int, text: str, day: date, chance: random.Random, near: list[Body]) -> None:
    task = f"{document}.{version}.t{ordinal}"
    due = day + timedelta(chance.randrange(30, 500)) if chance.random() < 0.7 else None
    kind = "by-date" if due else chance.choice(("ongoing", "recurring", "relative"))
    shown: Row = {"id": task, "document_id": document, "version": version, "ordinal": ordinal, "number": str(ordinal), "section": ""}
    shown |= {"text": text, "open_list": False, "deadline_text": "年底前", "deadline_start": None, "deadline_end": due}
    shown |= {"deadline_kind": kind, "deadline_basis": "cell", "deadline_period": "", "deadline_strength": "", "deadline_flags": "[]"}
    shown |= {"milestones": "[]", "evidence_start": 0, "evidence_end": len(text), "address": f"p{ordinal}", "agency_address": ""}
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    shown |= {"deadline_address": "", "rule": "table-row", "confidence": 0.9, "fingerprint": digest, "lasting_id": f"{document}.k{ordinal}"}
    rows.add(tasks, **shown)
    for n, body in enumerate(chance.sample(near, chance.randrange(1, 5))):
        role, position = ("lead", 0) if n == 0 else ("partner", n - 1) if n < 3 else ("responsible", 0)
        mention = {"mention": body.mention, "mention_key": _key(body.mention), "name": body.name, "agency_id": body.id, "kind": "agency"}
        rows.add(task_agencies, task_id=task, role=role, position=position, **mention, resolved=True, rule="context-alias", flags="[]")


@cache
def _key(mention: str) -> str:
    return text_key(mention)
