"""What stands around a list of tasks: facets with counts, filters that are set, pages, files, feeds, the address that is frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import Request

from harvester import addresses, audited
from harvester.asked_names import region_name
from harvester.messages import _
from harvester.web.access import subscriptions
from harvester.web.access.people import Role
from harvester.web.pages.asked_tasks import moment_asked
from harvester.web.room import base_of, person_of
from harvester.web.shown import moment, word
from normalizers.records import DocumentKind
from storage.selection import Filters

Row = dict[str, Any]

FACETS = (
    ("site", "Site"),
    ("region", "Province and city"),
    ("year", "Year of publication"),
    ("kind", "Kind of document"),
    ("role", "Role"),
    ("deadline_kind", "Kind of deadline"),
    ("agency", "Body"),
)
LABELS = {
    "words": "Words", "agency": "Body", "role": "Role", "site": "Site", "region": "Province and city",
    "kind": "Kind of document", "document_kind": "Kind of document", "year": "Year of publication",
    "deadline_kind": "Kind of deadline", "due_from": "Due from", "due_to": "Due to", "document": "Document",
    "since": "Since", "until": "Until", "as_of": "As of", "known_at": "Known at", "all_copies": "Every copy",
}  # fmt: skip
"""What filters are called; ``labels`` gives them in the reader's language."""
TRAIL = 20
"""Pages back that an address remembers; further back leads the beginning."""
_MOST_VALUES = 40
SPOKEN = frozenset({"role", "deadline_kind", "kind", "document_kind"})
"""Filters of which the values are words of the store."""
_OWN_WORDS = {DocumentKind.OTHER: "other kinds", DocumentKind.NOTICE: "notice of a body"}
"""Kinds whose words mean another thing elsewhere in the room."""
_OF_FEED = ("agency", "role", "site", "region", "document", "words")


def labels(lang: str) -> dict[str, str]:
    """Return what the filters are called in a language."""
    return {name: _(label, lang) for name, label in LABELS.items()}


def facet_links(path: str, asked: Mapping[str, str], found: Mapping[str, list[Row]], sites: Mapping[str, str], lang: str) -> list[Row]:
    """Return the facets of an answer: ``label``, ``chosen``, ``values`` (``told``, ``count``, ``chosen``, ``indent``, ``address``)."""
    return [
        {"label": _(label, lang), "chosen": bool(asked.get(name)), "values": _values(path, asked, name, found.get(name, []), sites, lang)}
        for name, label in FACETS
    ]


def _values(path: str, asked: Mapping[str, str], name: str, rows: list[Row], sites: Mapping[str, str], lang: str) -> list[Row]:
    if name == "region":
        rows = by_province(rows)
    elif name == "year":
        rows = sorted(rows, key=lambda row: str(row["value"]), reverse=True)
    return [_value(path, asked, name, row, sites, lang) for row in rows[:_MOST_VALUES]]


def _value(path: str, asked: Mapping[str, str], name: str, row: Row, sites: Mapping[str, str], lang: str) -> Row:
    value = str(row["value"])
    told = sites.get(value, value) if name == "site" else region_name(value, lang) if name == "region" else value
    told = spoken(name, value, lang) if name in SPOKEN else row.get("told", told)
    chosen = asked.get(name) == value
    address = addresses.listing(path, {**asked, name: "" if chosen else value})
    return {"told": told, "count": row["count"], "chosen": chosen, "indent": row.get("indent", False), "address": address}


def spoken(name: str, value: str, lang: str) -> str:
    """Return a fixed word of the store in words."""
    if name in ("kind", "document_kind") and value in _OWN_WORDS:
        return _(_OWN_WORDS[DocumentKind(value)], lang)
    return word(value, lang)


def by_province(rows: list[Row]) -> list[Row]:
    """Return counts of regions with each province before its cities; its own count has all that lies in it (``facets.task_facets``)."""
    found: list[Row] = []
    for province in sorted((row for row in rows if str(row["value"]).endswith("0000")), key=lambda row: str(row["value"])):
        code = str(province["value"])
        found.append(province)
        within = [row for row in rows if str(row["value"])[:2] == code[:2] and str(row["value"]) != code]
        found += [row | {"indent": True} for row in sorted(within, key=lambda row: str(row["value"]))]
    return found


def chosen_filters(
    path: str, asked: Mapping[str, str], sites: Mapping[str, str], lang: str, called: Mapping[str, str] | None = None
) -> list[Row]:
    """Return the filters that are set, as tags: ``name``, ``value`` in words, ``without``, the address that has it no more.

    ``called`` has names for identifiers that stand in filters.
    """
    known = called or {}
    told: dict[str, Callable[[str], str]] = {
        "agency": lambda v: known.get(v, v), "document": lambda v: known.get(v, v),
        "site": lambda v: sites.get(v, v), "region": lambda v: region_name(v, lang), "all_copies": lambda v: _("yes", lang),
        "known_at": lambda v: moment(moment_asked(v, lang)),
    }  # fmt: skip
    return [
        {
            "name": name,
            "value": spoken(name, value, lang) if name in SPOKEN else told.get(name, str)(value),
            "without": addresses.listing(path, {**asked, name: ""}),
        }
        for name, value in asked.items()
        if name in LABELS
    ]


def quick_days(path: str, asked: Mapping[str, str], lang: str) -> list[Row]:
    """Return addresses of the days that are asked for most: what is due soon, and what was due of late."""
    today = audited.today()
    spans = (
        (_("within {n} days", lang).format(n=30), today, today + timedelta(days=30)),
        (_("within {n} days", lang).format(n=90), today, today + timedelta(days=90)),
        (_("date passed in the last 30 days", lang), today - timedelta(days=30), today - timedelta(days=1)),
    )
    rest = {name: value for name, value in asked.items() if name not in ("due_from", "due_to", "order")}
    return [
        {
            "told": told,
            "chosen": (asked.get("due_from"), asked.get("due_to")) == (str(first), str(last)),
            "address": addresses.listing(path, {**rest, "due_from": first, "due_to": last, "order": "due"}),
        }
        for told, first, last in spans
    ]


@dataclass(frozen=True, slots=True)
class Pages:
    """The addresses of the pages around one; empty where there is none."""

    first: str = ""
    newer: str = ""
    older: str = ""


def pages_around(path: str, asked: Mapping[str, str], after: str, back: str, following: str) -> Pages:
    """Return the pages around one. ``back`` holds the cursors of the pages before, joined by dots: a store reads in one direction only."""
    trail = [each for each in back.split(".") if each][-TRAIL:]
    newer = ""
    if after:
        newer = addresses.listing(path, {**asked, "after": trail[-1] if trail else "", "back": ".".join(trail[:-1])})
    older = addresses.listing(path, {**asked, "after": following, "back": ".".join([*trail, after][-TRAIL:] if after else [])})
    return Pages(addresses.listing(path, asked) if after else "", newer, older if following else "")


def subscriptions_of(request: Request, asked: Mapping[str, str], lang: str) -> list[tuple[str, str]]:
    """Return the feed, the calendar and an operator's watch of a question, with the reader's key where the room wants one."""
    feed = {"entity": "task"} | {name: asked[name] for name in _OF_FEED if name in asked}
    calendar = {name: value for name, value in asked.items() if name not in ("as_of", "known_at")}
    watch = [(_("Watch this question", lang), addresses.listing("/watches/new", feed))]
    return [
        (_("Changes (Atom)", lang), subscriptions.with_key(request, addresses.listing("/changes.atom", feed))),
        (_("Deadlines (calendar)", lang), subscriptions.with_key(request, addresses.listing("/calendar/tasks.ics", calendar))),
        *(watch if person_of(request).role >= Role.OPERATOR else ()),
    ]


def pinned_moment(known_at: datetime | None) -> str:
    """Return the moment that holds an answer as it is: now, or the earlier one that was asked for, written out."""
    # To the microsecond, as versions are known: the frozen answer holds all that this one does, and nothing that comes a moment later.
    now = datetime.now(UTC)
    return min(known_at.astimezone(UTC), now).isoformat().replace("+00:00", "Z") if known_at else now.isoformat().replace("+00:00", "Z")


def frozen_at(path: str, asked: Mapping[str, str], filters: Filters) -> str:
    """Return the address of an answer as it is now, for ever: on a day, and as far as the store knew by a moment."""
    return addresses.listing(path, {**asked, "as_of": filters.as_of or audited.today(), "known_at": pinned_moment(filters.known_at)})


def frozen_bar(request: Request, path: str, asked: Mapping[str, str], filters: Filters) -> Row | None:
    """Return what the bar over an answer of another time says; nothing where it is of today."""
    if filters.as_of is None and filters.known_at is None:
        return None
    now = addresses.listing(path, {name: value for name, value in asked.items() if name not in ("as_of", "known_at")})
    return {"as_of": filters.as_of, "known_at": filters.known_at, "address": base_of(request) + frozen_at(path, asked, filters), "now": now}
