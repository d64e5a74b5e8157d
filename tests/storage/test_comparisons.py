"""Kept comparisons and editions, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from storage import comparisons
from storage.change_schema import document_links
from storage.editions import in_force, of_year
from storage.errors import UnknownRecord
from storage.identity import document_id
from storage.store import Store
from tests.storage.samples import AT, make_derived, put

START = datetime(2025, 1, 1, tzinfo=UTC)
KEYS = [(f"{n:064x}", f"{n + 9:064x}", "0" * 64) for n in range(5)]


def test_the_oldest_make_room_and_a_huge_one_is_not_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons, "KEPT", 3)
    for n, key in enumerate(KEYS):
        assert comparisons.keep(store, key, ["\0文字", n], START + timedelta(days=n))
        comparisons.kept(store, KEYS[0], START + timedelta(days=n))
    assert [comparisons.kept(store, key, START) for key in KEYS] == [["\ufffd文字", 0], None, None, ["\ufffd文字", 3], ["\ufffd文字", 4]]
    monkeypatch.setattr(comparisons, "LARGEST", 10)
    assert not comparisons.keep(store, KEYS[1], ["x" * 20], START)


def test_every_comparison_of_a_version_is_forgotten_on_either_side(store: Store) -> None:
    for key in (KEYS[0], (KEYS[1][0], KEYS[0][0], KEYS[0][2]), KEYS[2]):
        comparisons.keep(store, key, [], START)
    assert comparisons.forget(store, [KEYS[0][0]]) == 2
    assert comparisons.forget(store, [KEYS[0][0]]) == 0
    assert comparisons.kept(store, KEYS[2], START) == []


def test_a_comparison_made_again_takes_the_place_of_the_old_one(store: Store) -> None:
    for n in range(2):
        comparisons.keep(store, KEYS[0], [n], START)
    assert comparisons.kept(store, KEYS[0], START) == [1]


def test_days_and_years_lead_to_versions_and_editions(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "a", make_derived())
    put(store, run, "b", make_derived("江口市2023年信用建设工作安排", ("开展年度评价并通报结果", "建设信用门户网站并开放查询")))
    first, second = (document_id("jiangkou", key) for key in "ab")
    with store.writing() as connection:
        connection.execute(document_links.delete())
        link = {"document_id": first, "other_id": second, "relation": "edition", "reason": "title", "score": 1.0}
        connection.execute(insert(document_links), [link])
    assert of_year(store, second, 2024) == first
    assert of_year(store, first, 2023) == second
    with pytest.raises(UnknownRecord, match="2019 is known, only of 2023, 2024"):
        of_year(store, first, 2019)
    assert in_force(store, first, date(2024, 3, 5)) == 1
    with pytest.raises(UnknownRecord, match="not published yet on 2024-01-01"):
        in_force(store, first, date(2024, 1, 1))
