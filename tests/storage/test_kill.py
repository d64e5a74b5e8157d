"""kill -9 at any moment leaves nothing half: what is in the store is whole, and a repeated run ends at the same content."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storage.dump import dump
from storage.schema import captures, clocks, documents, runs, search_document_entries, search_task_entries, tasks, versions
from storage.store import KILLED, Store
from tests.storage.conftest import child

CRAWL = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from storage.records import CaptureRow
from storage.store import Store
from tests.storage.samples import LINES, make_derived, make_publication

url, folder, total = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
with Store.open(url, archive=folder, create=True) as store:
    run = store.begin_run("jiangkou", ["notices"], datetime.now(UTC))
    print("begun", flush=True)
    with store.archive.open_run("jiangkou", run, known=store.first_capture) as writer:
        for n in range(total):
            publication = make_publication(f"{n}")
            body = (f"payload {n} " * 3000).encode()
            at = datetime.now(UTC)
            location, revisit = writer.write(url=publication.url, status=200, headers=(), body=body, fetched_at=at)
            capture = CaptureRow("jiangkou", "notices", "article", publication.url, 200, "text/html", at, location, revisit)
            # Every third document is a copy of the one before, so that works are settled too.
            m = n - 1 if n % 3 == 2 else n
            lines = tuple(f"{line}，并完成第{m}组的{k}" for k in range(6) for line in LINES)
            derived = make_derived(f"第{m}号安排", lines, document_number="")
            print(store.ingest(run, capture, publication, derived), flush=True)
    store.end_run(run, "complete", "", {}, datetime.now(UTC))
"""


def crawl(url: str, folder: Path, total: int, kill_after: float | None) -> bool:
    """Run a crawl in a process, killed so many seconds after it began; return whether it ended by itself."""
    process = child(CRAWL, url, str(folder), str(total))
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(process.pid, signal.SIGKILL)
        process.stdout.read()
    finally:
        code = process.wait()
    return code == 0


def check_whole(store: Store) -> None:
    """Nothing half: every document has its version, tasks, clock, capture and index, and every capture its archived payload."""
    with store.reading() as connection:
        d, v, t = documents.c, versions.c, tasks.c
        query = select(d.id, v.task_count, func.count(t.id)).join(versions, (v.document_id == d.id) & (v.number == d.version))
        query = query.outerjoin(tasks, (t.document_id == d.id) & (t.version == d.version)).group_by(d.id, v.task_count)
        found = connection.execute(query).all()
        assert len(found) == connection.execute(select(func.count()).select_from(documents)).scalar_one()
        assert all(wanted == there == 24 for _, wanted, there in found)
        assert connection.execute(select(func.count()).select_from(clocks)).scalar_one() == len(found)
        for entries, each in ((search_document_entries, 1), (search_task_entries, 24)):
            assert connection.execute(select(func.count()).select_from(entries)).scalar_one() == len(found) * each
        urls = connection.execute(select(captures.c.url).where(~captures.c.revisit)).scalars().all()
        assert len(urls) == len(set(urls))
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            connection.exec_driver_sql("INSERT INTO search_document_terms (search_document_terms) VALUES ('integrity-check')")
            connection.exec_driver_sql("INSERT INTO search_task_terms (search_task_terms) VALUES ('integrity-check')")
    assert store.archive.verify().problems == ()


@pytest.mark.slow
def test_killed_and_repeated_a_crawl_ends_where_an_undisturbed_one_does(url: str, tmp_path: Path) -> None:
    total = 15
    calm = f"sqlite:///{tmp_path}/calm.sqlite"
    assert crawl(calm, tmp_path / "calm", total, None)
    with Store.open(calm) as store:
        wanted = list(dump(store))
    for turn in range(5):
        crawl(url, tmp_path / "archive", total, 0.011 + 0.067 * turn)
        with Store.open(url, archive=tmp_path / "archive") as store:
            store.archive.recover()
            check_whole(store)
    assert crawl(url, tmp_path / "archive", total, None)
    with Store.open(url, archive=tmp_path / "archive") as store:
        assert list(dump(store)) == wanted
        check_whole(store)
        with store.reading() as connection:
            ended = connection.execute(select(runs.c.verdict, runs.c.cause).order_by(runs.c.started_at)).all()
    assert ended[-1] == ("complete", "")
    assert set(ended[:-1]) <= {("failed", KILLED), ("complete", "")}
    assert ("failed", KILLED) in ended
