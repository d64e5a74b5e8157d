"""Captions of tables: what above a table is the section of its tasks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tasks.build import Sheet, tasks

HEAD = ["序号", "事项", "牵头单位", "完成时间"]


def sheet(*words: str) -> Sheet:
    return Sheet([HEAD, *([str(at), text, "省财政厅", "6月底"] for at, text in enumerate(words, 1))])


def sections(*items: str | Sheet) -> list[str]:
    return [task.section for task in tasks(*items)]


FIRST, SECOND = sheet("梳理信用目录。", "开通查询窗口。"), sheet("试点信用停车。")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("# 规定动作", "# 自选动作"),
        ("# 表一 规定动作", "# 表二 自选动作"),
        ("表1：规定动作", "表2：自选动作"),
        ("规定动作", "自选动作"),
        ("# 规定动作清单", "# 自选动作清单"),
        ("# 一、规定动作", "# 二、自选动作"),
        ("表一 规定动作清单", "表二 自选动作清单"),
    ],
)
def test_tables_told_apart_by_their_captions_hold_tasks_of_different_sections(one: str, two: str) -> None:
    found = sections("! 省信用工作安排", one, FIRST, two, SECOND)
    assert found == [one.removeprefix("# ")] * 2 + [two.removeprefix("# ")]


def test_a_heading_names_the_section_of_a_single_table() -> None:
    assert sections("! 省信用工作安排", "# 规定动作", SECOND) == ["规定动作"]


@pytest.mark.parametrize("between", ["（单位：件）", "具体任务如下：", "— 3 —", "（2024年）"])
def test_a_unit_or_lead_in_between_caption_and_table_is_passed_over(between: str) -> None:
    assert sections("! 省信用工作安排", "# 规定动作", between, SECOND) == ["规定动作"]


@pytest.mark.parametrize(
    "line", ["附件2", "附件2：自选动作清单", "2023年工作要点", "# 2023年工作要点", "# 重点任务分工表", "请各单位对照下表抓好落实。"]
)
def test_a_label_a_title_or_a_sentence_is_no_section_of_a_single_table(line: str) -> None:
    assert sections("! 省信用工作安排", line, SECOND) == [""]


def test_labels_of_attachments_tell_no_sections_apart() -> None:
    assert sections("附件1", FIRST, "附件2", SECOND) == ["", "", ""]


def test_bodies_and_days_above_tables_are_no_captions() -> None:
    assert sections("省财政厅", FIRST, "2023年3月1日", SECOND) == ["", "", ""]


def test_a_table_that_a_page_cuts_stays_under_its_caption() -> None:
    rest = Sheet([["3", "公布信用年报。", "省财政厅", "9月底"]])
    assert sections("# 规定动作", FIRST, "— 2 —", rest, "# 自选动作", SECOND) == ["规定动作"] * 3 + ["自选动作"]
    again = sections("表一 规定动作", FIRST, "表一 规定动作（续）", sheet("公布信用年报。"), "表二 自选动作", SECOND)
    assert again == ["表一 规定动作"] * 3 + ["表二 自选动作"]


def test_a_section_cell_goes_before_the_caption() -> None:
    rows = [["领域", "事项", "牵头单位"], ["政务", "梳理信用目录。", "省财政厅"]]
    assert sections("# 规定动作", Sheet(rows)) == ["政务"]


@given(st.lists(st.text("表一二1附件：:（）()续 年度必办事项清单。，\n", max_size=30), max_size=5))
def test_property_no_line_above_a_table_takes_a_task_away(lines: list[str]) -> None:
    found = [task for task in tasks(*(line for line in lines if line.strip()), FIRST) if task.rule == "table"]
    assert [task.text for task in found] == ["梳理信用目录。", "开通查询窗口。"]
    assert len({task.section for task in found}) == 1


def test_long_blanks_above_a_table_are_read_in_bounded_time() -> None:
    for line in (" " * 100_000 + "表", "（" * 50_000, "表一" + " " * 100_000, "附" + " " * 100_000):
        assert sections(line, SECOND) == [""]
