"""Incidents of the work itself, and of sites that no run shows: who is stale, what was missed, no worker, a full disk.

Runs settle what they show by themselves (``harvester.monitoring.running``). A consequence is no incident: without a worker nothing is
missed or stale beside that, and a site whose cause is known is not stale, too.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from harvester.config import Config
from harvester.scheduling.plan import CHORES, CRAWL, jobs
from normalizers.workdays import workdays_between
from spiders.sheets import sheet_of
from storage import deliveries, due_runs, pauses, workers
from storage.days import local_day
from storage.due_runs import DueRun
from storage.engine import file_of, read_url
from storage.incidents import ALARM, WARNING, WHOLE, Finding, Incident, incidents_of, settle
from storage.measures import last_complete
from storage.records import Verdict
from storage.schema import runs
from storage.store import KILLED, Store

WAITING = ("due", "queued")
OPEN = (*WAITING, "running")
NO_WORKER, MISSED, STALE, DISK, WATCH = "no-worker", "missed", "stale", "disk", "watch"
PATIENCE = timedelta(minutes=20)
"""So long may what is due wait for a worker that nobody has heard of."""
OVERDUE = timedelta(hours=6)
"""So long may what is due wait while workers are there: they have their hands full."""
AFRESH = timedelta(hours=1)
"""So long a site whose run was killed has until it is crawled again."""
TELL_OF = timedelta(days=1)
"""Deliveries that were given up so short a time ago are news."""
LITTLE, NOTHING = 10 * 2**30, 2**30
"""Bytes that are little and as good as nothing to a disk; little only where it is also ``SHARE`` of it."""
SHARE = 0.05


def settle_work(store: Store, config: Config, now: datetime) -> None:
    """Open, keep and close what no run shows, of sites and of the work itself. Raises StoreError."""
    crawled = [job.name for job in jobs(config) if job.kind == CRAWL and job.schedule.cron]
    held = pauses.listed(store)
    watched = [site for site in crawled if not pauses.holding(held, site, now)]
    alive = incidents_of(store)
    found: dict[str, list[Finding]] = defaultdict(list)
    found[""] = [*_disk(store, config), *_watches(store, now)]
    if lonely := _no_worker(store, now):
        found[""].append(lonely)
    else:
        known = {each.site for each in alive if _explains(each)}
        for site, finding in (*_missed(store, now, watched, known), *_stale(store, watched, known, now), *_killed(store, watched, now)):
            found[site].append(finding)
    _settle(store, alive, found, watched, bool(lonely), now)


def _settle(
    store: Store, alive: Collection[Incident], found: Mapping[str, list[Finding]], watched: Iterable[str], lonely: bool, now: datetime
) -> None:
    """Settle each site, and the work itself; without a worker nothing can be told of what is missed."""
    for site in dict.fromkeys(("", *watched, *found, *(each.site for each in alive if each.cause == MISSED))):
        sections = {section for each in alive if each.site == site for section in each.sections} | {WHOLE}
        told = () if lonely else (MISSED,)
        judged = dict.fromkeys((*told, NO_WORKER, DISK, WATCH) if not site else told, sections)
        if found.get(site) or any(each.site == site and each.cause in judged for each in alive):
            settle(store, site, found.get(site, []), judged, at=now)


# --- sites -------------------------------------------------------------------------------------------------------------------


def _stale(store: Store, sites: list[str], known: Collection[str], now: datetime) -> Iterator[tuple[str, Finding]]:
    """Yield the sites that were not read completely for longer than promised, though nothing else is known to be wrong with them."""
    complete, first, today = last_complete(store, sites), _first_runs(store, sites), local_day(now)
    for site in sites:
        since = complete.get(site) or first.get(site)
        most = sheet_of(site).promises.stale_workdays
        if since is None or not most or site in known:
            continue
        days = workdays_between(local_day(since), today)
        if days > most:
            last = f"since {local_day(since)}" if site in complete else "ever"
            detail = f"The site was not read completely {last}."
            yield site, Finding(STALE, ALARM, WHOLE, f"{days} working days", f"at most {most}", detail)


def _explains(incident: Incident) -> bool:
    return incident.level == ALARM and incident.cause not in (STALE, MISSED)


def _first_runs(store: Store, sites: list[str]) -> dict[str, datetime]:
    r = runs.c
    with store.reading() as connection:
        return {
            row[0]: row[1] for row in connection.execute(select(r.site, func.min(r.started_at)).where(r.site.in_(sites)).group_by(r.site))
        }


def _killed(store: Store, sites: list[str], now: datetime) -> Iterator[tuple[str, Finding]]:
    """Yield the sites whose last run was killed, and that nobody crawled again since."""
    r = runs.c
    with store.reading() as connection:
        for site in sites:
            query = select(r.verdict, r.cause, r.ended_at).where(r.site == site).order_by(r.started_at.desc(), r.id.desc()).limit(1)
            last = connection.execute(query).one_or_none()
            if last and (last.verdict, last.cause) == (Verdict.FAILED, KILLED) and now - last.ended_at > AFRESH:
                detail = "The last run was killed, and nobody took it over."
                yield site, Finding(KILLED, ALARM, WHOLE, "killed", str(Verdict.COMPLETE), detail)


def _missed(store: Store, now: datetime, sites: Collection[str], known: Collection[str]) -> Iterator[tuple[str, Finding]]:
    """Yield the jobs whose last due run was missed or failed, or waits for too long; a chore is a section of the work itself."""
    last, open_ones = due_runs.last(store), {due.job: due for due in due_runs.listed(store, states=OPEN) if due.due_at <= now}
    for job in sorted(last.keys() | open_ones.keys()):
        due = open_ones.get(job) or last[job]
        late = due.state in WAITING and now - due.due_at > OVERDUE
        if not late and due.state not in ("missed", "failed"):
            continue
        site, section = ("", job) if job in CHORES else (job, WHOLE)
        if job in CHORES or (job in sites and job not in known):
            detail = f"{job}: what was due at {due.due_at:%Y-%m-%d %H:%M} UTC was not done."
            yield site, Finding(MISSED, WARNING, section, _state(due), "done", detail)


def _state(due: DueRun) -> str:
    return f"{due.state}: {due.note}" if due.note else due.state


# --- the work itself -----------------------------------------------------------------------------------------------------------


def _no_worker(store: Store, now: datetime) -> Finding | None:
    """Return that nobody does what is due: something waits for long enough, and no worker was heard of."""
    late = [due for due in due_runs.listed(store, states=WAITING) if now - due.due_at > PATIENCE]
    if not late or workers.heard_of(store, now):
        return None
    detail = f"{len(late)} due runs wait for a worker, the first since {min(due.due_at for due in late):%Y-%m-%d %H:%M} UTC."
    return Finding(NO_WORKER, ALARM, WHOLE, "no worker", "at least one", detail)


def _disk(store: Store, config: Config) -> Iterator[Finding]:
    """Yield the disks of the archive and the database that are nearly full, each once."""
    file = file_of(read_url(config.store))
    seen: set[int] = set()
    for name, folder in (("archive", config.archive), ("database", file.parent if file else None)):
        place = _standing(folder) if folder else None
        if place is None or (device := place.stat().st_dev) in seen:
            continue
        seen.add(device)
        total, _, free = shutil.disk_usage(place)
        if level := level_of(free, total):
            detail = f"The disk of the {name} has {free / 2**30:.1f} GiB left of {total / 2**30:.0f} GiB."
            yield Finding(DISK, level, WHOLE, f"{free / 2**30:.1f} GiB", f"at least {LITTLE / 2**30:.0f} GiB", detail)


def level_of(free: int, total: int) -> str:
    """Return how grave it is that a disk has so many bytes left, empty where it is not."""
    return ALARM if free < NOTHING else WARNING if free < LITTLE and free < SHARE * total else ""


def _standing(folder: Path) -> Path | None:
    """Return a folder, or the nearest one above it that is there."""
    return next((each for each in (folder, *folder.absolute().parents) if each.exists()), None)


def _watches(store: Store, now: datetime) -> Iterator[Finding]:
    """Yield the watches of which a delivery was given up a short while ago."""
    lost: dict[str, int] = defaultdict(int)
    for each in deliveries.listed(store, state=deliveries.GIVEN_UP):
        if each.ended_at is not None and now - each.ended_at <= TELL_OF:
            lost[each.watch] += 1
    for watch, count in sorted(lost.items()):
        yield Finding(WATCH, ALARM, watch, f"{count} given up", "none given up", f"Deliveries of the watch {watch} could not be made.")
