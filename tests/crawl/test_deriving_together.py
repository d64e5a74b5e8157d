"""Several processes derive what one does: the same rows, the same report, and a place that is right after a kill at any moment."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from harvester.config import Config
from harvester.derive_report import Report
from harvester.reading_again import Readers, cores
from harvester.rederive import derive_range, derive_records, rederive, together
from harvester.replica.server import Replica
from normalizers.agencies import Decisions
from normalizers.text import gb_runs, likelihood
from storage import decisions, review
from storage.dump import dump
from storage.records import DecisionRow
from storage.schema import derivations, versions
from storage.sources import document_ranges, sources
from storage.store import Store
from tests import warm

SITE = "zhejiang"
KILLS = 12 if os.environ.get("HARVESTER_SOAK") else 1


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a crawled store in which every mention that waits is decided, and nothing is derived yet."""
    folder = tmp_path_factory.mktemp("decided")
    config = Config(store=f"sqlite:///{folder}/store.sqlite", archive=folder / "archive", pace=0)
    with Replica([SITE]) as replica:
        warm.crawl([SITE], config.with_bases(replica.bases))
    with Store.open(config.store) as store:
        made = [DecisionRow(row["what"], row["region"], "class") for row in review.unresolved(store)]
        assert decisions.decide(store, made, "甲", datetime.now(UTC))
    return folder


def copy_of(decided: Path, folder: Path) -> Store:
    shutil.copytree(decided, folder)
    return opened(folder)


def opened(folder: Path) -> Store:
    return Store.open(f"sqlite:///{folder}/store.sqlite", archive=folder / "archive")


def said(report: Report) -> list[Any]:
    return [report.counters(), report.total, report.complete, {site: asdict(counts) for site, counts in report.notices.items()}]


def derived(folder: Path, processes: int) -> tuple[Report, Report, Report, list[str]]:
    """Derive a store in a dry run, in earnest and once more."""
    with opened(folder) as store:
        dry = rederive(store, dry_run=True, processes=processes)
        real = rederive(store, processes=processes)
        return dry, real, rederive(store, processes=processes), list(dump(store))


@pytest.fixture(scope="module")
def whole(decided: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, list[str]]:
    """Give what one process reports and leaves."""
    folder = tmp_path_factory.mktemp("whole") / "store"
    copy_of(decided, folder).close()
    dry, real, again, content = warm.run(derived, folder, 1)
    assert said(dry) == said(real)
    assert sum(counts.altered for counts in real.sites.values()) > 3
    assert sum(counts.altered for counts in again.sites.values()) == 0
    return real, content


def test_two_processes_leave_what_one_leaves_and_report_the_same(decided: Path, whole: tuple[Report, list[str]], tmp_path: Path) -> None:
    copy_of(decided, tmp_path / "two").close()
    dry, real, again, content = warm.run(derived, tmp_path / "two", 2)
    assert said(dry) == said(real) == said(whole[0])
    assert dry.estimate >= dry.seconds > 0
    assert sum(counts.altered for counts in again.sites.values()) == 0
    assert content == whole[1]


def in_parts(folder: Path) -> tuple[list[tuple[str, str]], list[Report], Report, list[str]]:
    with opened(folder) as store:
        parts = document_ranges(store, 3)
        found = [derive_range(store, parent="p", after=after, upto=upto) for after, upto in reversed(parts)]
        told = together([*reversed(found), derive_records(store)])
        with store.reading() as connection:
            rows = connection.execute(select(derivations.c.range_after).where(derivations.c.parent == "p")).all()
        assert sorted(rows) == sorted((after,) for after, _ in parts)
        again = derive_range(store, parent="q", after=parts[1][0], upto=parts[1][1])
        assert (again.read, again.sites[SITE].altered) == (found[1].read, 0)
        return parts, found, told, list(dump(store))


def test_parts_together_leave_what_the_whole_leaves(decided: Path, whole: tuple[Report, list[str]], tmp_path: Path) -> None:
    copy_of(decided, tmp_path / "parts").close()
    parts, found, told, content = warm.run(in_parts, tmp_path / "parts")
    assert (parts[0][0], parts[-1][1]) == ("", "")
    assert [upto for _, upto in parts[:-1]] == [after for after, _ in parts[1:]]
    assert all(part.read > 0 for part in found)
    assert said(told) == said(whole[0])
    assert content == whole[1]


def outcomes(folder: Path, kill: bool) -> tuple[list[str], list[str], list[str]]:
    """Read all documents by three processes, one of which is killed or a file of which is spoilt; return what was asked for and came."""
    with opened(folder) as store:
        wanted = sources(store)
        lost = wanted[3].capture.location
        if not kill:
            with (store.archive.folder / lost.file).open("r+b") as file:
                file.seek(lost.offset + lost.length // 2)
                file.write(b"\0" * 8)
        with Readers(store.archive.folder, Decisions(), 3) as readers:
            readings = readers.readings((None, source) for source in wanted)
            got = [next(readings)]
            if kill and (worker := readers._derivers[0]._worker):
                worker[0].kill()
            got += readings
    return [one.document for one in wanted], [one.document for _, one, _ in got], [reading.outcome.value for _, _, reading in got]


def test_readings_come_in_order_and_a_spoilt_record_costs_its_document_only(decided: Path, tmp_path: Path) -> None:
    copy_of(decided, tmp_path / "lost").close()
    wanted, got, found = warm.run(outcomes, tmp_path / "lost", False)
    assert got == wanted
    assert [n for n, outcome in enumerate(found) if outcome == "missing"] == [3]


def test_a_process_that_is_killed_costs_what_it_read_and_another_takes_its_place(decided: Path, tmp_path: Path) -> None:
    copy_of(decided, tmp_path / "killed").close()
    wanted, got, found = warm.run(outcomes, tmp_path / "killed", True)
    assert got == wanted
    assert found.count("unreadable") <= 1


def tables_after_opening(folder: Path, processes: int) -> list[bool]:
    with Readers(folder, Decisions(), processes) as readers:
        free = [readers._free.get(timeout=60) for _ in range(processes)]
        return [deriver.apart(has_tables, None, None) if processes > 1 else has_tables() for deriver in free]


def has_tables(*_: object) -> bool:
    return likelihood._words.cache_info().currsize == 1 and gb_runs._kinds.cache_info().currsize == 1


@pytest.mark.parametrize("processes", [1, 2])
def test_each_process_has_its_large_tables_before_its_first_document(processes: int, tmp_path: Path) -> None:
    assert warm.run(tables_after_opening, tmp_path, processes) == [True] * processes


@pytest.mark.slow
@pytest.mark.parametrize("kill", range(KILLS))
def test_killed_at_any_moment_two_processes_go_on_and_end_where_undisturbed_ones_do(
    decided: Path, whole: tuple[Report, list[str]], tmp_path: Path, kill: int
) -> None:
    copy_of(decided, tmp_path / "torn").close()
    words = ["derive", "--processes", "2", "--format", "json", "--store", f"sqlite:///{tmp_path}/torn/store.sqlite"]
    process = warm.start(*words)
    time.sleep(random.Random(kill).uniform(0.3, 2.5))
    process.kill()
    process.join(30)
    ended = warm.program(*words)
    assert ended.returncode == 0
    # Who was killed in the last step had come to the end: then there is nothing to go on with, and all is read once more.
    assert json.loads(ended.stdout)[0]["read"] == whole[0].sites[SITE].read
    with opened(tmp_path / "torn") as store, store.reading() as connection:
        assert list(dump(store)) == whole[1]
        changes = list(connection.execute(select(versions.c.document_id, versions.c.change)))
        assert len(changes) == len(set(changes)), "no reading is there twice"
        assert connection.execute(select(derivations.c.ended_at)).scalars().all().count(None) == 0


def test_by_default_there_are_as_many_processes_as_processors() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
