"""Running text by hand: brackets, role lines, headings, and what carries no role."""

from __future__ import annotations

import pytest

from tests.tasks.build import document, tasks, who


def test_the_section_is_the_nearest_heading() -> None:
    found = tasks("# 一、重点任务", "# （一）完善制度", "1.编制信用目录。（责任单位：省信用办）")
    assert (found[0].number, found[0].section) == ("1", "（一）完善制度")


def test_an_item_with_a_bracket_is_no_section_of_the_item_beside_it() -> None:
    found = tasks("# 一、重点任务", "（一）编制目录（责任单位：省信用办）", "（二）公布目录（责任单位：省司法厅）")
    assert [task.section for task in found] == ["一、重点任务", "一、重点任务"]


def test_the_evidence_is_the_words_themselves() -> None:
    text = "1.编制信用目录，按年更新。（责任单位：省信用办）"
    page = document("# 一、任务", text)
    found = tasks("# 一、任务", text)[0]
    assert page.text[found.evidence.start :].startswith("编制信用目录")
    assert found.address == "p2"


def test_a_bracket_that_a_page_break_cut_is_read_whole() -> None:
    found = tasks("1.编制信用目录。（责任单位：省信用办、", "省司法厅）")
    assert who(found[0]) == ([], [], ["省信用办", "省司法厅"])


def test_a_bracket_that_never_closes_ends_with_the_paragraph() -> None:
    found = tasks("1.编制信用目录。（责任单位：省信用办、省司法厅")
    assert who(found[0]) == ([], [], ["省信用办", "省司法厅"])


def test_a_heading_with_a_role_line_right_below_is_the_task() -> None:
    found = tasks("# 一、任务", "# （一）编制信用目录", "责任单位：省信用办", "目录应当公开。")
    assert [(task.text, task.section) for task in found] == [("编制信用目录", "一、任务")]


def test_a_numbered_caption_opens_the_item_that_its_paragraph_goes_on_with() -> None:
    found = tasks("# 一、任务", "1.完善目录", "编制信用目录，按年更新。（责任单位：省信用办）")
    assert [(task.number, task.section, task.text) for task in found] == [("1", "一、任务", "完善目录\n编制信用目录，按年更新。")]


def test_a_numbered_caption_is_the_section_of_several_paragraphs_with_roles_of_their_own() -> None:
    found = tasks(
        "# 一、任务", "1.完善目录", "编制信用目录，按年更新。（责任单位：省信用办）", "公布信用目录，接受监督。（责任单位：省司法厅）"
    )
    assert [(task.section, task.text) for task in found][:1] == [("1.完善目录", "编制信用目录，按年更新。")]


def test_the_fingerprint_does_not_know_numbers_or_brackets() -> None:
    one = tasks("1.编制信用目录。（责任单位：省信用办）")[0]
    other = tasks("（三）编制信用目录（省司法厅牵头）。")[0]
    assert one.fingerprint == other.fingerprint


def test_dates_in_the_words_are_milestones_and_no_deadline() -> None:
    found = tasks("1.编制信用目录，6月底前公布。（责任单位：省信用办）")[0]
    assert found.deadline is None
    assert [one.end.isoformat() for one in found.milestones if one.end] == ["2023-06-30"]


@pytest.mark.parametrize(
    "text",
    [
        "各责任单位：现将有关事项通知如下。",
        "请于5月底前报送省发展改革委（省信用办）。",
        "本办法由省发展改革委负责解释。",
        "第三条 省发展改革委负责统筹协调（省信用办）。",
        "信用报告可在线查询（每年免费两次）。",
        "主办单位：某省发展和改革委员会",
        "责任单位要切实履行职责，完善工作机制，加强督促检查。",
        "修复申请由失信主体提出（申请人自行负责）。",
        "项目名称：信用平台\n责任单位：省信用办",
    ],
)
def test_words_that_mark_no_item_give_no_task(text: str) -> None:
    assert tasks("# 一、有关事项", text) == ()


def test_bodies_of_another_province_are_bodies_too() -> None:
    found = tasks(
        "（一）修订信用信息目录。（广州市发展改革委、深圳市发展改革委负责）",
        "（二）整治失信投标。（深圳市住房建设局、珠海市政务服务和数据管理局按职责分工负责）",
        "（三）推广信用贷款。（广州市地方金融管理局、人民银行广东省分行）",
        "（四）完善办事流程（由申请人负责提交），压缩办理时间。",
    )
    assert [who(task)[2] for task in found] == [
        ["广州市发展改革委", "深圳市发展改革委"],
        ["深圳市住房建设局", "珠海市政务服务和数据管理局"],
        ["广州市地方金融管理局", "人民银行广东省分行"],
    ]


def test_a_bracket_of_helpers_alone_marks_no_task() -> None:
    found = tasks("（一）升级信用平台。归集数据两亿条（市数据局配合）。", "（二）修订信用名录。（市发展改革委负责）")
    assert [task.text for task in found] == ["修订信用名录。"]


def test_remarks_steps_and_who_explains_mark_no_task() -> None:
    assert tasks("说明：完成情况纳入年度考核（市发展改革委负责）。", "本清单自印发之日起施行（市发展改革委负责解释）。") == ()
    assert tasks("三、核查。属实的3日内更正（由市发展改革委负责）。", title="某市信用信息异议处理流程") == ()
