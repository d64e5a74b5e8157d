from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
from reportlab.lib import pdfencrypt
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak

from normalizers.documents import UnreadableError, read
from normalizers.documents.pdf_lines import text_lines
from normalizers.records import BlockKind, Hints
from tests.documents import samples
from tests.documents.samples import Put, paragraph, pdf_file, pdf_table

WIDTHS = [40, 280, 130]
HEADER = [Put("序号"), Put("重点任务"), Put("责任单位")]


def rows(*texts: tuple[str, str, str]) -> list[list[Put]]:
    return [HEADER, *([Put(text) for text in row] for row in texts)]


def test_a_row_cut_by_a_page_break_becomes_one_row_and_the_header_stands_once() -> None:
    first = pdf_table(rows(("1", "建立信用承诺制度。", "区发改委"), ("2", "健全信息归集机制，推动平台互联", "区数据局、区财")), WIDTHS)
    second = pdf_table(rows(("", "互通，按季通报。", "政局"), ("3", "开展宣传。", "区文明办")), WIDTHS)
    document = read(pdf_file([paragraph("任务表如下："), first, PageBreak(), second]), Hints())
    assert samples.read_grid(document) == [
        ["序号", "重点任务", "责任单位"],
        ["1", "建立信用承诺制度。", "区发改委"],
        ["2", "健全信息归集机制，推动平台互联互通，按季通报。", "区数据局、区财政局"],
        ["3", "开展宣传。", "区文明办"],
    ]


def test_a_merged_cell_cut_by_a_page_break_stays_one_cell() -> None:
    header = [Put("领域"), Put("序号"), Put("任务"), Put("责任单位")]
    widths = [60, 40, 230, 120]
    first = pdf_table(
        [header, [Put("政务诚信", rowspan=2), Put("1"), Put("甲项工作。"), Put("甲局")], [Put("2"), Put("乙项工作。"), Put("乙局")]], widths
    )
    second = pdf_table(
        [[Put("", rowspan=2), Put("3"), Put("丙项工作。"), Put("丙局")], [Put("4"), Put("丁项工作。"), Put("丁局")]], widths, repeat=0
    )
    grid = samples.read_grid(read(pdf_file([first, PageBreak(), second]), Hints()))
    assert [row[0] for row in grid] == ["领域", "政务诚信", "政务诚信", "政务诚信", "政务诚信"]
    assert [row[1] for row in grid] == ["序号", "1", "2", "3", "4"]


def test_two_tables_of_other_columns_on_two_pages_stay_two() -> None:
    first = pdf_table(rows(("1", "甲项。", "甲局")), WIDTHS)
    second = pdf_table([[Put("单位名称"), Put("统一社会信用代码")], [Put("某公司"), Put("91310000X")]], [200, 200])
    document = read(pdf_file([first, PageBreak(), second]), Hints())
    assert [block.table.columns for block in document.blocks if block.table] == [3, 2]


def test_a_table_without_rules_is_known_by_its_header() -> None:
    table = pdf_table(
        rows(("1", "健全守信激励机制，" * 6 + "形成闭环。", "区发改委、区司法局"), ("2", "开展诚信宣传。", "区文明办")), WIDTHS, ruled=False
    )
    document = read(pdf_file([paragraph("附：任务表"), table]), Hints())
    table_read = next(block.table for block in document.blocks if block.table)
    assert not table_read.merged
    assert samples.read_grid(document) == [
        ["序号", "重点任务", "责任单位"],
        ["1", "健全守信激励机制，" * 6 + "形成闭环。", "区发改委、区司法局"],
        ["2", "开展诚信宣传。", "区文明办"],
    ]


def test_a_table_left_open_at_the_foot_of_a_page_keeps_its_last_row() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setFont("STSong-Light", 10)
    for x in (72, 120, 380, 520):
        canvas.line(x, 500, x, 700)
    for y in (700, 660, 620):
        canvas.line(72, y, 520, y)
    for y, texts in ((675, ("序号", "任务", "责任单位")), (635, ("1", "甲项工作。", "甲局")), (590, ("2", "乙项工作做到一半", "乙局"))):
        for x, text in zip((80, 130, 390), texts, strict=True):
            canvas.drawString(x, y, text)
    canvas.save()
    assert samples.read_grid(read(out.getvalue(), Hints()))[-1] == ["2", "乙项工作做到一半", "乙局"]


def test_lines_of_a_paragraph_are_joined_across_lines_and_pages() -> None:
    text = "各区各部门要把信用建设摆在重要位置，" * 40 + "确保取得实效。"
    body = paragraph(text)
    filler = [paragraph(f"第{n}段的内容到此为止。") for n in range(34)]
    document = read(pdf_file([*filler, body], header="工作简报"), Hints())
    assert document.blocks[-1].text == text
    assert document.blocks[-1].origin is not None


def test_lines_one_under_the_other_in_a_cell_stay_lines() -> None:
    table = pdf_table(rows(("1", "推进平台建设，" * 7 + "按时完成。", "甲局<br/>乙局<br/>丙街道办事处")), WIDTHS)
    grid = samples.read_grid(read(pdf_file([table]), Hints()))
    assert grid[1] == ["1", "推进平台建设，" * 7 + "按时完成。", "甲局\n乙局\n丙街道办事处"]


def test_the_centred_large_line_is_the_title() -> None:
    from reportlab.platypus import Paragraph

    flow = [
        Paragraph("滨江新区诚信宣传月活动综述", samples.HEADING_STYLE),
        *[paragraph("这是正文的一个段落，说明活动开展的情况。") for _ in range(5)],
    ]
    document = read(pdf_file(flow), Hints())
    assert document.blocks[0].kind is BlockKind.TITLE


def test_a_scan_is_refused_with_the_next_step() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.rect(50, 50, 300, 300, fill=1)
    canvas.save()
    with pytest.raises(UnreadableError, match=r"scan\.pdf.*text recognition"):
        read(out.getvalue(), Hints(file_name="scan.pdf"))


@pytest.mark.parametrize("keep", [30, 400, 0.5, 0.9])
def test_a_truncated_pdf_is_unreadable_or_read_in_part_but_never_crashes(keep: float) -> None:
    whole = pdf_file([pdf_table(rows(("1", "甲项。", "甲局")), WIDTHS)])
    part = whole[: int(keep if keep > 1 else len(whole) * keep)]
    try:
        document = read(part, Hints(file_name="cut.pdf"))
    except UnreadableError as error:
        assert "cut.pdf" in str(error)
    else:
        assert document.text


def test_pages_beyond_the_limit_are_named_in_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    from normalizers.documents import pdf

    monkeypatch.setattr(pdf, "MAX_PAGES", 1)
    document = read(pdf_file([paragraph("第一页的话。"), PageBreak(), paragraph("第二页的话。")]), Hints(file_name="long.pdf"))
    assert document.text == "第一页的话。"
    assert any("2 pages" in warning for warning in document.warnings)


def test_characters_that_overlap_in_height_are_one_line() -> None:
    def char(text: str, x: float, top: float, size: float = 10.0) -> dict[str, Any]:
        return {"text": text, "x0": x, "x1": x + size, "top": top, "bottom": top + size, "size": size}

    lines = text_lines([char("信", 0, 100), char("用", 10, 101), char("建", 0, 115), char("设", 10, 115)], 1)
    assert [line.text for line in lines] == ["信用", "建设"]


def test_a_pdf_under_a_password_is_told_as_such() -> None:
    out = io.BytesIO()
    page = Canvas(out, encrypt=pdfencrypt.StandardEncryption("geheim"))
    page.drawString(100, 700, "hello")
    page.save()
    with pytest.raises(UnreadableError, match="password"):
        read(out.getvalue(), Hints(file_name="locked.pdf"))


def drawn(*pages: Sequence[tuple[float, float, float, str]]) -> bytes:
    """Return a pdf of texts at places: from the left, from the top, size, text."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for page in pages:
        for x, y, size, text in page:
            canvas.setFont("STSong-Light", size)
            canvas.drawString(x, 842 - y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_a_line_printed_twice_to_look_bold_is_read_once() -> None:
    title, text = "信用信息公示工作方案", "各单位按月报送信用信息。"
    document = read(drawn([(90, 700, 14, title), (90.4, 700.3, 14, title), (90, 640, 12, text)]), Hints())
    assert document.text.count(title) == 1
    assert text in document.text


def test_two_copies_of_one_form_keep_their_text() -> None:
    form = [(200.0, 80.0, 16.0, "诚信承诺书"), (90.0, 120.0, 12.0, "本单位郑重承诺依法经营。"), (90.0, 150.0, 12.0, "承诺单位（盖章）：")]
    texts = [block.text for block in read(drawn(form, form), Hints()).blocks]
    assert texts.count("本单位郑重承诺依法经营。") == texts.count("诚信承诺书") == texts.count("承诺单位（盖章）：") == 2


def test_a_header_in_the_margin_of_every_page_goes_and_the_text_stays() -> None:
    long = "各区各部门要把信用建设摆在重要位置，逐项抓好落实，务求取得实效。"
    pages = [
        [
            (220.0, 40.0, 9.0, "滨江新区信用工作简报"),
            (90.0, 110.0, 12.0, f"第{n}页说明。"),
            (90.0, 150.0, 12.0, long),
            (290.0, 800.0, 9.0, str(n)),
        ]
        for n in range(1, 4)
    ]
    document = read(drawn(*pages), Hints())
    assert [block.text for block in document.blocks] == [text for n in range(1, 4) for text in (f"第{n}页说明。", long)]
    assert ("page-chrome", 6) in [(repair.kind, repair.count) for repair in document.repairs]


def test_a_sentence_that_begins_every_page_below_the_margin_stays() -> None:
    pages = [[(90.0, 200.0, 12.0, "工作要求如下。"), (90.0, 230.0, 12.0, f"抓好落实第{n}项。")] for n in "甲乙丙丁"]
    texts = [block.text for block in read(drawn(*pages), Hints()).blocks]
    assert texts.count("工作要求如下。") == 4


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_printed_across_is_turned_before_it_is_read(turn: int) -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.translate(*{90: (595, 0), 180: (595, 842), 270: (0, 842)}[turn])
    canvas.rotate(turn)
    table = pdf_table(rows(("1", "建立信用档案。", "甲局"), ("2", "归集信用信息。", "乙局")), WIDTHS)
    table.wrapOn(canvas, 500, 400)
    table.drawOn(canvas, 60, 300)
    canvas.save()
    document = read(out.getvalue(), Hints())
    assert samples.read_grid(document)[1:] == [["1", "建立信用档案。", "甲局"], ["2", "归集信用信息。", "乙局"]]


def test_text_across_an_upright_page_is_told() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.setFont("STSong-Light", 12)
    canvas.drawString(90, 700, "各区各部门要把信用建设摆在重要位置，逐项抓好落实。")
    canvas.translate(595, 0)
    canvas.rotate(90)
    for line in range(3):
        canvas.drawString(100, 300 - 20 * line, "横排在页边的一行说明文字，共二十余字。")
    canvas.save()
    assert any("stand across" in warning for warning in read(out.getvalue(), Hints()).warnings)
