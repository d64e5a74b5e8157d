"""Two texts compared, several beside one another: what ``harvester diff`` and ``harvester align`` give programs."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import select

from harvester.aligning import align_stored, alignment_json
from harvester.comparing import compare_stored
from harvester.decisions import stored_decisions
from harvester.errors import WrongCall
from harvester.naming import identifier_of
from harvester.reports.files import comparison_as_json
from harvester.web import problems
from harvester.web.api import routing
from harvester.web.api.answering import answer
from harvester.web.api.asking import Question
from harvester.web.api.shapes.texts import Alignment, Comparison
from harvester.web.room import AnyStore
from normalizers.compare.matters import MAX_PAPERS
from storage.errors import UnknownRecord
from storage.schema import documents
from storage.store import Store

NAME = r"^[a-z0-9]{4,32}(@([0-9]{1,9}|[0-9]{4}-[0-9]{2}-[0-9]{2}))?$"
"""``ID``, ``ID@VERSION``, ``ID@YYYY-MM-DD`` or ``ID@YEAR``."""
Named = Annotated[str, Field(max_length=64, pattern=NAME)]
router = routing.router("texts")


class CompareQuestion(Question):
    """Arguments of ``harvester diff``."""

    chapter: ClassVar[str] = "asked"
    old: Named
    new: Named


class AlignQuestion(Question):
    """Arguments of ``harvester align``."""

    chapter: ClassVar[str] = "asked"
    papers: Annotated[tuple[Named, ...], Field(min_length=2, max_length=MAX_PAPERS)]
    against: Literal["tasks", "paragraphs"] = "tasks"


@router.get("/compare", response_model=Comparison)
def compare(request: Request, store: AnyStore, asked: Annotated[CompareQuestion, Query()]) -> Response:
    """Tell what changed between two documents, versions or editions: tasks, agencies and deadlines first, then the words."""

    def made() -> dict[str, Any]:
        _readable(store, (asked.old, asked.new))
        return comparison_as_json(compare_stored(store, asked.old, asked.new, stored_decisions(store)))

    return answer(request, None, made)


@router.get("/align", response_model=Alignment)
def align(request: Request, store: AnyStore, asked: Annotated[AlignQuestion, Query()]) -> Response:
    """Put papers beside one another that are no versions of each other: a plan and its division table, years, provinces."""

    def made() -> dict[str, Any]:
        _readable(store, asked.papers)
        return alignment_json(align_stored(store, asked.papers, paragraphs=asked.against == "paragraphs"))

    try:
        return answer(request, None, made)
    except WrongCall as error:  # a paper without tasks: what is named is there, and cannot be put beside others
        return problems.of_kind(request, "cannot", str(error))


def _readable(store: Store, names: tuple[str, ...]) -> None:
    """Raise ``UnknownRecord`` for a name that leads nowhere, and for a document that its publisher withdrew."""
    for name in names:
        try:
            found = identifier_of(name, store).partition("@")[0]
        except WrongCall as error:
            raise UnknownRecord(str(error)) from None
        with store.reading() as connection:
            state = connection.execute(select(documents.c.state).where(documents.c.id == found)).scalar_one_or_none()
        if state is None:
            raise UnknownRecord(f"There is no document {found} in the store: list what there is with /api/v1/documents.")
        if state == "withdrawn":
            raise UnknownRecord(f"{found} was withdrawn by its publisher, and what it said is not repeated here: compare another one.")
