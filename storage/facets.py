"""How the rows of an answer spread: over sites, regions, kinds, years, roles and kinds of deadlines, months, and bodies by month."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from storage import queries
from storage.schema import ROLES
from storage.selection import NO_FILTERS, Filters
from storage.store import Store

Row = dict[str, Any]
FACETS = ("site", "region", "document_kind", "year", "role", "deadline_kind")


def task_facets(store: Store, filters: Filters = NO_FILTERS) -> dict[str, list[Row]]:
    """Return for each facet its values and how many tasks would be there if one asked for that value, too."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    kinds = {row["id"]: row["document_kind"] for row in queries.documents(store, replace(filters, limit=None, words=""))}
    for row in queries.tasks(store, replace(filters, limit=None)):
        counts["site"][row["site"]] += 1
        counts["region"][row["region"] or ""] += 1
        counts["document_kind"][kinds.get(row["document"], "")] += 1
        counts["year"][str(row["published_on"] or "")[:4]] += 1
        counts["deadline_kind"][(row["deadline"] or {}).get("kind") or "none"] += 1
        counts["role"].update(role for role in ROLES if row[role])
    return {name: [{"value": value, "count": n} for value, n in found.most_common() if value] for name, found in counts.items()}


def timeline(store: Store, filters: Filters = NO_FILTERS) -> list[Row]:
    """Return ``{"month": "2026-06", "count"}`` of the ends of deadlines, in their order."""
    found = queries.tasks(store, replace(filters, limit=None))
    months = Counter(str(row["deadline"]["end"])[:7] for row in found if row["deadline"] and row["deadline"]["end"])
    return [{"month": month, "count": months[month]} for month in sorted(months)]


def agency_months(store: Store, filters: Filters = NO_FILTERS, top: int = 20) -> list[Row]:
    """Return ``{"id", "name", "month", "count"}`` of bodies and the months of their deadlines; of the ``top`` bodies with most of them."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in queries.tasks(store, replace(filters, limit=None)):
        if row["deadline"] and row["deadline"]["end"]:
            bodies = {(body["id"] or "", body["name"] or body["mention"]) for role in ROLES for body in row[role]}
            counts.update((*body, str(row["deadline"]["end"])[:7]) for body in bodies)
    busiest: Counter[tuple[str, str]] = Counter()
    for (one, name, _), n in counts.items():
        busiest[one, name] += n
    kept = {body for body, _ in busiest.most_common(top)}
    rows = [{"id": one, "name": name, "month": month, "count": n} for (one, name, month), n in counts.items() if (one, name) in kept]
    return sorted(rows, key=lambda row: (row["name"], row["id"], row["month"]))
