"""A take-down that is killed at any moment and run again ends where an undisturbed one does."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from sqlalchemy import select, update

from storage import takedown
from storage.notice_schema import notices, tombstones
from storage.record_archive import RecordArchive
from storage.store import Store
from tests.storage.byte_scan import files_in, scan
from tests.storage.conftest import child
from tests.storage.takedown_cases import (
    AFTER,
    NOW,
    TODAY,
    build,
    stored_rows,
)

TAKING_DOWN = """
import importlib, os, signal, sys
from datetime import date
from pathlib import Path
from storage import takedown
from storage.store import Store

place, when = sys.argv[4].split(":")
module, name = place.rsplit(".", 1)
module = importlib.import_module(module)
real = getattr(module, name)

def dying(*arguments, **more):
    if when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    real(*arguments, **more)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(module, name, dying)
with Store.open(sys.argv[1], archive=Path(sys.argv[2])) as store:
    takedown.run(store, date.fromisoformat(sys.argv[3]))
"""
DEATHS = (
    "storage.takedown.bury:after",  # within the transaction
    "storage.takedown._finish:before",
    "storage.record_archive._overwrite:before",
    "storage.record_archive._overwrite:after",
    "storage.scrub.scrub:before",
    "storage.scrub.scrub:after",
    "storage.takedown._note_erased:after",
)


@pytest.mark.slow
def test_killed_at_any_moment_and_run_again_a_take_down_ends_the_same(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    with Store.open(url, archive=folder) as store:
        crawls = [build(store) for _ in range(3)]
        doomed = [case for cases in crawls for case in cases.values() if case.reason == "expired"]
        with store.writing() as connection:
            connection.execute(update(notices).where(notices.c.id.in_([case.id for case in doomed])).values(ends_on=TODAY))
    for death in DEATHS:
        process = child(TAKING_DOWN, url, str(folder), AFTER.isoformat(), death)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL, death
        with Store.open(url, archive=folder) as store:
            archive = RecordArchive(folder)
            archive.recover()
            assert archive.verify().problems == ()
    with Store.open(url, archive=folder) as store:
        report = takedown.run(store, AFTER, at=NOW)
        assert (report.problems, report.left) == ((), 0)
        assert len(stored_rows(store)) == 3 * 5
        with store.reading() as connection:
            stones = connection.execute(select(tombstones.c.id, tombstones.c.archive_erased_at)).all()
        assert {row.id for row in stones} == {case.id for case in doomed} and all(row.archive_erased_at for row in stones)
        found = RecordArchive(folder).verify()
        assert (found.records, found.erased, found.problems) == (15, 3, ())
    if url.startswith("sqlite"):
        assert not scan(files_in(tmp_path), [word for case in doomed for word in case.words])
