"""What operators ask of the store answers alike on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from storage import disk_use, due_runs, measures, operations_queries, operations_work
from storage.days import local_day
from storage.errors import UnknownRecord
from storage.measures import SectionMeasures
from storage.operations_queries import Row, RunFilters
from storage.paging import WrongCursor, cursor
from storage.store import Store
from tests.web import operations_sample

NOW = datetime(2026, 3, 20, 1, tzinfo=UTC)


def test_pages_of_runs_hold_every_run_once_in_the_order_of_time(store: Store) -> None:
    made = operations_sample.history(store, "jiangsu", NOW, 7, {2: ("failed", "timeout")})
    made += operations_sample.history(store, "anhui", NOW, 4)
    day = NOW.date() - timedelta(days=2)
    cases: list[tuple[RunFilters, Callable[[Row], bool]]] = [
        (RunFilters(), lambda _row: True),
        (RunFilters(site="jiangsu"), lambda row: row["site"] == "jiangsu"),
        (RunFilters(verdict="failed"), lambda row: row["verdict"] == "failed"),
        (RunFilters(cause="timeout"), lambda row: row["cause"] == "timeout"),
        (RunFilters(reach="recent"), lambda row: row["reach"] == "recent"),
        (RunFilters(first=day), lambda row: local_day(row["started_at"]) >= day),
        (RunFilters(last=day), lambda row: local_day(row["started_at"]) <= day),
    ]
    all_runs = operations_queries.run_page(store, RunFilters(), size=99).rows
    for filters, wanted in cases:
        seen, after = list[dict[str, object]](), ""
        while True:
            page = operations_queries.run_page(store, filters, after, size=3)
            seen += [dict(row) for row in page.rows]
            after = page.next
            if not after:
                break
        assert [row["id"] for row in seen] == [row["id"] for row in all_runs if wanted(row)], filters
        assert [row["started_at"] for row in seen] == sorted((row["started_at"] for row in seen), reverse=True)
        assert seen or filters.reach
    assert {row["id"] for row in all_runs} == set(made)
    forged = cursor("runs", RunFilters(), ("yesterday", "x"))
    with pytest.raises(WrongCursor):
        operations_queries.run_page(store, RunFilters(), forged)


def test_a_record_is_counted_once_and_an_ending_is_not_counted_as_new() -> None:
    records = {"new": 861, "ended": 28, "endings": 18}
    of_record_site = operations_queries.counted({"effects": records, "notices": records | {"persons": 3}, "gone": 0})
    assert (of_record_site["new"], of_record_site["gone"]) == (861, 0)
    of_documents = operations_queries.counted({"effects": {"new": 56}, "notices": {"new": 6, "endings": 12}, "gone": 1})
    assert (of_documents["new"], of_documents["gone"], of_documents["records"]) == (56, 1, {"endings": 12, "new": 6})


def test_what_a_run_had_and_what_failed_is_told_with_its_neighbours(store: Store) -> None:
    last, middle, first = operations_sample.history(store, "jiangsu", NOW, 3, {1: ("incomplete", "timeout")})
    row = operations_queries.run(store, middle)
    assert (row["verdict"], row["counted"]["requests"], row["counted"]["least"]) == ("incomplete", 16, 15)
    assert operations_queries.neighbours(store, row) == (first, last)
    assert [(each["cause"], each["count"], len(each["samples"])) for each in operations_queries.failures_of(store, middle)] == [
        ("timeout", 3, 3)
    ]
    assert [each["number"] for each in operations_queries.events(store, middle, 2, 3)] == [3, 4, 5]
    assert operations_queries.events(store, middle)[-1]["event"] == "failure"
    measures.write_measures(store, first, "jiangsu", [SectionMeasures("read no more", "all", {}, 0.5)])
    drifts = operations_queries.drifts_of(store, "jiangsu", 2)
    assert [(each["run"], each["section"], each["drift"]) for each in drifts] == [(middle, "tzgg", 0.03), (last, "tzgg", 0.01)]
    assert operations_queries.cause_days(store, "jiangsu", NOW - timedelta(days=9)) == {"timeout": [row["started_at"]]}
    assert operations_queries.complete_runs(store, ["jiangsu", "anhui"])["jiangsu"]["id"] == last
    told = [operations_queries.run(store, each)["counted"]["bytes"] for each in (last, middle, first)]
    assert operations_queries.brought(store, NOW - timedelta(days=9)) == sum(told)
    assert operations_queries.brought(store, NOW - timedelta(days=1)) == told[0]
    with pytest.raises(UnknownRecord):
        operations_queries.run(store, "nowhere")


def test_what_waits_who_works_and_what_is_wrong_is_found_at_a_moment(store: Store) -> None:
    made = operations_sample.fill(store, NOW, days=5)
    assert [(row["site"], row["cause"]) for row in operations_work.open_incidents(store)] == [
        ("suzhou_sip", "challenge"), ("jiangsu", "no-body-container"), ("anhui", "stale"),
    ]  # fmt: skip
    assert [row["cause"] for row in operations_work.closed_incidents(store, "national")] == ["timeout"]
    queued = operations_work.queued(store, NOW)
    assert (queued["due"], queued["running"], queued["oldest"]) == (2, 0, NOW - timedelta(minutes=12))
    assert {row["state"] for row in operations_work.not_done(store, NOW - timedelta(days=7))} == {"missed", "skipped"}
    assert due_runs.last(store, ("done",)).keys() == {"verify", "national"}
    assert {row["host"] for row in operations_work.live_workers(store)} == {"harvest-1", "harvest-2"}
    assert operations_queries.drift_now(store, [made.broken])["jiangsu"]["drift"] == pytest.approx(0.62)
    assert [row["id"] for row in operations_queries.run_page(store, RunFilters(verdict="running")).rows] == [made.running]
    assert operations_work.specimen(store, made.bad)["good"] is False
    assert [row["id"] for row in operations_work.proposals_of(store, "jiangsu")] == [made.proposal]
    assert disk_use.database_bytes(store) > 0


def test_a_chore_that_no_schedule_asks_for_is_noted_as_done_and_waits_nowhere(store: Store) -> None:
    for n in range(2):
        began = NOW - timedelta(days=1 - n)
        due_runs.note_done(store, "backup", began, began + timedelta(minutes=3), "root", f"/srv/kept/{n}: 4 files, 1.0 MB")
    last = due_runs.last(store, ("done",))
    assert last.keys() == {"backup"}
    found = last["backup"]
    assert (found.kind, found.asked_by, found.note) == ("chore", "root", "/srv/kept/1: 4 files, 1.0 MB")
    assert (found.due_at, found.ended_at) == (NOW, NOW + timedelta(minutes=3))
    assert operations_work.queue(store) == operations_work.not_done(store, NOW - timedelta(days=9)) == []
