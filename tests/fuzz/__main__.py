"""Fuzz every reader, or those that are named: ``python -m tests.fuzz [--inputs N] [--seed S] [--drawn] [--replay FILE] [TARGET...]``.

Exit status 1 where anything was found: the inputs lie in ``build/fuzz`` then, each with what it did beside it.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from queue import Empty, SimpleQueue

from tests.fuzz.children import ROOT, Find, Job, made, run_jobs
from tests.fuzz.minimise import minimised
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

INPUTS = 100_000
PIECE = 1_500
"""Inputs of one child; then a fresh one follows, which costs two seconds."""
DRAWN = 10_000
"""Inputs from this number on are drawn; those before are samples and bombs as long as there are some."""
KEPT = 3
"""Inputs that are kept of one cause."""
BUILD = ROOT / "build" / "fuzz"


def shares(targets: Sequence[Target], inputs: int) -> dict[str, int]:
    """Return how many of the inputs each target gets, in all as many as are asked for; none gets fewer than one."""
    over = max(0, inputs - len(targets))
    whole = sum(target.share for target in targets)
    exact = {target.name: over * target.share / whole for target in targets}
    counts = {name: 1 + int(share) for name, share in exact.items()}
    for name in sorted(exact, key=lambda name: int(exact[name]) - exact[name])[: max(0, inputs - sum(counts.values()))]:
        counts[name] += 1
    return counts


def planned(counts: dict[str, int], seed: int, begin: int = 0) -> Iterator[list[Job]]:
    """Yield what one child has to do: a piece of a large target, or several small ones; ``begin`` is the first number of each target."""
    pieces = [
        Job(name, seed, begin + first, begin + min(first + PIECE, count))
        for name, count in counts.items()
        for first in range(0, count, PIECE)
    ]
    gathered: list[Job] = []
    for job in pieces:
        gathered.append(job)
        if sum(each.stop - each.first for each in gathered) >= PIECE:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


class Run:
    """What is found while several processes work; one thread watches each of them."""

    def __init__(self, jobs: Iterator[list[Job]], folder: Path) -> None:
        self.waiting: SimpleQueue[list[Job]] = SimpleQueue()
        for each in jobs:
            self.waiting.put(each)
        self.folder = folder
        self.done: Counter[str] = Counter()
        self.spent: Counter[str] = Counter()
        self.finds: list[Find] = []
        self._lock = threading.Lock()

    def work(self, number: int) -> None:
        """Do what waits until nothing does."""
        while True:
            try:
                jobs = self.waiting.get_nowait()
            except Empty:
                return
            began = time.monotonic()
            for job, _, find in run_jobs(jobs, self.folder / f"child-{number}.log"):
                with self._lock:
                    self.done[job.target] += 1
                    self.spent[job.target] += round(1000 * (time.monotonic() - began))
                    if find:
                        self.finds.append(find)
                        print(f"        {find.target} {find.number}: {find.kind} {find.error[:100]!r} at {find.where}", flush=True)
                began = time.monotonic()


def fuzz(targets: Sequence[Target], inputs: int, seed: int, processes: int, *, drawn: bool = False) -> int:
    """Fuzz the targets and tell what was found; return the exit status."""
    began = time.monotonic()
    counts = shares(targets, inputs)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        run = Run(planned(counts, seed, DRAWN if drawn else 0), Path(folder))
        # Ctrl-C ends them with this process, and with their pipes the children.
        threads = [threading.Thread(target=run.work, args=(number,), daemon=True) for number in range(processes)]
        for thread in threads:
            thread.start()
        while working := [thread for thread in threads if thread.is_alive()]:
            working[0].join(20)
            print(f"{sum(run.done.values()):>7} inputs, {len(run.finds)} finds, {time.monotonic() - began:.0f} s", flush=True)
    slowest = ", ".join(f"{name} {spent / max(1, run.done[name]):.0f} ms" for name, spent in run.spent.most_common(6))
    told = f"{sum(run.done.values())} inputs to {len(run.done)} readers with seed {seed} in {time.monotonic() - began:.0f} s."
    print(f"{told} Most time: {slowest}")
    _tell(run.finds, seed)
    if missed := sum(counts.values()) - sum(run.done.values()):
        print(f"{missed} inputs were not read.")
    return 1 if run.finds or missed else 0


def _tell(finds: Sequence[Find], seed: int) -> None:
    for signature, group in groupby(sorted(finds, key=lambda find: (find.signature, find.number)), key=lambda find: find.signature):
        found = list(group)
        print(f"\n{' · '.join(part for part in signature if part)}: {len(found)} inputs; {found[0].error[:160]}")
        for number, find in enumerate(found[:KEPT]):
            print(f"  {_saved(find, seed, small=number == 0).relative_to(ROOT)}")


def _saved(find: Find, seed: int, *, small: bool) -> Path:
    """Keep an input, as small as it could be made, and what it did."""
    target = TARGETS[find.target]
    data = made(target, seed, find.number)
    BUILD.mkdir(parents=True, exist_ok=True)
    path = BUILD / f"{find.target}-{seed}-{find.number}.bin"
    path.write_bytes(data)
    kept = minimised(target, data, find) if small and find.kind == "error" else data
    path.write_bytes(kept)
    told = f"target {find.target}, seed {seed}, number {find.number}, {len(data)} bytes, kept {len(kept)}\n{find.kind} {find.error}"
    told += f"\n{find.where}\n\n{find.detail}\n"
    path.with_suffix(".txt").write_text(told, "utf-8", "backslashreplace")
    return path


def target_of(file: Path) -> str:
    """Return the target of a kept input: the folder of a case is named after it, the name of a new find begins with it."""
    folder = file.resolve().parent.name
    return folder if folder in TARGETS else file.name.rsplit("-", 2)[0]


def replay(file: Path, name: str) -> int:
    """Read one kept input again, within its budget, and tell what it does."""
    data = file.read_bytes()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        kept = Path(folder, "input.bin")
        kept.write_bytes(gzip.decompress(data) if file.suffix == ".gz" else data)
        found = [find for _, _, find in run_jobs([Job(name, 0, 0, 1, str(kept))], Path(folder) / "child.log") if find]
    for find in found:
        print(find.kind, find.error, find.where, find.detail, sep="\n")
    print("" if found else f"{name} reads {file} or names what is wrong with it.")
    return 1 if found else 0


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description="Fuzz every reader of the project in child processes with budgets."
    )
    parser.add_argument("--inputs", type=int, default=INPUTS, help="how many in all, at least one for each target (default %(default)s)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of what is drawn (default: the clock)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--drawn", action="store_true", help="only what is drawn at random, no samples and no bombs")
    parser.add_argument("--replay", type=Path, help="a kept input; its target is in its name or its folder's, or given")
    parser.add_argument("targets", nargs="*", help=f"of {', '.join(TARGETS)}")
    given = parser.parse_args()
    if unknown := [name for name in given.targets if name not in TARGETS]:
        parser.error(f"there is no target {unknown[0]}")
    if given.replay:
        name = given.targets[0] if given.targets else target_of(given.replay)
        if not given.replay.is_file() or name not in TARGETS:
            parser.error(f"{given.replay} is no file" if name in TARGETS else f"name the target of {given.replay}")
        return replay(given.replay, name)
    chosen = [target for name, target in TARGETS.items() if not given.targets or name in given.targets]
    return fuzz(chosen, given.inputs, given.seed, given.processes, drawn=given.drawn)


if __name__ == "__main__":
    sys.exit(main())
