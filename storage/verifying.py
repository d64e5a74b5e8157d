"""Hold the store against its archives: every byte of them is read, and every place that the store names is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from normalizers.text.fold import content_hash, fold
from storage.errors import ArchiveError, ErasedRecord
from storage.notice_schema import notices
from storage.operations_schema import specimens
from storage.record_archive import RecordArchive
from storage.records import ArchiveReport, Location
from storage.schema import captures, search_task_entries, tasks, versions
from storage.search_terms import BREAK

if TYPE_CHECKING:
    from storage.store import Store


def verify(store: Store) -> ArchiveReport:
    """Read the archive of pages and that of records, and hold the store against both and SQLite's own check.

    Returns counts and what is wrong, in sentences. A file that is missing, or shorter than the store says, is one problem, however much
    it held; so are the records of one file that are shown and cannot be read.
    """
    archive = RecordArchive(store.archive.folder)
    pages, printed = store.archive.verify(), archive.verify()
    told = (
        *pages.problems,
        *printed.problems,
        *_lost_pages(store),
        *_lost_specimens(store),
        *_lost_records(store, archive),
        *_damage(store),
        *_altered(store),
    )
    return replace(pages, problems=told, record_files=printed.files, printed=printed.records, erased=printed.erased)


def _damage(store: Store) -> Iterator[str]:
    with store.reading() as connection:
        checked = connection.exec_driver_sql("PRAGMA integrity_check(5)") if connection.dialect.name == "sqlite" else ()
        damage = [str(row[0]) for row in checked if row[0] != "ok"]
    for line in damage:
        yield f"The store {store.name} is damaged ({' '.join(line.split())}): restore it from a backup."


def _altered(store: Store) -> Iterator[str]:
    """Yield what no longer says what it said when it was written, as far as it can be told from within.

    The text of each version has its hash beside it, each current task stands in the search index once more, folded; rows that name
    others are looked up. What stands nowhere twice (a deadline, a role) only another reading of the archive tells.
    """
    v, t, e = versions.c, tasks.c, search_task_entries.c
    mend = "restore it from a backup, or read it again with `harvester derive`"
    with store.reading() as connection:
        texts = select(v.document_id, v.number, v.text, v.content_hash)
        for document, number, said, digest in connection.execution_options(yield_per=200).execute(texts):
            if content_hash(said) != digest:
                yield f"The text of {document}@{number} in the store is not the one that was written: {mend}."
        query = select(t.id, t.text, e.folded).join(search_task_entries, e.task_id == t.id)
        for task, said, folded in connection.execution_options(yield_per=1000).execute(query):
            if fold(said) != folded.replace(BREAK, ""):
                yield f"The task {task} in the store does not say what was written: {mend}."
        if connection.dialect.name == "sqlite":
            for table, count in Counter(row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")).items():
                yield f"{count} rows of the table {table} name rows that are not there: {mend}."


def _lost_specimens(store: Store) -> Iterator[str]:
    c = specimens.c
    query = select(c.file, func.count(), func.max(c.file_offset + c.file_length)).where(c.file.is_not(None))
    with store.reading() as connection:
        held = connection.execute(query.group_by(c.file).order_by(c.file)).all()
    for file, count, end in held:
        if what := _too_short(store.archive.folder / file, end):
            mend = "restore it from a backup; until then nothing can be proposed or proven by these pages"
            yield f"The archive file {file}, with {count} specimens of the store, {what}: {mend}."


def _lost_pages(store: Store) -> Iterator[str]:
    c = captures.c
    ends = func.max(c.file_offset + c.file_length)
    with store.reading() as connection:
        held = connection.execute(select(c.file, func.count(), ends).group_by(c.file).order_by(c.file)).all()
    for file, count, end in held:
        if what := _too_short(store.archive.folder / file, end):
            mend = "restore it from a backup, or crawl its pages again with --recheck all"
            yield f"The archive file {file}, with {count} captures of the store, {what}: {mend}."


def _too_short(path: Path, end: int) -> str:
    size = path.stat().st_size if path.is_file() else None
    if size is not None and size >= end:
        return ""
    return "is missing" if size is None else f"ends at byte {size} of {end}"


def _lost_records(store: Store, archive: RecordArchive) -> Iterator[str]:
    """Yield a problem for each file in which records that are shown do not stand as the store says."""
    n = notices.c
    query = select(n.file, n.file_offset, n.file_length, n.sha256).order_by(n.file, n.file_offset)
    with store.reading() as connection:
        held = connection.execute(query).all()
    for file, rows in groupby(held, key=lambda row: row.file):
        wrong = [problem for row in rows if (problem := _unreadable(archive, Location(*row)))]
        if wrong:
            mend = "restore it from a backup, or crawl the records again with --recheck all"
            yield f"Of the archive file {file} {len(wrong)} records of the store cannot be read (the first: {wrong[0]}): {mend}."


def _unreadable(archive: RecordArchive, location: Location) -> str:
    try:
        archive.read(location)
    except ErasedRecord:
        return f"at {location.offset} it was taken down, and the store shows it"
    except ArchiveError as error:
        return str(error).partition(":")[0]
    return ""
