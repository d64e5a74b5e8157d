"""Rows of tables are paired as rows; what is nothing but bodies and dates never ties two places together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.compare import compare
from normalizers.compare.formulas import is_formula
from normalizers.compare.names import Names
from normalizers.differences import Comparison
from tests.compare.build import derived, with_table
from tests.compare.test_applying import applied_gives

HEAD = ("序号", "事项", "责任单位", "时限")
ROWS = [
    ("1", "梳理公用事业缴费守约数据清单", "市数据局", "2025年6月"),
    ("2", "为诚信家政服务员办理电子上门证", "市商务局", "2025年10月"),
    ("3", "整治拖欠中小企业账款行为", "市司法局", "2025年10月"),
    ("4", "发布乡村民宿守信经营榜单", "市文化和旅游局", "2025年12月"),
]
ADDED = ("3", "举办校园诚信主题征文活动", "市司法局", "2025年10月")


def numbered(rows) -> list[tuple[str, ...]]:
    return [HEAD, *((str(at), *row[1:]) for at, row in enumerate(rows, start=1))]


def told(comparison: Comparison) -> list[tuple[str, str, str, str]]:
    return [(change.where, change.op, change.old, change.new) for change in comparison.text_changes]


def test_a_row_put_in_beside_rows_of_the_same_bodies_and_dates_is_one_insertion() -> None:
    changed = ("", ROWS[2][1], "市司法局、市律师协会", ROWS[2][3])
    old, new = with_table(*numbered(ROWS)), with_table(*numbered([*ROWS[:2], ADDED, changed, ROWS[3]]))
    assert told(compare(old, new)) == [
        ("tab1.r4.c2", "insert", "", "\t".join(ADDED[1:]).replace("\t", " ")),
        ("tab1.r5.c3", "insert", "", "、市律师协会"),
    ]


def test_a_new_deadline_above_a_new_row_with_the_old_one_is_a_replacement() -> None:
    later = ("", ROWS[1][1], ROWS[1][2], "2025年11月")
    comparison = compare(with_table(*numbered(ROWS)), with_table(*numbered([ROWS[0], later, ADDED, *ROWS[2:]])))
    assert told(comparison)[0] == ("tab1.r3.c4", "replace", "2025年10月", "2025年11月")
    assert [op for _, op, _, _ in told(comparison)] == ["replace", "insert"]


def test_bodies_that_change_their_columns_are_replaced_cell_by_cell() -> None:
    head, other = ("序号", "事项", "牵头单位", "配合单位"), ("2", "发布乡村民宿守信经营榜单", "市商务局", "市公安局")
    old = with_table(head, ("1", "整治拖欠中小企业账款行为", "市司法局", "市数据局"), other)
    new = with_table(head, ("1", "整治拖欠中小企业账款行为", "市数据局", "市司法局"), other)
    assert told(compare(old, new)) == [
        ("tab1.r2.c3", "replace", "市司法局", "市数据局"),
        ("tab1.r2.c4", "replace", "市数据局", "市司法局"),
    ]


def test_a_row_that_became_two_keeps_one_and_the_other_is_put_in_with_its_cells() -> None:
    whole = ("1", "整治拖欠中小企业账款行为；为诚信家政服务员办理电子上门证", "市司法局", "2025年6月")
    parts = [("1", "整治拖欠中小企业账款行为", "市司法局", "2025年6月"), ("2", "为诚信家政服务员办理电子上门证", "市商务局", "2025年9月")]
    comparison = compare(with_table(HEAD, whole, ROWS[3]), with_table(HEAD, *parts, ROWS[3]))
    assert len({where.rpartition(".")[0] for where, op, _, _ in told(comparison) if op == "insert"}) == 1
    assert "市商务局" in "".join(new for *_, new in told(comparison))


def test_a_line_of_bodies_is_not_moved_from_a_task_left_out_to_another_one() -> None:
    line = "责任单位：市生态环境局、市市场监管局"
    old = derived("一、梳理公用事业缴费守约数据清单。", "二、整治拖欠中小企业账款行为。", line, "三、发布乡村民宿守信经营榜单。")
    new = derived(
        "一、举办校园诚信主题征文活动，评选少年诚信之星。", line, "二、梳理公用事业缴费守约数据清单。", "三、发布乡村民宿守信经营榜单。"
    )
    assert not any(line in change.old + change.new for change in compare(old, new).text_changes if change.moved)


def test_the_shorter_of_two_paragraphs_that_changed_their_order_moved() -> None:
    longer = "整治拖欠中小企业账款行为，将拖欠多次且数额较大的机关事业单位列入重点名单，逐月通报清偿进度。"
    shorter = "发布乡村民宿守信经营榜单。"
    for one, other in ((longer, shorter), (shorter, longer)):
        comparison = compare(derived("计划的开头说明。", one, other), derived("计划的开头说明。", other, one))
        assert {change.old or change.new for change in comparison.text_changes if change.moved} == {shorter}


def test_nothing_moves_from_an_address_to_the_same() -> None:
    paragraphs = [
        "整治拖欠中小企业账款行为，逐月通报清偿进度。",
        "发布乡村民宿守信经营榜单，每季更新。",
        "举办校园诚信主题征文活动，评选新星。",
    ]
    for at in range(3):
        rest = paragraphs[:at] + paragraphs[at + 1 :]
        for place in range(3):
            new = derived("新写的开头第一段。", *rest[:place], paragraphs[at], *rest[place:])
            for change in compare(derived(*paragraphs), new).text_changes:
                assert change.moved != change.where


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("责任单位市生态环境局", True),
        ("市发展改革委市数据局按职责分工负责", True),
        ("2025年12月底前完成", True),
        ("市司法局市律师协会2025年10月", True),
        ("建立市场主体信用档案", False),
        ("市数据局归集用水信息", False),
        ("整治拖欠账款", False),
    ],
)
def test_names_labels_and_dates_alone_are_a_formula(text: str, formula: bool) -> None:
    assert is_formula(text, Names(())) is formula


@settings(max_examples=40, deadline=None)
@given(st.permutations(ROWS), st.sets(st.integers(0, 3)), st.integers(0, 4))
def test_property_rows_taken_out_put_in_and_shuffled_are_applied_and_mirrored(order, out: set[int], place: int) -> None:
    kept = [row for at, row in enumerate(order) if at not in out]
    old, new = with_table(*numbered(ROWS)), with_table(*numbered([*kept[:place], ADDED, *kept[place:]]))
    there, back = compare(old, new).text_changes, compare(new, old).text_changes
    assert applied_gives(old, new, there)
    assert len(there) == len(back)
