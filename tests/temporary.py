"""Where the tests keep what lasts no longer than they do: in memory where the machine has room for it, for nothing of it must outlive them.

A store writes through to its disk at every step; on a disk the tests would wait for that more than they work.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 -- whoever needs a file makes one of a random name in it
ROOM = 4 << 30
"""Bytes that must be free: several times what a run of all tests holds at once, so that whoever else uses the memory keeps some."""


def in_memory() -> bool:
    """Tell whether temporary files lie in memory."""
    return Path(tempfile.gettempdir()) == MEMORY


def choose() -> None:
    """Let temporary files of this process and of those it starts lie in memory, unless the caller has named a place in TMPDIR."""
    if "TMPDIR" in os.environ or not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return
    # Some tests write programs and start them, which a container's own memory disk mostly forbids.
    forbidden = bool(os.statvfs(MEMORY).f_flag & os.ST_NOEXEC)
    if not forbidden and shutil.disk_usage(MEMORY).free >= ROOM and _free_memory() >= ROOM:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def _free_memory() -> int:
    """Return the bytes of memory that can be had without swapping, 0 where the machine does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:")), 0)
