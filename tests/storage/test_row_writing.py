"""Rows that are written together: as SQLAlchemy would write them one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, StatementError

from normalizers.records import DocumentKind
from storage.change_schema import changes, document_keys
from storage.engine import rows
from storage.row_writing import COPIED, insert_rows, insert_unless_there, upsert
from storage.schema import captures, sightings, works
from storage.store import Store
from storage.types import REPLACEMENT, to_json
from tests.storage.samples import AT, make_capture, make_derived, put

ROW = {
    "known_at": AT, "as_of": date(2024, 5, 6), "entity": "task", "entity_id": "d1.k1", "kind": "added", "cause": "source", "copy": False,
    "run": None, "site": "s", "section": "notices", "region": "310000", "document_id": None, "version": 1, "work_id": None,
    "fields": ["text"], "before": None, "after": {"text": "a\0b", "kind": DocumentKind.PLAN}, "evidence": None, "list_name": "",
    "colour": "", "record_kind": "", "reason": "x\ud800y",
}  # fmt: skip


@pytest.mark.parametrize("count", [1, COPIED - 1, COPIED, 3 * COPIED])
def test_rows_come_back_as_they_were_with_what_no_database_takes_replaced(store: Store, count: int) -> None:
    with store.writing() as connection:
        insert_rows(connection, changes, [ROW | {"seq": n, "entity_id": f"d{n}"} for n in range(1, count + 1)])
        found = rows(connection.execute(select(changes).order_by(changes.c.seq)))
    wanted = ROW | {"after": {"text": f"a{REPLACEMENT}b", "kind": "plan"}, "reason": f"x{REPLACEMENT}y"}
    assert found == [wanted | {"seq": n, "entity_id": f"d{n}"} for n in range(1, count + 1)]


def test_no_row_is_no_statement(store: Store) -> None:
    with store.writing() as connection:
        insert_rows(connection, changes, [])
        upsert(connection, sightings, [])


@pytest.mark.parametrize("count", [1, 2 * COPIED])
def test_a_row_that_breaks_a_rule_is_refused_and_nothing_of_the_rest_is_kept(store: Store, count: int) -> None:
    with pytest.raises(IntegrityError), store.writing() as connection:
        insert_rows(
            connection,
            changes,
            [ROW | {"seq": n, "reason": "", "kind": "nonsense" if n == count else "added"} for n in range(1, count + 1)],
        )
    with store.reading() as connection:
        assert not rows(connection.execute(select(changes)))


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises((ValueError, StatementError), match="no time zone"), store.writing() as connection:
        insert_rows(connection, changes, [ROW | {"seq": 1, "known_at": datetime(2024, 5, 6)}])


def test_a_known_row_is_written_over_but_for_what_is_kept(store: Store) -> None:
    first = {"site": "s", "section": "n", "key": "1", "url": "u", "title": "old", "listed_on": None, "first_seen": AT, "last_seen": AT}
    later = datetime(2025, 1, 1, tzinfo=UTC)
    with store.writing() as connection:
        upsert(connection, sightings, [first])
        upsert(connection, sightings, [first | {"title": "new", "first_seen": later, "last_seen": later}], keep=["first_seen"])
        (found,) = rows(connection.execute(select(sightings)))
    assert (found["title"], found["first_seen"], found["last_seen"]) == ("new", AT, later)


def test_a_row_that_is_there_is_not_written_again_and_has_no_new_number(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    capture = make_capture("https://a.cn/1")
    row = {name: getattr(capture, name) for name in ("site", "section", "kind", "url", "status", "media_type", "fetched_at", "revisit")}
    row |= {"run": run, "file": "f", "file_offset": 1, "file_length": 2, "sha256": "0" * 64}
    with store.writing() as connection:
        first = insert_unless_there(connection, captures, row)
        assert first is not None
        assert insert_unless_there(connection, captures, row) is None
        assert list(connection.execute(select(captures.c.id)).scalars()) == [first]


def test_the_feed_goes_on_behind_its_greatest_number_even_when_its_end_was_dropped(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT, region="310000")
    put(store, run, "1", make_derived())
    with store.writing() as connection:
        last = max(connection.execute(select(changes.c.seq)).scalars())
        connection.exec_driver_sql("DELETE FROM change_agencies")
        connection.exec_driver_sql("DELETE FROM changes")
    put(store, run, "2", make_derived(title="江口市2025年信用建设工作安排", document_number="江信办〔2025〕9号"))
    with store.reading() as connection:
        found = list(connection.execute(select(changes.c.seq).order_by(changes.c.seq)).scalars())
    assert found[0] > last


def test_a_document_that_shares_nothing_is_the_single_one_of_its_work_and_has_its_keys(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT, region="310000")
    put(store, run, "1", make_derived())
    with store.reading() as connection:
        (work,) = rows(connection.execute(select(works)))
        assert connection.execute(select(document_keys.c.kind)).scalars().all()
    assert (work["title"], work["reason"]) == ("江口市2024年信用建设工作安排", "single")


@dataclass
class Pair:
    b: date
    a: str


def test_json_takes_what_it_is_told_how_to_say_and_replaces_what_no_database_takes() -> None:
    def plain(value: object) -> object:
        return value.isoformat() if isinstance(value, date) else vars(value)

    assert to_json([Pair(date(2024, 1, 2), "x\0")], plain) == f'[{{"a":"x{REPLACEMENT}","b":"2024-01-02"}}]'
    assert to_json({"b": "年", "a": ("\ud800", "\\u0000")}) == f'{{"a":["{REPLACEMENT}","\\\\u0000"],"b":"年"}}'
    assert to_json({1: "a", "b": None}) == '{"1":"a","b":null}'
