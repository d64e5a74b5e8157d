"""What a document and a public credit record take in PostgreSQL and in the archive, a look at a lock, and a worker at rest.

python -m benchmarks.sizes

Crawls the replica of four sites of documents and of one of records into a database of an embedded server, without pauses (some minutes),
and prints one JSON object. A document's share of the database holds that of the gazetteer and of small tables' first pages, too.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select

from benchmarks.command import HARVESTER, environment
from benchmarks.servers import postgres
from benchmarks.workers import never
from harvester.config import Config
from harvester.crawl import crawl
from harvester.replica.server import Replica
from harvester.scheduling import queue
from storage import workers
from storage.disk_use import database_bytes, folder_bytes
from storage.locks import SiteLocks
from storage.notice_schema import notices
from storage.schema import documents
from storage.store import Store

DOCUMENTS = ("anhui", "jiangsu", "shanghai", "zhejiang")
RECORDS = ("anhui_records",)
LOOKS = 5000
REST = 10.0
"""Seconds after which a worker that is heard of is at rest."""


def sizes(config: Config, sites: Sequence[str], table: Table) -> dict[str, float]:
    """Crawl sites and return how many rows a table has gained, and the bytes of database and archive for each."""

    def now() -> tuple[int, int, int]:
        with Store.open(config.store, archive=config.archive) as store:
            with store.reading() as connection:
                count = int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            return count, database_bytes(store), folder_bytes(config.archive)

    before = now()
    verdicts = {run.verdict for run in crawl(sites, config)}
    count, database, archive = (after - first for after, first in zip(now(), before, strict=True))
    if verdicts != {"complete"}:
        raise SystemExit(f"The crawl of {', '.join(sites)} was not complete: {', '.join(verdicts)}.")
    return {
        "count": count, "database megabytes": round(database / 1e6, 1), "archive megabytes": round(archive / 1e6, 2),
        "database KB each": round(database / count / 1e3, 1), "archive KB each": round(archive / count / 1e3, 2),
    }  # fmt: skip


def look(store: Store) -> float:
    """Return the milliseconds of a look at one lock."""
    locks = SiteLocks(store.engine, None)
    locks.take("benchmark")
    with store.engine.connect() as connection:
        begun = time.perf_counter()
        for _ in range(LOOKS):
            locks.keep(connection)
        took = time.perf_counter() - begun
    locks.close()
    return round(took / LOOKS * 1e3, 3)


def at_rest(store: Store, url: str) -> float:
    """Return the megabytes that a worker has in memory to which nothing is due."""
    settings = environment(url) | {"HARVESTER_SCHEDULE": json.dumps(never())}
    with subprocess.Popen([*HARVESTER, "worker"], env=settings, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and not workers.heard_of(store, datetime.now(UTC)):
            time.sleep(0.1)
        time.sleep(REST)
        status = Path(f"/proc/{process.pid}/status").read_text("ascii").splitlines()
        process.terminate()
    return round(int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, postgres(Path(name)) as url, Replica([*DOCUMENTS, *RECORDS]) as replica:
        folder = Path(name) / "archive"
        folder.mkdir()
        config = Config(store=url, archive=folder, key=Path(name) / "store.key", bases=replica.bases, pace=0)
        with Store.open(url, create=True) as store:
            queue.upgrade(store)
        found: dict[str, Any] = {"documents": sizes(config, DOCUMENTS, documents), "records": sizes(config, RECORDS, notices)}
        with Store.open(url) as store:
            found |= {"look at a lock, ms": look(store), "worker at rest, megabytes": at_rest(store, url)}
    json.dump(found, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
