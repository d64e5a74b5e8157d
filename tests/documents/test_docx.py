from __future__ import annotations

import contextlib
import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.documents import UnreadableError, read
from normalizers.documents.docx_changes import circled
from normalizers.documents.docx_text import symbol
from normalizers.records import BlockKind, Document, Hints
from tests.documents.samples import read_grid
from tests.documents.word_files import par, part, run, table, word_file


def opened(body: str, parts: dict[str, str] | None = None, main: str = "document.xml") -> Document:
    return read(word_file(body, parts, main), Hints(file_name="稿.docx"))


def lines(document: Document) -> list[str]:
    return [block.text for block in document.blocks]


# --- tracked changes -------------------------------------------------------------------------------------------------------------


def deleted(text: str) -> str:
    return f"<w:del><w:r><w:delText>{text}</w:delText></w:r></w:del>"


def test_the_accepted_text_is_the_document_and_a_warning_counts_the_changes() -> None:
    body = par("市信用办", f"<w:ins>{run('会同市数据局')}</w:ins>", deleted("会同市经信委"), "按季通报。") + par(
        f"<w:moveTo>{run('归集范围另行发布。')}</w:moveTo>", f"<w:moveFrom>{run('移走的话。')}</w:moveFrom>"
    )
    document = opened(body)
    assert lines(document) == ["市信用办会同市数据局按季通报。", "归集范围另行发布。"]
    assert "1 insertions, 1 deletions, 1 moves" in document.warnings[0]


def test_a_deleted_paragraph_mark_joins_the_paragraph_with_the_next() -> None:
    mark = "<w:rPr><w:del/></w:rPr>"
    assert lines(opened(par("信用修复", properties=mark) + par("须在", properties=mark) + par("十日内办结。"))) == [
        "信用修复须在十日内办结。"
    ]


def test_a_deleted_row_and_a_deleted_cell_are_gone_and_an_inserted_row_stays() -> None:
    rows = table(("任务", "单位"), ("甲项", "甲局"), ("乙项", "乙局"), ("丙项", "<w:tcPr><w:cellDel/></w:tcPr>" + par("废")))
    rows = rows.replace(
        '<w:tr><w:tc><w:p><w:r><w:t xml:space="preserve">乙项',
        '<w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t xml:space="preserve">乙项',
    )
    rows = rows.replace(
        '<w:tr><w:tc><w:p><w:r><w:t xml:space="preserve">甲项',
        '<w:tr><w:trPr><w:ins/></w:trPr><w:tc><w:p><w:r><w:t xml:space="preserve">甲项',
    )
    assert [row[0] for row in read_grid(opened(rows))] == ["任务", "甲项", "丙项"]
    assert "废" not in opened(rows).text


def test_a_thousand_joined_paragraphs_cost_no_more_than_their_number() -> None:
    body = "".join(par("信", properties="<w:rPr><w:del/></w:rPr>") for _ in range(20_000)) + par("完")
    began = time.process_time()
    assert lines(opened(body)) == ["信" * 20_000 + "完"]
    assert time.process_time() - began < 10


# --- fields ----------------------------------------------------------------------------------------------------------------------


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def code(text: str) -> str:
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


def test_results_of_fields_are_text_and_their_codes_are_not() -> None:
    inner = mark("begin") + code("MERGEFIELD x") + mark("separate") + run("内里") + mark("end")
    body = par("见", mark("begin"), code("REF a"), inner, mark("separate"), "附件2", mark("end"), "。")
    body += par('<w:hyperlink r:id="rId9"><w:r><w:t>信用门户</w:t></w:r></w:hyperlink>', "可查。")
    assert lines(opened(body)) == ["见附件2。", "信用门户可查。"]


def test_a_field_that_is_never_closed_hides_nothing() -> None:
    assert lines(opened(par(mark("begin"), code("PAGE"), "后文仍在。"))) == ["后文仍在。"]


def test_a_number_in_a_drawn_circle_is_its_sign() -> None:
    assert lines(opened(par(mark("begin"), code(r"eq \o\ac(○,3)"), mark("end"), "归集数据"))) == ["③归集数据"]
    assert (circled("20"), circled("21"), circled("密")) == ("⑳", "21", "密")


def test_a_table_of_contents_is_not_read_twice() -> None:
    styles = part("styles", '<w:style w:styleId="T1"><w:name w:val="toc 1"/></w:style>')
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    control = f"<w:sdt>{gallery}<w:sdtContent>{par('一、总则 1')}</w:sdtContent></w:sdt>"
    listed = par("二、附则 9", properties='<w:pStyle w:val="T1"/>')
    assert lines(opened(control + listed + par("正文由此开始。"), {"styles": styles})) == ["正文由此开始。"]


# --- notes, headers, boxes -----------------------------------------------------------------------------------------------------------


def test_notes_stand_after_the_body_in_the_order_of_their_marks() -> None:
    notes = part(
        "footnotes",
        '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        f'<w:footnote w:id="2">{par("后注。")}</w:footnote><w:footnote w:id="1">{par("先注。")}</w:footnote>',
    )
    body = par("信用承诺", '<w:r><w:footnoteReference w:id="1"/></w:r>', "制度", '<w:r><w:footnoteReference w:id="2"/></w:r>', "已建立。")
    document = opened(body, {"footnotes": notes})
    assert lines(document) == ["信用承诺制度已建立。", "注1：先注。", "注2：后注。"]
    assert document.blocks[1].origin is not None
    assert document.blocks[1].origin.part == "word/footnotes.xml"


def test_a_number_and_a_title_that_only_the_header_says_are_read_and_its_chrome_is_not() -> None:
    header = part("hdr", par("内部资料 注意保存") + par("滨信办〔2031〕8号") + par("滨江新区信用体系建设实施方案") + par("第 3 页"))
    document = opened(par("为落实上级部署，现安排如下。"), {"header": header})
    assert lines(document)[:2] == ["滨信办〔2031〕8号", "滨江新区信用体系建设实施方案"]
    assert "内部资料" not in document.text
    titled = par("滨江新区信用体系建设三年规划") + par("滨信办〔2031〕8号") + par("全文如下。")
    assert "实施方案" not in opened(titled, {"header": header}).text


def test_a_text_box_with_a_fallback_is_read_once() -> None:
    inner = f"<w:txbxContent>{par('联系人：信用科')}</w:txbxContent>"
    box = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{inner}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{inner}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert lines(opened(par("正文一句。", box) + par("正文二句。"))) == ["正文一句。", "联系人：信用科", "正文二句。"]


def test_a_red_head_drawn_as_word_art_is_text() -> None:
    art = '<w:r><w:pict><v:shape><v:textpath string="滨江新区管理委员会文件"/></v:shape></w:pict></w:r>'
    assert "滨江新区管理委员会文件" in lines(opened(par(art) + par("正文一句。")))


# --- signs, controls -----------------------------------------------------------------------------------------------------------------


def test_signs_print_as_they_are_shown() -> None:
    body = par(
        "<w:r><w:t>信用</w:t><w:softHyphen/><w:t>信息</w:t><w:noBreakHyphen/><w:t>A</w:t></w:r>",
        '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>',
        "<w:r><w:ruby><w:rt><w:r><w:t>yuan</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>垣</w:t></w:r></w:rubyBase></w:ruby></w:r>",
    )
    assert lines(opened(body)) == ["信用信息-A☑垣"]
    assert (symbol("Nobody", "F041"), symbol("Nobody", "2192"), symbol("Nobody", "zz")) == ("", "→", "")


def test_a_content_control_is_looked_through_and_its_prompt_is_not_text() -> None:
    filled = f"<w:sdt><w:sdtPr/><w:sdtContent>{run('市发展改革委')}</w:sdtContent></w:sdt>"
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('单击此处输入')}</w:sdtContent></w:sdt>"
    assert lines(opened(par("牵头单位：", filled, prompt))) == ["牵头单位：市发展改革委"]


def test_a_page_break_parts_lines_in_the_body_and_none_within_a_row() -> None:
    broken = '<w:r><w:br w:type="page"/></w:r>'
    document = opened(par("封面", broken, "目的与依据") + table(("任务", "单位"), (par("建立", broken, "档案"), "甲局")))
    assert lines(document)[0] == "封面\n目的与依据"
    assert read_grid(document)[1][0] == "建立档案"


# --- tables --------------------------------------------------------------------------------------------------------------------------


def test_a_frame_of_one_cell_is_looked_through() -> None:
    framed = table((par("总则如下。") + table(("任务", "单位"), ("甲项", "甲局")) + par(),))
    document = opened(framed)
    assert [block.kind for block in document.blocks] == [BlockKind.PARAGRAPH, BlockKind.TABLE]
    assert read_grid(document)[1] == ["甲项", "甲局"]


def test_cells_merged_the_old_way_are_one() -> None:
    def cell(text: str, merge: str) -> str:
        return f'<w:tcPr><w:hMerge w:val="{merge}"/></w:tcPr>{par(text)}'

    document = opened(table((cell("任务", "restart"), cell("", "continue"), "单位"), ("一", "甲项", "甲局")))
    assert read_grid(document)[0] == ["任务", "任务", "单位"]


# --- lists ---------------------------------------------------------------------------------------------------------------------------


def numbering(*levels: str, nums: str = '<w:num w:numId="5"><w:abstractNumId w:val="3"/></w:num>') -> str:
    made = "".join(
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="%{number + 1}、"/></w:lvl>'
        for number, style in enumerate(levels)
    )
    return part("numbering", f'<w:abstractNum w:abstractNumId="3">{made}</w:abstractNum>{nums}')


def item(text: str, list_id: int, level: int = 0) -> str:
    return par(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


@pytest.mark.parametrize(
    ("style", "second"),
    [("chineseCounting", "二、"), ("chineseLegalSimplified", "贰、"), ("ideographTraditional", "乙、"), ("decimalEnclosedCircle", "②、")],
)
def test_lists_print_the_numerals_of_their_format(style: str, second: str) -> None:
    document = opened(item("甲事项内容。", 5) + item("乙事项内容。", 5), {"numbering": numbering(style)})
    assert lines(document)[1] == f"{second}乙事项内容。"


def test_lists_of_one_definition_count_on_unless_they_say_where_to_begin() -> None:
    nums = "".join(
        f'<w:num w:numId="{key}"><w:abstractNumId w:val="3"/>{more}</w:num>'
        for key, more in (
            (5, ""),
            (6, ""),
            (7, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'),
        )
    )
    body = "".join(item("一句话。", key) for key in (5, 6, 7, 7))
    assert [line[0] for line in lines(opened(body, {"numbering": numbering("decimal", nums=nums)}))] == ["1", "2", "1", "2"]


def test_a_style_takes_its_list_from_the_style_it_is_based_on() -> None:
    styles = part(
        "styles",
        '<w:style w:styleId="A"><w:name w:val="base"/><w:pPr><w:numPr><w:numId w:val="5"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="B"><w:name w:val="own"/><w:basedOn w:val="A"/></w:style>',
    )
    document = opened(par("一句话。", properties='<w:pStyle w:val="B"/>'), {"styles": styles, "numbering": numbering("chineseCounting")})
    assert lines(document) == ["一、一句话。"]


def test_a_sentence_in_a_heading_style_is_a_paragraph() -> None:
    styles = part("styles", '<w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>')
    document = opened(par("建立信用档案，由市信用办负责。", properties='<w:pStyle w:val="1"/>') + par("完。"), {"styles": styles})
    assert document.blocks[0].kind is BlockKind.PARAGRAPH


# --- packages ------------------------------------------------------------------------------------------------------------------------


def test_the_main_part_is_found_by_its_relationship() -> None:
    assert lines(opened(par("另名之文。"), main="document2.xml")) == ["另名之文。"]


def test_strict_open_xml_is_read() -> None:
    whole = word_file(par("严格格式。"))
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main", b"http://purl.oclc.org/ooxml/wordprocessingml/main"
            )
            new.writestr(name, content)
    assert lines(read(out.getvalue(), Hints())) == ["严格格式。"]


def test_a_damaged_part_is_read_as_far_as_it_holds_and_told() -> None:
    document = read(word_file(par("前一句。") + "<w:p><w:r><w:t>后一句。</w:t></w:r></w:q>"), Hints())
    assert lines(document)[0] == "前一句。"
    assert any("damaged" in warning for warning in document.warnings)


def test_comments_and_embedded_files_are_told() -> None:
    warnings = opened(par("一句。", '<w:r><w:commentReference w:id="1"/></w:r>'), {"package": "x"}).warnings
    assert any("1 comments" in warning for warning in warnings)
    assert any("1 embedded" in warning for warning in warnings)


def test_entities_are_not_expanded() -> None:
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    body = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a0 "笑">{bomb}]>'
    whole = word_file(par("&a8;", "其余。"))
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            new.writestr(name, re.sub(r"^<\?xml[^>]*>", body, content) if name.endswith("document.xml") else content)
    began = time.process_time()
    with contextlib.suppress(UnreadableError):
        assert "笑笑" not in read(out.getvalue(), Hints()).text
    assert time.process_time() - began < 5


PIECES = st.sampled_from(
    [
        "<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>", "</w:t>", "信用", "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>", "</w:tc>",
        "<w:ins>", "</w:ins>", "<w:del>", "</w:del>", "<w:rPr><w:del/></w:rPr>", '<w:fldChar w:fldCharType="begin"/>', "<w:br/>",
        '<w:fldChar w:fldCharType="separate"/>', '<w:fldChar w:fldCharType="end"/>', "<w:pPr>", "</w:pPr>", "<w:tcPr><w:vMerge/></w:tcPr>",
        "<w:tcPr><w:gridSpan w:val='3'/></w:tcPr>", "<w:sdt>", "</w:sdt>", "<w:txbxContent>", "</w:txbxContent>", "<w:sym w:char='F0'/>",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60))
def test_property_any_markup_gives_a_document_whose_spans_hold_or_an_unreadable_error(pieces: list[str]) -> None:
    try:
        document = opened("".join(pieces))
    except UnreadableError as error:
        assert str(error).endswith(".")
    else:
        assert all(document.text[block.span.start : block.span.end] == block.text for block in document.blocks)


SMALL = word_file(par("任务一。") + table(("任务", "单位"), ("甲", "乙")))


@given(st.randoms(use_true_random=False))
def test_property_a_docx_with_flipped_bits_is_read_or_unreadable(source: random.Random) -> None:
    whole = bytearray(SMALL)
    for _ in range(source.randint(1, 20)):
        whole[source.randrange(len(whole))] ^= 1 << source.randrange(8)
    try:
        read(bytes(whole[: source.randint(20, len(whole))]), Hints(file_name="x.docx"))
    except UnreadableError:
        return
