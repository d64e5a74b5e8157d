"""What it costs to start the command line, in processor time of whole processes beside ``python -c "import sqlalchemy"``.

python -m benchmarks.starting [--json]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.figures import Figure, by_turns, costs, main, processors
from benchmarks.million import Sizes, fill
from storage.store import Store

ROOT = Path(__file__).resolve().parents[1]
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


def process(words: Sequence[str], environment: dict[str, str]) -> None:
    """Run a process to its end, whatever its status: a call that is refused costs, too."""
    subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def measure() -> list[Figure]:
    """Start each call once a round."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/starting.sqlite"
        with Store.open(url, create=True) as store:
            fill(store, SIZES)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("HARVESTER_", "LC_", "LANG"))}
        environment |= {"HARVESTER_STORE": url, "PYTHONPATH": str(ROOT)}
        ours = "import sys; from harvester.cli.main import main; sys.argv[0] = 'harvester'; main()"
        sides = {MEASURE: partial(process, [sys.executable, "-c", "import sqlalchemy"], environment)}
        sides |= {call: partial(process, [sys.executable, "-c", ours, *call.split()], environment) for call in CALLS}
        times = by_turns(sides, ROUNDS, processors)
    return [costs(f"start: {call}", times, call, MEASURE, bar=bar) for call, bar in CALLS.items()]


if __name__ == "__main__":
    main(measure, ("sqlalchemy", "typer", "pydantic", "rich"))
