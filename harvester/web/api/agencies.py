"""Bodies: those that tasks name, and one of them with its names through time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import Response

from harvester import addresses
from harvester.web.api import routing
from harvester.web.api.answering import answer, download, linked, paged
from harvester.web.api.asking import AgencyQuestion, AsOf
from harvester.web.api.common import as_typed, existing, filters_of
from harvester.web.api.shapes.agencies import AgencyPage, AgencyWhole
from harvester.web.room import AnyStore, base_of
from storage import dictionary, gazetteer, queries
from storage.errors import UnknownRecord
from storage.paging import Page, behind, cursor, size_of
from storage.questions import Agencies, Table
from storage.schema import ROLES
from storage.selection import Filters
from storage.store import Store

Row = dict[str, Any]
router = routing.router("agencies")
AgencyId = Annotated[str, Path(max_length=64, pattern="^[a-z0-9][A-Za-z0-9_-]{1,63}$")]


@router.get("/agencies", response_model=AgencyPage)
def agencies(request: Request, store: AnyStore, asked: Annotated[AgencyQuestion, Query()]) -> Response:
    """List the bodies named in tasks, by name, with how many tasks each has in each role. Bodies are not ranked."""
    if asked.format != "json":
        existing(store, asked.site)
        question = _table(store, asked, base_of(request)) if asked.name else Agencies(filters_of(asked, limit=asked.limit))
        return download(request, question, asked, "agencies")

    def made() -> Row:
        existing(store, asked.site)
        page, read_as = as_typed(asked, ("name",), lambda one: _page(store, one))
        return paged(request, page, read_as)

    return answer(request, filters_of(asked), made, headers=linked)


def _page(store: Store, asked: AgencyQuestion) -> Page:
    wanted = filters_of(asked, limit=asked.size())
    return _named(store, wanted, asked) if asked.name else queries.agency_page(store, wanted, after=asked.after)


def _named(store: Store, wanted: Filters, asked: AgencyQuestion) -> Page:
    """Return a page of the bodies of which a name holds what is asked for; which ones those are is not the database's to say."""
    question = (asked.name, replace(wanted, limit=None))
    key = behind("named agencies", {"name": question[0], "filters": question[1]}, asked.after, (str, str))
    found = _holding(store, question[1], asked.name)
    rest = [row for row in found if key is None or _place(row) > (key[0], key[1])]
    size = size_of(wanted.limit)
    onward = cursor("named agencies", {"name": question[0], "filters": question[1]}, _place(rest[size - 1])) if len(rest) > size else ""
    return Page(rest[:size], onward, len(found))


def _table(store: Store, asked: AgencyQuestion, base: str) -> Table:
    """Return the bodies of which a name holds what is asked for as the rows of a file: those that the gazetteer lists."""
    page = as_typed(asked, ("name",), lambda one: Page(_holding(store, filters_of(one, limit=None), one.name)))[0]
    known = gazetteer.entries(store, {row["id"] for row in page.rows if row["id"]})
    names = Counter(identifier for identifier, _ in gazetteer.every_name(store))
    columns = list(dictionary.kinds_of("v_agencies"))
    rows = [entry | {"agency": each, "names": names[each]} for each, entry in sorted(known.items())]
    told = [(*(row[name] for name in columns), base + addresses.agency(row["agency"])) for row in rows[: asked.limit]]
    return Table([*columns, "link"], told)


def _holding(store: Store, wanted: Filters, name: str) -> list[Row]:
    return sorted(queries.agencies(store, wanted, name), key=_place)


def _place(row: Row) -> tuple[str, str]:
    return row["name"], row["id"] or ""


@router.get("/agencies/{identifier}", response_model=AgencyWhole)
def agency(request: Request, store: AnyStore, identifier: AgencyId, asked: Annotated[AsOf, Query()]) -> Response:
    """Show one body: names through time, members, its line, and how many tasks name it in each role."""
    return answer(request, asked, lambda: whole(store, identifier, asked))


def whole(store: Store, identifier: str, asked: AsOf) -> Row:
    """Return a body. Raises ``UnknownRecord`` for one that neither the gazetteer nor a task names."""
    wanted = Filters(agency=identifier, as_of=asked.as_of, known_at=asked.known_at)
    counted = next((row for row in queries.agencies(store, wanted) if row["id"] == identifier), None)
    entry = gazetteer.entry(store, identifier)
    if entry is None and counted is None:
        raise UnknownRecord(f"There is no body {identifier} in the store: look it up with /api/v1/agencies?name=.")
    blank = {"id": identifier, "region": "", "level": "", "valid_from": None, "valid_to": None, "successor": "", "source": ""}
    named = {"name": counted["name"], "kind": counted["kind"], "names": [], "members": [], "line": [identifier]} if counted else {}
    counts = {role: counted[role] if counted else 0 for role in ROLES}
    return (entry or blank | named) | counts | {"listed": entry is not None, "address": addresses.agency(identifier)}
