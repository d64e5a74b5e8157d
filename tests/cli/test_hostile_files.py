"""A file that takes too much time or memory, or lets its reader crash, ends with its name and a status; the other files are still read."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harvester import reading
from harvester.cli.main import run
from harvester.deriving import Deriver
from normalizers.agencies import Decisions
from normalizers.intake import Intake, intake
from normalizers.records import Hints
from tests import warm

ROOT = Path(__file__).resolve().parents[2]
GOOD = "一、总体要求\n1.建立信用档案。（责任单位：市财政局）\n"


def endlessly(_payload: bytes, _hints: Hints, _decisions: Decisions) -> str:
    while True:
        pass


def crashing(_payload: bytes, _hints: Hints, _decisions: Decisions) -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return ""


def hungry(payload: bytes, hints: Hints, decisions: Decisions) -> Intake:
    return intake(payload if b"PDF" not in payload else bytes(8 * 2**30), hints, decisions)


def failing(_payload: bytes, _hints: Hints, _decisions: Decisions) -> str:
    raise LookupError("nobody thought of that")


@pytest.fixture(autouse=True)
def _bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    deriver = Deriver(2, 700 * 2**20, forks=True)
    monkeypatch.setattr(reading, "DERIVER", deriver)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARVESTER_LANG", "en")
    Path("good.txt").write_text(GOOD, "utf-8")
    Path("other.txt").write_text(GOOD.replace("市财政局", "市教育局"), "utf-8")
    Path("hostile.pdf").write_bytes(b"%PDF-1.7\n")
    with warm.readers():
        yield
        deriver.close()


@pytest.mark.parametrize(
    ("work", "said"),
    [
        # By the clock, where other work leaves it less than two seconds of a processor in twenty.
        (endlessly, "hostile.pdf: (Reading it takes longer than 2 s|Its reader did not answer within 20 s): look at it by hand."),
        (crashing, r"hostile.pdf: Its reader crashed \(exit status -9\): look at it by hand."),
        (failing, r"hostile.pdf: reading it met an error that was not foreseen \(LookupError: nobody thought of that\)"),
    ],
)
def test_what_a_file_does_to_its_reader_costs_that_file(
    work: Callable[..., str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("harvester.deriving.intake", work)
    monkeypatch.setattr("harvester.deriving.SMALL", 0)
    assert run(["extract", "hostile.pdf"]) == 1
    assert re.search(said, capsys.readouterr().err)


def test_a_file_that_takes_too_much_memory_is_named_and_the_others_come_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("harvester.deriving.intake", hungry)
    assert run(["extract", "good.txt", "hostile.pdf", "other.txt", "--format", "json"]) == 1
    told = capsys.readouterr()
    assert told.out, told.err
    assert [document["source"] for document in json.loads(told.out)] == ["good.txt", "other.txt"]
    assert "hostile.pdf: Reading it takes more memory than allowed: look at it by hand." in told.err


@pytest.mark.parametrize("work", [endlessly, crashing])
def test_a_comparison_with_such_a_file_ends_with_its_name(
    work: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("harvester.deriving.derive", work)
    monkeypatch.setattr("harvester.deriving.SMALL", 0)
    assert run(["diff", "hostile.pdf", "good.txt"]) == 1
    assert "hostile.pdf: " in capsys.readouterr().err


@pytest.mark.parametrize("script", ["simplified", "traditional", "keep"])
def test_what_normalize_prints_overwrites_no_line_and_steers_no_terminal(script: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = "一、归集信用信息\r\n二、共享\r三、公示\x0b四、修复\x0c五、\x1c六、\x85七、\u2028八、\u2029九、\x1b[2J\x9b2J\u202e十\t一\n\n末"
    Path("a.txt").write_bytes(text.encode())
    assert run(["normalize", "a.txt", "--script", script]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert [line[:1] for line in lines] == [*"一二三四五六七八九", "", "末", ""]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]", "".join(lines))


def test_the_names_in_an_archive_steer_no_terminal_and_begin_no_formula(capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile("hostile.zip", "w") as made:
        made.writestr("\x1b[2J\x9b2J\r=1+1\u202e表.txt", GOOD)
        made.writestr("乙.txt", GOOD)
    for form in ("table", "csv", "json", "jsonl"):
        assert run(["extract", "hostile.zip", "--format", form]) == 0
        told = capsys.readouterr().out
        assert "=1+1" in told
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", told), form


def test_small_texts_and_files_that_are_read_apart_give_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for size in (0, 1 << 20):
        monkeypatch.setattr("harvester.deriving.SMALL", size)
        status = [run([*words]) for words in (("extract", "good.txt"), ("diff", "good.txt", "other.txt"))]
        told.append((status, capsys.readouterr().out))
    assert told[0] == told[1]
    assert told[0][0] == [0, 0]
    assert "市教育局" in told[0][1]


def test_a_reader_that_was_forked_holds_nothing_open_that_the_program_has(tmp_path: Path) -> None:
    script = (
        "import multiprocessing\nfrom pathlib import Path\n"
        "from harvester.deriving import Deriver\nfrom normalizers.records import Hints\n"
        f"held = open({str(tmp_path / 'held')!r}, 'w')\n"
        "deriver = Deriver(forks=True)\n"
        "deriver.read('一、总体要求\\n'.encode() * 3000, Hints(file_name='a.txt'))\n"
        "[reader] = multiprocessing.active_children()\n"
        "print(type(reader).__name__, sum(int(one.name) > 2 for one in Path(f'/proc/{reader.pid}/fd').iterdir()))\n"
        "deriver.close()\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True, cwd=ROOT).stdout
    assert told == "ForkProcess 2\n", "its connection, and what tells it that the program ended"


def test_a_process_of_several_threads_begins_its_reader_without_a_fork() -> None:
    deriver, hold = Deriver(forks=True), threading.Event()
    other = threading.Thread(target=hold.wait)
    other.start()
    try:
        assert deriver.read(GOOD.encode() * 2000, Hints(file_name="good.txt")).text
        assert "ForkProcess" not in {type(child).__name__ for child in multiprocessing.active_children()}
    finally:
        hold.set()
        other.join()
        deriver.close()
