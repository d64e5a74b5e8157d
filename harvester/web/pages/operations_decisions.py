"""What operators decide about a site: snooze and wake, pause and resume, run now, accept or refuse a proposed selector."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from harvester import addresses
from harvester.errors import HarvesterError, WrongCall
from harvester.messages import _
from harvester.monitoring import proposing
from harvester.scheduling import asking
from harvester.session import settings
from harvester.web.access import forgery, trail
from harvester.web.access.rights import operator
from harvester.web.pages.asked_records import reader_of
from harvester.web.pages.operations_site import check_site, site_page
from harvester.web.room import Anyone, AnyStore
from harvester.web.shown import preference
from spiders.factsheet import sheets
from storage import incidents
from storage.days import end_of, local_day
from storage.errors import UnknownRecord
from storage.store import Store

router = APIRouter(dependencies=[operator()], prefix="/operations/sites/{site}")
LONGEST = timedelta(days=366)
"""Nothing rests for longer than a year without somebody saying so again."""
MOST_REASON = 200
Text = Annotated[str, Form(max_length=1000)]


@router.post("/snooze", dependencies=[forgery.form()])
def snooze(request: Request, store: AnyStore, person: Anyone, site: str, reason: Text = "", until: Text = "", cause: Text = "") -> Response:
    """Let nobody be told of a cause of a site (empty: of any) until the end of a day. Both reason and day must be given."""
    now = datetime.now(UTC)

    def decide() -> str:
        said, end = _reason(reason, request), _end(until, now, request)
        if cause and cause not in {each.cause for each in incidents.incidents_of(store, site)}:
            raise WrongCall(_("No incident of that cause is open here: load the page again.", preference(request, "lang")))
        trail.noted(request, "snoozed", {"site": site, "cause": cause})
        incidents.snooze(store, site, cause, reason=said, by=reader_of(person), since=now, until=end)
        return "snoozed"

    return _done(request, store, site, decide)


@router.post("/wake", dependencies=[forgery.form()])
def wake(request: Request, store: AnyStore, site: str, cause: Text = "") -> Response:
    """End a snooze of a site."""

    def decide() -> str:
        trail.noted(request, "woken", {"site": site, "cause": cause})
        incidents.wake(store, site, cause, datetime.now(UTC))
        return "woken"

    return _done(request, store, site, decide)


@router.post("/pause", dependencies=[forgery.form()])
def pause(request: Request, store: AnyStore, person: Anyone, site: str, reason: Text = "", until: Text = "") -> Response:
    """Let the schedule of a site rest, until the end of a day if one is given."""
    now = datetime.now(UTC)

    def decide() -> str:
        said = _reason(reason, request)
        end = _end(until, now, request) if until.strip() else None
        trail.noted(request, "paused", {"site": site})
        asking.pause(store, settings(None), site, said, reader_of(person), now, end)
        return "paused"

    return _done(request, store, site, decide)


@router.post("/resume", dependencies=[forgery.form()])
def resume(request: Request, store: AnyStore, site: str) -> Response:
    """Let the schedule of a site go on."""

    def decide() -> str:
        trail.noted(request, "resumed", {"site": site})
        asking.resume(store, settings(None), site, datetime.now(UTC))
        return "resumed"

    return _done(request, store, site, decide)


@router.post("/run", dependencies=[forgery.form()])
def run_now(request: Request, store: AnyStore, person: Anyone, site: str, sweep: Annotated[bool, Form()] = False) -> Response:
    """Ask for a run of a site as soon as a worker is free; ``sweep`` reads its lists whole."""

    def decide() -> str:
        trail.noted(request, "run asked for", {"site": site})
        asking.run_now(store, settings(None), site, reader_of(person), datetime.now(UTC), sweep=sweep)
        return "asked"

    return _done(request, store, site, decide)


@router.post("/accept", dependencies=[forgery.form()])
def accept(request: Request, store: AnyStore, person: Anyone, site: str, proposal: Annotated[list[int], Form(max_length=100)]) -> Response:
    """Prove proposals of a site once more on the archive, and accept those that hold: the next run reads with them."""

    def decide() -> str:
        sheet = next((each for each in sheets() if each.id == site), None)
        if sheet is None:
            raise WrongCall(_("There is no fact sheet of this site.", preference(request, "lang")))
        trail.noted(request, "proposal accepted", {"site": site, "proposals": len(proposal)})
        made = proposing.accept(store, sheet, proposal, reader_of(person), datetime.now(UTC))
        if made.refused:
            raise WrongCall(" ".join((_("They do not hold on the archive as it is now.", preference(request, "lang")), *made.refused)))
        return "accepted"

    return _done(request, store, site, decide)


@router.post("/refuse", dependencies=[forgery.form()])
def refuse(request: Request, store: AnyStore, person: Anyone, site: str, proposal: Annotated[list[int], Form(max_length=100)]) -> Response:
    """Refuse proposals of a site."""

    def decide() -> str:
        trail.noted(request, "proposal refused", {"site": site, "proposals": len(proposal)})
        proposing.refuse(store, site, proposal, reader_of(person), datetime.now(UTC))
        return "refused"

    return _done(request, store, site, decide)


def _done(request: Request, store: Store, site: str, decide: Callable[[], str]) -> Response:
    """Do what was decided and lead back to the site; what is refused is told on its page."""
    check_site(store, site)
    try:
        done = decide()
    except (HarvesterError, UnknownRecord) as error:
        return site_page(request, store, site, status=422, problem=str(error))
    return RedirectResponse(addresses.listing(addresses.operations_site(site), {"done": done}), status_code=303)


def _reason(said: str, request: Request) -> str:
    if not said.strip() or len(said) > MOST_REASON:
        told = _("Say why, in 1 to {n} characters, for whoever finds it so.", preference(request, "lang"))
        raise WrongCall(told.format(n=MOST_REASON))
    return said.strip()


def _end(said: str, now: datetime, request: Request) -> datetime:
    """Return the end of a day that lies ahead, no more than a year. Raises ``WrongCall``."""
    lang = preference(request, "lang")
    try:
        end = end_of(date.fromisoformat(said.strip()))
    except (ValueError, OverflowError):
        raise WrongCall(_("Say until which day, as 2026-06-30.", lang)) from None
    if not now < end <= now + LONGEST:
        first, last = local_day(now), local_day(now + LONGEST)
        raise WrongCall(_("The day must lie between {first} and {last}.", lang).format(first=first, last=last))
    return end
