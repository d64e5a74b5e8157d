"""The store: what the application opens, writes to and reads from.

The archive and what writes are imported by the methods that need them: who asks a question should not wait for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, insert, or_, select, update

from storage import engine as engines
from storage import limits, store_state, turns
from storage.bringing import Brought
from storage.errors import MissingStore, StoreError, UnreachableStore
from storage.identity import document_id
from storage.keyed import Keyring, key_path
from storage.locks import GRACE, SiteLocks
from storage.notice_schema import keyrings
from storage.records import ArchiveReport, Clock, Location, NoticeClock, Verdict
from storage.run_names import new_name
from storage.schema import captures, clocks, documents, runs, sightings, sites
from storage.turns import Turn

if TYPE_CHECKING:
    from storage.archive import Archive

KILLED = "killed"
"""Cause of a run that never ended, found when the next run of its site begins."""

_moment: ContextVar[tuple[Store, Connection] | None] = ContextVar("moment", default=None)
"""The store that is asked in one moment now, and by which connection."""

_CLOCK = tuple(clocks.c[name] for name in ("first_seen", "last_seen", "last_checked", "etag", "last_modified", "sha256"))


class Store(Brought):
    """One store: a database, and the archive its captures point into. Safe to use from several threads."""

    def __init__(self, url: URL, engine: Engine, archive: Path | None, key: Path | None = None) -> None:
        self.url = url
        self.engine = engine
        self._file = engines.file_of(url)
        self._archive_folder = archive
        self._archive: Archive | None = None
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
        store = cls(place, engines.connect(place, patience), archive, key)
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
        return engines.shown(self.url)

    @property
    def archive(self) -> Archive:
        """The archive; raises ``StoreError`` when the store was opened without one."""
        from storage.archive import Archive

        if self._archive is None:
            if self._archive_folder is None:
                raise StoreError("The store was opened without its archive: name the archive's folder.")
            self._archive = Archive(self._archive_folder)
        return self._archive

    @property
    def keyring(self) -> Keyring:
        """The key of this store's tags, made at its first use. Raises ``KeyringError`` when it is lost or another store's."""
        if self._keyring is None:
            self._keyring = self._open_keyring(self._key or key_path(engines.file_of(self.url), self._archive_folder))
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
        from storage import lines, notice_search, pairing, search

        with self.writing() as connection:
            engines.upgrade(connection, self.name)
            pairing.catch_up(connection)
            lines.catch_up(connection)
            search.catch_up(connection)
            notice_search.catch_up(connection)

    def verify(self) -> ArchiveReport:
        """Read both archives, and hold the store against them and SQLite's own check; return counts and what is wrong."""
        from storage import verifying

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
        held = _moment.get()
        if held is not None and held[0] is self:
            limits.again(held[1])
            yield held[1]
            return
        self._check_file()
        with engines.told(self.url), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin(), limits.kept(connection):
                yield connection

    @contextmanager
    def moment(self) -> Iterator[Connection]:
        """Let all that is read in the block, by this thread, see the same moment of the store, through one connection.

        For an answer of many questions: they fit one another, and no question begins a transaction of its own. What the block writes
        itself it does not see. The limit of time is that of the whole block.
        """
        with self.reading() as connection:
            token = _moment.set((self, connection))
            try:
                yield connection
            finally:
                _moment.reset(token)

    @contextmanager
    def writing(self, *, told: bool = True, turn: Turn | None = None) -> Iterator[Connection]:
        """Give a connection in one transaction: all of it is kept, or nothing; at its end the lines of what it touched are made right.

        Raises ``UnreachableStore`` for a file that went away, ``LockedStore`` when a run of this store lost its site to another process.
        ``told=False`` is for what no answer shows, such as the audit log: the state of the store stays what it is, and the turn to write
        records (``storage.turns``) another's. ``turn`` is what else it needs a turn for.
        """
        from storage import lines

        self._check_file()
        with engines.told(self.url), self.engine.connect() as connection:
            connection = connection.execution_options(**engines.WRITE)
            with connection.begin():
                self._locks.keep(connection)
                for needed in (Turn.RECORDS if told else None, turn):
                    if needed:
                        turns.take(connection, needed)
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
        if self._identity is not None and identity_of(self._file) != self._identity:
            raise UnreachableStore(f"The store {self.name} was removed or replaced while it was in use: put it back, or start again.")

    # --- runs ---

    def begin_run(self, site: str, sections: Sequence[str], started_at: datetime, *, name: str = "", region: str = "") -> str:
        """Begin a run of a site and return its identifier.

        Runs of the site that never ended are marked failed, cause ``killed``. ``name`` and ``region`` (GB/T 2260) are the site's.
        Raises ``LockedStore`` while another process crawls the site, or writes for longer than the store's patience.
        """
        with engines.told(self.url):
            self._locks.take(site)
        run = new_name(started_at)
        lost = {"verdict": Verdict.FAILED, "cause": KILLED, "ended_at": started_at}
        try:
            with self.writing() as connection:
                self._write_site(connection, site, name, region)
                connection.execute(update(runs).where(runs.c.site == site, runs.c.verdict.is_(None)).values(lost))
                row = {"id": run, "site": site, "sections": list(sections), "started_at": started_at, "cause": "", "counters": {}}
                connection.execute(insert(runs), [row])
        except BaseException:
            self._locks.release(site)  # this process may live on, and another may begin what it could not
            raise
        self._locks.runs[site] = run
        return run

    def end_run(self, run: str, verdict: str, cause: str, counters: Mapping[str, Any], ended_at: datetime) -> None:
        """End a run: ``verdict`` is ``complete``, ``incomplete``, ``failed`` or ``blocked``; ``cause`` is empty for ``complete``."""
        from storage import notice_clocks

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

    # --- what a crawl asks ---

    def notice_clock(self, site: str, tag: str) -> NoticeClock | None:
        """Return the clock of a record by its keyed tag, ``None`` when it is not known or was gone at its source."""
        from storage import notice_clocks

        with self.reading() as connection:
            return notice_clocks.clock(connection, tag)

    def clock(self, site: str, key: str) -> Clock | None:
        """Return the clock of a document, ``None`` when it is not in the store."""
        with self.reading() as connection:
            row = connection.execute(select(*_CLOCK).where(clocks.c.document_id == document_id(site, key))).one_or_none()
        return None if row is None else Clock(*row)

    def clocks(self, site: str) -> dict[str, Clock]:
        """Return the clock of every document of a site, by key: to ask for each of them takes thirty times as long."""
        joined = documents.join(clocks, clocks.c.document_id == documents.c.id)
        query = select(documents.c.key, *_CLOCK).select_from(joined).where(documents.c.site == site)
        with self.reading() as connection:
            return {key: Clock(*row) for key, *row in connection.execute(query)}

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
