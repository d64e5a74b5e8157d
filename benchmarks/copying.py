"""Copy a store of many tasks from SQLite to PostgreSQL, and hold both against each other; print one JSON object.

python -m benchmarks.copying [--documents N] [--tasks N] [--keep FOLDER]

Told are rows and seconds, rows a second, the megabytes of the file that is copied and the most memory that this program had until the end
of the copy; and what differs: tables whose rows are not the same, and whether the dumps say the same. A store that lies in ``--keep``
already is used as it is: then the memory is that of the copy, else that of the filling counts, too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import peak_memory
from benchmarks.million import Sizes, fill, progress
from benchmarks.servers import postgres
from storage import disk_use, queries
from storage.copying import copy
from storage.dump import dump
from storage.selection import Filters
from storage.store import Store
from storage.table_digests import differing


def digest(store: Store) -> str:
    """Return one short word for all that a store's dump says."""
    told = hashlib.sha256()
    for line in dump(store):
        told.update(line.encode() + b"\n")
    return told.hexdigest()


def bench(source: str, target: str, sizes: Sizes) -> dict[str, Any]:
    """Fill the source unless it is there, copy it, compare; return the figures."""
    with Store.open(source, create=True) as store:
        if not queries.document_page(store, Filters(limit=1)).rows:
            fill(store, sizes, progress())
        begun = time.perf_counter()
        report = copy(store, target)
        seconds, memory = time.perf_counter() - begun, peak_memory()
        with Store.open(target) as made, store.reading() as one, made.reading() as other:
            found = differing(one, other)
            alike = digest(store) == digest(made)
    return {
        "tasks": report.tables["tasks"], "rows": report.rows, "seconds": round(seconds, 1), "rows/second": round(report.rows / seconds),
        "megabytes": round(disk_use.database_bytes(store) / 1e6), "megabytes of memory": round(memory),
        "tables that differ": found, "dumps are equal": alike,
    }  # fmt: skip


def main() -> int:
    """Run the benchmark as the command line says; the exit status is 1 where anything differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--tasks", type=int, default=50, help="tasks of a document")
    parser.add_argument("--keep", type=Path, help="a folder that keeps the stores")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = told.keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        with postgres(Path(passing)) as url:
            found = bench(f"sqlite:///{folder}/tasks.sqlite", url, Sizes(documents=told.documents, tasks=told.tasks))
    print(json.dumps(found, indent=1))
    return 0 if found["dumps are equal"] and not found["tables that differ"] else 1


if __name__ == "__main__":
    sys.exit(main())
