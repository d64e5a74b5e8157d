"""A server that a test started does not outlive the test's process, however that one ends."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.postgres import ending_with_us
from tests.storage.conftest import ROOT

STAND_IN = """
import os, signal, sys, time
from pathlib import Path
data = Path(sys.argv[1])

def end(*_):
    (data.parent.parent / "ended").touch()
    (data / "postmaster.pid").unlink()
    sys.exit()

signal.signal(signal.SIGQUIT, end)
(data / "postmaster.new").write_text(f"{os.getpid()}\\n")
(data / "postmaster.new").rename(data / "postmaster.pid")
while True:
    time.sleep(0.05)
"""
"""What a server does here: it writes its number, and takes it away when it is told to end."""
HOLDING = """
import subprocess, sys, time
from pathlib import Path
from tests.postgres import ending_with_us
data = Path(sys.argv[1])
with ending_with_us(data, data.parent):
    subprocess.Popen([sys.executable, "-c", sys.argv[2], str(data)], start_new_session=True)
    while not (data / "postmaster.pid").exists():
        time.sleep(0.02)
    print("running", flush=True)
    time.sleep(300)
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    made = tmp_path / "server" / "data"
    made.mkdir(parents=True)
    return made


def gone(folder: Path) -> bool:
    """Tell whether a folder goes within some seconds."""
    until = time.monotonic() + 60
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.05)
    return not folder.exists()


def test_a_server_ends_with_a_process_that_is_killed(data: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDING, str(data), STAND_IN], stdout=subprocess.PIPE, text=True, cwd=ROOT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "running\n"
        holder.kill()
    assert gone(data.parent)
    assert (data.parent.parent / "ended").exists()


def test_a_server_that_still_runs_at_the_end_of_the_context_ends_then(data: Path) -> None:
    with ending_with_us(data, data.parent):
        server = subprocess.Popen([sys.executable, "-c", STAND_IN, str(data)])
        while not (data / "postmaster.pid").exists():
            time.sleep(0.02)
    assert server.wait(60) == 0
    assert not data.parent.exists()
