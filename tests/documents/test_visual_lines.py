"""Tables printed line by line with single blanks between cells, as pdfplumber's ``extract_text`` gives them, and what cannot be read."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.documents import UnreadableError, read
from normalizers.documents.body_names import is_known_body, joined
from normalizers.records import Hints
from tests.documents.test_placed_tables import bare, text
from tests.documents.test_round_trip import evidence_holds

TOP = """\
附件
2031年滨江市社会信用体系建设重点任务分工表
序号 工作任务 责任单位 完成时限
1 制定双公示数据质量核查，明确归集范围、更新频 市公安局、市税务局、 2031年6月底
率和责任主体。 市财政局、各县（市、 前
区）人民政府、市住房
城乡建设局
2 制定公共信用信息平台二期工程。 市大数据中心 6月底
3 实施公共信用信息平台二期工程，按月通报办理进 市文化广电旅游局、市 2031年9月
度并纳入年度考核。 大数据中心、市人力资
源社会保障局、市公安
局、市住房城乡建设局
4 强化招标投标领域信用评价。 市政府办公室 持续推进
5 完善融资信用服务平台，对连续两次排名靠后的单 市法院、市文化广电旅 2031年第三季
位进行约谈。 游局 度
6 完善政务诚信监测指标。 市教育局、市司法局 6月底
"""
"""Cells at the top of their rows."""

MIDDLE = """\
2031年滨江市社会信用体系建设重点任务分工表
序
重点任务 牵头单位 配合单位 完成时限
号
市法院、市市场
市卫生健康委、 监管局、市委组 2031年12
1 强化融资信用服务平台。
市税务局 织部、市生态环 月底前
境局、市司法局
市文化广电旅游 市税务局、市人
2 实施双公示数据质量核查。 局、人民银行市 力资源社会保障 年底前
分行、市税务局 局、市公安局
市市场监管局、
3 推进家政服务信用体系试点。 人民银行市分行 市人力资源社会 6月底
保障局、市法院
"""
"""Cells in the middle of their rows, the header's first label broken around the others."""

COLUMNWISE = """\
序号
1
2

工作任务
制定双公示数据质量核查，明确更新频
率。
完善政务诚信监测指标。

责任单位
市教育局、市司
法局
市财政局

完成时限
6月底
全年
"""


def test_cells_at_the_top_of_their_rows_are_put_together() -> None:
    rows = bare(text(TOP))
    assert [row[0] for row in rows[1:]] == ["1", "2", "3", "4", "5", "6"]
    assert rows[1][1:] == [
        "制定双公示数据质量核查，明确归集范围、更新频率和责任主体。",
        "市公安局、市税务局、市财政局、各县（市、区）人民政府、市住房城乡建设局",
        "2031年6月底前",
    ]
    assert rows[3][2] == "市文化广电旅游局、市大数据中心、市人力资源社会保障局、市公安局、市住房城乡建设局"
    assert rows[5][3] == "2031年第三季度"


def test_a_line_of_which_nothing_is_seen_is_blank() -> None:
    assert bare(text(TOP.replace("2 制定公共", "\u200b\n2 制定公共"))) == bare(text(TOP.replace("2 制定公共", "\n2 制定公共")))


def test_cells_in_the_middle_of_their_rows_are_put_together_and_a_reader_is_told() -> None:
    document = text(MIDDLE)
    assert bare(document)[0] == ["序号", "重点任务", "牵头单位", "配合单位", "完成时限"]
    assert bare(document)[1:] == [
        [
            "1",
            "强化融资信用服务平台。",
            "市卫生健康委、市税务局",
            "市法院、市市场监管局、市委组织部、市生态环境局、市司法局",
            "2031年12月底前",
        ],
        [
            "2",
            "实施双公示数据质量核查。",
            "市文化广电旅游局、人民银行市分行、市税务局",
            "市税务局、市人力资源社会保障局、市公安局",
            "年底前",
        ],
        ["3", "推进家政服务信用体系试点。", "人民银行市分行", "市市场监管局、市人力资源社会保障局、市法院", "6月底"],
    ]
    assert document.warnings


def test_text_below_a_table_is_no_row() -> None:
    ending = "以上任务请各责任单位认真组织实施，按季度向市信用办报送进展情况。"
    document = text(TOP + ending + "\n")
    assert len(bare(document)) == 7
    assert any(block.text == ending for block in document.blocks)


def test_a_table_written_column_by_column_is_told_to_be_lost() -> None:
    assert any("could not be read surely" in warning for warning in text(COLUMNWISE).warnings)


def test_a_clean_table_is_not_warned_of() -> None:
    rows = "".join(f"{n} 完善第{n}类信用评价办法。 市财政局 6月底\n" for n in range(1, 6))
    assert not text("序号 工作任务 责任单位 完成时限\n" + rows).warnings


@pytest.mark.parametrize(
    ("before", "after", "one"),
    [
        ("市司法局、市发展改", "革委", 1),
        ("市", "财政局", 1),
        ("市级各部", "门，各县（市、区）政府", 1),
        ("各县（市、", "区）人民政府", 1),
        ("市发展改革委", "市财政局", -1),
        ("市大", "各县（市、区）", -1),
    ],
)
def test_names_tell_whether_two_lines_are_one(before: str, after: str, one: int) -> None:
    assert joined(before, after) == one


def test_a_name_without_a_place_is_known() -> None:
    assert is_known_body("市市场监管局")
    assert not is_known_body("市级各部")


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from(["1", "2", "市财政局", "市公", "安局、", "推进信用。", "（市、", "2031年", "6月底", "一、总则", "。"]),
            max_size=7,
        ),
        max_size=14,
    )
)
def test_property_lines_of_any_words_are_read_without_losing_their_places(words: list[list[str]]) -> None:
    content = "序号 工作任务 牵头单位 配合单位 完成时限\n" + "\n".join(" ".join(line) for line in words)
    try:
        document = read(content.encode(), Hints(file_name="a.txt"))
    except UnreadableError:
        return
    evidence_holds(document)


def test_property_a_long_table_of_broken_lines_costs_little_time() -> None:
    line = "推进信用信息归集共享工作 市财政局、市公 市发展改革委 2031年6月\n"
    started = time.process_time()
    text("序号 工作任务 牵头单位 配合单位 完成时限\n" + line * 8_000)
    assert time.process_time() - started < 20
