"""Public records of the feed counted by day and section: the same in both databases, none twice, none missed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from storage import change_queries, record_changes
from storage.change_filters import ChangeFilters
from storage.days import local_day
from storage.store import Store
from tests.storage.notice_samples import ingest, make_given, make_notice

TODAY = date(2026, 6, 30)


def test_records_are_counted_by_the_day_of_the_sites_and_each_belongs_to_one_stretch(store: Store) -> None:
    begin = datetime(2026, 6, 1, 15, 30, tzinfo=UTC)  # half past eleven in the evening there; an hour later it is the next day
    for n in range(24):
        at = begin + timedelta(hours=n)
        run = store.begin_run("jiangkou_records", ["penalties"], at, region="310000")
        ingest(store, make_given(str(n), make_notice(number=f"江市监处罚〔2026〕{n + 1}号"), at=at), run=run, today=TODAY)
        store.end_run(run, "complete", "", {}, at)
    every = change_queries.changes(store, ChangeFilters(entities=("notice",)), today=TODAY)
    wanted = Counter(local_day(row["known_at"]) for row in every)
    assert len(wanted) == 2
    end = change_queries.latest(store) + 1
    whole = record_changes.stretch(store, ChangeFilters(), today=TODAY, first=1, before=end)
    assert {row["day"]: row["entered"] for row in whole.records} == wanted
    assert [(row["site"], row["section"], row["left"]) for row in whole.records] == [("jiangkou_records", "penalties", 0)] * 2
    assert not whole.more
    for cut in range(1, end + 1):
        late = record_changes.stretch(store, ChangeFilters(), today=TODAY, first=cut, before=end)
        early = record_changes.stretch(store, ChangeFilters(), today=TODAY, first=1, before=cut)
        assert sum(row["entered"] for row in (*late.records, *early.records)) == len(every)
        assert late.more is (cut > every[0]["seq"])
    assert record_changes.first_of(store, ChangeFilters(), today=TODAY, before=end, days=2) == every[0]["seq"]
    newest = min(row["seq"] for row in every if local_day(row["known_at"]) == max(wanted))
    assert record_changes.first_of(store, ChangeFilters(), today=TODAY, before=end, days=1) == newest
    assert record_changes.first_of(store, ChangeFilters(site="nowhere"), today=TODAY, before=end, days=1) == 0
