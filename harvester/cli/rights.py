"""The verbs that keep the rights of those named: takedown, objections, audit."""

from __future__ import annotations

from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Annotated, Any

import typer

from harvester import audited
from harvester.cli.options import FormatOption, LimitOption, StoreOption
from harvester.cli.output import Format, complain, console, emit
from harvester.errors import WrongCall
from harvester.filtering import parse_date
from harvester.messages import _
from harvester.moments import minute
from harvester.session import opened
from normalizers.privacy import mask
from normalizers.workdays import add_workdays
from storage import audit as audit_log
from storage import objections as objecting
from storage import takedown as taking_down
from storage.days import LOCAL, local_day
from storage.records import TakedownReason
from storage.takedown import TakedownReport

OBJECTION_COLUMNS = (
    "id",
    "notice_id",
    "received_at",
    "channel",
    "statement",
    "decide_due_on",
    "overdue",
    "decision",
    "decided_at",
    "note",
    "operator",
)
TAKEDOWN_COLUMNS = ("day", *(reason.value for reason in TakedownReason), "late", "latest", "erased", "finished", "still to erase")
AUDIT_COLUMNS = ("id", "at", "actor", "action", "what", "rows", "certain")
MARK_DAYS, DECIDE_DAYS = 1, 5
"""Working days to mark and to decide an objection: the strictest of the four provinces' rules (上海市社会信用条例, art. 36)."""

ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it; else HARVESTER_OPERATOR or the user.")]


class Decision(StrEnum):
    """How an objection is decided."""

    UPHELD = "upheld"
    REJECTED = "rejected"


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line; the list of objections is ``objections`` without a further word."""
    app.command()(takedown)
    group = typer.Typer(help="Objections to what the store shows.", rich_markup_mode=None, invoke_without_command=True)
    group.callback()(objections)
    for verb in (add, decide):
        group.command()(verb)
    app.add_typer(group, name="objections")
    app.command()(audit)


def takedown(
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="With --dry-run: what would go on that day.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would go, and take nothing down.")] = False,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Take down what may no longer be shown: run it every day.

    Records whose term is over and such as are confirmed to be gone become tombstones; what was withdrawn, repaired or suppressed before
    is erased from the archive and from the database's files. Exit status 1 when something is left to do.
    """
    day = parse_date(on) or audited.today()
    if on and not dry_run and day != audited.today():
        raise WrongCall("a take-down acts on today's terms; --on goes with --dry-run.")
    with opened(store) as found:
        report = taking_down.run(found, day, dry_run=dry_run)
    row = told(report)
    emit([row | {"still to erase": row["left"]}] if form is Format.TABLE else [row], form, TAKEDOWN_COLUMNS)
    for problem in report.problems:
        complain(problem)
    return 1 if report.left and not dry_run else 0


def told(report: TakedownReport) -> dict[str, Any]:
    """Return a report as one row: how many records went for each reason, how late, and what is left to erase."""
    by_reason = {reason.value: report.taken.get(reason, 0) for reason in TakedownReason}
    late = sum(report.late.values())
    done = {"late": late, "latest": max(report.late, default=0), "erased": report.erased, "finished": report.finished, "left": report.left}
    return {"day": report.day, "dry_run": report.dry_run} | by_reason | done


def objections(
    context: typer.Context,
    undecided: Annotated[bool, typer.Option("--open", help="Only those that are not decided.")] = False,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the objections with the last day to decide each."""
    if context.invoked_subcommand is not None:
        return
    with opened(store) as found:
        rows = objecting.listed(found, undecided=undecided)
    for row in rows:
        row["overdue"] = row["decided_at"] is None and row["decide_due_on"] < audited.today()
    emit([row | {"received_at": minute(row["received_at"])} for row in rows] if form is Format.TABLE else rows, form, OBJECTION_COLUMNS)


def add(
    notice: Annotated[str, typer.Argument(metavar="ID", help="The record objected to, as `harvester notices` names it.")],
    statement: Annotated[str, typer.Option(help="What is objected to, in a sentence; personal data in it are masked.")],
    channel: Annotated[str, typer.Option(help="How it came: mail, letter, counter, ….")] = "",
    store: StoreOption = None,
) -> None:
    """Take in an objection; the record is marked as objected to at once.

    It is about this store's copy. What the authority itself published is objected to at the authority or by 信用中国.
    """
    if not statement.strip():
        raise WrongCall("an objection says what is objected to; give it with --statement.")
    now = datetime.now(UTC)
    due = tuple(add_workdays(local_day(now), days) for days in (MARK_DAYS, DECIDE_DAYS))
    with opened(store) as found:
        number = objecting.take_in(found, notice, mask(channel).text, mask(statement).text, now, (due[0], due[1]))
    text = _("objection {id}: {notice} is marked as objected to; decide it until {day}: harvester objections decide {id} upheld|rejected.")
    console().print(text.format(id=number, notice=notice, day=due[1]), markup=False, soft_wrap=True)


def decide(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The objection, as `harvester objections` numbers it.")],
    decision: Annotated[Decision, typer.Argument(help="upheld takes the record down, rejected takes the mark away.")],
    note: Annotated[str, typer.Option(help="Why; personal data in it are masked.")] = "",
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Decide an objection. An upheld one suppresses the record here, for ever, wherever else it is published."""
    with opened(store) as found:
        row = objecting.decide(found, number, decision.value, mask(note).text, audited.actor(store, by), datetime.now(UTC))
    text = _("objection {id} is {decision}: {notice}.")
    console().print(text.format(id=number, decision=_(decision.value), notice=row["notice_id"]), markup=False)
    for problem in row["left"]:
        complain(problem)


def audit(
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only from this day on.")] = None,
    actor: Annotated[str, typer.Option(help="Only what this person asked.")] = "",
    action: Annotated[str, typer.Option(help="Only this: notices, dossier, changes, search, graph, export, ….")] = "",
    subject: Annotated[str, typer.Option(help="Only questions for this code, name or words.")] = "",
    notice: Annotated[str, typer.Option("--notice", metavar="ID", help="Only where this record was shown.")] = "",
    limit: LimitOption = 50,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List who saw or exported what of the public credit records, the newest first. Codes, names and words are keyed tags there."""
    day = parse_date(since)
    first = datetime.combine(day, time(), LOCAL) if day else None
    with opened(store) as found:
        rows = audit_log.entries(
            found, since=first, actor=actor, action=action, subject=subject, notice_id=notice, limit=limit or None
        )  # fmt: skip
    emit([row | {"at": minute(row["at"])} for row in rows] if form is Format.TABLE else rows, form, AUDIT_COLUMNS)
