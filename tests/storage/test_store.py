"""A store keeps each capture with all that was derived from it, once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from storage import limits, schema
from storage.errors import FullDisk, LockedStore, SlowQuestion, StoreError, UnreachableStore
from storage.identity import document_id
from storage.records import CaptureRow, Effect, FailureRow, Sighting
from storage.schema import captures, documents, failures, runs, tasks, versions
from storage.store import KILLED, Store
from tests.storage.samples import AGENCIES, AT, LINES, later, make_capture, make_derived, make_publication, put

CONTENT = (
    "documents", "versions", "version_issuers", "version_regions", "tasks", "task_agencies", "works", "work_ties",
    "search_document_entries", "search_task_entries",
)  # fmt: skip


def content(store: Store) -> dict[str, list[str]]:
    """Return every row of the tables that a crawl of an unchanged site must leave alone."""
    with store.reading() as connection:
        return {name: sorted(map(str, connection.execute(select(schema.metadata.tables[name])))) for name in CONTENT}


def counts(store: Store) -> dict[str, int]:
    with store.reading() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one() for name, table in schema.metadata.tables.items()
        }


# --- runs ---


def test_a_run_that_never_ended_is_marked_killed_when_the_next_one_begins(store: Store) -> None:
    first = store.begin_run("jiangkou", ["notices"], AT, name="江口", region="310000")
    other = store.begin_run("haimen", ["notices"], AT)
    second = store.begin_run("jiangkou", ["notices"], later(1))
    store.end_run(second, "complete", "", {"pages": 3}, later(2))
    with store.reading() as connection:
        found = {row.id: row for row in connection.execute(select(runs))}
    assert (found[first].verdict, found[first].cause) == ("failed", KILLED)
    assert found[other].verdict is None
    assert (found[second].verdict, found[second].counters, found[second].ended_at) == ("complete", {"pages": 3}, later(2))


def test_two_processes_never_crawl_one_site_at_a_time(store: Store, url: str) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    with Store.open(url) as other:
        with pytest.raises(LockedStore, match="under way"):
            other.begin_run("jiangkou", ["notices"], AT)
        other.begin_run("haimen", ["notices"], AT)
        store.end_run(run, "failed", "stopped", {}, later(1))
        other.begin_run("jiangkou", ["notices"], later(2))
    assert store.begin_run("jiangkou", ["notices"], later(3)) != run


def test_a_verdict_must_be_known_and_a_time_must_have_its_zone(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    with pytest.raises(ValueError, match="splendid"):
        store.end_run(run, "splendid", "", {}, AT)
    with pytest.raises(StatementError, match="time zone"):
        store.begin_run("haimen", [], datetime(2024, 1, 1))
    with pytest.raises(StoreError, match="begin it first"):
        store.end_run("none", "complete", "", {}, AT)


# --- ingest ---


def test_a_new_document_is_stored_with_everything_derived(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    assert put(store, run, "1001", make_derived()) is Effect.NEW
    found = counts(store)
    assert {name: found[name] for name in ("captures", "documents", "versions", "tasks", "task_agencies", "clocks", "works")} == {
        "captures": 1,
        "documents": 1,
        "versions": 1,
        "tasks": 4,
        "task_agencies": 12,
        "clocks": 1,
        "works": 1,
    }
    with store.reading() as connection:
        task = connection.execute(select(tasks).order_by(tasks.c.ordinal)).first()
        version = connection.execute(select(versions)).one()
    assert task is not None
    assert task.id == f"{document_id('jiangkou', '1001')}.1.t1"
    assert task.deadline_end == date(2024, 9, 30)
    assert task.milestones[0]["end"] == "2024-06-30"
    assert version.text[task.evidence_start : task.evidence_end] == task.text
    assert version.hints == {"region": "310000", "published_on": "2024-03-05"}
    assert version.repairs == [{"kind": "punctuation", "count": 3, "guessed": 1, "left": 0}]
    assert version.in_force_from == date(2024, 3, 5)


def test_the_same_capture_again_changes_nothing(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1001", make_derived())
    before, rows = content(store), counts(store)
    assert put(store, run, "1001", make_derived()) is Effect.UNCHANGED
    assert (content(store), counts(store)) == (before, rows)


def test_a_second_crawl_of_an_unchanged_site_moves_clocks_only(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1001", make_derived())
    before = content(store)
    again = store.begin_run("jiangkou", ["notices"], later(7))
    listed = [Sighting("1001", "https://jiangkou.example.cn/1001.html", "工作安排", date(2024, 3, 6))]
    store.ingest_list(again, make_capture("https://jiangkou.example.cn/", b"list", at=later(7), kind="list"), listed)
    assert put(store, again, "1001", make_derived(), at=later(7), payload=b"same words, other counter") is Effect.UNCHANGED
    assert content(store) == before
    clock = store.clock("jiangkou", "1001")
    assert clock is not None
    assert (clock.first_seen, clock.last_seen, clock.last_checked) == (AT, later(7), later(7))


def test_a_changed_content_makes_a_version_and_the_old_one_stays_as_it_was(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1001", make_derived())
    with store.reading() as connection:
        first = connection.execute(select(versions)).one()
    assert put(store, run, "1001", make_derived(lines=LINES[:3]), at=later(3)) is Effect.CHANGED
    with store.reading() as connection:
        found = connection.execute(select(versions).order_by(versions.c.number)).all()
        current = connection.execute(select(documents.c.version)).scalar_one()
        numbers = connection.execute(select(tasks.c.version, func.count()).group_by(tasks.c.version).order_by(tasks.c.version)).all()
    assert found[0] == first
    assert [(row.number, row.change, row.in_force_from) for row in found] == [
        (1, "first", date(2024, 3, 5)),
        (2, "source", date(2024, 5, 9)),
    ]
    assert current == 2
    assert [tuple(row) for row in numbers] == [(1, 4), (2, 3)]
    assert put(store, run, "1001", make_derived(), at=later(4)) is Effect.CHANGED


def test_an_older_capture_never_overrules_a_newer_one(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1001", make_derived(), at=later(3))
    before = content(store)
    assert put(store, run, "1001", make_derived(lines=LINES[:2]), at=AT) is Effect.UNCHANGED
    assert content(store) == before
    clock = store.clock("jiangkou", "1001")
    assert clock is not None
    assert clock.last_checked == later(3)


def test_a_better_reading_of_the_same_payload_is_no_change_of_the_source(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1001", make_derived(tasks=False))
    assert put(store, run, "1001", make_derived()) is Effect.UNCHANGED
    assert put(store, run, "1001", make_derived(normalizer_version="newer")) is Effect.REREAD
    assert put(store, run, "1001", make_derived(normalizer_version="newest")) is Effect.UNCHANGED
    with store.reading() as connection:
        found = connection.execute(select(versions.c.number, versions.c.change, versions.c.in_force_from).order_by(versions.c.number)).all()
    assert [tuple(row) for row in found] == [(1, "first", date(2024, 3, 5)), (2, "reading", date(2024, 3, 5))]


def test_deriving_again_on_purpose_takes_the_better_reading(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    publication, capture = make_publication(), make_capture("https://jiangkou.example.cn/1001.html")
    store.ingest(run, capture, publication, make_derived(tasks=False))
    assert store.ingest(run, capture, publication, make_derived(), again=True) is Effect.REREAD
    assert store.ingest(run, capture, publication, make_derived(), again=True) is Effect.UNCHANGED
    assert counts(store)["captures"] == 1


def test_texts_that_no_database_takes_are_stored_with_the_positions_kept(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    derived = make_derived("标题\x00\ud800尾", ("含有\x00空字符的一行文字", "第二行\udfff文字"))
    put(store, run, "1001", derived)
    with store.reading() as connection:
        version = connection.execute(select(versions)).one()
    assert version.title == "标题\ufffd\ufffd尾"
    assert len(version.text) == len(derived.document.text)


def test_gone_is_a_state_and_what_was_stored_stays(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1001", make_derived())
    store.mark_gone("jiangkou", "1001", later(1))
    store.mark_gone("jiangkou", "1001", later(2))
    store.mark_gone("jiangkou", "none", later(2))
    with store.reading() as connection:
        row = connection.execute(select(documents.c.state, documents.c.state_since)).one()
    assert tuple(row) == ("gone", later(1))
    assert counts(store)["tasks"] == 4
    put(store, run, "1001", make_derived(), at=later(5))
    with store.reading() as connection:
        assert connection.execute(select(documents.c.state)).scalar_one() == "live"


def test_an_answer_that_nothing_changed_moves_the_clock_and_keeps_the_validators(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    publication = make_publication()
    store.ingest(
        run, make_capture(publication.url), publication, make_derived(), etag='"a1"', last_modified="Mon, 06 May 2024 00:00:00 GMT"
    )
    store.mark_checked("jiangkou", "1001", later(2))
    clock = store.clock("jiangkou", "1001")
    assert clock is not None
    assert (clock.etag, clock.last_checked, clock.first_seen) == ('"a1"', later(2), AT)
    assert store.clock("jiangkou", "none") is None


def test_keys_are_those_of_documents_by_section_or_by_list(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1", make_derived())
    listed = [
        Sighting("1", "https://x.example.cn/1", "一"),
        Sighting("2", "https://x.example.cn/2", "二"),
        Sighting("2", "https://x.example.cn/2", "二"),
    ]
    capture = replace(make_capture("https://x.example.cn/", b"l", kind="list"), section="policies")
    store.ingest_list(run, capture, listed)
    assert store.keys("jiangkou") == store.keys("jiangkou", "notices") == store.keys("jiangkou", "policies") == {"1"}
    assert store.keys("jiangkou", "other") == store.keys("haimen") == set()


def test_failures_are_kept_with_their_cause_and_an_archived_but_unread_response(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    failure = FailureRow("jiangkou", "notices", "attachment", "https://x.example.cn/a.doc", "9", "unreadable", "not a document", AT)
    publication = make_publication("9", kind="attachment", parent_key="8", url=failure.url)
    store.record_unread(run, failure, make_capture(failure.url, kind="attachment"), publication, "1")
    assert (counts(store)["failures"], counts(store)["captures"], counts(store)["documents"]) == (1, 1, 0)
    with store.reading() as connection:
        assert connection.execute(select(failures.c.cause)).scalar_one() == "unreadable"


def test_a_payload_is_indexed_once_however_often_it_was_archived(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    publication = make_publication()
    for offset in (0, 100, 200):
        store.ingest(run, make_capture(publication.url, offset=offset), publication, make_derived())
    store.ingest(run, replace(make_capture(publication.url, offset=300), revisit=True), publication, make_derived())
    with store.reading() as connection:
        found = connection.execute(select(captures.c.file_offset, captures.c.revisit).order_by(captures.c.id)).all()
    assert [tuple(row) for row in found] == [(200, False), (300, True)], "the one kept last in full: an earlier one may be lost"
    first = store.first_capture(publication.url, make_capture(publication.url).location.sha256)
    assert first is not None
    assert first.offset == 200


def test_several_threads_may_write_at_once(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)

    def work(turn: int) -> list[Effect]:
        lines = [(f"第{turn}组第{n}项任务的内容说明", *LINES) for n in range(10)]
        return [put(store, run, f"{turn}-{n}", make_derived(f"第{turn}组第{n}号文件", lines[n])) for n in range(10)]

    with ThreadPoolExecutor(3) as pool:
        effects = [effect for found in pool.map(work, range(3)) for effect in found]
    assert effects == [Effect.NEW] * 30
    assert counts(store)["documents"] == 30


def test_a_full_disk_is_told_and_leaves_nothing_of_the_step(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/s.sqlite", create=True) as store:
        run = store.begin_run("jiangkou", ["notices"], AT)
        put(store, run, "1", make_derived())
        before = content(store)
        with store.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        from sqlalchemy import event

        event.listen(store.engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count={pages + 2}"))
        store.engine.dispose()
        with pytest.raises(FullDisk, match="free some space"):
            put(store, run, "2", make_derived("另一份文件", tuple(f"{line}{n}" for n in range(400) for line in LINES)))
        assert content(store) == before


# --- gazetteer ---


def test_the_gazetteer_is_loaded_and_loaded_again_without_a_change(store: Store) -> None:
    assert store.load_agencies(AGENCIES) is True
    assert store.load_agencies(AGENCIES) is False
    assert store.load_agencies(AGENCIES[:1]) is True
    assert counts(store)["agencies"] == 1
    assert counts(store)["agency_names"] == 3


def test_a_store_that_was_removed_or_replaced_meanwhile_is_told_and_not_written_to(tmp_path: Path) -> None:
    file = tmp_path / "s.sqlite"
    with Store.open(f"sqlite:///{file}", create=True) as store:
        file.rename(tmp_path / "away.sqlite")
        with pytest.raises(UnreachableStore, match="removed or replaced while it was in use"):
            store.begin_run("anhui", ["tzgg"], AT)
        Store.open(f"sqlite:///{file}", create=True).close()
        with pytest.raises(UnreachableStore, match="removed or replaced while it was in use"):
            store.begin_run("anhui", ["tzgg"], AT)


def test_questions_of_one_moment_share_its_time(store: Store) -> None:
    with pytest.raises(SlowQuestion, match="narrow"), limits.within(0.2), store.moment() as connection:
        until = time.monotonic() + 10
        while time.monotonic() < until:  # each of them is quick
            with store.reading() as same:
                assert same is connection
                same.execute(select(1))


def test_a_slow_question_of_a_moment_has_only_the_time_that_others_left(store: Store) -> None:
    if store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite looks at the clock while it works")
    begun = time.monotonic()
    with pytest.raises(SlowQuestion), limits.within(1.0), store.moment():
        for _ in range(2):
            with store.reading() as connection:
                connection.execute(select(func.pg_sleep(0.8)))
    assert time.monotonic() - begun < 1.5


def test_what_is_read_in_one_moment_does_not_see_what_is_written_meanwhile(store: Store, url: str) -> None:
    with Store.open(url) as other, store.moment() as connection:
        before = store.state().writes
        other.begin_run("jiangkou", ["notices"], AT)
        with store.reading() as again, other.reading() as of_other:
            assert again is connection
            assert of_other is not connection
        assert store.state().writes == before
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(store.state).result().writes == before + 1, "another thread has moments of its own"
    assert store.state().writes == before + 1


def test_a_missing_or_shortened_file_of_the_archive_is_found_from_the_store(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/s.sqlite", archive=tmp_path / "archive", create=True) as store:
        run = store.begin_run("anhui", ["tzgg"], AT)
        with store.archive.open_run("anhui", run) as writer:
            answer = {"status": 200, "headers": (), "fetched_at": AT}
            location, _ = writer.write(url="http://x/1", body=b"one", **answer)
        capture = CaptureRow("anhui", "tzgg", "list", "http://x/1", 200, "text/html", AT, location, False)
        store.ingest_list(run, capture, [])
        assert store.verify().problems == ()
        path = tmp_path / "archive" / location.file
        whole = path.read_bytes()
        path.write_bytes(whole[: location.offset])
        assert "with 1 captures of the store, ends at byte" in store.verify().problems[-1]
        path.unlink()
        assert "is missing: restore it from a backup" in store.verify().problems[-1]
