"""The tasks in the store after a crawl of the replica sites equal a golden file that was written by hand: none missing, none extra."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from harvester.config import Config
from harvester.replica.server import Replica
from normalizers.text.fold import fold
from storage import queries
from storage.selection import Filters
from storage.store import Store
from tests import warm

GOLDEN = Path(__file__).with_name("golden_tasks.csv")
ROLES = ("lead", "partner", "responsible", "implied")
HEAD = 14
"""Characters of a task's text that the golden file gives."""


def golden() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number_of(text: str) -> str:
    """Return a number without its punctuation; 一是 counts as part of the words, not as a number."""
    return "" if text.endswith("是") else text.strip("（）()、.． ")


def words_of(text: str) -> str:
    """Return a task's words without 一是, folded."""
    return fold(re.sub(r"^[一二三四五六七八九十]是", "", text))


def wanted_key(row: dict[str, str]) -> tuple[object, ...]:
    bodies = tuple(tuple(sorted(fold(name) for name in row[role].split(" | ") if name)) for role in ROLES)
    return (row["site"], number_of(row["number"]), fold(row["text_start"]), *bodies, row["deadline_end"])


def found_key(task: dict[str, object], starts: set[str]) -> tuple[object, ...]:
    bodies = tuple(tuple(sorted(fold(body["mention"]) for body in task[role])) for role in ROLES)
    text = words_of(task["text"])
    start = max((start for start in starts if text.startswith(start)), key=len, default=text[:HEAD])
    end = (task["deadline"] or {}).get("end")
    return (task["site"], number_of(task["number"]), start, *bodies, end.isoformat() if end else "")


@pytest.fixture(scope="module")
def tasks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("golden")
    config = Config(store=f"sqlite:///{folder}/store.sqlite", archive=Path(folder) / "archive", pace=0)
    with Replica() as replica:
        warm.crawl(sorted(replica.bases), config.with_bases(replica.bases))
    with Store.open(config.store, archive=config.archive) as store:
        return queries.tasks(store, Filters(all_copies=True))


@pytest.mark.parametrize("site", ["shanghai", "jiangsu", "zhejiang", "anhui", "suzhou_sip", "national"])
def test_the_tasks_of_a_site_are_those_of_the_golden_file_none_missing_none_extra(tasks, site: str) -> None:
    rows = [row for row in golden() if row["site"] == site]
    starts = {fold(row["text_start"]) for row in rows}
    wanted = Counter(wanted_key(row) for row in rows)
    found = Counter(found_key(task, starts) for task in tasks if task["site"] == site)
    assert sorted((found - wanted).elements(), key=str) == [], "extra, or read otherwise"
    assert sorted((wanted - found).elements(), key=str) == [], "missing, or read otherwise"
