"""Every filter by its one name in every way there is: page, its files, API, command line and DataFrame give the same rows."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from harvester import audited
from harvester.cli.main import run
from harvester.errors import WrongCall
from harvester.filtering import parse_as_of
from normalizers.codes import identify
from storage import frames, plain_sql, queries
from storage.errors import RefusedQuestion
from storage.selection import Filters
from storage.store import Store
from tests.storage.notice_samples import FIRM
from tests.web.asking_api import API, everything, told

HTML = {"Accept": "text/html"}
AHEAD = audited.today() + timedelta(days=2)


def asked_of(store: Store) -> dict[str, str]:
    """Return every filter of tasks with a value that holds some of the tasks of a store."""
    row = next(row for row in queries.tasks(store) if row["lead"] and row["deadline"] and row["deadline"]["end"] and row["published_on"])
    kinds = {each["id"]: each["document_kind"] for each in queries.documents(store)}
    end = row["deadline"]["end"]
    return {
        "site": row["site"], "region": row["region"], "agency": row["lead"][0]["name"] or row["lead"][0]["mention"], "role": "lead",
        "due_from": str(end), "due_to": str(end), "document": row["document"], "kind": kinds[row["document"]],
        "year": str(row["published_on"])[:4], "deadline_kind": row["deadline"]["kind"], "words": row["text"][:2],
    }  # fmt: skip


def options(asked: dict[str, str]) -> list[str]:
    """Return the options of the command line that ask for the same."""
    return [part for name, value in asked.items() for part in (f"--{name.replace('_', '-')}", value)]


def of_file(client: TestClient, address: str, asked: dict[str, str], **more: str) -> list[dict[str, Any]]:
    """Return the rows of a file as CSV."""
    answer = client.get(address, params=asked | more)
    assert answer.status_code == 200, (address, asked, answer.text)
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_each_filter_of_tasks_has_one_name_and_gives_the_same_tasks_in_every_way(shared_client: TestClient, shared_store: Store) -> None:
    whole, narrowed = len(queries.tasks(shared_store)), 0
    for name, value in asked_of(shared_store).items():
        asked = {name: value}
        typed = {name: int(value)} if name == "year" else {name: parse_as_of(value)} if name.startswith("due") else asked
        first = {row["id"] for row in queries.tasks(shared_store, Filters(**typed))}
        answers = {
            "API": {row["id"] for row in everything(shared_client, f"/tasks?limit=500&{name}={value}")},
            "file of the API": {row["task"] for row in of_file(shared_client, f"{API}/tasks", asked, format="csv")},
            "file of the page": {row["task"] for row in of_file(shared_client, "/tasks.csv", asked)},
            "JSON of the page": {row["id"] for row in shared_client.get("/tasks.json", params=asked).json()["tasks"]},
            "command line": {row["id"] for row in told(shared_store, "tasks", "--limit", "0", *options(asked))},
            "frame": set(frames.tasks(shared_store, Filters(**typed))["task"]),
        }
        assert {way: rows ^ first for way, rows in answers.items() if rows != first} == {}, asked
        assert first, asked
        narrowed += len(first) < whole
        assert shared_client.get("/tasks", params=asked, headers=HTML).status_code == 200
    assert narrowed >= 6


def test_each_filter_of_documents_and_bodies_gives_the_same_in_every_way(shared_client: TestClient, shared_store: Store) -> None:
    asked = asked_of(shared_store)
    for name in ("site", "region", "kind", "year", "words"):
        one = {name: asked[name]}
        first = {row["id"] for row in everything(shared_client, f"/documents?limit=500&{name}={asked[name]}")}
        assert first == {row["document"] for row in of_file(shared_client, "/documents.csv", one)} != set()
        assert first == {row["id"] for row in told(shared_store, "documents", "--limit", "0", *options(one))}, one
    for name in ("site", "region"):
        one = {name: asked[name]}
        bodies = {row["id"] for row in everything(shared_client, f"/agencies?limit=500&{name}={asked[name]}")}
        assert bodies == {row["id"] for row in told(shared_store, "agencies", "--limit", "0", *options(one))} != set(), one


def test_tasks_that_are_due_first_come_in_the_same_order_on_the_command_line_and_in_the_api(
    shared_client: TestClient, shared_store: Store
) -> None:
    due = [row["id"] for row in everything(shared_client, "/tasks?limit=3&order=due")]
    assert due == [row["id"] for row in told(shared_store, "tasks", "--order", "due", "--limit", "0")]
    assert due[:2] == [row["id"] for row in told(shared_store, "tasks", "--order", "due", "--limit", "2")]
    assert len(due) > 2


def test_an_export_takes_the_filters_of_the_question(shared_store: Store, tmp_path: Any) -> None:
    asked = {name: value for name, value in asked_of(shared_store).items() if name in ("kind", "year", "deadline_kind")}
    file = tmp_path / "tasks.jsonl"
    store = shared_store.url.render_as_string(hide_password=False)
    assert run(["export", "tasks", "--to", str(file), "--store", store, *options(asked), "--counted"]) == 0
    rows = [json.loads(line)["task"] for line in file.read_text(encoding="utf-8").splitlines()]
    assert set(rows) == {row["id"] for row in told(shared_store, "tasks", "--limit", "0", *options(asked))} != set()


@pytest.mark.parametrize("address", ["/tasks", "/tasks.jsonl", "/tasks.json", "/documents", "/documents.csv", "/calendar/tasks.ics"])
def test_a_shared_address_with_the_former_name_asks_the_same(shared_client: TestClient, shared_store: Store, address: str) -> None:
    kind = asked_of(shared_store)["kind"]
    former, now = (shared_client.get(address, params={name: kind}, headers=HTML) for name in ("document_kind", "kind"))
    assert former.status_code == now.status_code == 200
    assert former.text.count("/d/") == now.text.count("/d/")
    both = shared_client.get(address, params={"kind": "plan", "document_kind": "case"}, headers=HTML)
    assert both.status_code == 422, "two values are two questions"


@pytest.mark.parametrize(
    "address",
    [
        "/tasks", "/tasks.csv", "/tasks.json", "/documents", "/documents.jsonl", "/agencies", "/agencies.csv", "/records", "/changes",
        "/changes.atom", "/search", "/calendar/tasks.ics", "/charts/timeline.svg",
    ],
)  # fmt: skip
def test_a_filter_that_nobody_knows_is_refused_with_those_that_there_are(shared_client: TestClient, address: str) -> None:
    refused = shared_client.get(address, params={"bogus": "1"}, headers=HTML)
    assert refused.status_code == 422
    assert "bogus" in refused.text
    assert "region" in refused.text
    passed = {"lang": "en", "utm_source": "mail", "from": "singlemessage"}
    assert shared_client.get(address, params=passed, headers=HTML).status_code == 200, "what others hang on an address says nothing"


@pytest.mark.parametrize("name", ["as_of", "known_at"])
def test_every_way_refuses_a_day_that_lies_ahead_in_the_same_words(
    shared_client: TestClient, shared_store: Store, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = f"lies ahead of today ({audited.today()}): nobody knows yet what will be said then. Write today or a day before."
    for address in (
        "/tasks",
        "/tasks.csv",
        "/documents",
        f"{API}/tasks",
        f"{API}/documents",
        f"{API}/agencies",
        f"{API}/search?words=信用",
    ):
        refused = shared_client.get(address, params={name: str(AHEAD), "lang": "en"} if not address.startswith(API) else {name: str(AHEAD)})
        if "?" in address:
            refused = shared_client.get(f"{address}&{name}={AHEAD}")
        assert refused.status_code == 422, address
        assert words in refused.text, address
    sql = shared_client.post(f"{API}/sql", json={"sql": "SELECT count(*) AS n FROM v_tasks", name: str(AHEAD)})
    assert sql.status_code == 422
    assert words in sql.text
    store = shared_store.url.render_as_string(hide_password=False)
    option = f"--{name.replace('_', '-')}"
    for verb in (["tasks"], ["documents"], ["agencies"], ["search", "信用"], ["sql", "SELECT count(*) AS n FROM v_tasks"]):
        assert run([*verb, option, str(AHEAD), "--store", store]) != 0
        assert words in " ".join(capsys.readouterr().err.split()), verb
    moment: Any = AHEAD if name == "as_of" else audited.datetime.now(audited.UTC) + timedelta(days=2)
    with pytest.raises(RefusedQuestion, match="lies ahead of today"):
        frames.tasks(shared_store, Filters(**{name: moment}))
    with pytest.raises(RefusedQuestion, match="lies ahead of today"):
        plain_sql.ask(shared_store, "SELECT count(*) AS n FROM v_tasks", **{name: moment})
    assert shared_client.get("/tasks", params={name: str(audited.today())}, headers=HTML).status_code == 200, (
        "today is known as far as it is"
    )


def test_a_document_of_a_day_that_lies_ahead_is_refused_in_the_same_words(
    shared_client: TestClient, shared_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    paper = queries.documents(shared_store)[0]["id"]
    compared = shared_client.get(f"{API}/compare", params={"old": paper, "new": f"{paper}@{AHEAD}"})
    assert (compared.status_code, "lies ahead of today" in compared.text) == (404, True), "a name that the API knows nothing by"
    store = shared_store.url.render_as_string(hide_password=False)
    assert run(["diff", paper, f"{paper}@{AHEAD}", "--store", store]) == 2
    assert "lies ahead of today" in capsys.readouterr().err


def test_a_day_ahead_is_no_day_of_the_past() -> None:
    with pytest.raises(WrongCall):
        parse_as_of(str(AHEAD))
    assert parse_as_of(str(audited.today())) == audited.today()


@pytest.mark.parametrize("hyphen", ["", "-"])
def test_an_organisation_code_leads_to_the_dossier_of_its_subject_in_every_way(
    shared_client: TestClient, shared_store: Store, hyphen: str
) -> None:
    code = f"{FIRM.organization_code[:8]}{hyphen}{FIRM.organization_code[8:]}"
    hits = shared_client.get("/find", params={"q": code, "form": "json"}).json()["hits"]
    led = shared_client.get(hits[0]["address"], headers=HTML)
    assert (led.status_code, led.headers["location"]) == (303, f"/s/{FIRM.code}")
    assert shared_client.get(led.headers["location"], headers=HTML).status_code == 200
    assert shared_client.get(f"{API}/dossiers/{code}").json()["code"] == FIRM.code
    dossier = told(shared_store, "dossier", code)
    assert dossier["code"] == FIRM.code
    assert dossier["check"]["valid"]
    assert sum(map(len, dossier["notices"].values())) > 0
    assert {row["id"] for row in told(shared_store, "notices", "--code", code)} >= {
        row["id"] for rows in dossier["notices"].values() for row in rows
    }


def test_an_organisation_code_of_which_nothing_is_shown_has_a_dossier_that_says_so(shared_client: TestClient) -> None:
    code = "404040404"
    assert not identify(code).failures
    opened = shared_client.get("/find", params={"q": code}, headers=HTML)
    assert (opened.status_code, opened.headers["location"]) == (303, f"/s/{code}"), "it is a sure hit, and answers"
    answer = shared_client.get(f"/s/{code}", headers=HTML, params={"lang": "en"})
    assert answer.status_code == 200
    assert "No public record of this subject is shown today." in answer.text
    assert shared_client.get(f"{API}/dossiers/{code}").json()["notices"] == {}
    assert shared_client.get("/s/ABCDEFGHI", headers=HTML).status_code == 400, "nine letters are a word"
