"""What pages for operators show first, what they fold away, and what they say in words instead of in figures or drawings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from lxml import html

from harvester.monitoring import proposing
from harvester.web.pages.operations_measures import compared
from spiders.items import CoverageLine
from storage import due_runs, operations_queries, proposals, specimens
from storage.proposals import Proposal
from storage.specimens import Specimen
from storage.store import Store
from tests.web import operations_sample
from tests.web.operations_sample import Made
from tests.web.test_operations import SITE, found


def headings(page: str) -> list[str]:
    """Return the second headings of a page in their order."""
    return [" ".join(heading.text_content().split()) for heading in found(page, "//main//h2")]


def test_the_log_of_a_run_stands_behind_what_failed_and_before_its_folded_measures(morning: tuple[Store, Made, TestClient]) -> None:
    _store, made, client = morning
    page = client.get(f"/operations/runs/{made.broken}?lang=en").text
    assert headings(page) == ["Findings", "Failures", "Log", "Sections", "Measures beside the site's own history"]
    measures = found(page, "//h2[starts-with(., 'Measures')]/following::table[1]")
    assert measures[0].xpath("ancestor::details[not(@open)]")
    assert "outside" in " ".join(found(page, "//h2[starts-with(., 'Measures')]/following::summary//text()"))


def test_a_few_runs_stand_in_a_table_and_a_sentence_more_of_them_in_a_drawing(bare_store: Store, bare_client: TestClient) -> None:
    now = datetime.now(UTC)
    operations_sample.history(bare_store, "jiangsu", now, 3, {1: ("failed", "timeout")})
    page = bare_client.get(f"{SITE}?lang=en").text
    assert not found(page, "//figure")
    assert "3 runs so far: complete 2, failed 1;" in " ".join(html.document_fromstring(page).text_content().split())
    assert found(page, "//h2[.='Runs']/following-sibling::details[1][@open]//tbody/tr")
    for back in range(4, 8):
        operations_sample.put_run(bare_store, "jiangsu", now - timedelta(days=back), "complete", "", new=2)
    page = bare_client.get(f"{SITE}?lang=en").text
    assert found(page, "//figure//img[contains(@src, 'runs.svg')]")


def test_runs_that_all_ended_alike_with_nothing_new_are_told_and_not_drawn(bare_store: Store, bare_client: TestClient) -> None:
    for back in range(6):
        operations_sample.put_run(bare_store, "jiangsu", datetime.now(UTC) - timedelta(days=back), "complete", "")
    page = bare_client.get(f"{SITE}?lang=en").text
    assert not found(page, "//figure")
    assert "6 runs so far: complete 6; 0 new" in " ".join(html.document_fromstring(page).text_content().split())


@pytest.mark.parametrize(("lang", "words"), [("en", "every day at 01:40, up to 30 min later"), ("zh", "每天 01:40，推迟不超过 30 分钟")])
def test_a_schedule_is_said_in_words_with_its_cron_behind_them(morning: tuple[Store, Made, TestClient], lang: str, words: str) -> None:
    _store, _made, client = morning
    for place in ("/operations/schedule", SITE):
        page = client.get(f"{place}?lang={lang}").text
        told = found(page, "//*[starts-with(@title, 'cron: 40 1 * * *')]/text()")
        assert told, place
        assert told[0].startswith(words)
        assert "40 1 * * *" not in html.document_fromstring(page).text_content(), place


def test_the_schedule_folds_the_days_behind_the_first_and_what_was_long_ago_not_done(bare_store: Store, bare_client: TestClient) -> None:
    now = datetime.now(UTC)
    rows = [due_runs.row("anhui", "crawl", now - timedelta(hours=n), "missed", ended_at=now, note=f"number {n}") for n in range(1, 21)]
    with bare_store.writing(told=False) as connection:
        due_runs.write(connection, rows)
    page = bare_client.get("/operations/schedule?lang=en").text
    days = found(page, "//div[@class='days']/details")
    assert [day.get("open") is not None for day in days] == [True] + [False] * 7
    shown = found(page, "//h2[.='Not done']/following-sibling::div//tbody/tr")
    folded = found(page, "//h2[.='Not done']/following-sibling::details[not(@open)]//tbody/tr")
    assert (len(shown), len(folded)) == (8, 12)
    assert "number 1" in shown[0].text_content()


def test_the_last_backup_is_told_and_where_none_was_made_how_to_make_one(bare_store: Store, bare_client: TestClient) -> None:
    page = bare_client.get("/operations?lang=en").text
    assert "none was ever made" in page
    assert "<code>harvester db backup --to FOLDER</code>" in page
    now = datetime.now(UTC)
    for days, marked in ((9, True), (1, False)):
        began = now - timedelta(days=days)
        due_runs.note_done(bare_store, "backup", began, began, "root", f"/srv/kept/{days}: 4 files, 1.0 MB")
        page = bare_client.get("/operations?lang=en").text
        told = found(page, "//dt[.='Last backup']/following-sibling::dd[1]")[0]
        assert f"/srv/kept/{days}: 4 files, 1.0 MB (root)" in told.text_content()
        assert bool(told.xpath(".//span[@class='tag warn']")) is marked
        assert "none was ever made" not in page


def test_a_proposal_says_in_sentences_what_its_proof_found(bare_store: Store, bare_client: TestClient) -> None:
    now, run = datetime.now(UTC), operations_sample.history(bare_store, "jiangsu", datetime.now(UTC), 1)[0]
    _good, bad = operations_sample.put_specimens(bare_store, "jiangsu", run, now)
    proof = {"pages": 2, "items": 40, "known": 38, "dated": 39, "good": 6, "same": 6, "derived": 0, "holds": False}
    proof["wrong"] = ["https://credit.example.cn/1: 1 of 20 lines have no day"]
    for field, css in (("list", "ul.new"), ("item", "li.new")):
        rule = {"css": css, "certainty": "inferred", "place": "before"}
        proposals.propose(bare_store, "jiangsu", [Proposal("jiangsu", "tzgg", field, rule, bad, proof)], now)
    card = found(bare_client.get(f"{SITE}?lang=en").text, "//article[contains(@class, 'report')]")
    said = " ".join(card[-1].text_content().split())
    assert "Not proven: it does not hold" in said
    assert "✓ 2 pages that were not read are read △ 40 lines of lists: 38 of known documents, 39 with a day" in said
    assert "✓ 6 of 6 pages that were read well are read as before" in said
    assert "✕ https://credit.example.cn/1: 1 of 20 lines have no day" in said
    assert "原先读不出的 2 个页面现可读出" in bare_client.get(f"{SITE}?lang=zh").text


def test_what_was_decided_of_proposals_is_folded_and_a_refusal_is_no_refused_connection(bare_store: Store, bare_client: TestClient) -> None:
    now = datetime.now(UTC)
    run = operations_sample.history(bare_store, "jiangsu", now, 1)[0]
    _good, bad = operations_sample.put_specimens(bare_store, "jiangsu", run, now)
    number = operations_sample.put_proposal(bare_store, bad, now)
    proposing.refuse(bare_store, "jiangsu", [number], "王审核", now)
    page = bare_client.get(f"{SITE}?lang=zh").text
    card = found(page, "//details[@class='decided'][not(@open)]//article")[0]
    assert card.xpath("string(.//span[@class='tag'])") == "已拒绝"
    assert "王审核" in card.text_content()
    assert not card.xpath(".//button")


def test_a_measure_is_outside_its_history_only_where_enough_runs_make_one_and_counts_stay_whole(bare_store: Store) -> None:
    now = datetime.now(UTC)
    told = []
    for days, new in ((9, 1), (8, 2), (7, 40), (6, 2), (5, 41)):
        made = operations_sample.put_run(bare_store, "jiangsu", now - timedelta(days=days), "complete", "", new=new)
        (section,) = operations_queries.sections_of(bare_store, made)
        _name, measures = compared(bare_store, operations_queries.run(bare_store, made), section, "en")
        told.append(next((each.value, each.usual, each.runs, each.apart) for each in measures if each.name == "new documents"))
    assert told == [(1, None, 0, False), (2, 1, 1, False), (40, 1, 2, False), (2, 2, 3, False), (41, 2, 4, True)]


def test_a_run_of_a_site_of_records_tells_each_record_once_and_why_it_is_complete_beside_a_capped_list(
    bare_store: Store, bare_client: TestClient
) -> None:
    now = datetime.now(UTC)
    run = bare_store.begin_run("shanghai_records", ["taxpayers_a"], now)
    line = CoverageLine("taxpayers_a", stated=220, pages=11, pages_had=10, listed=200, had=200, capped=True)
    bare_store.record_coverage(run, [line])
    effects = {"new": 861, "ended": 28, "endings": 18}
    bare_store.end_run(run, "complete", "", {"effects": effects, "notices": effects}, now)
    for address in (f"/operations/runs/{run}", "/operations/runs", "/operations/sites/shanghai_records"):
        page = bare_client.get(f"{address}?lang=en").text
        assert "861" in page
        assert "1,722" not in page
    said = " ".join(html.fromstring(bare_client.get(f"/operations/runs/{run}?lang=en").text).text_content().split())
    assert "861 new, 0 changed, 0 gone" in said
    assert "ended 28, endings 18, new 861" in said
    assert "complete when every page that the site shows was read" in said


@pytest.mark.parametrize(
    ("charset", "body"),
    [("gbk", "<h1>关于试点</h1>".encode("gbk")), ("utf-16", "<h1>关于试点</h1>".encode("utf-16"))]
    + [(odd, "<h1>关于试点</h1>\\ud800".encode()) for odd in ("idna", "punycode", "unicode_escape", "undefined", "gbk")],
)
def test_a_specimen_is_read_as_its_bytes_are_whatever_charset_the_site_says(
    bare_store: Store, bare_client: TestClient, charset: str, body: bytes
) -> None:
    now = datetime.now(UTC)
    run = operations_sample.history(bare_store, "jiangsu", now, 1)[0]
    url = "https://credit.example.cn/2026/11/9.html"
    with bare_store.archive.open_run("jiangsu", run) as archive:
        place, _again = archive.write(url=url, status=200, headers=(), body=body, fetched_at=now)
    one = Specimen("jiangsu", "tzgg", "article", run, url, now, True, "", charset, "html", "0" * 64, place)
    answer = bare_client.get(f"/operations/specimens/{specimens.keep(bare_store, one)}")
    assert answer.status_code == 200
    assert "&lt;h1&gt;关于试点&lt;/h1&gt;" in answer.text
