"""Read a SQLite store in a process of its own: ``python -m storage.apart``.

The question comes on standard input, and the rows go, as a stream of Arrow batches, to standard output; the columns have the types that the
driver gives them.

ADBC's driver brings a copy of SQLite of its own. Two copies in one process do not know of each other's locks, and when one of them closes
the file, the system takes the other's locks away (SQLite, "How To Corrupt An SQLite Database File", 2.2.1): a crawl that writes in the same
process could then spoil the store. In another process that cannot happen, and the reading uses another core.

Whoever asks waits for this process to start, so it imports little: the driver by its own interface (that of DB-API imports pandas), and
nothing that computes, which whoever asks can do meanwhile.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from queue import Queue
from threading import Thread

import adbc_driver_manager as adbc
import adbc_driver_sqlite
import pyarrow as pa

ROWS = 16_384
"""Rows of a batch."""
AHEAD = 2
"""Batches that are read while others are written."""
EMPTY = {"text": "''", "whole": "0", "number": "0.5", "amount": "0.5", "truth": "0", "day": "''", "moment": "''"}
"""A value of each kind (``dictionary.Kind``) as SQLite has it. Its columns have no types, so the first row of a result must show them."""


def read(uri: str, sql: str, kinds: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a statement in batches with the types that the driver gives to columns of the kinds."""
    head = ", ".join(f'{EMPTY[kind]} AS "{name}"' for name, kind in kinds.items())
    # The first row shows the types, and is left away: a driver that guesses from rows fails where the first thousand hold NULL only.
    whole = f"SELECT {head} UNION ALL SELECT * FROM ({sql})"  # noqa: S608 -- made by storage.batch_reading
    with adbc_driver_sqlite.connect(uri) as database, adbc.AdbcConnection(database) as connection, adbc.AdbcStatement(connection) as asked:
        asked.set_options(**{adbc_driver_sqlite.StatementOptions.BATCH_ROWS.value: str(ROWS)})
        asked.set_sql_query(whole)
        found, _ = asked.execute_query()
        with pa.RecordBatchReader.from_stream(found) as batches:
            for number, batch in enumerate(batches):
                yield batch if number else batch.slice(1)


def ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the same batches, read by a thread of its own: while one is written, and whoever asked takes it in, the next are read."""
    done: Queue[pa.RecordBatch | Exception | None] = Queue(AHEAD)

    def run() -> None:
        try:
            for batch in batches:
                done.put(batch)
            done.put(None)
        except Exception as error:  # noqa: BLE001 -- raised where the batches are taken
            done.put(error)

    Thread(target=run, daemon=True).start()
    while (found := done.get()) is not None:
        if isinstance(found, Exception):
            raise found
        yield found


def main() -> int:
    """Answer the question on standard input; return 0 only when every row was written."""
    asked = json.load(sys.stdin)
    try:
        batches = ahead(read(asked["uri"], asked["sql"], asked["kinds"]))
        first = next(batches)  # there is one always: that of the row which shows the types
        with pa.ipc.new_stream(sys.stdout.buffer, first.schema) as stream:
            stream.write_batch(first)
            for batch in batches:
                stream.write_batch(batch)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever asked has gone
        return 1
    except (adbc.Error, pa.ArrowException, OSError) as error:
        sys.stderr.write(re.split("query:", str(error), flags=re.IGNORECASE)[0][:300])  # the statement may hold what somebody searched for
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
