"""The real pages beside the project: list items and article fields as their index says."""

from __future__ import annotations

from datetime import date

import pytest

from spiders.families import family
from spiders.items import Article, ListPage
from tests.shared import SHARED, needs_shared
from tests.spiders.saved import SIP, sheet_of

pytestmark = needs_shared
SAMPLES = SHARED / "site_samples"
JCMS = "https://fzggw.jiangsu.gov.cn"
NDRC = "https://www.ndrc.gov.cn/xxgk/zcfb/tz/"


def listed(site: str, section: str, file: str, url: str) -> ListPage:
    sheet = sheet_of(site)
    return family(sheet.family).read_list((SAMPLES / file).read_text("utf-8"), url, sheet, sheet.section(section))


def article(site: str, file: str, url: str) -> Article:
    sheet = sheet_of(site)
    return family(sheet.family).read_article((SAMPLES / file).read_text("utf-8"), url, sheet)


def sip_list(name: str, section: str = "gndt") -> ListPage:
    return listed("suzhou_sip", section, f"jiangsu_sip_credit/{name}.html", f"{SIP}/{name}.html")


def sip_article(key: str) -> Article:
    return article("suzhou_sip", f"jiangsu_sip_credit/condetail{key}.html", f"{SIP}/content/queryOfPreview.action?contentId={key}")


@pytest.mark.parametrize(
    ("name", "section", "items", "page", "pages", "total"),
    [
        ("content335_1", "gndt", 10, 1, 22, 217),
        ("content335_22", "gndt", 7, 22, 22, 217),
        ("content474_1", "tzgg", 10, 1, 3, 24),
        ("content318_1", "tzgg", 2, 1, 1, 2),
        ("content420_1", "xygs", 0, 1, None, None),
    ],
)
def test_the_lists_of_the_city_site_have_their_items_and_not_the_ticker(name, section, items, page, pages, total):
    found = sip_list(name, section)
    assert (len(found.items), found.page, found.pages, found.total) == (items, page, pages, total)


def test_the_first_items_of_the_city_site_have_every_field():
    first = sip_list("content335_1").items[0]
    assert (first.key, first.listed_on) == ("1911118", date(2015, 12, 29))
    assert first.title.endswith("建成使用")
    cut = sip_list("content474_1").items[1]
    assert cut.title.count("(") > cut.title.count(")")


@pytest.mark.parametrize("key", ["1910177", "1909979", "1909980", "1910519", "1910283"])
def test_the_articles_of_the_city_site_leave_their_date_empty(key: str):
    found = sip_article(key)
    assert found.title
    assert (found.body, found.published_on, found.document_number) == ("div.artnr", None, "")


def test_a_file_behind_onclick_and_files_with_damaged_names_are_found():
    assert [a.name for a in sip_article("1910519").attachments] == ["欠费单位名单.doc"]
    assert sip_article("1910519").attachments[0].url.endswith("/65941450772156641.doc")
    assert [a.key for a in sip_article("1910283").attachments] == ["1910283/86941446031607043.txt", "1910283/2491446031648008.docx"]
    assert sip_article("1910177").attachments == ()


def test_the_column_of_jiangsu_lists_each_record_once_and_knows_the_true_total():
    found = listed("jiangsu", "tzgg", "hanweb_jcms/js_list.html", JCMS + "/col/col284/index.html")
    assert len(found.items) == 5
    assert (found.total, found.pages) == (138, 5)
    assert found.items[0].key == "11821965"
    assert found.items[0].url == JCMS + "/art/2026/8/28/art_284_11821965.html"
    assert [item.listed_on for item in found.items][:2] == [date(2026, 8, 28), date(2026, 8, 14)]
    assert not [item for item in found.items if item.title != item.title.strip()]


def test_the_column_of_jiangsu_asks_its_proxy_as_the_page_would():
    sheet = sheet_of("jiangsu")
    text, url = (SAMPLES / "hanweb_jcms/js_list.html").read_text("utf-8"), JCMS + "/col/col284/index.html"
    reader, section = family(sheet.family), sheet.sections[0]
    requests = reader.further(text, url, sheet, section, reader.read_list(text, url, sheet, section))
    assert [request.page for request in requests] == [2, 3, 4, 5]
    assert requests[0].url == JCMS + "/module/web/jpage/dataproxy.jsp?startrecord=31&endrecord=60&perpage=10"
    assert dict(requests[0].form)["unitid"] == "423656"
    assert dict(requests[0].form)["columnid"] == "284"


def test_the_article_of_jiangsu_has_its_fields():
    found = article("jiangsu", "hanweb_jcms/js_detail.html", JCMS + "/art/2026/8/28/art_284_11821965.html")
    assert found.title == "江苏省成品油价格调整公告（2026年第16号）"
    assert (found.published_on, found.source) == (date(2026, 8, 28), "价格管理和成本监审处")
    assert (found.document_number, found.attachments, found.body) == ("", (), "div.bt-content.zoom")


def test_the_column_of_zhejiang_has_no_items_and_leads_to_its_unit():
    sheet = sheet_of("zhejiang")
    text, url = (SAMPLES / "hanweb_jpaas/zj_col_main.html").read_text("utf-8"), sheet.base + "/col/col1229565788/index.html"
    reader, section = family(sheet.family), sheet.sections[0]
    page = reader.read_list(text, url, sheet, section)
    assert (page.items, page.page) == ((), 0)
    (request,) = reader.further(text, url, sheet, section, page)
    assert "/front/page/build/unit?parseType=bulidstatic&webId=3185&tplSetId=o0YcVHHq5vWtr3uiCp4SY" in request.url


def test_the_unit_of_zhejiang_lists_addresses_of_both_ages_with_whole_titles():
    url = "https://fzggw.zj.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit?webId=3185"
    found = listed("zhejiang", "xzgfxwj", "hanweb_jpaas/zj_unit_api.json", url)
    assert (len(found.items), found.page, found.pages, found.total) == (7, 1, 26, 388)
    assert [len(item.key) for item in found.items] == [32, 32, 32, 32, 7, 7, 7]
    assert not [item for item in found.items if item.title.endswith("...")]
    assert found.items[4].url == "https://fzggw.zj.gov.cn/art/2025/11/4/art_1229123351_2578716.html"
    assert found.items[4].listed_on == date(2025, 11, 4)


def test_the_list_of_the_national_site_leaves_separators_and_related_links_out():
    found = listed("national", "tz", "trs_wcm/ndrc_list.html", NDRC + "index.html")
    assert [item.key for item in found.items] == ["1407232", "1407094", "1406623"]
    assert [item.listed_on for item in found.items] == [date(2026, 8, 27), date(2026, 8, 20), date(2026, 7, 22)]
    assert found.items[0].url == NDRC + "202608/t20260828_1407232.html"


def test_the_article_of_the_national_site_has_its_files_outside_the_body():
    found = article("national", "trs_wcm/ndrc_detail.html", NDRC + "202608/t20260828_1407232.html")
    assert found.title == "关于印发《物流网建设实施方案》的通知(发改经贸〔2026〕1241号)"
    assert (found.document_number, found.published_on, found.source) == ("发改经贸〔2026〕1241号", date(2026, 8, 27), "经贸司")
    assert [file.url.rsplit("/", 1)[1] for file in found.attachments] == ["P020260828319115295873.pdf", "P020260828320256635020.ofd"]
    assert [file.name for file in found.attachments] == ["《物流网建设实施方案》.pdf", "《物流网建设实施方案》.ofd"]
