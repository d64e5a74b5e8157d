"""``python -m tests.soak``: crawl, schedule, serve and fail for hours, print the figures, end with 1 where something does not hold."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from pathlib import Path

from tests.soak.living import Soak
from tests.soak.telling import as_json, table


def main() -> int:
    """Read the arguments, soak, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--hours", type=float, help="so many hours; two when nothing is said")
    length.add_argument("--minutes", type=float, help="so many minutes")
    parser.add_argument("--seed", type=int, default=8, help="what the plan of faults and edits is drawn from")
    parser.add_argument("--sample", type=float, default=60.0, help="seconds from one measurement to the next")
    parser.add_argument("--json", type=Path, metavar="FILE", help="what was measured, for programs")
    parser.add_argument("--folder", type=Path, help="an empty folder for store, archive and logs, kept at the end; else a temporary one")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # whatever ends a soak, its processes end with it
    seconds = given.minutes * 60 if given.minutes is not None else (given.hours or 2.0) * 3600
    if given.folder:
        given.folder.mkdir(parents=True, exist_ok=True)
        found = Soak(given.folder.resolve(), seconds, given.seed, given.sample).run()
    else:
        with tempfile.TemporaryDirectory(prefix="harvester-soak-") as folder:
            found = Soak(Path(folder), seconds, given.seed, given.sample).run()
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(as_json(found), ensure_ascii=False, indent=1), encoding="utf-8")
    sys.stdout.write("\n".join(table(found)) + "\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
