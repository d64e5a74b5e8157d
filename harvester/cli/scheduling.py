"""The verbs of the schedule and of those who keep it: schedule list, next, pause, resume, run; worker."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester import audited
from harvester.cli.options import ByOption, FormatOption, StoreOption
from harvester.cli.output import Format, console, emit
from harvester.cli.worker_lines import Lines
from harvester.endings import end_by_signals
from harvester.errors import WrongCall
from harvester.filtering import parse_date
from harvester.messages import _, counted, language
from harvester.moments import end_ahead, minute
from harvester.observing import logs
from harvester.scheduling import asking, plan
from harvester.scheduling.plan import Job, job_of, jobs, next_done, next_due
from harvester.scheduling.words import in_few_words, state_in_words
from harvester.sentences import said
from harvester.session import opened
from harvester.sound_settings import sound_settings
from storage import due_runs, pauses, workers
from storage.due_runs import DueRun
from storage.errors import MissingStore
from storage.pauses import Pause

if TYPE_CHECKING:
    from harvester.config import Config

SCHEDULE_COLUMNS = ("job", "when", "next", "last", "state", "remark")
NEXT_COLUMNS = ("next", "job", "when")
OFTEN = timedelta(hours=1)
"""A job that is due more often has one line among those that come next."""

JobArgument = Annotated[str, typer.Argument(metavar="JOB", help="A site's id, or takedown, verify, watch.")]


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line; the list of jobs is ``schedule`` without a further word."""
    group = typer.Typer(help="When jobs are due, and what became of them.", rich_markup_mode=None, invoke_without_command=True)
    group.callback()(schedule)
    group.command("list")(list_jobs)
    group.command("next")(coming)
    group.command()(pause)
    group.command()(resume)
    group.command()(run)
    app.add_typer(group, name="schedule")
    app.command()(worker)


def schedule(context: typer.Context, store: StoreOption = None, form: FormatOption = Format.TABLE) -> None:
    """List the jobs: when each is due, next and last, what became of it, and whether it rests."""
    if context.invoked_subcommand is None:
        list_jobs(store, form)


def list_jobs(store: StoreOption = None, form: FormatOption = Format.TABLE) -> None:
    """List the jobs: when each is due, next and last, what became of it, and whether it rests."""
    config, now = sound_settings(store), datetime.now(UTC)
    known = Known.of(store)
    rows = [job_row(job, known, now) for job in jobs(config)]
    emit([for_people(row) for row in rows] if form is Format.TABLE else rows, form, SCHEDULE_COLUMNS)
    if form is Format.TABLE:
        say_workers(known, now)


class Known:
    """What the store tells of jobs; nothing where there is no store yet."""

    def __init__(self) -> None:
        self.open: dict[str, DueRun] = {}
        self.last: dict[str, DueRun] = {}
        self.rests: list[Pause] = []
        self.workers: list[workers.Worker] = []

    @classmethod
    def of(cls, store: str | None) -> Known:
        """Return what the store tells."""
        known = cls()
        try:
            with opened(store) as found:
                known.open = due_runs.last(found, ("due", "queued", "running"))
                known.last = due_runs.last(found)
                known.rests = pauses.listed(found)
                known.workers = workers.heard_of(found, datetime.now(UTC))
        except MissingStore:
            pass  # no worker has been here: the fact sheets alone are the answer
        return known


def job_row(job: Job, known: Known, now: datetime) -> dict[str, Any]:
    """Return what there is to say of a job, in one row; its moments are UTC."""
    rest, last = pauses.holding(known.rests, job.name, now), known.last.get(job.name)
    shown = known.open.get(job.name) or last
    return {
        "job": job.name,
        "kind": job.kind,
        "when": in_few_words(job.schedule),
        "cron": job.schedule.cron,
        "next": next_done(job.name, job.schedule, known.rests, now),
        "last": last.due_at if last else None,
        "state": shown.state if shown else "",
        "note": shown.note if shown else "",
        "paused": rest is not None,
        "reason": rest.reason if rest else "",
        "paused_by": rest.paused_by if rest else "",
        "paused_until": rest.until if rest else None,
    }


def for_people(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job's row as a table shows it."""
    remark = said(row["note"])
    if row["paused"]:
        remark = _paused(row["paused_by"], row["paused_until"], row["reason"])
    return {**row, "state": state_in_words(row["state"]), "remark": remark}


def paused_in_words(rest: Pause) -> str:
    """Return who let a job rest, until when, and why."""
    return _paused(rest.paused_by, rest.until, rest.reason)


def _paused(who: str, until: datetime | None, reason: str) -> str:
    told = _("until {moment}").format(moment=minute(until)) if until else _("until resumed")
    return _("paused by {who} {until}: {reason}").format(who=who, until=told, reason=reason)


def say_workers(known: Known, now: datetime) -> None:
    """Say who does what is due, or what to do where nobody does."""
    if not known.workers:
        console().print(_("No worker is heard of: nothing of this is done until `harvester worker` runs."), markup=False)
        return
    for each in known.workers:
        doing = each.doing or _("nothing just now")
        seconds = int((now - each.heartbeat_at).total_seconds())
        console().print(_("worker {id}, heard of {seconds} s ago: {doing}").format(id=each.id, seconds=seconds, doing=doing), markup=False)


def coming(
    name: Annotated[str, typer.Argument(metavar="[JOB]", help="Only this job.")] = "",
    until: Annotated[str | None, typer.Option(metavar="MOMENT", help="Up to this day or moment, instead of a day from now.")] = None,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List what will be done next, in the order of time; jobs that rest are named below. One due more than hourly has one line."""
    config, now = sound_settings(store), datetime.now(UTC)
    end = end_ahead(until, now).astimezone(UTC) if until else now + timedelta(days=7 if name else 1)
    if end <= now or end - now > timedelta(days=366):
        raise WrongCall(f"--until {until} is not within a year from now; write a day or moment that is.")
    rests, asked = Known.of(store).rests, [job_of(name, config)] if name else jobs(config)
    rows = [row for job in asked for row in coming_rows(job, now, end, rests, every=bool(name))]
    emit(sorted(rows, key=lambda row: row["next"]), form, NEXT_COLUMNS)
    if form is Format.TABLE:
        for rest in (rest for job in asked if (rest := pauses.holding(rests, job.name, now))):
            console().print(f"{rest.job}{_(': ')}{paused_in_words(rest)}", markup=False)


def coming_rows(job: Job, now: datetime, end: datetime, rests: list[Pause], *, every: bool) -> list[dict[str, Any]]:
    """Return the moments of a job up to another, one a row, but for those within a pause.

    Of a job that is due often there is only the first, unless ``every`` is asked for.
    """
    rows: list[dict[str, Any]] = []
    for moment in plan.coming(job.name, job.schedule, rests, now, end):
        if not every and rows and moment - rows[-1]["next"] < OFTEN:
            break
        rows.append({"next": moment, "job": job.name, "kind": job.kind, "when": in_few_words(job.schedule)})
    return rows


def pause(
    name: JobArgument,
    reason: Annotated[str, typer.Option(help="Why, for whoever finds the job resting.")],
    until: Annotated[str | None, typer.Option(metavar="MOMENT", help="It goes on by itself at this day or moment.")] = None,
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Let a job rest: what falls due meanwhile is skipped, and never made up for. A crawl that is under way goes on."""
    config, now = sound_settings(store), datetime.now(UTC)
    end = end_ahead(until, now).astimezone(UTC) if until else None
    with opened(store, create=True) as found:
        asking.pause(found, config, name, reason, audited.actor(store, by), now, end)
    told = _("{job} rests until {moment}") if end else _("{job} rests until `harvester schedule resume {job}`")
    console().print(told.format(job=name, moment=minute(end)), markup=False)


def resume(name: JobArgument, store: StoreOption = None) -> None:
    """Let a job go on at its next moment; what was skipped stays skipped."""
    config, now = sound_settings(store), datetime.now(UTC)
    with opened(store, create=True) as found:
        rested = asking.resume(found, config, name, now)
    job = job_of(name, config)
    told = _("{job} goes on; it is due next {moment}") if rested else _("{job} did not rest; it is due next {moment}")
    moment = next_due(name, job.schedule, now)
    console().print(told.format(job=name, moment=minute(moment) if moment else _("only when asked for")), markup=False)


def run(
    name: JobArgument,
    sweep: Annotated[bool, typer.Option("--sweep", help="Read the lists whole, whenever that was last done.")] = False,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Fetch what was listed on or after this day.")] = None,
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Let a job be due now, beside its schedule; a worker does it."""
    config, now = sound_settings(store), datetime.now(UTC)
    with opened(store, create=True) as found:
        due = asking.run_now(found, config, name, audited.actor(store, by), now, sweep=sweep, since=parse_date(since))
        there = workers.heard_of(found, now)
    told = _("{job} is due now, as number {id}.").format(job=name, id=due.id)
    if there:
        said = counted("{n} worker is heard of", "{n} workers are heard of", len(there))
        further = _("{said}; `harvester schedule` shows what becomes of it.").format(said=said)
    else:
        further = _("No worker is heard of: start one with `harvester worker`, or do it at once with `harvester worker --once`.")
    console().print(told + ("" if language() == "zh" else " ") + further, markup=False)


def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, to its end, then exit; for cron.")] = False,
    side_by_side: Annotated[
        int | None, typer.Option("--side-by-side", min=1, max=64, metavar="N", help="So many jobs at once, never two of one site.")
    ] = None,
    store: StoreOption = None,
) -> int:
    """Do what is due, until Ctrl-C or SIGTERM; any number of workers may run. Both end it within seconds, and nothing is lost.

    Exit status 1 with --once when something failed.
    """
    config = sound_settings(store)
    logs.configure(config, worker=f"{socket.gethostname()}:{os.getpid()}")
    count = config.side_by_side if side_by_side is None else side_by_side
    lines = Lines(config)
    return clustered(config, lines, count, once=once) if config.store.startswith("postgres") else embedded(config, lines, count, once=once)


def embedded(config: Config, lines: Lines, count: int, *, once: bool) -> int:
    """Work on an SQLite store."""
    from harvester.scheduling.embedded import EmbeddedWorker

    member = EmbeddedWorker(config, lines, side_by_side=count)
    end_by_signals(member.stop, _("ended at once; the next worker takes over what was under way."))
    if once:
        member.once()
        lines.say(lines.total())
        return 1 if lines.failed else 0
    member.run()
    lines.say(_("the worker has ended"))
    return 0


def clustered(config: Config, lines: Lines, count: int, *, once: bool) -> int:
    """Work on a PostgreSQL store, beside workers of any number of hosts."""
    from harvester.scheduling import cluster

    cluster.run(config, lines, slots=count, once=once)
    lines.say(lines.total() if once else _("the worker has ended"))
    return 1 if once and lines.failed else 0
