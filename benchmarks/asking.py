"""Pages of many tasks by filters and words, beside hand-written SQL with the same indexes and beside a LIKE scan of the texts.

python -m benchmarks.asking [--json]          BENCH_DOCUMENTS=4000: a fifth of the million tasks on both databases

Both sides give the same rows and totals, which is asserted for every page: the program by ``storage.queries.task_page``, as pages, API and
command line call it; an expert by statements of his own through the raw driver (``benchmarks.written``). Every round asks other values of
each filter, the first page of each answer and the one behind it, each once before it counts. SQLite works in this process: processor
time. PostgreSQL answers from its own: the clock.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from benchmarks.clauses import rare
from benchmarks.figures import Figure, Times, costs, main, rates
from benchmarks.million import ENDS, FIRST, KINDS, MATTERS, bodies
from benchmarks.stores import SIZES, kept
from benchmarks.written import Asked, Expert, Way
from storage import queries, searching
from storage.selection import Filters
from storage.store import Store

ROUNDS = 5
OURS, THEIRS = "storage.queries", "hand-written SQL"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
BODIES = bodies()
REGIONS = sorted({body.region for body in BODIES})
CITIES = [region for region in REGIONS if not region.endswith("0000")]
PROVINCES = [region for region in REGIONS if region.endswith("0000")]
MENTIONS = sorted({body.mention for body in BODIES})
DEADLINES = ("by-date", "ongoing", "recurring", "relative")

IN_TASKS = "SELECT count(*) FROM tasks WHERE text LIKE :words"
IN_DOCUMENTS = "SELECT count(*) FROM versions WHERE text LIKE :words"

Chance = random.Random
Values = dict[str, Any]


def _days(chance: Chance, length: int) -> Values:
    start = FIRST + timedelta(chance.randrange(400, 5000))
    return {"due_from": start, "due_to": start + timedelta(length)}


def _place(chance: Chance) -> Values:
    return {"region": chance.choice(CITIES)}


def _body(chance: Chance) -> Values:
    return {"agency": chance.choice(BODIES).id}


FILTERS: dict[str, tuple[Callable[[Chance], Values], Way]] = {
    "none": (lambda chance: {}, "documents"),
    "all copies": (lambda chance: {"all_copies": True}, "documents"),
    "site": (lambda chance: {"site": f"s{chance.choice(REGIONS)}"}, "documents"),
    "province": (lambda chance: {"region": chance.choice(PROVINCES)}, "documents"),
    "city": (_place, "documents"),
    "agency": (_body, "bodies"),
    "agency by name": (lambda chance: {"agency": chance.choice(BODIES).name}, "bodies"),
    "agency by a name of many": (lambda chance: {"agency": chance.choice(MENTIONS)}, "documents"),
    "role": (lambda chance: {"role": chance.choice(("lead", "partner", "responsible"))}, "documents"),
    "due on a day": (lambda chance: _days(chance, 0), "days"),
    "due in a month": (lambda chance: _days(chance, 30), "days"),
    "due in a year": (lambda chance: _days(chance, 364), "documents"),
    "kind": (lambda chance: {"kind": chance.choice(KINDS)}, "documents"),
    "year": (lambda chance: {"year": chance.randrange(2012, 2026)}, "documents"),
    "kind of deadline": (lambda chance: {"deadline_kind": chance.choice(DEADLINES)}, "documents"),
    "agency, role": (lambda chance: _body(chance) | {"role": "lead"}, "bodies"),
    "agency, month": (lambda chance: {"agency": chance.choice(MENTIONS)} | _days(chance, 30), "days"),
    "agency, city": (lambda chance: {"agency": chance.choice(MENTIONS)} | _place(chance), "documents"),
    "province, month": (lambda chance: {"region": chance.choice(PROVINCES)} | _days(chance, 30), "days"),
    "province, role": (lambda chance: {"region": chance.choice(PROVINCES), "role": "responsible"}, "documents"),
    "province, kind": (lambda chance: {"region": chance.choice(PROVINCES), "kind": chance.choice(KINDS)}, "documents"),
}
"""What is asked for, with values drawn for each round, and the way an expert goes."""


WORDS: dict[str, tuple[Callable[[Chance], Values], Way]] = {
    "a rare phrase": (lambda chance: {"words": rare(chance)}, "words"),
    "a rare phrase of common pairs": (lambda chance: {"words": _numbered(chance)}, "words"),
    "a phrase of an eighth of all": (lambda chance: {"words": chance.choice(MATTERS)}, "texts"),
    "two characters": (lambda chance: {"words": chance.choice(("信用", "监测", "季度", "街道"))}, "texts"),
    "a phrase, month": (lambda chance: {"words": chance.choice(MATTERS)} | _days(chance, 30), "days"),
    "a phrase, agency": (lambda chance: {"words": chance.choice(ENDS)} | _body(chance), "bodies"),
}


def _numbered(chance: Chance) -> str:
    """Return a phrase that few tasks hold, each pair of its characters nearly all: what an index of pairs finds hardest."""
    return f"第{chance.randrange(997)}组第{chance.randrange(1, 50)}项"


LIKE: dict[str, float | None] = {
    "a rare phrase": 50,
    "a rare phrase of common pairs": None,
    "a phrase of an eighth of all": 50,
    "two characters": 50,
}
"""Kinds of words that are held against a LIKE pass, with their bars."""


class Side:
    """The seconds that one way of asking takes, question by question, of one round after the other."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.of: dict[str, list[float]] = {}
        self.rounds: list[float] = []

    def timed(self, name: str, action: Callable[[], Any]) -> Any:  # noqa: ANN401 -- what the action gives
        """Return what an action gives, and keep how long it took."""
        begun = self.clock()
        found = action()
        took = self.clock() - begun
        self.of.setdefault(name, []).append(took)
        self.rounds[-1] += took
        return found


def pages(store: Store, expert: Expert, asked: Asked, name: str, ours: Side, theirs: Side, *, ours_first: bool) -> None:
    """Ask both sides for the first page and the one behind it, by turns; assert that rows and totals are equal."""
    after, behind = "", None
    for _ in range(2):
        by_us = partial(queries.task_page, store, asked.filters, order=asked.order, after=after)
        # Once that does not count: what is in no cache yet is the disk's time, and the expert counts the rows where the program does.
        counted = by_us().total is not None
        by_expert = partial(expert.page, asked, behind, counted=counted)
        by_expert()
        for turn in (0, 1):
            if ours_first != bool(turn):
                page = ours.timed(name, by_us)
            else:
                answer = theirs.timed(name, by_expert)
        assert list(page.rows) == answer.rows, (name, asked)
        assert page.total == answer.total, (name, asked, page.total, answer.total)
        assert bool(page.next) == bool(answer.behind), (name, asked)
        after, behind = page.next, answer.behind
        if not after:
            break


def paged(
    store: Store, expert: Expert, what: str, questions: Mapping[str, tuple[Callable[[Chance], Values], Way]], order: str, tasks: int
) -> Figure:
    """Return what the pages of all questions of a kind cost beside hand-written SQL: the time of each round's pages together."""
    clock = time.process_time if expert.sqlite else time.perf_counter
    ours, theirs = Side(clock), Side(clock)
    for number in range(ROUNDS):
        ours.rounds.append(0.0)
        theirs.rounds.append(0.0)
        for name, (make, way) in questions.items():
            values = make(random.Random(f"{name} {number}"))
            asked = Asked(Filters(**values), order, "days" if order == "due" and way == "documents" else way)
            pages(store, expert, asked, name, ours, theirs, ours_first=bool(number % 2))
    times: Times = {OURS: ours.rounds, THEIRS: theirs.rounds}
    of_each = {name: _beside(ours.of[name], theirs.of[name]) for name in questions}
    within = sum(one["ratio"] <= 1.5 for one in of_each.values())
    asked_pages = sum(map(len, ours.of.values())) / ROUNDS
    return costs(
        f"ask: {what}, {NAMES[expert.database]}", times, OURS, THEIRS, "ms a page", bar=1.5, scale=1000 / asked_pages,
        tasks=tasks, questions=of_each, questions_within_bar=f"{within} of {len(of_each)}",
    )  # fmt: skip


def _beside(ours: list[float], theirs: list[float]) -> dict[str, float]:
    ratio = statistics.median(own / other for own, other in zip(ours, theirs, strict=True))
    sides = {"ours_ms": statistics.median(ours) * 1000, "theirs_ms": statistics.median(theirs) * 1000, "ratio": ratio}
    return {name: round(value, 2) for name, value in sides.items()}


def scanned(store: Store, expert: Expert, tasks: int) -> list[Figure]:
    """Return how many times faster words are found than by one LIKE pass over the texts that are searched, of each kind of words."""
    clock = time.process_time if expert.sqlite else time.perf_counter
    found = []
    for name, bar in LIKE.items():
        times: Times = {side: [] for side in ("a page of tasks", "LIKE, tasks", "a search", "LIKE, tasks and documents")}
        for number in range(ROUNDS):
            words = WORDS[name][0](random.Random(f"like {name} {number}"))["words"]
            sides: dict[str, Callable[[], object]] = {
                "a page of tasks": partial(queries.task_page, store, Filters(words=words)),
                "LIKE, tasks": partial(expert.run, IN_TASKS, {"words": f"%{words}%"}),
                "a search": partial(searching.search, store, words, Filters(limit=20)),
                "LIKE, documents": partial(expert.run, IN_DOCUMENTS, {"words": f"%{words}%"}),
            }
            took = {}
            for side, action in sides.items():
                if "LIKE" not in side:
                    action()
                begun = clock()
                action()
                took[side] = clock() - begun
            took["LIKE, tasks and documents"] = took["LIKE, tasks"] + took.pop("LIKE, documents")
            for side in times:
                times[side].append(took[side])
        of = f"{name}, {NAMES[expert.database]}"
        found.append(rates(f"ask: tasks with {of}", times, "a page of tasks", "LIKE, tasks", 1, "a second", bar=bar, tasks=tasks))
        found.append(rates(f"ask: search for {of}", times, "a search", "LIKE, tasks and documents", 1, "a second", bar=bar, tasks=tasks))
    return found


def measure() -> list[Figure]:
    """Ask the store of each database."""
    found: list[Figure] = []
    for database, sizes in SIZES.items():
        with kept(database, sizes) as url, Store.open(url) as store:
            expert, tasks = Expert(url), sizes.documents * sizes.tasks
            asked = partial(paged, store, expert, tasks=tasks)
            found.append(asked("pages by filters", FILTERS, "published"))
            found.append(asked("pages by deadline", FILTERS, "due"))
            found.append(asked("pages with words", WORDS, "published"))
            found += scanned(store, expert, tasks)
            expert.close()
    return found


if __name__ == "__main__":
    main(measure, ("sqlalchemy", "psycopg"))
