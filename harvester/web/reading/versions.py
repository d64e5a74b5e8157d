"""Stored versions read for the pages: text, blocks and addresses, kept in memory as long as there is room.

The store keeps texts, not blocks; those are read again from the archive. A payload is read in a process of its own within a time and a
memory, so that a hostile one costs its own page its layout and nothing else: the text is then shown by its lines.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select

from harvester.deriving import Deriver, DerivingError
from harvester.hints import hints_from_json
from harvester.web.reading.layout import laid_out
from harvester.web.reading.parts import Index, parts_of
from normalizers.compare import compare
from normalizers.documents import UnreadableError
from normalizers.documents import read as normalized
from normalizers.records import Block, Derived, Document, Hints, Metadata
from storage.engine import rows
from storage.errors import StoreError, UnknownRecord
from storage.schema import tasks, versions
from storage.sources import source
from storage.store import Store
from storage.task_rows import bodies_of

Row = dict[str, Any]

SECONDS = 20.0
"""Processor time for the layout of one version; what takes longer is shown by its lines."""
PATIENCE = 10.0
"""Seconds that a reader waits for another one's version to be laid out."""
ROOM = 4_000_000
"""Characters of texts that are kept, with their blocks: some hundred plans. A character takes 25 bytes so, all of them 100 MB."""


@dataclass(frozen=True, eq=False)
class Reading:
    """One version as it is read: ``whole`` tells that its layout is that of its file, else it is shown by its lines."""

    document: str
    version: int
    text: str
    blocks: tuple[Block, ...]
    whole: bool
    content_hash: str

    @cached_property
    def source(self) -> Document:
        """The version as a document of the normalizers."""
        return Document(self.document, "text", self.blocks, self.text, self.text)

    @cached_property
    def index(self) -> Index:
        """The parts of the version, by address and place."""
        return Index(parts_of(self.source))


class _Shelf:
    """Readings that were made, those used last first, as many as there is room for. One at a time is made."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], Reading] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._deriver = Deriver(SECONDS)

    def get(self, key: tuple[Any, ...]) -> Reading | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: tuple[Any, ...], reading: Reading) -> Reading:
        with self._lock:
            self._size += len(reading.text)
            self._kept[key] = reading
            while self._size > ROOM and len(self._kept) > 1:
                self._size -= len(self._kept.popitem(last=False)[1].text)
        return reading

    def blocks(self, store: Store, identifier: str) -> tuple[Block, ...] | None:
        """Return the blocks of a version's payload as it is read today, none where it cannot be; ``None`` where it cannot be now."""
        if not self._making.acquire(timeout=PATIENCE):
            return None
        try:
            found = source(store, identifier)
            payload = store.archive.read(found.capture.location).body
            return self._deriver.read(payload, hints_from_json(found.publication.hints)).blocks
        except (StoreError, UnreadableError):
            return ()
        except DerivingError:
            return None
        finally:
            self._making.release()

    def prepare(self) -> None:
        """Start the process that reads large payloads, so that nobody waits for it."""
        with self._making, suppress(UnreadableError, DerivingError):
            self._deriver.read(b"PK\x03\x04", Hints())


_SHELF = _Shelf()
_PAGE = "<html><body><h1>目录</h1><p>一、为了让第一位读者不必等待，先读一页自己的文字 ©。</p></body></html>".encode()


def warm_words() -> None:
    """Load the words of the comparison, which the overview tells changes with. To be called beside the making of the server."""
    before, after = (Document("", "text", (), text, text) for text in ("先读一页再说。", "先看几页再说。"))
    compare(Derived(before, Metadata(), (), ""), Derived(after, Metadata(), (), " "))


def warm() -> None:
    """Load what the first reader of a document would wait for: the tables of the readers. To be called beside the server's work."""
    normalized(_PAGE, Hints(media_type="text/html"))
    _SHELF.prepare()


def read(store: Store, document: str, number: int) -> Reading:
    """Return a version as it is read. Raises ``UnknownRecord``. The caller looks at the document's state first."""
    v = versions.c
    names = (v.text, v.title, v.content_hash, v.records_hash)
    with store.reading() as connection:
        found = rows(connection.execute(select(*names).where(v.document_id == document, v.number == number)))
    if not found:
        raise UnknownRecord(f"There is no version {number} of {document}: its versions are at /d/{document}/history.")
    row = found[0]
    key = (store.name, document, number, row["records_hash"], len(row["text"]))
    kept = _SHELF.get(key)
    if kept is not None:
        return kept
    found_blocks = _SHELF.blocks(store, f"{document}@{number}")
    blocks, whole = laid_out(row["text"], row["title"], found_blocks or ())
    reading = Reading(document, number, row["text"], blocks, whole, row["content_hash"])
    return reading if found_blocks is None else _SHELF.put(key, reading)


def tasks_of(store: Store, document: str, number: int) -> list[Row]:
    """Return the tasks of a version in their order: identifiers, text, evidence, addresses, days and bodies by role."""
    t = tasks.c
    names = (t.id, t.lasting_id, t.ordinal, t.number, t.section, t.text, t.evidence_start, t.evidence_end)
    more = (t.address, t.agency_address, t.deadline_address, t.deadline_text, t.deadline_end, t.milestones)
    query = select(*names, *more).where(t.document_id == document, t.version == number).order_by(t.ordinal)
    with store.reading() as connection:
        found = rows(connection.execute(query))
        bodies = bodies_of(connection, [row["id"] for row in found])
    return [row | bodies[row["id"]] for row in found]
