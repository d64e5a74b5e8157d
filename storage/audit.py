"""Who saw or exported what of the public credit records: one row a question, kept apart from what it was about.

What was asked for by code, name or words is kept as a keyed tag only: the log can show that the same firm was asked for again, or
whether a given one was, and it brings back nothing that was taken down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from storage.engine import rows
from storage.identity import text_key
from storage.notice_schema import audit
from storage.store import Store

Row = dict[str, Any]

TAGGED = frozenset({"code", "name", "words", "subject", "network"})
"""What of a question may name a subject, and where somebody logged in from."""
MOST_IDS = 200
"""Identifiers of records kept with one question; the number of rows is always whole. Of a larger answer it is not known which records
it held: it counts as one that may have held any."""
_DOMAIN = "audit"


def record(
    store: Store, at: datetime, actor: str, action: str, what: Mapping[str, object], count: int, notice_ids: Sequence[str] = ()
) -> None:
    """Note that ``actor`` did ``action`` with these filters and was given ``count`` rows. Raises StoreError: unlogged means unseen."""
    told = {name: tag(store, str(value)) if name in TAGGED else value for name, value in what.items() if value not in ("", None, False)}
    row = {"at": at, "actor": actor, "action": action, "what": told, "rows": count, "notice_ids": list(notice_ids[:MOST_IDS])}
    with store.writing(told=False) as connection:
        connection.execute(insert(audit), [row])


def tag(store: Store, text: str) -> str:
    """Return what stands in the log for a code, a name or words, whatever their spelling."""
    return store.keyring.tag(_DOMAIN, text_key(text) or text)


def entries(
    store: Store,
    *,
    since: datetime | None = None,
    actor: str = "",
    action: str = "",
    subject: str = "",
    notice_id: str = "",
    limit: int | None = None,
    before: int = 0,
) -> list[Row]:
    """Return the log's rows, the newest first, with ``before`` those older than the row of that ``id``.

    ``subject`` finds the questions for that code, name, words or network.

    ``notice_id`` finds the answers that held a record, and such as may have held it because not all of their identifiers are kept.
    Each row's ``certain`` tells whether its identifiers are all there.
    """
    a = audit.c
    query = select(audit).order_by(a.id.desc())
    wanted = [
        *([a.at >= since] if since else []),
        *([a.actor == actor] if actor else []),
        *([a.action == action] if action else []),
        *([a.id < before] if before > 0 else []),
    ]
    look_inside = bool(subject or notice_id)
    with store.reading() as connection:
        found = rows(connection.execute(query.where(*wanted).limit(None if look_inside else limit)))
    token = tag(store, subject) if subject else ""
    chosen = [row for row in found if (not token or token in row["what"].values()) and (not notice_id or _held(row, notice_id))]
    return [row | {"certain": _whole(row) or notice_id in row["notice_ids"]} for row in chosen[:limit]]


def _held(row: Row, notice_id: str) -> bool:
    return notice_id in row["notice_ids"] or not _whole(row)


def _whole(row: Row) -> bool:
    return len(row["notice_ids"]) >= int(row["rows"])
