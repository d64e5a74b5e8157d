"""What a page refuses as the API does, and the addresses that stay what they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from lxml import html

from harvester import audited
from storage import queries
from storage.store import Store
from tests.web.people import House, people

LATER = (audited.today() + timedelta(days=2)).isoformat()


def a_task(store: Store) -> str:
    return str(queries.tasks(store)[0]["lasting_id"])


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("/tasks?site=a&site=b", 422), ("/documents?year=2025&year=2026", 422), ("/search?words=a&site=x&site=y", 422),
        ("/changes?site=a&site=b", 400), ("/records?site=a&site=b", 400), ("/changes?entity=task&entity=document", 200),
        ("/tasks?site=nope", 422), ("/documents?site=nope", 422), ("/search?words=a&site=nope", 422), ("/records?site=nope", 400),
        ("/changes?site=nope", 400), ("/records?as_of=", 400), ("/records?as_of=2026-01-01", 400), ("/tasks?utm_source=x", 200),
        ("/tasks?as_of=9999-01-01", 422), (f"/documents?as_of={LATER}", 422), (f"/tasks.json?as_of={LATER}", 422),
    ],
)  # fmt: skip
def test_what_the_api_refuses_is_not_dropped_in_silence_by_a_page(shared_client: TestClient, asked: str, status: int) -> None:
    assert shared_client.get(asked).status_code == status


def test_a_day_ahead_is_refused_in_the_address_of_a_document_and_of_a_task(shared_client: TestClient, shared_store: Store) -> None:
    paper = queries.documents(shared_store)[0]["id"]
    for place in (f"/d/{paper}@{LATER}", f"/t/{a_task(shared_store)}@{LATER}"):
        answer = shared_client.get(place, headers={"accept": "text/html"})
        assert answer.status_code == 422, place
        assert LATER in answer.text


def test_a_frozen_address_of_a_task_pins_both_times_and_is_held_to_what_was_known(shared_client: TestClient, shared_store: Store) -> None:
    task, today = a_task(shared_store), audited.today()
    for place in (f"/t/{task}", f"/t/{task}@{today}"):
        (pinned,) = html.document_fromstring(shared_client.get(place).text).xpath("//input[@id='pinned']/@value")
        moment = datetime.fromisoformat(parse_qs(urlsplit(pinned).query)["known_at"][0])
        assert urlsplit(pinned).path == f"/t/{task}@{today}"
        assert datetime.now(UTC) - timedelta(minutes=5) < moment <= datetime.now(UTC)
        again = shared_client.get(pinned)
        assert again.status_code == 200
        assert html.document_fromstring(again.text).xpath("//input[@id='pinned']/@value") == [pinned]
    assert shared_client.get(f"/t/{task}@{today}?known_at=1990-01-01").status_code == 404
    assert shared_client.get(f"/t/{task}?known_at=nonsense").status_code == 422


def test_the_address_over_a_list_of_a_day_pins_what_was_known_too(shared_client: TestClient) -> None:
    (frozen,) = html.document_fromstring(shared_client.get("/tasks?as_of=2026-06-30").text).xpath("//input[@id='frozen']/@value")
    assert {"as_of", "known_at"} <= set(parse_qs(urlsplit(frozen).query))


def test_search_takes_q_for_words(shared_client: TestClient) -> None:
    boxes = [
        html.document_fromstring(shared_client.get(f"/search?{name}=信用").text).xpath("//main//input/@value") for name in ("q", "words")
    ]
    assert boxes[0] == boxes[1]
    assert "信用" in boxes[0]


def test_only_operators_are_led_to_the_making_of_watches(store: Store) -> None:
    people(store)
    house, task = House(store), a_task(store)
    for name, led in (("olga", True), ("rui", False)):
        client = house.person(name)
        for place in ("/tasks", f"/t/{task}", "/changes"):
            answer = client.get(place)
            assert answer.status_code == 200
            assert ("/watches/new" in answer.text) is led, (name, place)
