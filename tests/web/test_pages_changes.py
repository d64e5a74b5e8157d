"""The feed on pages, as Atom and as JSON Feed, and the watches: the same rows as the command tells."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from lxml import etree, html

from harvester import audited
from harvester.config import Config
from harvester.web.pages import watches as pages_of_watches
from storage import change_queries, deliveries, queries, watches
from storage.change_filters import ChangeFilters
from storage.store import Store

MAIL = {"kind": "mail", "host": "127.0.0.1", "from": "room@example.cn", "to": "a@example.cn", "security": "plain", "port": 1}


def told(page: str) -> list[int]:
    """Return the numbers of the feed that a page shows."""
    return [int(found) for found in re.findall(r'<li id="c(\d+)"', page)]


def token_of(client: TestClient, place: str) -> str:
    return str(html.document_fromstring(client.get(place).text).xpath("//main//input[@name='token']/@value")[0])


def test_the_page_shows_the_rows_of_the_command_the_newest_first_by_day(shared_client: TestClient, shared_store: Store) -> None:
    rows = change_queries.changes(shared_store, ChangeFilters(entities=("text",)), today=audited.today())
    assert rows
    page = shared_client.get("/changes?entity=text").text
    assert sorted(told(page)) == [row["seq"] for row in rows]
    assert "2026" in page or rows[0]["known_at"].strftime("%Y") in page
    assert "/compare?old=" in page


def test_filters_that_may_be_given_again_and_both_clocks_are_those_of_the_command(shared_client: TestClient, shared_store: Store) -> None:
    asked = ChangeFilters(entities=("task", "text"), kinds=("changed", "reworded"), causes=())
    rows = [row["seq"] for row in change_queries.changes(shared_store, asked, today=audited.today())]
    page = shared_client.get("/changes?entity=task&entity=text&kind=changed&kind=reworded&cause=any").text
    assert sorted(told(page)) == rows
    first = rows[0]
    later = shared_client.get(f"/changes?entity=task&entity=text&kind=changed&kind=reworded&cause=any&since={first}").text
    assert sorted(told(later)) == rows[1:]
    assert shared_client.get("/changes?since=2999-01-01").status_code == 200


def test_backwards_the_feed_is_the_same_as_forwards_property(shared_store: Store) -> None:
    today = audited.today()
    for asked in (ChangeFilters(), ChangeFilters(causes=(), copies=True, restated=True, withdrawn=True), ChangeFilters(agency="市数据局")):
        forwards = [(row["seq"], row["effect"], row["roles"]) for row in change_queries.changes(shared_store, asked, today=today)]
        backwards = [(row["seq"], row["effect"], row["roles"]) for row in change_queries.back(shared_store, asked, today=today)]
        assert backwards == forwards[::-1]
        middle = forwards[len(forwards) // 2][0] if forwards else 1
        some = [row["seq"] for row in change_queries.back(shared_store, asked, today=today, before=middle)]
        assert some == [seq for seq, _effect, _roles in reversed(forwards) if seq < middle]


def test_atom_of_a_question_names_itself_and_goes_on_without_a_gap(shared_client: TestClient, shared_store: Store) -> None:
    every = change_queries.changes(
        shared_store, ChangeFilters(causes=(), copies=True, restated=True, withdrawn=True), today=audited.today()
    )
    seen: list[str] = []
    place = "/changes.atom?all=1"
    for _ in range(50):
        feed = etree.fromstring(shared_client.get(place).content)
        links = {link.get("rel"): str(link.get("href")) for link in feed.findall("{*}link")}
        assert links["self"].startswith("http://127.0.0.1/changes.atom")
        seen += [str(entry.findtext("{*}id")) for entry in feed.findall("{*}entry")]
        if "next" not in links:
            break
        parts = urlsplit(links["next"])
        place = f"{parts.path}?{parts.query}"
    assert len(set(seen)) == len({row["entity_id"] if row["entity"] == "notice" else row["seq"] for row in every})


def test_an_entry_of_a_feed_leads_to_the_room_and_from_there_to_its_source(shared_client: TestClient, shared_store: Store) -> None:
    feed = etree.fromstring(shared_client.get("/changes.atom?all=1").content)
    led = set()
    for entry in feed.findall("{*}entry"):
        links = {link.get("rel"): str(link.get("href")) for link in entry.findall("{*}link")}
        place = urlsplit(links["alternate"])
        assert f"{place.scheme}://{place.netloc}" == "http://127.0.0.1"
        assert links.get("via", "http").startswith("http")
        led.add((str(entry.find("{*}category").get("term")), place.path.split("/")[1], links["alternate"], "via" in links))
    assert {(entity, path) for entity, path, _address, _via in led} >= {
        ("task", "t"),
        ("text", "compare"),
        ("document", "d"),
        ("notice", "n"),
    }
    assert all(via for entity, _path, _address, via in led if entity in ("task", "text", "document"))
    for path in ("t", "compare", "d", "n"):
        address = next(address for _entity, other, address, _via in sorted(led) if other == path)
        assert shared_client.get(address).status_code == 200, address
    items = shared_client.get("/changes.json?all=1&entity=task").json()["items"]
    assert all("/t/" in item["url"] and item["external_url"].startswith("http") for item in items)


def test_a_feed_is_called_by_names_of_bodies_titles_of_documents_and_words(shared_client: TestClient, shared_store: Store) -> None:
    row = next(row for row in queries.tasks(shared_store) if any(body["id"] for body in row["responsible"] or row["lead"]))
    body = next(body for body in row["responsible"] or row["lead"] if body["id"])
    asked = {"agency": body["id"], "document": row["document"], "region": "310000", "site": row["site"], "words": "信用"}
    feed = etree.fromstring(shared_client.get("/changes.atom", params=asked).content)
    title = str(feed.findtext("{*}title"))
    assert title.startswith("变更 · ")
    assert {body["name"], row["title"], "上海市", "信用"} <= set(title.split(" · "))
    assert not {body["id"], row["document"], row["site"], "310000"} & set(title.split(" · "))
    assert shared_client.get("/changes.json", params=asked).json()["title"] == title


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "jsonl"])
def test_the_page_of_changes_offers_its_rows_as_files(shared_client: TestClient, form: str) -> None:
    page = html.document_fromstring(shared_client.get("/changes?entity=task").text)
    offered = {str(link.text): str(link.get("href")) for link in page.xpath('//div[contains(@class, "taking")]//a')}
    assert list(offered) == ["CSV", "XLSX", "Parquet", "JSONL", "JSON"]
    address = next(address for address in offered.values() if f".{form}" in address)
    answer = shared_client.get(address)
    assert "no-store" in answer.headers["cache-control"]
    if form == "jsonl":
        assert sorted(json.loads(line)["seq"] for line in answer.content.splitlines()) == sorted(
            told(str(shared_client.get("/changes?entity=task").text))
        )


def test_a_program_follows_the_feed_by_its_numbers_and_is_told_when_it_cannot(shared_client: TestClient, shared_store: Store) -> None:
    last = change_queries.latest(shared_store)
    items = shared_client.get(f"/changes.json?all=1&since={last - 3}").json()["items"]
    assert 0 < len(items) <= 3
    assert shared_client.get(f"/changes.json?since={last + 5}").status_code == 410
    assert shared_client.get(f"/changes?since={last + 5}").status_code == 400


def test_a_question_without_an_answer_says_where_was_looked(shared_client: TestClient) -> None:
    page = shared_client.get("/changes?words=没有这样的词语&lang=en").text
    assert "No such change up to number" in page
    assert "read to the end on" in page


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the settings one channel."""
    config = Config.load(environ={})
    monkeypatch.setattr(pages_of_watches, "settings", lambda _store: type(config)(**{**vars_of(config), "channels": {"mail": MAIL}}))


def vars_of(config: Config) -> dict[str, object]:
    return {name: getattr(config, name) for name in config.__dataclass_fields__}


@pytest.mark.usefixtures("mail")
def test_a_watch_is_made_from_a_question_paused_resumed_and_removed(client: TestClient, store: Store) -> None:
    asked = "/watches/new?agency=市数据局&entity=task&since=yesterday"
    form = client.get(asked).text
    assert "市数据局" in form
    question = str(html.document_fromstring(form).xpath("//input[@name='question']/@value")[0])
    token = token_of(client, asked)
    sent = {"token": token, "question": question, "name": "数据局", "channel": "mail", "period": "weekly", "language": "zh"}
    assert client.post("/watches", data=sent).headers["location"] == "/watches?done=made"
    made = watches.named(store, "数据局")
    assert (made.filters["agency"], made.filters["entities"], "since" in made.filters) == ("市数据局", ["task"], False)
    assert made.cursor == change_queries.latest(store)
    again = client.post("/watches", data=sent)
    assert again.status_code == 422, "there is one of that name"
    for verb, paused in (("pause", True), ("resume", False)):
        client.post(f"/watches/{verb}", data={"token": token, "name": "数据局"})
        assert watches.named(store, "数据局").paused is paused
    refused = client.post("/watches/test", data={"token": token, "name": "数据局"})
    assert refused.status_code == 502, "nothing listens at port 1"
    page = client.get("/watches").text
    assert "数据局" in page
    assert client.post("/watches/remove", data={"token": token, "name": "数据局"}).status_code == 303
    assert watches.listed(store) == []
    assert deliveries.listed(store) == []


@pytest.mark.usefixtures("mail")
@pytest.mark.parametrize(
    ("name", "value"), [("channel", "nowhere"), ("period", "hourly"), ("name", ""), ("name", "两\n行"), ("language", "fr")]
)
def test_a_watch_that_cannot_be_is_not_made(client: TestClient, store: Store, name: str, value: str) -> None:
    sent = {"question": "agency=市数据局", "name": "一", "channel": "mail", "period": "daily", "language": "zh"} | {name: value}
    answer = client.post("/watches", data=sent | {"token": token_of(client, "/watches/new")})
    assert answer.status_code == 422
    assert watches.listed(store) == []


@pytest.mark.parametrize("form", ["atom", "json"])
def test_a_feed_that_is_held_is_not_sent_again_until_something_changes(client: TestClient, store: Store, form: str) -> None:
    first = client.get(f"/changes.{form}")
    held = {"If-None-Match": first.headers["etag"]}
    again = client.get(f"/changes.{form}", headers=held)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert client.get(f"/changes.{form}?entity=task", headers=held).status_code == 200
    with store.writing():
        pass
    assert client.get(f"/changes.{form}", headers=held).status_code == 200
