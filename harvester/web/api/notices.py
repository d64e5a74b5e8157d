"""Public credit records and dossiers: only what may be shown today, natural persons reduced, every answer logged before it is shown."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import Response

from harvester import addresses, audited
from harvester.errors import WrongCall
from harvester.record_questions import checked, normal_code
from harvester.record_questions import logged as told_of
from harvester.web.access.trail import shown
from harvester.web.api import routing
from harvester.web.api.answering import answer, download, linked, paged
from harvester.web.api.asking import NoticeQuestion, in_order
from harvester.web.api.common import as_typed, existing, shown_ids
from harvester.web.api.shapes.records import Dossier, NoticePage, NoticeWhole
from harvester.web.room import AnyStore
from storage import notice_queries
from storage.errors import UnknownRecord
from storage.notice_queries import NoticeFilters
from storage.paging import Page
from storage.questions import Notices
from storage.store import Store

Row = dict[str, Any]
_NAMES = {field.name for field in fields(NoticeFilters)}
router = routing.router("records")
NoticeId = Annotated[str, Path(pattern="^n[0-9a-f]{16}$")]
CodeText = Annotated[str, Path(max_length=40, pattern="^[^\\u0000-\\u001f\\u007f/]+$")]


@router.get("/notices", response_model=NoticePage)
def notices(request: Request, store: AnyStore, asked: Annotated[NoticeQuestion, Query()]) -> Response:
    """List public records that may be shown today, the newest first. Natural persons are found by no name, code or word."""
    in_order(asked.since, asked.until)
    wanted = _filters(asked)
    if asked.format != "json":
        existing(store, asked.site, asked.document)
        question = Notices(_filters(asked, limit=asked.limit), audited.today())
        return download(request, question, asked, "records", announce=shown_ids(request, "export", told_of(wanted)), records=True)

    def made() -> Row:
        existing(store, asked.site, asked.document)
        page, read_as = as_typed(asked, ("words", "name", "authority"), lambda one: _page(store, one))
        shown(request, "notices", told_of(wanted), page.rows)
        return paged(request, page, read_as)

    return answer(request, wanted, made, records=True, headers=linked)


def _filters(asked: NoticeQuestion, limit: int | None = None) -> NoticeFilters:
    given = {name: value for name, value in asked if value is not None and name in _NAMES}
    return NoticeFilters(**(given | {"code": code_of(asked.code), "limit": limit}))


def code_of(text: str) -> str:
    """Return a unified code in its normal spelling; raises ``UnknownRecord`` for what is none: nothing is called so."""
    try:
        return normal_code(text)
    except WrongCall as error:
        raise UnknownRecord(str(error)) from None


def _page(store: Store, asked: NoticeQuestion) -> Page:
    return notice_queries.page(store, _filters(asked, limit=asked.size()), today=audited.today(), after=asked.after)


@router.get("/notices/{identifier}", response_model=NoticeWhole)
def notice(request: Request, store: AnyStore, identifier: NoticeId) -> Response:
    """Show one public record and where it is archived."""

    def made() -> Row:
        row = notice_queries.notice(store, identifier, today=audited.today())
        shown(request, "notice", {}, [row])
        return row | {"address": addresses.record(identifier)}

    return answer(request, identifier, made, records=True)


@router.get("/dossiers/{code}", response_model=Dossier)
def dossier(request: Request, store: AnyStore, code: CodeText) -> Response:
    """Show what public sources say of one legal subject today, by any of its codes in any spelling: a search result, no certificate."""
    normal = code_of(code)

    def made() -> Row:
        told = notice_queries.dossier(store, normal, today=audited.today())
        told["check"] = checked(told["code"])
        shown(request, "dossier", {"code": told["code"]}, [row for rows in told["notices"].values() for row in rows])
        return told

    return answer(request, normal, made, records=True)
