"""What all shapes have in common."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field, WithJsonSchema

from harvester.web.api.described import Described

Day = Annotated[date, WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[datetime, WithJsonSchema({"type": "string", "format": "date-time"})]
Amount = Annotated[float, WithJsonSchema({"type": "number"})]
"""An amount in 元: a number of JSON, whole or with 角 and 分."""
Counts = dict[str, int]
State = Literal["live", "moved", "gone", "withdrawn", "repealed"]
Verdict = Literal["complete", "incomplete", "failed", "blocked"]


class Shape(Described):
    """What is answered: every field is there, and no other."""


class PageShape(Shape):
    """A page of rows, or a whole list where ``next`` is null."""

    chapter: ClassVar[str] = "page"
    next: str | None
    total: int | None
    read_as: str | None = None


class Span(Shape):
    """A piece of a text: characters ``start`` up to, not including, ``end``."""

    chapter: ClassVar[str] = "span"
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class FieldProblem(Shape):
    """What is wrong with one parameter."""

    chapter: ClassVar[str] = "problem"
    in_: str = Field(alias="in")
    name: str
    message: str


class Problem(Shape):
    """What went wrong (RFC 9457)."""

    chapter: ClassVar[str] = "problem"
    type: str
    title: str
    status: int
    detail: str
    instance: str
    id: str
    next: str
    errors: list[FieldProblem] = Field(default_factory=list)
    horizon: int = 0
    latest: int = 0
