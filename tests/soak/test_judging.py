"""What a soak judges by: each rule lets pass what may be, and finds the sample that must fail."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from tests.soak import judging
from tests.soak.judging import DueRow, Span
from tests.soak.measuring import StoreReading, process_reading, store_reading
from tests.soak.plan import EXPLAINS, FIRST_FILL, SETTLING, draw

MINUTES = range(120)
FAULT = Span("anhui", "500@all", 1000.0, 1200.0)


def memory(noise: float = 2000.0, hourly: float = 0.0, burst: float = 30_000.0) -> list[tuple[float, float]]:
    """Return two hours of a process of 200 MB: it fills in the first quarter, has bursts, and rises by so many KiB an hour."""
    chance = random.Random(3)
    return [
        (
            60.0 * n,
            200_000 + min(n, 25) * 800 + hourly * n / 60 + chance.uniform(-noise, noise) + (burst if chance.random() < 0.1 else 0),
        )
        for n in MINUTES
    ]


def grown(points: list[tuple[float, float]], bound: judging.Bound = judging.MEMORY) -> list[str]:
    return list(judging.growing("room", "rss", points, bound))


# --- flat ------------------------------------------------------------------------------------------------------------------


def test_a_process_that_fills_its_caches_and_has_bursts_is_flat() -> None:
    assert grown(memory()) == []


def test_a_process_that_leaks_is_found_under_its_noise() -> None:
    assert len(grown(memory(hourly=8_000))) == 1
    assert "rss rises by" in grown(memory(hourly=8_000))[0]


def test_a_process_that_shrinks_and_one_of_few_readings_are_no_leak() -> None:
    assert grown(memory(hourly=-8_000)) == []
    assert grown([(0.0, 1.0), (60.0, 1e9)]) == []
    assert grown([]) == []


def test_a_soak_without_faults_or_with_few_readings_tells_nothing() -> None:
    assert list(judging.too_short(memory(), faults=4)) == []
    assert list(judging.too_short(memory(), faults=0))
    assert list(judging.too_short(memory()[:3], faults=4))
    assert list(judging.too_short([], faults=0))


def test_a_room_that_takes_no_more_than_a_new_one_has_not_leaked_however_its_store_grew() -> None:
    old = [(60.0 * n, 420_000.0 + 170 * n) for n in range(120)]
    new = [(15.0 * n, 300_000.0 + min(n, 8) * 17_000) for n in range(40)]
    assert list(judging.heavier("room", old, new, judging.MEMORY)) == []
    leaking = [(at, value + at * 4) for at, value in old]
    assert "room: rose by" in "".join(judging.heavier("room", leaking, new, judging.MEMORY))
    slowly, younger = [(at, value + at * 3) for at, value in old[:43]], [(at, value - 10_000) for at, value in new]
    assert "room: rose by" in "".join(judging.heavier("room", slowly, younger, judging.MEMORY))
    assert "too few" in "".join(judging.heavier("room", old[:5], new, judging.MEMORY))


def test_a_room_that_stands_at_what_its_peaks_took_has_not_leaked() -> None:
    chance = random.Random(4)
    old = [(60.0 * n, 437_000.0 + chance.uniform(-4000, 4000)) for n in range(43)]
    new = [(15.0 * n, 300_000.0 + min(n, 8) * 15_400) for n in range(20)]
    assert list(judging.heavier("room", old, new, judging.MEMORY)) == []


def test_handles_that_are_not_given_back_are_found_and_those_of_many_readers_are_not() -> None:
    chance = random.Random(5)
    busy = [(60.0 * n, 30.0 + chance.randint(0, 12)) for n in MINUTES]
    assert grown(busy, judging.HANDLES) == []
    assert grown([(at, value + at / 600) for at, value in busy], judging.HANDLES)


def test_a_thread_every_half_hour_is_found() -> None:
    assert grown([(60.0 * n, 12.0 + n // 30) for n in MINUTES], judging.THREADS)
    assert grown([(60.0 * n, 12.0 + n % 2) for n in MINUTES], judging.THREADS) == []


def test_the_slope_is_not_moved_by_outliers() -> None:
    points = [(float(n), 2.0 * n) for n in range(50)]
    points[7], points[40] = (7.0, 1e6), (40.0, -1e6)
    assert judging.slope(points) == 2.0
    assert judging.slope([(1.0, 5.0)]) == 0.0


# --- the store ---------------------------------------------------------------------------------------------------------------

BEFORE = StoreReading(
    *(10 << 20, 1 << 20, 0, 1 << 20),
    {"tasks": 2 << 20, "planned": 4096},
    {"tasks": 1600 << 10, "planned": 300},
    {"tasks": 1000, "planned": 3},
)
TWICE = {"tasks": 4 << 20, "planned": 8192}


def test_a_table_that_grows_with_its_rows_or_whose_rows_say_somewhat_more_is_flat() -> None:
    after = replace(BEFORE, database=20 << 20, table_bytes=TWICE, filled={"tasks": 3200 << 10}, rows={"tasks": 2000, "planned": 3})
    assert list(judging.grown_without_rows(BEFORE, after)) == []
    assert list(judging.grown_without_rows(BEFORE, replace(after, rows={"tasks": 1400}))) == []


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (replace(BEFORE, table_bytes=TWICE, rows={"tasks": 2000}), "tasks: 2.56 bytes for each that its rows fill, 1.28 after the warm-up"),
        (replace(BEFORE, table_bytes=TWICE, filled={"tasks": 3200 << 10}), "tasks: rows of 3277 bytes, 1638 after the warm-up"),
        (replace(BEFORE, unused=2 << 20), "pages that hold nothing"),
        (replace(BEFORE, journal=65 << 20), "the journal has"),
    ],
)
def test_bytes_that_no_row_explains_are_found(after: StoreReading, said: str) -> None:
    [found] = judging.grown_without_rows(BEFORE, after)
    assert said in found


# --- due runs and runs -----------------------------------------------------------------------------------------------------------

DONE = DueRow("anhui", 100, "done", runs=("http-error",))


def test_each_moment_once_done_or_stood_for_is_right() -> None:
    rows = [
        DONE,
        DueRow("anhui", 102, "missed"),
        DueRow("anhui", 104, "done", runs=("killed", "stopped", "")),
        DueRow("watch", 100, "done", crawl=False),
    ]
    assert list(judging.lost_or_double(rows, {"anhui": [100, 102, 104], "watch": [100]})) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "was never written"),
        ([DONE, DONE], "two due runs"),
        ([replace(DONE, runs=())], "done by 0 runs"),
        ([replace(DONE, runs=("", "http-error"))], "done by 2 runs"),
        ([replace(DONE, state="running")], "it is running at the end"),
        ([replace(DONE, state="failed", note="the crawl did not begin")], "the crawl did not begin"),
        ([replace(DONE, state="missed", runs=("",))], "it is missed and was done"),
        ([DONE, DueRow("anhui", 102, "missed")], "no later one was done"),
    ],
)
def test_what_is_lost_or_done_twice_is_found(rows: list[DueRow], said: str) -> None:
    assert said in " ".join(judging.lost_or_double(rows, {"anhui": [100]}))


def test_a_run_is_explained_by_a_fault_of_its_site_at_its_time_and_of_its_kind() -> None:
    def told(run: Span) -> bool:
        return not list(judging.unexplained([run], [FAULT], EXPLAINS, [Span("", "killed", 2000, 2001)], 60))

    assert told(Span("anhui", "http-error", 1190, 1230))
    assert told(Span("anhui", "", 5000, 5010))
    assert told(Span("jiangsu", "killed", 1990, 2010))
    assert told(Span("jiangsu", "stopped", 2030, 2040))
    assert not told(Span("anhui", "http-error", 1201, 1230)), "after the fault"
    assert not told(Span("anhui", "challenge", 1190, 1230)), "another kind"
    assert not told(Span("jiangsu", "http-error", 1100, 1130)), "another site"
    assert not told(Span("jiangsu", "killed", 100, 130)), "nobody was killed"
    assert not told(Span("anhui", "running", 1100, 1100))


def test_two_runs_of_a_site_at_once_are_found() -> None:
    runs = [Span("anhui", "", 0, 10), Span("jiangsu", "", 5, 20), Span("anhui", "", 10, 30)]
    assert list(judging.at_once(runs)) == []
    assert len(list(judging.at_once([*runs, Span("anhui", "", 12, 14), Span("anhui", "", 29, 40)]))) == 2


def test_an_incident_is_opened_by_a_fault_and_over_at_the_end() -> None:
    assert list(judging.incidents_left([Span("anhui", "http-error", 1100, 1300), Span("", "disk", 1150, 1160)], [FAULT], 60)) == []
    [found] = judging.incidents_left([Span("anhui", "http-error", 1100, 0)], [FAULT], 60)
    assert "is open at the end" in found
    for site, at in (("anhui", 1300), ("jiangsu", 1100)):
        [found] = judging.incidents_left([Span(site, "rules", at, 1400)], [FAULT], 60)
        assert "no fault of the site explains it" in found


# --- plans --------------------------------------------------------------------------------------------------------------------


def test_a_plan_is_drawn_from_its_seed_and_leaves_time_for_every_incident_to_be_over() -> None:
    plan = draw(7200, ("anhui", "jiangsu", "shanghai", "zhejiang"), 8)
    assert plan == draw(7200, ("anhui", "jiangsu", "shanghai", "zhejiang"), 8)
    assert {window.fault for window in plan.faults} == set(EXPLAINS)
    assert all(FIRST_FILL <= window.begin < window.end <= 7200 - SETTLING for window in plan.faults)
    for site in ("anhui", "jiangsu", "shanghai", "zhejiang"):
        mine = [window for window in plan.faults if window.site == site]
        assert all(before.end < after.begin for before, after in pairwise(mine))


# --- measuring -------------------------------------------------------------------------------------------------------------------


def test_this_process_and_a_small_store_are_measured(tmp_path: Path) -> None:
    found = process_reading(os.getpid())
    assert found is not None
    assert min(found.rss, found.uss, found.handles, found.threads) > 0
    assert process_reading(2**22 + 1) is None
    with closing(sqlite3.connect(tmp_path / "store.sqlite")) as connection, connection:
        connection.executescript("CREATE TABLE t (a); CREATE INDEX i ON t (a); CREATE VIRTUAL TABLE words USING fts5(a);")
        connection.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(10)])
        connection.execute("INSERT INTO words VALUES ('信用')")
    read = store_reading(tmp_path / "store.sqlite", tmp_path)
    assert (read.rows["t"], read.rows["words"]) == (10, 1)
    assert read.table_bytes["t"] == 8192
    assert 20 <= read.filled["t"] <= 100
    assert not {name for name in read.table_bytes if name.startswith("words_")}
    assert read.archive >= read.database > 0
