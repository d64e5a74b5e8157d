"""What people ask of the schedule: do a job now, let it rest, let it go on."""

from __future__ import annotations

from datetime import date, datetime

from harvester.config import Config
from harvester.errors import WrongCall
from harvester.moments import minute
from harvester.scheduling.plan import CRAWL, Job, job_of, jobs
from spiders.schedule import ZONE
from storage import due_runs, pauses
from storage.due_runs import DueRun
from storage.pauses import Pause
from storage.store import Store


def run_now(store: Store, config: Config, job: str, by: str, now: datetime, *, sweep: bool = False, since: date | None = None) -> DueRun:
    """Write a due run of now and return it. ``sweep``: lists are read whole; ``since``: what was listed on that day or later.

    Raises WrongCall for a job that is unknown, rests or has no address, and for what a chore cannot do.
    """
    found = job_of(job, config)
    if found.kind != CRAWL and (sweep or since):
        raise WrongCall(f"{job} crawls nothing; leave out --sweep and --since.")
    if found.name not in {each.name for each in jobs(config)}:
        raise WrongCall(f"The address of {job} is not known today; name one in harvester.toml, [bases].")
    if since is not None and since > now.astimezone(ZONE).date():
        raise WrongCall(f"--since {since} is still to come; write a day on or after which something was listed.")
    rest = pauses.holding(pauses.listed(store), job, now)
    if rest is not None:
        raise WrongCall(f"{job} is paused by {rest.paused_by} ({rest.reason}); let it go on with `harvester schedule resume {job}`.")
    arguments = ({"sweep": True} if sweep else {}) | ({"since": since.isoformat()} if since else {})
    return due_runs.ask(store, job, found.kind, now, by, arguments)


def pause(store: Store, config: Config, job: str, reason: str, by: str, now: datetime, until: datetime | None = None) -> Pause:
    """Let a job rest and return the pause. Raises WrongCall for an unknown job, an empty reason or an end that is not ahead."""
    known: Job = job_of(job, config)
    if not reason.strip():
        raise WrongCall("A pause needs a reason; say in a few words why, for whoever finds the job resting.")
    if until is not None and until <= now:
        raise WrongCall(f"The pause would end before it begins ({minute(until)}); write a later day or moment.")
    return pauses.pause(store, known.name, reason.strip(), by, now, until)


def resume(store: Store, config: Config, job: str, now: datetime) -> bool:
    """Let a job go on and return whether it rested. Raises WrongCall for an unknown job."""
    return pauses.resume(store, job_of(job, config).name, now)
