"""The review queue for operators: what could not be resolved, with its evidence; one decision a line, and each can be undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from harvester import addresses, audited
from harvester import review as reviewing
from harvester.errors import WrongCall
from harvester.messages import _
from harvester.review import ANYWHERE, Decided, Kind, Wish
from harvester.telling.queued import CALLED, detail_told
from harvester.web.access import forgery, trail
from harvester.web.access.rights import operator
from harvester.web.pages.asked_records import days_of, kept_nowhere, reader_of
from harvester.web.reading.names import address_of, names_of
from harvester.web.room import Anyone, AnyStore, Number
from harvester.web.shown import page, preference
from normalizers.agencies import regions
from storage import decisions as log
from storage import ending_decisions, tie_decisions, works_waiting
from storage.store import Store

router = APIRouter(dependencies=[operator()])
Row = dict[str, Any]
SIZE = 30
MOST_LISTED = 200
TIES = ("same", "draft", "edition", "division", "none")
Text = Annotated[str, Form(max_length=1000)]


def tabs(store: Store) -> list[tuple[str, int]]:
    """Return what waits for a decision, by kind, with how many of it; works and endings beside the kinds of the queue."""
    kinds = [(kind.value, reviewing.count(store, kind)) for kind in Kind]
    return [*kinds, ("tie", works_waiting.count(store)), ("ending", ending_decisions.count(store))]


@router.get("/review")
def shown(
    request: Request, store: AnyStore, kind: str = Kind.MENTION.value, site: str = "", region: str = "", done: Number = 0
) -> HTMLResponse:
    """Show what waits of a kind, the most used first."""
    return _page(request, store, kind, site=site, region=region, done=done)


def _page(request: Request, store: Store, kind: str, *, status: int = 200, problem: str = "", **more: Any) -> HTMLResponse:  # noqa: ANN401
    counts = tabs(store)
    if kind not in dict(counts):
        raise WrongCall(_("There is no such kind in the queue.", preference(request, "lang")))
    site, region = more.pop("site", ""), more.pop("region", "")
    told: Row = {"kind": kind, "counts": counts, "site": site, "region": region, "problem": problem, "done": more.get("done", 0)}
    lang = preference(request, "lang")
    found = [row | {"told": detail_told(kind, row.get("detail", ""), lang)} for row in rows_of(store, kind, site, region, lang)]
    if kind == "ending":
        named = [record["id"] for row in found for record in row["records"]]
        trail.shown_ids(request, "review", {"kind": kind}, named, len(named))
    told |= {"rows": found, "kinds": [each.value for each in Decided], "ties": TIES, "anywhere": ANYWHERE, "called": CALLED}
    return kept_nowhere(page(request, "review.html", status=status, **told))


def rows_of(store: Store, kind: str, site: str, region: str, lang: str) -> list[Row]:
    """Return what waits of a kind, with the addresses at which its evidence stands."""
    if kind == "tie":
        return works_waiting.listed(store, limit=SIZE)
    if kind == "ending":
        return ending_decisions.waiting(store, today=audited.today(), limit=SIZE)
    found = reviewing.queue(store, [Kind(kind)], site=site, region=region, limit=SIZE)
    called = names_of(store, (place_of(each) for row in found for each in row["examples"] if place_of(each)), lang)
    return [
        row
        | {"places": [(called.get(place_of(each), each), place_of(each)) for each in row["examples"]], "place": place_name(row["region"])}
        for row in found
    ]


def place_name(region: str) -> str:
    """Return the name of a region, its code where it has none."""
    found = regions().by_code.get(region)
    return found.name if found else region


def place_of(example: str) -> str:
    """Return the address of an example of the queue: a task (``ID.2.t7``) or a document; empty for one that is an address of a site."""
    return "" if "/" in example else address_of(example)


@router.post("/review/mention", dependencies=[forgery.form()])
def decide(
    request: Request, store: AnyStore, person: Anyone, mention: Text, region: Text = "", name: Text = "", other: Text = "",
    kind: Text = Decided.AGENCY.value, first: Text = "", last: Text = "", note: Text = "", new: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Decide what a mention stands for: a proposal (``name``), another body (``other``), or what else it is."""
    try:
        days = days_of(first, last, preference(request, "lang"))
        chosen = other.strip() or (name if kind == Decided.AGENCY else "")
        row = reviewing.checked(store, Wish(mention, region or ANYWHERE, chosen, kind, *days, note, new))
    except WrongCall as error:
        return _page(request, store, Kind.MENTION.value, status=422, problem=str(error))
    number = log.decide(store, [row], reader_of(person), datetime.now(UTC))[0]
    return RedirectResponse(f"/review?done={number}", status_code=303)


@router.post("/review/tie", dependencies=[forgery.form()])
def tie(request: Request, store: AnyStore, person: Anyone, document: Text, other: Text, tie: Text, note: Text = "") -> Response:
    """Decide what two documents are of one another; it applies at once."""
    if tie not in TIES:
        return _page(request, store, "tie", status=422, problem=_("Choose what the two are.", preference(request, "lang")))
    outcome = tie_decisions.decide(store, document, other, tie, reader_of(person), datetime.now(UTC), note.strip())
    return RedirectResponse(addresses.listing("/review", {"kind": "tie", "done": outcome.id}), status_code=303)


@router.post("/review/ending", dependencies=[forgery.form()])
def ending(request: Request, store: AnyStore, person: Anyone, id: Text, meant: Annotated[list[str] | None, Form()] = None) -> Response:
    """Decide which records a repair or withdrawal means, or that it means none of them."""
    ids = list(meant or ())
    audited.log_ids(store, reader_of(person), "ending", {"ending": id}, ids, len(ids))
    ending_decisions.settle(store, id, ids, datetime.now(UTC))
    return RedirectResponse(addresses.listing("/review", {"kind": "ending", "done": 1}), status_code=303)


@router.get("/review/decisions")
def decisions(request: Request, store: AnyStore, every: bool = False, done: Number = 0) -> HTMLResponse:
    """Show the decisions on mentions and on works, the newest first, each with the way to undo it."""
    mentions = log.listed(store, ended=every)[::-1][:MOST_LISTED]
    ties = tie_decisions.listed(store, ended=every)[::-1][:MOST_LISTED]
    return page(request, "decisions.html", mentions=mentions, ties=ties, every=every, done=done, anywhere=ANYWHERE)


@router.post("/review/undo", dependencies=[forgery.form()])
def undo(request: Request, store: AnyStore, person: Anyone, number: Annotated[int, Form()], of: Text = "mention") -> Response:
    """Undo a decision: it stays in the log, ended."""
    undone: Callable[..., object] = tie_decisions.undo if of == "tie" else log.undo
    undone(store, number, reader_of(person), datetime.now(UTC))
    return RedirectResponse(f"/review/decisions?done={number}", status_code=303)
