"""What the six families' lists look like, page after page, read with parsel alone."""

from __future__ import annotations

import json
import re
from datetime import date
from urllib.parse import quote

from parsel import Selector

from harvester.replica.server import Replica
from tests.replica.client import ask


def published(replica: Replica, site: str, section: str) -> list[str]:
    return [key for key, document in replica.documents(site).items() if document.section == section]


def test_every_site_has_forty_documents_or_more(replica: Replica) -> None:
    assert {site: len(replica.documents(site)) >= 40 for site in replica.bases} == dict.fromkeys(replica.bases, True)


def test_shanghai_lists_are_numbered_static_pages_with_a_pager_by_script(replica: Replica) -> None:
    keys = []
    for section in ("tzgg", "zcwj", "ndjh"):
        first = ask(f"{replica.bases['shanghai']}/{section}/index.html").page()
        pages = int(first.re_first(r'pagination\("setPage",1,([0-9]+)\)') or 0)
        assert pages >= 2
        links = []
        for number in range(1, pages + 1):
            name = "index.html" if number == 1 else f"index_{number}.html"
            page = ask(f"{replica.bases['shanghai']}/{section}/{name}").page()
            assert page.re_first(r'"setPage",([0-9]+),') == str(number)
            assert all(date.fromisoformat(day) for day in page.css("ul.news-list > li > span.time::text").getall())
            links += page.css("ul.news-list > li > a[title]::attr(href)").getall()
        assert all(re.fullmatch(rf"/{section}/[0-9]{{8}}/[0-9a-f]{{32}}\.html", link) for link in links)
        keys += [link[-37:-5] for link in links]
        assert ask(f"{replica.bases['shanghai']}/{section}/index_{pages + 1}.html").status == 404
    assert sorted(keys) == sorted(replica.documents("shanghai"))


def records(text: str) -> list[str]:
    return re.findall(r'<record><!\[CDATA\[.*?href="([^"]+)".*?\]\]></record>', text, re.DOTALL)


def test_jiangsu_holds_thirty_records_twice_in_the_page_and_the_rest_behind_the_proxy(replica: Replica) -> None:
    base, documents = replica.bases["jiangsu"], len(replica.documents("jiangsu"))
    text = ask(f"{base}/col/col284/index.html").text()
    stores = re.findall(r"<datastore>.*?</datastore>", text, re.DOTALL)
    assert [len(records(store)) for store in stores] == [30, 30]
    assert records(stores[0]) == records(stores[1])
    assert re.findall(r"totalRecord:([0-9]+)", text) == ["1000", str(documents + 1)] * 2
    name = quote(quote(quote("江苏省发展和改革委员会")))
    form = f"col=1&appid=1&webid=3&path=%2F&columnid=284&sourceContentType=1&unitid=423656&webname={name}&permissiontype=0"
    links = records(stores[0])
    for first in range(31, documents + 1, 30):
        address = f"{base}/module/web/jpage/dataproxy.jsp?startrecord={first}&endrecord={first + 29}&perpage=10"
        answer = ask(address, "POST", form, {"Content-Type": "application/x-www-form-urlencoded"}).text()
        assert f"<totalrecord>{documents + 1}</totalrecord>" in answer
        links += records(answer)
    assert len(links) == len(set(links)) == documents
    assert all(re.fullmatch(r"/art/20[0-9]{2}/[1-9][0-9]?/[1-9][0-9]?/art_284_[0-9]{8}\.html", link) for link in links)


def test_jiangsu_linked_form_of_the_proxy_answers_the_nth_ten(replica: Replica) -> None:
    base = replica.bases["jiangsu"]
    text = ask(f"{base}/col/col284/index.html").text()
    link = re.search(r'<nextgroup><!\[CDATA\[<a href="([^"]+)"', text)
    assert link is not None
    assert "%25E6%25B1%259F" in link[1]
    first = records(ask(base + link[1].replace("page=1", "page=1")).text())
    assert first == records(text)[:10]
    assert records(ask(base + link[1].replace("page=1", "page=2")).text()) == records(text)[10:20]


def test_jiangsu_proxy_knows_no_other_unit(replica: Replica) -> None:
    base = replica.bases["jiangsu"]
    assert ask(f"{base}/module/web/jpage/dataproxy.jsp?page=1&columnid=284&unitid=1").status == 404


def test_the_park_lists_ten_items_a_page_behind_a_byte_order_mark_and_a_ticker(replica: Replica) -> None:
    base = replica.bases["suzhou_sip"]
    for section in ("474", "335", "309"):
        keys = []
        wanted = published(replica, "suzhou_sip", section)
        pages = -(-len(wanted) // 10)
        for number in range(1, pages + 1):
            reply = ask(f"{base}/content{section}_{number}.html")
            assert reply.body.startswith(b"\xef\xbb\xbf")
            page = reply.page()
            assert len(page.css("#mq li a[href^='javascript:queryOfPreview']")) == 18
            words = "".join("".join(page.css("div.page ::text").getall()).split())
            assert f"第{number}页共{pages}页共{len(wanted)}条" in words
            keys += page.css("ul.inlist > li > a::attr(href)").re(r"queryOfPreview\('([0-9]{7})'\)")
            days = [re.sub(r"[\[\] ]", "", day) for day in page.css("ul.inlist > li > span > description::text").getall()]
            assert all(date.fromisoformat(day) for day in days)
        assert sorted(keys) == sorted(wanted)


def test_the_park_has_a_section_page_without_a_list_an_unsorted_list_and_one_title_twice(replica: Replica) -> None:
    base = replica.bases["suzhou_sip"]
    bare = ask(f"{base}/content420_1.html").page()
    assert bare.css("ul.inlist") and not bare.css("ul.inlist > li")
    assert bare.css("#mq li a")
    days = ask(f"{base}/content474_1.html").page().css("ul.inlist description::text").getall()
    days += ask(f"{base}/content474_2.html").page().css("ul.inlist description::text").getall()
    assert days != sorted(days, reverse=True)
    titles = [document.title for document in replica.documents("suzhou_sip").values()]
    assert len(titles) > len(set(titles))


def unit_call(replica: Replica, page: int) -> Selector:
    base = replica.bases["zhejiang"]
    script = ask(f"{base}/col/col1229565788/index.html").page().css("script[queryData]")
    data = json.loads(script.attrib["querydata"].replace("'", '"'))
    query = "&".join(f"{name}={quote(value)}" for name, value in data.items())
    parameters = quote(json.dumps({"pageNo": page, "pageSize": 15}))
    reply = ask(f"{base}{script.attrib['url']}?{query}&paramJson={parameters}")
    answer = json.loads(reply.body)
    assert (answer["success"], answer["code"], answer["message"]) == (True, "200", "生成成功")
    return Selector(answer["data"]["html"])


def test_zhejiang_column_page_is_empty_and_the_unit_lists_one_link_twice(replica: Replica) -> None:
    page = ask(f"{replica.bases['zhejiang']}/col/col1229565788/index.html").page()
    assert not page.css("li.clearfix")
    links: list[str] = []
    cut = 0
    for number in range(1, 100):
        unit = unit_call(replica, number)
        found = unit.css("li.clearfix > a.bt-left")
        if not found:
            break
        links += [item.attrib["href"] for item in found]
        cut += sum(item.css("::text").get("").endswith("...") for item in found)
        assert unit.css("table.pagination").attrib["rows"] == "15"
    documents = len(replica.documents("zhejiang"))
    assert number == -(-len(links) // 15) + 1
    assert len(set(links)) == documents
    assert unit_call(replica, 1).css("table.pagination").attrib["count"] == str(documents + 1) == str(len(links))
    assert cut >= 3


def test_zhejiang_addresses_have_two_ages(replica: Replica) -> None:
    links = unit_call(replica, 1).css("li.clearfix > a.bt-left::attr(href)").getall()
    old = [link for link in links if link.startswith("//fzggw.zj.gov.cn/art/")]
    new = [link for link in links if re.fullmatch(r"/col/col1229123351/art/20[0-9]{2}/art_[0-9a-f]{32}\.html", link)]
    assert old and new and len(old) + len(new) == len(links)
    assert ask(replica.bases["zhejiang"] + old[0].removeprefix("//fzggw.zj.gov.cn")).status == 200


def test_anhui_lists_are_gbk_with_an_empty_item_every_sixth(replica: Replica) -> None:
    base, documents = replica.bases["anhui"], replica.documents("anhui")
    links: list[str] = []
    for number in range(1, -(-len(documents) // 15) + 1):
        path = "/ywdt/tzgg/index.html" if number == 1 else f"/content/column/49637171?pageIndex={number}"
        reply = ask(base + path)
        assert reply.headers["content-type"] == "text/html; charset=gb2312"
        page = reply.page("gbk")
        items = page.css("div.listnews > ul > li")
        assert all(not item.css("a") for item in items[5::6])
        links += items.css("a[title]::attr(href)").getall()
        assert f"{number}/" in page.css("div.page").get("")
    assert sorted(re.findall(r"/ywdt/tzgg/([0-9]{9})\.html", " ".join(links))) == sorted(documents)
    again = ask(f"{base}/content/column/49637171?pageIndex=1").page("gbk").css("div.listnews li a::attr(href)").getall()
    assert again == links[:15]


def test_national_lists_count_from_zero_with_separators_and_readings_inside_items(replica: Replica) -> None:
    base, documents = replica.bases["national"], replica.documents("national")
    pages = -(-len(documents) // 20)
    links: list[str] = []
    readings = 0
    for number in range(pages):
        page = ask(f"{base}/xxgk/zcfb/tz/index{f'_{number}' if number else ''}.html").page()
        assert f'createPageHTML({pages},{number},"index","html")' in page.get()
        items = page.css("ul.u-list > li")
        assert all(item.attrib.get("class") == "empty" for item in items[5::6])
        links += items.css("li > a::attr(href)").re(r"^\./20.*")
        readings += len(items.css("div.popbox ul li a"))
        assert all(re.fullmatch(r"20[0-9]{2}/[01][0-9]/[0-3][0-9]", day) for day in items.xpath("./span/text()").getall())
    assert len(links) == len(set(links)) == len(documents)
    assert readings >= 3
    assert ask(f"{base}/xxgk/zcfb/tz/index_{pages}.html").status == 404
    assert ask(f"{base}/xxgk/zcfb/tz/").body == ask(f"{base}/xxgk/zcfb/tz/index.html").body
