"""The store: what the application opens, writes to and reads from."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, insert, or_, select, update

from normalizers.records import Derived
from storage import engine as engines
from storage import ingest, limits, lines, notice_clocks, notice_search, notices, pairing, search, store_state, verifying
from storage.archive import Archive
from storage.days import local_day
from storage.errors import MissingStore, StoreError, UnreachableStore
from storage.identity import document_id
from storage.keyed import Keyring, key_path
from storage.ledger import CoverageFacts
from storage.locks import GRACE, SiteLocks
from storage.notice_schema import keyrings
from storage.records import (
    AgencyRow,
    ArchiveReport,
    CaptureRow,
    Clock,
    Differ,
    Effect,
    FailureRow,
    Location,
    NoticeClock,
    NoticeEffect,
    NoticeRow,
    Publication,
    Sighting,
    Verdict,
)
from storage.schema import captures, clocks, documents, runs, sightings, sites

KILLED = "killed"
"""Cause of a run that never ended, found when the next run of its site begins."""


class Store:
    """One store: a database, and the archive its captures point into. Safe to use from several threads."""

    def __init__(self, url: URL, engine: Engine, archive: Archive | None, key: Path | None = None) -> None:
        self.url = url
        self.engine = engine
        self._archive = archive
        self._locks = SiteLocks(engine, engines.file_of(url))
        self._identity: tuple[int, int] | None = None
        self._key = key
        self._keyring: Keyring | None = None

    # --- open ---

    @classmethod
    def open(
        cls,
        url: str,
        *,
        archive: Path | None = None,
        create: bool = False,
        check: bool = True,
        patience: float = engines.PATIENCE,
        key: Path | None = None,
    ) -> Store:
        """Return the store at a database URL, ``sqlite:///FILE`` or ``postgresql+psycopg://…``.

        ``create`` makes it where there is none. ``check=False`` opens one of any schema, to be upgraded. ``patience`` is how many
        seconds to wait for another process; ``key`` is the key file, by default beside the store (``keyed.key_path``). Raises
        ``MissingStore``, ``OldStore``, ``NewerStore``, ``LockedStore``, ``FullDisk``
        or another ``StoreError``.
        """
        place = engines.read_url(url)
        file = engines.file_of(place)
        if file is not None and not file.exists():
            if not create:
                raise MissingStore(f"There is no store in {file}: make one with `harvester db upgrade`.")
            _make_folder(file.parent)
        store = cls(place, engines.connect(place, patience), Archive(archive) if archive is not None else None, key)
        try:
            if create and store.revision is None:
                store.upgrade()
            if check:
                with store.reading() as connection:
                    engines.check(connection, store.name)
        except BaseException:
            store.close()
            raise
        store._identity = identity_of(file)
        return store

    @property
    def name(self) -> str:
        """The URL without its password."""
        return self.url.render_as_string(hide_password=True)

    @property
    def archive(self) -> Archive:
        """The archive; raises ``StoreError`` when the store was opened without one."""
        if self._archive is None:
            raise StoreError("The store was opened without its archive: name the archive's folder.")
        return self._archive

    @property
    def keyring(self) -> Keyring:
        """The key of this store's tags, made at its first use. Raises ``KeyringError`` when it is lost or another store's."""
        if self._keyring is None:
            archive = self._archive.folder if self._archive else None
            self._keyring = self._open_keyring(self._key or key_path(engines.file_of(self.url), archive))
        return self._keyring

    def _open_keyring(self, path: Path) -> Keyring:
        kept = select(keyrings.c.fingerprint)
        with self.reading() as connection:
            known = connection.execute(kept).scalar_one_or_none()
        keyring = Keyring.open(path, known or "")
        if known is None:
            with self.writing() as connection:
                known = connection.execute(kept).scalar_one_or_none()
                if known is None:
                    connection.execute(insert(keyrings), [{"fingerprint": keyring.fingerprint}])
        return keyring if known is None else Keyring.open(path, known)

    @property
    def revision(self) -> str | None:
        """The revision of the database's schema, ``None`` where there is none."""
        with self.reading() as connection:
            return engines.revision(connection)

    def upgrade(self) -> None:
        """Bring the schema to this program's, all or nothing. Raises ``NewerStore``, ``LockedStore``, ``FullDisk``."""
        with self.writing() as connection:
            engines.upgrade(connection, self.name)
            pairing.catch_up(connection)
            lines.catch_up(connection)
            search.catch_up(connection)
            notice_search.catch_up(connection)

    def verify(self) -> ArchiveReport:
        """Read both archives, and hold the store against them and SQLite's own check; return counts and what is wrong."""
        return verifying.verify(self)

    def close(self) -> None:
        """Give back every connection and lock."""
        self._locks.close()
        self.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the store; raises ``SlowQuestion`` when a limit of time is over (``limits``).

        Raises ``UnreachableStore`` for a file that went away: what its open handle still tells is the past of a store that is not there.
        """
        self._check_file()
        with engines.told(self.url), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin(), limits.kept(connection):
                yield connection

    @contextmanager
    def writing(self, *, told: bool = True) -> Iterator[Connection]:
        """Give a connection in one transaction: all of it is kept, or nothing; at its end the lines of what it touched are made right.

        Raises ``UnreachableStore`` for a file that went away, ``LockedStore`` when a run of this store lost its site to another process.
        ``told=False`` is for what no answer shows, such as the audit log: the state of the store stays what it is.
        """
        self._check_file()
        with engines.told(self.url), self.engine.connect() as connection:
            connection = connection.execution_options(**engines.WRITE)
            with connection.begin():
                self._locks.keep(connection)
                yield connection
                lines.refresh(connection)
                if told:
                    store_state.advance(connection)

    def state(self) -> store_state.State:
        """Return what every answer is told apart by: as long as ``writes`` stays the same, so does what the store says."""
        with self.reading() as connection:
            return store_state.read(connection)

    def _check_file(self) -> None:
        """Raise ``UnreachableStore`` when the file was removed or replaced: SQLite would go on in what no name leads to.

        The same file put back is taken up again. Another one, such as a backup, is not: connections and key are those of the former.
        """
        if self._identity is not None and identity_of(engines.file_of(self.url)) != self._identity:
            raise UnreachableStore(f"The store {self.name} was removed or replaced while it was in use: put it back, or start again.")

    # --- runs ---

    def begin_run(self, site: str, sections: Sequence[str], started_at: datetime, *, name: str = "", region: str = "") -> str:
        """Begin a run of a site and return its identifier.

        Runs of the site that never ended are marked failed, cause ``killed``. ``name`` and ``region`` (GB/T 2260) are the site's.
        Raises ``LockedStore`` while another process crawls the site.
        """
        with engines.told(self.url):
            self._locks.take(site)
        run = f"{started_at.astimezone(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        lost = {"verdict": Verdict.FAILED, "cause": KILLED, "ended_at": started_at}
        with self.writing() as connection:
            self._write_site(connection, site, name, region)
            connection.execute(update(runs).where(runs.c.site == site, runs.c.verdict.is_(None)).values(lost))
            row = {"id": run, "site": site, "sections": list(sections), "started_at": started_at, "cause": "", "counters": {}}
            connection.execute(insert(runs), [row])
        self._locks.runs[site] = run
        return run

    def end_run(self, run: str, verdict: str, cause: str, counters: Mapping[str, Any], ended_at: datetime) -> None:
        """End a run: ``verdict`` is ``complete``, ``incomplete``, ``failed`` or ``blocked``; ``cause`` is empty for ``complete``."""
        row = {"verdict": Verdict(verdict), "cause": cause, "counters": dict(counters), "ended_at": ended_at}
        with self.writing() as connection:
            site = connection.execute(select(runs.c.site).where(runs.c.id == run)).scalar_one_or_none()
            if site is None:
                raise StoreError(f"There is no run {run}: begin it first.")
            connection.execute(update(runs).where(runs.c.id == run).values(row))
            notice_clocks.mark_missing(connection, run)
        self._locks.release(site)

    @staticmethod
    def _write_site(connection: Connection, site: str, name: str, region: str) -> None:
        known = connection.execute(select(sites.c.name, sites.c.region).where(sites.c.id == site)).one_or_none()
        if known is None:
            connection.execute(insert(sites), [{"id": site, "name": name, "region": region}])
        elif (name or known.name, region or known.region) != (known.name, known.region):
            row = {"name": name or known.name, "region": region or known.region}
            connection.execute(update(sites).where(sites.c.id == site).values(row))

    @contextmanager
    def held(self, what: str, *, grace: float = GRACE) -> Iterator[None]:
        """Keep every other process from the same work while the block runs. Raises ``LockedStore`` when one is at it.

        ``grace`` is how many seconds PostgreSQL is given to notice that who had the lock is gone.
        """
        with engines.told(self.url):
            self._locks.take(what, grace)
        try:
            yield
        finally:
            self._locks.release(what)

    # --- what a crawl brings ---

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
        validators = {"etag": etag, "last_modified": last_modified}
        with self.writing() as connection:
            return ingest.write_document(connection, run, capture, publication, derived, validators, again=again, differ=differ)

    def ingest_list(self, run: str, capture: CaptureRow, found: Iterable[Sighting]) -> None:
        """Store a list page and what it listed."""
        with self.writing() as connection:
            ingest.write_list(connection, run, capture, found)

    def record_failure(self, run: str, failure: FailureRow) -> None:
        """Store a fetch that gave nothing to keep."""
        with self.writing() as connection:
            ingest.write_failure(connection, run, failure)

    def record_unread(self, run: str, failure: FailureRow, capture: CaptureRow, publication: Publication, normalizer: str) -> None:
        """Store a document whose archived payload could not be read, so that a better reader needs no request; ``normalizer`` tried."""
        with self.writing() as connection:
            ingest.write_unread(connection, run, capture, publication, failure.detail, normalizer)
            ingest.write_failure(connection, run, failure)

    def mark_checked(self, site: str, key: str, at: datetime, run: str | None = None) -> None:
        """Note that the site answered that a document did not change (304)."""
        with self.writing() as connection:
            ingest.mark_checked(connection, document_id(site, key), at, run)

    def mark_gone(self, site: str, key: str, at: datetime, run: str | None = None) -> None:
        """Note that a document is gone at source. Only a confirmed 404 or 410 is a reason to call this; what was stored stays."""
        with self.writing() as connection:
            ingest.mark_gone(connection, document_id(site, key), at, run)

    def mark_asked(self, site: str, key: str, at: datetime) -> None:
        """Note that a document was asked for and its site said nothing of it."""
        with self.writing() as connection:
            ingest.mark_asked(connection, document_id(site, key), at)

    def relocate(self, site: str, key: str, url: str, section: str, at: datetime, run: str | None = None) -> None:
        """Note that a document stands at another address, and tell the feed. Only when its former one is missing or leads there."""
        with self.writing() as connection:
            ingest.relocate(connection, document_id(site, key), {"url": url, "section": section}, at, run)

    def load_agencies(self, found: Sequence[AgencyRow]) -> bool:
        """Put the gazetteer's entries in the place of those in the store; return whether anything differed."""
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
        with self.writing() as connection:
            notice_clocks.seen(connection, run, site, section, part, tags, at)

    def record_coverage(self, run: str, lines: Sequence[CoverageFacts]) -> None:
        """Store what a run had of each section; what its complete lists no longer name is marked missing once it ended complete."""
        with self.writing() as connection:
            notice_clocks.record(connection, run, lines)

    def notice_clock(self, site: str, tag: str) -> NoticeClock | None:
        """Return the clock of a record by its keyed tag, ``None`` when it is not known or was gone at its source."""
        with self.reading() as connection:
            return notice_clocks.clock(connection, tag)

    # --- what a crawl asks ---

    def clock(self, site: str, key: str) -> Clock | None:
        """Return the clock of a document, ``None`` when it is not in the store."""
        c = clocks.c
        columns = (c.first_seen, c.last_seen, c.last_checked, c.etag, c.last_modified, c.sha256)
        with self.reading() as connection:
            row = connection.execute(select(*columns).where(c.document_id == document_id(site, key))).one_or_none()
        return None if row is None else Clock(*row)

    def keys(self, site: str, section: str = "") -> set[str]:
        """Return the keys of the documents stored of a site, or of those listed in one of its sections."""
        d, s = documents.c, sightings.c
        query = select(d.key).where(d.site == site)
        if section:
            listed = select(s.key).where(s.site == site, s.section == section)
            query = query.where(or_(d.section == section, d.key.in_(listed)))
        with self.reading() as connection:
            return set(connection.execute(query).scalars())

    def first_capture(self, url: str, sha256: str) -> Location | None:
        """Return where the payload of a URL was archived first, for ``Archive.open_run(known=…)``."""
        c = captures.c
        columns = (c.file, c.file_offset, c.file_length, c.sha256)
        with self.reading() as connection:
            row = connection.execute(select(*columns).where(c.url == url, c.sha256 == sha256, ~c.revisit)).one_or_none()
        return None if row is None else Location(*row)


def identity_of(file: Path | None) -> tuple[int, int] | None:
    """Return the device and number of a file, ``None`` where there is none."""
    try:
        found = file.stat() if file is not None else None
    except FileNotFoundError:
        return None
    return (found.st_dev, found.st_ino) if found else None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnreachableStore(f"The folder {folder} cannot be made ({error.strerror}): choose another place for the store.") from error
