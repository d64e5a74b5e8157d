"""Tables in texts that were made of pdfs: cells broken over lines, held by place or by order alone."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.documents import UnreadableError, read
from normalizers.records import BlockKind, Document, Hints
from tests.documents.samples import read_grid
from tests.documents.test_round_trip import evidence_holds


def text(content: str, name: str = "a.txt") -> Document:
    return read(content.encode(), Hints(file_name=name))


def bare(document: Document) -> list[list[str]]:
    return [[re.sub(r"\s", "", cell) for cell in row] for row in read_grid(document)]


MIDDLE = """\
序
      工作任务              责任单位        完成时限
号

      建立信用承诺制度，逐户建档，     市发展改
1     按月核对，形成台账并报送区信用   革委、市  2031年6月底前
      办备案。                财政局

2     开展诚信宣传。            市教育局      全年
\x0c序
      工作任务              责任单位        完成时限
号

      健全归集机制，推动平台互联互通，   市数据局
3                                  年底前
      按季通报进度。            、市税务局
\x0c"""


def test_cells_in_the_middle_of_their_rows_and_a_broken_header_are_read_by_place() -> None:
    document = text("滨江区信用工作任务分解表\n" + MIDDLE)
    evidence_holds(document)
    assert bare(document) == [
        ["序号", "工作任务", "责任单位", "完成时限"],
        ["1", "建立信用承诺制度，逐户建档，按月核对，形成台账并报送区信用办备案。", "市发展改革委、市财政局", "2031年6月底前"],
        ["2", "开展诚信宣传。", "市教育局", "全年"],
        ["3", "健全归集机制，推动平台互联互通，按季通报进度。", "市数据局、市税务局", "年底前"],
    ]


STREAM = """\
序号
工作任务
责任
单位
完成时限
1
建立信用承诺制度，逐户
建档，按月核对，形成台
账。
市发展改
革委、市
财政局
2031年6月
底前
2
开展诚信宣传。
市教育局
全年
3
健全归集机制，推动平台
互联互通。
市数据局
年底前
"""


def test_broken_cells_that_follow_one_another_are_put_together() -> None:
    document = text("滨江区信用工作任务分解表\n\n" + STREAM)
    evidence_holds(document)
    assert bare(document)[1:] == [
        ["1", "建立信用承诺制度，逐户建档，按月核对，形成台账。", "市发展改革委、市财政局", "2031年6月底前"],
        ["2", "开展诚信宣传。", "市教育局", "全年"],
        ["3", "健全归集机制，推动平台互联互通。", "市数据局", "年底前"],
    ]


def test_markdown_marks_are_no_part_of_the_text() -> None:
    document = text(
        "---\ntitle: 滨江区信用工作方案\ndate: 2031-03-01\n---\n滨江区信用工作方案\n====\n\n- [x] 建立**台账**并*核对*\n"
        "- 开展~~旧的~~宣传\n\n```\n另附说明一段。\n```\n",
        "a.md",
    )
    evidence_holds(document)
    assert [block.text for block in document.blocks] == ["滨江区信用工作方案", "建立台账并核对", "开展宣传", "另附说明一段。"]
    assert document.blocks[0].kind is BlockKind.TITLE


def test_a_plain_text_under_the_name_of_a_page_keeps_its_lines() -> None:
    document = text("滨江区信用工作方案\n为做好工作，制定本方案。\n一、总体要求\n各单位抓好落实。\n", "a.html")
    assert [block.text for block in document.blocks][:2] == ["滨江区信用工作方案", "为做好工作，制定本方案。"]


def test_what_a_tracked_change_deleted_and_comments_are_no_text_of_a_page() -> None:
    body = "<div id=zoom><p>由<del>甲局</del><ins>乙局</ins>牵头，按月报送进展。<s>旧句。</s></p>"
    body += "<div class=MsoCommentText>此处再议</div></div>"
    document = text(f"<html><body>{body}</body></html>", "a.html")
    assert document.text == "由乙局牵头，按月报送进展。"


def test_a_tag_of_endless_attributes_is_read_in_no_time() -> None:
    flood = "<p " + " ".join(f"a{number}=x" for number in range(100_000)) + ">文字在此，请看。</p>"
    start = time.process_time()
    assert "文字在此" in text(f"<html><body>{flood}</body></html>", "a.html").text
    assert time.process_time() - start < 10


WORDS = """序号 工作任务 责任 单位 责任单位 完成时限 1 2 3 市发展改 革委 市财政局、 建立制度， 办结。 全年 领域 一、平台"""
WORD = st.sampled_from([*re.split(" ", WORDS), "\x0c", ""])
GAP = st.sampled_from(["\n", " ", "      ", "\n\n", "\t"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(WORD, GAP), max_size=60), st.sampled_from(["a.txt", "a.md", "a.html"]))
def test_property_spans_hold_for_any_broken_table(words: list[tuple[str, str]], name: str) -> None:
    try:
        document = text("序号 工作任务 责任单位\n" + "".join(word + gap for word, gap in words), name)
    except UnreadableError:
        return
    evidence_holds(document)


HOSTILE = ["|", "1", " x", "<br>", "1\n", "序号 任务 责任单位\n", "序号\n任务\n责任单位\n", "任务\n", "甲\n", "|a|b|\n", "\t"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_property_hostile_texts_are_read_within_a_budget(piece: str) -> None:
    start = time.process_time()
    with contextlib.suppress(UnreadableError):
        evidence_holds(text("序号 任务 责任单位\n" + piece * (30_000 // len(piece))))
    assert time.process_time() - start < 4
