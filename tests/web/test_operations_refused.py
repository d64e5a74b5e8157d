"""Who may not see the work is told where to log in, or whom to ask, and nothing of what there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from lxml import html

from storage.store import Store
from tests.web import operations_sample
from tests.web.operations_sample import Made
from tests.web.people import House, people

JSON = {"accept": "application/json"}
TEXT = {"accept": "text/plain"}
SECRETS = ("jiangsu", "challenge", "harvest-1", "harvester_", "no-body-container", "王审核")
"""What only operators are told: sites and what is wrong with them, hosts, metrics, who decided."""


@pytest.fixture(scope="module")
def made_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Made]]:
    """Give a room with accounts over a store as operators find it in the morning."""
    folder = tmp_path_factory.mktemp("refused")
    with Store.open(f"sqlite:///{folder / 'room.sqlite'}", archive=Path(folder) / "archive", create=True) as store:
        made = operations_sample.fill(store, datetime.now(UTC), days=5)
        people(store)
        yield House(store), made


def pairs(made: Made) -> list[tuple[str, str]]:
    """Return addresses of what there is, each with one of the same kind of what there is not."""
    return [
        ("/metrics", "/metrics?name=none"),
        ("/operations", "/operations?site=none"),
        ("/operations/runs?site=jiangsu", "/operations/runs?verdict=perfect"),
        (f"/operations/runs/{made.broken}", "/operations/runs/none"),
        (f"/operations/runs/{made.broken}/events.json", "/operations/runs/none/events.json?after=many"),
        ("/operations/sites/jiangsu", "/operations/sites/none"),
        ("/operations/sites/jiangsu/runs.svg", "/operations/sites/none/runs.svg"),
        ("/operations/sites/jiangsu/drift.svg", "/operations/sites/none/drift.svg"),
        (f"/operations/specimens/{made.bad}", "/operations/specimens/4711"),
        (f"/operations/specimens/{made.bad}/bytes", "/operations/specimens/4711/bytes"),
        ("/operations/schedule", "/operations/schedule?day=none"),
    ]


def said_of(client: TestClient, address: str) -> tuple[int, str, str, str]:
    """Return status, kind, caching and what is said in an answer: the words of a page, of a problem all but the address."""
    answer = client.get(address)
    kind = answer.headers["content-type"]
    words = (
        html.document_fromstring(answer.text).xpath("string(//main)")
        if kind.startswith("text/html")
        else answer.text.replace(address.partition("?")[0], "")
    )
    return answer.status_code, kind, answer.headers["cache-control"], " ".join(words.split())


def test_nobody_is_led_to_the_login_and_from_there_back(made_house: tuple[House, Made]) -> None:
    house, made = made_house
    for address, _missing in pairs(made):
        answer = house.nobody().get(address)
        if address.endswith(".json"):
            assert answer.status_code == 401, address
            continue
        assert answer.status_code == 303, address
        where = answer.headers["location"]
        assert where.startswith("/login?next=%2F"), address
        assert not [secret for secret in SECRETS if secret in house.nobody().get(where.partition("?")[0]).text]


def test_a_program_that_is_nobody_s_is_told_to_bring_a_key(made_house: tuple[House, Made]) -> None:
    house, made = made_house
    for address, missing in pairs(made):
        for accept in (JSON, TEXT):
            for asked in (address, missing):
                answer = house.nobody().get(asked, headers=accept)
                assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), asked
                assert answer.headers["cache-control"] == "no-store"
                assert answer.headers["content-type"] == "application/problem+json"
                assert not [secret for secret in SECRETS if secret in answer.text.replace(asked, "")], asked


@pytest.mark.parametrize("who", ["a reader", "a reader's key", "an operator's key for reading"])
def test_a_reader_is_told_the_same_of_what_there_is_and_of_what_there_is_not(made_house: tuple[House, Made], who: str) -> None:
    house, made = made_house
    client = house.person("rui") if who == "a reader" else house.program("rui" if who == "a reader's key" else "olga", "reader")
    for address, missing in pairs(made):
        there, nowhere = said_of(client, address), said_of(client, missing)
        assert there == nowhere, address
        assert there[0] == 403, address
        assert there[2] == "no-store", address
        assert not [secret for secret in SECRETS if secret in there[3]], address


def test_the_page_of_a_refusal_says_for_whom_it_is_and_whom_to_ask(made_house: tuple[House, Made]) -> None:
    house, made = made_house
    client = house.person("rui")
    for lang, words in (("zh", "此处仅供操作员使用。"), ("en", "This is for the role operator.")):
        page = client.get(f"/operations/runs/{made.broken}?lang={lang}").text
        assert words in page
        links = html.document_fromstring(page).xpath("//body//a/@href")
        assert not [link for link in links if link.startswith(("/operations", "/login"))], "neither leads a reader anywhere"
        assert "/account" in links
    assert "请联系操作员" in client.get("/operations?lang=zh").text


def test_an_operator_and_an_operator_s_key_see_all_of_it(made_house: tuple[House, Made]) -> None:
    house, made = made_house
    for client in (house.person("olga"), house.program("olga", "operator")):
        for address, _missing in pairs(made):
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert answer.headers["cache-control"] == ("private, max-age=300" if address.endswith(".svg") else "no-store"), address
        assert "harvester_workers" in client.get("/metrics").text
