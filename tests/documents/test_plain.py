from __future__ import annotations

import time

import pytest

from normalizers.documents import UnreadableError, read
from normalizers.documents.chrome import chrome_lines, is_page_number
from normalizers.documents.labels import column_labels, column_of, is_header, split_header
from normalizers.records import BlockKind, Document, Hints
from tests.documents.samples import read_grid


def text(content: str, name: str = "a.txt") -> Document:
    return read(content.encode(), Hints(file_name=name))


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if block.table is None]


PLAN = "2031年滨江区信用工作任务分解表\n\n"


def test_cells_on_lines_of_their_own_make_a_table_and_blank_cells_stay_blank() -> None:
    document = text(
        PLAN + "\t序号\n\t行动\n\t主要内容\n\t牵头单位\n\t配合单位\n\t完成时间\n\n"
        "\t1\n\t品牌行动\n\t办好论坛。\n\t甲局\n\t乙局\n\t全年\n\n\t\n\t\n\t编印案例集。\n\t\n\t\n\t\n\n\t2\n\t惠民行动\n\t推广应用。\n\t丙局\n\t丁局\n\t6月底前\n\n附注如上。\n"
    )
    table = next(block.table for block in document.blocks if block.table)
    assert not table.merged
    assert read_grid(document) == [
        ["序号", "行动", "主要内容", "牵头单位", "配合单位", "完成时间"],
        ["1", "品牌行动", "办好论坛。", "甲局", "乙局", "全年"],
        ["", "", "编印案例集。", "", "", ""],
        ["2", "惠民行动", "推广应用。", "丙局", "丁局", "6月底前"],
    ]
    assert texts(document)[-1] == "附注如上。"


def test_one_line_a_row_with_single_blanks_is_cut_at_the_number_and_at_the_end() -> None:
    document = text(
        PLAN + "工作内容 序号 重点任务 责任单位\n政务诚信 健全制度 1 制定 2031 年清单。 甲局、乙局\n"
        "2 开展评价。 丙局 (丁办)\n推进公开 3 按月公示。 甲局\n\n"
        "工作内容 序号 重点任务 责任单位\n商务诚信 4 建立档案，\n逐户核对。 戊局\n\n转载自：某网站\n"
    )
    assert read_grid(document) == [
        ["工作内容", "工作内容", "序号", "重点任务", "责任单位"],
        ["政务诚信", "健全制度", "1", "制定 2031 年清单。", "甲局、乙局"],
        ["", "", "2", "开展评价。", "丙局 (丁办)"],
        ["", "推进公开", "3", "按月公示。", "甲局"],
        ["", "商务诚信", "4", "建立档案，逐户核对。", "戊局"],
    ]
    assert texts(document)[-1] == "转载自：某网站"


def test_a_group_before_the_number_needs_no_label_of_its_own() -> None:
    document = text(
        PLAN + "序号 重点任务 责任单位\n政务诚信 1 制定 2031 年清单。 甲局、乙局\n2 开展评价。 丙局\n\n"
        "序号 重点任务 责任单位\n商务诚信 3 建立档案，\n逐户核对。 戊局\n\n转载自：某网站\n"
    )
    assert read_grid(document) == [
        ["", "序号", "重点任务", "责任单位"],
        ["政务诚信", "1", "制定 2031 年清单。", "甲局、乙局"],
        ["", "2", "开展评价。", "丙局"],
        ["商务诚信", "3", "建立档案，逐户核对。", "戊局"],
    ]


@pytest.mark.parametrize("line", ["本表所列任务， 1 月起执行。 甲局", "2031年 1 月 印发", "第二批 2 开展评价。 丙局"])
def test_words_that_name_no_group_before_a_first_number_make_no_table(line: str) -> None:
    assert not any(block.table for block in text(PLAN + f"序号 重点任务 责任单位\n{line}\n").blocks)


def test_a_field_that_is_a_date_goes_to_the_deadline_column() -> None:
    document = text(PLAN + "序号 任务 牵头单位 完成时限\n1 建立台账。 甲局 6月底前\n2 归集数据。 12月底前\n3 公示结果。 乙局\n")
    assert read_grid(document)[1:] == [
        ["1", "建立台账。", "甲局", "6月底前"],
        ["2", "归集数据。", "", "12月底前"],
        ["3", "公示结果。", "乙局", ""],
    ]


def test_tab_separated_rows_run_on_over_blank_lines_and_end_at_the_text() -> None:
    document = text(
        PLAN + "序号\t重点任务\t责任单位\n1\t建立台账。\t甲局\n\n序号\t重点任务\t责任单位\n2\t归集数据，\n"
        "逐条核对。\t乙局\n3\t公示结果。\t丙局\n\n滨江区信用办\n\n2031年3月1日\n"
    )
    grid = read_grid(document)
    assert [row[0] for row in grid] == ["序号", "1", "2", "3"]
    assert grid[2] == ["2", "归集数据，逐条核对。", "乙局"]
    assert texts(document)[-2:] == ["滨江区信用办", "2031年3月1日"]


@pytest.mark.parametrize("gap", ["\t", " ", "    "])
def test_numbered_lines_between_rows_are_section_rows_over_all_columns(gap: str) -> None:
    lines = [
        ["序号", "任务", "责任单位", "完成时限"],
        ["一、制度建设"],
        ["1", "出台条例", "甲局", "6月底"],
        ["2", "发布目录", "乙局", "9月底"],
        ["二、数据归集"],
        ["3", "归集数据", "丙局", "年底"],
    ]
    document = text(PLAN + "\n".join(gap.join(line) for line in lines) + "\n\n特此通知，请遵照执行。\n")
    assert read_grid(document) == [line if len(line) > 1 else line * 4 for line in lines]
    assert texts(document)[-1] == "特此通知，请遵照执行。"


def test_a_short_tabbed_row_stands_under_its_number() -> None:
    document = text(PLAN + "领域\t序号\t任务\t责任单位\n政务\t1\t甲项。\t甲局\n2\t乙项。\t乙局\n商务\t3\t丙项。\t丙局\n")
    assert read_grid(document)[2] == ["", "2", "乙项。", "乙局"]


def test_markdown_tables_headings_and_links_are_read() -> None:
    document = text(
        "# 滨江区信用工作方案\n\n## 工作任务\n\n正文**重点**见[附件](http://a.b/c)。\n\n"
        "| 任务 | 责任单位 |\n|:--|---|\n| 建档\\|立卡 | 甲局<br>乙局 |\n",
        "a.md",
    )
    assert [(block.kind, block.level) for block in document.blocks[:2]] == [(BlockKind.TITLE, 0), (BlockKind.HEADING, 2)]
    assert "正文重点见附件。" in texts(document)
    assert read_grid(document) == [["任务", "责任单位"], ["建档|立卡", "甲局\n乙局"]]


def test_an_html_table_inside_markdown_is_a_table_with_its_merged_cells() -> None:
    document = text(
        "# 方案\n\n<table><tr><td>任务</td><td>责任单位</td></tr>\n<tr>"
        "<td>甲项</td><td rowspan=2>甲局</td></tr><tr><td>乙项</td></tr></table>\n\n结束。\n",
        "a.md",
    )
    assert read_grid(document)[2] == ["乙项", "甲局"]


def test_columns_held_apart_by_blanks_are_read_by_place() -> None:
    document = text(
        PLAN + "序号    任务                          责任单位\n\n"
        " 1      建立信用承诺制度，逐户        甲局、\n        建档。                        乙局\n"
        "\n 2      开展宣传。                    丙局\n\n\n"
        "以上任务按月报送进展，年底前形成总结报告并报区信用办备案存查。\n"
    )
    assert read_grid(document) == [
        ["序号", "任务", "责任单位"],
        ["1", "建立信用承诺制度，逐户建档。", "甲局、乙局"],
        ["2", "开展宣传。", "丙局"],
    ]
    assert texts(document)[-1].startswith("以上任务")


def test_a_cell_a_line_without_separators_is_held_by_its_numbers() -> None:
    document = text(
        PLAN + "序号\n任务\n责任单位\n完成时限\n1\n建立台账。\n甲局\n6月底\n2\n归集数据。\n乙局\n3\n公示结果。\n丙局\n年底\n特此通知。\n"
    )
    assert read_grid(document) == [
        ["序号", "任务", "责任单位", "完成时限"],
        ["1", "建立台账。", "甲局", "6月底"],
        ["2", "归集数据。", "乙局", ""],
        ["3", "公示结果。", "丙局", "年底"],
    ]
    assert texts(document)[-1] == "特此通知。"


def test_running_text_with_labels_in_it_is_no_table() -> None:
    document = text(
        "关于责任单位的说明\n\n责任单位、完成时限按附件执行，任务由牵头单位负责。\n"
        "1 号文件已经印发，2 号文件另行印发。\n\n序号和任务见附表。\n"
    )
    assert not [block for block in document.blocks if block.table]


def test_a_word_cut_by_a_page_break_is_whole_again() -> None:
    first = "各单位要按照统一部署，做好信用信息的归集、共享和公开，健全工作台账，定期开展自查，并于每季度末将工作情况报送区信"
    document = text(f"{first}\n\n- 2 -\n\n用办，同时抄送区数据局，逾期未报的予以通报。\n\n一、总体要求\n")
    assert first + "用办，同时抄送区数据局，逾期未报的予以通报。" in texts(document)
    assert {repair.kind: repair.count for repair in document.repairs} == {"page-number": 1, "broken-line": 1}


def test_hard_wrapped_lines_are_joined_and_headings_stay() -> None:
    paragraph = "为贯彻落实上级关于社会信用体系建设的决策部署，进一步提升全区信用工作水平，结合实际，制定本工作方案，请各单位认真抓好落实。"
    wrapped = "\n".join(paragraph[n : n + 24] for n in range(0, len(paragraph), 24))
    document = text("\n".join(f"{'一二三四'[n]}、第{n}方面的工作要求\n{wrapped}" for n in range(4)))
    assert texts(document).count(paragraph) == 4


@pytest.mark.parametrize("width", [24, 28, 32])
def test_a_numbered_item_that_fills_its_line_is_no_heading_and_no_line_begins_with_a_comma(width: int) -> None:
    items = [
        f"（{n}）推进第{n}类公共信用信息目录动态管理，新增事项须有法律法规或者国家目录作为依据；目录之外的信息（含试点）不得用于评价。（市发展改革委）"
        for n in "一二三四五六"
    ]
    wrapped = "\n".join(item[at : at + width] for item in items for at in range(0, len(item), width))
    assert list(texts(text(wrapped))) == items


def test_an_item_goes_on_over_the_foot_of_a_page_and_over_a_bracket_inside_its_bracket() -> None:
    items = [
        f"{n}.推进第{n}类公共信用信息目录动态管理，新增事项须有法律法规作为依据。（牵头单位：市公安局；配合单位：市税务局、各县（市、区）人民政府）"
        for n in range(1, 7)
    ]
    lines = [item[at : at + 30] for item in items for at in range(0, len(item), 30)]
    paged = "\n".join([*lines[:7], "— 1 —", *lines[7:10], "", "— 2 —", "", *lines[10:]])
    assert list(texts(text(paged))) == items


def test_a_label_below_a_full_line_of_bodies_begins_a_line_of_its_own() -> None:
    bodies = "责任单位：市民政局、市生态环境局、市农业农村局、市直各部门"
    lines = [f"{n}.推行安全生产承诺制度，培训业务骨干不少于两次。\n{bodies}\n完成时限：{n}月" for n in range(1, 8)]
    assert texts(text("\n".join(lines))).count(bodies) == 7


def test_a_number_below_a_title_as_wide_as_the_page_is_a_line_of_its_own() -> None:
    paragraph = "为贯彻落实上级关于社会信用体系建设的决策部署，进一步提升全区信用工作水平，结合实际，制定本工作方案，请各单位认真抓好落实。"
    wrapped = "\n".join(paragraph[at : at + 24] for at in range(0, len(paragraph), 24))
    document = text("某市人民政府办公室关于印发农村信用工作方案的通知\n某政办函〔2016〕107号\n" + f"{wrapped}\n" * 4)
    assert texts(document)[:2] == ["某市人民政府办公室关于印发农村信用工作方案的通知", "某政办函〔2016〕107号"]


def test_navigation_above_and_the_footer_below_go_and_the_letterhead_stays() -> None:
    document = text(
        "您好，登录 注册\n您当前的位置：首页 > 政策文件 > 规划计划\n滨信办〔2031〕4号\n"
        "关于印发年度要点的通知\n2031-03-01\n\n各单位：\n现将要点印发，请遵照执行。\n\n"
        "滨江区信用办\n\n相关链接\n网站地图 | 联系我们\n沪ICP备00000000号-1\n版权所有：滨江区信用办\n地址：滨江区某路1号\n"
    )
    assert texts(document)[:3] == ["滨信办〔2031〕4号", "关于印发年度要点的通知", "2031-03-01"]
    assert texts(document)[-1] == "滨江区信用办"


@pytest.mark.parametrize("line", ["- 3 -", "—12—", "第 3 页 共 9 页", "第3页", "5/6", "共9页，第3页", "Page 3 of 9", "－ 4 －"])
def test_page_numbers_are_known(line: str) -> None:
    assert is_page_number(line)


@pytest.mark.parametrize("line", ["3", "2031", "2031-03-01", "第三条", "第3页所列项目", "1/2以上通过", ""])
def test_other_short_lines_are_no_page_numbers(line: str) -> None:
    assert not is_page_number(line)


def test_a_text_that_is_all_chrome_is_kept() -> None:
    assert chrome_lines(["联系我们", "版权所有：某单位"]) == (set(), set())


def test_a_title_broken_over_two_lines_is_one_title() -> None:
    document = text("滨江新区深化推进社会信用体系建设合作\n示范区建设行动方案（2031—2033年）\n为做好工作，制定本方案。\n")
    assert document.blocks[0].kind is BlockKind.TITLE
    assert document.blocks[0].text == "滨江新区深化推进社会信用体系建设合作示范区建设行动方案（2031—2033年）"


@pytest.mark.parametrize(
    ("line", "labels"),
    [
        ("工作内容 序号 重点任务 责任单位", ["工作内容", "序号", "重点任务", "责任单位"]),
        ("序 号 重 点 任 务 责 任 单 位", ["序号", "重点任务", "责任单位"]),
        ("责任单位要按时完成任务", []),
        ("任务", []),
    ],
)
def test_a_header_line_is_cut_into_its_labels(line: str, labels: list[str]) -> None:
    assert split_header(line) == labels


def test_labels_are_known_with_blanks_and_brackets_and_each_once() -> None:
    assert column_of("牵 头 单 位") == "lead"
    assert column_of("完成时限（2031年）") == "deadline"
    assert column_of("请各单位抓好落实") == ""
    assert is_header(["序号", "任务", "责任单位"])
    assert set(column_labels().values()) >= {"number", "section", "task", "lead", "partner", "responsible", "deadline"}


def test_traditional_labels_head_a_table_too() -> None:
    document = text("年度任務分工表\n\n序號\t重點任務\t責任單位\n1\t建立檔案。\t甲局\n2\t開展宣傳。\t乙局\n")
    assert read_grid(document)[0] == ["序号", "重点任务", "责任单位"]


def test_a_text_of_a_hundred_thousand_lines_is_read_in_seconds() -> None:
    start = time.process_time()
    content = "\n".join(f"第{n}行的内容没有标点而且一直写下去直到这一行的末尾为止再接下一行" for n in range(20_000))
    assert text(content).blocks
    assert time.process_time() - start < 30


def test_an_empty_text_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match=r"blank\.txt"):
        text("\ufeff \n\n", "blank.txt")
