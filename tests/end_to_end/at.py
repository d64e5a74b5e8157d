"""The command line on a day of one's choice: ``python -m tests.end_to_end.at 2026-11-20T09:00:00+08:00 crawl …``.

The whole process lives at that moment and its clock runs on from there; the program itself has no such door.
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import datetime

import time_machine

from harvester.cli.main import main

if __name__ == "__main__":
    moment = sys.argv.pop(1)
    if os.environ.get("HARVESTER_LOG_LEVEL") == "DEBUG":
        # As a program would that hosts this one: everything that any part of it logs, on standard error.
        logging.basicConfig(level=logging.DEBUG)
    with time_machine.travel(datetime.fromisoformat(moment), tick=True):
        main()
