"""The moments at which a job is due, computed and never drawn: every scheduler finds the same ones. Nothing here reads a clock or a store.

A moment comes about in four steps: what cron names; put off by the jitter, less than the time to the next that cron names; outside the
allowed hours put off to their next beginning, jittered again; on a day off left out, where the schedule says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from hashlib import sha256

from harvester.config import Config
from harvester.errors import WrongCall
from normalizers.workdays import is_workday
from spiders.schedule import DAY_MINUTES, SKIP, ZONE, Schedule, ScheduleError, read_schedule, trigger
from spiders.sheets import all_sheets
from storage import pauses
from storage.pauses import Pause

CRAWL, CHORE = "crawl", "chore"
CHORES: Mapping[str, Schedule] = {
    "takedown": Schedule(cron="10 0 * * *", jitter_minutes=10),
    "verify": Schedule(cron="0 12 * * sun", jitter_minutes=30),
    "watch": Schedule(cron="*/5 * * * *", jitter_minutes=0),
}
"""What is done with the store itself: what may no longer be shown leaves as the day begins; watches are told; all is read through."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is done again and again: the crawl of a site, or a chore."""

    name: str
    kind: str
    schedule: Schedule


def jobs(config: Config) -> list[Job]:
    """Return every job by name: chores, then the sites that have an address. Raises WrongCall for settings of no job, or wrong ones."""
    reachable = {name: schedule for name, (base, schedule) in _sites().items() if base or name in config.bases}
    known = {*CHORES, *_sites()}
    if unknown := sorted(config.schedule.keys() - known):
        raise WrongCall(
            f"{config.place('schedule')}: [schedule.{unknown[0]}] is of no job; jobs are {', '.join(sorted(known))}: "
            "take it out, or mend its name."
        )
    chores = [Job(name, CHORE, merged(name, schedule, config)) for name, schedule in sorted(CHORES.items())]
    return chores + [Job(name, CRAWL, merged(name, schedule, config)) for name, schedule in sorted(reachable.items())]


def job_of(name: str, config: Config) -> Job:
    """Return a job, a site without an address, too. Raises WrongCall for a name that is none."""
    if name in _sites():
        return Job(name, CRAWL, merged(name, _sites()[name][1], config))
    if name not in CHORES:
        raise WrongCall(f"There is no job {name}; jobs are {', '.join((*sorted(CHORES), *_sites()))}.")
    return Job(name, CHORE, merged(name, CHORES[name], config))


@cache
def _sites() -> Mapping[str, tuple[str, Schedule]]:
    """Return the address and the schedule of every site; sheets do not change while a process lives, and this is asked often."""
    return {sheet.id: (sheet.base, sheet.schedule) for sheet in all_sheets()}


def schedule_of(job: str, config: Config) -> Schedule:
    """Return the schedule of a job: its fact sheet's, key by key outweighed by ``[schedule.JOB]`` of the settings. Raises WrongCall."""
    return job_of(job, config).schedule


def merged(name: str, base: Schedule, config: Config) -> Schedule:
    """Return a schedule with what the settings say of the job. Raises WrongCall."""
    try:
        return read_schedule(config.schedule.get(name, {}), base)
    except ScheduleError as error:
        raise WrongCall(f"{config.place('schedule')}, [schedule.{name}]: {error}; see docs/scheduling.md.") from None


# --- moments -----------------------------------------------------------------------------------------------------------


def moments(job: str, schedule: Schedule, after: datetime, until: datetime) -> list[datetime]:
    """Return the moments later than ``after`` up to and with ``until``, in their order, each once, in UTC."""
    found = (moment for moment in _moments(job, schedule, after - _longest(schedule), until) if after < moment <= until)
    return sorted(set(found))


def _longest(schedule: Schedule) -> timedelta:
    """Return how far at most a moment lies behind what cron names: by a jitter, and by a day of closed hours and another jitter."""
    jitter_at_most = timedelta(minutes=schedule.jitter_minutes)
    return 2 * jitter_at_most + timedelta(days=1) if schedule.hours else jitter_at_most


def upcoming(job: str, schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the moments later than ``after`` up to ``until``, day by day, so that the first ones cost no more than their days."""
    while after < until:
        end = min(after + timedelta(days=1), until)
        yield from moments(job, schedule, after, end)
        after = end


def next_due(job: str, schedule: Schedule, after: datetime) -> datetime | None:
    """Return the first moment later than ``after``, ``None`` where the job is done only when asked for, or not within ten years."""
    return next(upcoming(job, schedule, after, after + timedelta(days=3653)), None) if schedule.cron else None


def coming(job: str, schedule: Schedule, rests: list[Pause], after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the moments later than ``after`` up to ``until`` at which a job will be done: those that no pause known now leaves out."""
    begin = pauses.awake_from(rests, job, after)
    if begin is not None:  # the moment at which a pause ends is not within it, and is yielded
        yield from upcoming(job, schedule, after if begin == after else begin - timedelta(microseconds=1), until)


def next_done(job: str, schedule: Schedule, rests: list[Pause], after: datetime) -> datetime | None:
    """Return the first moment later than ``after`` at which a job will be done; ``None``: only when asked for, or when it is resumed."""
    return next(coming(job, schedule, rests, after, after + timedelta(days=3653)), None) if schedule.cron else None


def _moments(job: str, schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    for nominal, following in _nominal(schedule, after, until):
        moment = nominal + jitter(job, nominal, min(schedule.jitter_minutes * 60, _seconds(following - nominal)))
        moment = _allowed(job, schedule, moment)
        if schedule.holidays != SKIP or is_workday(moment.astimezone(ZONE).date()):
            yield moment.astimezone(UTC)


def _nominal(schedule: Schedule, after: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield what cron names after a moment until another, each with what it names next."""
    if not schedule.cron:
        return
    cron = trigger(schedule.cron)
    begin = after.astimezone(ZONE)
    found: datetime | None = cron.get_next_fire_time(begin, begin)
    while found is not None and found <= until:
        following: datetime | None = cron.get_next_fire_time(found, found)
        yield found, following or found + timedelta(days=1)
        found = following


def jitter(job: str, moment: datetime, limit: int) -> timedelta:
    """Return by how much a moment of a job is put off: whole seconds from 0 to under ``limit``, a hash of both."""
    if limit <= 0:
        return timedelta()
    told = f"{job} {moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}".encode()
    return timedelta(seconds=int.from_bytes(sha256(told).digest()[:8], "big") % limit)


def _allowed(job: str, schedule: Schedule, moment: datetime) -> datetime:
    """Return the moment, or where it lies outside the allowed hours, a jittered one at their next beginning."""
    window = schedule.window
    if window is None or within(window, moment):
        return moment
    first, last = window
    local = moment.astimezone(ZONE)
    opening = datetime.combine(local.date(), time(first // 60, first % 60), ZONE)
    if opening < local:
        opening += timedelta(days=1)
    length = ((last - first) % DAY_MINUTES or DAY_MINUTES) * 60
    return opening + jitter(job, opening, min(schedule.jitter_minutes * 60, length))


def within(window: tuple[int, int], moment: datetime) -> bool:
    """Tell whether a moment lies in allowed hours; their last minute is the one before their end."""
    local = moment.astimezone(ZONE)
    minute = local.hour * 60 + local.minute
    first, last = window
    return first <= minute < last if first < last else minute >= first or minute < last


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
