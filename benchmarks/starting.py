"""What it costs to start the command line, in processor time of whole processes beside ``python -c "import sqlalchemy"``.

python -m benchmarks.starting [--json]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial

from benchmarks.command import HARVESTER, environment
from benchmarks.figures import Figure, by_turns, costs, main, processors
from benchmarks.million import Sizes, fill
from storage.store import Store

MEASURE = 'python -c "import sqlalchemy"'
CALLS: dict[str, float | None] = {
    "--help": 1.5,
    "tasks --limit 1": 2.5,
    "--version": None,
    "nonsense": None,
    "tasks --limit 1 --format json": None,
    "documents --limit 1": None,
    "runs --limit 1": None,
    "agencies --limit 1": None,
    "search 信用 --limit 1": None,
}
"""Calls, with how many times ``import sqlalchemy`` they may cost."""
SIZES = Sizes(documents=200, tasks=10)
ROUNDS = 9


def process(words: Sequence[str], told: dict[str, str]) -> None:
    """Run a process to its end, whatever its status: a call that is refused costs, too."""
    subprocess.run(words, env=told, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def measure() -> list[Figure]:
    """Start each call once a round."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/starting.sqlite"
        with Store.open(url, create=True) as store:
            fill(store, SIZES)
        sides = {MEASURE: partial(process, [sys.executable, "-c", "import sqlalchemy"], environment(url))}
        sides |= {call: partial(process, [*HARVESTER, *call.split()], environment(url)) for call in CALLS}
        times = by_turns(sides, ROUNDS, processors)
    return [costs(f"start: {call}", times, call, MEASURE, bar=bar) for call, bar in CALLS.items()]


if __name__ == "__main__":
    main(measure, ("sqlalchemy", "typer", "pydantic", "rich"))
