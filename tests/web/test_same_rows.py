"""One question about a day, asked in every way there is: page, API, SQL, DataFrame and command line give the same rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from fastapi.testclient import TestClient

from storage import frames, plain_sql, queries
from storage.selection import Filters
from storage.store import Store
from tests.storage.conftest import kind, postgres, store, templates, url  # noqa: F401 -- empty stores of both databases
from tests.storage.samples import AGENCIES, AT, LINES, later, make_derived, put
from tests.web.asking_api import API, everything, told
from tests.web.conftest import client_of

DAYS = (date(2024, 3, 4), date(2024, 3, 10), date(2024, 5, 20), date(2024, 7, 1), None)
MOMENTS = (later(-1), later(1), later(30), None)
CLOCKS = [*((day, None) for day in DAYS), *((None, moment) for moment in MOMENTS[:3]), (DAYS[3], MOMENTS[1])]


@pytest.fixture
def filled(store: Store) -> Store:  # noqa: F811
    """Give a store with a past: a document that changed, one that came late, a copy, and one that is gone."""
    store.load_agencies(AGENCIES)
    run = store.begin_run("jiangkou", ["notices"], AT, region="310000")
    put(store, run, "1", make_derived())
    put(store, run, "2", make_derived("江口市信用修复办法", LINES[2:], document_number="江信办〔2024〕9号", published_on=date(2024, 3, 8)))
    put(store, run, "3", make_derived("江口市诚信宣传安排", LINES[:1], document_number="江信办〔2024〕10号"))
    put(store, run, "1", make_derived(lines=(*LINES[:2], "每周公布通报")), at=later(14))
    put(
        store,
        run,
        "4",
        make_derived("江口市年终安排", LINES[1:3], document_number="江信办〔2024〕30号", published_on=date(2024, 6, 2)),
        at=later(28),
    )
    store.mark_gone("jiangkou", "3", later(40))
    store.end_run(run, "complete", "", {}, later(40))
    return store


def ways(store: Store, client: TestClient, day: date | None, moment: datetime | None) -> Iterator[tuple[str, set[str]]]:  # noqa: F811
    """Yield in which way the tasks of a day were asked for, and the identifiers that were told."""
    query = {name: value.isoformat() for name, value in (("as_of", day), ("known_at", moment)) if value}
    clocks = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in query.items())
    options = [part for name, value in query.items() for part in (f"--{name.replace('_', '-')}", value)]
    yield "questions", {row["id"] for row in queries.tasks(store, Filters(as_of=day, known_at=moment))}
    yield "API", {row["id"] for row in everything(client, f"/tasks?limit=4&{clocks}")}
    file = client.get(f"{API}/tasks?format=csv&{clocks}").content.decode("utf-8-sig")
    yield "file", {row["task"] for row in csv.DictReader(io.StringIO(file, newline=""))}
    sql = "SELECT task FROM v_tasks WHERE counted AND state NOT IN ('withdrawn', 'repealed')"
    yield "SQL", {row[0] for row in plain_sql.ask(store, sql, as_of=day, known_at=moment).rows}
    if day and moment:
        yield "SQL by the API", {row[0] for row in client.post(f"{API}/sql", json={"sql": sql} | query).json()["rows"]}
    yield "frame", set(frames.tasks(store, Filters(as_of=day, known_at=moment))["task"])
    yield "command line", {row["id"] for row in told(store, "tasks", "--limit", "0", *options)}
    page = client.get(f"/tasks?{clocks}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    yield "page", {row["id"] for row in everything(client, f"/tasks?limit=500&{clocks}") if f"/t/{row['lasting_id']}" in page.text}


def test_a_day_and_a_moment_give_the_same_tasks_in_every_way(filled: Store) -> None:
    with client_of(filled) as client:
        seen = set()
        for day, moment in CLOCKS:
            answers = dict(ways(filled, client, day, moment))
            first = answers["questions"]
            assert {way: rows ^ first for way, rows in answers.items() if rows != first} == {}, (day, moment)
            seen.add(frozenset(first))
        assert len(seen) >= 4, "and the past differs from day to day"
        assert frozenset() in seen


def test_a_day_and_a_moment_give_the_same_documents_in_every_way(filled: Store) -> None:
    with client_of(filled) as client:
        for day, moment in CLOCKS:
            query = {name: value.isoformat() for name, value in (("as_of", day), ("known_at", moment)) if value}
            rows = queries.documents(filled, Filters(as_of=day, known_at=moment))
            first = {(row["id"], row["version"], row["state"]) for row in rows}
            answered = client.get(f"{API}/documents", params=query | {"limit": "500"}).json()["rows"]
            assert {(row["id"], row["version"], row["state"]) for row in answered} == first, (day, moment)
            sql = "SELECT document, version, state FROM v_documents WHERE state NOT IN ('withdrawn', 'repealed')"
            assert {tuple(row) for row in plain_sql.ask(filled, sql, as_of=day, known_at=moment).rows} == first, (day, moment)
            frame = frames.documents(filled, Filters(as_of=day, known_at=moment))
            assert set(zip(frame["document"], frame["version"], frame["state"], strict=True)) == first, (day, moment)
            page = client.get("/documents", params=query, headers={"Accept": "text/html"}).text
            assert set(re.findall(r'href="/d/([a-z0-9]+)', page)) >= {row[0] for row in first}, (day, moment)
            for identifier, version, _ in first:
                one = client.get(f"{API}/documents/{identifier}", params=query | {"parts": "text"}).json()
                assert (one["version"], bool(one["text"])) == (version, True), (day, moment)
