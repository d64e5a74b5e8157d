from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from storage import document_records, takedown
from storage.days import local_day
from storage.identity import document_id
from storage.notice_queries import notices
from storage.schema import documents, works
from storage.store import Store
from tests.records.samples import NOW, SITE, TODAY, entry, keep, new_store

DAY = timedelta(days=1)
FIRST, SECOND = (
    replace(entry(f"doc7#{n}", firm=firm), document="doc7") for n, firm in enumerate(("合肥听松纸业有限公司", "合肥望江机械有限公司"))
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


def read(store: Store, days: int, *records: object) -> None:
    """Let the document be read on a later day, with these records in it."""
    at = NOW + days * DAY
    keeper = keep(store, records, at)  # type: ignore[arg-type]
    tags = [keeper.tag(record.section, record.key) for record in records]  # type: ignore[attr-defined]
    document_records.read(store, keeper.run, SITE, "wages", "doc7", tags, at)


def names(store: Store) -> list[str]:
    return sorted(row["subject"] for row in notices(store, today=TODAY))


def after_takedown(store: Store, days: int) -> list[str]:
    at = NOW + days * DAY
    takedown.run(store, local_day(at), at=at)
    return names(store)


def test_a_row_that_left_its_document_goes_when_another_day_s_reading_lacks_it_too(store: Store) -> None:
    read(store, 0, FIRST, SECOND)
    read(store, 1, FIRST)
    assert len(after_takedown(store, 1)) == 2
    read(store, 2, FIRST)
    assert after_takedown(store, 2) == ["合肥听松纸业有限公司"]


def test_a_row_that_comes_back_in_between_stays(store: Store) -> None:
    read(store, 0, FIRST, SECOND)
    read(store, 1, FIRST)
    read(store, 2, FIRST, SECOND)
    read(store, 3, FIRST)
    assert len(after_takedown(store, 3)) == 2


def test_an_answer_that_nothing_changed_confirms_what_was_missing(store: Store) -> None:
    read(store, 0, FIRST, SECOND)
    read(store, 1, FIRST)
    document_records.unchanged(store, SITE, "doc7", NOW + 2 * DAY)
    assert after_takedown(store, 2) == ["合肥听松纸业有限公司"]


def test_a_document_that_is_gone_takes_its_records_with_it(store: Store) -> None:
    read(store, 0, FIRST, SECOND)
    key = document_id(SITE, "doc7")
    place = {"id": key, "site": SITE, "section": "wages", "key": "doc7", "kind": "article", "parent_key": "", "url": "", "title": ""}
    row = place | {"state": "live", "work_id": "w1", "version": 1}
    with store.writing() as connection:
        connection.execute(insert(works), [{"id": "w1", "title": "", "reason": "single"}])
        connection.execute(insert(documents), [row])
        connection.execute(update(documents).values(state="gone", state_since=NOW + DAY))
    assert document_records.bury_gone(store, SITE, NOW + DAY) == 2, "another day has confirmed it before it is said to be gone"
    assert names(store) == []
