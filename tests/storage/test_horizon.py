"""The beginning of the feed may be dropped: at one place, never what a watch still needs, and no cursor before it goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from storage.change_queries import EVERYTHING, changes, horizon, latest
from storage.change_schema import change_agencies, deliveries, watches
from storage.errors import StaleCursor
from storage.horizon import prune
from storage.snapshots import snapshot
from storage.store import Store
from tests.shared import tries
from tests.storage.feed_samples import body, document_row, task, task_row, told
from tests.storage.samples import AT
from tests.storage.test_changes import TODAY

DAY = timedelta(days=1)


def numbers(store: Store) -> list[int]:
    return [row["seq"] for row in changes(store, EVERYTHING, today=TODAY)]


def watch(store: Store, name: str, cursor: int, *, paused: bool = False) -> None:
    row = {"name": name, "filters": {}, "channel": "mail", "period": "daily", "language": "zh", "cursor": cursor, "paused": paused}
    with store.writing() as connection:
        connection.execute(insert(watches), [row | {"created_by": "李分析", "created_at": AT, "due_at": None}])


def filled(store: Store) -> list[int]:
    rows = (task_row("added", after=task(n, lead=[body("市档案局")]), known_at=AT + n * DAY) for n in range(6))
    return told(store, *rows)


def test_rows_known_before_a_day_go_with_their_bodies_and_the_rest_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.horizon.ROUND", 2)
    seq = filled(store)
    found = prune(store, AT + 3 * DAY)
    assert (found.rows, found.horizon, found.latest, found.held_by) == (3, seq[2], seq[-1], ())
    assert numbers(store) == seq[3:]
    assert horizon(store) == seq[2]
    with store.reading() as connection:
        assert list(connection.execute(select(change_agencies.c.seq)).scalars()) == seq[3:]


def test_a_dry_run_tells_the_same_and_drops_nothing(store: Store) -> None:
    seq = filled(store)
    assert prune(store, AT + 3 * DAY, dry_run=True) == prune(store, AT + 3 * DAY)
    assert numbers(store) == seq[3:]


def test_an_emptied_feed_keeps_its_place_and_gives_no_number_again(store: Store) -> None:
    seq = filled(store)
    prune(store, AT + 99 * DAY)
    assert (numbers(store), latest(store), horizon(store)) == ([], seq[-1], seq[-1])
    assert next(iter(snapshot(store)))["seq"] == seq[-1]
    assert changes(store, EVERYTHING, today=TODAY) == []
    assert told(store, document_row("gone"))[0] > seq[-1]
    assert prune(store, AT).rows == 0


def test_a_row_known_later_ends_what_is_dropped_whatever_comes_after(store: Store) -> None:
    seq = told(store, *(task_row("added", after=task(n), known_at=AT + days * DAY) for n, days in enumerate([0, 5, 1])))
    prune(store, AT + 3 * DAY)
    assert numbers(store) == seq[1:]


def test_a_watch_keeps_what_it_was_not_told_and_a_paused_one_does_not(store: Store) -> None:
    seq = filled(store)
    watch(store, "信用修复", seq[1])
    watch(store, "停用", seq[0], paused=True)
    found = prune(store, AT + 4 * DAY)
    assert (found.horizon, found.held_by) == (seq[1], ("信用修复",))
    assert numbers(store) == seq[2:]
    assert prune(store, AT + 4 * DAY).held_by == ("信用修复",)


def test_what_waits_to_be_sent_is_kept(store: Store) -> None:
    seq = filled(store)
    watch(store, "信用修复", seq[5])
    row = {"id": "u1", "watch": "信用修复", "after_seq": seq[2], "upto_seq": seq[5], "rows": 3, "state": "waiting", "attempts": 1}
    with store.writing() as connection:
        connection.execute(insert(deliveries), [row | {"next_at": AT, "error": "", "created_at": AT, "ended_at": None}])
    assert prune(store, AT + 99 * DAY).horizon == seq[2]
    with store.writing() as connection:
        connection.execute(update(deliveries).values(state="sent", ended_at=AT))
    assert prune(store, AT + 99 * DAY).horizon == seq[5]


@settings(max_examples=tries(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(days=st.lists(st.integers(0, 5), min_size=1, max_size=8), cut=st.integers(0, 6))
def test_property_every_cursor_gives_all_that_is_behind_it_or_says_it_cannot(store: Store, days: list[int], cut: int) -> None:
    first = latest(store)
    every = [n for n in told(store, *(document_row("changed", f"d{n}", known_at=AT + d * DAY) for n, d in enumerate(days))) if n > first]
    prune(store, AT + cut * DAY)
    dropped = horizon(store)
    for cursor in (first, *every):
        wanted = [n for n in every if n > cursor]
        if cursor < dropped:
            with pytest.raises(StaleCursor):
                changes(store, EVERYTHING.behind(cursor), today=TODAY)
        else:
            assert [row["seq"] for row in changes(store, EVERYTHING.behind(cursor), today=TODAY)] == wanted
