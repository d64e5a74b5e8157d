"""Reads a captured document before its turn in the store: what of it may be kept, and what is derived from that. Nothing is written."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from harvester.deriving import Deriver
from harvester.members import member_hints, member_publications
from harvester.published import Document, hints_of, publication_of
from harvester.taking_in import may_hold_records
from harvester.unnaming import clean_capture, clean_publication
from normalizers.agencies import Decisions
from normalizers.documents import UnreadableError
from normalizers.intake import Form, Intake, masked_hints
from normalizers.privacy.hidden import holds_personal
from normalizers.records import Derived, Hints
from spiders.base import SiteSpider
from spiders.items import Capture
from storage.records import ArchivedResponse, Publication
from storage.store import Store

log = logging.getLogger(__name__)
DERIVER = Deriver()
"""One for the process: a second reading process would only take the processor from who stores."""

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class File:
    """One document of a capture: its place, what is known of it from outside, and what may be kept of it, or why it cannot be read."""

    publication: Publication
    hints: Hints
    taken: Intake | str

    @property
    def is_raw(self) -> bool:
        """Tell whether it may be kept as it came, or is not read."""
        return isinstance(self.taken, str) or self.taken.form is Form.RAW


@dataclass(frozen=True, slots=True)
class Looked:
    """A document as it was read: its files (none where its site answered that it did not change), and whether it is kept as it came."""

    capture: Capture
    publication: Publication
    files: tuple[File, ...]
    raw: bool


class DocumentReader:
    """Reads the documents of one run of one site, by the decisions that are in force when it begins."""

    def __init__(self, spider: SiteSpider, store: Store, decisions: Decisions) -> None:
        self._spider = spider
        self._store = store
        self._decisions = decisions

    async def look(self, item: Document) -> Looked:
        """Read a document and return what may be kept of it; nothing is written."""
        capture, publication = (
            clean_capture(item.capture, self._store.keyring),
            clean_publication(publication_of(item), self._store.keyring),
        )
        hints, _ = masked_hints(hints_of(item, self._spider))
        if capture.status == 304 and self._store.clock(publication.site, publication.key):
            return Looked(capture, publication, (), raw=False)
        files = [File(each, known, await self.take_in(capture, known)) for each, known in await self._files(capture, publication, hints)]
        raw = all(file.is_raw for file in files) and not any(self._is_suspect(file, item) for file in files)
        if raw and any(file.hints.member or isinstance(file.taken, str) for file in files):
            raw = not await off_loop(holds_personal, capture.body)
        return Looked(capture, publication, tuple(files), raw=raw)

    async def _files(self, capture: Capture, publication: Publication, hints: Hints) -> list[tuple[Publication, Hints]]:
        """Return what a capture holds: itself, or the files of an archive, each a document of its own."""
        try:
            return list(member_publications(publication, await off_loop(member_hints, capture.body, hints)))
        except UnreadableError:
            return [(publication, hints)]  # reading it tells the reason

    def _is_suspect(self, file: File, item: Document) -> bool:
        return isinstance(file.taken, str) and may_hold_records(file.publication.title, item.article.title, item.entry.title)

    async def take_in(self, capture: Capture, hints: Hints) -> Intake | str:
        """Return what may be kept of a payload, or why it cannot be read."""
        return await self._work(DERIVER.intake, capture, hints)

    async def derive(self, payload: ArchivedResponse, hints: Hints) -> Derived | str:
        """Return what is derived from an archived payload today, or why it cannot be read."""
        return await self._work(DERIVER.derive, payload, hints)

    async def _work(self, work: Callable[[bytes, Hints, Decisions], T], capture: Capture | ArchivedResponse, hints: Hints) -> T | str:
        try:
            return await off_loop(work, capture.body, hints, self._decisions)
        except UnreadableError as error:
            return str(error)
        except Exception as error:
            log.exception("Nothing could be derived from %s", capture.url)
            return f"{type(error).__name__}: {error}"


async def off_loop(work: Callable[P, T], *args: P.args, **_: P.kwargs) -> T:
    """Return what ``work`` returns, done where it lets no download time out."""
    DERIVER.waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(DERIVER.executor, work, *args)
    finally:
        DERIVER.waiting -= 1
