"""What a crawl brings to the store, each piece in one transaction.

The modules that write are imported by the methods that need them: who asks a question should not wait for them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from normalizers.records import Derived
from storage.days import local_day
from storage.identity import document_id
from storage.keyed import Keyring
from storage.ledger import CoverageFacts
from storage.records import AgencyRow, CaptureRow, Differ, Effect, FailureRow, Incoming, NoticeEffect, NoticeRow, Publication, Sighting


class Brought(ABC):
    """The part of a store that takes in what a crawl brings."""

    @abstractmethod
    def writing(self, *, told: bool = True) -> AbstractContextManager[Connection]:
        """Give a connection in one transaction."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """Give a connection that only reads."""

    @property
    @abstractmethod
    def keyring(self) -> Keyring:
        """The key of this store's tags."""

    # --- documents ---

    def ingest(
        self,
        run: str,
        capture: CaptureRow,
        publication: Publication,
        derived: Derived,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        again: bool = False,
        differ: Differ | None = None,
    ) -> Effect:
        """Store one captured document and all that was derived from it, in one transaction, and return what that did.

        A content that differs from the current version's makes a new version; so does, from the same content, a better reading
        by a newer normalizer, or by the same one when ``again`` says that the archive is being derived again on purpose.
        ``etag`` and ``last_modified`` are kept for the next conditional request. ``differ`` tells what a new version changes; without
        one, tasks are the same only word for word.
        """
        from storage import ingest

        incoming = Incoming(capture, publication, derived, etag, last_modified, differ)
        with self.writing() as connection:
            (effect,) = ingest.write_documents(connection, run, [incoming], again=again)
        return effect

    def ingest_list(self, run: str, capture: CaptureRow, found: Iterable[Sighting]) -> None:
        """Store a list page and what it listed."""
        from storage import ingest

        with self.writing() as connection:
            ingest.write_list(connection, run, capture, found)

    def record_failure(self, run: str, failure: FailureRow) -> None:
        """Store a fetch that gave nothing to keep."""
        from storage import ingest

        with self.writing() as connection:
            ingest.write_failure(connection, run, failure)

    def record_unread(self, run: str, failure: FailureRow, capture: CaptureRow, publication: Publication, normalizer: str) -> None:
        """Store a document whose archived payload could not be read, so that a better reader needs no request; ``normalizer`` tried."""
        from storage import ingest

        with self.writing() as connection:
            ingest.write_unread(connection, run, capture, publication, failure.detail, normalizer)
            ingest.write_failure(connection, run, failure)

    def mark_checked(self, site: str, key: str, at: datetime, run: str | None = None) -> None:
        """Note that the site answered that a document did not change (304)."""
        from storage import ingest

        with self.writing() as connection:
            ingest.mark_checked(connection, document_id(site, key), at, run)

    def mark_gone(self, site: str, key: str, at: datetime, run: str | None = None) -> None:
        """Note that a document is gone at source. Only a confirmed 404 or 410 is a reason to call this; what was stored stays."""
        from storage import ingest

        with self.writing() as connection:
            ingest.mark_gone(connection, document_id(site, key), at, run)

    def mark_asked(self, site: str, key: str, at: datetime) -> None:
        """Note that a document was asked for and its site said nothing of it."""
        from storage import ingest

        with self.writing() as connection:
            ingest.mark_asked(connection, document_id(site, key), at)

    def relocate(self, site: str, key: str, url: str, section: str, at: datetime, run: str | None = None) -> None:
        """Note that a document stands at another address, and tell the feed. Only when its former one is missing or leads there."""
        from storage import ingest

        with self.writing() as connection:
            ingest.relocate(connection, document_id(site, key), {"url": url, "section": section}, at, run)

    def load_agencies(self, found: Sequence[AgencyRow]) -> bool:
        """Put the gazetteer's entries in the place of those in the store; return whether anything differed."""
        from storage import ingest

        with self.reading() as connection:  # each crawl asks, and hardly ever anything differs
            if ingest.has_agencies(connection, found):
                return False
        with self.writing() as connection:
            return ingest.write_agencies(connection, found)

    # --- public credit records ---

    def ingest_notices(
        self, run: str, rows: Sequence[NoticeRow], *, today: date | None = None, dry_run: bool = False
    ) -> Counter[NoticeEffect]:
        """Store records in one transaction and return how many of them did what; see ``storage.notices``.

        The key of each ``printed`` is its keyed tag already. Terms are held against ``today``, by default the day in Shanghai.
        A dry run tells the same and keeps nothing.
        """
        from storage import notices

        keyring, day = self.keyring, today or local_day(datetime.now(UTC))
        with self.writing() as connection:
            attempt = connection.begin_nested()
            effects = notices.ingest(connection, keyring, run, rows, day)
            if dry_run:
                attempt.rollback()
            else:
                attempt.commit()
        return effects

    def notices_seen(self, run: str, site: str, section: str, part: str, tags: Iterable[str], at: datetime) -> None:
        """Note that a list named these records, by their keyed tags; ``part`` is its slice, empty for a section that is read whole."""
        from storage import notice_clocks

        with self.writing() as connection:
            notice_clocks.seen(connection, run, site, section, part, tags, at)

    def record_coverage(self, run: str, lines: Sequence[CoverageFacts]) -> None:
        """Store what a run had of each section; what its complete lists no longer name is marked missing once it ended complete."""
        from storage import notice_clocks

        with self.writing() as connection:
            notice_clocks.record(connection, run, lines)
