from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from harvester.indicators import Indicator, frame, indicators
from harvester.quality import report
from storage import takedown
from storage.store import Store
from tests.records.samples import NOW, TODAY, entry, keep, new_store, penalty, valid_code


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = new_store(tmp_path)
    other = valid_code("20000002")
    wrong = valid_code("20000003")[:-1] + ("0" if valid_code("20000003")[-1] != "0" else "1")
    keep(
        found,
        [
            # published after 5 working days, after 9, and one without a day of publication
            penalty("1", decided=date(2026, 6, 1), published=date(2026, 6, 8)),
            penalty("2", decided=date(2026, 6, 1), published=date(2026, 6, 12), code=other, firm="合肥听松纸业有限公司"),
            penalty("3", decided=date(2026, 7, 1), code=other, firm="合肥望江机械有限公司"),
            penalty("4", decided=date(2026, 5, 20), code=other, firm="合肥望江机械有限公司"),
            penalty("5", decided=date(2026, 7, 1), code=wrong, firm="合肥知秋食品有限公司"),
            penalty("6", **{"行政相对人名称": "欧阳青岚", "行政相对人类别": "自然人", "行政相对人代码_1(统一社会信用代码)": ""}),
            entry("1"),
        ],
    )
    return found


def test_shares_stand_beside_their_denominators(store: Store) -> None:
    whole = report(store, TODAY)[-1]
    assert [whole[name] for name in ("records", "legal", "coded", "valid", "wrong", "duplicate")] == [7, 6, 6, 5, 1, 3]
    assert (whole["wrong_permille"], whole["duplicate_permille"], whole["wrong_or_duplicate_permille"]) == (166.6667, 500.0, 666.6667)


def test_a_delay_counts_working_days_from_the_day_after_the_decision(store: Store) -> None:
    whole = report(store, TODAY)[-1]
    assert (whole["dated"], whole["prompt"], whole["delay_longest"]) == (2, 1, 9)


def test_groups_add_up_to_the_whole(store: Store) -> None:
    *groups, whole = report(store, TODAY, by=("month",))
    assert {row["month"]: row["records"] for row in groups} == {"2026-05": 2, "2026-06": 3, "2026-07": 2}
    for name in ("records", "legal", "coded", "valid", "wrong", "duplicate", "dated", "prompt"):
        assert sum(row[name] for row in groups) == whole[name]


def test_a_name_after_another_is_a_change_of_name_and_no_duplicate(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    keep(store, [penalty("1", decided=date(2026, 1, 5), firm="合肥旧名仪表有限公司"), penalty("2", decided=date(2026, 6, 5))])
    assert report(store, TODAY)[-1]["duplicate"] == 0


def test_a_record_that_leaves_after_its_day_is_late_by_those_days_and_one_never_shown_is_not(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    keep(
        store,
        [
            penalty("1", 公示截止期="2026-11-22"),
            penalty("2", 公示截止期="2026-11-25"),
            penalty("3", 是否撤销="是", 撤销日期="2026-08-01"),
        ],
    )
    takedown.run(store, date(2026, 11, 26), at=NOW + timedelta(days=6))
    whole = report(store, date(2026, 11, 26))[-1]
    assert (whole["taken_down"], whole["once_shown"], whole["late"], whole["late_longest"]) == (3, 2, 1, 3)


def test_an_empty_store_has_no_shares(tmp_path: Path) -> None:
    (whole,) = report(new_store(tmp_path), TODAY)
    assert (whole["records"], whole["valid_share"], whole["delay_median"]) == (0, None, None)


def test_points_run_between_the_goalposts_and_no_further() -> None:
    down = Indicator("x", "", "", "", "permille", worst=10.0, best=1.0)
    assert [down.points(value) for value in (0.0, 1.0, 5.5, 10.0, 99.0)] == [100.0, 100.0, 50.0, 0.0, 0.0]
    assert Indicator("x", "", "", "", "documents").points(3) is None


def test_an_indicator_without_data_has_no_value_and_counts_for_nothing(store: Store) -> None:
    rows = {(row["region"], row["indicator"]): row for row in indicators(store, TODAY)}
    assert rows["310000", "codes-valid"]["value"] is None
    assert (rows["310000", "index"]["points"], rows["310000", "index"]["coverage"]) == (None, 0.0)
    assert rows["340000", "codes-valid"]["value"] == 0.8333
    assert 0 < rows["340000", "index"]["coverage"] < 1


def test_the_frame_names_formula_goalposts_and_gaps() -> None:
    assert all(each.formula and each.name_zh for each in frame()["indicators"])
    assert all(gap["why"] for gap in frame()["gaps"])
