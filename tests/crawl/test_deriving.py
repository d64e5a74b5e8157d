"""What a payload does to its reader costs one document, never the crawl."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from harvester.deriving import SMALL, Deriver
from normalizers.agencies import Decision, Decisions
from normalizers.derive import derive
from normalizers.documents import UnreadableError
from normalizers.records import AgencyKind, Hints
from tests.crawl.sites import article_page

HINTS = Hints(media_type="text/html", title="长文件")
LARGE = article_page("长文件", "".join(f"<p>第{number}段，各部门按职责推进。</p>" for number in range(2000)))


@pytest.fixture
def deriver() -> Iterator[Deriver]:
    made = Deriver(seconds=60)
    yield made
    made.close()


def test_a_process_apart_derives_the_same(deriver: Deriver):
    assert len(LARGE) > SMALL
    assert deriver.derive(LARGE, HINTS) == derive(LARGE, HINTS)


def test_a_process_apart_reads_by_the_decisions_of_the_moment_also_after_it_was_lost(deriver: Deriver):
    page = LARGE.replace("各部门按职责推进。".encode(), "编制目录。（牵头单位：数据专班）".encode())
    first, second = (Decisions.of([Decision("数据专班", "", name, kind=AgencyKind.GROUP)]) for name in ("甲专班", "乙专班"))

    def read(decisions: Decisions) -> None:
        found = deriver.derive(page, HINTS, decisions)
        assert found == derive(page, HINTS, decisions)
        assert {body.name for task in found.tasks for body in task.lead} == ({one.name for one in decisions.all} or {None})

    for decisions in (first, first, second, Decisions(), first):
        read(decisions)
    assert deriver._worker
    os.kill(deriver._worker[0].pid or 0, signal.SIGKILL)
    deriver._worker[0].join()
    read(first)


def test_small_payloads_need_no_process(deriver: Deriver):
    deriver.derive(article_page("短文件"), HINTS)
    assert deriver._worker is None


def test_a_payload_that_takes_too_long_is_given_up_and_the_next_one_is_read(deriver: Deriver):
    deriver.seconds = 1
    with pytest.raises(UnreadableError, match=r"takes longer than 1 s"):
        deriver.apart(endlessly, b"", HINTS)
    deriver.seconds = 60
    assert deriver.derive(LARGE, HINTS) == derive(LARGE, HINTS)


def endlessly(_payload: bytes, _hints: Hints, _decisions: Decisions) -> str:
    while True:
        pass


def slowly(seconds: float, _hints: Hints, _decisions: Decisions) -> str:
    time.sleep(seconds)
    return "read"


def test_a_payload_that_waits_for_a_busy_machine_is_not_given_up(deriver: Deriver):
    deriver.seconds = 1
    assert deriver.apart(slowly, 1.5, HINTS) == "read"
    deriver.seconds = 0.2
    with pytest.raises(UnreadableError, match=r"did not answer within 2 s"):
        deriver.apart(slowly, 60, HINTS)


def test_a_reader_that_crashes_costs_one_payload(deriver: Deriver):
    deriver.derive(LARGE, HINTS)
    assert deriver._worker
    worker = deriver._worker[0].pid
    assert worker
    os.kill(worker, signal.SIGSTOP)

    def crash() -> None:
        time.sleep(0.5)
        os.kill(worker, signal.SIGSEGV)
        os.kill(worker, signal.SIGCONT)

    threading.Thread(target=crash).start()
    with pytest.raises(UnreadableError, match=r"crashed \(exit status -11\)"):
        deriver.derive(LARGE, HINTS)
    assert deriver.derive(LARGE, HINTS)


def test_a_payload_that_needs_too_much_memory_costs_one_document():
    deriver = Deriver(memory=700 * 2**20)
    try:
        with pytest.raises(UnreadableError):
            deriver.derive(article_page("大", "<p>文</p>" * 2_000_000), HINTS)
        assert deriver.derive(LARGE, HINTS)
    finally:
        deriver.close()


def test_what_no_reader_takes_is_told_in_the_readers_own_words(deriver: Deriver):
    with pytest.raises(UnreadableError, match="damaged"):
        deriver.derive(b"PK\x03\x04" + bytes(100), Hints(file_name="a.docx"))


def test_the_process_ends_with_the_program_that_started_it():
    program = (
        "from harvester.deriving import Deriver\nfrom normalizers.records import AgencyKind, Hints\n"
        "d = Deriver(); d.derive(b'<p>' + bytes(40_000).replace(b'\\0', b'x'), Hints(media_type='text/html'))\n"
        "print(d._worker[0].pid, flush=True)"
    )
    guard = "if __name__ == '__main__':\n" + "".join(f"    {line}\n" for line in program.splitlines())
    ended = subprocess.run([sys.executable, "-c", guard], capture_output=True, text=True, timeout=60, check=True)
    with pytest.raises(ProcessLookupError):
        os.kill(int(ended.stdout), 0)
