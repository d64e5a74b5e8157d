"""What breaks a budget, or ends the process, is a find, and the inputs behind it are still read."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz.__main__ import fuzz, planned, replay, shares, target_of
from tests.fuzz.bombs import OF_FORM, bombs
from tests.fuzz.children import SECONDS_PER_MB, Job, allowed, made, run_jobs, tried
from tests.fuzz.inputs import WORDS, mutated
from tests.fuzz.minimise import minimised
from tests.fuzz.target import Target, text_of
from tests.fuzz.targets import TARGETS
from tests.fuzz.test_cases import cases

QUICK = (
    "deadlines",
    "codes",
    "filters",
    "records.values",
    "cursors",
    "warc",
    "stores",
    "pagers",
    "robots",
    "search.words",
    "schedules",
    "keys",
)
"""Readers of the short sample: each takes a millisecond an input."""


def wrong(data: bytes) -> object:
    if b"x" in data:
        raise LookupError("an error without a name")
    return data


def target(read: Callable[[bytes], object], seconds: float = 10.0) -> Target:
    return Target("made", read, lambda: [b"abc"], (KeyError,), seconds=seconds)


def test_an_error_is_a_find_unless_the_reader_names_it() -> None:
    find = tried(target(wrong), b"axb", 7)
    assert find is not None
    assert (find.kind, find.number, find.error) == ("error", 7, "LookupError: an error without a name")
    assert tried(target(wrong), b"ab") is None
    assert tried(target(lambda data: {}[data]), b"ab") is None


def test_memory_beyond_the_budget_is_a_find() -> None:
    find = tried(target(lambda _: bytearray(3 << 30)), b"")
    assert find is not None
    assert find.kind == "memory"


def test_a_found_input_is_made_smaller() -> None:
    data = b"a" * 500 + b"x" + b"b" * 500
    find = tried(target(wrong), data)
    assert find is not None
    assert minimised(target(wrong), data, find) == b"x"


def test_a_child_that_is_ended_is_a_find_and_another_goes_on(tmp_path: Path) -> None:
    names = {0: "crash", 1: "loop", 2: "fine"}
    code = (
        "import ctypes\nfrom tests.fuzz.children import serve\nfrom tests.fuzz.target import Target\n"
        "def read(data):\n    if data == b'crash': ctypes.string_at(0)\n    while data == b'loop': pass\n"
        "serve({'made': Target('made', read, lambda: [b'crash', b'loop', b'fine'], seconds=0.3)})\n"
    )
    found = {}
    for _, number, find in run_jobs([Job("made", 0, 0, len(names))], tmp_path / "log", code):
        found[names[number]] = find.kind if find else ""
    assert found == {"crash": "signal", "loop": "time", "fine": ""}


def test_what_a_child_keeps_lies_beside_its_log_and_goes_with_it(tmp_path: Path) -> None:
    code = (
        "import tempfile\nfrom tests.fuzz.children import serve\nfrom tests.fuzz.target import Target\n"
        "serve({'made': Target('made', lambda _: tempfile.mkdtemp(prefix='kept-'), lambda: [b''])})\n"
    )
    assert [find for _, _, find in run_jobs([Job("made", 0, 0, 1)], tmp_path / "log", code)] == [None]
    assert len(list(tmp_path.glob("kept-*"))) == 1


@pytest.mark.parametrize("form", sorted(WORDS))
def test_the_same_seed_draws_the_same_input(form: str) -> None:
    samples = [b"<p>a 1</p>", "信用 2024".encode()]
    one, other = ([mutated(samples, form, random.Random(n)) for n in range(40)] for _ in range(2))
    assert one == other
    assert len(set(one)) > 20


@pytest.mark.parametrize("inputs", [1, 99, 100, 1_500, 2_281, 100_000])
def test_the_inputs_of_a_run_are_as_many_as_asked_for_and_no_target_is_forgotten(inputs: int) -> None:
    counts = shares(list(TARGETS.values()), inputs)
    assert set(counts) == set(TARGETS)
    assert min(counts.values()) >= 1
    assert sum(counts.values()) == max(inputs, len(TARGETS))
    jobs = [job for piece in planned(counts, 1) for job in piece]
    assert sum(job.stop - job.first for job in jobs) == sum(counts.values())


def test_the_inputs_of_a_run_are_shared_by_what_targets_ask_for() -> None:
    counts = shares([Target("one", wrong, list), Target("half", wrong, list, share=0.5)], 302)
    assert counts == {"one": 201, "half": 101}


def test_a_kept_input_finds_its_target_by_its_folder_or_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = next(path for path in cases() if path.parent.name == "sheets" and path.suffix == ".gz")
    assert target_of(case) == "sheets"
    assert target_of(tmp_path / "archives.zip-7-69.bin") == "archives.zip"
    assert replay(case, "sheets") == 0
    assert f"sheets reads {case} or names what is wrong with it." in capsys.readouterr().out


def test_inputs_that_were_never_read_are_no_success(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("tests.fuzz.__main__.run_jobs", lambda _jobs, _log: iter(()))
    assert fuzz([target(wrong)], 20, 1, 1) == 1
    assert "20 inputs were not read" in capsys.readouterr().out


def test_every_target_has_a_form_that_bombs_are_made_of() -> None:
    assert {each.form for each in TARGETS.values()} == set(OF_FORM)


def test_first_come_samples_then_bombs_then_what_is_drawn() -> None:
    found = [made(target(wrong), 3, number) for number in (0, 1, 500, 501)]
    assert found[:2] == [b"abc", bombs("words", [b"abc"])[0][1]]
    assert found[2] != found[3]
    assert found[2] != made(target(wrong), 4, 500)


def test_a_lone_surrogate_comes_through() -> None:
    assert text_of("\ud800信".encode("utf-8", "surrogatepass")) == "\ud800信"


def test_an_input_may_take_longer_the_larger_it_is() -> None:
    assert allowed(target(wrong), b"x" * 1_000) == 10.0
    assert allowed(target(wrong), b"x" * 1_000_000) == SECONDS_PER_MB


def test_a_short_run_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = [TARGETS[name] for name in QUICK]
    assert fuzz(chosen, 1_200, 20_261_123, 1, drawn=True) == 0, capsys.readouterr().out
