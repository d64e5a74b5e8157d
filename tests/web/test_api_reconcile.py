"""The service that matches names of bodies keeps to the W3C Reconciliation Service API 0.2, and is sure only where it may be."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.asking_api import API

HERE = f"{API}/reconcile"


def asked(client: TestClient, **queries: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the candidates of each query, sent as OpenRefine sends them."""
    answer = client.post(HERE, data={"queries": json.dumps(queries, ensure_ascii=False)})
    assert answer.status_code == 200, answer.text
    assert client.get(HERE, params={"queries": json.dumps(queries, ensure_ascii=False)}).json() == answer.json()
    return {name: told["result"] for name, told in answer.json().items()}


def test_the_manifest_names_version_spaces_view_and_suggestions(shared_client: TestClient) -> None:
    told = shared_client.get(HERE).json()
    assert told["versions"] == ["0.2"]
    assert {"name", "identifierSpace", "schemaSpace", "view", "suggest", "defaultTypes"} <= set(told)
    assert told["view"]["url"].endswith("/a/{{id}}")
    entity = told["suggest"]["entity"]
    found = shared_client.get(entity["service_url"] + entity["service_path"], params={"prefix": "上海市发展"}).json()["result"]
    assert "上海市发展和改革委员会" in [one["name"] for one in found]


def test_any_name_of_a_body_is_matched_and_a_name_of_many_is_not(shared_client: TestClient) -> None:
    found = asked(
        shared_client,
        full={"query": "上海市发展和改革委员会"},
        short={"query": "上海市发改委"},
        at_home={"query": "市发改委", "properties": [{"pid": "region", "v": "310000"}]},
        anywhere={"query": "市发展改革委"},
        nobody={"query": "完全没有这样的单位名称啊"},
        wrong={"query": "上海市发展和改草委员会"},
        nothing={},
    )
    for name in ("full", "short", "at_home"):
        assert (found[name][0]["name"], found[name][0]["match"]) == ("上海市发展和改革委员会", True), name
        assert sum(one["match"] for one in found[name]) == 1
    assert not any(one["match"] for one in found["anywhere"] + found["wrong"] + found["nobody"] + found["nothing"])
    assert found["wrong"][0]["name"] == "上海市发展和改革委员会"
    assert 60 <= found["wrong"][0]["score"] < 99
    for some in found.values():
        assert [one["score"] for one in some] == sorted((one["score"] for one in some), reverse=True)
        assert all({"id", "name", "type", "score", "match"} == set(one) for one in some)


def test_limit_and_type_are_kept(shared_client: TestClient) -> None:
    found = asked(shared_client, some={"query": "市发展改革委", "limit": 2}, roles={"query": "上海市发改委", "type": "role"})
    assert len(found["some"]) == 2
    assert all(one["type"][0]["id"] == "role" for one in found["roles"])


@pytest.mark.parametrize(
    "queries", ["xx", "[]", '{"q0": 1}', '{"q0": {"query": 1}}', '{"q0": {"query": "x", "limit": 0}}', "[" * 3000, '{"a": NaN}']
)
def test_what_are_no_queries_is_told_so(shared_client: TestClient, queries: str) -> None:
    answer = shared_client.post(HERE, data={"queries": queries})
    assert (answer.status_code, answer.json()["id"]) == (400, "wrong-queries")


def test_too_many_queries_at_once_are_refused(shared_client: TestClient) -> None:
    many = {f"q{n}": {"query": "x"} for n in range(101)}
    answer = shared_client.post(HERE, data={"queries": json.dumps(many)})
    assert (answer.status_code, answer.json()["id"]) == (400, "wrong-queries")
    assert "100" in answer.json()["detail"]
