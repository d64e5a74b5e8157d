"""Read-only SQL over the views of the dictionary, and the dictionary itself."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import Field, model_validator

from harvester.web.access import forgery, trail
from harvester.web.api import routing
from harvester.web.api.answering import answer, download, paged
from harvester.web.api.asking import Form, Question, Timed
from harvester.web.api.shapes.sites import Dictionary, SqlAnswer
from harvester.web.room import AnyStore
from storage import dictionary
from storage.paging import Page
from storage.store import Store

Row = dict[str, Any]
USUAL, MOST = 1000, 10_000
SECONDS = 10.0
router = routing.router("sql")


class SqlQuestion(Timed):
    """A statement, and how much of its answer."""

    chapter: ClassVar[str] = "asked"
    sql: Annotated[str, Field(min_length=1, max_length=600)]
    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    format: Form = "json"


class LongSqlQuestion(SqlQuestion):
    """The same, for a statement that is too long for an address."""

    chapter: ClassVar[str] = "asked"
    sql: Annotated[str, Field(min_length=1, max_length=20_000)]

    @model_validator(mode="before")
    @classmethod
    def _said(cls, given: Any) -> Any:  # noqa: ANN401 -- whatever was sent
        if isinstance(given, dict) and (empty := [name for name, value in given.items() if value is None]):
            raise ValueError(f"{empty[0]} is null: leave it out")
        return given


class DictionaryQuestion(Question):
    """The language of the descriptions."""

    chapter: ClassVar[str] = "asked"
    lang: Literal["zh", "en"] = "zh"


@router.get("/sql", response_model=SqlAnswer)
def sql(request: Request, store: AnyStore, asked: Annotated[SqlQuestion, Query()]) -> Response:
    """Answer one SELECT over the views of the dictionary; nothing else can be read, nothing written, and time and rows are limited."""
    return _answered(request, store, asked)


@router.post("/sql", response_model=SqlAnswer, dependencies=[forgery.harmless()])
def long_sql(request: Request, store: AnyStore, asked: LongSqlQuestion) -> Response:
    """The same for a statement that is too long for an address."""
    return _answered(request, store, asked)


def _answered(request: Request, store: Store, asked: SqlQuestion) -> Response:
    from storage import plain_sql  # the parser: these routes alone wait for it

    def ask() -> plain_sql.Answer:
        found = plain_sql.ask(store, asked.sql, limit=asked.limit, seconds=SECONDS, as_of=asked.as_of, known_at=asked.known_at)
        if found.of_records:
            trail.shown_ids(request, "sql", {"words": asked.sql}, found.record_ids(), len(found.rows))
        return found

    def made() -> Row:
        found = ask()
        return {"columns": list(found.columns), "rows": [list(row) for row in found.rows], "cut": found.cut}

    if asked.format != "json":
        return download(request, ask().table, asked, "answer", records=True)
    return answer(request, asked.model_dump(mode="json"), made, records=True)


@router.get("/dictionary", response_model=Dictionary)
def describe(request: Request, asked: Annotated[DictionaryQuestion, Query()]) -> Response:
    """Describe every view and column, in 中文 or English: what SQL can ask, and what downloads hold."""

    def made() -> Row:
        rows = dictionary.entries(asked.lang)
        return paged(request, Page(rows, "", len(rows)))

    return answer(request, None, made)


routing.shared(router)
