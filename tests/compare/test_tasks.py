"""Changes of tasks: pairing and fields."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.compare import compare
from normalizers.compare.pairing import pair_tasks
from normalizers.presentation import comparison_json, task_change_json
from tests.compare.build import agency, derived, task

ONE = "建立守信主体名录，按行业发布典型案例"
TWO = "开展信用修复培训，指导企业纠正失信行为"
THREE = "完善公共信用信息平台查询功能"


def kinds(old, new) -> list[tuple[str, tuple[str, ...]]]:
    return [(c.kind, c.fields) for c in compare(derived(tasks=old), derived(tasks=new)).task_changes]


def test_equal_tasks_are_no_change() -> None:
    tasks = [task(ONE, lead=["市信用办"], deadline="全年"), task(TWO)]
    assert kinds(tasks, tasks) == []


def test_a_task_more_is_added_and_a_task_less_is_removed() -> None:
    assert kinds([task(ONE)], [task(ONE), task(TWO)]) == [("added", ())]
    assert kinds([task(ONE), task(TWO)], [task(ONE)]) == [("removed", ())]


def test_another_deadline_is_all_that_is_listed() -> None:
    old, new = task(ONE, lead=["市信用办"], deadline="全年"), task(ONE, lead=["市信用办"], deadline="9月底前")
    (change,) = compare(derived(tasks=[old]), derived(tasks=[new])).task_changes
    assert (change.kind, change.fields) == ("changed", ("deadline",))
    fields = task_change_json(change)["fields"]
    assert list(fields) == ["deadline"]
    assert (fields["deadline"]["old"]["end"], fields["deadline"]["new"]["end"]) == ("2018-12-31", "2018-09-30")


@pytest.mark.parametrize(
    ("old", "new"), [("12月底前", "年底前"), ("9月30日前", "9月底前"), ("９月底前", "9月底前"), ("一季度", "第一季度")]
)
def test_the_same_days_in_other_words_are_no_change(old: str, new: str) -> None:
    assert kinds([task(ONE, deadline=old)], [task(ONE, deadline=new)]) == []


def test_another_milestone_in_the_cell_is_a_change() -> None:
    assert kinds([task(ONE, deadline="上半年，完成设计")], [task(ONE, deadline="上半年，完成试点")]) == [("changed", ("deadline",))]


def test_a_deadline_taken_away_is_a_change() -> None:
    assert kinds([task(ONE, deadline="全年")], [task(ONE)]) == [("changed", ("deadline",))]


@pytest.mark.parametrize("role", ["lead", "partner", "responsible"])
def test_a_body_more_or_less_is_told_by_role(role: str) -> None:
    old, new = task(ONE, **{role: ["市科委", "市财政局"]}), task(ONE, **{role: ["市科委", "市教委"]})
    (change,) = compare(derived(tasks=[old]), derived(tasks=[new])).task_changes
    assert (change.kind, change.fields) == ("changed", (role,))
    told = task_change_json(change)["fields"][role]
    assert [a["mention"] for a in told["added"]] == ["市教委"]
    assert [a["mention"] for a in told["removed"]] == ["市财政局"]


def test_a_body_that_changes_its_role_is_told_in_both() -> None:
    old, new = task(ONE, lead=["市科委"], partner=["市教委"]), task(ONE, lead=["市科委", "市教委"])
    assert kinds([old], [new]) == [("changed", ("lead", "partner"))]


def test_bodies_in_another_order_or_under_another_name_are_no_change() -> None:
    old = task(ONE, lead=[agency("市发改委", "a1"), agency("各有关单位")])
    new = task(ONE, lead=[agency("各有关单位"), agency("市发展改革委", "a1")])
    assert kinds([old], [new]) == []


def test_a_body_resolved_in_one_version_only_is_the_same_by_its_name() -> None:
    assert kinds([task(ONE, lead=[agency("市信用中心")])], [task(ONE, lead=[agency("市信用中心", "a9")])]) == []


def test_a_new_wording_is_reworded() -> None:
    assert kinds([task(ONE)], [task(ONE.replace("典型案例", "示范案例"))]) == [("reworded", ("text",))]


def test_a_new_wording_with_another_body_is_changed() -> None:
    old, new = task(ONE, lead=["市科委"]), task(ONE.replace("典型案例", "示范案例"), lead=["市教委"])
    assert kinds([old], [new]) == [("changed", ("lead", "text"))]


def test_a_task_in_another_section_is_moved() -> None:
    old = [task(ONE, section="一、归集"), task(TWO, section="一、归集"), task(THREE, section="二、修复")]
    new = [task(ONE, section="一、归集"), task(TWO, section="二、修复"), task(THREE, section="二、修复")]
    assert kinds(old, new) == [("moved", ("section",))]


def test_a_renamed_or_renumbered_section_moves_nothing() -> None:
    old = [task(ONE, section="一、归集"), task(TWO, section="一、归集")]
    assert kinds(old, [task(ONE, section="一、信息归集"), task(TWO, section="一、信息归集")]) == []
    assert kinds(old, [task(ONE, section="（二）归集"), task(TWO, section="（二）归集")]) == []


def test_numbers_of_tasks_are_no_change() -> None:
    old = [task(ONE, number="1"), task(TWO, number="2"), task(THREE, number="3")]
    assert kinds(old, [task(ONE, number="1"), task(THREE, number="2")]) == [("removed", ())]


def test_equal_tasks_twice_are_paired_in_their_places() -> None:
    old = [task(ONE, section="甲", lead=["市科委"]), task(ONE, section="乙", lead=["市教委"])]
    assert kinds(old, [old[1], old[0]]) == []


def test_a_task_that_grew_keeps_its_place() -> None:
    grown = ONE + "，并将名录纳入审批系统，供各部门在招投标、资金申报、评优评先和日常检查中核查使用，每季度更新"
    assert kinds([task(ONE, number="3", section="甲")], [task(grown, number="3", section="甲")]) == [("reworded", ("text",))]


def test_removed_tasks_stand_where_they_stood() -> None:
    changes = compare(derived(tasks=[task(ONE), task(TWO), task(THREE)]), derived(tasks=[task(THREE + "和统计功能")])).task_changes
    assert [c.kind for c in changes] == ["removed", "removed", "reworded"]


def test_the_json_has_the_stable_shape() -> None:
    old, new = task(ONE, section="甲"), task(ONE + "等", section="乙")
    value = comparison_json(compare(derived(tasks=[old, task(TWO, section="甲")]), derived(tasks=[new, task(TWO, section="甲")])))
    (change,) = value["task_changes"]
    assert sorted(change) == ["fields", "kind", "new", "old"]
    assert change["fields"]["text"] == {"old": ONE, "new": ONE + "等"}
    assert change["fields"]["section"] == {"old": "甲", "new": "乙"}


texts = st.lists(st.sampled_from([ONE, TWO, THREE, ONE + "等", "甲", "", TWO[:9]]), max_size=8)


@given(texts, texts)
def test_property_pairs_are_one_to_one_and_the_same_each_time(old, new) -> None:
    left, right = [task(t) for t in old], [task(t) for t in new]
    pairs = pair_tasks(left, right)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert pairs == pair_tasks(left, right)


@given(texts, texts)
def test_property_every_task_is_paired_added_or_removed(old, new) -> None:
    left, right = [task(t) for t in old], [task(t) for t in new]
    paired = len(pair_tasks(left, right))
    found = [c.kind for c in compare(derived(tasks=left), derived(tasks=right)).task_changes]
    assert found.count("added") == len(new) - paired
    assert found.count("removed") == len(old) - paired


def test_a_thousand_reworded_tasks_are_paired_in_time() -> None:
    old = [task(f"第{i}项：在领域{i * 7919}推进信用分级分类监管，建立名录{i * 104729}并公开") for i in range(1000)]
    new = [task(t.text + "结果") for t in reversed(old)]
    began = time.perf_counter()
    changes = compare(derived(tasks=old), derived(tasks=new)).task_changes
    assert time.perf_counter() - began < 10
    assert {c.kind for c in changes} == {"reworded"}
