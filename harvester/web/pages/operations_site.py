"""How one site does: its runs, what is wrong with it, its drift, its promises, when it is due; and what an operator may do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from harvester.errors import WrongCall
from harvester.messages import _
from harvester.scheduling.plan import coming, job_of, jobs
from harvester.session import settings
from harvester.web.access.rights import operator
from harvester.web.charts import runs as charts
from harvester.web.charts.runs import Bar
from harvester.web.pages import operations_words as words
from harvester.web.pages.charts import Drawing, drawing, svg, theme_of
from harvester.web.pages.operations import operators_page, workers
from harvester.web.pages.operations_drift import compared_pages, drift_lines
from harvester.web.pages.operations_health import Health, State, idle, sites, with_snoozes
from harvester.web.pages.operations_measures import ledger
from harvester.web.pages.operations_promises import kept
from harvester.web.pages.operations_proofs import cards
from harvester.web.room import AnyStore
from harvester.web.shown import moment, preference, site_name
from spiders.sheets import known_sites, sheets_by_id
from storage import incidents as stored
from storage import operations_queries, operations_work, pauses
from storage.errors import UnknownRecord
from storage.incidents import Snooze
from storage.naming import site_ids
from storage.pauses import Pause
from storage.store import Store

router = APIRouter(dependencies=[operator()])
Row = dict[str, Any]
RUNS = 60
NEXT = 5
CAUSE_DAYS = 90
LEAST_DRAWN = 5
"""Of fewer runs there is no drawing: their table says more in less room."""


@router.get("/operations/sites/{site}")
def one(request: Request, store: AnyStore, site: str, done: str = "") -> HTMLResponse:
    """Show how a site does. Raises ``UnknownRecord``."""
    return site_page(request, store, site, done=done)


def site_page(request: Request, store: Store, site: str, *, status: int = 200, problem: str = "", done: str = "") -> HTMLResponse:
    """Return the page of a site, after a form that was refused with what is wrong. Raises ``UnknownRecord``."""
    now, lang = datetime.now(UTC), preference(request, "lang")
    check_site(store, site)
    snoozes = [each for each in stored.snoozed(store, now) if each.site == site]
    rests = [each for each in pauses.listed(store) if each.job == site]
    health = health_of(store, site, now, snoozes, rests)
    runs = health.runs
    sheet = sheets_by_id().get(site)
    last = operations_queries.run(store, health.last["id"]) if health.last else None
    sections = operations_queries.sections_of(store, last["id"]) if last else []
    open_now, over = health.incidents, operations_work.closed_incidents(store, site)
    offered = cards(store, site, lang)
    return operators_page(
        request, "operations_site.html", now, status=status, problem=problem, done=said_of(done, store, now), site=health,
        sheet=sheet, runs=runs,
        timeline=timeline_of(request, site, runs), incidents=open_now, over=over, snoozes=snoozes,
        idle=idle(snoozes, open_now, now),
        messages=operations_work.messages_of(store, [row["id"] for row in (*open_now, *over)]),
        tally=words.tally(runs, lang), commonest=commonest(store, site, now), cause_days=CAUSE_DAYS,
        drift=drift_lines(request, store, site), pages=compared_pages(store, site),
        proposals=offered, proven={site} if any(card.waits and card.holds for card in offered) else (),
        last=last, ledger=ledger(last, sections) if last else [], promises=kept(sheet, health, sections, now, lang),
        rests=rests, asked=operations_work.due_runs_of(store, site), **schedule_of(site, rests, now),
        soonest=(now + timedelta(days=1)).date(), tells=tells(),
    )  # fmt: skip


DONE = {
    "snoozed": "Snoozed: nothing is told of it until its end.",
    "woken": "Woken: it is told again.",
    "paused": "Paused: what falls due is skipped.",
    "resumed": "It goes on with its next moment.",
    "asked": "It is due now; the next free worker begins it.",
    "unattended": "It is due now, but no worker is heard of: start one on the machine of the store with `harvester worker`.",
    "accepted": "Accepted: the next run reads with it.",
    "refused": "Refused: it is not proposed again for this page.",
}
"""What is said after a form."""


def said_of(done: str, store: Store, now: datetime) -> str:
    """Return what is said of what was done; of a run that was asked for, whether anybody is there to begin it."""
    alone = done == "asked" and not any(row["live"] for row in workers(store, now))
    return DONE.get("unattended" if alone else done, "")


def tells() -> bool:
    """Tell whether the settings name anybody to be told of incidents; wrong ones are told where the schedule is."""
    try:
        return bool(settings(None).alerts.get("channels"))
    except WrongCall:
        return True


def check_site(store: Store, site: str) -> None:
    """Raise ``UnknownRecord`` for a site that was never crawled and is known by no fact sheet."""
    if site not in known_sites() and site not in site_ids(store):
        raise UnknownRecord(f"There is no site {site}: /operations lists those there are.")


def health_of(store: Store, site: str, now: datetime, snoozes: list[Snooze], rests: list[Pause]) -> Health:
    """Return the health of a site, with as many of its last runs as its page shows; ``snoozes`` and ``rests`` are its own."""
    incidents = with_snoozes(operations_work.open_incidents(store, site), snoozes, now)
    if found := sites(store, now, incidents, rests, site, RUNS):
        return found[0]
    rest = pauses.holding(rests, site, now)
    return Health(site, "", State.PAUSED if rest else State.NEVER, incidents=incidents, pause=rest)


def commonest(store: Store, site: str, now: datetime) -> list[tuple[str, list[datetime]]]:
    """Return the causes of a site's runs that were not complete, with when, the commonest first."""
    found = operations_queries.cause_days(store, site, now - timedelta(days=CAUSE_DAYS))
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


def schedule_of(site: str, rests: list[Pause], now: datetime) -> Row:
    """Return a site's ``schedule``, when it is read next (``coming``) and how ``longest`` a due run may take (zero: no limit).

    There is no schedule where the settings are wrong or know no address of the site.
    """
    try:
        config = settings(None)
        schedule = job_of(site, config).schedule
        due = site in {job.name for job in jobs(config)}
    except WrongCall:
        return {"schedule": None, "coming": [], "longest": timedelta()}
    moments = islice(coming(site, schedule, rests, now, now + timedelta(days=400)), NEXT) if due else ()
    return {"schedule": schedule if due else None, "coming": list(moments), "longest": timedelta(seconds=schedule.seconds)}


def timeline_of(request: Request, site: str, runs: Sequence[Mapping[str, Any]]) -> Drawing | None:
    """Return the drawing of a site's last runs; none where a few runs, or runs that all ended alike with nothing new, show nothing."""
    shapes = {(words.verdict_of(run), run["counted"]["new"] > 0) for run in runs}
    if len(runs) < LEAST_DRAWN or shapes <= {("complete", False)}:
        return None
    lang = preference(request, "lang")
    caption = _("The last {n} runs: a bar is as tall as what was new, the shape below it is the verdict.", lang).format(n=len(runs))
    return drawing(request, f"/operations/sites/{site}/runs.svg", {}, words.tally(runs, lang), caption, charts.WIDE)


@router.get("/operations/sites/{site}/runs.svg")
def runs_drawn(request: Request, store: AnyStore, site: str, size: str = "", theme: str = "auto") -> Response:
    """Draw the last runs of a site."""
    lang, narrow = preference(request, "lang"), size == "narrow"
    runs = operations_queries.recent_runs(store, [site], RUNS // 2 if narrow else RUNS)[site]
    bars = [Bar(moment(run["started_at"])[:10], words.verdict_of(run), run["counted"]["new"]) for run in reversed(runs)]
    title = _("Runs of {site}", lang).format(site=site_name(site, lang))
    return svg(charts.timeline(bars, title, words.tally(runs, lang), narrow=narrow, theme=theme_of(theme)))


@router.get("/operations/sites/{site}/drift.svg")
def drift_drawn(request: Request, store: AnyStore, site: str, size: str = "", theme: str = "auto") -> Response:
    """Draw the drift of a site's sections over its last runs."""
    lang, found = preference(request, "lang"), drift_lines(request, store, site)
    title = _("Drift of {site}", lang).format(site=site_name(site, lang))
    narrow = size == "narrow"
    return svg(charts.drifts(found.lines, found.days, found.limit, title, found.words, narrow=narrow, theme=theme_of(theme)))
