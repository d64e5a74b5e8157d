"""Tasks by months: a timeline of deadlines, and bodies by months as a table of numbers and shades."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from fastapi import Request

from harvester import addresses, audited
from harvester.messages import _
from harvester.web.pages.charts import from_first_to_last, month_days, months_shown, timeline_drawing, timeline_words, within
from storage import facets
from storage.selection import Filters
from storage.store import Store

Row = dict[str, Any]

SHADES = 5
BODIES = 20


def timeline(request: Request, store: Store, filters: Filters, asked: Mapping[str, str], lang: str) -> Row:
    """Return the drawing of when tasks are due, and every month with its number and the address of its tasks."""
    rows = facets.timeline(store, filters)
    counts = {row["month"]: row["count"] for row in rows}
    shown = set(months_shown(filters, audited.today()))
    words = timeline_words({month: n for month, n in counts.items() if month in shown}, lang)
    caption = _("Deadlines by month: outlined months are over, filled ones are to come. {words}", lang).format(words=words)
    drawing = timeline_drawing(request, dict(asked), words, caption)
    table = [{"month": month, "count": counts[month], "address": _of_month(asked, month)} for month in sorted(counts, reverse=True)]
    return {"drawing": drawing, "table": table, "this_month": f"{audited.today():%Y-%m}"}


def _of_month(asked: Mapping[str, str], month: str, **more: str) -> str:
    """Return the address of the tasks of a question that are due in a month."""
    first, last = month_days(month)
    return addresses.listing("/tasks", {**asked, **more, "due_from": first, "due_to": last, "order": "due"})


def by_body(request: Request, store: Store, filters: Filters, asked: Mapping[str, str], lang: str) -> Row:
    """Return bodies by months: a row a body, by name, a cell a month with its number, its shade and the address of its tasks."""
    months = months_shown(filters, audited.today())
    rows = facets.agency_months(store, within(filters, months), BODIES)
    months = from_first_to_last(months, {row["month"] for row in rows}, audited.today())
    most = max((row["count"] for row in rows), default=1)
    lines: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows:
        cell = {"count": row["count"], "shade": shade(row["count"], most)}
        cell["address"] = _of_month(asked, row["month"], agency=row["id"] or row["name"])
        lines.setdefault((row["name"], row["id"]), {})[row["month"]] = cell
    found = [
        {"name": name, "id": one, "cells": [cells.get(month) for month in months], "total": sum(c["count"] for c in cells.values())}
        for (name, one), cells in sorted(lines.items())
    ]
    return {"heat": found, "months": months, "bodies_most": BODIES, "scale": scale(most)}


def shade(count: int, most: int) -> int:
    """Return the shade of a number of tasks, from 1 to ``SHADES``, where ``most`` is the greatest number of the table."""
    if most < SHADES:  # few numbers: each has a shade of its own, as far apart as they go
        return 1 + (SHADES - 1) * (count - 1) // max(most - 1, 1)
    return -(-SHADES * count // most)


def scale(most: int) -> list[tuple[int, int, int]]:
    """Return what the shades mean: each with the least and the greatest number that has it."""
    numbers = ((one, list(some)) for one, some in groupby(range(1, most + 1), key=lambda count: shade(count, most)))
    return [(one, some[0], some[-1]) for one, some in numbers]
