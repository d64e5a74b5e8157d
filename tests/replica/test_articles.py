"""What the six families' article pages and attachments look like, read with parsel and the formats' own libraries."""

from __future__ import annotations

import io
import re
from urllib.parse import unquote, urljoin

import docx
import openpyxl
import pdfplumber
import pytest
from parsel import Selector

from harvester.replica.content import written_documents
from harvester.replica.document import ReplicaDocument
from harvester.replica.families.base import site_facts
from harvester.replica.server import Replica
from tests.replica.client import ask

BODIES = {
    "shanghai": "div#ivs_content.Article_content",
    "jiangsu": "div.bt-content.zoom",
    "suzhou_sip": "div.artnr",
    "zhejiang": "div.main-txt#zoom",
    "anhui": "div.wzcon.j-fontContent",
    "national": "div.article_con",
}
TITLES = {
    "shanghai": "#ivs_title h3",
    "jiangsu": "p.bt-art-title",
    "suzhou_sip": "div.art_head h1",
    "zhejiang": "p.con-title",
    "anhui": "h1.newstitle",
    "national": "h2.article_title",
}
CHARSETS = {"anhui": "gbk", "suzhou_sip": "utf-8-sig"}


def letters(text: str) -> str:
    return re.sub(r"[\s\u200d]", "", text)


def text_of(html: str) -> str:
    return letters("".join(Selector(f"<div>{html}</div>").css("*::text").getall()))


def find(replica: Replica, site: str, piece: str) -> tuple[str, ReplicaDocument]:
    return next((key, document) for key, document in replica.documents(site).items() if piece in document.title)


def article(replica: Replica, site: str, key: str) -> Selector:
    return ask(replica.url(site, key)).page(CHARSETS.get(site, "utf-8"))


@pytest.mark.parametrize("site", list(BODIES))
def test_every_page_carries_its_title_and_its_whole_body_in_the_familys_container(replica: Replica, site: str) -> None:
    for key, document in replica.documents(site).items():
        page = article(replica, site, key)
        assert letters("".join(page.css(f"{TITLES[site]}::text").getall())) == letters(document.title)
        assert text_of(document.body_html) in letters("".join(page.css(f"{BODIES[site]} ::text").getall()))


@pytest.mark.parametrize("site", list(BODIES))
def test_every_attachment_is_linked_by_its_name_and_comes_as_it_was_built(replica: Replica, site: str) -> None:
    for key, document in replica.documents(site).items():
        page = article(replica, site, key)
        for url, (name, media_type, data) in zip(replica.file_urls(site, key), document.attachments, strict=True):
            link = page.xpath("//a[normalize-space()=$name]", name=name)
            opened = re.search(r"window\.open\('([^']+)'\)", link.attrib.get("onclick", ""))
            address = opened[1] if opened else link.attrib["href"]
            reply = ask(url)
            assert urljoin(replica.url(site, key), address) == url or document.form == "private"
            assert (reply.status, reply.headers["content-type"], reply.body) == (200, media_type, data)


@pytest.mark.parametrize("site", list(BODIES))
def test_every_site_has_a_word_file_a_workbook_and_a_pdf(replica: Replica, site: str) -> None:
    names = [name for document in replica.documents(site).values() for name, _, _ in document.attachments]
    assert {"docx", "xlsx", "pdf"} <= {name.rpartition(".")[2] for name in names}


def test_shanghai_prints_its_facts_above_the_body_and_attachments_below_it(replica: Replica) -> None:
    key, document = find(replica, "shanghai", "公共信用信息平台建设工作安排")
    page = article(replica, "shanghai", key)
    facts = page.css("div.xwzx_time1 ul li::text").getall()
    assert [fact.partition("：")[0] for fact in facts] == ["索取号", "发布日期", "主题词", "文号", "发布机关"]
    assert "文号：沪信用建办〔2025〕5号" in facts
    assert re.fullmatch(r"2025-03-14 [0-9]{2}:[0-9]{2}:00", page.css("meta[name=PubDate]").attrib["content"])
    link = page.css("div.xglj_list a").attrib["href"]
    assert re.fullmatch(r"/cmsres/8b/[0-9a-f]{32}/[0-9a-f]{32}\.docx", link)
    assert not page.css("#ivs_content a")
    assert document.attachments


def test_jiangsu_splits_dates_over_spans_and_names_a_department_as_source(replica: Replica) -> None:
    key, _ = find(replica, "jiangsu", "2026年江苏省社会信用体系建设工作任务分解")
    page = article(replica, "jiangsu", key)
    assert page.css("title::text").get("").startswith("江苏省发展和改革委员会 通知公告 关于印发")
    assert page.css("span.bt-date::text").get() == "2026-03-18 "
    assert page.css("span.bt-source::text").getall() == ["来源：", "财金和信用处"]
    assert re.fullmatch(r"2026-03-18 [0-9]{2}:[0-9]{2}", page.css("meta[name=PubDate]").attrib["content"])
    assert page.css("meta[name=Url]").attrib["content"].startswith("http://fzggw.jiangsu.gov.cn/art/2026/3/18/art_284_")
    signed = page.css("div.TRS_Editor > p")[4]
    assert signed.css("span span::text").getall() == ["2026", "3", "12"]
    assert len(page.css("div.TRS_Editor td[rowspan]")) == 7


def test_the_park_leaves_the_date_empty_and_opens_attachments_by_script(replica: Replica) -> None:
    for key in replica.documents("suzhou_sip"):
        page = article(replica, "suzhou_sip", key)
        assert page.css("div.art_date::text").get("").strip().startswith("【发布日期： 】")
        assert len(page.css("#mq li a")) == 18
    key, _ = find(replica, "suzhou_sip", "信用手册工作分工")
    link = article(replica, "suzhou_sip", key).css("div.artnr a[onclick]")
    assert link.attrib["href"] == "#"
    assert re.fullmatch(r"window\.open\('/ImageStore/jsp/upload/20151118/[0-9]{17}\.docx'\)", link.attrib["onclick"])
    private, _ = find(replica, "suzhou_sip", "2016年第一批物业服务企业不良记录公告")
    assert "window.open('http://172.25.119.12:80/" in article(replica, "suzhou_sip", private).css("div.artnr a").attrib["onclick"]


def test_the_park_answers_the_same_whatever_the_date_in_the_address(replica: Replica) -> None:
    key = next(iter(replica.documents("suzhou_sip")))
    url = replica.url("suzhou_sip", key)
    first = ask(f"{url}&date=Mon%20Jan%2004%202016%2010:00:00%20GMT+0800")
    assert first.body == ask(url).body
    assert ask(f"{replica.bases['suzhou_sip']}/condetail{key}.html").body == first.body


def test_zhejiang_has_a_catalogue_table_three_dates_and_a_download_gateway(replica: Replica) -> None:
    key, _ = find(replica, "zhejiang", "个体工商户信用培育工作任务分解表")
    page = article(replica, "zhejiang", key)
    cells = page.css("table.xxgktab td::text").getall()
    facts = dict(zip(cells[::2], cells[1::2], strict=True))
    assert facts["文件编号："] == "浙发改信用〔2026〕97号"
    assert facts["生成日期："] == "2026-05-14"
    assert page.css(".small-title span::text").getall()[0].startswith("发布日期：2026-05-21 ")
    link = page.css("#zoom a[download]")
    assert link.attrib["download"] == "个体工商户信用培育工作任务分解表（2026年度）.docx"
    path, _, name = link.attrib["href"].partition("&fileName=")
    assert path.startswith("/api-gateway/jpaas-web-server/front/document/download?fileUrl=")
    assert unquote(name) == link.attrib["download"]


def test_anhui_attachments_bear_names_that_say_nothing(replica: Replica) -> None:
    key, _ = find(replica, "anhui", "物流行业信用提升任务分工表")
    link = article(replica, "anhui", key).css("div.wzcon a")
    assert re.fullmatch(r"/group6/M00/[0-9A-F]{2}/[0-9A-F]{2}/wKg8[0-9a-f]{23}\.xlsx", link.attrib["href"])


def test_national_dates_disagree_and_attachments_stand_outside_the_body(replica: Replica) -> None:
    key, document = find(replica, "national", "信用修复便利化改革任务分工")
    url = replica.url("national", key)
    page = article(replica, "national", key)
    assert re.search(rf"/202603/t20260312_{key}\.html$", url)
    assert page.css("div.time::text").get() == "发布时间：2026/03/11"
    assert "2026年3月2日" in document.body_html
    links = page.css("div.attachment a::attr(href)").getall()
    assert all(re.fullmatch(r"\./P020260312[0-9]{12}\.(pdf|docx)", link) for link in links) and len(links) == 2
    assert not page.css("div.article_con a")
    assert "<div class=TRS_Editor>" in ask(url).text()
    assert 'name="Author"content=' in ask(url).text()


TASK_FILES = {
    "2025年上海市公共信用信息平台建设工作安排.docx": 10,
    "2026年本市政务诚信专项提升任务清单.pdf": 8,
    "2025年社会信用重点改革事项责任清单.xlsx": 10,
    "环保信用联动三年行动（2026—2028年）工作分工.pdf": 10,
    "附件：招标投标领域信用建设任务表.docx": 8,
    "个体工商户信用培育工作任务分解表（2026年度）.docx": 10,
    "2025年科研诚信与人才信用建设任务表.docx": 8,
    "物流行业信用提升任务分工表（2026年）.xlsx": 8,
    "信用修复便利化改革任务分工.pdf": 8,
    "建筑业企业信用手册工作分工.docx": 6,
}


def rows(name: str, data: bytes) -> list[list[str | None]]:
    """Read a file's table, without its heading rows, with the library of its format."""
    if name.endswith(".docx"):
        lines: list[list[str | None]] = [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(data)).tables[0].rows]
    elif name.endswith(".xlsx"):
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        lines = [[None if value is None else str(value) for value in row] for row in sheet.iter_rows(min_row=2, values_only=True)]
    else:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            lines = [row for page in pdf.pages for table in page.extract_tables() for row in table]
    return [row for row in lines if row[0] != "序号"]


@pytest.mark.parametrize(("name", "count"), list(TASK_FILES.items()))
def test_a_task_table_reads_back_row_by_row_from_the_file(replica: Replica, name: str, count: int) -> None:
    files = {file: data for site in replica.bases for d in replica.documents(site).values() for file, _, data in d.attachments}
    read = rows(name, files[name])
    assert len(read) == count
    assert all(any(cell and len(cell) > 8 for cell in row) for row in read)


def test_a_pdf_table_is_cut_by_a_page_break_and_its_merged_cell_has_no_text_below(replica: Replica) -> None:
    _, document = find(replica, "jiangsu", "环保信用联动三年行动")
    with pdfplumber.open(io.BytesIO(document.attachments[0][2])) as pdf:
        tables = [table for page in pdf.pages for table in page.extract_tables()]
    assert len(tables) == 2
    assert tables[0][0] == tables[1][0] == ["序号", "主要任务", "牵头单位", "配合单位", "完成时限"]
    assert (tables[0][2][2], tables[0][3][2]) == ("省生态环境厅", None)


def test_merged_cells_of_a_word_file_and_a_workbook_are_merged(replica: Replica) -> None:
    _, tender = find(replica, "jiangsu", "招标投标领域信用建设")
    table = docx.Document(io.BytesIO(tender.attachments[0][2])).tables[0]
    assert table.cell(1, 3)._tc is table.cell(3, 3)._tc
    assert table.cell(1, 3)._tc is not table.cell(4, 3)._tc
    _, logistics = find(replica, "anhui", "物流行业信用提升任务分工表")
    merged = {str(each) for each in openpyxl.load_workbook(io.BytesIO(logistics.attachments[0][2])).worksheets[0].merged_cells.ranges}
    assert {"B3:B5", "D3:D4", "F5:F6"} <= merged


def test_every_site_has_a_page_in_traditional_script_damaged_by_readings() -> None:
    reading = re.compile(r"[\u4e00-\u9fff]\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]+\)")
    marks = {site: sum(len(reading.findall(d.body_html)) for d in written_documents(site)) for site in site_facts()}
    assert all(count >= 4 for count in marks.values()), marks
