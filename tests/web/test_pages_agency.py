"""The pages of bodies: found by any name, never ranked, with what was before and after them, their tasks and partners."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from fastapi.testclient import TestClient
from lxml import html

from storage import agency_queries, queries
from storage.records import AgencyMember, AgencyName, AgencyRow
from storage.schema import ROLES
from storage.selection import Filters
from storage.store import Store
from tests.web.conftest import client_of


def busiest(store: Store) -> str:
    counts = Counter(body["id"] for row in queries.tasks(store) for role in ROLES for body in row[role] if body["id"])
    return counts.most_common(1)[0][0]


def test_bodies_stand_by_region_and_name_whatever_they_have_to_do(shared_client: TestClient) -> None:
    page = html.fromstring(shared_client.get("/agencies").text)
    for table in page.xpath('//table[@class="bodies"]'):
        names = table.xpath("tbody/tr/th/a/text() | tbody/tr/th/span[@class='unresolved']/text()")
        assert names == sorted(names)
    assert page.xpath("count(//h2)") > 1


def test_the_overview_counts_as_many_bodies_as_their_list(shared_client: TestClient) -> None:
    figure = html.fromstring(shared_client.get("/").text).xpath('string(//dl[@class="figures"][1]//a[@href="/agencies"])')
    total = html.fromstring(shared_client.get("/agencies").text).xpath('string(//p[@class="summing"]/text())')
    assert figure.strip() == "".join(c for c in total if c.isdigit() or c == ",")


def test_every_number_of_a_body_leads_to_as_many_tasks(shared_client: TestClient) -> None:
    page = html.fromstring(shared_client.get("/agencies").text)
    numbers = page.xpath('//table[@class="bodies"]//td/a')
    assert numbers
    for link in numbers[::9][:6]:
        found = html.fromstring(shared_client.get(link.get("href")).text).xpath('string(//p[@class="summing"])')
        assert int("".join(c for c in found if c.isdigit())) == int(link.text)


def test_a_body_is_found_by_a_short_and_by_a_former_name(shared_client: TestClient) -> None:
    for name, wanted in (("发改委", "发展和改革委员会"), ("银保监会", "中国银行保险监督管理委员会")):
        assert wanted in shared_client.get("/agencies", params={"name": name}).text
    assert 'class="empty"' in shared_client.get("/agencies?name=无此机构名").text
    of_region = shared_client.get("/agencies.json", params={"name": "发改委", "region": "310000"}).json()["agencies"]
    assert {row["region"][:2] for row in of_region} == {"31"}


def test_a_body_shows_its_tasks_by_role_and_whom_it_works_with(shared_client: TestClient, shared_store: Store) -> None:
    one = busiest(shared_store)
    page = shared_client.get(f"/a/{one}").text
    counts = agency_queries.roles(shared_store, one)
    for role in ROLES:
        assert counts[role] == len(queries.tasks(shared_store, Filters(agency=one, role=role)))
    together: Counter[str] = Counter()
    for row in queries.tasks(shared_store, Filters(agency=one)):
        together.update({body["id"] or body["mention"] for role in ROLES for body in row[role]} - {one})
    found = agency_queries.partners(shared_store, one)["bodies"]
    assert {row["key"]: row["tasks"] for row in found} == dict(together) if len(together) <= agency_queries.PARTNERS else found
    assert all(f'href="/a/{row["id"]}"' in page for row in found if row["id"])
    assert f"/charts/partners/{one}.svg" in page
    assert f"/calendar/agency/{one}.ics" in page


def test_the_json_of_a_body_says_the_same(shared_client: TestClient, shared_store: Store) -> None:
    one = busiest(shared_store)
    told = shared_client.get(f"/a/{one}.json").json()
    assert told["tasks"] == agency_queries.roles(shared_store, one)
    assert shared_client.get("/a/a000.json").status_code == 404


def test_an_unknown_body_is_answered_with_those_near_it(shared_client: TestClient) -> None:
    answer = shared_client.get("/a/市发改委")
    assert answer.status_code == 404
    assert html.fromstring(answer.text).xpath('//main//a[starts-with(@href, "/a/")]')
    assert "<script>x" not in shared_client.get("/a/<script>x").text


@pytest.fixture
def reformed(store: Store) -> Store:
    end, start = date(2018, 3, 1), date(2018, 3, 2)
    rows = [("b1", "江口工商局", None, end, "b3"), ("b2", "江口质监局", None, end, "b3"), ("b3", "江口市场监管局", start, None, "")]
    found = [
        AgencyRow(one, name, "agency", "310000", "city", first, last, heir, names=(AgencyName(name, "canonical"),))
        for one, name, first, last, heir in rows
    ]
    members = (AgencyMember("江口工商局", None, end), AgencyMember("江口市场监管局", start, None))
    store.load_agencies([*found, AgencyRow("b4", "江口信用联席会议", "group", "310000", "city", members=members)])
    return store


def test_names_through_time_are_linked_both_ways(reformed: Store) -> None:
    with client_of(reformed) as client:
        heir, former, group = (client.get(f"/a/{one}").text for one in ("b3", "b1", "b4"))
    assert 'href="/a/b1"' in heir
    assert 'href="/a/b2"' in heir
    assert 'href="/a/b3"' in former
    assert "2018-03-01" in former
    assert 'href="/a/b1"' in group
    assert 'href="/a/b4"' in heir


def test_a_line_that_leads_back_into_itself_ends(store: Store) -> None:
    pair = [AgencyRow("c1", "甲局", "agency", successor="c2"), AgencyRow("c2", "乙局", "agency", successor="c1")]
    store.load_agencies(pair)
    body = agency_queries.body(store, "c1")
    assert body is not None
    assert [row["id"] for row in body["after"]] == ["c2"]
