"""Whatever a reader hands on, extraction ends without an error and every span stands inside the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.records import Document, Metadata
from normalizers.tasks import extract_tasks
from normalizers.text.fold import fold
from tests.tasks.build import Sheet, document

_CELLS = """
序号|重点任务|主要内容|责任单位|牵头单位|配合单位|完成时间|专项行动|项目名称|||/|1|一|（一）|省信用办|省司法厅、省财政厅|6月底前
各责任单位|信用主管部门|实事项目|编制信用目录。|一、政务诚信|注：列第一位的为牵头单位。|编制并|甲、
"""
_PIECES = """
1.|（一）|一是|编制信用目录|。|；|（|）|【|】|(|责任单位：|牵头单位|省信用办|、|负责|牵头|配合|，下同|2023年6月底前|完成时限：
以下均需各市落实，不再列出|由|配合。|指导|适用范围：|负责的工作|一、|〔|〕|——|责任处室：|第三条 |# |! |列第一位的为牵头单位|*|各区政府|等| |
"""
WORDS = st.sampled_from([*_CELLS.strip().replace("\n", "|").split("|"), "甲\n乙"])
PIECES = st.sampled_from([*_PIECES.strip("\n").replace("\n", "|").split("|"), "\n"])
PARAGRAPHS = st.lists(PIECES, min_size=1, max_size=14).map("".join) | st.text(max_size=40)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    columns = draw(st.integers(1, 5))
    rows = draw(st.lists(st.lists(WORDS, min_size=columns, max_size=columns), min_size=1, max_size=6))
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    if draw(st.booleans()):
        row, column = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, columns - 1))
        spans[row, column] = (draw(st.integers(1, len(rows) - row)), draw(st.integers(1, columns - column)))
    return Sheet(rows, merged=draw(st.booleans()), spans=spans)


@given(st.lists(PARAGRAPHS | sheets(), max_size=8).map(lambda items: document(*items)))
def test_property_any_document_is_read_and_every_evidence_stands_in_its_text(page: Document) -> None:
    metadata = Metadata(title="2023年工作要点", regions=("320000",))
    found = extract_tasks(page, metadata)
    for task in found:
        assert 0 <= task.evidence.start <= task.evidence.end <= len(page.text)
        assert task.text.strip() and 0.0 <= task.confidence <= 1.0
        assert not {one.mention for one in task.lead} & {one.mention for one in task.partner}
    assert extract_tasks(page, metadata) == found


_UNITS = [
    *("（", "）", "【〔（", "、", "责任单位：", "（责任单位：市发改委）", "，由市发改委牵头", "一是建立目录（市数据局）；", "（一）一、1."),
    *("各市均为责任单位", "列第一位的为牵头", "市财政局负责的工作", "以下均需各市落实，不再列出。", "除另有注明外，均由"),
    *("责任单位：市发改委、\n", "1.编制目录。由市发改委牵头\n"),
]


@pytest.mark.parametrize("unit", _UNITS)
def test_property_long_hostile_text_takes_no_more_than_its_share_of_time(unit: str) -> None:
    def seconds(length: int) -> float:
        page = document(unit * (length // len(unit)), Sheet([["序号", "重点任务", "责任单位"], ["1", "编制目录" + unit * 50, unit * 50]]))
        start = time.process_time()
        extract_tasks(page, Metadata(title="2023年工作要点", regions=("320000",)))
        return time.process_time() - start

    seconds(2_000)
    short, long = seconds(20_000), seconds(80_000)
    assert long < 8 * short + 2.0  # four times the text; a quadratic reader takes sixteen times as long


@given(st.lists(PIECES, min_size=1, max_size=20).map("".join))
def test_property_an_item_in_one_line_shows_its_own_words(text: str) -> None:
    page = document("! 2023年工作要点", text)
    for task in extract_tasks(page, Metadata(title="2023年工作要点", regions=("320000",))):
        shown = fold(page.text[task.evidence.start : task.evidence.end])
        assert fold(task.text)[:6] in shown
