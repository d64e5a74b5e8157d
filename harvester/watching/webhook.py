"""Webhooks: one CloudEvents 1.0 event (structured JSON) a delivery, signed as Standard Webhooks 1.0 says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from harvester.config import user_agent
from harvester.watching.channels import HttpChannel
from harvester.watching.digest import Occasion, in_words
from harvester.watching.posting import post
from storage.watches import Watch

Row = Mapping[str, Any]

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
TYPE, TEST_TYPE = "credit_harvester.changes", "credit_harvester.test"
MOST_ROWS = 200
MOST_BYTES = 512 * 1024
"""A delivery holds at most so many rows or bytes of them: half of what web servers take without being told to take more."""


def send(channel: HttpChannel, body: bytes, identifier: str) -> str:
    """Post an event; return what was not as it should be, nothing. Raises ``DeliveryFailed``."""
    moment = int(time.time())
    headers = {"content-type": CONTENT_TYPE, "user-agent": user_agent("")} | signed(channel.secrets, identifier, moment, body)
    post(channel.url, body, headers, timeout=channel.timeout, ca_file=channel.ca_file)
    return ""


def signed(secrets: Iterable[bytes], identifier: str, moment: int, body: bytes) -> dict[str, str]:
    """Return the headers that say who sent ``body`` and when; ``moment`` is in seconds since 1970."""
    content = f"{identifier}.{moment}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode() for secret in secrets]
    signature = " ".join(f"v1,{each}" for each in signatures)
    return {"webhook-id": identifier, "webhook-timestamp": str(moment), "webhook-signature": signature}


def event(watch: Watch, occasion: Occasion, source: str, rows: Sequence[str], upto: int, previous: int) -> bytes:
    """Return the event on rows that are JSON already (``encoded``): the same bytes for the same delivery and rows."""
    data = {
        "watch": watch.name,
        "filters": watch.filters,
        "language": watch.language,
        "after": occasion.after,
        "upto": upto,
        "previous": previous,
        "dropped": occasion.dropped if occasion.dropped > occasion.after else None,
    }
    inner = f'{to_json(data)[:-1]},"rows":[{",".join(rows)}]}}'
    return envelope(TEST_TYPE if occasion.test else TYPE, source, occasion.id, occasion.at, watch.name, inner)


def envelope(kind: str, source: str, identifier: str, at: datetime, subject: str, data: str) -> bytes:
    """Return a CloudEvents 1.0 event around ``data``, which is JSON already."""
    told = {
        "specversion": "1.0",
        "type": kind,
        "source": source,
        "id": identifier,
        "time": at.isoformat(),
        "subject": subject,
        "datacontenttype": "application/json",
    }
    return f'{to_json(told)[:-1]},"data":{data}}}'.encode()


def encoded(row: Row, lang: str) -> str:
    """Return one change as JSON: the columns of the feed, and ``told``, the same in words.

    Of a change too long for one delivery the states are left out, and ``omitted`` says so.
    """
    whole = to_json({**row, "told": in_words(row, lang)})
    if len(whole.encode()) <= MOST_BYTES:
        return whole
    return to_json({**row, "before": None, "after": None, "omitted": ["before", "after"], "told": in_words(row, lang)})


def to_json(value: object) -> str:
    """Return a value as JSON with real characters, the same for the same value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_plain)


def _plain(value: object) -> Any:  # noqa: ANN401 -- what JSON holds
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON: give it one in harvester.watching.webhook.")
