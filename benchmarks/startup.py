"""What it costs to start the command line, in processor time beside ``python -c "import sqlalchemy"``; in turn, so that load meets all.

python -m benchmarks.startup [--rounds N] [--json]

Prints a table and one JSON object: medians of the processor seconds (user and system) of whole processes, and the ratio of each round's
time to that round's ``import sqlalchemy``, of which the median is told too. Compare ratios; absolute times depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.million import Sizes, fill
from storage.store import Store

ROOT = Path(__file__).resolve().parents[1]
MEASURE = "import sqlalchemy"
BARS = {"--help": 1.5, "tasks --limit 1": 2.5}
"""How many times ``import sqlalchemy`` a call may cost."""
CALLS = (
    "--help",
    "--version",
    "nonsense",
    "tasks --help",
    "tasks --limit 1",
    "tasks --limit 1 --format json",
    "documents --limit 1",
    "runs --limit 1",
    "agencies --limit 1",
    "search 信用 --limit 1",
)
PACKAGES = ("sqlalchemy", "typer", "pydantic", "rich")
SIZES = Sizes(documents=200, tasks=10)


def processor_time(words: Sequence[str], environment: dict[str, str]) -> float:
    """Return the processor seconds of a process and of those it waited for."""
    process = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


def measure(calls: dict[str, list[str]], environment: dict[str, str], rounds: int) -> dict[str, dict[str, float]]:
    """Return medians over rounds in which each call is made once, after one round that does not count (files, compiled modules)."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds + 1):
        for name, words in calls.items():
            took = processor_time(words, environment)
            if number:
                times[name].append(took)
    found = {}
    for name, each in times.items():
        ratios = [one / base for one, base in zip(each, times[MEASURE], strict=True)]
        found[name] = {
            "seconds": round(statistics.median(each), 3),
            "least": round(min(each), 3),
            "ratio": round(statistics.median(each) / statistics.median(times[MEASURE]), 2),
            "ratio of rounds": round(statistics.median(ratios), 2),
        } | ({"bar": BARS[name]} if name in BARS else {})
    return found


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "load": [round(each, 1) for each in os.getloadavg()],
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def table(found: dict[str, dict[str, float]]) -> str:
    """Return the figures as lines for people."""
    lines = [f"{'call':<32}{'seconds':>9}{'least':>9}{'ratio':>8}{'by round':>10}{'bar':>6}"]
    for name, row in found.items():
        figures = f"{row['seconds']:>9.3f}{row['least']:>9.3f}{row['ratio']:>8.2f}{row['ratio of rounds']:>10.2f}{row.get('bar', ''):>6}"
        lines.append(f"{name:<{32 - sum(ord(c) > 0x2E80 for c in name)}}{figures}")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--json", action="store_true", help="the JSON object alone")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/startup.sqlite"
        with Store.open(url, create=True) as store:
            fill(store, SIZES)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("HARVESTER_", "LC_", "LANG"))}
        environment |= {"HARVESTER_STORE": url, "PYTHONPATH": str(ROOT)}
        ours = "import sys; from harvester.cli.main import main; sys.argv[0] = 'harvester'; main()"
        calls = {"nothing": [sys.executable, "-c", "pass"], MEASURE: [sys.executable, "-c", MEASURE]}
        calls |= {call: [sys.executable, "-c", ours, *call.split()] for call in CALLS}
        found = measure(calls, environment, told.rounds)
    if not told.json:
        print(table(found))
    print(json.dumps({"rounds": told.rounds, "machine": machine(), "calls": found}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
