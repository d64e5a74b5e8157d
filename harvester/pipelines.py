"""From captures to the store: take in, archive, store, in this order.

What may be kept of a document is known only when it was read: personal data are masked in it, and public records cut out of it, before
anything of it is written. It is on the disk before the store knows it, and done only with the transaction that keeps what was derived.
Documents that are read while others are stored (``ahead``) share a flush to the disk and a transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from harvester.ahead import Queue, Waiting
from harvester.decisions import stored_decisions
from harvester.differing import Reread, difference, prepared
from harvester.hints import hints_from_json, hints_to_json
from harvester.keeping import failure_row
from harvester.listing import HeldLists, has_personal_data
from harvester.looking import DocumentReader, File, Looked, off_loop
from harvester.members import member_alone
from harvester.notices import NoticeKeeper
from harvester.probing import Read, settle
from harvester.published import Document, declared_charset, media_type
from harvester.reach import Lists
from harvester.recall import earlier_payload
from harvester.remembering import DocumentMemory
from harvester.run_signals import document_kept
from harvester.storing import stored
from harvester.taking_in import kept
from harvester.verdict import Judgement, judge
from normalizers.intake import Form, Intake, masked_hints
from normalizers.notices.lists import placed
from normalizers.records import NORMALIZER_VERSION, Derived
from spiders.items import ArticleCapture, Capture, Cause, Failure, ListCapture, Probe
from storage import derivations, document_records
from storage.archive import ArchiveWriter
from storage.errors import StoreError
from storage.records import ArchivedResponse, CaptureRow, Effect, Incoming, Publication, Sighting, Verdict
from storage.store import Store
from storage.together import ingest_together

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


@dataclass(frozen=True, slots=True)
class _Ready:
    """A version that only waits for its transaction; ``reread`` tells that the one before was read better for it."""

    waiting: Waiting[Looked]
    kind: str
    incoming: Incoming
    masked: tuple[tuple[str, int], ...]
    reread: bool


class StorePipeline(DocumentMemory):
    """Keeps the documents of one run of one site."""

    writer: ArchiveWriter | None = None
    notices: NoticeKeeper | None = None
    lists: HeldLists | None = None

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._queue = Queue[Looked]()
        self._ready: list[_Ready] = []

    def begun(self, store: Store) -> None:
        """Open the run's file of the archive, and recall what earlier runs left."""
        site = self.spider.site
        self.writer = store.archive.open_run(site, self.run, known=store.first_capture)
        self.remember(store)
        decisions = stored_decisions(store)
        self.reader = DocumentReader(self.spider, store, decisions)
        self.notices = NoticeKeeper(store, site, self.run, decisions)
        self.lists = HeldLists(store, self._write_list)

    def judged(self, reason: str) -> Judgement:
        """Return the verdict from the coverage of the lists and the failures."""
        return judge(self.spider.coverage, self.tally.failures, reason, skipped=len(self.spider.skipped), left=self.tally.left)

    def close(self) -> None:
        """Keep the records and lists that wait, and close the archive's files; after a complete run, what went with its document goes."""
        if self.lists and not self.error:
            self.lists.close()
        if self.notices and self.store:
            self.notices.close(())
            self.tally.notices.update(self.notices.told())
            self.tally.masked.update(self.notices.masked)
            if self.judgement and self.judgement.verdict is Verdict.COMPLETE and not self.error:
                document_records.bury_gone(self.store, self.spider.site, self.ended_at)
        if self.writer:
            self.writer.close()

    def coverage(self) -> dict[str, Any]:
        """Return what was had of each section's list, as the store keeps it."""
        return {
            name: {
                "pages": section.pages,
                "had": len(section.had),
                "missing": section.missing,
                "cut": section.cut,
                "items": len(section.items),
                "stated": section.totals[-1:],
                "calls": section.columns,
                "reach": str(Lists.ALL if section.until is None else Lists.RECENT),
                "whole": section.reached,
            }
            for name, section in self.spider.coverage.items()
        }

    def least(self) -> int:
        """Return the least number of requests that could have had this: robots.txt, every list page, each new document once."""
        pages = sum(section.wanted + section.columns for section in self.spider.coverage.values())
        return 1 + pages + self.tally.effects[Effect.NEW]

    def pages(self) -> dict[str, tuple[int, int | None]]:
        """Return how many list pages of each section were had, of how many."""
        return {section.section: (len(section.had), section.pages) for section in self.spider.coverage.values()}

    # --- items -------------------------------------------------------------------------------------------------------------

    async def process_item(self, item: object) -> object:
        """Keep what a spider hands on in its turn; a document is read before that."""
        waiting = self._queue.enter(item, partial(self.reader.look, item) if isinstance(item, Document) and self.store else None)
        try:
            return await super().process_item(item)
        finally:
            self._queue.leave(waiting)

    async def keep(self, item: object) -> None:
        """Keep a list page or a document, or what an address answered that nothing names."""
        if isinstance(item, ListCapture):
            await self._keep_list(item)
        elif isinstance(item, Document):
            self._count(item.capture)
            if self.store:
                await self._keep_document(self.store, item)
        elif isinstance(item, Probe) and self.store:
            told = settle(self.store, item, self.read, self.run)
            self.tally.gone += told.gone
            self.tally.absent += told.absent

    async def _keep_list(self, item: ListCapture) -> None:
        self._count(item.capture)
        if self.lists is None:
            return
        charset = self.spider.sheet.charset or declared_charset(item.capture)
        self.lists.hold(item, personal=await off_loop(has_personal_data, item.capture, charset))

    def _write_list(self, capture: Capture, lines: list[Sighting]) -> None:
        assert self.store is not None  # noqa: S101 - the run has begun
        self.store.ingest_list(self.run, self._archive([capture])[0], lines)

    async def _keep_document(self, store: Store, item: Document) -> None:
        """Keep a document with those behind it that are read, too, unless it was kept with one before it."""
        waiting = self._queue.of(item)
        if not waiting.done:
            await self._keep_together(store, await self._queue.read_with(waiting))
        if waiting.error:
            raise waiting.error
        if isinstance(item, ArticleCapture):
            key = self.stored_key(item.entry.key)
            self.read[key] = Read.of(item, store.keyring)
            self._end_absences(key)

    # --- keeping it -----------------------------------------------------------------------------------------------------------

    async def _keep_together(self, store: Store, some: Sequence[Waiting[Looked]]) -> None:
        """Keep documents that were read, in their order: one flush of the archive for those kept as they came, one transaction for all.

        What trips the keeping of one is noted with it; what the store says is so with all of them.
        """
        try:
            looked = [(each, found) for each in some if (found := _result(each))]
            rows = iter(await stored(self._archive, [found.capture for _, found in looked if found.raw]))
            for waiting, found in looked:
                await self._keep_one(store, waiting, found, next(rows) if found.raw else None)
            await self._ingest(store)
        except StoreError as error:
            self._ready.clear()
            for each in some:
                each.error = error
        for each in some:
            each.done = True

    async def _keep_one(self, store: Store, waiting: Waiting[Looked], found: Looked, row: CaptureRow | None) -> None:
        try:
            if not found.files:
                self._note_unchanged(store, found)
            for file in found.files:
                if row is not None:
                    await self._keep_file(store, waiting, found.capture, row, file)
                else:
                    await self._keep_apart(store, waiting, found.capture, file)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - raised where its item is waited for
            waiting.error = error

    def _note_unchanged(self, store: Store, found: Looked) -> None:
        publication, at = found.publication, found.capture.fetched_at
        store.mark_checked(publication.site, publication.key, at, self.run)
        document_records.unchanged(store, publication.site, publication.key, at)
        self.tally.effects[Effect.UNCHANGED] += 1

    async def _keep_apart(self, store: Store, waiting: Waiting[Looked], original: Capture, file: File) -> None:
        """Keep a document that may not be kept as it came, or one that came in an archive with such: each under an address of its own."""
        taken = file.taken
        if isinstance(taken, str):
            detail = f"{taken} It is not kept, since it may hold personal data that cannot be masked."
            self.fail(_failure_of(original, file.publication.key, detail))
            return
        body = original.body
        if taken.form is Form.RAW and file.hints.member:
            # The archive around it may not be kept, so it is kept by itself.
            body, hints = await off_loop(member_alone, body, file.hints)
            taken = replace(taken, payload=body, media_type=hints.media_type, hints=masked_hints(hints)[0])
        capture = replace(kept(replace(original, body=body), taken), url=file.publication.url)
        row = (await stored(self._archive, [capture]))[0]
        await self._keep_file(store, waiting, capture, row, replace(file, taken=taken))

    async def _keep_file(self, store: Store, waiting: Waiting[Looked], capture: Capture, row: CaptureRow, file: File) -> None:
        """Do what comes before the transaction of a file's version, and let it wait for that; or note that it cannot be read."""
        publication, taken = file.publication, file.taken
        if any(publication.key == each.incoming.publication.key for each in self._ready):
            await self._ingest(store)  # what is stored of a document is asked for below
        if isinstance(taken, str):
            failure = _failure_of(capture, publication.key, taken)
            self.tally.failures.append(failure)
            publication = replace(publication, hints=hints_to_json(file.hints))
            store.record_unread(self.run, failure_row(failure), row, publication, NORMALIZER_VERSION)
            return
        publication = replace(publication, hints=hints_to_json(taken.hints))
        if taken.hints.title and taken.hints.title != file.hints.title:
            publication = replace(publication, title=taken.hints.title)
            document_records.retitle(store, publication.site, publication.key, taken.hints.title)
        # Records first: a document whose version is stored is not asked for again, and a kill in between would lose them.
        self._keep_records(store, publication, taken, capture.fetched_at)
        headers = {name.lower(): value for name, value in capture.headers}
        old = await self._reread(store, row, publication, taken.derived)
        differ = await off_loop(prepared, old, taken.derived) if old else difference
        incoming = Incoming(row, publication, taken.derived, headers.get("etag"), headers.get("last-modified"), differ)
        self._ready.append(_Ready(waiting, capture.kind, incoming, taken.masked, reread=old is not None and old.altered))

    async def _ingest(self, store: Store) -> None:
        """Store what is ready in one transaction; where one of them cannot be stored, each by itself, so that it harms no other."""
        ready, self._ready = self._ready, []
        try:
            effects = await stored(ingest_together, store, self.run, [each.incoming for each in ready]) if ready else []
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - raised where its item is waited for
            if len(ready) == 1:
                ready[0].waiting.error = error
                return
            for each in ready:
                self._ready = [each]
                await self._ingest(store)
            return
        for each, effect in zip(ready, effects, strict=True):
            self._note(each, Effect.REREAD if each.reread and effect is Effect.UNCHANGED else effect)

    def _note(self, kept: _Ready, effect: Effect) -> None:
        """Count a document that was stored, and tell those who count, too."""
        derived = kept.incoming.derived
        self.tally.effects[effect] += 1
        self.tally.fetched[f"{kept.kind} {effect}"] += 1
        if effect is not Effect.UNCHANGED:
            self.tally.tasks += len(derived.tasks)
        self.tally.masked.update(dict(kept.masked))
        self.crawler.signals.send_catch_log(document_kept, publication=kept.incoming.publication, derived=derived, effect=effect)

    def _keep_records(self, store: Store, publication: Publication, taken: Intake, at: datetime) -> None:
        """Keep the public records that stood in a document, each for itself, and note which of them it names no more."""
        assert self.notices is not None  # noqa: S101 - the run has begun
        site, section, key = publication.site, publication.section, publication.key
        found = placed(taken.records, site=site, section=section, document=key, url=publication.url, region=self.spider.sheet.region)
        for record in found:
            self.notices.take(record, at)
        self.notices.flush()
        document_records.read(store, self.run, site, section, key, [self.notices.tag(section, record.key) for record in found], at)

    async def _reread(self, store: Store, row: CaptureRow, publication: Publication, derived: Derived) -> Reread | None:
        """Read the stored version again before another payload is held against it; ``None`` where nothing is held against it.

        What today's normalizers and decisions read better in the old payload is no change of the source.
        """
        old = earlier_payload(store, publication, row, derived)
        if old is None:
            return None
        found, payload = old
        again = await self.reader.derive(payload, hints_from_json(found.publication.hints))
        if not isinstance(again, Derived):
            return None
        altered = derivations.write_reading(store, found, again, differ=difference) is Effect.REREAD
        return Reread(found.version + altered, again, altered)

    def _archive(self, some: Sequence[Capture]) -> list[CaptureRow]:
        """Archive captures, by one flush to the disk, and return their rows."""
        assert self.writer is not None  # noqa: S101 - the run has begun
        names = ("url", "status", "headers", "body", "fetched_at", "method", "request_body")
        written = self.writer.write_many([ArchivedResponse(*(getattr(each, name) for name in names)) for each in some])
        return [
            CaptureRow(each.site, each.section, each.kind, each.url, each.status, media_type(each), each.fetched_at, location, revisit)
            for each, (location, revisit) in zip(some, written, strict=True)
        ]

    def _count(self, capture: Capture) -> None:
        self.tally.captures[str(capture.kind)] += 1
        self.tally.bytes += len(capture.body)


def _failure_of(capture: Capture, key: str, detail: str) -> Failure:
    return Failure(capture.site, capture.section, capture.kind, capture.url, Cause.UNREADABLE, detail, capture.fetched_at, key)


def _result(waiting: Waiting[Looked]) -> Looked | None:
    """Return what reading a document gave, or note with it what kept it from being read."""
    try:
        return waiting.reading.result() if waiting.reading else None
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - raised where its item is waited for
        waiting.error = error
        return None
