"""kill -9 at random points of everything that writes, the database gone, the disk full, the archive cut: nothing is lost, nothing double.

Every case begins from the same store, is disturbed, and done again; then the store says what one says that nobody disturbed, and the
second call has said what it mended.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, select

from harvester.config import Config
from harvester.replica.server import Replica
from storage import decisions, review
from storage.backup_manifest import backups
from storage.dump import dump
from storage.migrating import config_of
from storage.putting_back import check
from storage.record_archive import RecordArchive
from storage.records import DecisionRow
from storage.schema import captures, runs, versions
from storage.store import Store
from tests import small_disk, warm
from tests.storage import takedown_cases

SOAK = bool(os.environ.get("HARVESTER_SOAK"))
SITE = "zhejiang"
SEED = int(os.environ.get("HARVESTER_SEED", "20261122"))
OPERATIONS = ("crawl", "derive", "export", "migrate", "takedown", "copy", "backup")
POINTS = int(os.environ.get("HARVESTER_KILLS", "203")) if SOAK else len(OPERATIONS)
QUICK = ("crawl", "export", "migrate", "takedown", "copy", "backup")
"""What is killed once in every run of the tests; derivations have a test of their own there."""


@dataclass(frozen=True)
class World:
    """The stores from which cases begin, by operation, with the address of the replica."""

    folder: Path
    base: str

    def fresh(self, operation: str, folder: Path) -> Path:
        shutil.copytree(self.folder / START[operation], folder)
        return folder

    def words(self, operation: str, folder: Path) -> list[str]:
        store = ["--store", url(folder)]
        return {
            "crawl": ["crawl", SITE, "--base", self.base, "--pace", "0", "--format", "json", *store],
            "derive": ["derive", "--format", "json", "--processes", "2", *store],
            "export": ["export", "tasks", "--to", str(folder / "tasks.xlsx"), *store],
            "migrate": ["db", "upgrade", *store],
            "takedown": ["takedown", *store],
            "copy": ["db", "copy", "--from", url(folder), "--to", f"sqlite:///{folder}/copy/store.sqlite"],
            "backup": ["db", "backup", "--to", str(folder / "kept"), *store],
        }[operation]


START = {
    "crawl": "half",
    "derive": "decided",
    "export": "crawled",
    "migrate": "old",
    "takedown": "ended",
    "copy": "crawled",
    "backup": "crawled",
}
MOMENT = {"takedown": takedown_cases.NOW}


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/store.sqlite"


def opened(folder: Path) -> Store:
    return Store.open(url(folder), archive=folder / "archive")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with Replica([SITE]) as replica:
        half, crawled = folder / "half", folder / "crawled"
        half.mkdir()
        config = Config(store=url(half), archive=half / "archive", pace=0, bases=replica.bases)
        warm.crawl([SITE], config, limit=3)
        shutil.copytree(half, crawled)
        warm.crawl([SITE], Config(store=url(crawled), archive=crawled / "archive", pace=0, bases=replica.bases))
        shutil.copytree(crawled, folder / "decided")
        with opened(folder / "decided") as store:
            made = [DecisionRow(row["what"], row["region"], "class") for row in review.unresolved(store)]
            assert decisions.decide(store, made, "甲", datetime.now(UTC))
        shutil.copytree(crawled / "archive", folder / "old" / "archive")
        make_old(crawled / "store.sqlite", folder / "old" / "store.sqlite")
        (folder / "ended").mkdir()
        with Store.open(url(folder / "ended"), archive=folder / "ended" / "archive", create=True) as store:
            takedown_cases.let_it_happen(store, takedown_cases.build(store))
        yield World(folder, replica.bases[SITE])


def make_old(store: Path, old: Path) -> None:
    """Make a store of schema 0005 that holds what another one holds."""
    engine = create_engine(f"sqlite:///{old}")
    with engine.begin() as connection:
        command.upgrade(config_of(connection), "0005")
    engine.dispose()
    with sqlite3.connect(old) as file:
        file.execute(f"ATTACH '{store}' AS new")
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")]
        for table in tables:
            if table.startswith(("sqlite_", "alembic")) or "_terms" in table:
                continue
            names = ", ".join(f'"{row[1]}"' for row in file.execute(f"PRAGMA table_info({table})"))
            file.execute(f"DELETE FROM {table}")  # noqa: S608 -- tables of the store
            file.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM new.{table}")  # noqa: S608


# --- what is left --------------------------------------------------------------------------------------------------------


def left(operation: str, folder: Path) -> object:
    """Return what an operation leaves, after holding it against itself."""
    if operation == "copy":
        shutil.copytree(folder / "archive", folder / "copy" / "archive", dirs_exist_ok=True)
        return left("crawl", folder / "copy")
    if operation == "backup":
        assert check(folder / "kept") == []
        assert len(backups(folder / "kept")) in (1, 2)
        return left("crawl", folder)
    if operation == "export":
        import openpyxl

        assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
        sheet = openpyxl.load_workbook(folder / "tasks.xlsx", read_only=True).worksheets[0]
        return list(sheet.iter_rows(values_only=True))
    with opened(folder) as store:
        printed = RecordArchive(store.archive.folder).verify()
        assert [problem for problem in store.verify().problems if "archive file" in problem and "missing" not in problem] == []
        assert doubles(store) == []
        return list(dump(store)), (printed.records, printed.erased) if operation == "takedown" else ()


def doubles(store: Store) -> list[object]:
    """Return places of the archive, payloads of an address and readings of a document that are there twice."""
    with store.reading() as connection:
        rows = connection.execute(captures.select()).all()
        readings = connection.execute(select(versions.c.document_id, versions.c.content_hash, versions.c.records_hash)).all()
        assert connection.execute(select(runs.c.id).where(runs.c.verdict.is_(None))).all() == [], "no run is left without an end"
    places = Counter((row.file, row.file_offset) for row in rows)
    payloads = Counter((row.url, row.sha256) for row in rows if not row.revisit)
    return [place for place, count in [*places.items(), *payloads.items(), *Counter(map(tuple, readings)).items()] if count > 1]


@pytest.fixture(scope="module")
def undisturbed(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[object, float]]:
    found: dict[str, tuple[object, float]] = {}
    for operation in OPERATIONS if SOAK else QUICK:
        folder = world.fresh(operation, tmp_path_factory.mktemp("calm") / "store")
        begun = time.monotonic()
        ended = warm.program(*world.words(operation, folder), moment=MOMENT.get(operation))
        assert ended.returncode == 0, ended.stderr
        found[operation] = left(operation, folder), time.monotonic() - begun
    return found


TOLD = {
    "crawl": ("mended: the run", "bytes of half-written"),
    "derive": ("gone on with",),
    "export": ("Half a file was removed",),
    "copy": ("Half a copy was removed",),
    "backup": ("Half a backup was removed",),
}
"""Words by which the second call says what it mended, where there is anything to mend."""


def half_done(operation: str, folder: Path) -> bool:
    """Tell whether a kill left anything that is to be mended, and told."""
    if operation == "crawl":
        with opened(folder) as store, store.reading() as connection:
            return connection.execute(select(runs.c.id).where(runs.c.verdict.is_(None))).first() is not None
    halves = {"export": ".tasks.xlsx.*", "copy": "copy/.*.copying", "backup": "kept/.unfinished-*"}.get(operation)
    return bool(halves and list(folder.glob(halves)))


@pytest.mark.slow
@pytest.mark.parametrize("point", range(POINTS))
def test_killed_anywhere_and_done_again_nothing_is_lost_or_double(
    world: World, undisturbed: dict[str, tuple[object, float]], tmp_path: Path, point: int
) -> None:
    operation = OPERATIONS[point % len(OPERATIONS)]
    if operation not in undisturbed:
        pytest.skip("see tests/crawl/test_deriving_together.py")
    wanted, seconds = undisturbed[operation]
    folder = world.fresh(operation, tmp_path / "store")
    moment = random.Random(SEED + point).uniform(0.02, 1.0) * seconds
    process = warm.start(*world.words(operation, folder), moment=MOMENT.get(operation))
    time.sleep(moment)
    process.kill()
    process.join(30)
    whole = operation == "copy" and (folder / "copy" / "store.sqlite").exists()
    half = half_done(operation, folder)
    again = warm.program(*world.words(operation, folder), moment=MOMENT.get(operation))
    assert again.returncode == 0 or whole, again.stderr
    assert left(operation, folder) == wanted, f"{operation} killed after {moment:.2f} of {seconds:.2f} s"
    if half:
        assert any(words in again.stderr for words in TOLD[operation]), (operation, again.stderr)


# --- gone and back -------------------------------------------------------------------------------------------------------


def archived(folder: Path) -> int:
    """Return how many captures a store has, without holding its file."""
    with opened(folder) as store, store.reading() as connection:
        return len(connection.execute(select(captures.c.id)).all())


@pytest.mark.slow
@pytest.mark.skipif(not SOAK, reason="long: HARVESTER_SOAK=1")
def test_a_database_file_that_goes_away_and_comes_back_costs_a_run_and_nothing_else(
    world: World, undisturbed: dict[str, tuple[object, float]], tmp_path: Path
) -> None:
    wanted = undisturbed["crawl"][0]
    folder = world.fresh("crawl", tmp_path / "store")
    before = archived(folder)
    process = warm.start(*world.words("crawl", folder))
    until = time.monotonic() + 120
    while archived(folder) < before + 10 and time.monotonic() < until:
        time.sleep(0.02)
    for name in ("store.sqlite", "store.sqlite-wal", "store.sqlite-shm"):
        if (folder / name).exists():
            (folder / name).rename(tmp_path / name)
    process.join(60)
    assert process.exitcode not in (None, 0)
    for name in ("store.sqlite", "store.sqlite-wal", "store.sqlite-shm"):
        (folder / name).unlink(missing_ok=True)
        if (tmp_path / name).exists():
            (tmp_path / name).rename(folder / name)
    again = warm.program(*world.words("crawl", folder))
    assert again.returncode == 0
    assert "mended: the run" in again.stderr
    assert left("crawl", folder) == wanted


FULL = """
import os, sys
from pathlib import Path
from unittest.mock import patch
from harvester.cli.main import run
disk, words = Path(sys.argv[1]), sys.argv[2:]
ballast = disk / "ballast"
room = os.statvfs(disk)
ballast.write_bytes(b"x" * (room.f_bavail * room.f_frsize - 900_000))
print("full", run(words), flush=True)
ballast.unlink()
"""


@pytest.mark.slow
@pytest.mark.skipif(not SOAK, reason="long: HARVESTER_SOAK=1")
def test_a_disk_that_is_full_in_the_middle_of_a_crawl_costs_a_run_and_nothing_else(
    world: World, undisturbed: dict[str, tuple[object, float]], tmp_path: Path
) -> None:
    disk, out = tmp_path / "disk", tmp_path / "out"
    out.mkdir()
    words = world.words("crawl", disk)
    save = f"import shutil\nshutil.copytree({str(disk)!r}, {str(out / 'store')!r})"
    ended = small_disk.run(FULL + save, disk, 20_000, str(disk), *words, seconds=300)
    assert "full 1" in ended.stdout, ended.stdout + ended.stderr
    assert "No room" in ended.stdout + ended.stderr
    again = warm.program(*world.words("crawl", out / "store"))
    assert again.returncode == 0, again.stderr
    assert left("crawl", out / "store") == undisturbed["crawl"][0]


@pytest.mark.slow
@pytest.mark.skipif(not SOAK, reason="long: HARVESTER_SOAK=1")
@pytest.mark.parametrize("cut", range(5))
def test_an_archive_that_was_cut_is_told_and_crawled_anew(
    world: World, undisturbed: dict[str, tuple[object, float]], tmp_path: Path, cut: int
) -> None:
    folder = world.fresh("export", tmp_path / "store")
    file = max((folder / "archive").rglob("*.gz"), key=lambda path: path.stat().st_size)
    with file.open("r+b") as opened_file:
        opened_file.truncate(random.Random(SEED + cut).randrange(1, file.stat().st_size))
    told = warm.program("db", "verify", "--store", url(folder))
    assert told.returncode == 1
    assert file.name in told.stdout
    again = warm.program(*world.words("crawl", folder), "--recheck", "all")
    assert again.returncode == 0, again.stderr
    with opened(folder) as store:
        assert list(dump(store)) == undisturbed["crawl"][0][0]  # type: ignore[index]
