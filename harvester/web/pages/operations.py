"""Operations at a glance: what is wrong now, how each site does, what waits, how much room is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from harvester.errors import WrongCall
from harvester.messages import counted
from harvester.scheduling.plan import CRAWL, jobs, next_done
from harvester.scheduling.words import in_words
from harvester.session import settings
from harvester.web.access.rights import operator
from harvester.web.pages import operations_words as words
from harvester.web.pages.operations_health import Health, State, idle, sites, with_snoozes
from harvester.web.pages.operations_storage import room_of
from harvester.web.room import AnyStore
from harvester.web.shown import page, preference, word
from storage import due_runs, operations_work, pauses, proposals
from storage import incidents as stored
from storage.pauses import Pause
from storage.store import Store
from storage.workers import SILENCE

router = APIRouter(dependencies=[operator()])
Row = dict[str, Any]
BACKUP, VERIFY = "backup", "verify"
"""What is done with the store itself and told on the first page; a backup is made from outside and noted (``harvester db backup``)."""
BACKUP_AGE = timedelta(days=7)
"""A backup older than this is marked."""


@router.get("/operations")
def glance(request: Request, store: AnyStore) -> HTMLResponse:
    """Show how everything does."""
    now, lang = datetime.now(UTC), preference(request, "lang")
    snoozes, rests = stored.snoozed(store, now), pauses.listed(store)
    incidents = with_snoozes(operations_work.open_incidents(store), snoozes, now)
    found, done = sites(store, now, incidents, rests), due_runs.last(store, ("done",))
    return operators_page(
        request, "operations.html", now, sites=[(each, words.strip(each.runs, lang)) for each in found], incidents=incidents,
        idle=idle(snoozes, incidents, now),
        proven=proposals.waiting_proven(store),
        summary=summary(found, lang), workers=workers(store, now), queue=operations_work.queued(store, now),
        missed=operations_work.not_done(store, now - timedelta(days=7)), room=room_of(request, store, now),
        backup=done.get(BACKUP), verified=done.get(VERIFY), backup_age=BACKUP_AGE, **planned(rests, now, [each.site for each in found]),
    )  # fmt: skip


def operators_page(request: Request, template: str, now: datetime, *, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401
    """Return a page for operators, with what all of them say times and verdicts with."""
    lang = preference(request, "lang")
    told = {"age": partial(words.age, now=now, lang=lang), "lasted": partial(words.lasted, now=now, lang=lang), "size": words.size}
    told |= {"span": partial(words.span, lang=lang), "told": partial(words.told, lang=lang), "signs": words.SIGNS, "now": now}
    told |= {"in_words": partial(in_words, lang=lang)}
    told |= {"verdict_of": words.verdict_of, "figure": words.figure, "high": words.HIGH, "state_signs": words.STATE_SIGNS}
    return page(request, template, status=status, **told, **context)


def planned(rests: list[Pause], now: datetime, known: Sequence[str]) -> Row:
    """Return when each job will be done next (``upcoming``), the sites due that were never read, and what is wrong with the settings."""
    try:
        found = {job.name: (job.kind, next_done(job.name, job.schedule, rests, now)) for job in jobs(settings(None))}
    except WrongCall as error:
        return {"upcoming": {}, "unread": [], "problem": str(error)}
    moments = {name: moment for name, (_kind, moment) in found.items() if moment}
    unread = [name for name, (kind, moment) in found.items() if kind == CRAWL and moment and name not in known]
    return {"upcoming": moments, "unread": unread, "problem": ""}


def summary(found: Sequence[Health], lang: str) -> list[tuple[State, str]]:
    """Return how many sites are in which state, in words, the worst first."""
    counts = [(state, sum(each.state == state for each in found)) for state in State]
    return [(state, counted("{n} site {state}", "{n} sites {state}", n, lang, state=word(state, lang))) for state, n in counts if n]


def workers(store: Store, now: datetime) -> list[Row]:
    """Return the workers, each with whether it is heard of (``live``)."""
    return [row | {"live": now - row["heartbeat_at"] <= SILENCE} for row in operations_work.live_workers(store)]
