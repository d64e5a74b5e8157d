"""The contract of the API is kept under fire: schemathesis asks a served room whatever the contract allows, and what it does not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.testclient import TestClient

from harvester.web import problems
from harvester.web.access.people import Person, Role
from harvester.web.api import contract, routing
from harvester.web.api.described import texts
from harvester.web.reading import versions
from tests.web.asking_api import API

HERE = Path(__file__).parent
SOAK = bool(os.environ.get("HARVESTER_SOAK"))
EXAMPLES = 100 if SOAK else 2
PHASES = {"examples,coverage,fuzzing": 600 if SOAK else 7, "stateful": 300 if SOAK else 6}
"""What schemathesis does, and how many seconds it may take: questions that stand alone, and those that links lead to."""
SETTINGS = """
[checks.positive_data_acceptance]
# 400 tells of cursors, numbers and statements that no schema can describe, 404 and 409 of things that are not there, 410 of what is gone,
# 414 of addresses that are too long altogether. What is wrong by the contract is always 422, and that is not among them.
expected-statuses = ["2xx", 400, 404, 409, 410, 414, 429, 503]

[checks.negative_data_rejection]
expected-statuses = [400, 404, 405, 413, 414, 422, 429, 503]

# Links are those of the contract. What would be guessed of names of fields leads to a thing called None, where a field is null.
[phases.stateful.inference]
algorithms = []
"""


@pytest.mark.parametrize("phases", PHASES)
def test_schemathesis_finds_no_fault_in_a_served_room(served_room: str, tmp_path: Path, phases: str) -> None:
    (tmp_path / "schemathesis.toml").write_text(SETTINGS, encoding="utf-8")
    versions.warm_words()  # as a room that is started does it; the first request would take the time of all
    command = [
        str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(tmp_path / "schemathesis.toml"), "run",
        f"{served_room}{contract.ADDRESS}", "--phases", phases, "--max-examples", str(EXAMPLES), "--max-time", str(PHASES[phases]),
        "--no-shrink", "--continue-on-failure", "--request-timeout", "60", "--seed", "20261122", "--generation-database", "none",
    ]  # fmt: skip
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "tests.web.schemathesis_hooks", "PYTHONPATH": str(HERE.parents[1])}
    limit = PHASES[phases] * 4 + 120
    found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=limit, check=False)
    told = found.stdout[found.stdout.find("= FAILURES =") :] if "= FAILURES =" in found.stdout else found.stdout
    assert found.returncode == 0, told[-8000:] + found.stderr[-2000:]
    asked = re.search(r"([0-9]+) generated", found.stdout)
    assert asked and int(asked[1]) > 0, found.stdout[-2000:]  # how many there are in so little time, a loaded machine decides
    if SOAK and phases == "stateful":
        followed = re.search(r"([0-9]+) covered / ([0-9]+) selected", found.stdout)
        assert followed and int(followed[1]) >= int(followed[2]) * 3 // 4, found.stdout[-2000:]


def test_a_link_leads_from_fields_that_are_never_null(shared_client: TestClient) -> None:
    document = shared_client.get(contract.ADDRESS).json()
    named = {operation["operationId"]: operation for _, _, operation in contract.operations(document)}
    for source, targets in contract.links().items():
        told = named[source]["responses"]["200"]
        for target, parameters in targets.items():
            assert set(told["links"][target]["parameters"]) <= {f"{one['in']}.{one['name']}" for one in named[target]["parameters"]}
            for said in parameters.values():
                for pointer in re.findall(r"(?:body#|^)((?:/\w+)+)", said):
                    field = field_at(document, told["content"]["application/json"]["schema"], pointer)
                    assert field["type"] in ("string", "integer"), (source, target, pointer)


def field_at(document: dict[str, Any], schema: dict[str, Any], pointer: str) -> dict[str, Any]:
    """Return the schema of a field that every answer has; raises ``KeyError`` or ``AssertionError`` for one that may be left out."""
    for step in pointer.split("/")[1:]:
        schema = resolved(document, schema)
        if step.isdecimal():
            schema = schema["items"]
        else:
            assert step in schema["required"], pointer
            schema = schema["properties"][step]
    return resolved(document, schema)


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference within the contract leads to."""
    return document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def test_every_operation_says_what_it_answers_when_something_is_wrong(shared_client: TestClient) -> None:
    document = shared_client.get(contract.ADDRESS).json()
    assert document["openapi"].startswith("3.1")
    named = {operation["operationId"] for _, _, operation in contract.operations(document)}
    assert named == set(texts()["operations"])
    for path, method, operation in contract.operations(document):
        assert path.startswith(API)
        told = operation["responses"]["default"]["content"]
        assert set(told) == {problems.MEDIA_TYPE}, (path, method)
        assert operation["summary"]
        assert all("default" not in one["schema"] or one["schema"]["default"] is not None for one in operation.get("parameters", ()))
    assert "422" not in str([operation["responses"].keys() for _, _, operation in contract.operations(document)])


def test_every_kind_of_problem_has_a_status_a_next_step_and_its_place_on_the_page(shared_client: TestClient) -> None:
    assert set(problems.KINDS) == set(problems.STATUSES) == set(problems.NEXT)
    page = shared_client.get("/api", headers={"Accept": "text/html"}).text
    for kind in problems.KINDS:
        assert f'id="problem-{kind}"' in page, kind


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_tells_every_operation_parameter_and_field_of_the_contract(shared_client: TestClient, lang: str) -> None:
    document = shared_client.get(contract.ADDRESS).json()
    page = shared_client.get(f"/api?lang={lang}", headers={"Accept": "text/html"}).text
    for path, method, operation in contract.operations(document):
        assert f"{method.upper()} {path}" in page
        for parameter in operation.get("parameters", ()):
            assert f"<code>{parameter['name']}</code>" in page
    for name in document["components"]["schemas"]:
        if document["components"]["schemas"][name].get("properties"):
            assert f'id="shape-{name}"' in page
    inside = set(re.findall(r'href="#([^"]+)"', page))
    assert inside <= set(re.findall(r'id="([^"]+)"', page)), "no link within the page leads nowhere"
    assert not re.search(r"(?:src|href)=\"https?://(?!127\.0\.0\.1)", page), "nothing comes from another host"


def test_an_address_that_is_not_there_and_a_method_it_does_not_take_are_problems_too(shared_client: TestClient) -> None:
    for method, path, status, kind in (
        ("GET", "/nothing", 404, "no-such-address"),
        ("PUT", "/tasks", 405, "wrong-method"),
        ("DELETE", "/sql", 405, "wrong-method"),
    ):
        answer = shared_client.request(method, f"{API}{path}")
        assert (answer.status_code, answer.headers["content-type"], answer.json()["id"]) == (status, problems.MEDIA_TYPE, kind)
    assert shared_client.request("OPTIONS", f"{API}/sql").headers["allow"] == "GET, POST"


def test_what_is_to_end_says_so_and_until_when() -> None:
    router = routing.router("ending")

    @router.get("/old", deprecated=True)
    def old(request: Request) -> Response:
        return routing.ending(Response(b"{}"), since="2026-11-01", until="2027-06-01", instead="/api/v1/tasks")

    app = FastAPI()
    app.include_router(router)

    @app.middleware("http")
    async def opened(request: Request, go_on: object) -> Response:
        request.state.person = Person("", Role.READER)
        answer: Response = await go_on(request)  # type: ignore[operator]
        return answer

    answer = TestClient(app).get(f"{API}/old")
    assert answer.headers["deprecation"] == "@1793491200"
    assert answer.headers["sunset"] == "Tue, 01 Jun 2027 00:00:00 GMT"
    assert answer.headers["link"] == '</api/v1/tasks>; rel="successor-version"'
