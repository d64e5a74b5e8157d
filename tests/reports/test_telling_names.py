"""What is told says which task is meant, in which unit a number counts, and once what holds for all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.telling import tell_task_change, tell_text_change
from harvester.telling.phrases import TITLE, short_title
from harvester.telling.quantities import with_unit
from harvester.telling.summing import in_common
from harvester.telling.wording import tell_wording
from normalizers.differences import RoleChange, TaskChange, TaskChangeKind, TextChange
from normalizers.records import Span
from tests.reports.test_telling import bodies, body, changed, due, task

MOVED = TaskChange(TaskChangeKind.MOVED, task("15"), task("2", section="三、推进应用"), ("section",))


def test_a_task_that_bears_another_number_now_is_named_by_both() -> None:
    assert tell_task_change(MOVED, "zh") == "原第15项、现第2项“建设信用门户网站…”：由“二、夯实基础”移至“三、推进应用”"
    assert tell_task_change(MOVED, "en").startswith("Item 2, formerly Item 15 “建设信用门户网站…”: moved from")


@pytest.mark.parametrize("number", ["15", "15.", "（15）", "(15)", "15、"])
def test_marks_around_a_number_make_it_no_other_number(number: str) -> None:
    assert "原" not in tell_task_change(replace(MOVED, new=task(number, section="三、推进应用")), "zh")


TITLES = [
    ("编制归集目录。每年更新。", "编制归集目录"),
    ("编制归集目录，每年更新。", "编制归集目录…"),
    ("编制归集目录", "编制归集目录"),
    ("推动住房、医疗、养老、旅游、家政等行业使用信用记录。", "推动住房、医疗、养老、旅游…"),
    ("推动全市各级行政机关普遍使用信用记录和信用报告办理事项。", "推动全市各级行政机关普遍使用信用…"),
]


@pytest.mark.parametrize(("text", "title"), TITLES)
def test_a_short_title_ends_with_a_clause_and_says_that_it_was_cut(text: str, title: str) -> None:
    assert short_title(text) == title


@given(st.text(st.sampled_from("信用建设，。、：12 \n\u3000"), max_size=60))
def test_property_a_short_title_is_short_and_stands_in_the_text(text: str) -> None:
    title = short_title(text)
    assert len(title) <= TITLE + 1
    assert title.removesuffix("…") in " ".join(text.split())


UNITS = [
    ("收到材料后10个工作日内答复", "收到材料后3个工作日内答复", "“10个工作日内”改为“3个工作日内”"),
    ("贷款余额超过800亿元", "贷款余额超过1200亿元", "“800亿元”改为“1200亿元”"),
    ("抽查比例不低于5%，并公示", "抽查比例不低于8%，并公示", "“5%”改为“8%”"),
    ("建成示范街区十个以上", "建成示范街区二十个以上", "“十个”改为“二十个”"),
]


@pytest.mark.parametrize(("old", "new", "words"), UNITS)
def test_a_number_that_changed_is_told_with_its_unit(old: str, new: str, words: str) -> None:
    assert tell_wording(old, new, "zh") == "任务内容中" + words


def test_a_number_without_a_unit_is_told_with_the_words_around_it() -> None:
    change = TextChange("replace", "85", "90", "p3", Span(6, 8), Span(6, 8))
    assert (
        tell_text_change(change, "zh", ("全市综合得分85，居前列", "全市综合得分90，居前列"))
        == "第3段：“全市综合得分85”改为“全市综合得分90”"
    )
    assert tell_text_change(change, "zh") == "第3段：“85”改为“90”"


AROUND = st.text(st.sampled_from("个工作日亿元第信，12 "), max_size=12)


@given(AROUND, AROUND, AROUND, AROUND, st.sampled_from(["3", "10", "1200", "二十"]), st.sampled_from(["5", "12", "八"]))
def test_property_what_is_told_of_a_number_stands_in_both_texts(a: str, b: str, c: str, d: str, was: str, now: str) -> None:
    old, new = a + was + b, c + now + d
    change = TextChange("replace", was, now, "p1", Span(len(a), len(a + was)), Span(len(c), len(c + now)))
    told = with_unit(change, old, new)
    assert told[0] in old
    assert told[1] in new
    assert was in told[0]
    assert now in told[1]


def parted(number: int, **more: Any) -> TaskChange:
    """Return a task whose bodies were responsible and lead or take part now."""
    both = bodies(f"市{number}局", f"市{number}委")
    old, new = task(str(number), responsible=both), task(str(number), lead=both[:1], partner=both[1:], **more)
    return changed(old, new, RoleChange("lead", both[:1]), RoleChange("partner", both[1:]), RoleChange("responsible", (), both))


def told(changes: list[TaskChange]) -> tuple[list[str], list[str]]:
    common, lines = in_common(changes, "zh")
    return lines, [text for change in changes if (text := tell_task_change(change, "zh", common=common))]


def test_what_holds_for_all_changed_tasks_is_told_once_and_first() -> None:
    due_too = parted(6, deadline=due("年底", None))
    due_too = replace(due_too, fields=(*due_too.fields, "deadline"))
    lines, own = told([*(parted(n) for n in range(1, 6)), due_too])
    assert lines == ["6项任务的责任单位改列为牵头单位、配合单位"]
    assert own == ["第6项“建设信用门户网站…”（二、夯实基础）：新增完成时间 年底"]


def test_the_changed_task_for_which_it_does_not_hold_is_named() -> None:
    swap = RoleChange("lead", bodies("市民政局"), bodies("市财政局"))
    alike = [changed(task(str(n), lead=bodies("市财政局")), task(str(n), lead=bodies("市民政局")), swap) for n in range(1, 6)]
    other = changed(task("9"), task("9", lead=(body("市教委"),)), RoleChange("lead", bodies("市教委")))
    lines, own = told([*alike, other])
    assert lines == ["5项任务变更相同：牵头单位由 市财政局 改为 市民政局（有变更的任务中第9项“建设信用门户网站…”除外）"]
    assert own == ["第9项“建设信用门户网站…”（二、夯实基础）：新增牵头单位 市教委"]


def test_of_few_tasks_each_is_told() -> None:
    lines, own = told([parted(n) for n in range(1, 5)])
    assert lines == []
    assert len(own) == 4
