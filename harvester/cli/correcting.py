"""The verbs of what readers report to be wrong: corrections list, answer."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from harvester import audited, correcting
from harvester.cli.options import ByOption, FormatOption, LimitOption, StoreOption
from harvester.cli.output import Format, console, emit
from harvester.filtering import parse_date
from harvester.messages import _
from harvester.moments import minute
from harvester.session import opened
from storage import corrections
from storage.corrections import Answer

CORRECTION_COLUMNS = (
    "id",
    "state",
    "due_on",
    "overdue",
    "received_at",
    "address",
    "field",
    "wrong",
    "should_be",
    "contact",
    "told",
    "reason",
)


class State(StrEnum):
    """What became of a report."""

    NEW = "new"
    CONFIRMED = "confirmed"
    MENDED = "mended"
    DECLINED = "declined"


class Answered(StrEnum):
    """What a report can be answered with."""

    CONFIRMED = "confirmed"
    MENDED = "mended"
    DECLINED = "declined"


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line, below ``corrections``."""
    group = typer.Typer(help="What readers report to be wrong, and what became of it.", rich_markup_mode=None)
    group.command("list")(listing)
    group.command()(answer)
    app.add_typer(group, name="corrections")


def listing(
    state: Annotated[State | None, typer.Option("--state", help="Only those that are new, confirmed, mended, declined.")] = None,
    limit: LimitOption = 50,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the reports of readers, what waits first, with the last day to answer each."""
    with opened(store) as found:
        rows = corrections.listed(found, state=state.value if state else "", limit=limit or None)
    for row in rows:
        row["overdue"] = row["state"] == State.NEW and row["due_on"] < audited.today()
    emit([row | {"received_at": minute(row["received_at"])} for row in rows] if form is Format.TABLE else rows, form, CORRECTION_COLUMNS)


def answer(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The report, as `harvester corrections list` numbers it.")],
    state: Annotated[Answered, typer.Option("--state", help="confirmed: it is wrong; mended: it was; declined: it is right.")],
    told: Annotated[str, typer.Option("--told", help="What was wrong, in public; personal data in it are masked.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is declined, in public.")] = "",
    wrong_from: Annotated[str | None, typer.Option("--wrong-from", metavar="DATE", help="The first day on which it was wrong.")] = None,
    mended_on: Annotated[str | None, typer.Option("--mended-on", metavar="DATE", help="The day of mending; else today.")] = None,
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Answer a report: the answer stands in the public log of corrections."""
    mended = (parse_date(mended_on) or audited.today()) if state is Answered.MENDED or mended_on else None
    given = Answer(state.value, told, reason, parse_date(wrong_from), mended)
    with opened(store) as found:
        correcting.answer(found, number, given, audited.actor(store, by))
    console().print(_("report {id} is answered: {state}.").format(id=number, state=_(state.value)), markup=False)
