"""What a soak measured, in a table for people and in JSON for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from statistics import median
from typing import Any

from tests.soak import judging
from tests.soak.living import Soaked
from tests.soak.stage import FRESH, Life

OF_PROCESSES = ("rss", "anon", "uss", "handles", "sockets", "threads", "children", "family")
LARGEST = 8


def table(found: Soaked) -> Iterator[str]:
    """Yield the lines of the report."""
    counts = f"{len(found.plan.faults)} faults, {len(found.plan.blows)} workers ended, {len(found.plan.edits)} edits"
    yield f"{found.plan.seconds / 3600:.2f} h; {counts}"
    yield ""
    yield f"{'process':16}{'what':10}{'warm':>10}{'most':>10}{'last':>10}{'rise/h':>10}"
    for life in _lasting(found):
        for what in OF_PROCESSES:
            yield _line(life, what)
    yield ""
    yield from _of_store(found)
    yield ""
    yield from _of_work(found)
    yield f"what does not hold: {len(found.wrong)}"
    yield from (f"- {each}" for each in found.wrong)


def _lasting(found: Soaked) -> list[Life]:
    longest = max((len(life.readings) for life in found.lives), default=0)
    return [life for life in found.lives if life.readings and (life.name == FRESH or len(life.readings) * 2 > longest)]


def _line(life: Life, what: str) -> str:
    points = life.points(what)
    values, later = [value for _, value in points], judging.warm(points)
    hourly = judging.slope(later) * 3600 if len(later) > 2 else 0.0
    return f"{life.name:16}{what:10}{later[0][1]:>10.0f}{max(values):>10.0f}{values[-1]:>10.0f}{hourly:>10.1f}"


def _of_store(found: Soaked) -> Iterator[str]:
    if not found.store:
        return
    warm = judging.warm([(at, number) for number, (at, _) in enumerate(found.store)])
    first, last = found.store[int(warm[0][1])][1], found.store[-1][1]
    yield f"{'store':26}{'warm':>12}{'last':>12}"
    for what in ("database", "journal", "unused", "archive"):
        yield f"{what:26}{getattr(first, what):>12}{getattr(last, what):>12}"
    yield f"{'table':26}{'rows':>12}{'rows':>12}{'bytes a row':>14}{'bytes a row':>14}{'of it filled':>14}{'of it filled':>14}"
    for name, size in Counter(last.table_bytes).most_common(LARGEST):
        rows, before = last.rows.get(name, 0), first.rows.get(name, 0)
        each, once = size / max(1, rows), first.table_bytes.get(name, 0) / max(1, before)
        filled = [reading.filled.get(name, 0) / max(1, reading.rows.get(name, 0)) for reading in (first, last)]
        yield f"{name:26}{before:>12}{rows:>12}{once:>14.0f}{each:>14.0f}{filled[0]:>14.0f}{filled[1]:>14.0f}"


def _of_work(found: Soaked) -> Iterator[str]:
    heard, p95 = found.heard, [seconds for _, count, seconds in found.answers if count]
    yield f"runs: {dict(Counter(run.what or 'well' for run in found.runs))}"
    yield f"incidents: {dict(Counter(incident.what for incident in found.incidents))}"
    yield f"answers: {dict(sorted(heard.statuses.items()))}; 503 with a cause: {dict(heard.stated)}; readers who left: {heard.left}"
    if p95:
        yield f"p95 of answers by the minute: median {median(p95):.3f} s, most {max(p95):.3f} s"


def as_json(found: Soaked) -> dict[str, Any]:
    """Return what was measured, for programs."""
    return {
        "seconds": found.plan.seconds,
        "begun": found.begun,
        "faults": [asdict(window) for window in found.plan.faults],
        "processes": [
            {"name": life.name, "readings": [{"at": at - found.begun} | asdict(one) for at, one in life.readings]} for life in found.lives
        ],
        "store": [{"at": at - found.begun} | asdict(one) for at, one in found.store],
        "answers": [{"at": at - found.begun, "count": count, "p95": p95} for at, count, p95 in found.answers],
        "statuses": dict(found.heard.statuses),
        "stated": dict(found.heard.stated),
        "refused": dict(found.heard.refused),
        "left": found.heard.left,
        "runs": [asdict(run) for run in found.runs],
        "incidents": [asdict(incident) for incident in found.incidents],
        "wrong": found.wrong,
    }
