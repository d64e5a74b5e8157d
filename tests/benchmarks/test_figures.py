"""Figures hold ratios against bars, and the guard tells what became worse than accepted."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import __main__ as program
from benchmarks.__main__ import PROGRAMS, accept, accepted_ratios, worse
from benchmarks.figures import Figure, by_turns, costs, next_of, rates, report, sized, table

ROOT = Path(program.__file__).parents[1]
RATE = Figure("reading", 40.0, "MB/s", "another reader", 10.0, 4.0, 3.5, 4.2, 4.0)
COST = Figure("starting", 0.3, "s", "another start", 0.2, 1.5, 1.4, 1.6, 1.5, at_most=True)


def test_sides_take_turns_and_the_first_round_does_not_count() -> None:
    calls: list[str] = []
    moments = iter(range(100))
    times = by_turns({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, 3, lambda: float(next(moments)))
    assert "".join(calls) == "abbaabba"
    assert times == {"a": [1.0] * 3, "b": [1.0] * 3}


def test_a_side_that_does_the_next_lot_meets_none_twice_and_fails_where_none_is_left() -> None:
    met: list[int] = []
    side = next_of(met.append, [1, 2])
    side()
    side()
    assert met == [1, 2]
    with pytest.raises(StopIteration):
        side()


def test_a_rate_is_work_a_second_and_its_ratio_the_median_of_the_rounds() -> None:
    found = rates("reading", {"we": [1.0, 2.0, 4.0], "they": [4.0, 4.0, 4.0]}, "we", "they", 100, "MB/s", bar=2.0)
    assert (found.ours, found.theirs, found.ratio, found.least, found.most) == (50.0, 25.0, 2.0, 1.0, 4.0)
    assert found.holds
    assert not replace(found, ratio=1.99).holds


def test_a_cost_is_seconds_and_may_not_pass_its_bar() -> None:
    found = costs("starting", {"we": [1.0, 2.0, 3.0], "they": [2.0, 2.0, 2.0]}, "we", "they", "ms", bar=1.0, scale=1000)
    assert (found.ours, found.theirs, found.ratio) == (2000.0, 2000.0, 1.0)
    assert found.holds
    assert not replace(found, ratio=1.01).holds


def test_a_table_marks_what_is_short_of_its_bar_and_says_of_nothing_else_that_it_is() -> None:
    lines = table([RATE, replace(COST, ratio=1.6), replace(COST, name="told only", bar=None, ratio=9.0)]).splitlines()
    assert ["×" in line for line in lines[1:]] == [False, True, False]
    assert "≥ 4" in lines[1]
    assert "≤ 1.5" in lines[2]


def test_the_guard_tells_ratios_that_are_worse_than_accepted_beyond_its_slack_in_their_own_direction() -> None:
    accepted = {"reading": 4.0, "starting": 1.5}
    assert worse([RATE, COST, replace(RATE, name="new")], accepted) == []
    assert worse([replace(RATE, ratio=3.3, most=3.4), replace(COST, ratio=1.8, least=1.7)], accepted) == []
    assert worse([replace(RATE, ratio=8.0), replace(COST, ratio=0.1)], accepted) == []
    told = worse([replace(RATE, ratio=3.1, most=3.9), replace(COST, ratio=1.9, least=1.6)], accepted)
    assert [line.partition(":")[0] for line in told] == ["reading", "starting"]


def test_the_guard_lets_a_noisy_run_pass_in_which_one_round_was_as_good_as_accepted() -> None:
    noisy = [replace(RATE, ratio=2.0, most=4.1), replace(COST, ratio=3.0, least=1.4)]
    assert worse(noisy, {"reading": 4.0, "starting": 1.5}) == []


def test_ratios_of_other_sizes_are_neither_held_against_accepted_ones_nor_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "ACCEPTED", tmp_path / "accepted.json")
    monkeypatch.setattr(program, "OUT", tmp_path / "bench.json")
    monkeypatch.setattr(program, "run", lambda name: [RATE])
    accept([replace(RATE, ratio=40.0)])
    monkeypatch.setattr(sys, "argv", ["benchmarks", "starting"])
    assert program.main() == 1
    monkeypatch.setenv("BENCH_PAGES", "4")
    assert program.main() == 0
    monkeypatch.setattr(sys, "argv", ["benchmarks", "starting", "--accept"])
    with pytest.raises(SystemExit):
        program.main()
    assert accepted_ratios() == {"reading": 40.0}


def test_a_program_that_fails_leaves_the_others_their_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "ACCEPTED", tmp_path / "accepted.json")
    monkeypatch.setattr(program, "OUT", tmp_path / "bench.json")
    assert program.run("no_such_program") == []
    assert "no_such_program failed" in capfd.readouterr().err
    monkeypatch.setattr(program, "run", lambda name: [RATE] if name == "starting" else [])
    monkeypatch.setattr(sys, "argv", ["benchmarks", "dating", "starting"])
    assert program.main() == 1
    assert list(json.loads((tmp_path / "bench.json").read_text("utf-8"))["figures"]) == ["reading"]
    monkeypatch.setattr(sys, "argv", ["benchmarks", "starting"])
    assert program.main() == 0


def test_figures_of_before_stay_where_nothing_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bench.json").write_text("of before", "utf-8")
    monkeypatch.setattr(program, "OUT", tmp_path / "bench.json")
    monkeypatch.setattr(program, "run", lambda name: [])
    monkeypatch.setattr(sys, "argv", ["benchmarks", "dating"])
    assert program.main() == 1
    assert (tmp_path / "bench.json").read_text("utf-8") == "of before"


@pytest.mark.parametrize("given", ["abc", "0", "-3", "1.5"])
def test_a_size_that_is_no_number_above_0_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_PAPERS", given)
    with pytest.raises(SystemExit, match="give a whole number above 0"):
        sized("PAPERS", 820)


def test_accepted_ratios_of_programs_that_were_not_run_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "ACCEPTED", tmp_path / "accepted.json")
    accept([RATE, COST])
    accept([replace(RATE, ratio=5.0)])
    assert accepted_ratios() == {"reading": 5.0, "starting": 1.5}


def test_a_report_is_json_and_says_what_its_figures_depend_on() -> None:
    found = json.loads(json.dumps(report([RATE])))
    assert found["figures"][0]["holds"] is True
    assert {"processors", "machine", "load", "python", "scrapy"} <= found["machine"].keys()


def test_every_program_is_there_and_documented() -> None:
    told = (ROOT / "docs/performance.md").read_text("utf-8")
    for name in PROGRAMS:
        assert (ROOT / f"benchmarks/{name}.py").exists(), name
        assert f"`{name}`" in told, name


def test_every_accepted_ratio_belongs_to_a_figure_that_the_documents_name() -> None:
    rows = (ROOT / "docs/performance.md").read_text("utf-8").splitlines()
    told = {row.split(" | ")[0].removeprefix("| ") for row in rows if row.startswith("| ")}
    assert accepted_ratios().keys() - told == set()
