"""Time pages of tasks by every filter, on SQLite and PostgreSQL; print one JSON object, in milliseconds.

python -m benchmarks.tasks [--documents N] [--tasks N] [--repeat N] [--only sqlite|postgresql] [--keep FOLDER]

A store that lies in ``--keep`` already is used as it is. The first 50 rows and the 50 behind them are asked in turn.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.million import Sizes, fill, progress
from benchmarks.servers import postgres
from storage import facets, lines, queries
from storage.selection import Filters
from storage.store import Store

MOMENT = datetime(2020, 6, 1, tzinfo=UTC)
DAY = MOMENT.date()
MONTH = {"due_from": date(2020, 3, 1), "due_to": date(2020, 3, 31)}
FILTERS: dict[str, dict[str, Any]] = {
    "none": {},
    "all_copies": {"all_copies": True},
    "site": {"site": "s320500"},
    "region": {"region": "320000"},
    "city": {"region": "320500"},
    "agency (id)": {"agency": "b32050000"},
    "agency (name)": {"agency": "江苏省第5市财政局"},
    "agency (mention of many)": {"agency": "市财政局"},
    "role": {"role": "lead"},
    "role (nobody)": {"role": "implied"},
    "due (a day)": {"due_from": date(2020, 3, 2), "due_to": date(2020, 3, 2)},
    "due (a month)": MONTH,
    "due (an old year)": {"due_from": date(2013, 1, 1), "due_to": date(2013, 12, 31)},
    "due_from": {"due_from": date(2026, 1, 1)},
    "due_to": {"due_to": date(2014, 12, 31)},
    "document": {"document": f"d{77:011}"},
    "kind": {"kind": "measures"},
    "year": {"year": 2018},
    "deadline_kind": {"deadline_kind": "ongoing"},
    "as_of": {"as_of": DAY},
    "known_at": {"known_at": MOMENT},
    "as_of, known_at": {"as_of": date(2023, 6, 1), "known_at": datetime(2022, 6, 1, tzinfo=UTC)},
    "agency, role": {"agency": "b32050000", "role": "lead"},
    "agency, due": {"agency": "市财政局", **MONTH},
    "agency, site": {"agency": "市财政局", "site": "s320500"},
    "agency, other region": {"agency": "b32050000", "region": "330000"},
    "region, due": {"region": "330000", **MONTH},
    "region, role": {"region": "330000", "role": "responsible"},
    "region, kind": {"region": "340000", "kind": "plan"},
    "as_of, region": {"as_of": DAY, "region": "320000"},
    "as_of, agency": {"as_of": DAY, "agency": "b32050000"},
    "as_of, due": {"as_of": DAY, **MONTH},
}
WORDS: dict[str, dict[str, Any]] = {
    "words (rare)": {"words": "第77组第3项"},
    "words (common)": {"words": "信用修复"},
    "words, agency": {"words": "信用修复", "agency": "b32050000"},
}


def timed(action: Callable[[], object], repeat: int) -> dict[str, float]:
    """Return the least, the median and the 95th percentile of the milliseconds of several runs, after one that does not count."""
    action()
    times = []
    for _ in range(repeat):
        begun = time.perf_counter()
        action()
        times.append((time.perf_counter() - begun) * 1000)
    p95 = sorted(times)[min(len(times) - 1, round(0.95 * len(times)))]
    return {"min": round(min(times), 1), "p50": round(statistics.median(times), 1), "p95": round(p95, 1)}


def one_page(store: Store, asked: dict[str, Any], order: str, turn: list[str]) -> None:
    """Ask for the page whose cursor stands in ``turn``, and put there the cursor of the one to ask next: second and first in turn."""
    after = turn.pop()
    page = queries.task_page(store, Filters(**asked), order=order, after=after)
    turn.append("" if after else page.next)


def measure(store: Store, repeat: int, *, words: bool) -> dict[str, Any]:
    """Return what everything takes."""
    found: dict[str, Any] = {}
    for name, asked in (FILTERS | (WORDS if words else {})).items():
        found[name] = timed(partial(one_page, store, asked, "published", [""]), repeat)
        found[f"{name}, by deadline"] = timed(partial(one_page, store, asked, "due", [""]), repeat)
    for name in ("none", "region", "agency (id)", "due (a month)", "due_from", "as_of"):
        found[f"facets: {name}"] = timed(partial(facets.task_facets, store, Filters(**FILTERS[name])), max(3, repeat // 5))
    found["timeline"] = timed(partial(facets.timeline, store), max(3, repeat // 5))
    found["months of bodies"] = timed(partial(facets.agency_months, store), 3)
    found["documents"] = timed(partial(queries.document_page, store), repeat)
    found["bodies"] = timed(partial(queries.agency_page, store), max(3, repeat // 5))
    return found


def bench(url: str, sizes: Sizes, repeat: int, *, words: bool) -> dict[str, Any]:
    """Fill a store unless it is there, and return what its questions take."""
    begun = time.perf_counter()
    with Store.open(url, create=True) as store:
        there = bool(queries.document_page(store, Filters(limit=1)).rows)
        if not there:
            fill(store, sizes, progress())
        filled = time.perf_counter() - begun
        with store.writing() as connection:
            again = time.perf_counter()
            lines.refresh(connection)
            refreshed = time.perf_counter() - again
        return {"filled": round(filled, 1), "nothing to refresh": round(refreshed * 1000, 2), **measure(store, repeat, words=words)}


def main() -> None:
    """Run the benchmark as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--tasks", type=int, default=50, help="tasks of a document")
    parser.add_argument("--repeat", type=int, default=30)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--keep", type=Path, help="a folder that keeps the stores")
    parser.add_argument("--words", action="store_true", help="time searches for words, too: the index must have been made")
    told = parser.parse_args()
    sizes = Sizes(documents=told.documents, tasks=told.tasks)
    found: dict[str, Any] = {"documents": sizes.documents, "tasks": sizes.documents * sizes.tasks}
    with tempfile.TemporaryDirectory() as passing:
        folder = told.keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        if told.only != "postgresql":
            found["sqlite"] = bench(f"sqlite:///{folder}/tasks.sqlite", sizes, told.repeat, words=told.words)
        if told.only != "sqlite":
            with postgres(folder) as url:
                found["postgresql"] = bench(url, sizes, told.repeat, words=told.words)
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
