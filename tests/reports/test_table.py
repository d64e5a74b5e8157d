"""The three-column table: what offices submit, its third column filled in and free to edit."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.shared import Mm
from docx.table import Table
from hypothesis import given, settings

from harvester.comparing import Compared
from harvester.reports.pieces import visible
from harvester.reports.table import comparison_table
from normalizers.differences import Fate, TaskChange, TaskChangeKind
from tests.reports.build import ANY, Made, changed, compared, deleted, inserted, moved, row, same, with_title
from tests.reports.test_telling import task

PAPER = [
    same("坚持依法依规。"),
    changed(("加强", "加强"), ("信用", "诚信"), ("建设。", "建设。"), path="一、总体要求"),
    inserted("新设工作专班。", path="一、总体要求"),
    deleted("按季报送进度。", path="二、保障"),
    moved("各区结合实际落实。", path="二、保障"),
    row(Fate.CHANGED, [("1", "1")], [("归集信息", "归集信息")], [("市财政局", "市民政局")]),
]


def table_of(data: bytes) -> Table:
    return docx.Document(io.BytesIO(data)).tables[0]


def texts(pair: Compared, *, everything: bool = False) -> list[list[str]]:
    found = table_of(comparison_table(pair, "zh", everything=everything))
    return [list(dict.fromkeys(cell.text for cell in line.cells)) for line in found.rows]


def test_the_table_holds_the_changed_clauses_and_says_what_changed() -> None:
    assert texts(compared(PAPER)) == [
        ["原文", "现文", "说明"],
        ["一、总体要求"],
        ["加强信用建设。", "加强诚信建设。", "“信用”改为“诚信”"],
        ["", "新设工作专班。", "新增"],
        ["二、保障"],
        ["按季报送进度。", "", "删去"],
        ["各区结合实际落实。", "移自第1段"],
        ["1\u3000归集信息\n市财政局", "1\u3000归集信息\n市民政局", "“市财政局”改为“市民政局”"],
    ]


def test_all_of_it_on_demand() -> None:
    assert ["坚持依法依规。", ""] in texts(compared(PAPER), everything=True)


def test_the_change_of_a_task_is_told_beside_its_row() -> None:
    old, new = task(text="加强信用建设。"), task(text="加强诚信建设。")
    pair = compared(PAPER[1:2], tasks=(TaskChange(TaskChangeKind.REWORDED, old, new, ("text",)),))
    told = texts(pair)[-1][2]
    assert told.startswith("第12项“加强诚信建设”（二、夯实基础）：任务内容中“")
    assert "诚信" in told


def test_it_lies_across_a4_and_its_head_is_on_every_page() -> None:
    data = comparison_table(compared(PAPER), "zh")
    document = docx.Document(io.BytesIO(data))
    section = document.sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    assert sum(column.width for column in document.tables[0].columns) <= Mm(297) - section.left_margin - section.right_margin
    assert document.tables[0].rows[0]._tr.trPr.xpath("w:tblHeader")
    assert document.core_properties.title == "《信用工作计划》修改对照表"


def test_marks_do_not_rest_on_colour() -> None:
    runs = [run for cell in table_of(comparison_table(compared(PAPER), "zh")).rows[2].cells for run in cell.paragraphs[0].runs]
    marked = {run.text: (bool(run.bold), bool(run.underline), bool(run.font.strike)) for run in runs}
    assert marked["信用"] == (False, False, True)
    assert marked["诚信"] == (True, True, False)
    assert marked["加强"] == (False, False, False)


HOSTILE = '=HYPERLINK("http://x","y") {MERGEFIELD a} <w:p/> \x00\u202e@SUM(1)'


def test_no_text_becomes_a_field_or_a_link() -> None:
    data = comparison_table(with_title(compared([changed((HOSTILE, "甲")), inserted(HOSTILE)]), HOSTILE), "en")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        xml = package.read("word/document.xml").decode()
        footers = "".join(package.read(name).decode() for name in package.namelist() if "footer" in name)
        links = "".join(package.read(name).decode() for name in package.namelist() if name.endswith(".rels"))
    assert "fldSimple" not in xml
    assert "instrText" not in xml
    assert "hyperlink" not in xml
    assert 'TargetMode="External"' not in links
    assert footers.count("fldSimple ") == 1
    assert "\u202e" not in xml
    assert "⟨U+202E⟩" in xml


@settings(max_examples=15)
@given(ANY)
def test_property_everything_shows_both_texts(made: list[Made]) -> None:
    pair = compared(made)
    if not made:
        return
    lines = table_of(comparison_table(pair, "en", everything=True)).rows[1:]
    cells = [(line.cells[0].text, line.cells[1].text) for line in lines if line.cells[0]._tc is not line.cells[1]._tc]
    assert _plain("".join(new for _, new in cells)) == _plain(pair.new.text)
    assert sorted(_plain("".join(old for old, _ in cells))) == sorted(_plain(pair.old.text))


def _plain(text: str) -> str:
    return "".join(visible(text).split())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_changed_gives_a_paper_that_says_so(lang: str) -> None:
    document = docx.Document(io.BytesIO(comparison_table(compared([same("甲")]), lang)))
    assert not document.tables
    said = {"zh": "没有变化", "en": "no change"}[lang]
    assert any(said in paragraph.text for paragraph in document.paragraphs)


def test_who_and_when_stand_behind_the_head_of_their_column() -> None:
    head = row(Fate.SAME, [("序号", "序号")], [("工作任务", "工作任务")], [("责任单位", "责任单位")])
    line = row(Fate.CHANGED, [("1", "1")], [("归集信息", "归集信息")], [("市财政局", "市民政局")])
    found = texts(compared([head, line]), everything=True)
    assert found[1][0] == "序号\n工作任务\n责任单位"
    assert found[2][:2] == ["1\u3000归集信息\n责任单位：市财政局", "1\u3000归集信息\n责任单位：市民政局"]
