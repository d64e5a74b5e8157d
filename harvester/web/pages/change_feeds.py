"""The feed for feed readers: Atom (RFC 4287) and JSON Feed 1.1, of any question that the page of changes answers."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from harvester import addresses, audited, feeds
from harvester.asked_names import called
from harvester.config import Config
from harvester.record_questions import log_records, logged_changes
from harvester.telling import tell_change
from harvester.values import to_json
from harvester.web import validators
from harvester.web.access.people import Person
from harvester.web.access.rights import reader
from harvester.web.api.common import shown_ids
from harvester.web.downloads import check, table
from harvester.web.pages.asked_changes import NAMES, filters_of, said
from harvester.web.pages.asked_once import asks
from harvester.web.pages.asked_records import kept_nowhere, reader_of
from harvester.web.room import Anyone, AnyStore, Number, base_of
from harvester.web.shown import TAGS, preference
from storage import change_queries
from storage.change_filters import ChangeFilters
from storage.questions import Changes
from storage.store import Store

router = APIRouter(dependencies=[reader(), asks(*NAMES)])
Row = dict[str, Any]
SIZE = 200
JSON_FEED = "https://jsonfeed.org/version/1.1"


@router.get("/changes.atom")
def atom(request: Request, store: AnyStore, person: Anyone, before: Number | None = None) -> Response:
    """Return the newest changes of a question as Atom; with ``since`` those behind a number of the feed."""
    lang = preference(request, "lang")
    known = validators.of(request, lang)
    if held := known.held(request):
        return kept_nowhere(Response(status_code=304, headers={"ETag": held}))
    asked, rows, further = answer(request, store, person, before)
    channel = feeds.Channel(
        feeds.authority_of(Config.load().contact), asked, lang, datetime.now(UTC), address=absolute(request, _with(request, before)),
        further=absolute(request, further) if further else "", base=base_of(request), named=_named(store, asked, lang),
    )  # fmt: skip
    return kept_nowhere(Response(feeds.atom(rows, channel), headers={"ETag": f'"{known.tag}"'}, media_type="application/atom+xml"))


@router.get("/changes.json")
def json_feed(request: Request, store: AnyStore, person: Anyone, before: Number | None = None) -> Response:
    """Return the same as JSON Feed. What may not be shown any more is in no item."""
    lang = preference(request, "lang")
    known = validators.of(request, lang)
    if held := known.held(request):
        return kept_nowhere(Response(status_code=304, headers={"ETag": held}))
    asked, rows, further = answer(request, store, person, before)
    authority = feeds.authority_of(Config.load().contact)
    channel = feeds.Channel(authority, asked, lang, datetime.now(UTC), base=base_of(request), named=_named(store, asked, lang))
    told: Row = {
        "version": JSON_FEED,
        "title": feeds.title_of(channel),
        "home_page_url": absolute(request, addresses.listing("/changes", said(request.query_params))),
        "feed_url": absolute(request, _with(request, before)),
        "language": TAGS[lang],
        "items": [item(request, row, channel) for row in reversed(rows) if not feeds.is_withdrawn(row)],
    }
    told |= {"next_url": absolute(request, further)} if further else {}
    return kept_nowhere(Response(to_json(told), headers={"ETag": f'"{known.tag}"'}, media_type="application/feed+json"))


@router.get("/changes.{form}")
def file(request: Request, store: AnyStore, form: str) -> Response:
    """Give all changes of a question as a file, once it is logged which public records stand in it."""
    lang = preference(request, "lang")
    check(request, form, lang)
    wanted = filters_of(store, request.query_params, lang, None)
    announce = shown_ids(request, "changes", logged_changes(wanted))
    return table(request, Changes(wanted, audited.today()), "changes", form, announce=announce, records=True)


def answer(request: Request, store: Store, person: Person, before: int | None) -> tuple[ChangeFilters, list[Row], str]:
    """Return the question, its rows in the order of the feed, and the address of the next page, empty at the end.

    Who kept an entry that may not be shown any more is told to let it go. Raises ``StaleCursor`` and ``UnknownCursor``.
    """
    wanted = replace(filters_of(store, request.query_params, preference(request, "lang"), SIZE), withdrawn=True)
    today = audited.today()
    forwards = wanted.since_seq is not None
    rows = (
        change_queries.changes(store, wanted, today=today) if forwards else change_queries.back(store, wanted, today=today, before=before)
    )
    log_records(store, reader_of(person), wanted, rows)
    if len(rows) < SIZE:
        further = ""
    else:
        place = {"since": rows[-1]["seq"]} if forwards else {"before": rows[-1]["seq"]}
        further = addresses.listing(request.url.path, said(request.query_params) | place)
    return wanted, rows if forwards else rows[::-1], further


def item(request: Request, row: Row, channel: feeds.Channel) -> Row:
    """Return a change as an item of JSON Feed: ``url`` is its page in the room, ``external_url`` where it was taken from."""
    place, source = feeds.place_in_room(row), feeds.source_of(row)
    found = {
        "id": feeds.entry_id(row, channel),
        "title": row["title"],
        "content_text": tell_change(row, channel.lang),
        "date_published": feeds.moment(row["known_at"]),
    }
    tags = [each for each in (row["entity"], row["kind"], row["site"]) if each]
    links = {"url": absolute(request, place) if place else "", "external_url": source}
    return found | {name: address for name, address in links.items() if address} | {"tags": tags}


def _named(store: Store, asked: ChangeFilters, lang: str) -> dict[str, str]:
    return called(store, {name: value for name, value in asdict(asked).items() if isinstance(value, str)}, lang)


def absolute(request: Request, address: str) -> str:
    """Return a place of the room with its host."""
    return base_of(request) + address


def _with(request: Request, before: int | None) -> str:
    return addresses.listing(request.url.path, said(request.query_params), before=before)
