"""The names of runs: how one is made, and which there are, for whoever asks for one that there is not."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from storage.errors import UnknownRecord
from storage.schema import runs

NAMED = 3
LONGEST = 80


def new_name(at: datetime) -> str:
    """Return a name for what begins at a moment: names sort like their moments to the microsecond, and no two are the same.

    ``YYYYMMDDTHHMMSS`` in UTC, then five hexadecimal digits of microseconds and six of chance.
    """
    moment = at.astimezone(UTC)
    return f"{moment:%Y%m%dT%H%M%S}-{moment.microsecond:05x}{secrets.token_hex(3)}"


def unknown_run(connection: Connection, identifier: str) -> UnknownRecord:
    """Return the error of a run that the store does not hold: it names the latest there are, or how the first comes about."""
    latest = connection.execute(select(runs.c.id).order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(NAMED)).scalars().all()
    named = identifier if len(identifier) <= LONGEST else identifier[:LONGEST] + "…"
    if not latest:
        return UnknownRecord(f"There is no run {named}, and none at all yet: begin with `harvester crawl SITE`.")
    return UnknownRecord(f"There is no run {named}; the latest are {', '.join(latest)}: list all of them with `harvester runs`.")
