"""A process that sends is killed anywhere: nothing is lost, and nothing has its effect twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from storage import deliveries
from storage.store import Store
from tests.watching.feed import SECRET, config, tell, watch
from tests.watching.servers import Got, Ledger, Receiver, serving

ROOT = Path(__file__).resolve().parents[2]
NURSERY = """
import json, os, sys
from harvester.cli.main import run
import harvester.cli.watching, harvester.watching.sending
for line in sys.stdin:
    child = os.fork()
    if not child:
        told = json.loads(line)
        os.environ.update(told["environment"])
        os._exit(run(told["words"]))
    print("%d" % child, flush=True)
    print("%d" % os.waitpid(child, 0)[1], flush=True)
"""
"""Starts a process of the program whenever it is told to: each is one of its own, without waiting for an interpreter."""


class Nursery:
    """Starts senders; ``pid`` is the process number of the one that runs."""

    def __init__(self) -> None:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "LEDGER_KEY": SECRET}
        self.process = subprocess.Popen(
            [sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.pid = 0

    def line(self) -> int:
        """Return the next number it says; what the program prints is not one."""
        assert self.process.stdout is not None
        return next(int(line) for line in iter(self.process.stdout.readline, "") if line.strip().isdigit())

    def start(self, folder: Path, url: str, *words: str) -> None:
        channels = {"ledger": {"kind": "webhook", "url": url, "secret_env": "LEDGER_KEY", "timeout": 5}}
        environment = {"HARVESTER_STORE": config(folder).store, "HARVESTER_CHANNELS": json.dumps(channels)}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"environment": environment, "words": ["watch", "run", *(words or ["--once"])]}) + "\n")
        self.process.stdin.flush()
        self.pid = self.line()

    def kill(self) -> None:
        with suppress(ProcessLookupError):  # it has ended by itself
            os.kill(self.pid, signal.SIGKILL)

    def end(self) -> int:
        """Wait for the sender's end and return how it ended, as ``subprocess`` tells it."""
        return os.waitstatus_to_exitcode(self.line())


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.process.communicate()


def let_all_be_tried_now(store: Store) -> None:
    for each in deliveries.listed(store, state="waiting"):
        deliveries.retry(store, each.id)


def test_a_sender_killed_when_the_receiver_took_its_message_does_not_repeat_its_effect(
    store: Store, tmp_path: Path, nursery: Nursery
) -> None:
    ledger, victims = Ledger(SECRET), [nursery]

    def take_and_kill(got: Got) -> tuple[int, bytes]:
        told = ledger.take(got)
        if victims:
            victims.pop().kill()  # it never learns that its message was taken
            time.sleep(0.1)
        return told

    watch(store)
    with serving(Receiver(answer=take_and_kill)) as receiver:
        tell(store, 3)
        nursery.start(tmp_path, receiver.url)
        assert nursery.end() == -signal.SIGKILL
        (left,) = deliveries.listed(store)
        assert (left.state, left.attempts, len(ledger.kept)) == ("waiting", 1, 1)

        tell(store, 3, first=4)
        nursery.start(tmp_path, receiver.url)
        assert (nursery.end(), len(ledger.kept)) == (0, 1)  # it waits the pause, and what came since waits behind it
        let_all_be_tried_now(store)
        nursery.start(tmp_path, receiver.url)
        assert nursery.end() == 0
    assert ledger.repeated == 1
    assert (ledger.numbers(), ledger.missing()) == (list(range(1, 7)), [])


def test_a_sender_killed_at_any_moment_loses_nothing_and_repeats_nothing(store: Store, tmp_path: Path, nursery: Nursery) -> None:
    ledger, names = Ledger(SECRET), ("甲", "乙", "丙")
    for name in names:
        watch(store, name)
    moments = [n / 1000 for n in range(2, 202, 2 if os.environ.get("HARVESTER_SOAK") else 25)]
    killed = 0
    with serving(Receiver(answer=ledger.take)) as receiver:
        for n, moment in enumerate(moments):
            tell(store, 4, first=4 * n + 1)
            let_all_be_tried_now(store)
            nursery.start(tmp_path, receiver.url)
            timer = threading.Timer(moment, nursery.kill)
            timer.start()
            killed += nursery.end() == -signal.SIGKILL
            timer.cancel()
            timer.join()
        let_all_be_tried_now(store)
        nursery.start(tmp_path, receiver.url)
        assert nursery.end() == 0
    assert killed
    for name in names:
        events = [event for event in ledger.events() if event["data"]["watch"] == name]
        assert [row["seq"] for event in events for row in event["data"]["rows"]] == list(range(1, 4 * len(moments) + 1))
        assert [event["data"]["previous"] for event in events] == [0, *(event["data"]["upto"] for event in events)][:-1]
    assert {each.state for each in deliveries.listed(store)} == {"sent"}


def test_a_sender_that_stays_tells_what_comes_and_ends_when_it_is_asked_to(store: Store, tmp_path: Path, nursery: Nursery) -> None:
    ledger, taken = Ledger(SECRET), threading.Event()

    def take(got: Got) -> tuple[int, bytes]:
        told = ledger.take(got)
        taken.set()
        return told

    watch(store)
    tell(store, 2)
    with serving(Receiver(answer=take)) as receiver:
        nursery.start(tmp_path, receiver.url, "--store", config(tmp_path).store)
        assert taken.wait(20)
        os.kill(nursery.pid, signal.SIGTERM)
        assert nursery.end() == 0
    assert (ledger.numbers(), [each.state for each in deliveries.listed(store)]) == ([1, 2], ["sent"])
