"""From captures to the store: take in, archive, store, in this order, one transaction a capture.

What may be kept of a document is known only when it was read: personal data are masked in it, and public records cut out of it, before
anything of it is written. It is on the disk before the store knows it, and done only with the transaction that keeps what was derived.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, ParamSpec, TypeVar

from harvester.decisions import stored_decisions
from harvester.deriving import Deriver
from harvester.differing import Reread, difference, prepared
from harvester.hints import hints_from_json as hints_from_json
from harvester.hints import hints_to_json as hints_to_json
from harvester.keeping import failure_row
from harvester.listing import HeldLists, has_personal_data
from harvester.members import member_alone, member_hints, member_publications
from harvester.notices import NoticeKeeper
from harvester.probing import Read, settle
from harvester.reach import Lists
from harvester.recall import earlier_payload
from harvester.remembering import DocumentMemory
from harvester.run_signals import document_kept
from harvester.taking_in import kept, may_hold_records
from harvester.unnaming import clean_capture, clean_publication
from harvester.verdict import Judgement, judge
from normalizers.agencies import Decisions
from normalizers.agencies.resolve import NO_DECISIONS
from normalizers.documents import UnreadableError
from normalizers.intake import Form, Intake, masked_hints
from normalizers.notices.lists import placed
from normalizers.privacy.hidden import holds_personal
from normalizers.records import NORMALIZER_VERSION, Derived, Hints
from spiders.base import SiteSpider
from spiders.items import ArticleCapture, AttachmentCapture, Capture, Cause, Failure, ListCapture, Probe
from storage import derivations, document_records
from storage.archive import ArchiveWriter
from storage.records import ArchivedResponse, CaptureRow, Effect, Publication, Sighting, Verdict
from storage.store import Store

log = logging.getLogger(__name__)
_DERIVER = Deriver()
"""One for the process: deriving takes seconds for a long PDF, and several sites at once gain nothing by taking turns at it."""

Document = ArticleCapture | AttachmentCapture
T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class _File:
    """One document of a capture: its place, what is known of it from outside, and what may be kept of it, or why it cannot be read."""

    publication: Publication
    hints: Hints
    taken: Intake | str

    @property
    def is_raw(self) -> bool:
        """Tell whether it may be kept as it came, or is not read."""
        return isinstance(self.taken, str) or self.taken.form is Form.RAW


class StorePipeline(DocumentMemory):
    """Keeps the documents of one run of one site."""

    writer: ArchiveWriter | None = None
    notices: NoticeKeeper | None = None
    lists: HeldLists | None = None
    decisions = NO_DECISIONS

    def begun(self, store: Store) -> None:
        """Open the run's file of the archive, and recall what earlier runs left."""
        site = self.spider.site
        self.writer = store.archive.open_run(site, self.run, known=store.first_capture)
        self.remember(store)
        self.decisions = stored_decisions(store)
        self.notices = NoticeKeeper(store, site, self.run, self.decisions)
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

    async def keep(self, item: object) -> None:
        """Keep a list page or a document, or what an address answered that nothing names."""
        if isinstance(item, ListCapture):
            await self._keep_list(item)
        elif isinstance(item, ArticleCapture | AttachmentCapture):
            await self._keep_document(item)
            if isinstance(item, ArticleCapture) and self.store:
                key = self.stored_key(item.entry.key)
                self.read[key] = Read.of(item, self.store.keyring)
                self._end_absences(key)
        elif isinstance(item, Probe) and self.store:
            told = settle(self.store, item, self.read, self.run)
            self.tally.gone += told.gone
            self.tally.absent += told.absent

    async def _keep_list(self, item: ListCapture) -> None:
        self._count(item.capture)
        if self.lists is None:
            return
        charset = self.spider.sheet.charset or declared_charset(item.capture)
        self.lists.hold(item, personal=await self._off_loop(has_personal_data, item.capture, charset))

    def _write_list(self, capture: Capture, lines: list[Sighting]) -> None:
        assert self.store is not None  # noqa: S101 - the run has begun
        self.store.ingest_list(self.run, self._archive(capture), lines)

    async def _keep_document(self, item: Document) -> None:
        self._count(item.capture)
        if self.store is None:
            return
        capture, publication = clean_capture(item.capture, self.store.keyring), clean_publication(publication_of(item), self.store.keyring)
        hints, _ = masked_hints(hints_of(item, self.spider))
        if capture.status == 304 and self.store.clock(publication.site, publication.key):
            self.store.mark_checked(publication.site, publication.key, capture.fetched_at, self.run)
            document_records.unchanged(self.store, publication.site, publication.key, capture.fetched_at)
            self.tally.effects[Effect.UNCHANGED] += 1
            return
        files = [_File(each, known, await self.take_in(capture, known)) for each, known in await self._files(capture, publication, hints)]
        raw = all(file.is_raw for file in files) and not any(self._is_suspect(file, item) for file in files)
        if raw and any(file.hints.member or isinstance(file.taken, str) for file in files):
            raw = not await self._off_loop(holds_personal, capture.body)
        if raw:
            row = self._archive(capture)
            for file in files:
                await self._keep_file(self.store, capture, row, file)
            return
        for file in files:
            await self._keep_apart(self.store, capture, file)

    async def _files(self, capture: Capture, publication: Publication, hints: Hints) -> list[tuple[Publication, Hints]]:
        """Return what a capture holds: itself, or the files of an archive, each a document of its own."""
        try:
            return list(member_publications(publication, await self._off_loop(member_hints, capture.body, hints)))
        except UnreadableError:
            return [(publication, hints)]  # reading it tells the reason

    def _is_suspect(self, file: _File, item: Document) -> bool:
        return isinstance(file.taken, str) and may_hold_records(file.publication.title, item.article.title, item.entry.title)

    async def _keep_apart(self, store: Store, original: Capture, file: _File) -> None:
        """Keep a document that may not be kept as it came, or one that came in an archive with such: each under an address of its own."""
        taken = file.taken
        if isinstance(taken, str):
            detail = f"{taken} It is not kept, since it may hold personal data that cannot be masked."
            self.fail(_failure_of(original, file.publication.key, detail))
            return
        body = original.body
        if taken.form is Form.RAW and file.hints.member:
            # The archive around it may not be kept, so it is kept by itself.
            body, hints = await self._off_loop(member_alone, body, file.hints)
            taken = replace(taken, payload=body, media_type=hints.media_type, hints=masked_hints(hints)[0])
        capture = replace(kept(replace(original, body=body), taken), url=file.publication.url)
        await self._keep_file(store, capture, self._archive(capture), replace(file, taken=taken))

    async def _keep_file(self, store: Store, capture: Capture, row: CaptureRow, file: _File) -> None:
        publication, taken = file.publication, file.taken
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
        derived = taken.derived
        old = await self._reread(store, row, publication, derived)
        differ = await self._off_loop(prepared, old, derived) if old else difference
        etag, modified = headers.get("etag"), headers.get("last-modified")
        effect = store.ingest(self.run, row, publication, derived, etag=etag, last_modified=modified, differ=differ)
        effect = Effect.REREAD if old and old.altered and effect is Effect.UNCHANGED else effect
        self.tally.effects[effect] += 1
        self.tally.fetched[f"{capture.kind} {effect}"] += 1
        if effect is not Effect.UNCHANGED:
            self.tally.tasks += len(derived.tasks)
        self.tally.masked.update(dict(taken.masked))
        self.crawler.signals.send_catch_log(document_kept, publication=publication, derived=derived, effect=effect)

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
        again = await self._work(_DERIVER.derive, payload, hints_from_json(found.publication.hints))
        if not isinstance(again, Derived):
            return None
        altered = derivations.write_reading(store, found, again, differ=difference) is Effect.REREAD
        return Reread(found.version + altered, again, altered)

    async def take_in(self, capture: Capture, hints: Hints) -> Intake | str:
        """Return what may be kept of a payload, or why it cannot be read."""
        return await self._work(_DERIVER.intake, capture, hints)

    async def _work(self, work: Callable[[bytes, Hints, Decisions], T], capture: Capture | ArchivedResponse, hints: Hints) -> T | str:
        try:
            return await self._off_loop(work, capture.body, hints, self.decisions)
        except UnreadableError as error:
            return str(error)
        except Exception as error:
            log.exception("Nothing could be derived from %s", capture.url)
            return f"{type(error).__name__}: {error}"

    async def _off_loop(self, work: Callable[P, T], *args: P.args, **_: P.kwargs) -> T:
        """Return what ``work`` returns, done where it lets no download time out."""
        return await asyncio.get_running_loop().run_in_executor(_DERIVER.executor, work, *args)

    def _archive(self, capture: Capture) -> CaptureRow:
        assert self.writer is not None  # noqa: S101 - the run has begun
        location, revisit = self.writer.write(
            url=capture.url,
            status=capture.status,
            headers=capture.headers,
            body=capture.body,
            fetched_at=capture.fetched_at,
            method=capture.method,
            request_body=capture.request_body,
        )
        return CaptureRow(
            capture.site,
            capture.section,
            capture.kind,
            capture.url,
            capture.status,
            media_type(capture),
            capture.fetched_at,
            location,
            revisit,
        )

    def _count(self, capture: Capture) -> None:
        self.tally.captures[str(capture.kind)] += 1
        self.tally.bytes += len(capture.body)


def _failure_of(capture: Capture, key: str, detail: str) -> Failure:
    return Failure(capture.site, capture.section, capture.kind, capture.url, Cause.UNREADABLE, detail, capture.fetched_at, key)


def media_type(capture: Capture) -> str:
    """Return the media type a capture was declared to have, without its parameters, in lower case."""
    declared = next((value for name, value in capture.headers if name.lower() == "content-type"), "")
    return declared.partition(";")[0].strip().lower()


def declared_charset(capture: Capture) -> str:
    """Return the charset a capture was declared to have, empty when none was."""
    declared = next((value for name, value in capture.headers if name.lower() == "content-type"), "")
    return declared.lower().partition("charset=")[2].partition(";")[0].strip("\"' ")


# --- what is known from outside ------------------------------------------------------------------------------------------


def publication_of(item: Document) -> Publication:
    """Return where a document was published, without its hints."""
    capture = item.capture
    if isinstance(item, AttachmentCapture):
        name = item.attachment.name
        return Publication(
            capture.site, capture.section, item.attachment.key, capture.kind, capture.url, name, item.entry.listed_on, item.entry.key
        )
    title = item.article.title or item.entry.title
    return Publication(capture.site, capture.section, item.entry.key, capture.kind, capture.url, title, item.entry.listed_on)


def hints_of(item: Document, spider: SiteSpider) -> Hints:
    """Return what is known of a payload from its page, its list and its site.

    A file is a document of its own: it shares its article's issuers and dates, but not its number, by which texts are told apart.
    """
    article, entry, sheet = item.article, item.entry, spider.sheet
    shared = Hints(
        media_type=media_type(item.capture),
        charset=declared_charset(item.capture),
        issuers=article.issuers,
        issued_on=article.issued_on,
        published_on=article.published_on or entry.listed_on,
        region=sheet.region,
        source=article.source,
    )
    if isinstance(item, AttachmentCapture):
        name = item.attachment.name
        return replace(shared, file_name=name, title=PurePosixPath(name).stem)
    return replace(
        shared,
        charset=sheet.charset or shared.charset,
        title=article.title or entry.title,
        document_number=article.document_number,
        body=article.body,
    )
