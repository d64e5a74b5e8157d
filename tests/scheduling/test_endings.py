"""A process that is asked to end does so, whatever its main thread is doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

WAITING = """
import sys, threading
from harvester.endings import end_by_signals
stop = threading.Event()
end_by_signals(stop, "at once")
print("there", flush=True)
if sys.argv[1] == "deaf":
    threading.Event().wait()
while not stop.wait(0.0001):
    pass
sys.exit(7)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_each_signal_sets_the_event_and_the_program_ends_in_its_own_way(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", WAITING, "heeding"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        process.send_signal(number)
        assert process.wait(30) == 7


def test_a_second_interrupt_ends_at_once_and_says_what_that_means() -> None:
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", WAITING, "deaf"], text=True, **streams) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        until = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < until:
            os.kill(process.pid, signal.SIGINT)
            time.sleep(0.05)
        assert (process.wait(1), process.communicate()[1]) == (130, "at once\n")
