"""A store of one's own that the whole program fills from replicas, on days of one's choice, and every outlet that it has."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pandas as pd
import time_machine
from sqlalchemy import Engine, event

from harvester.cli.main import run
from harvester.replica.server import Replica
from storage.store import Store
from storage.views import VIEWS
from tests import warm

LOCAL = ZoneInfo("Asia/Shanghai")
ENDINGS = (".csv", ".jsonl", ".xlsx", ".parquet")
TODAY = datetime(2026, 11, 22, 9, tzinfo=LOCAL)
"""The replica's world ends there: its records are shown, over and near their end as of this day."""


def day(offset: int, hour: int = 9) -> datetime:
    """Return a moment on the day that lies so many days from today, where the sites are."""
    return TODAY.replace(hour=hour) + timedelta(days=offset)


@dataclass
class Place:
    """A folder with a store, its archive, its log and a temporary folder that the program alone uses."""

    folder: Path
    bases: Mapping[str, str] = field(default_factory=dict)
    level: str = "WARNING"

    def __post_init__(self) -> None:
        """Make the folders."""
        for name in ("tmp", "out"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder}/store.sqlite"

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    def environment(self) -> dict[str, str]:
        told = {"HARVESTER_STORE": self.url, "HARVESTER_ARCHIVE": str(self.folder / "archive"), "HARVESTER_LANG": "en"}
        return os.environ | told | {"TMPDIR": str(self.folder / "tmp"), "HARVESTER_OPERATOR": "tester", "HARVESTER_LOG_LEVEL": self.level}

    def crawling(self, *sites: str, recheck: str = "due") -> list[str]:
        based = [word for site in sites for word in ("--base", f"{site}={self.bases[site]}")]
        return ["crawl", *sites, *based, "--pace", "0", "--recheck", recheck, "--format", "json"]

    def crawl(self, *sites: str, at: datetime, recheck: str = "due") -> dict[str, dict[str, Any]]:
        """Crawl sites in a process of its own at a moment; return the summaries by site."""
        done = warm.program(*self.crawling(*(sites or tuple(self.bases)), recheck=recheck), environment=self.environment(), moment=at)
        with self.log.open("a", encoding="utf-8") as log:
            log.write(done.stderr)
        assert done.stdout, done.stderr[-2000:]
        return {row["site"]: row for row in json.loads(done.stdout)}

    def say(self, *words: str, at: datetime, status: int = 0) -> str:
        """Run a command here at a moment and return what it printed."""
        out, complaints = io.StringIO(), io.StringIO()
        with self.here(at), redirect_stdout(out), redirect_stderr(complaints):
            got = run(words)
        assert got == status, f"{words[0]} ended with {got}: {complaints.getvalue()[:500]}"
        return out.getvalue() + complaints.getvalue()

    def ask(self, *words: str, at: datetime, status: int = 0) -> Any:
        """Run a command that answers in JSON."""
        return json.JSONDecoder().raw_decode(self.say(*words, "--format", "json", at=at, status=status))[0]

    @contextmanager
    def here(self, at: datetime) -> Iterator[None]:
        """Make this process one that works at this place, at a moment."""
        elsewhere = patch.object(tempfile, "tempdir", str(self.folder / "tmp"))
        with patch.dict(os.environ, self.environment()), elsewhere, time_machine.travel(at, tick=True), database_clock():
            yield

    def opened(self) -> Store:
        return Store.open(self.url, archive=self.folder / "archive")

    def exported(self, at: datetime, endings: Sequence[str] = ENDINGS, views: Sequence[str] = ()) -> dict[str, str]:
        """Export every view in every form, and return the text of each file by its name."""
        found = {}
        for view in views or [name.removeprefix("v_") for name in VIEWS]:
            for ending in endings:
                path = self.folder / "out" / f"{view}{ending}"
                self.say("export", view, "--to", str(path), at=at)
                found[path.name] = text_of(path)
        return found


@contextmanager
def database_clock() -> Iterator[None]:
    """Let SQLite know the day by this process's clock: the views ask the database for it."""

    def install(connection: Any, _: object) -> None:
        connection.create_function("date", 2, _day_of_now)

    event.listen(Engine, "connect", install)
    try:
        yield
    finally:
        event.remove(Engine, "connect", install)


def _day_of_now(moment: str, shift: str) -> str:
    assert (moment, shift) == ("now", "+8 hours")
    return datetime.now(LOCAL).date().isoformat()


def text_of(path: Path) -> str:
    """Return what a reader sees of an exported file."""
    if path.suffix == ".xlsx":
        return pd.read_excel(path, dtype=str, engine="openpyxl").to_csv()
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv()
    return path.read_text(encoding="utf-8-sig")


@contextmanager
def replicated(folder: Path, sites: Sequence[str], **options: Any) -> Iterator[tuple[Replica, Place]]:
    """Give replicas of sites and a place to harvest them to."""
    with Replica(sites, **options) as replica:
        yield replica, Place(folder, replica.bases)
