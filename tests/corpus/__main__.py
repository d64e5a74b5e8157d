"""``python -m tests.corpus``: the score of the corpus as a table, its failures one by one, or JSON."""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys

from rich.console import Console
from rich.table import Table

from tests.corpus import report

OTHERS = ("tests.noise", "tests.agencies.resolution")
"""Measures of their own that belong to the score."""


def _text(value: float | int | None) -> str:
    if value is None:
        return "–"
    return f"{value:.4f}" if isinstance(value, float) and value <= 1 else str(value)


def _table(name: str, rows: dict[str, dict[str, float | int | None]]) -> Table:
    table = Table(name, *next(iter(rows.values())), box=None)
    for label, figures in rows.items():
        table.add_row(label, *(_text(value) for value in figures.values()))
    return table


def _others() -> None:
    for module in OTHERS:
        if importlib.util.find_spec(module):
            sys.stdout.flush()
            subprocess.run([sys.executable, "-m", module], check=False)


def main() -> int:
    """Print the score; the exit status is 0 whatever the figures are, the bars are held by pytest."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("--failures", action="store_true", help="list every difference with its document and reason")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--quick", action="store_true", help="each document in its cheapest rendering only")
    parser.add_argument("--paper", default="", help="only documents whose name begins so")
    parser.add_argument("--only", default="", help="only formats or damages that begin so")
    args = parser.parse_args()
    chosen = [paper for paper in report.papers() if paper.name.startswith(args.paper)]
    measured = list(report.runs(chosen, quick=args.quick, only=args.only))
    sums = {"all": report.wholes(measured), **report.groups(measured)}
    figures = {name: {label: report.row(tally) for label, tally in rows.items()} for name, rows in sums.items()}
    failures = [(one.paper.name, one.format, one.damage, *reason) for one in measured for reason in one.tally.failures]
    if args.json:
        print(json.dumps({"figures": figures, "failures": failures if args.failures else len(failures)}, ensure_ascii=False, indent=1))
        return 0
    console = Console(width=220)
    for name, rows in figures.items():
        if rows:
            console.print(_table(name, rows))
    if args.failures:
        for failure in failures:
            print(" · ".join(part for part in failure if part))
    if not args.paper and not args.only and not args.quick:
        _others()
    return 0


if __name__ == "__main__":
    sys.exit(main())
