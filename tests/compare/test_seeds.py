"""Edits of real documents give the changes that a reader sees, and nothing else."""

from __future__ import annotations

import pytest

from normalizers.compare import compare
from normalizers.derive import derive
from normalizers.records import Derived, Hints
from tests.shared import needs_shared, seed

pytestmark = needs_shared


def read(text: str, name: str) -> Derived:
    return derive(text.encode(), Hints(file_name=f"{name}.txt"))


def printed(name: str) -> str:
    return seed(name).read_text("utf-8")


def test_a_damaged_copy_in_traditional_script_is_identical() -> None:
    assert compare(read(printed("001"), "001"), read(printed("002"), "002")).identical


@pytest.mark.parametrize("name", ["000", "001", "003", "004"])
@pytest.mark.parametrize("how", ["traditional", "narrow", "crlf"])
def test_script_width_and_line_ends_are_no_change(name: str, how: str) -> None:
    text = printed(name)
    if how == "traditional":
        opencc = pytest.importorskip("opencc")
        other = opencc.OpenCC("s2tw").convert(text)
    elif how == "narrow":
        other = text.translate(str.maketrans("，；：（）", ",;:()"))
    else:
        other = text.replace("\n", "\r\n")
    assert compare(read(text, name), read(other, name)).identical


def test_a_merged_deadline_cell_changes_the_tasks_below_it_too() -> None:
    text = printed("000")
    first = text.index("\t全年")
    changes = compare(read(text, "000"), read(text[:first] + "\t6月底前" + text[first + 3 :], "000")).task_changes
    assert [(c.kind, c.fields) for c in changes] == [("changed", ("deadline",))] * 2


def test_a_body_more_is_told_once() -> None:
    text = printed("004")
    other = text.replace("\t市科委\n", "\t市科委、市统计局\n", 1)
    assert other != text
    comparison = compare(read(text, "004"), read(other, "004"))
    assert [(c.op, c.new) for c in comparison.text_changes] == [("insert", "、市统计局")]
    assert [(c.kind, c.fields) for c in comparison.task_changes] == [("changed", ("responsible",))]
