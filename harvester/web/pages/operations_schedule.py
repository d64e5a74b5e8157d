"""When everything is due: the jobs, the next seven days, what waits, what was not done and why, and who does it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from harvester.errors import WrongCall
from harvester.scheduling.plan import CRAWL, Job, coming, jobs, upcoming
from harvester.session import settings
from harvester.web.access.rights import operator
from harvester.web.pages.operations import operators_page, workers
from harvester.web.room import AnyStore
from normalizers.workdays import is_workday, known
from storage import due_runs, operations_work, pauses
from storage.days import local_day
from storage.pauses import Pause

router = APIRouter(dependencies=[operator()])
Row = dict[str, Any]
DAYS = 7
OFTEN = 6
"""A job that is due oftener on a day than this is told once, with how often."""
MISSED_DAYS = 30
NEVER = datetime.max.replace(tzinfo=UTC)
"""Behind every moment: when what is done only on request is due."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar: whether offices work, ``None`` where nobody knows yet, and what is due, the earliest first."""

    day: date
    working: bool | None
    due: Sequence[tuple[datetime, Job]]


@router.get("/operations/schedule")
def schedule(request: Request, store: AnyStore) -> HTMLResponse:
    """Show the schedule."""
    now = datetime.now(UTC)
    try:
        found, problem = jobs(settings(None)), ""
    except WrongCall as error:
        found, problem = [], str(error)
    rests, frequent = pauses.listed(store), often(found, now)
    paused = {job.name: rest for job in found if (rest := pauses.holding(rests, job.name, now))}
    rare, ahead = [job for job in found if job not in frequent], first_moments(found, rests, now)
    return operators_page(
        request, "operations_schedule.html", now, problem=problem, days=calendar(rare, rests, now), frequent=frequent, paused=paused,
        next=ahead, jobs=sorted(found, key=lambda job: (ahead.get(job.name, NEVER), job.name)), crawl=CRAWL,
        last=due_runs.last(store, ("done",)), queue=operations_work.queue(store),
        not_done=operations_work.not_done(store, now - timedelta(days=MISSED_DAYS)), missed_days=MISSED_DAYS, workers=workers(store, now),
    )  # fmt: skip


def first_moments(found: Sequence[Job], rests: list[Pause], now: datetime) -> dict[str, datetime]:
    """Return the moment within a year at which each job will be done next; one that rests until it is resumed has none."""
    year = now + timedelta(days=366)
    ahead = ((job.name, next(coming(job.name, job.schedule, rests, now, year), None)) for job in found if job.schedule.cron)
    return {name: moment for name, moment in ahead if moment}


def often(found: Sequence[Job], now: datetime) -> list[Job]:
    """Return the jobs that are due oftener than ``OFTEN`` times a day: a calendar would show nothing else."""
    day = now + timedelta(days=1)
    return [job for job in found if len(list(islice(upcoming(job.name, job.schedule, now, day), OFTEN + 1))) > OFTEN]


def calendar(found: Sequence[Job], rests: list[Pause], now: datetime) -> list[Day]:
    """Return the next days, each with what will be done: what falls into a pause is none of it."""
    due: dict[date, list[tuple[datetime, Job]]] = defaultdict(list)
    for job in found:
        for moment in coming(job.name, job.schedule, rests, now, now + timedelta(days=DAYS)):
            due[local_day(moment)].append((moment, job))
    return [_day(local_day(now) + timedelta(days=n), due) for n in range(DAYS + 1)]


def _day(day: date, due: Mapping[date, Sequence[tuple[datetime, Job]]]) -> Day:
    return Day(day, is_workday(day) if known(day) else None, sorted(due.get(day, ()), key=lambda entry: (entry[0], entry[1].name)))
