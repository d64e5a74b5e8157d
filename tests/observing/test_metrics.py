"""The metrics say what the store says, keep to Prometheus' conventions, are documented, and cost little."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, select

from harvester.cli.main import run
from harvester.observing.metrics import StoreMetrics, registry, text
from storage import incidents
from storage.incidents import Finding
from storage.operations_schema import due_runs, workers
from storage.schema import captures, runs
from storage.store import Store
from tests.observing.test_run_log import ROOT
from tests.storage.conftest import kind, postgres, postgres_template, templates, url

__all__ = ["kind", "postgres", "postgres_template", "templates", "url"]
NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
Values = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """Let it be now, however long ago the tests were collected: a worker is lost after a while."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    """Give a store in which something happened, SQLite and PostgreSQL in turn."""
    with Store.open(url, archive=tmp_path / "archive") as opened:
        for n, verdict in enumerate(("complete", "failed", "complete", "blocked")):
            number = opened.begin_run("shanghai", ["zc"], NOW - (9 - n) * HOUR)
            opened.end_run(number, verdict, "" if verdict == "complete" else "timeout", {}, NOW - (8 - n) * HOUR)
        opened.begin_run("anhui", ["tzgg"], NOW - HOUR)
        found = [Finding("challenge", "alarm"), Finding("fill", "warning")]
        incidents.settle(opened, "shanghai", found, {}, run=number, at=NOW - HOUR)
        incidents.snooze(opened, "shanghai", "fill", reason="已知", by="李", since=NOW - HOUR, until=NOW + HOUR)
        with opened.writing() as connection:
            row = {"job": "anhui", "kind": "crawl", "asked_by": "", "arguments": {}, "note": ""}
            states = ("due", "queued", "running", "done", "missed")
            made = [row | {"state": state, "due_at": NOW - n * HOUR} for n, state in enumerate(states, 1)]
            connection.execute(insert(due_runs), [*made, row | {"state": "due", "due_at": NOW + HOUR}])
            member = {"host": "h1", "pid": 1, "version": "1", "started_at": NOW, "doing": ""}
            connection.execute(
                insert(workers), [member | {"id": "w1", "heartbeat_at": NOW}, member | {"id": "w2", "heartbeat_at": NOW - HOUR}]
            )
        yield opened


def values(store: Store) -> Values:
    families = text_string_to_metric_families(text(registry(store)).decode())
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for family in families for sample in family.samples}


def test_the_metrics_say_what_the_store_says(store: Store) -> None:
    found = values(store)
    shanghai = ("site", "shanghai")
    assert found["harvester_runs_total", (shanghai, ("verdict", "complete"))] == 2
    assert found["harvester_runs_total", (shanghai, ("verdict", "blocked"))] == 1
    assert found["harvester_running_runs", (("site", "anhui"),)] == 1
    assert found["harvester_last_run_timestamp_seconds", (shanghai,)] == pytest.approx((NOW - 5 * HOUR).timestamp())
    assert found["harvester_last_complete_run_timestamp_seconds", (shanghai,)] == pytest.approx((NOW - 6 * HOUR).timestamp())
    assert ("harvester_last_complete_run_timestamp_seconds", (("site", "anhui"),)) not in found
    assert found["harvester_open_incidents", (("level", "alarm"),)] == 1
    assert found["harvester_snoozed_incidents", ()] == 1
    assert found["harvester_due_runs", (("state", "due"),)] == 1, "what is due in an hour is not due yet"
    assert found["harvester_due_runs", (("state", "failed"),)] == 0
    assert found["harvester_queue_length", ()] == 2
    assert found["harvester_oldest_due_run_timestamp_seconds", ()] == pytest.approx((NOW - 2 * HOUR).timestamp())
    assert (found["harvester_workers", ()], found["harvester_up", ()]) == (1, 1)
    assert found["harvester_database_bytes", ()] > 10_000


def test_every_metric_is_documented_and_named_as_the_conventions_want(store: Store) -> None:
    page = (ROOT / "docs" / "observing.md").read_text("utf-8")
    (store.archive.folder / "x").mkdir(parents=True)
    families = list(text_string_to_metric_families(text(registry(store)).decode()))
    exposed = {family.name + ("_total" if family.type == "counter" else "") for family in families}
    assert [name for name in exposed if f"`{name}`" not in page] == []
    assert [name for name in re.findall(r"`(harvester_[a-z_]+)`", page) if name not in exposed] == []
    assert all(family.documentation.endswith(".") for family in families)
    assert all(re.fullmatch(r"harvester_[a-z_]+", name) for name in exposed)
    assert {label for family in families for sample in family.samples for label in sample.labels} <= {
        "site", "verdict", "level", "state", "host", "channel", "place", "version", "database",
    }  # fmt: skip


def test_a_store_that_cannot_be_read_is_told_and_no_error(tmp_path: Path, store: Store) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("a file that goes away")
    file = Path(str(store.url.database))
    file.rename(file.with_name("away"))
    found = values(store)
    file.with_name("away").rename(file)
    assert found["harvester_up", ()] == 0


def test_several_that_scrape_cost_no_more_than_one(store: Store) -> None:
    made = registry(store)
    first = text(made)
    store.end_run(store.begin_run("zhejiang", ["x"], NOW), "complete", "", {}, NOW)
    assert text(made) == first


def test_documents_and_captures_are_counted_once_a_minute_and_runs_at_every_scrape(store: Store) -> None:
    now = 0.0
    made = StoreMetrics(store, lambda: now)
    shanghai = {"site": "shanghai"}

    def scraped() -> tuple[float, float | None]:
        told = CollectorRegistry(auto_describe=False)
        told.register(made)
        verdict = told.get_sample_value("harvester_runs_total", shanghai | {"verdict": "complete"})
        return verdict or 0, told.get_sample_value("harvester_captures_total", shanghai)

    before = scraped()
    store.end_run(store.begin_run("shanghai", ["zc"], NOW), "complete", "", {}, NOW)
    row = {"run": "", "site": "shanghai", "section": "", "kind": "article", "url": "https://a.example.cn/", "status": 200, "media_type": ""}
    row |= {"fetched_at": NOW, "file": "f", "file_offset": 0, "file_length": 9, "sha256": "0" * 64, "revisit": False}
    with store.writing() as connection:
        run_name = connection.execute(select(runs.c.id).limit(1)).scalar_one()
        connection.execute(insert(captures), [row | {"run": run_name}])
    now = 10.0
    assert scraped() == (before[0] + 1, before[1])
    now = 61.0
    assert scraped() == (before[0] + 1, 1)


def test_a_scrape_of_many_runs_takes_less_than_a_fifth_of_a_second(store: Store) -> None:
    row = {"site": "shanghai", "sections": [], "started_at": NOW, "ended_at": NOW, "verdict": "complete", "cause": "", "counters": {}}
    many = [row | {"id": f"r{n}"} for n in range(3000)]
    with store.writing() as connection:
        connection.execute(insert(runs), many)
    values(store)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        values(store)
        times.append(time.perf_counter() - began)
    assert min(times) < 0.2


def test_the_verb_writes_a_file_whole_or_not_at_all(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("the verb opens either; one is enough")
    copy = tmp_path / "copy.sqlite"
    store.engine.dispose()
    shutil.copy(str(store.url.database), copy)
    out = tmp_path / "harvester.prom"
    assert run(["metrics", "--output", str(out), "--store", f"sqlite:///{copy}"]) == 0
    assert "harvester_up 1.0" in out.read_text()
    assert [path.name for path in tmp_path.glob("*harvester.prom*")] == ["harvester.prom"]
    assert out.stat().st_mode & 0o777 == 0o644
    assert run(["metrics", "--output", str(tmp_path / "no" / "x.prom"), "--store", f"sqlite:///{copy}"]) == 1
    assert "x.prom cannot be written" in capsys.readouterr().err
