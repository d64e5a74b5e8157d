from __future__ import annotations

import contextlib
import datetime as dt
import io
import zipfile
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from normalizers.documents import UnreadableError, read
from normalizers.documents.docx_numbering import chinese_number
from normalizers.documents.sheet import _no_panic
from normalizers.records import BlockKind, Hints, Origin
from tests.documents.samples import Put, docx_file, read_grid, saved, xlsx_file

# --- docx ------------------------------------------------------------------------------------------------------------------------


def element(name: str, **attributes: str) -> Any:
    out = OxmlElement(name)
    for key, value in attributes.items():
        out.set(qn(f"w:{key}"), value)
    return out


def test_paragraphs_and_tables_come_in_their_order() -> None:
    document = docx.Document()
    document.add_paragraph("表一如下所示。")
    document.add_table(1, 2).cell(0, 0).text = "甲"
    document.add_paragraph("表二如下所示。")
    document.add_table(1, 2).cell(0, 1).text = "乙"
    read_document = read(saved(document), Hints())
    assert [block.address for block in read_document.blocks] == ["p1", "tab1", "p2", "tab2"]
    assert read_document.blocks[0].origin == Origin("paragraph", 1, "word/document.xml")


def test_a_nested_table_is_written_out_in_its_cell() -> None:
    document = docx.Document()
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(0, 1).text, table.cell(1, 0).text = "任务", "责任单位", "甲项"
    inner = table.cell(1, 1).add_table(2, 2)
    for number, text in enumerate(("牵头", "甲局", "配合", "乙局")):
        inner.cell(number // 2, number % 2).text = text
    assert read_grid(read(saved(document), Hints()))[1] == ["甲项", "牵头 甲局\n配合 乙局"]


def test_deleted_and_hidden_text_is_not_read_and_inserted_text_is() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("保留")
    removed = element("w:del")
    run = element("w:r")
    gone = element("w:delText")
    gone.text = "删去"
    run.append(gone)
    removed.append(run)
    inserted = element("w:ins")
    inserted.append(document.add_paragraph("增补")._p.r_lst[0])
    paragraph._p.append(removed)
    paragraph._p.append(inserted)
    paragraph.add_run("隐藏").font.hidden = True
    assert read(saved(document), Hints()).text == "保留增补"


def test_numbers_that_word_prints_are_in_the_text() -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    abstract = element("w:abstractNum", abstractNumId="77")
    for level, (style, text) in enumerate((("chineseCounting", "%1、"), ("decimal", "%2."))):
        one = element("w:lvl", ilvl=str(level))
        one.extend([element("w:start", val="1"), element("w:numFmt", val=style), element("w:lvlText", val=text)])
        abstract.append(one)
    numbering.insert(0, abstract)
    number = element("w:num", numId="77")
    number.append(element("w:abstractNumId", val="77"))
    numbering.append(number)
    for text, level in (("总体要求", 0), ("工作目标", 1), ("基本原则", 1), ("重点任务", 0), ("制度建设", 1)):
        paragraph = document.add_paragraph(text)
        listing = element("w:numPr")
        listing.extend([element("w:ilvl", val=str(level)), element("w:numId", val="77")])
        paragraph._p.get_or_add_pPr().append(listing)
    document.add_paragraph("全文到此结束。")
    assert read(saved(document), Hints()).text.split("\n")[:5] == ["一、总体要求", "1.工作目标", "2.基本原则", "二、重点任务", "1.制度建设"]


def test_heading_styles_give_levels() -> None:
    document = docx.Document()
    document.add_heading("工作任务", 2)
    document.add_paragraph("内容。")
    block = read(saved(document), Hints()).blocks[0]
    assert (block.kind, block.level) == (BlockKind.HEADING, 2)


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (105, "一百零五"), (110, "一百一十"), (1000, "1000")]
)
def test_chinese_numbers_are_printed_as_in_lists(number: int, text: str) -> None:
    assert chinese_number(number) == text


# --- sheets ----------------------------------------------------------------------------------------------------------------------


def test_values_are_texts_as_a_reader_sees_them() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["序号", "日期", "比例", "代码"])
    sheet.append([1, dt.date(2031, 6, 30), 0.95, "0012"])
    grid = read_grid(read(saved(book), Hints()))
    assert grid[1] == ["1", "2031-06-30", "0.95", "0012"]


def test_lines_above_the_table_are_text_and_rows_keep_their_numbers() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["滨江区双公示目录"], ["填报单位：甲局"], [], ["序号", "名称"], [1, "许可"], [2, "处罚"]):
        sheet.append(row)
    document = read(saved(book), Hints())
    assert [block.text for block in document.blocks if block.table is None] == ["滨江区双公示目录", "填报单位：甲局"]
    table = document.blocks[-1].table
    assert table is not None
    assert table.cells[0].origin == Origin("row", 4, "Sheet")


def test_every_visible_sheet_is_a_table_and_hidden_ones_are_named() -> None:
    book = openpyxl.Workbook()
    for name, state in (("甲表", "visible"), ("乙表", "visible"), ("底稿", "hidden")):
        sheet = book.create_sheet(name)
        sheet.append(["名称", "数值"])
        sheet.append([name, 1])
        sheet.sheet_state = state
    document = read(saved(book), Hints())
    assert [block.address for block in document.blocks] == ["tab1", "tab2"]
    assert any("底稿" in warning for warning in document.warnings)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_any_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    rows = [
        ["序号", "任务内容", "责任单位名称"],
        ["1", f"建档{delimiter}立卡", "市发展改革委员会"],
        ["2", "公示行政处罚信息", "市市场监督管理局"],
    ]
    content = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    document = read(content.encode(encoding), Hints(file_name="a.csv", media_type="text/csv"))
    assert document.format == "csv"
    assert read_grid(document) == [[cell.replace("\t", " ") for cell in row] for row in rows]
    assert not [block.table for block in document.blocks if block.table and block.table.merged]


# --- hostile -----------------------------------------------------------------------------------------------------------------------


def container(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_opened() -> None:
    payload = container(**{"word__document.xml": b"<a>" + b" " * (40 * 2**20)})
    assert len(payload) < 100_000
    with pytest.raises(UnreadableError, match=r"bomb\.docx.*zip bomb"):
        read(payload, Hints(file_name="bomb.docx"))


def test_a_member_larger_than_its_header_says_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from normalizers.documents import sheet

    monkeypatch.setattr(sheet, "MAX_UNPACKED", 2**20)
    content = b"<x>" + b"<c/>" * 2**20
    whole = container(**{"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": content})
    lying = whole.replace(len(content).to_bytes(4, "little"), (2000).to_bytes(4, "little"))
    assert lying != whole
    with pytest.raises(UnreadableError, match=r"lies\.xlsx"):
        read(lying, Hints(file_name="lies.xlsx"))


def test_two_cells_at_opposite_corners_do_not_end_the_process() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["XFD1048576"] = "甲", "乙"
    with pytest.raises(UnreadableError, match="1048576"):
        read(saved(book), Hints(file_name="corners.xlsx"))


SPREAD = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.XML", "xl/worksheets/sheet1.dat", "xl/other/sheet1.xml", "xl/WORKSHEETS/sheet1.xml"]
)
@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1'><c r='a1'><v>1</v></c></row><row r = '1048576'><c r\n=\n'xfd1048576'><v>1</v></c></row>",
        f"<row>{'<c/>' * 9_000}<c><v>1</v></c></row>{'<row/>' * 90_000}<row><c><v>1</v></c></row>",
    ],
    ids=["corners", "spelled otherwise", "counted"],
)
def test_a_sheet_of_any_name_and_spelling_is_measured_before_it_is_laid_out(part: str, rows: str) -> None:
    whole = with_sheet(f'<worksheet xmlns="{SPREAD}"><sheetData>{rows}</sheetData></worksheet>', part)
    with pytest.raises(UnreadableError, match="more than 8000000 positions"):
        read(whole, Hints(file_name="corners.xlsx"))


def with_sheet(content: str, part: str, strings: str = "") -> bytes:
    """Return a workbook whose only sheet is a part of that name, with shared strings if there are any."""
    shared = (
        '<Relationship Id="shared" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="{}"/>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(openpyxl.Workbook()))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member == "xl/worksheets/sheet1.xml":
                new.writestr(part, content)
                continue
            text = old.read(member).decode().replace("worksheets/sheet1.xml", part.removeprefix("xl/"))
            if member.endswith("workbook.xml.rels"):
                text = text.replace("</Relationships>", shared.format("/xl/sharedStrings.xml") + "</Relationships>")
            new.writestr(member, text)
        new.writestr("xl/sharedStrings.xml", strings or f'<sst xmlns="{SPREAD}"/>')
    return out.getvalue()


def test_a_shared_text_counts_as_often_as_cells_name_it() -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{n % 2}</v></c></row>' for n in range(1, 40_001))
    sheet = f'<worksheet xmlns="{SPREAD}"><sheetData>{cells}</sheetData></worksheet>'
    for length, share in ((8_000, True), (40, False)):
        strings = f'<sst xmlns="{SPREAD}"><si><t>{"信" * length}</t></si><si><t>短</t></si></sst>'
        whole = with_sheet(sheet, "xl/worksheets/sheet1.xml", strings)
        if share:
            with pytest.raises(UnreadableError, match=r"repeat shared texts to 4[0-9]{2} MB, more than 100 MB"):
                read(whole, Hints(file_name="shared.xlsx"))
        else:
            assert "信" * 40 in read(whole, Hints(file_name="shared.xlsx")).text


def test_a_library_that_has_no_memory_for_a_value_tells_so() -> None:
    with pytest.raises(MemoryError), _no_panic():
        raise type("PanicException", (BaseException,), {})("PyObject pointer is null")


def test_entities_in_a_docx_are_not_expanded() -> None:
    whole = docx_file([[Put("甲"), Put("乙")]], 2)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            content = old.read(member)
            if member == "word/document.xml":
                content = content.replace(b"?>", b'?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>', 1).replace(
                    "甲".encode(), b"&e;", 1
                )
            new.writestr(member, content)
    with contextlib.suppress(UnreadableError):
        assert "root:" not in read(out.getvalue(), Hints()).text


@pytest.mark.parametrize("form", ["docx", "xlsx"])
@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_truncated_container_is_unreadable_and_named(form: str, keep: float) -> None:
    rows = [[Put("任务"), Put("责任单位")], [Put("甲项"), Put("甲局")]]
    whole = docx_file(rows, 2) if form == "docx" else xlsx_file(rows, 2)
    with pytest.raises(UnreadableError, match=f"cut.{form}"):
        read(whole[: int(len(whole) * keep)], Hints(file_name=f"cut.{form}"))


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_a_damaged_member_is_unreadable_or_read_but_never_crashes(form: str) -> None:
    rows = [[Put("任务"), Put("责任单位")], [Put("甲项"), Put("甲局")]]
    whole = bytearray(docx_file(rows, 2) if form == "docx" else xlsx_file(rows, 2))
    for start in range(60, len(whole), 997):
        broken = bytearray(whole)
        broken[start : start + 8] = b"\xff" * 8
        try:
            read(bytes(broken), Hints(file_name="x"))
        except UnreadableError:
            continue
