"""Watches and deliveries are kept alike on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from harvester.config import Config
from harvester.watching.sending import run_once
from storage import deliveries, watches
from storage.change_queries import latest
from storage.deliveries import Stretch
from storage.errors import StoreError, UnknownRecord
from storage.store import Store
from storage.watches import WatchExists
from tests.watching.feed import BUREAU, SECRET, tell, watch
from tests.watching.servers import Ledger, Receiver, serving

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def kept(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened


def test_a_watch_begins_at_the_feed_s_end_and_is_kept(kept: Store) -> None:
    tell(kept, 3)
    last = latest(kept)
    made = watches.add(kept, "要点", {"agency": "市发展改革委", "kinds": ["split"]}, "desk", "weekly", "zh", "李分析", NOW, NOW)
    assert (made.cursor, made.filters, made.due_at) == (last, {"agency": "市发展改革委", "kinds": ["split"]}, NOW)
    assert watches.listed(kept) == [made]
    with pytest.raises(WatchExists, match="harvester watch remove 要点"):
        watches.add(kept, "要点", {}, "desk", "each", "zh", "李分析", NOW, None)
    with pytest.raises(UnknownRecord, match="watch list"):
        watches.named(kept, "没有")
    watches.pause(kept, "要点")
    tell(kept, 2, first=4)
    assert watches.resume(kept, "要点", skip=True) == 2
    assert (watches.named(kept, "要点").cursor, watches.named(kept, "要点").paused) == (last + 2, False)


def test_a_stretch_is_named_once_with_the_cursor_or_not_at_all(kept: Store) -> None:
    watch(kept)
    tell(kept, 6)
    one, other = deliveries.form(kept, "重点任务", 0, 6, [Stretch(0, 4, 4), Stretch(4, 6, 2)], NOW, NOW + timedelta(days=1))
    assert watches.named(kept, "重点任务").cursor == 6
    with pytest.raises(StoreError, match="changed meanwhile"):
        deliveries.form(kept, "重点任务", 0, 6, [Stretch(0, 6, 6)], NOW, None)
    assert {each.id for each in deliveries.listed(kept)} == {one, other}
    assert [deliveries.previous(kept, deliveries.named(kept, each)) for each in (one, other)] == [0, 4]


def test_deliveries_leave_in_the_order_of_the_feed_and_when_their_time_has_come(kept: Store) -> None:
    watch(kept)
    tell(kept, 6)
    one, other = deliveries.form(kept, "重点任务", 0, 6, [Stretch(0, 4, 4), Stretch(4, 6, 2)], NOW, None)
    assert [each.id for each in deliveries.due(kept, NOW)] == [one]
    assert deliveries.begin(kept, one, NOW + timedelta(minutes=1))
    assert deliveries.due(kept, NOW) == []
    assert [each.id for each in deliveries.due(kept, NOW + timedelta(minutes=1))] == [one]
    deliveries.postponed(
        kept, one, NOW + timedelta(minutes=5), "the receiver answered 500: look at its own log; it is tried again by itself."
    )
    deliveries.given_up(kept, one, NOW, "the receiver answered 500: look at its own log; it is tried again by itself.")
    assert not deliveries.begin(kept, one, NOW)
    assert [each.id for each in deliveries.due(kept, NOW)] == [other]
    deliveries.sent(kept, other, NOW)
    assert [(each.state, each.attempts, each.ended_at, each.error) for each in deliveries.listed(kept)] == [
        ("sent", 0, NOW, ""),
        ("given-up", 1, NOW, "the receiver answered 500: look at its own log; it is tried again by itself."),
    ]
    assert [each.id for each in deliveries.listed(kept, state="given-up", watch="重点任务", limit=1)] == [one]
    assert deliveries.retry(kept, one).state == "waiting"
    watches.pause(kept, "重点任务")
    assert deliveries.due(kept, NOW) == []
    assert watches.remove(kept, "重点任务") == 1
    assert deliveries.listed(kept) == []
    for call in (lambda: deliveries.retry(kept, one), lambda: watches.remove(kept, "重点任务"), lambda: watches.pause(kept, "重点任务")):
        with pytest.raises(UnknownRecord):
            call()


def test_what_is_found_is_sent_once(kept: Store, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_KEY", SECRET)
    ledger = Ledger(SECRET)
    watch(kept, agency=BUREAU)
    tell(kept, 3)
    first = latest(kept) - 2
    with serving(Receiver(["500"], answer=ledger.take)) as receiver:
        table = {"kind": "webhook", "url": receiver.url, "secret_env": "LEDGER_KEY"}
        settings = Config(store=url, archive=tmp_path / "archive", channels={"ledger": table})
        assert run_once(kept, settings).postponed == 1
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
            assert run_once(kept, settings).sent == 1
            assert run_once(kept, settings).sent == 0
    assert ledger.numbers() == [first, first + 1, first + 2]
    assert len(receiver.got) == 2
