"""The record spiders against the replicas of the four provinces: every record that can be reached, once, and no list that was not read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from scrapy.utils.test import get_crawler

from harvester.replica.records import RECORD_SITES
from harvester.replica.server import Replica
from spiders.items import Cause, CoverageLine, Failure, RecordCapture, RecordListCapture
from spiders.record_base import RecordSpider
from spiders.record_checking import record_checking
from tests.spiders.record_driver import record_spider, run

SMALL = [
    ("shanghai_records", "permits"),
    ("shanghai_records", "old_penalties"),
    ("shanghai_records", "defaulters"),
    ("jiangsu_records", "red"),
    ("jiangsu_records", "withdrawals"),
    ("zhejiang_records", "lists"),
    ("anhui_records", "environment"),
    ("anhui_records", "firm_records"),
]


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(RECORD_SITES) as running:
        yield running


@pytest.fixture(autouse=True)
def no_fault(replica: Replica) -> Iterator[None]:
    yield
    replica.fault = ""


def harvested(replica: Replica, site: str, section: str, **arguments: str) -> tuple[RecordSpider, list[object]]:
    spider = record_spider(site, base=replica.bases[site], section=section, **arguments)
    return spider, run(spider)


def whole(spider: RecordSpider) -> CoverageLine:
    return spider.ledger()[0]


@pytest.mark.parametrize(("site", "section"), SMALL)
def test_every_record_of_a_section_is_had_once(replica: Replica, site: str, section: str):
    spider, items = harvested(replica, site, section)
    assert not [item for item in items if isinstance(item, Failure)]
    truth = [record for record in replica.record_truth(site) if record.section == section and record.reachable]
    captures = [item.record for item in items if isinstance(item, RecordCapture)]
    assert len({record.key for record in captures}) == len(captures) == whole(spider).listed == whole(spider).had
    if truth[0].key:
        assert {record.key for record in captures} == {record.key for record in truth}
    assert sorted({str(record.kind) for record in captures}) == sorted({record.kind for record in truth})
    assert whole(spider).complete


def test_what_a_site_hides_behind_its_cap_is_a_gap_and_not_complete(replica: Replica):
    spider, _ = harvested(replica, "shanghai_records", "taxpayers_a")
    line = whole(spider)
    assert (line.capped, line.complete, line.pages_had) == (True, False, 10)
    assert line.gaps[0].startswith("The site shows 10 of the 11 pages of taxpayers_a")


@pytest.mark.parametrize("fault", ["challenge", "half-body", "half-page", "500", "dup-page"])
@pytest.mark.parametrize(
    ("site", "section"), [("jiangsu_records", "penalties"), ("shanghai_records", "permits"), ("anhui_records", "defaulters")]
)
def test_a_fault_is_a_failure_and_never_a_complete_list(replica: Replica, site: str, section: str, fault: str):
    replica.fault = f"{fault}:{site}@list" if fault != "dup-page" else f"{fault}:{site}"
    spider, items = harvested(replica, site, section, lists_only="1")
    causes = {item.cause for item in items if isinstance(item, Failure)}
    assert causes & {Cause.CHALLENGE, Cause.TRUNCATED, Cause.HTTP_ERROR, Cause.DUPLICATE_PAGE}
    assert not whole(spider).complete


def test_a_record_that_left_its_list_is_named_no_more(replica: Replica):
    site, section = "jiangsu_records", "red"
    key = next(record.key for record in replica.record_truth(site) if record.section == section)
    replica.remove_record(site, key)
    try:
        spider, items = harvested(replica, site, section, lists_only="1")
        assert whole(spider).complete
        assert key not in {each for item in items if isinstance(item, RecordListCapture) for each in item.keys}
    finally:
        replica.restore_record(site, key)


@pytest.mark.parametrize("site", RECORD_SITES)
def test_a_check_counts_rows_and_fields_of_every_section_with_few_requests(replica: Replica, site: str):
    spider = get_crawler(record_checking(site), {})._create_spider(base=replica.bases[site])
    before = len(replica.requests)
    assert run(spider) == []
    sections = {section.id for section in spider.sections}
    assert {match.section for match in spider.matches if match.field in ("list", "leads") and match.matches} == sections
    assert {match.section for match in spider.matches if match.field == "record" and match.matches > 1} == sections
    assert len(replica.requests) - before <= 4 * len(sections) + 2
