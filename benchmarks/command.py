"""The command line in a process of its own, from this checkout and with no settings but a store."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HARVESTER = (sys.executable, "-c", "import sys; from harvester.cli.main import main; sys.argv[0] = 'harvester'; main()")
"""What stands before a verb."""


def environment(store: str) -> dict[str, str]:
    """Return the environment of a process over a store, whatever settings and language this one has."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HARVESTER_", "LC_", "LANG"))}
    return kept | {"HARVESTER_STORE": store, "PYTHONPATH": str(ROOT)}
