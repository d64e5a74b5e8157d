"""The verbs that tell operators what is wrong: alerts, alerts test, send, heartbeat."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from harvester.alerting.settings import AlertSettings
from harvester.cli import sent
from harvester.cli.options import FormatOption, LimitOption, StoreOption
from harvester.cli.output import Format, complain, console, emit
from harvester.config import Config
from harvester.errors import WrongCall
from harvester.messages import _
from harvester.moments import minute
from harvester.sentences import said
from harvester.session import opened
from harvester.sound_settings import sound_settings
from harvester.watching.channels import channel as found_channel
from storage import incident_messages

ALERT_COLUMNS = ("formed_at", "site", "cause", "message", "channel", "sent_at", "attempts", "state of message", "error")


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line, below ``alerts``."""
    group = typer.Typer(help="Alerts: what operators were told of incidents.", rich_markup_mode=None, invoke_without_command=True)
    group.callback()(alerts)
    for verb in (test, send, heartbeat):
        group.command()(verb)
    app.add_typer(group, name="alerts")


def alerts(
    context: typer.Context,
    channel: Annotated[str, typer.Option("--channel", metavar="NAME", help="Only what this channel was told.")] = "",
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what is still to be sent.")] = False,
    limit: LimitOption = 50,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List what was told of incidents and what waits, the newest first; or a verb."""
    if context.invoked_subcommand is not None:
        return
    config = sound_settings(store)
    known = config.channels
    with opened(store) as found:
        rows = [row_of(row) for row in incident_messages.listed(found, channel=channel, waiting=waiting, limit=limit or None)]
        if channel and not rows and channel not in known:
            raise WrongCall(f"There is no channel {channel} (there is: {', '.join(sorted(known)) or 'none yet'}); mend its name.")
    if form is Format.TABLE and not rows:
        nothing = (
            _("Nothing waits to be sent.") if waiting else _("Nobody was told of anything yet. What is wrong now: harvester incidents.")
        )
        console().print(nothing, markup=False)
    else:
        emit([brief(row) for row in rows] if form is Format.TABLE else rows, form, ALERT_COLUMNS)
    if form is Format.TABLE:
        for problem in who_is_not_told(config):
            console().print(problem, markup=False)


def who_is_not_told(config: Config) -> list[str]:
    """Return why nobody is told of incidents, or not by a channel, as far as the settings and this environment show it."""
    names = AlertSettings.of(config.alerts).channels
    if not names:
        told = _("Nobody is told of incidents: the settings name no channels for alerts; write channels into [alerts], see docs/alerts.md.")
        return [told]
    problems = []
    for name in names:
        try:
            found_channel(name, config.channels)
        except WrongCall as error:
            told = _("Nothing is sent to {channel}, and no worker begins with such settings: {why}")
            problems.append(told.format(channel=name, why=said(str(error))))
    return problems


def row_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return a message with its state: ``sent``, ``given-up`` or ``waiting``."""
    state = "sent" if row["sent_at"] else "given-up" if row["given_up_at"] else "waiting"
    return row | {"message": row["kind"], "state of message": state}


def brief(row: dict[str, Any]) -> dict[str, Any]:
    """Return a message's row for a table."""
    words = {name: _(row[name]) for name in ("cause", "state of message")}
    words["message"] = _("well again") if row["message"] == incident_messages.RECOVERED else _(row["message"])
    moments = {name: minute(row[name]) for name in ("formed_at", "sent_at")}
    return row | words | moments | {"error": said(row["error"] or "")}


def test(channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="A channel of the settings.")], store: StoreOption = None) -> None:
    """Send a sample that says it is a test, and tell whether it was taken."""
    from harvester.alerting.sending import send_test

    note = send_test(sound_settings(store), channel, datetime.now(UTC))
    console().print(_("the channel {channel} took the test message").format(channel=channel), markup=False)
    if note:
        complain(said(note))


def send(store: StoreOption = None) -> int:
    """Tell what is to be told now, once; workers do it by themselves. Exit status 1 when something failed."""
    from harvester.alerting.sending import run_once

    config = sound_settings(store)
    if not config.alerts.get("channels"):
        raise WrongCall("The settings name no channels for alerts; write channels into [alerts], see docs/alerts.md.")
    with opened(store) as found:
        report = run_once(found, config, datetime.now(UTC))
    told = (
        "{n} message formed, {sent} sent, {postponed} put off, {given_up} given up",
        "{n} messages formed, {sent} sent, {postponed} put off, {given_up} given up",
    )
    return sent.tell(report, told)


def heartbeat(
    failed: Annotated[bool, typer.Option("--failed", help="Tell it that something is wrong, instead of that all is well.")] = False,
    store: StoreOption = None,
) -> None:
    """Ping the dead man's switch of the settings once, and tell whether it took it."""
    from harvester.alerting.heartbeat import Heartbeat

    found = Heartbeat.of(sound_settings(store))
    if found is None:
        raise WrongCall("The settings name no heartbeat; write [heartbeat] with url_env or url_file, see docs/alerts.md.")
    found.ping(not failed)
    console().print(_("the heartbeat was taken"), markup=False)
