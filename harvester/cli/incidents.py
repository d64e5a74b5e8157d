"""The verb of what is wrong: incidents, incidents snooze, incidents wake; and the findings of one run for ``runs --run``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from harvester import audited
from harvester.alerting.causes import CAUSES
from harvester.alerting.wording import next_step, plainly
from harvester.cli.options import ByOption, FormatOption, StoreOption
from harvester.cli.output import Format, console, emit
from harvester.errors import HarvesterError, WrongCall
from harvester.messages import _, counted, language, listed
from harvester.moments import end_ahead, minute
from harvester.scheduling.words import reach_in_words
from harvester.sentences import said
from harvester.session import opened
from spiders.failure_classes import failure_class
from spiders.sheets import sheets_by_id
from storage import incidents as stored
from storage import operations_queries, proposals
from storage.errors import UnknownRecord
from storage.incidents import Finding, Incident, Snooze
from storage.records import Verdict
from storage.store import Store

INCIDENT_COLUMNS = ("site", "level", "cause", "failure_class", "sections", "since", "last", "ended_at", "snoozed_until")
FINDING_COLUMNS = ("site section", "level", "cause", "failure_class", "seen", "promised")
MEASURE_COLUMNS = ("site section", "reach", "list pages", "items", "new", "changed", "requests", "drift")

LONGEST_SNOOZE = timedelta(days=366)

SiteArgument = Annotated[str, typer.Argument(metavar="SITE", help="A site's id; `-` is the work itself.")]
CauseArgument = Annotated[str, typer.Argument(metavar="[CAUSE]", help="Only this cause; without it all of the site.")]


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line; the list of incidents is ``incidents`` without a further word."""
    group = typer.Typer(help="What is wrong, since when, and who knows of it.", rich_markup_mode=None, invoke_without_command=True)
    group.callback()(incidents)
    group.command()(snooze)
    group.command()(wake)
    app.add_typer(group, name="incidents")


def incidents(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also what is over.")] = False,
    site: Annotated[str | None, typer.Option(metavar="SITE", help="Only this site; `-` is the work itself.")] = None,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List what is wrong with sites and with the work itself, since when, and what to do next."""
    if context.invoked_subcommand is not None:
        return
    wanted = None if site is None else known(site)
    with opened(store) as found:
        listed = stored.incidents_of(found, wanted, closed=everything)
        held = stored.snoozed(found, datetime.now(UTC))
        proven = proposals.waiting_proven(found)
    rows = [incident_row(each, held) for each in listed]
    if form is Format.TABLE and not rows:
        console().print(_("No incident is open. What is over: harvester incidents --all; how runs ended: harvester runs."), markup=False)
    else:
        emit([for_people(row) for row in rows] if form is Format.TABLE else rows, form, INCIDENT_COLUMNS)
    if form is Format.TABLE:
        for each in listed:
            if each.closed_at is None:
                step = next_step(each.cause, each.site, proven=each.site in proven)
                sentences = filter(None, (plainly(each.cause, name_of(each.site)), said(each.detail), step))
                told = ("" if language() == "zh" else " ").join(" ".join(sentence.split()) for sentence in sentences)
                console().print(f"{each.site or '-'}{_(': ')}{told}", markup=False)
        for rest in idle_snoozes(held, listed):
            if site is None or rest.site == wanted:
                console().print(snooze_in_words(rest), markup=False)


def idle_snoozes(held: list[Snooze], listed: list[Incident]) -> list[Snooze]:
    """Return the snoozes that are about nothing that is open: what they would silence is still to come, and nobody would hear of it."""
    alive = [each for each in listed if each.closed_at is None]
    return [rest for rest in held if not any(rest.covers(each.site, each.cause, rest.since) for each in alive)]


def snooze_in_words(rest: Snooze) -> str:
    """Return of whom and what nobody is told, until when and why, and how that is ended."""
    site = rest.site or "-"
    told = _("nobody is told of {what} until {moment}").format(what=with_cause(rest.cause), moment=minute(rest.until))
    end = _("wake it with {command}").format(command=f"`harvester incidents wake {' '.join((site, rest.cause)).strip()}`")
    return f"{site}{_(': ')}{told}{_(': ')}{rest.reason}{_(' ({why})').format(why=rest.snoozed_by)}{_('; ')}{end}"


def with_cause(cause: str) -> str:
    """Return a cause in words, for none that it is every one."""
    return _(cause) if cause else _("every cause")


def incident_row(incident: Incident, held: list[Snooze]) -> dict[str, Any]:
    """Return an incident as one row; its moments are UTC."""
    now = datetime.now(UTC)
    until = max((each.until for each in held if each.covers(incident.site, incident.cause, now)), default=None)
    return {
        "id": incident.id,
        "site": incident.site,
        "level": incident.level,
        "cause": incident.cause,
        "failure_class": str(failure_class(incident.cause)),
        "sections": [section for section in incident.sections if section],
        "since": incident.opened_at,
        "last": incident.last_at,
        "ended_at": incident.closed_at,
        "first_run": incident.first_run,
        "last_run": incident.last_run,
        "detail": incident.detail,
        "snoozed_until": until,
    }


def for_people(row: dict[str, Any]) -> dict[str, Any]:
    """Return an incident's row as a table shows it."""
    moments = {name: minute(row[name]) for name in ("since", "last", "ended_at", "snoozed_until")}
    words = {name: _(row[name]) for name in ("level", "failure_class")} | {"cause": with_id(row["cause"])}
    names = section_names(row["site"])
    sections = listed(names.get(each, each) for each in row["sections"])
    return row | moments | words | {"site": row["site"] or "-", "sections": sections}


def name_of(site: str) -> str:
    """Return what people call a site, its id where no fact sheet has it; of the work itself nothing."""
    sheet = sheets_by_id().get(site)
    return (sheet.name_zh if language() == "zh" else sheet.name) if sheet else site


def section_names(site: str) -> dict[str, str]:
    """Return what a site calls its sections, by their ids."""
    sheet = sheets_by_id().get(site)
    return {section.id: section.name_zh for section in sheet.sections} if sheet else {}


def with_id(cause: str) -> str:
    """Return a cause in words, and below them its id where that is another word: it is what ``snooze`` is called with."""
    return cause if _(cause) == cause else f"{_(cause)}\n{cause}"


def known_cause(said: str, site: str, store: str | None) -> str:
    """Return the id of a cause by that id or by its words in the user's language, empty for none.

    Raises WrongCall for a word that is no cause, with the ids of those that are open at the ``site``.
    """
    found = said if not said or said in CAUSES else next((cause for cause in CAUSES if _(cause) == said), None)
    if found is not None:
        return found
    with opened(store) as held:
        alive = list(dict.fromkeys(each.cause for each in stored.incidents_of(held, site)))
    if not alive:
        told = _("There is no cause {cause!r}, and nothing is wrong with {site} now; see `harvester incidents`.")
        raise WrongCall(told.format(cause=said, site=site or "-"))
    told = _("There is no cause {cause!r}; those of {site} that are open: {causes}. See `harvester incidents`.")
    raise WrongCall(told.format(cause=said, site=site or "-", causes=listed(alive)))


def known(site: str) -> str:
    """Return the id of a site, empty for ``-``, the work itself. Raises WrongCall for a site that is not known."""
    if site not in ("-", *sheets_by_id()):
        raise WrongCall(
            f"there is no site {site}; the sites are {', '.join(sheets_by_id())}, and - is the work itself; see `harvester sites`."
        )
    return "" if site == "-" else site


def snooze(
    site: SiteArgument,
    cause: CauseArgument = "",
    *,
    reason: Annotated[str, typer.Option(help="What is known of it, for whoever looks next.")],
    until: Annotated[str, typer.Option(metavar="MOMENT", help="The last day, or the moment at which it is told again.")],
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Let nobody be told of a site's incidents, or of one cause, until a day; they are recorded all the same."""
    now = datetime.now(UTC)
    end, of = end_ahead(until, now).astimezone(UTC), known(site)
    cause = known_cause(cause, of, store)
    if not reason.strip():
        raise WrongCall(_("A snooze needs a reason; say in a few words what is known, for whoever looks next."))
    if end <= now:
        told = _("The snooze would end before it begins ({moment}); write a later day or moment.")
        raise WrongCall(told.format(moment=minute(end)))
    if end - now > LONGEST_SNOOZE:
        told = _("Nothing rests for longer than a year without somebody saying so again; name a day before {day}.")
        raise WrongCall(told.format(day=f"{now + LONGEST_SNOOZE:%Y-%m-%d}"))
    with opened(store) as found:
        stored.snooze(found, of, cause, reason=reason, by=audited.actor(store, by), since=now, until=end)
        idle = not any(cause in ("", each.cause) for each in stored.incidents_of(found, of))
    told = _("nobody is told of {what} until {moment}").format(what=f"{site} {cause}".strip(), moment=minute(end))
    console().print(told, markup=False)
    if idle:
        console().print(_("Nothing of it is open now: what comes until then is silent, too."), markup=False)


def wake(site: SiteArgument, cause: CauseArgument = "", store: StoreOption = None) -> None:
    """Let a site's incidents, or one cause, be told of again."""
    of = known(site)
    cause = known_cause(cause, of, store)
    with opened(store) as found:
        try:
            count = stored.wake(found, of, cause or None, datetime.now(UTC))
        except UnknownRecord:
            what = f"{site} {cause}".strip()
            raise HarvesterError(_("Nothing of {what} is snoozed: see `harvester incidents`.").format(what=what)) from None
    told = ("{what} is told of again ({n} snooze ended)", "{what} is told of again ({n} snoozes ended)")
    console().print(counted(*told, count, what=f"{site} {cause}".strip()), markup=False)


# --- one run ---------------------------------------------------------------------------------------------------------------------


def show_run(store: Store, run: str, form: Format) -> None:
    """Tell a run: its verdict, its cause and the class of that, what it measured of each section, and its findings.

    Raises ``UnknownRecord`` for a run that is not in the store.
    """
    row = operations_queries.run(store, run)
    found = [finding_row(each) for each in stored.findings_of(store, run)]
    sections = [section_row(each) for each in operations_queries.sections_of(store, run)]
    kind = str(failure_class(row["cause"])) if row["cause"] else ""
    if form is not Format.TABLE:
        emit([row | {"failure_class": kind, "sections": sections, "findings": found}], form, ("id", "verdict", "cause", "failure_class"))
        return
    words = {
        "verdict": _(row["verdict"] or "running"),
        "cause": _(row["cause"]) if row["cause"] else "",
        "kind": f"({_(kind)})" if kind else "",
    }
    told = _("{site}, begun {begun}: {verdict} {cause} {kind}").format(site=row["site"], begun=minute(row["started_at"]), **words)
    console().print(" ".join(told.split()), markup=False)
    emit([each | {"reach": reach_in_words(each["reach"])} for each in sections], form, MEASURE_COLUMNS)
    if found:
        emit([told_finding(each) for each in found], form, FINDING_COLUMNS)
    elif row["verdict"] == Verdict.COMPLETE:
        console().print(_("Nothing was found wrong: every promise that could be judged was kept."), markup=False)
    for each in found:
        console().print(f"{_(each['cause'])}{_(': ')}{said(each['detail'])}", markup=False)


def told_finding(row: dict[str, Any]) -> dict[str, Any]:
    """Return a finding's row as a table shows it."""
    words = {name: _(row[name]) for name in ("level", "cause", "failure_class")}
    return row | words | {name: said(row[name]) for name in ("seen", "promised")}


def finding_row(finding: Finding) -> dict[str, Any]:
    """Return a finding as one row."""
    return {
        "site section": finding.section,
        "level": finding.level,
        "cause": finding.cause,
        "failure_class": str(failure_class(finding.cause)),
        "seen": finding.observed,
        "promised": finding.expected,
        "detail": finding.detail,
    }


def section_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a run measured of a section as one row."""
    measures = row["measures"]
    stated = measures.get("pages_stated")
    return {
        "site section": row["section"],
        "reach": row["reach"],
        "list pages": f"{measures.get('pages', 0)}/{stated}" if stated is not None else str(measures.get("pages", 0)),
        "drift": None if row["drift"] is None else round(row["drift"], 2),
        "measures": measures,
        **{name: measures.get(name) for name in ("items", "new", "changed", "requests")},
    }
