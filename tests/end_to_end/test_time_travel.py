"""With the clock moved day by day from 2026-03-30 to the end of 2029 each record leaves every outlet on its day, under its rule.

The days were worked out by hand (``tests/notices/terms_by_hand.csv``). Whether the daily job ran, or was skipped for weeks, an outlet shows
the same: every query holds the term by itself.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import time_machine

from normalizers.codes.arithmetic import credit_check_character, organization_check_character
from normalizers.notices.records import NoticeKind, PrintedField, PrintedRecord, Subject, SubjectKind
from normalizers.notices.terms import term_of
from storage import notice_queries, queries, takedown
from storage.change_queries import EVERYTHING, changes
from storage.frames import frame
from storage.notice_rows import notice_id
from storage.record_archive import RecordArchive
from storage.records import Location, NoticeRow, TakedownReason
from storage.selection import Filters
from storage.store import Store
from tests.end_to_end.rights import LOCAL, database_clock
from tests.notices.test_terms import ROWS, notice_of

FIRST, LAST = date(2026, 3, 30), date(2029, 12, 31)
DAY = timedelta(days=1)
UNDATED = {NoticeKind.PENALTY: 90}
ELSE = 365
"""Days after its first one that a record without any day is shown (docs/takedown.md)."""
NOWHERE = Location("", 0, 0, "")
SKIPPED = 45
"""Days between two runs of the job where it is skipped."""


@dataclass(frozen=True)
class Traveller:
    """A record, the day it is published (on the first day of the journey at the earliest), and its last day, ``None`` without an end.

    ``never`` is one that is over or ended when it comes.
    """

    label: str
    row: NoticeRow
    rule: str
    comes: date
    last: date | None
    never: bool

    @property
    def id(self) -> str:
        return notice_id(self.row.printed.key)

    def is_shown(self, on: date) -> bool:
        return not self.never and self.comes <= on and (self.last is None or on <= self.last)


def traveller(number: int, told: dict[str, str]) -> Traveller:
    body = f"{70_000_000 + number:08d}"
    start = "91320100" + body + organization_check_character(body)
    code = start + credit_check_character(start)
    subject = Subject(SubjectKind.LEGAL, f"江口旅行第{number}号货运有限公司", code, organization_code=code[8:17])
    notice = replace(notice_of(told), subject=subject, facts=f"第{number}案")
    notice = replace(notice, term=term_of(notice))
    days = [day for day in (notice.decided_on, notice.published_on) if day]
    comes = max([FIRST, *days])
    last = date.fromisoformat(told["last_day"]) if told["last_day"] else None
    if last is None and notice.term.undated_days:
        last = comes + timedelta(days=UNDATED.get(notice.kind, ELSE))
    ended = notice.is_over or notice.kind in (NoticeKind.REPAIR, NoticeKind.WITHDRAWAL)
    never = ended or (last is not None and last < comes)
    key = hashlib.sha256(told["id"].encode()).hexdigest()[:32]
    fields = (PrintedField("行政相对人名称", subject.name), PrintedField("统一社会信用代码", code))
    printed = PrintedRecord("jiangkou_records", "all", key, "https://records.example.cn/x", notice.kind, fields)
    at = datetime.combine(comes, time(9), LOCAL)
    return Traveller(told["id"], NoticeRow(printed, notice, NOWHERE, at), told["rule"], comes, last, never)


TRAVELLERS = [traveller(number, told) for number, told in enumerate(ROWS)]


def arrive(store: Store, today: date) -> None:
    """Harvest what is published on a day, as a crawl does."""
    coming = [each for each in TRAVELLERS if each.comes == today]
    if not coming:
        return
    at = datetime.combine(today, time(9), LOCAL)
    run = store.begin_run("jiangkou_records", ["all"], at)
    with RecordArchive(store.archive.folder).open_run("jiangkou_records", run) as writer:
        places = writer.write_many([each.row.printed for each in coming], at)
        rows = [replace(each.row, location=place) for each, place in zip(coming, places, strict=True)]
        store.ingest_notices(run, rows, today=today)
    store.end_run(run, "complete", "", {}, at)


def days() -> Iterator[date]:
    day = FIRST
    while day <= LAST:
        yield day
        day += DAY


def at_every_outlet(store: Store, today: date) -> dict[str, set[str]]:
    """Return the identifiers of the records that each outlet shows on a day."""
    rows = notice_queries.notices(store, today=today)
    said = {
        "dossier": {
            record["id"] for each in TRAVELLERS for some in _dossier(store, each.row.notice.subject.code, today).values() for record in some
        },
        "search": {hit["id"] for hit in queries.search(store, "江口旅行", filters=Filters(limit=None), today=today)["hits"]},
        "changes": {
            row["entity_id"]
            for row in changes(store, EVERYTHING, today=today)
            if "江口旅行" in json.dumps(row, ensure_ascii=False, default=str)
        },
    }
    with database_clock(), time_machine.travel(datetime.combine(today, time(9), LOCAL), tick=True):
        store.engine.dispose()  # a connection made before asks SQLite's own clock
        said["export"] = set(frame(store, "notices")["notice"])
        store.engine.dispose()
    return {"notices": {row["id"] for row in rows}, **said}


def _dossier(store: Store, code: str, today: date) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = notice_queries.dossier(store, code, today=today)["notices"]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("every", [1, SKIPPED] if os.environ.get("HARVESTER_SOAK") else [1])
def test_each_record_leaves_every_outlet_on_its_day_whether_the_job_ran_or_not(tmp_path: Path, every: int) -> None:
    assert len([each for each in TRAVELLERS if not each.never]) >= 60
    turns = {each.last + DAY for each in TRAVELLERS if each.last} | {each.comes for each in TRAVELLERS}
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite", archive=tmp_path / "archive", create=True) as store:
        buried = 0
        for n, today in enumerate(days()):
            arrive(store, today)
            wanted = {each.id for each in TRAVELLERS if each.is_shown(today)}
            with store.reading() as connection:
                query = notice_queries.table.select().where(notice_queries.shown(today))
                assert {row.id for row in connection.execute(query)} == wanted, today
            if today in turns and (every > 1 or n % 5 == 0):
                assert at_every_outlet(store, today) == dict.fromkeys(("notices", "dossier", "search", "changes", "export"), wanted), today
            if (every == 1 and today in turns) or (n % every == every - 1 and every > 1):
                report = takedown.run(store, today, at=datetime.combine(today, time(10), LOCAL))
                assert report.left == 0
                assert max(report.late, default=0) < every
                buried += report.taken.get(TakedownReason.EXPIRED, 0)
        takedown.run(store, LAST + DAY)
        assert len([each for each in TRAVELLERS if each.last and each.last < LAST]) > 60
        assert buried >= 50


def test_each_record_is_shown_under_the_rule_worked_out_by_hand(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite", archive=tmp_path / "archive", create=True) as store:
        for today in sorted({each.comes for each in TRAVELLERS}):
            arrive(store, today)
            rows = {row["id"]: row["term_rule"] for row in notice_queries.notices(store, today=today)}
            coming = [each for each in TRAVELLERS if each.comes == today and not each.never]
            assert {each.label: rows[each.id] for each in coming} == {each.label: each.rule for each in coming}
