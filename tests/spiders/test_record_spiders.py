"""The spiders of record sites: what they ask for, what they hand on, and what their ledger says when something is missing."""

from __future__ import annotations

import json

import pytest
from scrapy import Request

from spiders.factsheet import FactSheetError
from spiders.harvest import Errand
from spiders.health import FetchError
from spiders.items import CaptureKind, Cause, CoverageLine, Failure, RecordCapture, RecordListCapture
from spiders.record_base import RecordSpider
from spiders.record_sheet import load_record_sheet, record_site_ids
from tests.spiders.record_driver import LOADER, first_requests, record_spider, refuse, reply
from tests.spiders.record_saved import BASE

SECRET = "绝样某"
CHALLENGE = FetchError(Cause.CHALLENGE, "looks like a captcha")


def spider_of(site: str, section: str, **arguments: str) -> RecordSpider:
    return record_spider(site, base=BASE, section=section, **arguments)


def requests_in(outputs: list[object]) -> list[Request]:
    return [output for output in outputs if isinstance(output, Request)]


def only(kind: type, outputs: list[object]) -> list:
    return [output for output in outputs if isinstance(output, kind)]


def whole(spider: RecordSpider) -> CoverageLine:
    return spider.ledger()[0]


def dict_data(total: int, keys: list[str], depts: tuple[str, ...] = ()) -> str:
    return json.dumps({"depts": depts, "list": [{"id": key, "name": SECRET} for key in keys], "total": total})


def fragment(words: str, keys: list[str]) -> str:
    rows = "".join(f"<tr onclick=\"detail('{key}')\"><td>{SECRET}</td></tr>" for key in keys)
    return f'<span class="limit">{words}</span><table>{rows}</table>'


@pytest.mark.parametrize("site", record_site_ids())
def test_a_record_spider_is_named_after_its_file_and_asks_for_every_section(site: str):
    spider = record_spider(site, base=BASE)
    assert (spider.name, type(spider).__module__) == (site, f"spiders.{site}")
    assert LOADER.load(site).__doc__
    assert len(first_requests(spider)) == len(load_record_sheet(site).sections)
    assert all(request.url.startswith(BASE) for request in first_requests(spider))


def test_what_is_known_at_a_base_only_is_never_asked_of_the_real_site():
    urls = [request.url for request in first_requests(record_spider("jiangsu_records"))]
    assert urls
    assert not [url for url in urls if "two_publicity" in url or "credit_repair" in url]
    with pytest.raises(FactSheetError, match="give one with --base"):
        record_spider("jiangsu_records", section="permits")
    with pytest.raises(FactSheetError, match="give one with --base"):
        record_spider("anhui_records")


def test_the_pace_is_that_of_the_sheet_and_lower_at_a_given_base_only():
    assert record_spider("shanghai_records", {"HARVESTER_PACE": 0}).crawler.settings.getfloat("DOWNLOAD_DELAY") == 3.0
    local = {"HARVESTER_PACE": 0, "HARVESTER_BASES": {"shanghai_records": BASE}}
    assert record_spider("shanghai_records", local).crawler.settings.getfloat("DOWNLOAD_DELAY") == 0.0


def test_a_list_leads_to_its_records_once_and_to_the_next_page_first():
    spider = spider_of("jiangsu_records", "penalties")
    (first,) = first_requests(spider)
    outputs = reply(first, fragment("共150条", ["a", "b", "a"]))
    listed = only(RecordListCapture, outputs)[0]
    assert (listed.slice, listed.page, listed.keys) == ("", 1, ("a", "b"))
    following, *details = requests_in(outputs)
    assert "currPage=2" in following.url
    assert [request.meta["errand"].key for request in details] == ["a", "b"]
    assert following.priority > details[0].priority
    assert not requests_in(reply(following, fragment("共150条", ["b"])))


def test_a_record_keeps_the_key_and_list_of_its_line_and_the_fields_of_its_page():
    spider = spider_of("jiangsu_records", "black")
    (detail,) = requests_in(reply(first_requests(spider)[0], fragment("共1条", ["k1"])))
    (capture,) = reply(detail, f"<label>浏览 8</label><table><tr><th>主体名称</th><td>{SECRET}</td></tr></table>")
    assert isinstance(capture, RecordCapture)
    record = capture.record
    assert (record.key, record.section, record.list_name, record.colour, capture.detail) == ("k1", "black", "失信惩戒对象", "black", True)
    assert [(field.label, field.value) for field in record.fields] == [("主体名称", SECRET)]
    assert SECRET not in repr(capture)
    assert whole(spider).complete
    assert (whole(spider).listed, whole(spider).had) == (1, 1)


def test_a_row_that_is_the_record_is_handed_on_from_the_list():
    spider = spider_of("shanghai_records", "permits")
    outputs = reply(first_requests(spider)[0], dict_data(2, ["a", "b"]), "text/html; charset=ISO-8859-1")
    captures = only(RecordCapture, outputs)
    assert [capture.record.key for capture in captures] == ["a", "b"]
    assert captures[0].record.fields[1].value == SECRET
    assert whole(spider).complete


def test_an_empty_first_answer_is_asked_for_once_more_and_no_more():
    for body in ("", "{}", "[]", dict_data(0, []), dict_data(30, []), '{"depts":[],"list":[{"id":'):
        spider = spider_of("shanghai_records", "penalties")
        (first,) = first_requests(spider)
        (again,) = reply(first, body)
        assert isinstance(again, Request)
        assert again.url == first.url
        outputs = reply(again, body)
        if body == dict_data(0, []):
            assert whole(spider).complete
            assert whole(spider).listed == 0
        else:
            assert only(Failure, outputs)
            assert not whole(spider).complete


def test_an_empty_detail_is_asked_for_once_more():
    spider = spider_of("shanghai_records", "old_permits")
    grid = json.dumps({"total": 1, "gridModel": [{"xkid": "F1", "xzxdr": SECRET}]})
    (detail,) = requests_in(reply(first_requests(spider)[0], grid))
    (again,) = reply(detail, "[]")
    assert isinstance(again, Request)
    (capture,) = reply(again, json.dumps([{"xkid": "F1", "xzxdr": SECRET}]))
    assert isinstance(capture, RecordCapture)
    assert whole(spider).had == 1


def test_an_error_page_in_place_of_a_record_is_a_failure_and_says_nothing_of_it():
    spider = spider_of("jiangsu_records", "permits")
    (detail,) = requests_in(reply(first_requests(spider)[0], fragment("共1条", ["k1"])))
    (failure,) = reply(detail, f"<html><body><div>{SECRET}操作未成功</div></body></html>")
    assert isinstance(failure, Failure)
    assert failure.cause is Cause.NO_BODY
    assert SECRET not in failure.detail
    assert whole(spider).failed == 1


@pytest.mark.parametrize("section", [section.id for section in load_record_sheet("shanghai_records").sections])
def test_blocked_is_never_an_empty_list(section: str):
    spider = spider_of("shanghai_records", section)
    (failure,) = refuse(first_requests(spider)[0], CHALLENGE)
    assert isinstance(failure, Failure)
    assert failure.cause is Cause.CHALLENGE
    line = whole(spider)
    assert (line.complete, line.pages_had, line.listed) == (False, 0, 0)
    assert line.gaps == (f"{section} lacks page 1 of an unknown number.",)


@pytest.mark.parametrize(
    ("site", "section"), [(sheet, section.id) for sheet in record_site_ids() for section in load_record_sheet(sheet).sections]
)
def test_a_page_without_its_list_is_a_failure(site: str, section: str):
    spider = spider_of(site, section)
    outputs = reply(first_requests(spider)[0], "<html><body><p>换了模样的页面</p></body></html>")
    assert [failure.cause for failure in only(Failure, outputs)] == [Cause.NO_LIST]
    assert not whole(spider).complete


def test_a_page_that_repeats_another_is_a_failure_and_the_next_one_is_asked_for():
    spider = spider_of("jiangsu_records", "red")
    keys = [f"k{number}" for number in range(20)]
    (second, *_) = requests_in(reply(first_requests(spider)[0], fragment("共60条", keys)))
    failure, third = reply(second, fragment("共60条", keys))
    assert isinstance(failure, Failure)
    assert failure.cause is Cause.DUPLICATE_PAGE
    assert "currPage=3" in third.url
    assert not whole(spider).complete


def test_a_total_that_is_not_listed_makes_a_list_incomplete():
    spider = spider_of("jiangsu_records", "red")
    reply(first_requests(spider)[0], fragment("共3条", ["a"]))
    line = whole(spider)
    assert (line.stated, line.listed, line.complete) == (3, 1, False)
    assert "red states 3 records and lists 1." in line.gaps


def test_half_a_page_in_the_middle_makes_a_list_without_a_total_incomplete():
    spider = spider_of("shanghai_records", "old_permits")

    def grid(keys: list[str]) -> str:
        return json.dumps({"total": 3, "gridModel": [{"xkid": key} for key in keys]})

    (second, *_) = requests_in(reply(first_requests(spider)[0], grid(["a", "b", "c"])))
    (third, *_) = requests_in(reply(second, grid(["d"])))
    reply(third, grid(["e"]))
    assert not whole(spider).complete
    assert "old_permits has fewer rows than its other pages on page 2." in whole(spider).gaps


def test_rows_that_say_something_else_under_one_key_make_a_list_incomplete_and_are_named():
    spider = spider_of("shanghai_records", "penalties")
    (request,) = first_requests(spider)
    rows = [{"id": "a", "name": SECRET}, {"id": "a", "name": SECRET}, {"id": "a", "name": "另样某"}, {"id": "b", "name": "另样某"}]
    reply(request, json.dumps({"depts": [], "list": rows, "total": 4}))
    line = whole(spider)
    assert (line.listed, line.complete) == (2, False)
    assert [gap.partition(" ")[2] for gap in line.gaps] == [
        "prints 1 rows twice on one page.",
        "has 1 rows that say something else under the key of another row: they were left out (identity).",
    ]


def test_rows_without_a_key_are_counted_and_make_a_list_incomplete():
    spider = spider_of("anhui_records", "permits")
    reply(first_requests(spider)[0], json.dumps({"page": {"totalPage": 1}, "data": [{"url": "/a/1.htm"}, {"url": ""}]}))
    line = whole(spider)
    assert (line.listed, line.complete) == (1, False)
    assert "permits has 1 rows without a key, which were left out." in line.gaps


def sliced(totals: dict[str, int], stated: int) -> RecordSpider:
    spider = spider_of("shanghai_records", "penalties")
    outputs = reply(first_requests(spider)[0], dict_data(stated, [f"a{n}" for n in range(20)], tuple(totals)))
    waiting = requests_in(outputs)
    while waiting:
        request = waiting.pop(0)
        asked = request.cb_kwargs["asked"]
        names = [f"{asked.slice}{n}" for n in range(totals[asked.slice])]
        waiting += requests_in(reply(request, dict_data(len(names), names[asked.page * 20 - 20 : asked.page * 20], tuple(totals))))
    return spider


def test_a_list_beyond_its_cap_is_asked_for_department_by_department():
    spider = sliced({"a": 150, "b": 60, "c": 0}, 210)
    first, *parts = spider.ledger()
    assert (first.slice, first.stated, first.listed, first.had, first.complete, first.capped) == ("", 210, 210, 210, True, False)
    assert [(part.slice, part.stated, part.listed, part.complete) for part in parts] == [
        ("a", 150, 150, True),
        ("b", 60, 60, True),
        ("c", 0, 0, True),
    ]


def test_what_a_site_does_not_show_is_a_named_gap():
    spider = sliced({"a": 237, "b": 10}, 247)
    first, part, other = spider.ledger()
    assert (first.complete, first.capped, first.listed) == (False, True, 210)
    assert (part.capped, part.complete, part.listed, part.pages, part.pages_had) == (True, False, 200, 12, 10)
    assert part.gaps == ("The site shows 10 of the 12 pages of a; 37 of its 237 records cannot be reached.",)
    assert other.complete


def test_records_of_no_department_are_a_named_gap():
    first = sliced({"a": 150, "b": 60}, 240).ledger()[0]
    assert not first.complete
    assert first.gaps == ("penalties states 240 records; its parts together list 210.",)


def test_a_department_that_was_never_asked_for_makes_the_whole_incomplete():
    spider = spider_of("shanghai_records", "penalties")
    reply(first_requests(spider)[0], dict_data(210, [f"a{n}" for n in range(20)], ("a", "b")))
    assert [line.slice for line in spider.ledger()] == ["", "a", "b"]
    assert not any(line.complete for line in spider.ledger())


def test_a_list_without_a_pager_is_turned_until_a_page_is_missing():
    spider = spider_of("anhui_records", "defaulters")
    page = "<table class='bordered'><tr><td><a href='/remote/484/{}.htm'>x</a></td></tr></table>"
    (second, *_) = requests_in(reply(first_requests(spider)[0], page.format(1)))
    assert second.url.endswith("/remote/484/index_2.htm")
    assert not whole(spider).complete
    assert refuse(second, FetchError(Cause.NOT_FOUND, "answered with status 404")) == []
    assert whole(spider).complete


def test_limit_and_lists_only_leave_records_out_and_say_so():
    spider = spider_of("jiangsu_records", "red", limit="1")
    outputs = reply(first_requests(spider)[0], fragment("共60条", [f"k{n}" for n in range(20)]))
    assert len(requests_in(outputs)) == 1
    assert spider.limited
    assert not whole(spider).complete
    spider = spider_of("shanghai_records", "permits", lists_only="1")
    assert not only(RecordCapture, reply(first_requests(spider)[0], dict_data(2, ["a", "b"])))


def test_what_is_fresh_in_the_store_is_counted_as_known():
    spider = spider_of("jiangsu_records", "red")
    reply(first_requests(spider)[0], fragment("共2条", ["a", "b"]))
    spider.left_alone(Errand(CaptureKind.ARTICLE, "red", "a"))
    assert (whole(spider).known, whole(spider).had) == (1, 0)


def test_an_id_that_is_linked_for_two_lists_is_read_once_and_named():
    spider = spider_of("zhejiang_records", "lists")
    script = 'x.push("black$甲局$甲名单$2017-01-01$T1");x.push("black$乙局$乙名单$2017-01-01$T1");'
    (opening,) = requests_in(reply(first_requests(spider)[0], script.encode("gbk")))
    assert "tableId=T1" in opening.url
    assert whole(spider).gaps == ("乙名单 is linked with the id of 甲名单: its own records cannot be reached",)


def test_the_proxy_is_asked_by_post_as_the_pages_own_script_asks():
    spider = spider_of("zhejiang_records", "permits")
    (call, *_) = requests_in(reply(first_requests(spider)[0], "<script>x({totalRecord:9,proxyUrl:'/p.jsp',id2:'q'})</script>"))
    assert (call.method, call.body) == ("POST", b"id2=q")
    assert call.url == f"{BASE}/p.jsp?startrecord=1&endrecord=9&perpage=8&totalRecord=9"
    reply(call, 'dataStore = ["甲$/d.do?id=1 "];'.encode("gbk"))
    assert (whole(spider).pages, whole(spider).pages_had, whole(spider).complete) == (2, 2, False)


def test_individual_businesses_are_not_asked_for_by_name():
    spider = spider_of("anhui_records", "firm_records")
    rows = [
        {"id": "1", "qymc": SECRET, "tyshxydm": "92340104MA2TZZZ900"},
        {"id": "2", "qymc": "合样公司", "tyshxydm": "91340104MA2TFFF642"},
    ]
    outputs = reply(first_requests(spider)[0], json.dumps({"code": 0, "data": {"total": 2, "rows": rows}}))
    assert [request.meta["errand"].slice for request in requests_in(outputs)] == ["2"]


def test_a_failure_of_a_firms_call_tells_no_name():
    spider = spider_of("anhui_records", "firm_records")
    rows = [{"id": "2", "qymc": "合样公司", "tyshxydm": "91340104MA2TFFF642"}]
    (call,) = requests_in(reply(first_requests(spider)[0], json.dumps({"code": 0, "data": {"total": 1, "rows": rows}})))
    for failure in (*refuse(call, CHALLENGE), *reply(call, "[]")):
        assert failure.url == f"{BASE}/jbxxWzym/queryByQymcAndtyxydm"
        assert "91340104MA2TFFF642" not in failure.detail
    assert not whole(spider).complete


def test_a_section_that_was_never_asked_for_has_a_line_that_says_so():
    spider = record_spider("jiangsu_records", base=BASE)
    refuse(first_requests(spider)[0], CHALLENGE)
    lines = spider.ledger()
    assert [line.section for line in lines] == [section.id for section in spider.sections]
    assert not any(line.complete for line in lines)
    assert lines[1].gaps == ("penalties was not read.",)


def test_a_list_without_records_is_complete_and_empty():
    spider = spider_of("jiangsu_records", "red")
    assert not only(Failure, reply(first_requests(spider)[0], fragment("共0条", [])))
    assert (whole(spider).stated, whole(spider).listed, whole(spider).complete, whole(spider).gaps) == (0, 0, True, ())
    spider = spider_of("zhejiang_records", "permits")
    reply(first_requests(spider)[0], "<script>x({totalRecord:0,proxyUrl:'/p.jsp',id2:'q'})</script>")
    assert whole(spider).complete
