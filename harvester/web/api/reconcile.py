"""Bodies as a service that matches names: the W3C Reconciliation Service API 0.2, for OpenRefine and programs.

A match is told as sure only where one body alone bears the name, or the rules that read documents tie the name to one. Everything else is
a candidate with a score below 100, for a person to decide. There is no preview: its frame in another site's page would need this room to
be shown there. https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar

from fastapi import Form, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rapidfuzz import fuzz, process

from harvester.decisions import stored_decisions
from harvester.errors import WrongCall
from harvester.web import problems
from harvester.web.access import forgery
from harvester.web.api import routing
from harvester.web.api.answering import answer
from harvester.web.api.asking import Question
from harvester.web.api.shapes.reconcile import Suggestions
from harvester.web.room import AnyStore, base_of
from normalizers.agencies.resolve import Context, resolve
from normalizers.records import AgencyKind
from normalizers.text.fold import fold
from storage import gazetteer
from storage.store import Store

Row = dict[str, Any]
MOST_QUERIES, MOST_CANDIDATES, USUAL = 100, 50, 5
NEAR = 60
"""Score (0-100, Indel) from which a name that is not quite the same is a candidate."""
TYPES = {kind.value: kind.value for kind in AgencyKind}
REGION, ON = "region", "on"
"""Properties by which a name can be narrowed: the home region of the text it stands in, and its day."""
router = routing.router("reconcile")


class ReconcileQuestion(Question):
    """Queries, as JSON; without them the manifest is told."""

    chapter: ClassVar[str] = "asked"
    queries: Annotated[str, Field(max_length=600)] = ""


class SuggestQuestion(Question):
    """What a name begins with."""

    chapter: ClassVar[str] = "asked"
    prefix: Annotated[str, Field(min_length=1, max_length=200)]
    cursor: Annotated[int, Field(ge=0, le=10_000)] = 0


class Property(BaseModel):
    """A property that narrows a query."""

    model_config = ConfigDict(extra="ignore")
    pid: str
    v: Any = None


class NameQuery(BaseModel):
    """One query of the protocol."""

    model_config = ConfigDict(extra="ignore")
    query: Annotated[str, Field(max_length=200)] = ""
    type: str | list[str] = ""
    limit: Annotated[int, Field(ge=1)] = USUAL
    properties: list[Property] = Field(default_factory=list)

    def value(self, name: str) -> str:
        """Return what a property is given as, empty for none."""
        return next((str(each.v) for each in self.properties if each.pid == name and isinstance(each.v, str | int)), "")


@router.get("/reconcile", response_model=dict[str, Any])
def reconcile(request: Request, store: AnyStore, asked: Annotated[ReconcileQuestion, Query()]) -> Response:
    """Tell the manifest of the service, or answer ``queries``."""
    if not asked.queries:
        return answer(request, None, lambda: manifest(request))
    return _matched(request, store, asked.queries)


@router.post("/reconcile", response_model=dict[str, Any], dependencies=[forgery.harmless()])
def reconciled(request: Request, store: AnyStore, queries: Annotated[str, Form(min_length=2, max_length=50_000)]) -> Response:
    """Answer ``queries``: names, each with its candidates, the best first; ``match`` tells that the first is surely meant."""
    return _matched(request, store, queries)


def _matched(request: Request, store: Store, queries: str) -> Response:
    try:
        return answer(request, queries, lambda: results(store, queries))
    except WrongCall as error:
        return problems.of_kind(request, "wrong-queries", str(error))


@router.get("/reconcile/suggest", response_model=Suggestions)
def suggest(request: Request, store: AnyStore, asked: Annotated[SuggestQuestion, Query()]) -> Response:
    """Suggest bodies of which a name begins with, or holds, what was typed."""
    return answer(request, None, lambda: {"result": suggestions(store, asked.prefix, asked.cursor)})


def manifest(request: Request) -> Row:
    """Return the manifest of the service."""
    base = base_of(request)
    here = f"{base}{routing.PREFIX}/reconcile"
    return {
        "versions": ["0.2"],
        "name": "公共信用信息中的机构 / Bodies in public credit information",
        "identifierSpace": f"{base}/a/",
        "schemaSpace": f"{base}/api#reconcile",
        "defaultTypes": [{"id": kind, "name": name} for kind, name in TYPES.items()],
        "view": {"url": f"{base}/a/{{{{id}}}}"},
        "suggest": {"entity": {"service_url": base, "service_path": f"{here.removeprefix(base)}/suggest"}},
        "batchSize": MOST_QUERIES,
    }


def results(store: Store, queries: str) -> Row:
    """Return the candidates of each query. Raises ``WrongCall`` for what are no queries of the protocol."""
    try:
        given = json.loads(queries)
        if not isinstance(given, dict):
            raise WrongCall('The queries are no JSON object: write {"q0": {"query": "市发展改革委"}}.')
        asked = {str(name): NameQuery.model_validate(one) for name, one in given.items()}
    except (ValueError, RecursionError, ValidationError):
        raise WrongCall('The queries cannot be read: write {"q0": {"query": "市发展改革委"}} as the protocol has it.') from None
    if len(asked) > MOST_QUERIES:
        raise WrongCall(f"{len(asked)} queries are too many for one answer; send at most {MOST_QUERIES} at once.")
    matcher = Matcher(store)
    return {name: {"result": matcher.candidates(one)} for name, one in asked.items()}


class Matcher:
    """Finds bodies by names; what it reads of the store it reads once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._decisions = stored_decisions(store)
        self._names = [(identifier, name, fold(name)) for identifier, name in gazetteer.every_name(store)]

    def candidates(self, asked: NameQuery) -> list[Row]:
        """Return the candidates of a query, the best first."""
        scored: dict[str, tuple[float, str, str]] = {}
        sure = self._meant(asked)
        if sure:
            scored[sure[0]] = (100.0, sure[1], sure[2])
        for row in gazetteer.bearing(self._store, asked.query):
            scored.setdefault(row["id"], (99.0, row["name"], row["kind"]))
        limit = min(asked.limit, MOST_CANDIDATES)
        if len(scored) < limit and asked.query:
            self._add_near(asked.query, scored, limit)
        wanted = {asked.type} if isinstance(asked.type, str) else set(asked.type)
        kept = [(identifier, *told) for identifier, told in scored.items() if not wanted - {""} or told[2] in wanted]
        kept.sort(key=lambda each: (-each[1], each[2], each[0]))
        single = len([each for each in kept if each[1] >= 99]) == 1
        return [self._told(each, sure=bool(sure and each[0] == sure[0]) or (single and each[1] >= 99)) for each in kept[:limit]]

    def _meant(self, asked: NameQuery) -> tuple[str, str, str] | None:
        """Return the body that the rules for documents tie the name to in the region and on the day of the query."""
        region = asked.value(REGION)
        region = region if len(region) == 6 and region.isdecimal() else ""
        found = resolve(asked.query, Context(region=region, on=_day(asked.value(ON)), decisions=self._decisions))
        return (found.id, found.name, found.kind.value) if found.id and found.name and not found.flags else None

    def _add_near(self, name: str, scored: dict[str, tuple[float, str, str]], limit: int) -> None:
        near = process.extract(fold(name), [each[2] for each in self._names], scorer=fuzz.ratio, limit=limit * 3, score_cutoff=NEAR)
        best: dict[str, float] = {}
        for _, score, at in near:
            best.setdefault(self._names[at][0], min(score, 98.0))
        known = gazetteer.entries(self._store, best.keys() - scored.keys())
        scored |= {identifier: (round(best[identifier], 1), row["name"], row["kind"]) for identifier, row in known.items()}

    @staticmethod
    def _told(found: tuple[str, float, str, str], *, sure: bool) -> Row:
        identifier, score, name, kind = found
        return {"id": identifier, "name": name, "type": [{"id": kind, "name": TYPES.get(kind, kind)}], "score": score, "match": sure}


def suggestions(store: Store, prefix: str, cursor: int) -> list[Row]:
    """Return bodies by a piece of a name, those that begin with it first."""
    wanted = fold(prefix)
    found: dict[str, tuple[bool, str]] = {}
    for identifier, name in gazetteer.every_name(store):
        folded = fold(name)
        if wanted and wanted in folded:
            place = (not folded.startswith(wanted), name)
            found[identifier] = min(found.get(identifier, place), place)
    chosen = sorted(found, key=lambda each: (*found[each], each))[cursor : cursor + 20]
    known: Mapping[str, Row] = gazetteer.entries(store, chosen)
    return [{"id": each, "name": known[each]["name"], "description": found[each][1]} for each in chosen if each in known]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


routing.shared(router)
