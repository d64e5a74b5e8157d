"""The feed: what changed, in words, by day and document, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from harvester import addresses, audited
from harvester.feed_answers import folded, place_of
from harvester.filtering import RECORD_KINDS
from harvester.messages import _, counted
from harvester.record_questions import log_records
from harvester.telling import tell_change
from harvester.web.access.errors import OF_THE_QUESTION
from harvester.web.access.people import Person
from harvester.web.access.rights import reader
from harvester.web.downloads import offered
from harvester.web.pages.asked_changes import NAMES, SEVERAL, TOLD_KINDS, filters_of, said
from harvester.web.pages.asked_once import asks
from harvester.web.pages.asked_records import kept_nowhere, reader_of
from harvester.web.room import Anyone, AnyStore, Number
from harvester.web.shown import here, page, preference, section_name, site_name, word
from storage import change_queries, record_changes
from storage.change_filters import ChangeFilters
from storage.change_schema import CAUSES, ENTITIES
from storage.days import local_day
from storage.schema import ROLES
from storage.store import Store

router = APIRouter(dependencies=[reader(), asks(*NAMES)])
Row = dict[str, Any]
SIZE = 200
WORDS = {
    ("cause", "source"): "changes at the source",
    ("cause", "reading"): "better readings",
    ("cause", "decision"): "decisions of people",
    ("cause", "any"): "all",
    ("entity", "text"): "wording",
    ("entity", "link"): "ties to other documents",
}
"""What the form calls values of filters, where the store's own word would not do."""
WHOLE = frozenset({"since", "site", "section", "region", "cause", "until", "as_of_from", "as_of_to", "copies"})
"""Filters of a question about the feed as a whole, in which public records are counted; any other shows them one by one."""
OF_TEXTS = tuple(entity for entity in ENTITIES if entity != "notice")
DAYS = 14
"""Days with changes on a page of the feed as a whole."""
OWN_WORDS = frozenset({"entity", "kind", "cause", "role", "colour"})
"""Filters of which the values are words of the store."""
LONGEST = 400
"""Characters of a change in words on a page; its comparison tells the rest."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of the feed, the newest first, ``records`` that are counted only, and the number to go back from, ``None`` at the end."""

    rows: Sequence[Row] = ()
    records: Sequence[Row] = ()
    further: int | None = None

    def __bool__(self) -> bool:
        """Tell whether there is anything to show."""
        return bool(self.rows or self.records)


@router.get("/changes")
def changes(request: Request, store: AnyStore, person: Anyone, before: Number | None = None) -> HTMLResponse:
    """Show what changed that holds the filters of the address; ``before`` is a number of the feed to go back from."""
    lang, problem, status = preference(request, "lang"), "", 200
    given = said(request.query_params)
    answer = Answer()
    try:
        wanted = filters_of(store, request.query_params, lang, SIZE)
        if given.keys() <= WHOLE and wanted.since_seq is None:
            answer = put_together(store, person, wanted, before)
        else:
            rows = newest(store, person, wanted, before)
            answer = Answer(rows, (), rows[-1]["seq"] if len(rows) == SIZE else None)
    except OF_THE_QUESTION as error:
        problem, status, wanted = str(error), 400, ChangeFilters()
    options = {"entities": ENTITIES, "kinds": TOLD_KINDS, "record_kinds": RECORD_KINDS, "causes": CAUSES, "roles": ROLES}
    names = {row["site"]: site_name(row["site"], lang, row["name"]) for row in change_queries.looked_at(store)}
    more = here(request, before=str(answer.further)) if answer.further is not None else ""
    feed = addresses.listing("/changes.atom", {name: value for name, value in given.items() if name not in ("since", "until")})
    return kept_nowhere(
        page(
            request, "changes.html", status=status, days=days_of(answer, wanted, given, lang, names), given=given, names=NAMES,
            problem=problem, more=more, before=before, first=here(request, before=None), feed=feed, chosen=chosen(given, lang),
            forms=offered("/changes", given) if answer else [],
            looked=[] if answer else change_queries.looked_at(store, wanted.site), parts=parts_of(given, lang),
            latest=change_queries.latest(store), **options,
        )
    )  # fmt: skip


def put_together(store: Store, person: Person, wanted: ChangeFilters, before: int | None) -> Answer:
    """Return some days of the feed: documents and tasks one by one, of public records how many came and went in each section."""
    today, edge = audited.today(), before if before is not None else change_queries.latest(store) + 1
    first = record_changes.first_of(store, wanted, today=today, before=edge, days=DAYS)
    rows = [row for row in newest(store, person, replace(wanted, entities=OF_TEXTS), before) if row["seq"] >= first]
    first = rows[-1]["seq"] if len(rows) == SIZE else first
    found = record_changes.stretch(store, wanted, today=today, first=first, before=edge)
    return Answer(rows, found.records, first if found.more else None)


def days_of(answer: Answer, wanted: ChangeFilters, given: Row, lang: str, sites: Mapping[str, str]) -> list[Row]:
    """Return the days of an answer, the newest first: ``groups`` of documents before those of records, ``records`` counted by section."""
    days = {one["day"]: one | {"records": []} for one in by_day(answer.rows, wanted, lang, sites)}
    for row in answer.records:
        day = days.setdefault(row["day"], {"day": row["day"], "groups": [], "records": []})
        day["records"].append(counted_records(row, given, lang, sites))
    return [days[day] for day in sorted(days, reverse=True)]


def counted_records(row: Mapping[str, Any], given: Row, lang: str, sites: Mapping[str, str]) -> Row:
    """Return in words how many public records of a section came and went on a day, with the address that shows them one by one."""
    came, went = row["entered"], row["left"]
    told = [counted("{n} newly published", "{n} newly published", came, lang)] if came else []
    told += [counted("{n} taken down", "{n} taken down", went, lang)] if went else []
    shown = {"entity": "notice", "site": row["site"], "section": row["section"], "since": row["day"], "until": row["day"] + timedelta(1)}
    return {
        "site": sites.get(row["site"], row["site"]), "section": section_name(row["site"], row["section"]),
        "told": _(", ", lang).join(told), "address": addresses.listing("/changes", given | shown),
    }  # fmt: skip


def parts_of(given: Row, lang: str) -> list[Row]:
    """Return the parts of the feed as links: all of it, documents and tasks, public records."""
    rest = {name: value for name, value in given.items() if name != "entity"}
    chosen = sorted(given.get("entity", []))
    parts: tuple[tuple[str, tuple[str, ...]], ...] = (("all", ()), ("documents and tasks", OF_TEXTS), ("public records", ("notice",)))
    return [
        {"told": _(told, lang), "here": chosen == sorted(names), "address": addresses.listing("/changes", rest | {"entity": list(names)})}
        for told, names in parts
    ]


def newest(store: Store, person: Person, wanted: ChangeFilters, before: int | None) -> list[Row]:
    """Return a page of the feed, the newest first, once it is logged who is shown public records in it."""
    rows = change_queries.back(store, wanted, today=audited.today(), before=before)
    log_records(store, reader_of(person), wanted, rows)
    return rows


def by_day(rows: Sequence[Row], wanted: ChangeFilters, lang: str, sites: Mapping[str, str], most: int | None = None) -> list[Row]:
    """Return rows by the day on which they became known, and within it by document (the first ``most`` of them), each told in words."""
    places: dict[tuple[date, tuple[str, int, str]], list[Row]] = {}
    for row in rows:
        places.setdefault((local_day(row["known_at"]), place_of(row)), []).append(row)
    days: dict[date, list[Row]] = {}
    for (day, _place), some in islice(places.items(), most):
        days.setdefault(day, []).append(group(some[::-1], wanted, lang, sites))
    return [{"day": day, "groups": sorted(groups, key=lambda each: not each["document"])} for day, groups in days.items()]


def group(rows: list[Row], wanted: ChangeFilters, lang: str, sites: Mapping[str, str]) -> Row:
    """Return what changed in one version of a document, or of one list of records, for a page."""
    first = rows[0]
    shown, tasks = folded(rows, wanted)
    document, version = first["document_id"] or "", first["version"] or 0
    is_new = any(row["entity"] == "document" and row["kind"] == "added" for row in rows)
    return {
        "title": first["title"] or first["list_name"] or _("public records", lang),
        "address": addresses.document(document) if document else "",
        "document": document,
        "site": sites.get(first["site"], first["site"]),
        "at": rows[-1]["known_at"],
        "compare": addresses.compare(f"{document}@{version - 1}", f"{document}@{version}")
        if document and version > 1 and not is_new
        else "",
        "rows": [told(row, lang) for row in shown],
        "tasks": tasks,
    }


def told(row: Row, lang: str) -> Row:
    """Return a row of the feed in words, with the address of what it is about, where that has one."""
    words = " ".join(tell_change(row, lang).split("\n"))
    return {
        "seq": row["seq"], "word": row["effect"] or row["kind"], "entity": row["entity"], "cause": row["cause"], "as_of": row["as_of"],
        "told": words if len(words) <= LONGEST else f"{words[:LONGEST]}…", "address": address_of(row),
    }  # fmt: skip


def address_of(row: Row) -> str:
    """Return the address of what a row is about: a task, a record that is shown; empty for what its document's address tells."""
    if row["entity"] == "task" and row["after"]:
        return addresses.task(row["entity_id"])
    return addresses.record(row["entity_id"]) if row["entity"] == "notice" and row["record"] else ""


def chosen(given: Row, lang: str) -> list[dict[str, str]]:
    """Return the filters that are set, each with the address of the same list without it."""
    found = []
    for name, value in _single(given):
        rest: Row = {other: v for other, v in given.items() if other != name}
        if name in SEVERAL and (kept := [each for each in given[name] if each != value]):
            rest[name] = kept
        found.append({"name": name, "value": _value(name, value, lang), "without": addresses.listing("/changes", rest)})
    return found


def _value(name: str, value: str, lang: str) -> str:
    if (name, value) in WORDS:
        return _(WORDS[name, value], lang)
    return word(value, lang) if name in OWN_WORDS else value


def _single(given: Row) -> Iterable[tuple[str, str]]:
    for name, value in given.items():
        yield from ((name, each) for each in (value if name in SEVERAL else [value]))
