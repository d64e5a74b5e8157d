"""The API takes the filters of the command line, by the same names, and no others."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Annotated, Any, get_args, get_origin

import pytest
import typer
from fastapi.testclient import TestClient
from typer.models import ArgumentInfo, OptionInfo

from harvester.web.api.asking import FIRST_YEAR, LAST_YEAR
from storage.store import Store
from tests.web.asking_api import API, Known, told

VERBS: dict[str, tuple[str, str]] = {
    "/tasks": ("querying", "tasks"),
    "/documents": ("querying", "documents"),
    "/agencies": ("querying", "agencies"),
    "/search": ("querying", "search"),
    "/runs": ("querying", "runs"),
    "/notices": ("records", "notices"),
    "/dossiers/{code}": ("records", "dossier"),
    "/coverage": ("records", "coverage"),
    "/changes": ("changes", "changes"),
    "/documents/{identifier}/versions": ("changes", "versions"),
    "/snapshot": ("changes", "snapshot"),
    "/works": ("works", "listing"),
    "/works/{identifier}": ("works", "show"),
    "/compare": ("comparing", "diff"),
    "/align": ("aligning", "align"),
    "/find": ("finding", "find"),
}
"""Operations and the verbs that ask the same."""
OF_THE_MACHINE = {"store", "format", "by", "to", "update", "layout", "language"}
"""Options about where an answer goes, and in which form; who asks is told by the account."""
ELSEWHERE = {
    "/compare": {"all": "the form for people only"},
    "/runs": {"name": "the same as site", **dict.fromkeys(("run", "log", "follow"), "one run, on the pages of operators")},
}
NAMED_OTHERWISE = {"papers": "papers", "words": "words", "text": "q"}


def options(verb: Callable[..., Any]) -> set[str]:
    """Return the names of a verb's options and arguments, as the API would name them."""
    found = set()
    for name, parameter in inspect.signature(verb, eval_str=True).parameters.items():
        kind, *marks = get_args(parameter.annotation) if get_origin(parameter.annotation) is Annotated else (parameter.annotation,)
        info = next((mark for mark in marks if isinstance(mark, OptionInfo | ArgumentInfo)), None)
        if kind is typer.Context:
            continue
        # In Annotated the first name of an option stands where its default would.
        names = (str(info.default), *(info.param_decls or ())) if info else ()
        declared = next((one for one in names if one.startswith("--")), "")
        found.add(declared.removeprefix("--").partition("/")[0].replace("-", "_") or NAMED_OTHERWISE.get(name, name))
    return found


@pytest.mark.parametrize("path", VERBS)
def test_every_option_of_the_verb_is_a_parameter(path: str, shared_client: TestClient) -> None:
    module, name = VERBS[path]
    verb = getattr(import_module(f"harvester.cli.{module}"), name)
    operation = shared_client.get("/api/openapi.json").json()["paths"][f"{API}{path}"]["get"]
    taken = {parameter["name"] for parameter in operation.get("parameters", ())}
    wanted = options(verb) - OF_THE_MACHINE - set(ELSEWHERE.get(path, {}))
    in_path = {"identifier", "code"} & taken
    assert wanted - in_path <= taken, wanted - taken


@pytest.mark.parametrize(
    "filters",
    [
        {"agency": "上海市发展改革委"},
        {"role": "lead"},
        {"site": "zhejiang"},
        {"region": "310000"},
        {"region": "330100"},
        {"due_from": "2026-01-01", "due_to": "2026-12-31"},
        {"words": "信用 修复"},
        {"agency": "上海市發展改革委"},
        {"as_of": "2025-12-31"},
        {"known_at": "yesterday"},
        {"all_copies": "true", "role": "partner"},
    ],
    ids=str,
)
def test_a_filter_of_tasks_finds_what_the_option_finds(shared_store: Store, shared_client: TestClient, filters: dict[str, str]) -> None:
    arguments = [part for name, value in filters.items() for part in (f"--{name.replace('_', '-')}", value) if part != "true"]
    said = told(shared_store, "tasks", "--limit", "0", *arguments)
    rows = shared_client.get(f"{API}/tasks", params=filters | {"limit": "500"}).json()["rows"]
    assert sorted(rows, key=lambda row: row["id"]) == sorted(said, key=lambda row: row["id"])


def test_what_is_no_parameter_or_no_value_is_refused_with_what_to_do(shared_client: TestClient) -> None:
    for query, name in (
        ("agencys=x", "agencys"), ("limit=0", "limit"), ("limit=501", "limit"), ("limit=x", "limit"), ("as_of=2026-02-30", "as_of"),
        ("as_of=20260101", "as_of"), ("as_of=1700000000", "as_of"), (f"as_of={FIRST_YEAR - 1}-01-01", "as_of"),
        (f"as_of={LAST_YEAR + 1}-01-01", "as_of"), ("known_at=somewhen", "known_at"), ("region=31", "region"), ("role=chief", "role"),
        ("site=a&site=b", "site"), ("due_from=2026-02-01&due_to=2026-01-01", ""), ("words=%0a", "words"), ("as_of=", "as_of"),
    ):  # fmt: skip
        answer = shared_client.get(f"{API}/tasks?{query}")
        said = answer.json()
        assert (answer.status_code, said["id"], answer.headers["content-type"]) == (422, "wrong-question", "application/problem+json"), (
            query
        )
        assert name in said["detail"], said
        assert said["next"], said
    for path in ("/sites?x=1", "/notices/n0000000000000000?as_of=2026-01-01"):
        assert shared_client.get(f"{API}{path}").status_code == 422


def test_what_a_filter_names_and_nobody_knows_is_told_to_be_unknown(shared_client: TestClient) -> None:
    for path in ("/tasks?site=nowhere", "/tasks?document=zzzzzzzzzzzz", "/documents/zzzzzzzzzzzz", "/works/zzzzzzzzzzzz", "/agencies/a0",
                 "/changes?agency=没有这个部门啊", "/notices?code=123", "/compare?old=zzzzzzzzzzzz&new=zzzzzzzzzzzz",
                 "/tasks/zzzzzzzzzzzz.k1", "/notices/n0000000000000000", "/documents/zzzzzzzzzzzz/versions"):  # fmt: skip
        answer = shared_client.get(f"{API}{path}")
        assert (answer.status_code, answer.json()["id"]) == (404, "unknown"), path


def test_a_person_is_found_by_nothing_and_named_in_no_problem(shared_client: TestClient) -> None:
    number = "11010519491231002X"
    for path in (f"/notices?code={number}", f"/dossiers/{number}"):
        answer = shared_client.get(f"{API}{path}")
        assert answer.status_code == 404
        assert number not in answer.json()["detail"]
    for name in ("张", "张某"):
        assert shared_client.get(f"{API}/notices", params={"name": name}).json()["rows"] == []
        assert shared_client.get(f"{API}/search", params={"words": name, "kind": "notice"}).json()["rows"] == []


def test_what_was_withdrawn_is_not_repeated(client: TestClient, store: Store) -> None:
    from sqlalchemy import update

    from storage.schema import documents

    known = Known.of(store)
    text = client.get(f"{API}/documents/{known.changed}").json()["text"]
    with store.writing() as connection:
        connection.execute(update(documents).where(documents.c.id == known.changed).values(state="withdrawn"))
    said = client.get(f"{API}/documents/{known.changed}").json()
    assert text and said["state"] == "withdrawn"
    assert (said["text"], said["blocks"], said["task_rows"]) == (None, None, None)
    for path in (f"/tasks?document={known.changed}", f"/tasks?document={known.changed}@1&format=csv", f"/tasks/{known.changed}.k1"):
        assert client.get(f"{API}{path}").status_code in (404, 410), path
    assert client.get(f"{API}/tasks?document={known.changed}").json()["id"] == "gone"
    assert client.get(f"{API}/compare?old={known.changed}@1&new={known.changed}@2").status_code == 404
    assert client.get(f"{API}/align?papers={known.changed}&papers={known.document}").status_code == 404


def test_a_moment_that_utc_cannot_tell_is_a_wrong_question_everywhere(shared_client: TestClient) -> None:
    for path in ("/changes?since=0001-01-01", "/changes?until=0001-01-01", "/changes.atom?since=0001-01-01", "/tasks?known_at=0001-01-01"):
        assert shared_client.get(path).status_code in (400, 422), path
        assert shared_client.get(API + path).status_code in (404, 422), path
    assert shared_client.get("/audit?since=0001-01-01").status_code in (200, 422)
    answer = shared_client.post(f"{API}/sql", json={"sql": "SELECT 1e999 AS a"})
    assert (answer.status_code, answer.json()["rows"]) == (200, [[None]])
