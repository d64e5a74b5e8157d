"""A disk that is full after some kilobytes: a file system in memory that only the process on it sees, and that goes with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_MOUNT = 'mount -t tmpfs -o "size=$1" harvester-test "$2" && shift 2 && exec "$@"'


def run(code: str, disk: Path, kilobytes: int, *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """Run Python on a piece of code, for which the folder ``disk`` is a file system of so many kilobytes."""
    if not shutil.which("unshare") or subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    disk.mkdir(parents=True, exist_ok=True)
    words = ["unshare", "-rm", "sh", "-c", _MOUNT, "sh", f"{kilobytes}k", str(disk), sys.executable, "-c", code, *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(words, capture_output=True, text=True, timeout=seconds, cwd=ROOT, env=environment, check=False)
