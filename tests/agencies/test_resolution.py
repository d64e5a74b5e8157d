"""Must show 4: a thousand composed mentions and more than 170 typed by hand, at least 99 in 100 right, wrong below 2 in 1,000."""

import pytest

from tests.agencies.resolution.__main__ import main
from tests.agencies.resolution.cases import Case, by_hand, composed, outcome


@pytest.mark.parametrize(("cases", "least"), [(composed(), 1_000), (by_hand(), 170)], ids=["composed", "by hand"])
def test_mentions_are_resolved_right_and_hardly_ever_wrong(cases: list[Case], least: int) -> None:
    found = [outcome(case) for case in cases]
    assert len(found) >= least
    assert found.count("right") / len(found) >= 0.99
    assert found.count("wrong") / len(found) < 0.002


def test_another_thousand_mentions_come_out_as_well() -> None:
    found = [outcome(case) for case in composed(1_000, seed=7)]
    assert found.count("right") >= 990
    assert found.count("wrong") < 2


def test_the_lists_hold_every_kind_and_traps() -> None:
    kinds = {case.kind for case in (*composed(), *by_hand())}
    assert {"city", "county", "province", "elsewhere", "national", "trap", "trap-early", "trap-level", "trap-word"} <= kinds
    assert sum(not case.name for case in by_hand()) >= 20


def test_the_report_prints_both_lists(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    printed = capsys.readouterr().out
    assert "composed" in printed
    assert "by hand" in printed
    assert printed.count("  all") == 2
