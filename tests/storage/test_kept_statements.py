"""Statements are put together once for each shape of a question: values of one question never stand in the answer to another."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy.util import LRUCache

from storage import kept_statements, queries
from storage.kept_statements import MOST, kept
from storage.selection import Filters
from storage.store import Store
from tests.storage.conftest import filled_once
from tests.storage.test_paging import fill, walk

filled = filled_once(fill)

SHAPES: tuple[tuple[dict[str, Any], ...], ...] = (
    ({"site": "others"}, {"site": "nowhere"}),
    ({"agency": "a0"}, {"agency": "a1"}),
    ({"year": 2024}, {"year": 2023}),
    ({"due_from": date(2024, 6, 1), "due_to": date(2024, 6, 30)}, {"due_from": date(2024, 7, 1), "due_to": date(2024, 12, 31)}),
    ({"year": 12_345}, {"year": 2024}),
    ({"kind": "other"}, {"kind": "plan"}),
    ({"region": "310000"}, {"region": "320000"}),
    ({"role": "lead"}, {"role": "partner"}),
    ({"deadline_kind": "by-date"}, {"deadline_kind": "none"}),
    ({"as_of": date(2024, 5, 8)}, {"as_of": date(2024, 3, 1)}),
    ({"known_at": datetime(2024, 5, 8, tzinfo=UTC)}, {"known_at": datetime(2030, 1, 1, tzinfo=UTC)}),
    ({"words": "信用"}, {"words": "目录"}),
    ({"words": "信用", "role": "lead"}, {"words": "备案", "role": "lead"}),
)


@pytest.mark.parametrize("asked", SHAPES, ids=str)
def test_a_question_is_answered_by_its_own_values_whatever_was_asked_before(filled: Store, asked: tuple[dict[str, Any], ...]) -> None:
    kept_statements._KEPT.clear()
    for one, other in pairwise((*asked, *asked)):
        for each in (one, other):
            whole = queries.tasks(filled, Filters(**each))
            page = queries.task_page(filled, Filters(**each))
            assert [row["id"] for row in page.rows] == [row["id"] for row in whole]
            assert page.total == len(whole)
            due = queries.task_page(filled, Filters(**each), order="due")
            ends = {row["id"]: row["deadline"]["end"] for row in whole if row["deadline"] and row["deadline"]["end"]}
            assert {row["id"] for row in due.rows} == set(ends)
            assert [ends[row["id"]] for row in due.rows] == sorted(ends.values())


def test_no_more_statements_are_kept_than_those_asked_for_last() -> None:
    for n in range(4 * MOST):
        assert kept(("a shape of a test", n), lambda made=n: made) == n
        assert kept(("another", 0), lambda made=n: made) == 0
    assert len(kept_statements._KEPT) <= 2 * MOST


@pytest.mark.parametrize("near", [0, 3, 1000])
def test_by_deadline_the_same_is_found_however_far_is_looked_at_first(filled: Store, monkeypatch: pytest.MonkeyPatch, near: int) -> None:
    monkeypatch.setattr(kept_statements, "_KEPT", LRUCache(MOST))
    monkeypatch.setattr("storage.asking.FEW", 0)
    monkeypatch.setattr("storage.task_statements.NEAR", near)
    narrow: tuple[dict[str, Any], ...] = ({"site": "jiangkou"}, {"role": "lead"}, {"site": "jiangkou", "due_to": date(2024, 7, 1)})
    for asked in narrow:
        whole = queries.tasks(filled, Filters(**asked))
        wanted = sorted((row for row in whole if row["deadline"] and row["deadline"]["end"]), key=lambda row: row["deadline"]["end"])
        rows, _ = walk(partial(queries.task_page, filled, Filters(**asked, limit=2), order="due"))
        assert rows == wanted, asked
