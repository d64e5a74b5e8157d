"""The record programs of the replica: their shapes, traps, faults and the changes a test may make to their world."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

import pytest

from harvester.replica.records import RECORD_SITES, RecordTruth, record_site_facts
from harvester.replica.server import Replica
from tests.replica.client import ask
from tests.replica.records import DICTIONARY, QUERY, all_entries, anhui, dictionary, entries, fragment, pairs, store, uks

OLD = "/sh_xyxxzc/"


@pytest.fixture(scope="module")
def sites() -> Iterator[Replica]:
    with Replica(RECORD_SITES) as running:
        yield running


@pytest.fixture
def own() -> Iterator[Replica]:
    with Replica(RECORD_SITES, delay=0.3) as running:
        yield running


def keys(replica: Replica, site: str, section: str) -> set[str]:
    return {truth.key for truth in replica.record_truth(site) if truth.section == section}


# --- Shanghai ------------------------------------------------------------------------------------------------------------


def test_shanghai_shows_ten_pages_of_a_query_and_all_records_by_department(sites: Replica) -> None:
    whole = dictionary(sites, "oc")
    shown = [row for page in range(1, 13) for row in dictionary(sites, "oc", page)["list"]]
    assert (whole["total"], len(shown)) == (sites.stated("shanghai_records")["penalties"], 200)
    sliced: dict[str, dict[str, str]] = {}
    for department in whole["depts"]:
        total = dictionary(sites, "oc", 1, department)["total"]
        assert total <= 200
        for page in range(1, -(-total // 20) + 1):
            sliced |= {row["id"]: row for row in dictionary(sites, "oc", page, department)["list"]}
    assert set(sliced) == keys(sites, "shanghai_records", "penalties")
    assert {row["cf_wsh"] for row in shown} <= {row["cf_wsh"] for row in sliced.values()}


def test_shanghai_declares_its_json_as_latin_html_and_answers_some_queries_with_nothing_first(own: Replica) -> None:
    departments = dictionary(own, "ox")["depts"]
    empty = 0
    for department in departments:
        url = f"{own.bases['shanghai_records']}{DICTIONARY}?" + urlencode({"page": 1, "type": "ox", "d": department})
        first, second = ask(url), ask(url)
        assert first.headers["content-type"] == "text/html;charset=ISO-8859-1"
        assert json.loads(second.body)["list"]
        empty += not json.loads(first.body)["list"]
    assert 0 < empty < len(departments)


def test_shanghais_old_details_are_empty_at_the_first_call_for_some(own: Replica) -> None:
    base = own.bases["shanghai_records"] + OLD
    grid = json.loads(ask(base + "cflist/cfgrid.action?rows=50&page=1&sidx=&sord=asc").body)
    assert grid["total"] == 2
    first = {row["cfid"]: json.loads(ask(f"{base}sgsinfo/getcfinfo.action?cfid={row['cfid']}").body) for row in grid["gridModel"]}
    second = {key: json.loads(ask(f"{base}sgsinfo/getcfinfo.action?cfid={key}").body) for key in first}
    assert 0 < sum(not found for found in first.values()) < len(first)
    assert all(len(found) == 1 and re.fullmatch(r"\d{4}/\d{2}/\d{2}", found[0]["cfjdrq"]) for found in second.values())
    assert json.loads(ask(f"{base}sgsinfo/getcfinfo.action?cfid={'0' * 32}").body) == []


def test_shanghais_tables_end_at_the_tenth_page_and_hide_the_rest(sites: Replica) -> None:
    base = f"{sites.bases['shanghai_records']}{QUERY}?model=swajnsrmd&keywords=&page="
    rows = [tuple(row.css("td::text").getall()) for page in range(1, 12) for row in ask(f"{base}{page}").page().css("tbody tr")]
    last = ask(f"{base}10").page()
    assert (len(rows), len(set(rows))) == (200, 200)
    assert last.xpath("//li[@class='disabled']/a[text()='下一页']") and not last.xpath("//a[text()='下一页']/@href")
    truth = [each for each in sites.record_truth("shanghai_records") if each.section == "taxpayers_a"]
    assert Counter(each.reachable for each in truth) == {True: 200, False: sites.stated("shanghai_records")["taxpayers_a"] - 200}


# --- Jiangsu -------------------------------------------------------------------------------------------------------------


def test_jiangsu_names_records_by_script_and_counts_them(sites: Replica) -> None:
    pages = [fragment(sites, "ap", page) for page in (1, 2, 3, 4)]
    found = [key for page in pages for key in uks(page)]
    assert set(found) == keys(sites, "jiangsu_records", "penalties") and len(found) == len(set(found))
    assert f"共 {len(found)} 条" in pages[0].text()
    assert not uks(pages[3])


def test_a_visit_changes_the_counter_and_nothing_else(sites: Replica) -> None:
    key = sites.records("jiangsu_records", "penalties")[3]
    url = f"{sites.bases['jiangsu_records']}/credit/p/two_publicity/webDetail.do?_type=ap&uk={key}"
    first, second = ask(url), ask(url)
    assert first.body != second.body
    assert pairs(first, "th", "td") == pairs(second, "th", "td")
    assert int(second.page().css(".content label::text").get("")) == int(first.page().css(".content label::text").get("")) + 1


def test_what_jiangsu_does_not_have_is_an_error_page_of_status_200(own: Replica) -> None:
    site, key = "jiangsu_records", own.records("jiangsu_records", "black")[0]
    url = f"{own.bases[site]}/credit/credit/p/rb_list/webDetail.do?_type=black&uk={key}"
    assert pairs(ask(url), "th", "td")
    own.remove_record(site, key)
    gone = ask(url)
    assert (gone.status, "错误提示" in gone.text()) == (200, True)
    assert key not in own.records(site)
    own.restore_record(site, key)
    assert pairs(ask(url), "th", "td")


# --- Zhejiang ------------------------------------------------------------------------------------------------------------


def test_zhejiang_sends_gbk_script_with_links_that_end_in_a_blank(sites: Replica) -> None:
    page = ask(f"{sites.bases['zhejiang_records']}/sgs/sgsList02.do?xzcf_startdate=2015-07-01").text("gbk")
    facts = dict(re.findall(r"(totalRecord|proxyUrl|id2):'?([^',\s]+)'?", page))
    found = list(all_entries(sites, facts["proxyUrl"], f"id2={facts['id2']}", 8))
    assert len(found) == int(facts["totalRecord"]) == sites.stated("zhejiang_records")["penalties"]
    links = [entry.split("$")[-1] for entry in found]
    assert all(link.endswith(" ") for link in links)
    detail = ask(sites.bases["zhejiang_records"] + links[0].strip())
    values = pairs(detail, "table.xzcf_bg td:nth-child(2)", "table.xzcf_bg td:nth-child(3)", "gbk")
    assert values["案件名称"] == detail.page("gbk").css("span.xzcf_mc::text").get()
    assert values["行政处罚决定书（全文或摘要）"] == detail.page("gbk").css("td.xzcf_jds::text").get()


def test_two_of_zhejiangs_lists_have_one_id(sites: Replica) -> None:
    base = sites.bases["zhejiang_records"]
    lines = [line.split("$") for line in re.findall(r'"(black\$[^"]+)"', ask(f"{base}/js/black.js").text("gbk"))]
    ids = Counter(line[4] for line in lines)
    assert sorted(ids.values()) == [1, 1, 1, 2]
    found: set[str] = set()
    for code in ids:
        counts = json.loads(ask(f"{base}/hmd/dishonestyDetailx.do?titleAll=x&deptnames=y&tableId={code}").text("gbk"))
        records = list(all_entries(sites, "/hmd/dishonestyProxy.do", f"tabId={code}", 10))
        assert len(records) == counts["totalNums"]
        assert {len(record.split("$")) - 2 for record in records} == {counts["retBuffer"].count("<td>")}
        found |= {record.split("$")[1] for record in records}
    assert found == keys(sites, "zhejiang_records", "lists")


def test_zhejiangs_proxy_asked_wrongly_says_no(sites: Replica) -> None:
    plan = record_site_facts()["zhejiang_records"].section("permits")
    for form, first, last in (("id2=XX", 1, 80), (f"id2={plan.column}", 80, 1), (f"id2={plan.column}", 0, 80)):
        assert store(sites, "/page/sgs/sgsProxy.jsp", form, first, last, 8).status == 404
    assert len(entries(store(sites, "/page/sgs/sgsProxy.jsp", f"id2={plan.column}", 1, 9999, 8))) == 80


# --- Anhui ---------------------------------------------------------------------------------------------------------------


def test_anhui_lists_addresses_in_json_and_details_in_a_table(sites: Replica) -> None:
    first = json.loads(anhui(sites, "/api/doublePublicity/page.jspx?type=2&pageNo=1&pageSize=10").body)
    pages = range(1, first["page"]["totalPage"] + 1)
    answers = [json.loads(anhui(sites, f"/api/doublePublicity/page.jspx?type=2&pageNo={page}&pageSize=10").body) for page in pages]
    urls = [row["url"] for answer in answers for row in answer["data"]]
    assert {url.rpartition("/")[2].removesuffix(".htm") for url in urls} == keys(sites, "anhui_records", "penalties")
    values = [pairs(anhui(sites, url), "table.infor td.name", "table.infor td.name + td") for url in urls[:40]]
    assert any(value == "null" for each in values for value in each.values())
    shapes = {re.sub(r"\d", "0", each["处罚决定日期"]) for each in values}
    assert {"0000-00-00", "00000000", "0000年00月00", "0000年00月00日", "0000-00-00 00:00:00"} <= shapes


def test_anhuis_remote_lists_say_how_many_pages_they_have(sites: Replica) -> None:
    pages = int(anhui(sites, "/remote/484/index_1.htm").page().css(".allPage::text").get(""))
    found = [
        href
        for page in range(1, pages + 1)
        for href in anhui(sites, f"/remote/484/index_{page}.htm").page().css("table.bordered a::attr(href)").getall()
    ]
    assert len(found) == len(set(found)) == sites.stated("anhui_records")["defaulters"]
    assert anhui(sites, f"/remote/484/index_{pages + 1}.htm").status == 404


def test_anhuis_interface_names_firms_and_gives_their_records_by_kind(sites: Replica) -> None:
    listed = json.loads(anhui(sites, "/jbxxWzym/list?queryValue=&pageNum=1&pageSize=50").body)["data"]
    assert listed["total"] == len(listed["rows"])
    found = Counter[str]()
    for firm in listed["rows"]:
        data = json.loads(anhui(sites, f"/jbxxWzym/queryByQymcAndtyxydm?qymc=&tyshxydm={firm['tyshxydm']}").body)["data"]
        found.update({kind: len(rows) for kind, rows in data.items() if rows})
    assert found == {"xzxk": 40, "xzcf": 40, "sxcj": 14, "sxjl": 14}


# --- changes -------------------------------------------------------------------------------------------------------------


def truth_of(replica: Replica, site: str, key: str) -> RecordTruth:
    return next(truth for truth in replica.record_truth(site) if truth.key == key)


def test_a_withdrawal_stands_on_the_record_where_the_site_has_fields_for_it(own: Replica) -> None:
    site, key = "anhui_records", next(t.key for t in own.record_truth("anhui_records") if t.section == "safety" and not t.ended)
    own.withdraw(site, key, on=date(2026, 11, 3))
    values = pairs(anhui(own, f"/remote/2060/{key}.htm"), "table.infor td.name", "table.infor td.name + td")
    assert (values["是否撤销"], values["撤销日期"]) == ("是", "2026年11月03日")
    assert (truth_of(own, site, key).ended, truth_of(own, site, key).removed_on) == ("withdrawn", "2026-11-03")


def test_a_repair_without_fields_is_a_notice_that_names_the_record(own: Replica) -> None:
    site = "jiangsu_records"
    key = next(t.key for t in own.record_truth(site) if t.section == "penalties" and t.subject_kind == "legal" and not t.ended_by)
    before = set(own.records(site, "repairs"))
    own.repair(site, key, on=date(2026, 11, 5))
    (new,) = set(own.records(site, "repairs")) - before
    assert truth_of(own, site, new).number == truth_of(own, site, key).number
    assert truth_of(own, site, new).decided_on == "2026-11-05"
    assert (truth_of(own, site, key).ended, truth_of(own, site, key).ended_by) == ("", "repaired")


def test_a_site_without_a_way_to_say_it_says_so(own: Replica) -> None:
    with pytest.raises(ValueError, match="use remove_record"):
        own.withdraw("shanghai_records", own.records("shanghai_records", "old_penalties")[0])
    with pytest.raises(KeyError, match="has no record"):
        own.repair("anhui_records", "0" * 32)
    with pytest.raises(ValueError, match="says nothing of colourful"):
        own.edit_record("anhui_records", own.records("anhui_records")[0], colourful="x")


def test_an_edit_changes_what_it_names_and_its_truth_and_nothing_else(own: Replica) -> None:
    site, url = "zhejiang_records", own.bases["zhejiang_records"] + "/sgs/penaltiesDetail.do?id="
    key = next(t.key for t in own.record_truth(site) if t.section == "penalties" and t.subject_kind == "legal" and not t.ended)
    cells = "table.xzcf_bg td:nth-child(2)", "table.xzcf_bg td:nth-child(3)", "gbk"
    before, was = pairs(ask(url + key), *cells), truth_of(own, site, key)
    own.edit_record(site, key, violation="擅自改变用途", decided_on=date(2026, 1, 9))
    after, now = pairs(ask(url + key), *cells), truth_of(own, site, key)
    changed = {label for label in before if before[label] != after[label]}
    assert {"违法行为类型", "作出行政处罚的日期"} <= changed <= {"违法行为类型", "作出行政处罚的日期", "被处罚单位"}
    assert (now.violation, now.decided_on, now.number) == ("擅自改变用途", "2026-01-09", was.number)


# --- faults and the rest -------------------------------------------------------------------------------------------------


def test_the_challenge_of_anhui_is_a_refusal_with_status_200(own: Replica) -> None:
    own.fault = "challenge:anhui_records@list"
    refused = anhui(own, "/remote/484/index_1.htm")
    assert (refused.status, "访问被拒绝" in refused.text("gbk"), "bordered" in refused.text("gbk")) == (200, True, False)
    assert uks(fragment(own, "al", 1))
    own.fault = "challenge:jiangsu_records@list"
    assert "__jsl_clearance" in fragment(own, "al", 1).text()


@pytest.mark.parametrize(("fault", "status"), [("500@list", 500), ("challenge-412@list", 412)])
def test_errors_reach_the_lists_of_every_record_site(own: Replica, fault: str, status: int) -> None:
    own.fault = fault
    plan = record_site_facts()["zhejiang_records"].section("permits")
    assert fragment(own, "al", 1).status == status
    assert anhui(own, "/api/doublePublicity/page.jspx?type=1&pageNo=1").status == status
    assert store(own, "/page/sgs/sgsProxy.jsp", f"id2={plan.column}", 1, 80, 8).status == status
    assert ask(f"{own.bases['shanghai_records']}{QUERY}?model=sxbzxr").status == status


def test_a_half_page_and_a_repeated_page_look_like_pages(own: Replica) -> None:
    whole, first = fragment(own, "al", 2), uks(fragment(own, "al", 1))
    own.fault = "half-page:jiangsu_records@list"
    half = fragment(own, "al", 2)
    assert (half.status, len(half.body)) == (200, len(whole.body) // 2)
    own.fault = "dup-page:jiangsu_records"
    again = fragment(own, "al", 2)
    assert uks(again) == first != uks(whole)
    assert "第 2 页" in again.text()


def test_every_seventh_record_is_spoiled_without_a_reach(own: Replica) -> None:
    own.fault = "500:anhui_records"
    found = [anhui(own, f"/AdministrativePenalty/{key}.htm").status for key in own.records("anhui_records", "penalties")[:21]]
    assert [number for number, status in enumerate(found, 1) if status == 500] == [7, 14, 21]


def test_documents_and_records_are_asked_for_on_their_own_sites() -> None:
    with Replica(["anhui", "anhui_records"]) as replica:
        with pytest.raises(ValueError, match="publishes documents, not records"):
            replica.record_truth("anhui")
        with pytest.raises(ValueError, match="publishes records, not documents"):
            replica.documents("anhui_records")
        ask(replica.bases["anhui_records"] + "/remote/484/index_1.htm")
        assert replica.counts() == {"anhui_records": 1}


ODD = (
    "/credit/p/two_publicity/webDetail.do?uk=",
    "/credit/p/../../etc/webIndex.do",
    "/credit/p/two_publicity/webPageList.do?_type=al&currPage=-1&pageSize=99999999999999999999",
)


@pytest.mark.parametrize("path", ODD)
def test_odd_requests_are_answered(sites: Replica, path: str) -> None:
    assert ask(sites.bases["jiangsu_records"] + path).status in (200, 404)
