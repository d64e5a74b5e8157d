"""What a site's fact sheet promises, and how near its last run came to breaking it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from harvester.messages import _, counted
from harvester.web.pages.operations_health import Health, workdays_since
from harvester.web.pages.operations_measures import numbers
from harvester.web.pages.operations_named import called
from spiders.promises import Promises

Row = Mapping[str, Any]
KEPT, NEAR, BROKEN, UNKNOWN = "kept", "nearly broken", "not kept", "not measured"
SHARES = {"unreachable": "unreachable_share"}
"""Promises of a share whose measure is a number."""
NEARNESS = 0.1
"""Within so much of what is promised a promise is nearly broken."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise: what was promised and what the last run had, in words, and whether it is kept."""

    section: str
    promise: str
    promised: str
    had: str
    state: str


def kept(sheet: Any, health: Health, sections: Sequence[Row], now: datetime, lang: str) -> list[Kept]:  # noqa: ANN401 -- any sheet
    """Return the promises of a site with what its last run measured; nothing for a site without a fact sheet."""
    if sheet is None:
        return []
    measured = {row["section"]: row for row in sections}
    found = [_fresh(sheet.promises, health, now, lang)] if sheet.promises.stale_workdays else []
    for section in sheet.sections:
        if row := measured.get(section.id):
            judged = _of_section(section.id, section.promises, row, lang)
            found += judged if is_judged(health, row) else (replace(each, state=UNKNOWN) for each in judged)
    return found


def is_judged(health: Health, row: Row) -> bool:
    """Tell whether a run says anything of promises on a section: one that failed, or whose list did, has a cause of its own."""
    failed = health.last is not None and health.last["verdict"] in ("failed", "blocked")
    return not failed and not row["measures"].get("list_failures")


def _fresh(promises: Promises, health: Health, now: datetime, lang: str) -> Kept:
    said = counted("within {n} working day", "within {n} working days", promises.stale_workdays, lang)
    name = _("read completely", lang)
    if health.complete is None:
        return Kept("", name, said, _("never", lang), BROKEN if health.runs else UNKNOWN)
    days = workdays_since(health.complete["ended_at"], now)
    state = BROKEN if days > promises.stale_workdays else NEAR if days == promises.stale_workdays else KEPT
    return Kept("", name, said, counted("{n} working day ago", "{n} working days ago", days, lang), state)


def _of_section(section: str, promises: Promises, row: Row, lang: str) -> Iterator[Kept]:
    measures = dict(numbers(row["measures"]))
    # What is promised of drift is judged by how new the template is: one whose change was told and mended is no news.
    drift = measures.get("novelty", row["drift"])
    measures |= {"drift": drift} if drift is not None else {}
    measures |= {"dead_links": measures["dead"]} if "dead" in measures else {}
    if measures.get("labels_seen"):
        measures["headings"] = measures.get("labels_unknown", 0) / measures["labels_seen"]
    if measures.get("captures"):
        measures["requests_per_capture"] = measures.get("requests", 0) / measures["captures"]
    if measures.get("items_stated"):
        measures["unreachable"] = measures.get("unreachable", 0) / measures["items_stated"]
    for name, share in promises.fill.items():
        yield _least(section, called(f"fill.{name}", lang), share, measures.get(f"fill.{name}"), lang)
    if promises.least_items and row["reach"] == "all":
        yield _least(section, _("entries listed", lang), promises.least_items, measures.get("items"), lang)
    for name in ("drift", "dead_links", "cells", "headings", "unreachable", "requests_per_capture"):
        if name in measures:
            yield _most(section, called(SHARES.get(name, name), lang), getattr(promises, name), measures[name], lang)


def _least(section: str, name: str, promised: float, had: float | None, lang: str) -> Kept:
    said = _("at least {value}", lang).format(value=_value(promised))
    if had is None:
        return Kept(section, name, said, "", UNKNOWN)
    state = BROKEN if had < promised else NEAR if had < promised + (1 - promised) * NEARNESS and promised < 1 else KEPT
    return Kept(section, name, said, _value(had), state)


def _most(section: str, name: str, promised: float, had: float, lang: str) -> Kept:
    state = BROKEN if had > promised else NEAR if had > promised * (1 - NEARNESS) and promised < 1 else KEPT
    return Kept(section, name, _("at most {value}", lang).format(value=_value(promised)), _value(had), state)


def _value(value: float) -> str:
    return f"{value:.2f}" if value != int(value) else f"{int(value):,}"
