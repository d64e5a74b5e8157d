from __future__ import annotations

import base64
import json
import random
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.documents import UnreadableError, read
from normalizers.records import Document, Hints
from tests.documents.samples import read_grid
from tests.documents.word_files import NAMESPACES, par, table

PAGE = (
    "<html><body><p>滨江新区信用工作安排如下。</p><table><tr><td>任务</td><td>单位</td></tr>"
    "<tr><td>甲</td><td>乙</td></tr></table></body></html>"
)
WORD_XML = (
    '<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
    '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" '
    'xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint"><w:body><wx:sect>'
    '<w:p><w:pPr><w:listPr><wx:t wx:val="一、"/></w:listPr></w:pPr><w:r><w:t>总体要求</w:t></w:r></w:p>'
    "<w:tbl><w:tr><w:tc><w:tcPr><w:vmerge w:val='restart'/></w:tcPr><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc>"
    "<w:tc><w:p><w:r><w:t>一</w:t></w:r></w:p></w:tc></w:tr>"
    "<w:tr><w:tc><w:tcPr><w:vmerge/></w:tcPr><w:p/></w:tc><w:tc><w:p><w:r><w:t>二</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    "<w:p><w:r><w:t>完。</w:t></w:r></w:p></wx:sect></w:body></w:wordDocument>"
).encode()
EXCEL_XML = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="目录"><Table>'
    '<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">滨江新区双公示目录</Data></Cell></Row>'
    '<Row ss:Index="3"><Cell><Data ss:Type="String">序号</Data></Cell>'
    '<Cell><Data ss:Type="String">名称</Data></Cell><Cell><Data ss:Type="String">日期</Data></Cell></Row>'
    '<Row><Cell ss:MergeDown="1"><Data ss:Type="Number">1</Data></Cell><Cell><Data ss:Type="String">许可</Data></Cell>'
    '<Cell><Data ss:Type="DateTime">2031-06-30T00:00:00.000</Data></Cell></Row>'
    '<Row><Cell ss:Index="2"><Data ss:Type="String">处罚</Data></Cell></Row></Table></Worksheet></Workbook>'
).encode()
PKG = "http://schemas.microsoft.com/office/2006/xmlPackage"
FLAT_DOCX = (
    f'<?xml version="1.0"?><pkg:package xmlns:pkg="{PKG}"><pkg:part pkg:name="/word/document.xml"><pkg:xmlData>'
    f"<w:document {NAMESPACES}><w:body>{par('平铺之文。')}{table(('任务', '单位'), ('甲', '乙'))}</w:body></w:document>"
    "</pkg:xmlData></pkg:part><pkg:part pkg:name='/word/media/a.png'><pkg:binaryData>AAAA</pkg:binaryData></pkg:part></pkg:package>"
).encode()


def mht(charset: str = "gb2312") -> bytes:
    message = MIMEMultipart("related")
    message.attach(MIMEText(PAGE, "html", charset))
    return message.as_bytes().replace(b"Content-Type: multipart/related", b"MIME-Version: 1.0\nContent-Type: multipart/related", 1)


def opened(payload: bytes, name: str = "附件.doc") -> Document:
    return read(payload, Hints(file_name=name))


@pytest.mark.parametrize(
    ("payload", "form", "first"),
    [
        (mht(), "mht", ["任务", "单位"]),
        (mht("utf-8"), "mht", ["任务", "单位"]),
        (PAGE.encode("gbk"), "html", ["任务", "单位"]),
        (FLAT_DOCX, "docx", ["任务", "单位"]),
        (WORD_XML, "doc", ["甲", "一"]),
    ],
)
def test_what_sites_save_under_doc_is_read_as_what_it_is(payload: bytes, form: str, first: list[str]) -> None:
    document = opened(payload)
    assert document.format == form
    assert read_grid(document)[0] == first


def test_word_2003_xml_keeps_printed_numbers_and_merged_cells() -> None:
    document = opened(WORD_XML)
    assert document.blocks[0].text == "一、总体要求"
    assert read_grid(document) == [["甲", "一"], ["甲", "二"]]


def test_excel_2003_xml_is_read_with_its_positions() -> None:
    document = opened(EXCEL_XML, "目录.xls")
    assert (document.format, document.blocks[0].text) == ("xls", "滨江新区双公示目录")
    assert read_grid(document) == [["序号", "名称", "日期"], ["1", "许可", "2031-06-30"], ["1", "处罚", ""]]


@pytest.mark.parametrize("payload", [WORD_XML[:400], EXCEL_XML[:500], FLAT_DOCX[:200], mht()[:120]])
def test_cut_texts_are_unreadable(payload: bytes) -> None:
    with pytest.raises(UnreadableError):
        opened(payload)


def test_a_position_beyond_measure_costs_nothing() -> None:
    far = EXCEL_XML.replace(b'ss:Index="2"', b'ss:Index="9999999"').replace(b'ss:MergeDown="1"', b'ss:MergeDown="9999999"')
    assert read_grid(opened(far, "x.xls"))[1][:2] == ["1", "许可"]


# --- JSON ------------------------------------------------------------------------------------------------------------------------


def test_an_article_in_an_answer_is_read_as_its_page() -> None:
    answer = json.dumps({"code": 0, "data": {"title": "滨江新区信用工作通知", "content": PAGE, "list": [{"a": 1}]}}, ensure_ascii=False)
    for payload in (answer.encode(), f"callback({answer});".encode(), json.dumps(json.loads(answer)).encode()):
        document = opened(payload, "detail.json")
        assert document.format == "json"
        assert document.blocks[0].text == "滨江新区信用工作通知"
        assert read_grid(document)[1] == ["甲", "乙"]


def test_rows_of_an_answer_are_a_table() -> None:
    rows = [{"名称": "甲公司", "文号": "滨罚〔2031〕1号", "数额": 2}, {"名称": "乙公司", "文号": None, "数额": 3}]
    document = opened(json.dumps({"total": 2, "rows": rows}, ensure_ascii=False).encode(), "list.json")
    assert read_grid(document) == [["名称", "文号", "数额"], ["甲公司", "滨罚〔2031〕1号", "2"], ["乙公司", "", "3"]]


@pytest.mark.parametrize("text", ["[2031] 第一条 总则如下。", "{未完的括号", "（一）[ ]"])
def test_a_text_that_begins_with_a_bracket_is_a_text(text: str) -> None:
    assert opened(text.encode(), "a.txt").format == "text"


def test_an_answer_without_text_is_unreadable_and_a_deep_one_does_not_end_the_process() -> None:
    with pytest.raises(UnreadableError, match="neither an article nor rows"):
        opened(b'{"code": 500}', "x.json")
    assert opened(b"[" * 100_000, "x.txt").format == "text"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(PAGE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["title", "content", "rows", "甲"]), inner, max_size=4),
)


@given(JSON)
def test_property_any_answer_gives_a_document_or_an_unreadable_error(value: object) -> None:
    try:
        document = opened(json.dumps(value).encode(), "x.json")
    except UnreadableError as error:
        assert str(error).endswith(".")
    else:
        assert all(document.text[block.span.start : block.span.end] == block.text for block in document.blocks)


@given(st.sampled_from([WORD_XML, EXCEL_XML, FLAT_DOCX, mht()]), st.randoms(use_true_random=False))
def test_property_flipped_bits_give_a_document_or_an_unreadable_error(payload: bytes, source: random.Random) -> None:
    whole = bytearray(payload)
    for _ in range(source.randint(1, 15)):
        whole[source.randrange(len(whole))] ^= 1 << source.randrange(8)
    try:
        opened(bytes(whole[: source.randint(30, len(whole))]))
    except UnreadableError as error:
        assert str(error).endswith(".")


def test_binary_parts_that_are_no_base64_are_left_empty() -> None:
    assert base64.b64encode(b"x")
    assert read_grid(opened(FLAT_DOCX.replace(b"AAAA", b"A\xc3\xa9A")))[0] == ["任务", "单位"]
