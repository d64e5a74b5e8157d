"""The API described for people, out of its own contract: what there is, how to page, what goes wrong, examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from harvester.messages import _
from harvester.web import problems
from harvester.web.access.rights import reader
from harvester.web.api import contract
from harvester.web.api.described import ZH
from harvester.web.shown import page, preference
from storage.dictionary import KINDS, Kind

router = APIRouter(dependencies=[reader()])
_KINDS = {"string": Kind.TEXT, "integer": Kind.WHOLE, "number": Kind.NUMBER, "boolean": Kind.TRUTH}
_FORMATS = {"date": Kind.DAY, "date-time": Kind.MOMENT}
_SHAPE = "#/components/schemas/"
MOST_VALUES = 16
"""Words of a choice that are listed."""


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a field of an answer, in the reader's language; ``shape`` is the model that it holds, if it does."""

    name: str
    kind: str
    meaning: str
    values: tuple[str, ...] = ()
    example: str = ""
    shape: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the API."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    fields: tuple[Field, ...]
    shape: str


@router.get("/api")
def api(request: Request) -> HTMLResponse:
    """Show what the API can be asked and what it answers."""
    lang = preference(request, "lang")
    document = contract.document(request.app)
    made = [_operation(path, method, each, lang) for path, method, each in contract.operations(document)]
    tags = {each["operationId"]: each["tags"][0] for _path, _method, each in contract.operations(document)}
    groups = {tag: [each for each in made if tags[each.id] == tag] for tag in contract.TAGS}
    return page(
        request,
        "api.html",
        groups={tag: some for tag, some in groups.items() if some},
        shapes=_shapes(document, lang),
        kinds=[(kind, problems.STATUSES[kind], _of(said, lang)) for kind, said in problems.TITLES.items()],
        files=contract.FILES,
        base=str(request.base_url).rstrip("/"),
    )


def _of(said: Sequence[Any], lang: str) -> str:
    return str(said[0] if lang == "zh" else said[1])


def _operation(path: str, method: str, said: Mapping[str, Any], lang: str) -> Operation:
    fields = [_parameter(each, lang) for each in said.get("parameters", ())]
    body = said.get("requestBody", {}).get("content", {})
    fields += [Field("", kind, "", shape=_shape(one["schema"])) for kind, one in body.items()]
    answer = said["responses"]["200"]["content"].get("application/json", {}).get("schema", {})
    summary = said[f"{ZH}-summary"] if lang == "zh" else said["summary"]
    about = "" if lang == "zh" else said.get("description", "")
    return Operation(said["operationId"], method.upper(), path, summary, about, tuple(fields), _shape(answer))


def _parameter(said: Mapping[str, Any], lang: str) -> Field:
    told = said.get(ZH, "") if lang == "zh" and ZH in said else said.get("description", "")
    if said["in"] == "path":
        told = _("the identifier, in the address", lang)
    return _field(said["name"], said["schema"], told, lang, required=said.get("required", False))


def _field(name: str, schema: Mapping[str, Any], told: str, lang: str, *, required: bool = False) -> Field:
    values = tuple(str(value) for value in _choices(schema) if value != "")[:MOST_VALUES]
    example = next((str(value) for value in schema.get("examples", ())), "")
    default = schema.get("default")
    example = f"{example or default}" if default not in (None, "", [], False) or example else ""
    return Field(name, _kind(schema, lang), told, values, example, _shape(schema), required)


def _choices(schema: Mapping[str, Any]) -> list[Any]:
    found = schema.get("enum") or schema.get("items", {}).get("enum") or ([schema["const"]] if "const" in schema else [])
    return list(found) or [value for one in schema.get("anyOf", ()) for value in _choices(one)]


def _kind(schema: Mapping[str, Any], lang: str) -> str:
    """Return the kind of a value in words: those of the data dictionary."""
    if "anyOf" in schema:
        kinds = [_kind(one, lang) for one in schema["anyOf"] if one.get("type") != "null"]
        nullable = any(one.get("type") == "null" for one in schema["anyOf"])
        return " / ".join(dict.fromkeys(kinds)) + (_(", or null", lang) if nullable else "")
    if schema.get("type") == "array":
        return _("list: {kind}", lang).format(kind=_kind(schema.get("items", {}), lang))
    if (name := _FORMATS.get(schema.get("format", ""))) or (name := _KINDS.get(schema.get("type", ""))):
        return KINDS[name][lang]
    return _shape(schema) or _("object", lang)


def _shape(schema: Mapping[str, Any]) -> str:
    """Return the name of the model that a value is or holds, empty for none."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_SHAPE)
    inside = [*schema.get("anyOf", ()), schema.get("items"), schema.get("additionalProperties")]
    return next((name for one in inside if isinstance(one, dict) and one and (name := _shape(one))), "")


def _shapes(document: Mapping[str, Any], lang: str) -> dict[str, list[Field]]:
    """Return the models with their fields, by name."""
    return {name: list(_fields(shape, lang)) for name, shape in document["components"]["schemas"].items() if shape.get("properties")}


def _fields(shape: Mapping[str, Any], lang: str) -> Iterator[Field]:
    for name, schema in shape["properties"].items():
        yield _field(name, schema, schema.get(ZH, "") if lang == "zh" else schema.get("description", ""), lang)
