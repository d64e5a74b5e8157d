"""What is kept of list pages of documents: a title may name the firm or person that a public record in its document is about.

Whether it does is known only when the document was taken in, so a list page waits in memory until the run ends. A page without such a
title is archived as it came; of another one a rendition is kept: its lines, with the titles under which their documents are kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape

from sqlalchemy import select

from harvester.taking_in import kept_as, may_hold_records
from harvester.unnaming import clean_address, clean_capture, clean_key
from normalizers.intake import Form
from normalizers.notices.firm_names import names_in
from normalizers.notices.list_prose import CODED, SUBJECT
from normalizers.privacy import Mode, mask, mask_payload
from spiders.items import Capture, ListCapture, ListItem
from storage.batches import batches
from storage.identity import document_id
from storage.records import Sighting
from storage.schema import documents
from storage.store import Store

MOST = 64 * 2**20
"""Bytes of list pages that wait; beyond, the oldest are kept before the run ends."""
UNTOLD = ""
"""The title of a line whose document was not taken in and may be about somebody."""
_MEDIA_TYPE = "text/html"


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A list page, and whether personal data stand in it."""

    item: ListCapture
    personal: bool


class HeldLists:
    """The list pages of one run of one site that wait. ``keep`` is told what to archive and what to note of each."""

    def __init__(self, store: Store, keep: Callable[[Capture, list[Sighting]], None]) -> None:
        self._store = store
        self._keep = keep
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0

    def hold(self, item: ListCapture, *, personal: bool) -> None:
        """Take a list page; the oldest ones are kept now where too much waits. Raises StoreError."""
        self._waiting.append(_Waiting(item, personal))
        self._bytes += len(item.capture.body)
        while self._bytes > MOST:
            self._keep_first()

    def close(self) -> None:
        """Keep all that wait. Raises StoreError."""
        while self._waiting:
            self._keep_first()

    def _keep_first(self) -> None:
        first = self._waiting.popleft()
        self._bytes -= len(first.item.capture.body)
        keyring = self._store.keyring
        capture = clean_capture(first.item.capture, keyring)
        lines = [replace(line, key=clean_key(line.key, keyring), url=clean_address(line.url, keyring)) for line in first.item.page.items]
        stored = self._titles(capture.site, [line.key for line in lines])
        told = [replace(line, title=kept_title(line.title, stored.get(line.key))) for line in lines]
        if first.personal or told != list(first.item.page.items):
            capture = kept_as(replace(capture, body=rendition(told)), Form.RENDITION, _MEDIA_TYPE)
        self._keep(capture, [Sighting(line.key, line.url, line.title, line.listed_on) for line in told])

    def _titles(self, site: str, keys: list[str]) -> Mapping[str, str]:
        """Return the titles under which documents are kept, by key."""
        found: dict[str, str] = {}
        d = documents.c
        for some in batches(keys):
            with self._store.reading() as connection:
                rows = connection.execute(select(d.key, d.title).where(d.id.in_([document_id(site, key) for key in some])))
                found |= {row.key: row.title for row in rows}
        return found


def has_personal_data(capture: Capture, charset: str) -> bool:
    """Tell whether personal data stand anywhere in a list page."""
    return bool(mask_payload(capture.body, charset or "utf-8", Mode.DOCUMENT).found)


def kept_title(printed: str, stored: str | None) -> str:
    """Return the title that may be kept of a line of a list; ``stored`` is that of its document, ``None`` where there is none."""
    title = mask(printed, Mode.DOCUMENT).text
    names_somebody = any(names_in(title))
    if stored is None:
        return UNTOLD if names_somebody or may_hold_records(title) else title
    if SUBJECT in stored or CODED in stored or (names_somebody and stored != title):
        return stored
    return title


def rendition(lines: list[ListItem]) -> bytes:
    """Return a page with the lines of a list and nothing else."""
    head = '<!doctype html>\n<html><head><meta charset="utf-8"></head><body><ul>'
    return "\n".join((head, *map(_line, lines), "</ul></body></html>")).encode()


def _line(line: ListItem) -> str:
    day = f" <time>{line.listed_on.isoformat()}</time>" if line.listed_on else ""
    return f'<li><a href="{escape(line.url)}">{escape(line.title)}</a>{day}</li>'
