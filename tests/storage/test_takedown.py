"""A record that may no longer be shown is followed through every outlet, and then through the bytes of every file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import psycopg
import pytest
from sqlalchemy import select, text

from normalizers.notices.records import PrintedField
from storage import change_queries, notice_queries, notice_views, queries, search_terms, takedown
from storage.change_schema import changes
from storage.dump import dump
from storage.errors import ErasedRecord, LockedStore, StoreError, UnknownRecord
from storage.explain import explain
from storage.exports import export
from storage.notice_schema import notices, tombstones
from storage.record_archive import RecordArchive
from storage.records import Location, NoticeRow, TakedownReason
from storage.store import Store
from tests.postgres import embedded
from tests.privacy.scan import leaks
from tests.storage.byte_scan import ENCODINGS, files_in, scan
from tests.storage.takedown_cases import (
    AFTER,
    NOW,
    RARE,
    SECTION,
    SITE,
    TODAY,
    Case,
    build,
    crawl,
    let_it_happen,
    stored_rows,
    suppress,
)


def outlets(store: Store, case: Case) -> dict[str, str]:
    """Return what every outlet says when it is asked for a record."""
    found = {
        "notices": json.dumps(notice_queries.notices(store, today=TODAY), default=str, ensure_ascii=False),
        "by code": json.dumps(
            notice_queries.notices(store, notice_queries.NoticeFilters(code=case.words[1]), today=TODAY), default=str, ensure_ascii=False
        ),
        "dossier": json.dumps(notice_queries.dossier(store, case.words[1], today=TODAY)["notices"], default=str, ensure_ascii=False),
        "search": json.dumps(queries.search(store, RARE[case.reason], today=TODAY)["hits"], default=str, ensure_ascii=False),
        "feed": json.dumps(change_queries.changes(store, change_queries.EVERYTHING, today=TODAY), default=str, ensure_ascii=False),
        "dump": "\n".join(dump(store)),
    }
    for name, ask in (("notice", lambda: notice_queries.notice(store, case.id, today=TODAY)), ("explain", lambda: explain(store, case.id))):
        try:
            found[name] = json.dumps(ask(), default=str, ensure_ascii=False)
        except UnknownRecord:
            found[name] = ""
    return found


def exported(store: Store, folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for view in (name.removeprefix("v_") for name in notice_views.VIEWS):
        for suffix in (".csv", ".jsonl", ".xlsx", ".parquet"):
            path = folder / f"{view}{suffix}"
            path.unlink(missing_ok=True)
            export(store, view, path)
            if suffix == ".xlsx":
                text_of = pd.read_excel(path, dtype=str, engine="openpyxl").to_csv()
            elif suffix == ".parquet":
                text_of = pd.read_parquet(path).to_csv()
            else:
                text_of = path.read_text(encoding="utf-8-sig")
            found[path.name] = text_of
    return found


SAYS_IT = {"notices", "by code", "dossier", "search", "dump", "notice"}
"""Outlets that must show a record before, so that the test cannot pass by looking nowhere."""


def follow(store: Store, data: list[Path], folder: Path, encodings: Sequence[str] = ENCODINGS) -> list[Case]:
    """Follow the five records through every outlet and every file, before and after; return them."""
    folder.mkdir()
    cases = build(store)
    doomed = [case for case in cases.values() if case.reason != "kept"]
    places = {row["id"]: Location(row["file"], row["file_offset"], row["file_length"], row["sha256"]) for row in stored_rows(store)}  # type: ignore[arg-type]
    archive = RecordArchive(store.archive.folder)
    files = exported(store, folder)
    for case in cases.values():
        before = outlets(store, case) | files
        silent = {name for name in SAYS_IT if case.words[0] not in before[name]}
        assert not silent, f"{case.reason} is not shown by {silent}"
        assert {name.split(".")[1] for name, said in before.items() if "." in name and case.words[0] in said} == {
            "csv",
            "jsonl",
            "xlsx",
            "parquet",
        }
        assert archive.read(places[case.id]) == case.printed
    if store.url.get_backend_name() == "postgresql":
        with store.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("CHECKPOINT"))
    found = scan(files_in(*data), [word for case in doomed for word in case.words], encodings)
    assert {word for _, word in found} == {word for case in doomed for word in case.words}, "the scan does not find what is there"
    let_it_happen(store, cases)
    report = takedown.run(store, AFTER, at=NOW)
    assert report.problems == ()
    assert (report.left, report.finished) == (0, 5)
    assert report.taken == {TakedownReason.EXPIRED: 1, TakedownReason.GONE: 1}
    files = exported(store, folder)
    for case in doomed:
        after = outlets(store, case) | files
        told = {name for name, said in after.items() if any(word in said for word in case.words)}
        assert not told, f"{case.reason} is still told by {told}"
        with pytest.raises(ErasedRecord):
            archive.read(places[case.id])
    kept = cases["kept"]
    assert kept.words[0] in outlets(store, kept)["notices"]
    assert archive.read(places[kept.id]) == kept.printed
    left = scan(files_in(*data), [word for case in doomed for word in case.words], encodings)
    assert not left, "the bytes of a file still hold what was taken down"
    assert scan(files_in(*data), kept.words[:1]), "the scan finds nothing at all"
    with store.reading() as connection:
        stones = connection.execute(select(tombstones.c.id, tombstones.c.reason, tombstones.c.archive_erased_at)).all()
        left_events = select(changes.c.entity_id, changes.c.reason).where(changes.c.kind == "left")
        events = {tuple(row) for row in connection.execute(left_events)}
    assert {(row.id, row.reason) for row in stones} == {(case.id, case.reason) for case in doomed} == events
    assert all(row.archive_erased_at for row in stones)
    return doomed


def test_for_each_reason_nothing_of_a_record_is_left_in_any_outlet_or_file_of_sqlite(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Store.open(f"sqlite:///{data}/h.sqlite", archive=data / "archive", create=True) as store:
        doomed = follow(store, [data], tmp_path / "exports")
        check_search_terms(data / "h.sqlite")
        words = [word for case in doomed for word in (*case.words, case.printed.url)]
        assert not leaks(data, words), "a file holds what was taken down, in some spelling"


def check_search_terms(file: Path) -> None:
    """The index holds codes of pairs of characters, so the words themselves would never be found in it."""
    data = file.read_bytes()
    rare = {reason: {search_terms.terms(letter)[0].encode() for letter in letters} for reason, letters in RARE.items()}
    assert all(code in data for code in rare["kept"])
    assert not [reason for reason, codes in rare.items() if reason != "kept" and any(code in data for code in codes)]


@pytest.fixture(scope="module")
def own_server() -> Iterator[str]:
    """Start a PostgreSQL server of its own: its whole data directory is looked through."""
    with embedded("wal_recycle", "fsync") as url:  # the first as docs/takedown.md asks of the server
        yield url


@pytest.mark.postgres
@pytest.mark.slow
def test_for_each_reason_nothing_of_a_record_is_left_in_any_outlet_or_file_of_postgresql(own_server: str, tmp_path: Path) -> None:
    with psycopg.connect(own_server) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    with Store.open(own_server, archive=tmp_path / "archive", create=True) as store:
        follow(store, [Path(row[0]), tmp_path / "archive"], tmp_path / "exports", ("utf-8",))


# --- what takes nothing down -------------------------------------------------------------------------------------------


def taken(store: Store, day: date = TODAY) -> dict[TakedownReason, int]:
    return dict(takedown.run(store, day, at=NOW).taken)


@pytest.mark.parametrize("bad", ["blocked", "failed", "incomplete"])
def test_a_challenge_a_dead_site_and_a_half_list_take_nothing_down(store: Store, bad: str) -> None:
    cases = build(store)
    for days in (1, 0):
        crawl(store, [] if bad != "incomplete" else [cases["kept"]], NOW - timedelta(days=days), verdict=bad, complete=False)
    assert taken(store) == {}
    assert len(stored_rows(store)) == 6


def test_an_empty_list_that_was_read_whole_takes_nothing_down(store: Store) -> None:
    build(store)
    for days in (1, 0):
        crawl(store, [], NOW - timedelta(days=days))
    assert taken(store) == {}


def test_a_record_missing_twice_on_one_day_stays_until_another_day(store: Store) -> None:
    cases = build(store)
    rest = [case for case in cases.values() if case.reason != "gone"]
    noon = NOW.replace(hour=4, minute=0) - timedelta(days=1)
    crawl(store, rest, noon)
    crawl(store, rest, noon + timedelta(hours=1))
    assert taken(store) == {}
    crawl(store, rest, noon + timedelta(days=1))
    assert taken(store) == {TakedownReason.GONE: 1}


def test_a_record_that_is_listed_again_in_between_stays(store: Store) -> None:
    cases = build(store)
    rest = [case for case in cases.values() if case.reason != "gone"]
    crawl(store, rest, NOW - timedelta(days=1, hours=3))
    crawl(store, list(cases.values()), NOW - timedelta(days=1, hours=2))
    crawl(store, rest, NOW)
    assert taken(store) == {}


# --- the report, dry runs, repetition ----------------------------------------------------------------------------------


def test_a_dry_run_tells_and_changes_nothing(store: Store) -> None:
    cases = build(store)
    report = takedown.run(store, AFTER + timedelta(days=3), dry_run=True, at=NOW)
    assert (report.dry_run, report.taken, report.late) == (True, {TakedownReason.EXPIRED: 1}, {3: 1})
    assert len(stored_rows(store)) == 6
    assert RecordArchive(store.archive.folder).verify().records == len(cases)


def test_a_record_is_taken_down_on_the_day_after_its_last_one_and_days_of_delay_are_told(store: Store) -> None:
    build(store)
    assert taken(store, TODAY) == {}
    report = takedown.run(store, AFTER, at=NOW)
    assert (report.taken, report.late, report.erased) == ({TakedownReason.EXPIRED: 1}, {}, 1)
    again = takedown.run(store, AFTER, at=NOW)
    assert (again.taken, again.erased, again.finished, again.left, again.problems) == ({}, 0, 0, 0, ())


def test_what_no_notice_points_at_is_erased_and_a_strange_file_is_left_alone_and_told(store: Store) -> None:
    cases = build(store)
    archive = RecordArchive(store.archive.folder)
    run = store.begin_run(SITE, [SECTION], NOW)
    with archive.open_run(SITE, run) as writer:
        (orphan,) = writer.write_many([cases["kept"].printed], NOW)  # a run that was killed before it stored it
    store.end_run(run, "failed", "killed", {}, NOW)
    with archive.open_run(SITE, "20200101T000000-abcdef") as writer:
        (strange,) = writer.write_many([cases["kept"].printed], NOW)
    report = takedown.run(store, TODAY, at=NOW)
    assert report.erased == 1
    assert len(report.problems) == 1 and "is of no run that this store knows" in report.problems[0]
    with pytest.raises(ErasedRecord):
        archive.read(orphan)
    assert archive.read(strange) == cases["kept"].printed


def test_a_changed_record_leaves_nothing_of_its_older_printing(store: Store) -> None:
    cases = build(store)
    old = next(row for row in stored_rows(store) if row["id"] == cases["kept"].id)
    printed = replace(cases["kept"].printed, fields=(*cases["kept"].printed.fields, PrintedField("备注", "更正")))
    notice = replace(cases["kept"].row.notice, remark="更正")
    run = store.begin_run(SITE, [SECTION], NOW)
    with RecordArchive(store.archive.folder).open_run(SITE, run) as writer:
        (place,) = writer.write_many([printed], NOW)
        store.ingest_notices(run, [NoticeRow(printed, notice, place, NOW)])
    store.end_run(run, "complete", "", {}, NOW)
    report = takedown.run(store, TODAY, at=NOW)
    assert (report.taken, report.erased, report.problems) == ({}, 1, ())
    archive = RecordArchive(store.archive.folder)
    assert archive.read(place) == printed
    with pytest.raises(ErasedRecord):
        archive.read(Location(old["file"], old["file_offset"], old["file_length"], old["sha256"]))  # type: ignore[arg-type]


def test_a_lost_archive_file_is_told_and_stays_to_be_done(store: Store) -> None:
    cases = build(store)
    file = next(row["file"] for row in stored_rows(store))
    path = store.archive.folder / str(file)
    path.rename(path.with_suffix(".away"))
    report = takedown.run(store, AFTER, at=NOW)
    assert (report.taken, report.left) == ({TakedownReason.EXPIRED: 1}, 1)
    assert any("cannot be read" in problem for problem in report.problems)
    path.with_suffix(".away").rename(path)
    again = takedown.run(store, AFTER, at=NOW)
    assert (again.erased, again.left, again.problems) == (1, 0, ())
    assert len(stored_rows(store)) == len(cases) - 1


def test_while_another_process_reads_the_log_is_not_emptied_and_that_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/h.sqlite"
    with Store.open(url, archive=tmp_path / "archive", create=True, patience=0.2) as store:
        build(store)
        with Store.open(url) as other, other.reading() as connection:
            connection.execute(select(notices.c.id)).all()
            report = takedown.run(store, AFTER, at=NOW)
            assert (report.taken, report.left) == ({TakedownReason.EXPIRED: 1}, 1)
            assert any("run `harvester takedown` again" in problem for problem in report.problems)
        again = takedown.run(store, AFTER, at=NOW)
        assert (again.finished, again.left, again.problems) == (1, 0, ())


def test_two_take_downs_do_not_run_at_once(store: Store, url: str, tmp_path: Path) -> None:
    with Store.open(url, archive=tmp_path / "archive") as other, other.held(takedown.LOCK), pytest.raises(LockedStore):
        takedown.run(store, TODAY, at=NOW)


def test_a_store_without_its_archive_is_refused(url: str) -> None:
    with Store.open(url) as store, pytest.raises(StoreError, match="without its archive"):
        takedown.run(store, TODAY, at=NOW)


def test_what_is_buried_while_a_take_down_wipes_waits_for_the_next(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    cases, wipe = build(store), takedown.scrub.scrub

    def wipe_before(found: Store) -> object:
        done = wipe(found)
        suppress(found, cases["suppressed"].id, NOW)
        return done

    monkeypatch.setattr(takedown.scrub, "scrub", wipe_before)
    report = takedown.run(store, AFTER, at=NOW)
    assert (report.finished, report.left) == (1, 1)
    monkeypatch.setattr(takedown.scrub, "scrub", wipe)
    again = takedown.run(store, AFTER, at=NOW)
    assert (again.finished, again.left, again.problems) == (1, 0, ())


def test_a_suppressed_record_that_was_gone_before_never_comes_back(store: Store) -> None:
    cases = build(store)
    rest = [case for case in cases.values() if case.reason != "gone"]
    for days in (1, 0):
        crawl(store, rest, NOW - timedelta(days=days, hours=1))
    assert taken(store) == {TakedownReason.GONE: 1}
    suppress(store, cases["gone"].id, NOW)
    with store.reading() as connection:
        reason = connection.execute(select(tombstones.c.reason).where(tombstones.c.id == cases["gone"].id)).scalar_one()
    assert reason == TakedownReason.SUPPRESSED
    with pytest.raises(UnknownRecord):
        suppress(store, "n0000000000000000", NOW)
