"""Writers of a PostgreSQL store take turns, as those of a SQLite file do.

What a document says changes what hangs on others: the works they are copies of, the lines of lists, the feed with its numbers in the
order of commits. Writers that each lock some of it, and then want what another holds, would wait for each other until the server
refuses one of them, and a crawl would end by that. So there is one lock, and it is taken before the first row of any of it.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_LOCK = text("SELECT pg_advisory_xact_lock(7265001)")


def take(connection: Connection) -> None:
    """Wait until no other transaction has the turn, and keep it until this one ends. SQLite's writers have it from their beginning."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
