"""``python -m tests.privacy``: what masking finds, kind by kind and spelling by spelling, and what it masks by mistake."""

from __future__ import annotations

import argparse
import sys
import time

from rich.console import Console
from rich.table import Table

from tests.privacy.generate import samples
from tests.privacy.measure import masked, measure


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.privacy", description=__doc__)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=14)
    parser.add_argument("--examples", type=int, default=0, help="print so many samples that went wrong; all of them are invented")
    args = parser.parse_args()
    started = time.perf_counter()
    score = measure(samples(args.seed, args.rounds))
    found = Table("kind", "spelling", "texts", "missed", box=None)
    for (kind, spelling), count in sorted(score.texts.items()):
        found.add_row(kind, spelling, str(count), str(score.missed[kind, spelling]))
    decoys = Table("not personal", "seen", "masked by mistake", box=None)
    for what, count in sorted(score.decoys.items()):
        decoys.add_row(what, str(count), str(score.wrong[what]))
    console = Console(width=120)
    console.print(found, decoys)
    console.print(
        f"{score.texts.total()} texts with personal data, {score.missed.total()} missed; "
        f"{score.decoys.total()} others, {score.wrong.total()} masked by mistake; {time.perf_counter() - started:.1f} s"
    )
    for sample in score.examples[: args.examples]:
        console.print(
            sample.kind,
            sample.spelling,
            sample.mode,
            ascii(sample.text) if not sample.text.isprintable() else sample.text,
            "->",
            masked(sample),
            markup=False,
        )
    return 1 if score.missed or score.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
