"""How fast expressions of deadlines are read, and how many of them right, beside jionlp and dateparser.

python -m benchmarks.dating [--json]

The rivals live in an environment of their own (``build/rivals``, made here from ``rivals.txt`` on the first run): their packages have no
place among the project's. Where it cannot be made, that is said, and our own rate is told alone. Each side reads the same expressions
(``dated.py``), drawn anew for each round, with the day of issue as the base of a rival; only reading is timed, in processor time.

An answer is right if it names the last day. jionlp's spans without an end, rhythms and lengths of time are taken for such answers, and
both rivals for right where they find nothing in a text that names no date. Their first days, which differ by convention, do not count.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import venv
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import IO

from benchmarks.dated import AFTER, AGAIN, NONE, OPEN, Answer, Expression, expressions
from benchmarks.figures import ROUNDS, Figure, Times, main, rates
from normalizers.deadlines import parse_deadline, plan_period
from normalizers.records import Deadline, DeadlineKind

FOLDER = Path(__file__).resolve().parent
ENVIRONMENT = FOLDER.parent / "build" / "rivals"
WANTED = FOLDER / "rivals.txt"
RIVALS = ("jionlp", "dateparser")
TIMES = 3
"""How often each form stands in a round, each time with other numbers."""
BAR = 10.0

OURS = {DeadlineKind.ONGOING: OPEN, DeadlineKind.RECURRING: AGAIN, DeadlineKind.RELATIVE: AFTER}


def environment() -> Path | None:
    """Return the interpreter of the rivals' environment, made where it is missing or older than its list; ``None`` where it can't be."""
    python = ENVIRONMENT / "bin" / "python"
    stamp = ENVIRONMENT / "installed"
    if stamp.exists() and stamp.stat().st_mtime >= WANTED.stat().st_mtime:
        return python
    try:
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        words = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(WANTED)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=300)
    except (subprocess.SubprocessError, OSError) as error:
        reason = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        print(f"jionlp and dateparser could not be installed ({reason[-1] if reason else error}): our rate alone.", file=sys.stderr)
        return None
    stamp.touch()
    return python


@contextmanager
def asked(python: Path, name: str) -> Iterator[subprocess.Popen[str]]:
    """Start a rival, which answers line by line, and end it."""
    words = [str(python), str(FOLDER / "rival_dates.py"), name]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        yield child
        _pipe(child.stdin).close()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def ask(child: subprocess.Popen[str], cells: Sequence[Expression]) -> tuple[float, list[Answer]]:
    """Return the seconds a rival took for these expressions, and its answers."""
    print(json.dumps([(each.text, each.issued.isoformat()) for each in cells]), file=_pipe(child.stdin), flush=True)
    done = json.loads(_pipe(child.stdout).readline())
    return done["seconds"], [tuple(each) for each in done["found"]]


def read(cells: Sequence[Expression]) -> tuple[float, list[Answer]]:
    """Return the same for the project's own grammar, which is told the title's year and the day of issue."""
    plans = [plan_period(f"{each.issued.year}年某市社会信用体系建设工作要点", each.issued) for each in cells]
    begun = time.process_time()
    found = [parse_deadline(each.text, plan) for each, plan in zip(cells, plans, strict=True)]
    seconds = time.process_time() - begun
    return seconds, [meaning(each) for each in found]


def meaning(found: Deadline | None) -> Answer:
    """Return a deadline as an answer."""
    if found is not None and found.end is not None:
        return ("by", found.end.isoformat())
    return OURS.get(found.kind, NONE) if found is not None else NONE


def measure() -> list[Figure]:
    """Read the expressions of each round by turns; the rights of the round that does not count are told."""
    python = environment()
    if python is None:
        return [_alone()]
    figures = []
    for name in RIVALS:
        with asked(python, name) as child:
            times: Times = {"ours": [], name: []}
            for number in range(ROUNDS + 1):
                cells = list(expressions(Random(number), TIMES))
                sides = {"ours": read(cells), name: ask(child, cells)} if number % 2 else {name: ask(child, cells), "ours": read(cells)}
                if number == 0:
                    rights = {side: _right(cells, found) for side, (_, found) in sides.items()}
                    continue
                for side, (seconds, _) in sides.items():
                    times[side].append(seconds)
        figures.append(rates(f"deadlines: {name}", times, "ours", name, len(cells), "cells/s", bar=BAR, labelled=len(cells), right=rights))
    return figures


def _right(cells: Sequence[Expression], found: Sequence[Answer]) -> dict[str, int]:
    """Return how many answers are right, in all and by kind."""
    kinds = Counter(cell.kind for cell, answer in zip(cells, found, strict=True) if answer == cell.answer)
    return {"all": kinds.total(), **{kind: kinds[kind] for kind in dict.fromkeys(cell.kind for cell in cells)}}


def _alone() -> Figure:
    """Return our own rate under a name of its own, beside itself: no ratio is claimed, and none is held against an accepted one."""
    cells = [list(expressions(Random(number), TIMES)) for number in range(ROUNDS)]
    times = {"ours": [read(each)[0] for each in cells]}
    rights = {"ours": _right(cells[0], read(cells[0])[1])}
    return rates("deadlines: alone", times, "ours", "ours", len(cells[0]), "cells/s", right=rights)


if __name__ == "__main__":
    main(measure, ())
