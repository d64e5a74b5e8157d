"""The verbs of operators: crawl, sites, plan."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from math import ceil
from typing import Annotated, Any

import typer

from harvester.alerting.causes import TEMPLATE
from harvester.cli.options import FormatOption, StoreOption
from harvester.cli.output import Format, complain, console, emit
from harvester.cli.worker_lines import mended_in_words
from harvester.config import Config
from harvester.crawl import RunSummary
from harvester.crawl import crawl as crawl_sites
from harvester.errors import WrongCall
from harvester.filtering import parse_date
from harvester.freshness import Recheck
from harvester.messages import _, counted
from harvester.planning import Plan
from harvester.planning import plan as plan_site
from harvester.reach import Budget, Lists
from harvester.scheduling.words import reach_in_words
from harvester.sentences import said
from harvester.session import opened
from harvester.sound_settings import sound_settings
from spiders.factsheet import FactSheet, NoBaseError, UnknownSectionError, UnknownSiteError
from spiders.record_sheet import RecordSheet
from spiders.sheets import all_sheets
from storage import notice_queries, queries
from storage.errors import MissingStore, StoreError
from storage.incidents import Finding
from storage.mending import mend
from storage.records import Verdict
from storage.store import Store

SUMMARY_COLUMNS = (
    "site",
    "verdict",
    "cause",
    "requests",
    "least",
    "captures",
    "new",
    "changed",
    "unchanged",
    "tasks",
    "failures",
    "seconds",
)
SITE_COLUMNS = ("site", "name", "kind", "region", "sections", "documents", "records", "last complete run", "last verdict", "address")
PLAN_COLUMNS = ("site section", "name", "lists", "pages", "stored", "new", "due", "absent", "files", "expected", "requests")

BaseOption = Annotated[
    list[str] | None,
    typer.Option("--base", metavar="[SITE=]URL", help="Another address of a site, such as a replica; may be given once a site."),
]
PaceOption = Annotated[
    float | None, typer.Option("--pace", min=0, help="Seconds between requests to a host; below a site's own only with --base.")
]
SiteArgument = Annotated[str, typer.Argument(metavar="SITE", help="A site's id, as `harvester sites` lists it.")]


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line."""
    for verb in (crawl, sites, plan):
        app.command()(verb)


def told(call: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the call returns
    """Return what ``call`` returns; its words on unknown sites, sections and addresses become those of a wrong call."""
    try:
        return call()
    except (UnknownSiteError, UnknownSectionError, NoBaseError) as error:
        raise WrongCall(f"{str(error).strip('.')}; see `harvester sites`.") from None


def bases(given: list[str] | None, names: list[str]) -> dict[str, str]:
    """Return the bases by site; a URL without a site's name is that of the only site named."""
    found = {}
    for text in given or ():
        site, equals, url = text.partition("=")
        if not equals or "/" in site:
            if len(names) != 1:
                raise WrongCall(f"--base {text} does not say for which of the sites; write SITE=URL.")
            site, url = names[0], text
        if site not in names:
            raise WrongCall(f"--base {text} is for {site or 'no site'}, which is not crawled here; the sites named are {', '.join(names)}.")
        found[site] = url
    return found


def crawl(
    names: Annotated[list[str], typer.Argument(metavar="SITE...", help="Ids of sites, or `all`.")],
    section: Annotated[str, typer.Option(help="Only this section.")] = "",
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only documents listed on or after this day.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many documents a site.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read the lists only; fetch no document, write nothing.")] = False,
    lists: Annotated[
        Lists, typer.Option(help="How far lists are read: all, recent (down to the overlap), or due (all when a sweep is due).")
    ] = Lists.ALL,
    most_requests: Annotated[int, typer.Option(min=0, metavar="N", help="Stop after so many requests a site; 0 is no limit.")] = 0,
    most_seconds: Annotated[float, typer.Option(min=0, metavar="S", help="Stop after so many seconds a site; 0 is no limit.")] = 0.0,
    recheck: Annotated[Recheck, typer.Option(help="Stored documents to ask for again: those due by age, all, or none.")] = Recheck.DUE,
    base: BaseOption = None,
    pace: PaceOption = None,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Fetch, archive, derive and store what sites publish.

    Run it again at any time, also after a kill.
    Exit status 0 when every run is complete (or was limited on purpose), 130 when it was interrupted, else 1.
    """
    day, names = parse_date(since), resolved(names)
    config = with_pace(sound_settings(store).with_bases(bases(base, names)), pace)
    if not dry_run:
        tell_mended(config)
    progress = Progress() if form is Format.TABLE else None
    options: dict[str, Any] = {"section": section, "since": day, "limit": limit, "dry_run": dry_run, "recheck": recheck, "lists": lists}
    options |= {"budget": Budget(most_requests, most_seconds), "progress": progress}
    summaries = told(lambda: crawl_sites(names, config, **options))
    if progress:
        progress.end()
    report(summaries, form)
    if any(summary.interrupted for summary in summaries):
        raise KeyboardInterrupt
    limited = limit is not None or day is not None or dry_run or bool(most_requests or most_seconds)
    return 0 if all(right(summary, limited) for summary in summaries) else 1


def tell_mended(config: Config) -> None:
    """Mend what killed processes left in the store and its archive, and say so, before a crawl begins."""
    try:
        with Store.open(config.store, archive=config.archive, patience=config.patience) as store:
            mended = mend(store, datetime.now(UTC))
    except StoreError:
        return  # there is none yet, or the crawl itself tells what is wrong with it
    for sentence in mended_in_words(mended):
        complain(sentence)


def resolved(names: list[str]) -> list[str]:
    """Return the sites meant by ``names``; ``all`` means every site that has an address."""
    every = [sheet.id for sheet in all_sheets() if sheet.base]
    return list(dict.fromkeys(site for name in names for site in (every if name == "all" else [name])))


def with_pace(config: Config, pace: float | None) -> Config:
    """Return the settings with a pace given on the command line."""
    return config if pace is None else replace(config, pace=pace)


def right(summary: RunSummary, limited: bool) -> bool:
    """Tell whether a run ended as its caller wished."""
    return summary.verdict == Verdict.COMPLETE or (
        limited and summary.verdict == Verdict.INCOMPLETE and summary.cause in ("", "stopped", "budget")
    )


def summary_row(summary: RunSummary) -> dict[str, Any]:
    """Return a run as one row of plain values."""
    return {
        "site": summary.site,
        "run": summary.run,
        "verdict": str(summary.verdict),
        "cause": str(summary.cause),
        "requests": summary.requests,
        "least": summary.least,
        "captures": sum(summary.captures.values()),
        "new": summary.effects.get("new", 0),
        "changed": summary.effects.get("changed", 0),
        "unchanged": summary.effects.get("unchanged", 0) + summary.effects.get("reread", 0),
        "reread": summary.effects.get("reread", 0),
        "gone": summary.gone,
        "absent": summary.absent,
        "reach": summary.reach,
        "received": summary.received,
        "tasks": summary.tasks,
        "failures": dict(summary.failures),
        "notices": dict(summary.notices),
        "masked": dict(summary.masked),
        "seconds": round((summary.ended_at - summary.started_at).total_seconds(), 1),
        "findings": [asdict(finding) for finding in summary.findings],
        "notes": list(summary.notes),
        "error": summary.error,
    }


def report(summaries: list[RunSummary], form: Format) -> None:
    """Show the runs; in a table the causes stand as words, notes and sample failures below it."""
    rows = [summary_row(summary) for summary in summaries]
    if form is not Format.TABLE:
        emit(rows, form, SUMMARY_COLUMNS)
        return
    shown = [row | {"failures": causes(row["failures"])} for row in rows]
    emit(shown, form, SUMMARY_COLUMNS)
    for summary in summaries:
        if summary.notices:
            told = ("{site}: records: {counts}; {n} value masked", "{site}: records: {counts}; {n} values masked")
            masked = sum(summary.masked.values())
            console().print(counted(*told, masked, site=summary.site, counts=causes(summary.notices)), markup=False)
        for note in summary.notes:
            console().print(f"{summary.site}{_(': ')}{said(note)}", markup=False)
        for failure in summary.sample[:3]:
            console().print(
                _(": ").join((summary.site, _(failure.cause), f"{failure.url} {said(failure.detail).removeprefix(failure.url).strip()}")),
                markup=False,
            )
        # The finding of a run that failed is its verdict and its first failure, which stand above.
        for finding in [each for each in summary.findings if each.cause != summary.cause or each.section]:
            console().print(f"{summary.site}{_(': ')}{finding_line(finding)}", markup=False)
        if summary.error:
            complain(f"{summary.site}{_(': ')}{said(summary.error)}")
    for step in next_steps(summaries):
        console().print(step, markup=False)


def next_steps(summaries: list[RunSummary]) -> list[str]:
    """Return what to do next where something was found wrong: drift where selectors can mend it, and the list of incidents."""
    wrong = [summary for summary in summaries if summary.findings]
    rebuilt = [summary.site for summary in wrong if any(finding.cause in TEMPLATE for finding in summary.findings)]
    drift = _("{site}: its pages were rebuilt; see harvester drift {site}, then harvester drift propose {site}.")
    return [*(drift.format(site=site) for site in rebuilt), _("What is wrong and what to do next: harvester incidents.")] if wrong else []


def finding_line(finding: Finding) -> str:
    """Return a finding in a line: how grave it is, its cause, what was seen and what was expected."""
    told = _("{level}: {cause}: {detail} Seen: {observed}; expected: {expected}.")
    return told.format(
        level=_(finding.level),
        cause=_(finding.cause),
        detail=said(finding.detail),
        observed=said(finding.observed),
        expected=said(finding.expected),
    )


def causes(counted: Mapping[str, int]) -> str:
    """Return failures by cause in words, ``0`` for none."""
    return _(", ").join(f"{_(cause)} {count}" for cause, count in sorted(counted.items())) or "0"


class Progress:
    """One line that moves on a terminal, a plain line every hundred items elsewhere."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.counts: dict[str, Mapping[str, int]] = {}
        self.told = 0

    def __call__(self, site: str, counts: Mapping[str, int]) -> None:
        """Take the counts of a site so far."""
        self.counts[site] = counts
        self.told += 1
        if self.terminal:
            sys.stderr.write("\r\033[K" + self.line()[:150])
        elif self.told % 100 == 0:
            sys.stderr.write(_("so far: {counts}").format(counts=self.line()) + "\n")

    def line(self) -> str:
        """Return the counts of all sites in a line."""
        return "  ".join(f"{site} {sum(counts.values())}" for site, counts in self.counts.items())

    def end(self) -> None:
        """Leave the terminal's line clean."""
        if self.terminal:
            sys.stderr.write("\r\033[K")


def sites(store: StoreOption = None, form: FormatOption = Format.TABLE) -> None:
    """List the sites: what is known of each, how many documents are stored, how fresh it is."""
    rows = [site_row(sheet) for sheet in all_sheets()]
    try:
        with opened(store) as found:
            stored = {row["site"]: row for row in queries.counts(found)}
            held = notice_queries.held_by_site(found)
            for row in rows:
                row["documents"] = stored.get(row["site"], {}).get("documents", 0)
                row["records"] = held.get(row["site"], 0)
                row |= freshness(queries.runs(found, row["site"], 50))
    except MissingStore:
        pass  # nothing was crawled yet: the fact sheets alone are the answer
    emit(rows, form, SITE_COLUMNS)


def site_row(sheet: FactSheet | RecordSheet) -> dict[str, Any]:
    """Return what a fact sheet says in one row."""
    return {
        "site": sheet.id,
        "name": sheet.name_zh,
        "kind": sheet.kind.value,
        "region": sheet.region,
        "family": ", ".join(dict.fromkeys(s.family for s in sheet.sections)) if isinstance(sheet, RecordSheet) else sheet.family,
        "sections": len(sheet.sections),
        "documents": 0,
        "records": 0,
        "last complete run": None,
        "last verdict": "",
        "address": sheet.base or _("unknown"),
    }


def freshness(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return when a site was last had whole, and how its last run ended."""
    complete = next((run["ended_at"] for run in runs if run["verdict"] == Verdict.COMPLETE), None)
    last = next((f"{run['verdict']} {run['cause'] or ''}".strip() for run in runs if run["verdict"]), "")
    return {"last complete run": age(complete) if complete else None, "last verdict": last}


def age(moment: datetime) -> str:
    """Return how long ago a moment was, in the largest unit that fits."""
    minutes = int((datetime.now(UTC) - moment).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 120:
        return _("{n} min ago").format(n=minutes)
    return _("{n} h ago").format(n=minutes // 60) if minutes < 48 * 60 else _("{n} days ago").format(n=minutes // (24 * 60))


def plan(
    name: SiteArgument,
    lists: Annotated[Lists, typer.Option(help="How far lists are to be read: all, recent, or due as in scheduled runs.")] = Lists.DUE,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Plan a backfill of what was listed on or after this day.")] = None,
    base: BaseOption = None,
    pace: PaceOption = None,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Tell what a crawl of a site would request and how long it takes, without a request."""
    day, config = parse_date(since), with_pace(sound_settings(store).with_bases(bases(base, [name])), pace)
    found: Plan = told(lambda: plan_site(name, config, lists=lists, since=day))
    rows = [
        {**asdict(section), "name": section.name_zh, "address": section.url, "lists": section.reach, "requests": section.requests}
        for section in found.sections
    ]
    shown = [row | {"lists": reach_in_words(str(row["lists"]))} for row in rows] if form is Format.TABLE else rows
    emit(with_heading(shown, form), form, PLAN_COLUMNS)
    if form is not Format.TABLE:
        return
    paced = _("First {robots}; then one request every {pace} s.") if found.pace else _("First {robots}; then one request after another.")
    console().print(paced.format(robots=found.robots, pace=found.pace), markup=False)
    console().print(spending(_("This run"), found), markup=False)
    if day is None:
        console().print(spending(_("A sweep"), told(lambda: plan_site(name, config, lists=Lists.ALL))), markup=False)
        console().print(spending(_("An incremental run"), told(lambda: plan_site(name, config, lists=Lists.RECENT))), markup=False)


def spending(what: str, found: Plan) -> str:
    """Return in a sentence what a crawl would spend; where a list was never read, nobody knows the most."""
    if found.most is None or found.most_seconds is None:
        return _("{what}: {n} requests or more, {time} or more; a list was never read, so its length is not known.").format(
            what=what, n=found.requests, time=duration(found.seconds)
        )
    requests, time = between(str(found.requests), str(found.most)), between(duration(found.seconds), duration(found.most_seconds))
    return _("{what}: {n} requests, {time}.").format(what=what, n=requests, time=time)


def between(least: str, most: str) -> str:
    """Return a range in words, one figure where both ends read the same."""
    return least if least == most else _("{least} to {most}").format(least=least, most=most)


def duration(seconds: float) -> str:
    """Return a time in hours and minutes, begun minutes as whole ones; below a minute in seconds."""
    if seconds < 60:
        return _("{s} s").format(s=ceil(seconds))
    minutes = ceil(seconds / 60)
    return _("{h} h {min} min").format(h=minutes // 60, min=minutes % 60) if minutes >= 60 else _("{min} min").format(min=minutes)


def with_heading(rows: list[dict[str, Any]], form: Format) -> list[dict[str, Any]]:
    """Return rows for a table with a site's section (栏目) under a heading that no text's section (章节) has."""
    return [row | {"site section": row["section"]} for row in rows] if form is Format.TABLE else rows
