"""Questions about public credit records on behalf of a person: answered on today's terms, and logged before they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from harvester.session import settings
from storage import audit
from storage.days import local_day
from storage.store import Store


def today() -> date:
    """Return the day it is where the sites are: terms of display end there."""
    return local_day(datetime.now(UTC))


def actor(store_url: str | None, by: str = "") -> str:
    """Return who asks: ``by``, the operator of the settings, else the user of the machine."""
    if named := by or settings(store_url).operator:
        return named
    import getpass  # late: it loads the terminal's library

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "unknown"


def log(store: Store, who: str, action: str, what: Mapping[str, object], rows: Sequence[Mapping[str, Any]]) -> None:
    """Log that ``who`` is about to be shown these rows. Raises StoreError: what cannot be logged is not shown."""
    log_ids(store, who, action, what, [row["id"] for row in rows if "id" in row], len(rows))


def log_ids(store: Store, who: str, action: str, what: Mapping[str, object], ids: Sequence[object], count: int) -> None:
    """Log the same of rows that are told by the identifiers of their records and their number. Raises StoreError."""
    audit.record(store, datetime.now(UTC), who, action, what, count, [str(each) for each in ids])
