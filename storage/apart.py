"""Read a SQLite store in a process of its own: ``python -m storage.apart``.

The question comes on standard input, and the rows go, as a stream of Arrow batches, to standard output.

ADBC's driver brings a copy of SQLite of its own. Two copies in one process do not know of each other's locks, and when one of them closes
the file, the system takes the other's locks away (SQLite, "How To Corrupt An SQLite Database File", 2.2.1): a crawl that writes in the same
process could then spoil the store. In another process that cannot happen, and the reading uses another core.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping

import adbc_driver_sqlite.dbapi as driver
import pyarrow as pa

from storage.columnar import EMPTY, schema_of, typed

ROWS = 16_384
"""Rows of a batch."""


def read(uri: str, sql: str, kinds: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a statement in batches with the types of the kinds."""
    head = ", ".join(f'{EMPTY[kind]} AS "{name}"' for name, kind in kinds.items())
    # The first row shows the types, and is left away: a driver that guesses from rows fails where the first thousand hold NULL only.
    whole = f"SELECT {head} UNION ALL SELECT * FROM ({sql})"  # noqa: S608 -- made by storage.batch_reading
    schema, first = schema_of(kinds), True
    with driver.connect(uri) as connection, connection.cursor(adbc_stmt_kwargs={"adbc.sqlite.query.batch_rows": ROWS}) as cursor:
        cursor.execute(whole)
        for batch in cursor.fetch_record_batch():
            kept = batch.slice(1) if first else batch
            first = False
            if kept.num_rows:
                yield typed(kept, schema)


def main() -> int:
    """Answer the question on standard input; return 0 only when every row was written."""
    asked = json.load(sys.stdin)
    try:
        with pa.ipc.new_stream(sys.stdout.buffer, schema_of(asked["kinds"])) as stream:
            for batch in read(asked["uri"], asked["sql"], asked["kinds"]):
                stream.write_batch(batch)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever asked has gone
        return 1
    except (driver.Error, pa.ArrowException, OSError) as error:
        sys.stderr.write(str(error).partition("Query:")[0][:300])  # the statement may hold what somebody searched for
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
