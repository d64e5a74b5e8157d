"""The verbs that make the store better without a request: review, and derive."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from harvester import review as reviewing
from harvester.cli.options import FormatOption, RegionOption, SiteOption, StoreOption
from harvester.cli.output import Format, complain, console, emit
from harvester.derive_report import SAMPLE, Report, SiteReport
from harvester.errors import WrongCall
from harvester.filtering import parse_days, parse_region
from harvester.messages import _, counted, language
from harvester.reading import load as load_file
from harvester.reading_again import cores
from harvester.rederive import rederive
from harvester.rereading import NoticeReport
from harvester.review import ANYWHERE, Decided, Kind, Wish
from harvester.session import check_site, opened, settings
from harvester.telling.queued import detail_told
from storage import decisions as log
from storage import review as waiting
from storage.records import DecisionRow
from storage.store import Store

QUEUE_COLUMNS = ("kind", "what", "region", "uses", "documents", "detail", "proposals", "examples")
DECISION_COLUMNS = ("id", "mention", "region", "name", "kind", "from", "until", "note", "decided_by", "decided_at", "decision state")
DERIVE_COLUMNS = ("site", "read", "unchanged", "altered", "recovered", "unread", "unreadable", "missing", "resolved", "unresolved")
NOTICE_COLUMNS = ("site", "read", "unchanged", "altered", "ended", "unread", "unmasked")
RULE_COLUMNS = ("rule", "tasks added", "tasks lost", "tasks altered")
EVERY = 200
"""Documents after which a derivation says where it is, off a terminal."""

RegionOrAny = Annotated[
    str, typer.Option("--region", metavar="CODE|any", help="Home region of the documents it holds in, or any; else the queue's only one.")
]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides; else HARVESTER_OPERATOR or `operator` in the settings.")]


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line; the queue itself is ``review`` without a further word."""
    group = typer.Typer(help="What could not be resolved, and the decisions on it.", rich_markup_mode=None, invoke_without_command=True)
    group.callback()(queue)
    for verb in (decide, load, decisions, undo):
        group.command()(verb)
    app.add_typer(group, name="review")
    app.command()(derive)


def queue(
    context: typer.Context,
    kind: Annotated[list[Kind] | None, typer.Option("--kind", help="Only this; may be given again.")] = None,
    site: SiteOption = None,
    region: RegionOption = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="At most so many rows of each kind; 0 means all.")] = 20,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show what could not be resolved across the store, the most used first, with proposals; settle it with `review decide`."""
    if context.invoked_subcommand is not None:
        sources = [context.get_parameter_source(name) for name in context.params]
        if any(source is not None and source.name == "COMMANDLINE" for source in sources):
            raise WrongCall(f"the options stand behind the word: harvester review {context.invoked_subcommand} ....")
        return
    code = parse_region(region or "")
    with opened(store) as found:
        check_site(found, site or "")
        rows = reviewing.queue(found, kind or list(Kind), site=site or "", region=code, limit=limit or None)
    emit([shown(row) for row in rows] if form is Format.TABLE else rows, form, QUEUE_COLUMNS)


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of the queue for a table: proposals by name and nearness, one a line as the examples, the flags beside the detail."""
    proposals = "\n".join(f"{one['name']} {one['score']:.0f}" for one in row["proposals"])
    return {
        **row,
        "proposals": proposals,
        "examples": "\n".join(row["examples"]),
        "detail": " ".join(part for part in (detail_told(row["kind"], row["detail"], language()), *map(_, row["flags"])) if part),
    }


def decide(
    mention: Annotated[str, typer.Argument(metavar="MENTION", help="As printed, as the queue shows it.")],
    region: RegionOrAny = "",
    name: Annotated[str, typer.Option(help="The body it stands for, by any name of the gazetteer.")] = "",
    kind: Annotated[Decided, typer.Option(help="What it is.")] = Decided.AGENCY,
    new: Annotated[bool, typer.Option("--new", help="The name is that of a body that the gazetteer does not know.")] = False,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day of the documents it holds in.")] = None,
    last: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Last day of the documents it holds in.")] = None,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Decide what a mention stands for, in every derivation from now on; `harvester derive` applies it to what is stored."""
    operator = operator_of(by, store)
    begin, end = parse_days(first, last)
    with opened(store) as found:
        code = region if region == ANYWHERE else parse_region(region)
        row = reviewing.checked(found, Wish(mention, code, name, kind.value, begin, end, note, new))
        number = log.decide(found, [row], operator, datetime.now(UTC))[0]
        uses = sum(one["uses"] for one in waiting.unresolved(found, mention=row.mention) if row.region in ("", one["region"]))
    console().print(told(row, number, uses), markup=False, soft_wrap=True)


def told(row: DecisionRow, number: int, uses: int) -> str:
    """Tell a decision that was stored, and what is to be done next."""
    means = row.name or _(row.kind)
    text = (
        "decision {id}: {mention} ({region}) is {name}; {n} use waits for it: run `harvester derive`.",
        "decision {id}: {mention} ({region}) is {name}; {n} uses wait for it: run `harvester derive`.",
    )
    return counted(*text, uses, id=number, mention=row.mention, region=row.region or _(ANYWHERE), name=means)


def load(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="One decision a line: mention,region,name,kind,from,until,note,new.")],
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Store the decisions of a CSV file: every line is checked, and all are kept or none."""
    operator = operator_of(by, store)
    payload = load_file(file)
    with opened(store) as found:
        rows = reviewing.load(found, payload, file.name)
        before = len(log.listed(found, ended=True))
        log.decide(found, rows, operator, datetime.now(UTC))
        fresh = len(log.listed(found, ended=True)) - before
    text = (
        "{n} decision read, {fresh} of them new; run `harvester derive` to apply it.",
        "{n} decisions read, {fresh} of them new; run `harvester derive` to apply them.",
    )
    console().print(counted(*text, len(rows), fresh=fresh), markup=False)


def decisions(
    every: Annotated[bool, typer.Option("--all", help="The whole log: what was undone or replaced too.")] = False,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the decisions, with who made them and when; as CSV they can be loaded into another store."""
    with opened(store) as found:
        rows = [decision_row(row) for row in log.listed(found, ended=every)]
    emit(rows, form, DECISION_COLUMNS)


def decision_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a decision as it is listed; the columns of a file of decisions stand first."""
    state = "in force" if row["ended_at"] is None else "replaced" if row["successor_id"] else "undone"
    day = row["valid_to"] or row["valid_from"]
    known = row["kind"] != Decided.AGENCY or reviewing.body_named(row["name"], row["region"], day) is not None
    head = {"mention": row["mention"], "region": row["region"] or ANYWHERE, "name": row["name"], "kind": row["kind"]}
    head |= {"from": row["valid_from"], "until": row["valid_to"], "note": row["note"], "new": "" if known else "new"}
    rest = ("id", "agency_id", "decided_by", "decided_at", "ended_by", "ended_at", "successor_id")
    return head | {name: row[name] for name in rest} | {"decision state": state}


def undo(
    number: Annotated[int, typer.Argument(metavar="ID", help="A decision's number, as `review decisions` lists it.")],
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Undo a decision: it stays in the log, ended; `harvester derive` applies it to what is stored."""
    operator = operator_of(by, store)
    with opened(store) as found:
        row = log.undo(found, number, operator, datetime.now(UTC))
    text = _("decision {id} on {mention} is undone; run `harvester derive` to read what is stored without it.")
    console().print(text.format(id=number, mention=row["mention"]), markup=False)


def operator_of(by: str, store: str | None) -> str:
    """Return who decides; raises WrongCall where nobody says so: a name is never guessed."""
    operator = by.strip() or settings(store).operator.strip()
    if not operator:
        raise WrongCall("a decision needs the name of who makes it; give --by NAME, or set HARVESTER_OPERATOR once.")
    return operator


# --- derive ----------------------------------------------------------------------------------------------------------------


def derive(
    since: Annotated[str, typer.Option(metavar="RUN", help="Only what was captured in this run or a later one.")] = "",
    site: SiteOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change; write nothing.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many documents now; run it again to go on.")] = None,
    processes: Annotated[int | None, typer.Option(min=1, max=256, help="How many processes read; as many as there are processors.")] = None,
    workers: Annotated[bool, typer.Option("--workers", help="Let the workers of a PostgreSQL store do it, on whatever hosts.")] = False,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Derive everything again from the archive, without a request.

    A run that was stopped goes on where it was. Exit status 1 when a document or a public credit record was not in the archive, or can
    no longer be read.
    """
    if workers and (since or site or dry_run or limit or processes):
        raise WrongCall("--workers derives everything; leave out --since, --site, --dry-run, --limit and --processes.")
    with opened(store) as found:
        check_site(found, site or "")
        progress = Progress() if form is Format.TABLE else None
        report = (
            over_workers(found, progress)
            if workers
            else rederive(
                found, site=site or "", since=since, dry_run=dry_run, limit=limit, processes=processes or cores(), progress=progress
            )
        )
    if progress:
        progress.end()
    tell(report, form)
    lost = any(counts.missing or counts.unreadable for counts in report.sites.values())
    return 1 if lost or any(counts.unread or counts.unmasked for counts in report.notices.values()) else 0


def over_workers(store: Store, progress: Progress | None) -> Report:
    """Derive everything by the workers that are there."""
    if store.engine.dialect.name != "postgresql":
        raise WrongCall("--workers is for a store on PostgreSQL; leave it out, or say --processes.")
    from harvester.scheduling.pieces import derive_over_workers  # late: libraries that no SQLite store needs

    return derive_over_workers(store, progress=progress)


class Progress:
    """One line that moves on a terminal, a plain line every so often elsewhere."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()

    def __call__(self, read: int, total: int) -> None:
        """Take how far the derivation is."""
        line = _("{read} of {total} documents").format(read=read, total=total)
        if self.terminal:
            sys.stderr.write("\r\033[K" + line)
        elif read % EVERY == 0:
            sys.stderr.write(line + "\n")

    def end(self) -> None:
        """Leave the terminal's line clean."""
        if self.terminal:
            sys.stderr.write("\r\033[K")


def tell(report: Report, form: Format) -> None:
    """Show what a derivation did: a row a site; in a table the tasks by rule, documents and problems below it."""
    named = sorted({*report.sites, *report.notices})
    rows = [{"site": site, **asdict(report.sites.get(site) or SiteReport())} for site in named]
    records: list[dict[str, Any]] = [{"site": site, **asdict(report.notices.get(site) or NoticeReport())} for site in named]
    if form is not Format.TABLE:
        of_site = {record.pop("site"): record for record in records}
        emit([row | {"records": of_site[row["site"]]} for row in rows], form, DERIVE_COLUMNS)
    else:
        emit([row for row in rows if row["site"] in report.sites], form, DERIVE_COLUMNS)
        if report.notices:
            emit([row for row in records if row["site"] in report.notices], form, NOTICE_COLUMNS, title=_("public credit records"))
        if by_rule := rules(report.sites.values()):
            emit(by_rule, form, RULE_COLUMNS)
        if report.altered:
            more = " …" if len(report.altered) == SAMPLE else ""
            console().print(_("altered: {documents}").format(documents=" ".join(report.altered) + more), markup=False)
        if report.estimate:
            told = _("To do it takes about {duration}.")
            console().print(told.format(duration=duration(report.estimate)), markup=False)
    if report.resumed:
        before = (
            "gone on with where an earlier call was stopped: {n} document was read before.",
            "gone on with where an earlier call was stopped: {n} documents were read before.",
        )
        complain(counted(*before, report.resumed))
    for problem in report.problems:
        complain(problem)
    if not report.complete:
        complain(_("{read} of {total} documents are read; run it again to go on.").format(read=report.read, total=report.total))


def duration(seconds: float) -> str:
    """Return a time in the unit that fits."""
    if seconds < 120:
        return _("{n} s").format(n=max(1, round(seconds)))
    return _("{n} min").format(n=round(seconds / 60)) if seconds < 7200 else _("{n} h").format(n=round(seconds / 3600, 1))


def rules(sites: Iterable[SiteReport]) -> list[dict[str, Any]]:
    """Return the tasks added, lost and altered by rule, of all sites."""
    summed: dict[str, dict[str, int]] = {}
    for counts in sites:
        for rule, changes in counts.rules.items():
            of_rule = summed.setdefault(rule, dict.fromkeys(changes, 0))
            for change, count in changes.items():
                of_rule[change] += count
    return [{"rule": rule} | {f"tasks {change}": count for change, count in changes.items()} for rule, changes in sorted(summed.items())]
