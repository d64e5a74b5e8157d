"""Run the benchmarks, each in a process of its own; print their tables, write ``build/bench.json``, hold ratios against accepted ones.

python -m benchmarks [NAME...] [--accept]      NAME: a program of this folder; without any all of ``PROGRAMS``, under half an hour

Exit status 1 where a ratio is worse than the accepted one by more than ``SLACK`` (and in every round), or a program failed. A bar that is
not reached is marked × and no failure: docs/performance.md says what is short and why. ``--accept`` takes the ratios as the accepted ones.
Ratios of other sizes than the usual ones (``BENCH_…`` in the environment) are neither held against those nor accepted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures import INTERRUPTED, SIZE, Figure, end_by_sigterm, machine, table
from benchmarks.stores import SIZES

PROGRAMS = (
    "starting",
    "normalising",
    "resolving",
    "dating",
    "extracting",
    "comparing",
    "ingesting",
    "asking",
    "framing",
    "harvesting",
    "deriving",
    "growing",
    "serving",
)
"""In the order they are run: what computes first, what needs servers and much memory last."""
STORED = {"asking", "framing"}
"""Programs that ask the stores of ``benchmarks.stores``."""
FOLDER = Path(__file__).parent
ACCEPTED = FOLDER / "accepted.json"
OUT = Path("build/bench.json")
SLACK = 0.25
"""How much worse than accepted a ratio may be; beyond it, it counts as worse if every round was: machines are noisy."""
LONGEST, ENDING = 900.0, 30.0
"""Seconds that one program may take, and those it gets to end."""


def run(name: str) -> list[Figure]:
    """Run a program and return its figures; none where it fails, which is said."""
    program = _started(name, "--json", stdout=subprocess.PIPE)
    try:
        said, _ = program.communicate(timeout=LONGEST)
        failed = f"status {program.returncode}" if program.returncode else ""
    except subprocess.TimeoutExpired:
        failed = f"not done after {LONGEST:.0f} s"
    finally:
        _end(program)
    if failed:
        print(f"benchmarks: {name} failed ({failed}); run `python -m benchmarks.{name}` by itself.", file=sys.stderr, flush=True)
        return []
    rows: list[dict[str, Any]] = json.loads(said)["figures"]
    return [Figure(**{key: value for key, value in row.items() if key != "holds"}) for row in rows]


def _started(name: str, *words: str, stdout: int | None = None) -> subprocess.Popen[str]:
    """Start a module of this folder, in a session of its own: Ctrl-C at the terminal ends this process, and this one the other, once."""
    return subprocess.Popen([sys.executable, "-m", f"benchmarks.{name}", *words], stdout=stdout, text=True, start_new_session=True)


def _end(process: subprocess.Popen[Any]) -> None:
    """End a process that still runs, with the time to end what it has started itself."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(ENDING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def fill_stores() -> None:
    """Fill the stores that programs ask, side by side: nothing of it is measured. What fails here is said again by the programs."""
    begun = time.monotonic()
    filling = [_started("stores", database) for database in SIZES]
    try:
        for each in filling:
            each.wait()
    finally:
        for each in filling:
            _end(each)
    print(f"stores ({round(time.monotonic() - begun)} s)\n", flush=True)


def worse(figures: Sequence[Figure], accepted: dict[str, float]) -> list[str]:
    """Return in words the ratios that are worse than the accepted ones by more than the slack, and in every round."""
    found = []
    for each in figures:
        before = accepted.get(each.name)
        if before is None:
            continue
        fell = each.ratio < before / (1 + SLACK) and each.most < before
        rose = each.ratio > before * (1 + SLACK) and each.least > before
        if rose if each.at_most else fell:
            found.append(f"{each.name}: {each.ratio:.3g}, accepted {before:.3g}")
    return found


def accept(figures: Sequence[Figure]) -> None:
    """Take the ratios of figures as the accepted ones; those of others stay."""
    known = accepted_ratios() | {each.name: float(f"{each.ratio:.3g}") for each in figures}
    ACCEPTED.write_text(json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def accepted_ratios() -> dict[str, float]:
    """Return the last accepted ratios by the names of their figures."""
    return dict(json.loads(ACCEPTED.read_text("utf-8"))) if ACCEPTED.exists() else {}


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PROGRAMS))
    parser.add_argument("--accept", action="store_true", help="take the ratios as the accepted ones")
    told = parser.parse_args()
    if unknown := [name for name in told.names if name not in PROGRAMS]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(PROGRAMS)}")
    resized = sorted(name for name in os.environ if name.startswith(SIZE))
    if told.accept and resized:
        parser.error(f"ratios are accepted at the usual sizes, without {', '.join(resized)}")
    every: list[Figure] = []
    programs: dict[str, Any] = {}
    names = told.names or PROGRAMS
    if STORED.intersection(names):
        fill_stores()
    for name in names:
        begun = time.monotonic()
        figures = run(name)
        every += figures
        took = round(time.monotonic() - begun)
        programs[name] = {"seconds": took, "figures": [row.name for row in figures]}
        print(f"{name} ({took} s)\n{table(figures)}\n", flush=True)
    if not every:
        print(f"Nothing was measured; {OUT} stays as it was.", file=sys.stderr)
        return 1
    OUT.parent.mkdir(exist_ok=True)
    found = {"machine": machine(), "programs": programs, "figures": {each.name: _short(each) for each in every}}
    OUT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    short = [each.name for each in every if not each.holds]
    print(f"{len(every)} figures in {OUT}; short of their bars: {', '.join(short) or 'none'}")
    if told.accept:
        accept(every)
    fallen = [] if resized or told.accept else worse(every, accepted_ratios())
    for line in fallen:
        print(f"worse than accepted: {line}")
    return 1 if fallen or not all(each["figures"] for each in programs.values()) else 0


def _short(figure: Figure) -> dict[str, Any]:
    return {
        "ours": figure.ours, "theirs": figure.theirs, "unit": figure.unit, "against": figure.against, "ratio": figure.ratio,
        "bar": figure.bar, "at_most": figure.at_most, "holds": figure.holds, **figure.detail,
    }  # fmt: skip


if __name__ == "__main__":
    end_by_sigterm()  # so that the program under way ends with this process
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
