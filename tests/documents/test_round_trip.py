"""The same content in every format gives the same document."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.platypus import Paragraph

from normalizers.documents import read
from normalizers.records import BlockKind, Document, Hints
from tests.documents import samples


def evidence_holds(document: Document) -> None:
    """Assert what every consumer of spans relies on."""
    assert document.text.count("\n") == document.raw_text.count("\n")
    last = 0
    for block in document.blocks:
        assert document.text[block.span.start : block.span.end] == block.text
        assert block.span.start >= last
        last = block.span.end
        if block.table:
            covered = set()
            for cell in block.table.cells:
                assert document.text[cell.span.start : cell.span.end] == cell.text
                assert block.span.start <= cell.span.start <= cell.span.end <= block.span.end
                positions = {(cell.row + r, cell.column + c) for r in range(cell.rowspan) for c in range(cell.colspan)}
                assert not positions & covered
                covered |= positions
                assert cell.row + cell.rowspan <= block.table.rows
                assert cell.column + cell.colspan <= block.table.columns
    addresses = [block.address for block in document.blocks]
    assert len(set(addresses)) == len(addresses)


def written(form: str) -> bytes:
    rows = samples.plan_rows()
    if form == "html":
        return samples.html_page(rows)
    if form == "docx":
        return samples.docx_file(rows)
    if form == "xlsx":
        return samples.xlsx_file(rows)
    flow = [Paragraph(samples.TITLE, samples.HEADING_STYLE), samples.paragraph(samples.LEAD_IN)]
    return samples.pdf_file([*flow, samples.pdf_table(rows, [70, 40, 230, 110])], header="滨江新区信用工作资料汇编")


@pytest.mark.parametrize("form", ["html", "docx", "xlsx", "pdf"])
def test_the_same_table_with_merged_cells_is_read_the_same_from(form: str) -> None:
    document = read(written(form), Hints(file_name=f"plan.{form}"))
    evidence_holds(document)
    assert document.format == form
    assert samples.read_grid(document) == samples.expected_grid(samples.plan_rows())
    table = next(block.table for block in document.blocks if block.table)
    assert table.merged


@pytest.mark.parametrize("form", ["html", "docx", "xlsx", "pdf"])
def test_the_title_above_the_table_is_found_in(form: str) -> None:
    document = read(written(form), Hints())
    assert [block.text for block in document.blocks if block.kind is BlockKind.TITLE] == [samples.TITLE]


def test_page_numbers_and_running_headers_are_no_part_of_a_pdf_text() -> None:
    document = read(written("pdf"), Hints())
    assert "资料汇编" not in document.text
    assert "—" not in document.text
    assert {repair.kind: repair.count for repair in document.repairs}["page-chrome"] >= 4


CELL = st.text(st.sampled_from("信用任务一二三AB1、。（）\n \t"), max_size=12)


@settings(max_examples=40)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=2, max_size=6), st.lists(CELL, max_size=4))
def test_property_evidence_spans_hold_for_any_html(rows: list[list[str]], texts: list[str]) -> None:
    body = "".join(f"<p>{text}</p>" for text in texts)
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    evidence_holds(read(f"<html><body><p>开头的一句话。</p>{body}<table>{table}</table></body></html>".encode(), Hints()))


@settings(max_examples=25)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=2, max_size=5))
def test_property_evidence_spans_hold_for_any_docx(rows: list[list[str]]) -> None:
    puts = [[samples.Put(cell) for cell in row] for row in rows]
    evidence_holds(read(samples.docx_file(puts, 3), Hints()))


@settings(max_examples=25)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=2, max_size=5))
def test_property_evidence_spans_hold_for_any_workbook(rows: list[list[str]]) -> None:
    puts = [[samples.Put(cell) for cell in row] for row in rows]
    evidence_holds(read(samples.xlsx_file(puts, 3), Hints()))


@settings(max_examples=15)
@given(st.lists(st.lists(st.text(st.sampled_from("信用任务一二三、。"), max_size=30), min_size=3, max_size=3), min_size=2, max_size=5))
def test_property_evidence_spans_hold_for_any_pdf(rows: list[list[str]]) -> None:
    puts = [[samples.Put(cell) for cell in row] for row in rows]
    flow = [samples.paragraph("开头的一句话。"), samples.pdf_table(puts, [100, 200, 100], repeat=0)]
    evidence_holds(read(samples.pdf_file(flow), Hints()))


@given(st.text(min_size=1).filter(lambda text: text.strip(" \t\r\n\x0b\x0c\x00\u3000\xa0\x1c\x1d\x1e\x1f\x85\u2028\u2029") != ""))
def test_property_evidence_spans_hold_for_any_text(text: str) -> None:
    try:
        document = read(text.encode(), Hints(media_type="text/plain"))
    except ValueError:
        return
    evidence_holds(document)


LINES = st.lists(
    st.sampled_from(
        [
            "序号\t任务\t责任单位",
            "1\t建章立制\t市信用办",
            "2\t对账",
            "",
            "\t序号",
            "\t任务",
            "\t责任单位",
            "\t",
            "一、总体要求",
            "序号 任务 责任单位",
            "3 完善平台。 市数据局",
            "4",
            "|序号|任务|",
            "|---|---|",
            "|1|办结|",
            "序号    任务    责任单位",
            "1    登记    市税务局",
            "- 3 -",
            "您好，登录",
        ]
    ),
    max_size=30,
)


@settings(max_examples=300)
@given(LINES)
def test_property_evidence_spans_hold_for_any_mixture_of_table_forms(lines: list[str]) -> None:
    try:
        document = read(("正文一行\n" + "\n".join(lines)).encode(), Hints(file_name="a.md"))
    except ValueError:
        return
    evidence_holds(document)
