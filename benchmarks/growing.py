"""What a document costs when a store holds few and many already, and the most memory that a crawl and a derivation have of few and many.

python -m benchmarks.growing [--json]      BENCH_DOCUMENTS=100000 for the largest store as well; BENCH_PAGES=2000 for a larger site

Stores of 1,000 and 10,000 documents are written straight into the tables (``million``), with the keys by which pairs are found and a feed
of every task. Then each takes in the same new papers, lot by lot in turns, as a crawl would. Memory is that of a process of its own.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, Times, costs, main, peak_memory, sized, turns
from benchmarks.harvesting import made
from benchmarks.ingesting import derived, ingest
from benchmarks.million import Sizes, copy_in, fill
from benchmarks.papers import REGION, SITE, Reading
from benchmarks.site import SITE as CRAWLED
from benchmarks.site import served
from harvester import apart
from harvester.crawl import crawl
from harvester.gazetteer import load_gazetteer
from harvester.rederive import rederive
from storage.change_schema import change_agencies, changes, document_keys
from storage.keys_of_texts import BANDS
from storage.schema import signature_bands
from storage.store import Store

LEAST, MOST = 1000, sized("DOCUMENTS", 10_000)
STORES = sorted({LEAST, *(size for size in (10_000, MOST) if LEAST < size <= MOST)})
TASKS = 5
"""Tasks of a document that is there already."""
LOTS, LOT = 7, 16
"""Rounds, after one that does not count, and the papers of each."""
FEW, MANY = 100, sized("PAGES", 400)
AT = datetime(2026, 1, 1, tzinfo=UTC)
_KINDS = ("content", "title", "number", "series", "plan", "subject")


# --- a document beside many ----------------------------------------------------------------------------------------------


def filled(url: str, documents: int) -> Store:
    """Return an open store of so many documents, with the gazetteer of the program."""
    store = Store.open(url, create=True)
    fill(store, Sizes(documents=documents, tasks=TASKS))
    with store.writing() as connection:
        for start in range(0, documents, 1000):
            some = range(start, min(start + 1000, documents))
            copy_in(connection, document_keys, list(_keys(some)))
            copy_in(connection, signature_bands, list(_bands(some)))
            told = list(_feed(some))
            copy_in(connection, changes, told)
            copy_in(connection, change_agencies, [_body(row) for row in told])
        connection.exec_driver_sql("ANALYZE")
    load_gazetteer(store)
    return store


def _keys(some: Sequence[int]) -> Iterator[dict[str, Any]]:
    for n in some:
        for kind in _KINDS:
            value = hashlib.sha256(f"{kind}{n}".encode()).hexdigest()[:16]
            yield {"kind": kind, "value": value, "document_id": f"d{n:011}"}


def _bands(some: Sequence[int]) -> Iterator[dict[str, Any]]:
    for n in some:
        chance = random.Random(f"bands {n}")
        for band in range(BANDS):
            yield {"band": band, "value": chance.getrandbits(63), "document_id": f"d{n:011}"}


def _feed(some: Sequence[int]) -> Iterator[dict[str, Any]]:
    same = {"known_at": AT, "as_of": AT.date(), "entity": "task", "kind": "added", "cause": "source", "copy": False, "fields": "[]"}
    same |= dict.fromkeys(("site", "section", "region", "list_name", "colour", "record_kind", "reason"), "")
    for n in some:
        for task in range(1, TASKS + 1):
            place = {"seq": 1_000_000 + n * TASKS + task, "document_id": f"d{n:011}", "entity_id": f"d{n:011}.k{task}", "version": 1}
            yield same | place | {"after": "{}"}


def _body(row: dict[str, Any]) -> dict[str, Any]:
    key = hashlib.sha256(str(row["seq"] % 500).encode()).hexdigest()[:16]
    return {"seq": row["seq"], "side": "after", "role": "lead", "position": 0, "agency_id": key, "mention_key": key, "name": key}


def beside(stores: dict[int, Store], readings: Sequence[Reading]) -> tuple[Times, Times]:
    """Return the processor seconds and the seconds by the clock that each store took for each lot."""
    processor: Times = {str(size): [] for size in stores}
    clock: Times = {str(size): [] for size in stores}
    runs = {size: store.begin_run(SITE, ["notices"], AT, region=REGION) for size, store in stores.items()}
    for number, start in enumerate(range(0, len(readings), LOT)):
        for size in turns(stores, number):
            used, begun = time.process_time(), time.perf_counter()
            ingest(stores[size], runs[size], readings[start : start + LOT])
            if number:
                processor[str(size)].append(time.process_time() - used)
                clock[str(size)].append(time.perf_counter() - begun)
    return processor, clock


def growth() -> list[Figure]:
    """Return what a document costs in each store beside the least."""
    readings = derived(LOT * (LOTS + 1))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        stores = {size: stack.enter_context(filled(f"sqlite:///{folder}/{size}.sqlite", size)) for size in STORES}
        processor, clock = beside(stores, readings)
    found = []
    for size in STORES[1:]:
        more = {"tasks": size * TASKS, "by_the_clock": round(sorted(clock[str(size)])[LOTS // 2] / sorted(clock[str(LEAST)])[LOTS // 2], 3)}
        name = f"cost of a document at {size:,}"
        found.append(costs(name, processor, str(size), str(LEAST), "ms", bar=1.15, scale=1000 / LOT, **more))
    return [replace(each, against=f"at {LEAST:,}") for each in found]


# --- memory ----------------------------------------------------------------------------------------------------------------


def crawled(base: str, folder: Path) -> float:
    """Crawl a site and return the most memory that took, in MiB."""
    (summary,) = crawl([CRAWLED], made(folder, base))
    if summary.failures or not summary.tasks:
        raise RuntimeError(f"the crawl did not have every page: {summary}")
    return peak_memory()


def derived_again(folder: Path) -> float:
    """Derive all that a crawl archived again and return the most memory that took, in MiB."""
    with Store.open(f"sqlite:///{folder}/store.sqlite", archive=folder / "archive") as store:
        rederive(store)
    return peak_memory()


def memory() -> list[Figure]:
    """Return the peak of a crawl and of a derivation at two sizes."""
    peaks: dict[str, list[float]] = {"crawl": [], "derive": []}
    for pages in (FEW, MANY):
        with tempfile.TemporaryDirectory() as name, served(pages) as site:
            peaks["crawl"].append(apart.run(partial(crawled, site.base), Path(name)))
            peaks["derive"].append(apart.run(derived_again, Path(name)))
    return [
        Figure(f"peak memory: {what}", many, "MiB", f"{FEW} pages", few, many / few, many / few, many / few, 1.2, True, {"pages": MANY})
        for what, (few, many) in peaks.items()
    ]


def measure() -> list[Figure]:
    """Measure costs, then memory."""
    return growth() + memory()


if __name__ == "__main__":
    main(measure, ("sqlalchemy", "scrapy"))
