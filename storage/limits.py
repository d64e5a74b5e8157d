"""How long a question may take: the database is told to stop when the time is over, whatever it is doing then."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from storage.errors import SlowQuestion

STEPS = 20_000
"""Instructions of SQLite between two looks at the clock: some tenths of a millisecond."""

_until: ContextVar[float | None] = ContextVar("until", default=None)
_CANCELLED = "57014"
_TOLD, _TOLD_AGAIN = "seconds that are left", 0.9
"""Where a connection keeps the time that PostgreSQL was told last, and the share of it below which it is told the time that is left."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let the questions in the block take no longer than this, all together; an outer limit holds, too. They raise ``SlowQuestion``."""
    outer = _until.get()
    end = time.monotonic() + seconds
    token = _until.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _until.reset(token)


def again(connection: Connection) -> None:
    """Hold what is asked next in a transaction to the time that is left of the block by now; raises ``SlowQuestion`` when it is over.

    PostgreSQL bounds each statement, not all of them together, so it is told anew once a tenth of the time that it knows of is over.
    """
    until = _until.get()
    if until is None:
        return
    left = until - time.monotonic()
    if left <= 0:
        raise _slow()
    if connection.dialect.name == "postgresql" and left < _TOLD_AGAIN * connection.info.get(_TOLD, 0.0):
        _tell(connection, left)


@contextmanager
def kept(connection: Connection) -> Iterator[None]:
    """Hold a transaction to the time that is left, if there is a limit; raises ``SlowQuestion`` when it is over."""
    until = _until.get()
    if until is None:
        yield
        return
    left = until - time.monotonic()
    if left <= 0:
        raise _slow()
    try:
        with _watched(connection, until, left):
            yield
    except DBAPIError as error:
        if _stopped(error.orig):
            raise _slow() from error
        raise


@contextmanager
def _watched(connection: Connection, until: float, left: float) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        _tell(connection, left)
        yield
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 -- the two databases there are
    driver.set_progress_handler(lambda: int(time.monotonic() > until), STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, STEPS)


def _tell(connection: Connection, left: float) -> None:
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(1, int(left * 1000))}")
    connection.info[_TOLD] = left


def _stopped(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT
    return getattr(error, "sqlstate", None) == _CANCELLED


def _slow() -> SlowQuestion:
    return SlowQuestion("The answer takes longer than a question may: narrow it with another filter, or take a download of the whole.")
