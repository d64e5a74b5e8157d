"""A clause, a row, a table: with what stands around it, now, on a day or in a version, and through all versions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from harvester import addresses
from harvester.citations import cited_document
from harvester.citing import citations
from harvester.messages import _
from harvester.reports.pieces import Piece, inline_cells
from harvester.web.access.rights import reader
from harvester.web.pages.asked_once import check_written_day
from harvester.web.reading.asked import asked_of, part_of, task_of, withdrawn
from harvester.web.reading.card import card_of, numbers_of, version_at
from harvester.web.reading.marks import Marks, ShownTable, marks_of, shown, table_of
from harvester.web.reading.resolving import AROUND, Place, resolve, with_tasks
from harvester.web.reading.telling import told_of
from harvester.web.reading.tracing import Step, Trail
from harvester.web.reading.versions import tasks_of
from harvester.web.room import AnyStore, base_of
from harvester.web.shown import page, preference
from normalizers.differences import Fate
from normalizers.records import Block
from storage.days import local_day
from storage.store import Store

router = APIRouter(dependencies=[reader()])

ROWS = 500
"""Rows of a table on one page."""
WORDS = {
    Fate.SAME: "unchanged",
    Fate.CHANGED: "changed",
    Fate.MOVED: "moved",
    Fate.INSERTED: "came in",
    Fate.DELETED: "deleted",
}

From = Annotated[int, Query(alias="from", ge=0, le=10_000_000)]


@router.get("/d/{name}/v{number:int}/{part}")
def part_of_version(request: Request, store: AnyStore, name: str, number: int, part: str, first: From = 0) -> Response:
    """Show a clause as one version has it."""
    return _answer(request, store, name, part, str(number), first)


@router.get("/d/{name}/{part}/history")
def part_history(request: Request, store: AnyStore, name: str, part: str) -> Response:
    """Show a clause through all versions, with what each change brought."""
    asked = asked_of(name)
    if gone := withdrawn(request, store, asked.document):
        return gone
    wanted, at = part_of(part)
    check_written_day(asked.at or at, preference(request, "lang"))
    if place := task_of(store, asked.document, version_at(store, asked.document, asked.at or at), wanted):
        return RedirectResponse(addresses.history(place), status_code=308)
    found = resolve(store, asked.document, wanted, asked.at or at)
    trail = Trail(store, asked.document, numbers_of(store, asked.document))
    steps = [] if found.table else trail.through(found.reading.version, found.part)
    card = card_of(store, asked.document, found.reading.version)
    days = {row["version"]: row["in_force_from"] for row in card.versions}
    lang = preference(request, "lang")
    rows = [_step(trail, step, days, lang) for step in reversed(steps)]
    return page(request, "part_history.html", card=card, place=found, rows=rows, told=told_of(card, lang), called=called(found, lang))


def called(place: Place, lang: str) -> str:
    """Return what a clause is called on its page: its numbers as printed, a table or row by its place, else its address."""
    table, _dot, row = place.name.partition(".r")
    if not table.startswith("tab"):
        return place.part.words or place.name
    number = table.removeprefix("tab")
    return _("Table {n}, row {row}", lang).format(n=number, row=row) if row else _("Table {n}", lang).format(n=number)


@router.get("/d/{name}/{part}")
def part(request: Request, store: AnyStore, name: str, part: str, first: From = 0) -> Response:
    """Show a clause now or on a day (``s3.2@2025-06-30``); one that went says when, and what it became."""
    asked = asked_of(name)
    wanted, at = part_of(part)
    return _answer(request, store, asked.document, wanted, at or asked.at, first)


def _answer(request: Request, store: Store, document: str, part: str, at: str, first: int) -> Response:
    document = asked_of(document).document
    check_written_day(at, preference(request, "lang"))
    if gone := withdrawn(request, store, document):
        return gone
    form = next((form for form in ("json", "txt") if part.endswith(f".{form}")), "")
    wanted = part.removesuffix(f".{form}") if form else part
    if place := task_of(store, document, version_at(store, document, at), wanted):
        return RedirectResponse(place, status_code=308)
    found = resolve(store, document, wanted, at)
    if form:
        return _form(request, found, form)
    return _page(request, store, found, first, at)


def _form(request: Request, found: Place, form: str) -> Response:
    here = base_of(request) + addresses.document(found.reading.document, version=found.reading.version, part=found.name)
    text = "\n".join(part.unit.text for part in found.parts)
    if form == "txt":
        return PlainTextResponse(f"{text}\n\n{here}\n")
    parts = [{"part": part.name, "words": part.words, "text": part.unit.text} for part in found.parts]
    became = found.became.part.name if found.became and found.became.part else None
    told = {"document": found.reading.document, "version": found.reading.version, "part": found.name, "address": here}
    return JSONResponse(told | {"current": found.current, "became": became, "parts": parts})


def _page(request: Request, store: Store, found: Place, first: int, at: str) -> Response:
    reading, lang = found.reading, preference(request, "lang")
    card = card_of(store, reading.document, reading.version)
    tasks = tasks_of(store, reading.document, reading.version)
    marks = marks_of(tasks)
    table = found.name.partition(".")[0]
    block = next((block for block in reading.blocks if block.table is not None and block.address == table), None)
    alone = bool(found.table) or block is not None
    context: dict[str, Any] = {
        "card": card,
        "told": told_of(card, lang),
        "place": found,
        "fate": _fate_told(found, card.versions, lang),
        "called": called(found, lang),
        "above": [] if alone else list(shown(reading, found.above, marks, top=6)),
        "shown": [_table(found, block, marks, first)] if block else list(shown(reading, found.parts, marks)),
        "below": [] if alone else list(shown(reading, found.below, marks, top=6)),
        "first": first,
        "most": ROWS,
        "tasks": with_tasks(found, tasks),
        "here": addresses.document(card.id, version=None if card.latest and found.current else card.number),
        "at": at,
        "cited": citations(
            cited_document(store, f"{card.id}@{card.number}", base_of(request), part=found.name, part_words=found.part.words),
            local_day(datetime.now(UTC)),
        ),
    }
    return page(request, "part.html", **context)


def _table(found: Place, block: Block, marks: Marks, first: int) -> ShownTable:
    """Return a whole table from a row on, or the one row that is meant with those around it."""
    if found.table:
        return table_of(found.reading, block, marks, most=ROWS, first=first)
    row = int(found.name.rpartition(".r")[2]) - 1
    return table_of(found.reading, block, marks, rows=set(range(row - AROUND, row + AROUND + 1)))


def _fate_told(found: Place, versions: tuple[dict[str, Any], ...], lang: str) -> dict[str, Any]:
    """Return what became of a clause whose address the last version has no more, or has for another one."""
    days = {row["version"]: row["in_force_from"] for row in versions}
    out: dict[str, Any] = {"told": "", "part": "", "other": ""}
    if found.became is not None:
        step = found.became
        out |= {"day": days[step.version], "part": step.part.name if step.part else ""}
        out["told"] = (
            _("This address is no more in the text now: since {day} the clause is {name}.", lang)
            if step.part
            else _("This clause is no more in the text: it went with version {version} on {day}.", lang)
        ).format(day=out["day"], name=out["part"], version=step.version)
    if found.other is not None:
        earlier, step = found.other
        out["other"] = _("In version {version} this address named another clause.", lang).format(version=earlier)
        out["other_version"], out["other_part"] = earlier, step.part.name if step.part else ""
    return out


def _step(trail: Trail, step: Step, days: dict[int, Any], lang: str) -> dict[str, Any]:
    """Return one version of a clause for the page: its address there, what the change brought, its words."""
    part, old = step.part, step.old
    renamed = bool(part and old and part.name != old.name)
    cells: Any = ()
    if step.pair is not None and step.fate in (Fate.CHANGED, Fate.MOVED, Fate.DELETED):
        before = trail.versions[trail.versions.index(step.version) - 1]
        cells = inline_cells(step.pair, trail.reading(before).text, trail.reading(step.version).text)
    elif part is not None:
        cells = ((Piece(part.unit.text),),)
    before_version = trail.versions[max(0, trail.versions.index(step.version) - 1)]
    return {
        "version": step.version,
        "day": days[step.version],
        "name": part.name if part else "",
        "told": _("first version", lang) if step.version == trail.versions[0] else _(WORDS[step.fate], lang),
        "renamed": _("{old} became {new}", lang).format(old=old.name, new=part.name) if renamed and part and old else "",
        "cells": cells,
        "compare": addresses.compare(f"{trail.document}@{before_version}", f"{trail.document}@{step.version}")
        if before_version != step.version
        else "",
        "went": part is None,
    }
