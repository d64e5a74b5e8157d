"""The contract of the API: its OpenAPI document, made of the routes and their models, with what both languages say of each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response

from harvester.web import problems
from harvester.web.api import routing
from harvester.web.api.answering import answer
from harvester.web.api.described import ZH, texts
from harvester.web.api.shapes.base import Problem

Json = dict[str, Any]
VERSION = "1.0.0"
"""Of the contract: the first number changes where something that answered before does not any more."""
ADDRESS = "/api/openapi.json"
FILES = {
    "text/csv": "rows with a heading line, formulas neutralised",
    "application/jsonl": "a JSON object a line",
    "application/vnd.apache.parquet": "Apache Parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "a sheet for Excel and WPS",
}
"""What a list is downloaded as; ``storage.streams`` says the same (a test holds both together)."""
ABOUT = (
    "Public credit information of Shanghai, Jiangsu, Zhejiang and Anhui: tasks, documents, bodies, changes, and the public records that "
    "may be shown today. Filters are the options of the command line. Days and moments are ISO 8601; amounts are numbers in yuan. "
    "What goes wrong is told as RFC 9457 has it."
)
TAGS = ("tasks", "documents", "agencies", "records", "changes", "works", "texts", "search", "sites", "sql", "reconcile", "operators")
_METHODS = ("get", "post")
_LINKS = Path(__file__).with_name("links.toml")

router = routing.router("contract", prefix="")


def document(app: FastAPI) -> Json:
    """Return the OpenAPI document of an application's API; it is made once."""
    known: Json | None = getattr(app.state, "contract", None)
    if known is None:
        known = app.state.contract = _made(app)
    return known


def _made(app: FastAPI) -> Json:
    made = get_openapi(title="credit-harvester", version=VERSION, openapi_version="3.1.0", description=ABOUT, routes=app.routes)
    made["servers"] = [{"url": "/"}]
    made["tags"] = [{"name": tag} for tag in TAGS]
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas |= shape.pop("$defs", {}) | {"Problem": shape}
    named = {operation["operationId"]: operation for _, _, operation in operations(made)}
    for operation in named.values():
        _finish(operation)
    for source, targets in links().items():
        named[source]["responses"]["200"]["links"] = {
            target: {"operationId": target, "parameters": _placed(named[target], given)} for target, given in targets.items()
        }
    return made


@cache
def links() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Return where answers lead: by operation and by the one it leads to, what its parameters are had from."""
    return tomllib.loads(_LINKS.read_text(encoding="utf-8"))


def _placed(operation: Json, given: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of a link, each named with its place (``path.identifier``), as runtime expressions."""
    places = {parameter["name"]: parameter["in"] for parameter in operation["parameters"]}
    return {f"{places[name]}.{name}": f"$response.body#{said}" if said.startswith("/") else said for name, said in given.items()}


def operations(contract: Mapping[str, Any]) -> Iterator[tuple[str, str, Json]]:
    """Yield path, method and description of every operation."""
    for path, methods in contract["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield path, method, methods[method]


def _finish(operation: Json) -> None:
    """Say of an operation what the framework does not know: problems, 304, files, 中文, and that null is no default."""
    zh, en, *_ = texts()["operations"][operation["operationId"]]
    operation |= {"summary": en, f"{ZH}-summary": zh}
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        if schema.get("default", "") is None:
            del schema["default"]
        if ZH in schema:
            parameter[ZH] = schema.pop(ZH)
        elif parameter["in"] == "path":
            parameter |= {"description": "the identifier, in the address", ZH: "标识，写在地址中"}
    responses = operation["responses"]
    responses.pop("422", None)
    responses["304"] = {"description": "What If-None-Match names is still so."}
    told = {"schema": {"$ref": "#/components/schemas/Problem"}}
    responses["default"] = {"description": "A problem (RFC 9457).", "content": {problems.MEDIA_TYPE: told}}
    if any(parameter["name"] == "format" for parameter in operation.get("parameters", ())) or "sql" in operation["operationId"]:
        responses["200"]["content"] |= {kind: {"schema": {"type": "string", "description": what}} for kind, what in FILES.items()}
    responses["200"]["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "For If-None-Match; changes when the answer may."}}


@router.get(ADDRESS, include_in_schema=False)
def contract(request: Request) -> Response:
    """Give the OpenAPI document."""
    return answer(request, VERSION, lambda: document(request.app))
