"""A store with rows in nearly every table: what moves, or is put back, must take along all of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from storage import decisions
from storage.records import DecisionRow, FailureRow, Sighting
from storage.schema import metadata
from storage.store import Store
from tests.storage import notice_samples
from tests.storage.samples import AGENCIES, AT, make_capture, make_derived, put

HASH = "ab" * 32
NOW = datetime(2026, 11, 2, 3, 4, 5, 678901, tzinfo=UTC)
ODD = "甲\t乙\\N\n丙 \"'{},\u2028𠮷"
"""What a text may hold that a format of rows may trip over."""
WORK: dict[str, list[dict[str, Any]]] = {
    "due_runs": [
        {"job": "jiangkou", "kind": "crawl", "due_at": NOW, "asked_by": "", "arguments": {"深": [1, 2.5, None, True]},
         "state": "done", "note": ODD},
        {"job": "verify", "kind": "chore", "due_at": NOW, "asked_by": "甲", "arguments": {}, "state": "due", "note": "", "worker": "w1"},
    ],
    "planned": [{"job": "jiangkou", "until": NOW, "schedule": "0 6 * * *"}],
    "pauses": [{"job": "jiangkou", "reason": ODD, "paused_by": "乙", "since": NOW, "until": NOW + timedelta(days=1)}],
    "workers": [{"id": "w1", "host": "h", "pid": 7, "version": "1", "started_at": NOW, "heartbeat_at": NOW, "doing": ""}],
    "incidents": [
        {"site": "jiangkou", "cause": "dns", "level": "alarm", "sections": ["a"], "detail": ODD, "opened_at": NOW, "first_run": "r1",
         "last_at": NOW, "last_run": "r1", "closing_run": ""},
    ],
    "incident_messages": [{"incident": 1, "kind": "opened", "channel": "c", "formed_at": NOW, "due_at": NOW, "error": ""}],
    "snoozes": [{"site": "jiangkou", "cause": "", "reason": "r", "snoozed_by": "甲", "since": NOW, "until": NOW}],
    "accounts": [
        {"name": "甲", "role": "reader", "password": "x", "password_at": NOW, "provisional": False, "serial": 1, "created_at": NOW,
         "created_by": ""},
    ],
}  # fmt: skip
OF_RUNS: dict[str, list[dict[str, Any]]] = {
    "run_sections": [{"site": "jiangkou", "section": "notices", "reach": "all", "measures": {"share": 0.25, "n": 3}, "drift": 0.125}],
    "run_events": [{"number": 1, "at": NOW, "level": "info", "event": "begun", "detail": {"a": ODD}}],
    "findings": [{"site": "jiangkou", "section": "", "cause": "few", "level": "warning", "observed": "1", "expected": "2", "detail": ""}],
    "specimens": [
        {"site": "jiangkou", "section": "notices", "kind": "list", "url": "u", "at": NOW, "good": False, "cause": "c", "charset": "utf-8",
         "skeleton": "a>b", "skeleton_hash": HASH},
    ],
}  # fmt: skip


def fill(store: Store) -> None:
    """Put documents with versions, records, decisions, a failure, and rows of operations into a store."""
    store.load_agencies(AGENCIES)
    run = store.begin_run("jiangkou", ["notices"], AT, name="江口", region="310000")
    store.ingest_list(
        run,
        make_capture("https://jiangkou.example.cn/list", b"list", kind="list"),
        [Sighting("1001", "https://jiangkou.example.cn/1001.html", "工作安排", AT.date())],
    )
    put(store, run, "1001", make_derived())
    put(store, run, "1002", make_derived("江口市2025年信用建设工作安排", ("另行部署公共信用信息核查，逐项公布结果",)))
    put(
        store,
        run,
        "1001",
        make_derived(lines=("推进企业信用修复一次办结，缩短办理时间至三日", *ODD.split("\n"))),
        at=AT + timedelta(days=3),
    )
    store.record_failure(run, FailureRow("jiangkou", "notices", "article", "https://jiangkou.example.cn/9", "9", "timeout", ODD, AT))
    store.end_run(run, "complete", "", {"pages": 3}, AT + timedelta(days=3, seconds=1))
    decisions.decide(store, [DecisionRow("某某中心", "310000", "class")], "甲", NOW)
    records = store.begin_run(notice_samples.SITE, ["penalties"], notice_samples.AT, name="江口记录", region="310000")
    given = [notice_samples.make_given("one"), notice_samples.make_given("two", notice_samples.make_notice(subject=notice_samples.OTHER))]
    store.ingest_notices(records, given, today=date(2026, 5, 6))
    store.end_run(records, "complete", "", {}, notice_samples.AT)
    assert store.keyring.fingerprint
    with store.writing() as connection:
        _operations(connection, run)


def _operations(connection: Connection, run: str) -> None:
    for name, found in WORK.items():
        table = metadata.tables[name]
        for row in found:
            connection.execute(insert(table), [{key: value for key, value in row.items() if key in table.columns}])
    for name, found in OF_RUNS.items():
        connection.execute(insert(metadata.tables[name]), [row | {"run": run} for row in found])
