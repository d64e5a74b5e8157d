"""Pages for operators: what is wrong, what ran, what is due; what they decide is done, and written in the audit log."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from lxml import html

from harvester.web.pages.operations_runs import LONGEST
from storage import audit, incidents, operations_queries, operations_work, pauses, proposals, run_events, workers
from storage.days import local_day
from storage.incidents import Finding
from storage.operations_queries import RunFilters
from storage.run_events import Event
from storage.store import Store
from tests.web import operations_sample
from tests.web.hostile import EVERYTHING, MARK
from tests.web.operations_sample import Made
from tests.web.people import House, people
from tests.web.test_hostile_documents import INVISIBLE, hold
from tests.web.test_pages_review import token_of, words_of

SITE = "/operations/sites/jiangsu"


@pytest.fixture
def broken(bare_store: Store, bare_client: TestClient) -> TestClient:
    """Give a room over a store of one's own in which a site is broken."""
    now = datetime.now(UTC)
    run = operations_sample.history(bare_store, "jiangsu", now, 2, {0: ("incomplete", "no-body-container")})[0]
    found = [Finding("no-body-container", "alarm", "tzgg")]
    incidents.settle(bare_store, "jiangsu", found, {"no-body-container": ["tzgg"]}, run=run, at=now)
    return bare_client


def found(page: str, path: str) -> Any:
    """Return what an XPath finds in a page."""
    return html.document_fromstring(page).xpath(path)


def rows_of(page: str, caption: str) -> dict[str, str]:
    """Return the rows of a table by their first cells, as words."""
    tables = found(page, f"//table[contains(caption, '{caption}')]")
    return {" ".join(row.xpath("string(th)").split()): " ".join(row.text_content().split()) for row in tables[0].xpath(".//tbody/tr")}


def send(client: TestClient, action: str, **form: str | list[str]) -> Response:
    answer: Response = client.post(f"{SITE}/{action}", data={"token": token_of(client, SITE), **form})
    return answer


# --- at a glance -----------------------------------------------------------------------------------------------------------


def test_an_empty_store_says_what_to_do_first(bare_client: TestClient) -> None:
    page = bare_client.get("/operations?lang=en").text
    assert "Nothing was crawled yet" in page
    for command in ("harvester check", "harvester crawl", "harvester worker"):
        assert f"<code>{command}" in page
    assert "No worker is heard of" in page


def test_each_site_stands_in_one_line_with_its_state_in_words_the_worst_first(morning: tuple[Store, Made, TestClient]) -> None:
    _store, made, client = morning
    page = client.get("/operations?lang=en").text
    lines = rows_of(page, "Each site with its last runs")
    states = [next(state for state in ("broken", "stale", "never read", "snoozed", "fine") if state in line) for line in lines.values()]
    assert states == ["broken", "stale", "never read", "snoozed", "fine"]
    jiangsu = next(line for name, line in lines.items() if "Jiangsu" in name)
    assert "incomplete" in jiangsu
    assert "0.62" in jiangsu
    assert "complete 28, incomplete 1, failed 1" in jiangsu
    assert f"/operations/runs/{made.broken}" in page
    assert not found(page, "//svg[@role='img'][not(@aria-label)]")


def test_what_is_wrong_stands_first_with_its_next_step_and_what_is_snoozed_last(morning: tuple[Store, Made, TestClient]) -> None:
    _store, _made, client = morning
    cards = found(client.get("/operations?lang=en").text, "//article[contains(@class, 'incident')]")
    said = [" ".join(card.text_content().split()) for card in cards]
    assert [("Jiangsu" in text, "Anhui" in text, "Suzhou" in text) for text in said] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert all("Next step: " in text for text in said)
    assert "snoozed until" in said[-1]
    assert "站方已答复" in said[-1]


def test_a_worker_that_is_not_heard_of_any_more_is_told_as_silent(bare_store: Store, bare_client: TestClient) -> None:
    now = datetime.now(UTC)
    operations_sample.fill_work(bare_store, now)
    assert "No worker is heard of" not in bare_client.get("/operations?lang=en").text
    page = rows_of(bare_client.get("/operations/schedule?lang=en").text, "processes")
    assert "heard of" in next(line for name, line in page.items() if "harvest-1" in name)
    assert "silent" in next(line for name, line in page.items() if "harvest-2" in name)
    here = next(each.id for each in workers.listed(bare_store) if each.host == "harvest-1")
    workers.beat(bare_store, here, now - timedelta(minutes=10), "")
    assert "No worker is heard of" in bare_client.get("/operations?lang=en").text


# --- runs ------------------------------------------------------------------------------------------------------------------


def test_pages_of_runs_show_every_run_once(morning: tuple[Store, Made, TestClient]) -> None:
    store, _made, client = morning
    seen, address = list[str](), "/operations/runs"
    while address:
        page = client.get(address).text
        seen += re.findall(r'<th scope="row"><a href="/operations/runs/([^"]+)"', page)
        address = "".join(found(page, "//nav//a[@rel='next']/@href"))
    wanted = [
        run["id"]
        for name in operations_queries.known_sites(store)
        for run in operations_queries.recent_runs(store, [name["id"]], 999)[name["id"]]
    ]
    assert len(seen) == len(set(seen)) == len(wanted) > operations_queries.PAGE
    assert set(seen) == set(wanted)


def test_filters_of_runs_narrow_the_list_as_they_say(morning: tuple[Store, Made, TestClient]) -> None:
    store, made, client = morning
    page = client.get("/operations/runs?site=jiangsu&verdict=incomplete&cause=no-body-container").text
    assert re.findall(r'<th scope="row"><a href="/operations/runs/([^"]+)"', page) == [made.broken]
    running = client.get("/operations/runs?verdict=running").text
    assert re.findall(r'<th scope="row"><a href="/operations/runs/([^"]+)"', running) == [made.running]
    day = datetime.now(UTC).date().isoformat()
    for question in (f"since={day}", f"until={day}", "reach=all"):
        assert client.get(f"/operations/runs?{question}").status_code == 200
    for question, status in (("verdict=perfect", 422), ("since=soon", 422), ("after=xyz", 400), ("sites=jiangsu", 422)):
        assert client.get(f"/operations/runs?{question}").status_code == status, question
    assert operations_queries.run_page(store, RunFilters(first=datetime.max.date())).rows == []


def test_a_run_tells_its_verdict_its_ledger_its_failures_and_its_history(morning: tuple[Store, Made, TestClient]) -> None:
    _store, made, client = morning
    page = client.get(f"/operations/runs/{made.broken}?lang=en").text
    said = words_of(page)
    for words in ("incomplete", "no body container", "Next step", "the least possible: 13", "41 of 43 pages", "at most 2 of 43"):
        assert words in said, words
    assert "6 / 8" in next(iter(rows_of(page, "What the lists had").values()))
    assert "4, 7" in next(iter(rows_of(page, "What the lists had").values()))
    measured = rows_of(page, "This run, and the complete runs")
    assert "0.310" in next(line for name, line in measured.items() if name.startswith("share filled: date"))
    assert "outside its history" in next(line for name, line in measured.items() if name.startswith("share filled: date"))
    assert "https://credit.example.cn/jiangsu/0.html" in page
    assert client.get("/operations/runs/nowhere").status_code == 404


def test_the_log_of_a_run_is_followed_line_by_line_until_it_ends(bare_store: Store, bare_client: TestClient) -> None:
    now = datetime.now(UTC)
    run = bare_store.begin_run("jiangsu", ["tzgg"], now)
    run_events.append(bare_store, run, operations_sample.log_of("tzgg", now, 1))
    page = bare_client.get(f"/operations/runs/{run}").text
    log = found(page, "//*[@data-log]")[0]
    address, after = log.get("data-log"), int(log.get("data-after"))
    assert log.get("role") == "log"
    assert after == len(run_events.read(bare_store, run))
    first = bare_client.get(f"{address}?after={after}&lang=en").json()
    assert (first["lines"], first["ended"]) == ([], False)
    run_events.append(bare_store, run, [Event(now, "warning", "failure", {"cause": "timeout", "url": f"<{MARK}>", "section": "tzgg"})])
    told = bare_client.get(f"{address}?after={after}&lang=en").json()
    assert [line["number"] for line in told["lines"]] == [after + 1]
    assert told["lines"][0]["grave"]
    assert "timeout" in told["lines"][0]["text"]
    bare_store.end_run(run, "complete", "", {}, now + timedelta(minutes=1))
    over = bare_client.get(f"{address}?after={after + 1}&lang=en").json()
    assert (over["lines"], over["ended"]) == ([], True)
    assert "data-log" not in bare_client.get(f"/operations/runs/{run}").text, "a run that ended is not asked for"
    assert bare_client.get("/operations/runs/nowhere/events.json").status_code == 404


# --- a site, and what is decided of it ---------------------------------------------------------------------------------------


def test_a_site_shows_the_bad_page_beside_the_good_one_and_what_differs(morning: tuple[Store, Made, TestClient]) -> None:
    _store, made, client = morning
    page = client.get(f"{SITE}?lang=en").text
    gone, came = (found(page, f"//{name}/text()") for name in ("del", "ins"))
    assert any("#zoom" in place for place in gone)
    assert any("article-page" in place for place in came)
    assert f"harvester drift accept jiangsu {made.proposal}" in page
    assert "harvester drift accept jiangsu --all" in page, "the next step of the incident, since what is proposed holds"
    assert "main.article-page div.rich-text" in page
    for number in (made.good, made.bad):
        shown = client.get(f"/operations/specimens/{number}")
        assert f'href="/operations/specimens/{number}"' in page
        assert "&lt;html&gt;" in shown.text
        kept = client.get(f"/operations/specimens/{number}/bytes")
        assert kept.headers["content-disposition"].startswith("attachment")
        assert kept.headers["content-type"] == "application/octet-stream"
        assert kept.content.startswith(b"<html>")
    for drawing in ("runs", "drift"):
        answer = client.get(f"{SITE}/{drawing}.svg?lang=en")
        assert answer.headers["content-type"] == "image/svg+xml"
        assert b"<script" not in answer.content
    promised = rows_of(page, "What the fact sheet says")
    assert "not kept" in promised["drift"]
    assert "not kept" in promised["share filled: date"]
    assert "kept" in rows_of(page, "Promises that the last run kept")["read completely"]


def test_an_incident_is_snoozed_with_a_reason_and_an_end_and_woken_again(broken: TestClient, bare_store: Store) -> None:
    until = (datetime.now(UTC) + timedelta(days=4)).date().isoformat()
    for wrong in ({"reason": "", "until": until}, {"reason": "站方检修", "until": ""}, {"reason": "站方检修", "until": "2020-01-01"}):
        assert send(broken, "snooze", cause="no-body-container", **wrong).status_code == 422
    assert send(broken, "snooze", cause="dns", reason="站方检修", until=until).status_code == 422
    assert incidents.snoozed(bare_store, datetime.now(UTC)) == []
    assert send(broken, "snooze", cause="no-body-container", reason="站方检修", until=until).status_code == 303
    kept = incidents.snoozed(bare_store, datetime.now(UTC))
    assert [(each.site, each.cause, each.reason) for each in kept] == [("jiangsu", "no-body-container", "站方检修")]
    assert "站方检修" in broken.get("/operations").text
    assert "☾" in broken.get(SITE).text
    assert send(broken, "wake", cause="no-body-container").status_code == 303
    assert incidents.snoozed(bare_store, datetime.now(UTC)) == []
    done = [row["action"] for row in audit.entries(bare_store)]
    assert {"snoozed", "woken", "form"} <= set(done)


def test_a_snooze_of_a_site_with_which_nothing_is_wrong_is_shown_and_can_be_woken(bare_store: Store, bare_client: TestClient) -> None:
    now = datetime.now(UTC)
    operations_sample.history(bare_store, "jiangsu", now, 2, {})
    incidents.snooze(bare_store, "jiangsu", "", reason="站方公告停机", by="office", since=now, until=now + timedelta(days=4))
    for path in ("/operations", SITE):
        said = words_of(bare_client.get(f"{path}?lang=en").text)
        assert "nobody is told of every cause until" in said, path
        assert "站方公告停机 (office" in said, path
    assert "Wake: every cause" in words_of(bare_client.get(f"{SITE}?lang=en").text)
    assert send(bare_client, "wake", cause="").status_code == 303
    assert incidents.snoozed(bare_store, now) == []
    assert "nobody is told of" not in bare_client.get("/operations?lang=en").text


def test_the_schedule_of_a_site_is_paused_resumed_and_a_run_asked_for(broken: TestClient, bare_store: Store) -> None:
    assert send(broken, "pause", reason=" ").status_code == 422
    assert send(broken, "pause", reason="迁移").status_code == 303
    assert [(each.job, each.reason) for each in pauses.listed(bare_store)] == [("jiangsu", "迁移")]
    assert "迁移" in broken.get(SITE).text
    refused = send(broken, "run")
    assert refused.status_code == 422
    assert operations_work.queue(bare_store) == []
    assert send(broken, "resume").status_code == 303
    assert send(broken, "run", sweep="true").status_code == 303
    waiting = operations_work.queue(bare_store)
    assert [(row["job"], row["state"], row["arguments"]) for row in waiting] == [("jiangsu", "due", {"sweep": True})]
    assert waiting[0]["asked_by"]
    assert {"paused", "resumed", "run asked for"} <= {row["action"] for row in audit.entries(bare_store)}


def test_a_site_says_that_nobody_is_told_where_no_channel_is_named(broken: TestClient) -> None:
    assert "Nobody is told of incidents: the settings name no channels for alerts" in words_of(broken.get(f"{SITE}?lang=en").text)


def test_who_asks_for_a_run_is_told_whether_a_worker_is_there_to_begin_it(broken: TestClient, bare_store: Store) -> None:
    answer = send(broken, "run")
    told = words_of(broken.get(f"{answer.headers['location']}&lang=en").text)
    assert "It is due now, but no worker is heard of: start one on the machine of the store with harvester worker." in told
    with ExitStack() as held:
        workers.register(bare_store, held, "host", 1, "1", datetime.now(UTC))
        told = words_of(broken.get(f"{answer.headers['location']}&lang=en").text)
        assert "It is due now; the next free worker begins it." in told


def test_a_site_that_rests_shows_when_it_will_be_read_and_not_when_it_would_have_been(broken: TestClient, bare_store: Store) -> None:
    def next_runs() -> str:
        said = words_of(broken.get(f"{SITE}?lang=en").text)
        return said[said.index("Next runs") :][:60]

    now = datetime.now(UTC)
    end = local_day(now + timedelta(days=3))
    assert send(broken, "pause", reason="迁移", until=end.isoformat()).status_code == 303
    first = re.findall(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", next_runs())[0]
    assert first == (end + timedelta(days=1)).isoformat()
    calendar = found(broken.get("/operations/schedule?lang=en").text, "//div[@class='days']/details")
    assert ["/operations/sites/jiangsu" in day.xpath(".//a/@href") for day in calendar][:5] == [False, False, False, False, True]
    line = next(line for name, line in rows_of(broken.get("/operations?lang=en").text, "Each site").items() if "Jiangsu" in name)
    assert first in line
    assert send(broken, "pause", reason="迁移").status_code == 303
    assert "paused until resumed" in next_runs()


def test_a_proposal_that_does_not_hold_on_the_archive_is_not_accepted_and_can_be_refused(broken: TestClient, bare_store: Store) -> None:
    now, run = datetime.now(UTC), operations_queries.recent_runs(bare_store, ["jiangsu"])["jiangsu"][0]["id"]
    _good, bad = operations_sample.put_specimens(bare_store, "jiangsu", run, now)
    number = operations_sample.put_proposal(bare_store, bad, now, "article.nowhere-to-be-found")
    assert send(broken, "accept", proposal="4711").status_code == 422
    assert send(broken, "accept", proposal=str(number)).status_code == 422
    assert [each.state for each in proposals.listed(bare_store)] == ["proposed"]
    assert send(broken, "refuse", proposal=str(number)).status_code == 303
    assert [each.state for each in proposals.listed(bare_store)] == ["refused"]
    assert "proposal refused" in {row["action"] for row in audit.entries(bare_store)}


def test_readers_see_nothing_of_operations_and_decide_nothing(bare_store: Store) -> None:
    people(bare_store)
    house = House(bare_store)
    reader = house.person("rui")
    for address in ("/operations", "/operations/runs", "/operations/schedule", SITE, f"{SITE}/runs.svg", "/operations/specimens/1"):
        assert reader.get(address).status_code == 403, address
        assert house.nobody().get(address).headers["location"].startswith("/login"), address
    assert "/operations" not in reader.get("/").text
    assert 'href="/operations"' in house.person("olga").get("/").text
    assert house.person("olga").get("/operations").headers["cache-control"] == "no-store"


# --- what sites write ------------------------------------------------------------------------------------------------------


def test_nothing_that_a_site_wrote_becomes_markup_on_pages_for_operators(bare_store: Store, bare_client: TestClient) -> None:
    now = datetime.now(UTC)
    bare_client.follow_redirects = True
    run = operations_sample.put_hostile(bare_store, EVERYTHING, now)
    places = ["/operations", "/operations/runs", f"/operations/runs/{run}", SITE, "/operations/schedule", "/operations/specimens/1"]
    for place in places:
        answer = bare_client.get(place)
        assert answer.status_code == 200, place
        hold(answer.text, place)
    lines = bare_client.get(f"/operations/runs/{run}/events.json").json()["lines"]
    assert len(lines) == len(EVERYTHING)
    assert not [line for line in lines if INVISIBLE.search(line["text"].replace("\t", " ")) or len(line["text"]) > LONGEST]


# --- a year ------------------------------------------------------------------------------------------------------------------


def test_pages_over_a_year_of_ten_sites_take_less_than_a_fifth_of_a_second(bare_store: Store, bare_client: TestClient) -> None:
    run = operations_sample.put_year(bare_store, datetime.now(UTC))
    own = (f"/operations/runs/{run}", f"/operations/runs/{run}/events.json?after=10", "/operations/sites/site0")
    for place in ("/operations", "/operations/runs", "/operations/runs?verdict=failed", "/operations/schedule", *own):
        bare_client.get(place)
        took = []
        for _again in range(3):
            begun = time.process_time()
            assert bare_client.get(place).status_code == 200, place
            took.append(time.process_time() - begun)
        assert min(took) < 0.2, (place, took)
