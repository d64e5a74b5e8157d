"""The pages of tasks: what an address shows, the store says; what is printed answers; what was frozen stays; what went is told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from sqlalchemy import select, update

from harvester.differing import difference
from harvester.moments import FIRST_YEAR, LAST_YEAR
from harvester.web import currency
from harvester.web.due import due
from harvester.web.pages.asked_tasks import NAMES, as_address, filters_of
from harvester.web.pages.task_listing import by_province, pages_around
from storage import facets, queries
from storage.identity import document_id
from storage.schema import documents, tasks
from storage.selection import Filters
from storage.store import Store
from tests.storage.samples import AT, LINES, later, make_derived, put
from tests.web.conftest import client_of

VIEWS = ("list", "table", "timeline", "months")
DOC = document_id("jiangkou", "1")


def links(page: str, *, within: str = "//body") -> list[str]:
    """Return the addresses of this room on a page, in their order, each once."""
    found = html.fromstring(page).xpath(f"{within}//a/@href")
    return list(dict.fromkeys(address for address in found if address.startswith("/")))


def shown(page: str) -> list[str]:
    """Return the tasks of a list, by the addresses that they lead to."""
    return [str(address) for address in html.fromstring(page).xpath('//p[@class="task-text"]/a/@href')]


def total(page: str) -> int:
    found = html.fromstring(page).xpath('string(//p[@class="summing"])')
    return int("".join(c for c in found if c.isdigit()) or 0)


def test_a_list_shows_what_the_store_answers_and_says_how_many(shared_client: TestClient, shared_store: Store) -> None:
    rows = queries.task_page(shared_store, Filters(site="shanghai", limit=30)).rows
    page = shared_client.get("/tasks?site=shanghai").text
    assert shown(page) == [f"/t/{row['lasting_id']}" for row in rows]
    assert total(page) == len(queries.tasks(shared_store, Filters(site="shanghai"))) > 0


@pytest.mark.parametrize("address", ["/tasks", "/tasks?order=due"])
def test_every_facet_leads_to_as_many_tasks_as_it_says(shared_client: TestClient, shared_store: Store, address: str) -> None:
    page = html.fromstring(shared_client.get(address).text)
    facet_links = page.xpath('//nav[contains(@class, "facets")]//a')
    assert len(facet_links) > 8
    for link in facet_links:
        count = int(link.xpath('string(span[@class="n"])').replace(",", ""))
        assert total(shared_client.get(link.get("href")).text) == count, link.get("href")
    assert set(facets.task_facets(shared_store)) >= {"site", "region", "year", "kind", "role", "deadline_kind"}


def test_filters_that_are_set_can_be_taken_away_one_by_one(shared_client: TestClient) -> None:
    page = html.fromstring(shared_client.get("/tasks?site=shanghai&role=lead&words=信用").text)
    without = [dict(parse_qsl(urlsplit(href).query)) for href in page.xpath('//ul[contains(@class, "chosen")]//a/@href')]
    asked = {"site": "shanghai", "role": "lead", "words": "信用"}
    assert {frozenset(each.items()) for each in without} == {frozenset(asked.items()) - {pair} for pair in asked.items()}


@pytest.mark.parametrize("order", ["published", "due"])
def test_pages_lead_through_all_tasks_once_and_back_again(shared_client: TestClient, shared_store: Store, order: str) -> None:
    address, seen, way = f"/tasks?order={order}", [], []
    while address:
        page = shared_client.get(address).text
        seen += shown(page)
        way.append((address, shown(page)))
        following = html.fromstring(page).xpath('//a[@rel="next"]/@href')
        address = str(following[0]) if following else ""
    assert len(way) > 1 or order == "due"
    wanted = [row for row in queries.tasks(shared_store) if order == "published" or (row["deadline"] and row["deadline"]["end"])]
    assert sorted(seen) == sorted(f"/t/{row['lasting_id']}" for row in wanted)
    for (_address, before), (after, _shown) in pairwise(way):
        (back,) = html.fromstring(shared_client.get(after).text).xpath('//a[@rel="prev"]/@href')
        assert shown(shared_client.get(str(back)).text) == before


@settings(max_examples=30, deadline=None)
@given(cursors=st.lists(st.text("abcXYZ019_-", min_size=1, max_size=12), min_size=1, max_size=30))
def test_property_who_goes_on_and_back_is_where_he_was(cursors: list[str]) -> None:
    after, back = "", ""
    for following in cursors:
        pages = pages_around("/tasks", {}, after, back, following)
        query = dict(parse_qsl(urlsplit(pages.older).query))
        before, after, back = (after, back), query["after"], query.get("back", "")
        newer = dict(parse_qsl(urlsplit(pages_around("/tasks", {}, after, back, "").newer).query))
        assert (newer.get("after", ""), newer.get("back", "")) == (before[0], before[1]) or len(before[1].split(".")) >= 19


def test_timeline_and_months_say_what_the_lists_behind_their_numbers_hold(shared_client: TestClient) -> None:
    page = html.fromstring(shared_client.get("/tasks?view=timeline").text)
    rows = page.xpath('//table[contains(@class, "narrow")]/tbody/tr')
    assert rows
    for row in rows[:4]:
        assert total(shared_client.get(row.xpath("string(th/a/@href)")).text) == int(row.xpath("string(td)"))
    cells = html.fromstring(shared_client.get("/tasks?view=months").text).xpath('//table[@class="heat"]//td/a')
    for cell in cells[:4]:
        assert total(shared_client.get(cell.get("href")).text) == int(cell.text)


def test_each_view_and_form_answers_and_none_has_a_script_or_style_of_its_own(shared_client: TestClient) -> None:
    for view in VIEWS:
        page = shared_client.get(f"/tasks?view={view}").text
        assert not re.search(r"\sstyle=|<style|<script(?! src=)|javascript:|\son[a-z]+=", page)
    assert shared_client.get("/tasks.exe").status_code == 404


def test_each_file_holds_the_tasks_of_its_question(shared_client: TestClient, shared_store: Store) -> None:
    rows = queries.tasks(shared_store, Filters(site="shanghai"))
    told = shared_client.get("/tasks.csv?site=shanghai")
    assert told.headers["content-type"].startswith("text/csv")
    assert "attachment" in told.headers["content-disposition"]
    assert all(f"/t/{row['lasting_id']}" in told.text for row in rows)
    assert shared_client.get("/tasks.json?site=shanghai").json()["total"] == len(rows)
    assert shared_client.get("/tasks.csv?after=x").status_code == 422


def test_what_a_page_prints_answers(shared_client: TestClient) -> None:
    for address in (each for each in links(shared_client.get("/tasks?site=shanghai&role=lead").text, within="//main") if "/t/" in each):
        assert shared_client.get(address).status_code == 200


@pytest.mark.parametrize(
    "asked",
    ["year=26", "due_from=2026-13-01", "due_from=2026-12-01&due_to=2026-01-01", "role=boss", "region=31", "deadline_kind=x", "known_at=x"],
)
def test_what_is_no_value_of_a_filter_is_refused_with_a_sentence(shared_client: TestClient, asked: str) -> None:
    answer = shared_client.get(f"/tasks?{asked}")
    assert answer.status_code == 422
    assert "<html" in answer.text or answer.json()["detail"]


@settings(max_examples=60, deadline=None)
@given(
    filters=st.builds(
        Filters, site=st.sampled_from(["", "shanghai"]), region=st.sampled_from(["", "310000"]), agency=st.text(max_size=20).map(str.strip),
        role=st.sampled_from(["", "lead"]), year=st.none() | st.integers(FIRST_YEAR, LAST_YEAR), words=st.text(max_size=20).map(str.strip),
        due_from=st.none() | st.just(date(2026, 1, 1)), due_to=st.none() | st.just(date(2026, 2, 1)), all_copies=st.booleans(),
        as_of=st.none() | st.dates(date(1949, 1, 1), AT.date()), known_at=st.none() | st.just(datetime(2026, 6, 1, 8, tzinfo=AT.tzinfo)),
    )
)  # fmt: skip
def test_property_a_question_comes_back_from_its_address(filters: Filters) -> None:
    told = {
        name: "1" if value is True else value.isoformat() if isinstance(value, date) else str(value)
        for name, value in as_address(filters).items()
    }
    assert set(told) <= set(NAMES)
    assert filters_of(told, "zh") == filters


# --- one task ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(store: Store) -> str:
    return store.begin_run("jiangkou", ["notices"], AT, region="310000")


def lasting(store: Store, text: str) -> str:
    t = tasks.c
    with store.reading() as connection:
        return str(connection.execute(select(t.lasting_id).where(t.document_id == DOC, t.text == text)).scalar())


def test_hostile_words_are_words(store: Store, run: str) -> None:
    lines = ("推进\u202e倒写\u2069字样<script>alert(1)</script>的清理", "</textarea><img src=x onerror=alert(2)>整治名称", *LINES)
    put(store, run, "1", make_derived('通知\u202e<b>标题</b>"onload="alert(3)', lines), differ=difference)
    with client_of(store) as client:
        paths = [f"/tasks?document={DOC}&view={view}" for view in VIEWS]
        paths += [f"/t/{DOC}.k1", f"/t/{DOC}.k2", f"/t/{DOC}.k1/history", "/", '/tasks?words="><img src=x onerror=alert(1)>']
        for path in paths:
            page = client.get(path).text
            assert "\u202e" not in page
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "<b>标题" not in page
        assert "⟨U+202E⟩倒写" in client.get(f"/t/{DOC}.k1").text


def test_a_task_says_what_its_document_says_and_leads_there(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(), differ=difference)
    with client_of(store) as client:
        page = client.get(f"/t/{lasting(store, LINES[0])}").text
        assert LINES[0] in page
        assert "2024-09-30" in page
        assert "/a/a0001" in page
        assert f"/d/{DOC}/tab1.r2" in page
        assert "这里不对" in page
        moved = client.get(f"/t/{DOC}.1.t1")
        assert (moved.status_code, moved.headers["location"]) == (308, f"/t/{DOC}.k1")
        for wrong in (f"/t/{DOC}.k99", "/t/nothing", "/t/d0.1.t1", f"/t/{DOC}.k1@2024-13-40"):
            assert client.get(wrong).status_code == 404


def test_every_task_that_ever_was_answers_and_says_what_became_of_it(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(), differ=difference)
    gone = lasting(store, LINES[0])
    put(store, run, "1", make_derived(lines=(*LINES[1:], "新设一项工作，明确各方责任")), differ=difference, at=later(1))
    with client_of(store) as client:
        page = client.get(f"/t/{gone}")
        assert page.status_code == 200
        assert "文件中已无此任务" in page.text
        assert "Its document has this task no more" not in page.text
        old = client.get(f"/t/{gone}@2024-04-01").text
        assert "文件中已无此任务" not in old
        assert "2024-04-01" in old
        assert "文件中没有此项任务" in client.get(f"/t/{gone}@2024-05-08").text
        assert client.get(f"/t/{gone}.json").json()["ended"]["how"] == "removed"
        history = client.get(f"/t/{gone}/history").text
        assert "删去" in history or "删除" in history


def test_a_task_that_was_split_names_its_parts(store: Store, run: str) -> None:
    whole = "建立行业信用监测台账，按月通报异常情况；开展诚信主题宣传活动，覆盖全部街道"
    put(store, run, "1", make_derived(lines=(LINES[0], whole, LINES[1])), differ=difference)
    first = lasting(store, whole)
    put(store, run, "1", make_derived(lines=(LINES[0], LINES[2], LINES[3], LINES[1], "补充一项说明")), differ=difference, at=later(1))
    with client_of(store) as client:
        page = client.get(f"/t/{first}").text
        parts = [lasting(store, line) for line in LINES[2:4]]
        assert all(f'href="/t/{part}"' in page or part == first for part in parts)
        assert "拆分" in page or first in parts


def test_of_a_withdrawn_document_no_task_is_shown(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(), differ=difference)
    with store.writing() as connection:
        connection.execute(update(documents).where(documents.c.id == DOC).values(state="withdrawn", state_since=later(2)))
    with client_of(store) as client:
        answer = client.get(f"/t/{DOC}.k1")
        assert answer.status_code == 410
        assert LINES[0] not in answer.text
        assert LINES[0] not in client.get(f"/t/{DOC}.k1.json").text
        assert LINES[0] not in client.get("/tasks?all_copies=1&view=table").text
        for form in ("", ".json", ".csv"):
            answer = client.get(f"/tasks{form}?document={DOC}")
            assert answer.status_code == 410
            assert LINES[0] not in answer.text


def test_a_frozen_answer_stays_when_the_source_changes(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(), differ=difference, at=AT)
    with client_of(store) as client:
        question = f"/tasks?document={DOC}"
        (freeze,) = [link for link in links(client.get(question).text) if "known_at" in link and "as_of" in link]
        before = shown(client.get(freeze).text)
        put(store, run, "1", make_derived(lines=LINES[1:]), differ=difference, at=datetime.now(AT.tzinfo) + timedelta(minutes=5))
        assert len(shown(client.get(question).text)) == len(LINES) - 1
        assert len(before) == len(LINES)
        assert [each.partition("@")[0] for each in shown(client.get(freeze).text)] == [each.partition("@")[0] for each in before]
        assert "已定格" in client.get(freeze).text


def test_a_task_as_it_was_known_names_its_document_as_it_was_called_then(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(title="江口市信用工作要点"), differ=difference, at=AT)
    put(store, run, "1", make_derived("江口市信用工作要点（修订）", LINES[:-1]), differ=difference, at=later(2))
    with client_of(store) as client:
        then = f"/t/{lasting(store, LINES[0])}.json?known_at=2024-05-07T08:00"
        assert client.get(f"/t/{lasting(store, LINES[0])}.json").json()["document"]["title"] == "江口市信用工作要点（修订）"
        told = client.get(then).json()
        assert (told["document"]["title"], told["document"]["version"]) == ("江口市信用工作要点", 1)
        for page in (then.replace(".json", ""), told["address"]):
            assert "江口市信用工作要点" in client.get(page).text
            assert "（修订）" not in client.get(page).text
        past = f"/t/{lasting(store, LINES[0])}/history?known_at=2024-05-07T08%3A00"
        assert past in client.get(then.replace(".json", "")).text
        assert client.get(past).text.count("<time") < client.get(past.partition("?")[0]).text.count("<time")


def test_a_task_that_was_not_known_yet_is_told_to_be_so(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(), differ=difference, at=AT)
    with client_of(store) as client:
        for form in ("", "/history"):
            page = client.get(f"/t/{lasting(store, LINES[0])}{form}?known_at=2020-01-01", headers={"accept": "text/html"})
            assert (page.status_code, "本库尚不知道这条任务" in page.text) == (404, True), form


# --- the overview --------------------------------------------------------------------------------------------------------


def test_an_empty_store_says_what_to_do_next(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'empty.sqlite'}", create=True) as empty, client_of(empty) as client:
        assert "harvester crawl" in client.get("/").text
        for path in ("/tasks", "/tasks?view=timeline", "/tasks?view=months", "/agencies"):
            page = client.get(path)
            assert page.status_code == 200
            assert 'class="empty"' in page.text


def test_the_overview_tells_sites_changes_and_what_is_due(shared_client: TestClient, shared_store: Store) -> None:
    page = shared_client.get("/").text
    for section in currency.sites(shared_store):
        assert currency.told(section, "zh") in page
    assert "昨天以来" in page
    assert "到期" in page


SECTION = currency.Section("x", "某站", "", AT, "complete", AT, AT.date(), 6)


def test_a_quiet_site_and_one_that_was_not_read_are_told_apart() -> None:
    now = datetime.now(AT.tzinfo)
    quiet = replace(SECTION, complete_at=now, newest=now.date() - timedelta(days=9))
    assert (quiet.broken, quiet.quieter) == (False, True)
    assert re.fullmatch(r"来源已 (8|9|10) 天无新文件（通常 6 天）", currency.told(quiet, "zh"))
    for broken in (
        replace(quiet, verdict="blocked"),
        replace(quiet, complete_at=now - timedelta(days=5)),
        replace(quiet, complete_at=None),
    ):
        assert broken.broken
        assert "无新文件" not in currency.told(broken, "zh")


@settings(max_examples=50)
@given(days=st.lists(st.dates(date(2020, 1, 1), date(2026, 1, 1)), max_size=30))
def test_property_what_is_usual_lies_between_the_least_and_the_greatest_gap(days: list[date]) -> None:
    known = sorted(set(days))
    usual = currency.usual_gap(days)
    gaps = [(other - one).days for one, other in pairwise(known)]
    assert (usual is None) == (len(known) < currency.LEAST_DAYS)
    assert usual is None or min(gaps) <= usual <= max(gaps)


@settings(max_examples=50)
@given(end=st.none() | st.dates(), today=st.dates())
def test_property_a_deadline_has_words_and_a_shape_for_each_state(end: date | None, today: date) -> None:
    found = due({"end": end, "kind": "by-date"}, today, "zh")
    assert found.shape
    assert found.words
    assert (found.state == "past") == (end is not None and end < today)


@given(
    cities=st.dictionaries(st.sampled_from(["310115", "320500", "320100", "330100"]), st.integers(1, 9)),
    own=st.dictionaries(st.sampled_from(["310000", "320000", "330000", "100000"]), st.integers(0, 9)),
)
def test_property_a_province_stands_before_its_cities_with_the_count_that_its_link_opens(
    cities: dict[str, int], own: dict[str, int]
) -> None:
    """A province's count has its cities' in it already; one paper that names two cities counts once for the province."""
    provinces = {**own, **{code[:2] + "0000": own.get(code[:2] + "0000", 0) + n for code, n in cities.items()}}
    counts = {code: n for code, n in (provinces | cities).items() if n}
    found = by_province([{"value": code, "count": n} for code, n in counts.items()])
    assert {row["value"]: row["count"] for row in found} == counts
    assert [row["value"] for row in found] == sorted(counts)
    assert [row["value"] for row in found if row.get("indent")] == sorted(cities)
