"""Whatever a reader hands on, extraction ends without an error and every span stands inside the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from normalizers.records import Document, Metadata
from normalizers.tasks import extract_tasks
from tests.tasks.build import Sheet, document

_CELLS = """
序号|重点任务|主要内容|责任单位|牵头单位|配合单位|完成时间|专项行动|项目名称|||/|1|一|（一）|省信用办|省司法厅、省财政厅|6月底前
编制信用目录。|一、政务诚信|注：列第一位的为牵头单位。|编制并|甲、
"""
_PIECES = """
1.|（一）|一是|编制信用目录|。|；|（|）|【|】|(|责任单位：|牵头单位|省信用办|、|负责|牵头|配合|，下同|2023年6月底前|完成时限：
以下均需各市落实，不再列出|第三条 |# |! |列第一位的为牵头单位|*|各区政府|等| |
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
