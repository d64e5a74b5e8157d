"""What every benchmark is made of: rounds in which both sides are measured by turns, and figures that hold a ratio against a bar.

A program of this folder measures in a function without arguments that returns figures, and ends in ``figures.main(measure)``: a table
for people and one JSON object. Ratios are those of one round, of which the median counts: machines are noisy, and load meets both sides
of a round alike. Times by the clock are for what waits (disks, servers, other processes); processor time for what only computes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from rich.cells import cell_len

PACKAGES = ("scrapy", "lxml", "sqlalchemy", "opencc", "pandas")
ROUNDS = 7
SIZE = "BENCH_"
"""What variables of the environment begin with that set other sizes: ``BENCH_DOCUMENTS``, ``BENCH_PAGES``, ``BENCH_PAPERS``."""

INTERRUPTED, TERMINATED = 130, 143
"""The exit status after Ctrl-C, and after SIGTERM."""

T = TypeVar("T")
Times = dict[str, list[float]]
"""Seconds of each side, one for each round."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table of figures.

    ``ours`` and ``theirs`` are in ``unit`` (medians); ``ratio`` is the median of the rounds' ratios, ``least`` and ``most`` their ends.
    ``bar`` is what the ratio must reach, or with ``at_most`` must not pass; ``None`` for a figure that is only told. ``detail`` holds
    what else was measured, for the JSON.
    """

    name: str
    ours: float
    unit: str
    against: str
    theirs: float
    ratio: float
    least: float
    most: float
    bar: float | None = None
    at_most: bool = False
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Tell whether the bar is reached; without a bar always."""
        return self.bar is None or (self.ratio <= self.bar if self.at_most else self.ratio >= self.bar)


def sized(name: str, usual: int) -> int:
    """Return a size that the environment may set otherwise for a shorter or a longer run; a word that is no number above 0 ends the run."""
    given = os.environ.get(f"{SIZE}{name}", "")
    if given and (not given.isdecimal() or not int(given)):
        sys.exit(f"{SIZE}{name} is {given!r}: give a whole number above 0, or leave it away for {usual:,}.")
    return int(given or usual)


def by_turns(sides: Mapping[str, Callable[[], object]], rounds: int = ROUNDS, clock: Callable[[], float] = time.perf_counter) -> Times:
    """Return the seconds of each side in each round, after one round that does not count. Every second round goes backwards."""
    times: Times = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name in turns(sides, number):
            begun = clock()
            sides[name]()
            if number:
                times[name].append(clock() - begun)
    return times


def turns(sides: Iterable[T], number: int) -> list[T]:
    """Return the sides in their order in a round: every second one goes backwards."""
    return list(sides)[:: -1 if number % 2 else 1]


def next_of(act: Callable[[T], object], lots: Iterable[T]) -> Callable[[], None]:
    """Return a side that does the next lot each time it is called, for no input may come twice."""
    left = iter(lots)

    def run() -> None:
        act(next(left))

    return run


def processors() -> float:
    """Return the processor seconds of this process and of those it waited for: a clock for what computes in processes."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def rates(name: str, times: Times, ours: str, theirs: str, work: float, unit: str, *, bar: float | None = None, **detail: object) -> Figure:
    """Return how fast one side is beside another that did the same work: work a second, and their ratio (more is better)."""
    ratios = [other / own for own, other in zip(times[ours], times[theirs], strict=True)]
    sides = [work / statistics.median(times[each]) for each in (ours, theirs)]
    middle = statistics.median(ratios)
    return Figure(name, sides[0], unit, theirs, sides[1], middle, min(ratios), max(ratios), bar, detail=dict(detail))


def costs(
    name: str, times: Times, ours: str, theirs: str, unit: str = "s", *, bar: float | None = None, scale: float = 1.0, **detail: object
) -> Figure:
    """Return what one side costs beside another: seconds (times ``scale``), and their ratio (less is better)."""
    ratios = [own / other for own, other in zip(times[ours], times[theirs], strict=True)]
    sides = [statistics.median(times[each]) * scale for each in (ours, theirs)]
    middle = statistics.median(ratios)
    return Figure(name, sides[0], unit, theirs, sides[1], middle, min(ratios), max(ratios), bar, at_most=True, detail=dict(detail))


def peak_memory() -> float:
    """Return the most memory this process had at once, in MiB. ``ru_maxrss`` would begin with that of the process it was started from."""
    status = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024


def machine(packages: Sequence[str] = PACKAGES) -> dict[str, Any]:
    """Return what the figures depend on."""
    found: dict[str, Any] = {
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "load": [round(each, 1) for each in os.getloadavg()],
        "python": platform.python_version(),
    }
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def table(figures: Sequence[Figure]) -> str:
    """Return figures as lines for people."""
    wide = max([cell_len(each.name) for each in figures], default=6)
    beside = max([cell_len(each.against) for each in figures], default=7)
    lines = [f"{'figure':<{wide}}  {'ours':>11} {'theirs':>11} {'unit':<11} {'ratio':>8} {'of rounds':>15} {'bar':>8}     against"]
    for each in figures:
        bar = "" if each.bar is None else f"{'≤' if each.at_most else '≥'} {each.bar:g}"
        told = "" if each.bar is None else ("  " if each.holds else "× ")
        spread = f"{_number(each.least)}…{_number(each.most)}"
        lines.append(
            f"{each.name}{' ' * (wide - cell_len(each.name))}  {_number(each.ours):>11} {_number(each.theirs):>11} {each.unit:<11} "
            f"{_number(each.ratio):>8} {spread:>15} {bar:>8} {told:<3} {each.against:<{beside}}".rstrip()
        )
    return "\n".join(lines)


def _number(value: float) -> str:
    """Return a number with three digits that count, and no more than are known."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def report(figures: Sequence[Figure], packages: Sequence[str] = PACKAGES) -> dict[str, Any]:
    """Return figures as one JSON object."""
    return {"machine": machine(packages), "figures": [asdict(each) | {"holds": each.holds} for each in figures]}


def end_by_sigterm() -> None:
    """Let SIGTERM end this process as an exit does: what it has started ends with it. A second one does not disturb that."""

    def end(*_: object) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.exit(TERMINATED)

    signal.signal(signal.SIGTERM, end)


def main(measure: Callable[[], Sequence[Figure]], packages: Sequence[str] = PACKAGES) -> None:
    """Measure and print: a table, then one JSON object; with ``--json`` that alone."""
    parser = argparse.ArgumentParser(description=(sys.modules["__main__"].__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="the JSON object alone")
    alone = parser.parse_args().json
    end_by_sigterm()
    try:
        figures = measure()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    if not alone:
        print(table(figures), flush=True)
    print(json.dumps(report(figures, packages), ensure_ascii=False, indent=1))
