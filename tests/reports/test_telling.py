"""Changes are told in whole sentences, in Chinese and in English, from the same records."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.telling import tell_change, tell_field_change, tell_task_change, tell_text_change
from harvester.telling.texts import field_value
from normalizers.agencies.gazetteer import gazetteer
from normalizers.differences import FieldChange, RoleChange, TaskChange, TaskChangeKind, TextChange
from normalizers.presentation import task_json
from normalizers.records import Agency, Deadline, DeadlineKind, Span, Task

FORBIDDEN = re.compile("曝光|黑榜|排名|信用评分|联合惩戒")


def body(name: str) -> Agency:
    return Agency(name, name, f"a-{name}")


def due(text: str, end: date | None) -> Deadline:
    return Deadline(text, None, end, DeadlineKind.BY_DATE, "cell")


def task(number: str = "12", text: str = "建设信用门户网站，公开办事指南。", section: str = "二、夯实基础", **more: Any) -> Task:
    plain = Task(number, section, text, (), (), (), (), False, None, (), Span(0, len(text)), "tab1.r7.c2", "table", 1.0, "0" * 16)
    return replace(plain, **more)


def bodies(*names: str) -> tuple[Agency, ...]:
    return tuple(body(name) for name in names)


ISSUE = TaskChange(
    TaskChangeKind.CHANGED,
    task(lead=bodies("市财政局"), deadline=due("2025年6月", date(2025, 6, 30))),
    task(lead=bodies("市民政局"), partner=bodies("市教委"), deadline=due("2025年12月", date(2025, 12, 31))),
    ("lead", "partner", "deadline"),
    (RoleChange("lead", bodies("市民政局"), bodies("市财政局")), RoleChange("partner", bodies("市教委"))),
)


def test_the_sentence_names_item_bodies_and_days_in_both_languages() -> None:
    assert tell_task_change(ISSUE, "zh") == (
        "第12项“建设信用门户网站…”（二、夯实基础）：牵头单位由 市财政局 改为 市民政局；"
        "新增配合单位 市教委；完成时间由 2025年6月 改为 2025年12月"
    )
    assert tell_task_change(ISSUE, "en") == (
        "Item 12 “建设信用门户网站…” (二、夯实基础): lead body changed from 市财政局 to 市民政局; partner body 市教委 added;"
        " deadline changed from 2025年6月 to 2025年12月"
    )


def changed(old: Task, new: Task, *roles: RoleChange, fields: tuple[str, ...] = ()) -> TaskChange:
    return TaskChange(TaskChangeKind.CHANGED, old, new, (*(role.role for role in roles), *fields), roles)


LEAD = task(lead=bodies("市财政局", "市教委"))
CASES = [
    (
        changed(LEAD, task(lead=bodies("市财政局", "市民政局")), RoleChange("lead", bodies("市民政局"), bodies("市教委"))),
        "牵头单位中 市教委 改为 市民政局",
    ),
    (
        changed(
            task(lead=bodies("市工商局")),
            task(lead=bodies("市市场监管局")),
            RoleChange("lead", renamed=((body("市工商局"), body("市市场监管局")),)),
        ),
        "牵头单位 市工商局（机构改革后为市市场监管局）",
    ),
    (
        changed(
            task(lead=bodies("市财政局"), partner=bodies("市民政局")),
            task(lead=bodies("市民政局"), partner=bodies("市财政局")),
            RoleChange("lead", bodies("市民政局"), bodies("市财政局")),
            RoleChange("partner", bodies("市财政局"), bodies("市民政局")),
        ),
        "牵头单位由 市财政局 改为 市民政局（原为配合单位）；配合单位由 市民政局 改为 市财政局（原为牵头单位）",
    ),
    (
        changed(
            task(responsible=bodies("市财政局", "市民政局")),
            task(lead=bodies("市财政局"), partner=bodies("市民政局")),
            RoleChange("lead", bodies("市财政局")),
            RoleChange("partner", bodies("市民政局")),
            RoleChange("responsible", (), bodies("市财政局", "市民政局")),
        ),
        "新增牵头单位 市财政局（原为责任单位）；新增配合单位 市民政局（原为责任单位）",
    ),
    (
        changed(
            task(responsible=bodies("市园林局", "市林业局", "市教委")),
            task(responsible=bodies("市绿化局", "市教委")),
            RoleChange("responsible", renamed=((body("市园林局"), body("市绿化局")), (body("市林业局"), body("市绿化局")))),
        ),
        "责任单位 市园林局、市林业局（机构改革后合并为市绿化局）",
    ),
    (
        changed(
            LEAD, task(lead=bodies("市财政局", "市民政局", "市农委")), RoleChange("lead", bodies("市民政局", "市农委"), bodies("市教委"))
        ),
        "新增牵头单位 市民政局、市农委；删去牵头单位 市教委",
    ),
    (
        changed(task(deadline=due("6月底", date(2025, 6, 30))), task(deadline=due("6月底", date(2026, 6, 30))), fields=("deadline",)),
        "完成时间由 6月底（2025-06-30） 改为 6月底（2026-06-30）",
    ),
    (changed(task(), task(deadline=due("6月底", None)), fields=("deadline",)), "新增完成时间 6月底"),
    (changed(task(deadline=due("6月底", None)), task(), fields=("deadline",)), "删去完成时间 6月底"),
]


@pytest.mark.parametrize(("change", "words"), CASES)
def test_what_differs_is_told_once_and_as_what_it_is(change: TaskChange, words: str) -> None:
    assert tell_task_change(change, "zh") == f"第12项“建设信用门户网站…”（二、夯实基础）：{words}"


def test_words_that_changed_are_told_and_not_whole_texts() -> None:
    old = task(text="建设信用门户网站，公开办事指南，完善查询服务，并对各区开展培训。")
    new = replace(old, text="建设信用门户网站，公开服务指南，完善查询服务，并对各区开展培训。")
    told = tell_task_change(TaskChange(TaskChangeKind.REWORDED, old, new, ("text",)), "zh")
    assert "改为" in told
    assert "服务指南" in told
    assert "查询服务" not in told
    anew = replace(old, text="组织召开年度会议，研究下一步安排。")
    assert "改写为“组织召开年度会议" in tell_task_change(TaskChange(TaskChangeKind.REWORDED, old, anew, ("text",)), "zh")


def test_a_task_without_a_number_is_called_by_its_first_clause() -> None:
    moved = TaskChange(TaskChangeKind.MOVED, task(""), task("", section="三、推进应用"), ("section",))
    assert tell_task_change(moved, "zh") == "“建设信用门户网站…”：由“二、夯实基础”移至“三、推进应用”"
    assert tell_task_change(moved, "en") == "“建设信用门户网站…”: moved from “二、夯实基础” to “三、推进应用”"


def test_tasks_that_came_went_were_split_or_merged_say_who_and_by_when() -> None:
    full = task(lead=bodies("市财政局"), deadline=due("年底前", date(2025, 12, 31)))
    told = "第12项（二、夯实基础）：“建设信用门户网站，公开办事指南。”；牵头单位 市财政局；完成时间 年底前"
    assert tell_task_change(TaskChange(TaskChangeKind.ADDED, None, full), "zh") == "新增" + told
    assert tell_task_change(TaskChange(TaskChangeKind.REMOVED, full, None), "zh") == "删去原" + told
    parts = (task("12", "建设信用门户网站。", lead=bodies("市财政局")), task("13", "公开办事指南。"))
    split = TaskChange(TaskChangeKind.SPLIT, full, None, parts=parts)
    assert tell_task_change(split, "zh") == (
        "原第12项“建设信用门户网站，公开办事指南”拆分为2项：第12项“建设信用门户网站”（牵头单位 市财政局）、第13项“公开办事指南”"
    )
    merged = TaskChange(TaskChangeKind.MERGED, None, full, parts=parts)
    assert tell_task_change(merged, "zh") == (
        "原第12项“建设信用门户网站”、原第13项“公开办事指南”合并为"
        "第12项“建设信用门户网站，公开办事指南”（牵头单位 市财政局；完成时间 年底前）"
    )
    assert tell_task_change(merged, "en").startswith(
        "former Item 12 “建设信用门户网站”, former Item 13 “公开办事指南” were merged into Item 12 “建设信用门户网站，公开办事指南”"
    )


def text_change(op: str, old: str, new: str, **more: str) -> TextChange:
    return TextChange(op, old, new, "p3", Span(0, 0), Span(0, 0), **more)


def test_changes_of_wording_are_told_with_their_place_and_moves_with_both() -> None:
    assert tell_text_change(text_change("replace", "甲", "乙"), "zh") == "第3段：“甲”改为“乙”"
    assert tell_text_change(text_change("insert", "", "乙"), "en") == "paragraph 3: “乙” was inserted"
    gone, come = text_change("delete", "某句", "", moved="p9"), replace(text_change("insert", "", "某句", moved="p3"), where="p9")
    assert tell_text_change(gone, "zh") == tell_text_change(come, "zh") == "“某句”由第3段移至第9段"


def test_what_a_document_says_of_itself_is_told_by_the_names_offices_use() -> None:
    assert tell_field_change(FieldChange("title", "甲方案", "乙方案"), "zh") == "标题由 “甲方案” 改为 “乙方案”"
    assert tell_field_change(FieldChange("issued_on", "", "2025-03-01"), "zh") == "新增成文日期 2025-03-01"
    assert tell_field_change(FieldChange("kind", "plan", "notice"), "en") == "the kind of document changed from plan to circular"


def row(entity: str, kind: str, **more: Any) -> dict[str, Any]:
    empty = {"before": None, "after": None, "fields": [], "reason": "", "record_kind": "", "list_name": "", "document_id": "dabc"}
    return {"entity": entity, "kind": kind, "entity_id": "dabc.k1", **empty, **more}


DOCUMENT = {
    "title": "信用工作计划",
    "document_number": "某信办〔2025〕1号",
    "issued_on": "2025-03-01",
    "state": "live",
    "url": "https://example.org/1",
}
FEED = [
    (row("document", "added", after=DOCUMENT), "首次收录《信用工作计划》（某信办〔2025〕1号；2025-03-01）"),
    (row("document", "gone", before=DOCUMENT, after=DOCUMENT | {"state": "gone"}), "《信用工作计划》：原网址已查无此文"),
    (
        row("document", "changed", before=DOCUMENT, after=DOCUMENT | {"issued_on": "2025-03-02"}, fields=["issued_on"]),
        "《信用工作计划》：成文日期由 2025-03-01 改为 2025-03-02",
    ),
    (row("text", "changed", after=[{"op": "insert", "old": "", "new": "新句", "where": "p3"}]), "正文修改：第3段：增加“新句”"),
    (
        row("link", "added", after={"document": "da", "other": "db", "relation": "draft"}, title="办法", other_title="办法（征求意见稿）"),
        "《办法》是征求意见稿《办法（征求意见稿）》的正式文本",
    ),
    (row("notice", "left", record_kind="penalty", reason="expired"), "行政处罚记录：公示期满，不再展示"),
    (row("notice", "entered", record_kind="list-entry", list_name="某名单"), "名单记录（某名单）：新增公开"),
]


@pytest.mark.parametrize(("feed_row", "words"), FEED)
def test_a_row_of_the_feed_is_told_in_a_sentence(feed_row: dict[str, Any], words: str) -> None:
    assert tell_change(feed_row, "zh") == words
    assert not re.search("[{}]", tell_change(feed_row, "en"))


def test_a_task_of_the_feed_is_told_as_the_comparison_tells_it() -> None:
    assert ISSUE.old
    assert ISSUE.new
    told = tell_change(row("task", "changed", before=task_json(ISSUE.old), after=task_json(ISSUE.new), fields=list(ISSUE.fields)), "zh")
    assert told == tell_task_change(ISSUE, "zh")


NAMES = st.lists(st.sampled_from(["市财政局", "市民政局", "市教委", "市农委"]), unique=True, max_size=4)
TEXTS = st.text(st.sampled_from("信用公示，。“”{}%\n\u202e<b>一二12"), min_size=1, max_size=80)


@given(st.sampled_from(["", "12", "（三）", "一是"]), TEXTS, TEXTS, NAMES, NAMES, NAMES, NAMES)
def test_property_every_body_that_came_or_went_is_named_and_no_word_of_blame_is_used(
    number: str, old_text: str, new_text: str, lead: list[str], partner: list[str], new_lead: list[str], new_partner: list[str]
) -> None:
    old = task(number, old_text, lead=bodies(*lead), partner=bodies(*partner))
    new = task(number, new_text, lead=bodies(*new_lead), partner=bodies(*new_partner))
    roles = tuple(
        RoleChange(role, tuple(b for b in after if b not in before), tuple(b for b in before if b not in after))
        for role, before, after in (("lead", old.lead, new.lead), ("partner", old.partner, new.partner))
        if before != after
    )
    change = changed(old, new, *roles, fields=("text",))
    for lang in ("zh", "en"):
        told = tell_task_change(change, lang)
        assert "\n" not in told
        assert not FORBIDDEN.search(told)
        for role in roles:
            assert all(agency.mention in told for agency in (*role.added, *role.removed))


VALUES = [
    ("plan_period", "2018-01-01/2020-12-31", "2018—2020年", "2018—2020"),
    ("plan_period", "2024-01-01/2024-12-31", "2024年", "2024"),
    ("plan_period", "2024-03-01/2025-02-28", "2024-03-01至2025-02-28", "2024-03-01 to 2025-02-28"),
    ("regions", "310000、320000", "上海市、江苏省", "上海市, 江苏省"),
    ("regions", "990000", "990000", "990000"),
    ("kind", "work-points", "工作要点", "work points"),
    ("issuers", ["市信用办", "市财政局"], "市信用办、市财政局", "市信用办, 市财政局"),
]


@pytest.mark.parametrize(("name", "value", "chinese", "english"), VALUES)
def test_values_are_told_as_readers_know_them(name: str, value: object, chinese: str, english: str) -> None:
    assert (field_value(name, value, "zh"), field_value(name, value, "en")) == (chinese, english)


def test_a_body_that_a_reform_renamed_is_told_in_the_feed_as_renamed_and_not_as_replaced() -> None:
    known = {entry.name: entry.id for entry in gazetteer().entries}
    names = (("市工商局", "上海市工商行政管理局"), ("市市场监管局", "上海市市场监督管理局"))
    before, after = (task_json(task(lead=(Agency(mention, name, known[name]),))) for mention, name in names)
    told = tell_change(row("task", "changed", before=before, after=after, fields=["lead"], as_of=date(2019, 3, 2)), "zh")
    assert told.endswith("牵头单位 市工商局（机构改革后为市市场监管局）")
