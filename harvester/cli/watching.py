"""The verbs that tell people and programs of changes: watch add, list, show, pause, resume, remove, test, run, deliveries, retry."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester import audited
from harvester.cli import sent
from harvester.cli.options import ColourOption, FormatOption, LimitOption, ListOption, RegionOption, SiteOption, StoreOption
from harvester.cli.output import Format, complain, console, emit, in_words
from harvester.cli.querying import AgencyOption, RoleOption
from harvester.endings import end_by_signals
from harvester.errors import WrongCall
from harvester.filtering import ANY, chosen, parse_region, split_kinds
from harvester.messages import _, counted, language
from harvester.moments import minute
from harvester.sentences import said
from harvester.session import check_site, opened, settings
from harvester.values import to_json
from harvester.watching.periods import Period
from harvester.watching.rows import MOST_FILTER, MOST_NAME, delivery_row, row_of, short
from storage import deliveries, watches
from storage.change_queries import ChangeFilters
from storage.change_schema import CAUSES, ENTITIES
from storage.errors import LockedStore
from storage.naming import check_document
from storage.store import Store

if TYPE_CHECKING:
    from harvester.watching.robots import Pace

WATCH_COLUMNS = ("name", "filters", "channel", "period", "language", "state", "cursor", "due_at", "waiting", "created_by")
DELIVERY_COLUMNS = ("id", "watch", "created_at", "rows", "state", "attempts", "next_at", "ended_at", "error")
EVERY = 30.0
"""Seconds between two passes of a run that stays: what is to be told at once is told within a minute."""
SHOWN = 10


class Language(StrEnum):
    """The language of a watch's messages."""

    ZH = "zh"
    EN = "en"


class DeliveryState(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given-up"


NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="A watch.")]


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line, below ``watch``."""
    group = typer.Typer(help="Watches: tell people and programs of what changes.", rich_markup_mode=None)
    for verb in (add, show, pause, resume, remove, test, run, retry):
        group.command()(verb)
    group.command("list")(list_watches)
    group.command("deliveries")(list_deliveries)
    app.add_typer(group, name="watch")


def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it; stands in its messages.")],
    channel: Annotated[str, typer.Option("--channel", help="Where to tell it: a channel of the settings.")],
    period: Annotated[Period, typer.Option("--period", help="One message a day, a week, or at once.")] = Period.DAILY,
    agency: AgencyOption = "",
    role: RoleOption = None,
    entity: Annotated[list[str] | None, typer.Option(help="document, text, task, link, notice; may be given again.")] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="added, removed, changed, …, or a kind of public record; may be given again.")
    ] = None,
    cause: Annotated[list[str] | None, typer.Option(help="source (default), reading, decision, any; may be given again.")] = None,
    region: RegionOption = None,
    site: SiteOption = None,
    section: Annotated[str, typer.Option(help="Only this section of a site.")] = "",
    document: Annotated[str, typer.Option(help="Only this document.")] = "",
    words: Annotated[str, typer.Option("--words", "--word", help="Only rows that hold these words, before or after.")] = "",
    list_name: ListOption = "",
    colour: ColourOption = None,
    lang: Annotated[Language | None, typer.Option("--language", help="Of its messages; else the user's.")] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who sets it up; else HARVESTER_OPERATOR or the user.")] = "",
    store: StoreOption = None,
) -> None:
    """Save a question to the feed: what it finds from now on is told to a channel."""
    from harvester.watching.channels import channel as channel_named
    from harvester.watching.forecast import expected
    from harvester.watching.periods import next_due

    for value, what, most in (
        (name, "NAME", MOST_NAME),
        *((each, "a filter", MOST_FILTER) for each in (agency, section, words, list_name, by)),
    ):
        short(value, what, most)
    to = channel_named(channel, settings(store).channels)
    causes, (kinds, record_kinds) = chosen("--cause", cause, (*CAUSES, ANY)), split_kinds(kind)
    wanted = ChangeFilters(
        agency=agency, role=role.value if role else "", region=parse_region(region or ""), site=site or "", section=section,
        document=document, word=words, entities=chosen("--entity", entity, ENTITIES), kinds=kinds, list_name=list_name,
        colour=colour.value if colour else "", record_kind=record_kinds, causes=() if ANY in causes else causes or ("source",),
    )  # fmt: skip
    at = datetime.now(UTC)
    with opened(store) as found:
        check_site(found, wanted.site)
        if document:
            check_document(found, document)
        due = next_due(period, to.at, at)
        spoken = lang.value if lang else language()
        made = watches.add(found, name, wanted.as_json(), channel, period.value, spoken, audited.actor(store, by), at, due)
        told = _("watching from change {seq} on; {forecast}").format(
            seq=made.cursor, forecast=expected(found, made.filters, made.period, language())
        )
    console().print(told, markup=False)


def list_watches(store: StoreOption = None, form: FormatOption = Format.TABLE) -> None:
    """List the watches."""
    with opened(store) as found:
        rows = [row_of(each, waiting(found, each.name)) for each in watches.listed(found)]
    emit([brief(row) for row in rows] if form is Format.TABLE else rows, form, WATCH_COLUMNS)


def waiting(store: Store, name: str) -> int:
    """Return how many deliveries of a watch wait."""
    return len(deliveries.listed(store, watch=name, state=deliveries.WAITING))


def brief(row: dict[str, Any]) -> dict[str, Any]:
    """Return a watch's row for a table."""
    from harvester.watching.digest import asked

    state = _("paused") if row["paused"] else _("active")
    return row | {"filters": asked(row["filters"], language()), "due_at": minute(row["due_at"]), "state": state}


def show(
    name: NameArgument,
    store: StoreOption = None,
    form: Annotated[Format, typer.Option("--format", help="table tells it in lines; json gives everything.")] = Format.TABLE,
) -> None:
    """Show a watch, how many messages it is to bring, and its last deliveries."""
    from harvester.watching.forecast import expected

    if form not in (Format.TABLE, Format.JSON):
        raise WrongCall("watch show tells one watch; take --format table or json.")
    with opened(store) as found:
        watch = watches.named(found, name)
        row, forecast = row_of(watch, waiting(found, name)), expected(found, watch.filters, watch.period, language())
        last = [delivery_row(each) for each in deliveries.listed(found, watch=name, limit=SHOWN)]
    if form is Format.JSON:
        console().file.write(to_json(row | {"forecast": forecast, "deliveries": last}) + "\n")
        return
    emit([{"field": key, "value": value} for key, value in brief(row).items() if key != "paused"], form, ("field", "value"))
    console().print(forecast, markup=False)
    emit([with_minutes(each) for each in last], form, DELIVERY_COLUMNS, title=_("Last deliveries"))


def with_minutes(row: dict[str, Any]) -> dict[str, Any]:
    """Return a delivery's row for a table."""
    moments = {name: minute(row[name]) for name in ("created_at", "next_at", "ended_at")}
    return row | moments | {"error": said(row["error"] or "")}


def pause(name: NameArgument, store: StoreOption = None) -> None:
    """Let a watch rest: nothing is formed or sent, and its place in the feed stays."""
    with opened(store) as found:
        watches.pause(found, name)
    console().print(_("{name} is paused; what comes meanwhile is told when it goes on").format(name=name), markup=False)


def resume(
    name: NameArgument,
    skip: Annotated[bool, typer.Option("--skip", help="Go on from now, without what came meanwhile.")] = False,
    store: StoreOption = None,
) -> None:
    """Let a paused watch go on from where it stood."""
    with opened(store) as found:
        skipped = watches.resume(found, name, skip=skip)
    told = ("{name} goes on; {n} change of the feed is skipped", "{name} goes on; {n} changes of the feed are skipped")
    console().print(counted(*told, skipped, name=name), markup=False)


def remove(name: NameArgument, store: StoreOption = None) -> None:
    """Remove a watch, and with it the log of its deliveries."""
    with opened(store) as found:
        lost = watches.remove(found, name)
    told = (
        "{name} is removed; {n} delivery that waited will not be sent",
        "{name} is removed; {n} deliveries that waited will not be sent",
    )
    console().print(counted(*told, lost, name=name), markup=False)


def test(name: NameArgument, store: StoreOption = None) -> None:
    """Send a message that says it is a test, and tell whether it was taken."""
    from harvester.watching.sending import send_test

    with opened(store) as found:
        watch = watches.named(found, name)
    note = send_test(watch, settings(store))
    console().print(_("the channel {channel} took the test message").format(channel=watch.channel), markup=False)
    if note:
        complain(said(note))


def run(
    once: Annotated[bool, typer.Option("--once", help="One pass, for cron, silent where nothing is due; else stay until Ctrl-C.")] = False,
    store: StoreOption = None,
) -> int:
    """Tell what is due: form deliveries, send them, try again those that failed. One process at a time.

    Exit status 1 when something failed, so that cron tells it.
    """
    if once:
        return one_pass(store)
    from harvester.watching.robots import Pace

    ended, pace = threading.Event(), Pace()
    end_by_signals(ended)
    while not ended.is_set():
        try:
            one_pass(store, pace)
        except LockedStore as error:  # a pass of cron's, or a long migration: the next pass will do
            complain(in_words(str(error)))
        ended.wait(EVERY)
    return 0


def one_pass(store: str | None, pace: Pace | None = None) -> int:
    """Do one pass and say what it did, if anything; return the exit status."""
    from harvester.watching.sending import run_once

    with opened(store) as found:
        report = run_once(found, settings(store), pace)
    told = (
        "{n} delivery formed, {sent} sent, {postponed} put off, {given_up} given up",
        "{n} deliveries formed, {sent} sent, {postponed} put off, {given_up} given up",
    )
    return sent.tell(report, told)


def list_deliveries(
    name: Annotated[str, typer.Option("--watch", metavar="NAME", help="Only those of this watch.")] = "",
    state: Annotated[DeliveryState | None, typer.Option("--state", help="Only those that are waiting, sent, given-up.")] = None,
    limit: LimitOption = 50,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List deliveries, the newest first."""
    with opened(store) as found:
        if name:
            watches.named(found, name)
        rows = [
            delivery_row(each) for each in deliveries.listed(found, watch=name, state=state.value if state else "", limit=limit or None)
        ]
    emit([with_minutes(row) for row in rows] if form is Format.TABLE else rows, form, DELIVERY_COLUMNS)


def retry(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="A delivery, as `watch deliveries` lists it.")], store: StoreOption = None
) -> None:
    """Let a delivery be sent again at the next run, under the same identifier, so that a receiver that has it knows."""
    with opened(store) as found:
        delivery = deliveries.retry(found, identifier)
    console().print(_("{id} is sent again at the next `harvester watch run`").format(id=delivery.id), markup=False)
