from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.factsheet import FAMILIES, site_ids
from spiders.families import NoBodyError, NoListError, family
from spiders.families.attachments import file_suffix
from spiders.families.facts import read_facts
from spiders.families.nodes import attribute
from spiders.families.pager import Pager, plausible, read_pager, read_scripted_pager
from spiders.families.reading import join, number_at_end, parse, read_date, split_names
from spiders.items import Cause
from tests.spiders.saved import ARTICLES, LISTS, SIP, reader_of, sheet_of, text_of

BLANK = "<html><body><p>换了模样的页面</p></body></html>"


@pytest.mark.parametrize(
    ("name", "url", "key"),
    [
        ("shanghai_cms", "https://x/tzgg/20251128/D69B0E7195C4476A81C5E2098C173E44.html", "d69b0e7195c4476a81c5e2098c173e44"),
        ("hanweb_jcms", "https://x/art/2026/8/28/art_284_11821965.html", "11821965"),
        ("hanweb_jpaas", "https://x/art/2025/11/4/art_1229123351_2578716.html", "2578716"),
        ("hanweb_jpaas", "https://x/col/col1/art/2026/art_0123456789abcdef0123456789abcdef.html", "0123456789abcdef0123456789abcdef"),
        ("trs", "https://x/tz/202608/t20260828_1407232.html", "1407232"),
        ("trs", "https://x/tz/202608/t20260828_1407232_ext.html", "1407232"),
        ("anhui_cms", "https://x/ywdt/tzgg/146429651.html", "146429651"),
        ("sip_credit", "http://x/content/queryOfPreview.action?contentId=1911266&date=Tue%20Jan%2005%202016", "1911266"),
        ("sip_credit", "http://x/condetail1911266.html", "1911266"),
    ],
)
def test_a_key_is_the_id_of_the_cms_and_nothing_that_changes(name: str, url: str, key: str):
    assert family(name).document_key(url) == key


@pytest.mark.parametrize("name", FAMILIES)
def test_an_address_without_an_id_has_no_key(name: str):
    assert family(name).document_key("https://www.example.org/about/index.html") == ""


@pytest.mark.parametrize("site", site_ids())
def test_a_page_without_the_list_or_the_body_says_so(site: str):
    sheet = sheet_of(site)
    with pytest.raises(NoListError) as no_list:
        reader_of(site).read_list(BLANK, sheet.base + "/list", sheet, sheet.sections[0])
    with pytest.raises(NoBodyError) as no_body:
        reader_of(site).read_article(BLANK, sheet.base + "/article", sheet)
    assert (no_list.value.cause, no_body.value.cause) == (Cause.NO_LIST, Cause.NO_BODY)
    assert f"harvester check {site}" in str(no_body.value)


def test_a_section_without_a_list_has_no_items_and_is_no_error():
    sheet = sheet_of("suzhou_sip")
    page = reader_of("suzhou_sip").read_list(BLANK, SIP + "/content420_1.html", sheet, sheet.section("xygs"))
    assert page.items == ()


@pytest.mark.parametrize("page", [page for page in LISTS if page.site != "suzhou_sip"], ids=lambda page: page.file)
def test_a_replica_gets_no_link_to_the_real_host(page):
    sheet = sheet_of(page.site).with_base("http://127.0.0.1:8001")
    url = page.url.replace(sheet_of(page.site).base, sheet.base)
    reader, section = reader_of(page.site), sheet.section(page.section)
    found = reader.read_list(text_of(page), url, sheet, section)
    addresses = [item.url for item in found.items] + [r.url for r in reader.further(text_of(page), url, sheet, section, found)]
    assert not [address for address in addresses if any(host in address for host in sheet.hosts)]


def test_the_records_of_the_mobile_unit_are_not_counted_twice():
    page = LISTS[1]
    sheet = sheet_of(page.site)
    found = reader_of(page.site).read_list(text_of(page), page.url, sheet, sheet.section(page.section))
    assert len(found.items) == len({item.key for item in found.items}) == 2
    assert found.total == 64


@pytest.mark.parametrize(
    "body", ['{"success":false}', "{", '{"success":true,"data":{"html":null}}', '{"success":true,"data":[]}', "{" * 5000]
)
def test_a_unit_call_that_did_not_succeed_is_no_empty_list(body: str):
    sheet = sheet_of("zhejiang")
    with pytest.raises(NoListError, match=r"did not answer with success|names no unit"):
        reader_of("zhejiang").read_list(body, sheet.base + "/unit", sheet, sheet.sections[0])


def test_a_page_past_the_end_is_empty_with_success():
    sheet = sheet_of("zhejiang")
    body = json.dumps(
        {"success": True, "data": {"html": '<div class="page-content"></div><table class="pagination" rows="15" count="31" pageNo="4">'}}
    )
    page = reader_of("zhejiang").read_list(body, sheet.base + "/unit", sheet, sheet.sections[0])
    assert (page.items, page.page, page.pages, page.total) == ((), 4, 3, 31)


# --- small readers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("[ 2015-12-29 ]", "2015-12-29"),
        ("2026/08/27", "2026-08-27"),
        ("2026年6月2日", "2026-06-02"),
        ("2026-01-23 10:01:19", "2026-01-23"),
        ("2026.3.9", "2026-03-09"),
        ("2026-02-30", None),
        ("【发布日期： 】", None),
        ("320571200101019", None),
    ],
)
def test_a_date_is_read_however_it_is_written(text: str, iso: str | None):
    found = read_date(text)
    assert (found.isoformat() if found else None) == iso


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("关于做好某事的通知(示改财金〔2026〕77号)", "示改财金〔2026〕77号"),
        ("关于做好某事的通知 示信办[2016]3号", "示信办[2016]3号"),
        ("关于转发示信办〔2015〕58号文的通知", ""),
        ("江苏省成品油价格调整公告（2026年第16号）", ""),
    ],
)
def test_a_number_is_taken_from_a_title_only_where_it_closes_it(title: str, number: str):
    assert number_at_end(title) == number


def test_names_are_split_where_sites_join_them():
    assert split_names("甲委 乙厅、丙局；甲委") == ("甲委", "乙厅", "丙局")


@pytest.mark.parametrize(
    ("words", "pager"),
    [
        ("第 2 页 共 22 页 共 217 条", Pager(2, 22, 217)),
        ("共42条 2/3页", Pager(2, 3, 42)),
        ("第 页 / 共 0 页 检索到 0 条", Pager()),
        ("上一页 下一页", Pager()),
    ],
)
def test_a_pager_is_read_from_its_words(words: str, pager: Pager):
    assert read_pager(words) == pager


@pytest.mark.parametrize(
    ("script", "pager"),
    [
        ('$(".pagination").pagination("setPage",2,6);', Pager(2, 6)),
        ('createPageHTML(22,0,"index","shtml",430)', Pager(1, 22, 430)),
        ('createPageHTML("page_div",50,1,"szywlist","shtml",1000)', Pager(1, 50, 1000)),
        ("createPageHTML(countPage)", Pager()),
        ("createPageHTML(①,②)", Pager()),
        ("var totalPage = 9;", Pager(pages=9)),
    ],
)
def test_a_pager_is_read_from_its_script(script: str, pager: Pager):
    assert read_scripted_pager(script) == pager


def test_a_total_that_does_not_fit_the_pages_is_a_cap_and_no_total():
    assert plausible(Pager(1, 50, 1000), 20).total == 1000
    assert plausible(Pager(1, 22, 5000), 20).total is None


def test_facts_are_read_from_tables_lists_and_lines():
    table = parse("<table><tr><td>发布机构：</td><td>甲委</td><td>文 号</td><td></td></tr><tr><th>成文日期：2026年1月2日</th></tr></table>")
    assert read_facts(table.css("table")) == {"issuers": "甲委", "issued_on": "2026年1月2日"}
    line = parse("<div id='a'>来源：乙处 时间不明</div>")
    assert read_facts(line.css("#a"))["source"].startswith("乙处")


def test_a_cell_around_a_table_is_no_fact_and_nested_tables_are_read_once():
    around = parse("<table><tr><td>来源：见下<table><tr><td>来源：</td><td><b>甲处</b></td></tr></table></td></tr></table>")
    assert read_facts(around.css("table")[:1]) == {"source": "甲处"}
    deep = parse("<table><tr><td>" * 200 + "来源：乙处")
    assert read_facts(deep.css("table")[:1]) == {"source": "乙处"}


def test_an_empty_fact_does_not_take_the_next_label_for_its_value():
    table = parse("<table><tr><td>文号：</td><td>发布机构：</td><td>甲委</td></tr></table>")
    assert read_facts(table.css("table")) == {"issuers": "甲委"}


@pytest.mark.parametrize(
    ("url", "suffix"),
    [
        ("https://x/a/B.PDF?v=1", ".pdf"),
        ("https://x/down.jsp?classid=0&filename=9f8e.docx", ".docx"),
        ("https://x/download?fileUrl=abc&fileName=%E5%8A%9E%E6%B3%95.wps", ".wps"),
        ("https://x/art/1.html", ""),
        ("https://x/?name=index.html", ""),
    ],
)
def test_a_file_is_known_by_its_path_or_a_parameter(url: str, suffix: str):
    assert file_suffix(url) == suffix


@pytest.mark.parametrize(
    "href", ["javascript:void(0)", "#top", "mailto:a@b.c", "", "http://[::1", "file:///etc/passwd", "data:text/html,x"]
)
def test_an_address_that_is_no_page_is_none(href: str):
    assert join("https://www.example.org/a/", href) == ""


# --- whatever comes ----------------------------------------------------------------------------------------------------


@given(st.data())
def test_property_a_damaged_page_is_read_or_refused_and_never_trips_a_reader(data: st.DataObject):
    page = data.draw(st.sampled_from((*LISTS, *ARTICLES)))
    text = text_of(page)
    cut = data.draw(st.integers(0, len(text)))
    middle = data.draw(
        st.text(max_size=30) | st.sampled_from(["</div>", "<li>", "\x00", "'\"", "]]>", "<script>", "{", "{{", "2026-99-99"])
    )
    damaged = text[:cut] + middle + text[cut + data.draw(st.integers(0, 400)) :]
    sheet, reader = sheet_of(page.site), reader_of(page.site)
    try:
        if page.section:
            found = reader.read_list(damaged, page.url, sheet, sheet.section(page.section))
            assert len({item.key for item in found.items}) == len(found.items)
            assert all(item.key and item.url.startswith("http") for item in found.items)
            assert len(reader.further(damaged, page.url, sheet, sheet.section(page.section), found)) <= sheet.limits.list_pages
        else:
            article = reader.read_article(damaged, page.url, sheet)
            assert len({a.key for a in article.attachments}) == len(article.attachments)
    except (NoListError, NoBodyError):
        pass


@given(st.text(max_size=200))
def test_property_any_text_is_read_as_an_address_a_date_and_a_pager_or_as_nothing(text: str):
    assert join("https://www.example.org/a/", text) == "" or join("https://www.example.org/a/", text).startswith("http")
    read_date(text)
    read_pager(text)
    read_scripted_pager(text)
    for name in FAMILIES:
        family(name).document_key("https://www.example.org/" + text)


def test_an_attribute_of_no_name_trips_no_reader():
    anchor = parse('<a {=1 href="/a.pdf" title="通知">通知</a>').xpath("//a")[0]
    assert (attribute(anchor, "href"), attribute(anchor, "title"), attribute(anchor, "download")) == ("/a.pdf", "通知", "")
