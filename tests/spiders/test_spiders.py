"""Every spider of the project, whatever it is: named after its file, explained, and asking for what its fact sheet lists."""

from __future__ import annotations

import asyncio

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.test import get_crawler

from spiders.base import SiteSpider
from spiders.factsheet import FactSheetError, load_sheet, site_ids
from spiders.items import ArticleCapture, AttachmentCapture, Cause, Failure, ListCapture
from spiders.record_sheet import record_site_ids
from tests.spiders.saved import ARTICLES, LISTS, SIP, Page, text_of

LOADER = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["spiders"]}))


def spider_for(site: str, settings: dict[str, object] | None = None, **arguments: str) -> SiteSpider:
    given = {"base": SIP} if not load_sheet(site).base else {}
    crawler = get_crawler(LOADER.load(site), settings or {})
    return crawler._create_spider(**(given | arguments))


def started(spider: SiteSpider) -> list[Request]:
    async def gather() -> list[Request]:
        return [request async for request in spider.start()]

    return asyncio.run(gather())


def respond(spider: SiteSpider, request: Request, page: Page) -> list[object]:
    response = HtmlResponse(page.url, body=text_of(page).encode(), request=request)
    return list(request.callback(response, **request.cb_kwargs))


def test_the_loader_finds_one_spider_a_site():
    assert sorted(LOADER.list()) == sorted([*site_ids(), *record_site_ids()])


@pytest.mark.parametrize("site", site_ids())
def test_a_spider_is_named_after_its_file_and_explained(site: str):
    spider = LOADER.load(site)
    assert (spider.name, spider.__module__) == (site, f"spiders.{site}")
    assert spider.__doc__
    assert load_sheet(site).name_zh.split("，")[0][:2] in (__import__(spider.__module__, fromlist=["x"]).__doc__ or "")


@pytest.mark.parametrize("site", site_ids())
def test_a_spider_asks_for_the_first_page_of_every_section(site: str):
    spider = spider_for(site)
    assert [request.url for request in started(spider)] == [spider.sheet.url(section.path) for section in spider.sheet.sections]


def test_a_section_can_be_chosen():
    assert [request.url for request in started(spider_for("shanghai", section="zcwj"))] == ["https://credit.fgw.sh.gov.cn/zcwj/index.html"]


def test_a_site_without_an_address_needs_one():
    with pytest.raises(FactSheetError, match="give one with --base"):
        get_crawler(LOADER.load("suzhou_sip"))._create_spider()


def test_a_lower_pace_is_for_a_given_base_only():
    for settings, pace in (
        ({}, 3.0),
        ({"HARVESTER_PACE": 0}, 3.0),
        ({"HARVESTER_PACE": 9}, 9.0),
        ({"HARVESTER_PACE": 0, "HARVESTER_BASES": {"shanghai": "http://127.0.0.1:1"}}, 0.0),
    ):
        crawler = get_crawler(LOADER.load("shanghai"), settings)
        assert crawler.settings.getfloat("DOWNLOAD_DELAY") == pace


def test_a_list_leads_to_its_documents_once_and_to_the_next_page():
    spider = spider_for("shanghai", section="tzgg")
    (first,) = started(spider)
    outputs = respond(spider, first, LISTS[0])
    assert isinstance(outputs[0], ListCapture)
    requests = [output for output in outputs if isinstance(output, Request)]
    assert requests[0].url.endswith("/tzgg/index_2.html")
    assert requests[0].priority > requests[1].priority
    assert len({request.url for request in requests}) == len(requests) == 5
    assert respond(spider, first, LISTS[0])[-1].url.endswith("/tzgg/index_3.html")


def test_since_and_limit_leave_documents_out_and_count_them():
    spider = spider_for("shanghai", section="tzgg", since="2026-01-01")
    outputs = respond(spider, started(spider)[0], LISTS[0])
    assert sum(isinstance(output, Request) for output in outputs) == 3
    assert len(spider.skipped) == 2
    spider = spider_for("shanghai", section="tzgg", limit="1")
    outputs = respond(spider, started(spider)[0], LISTS[0])
    assert sum(isinstance(output, Request) for output in outputs) == 1
    assert spider.coverage["tzgg"].limited


def test_an_article_is_handed_on_after_its_files():
    spider = spider_for("national")
    (list_request,) = started(spider)
    request = next(o for o in respond(spider, list_request, LISTS[6]) if isinstance(o, Request) and "t20260710" in o.url)
    (file,) = respond(spider, request, ARTICLES[4])
    assert isinstance(file, Request)
    capture, second = respond(spider, file, ARTICLES[4])
    assert isinstance(capture, AttachmentCapture)
    assert capture.attachment.name == "互认清单.pdf"
    _, article = respond(spider, second, ARTICLES[4])
    assert isinstance(article, ArticleCapture)
    assert article.capture.url == ARTICLES[4].url


def test_a_page_that_repeats_another_is_a_failure_and_the_next_one_is_asked_for():
    spider = spider_for("shanghai", section="tzgg")
    (first,) = started(spider)
    second = next(o for o in respond(spider, first, LISTS[0]) if isinstance(o, Request))
    failure, third = respond(spider, second, LISTS[0])
    assert isinstance(failure, Failure)
    assert failure.cause is Cause.DUPLICATE_PAGE
    assert third.url.endswith("index_3.html")
    assert spider.coverage["tzgg"].missing == [2, 3, 4]
