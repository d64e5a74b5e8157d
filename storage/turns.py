"""Writers of a PostgreSQL store take turns, as those of a SQLite file do.

What a document says changes what hangs on others: the works they are copies of, the lines of lists, the feed with its numbers in the
order of commits. Writers that each lock some of it, and then want what another holds, would wait for each other until the server
refuses one of them, and a crawl would end by that. So there is one lock, and it is taken before the first row of any of it.

What is read first and then written needs the same where two people may decide of one thing at the same moment: who may come in, which
rules hold, what rests. Each of these has a turn of its own, so that nobody's login waits for a crawl, and no worker for a login.
"""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import Connection, text

_LOCK = text("SELECT pg_advisory_xact_lock(:turn)")


class Turn(IntEnum):
    """What writers take turns at; its value is the number of the lock."""

    RECORDS = 7265001
    """All that answers show (``Store.writing``)."""
    ACCOUNTS = 7265002
    """Accounts, their sessions and keys."""
    PROPOSALS = 7265003
    """Rules that are proposed and accepted, and the specimens they rest on."""
    RESTS = 7265004
    """Pauses of jobs, snoozes of incidents."""


def take(connection: Connection, turn: Turn) -> None:
    """Wait until no other transaction has the turn, and keep it until this one ends. SQLite's writers have it from their beginning."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"turn": turn.value})
