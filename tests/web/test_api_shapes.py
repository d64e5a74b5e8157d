"""What the API answers has the shape that it says, field by field, and the rows of the command line."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema_rs import Draft202012Validator

from harvester.web.api import contract, described
from storage.store import Store
from tests.web.asking_api import API, Known, everything, told


@pytest.fixture(scope="module")
def known(shared_store: Store) -> Known:
    return Known.of(shared_store)


@pytest.fixture(scope="module")
def document(shared_client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = shared_client.get(contract.ADDRESS).json()
    return found


def schema_of(document: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the schema of the answer of the operation that a path belongs to."""
    bare = path.partition("?")[0]
    templates = [one for one in document["paths"] if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), f"{API}{bare}")]
    best = min(templates, key=lambda one: one.count("{"))
    schema: dict[str, Any] = document["paths"][best]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return schema | {"components": document["components"]}


def test_every_answer_has_the_shape_that_the_contract_says(shared_client: TestClient, known: Known, document: dict[str, Any]) -> None:
    for address in known.addresses:
        answer = shared_client.get(f"{API}{address}")
        assert answer.status_code == 200, (address, answer.text)
        assert answer.headers["content-type"] == "application/json"
        check = Draft202012Validator(schema_of(document, address))
        faults = [f"{fault.instance_path}: {fault.message}" for fault in check.iter_errors(answer.json())]
        assert not faults, (address, faults[:5])


def test_a_field_that_is_lacking_or_too_much_would_be_found(shared_client: TestClient, document: dict[str, Any]) -> None:
    schema, body = schema_of(document, "/tasks"), shared_client.get(f"{API}/tasks?limit=1").json()
    check = Draft202012Validator(schema)
    assert check.is_valid(body)
    row = body["rows"][0]
    assert not check.is_valid(body | {"rows": [row | {"more": 1}]})
    assert not check.is_valid(body | {"rows": [{name: value for name, value in row.items() if name != "text"}]})
    assert not check.is_valid(body | {"rows": [row | {"confidence": "NaN"}]})


LISTS = {
    "/tasks?limit=40": ("tasks", "--limit", "0"),
    "/tasks?all_copies=true&limit=500": ("tasks", "--limit", "0", "--all-copies"),
    "/documents?limit=7": ("documents", "--limit", "0"),
    "/documents?words=信用": ("documents", "--limit", "0", "--words", "信用"),
    "/agencies?limit=9": ("agencies", "--limit", "0"),
    "/agencies?name=市場監管&limit=2": ("agencies", "--limit", "0", "--name", "市場監管"),
    "/notices?limit=2": ("notices", "--limit", "0"),
    "/changes?limit=11": ("changes", "--limit", "0"),
    "/changes?all=true&limit=500": ("changes", "--limit", "0", "--all"),
    "/works?limit=3": ("works", "list", "--limit", "0"),
    "/search?words=信用&limit=500": ("search", "信用", "--limit", "0"),
    "/coverage": ("coverage",),
    "/runs": ("runs", "--limit", "0"),
}
"""A list, read by pages, and the verb that says the same."""


@pytest.mark.parametrize("address", LISTS)
def test_a_list_has_the_rows_of_the_command_line_with_every_field(shared_store: Store, shared_client: TestClient, address: str) -> None:
    rows, said = everything(shared_client, address), told(shared_store, *LISTS[address])
    assert said or address == "/coverage"
    key = "seq" if "changes" in address else "work" if "works" in address else "id"
    assert [row for row in rows if rows.count(row) > 1] == [] or "search" in address
    assert sorted(rows, key=lambda row: (str(row.get(key)), str(row.get("name")))) == sorted(
        said, key=lambda row: (str(row.get(key)), str(row.get("name")))
    )


def test_one_thing_is_told_as_the_command_line_tells_it(shared_store: Store, shared_client: TestClient, known: Known) -> None:
    old, new = f"{known.changed}@1", f"{known.changed}@2"
    assert shared_client.get(f"{API}/compare?old={old}&new={new}").json() == told(shared_store, "diff", old, new)
    papers = (known.document, known.changed)
    aligned = shared_client.get(f"{API}/align", params={"papers": papers}).json()
    assert aligned == told(shared_store, "align", *papers)
    dossier = told(shared_store, "dossier", known.code)
    assert shared_client.get(f"{API}/dossiers/{known.code}").json() == dossier
    assert dossier["notices"]
    versions = told(shared_store, "versions", known.changed)
    assert everything(shared_client, f"/documents/{known.changed}/versions") == versions
    work = told(shared_store, "works", "show", known.document)[0]
    assert {name: value for name, value in shared_client.get(f"{API}/works/{known.work}").json().items() if name != "address"} == work


def test_every_field_is_described_in_both_languages(document: dict[str, Any]) -> None:
    shapes = document["components"]["schemas"]
    assert len(shapes) > 40
    for name, shape in shapes.items():
        if "enum" in shape or not shape.get("properties") or name.startswith("Body_"):
            continue
        for field, said in shape["properties"].items():
            assert said["description"].strip(), (name, field)
            assert re.search("[\u4e00-\u9fff]", said[described.ZH]), (name, field)
    for path, method, operation in contract.operations(document):
        assert operation["summary"], (path, method)
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (path, parameter["name"])


def test_nothing_is_told_again_that_is_told_for_all() -> None:
    said = described.texts()
    again = [(chapter, name) for chapter, fields in said.items() for name, text in fields.items() if text == said["common"].get(name)]
    assert [each for each in again if each[0] not in ("common", "asked")] == []


def test_nothing_is_described_that_no_model_has() -> None:
    used: dict[str, set[str]] = {}

    def collect(model: type[described.Described]) -> None:
        for each in model.__subclasses__():
            for chapter in {getattr(one, "chapter", "") for one in each.__mro__} | {"common"}:
                used.setdefault(chapter, set()).update(info.alias or name for name, info in each.model_fields.items())
            collect(each)

    collect(described.Described)
    for chapter, fields in described.texts().items():
        if chapter != "operations":
            assert set(fields) <= used[chapter], (chapter, set(fields) - used[chapter])
