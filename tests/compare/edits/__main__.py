"""``python -m tests.compare.edits``: F1 of task changes over generated edits, by kind of edit, and false changes where there are none."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict

from rich.console import Console
from rich.table import Table

from tests.compare.edits import pairs
from tests.compare.edits.generate import SEED, Case, cases
from tests.compare.edits.truth import Score


def run(chosen: list[Case]) -> dict[str, Score]:
    """Return the scores: of all edits, of each kind, of pairs without a change, of each thing that is no change."""
    out: dict[str, Score] = defaultdict(Score)
    for case in chosen:
        one = case.measured()
        groups = ["all edits" if case.truth else "no change"]
        groups += [f"look {look}" for look in case.looks] if not case.truth else []
        groups += sorted({f"edit {edit.split('-')[0]}" for change in case.truth for edit in change.edit.split()})
        groups += sorted({f"file {kind.rpartition(':')[2]}" for kind in case.kinds})
        for group in groups:
            out[group].merge(one)
    return dict(sorted(out.items()))


def main() -> int:
    """Print the figures; the exit status is 0 whatever they are, the bars are held by pytest."""
    parser = argparse.ArgumentParser(prog="python -m tests.compare.edits", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=1000, help="edits, at least")
    parser.add_argument("--failures", action="store_true", help="list every difference")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    begun = time.perf_counter()
    scores = run(list(cases(args.seed, args.count)))
    written = Score()
    for pair in pairs.written():
        written.merge(pairs.measured(pair))
    scores["written by hand"] = written
    figures = {
        name: {"pairs": s.pairs, "edits": s.wanted, "told": s.found, "P": s.precision, "R": s.recall, "F1": s.f1, "false": s.false}
        for name, s in scores.items()
    }
    if args.json:
        print(
            json.dumps(
                {"seed": args.seed, "seconds": round(time.perf_counter() - begun, 1), "figures": figures}, ensure_ascii=False, indent=1
            )
        )
    else:
        table = Table("", "pairs", "edits", "told", "P", "R", "F1", "false", box=None)
        for name, row in figures.items():
            table.add_row(name, *(f"{value:.4f}" if isinstance(value, float) else str(value) for value in row.values()))
        Console(width=160).print(table, f"seed {args.seed}, {time.perf_counter() - begun:.0f} s")
    if args.failures:
        print(*scores["all edits"].failures, *scores.get("no change", Score()).failures, *written.failures, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
