"""The views of the feed and of versions, as analysts read them."""

from __future__ import annotations

import json
from datetime import timedelta

import pandas as pd

from storage.frames import frame
from storage.store import Store
from tests.storage.feed_samples import document_row, task, task_row, told
from tests.storage.histories import PLACES, WHOLE, Crawler, Line, Page
from tests.storage.samples import AT

TITLE = "江口市2024年信用建设工作安排"
DAY = timedelta(days=1)


def test_readers_see_each_change_of_the_source_once_and_the_feed_shows_all(store: Store) -> None:
    seq = told(
        store,
        task_row("changed", task(1), task(1, "推进信用修复")),
        task_row("added", after=task(1), copy=True),
        document_row("tied", cause="decision"),
        task_row("restated", task(1), task(1)),
    )
    assert frame(store, "changes")["seq"].tolist() == seq[:1]
    every = frame(store, "feed")
    assert every["seq"].tolist() == seq
    assert json.loads(every["after"][0])["text"] == "推进信用修复"
    assert every["before"].isna().tolist() == [False, True, True, False]


def test_a_version_that_was_replaced_keeps_its_clocks(store: Store) -> None:
    crawler = Crawler(store)
    crawler.finds(PLACES[0], Page(TITLE, (Line(WHOLE, 0, 6),)))
    crawler.finds(PLACES[0], Page(TITLE, (Line(WHOLE, 0, 6),)))
    crawler.finds(PLACES[0], Page(TITLE, (Line(WHOLE, 1, 6),)))
    store.mark_checked(*PLACES[0], AT + 5 * DAY)
    found = frame(store, "versions")
    moments = {name: [moment - AT for moment in found[name]] for name in ("first_seen", "last_seen", "last_checked", "known_at")}
    assert moments == {
        "first_seen": [DAY, 3 * DAY],
        "last_seen": [2 * DAY, 5 * DAY],
        "last_checked": [2 * DAY, 5 * DAY],
        "known_at": [DAY, 3 * DAY],
    }
    assert isinstance(found["known_at"].dtype, pd.DatetimeTZDtype)
    assert set(frame(store, "changes")["title"]) == {TITLE}
