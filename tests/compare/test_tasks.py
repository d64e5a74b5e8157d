"""Changes of tasks: pairing and fields."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.agencies import Context, resolve
from normalizers.compare import compare
from normalizers.compare.pairing import pair_tasks
from normalizers.compare.renaming import Dates, role_change
from normalizers.deadlines import parse_deadline, plan_period
from normalizers.presentation import comparison_json, task_change_json
from normalizers.records import Agency
from tests.compare.build import PERIOD, agency, derived, task

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


@pytest.mark.parametrize("old", ["6月底前完成", "请于6月底前全部完成", "于6月30日前按期办结"])
def test_that_a_day_is_to_be_kept_adds_nothing_to_it(old: str) -> None:
    assert kinds([task(ONE, deadline=old)], [task(ONE, deadline="6月底前")]) == []


@pytest.mark.parametrize("old", ["6月底前启动", "6月底前取得阶段性成果", "7月底前完成"])
def test_what_is_to_be_reached_by_a_day_is_part_of_a_deadline(old: str) -> None:
    assert kinds([task(ONE, deadline=old)], [task(ONE, deadline="6月底前")]) == [("changed", ("deadline",))]


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


# --- splits and mergers -------------------------------------------------------------------------------------------------

BOTH = "建立市级信用承诺公示制度，承诺书当日上网；完善履约核查办法，每季度抽取五百件回访"
FIRST, SECOND = "建立市级信用承诺公示制度，承诺书当日上网", "完善履约核查办法，每季度抽取五百件回访"


def test_a_task_that_became_two_is_split_and_its_parts_are_no_pairs() -> None:
    comparison = compare(derived(tasks=[task(ONE), task(BOTH)]), derived(tasks=[task(ONE), task(FIRST), task(SECOND)]))
    (change,) = comparison.task_changes
    assert (change.kind, change.old, change.new) == ("split", task(BOTH), None)
    assert [part.text for part in change.parts] == [FIRST, SECOND]
    assert comparison.task_pairs == ((0, 0),)


def test_two_tasks_that_became_one_are_merged() -> None:
    comparison = compare(derived(tasks=[task(FIRST), task(SECOND), task(ONE)]), derived(tasks=[task(BOTH), task(ONE)]))
    (change,) = comparison.task_changes
    assert (change.kind, change.old, change.new) == ("merged", None, task(BOTH))
    assert [part.text for part in change.parts] == [FIRST, SECOND]
    assert comparison.task_pairs == ((2, 1),)


def test_tasks_that_share_only_formulas_are_no_split() -> None:
    old = [task("健全社会信用体系，推进信用信息归集共享")]
    new = [task("健全社会信用体系，开展诚信宣传月活动"), task("推进信用信息归集共享，建设移动端查询窗口并接入自助机")]
    assert "split" not in {kind for kind, _ in kinds(old, new)}


def test_a_task_that_quotes_part_of_another_is_added() -> None:
    assert kinds([task(BOTH)], [task(BOTH), task(SECOND)]) == [("added", ())]


# --- reforms ------------------------------------------------------------------------------------------------------------


def body(name: str, day: date) -> Agency:
    return resolve(name, Context("321300", day))


def told(old: list[str], new: list[str], years: tuple[int, int] = (2016, 2021)) -> dict[str, list[object]]:
    days = date(years[0], 5, 1), date(years[1], 5, 1)
    change = role_change([body(n, days[0]) for n in old], [body(n, days[1]) for n in new], "lead", Dates(*days))
    renamed = [(before.mention, after.mention) for before, after in change.renamed]
    return {"added": [a.mention for a in change.added], "removed": [a.mention for a in change.removed], "renamed": renamed}


def test_a_body_that_a_reform_renamed_is_neither_added_nor_removed() -> None:
    assert told(["市环保局"], ["市生态环境局"]) == {"added": [], "removed": [], "renamed": [("市环保局", "市生态环境局")]}


def test_bodies_that_were_merged_are_renamed_to_the_one_that_took_their_place() -> None:
    assert told(["市工商局", "市质监局"], ["市市场监管局"])["renamed"] == [("市工商局", "市市场监管局"), ("市质监局", "市市场监管局")]
    assert told(["市工商局", "市质监局"], ["市市场监管局"])["added"] == []


def test_a_body_that_was_really_replaced_is_removed_and_the_other_added() -> None:
    assert told(["市环保局"], ["市财政局"]) == {"added": ["市财政局"], "removed": ["市环保局"], "renamed": []}


def test_the_comparison_the_other_way_round_tells_the_same_reform() -> None:
    assert told(["市生态环境局"], ["市环保局"], (2021, 2016))["renamed"] == [("市生态环境局", "市环保局")]


def test_a_document_of_the_last_day_of_the_calendar_is_compared_like_any_other() -> None:
    begun, last = date(2016, 5, 1), date.max
    gone, come = body("市环保局", begun), body("市生态环境局", last)
    assert role_change([gone], [come], "lead", Dates(begun, last)).renamed == ((gone, come),)


def test_bodies_that_are_not_resolved_are_never_paired() -> None:
    change = role_change([agency("市信用促进办")], [agency("市信用促进中心")], "lead", Dates(date(2016, 1, 1), date(2021, 1, 1)))
    assert (len(change.added), len(change.removed), change.renamed) == (1, 1, ())


def test_a_second_name_in_brackets_is_no_change() -> None:
    change = role_change([agency("市民政局（市社团管理局）")], [agency("市民政局")], "lead")
    assert (change.added, change.removed, change.renamed) == ((), (), ())


# --- places and pairs ---------------------------------------------------------------------------------------------------


def test_formula_tasks_are_paired_by_what_they_are_about() -> None:
    trades = ["食品药品", "环境保护", "家政服务", "交通运输", "工程建设"]
    old = [task(f"加强{trade}领域信用监管，建立信用档案", lead=[f"市{trade}办"]) for trade in trades]
    new = [task(f"加强{trade}领域信用监管，建立信用档案", lead=[f"市{trade}办"]) for trade in ["校外培训", *trades[:2], *trades[3:]]]
    assert sorted(kinds(old, new)) == [("added", ()), ("removed", ())]


def test_a_task_rewritten_at_its_place_with_its_bodies_is_reworded() -> None:
    old = [task(ONE), task("推广信用修复一网通办，压缩办理时间", lead=["市行政审批局"]), task(THREE)]
    new = [task(ONE), task("信用修复实行全程网上受理，三日内办结并短信告知", lead=["市行政审批局"]), task(THREE)]
    assert kinds(old, new) == [("reworded", ("text",))]


def test_another_task_at_the_place_of_one_with_the_same_bodies_is_no_rewording() -> None:
    old = [task(ONE), task("整治共享单车乱停放，划定停车区域", lead=["市城管局"]), task(THREE)]
    new = [task(ONE), task("更换老旧小区门禁，安装识别终端", lead=["市城管局"]), task(THREE)]
    assert sorted(kinds(old, new)) == [("added", ()), ("removed", ())]


def test_moved_reworded_and_led_by_another_is_one_change() -> None:
    old = [task(ONE, section="归集"), task(TWO, section="归集", lead=["市发改委"]), task(THREE, section="修复"), task(BOTH, section="修复")]
    new = [old[0], old[2], old[3], task(TWO + "，每季度通报", section="修复", lead=["市司法局"])]
    assert kinds(old, new) == [("changed", ("lead", "text", "section"))]


def test_a_heading_left_out_moves_no_task() -> None:
    old = [task(ONE, section="归集"), task(TWO, section="应用"), task(THREE, section="应用")]
    new = [task(ONE, section="归集"), task(TWO, section="归集"), task(THREE, section="归集")]
    assert kinds(old, new) == []


def test_headings_nested_otherwise_move_no_task() -> None:
    old = [task(ONE, section="二、任务 / （一）归集"), task(TWO, section="二、任务 / （二）应用")]
    assert kinds(old, [task(ONE, section="一、归集"), task(TWO, section="二、应用")]) == []


def test_the_number_or_the_action_cell_in_the_text_is_no_new_wording() -> None:
    assert kinds([task("3." + ONE, number="3")], [task(ONE, number="3")]) == []
    assert kinds([task("数据归集" + ONE, section="数据归集")], [task(ONE, section="数据归集")]) == []


@pytest.mark.parametrize(("old", "new"), [("3.5亿元", "8.5亿元"), ("8.5%", "85%"), ("≥90%", "90%"), ("20 家", "30 家")])
def test_figures_are_words(old: str, new: str) -> None:
    assert kinds([task(old + ONE)], [task(new + ONE)]) == [("reworded", ("text",))]


def test_characters_lost_by_damage_are_no_new_wording() -> None:
    assert kinds([task(ONE)], [task(ONE[:6] + "\ufffd" + ONE[7:])]) == []


@pytest.mark.parametrize(
    ("old", "new"), [("6月", "6月底前"), ("全年", "年底前"), ("持续推进", "长期坚持"), ("每季度", "按季度"), ("上半年", "6月底前")]
)
def test_deadlines_that_bind_alike_are_no_change(old: str, new: str) -> None:
    assert kinds([task(ONE, deadline=old)], [task(ONE, deadline=new)]) == []


@pytest.mark.parametrize(("old", "new"), [("3月至9月", "9月底前"), ("每季度", "每月"), ("持续推进", "年底前"), ("6月", "7月")])
def test_deadlines_that_bind_otherwise_are_a_change(old: str, new: str) -> None:
    assert kinds([task(ONE, deadline=old)], [task(ONE, deadline=new)]) == [("changed", ("deadline",))]


def test_a_piece_of_a_deadline_that_a_broken_cell_left_is_no_change() -> None:
    assert kinds([task(ONE, deadline="6月底前")], [task(ONE, deadline="底前")]) == []


def test_a_deadline_that_reads_the_same_in_the_plan_of_another_year_is_no_change() -> None:
    later = parse_deadline("12月底前", plan_period("2019年某市信用工作要点", date(2019, 3, 1)))
    assert kinds([task(ONE, deadline="12月底前")], [replace(task(ONE), deadline=later)]) == []


def test_a_date_that_moved_from_the_cell_into_the_text_is_no_change() -> None:
    due = parse_deadline("2018年9月底前", PERIOD)
    assert due is not None
    assert kinds([task(ONE, deadline="2018年9月底前")], [replace(task("2018年9月底前" + ONE), milestones=(due,))]) == []


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
    comparison = compare(derived(tasks=left), derived(tasks=right))
    paired, found = len(comparison.task_pairs), [c.kind for c in comparison.task_changes]
    split = [len(c.parts) for c in comparison.task_changes if c.kind == "split"]
    merged = [len(c.parts) for c in comparison.task_changes if c.kind == "merged"]
    assert found.count("added") == len(new) - paired - sum(split) - len(merged)
    assert found.count("removed") == len(old) - paired - sum(merged) - len(split)


@given(texts, texts)
def test_property_the_other_way_round_the_same_tasks_come_and_go(old, new) -> None:
    left, right = derived(tasks=[task(t) for t in old]), derived(tasks=[task(t) for t in new])
    there, back = compare(left, right).task_changes, compare(right, left).task_changes
    turned = {"added": "removed", "removed": "added", "split": "merged", "merged": "split"}
    assert sorted(c.kind for c in there) == sorted(turned.get(c.kind, c.kind) for c in back)


@given(texts)
def test_property_a_document_beside_itself_has_no_change(old) -> None:
    tasks = derived(tasks=[task(t) for t in old])
    assert compare(tasks, tasks).task_changes == ()


@given(st.permutations([ONE, TWO, THREE, BOTH]))
def test_property_the_order_of_tasks_is_no_change(order) -> None:
    assert kinds([task(t) for t in [ONE, TWO, THREE, BOTH]], [task(t) for t in order]) == []


def test_a_thousand_reworded_tasks_are_paired_in_time() -> None:
    old = [task(f"第{i}项：在领域{i * 7919}推进信用分级分类监管，建立名录{i * 104729}并公开") for i in range(1000)]
    new = [task(t.text + "结果") for t in reversed(old)]
    began = time.process_time()
    changes = compare(derived(tasks=old), derived(tasks=new)).task_changes
    assert time.process_time() - began < 4
    assert {c.kind for c in changes} == {"reworded"}
