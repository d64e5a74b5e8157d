"""Run an outside program on one file: in a folder of its own, within a time and a memory, ended with all it started."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

MEMORY_KIB = 3 * 2**20
"""Address space of an outside program; LibreOffice reads a plan of 20 pages within 1 GB."""
MAX_OUTPUT = 200 * 2**20
"""Bytes of the largest file an outside program may write."""
# The limits hold by themselves when the process that started the program is gone.
_LIMITED = 'ulimit -v "$1" 2>/dev/null; ulimit -f "$2" 2>/dev/null; ulimit -t "$3" 2>/dev/null; t=$3; shift 3; '
_LIMITED += 'command -v timeout > /dev/null && exec timeout -k 2 "$((t + 2))" "$@"; exec "$@"'


def found(*names: str) -> str:
    """Return the path of the first of these programs that is installed, empty when none is."""
    return next((path for name in names if (path := shutil.which(name))), "")


def run(command: Sequence[str], folder: Path, seconds: float) -> tuple[int, bytes]:
    """Return a program's exit status and standard output; status -1 when its time was over or it could not be started.

    It sees neither this process's input nor its environment but for the search path, and works in ``folder``.
    """
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "TMPDIR": str(folder), "LC_ALL": "C.UTF-8"}
    limits = [str(MEMORY_KIB), str(MAX_OUTPUT // 512), str(max(1, int(seconds)))]
    output = folder / "standard-output"
    try:
        with output.open("wb") as sink:
            process = subprocess.Popen(
                ["sh", "-c", _LIMITED, "sh", *limits, *command],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                status = process.wait(seconds)
            except subprocess.TimeoutExpired:
                status = -1
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    except OSError:
        return -1, b""
    return status, output.read_bytes()
