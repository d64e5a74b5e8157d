"""Units of documents, and what became of each: whatever the lines and paragraphs, every character lies in exactly one."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.compare import compare, units
from normalizers.derive import derive
from normalizers.differences import Comparison, Fate, UnitKind
from normalizers.records import Derived, Document, Hints
from tests.compare.build import derived, with_table
from tests.corpus import render
from tests.corpus.paper import written

HEAD = ("序号", "任务", "责任单位", "时限")
ONE = ("1", "编制公共信用信息目录并按年度更新公布", "市发展改革委", "2025年6月")
TWO = ("2", "对严重失信主体开展专项治理和约谈提醒", "市市场监管局", "2025年9月")
THREE = ("3", "优化信用修复线上办理流程和告知方式", "市司法局", "全年")
FOUR = ("4", "扩大以信用报告代替证明材料的事项范围", "市数据局", "2025年12月")


def read(text: str) -> Derived:
    return derive(text.encode(), Hints(file_name="paper.txt"))


def fates(comparison: Comparison) -> Counter[str]:
    return Counter(pair.fate.value for pair in comparison.units)


def uncovered(document: Document, spans) -> str:
    """Return what of a document lies in no span; overlapping spans give themselves away."""
    out, position = "", 0
    for span in sorted(spans, key=lambda span: span.start):
        assert span.start >= position, "two units overlap"
        out += document.text[position : span.start]
        position = span.end
    return (out + document.text[position:]).strip()


def test_headings_clauses_items_and_rows_are_told_apart() -> None:
    text = "某市信用工作要点\n一、总体要求\n坚持依法推进信用建设，全面完善各项制度。\n二、任务\n1.归集信息。2.共享信息。"
    found = units(read(text).document)
    assert [unit.kind for unit in found][1:] == [UnitKind.HEADING, UnitKind.CLAUSE, UnitKind.HEADING, UnitKind.ITEM, UnitKind.ITEM]
    assert [unit.number for unit in found][1:] == ["一、", "", "二、", "1.", "2."]
    assert found[2].path == "一、总体要求"
    assert {unit.kind for unit in units(with_table(HEAD, ONE).document)} == {UnitKind.ROW}


def test_a_row_names_its_cells_and_their_columns() -> None:
    row = units(with_table(HEAD, ONE).document)[1]
    assert (row.address, row.number, row.columns) == ("tab1.r2", "1", (1, 2, 3, 4))


def test_a_document_without_blocks_is_cut_into_its_lines() -> None:
    text = "一、总体要求\n坚持依法推进。\n（一）归集信息。\n"
    document = Document("sample", "txt", (), text, text)
    assert [unit.kind for unit in units(document)] == [UnitKind.HEADING, UnitKind.CLAUSE, UnitKind.ITEM]


@pytest.mark.parametrize("kind", ["txt", "html-divs", "docx", "md"])
@pytest.mark.parametrize("paper", written()[::6], ids=lambda paper: paper.name)
def test_every_character_of_a_real_paper_lies_in_one_unit(paper, kind: str) -> None:
    file = render.render(paper, kind)
    document = derive(file.payload, file.hints).document
    assert uncovered(document, [unit.span for unit in units(document)]) == ""


def test_a_paragraph_broken_in_two_is_the_same_unit_in_parts() -> None:
    old = derived("推进信用信息归集共享。完善平台功能。", "第二段不变。")
    new = derived("推进信用信息归集共享。", "完善平台功能。", "第二段不变。")
    assert fates(compare(old, new)) == {"same": 3}
    assert fates(compare(new, old)) == {"same": 3}


def test_a_line_broken_within_a_sentence_makes_no_unit() -> None:
    long = "全面推进社会信用体系建设高质量发展并且促进形成新发展格局的各项重点任务"
    old, new = derived(long + "要落到实处。"), derived(long, "要落到实处。")
    (pair,) = compare(old, new).units
    assert (pair.fate, pair.new.text) == (Fate.SAME, long + "\n要落到实处。")


def test_one_long_text_meets_the_paragraphs_of_another() -> None:
    lines = ["推进信用信息归集共享。", "完善信用平台功能。", "加强信用监管工作。"]
    old, new = derived("".join(lines)), derived(*lines[:2], "加强分级分类监管工作。")
    assert fates(compare(old, new)) == {"same": 2, "changed": 1}


def test_a_row_that_moved_and_changed_is_told_where_it_is_now_with_the_words_that_changed() -> None:
    moved = ("4", *ONE[1:3], "2025年10月")
    comparison = compare(with_table(HEAD, ONE, TWO, THREE, FOUR), with_table(HEAD, TWO, THREE, FOUR, moved))
    assert fates(comparison) == {"same": 4, "moved": 1}
    pair = comparison.units[-1]
    assert (pair.fate, pair.old.address, pair.new.address) == (Fate.MOVED, "tab1.r2", "tab1.r5")
    assert [(change.old, change.new) for change in pair.changes] == [("2025年6月", "2025年10月")]
    away, back = (change for change in comparison.text_changes if change.moved)
    assert (away.op, away.where, away.moved) == ("delete", "tab1.r2.c2", "tab1.r5.c2")
    assert (back.op, back.where, back.moved) == ("insert", "tab1.r5.c2", "tab1.r2.c2")


def test_a_sentence_shorter_than_a_clause_is_not_found_again() -> None:
    comparison = compare(derived("加强管理。推进信用信息归集共享。"), derived("推进信用信息归集共享。加强管理。"))
    assert not any(change.moved for change in comparison.text_changes)
    assert len(comparison.text_changes) == 2


def test_a_row_in_the_place_of_an_unlike_row_is_another_row() -> None:
    comparison = compare(with_table(HEAD, ONE, TWO), with_table(HEAD, ONE, ("2", "组织信用知识进社区巡回宣讲", "团市委", "长期")))
    assert fates(comparison) == {"same": 2, "deleted": 1, "inserted": 1}


def test_rows_laid_out_as_lines_are_no_change() -> None:
    table = with_table(HEAD, ONE, TWO)
    lines = derived(*(" ".join(row[1:]) for row in (HEAD, ONE, TWO)))
    told = compare(table, lines).text_changes
    assert [(change.op, change.old) for change in told] == [("delete", "序号")]


def in_lines(row: tuple[str, ...]) -> list[str]:
    return [f"{row[1]}。", f"责任单位：{row[2]}", f"时限：{row[3]}"]


def test_rows_laid_out_as_lines_with_their_labels_are_no_change() -> None:
    table, lines = with_table(HEAD, ONE, TWO), derived(*in_lines(ONE), *in_lines(TWO))
    assert compare(table, lines).text_changes == ()
    assert compare(lines, table).text_changes == ()


def test_another_label_before_a_value_is_a_change() -> None:
    old, new = derived("责任单位：市财政局"), derived("牵头单位：市财政局")
    assert [(change.old, change.new) for change in compare(old, new).text_changes] == [("责任单位", "牵头单位")]


def test_units_stand_in_the_order_of_the_new_document_and_deleted_ones_where_they_stood() -> None:
    comparison = compare(with_table(HEAD, ONE, TWO, THREE), with_table(HEAD, ONE, THREE, FOUR))
    assert [pair.fate.value for pair in comparison.units] == ["same", "same", "deleted", "same", "inserted"]


lines = st.lists(
    st.sampled_from(
        [*("，".join(row[1:]) + "。" for row in (ONE, TWO, THREE, FOUR)), "一、总体要求", "加强信用监管", "", "——", "（一）开展试点。"]
    ),
    max_size=7,
)


@given(lines, lines)
def test_property_every_character_lies_in_exactly_one_unit(old, new) -> None:
    before, after = derived(*old), derived(*new)
    pairs = compare(before, after).units
    assert uncovered(before.document, [pair.old.span for pair in pairs if pair.old]) == ""
    assert uncovered(after.document, [pair.new.span for pair in pairs if pair.new]) == ""
    starts = [pair.new.span.start for pair in pairs if pair.new]
    assert starts == sorted(starts)
