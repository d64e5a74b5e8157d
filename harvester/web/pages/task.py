"""A task by its lasting identifier: what it says, where that stands, who does it by when, what became of it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from harvester import addresses, audited
from harvester.citations import cited_document
from harvester.citing import citations
from harvester.messages import _
from harvester.precision import precision_words
from harvester.telling import place
from harvester.telling.phrases import item_number, short_title
from harvester.values import plain
from harvester.web import task_course
from harvester.web.access import subscriptions
from harvester.web.access.rights import reader
from harvester.web.pages.asked_once import check_day, check_once
from harvester.web.pages.asked_tasks import moment_asked
from harvester.web.pages.task_listing import pinned_moment
from harvester.web.reading.asked import withdrawn
from harvester.web.room import AnyStore, base_of
from harvester.web.shown import moment, page, preference
from storage import task_versions
from storage.days import local_day
from storage.errors import UnknownRecord
from storage.explain import explain
from storage.store import Store
from storage.task_versions import Course

router = APIRouter(dependencies=[reader()])

Row = dict[str, Any]

_NAME = re.compile(
    r"(?P<task>[a-z0-9]{4,32}\.(?:k[0-9]{1,9}|[0-9]{1,9}\.t[0-9]{1,9}))(?:@(?P<at>[0-9]{4}-[0-9]{2}-[0-9]{2}))?(?P<json>\.json)?"
)


@router.get("/t/{name}")
def task(request: Request, store: AnyStore, name: str) -> Response:
    """Show a task now, or as its source had it on a day; as JSON under ``.json``. ``ID.2.t7`` leads to its lasting address."""
    lasting, at, as_json = asked_of(store, name, preference(request, "lang"))
    if name.partition("@")[0].removesuffix(".json") != lasting:
        place = addresses.task(lasting, at=at) + (".json" if as_json else "")
        return RedirectResponse(addresses.listing(place, {"known_at": request.query_params.get("known_at")}), status_code=308)
    course = _course(store, lasting, preference(request, "lang"))
    if gone := withdrawn(request, store, course.document["id"]):
        return gone
    known_at = _known_at(request)
    course = _known(course, known_at, preference(request, "lang"))
    at = at or (min(local_day(known_at), audited.today()) if known_at else None)
    row = task_course.version_on(course, at) if at else course.last
    course = task_versions.told_by(store, course, (row or course.last)["version"]) if at else course
    if as_json:
        address = _address(course, at, pinned_moment(known_at) if known_at else "")
        return JSONResponse(plain(_json(course, row, base_of(request) + address, at)))
    return _page(request, store, course, row, at, known_at)


@router.get("/t/{name}/history")
def history(request: Request, store: AnyStore, name: str) -> Response:
    """Show a task through all versions of its document, with what the feed tells of each step."""
    lang = preference(request, "lang")
    lasting, _at, _json_form = asked_of(store, name, lang)
    if name.partition("@")[0] != lasting:
        place = addresses.history(addresses.task(lasting))
        return RedirectResponse(addresses.listing(place, {"known_at": request.query_params.get("known_at")}), status_code=308)
    course = _course(store, lasting, lang)
    if gone := withdrawn(request, store, course.document["id"]):
        return gone
    known_at = _known_at(request)
    course = _known(course, known_at, lang)
    steps = [_step(course, row, lang) for row in reversed(course.said)]
    changes = [each for each in task_course.told_changes(store, course, lang) if known_at is None or each["at"] <= known_at]
    return page(
        request, "task_history.html", course=course, name=_title(course.last, lang), steps=steps,
        changes=changes, known_at=known_at, ended=task_course.ending(store, course, lang),
    )  # fmt: skip


def asked_of(store: Store, name: str, lang: str) -> tuple[str, date | None, bool]:
    """Return the lasting identifier, the day and whether JSON is asked for. Raises ``UnknownRecord`` for what names no task."""
    found = _NAME.fullmatch(name)
    lasting = found["task"] if found else ""
    if found and ".k" not in lasting:
        lasting = task_versions.lasting_of(store, lasting) or ""
    try:
        at = date.fromisoformat(found["at"]) if found and found["at"] else None
    except ValueError:
        lasting, at = "", None
    check_day(at, lang)
    if not found or not lasting:
        raise UnknownRecord(_("There is no task {identifier} here.", lang).format(identifier=name[:60]))
    return lasting, at, bool(found["json"])


def _course(store: Store, lasting: str, lang: str) -> Course:
    course = task_versions.course(store, lasting)
    if course is None:
        raise UnknownRecord(_("There is no task {identifier} here.", lang).format(identifier=lasting))
    return course


def _known_at(request: Request) -> datetime | None:
    """Return the moment by which the store is asked what it knew; raises ``WrongCall``."""
    check_once(request.query_params, ("known_at",), preference(request, "lang"))
    return moment_asked(request.query_params.get("known_at", "").strip(), preference(request, "lang"))


def _known(course: Course, known_at: datetime | None, lang: str) -> Course:
    """Return a task as far as the store knew of it by a moment; raises ``HTTPException`` (404) where it did not know it yet."""
    try:
        return task_course.known_by(course, known_at) if known_at else course
    except UnknownRecord:
        told = _("By {moment} this room did not know the task yet: leave `known_at` out, or write a later moment.", lang)
        raise HTTPException(404, told.format(moment=moment(known_at))) from None


def _page(request: Request, store: Store, course: Course, row: Row | None, at: date | None, known_at: datetime | None) -> Response:
    lang = preference(request, "lang")
    said = row or course.last
    told = explain(store, said["id"])
    shown = task_course.shown(course, said, lang, at)
    mine = f"{course.document['id']}@{said['version']}"
    # What other documents say today is no part of an answer that is held to what was known by then.
    alike = [] if known_at else task_versions.alike(store, course.lasting)
    others = [each | {"same_work": each["work"] == course.document["work"]} for each in alike]
    changes = [each for each in task_course.told_changes(store, course, lang) if known_at is None or each["at"] <= known_at]
    today = local_day(datetime.now(UTC))
    cited = cited_document(store, mine, base_of(request), part=_row_of(shown["place_link"]), part_words=_item(said))
    return page(
        request, "task.html", course=course, row=shown, told=told, at=at, absent=row is None, name=_title(said, lang),
        ended=task_course.ending(store, course, lang), old=_is_old(course, said, at), others=others, where=place(said["address"], lang),
        precision=precision_words(said["deadline"], lang) if said["deadline"] else "", basis=task_course.basis_words(said, lang),
        changes=changes[:5], days=[(each, precision_words(each, lang)) for each in shown["dates"]],
        history=addresses.listing(addresses.history(addresses.task(course.lasting)), {"known_at": request.query_params.get("known_at")}),
        known_at=known_at, calendar=subscriptions.with_key(request, f"/calendar/task/{course.lasting}.ics"), cited=citations(cited, today),
        pinned=base_of(request) + _address(course, at or today, pinned_moment(known_at)),
        as_json=_address(course, at, pinned_moment(known_at) if known_at else "", ".json"),
    )  # fmt: skip


def _item(row: Row) -> str:
    """Return a task's number as citations have it: those are Chinese, whatever language the page is in."""
    return item_number(row["number"], "zh") if row["number"] else ""


def _row_of(link: str) -> str:
    return link.rpartition("/")[2].partition("@")[0]


def _is_old(course: Course, said: Row, at: date | None) -> bool:
    """Tell whether what is shown is not what the last version says."""
    return at is not None and (said is not course.last or bool(course.ended))


def _title(row: Row, lang: str) -> str:
    title = short_title(row["text"])
    return f"{item_number(row['number'], lang)} {title}" if row["number"] else title


def _step(course: Course, row: Row, lang: str) -> Row:
    link = addresses.document(course.document["id"], version=row["version"])
    return task_course.shown(course, row, lang, row["in_force_from"]) | {"version_link": link, "last": row is course.last}


def _address(course: Course, at: date | None, known_at: str, form: str = "") -> str:
    return addresses.listing(addresses.task(course.lasting, at=at) + form, {"known_at": known_at})


def _json(course: Course, row: Row | None, address: str, at: date | None) -> Row:
    hidden = ("lasting_id",)
    return {
        "id": course.lasting,
        "address": address,
        "at": at,
        "task": {name: value for name, value in row.items() if name not in hidden} if row else None,
        "document": course.document,
        "ended": {"how": course.ended, "at": course.ended_at, "on": course.ended_on, "version": course.ended_in, "by": course.ended_by}
        if course.ended
        else None,
        "versions": [{name: each[name] for name in ("version", "change", "known_at", "in_force_from")} for each in course.said],
    }
