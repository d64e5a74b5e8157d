"""Tables by hand: blank cells, page breaks, section rows, what is no table of tasks."""

from __future__ import annotations

import pytest

from tests.tasks.build import Sheet, tasks, who

HEAD = ["序号", "重点任务", "牵头单位", "配合单位", "完成时间"]


def test_in_a_text_table_a_blank_cell_takes_the_value_above() -> None:
    rows = [HEAD, ["1", "编制信用目录。", "省信用办", "省司法厅", "6月底前"], ["", "公布信用目录。", "", "", ""]]
    second = tasks(Sheet(rows, merged=False))[1]
    assert who(second) == (["省信用办"], ["省司法厅"], [])
    assert second.deadline is not None
    assert (second.deadline.text, second.deadline.basis, second.number) == ("6月底前", "merged-cell", "1")


def test_a_new_lead_with_a_blank_partner_cell_has_no_partner() -> None:
    rows = [HEAD, ["1", "编制信用目录。", "省信用办", "省司法厅", "6月底前"], ["2", "公布信用目录。", "省财政厅", "", ""]]
    second = tasks(Sheet(rows, merged=False))[1]
    assert who(second) == (["省财政厅"], [], [])
    assert second.deadline is not None and second.deadline.text == "6月底前"


def test_where_the_source_states_merging_a_blank_cell_of_a_new_row_is_none() -> None:
    rows = [HEAD, ["1", "编制信用目录。", "省信用办", "省司法厅", "6月底前"], ["2", "公布信用目录。", "省财政厅", "", ""]]
    second = tasks(Sheet(rows))[1]
    assert who(second) == (["省财政厅"], [], [])
    assert second.deadline is None


def test_a_task_cell_over_several_rows_is_one_task_with_all_their_bodies() -> None:
    rows = [HEAD[:4], ["1", "联合开展信用检查。", "省信用办", "省司法厅"], ["", "", "省财政厅", "省教育厅"]]
    found = tasks(Sheet(rows, spans={(1, 0): (2, 1), (1, 1): (2, 1)}))
    assert len(found) == 1
    assert who(found[0]) == (["省信用办", "省财政厅"], ["省司法厅", "省教育厅"], [])


def test_a_numbered_row_without_words_gives_its_bodies_to_no_other_task() -> None:
    rows = [HEAD, ["1", "编制信用目录。", "省信用办", "省司法厅", "6月底前"], ["2", "", "省财政厅", "", "9月底前"]]
    found = tasks(Sheet(rows))
    assert len(found) == 1
    assert who(found[0]) == (["省信用办"], ["省司法厅"], [])


def test_a_table_goes_on_behind_a_page_mark_without_its_heading() -> None:
    first = Sheet([["序号", "重点任务", "责任单位"], ["1", "编制信用目录。", "省信用办"]], merged=False)
    second = Sheet([["2", "公布信用目录。", "省财政厅"]], merged=False)
    found = tasks(first, "— 3 —", second)
    assert [task.number for task in found] == ["1", "2"]
    assert found[1].address == "tab2.r1.c2"


def test_words_between_two_tables_end_the_first() -> None:
    first = Sheet([["序号", "重点任务", "责任单位"], ["1", "编制信用目录。", "省信用办"]], merged=False)
    other = Sheet([["2", "某某信用服务公司", "甲"]], merged=False)
    assert len(tasks(first, "附件2：有关名单如下。", other)) == 1


def test_a_table_of_something_else_does_not_go_on_with_the_one_before() -> None:
    first = Sheet([["序号", "重点任务", "责任单位"], ["1", "编制信用目录。", "省信用办"]])
    other = Sheet([["序号", "企业名称", "联系电话"], ["1", "某某信用服务公司", "000"]])
    assert len(tasks(first, other)) == 1


def test_a_row_that_a_page_cuts_in_two_is_put_together() -> None:
    rows = [["序号", "重点任务", "责任单位"], ["1", "编制并公布", "省信用办"]]
    found = tasks(Sheet(rows), Sheet([["", "信用信息目录。", ""], ["2", "开展检查。", "省财政厅"]]))
    assert [task.text for task in found] == ["编制并公布信用信息目录。", "开展检查。"]


def test_a_section_row_names_the_section_and_a_note_row_nothing() -> None:
    rows = [
        ["序号", "重点任务", "责任单位"],
        ["一、政务诚信", "", ""],
        ["1", "编制信用目录。", "省信用办"],
        ["注：以上任务按季通报。", "", ""],
    ]
    found = tasks(Sheet(rows, spans={(1, 0): (1, 3), (3, 0): (1, 3)}))
    assert [(task.section, task.text) for task in found] == [("一、政务诚信", "编制信用目录。")]


def test_a_cell_over_tasks_and_bodies_beside_a_number_names_a_section_unless_it_states_bodies_itself() -> None:
    rows = [
        ["序号", "目标与任务", "牵头责任单位", "责任单位"],
        ["1", "提升监管效能。", "", ""],
        ["2", "编制信用目录。", "省信用办", "省财政厅 省教育厅"],
        ["3", "开展信用宣传。（责任单位：省信用办）", "", ""],
    ]
    found = tasks(Sheet(rows, spans={(1, 1): (1, 3), (3, 1): (1, 3)}))
    assert [(task.section, task.text[:7]) for task in found] == [
        ("1、提升监管效能。", "编制信用目录。"),
        ("1、提升监管效能。", "开展信用宣传。"),
    ]


def test_a_wider_section_that_changes_closes_the_narrower_one() -> None:
    rows = [
        ["领域", "类别", "重点任务", "责任单位"],
        ["政务", "承诺", "编制信用目录。", "省信用办"],
        ["商务", "", "开展合同检查。", "省商务厅"],
    ]
    assert [task.section for task in tasks(Sheet(rows, merged=False))] == ["政务 / 承诺", "商务"]


def test_a_year_in_the_tables_title_goes_before_the_documents() -> None:
    rows = [["重点任务", "责任单位", "完成时间"], ["编制信用目录。", "省信用办", "9月底前"]]
    found = tasks("2024年重点任务分工表", Sheet(rows), title="信用建设行动方案（2023-2025年）")
    assert found[0].deadline is not None and found[0].deadline.end is not None
    assert found[0].deadline.end.isoformat() == "2024-09-30"


@pytest.mark.parametrize("text", ["1.6月底前完成初稿；2.10月底前印发。", "①6月底前报审；\n②10月底前印发"])
def test_numbers_of_items_in_a_deadline_cell_are_no_months(text: str) -> None:
    found = tasks(Sheet([["重点任务", "责任单位", "完成时间"], ["编制信用目录。", "省信用办", text]]))[0].deadline
    assert found is not None and found.end is not None
    assert (found.text, found.end.isoformat()) == (text, "2023-10-31")


def test_a_starred_name_leads_where_a_note_says_so() -> None:
    rows = [["重点任务", "责任单位"], ["编制信用目录。", "省司法厅、省信用办*"]]
    found = tasks(Sheet(rows), "注：带*的为牵头单位。")
    assert who(found[0]) == (["省信用办"], ["省司法厅"], [])


def test_a_note_under_the_table_on_the_first_listed_holds_for_the_whole() -> None:
    rows = [["重点任务", "责任单位"], ["编制信用目录。", "省司法厅、省信用办"]]
    found = tasks(Sheet(rows), "注：责任单位中列第一位的为牵头单位。")
    assert who(found[0]) == (["省司法厅"], ["省信用办"], [])


ENDINGS = [
    "各行业主管部门",
    "信用主管部门",
    "三省一市各业务主管部门",
    "各责任单位",
    "相关责任单位",
    "有关牵头部门",
    "市级各责任单位",
    "其他责任单位",
]


@pytest.mark.parametrize("body", ENDINGS)
@pytest.mark.parametrize("column", [3, 4])
def test_a_row_below_merged_cells_is_no_heading_though_a_body_in_it_ends_like_a_label(body: str, column: int) -> None:
    rows = [["序号", "领域", "重点任务", "牵头单位", "配合单位", "完成时间"]]
    rows += [
        ["1", "监管", "编制信用目录。", "省信用办", "省司法厅", "3月底前"],
        ["", "", "细化评价办法。", "省商务厅", "省税务局", "6月底前"],
    ]
    rows += [["2", "服务", "开通修复窗口。", "省财政厅", "省教育厅", "9月底前"]]
    rows[2][column] = body
    found = tasks(Sheet(rows, spans={(1, 0): (2, 1), (1, 1): (2, 1)}))
    assert [task.text for task in found] == ["编制信用目录。", "细化评价办法。", "开通修复窗口。"]
    assert who(found[1])[column - 3]
    assert who(found[2]) == (["省财政厅"], ["省教育厅"], [])
    assert [task.deadline.text for task in found if task.deadline] == ["3月底前", "6月底前", "9月底前"]


def test_one_label_in_a_row_that_cells_from_above_reach_into_makes_no_heading() -> None:
    rows = [
        ["序号", "重点任务", "牵头单位", "配合单位"],
        ["1", "编制信用目录。", "省信用办", "省司法厅"],
        ["", "细化评价办法。", "", "市级责任单位"],
    ]
    found = tasks(Sheet(rows, spans={(1, 0): (2, 1), (1, 2): (2, 1)}))
    assert [(task.text, who(task)[0]) for task in found] == [("编制信用目录。", ["省信用办"]), ("细化评价办法。", ["省信用办"])]


@pytest.mark.parametrize("body", ENDINGS)
def test_a_page_that_goes_on_with_such_a_row_keeps_the_columns_of_the_page_before(body: str) -> None:
    first = Sheet([["重点任务", "牵头单位", "配合单位"], ["编制信用目录。", "省信用办", "省司法厅"]])
    found = tasks(first, Sheet([["细化重点任务", "省商务厅", body], ["开通修复窗口。", "省财政厅", "省教育厅"]]))
    assert [who(task)[0] for task in found] == [["省信用办"], ["省商务厅"], ["省财政厅"]]


def test_another_heading_further_down_begins_columns_of_its_own() -> None:
    rows = [
        ["序号", "重点任务", "责任单位"],
        ["1", "编制信用目录。", "省信用办"],
        ["编号", "牵头单位", "工作任务"],
        ["1", "省财政厅", "开通窗口。"],
    ]
    assert [who(task) for task in tasks(Sheet(rows))] == [([], [], ["省信用办"]), (["省财政厅"], [], [])]


def test_a_heading_that_only_ends_in_a_label_heads_bodies_beside_whole_labels() -> None:
    found = tasks(Sheet([["序号", "重点任务", "行业主管部门"], ["1", "编制信用目录。", "省信用办"]]))
    assert [who(task) for task in found] == [([], [], ["省信用办"])]


@pytest.mark.parametrize("label", ["实事项目", "重点项目", "民生实事项目"])
def test_an_undertaking_is_a_task_where_a_body_and_a_deadline_stand_beside_it(label: str) -> None:
    rows = [["序号", label, "牵头单位", "完成时间"], ["1", "新设信用驿站8处", "市商务局", "11月底前"]]
    with_contact = [[*rows[0], "联系人"], [*rows[1], "某某"]]
    assert [task.text for task in tasks(Sheet(with_contact))] == ["新设信用驿站8处"]
    found = tasks(Sheet(rows))
    assert [(task.text, who(task)[0]) for task in found] == [("新设信用驿站8处", ["市商务局"])]
    assert found[0].deadline is not None
    assert not tasks(Sheet([row[:3] for row in rows]))
    assert not tasks(Sheet([[*rows[0], "总投资"], [*rows[1], "300万元"]]))


def test_a_column_no_label_names_is_the_task_when_it_reads_as_one() -> None:
    rows = [["序号", "分工事由", "责任单位"], ["1", "每季度汇总各地信用信息归集情况并通报。", "省信用办"]]
    found = tasks(Sheet(rows))
    assert [task.text for task in found] == ["每季度汇总各地信用信息归集情况并通报。"]
    assert found[0].confidence < 0.7
    assert not tasks(Sheet([["序号", "姓名", "责任单位"], ["1", "张某", "省信用办"]]))
