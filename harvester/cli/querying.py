"""The verbs of analysts: tasks, documents, agencies, search, explain, runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sized
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from harvester import audited
from harvester.cli.options import AsOfOption, FormatOption, KnownAtOption, LimitOption, RegionOption, SiteOption, StoreOption
from harvester.cli.output import Format, complain, console, emit
from harvester.errors import WrongCall
from harvester.filtering import parse_as_of, parse_days, parse_moment, parse_region, parse_year
from harvester.messages import _, counted, listed
from harvester.moments import minute
from harvester.session import check_agency, check_site, opened
from harvester.values import printable
from normalizers.records import DeadlineKind, DocumentKind
from storage import queries, searching
from storage.naming import check_document, successor_of
from storage.selection import Filters
from storage.store import Store

if TYPE_CHECKING:
    from rich.text import Text

TASK_COLUMNS = ("id", "site", "number", "text", "lead", "partner", "responsible", "deadline", "end")
DOCUMENT_COLUMNS = ("id", "version", "site", "published_on", "title", "document_number", "tasks", "copies", "state")
AGENCY_COLUMNS = ("id", "name", "kind", "lead", "partner", "responsible", "implied", "resolved")
RUN_COLUMNS = ("id", "site", "started_at", "ended_at", "verdict", "cause", "failure_class", "captures", "failures")
DEFAULT_LIMIT = 50
PAGE = 500
"""Rows that are read at a time where an order is read by pages."""
NOTICE_ID = re.compile("n[0-9a-f]{16}")

Found = TypeVar("Found", bound=Sized)


class Role(StrEnum):
    """The roles of a body in a task."""

    LEAD = "lead"
    PARTNER = "partner"
    RESPONSIBLE = "responsible"
    IMPLIED = "implied"


class Order(StrEnum):
    """The orders of tasks."""

    PUBLISHED = "published"
    DUE = "due"


class HitKind(StrEnum):
    """What a search finds."""

    ANY = "any"
    DOCUMENT = "document"
    TASK = "task"
    NOTICE = "notice"


AgencyOption = Annotated[str, typer.Option("--agency", help="A body by any of its names or its id.")]
RoleOption = Annotated[Role | None, typer.Option("--role", help="Only where the body has this role.")]
DueFromOption = Annotated[str | None, typer.Option("--due-from", metavar="DATE", help="Deadline on or after this day.")]
DueToOption = Annotated[str | None, typer.Option("--due-to", metavar="DATE", help="Deadline on or before this day.")]
KindOption = Annotated[
    DocumentKind | None, typer.Option("--kind", help="Only documents of this kind and their tasks: plan, measures, case, ….")
]
YearOption = Annotated[int | None, typer.Option("--year", metavar="YYYY", help="Only documents published in this year and their tasks.")]
DeadlineKindOption = Annotated[
    DeadlineKind | None, typer.Option("--deadline-kind", help="Only tasks with this kind of deadline: by-date, recurring, none, ….")
]
OrderOption = Annotated[Order, typer.Option("--order", help="published: newest document first; due: due first, those with a day.")]
WordsOption = Annotated[str, typer.Option("--words", help="Only rows that hold these words.")]


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line."""
    for verb in (tasks, documents, agencies, search, explain, runs):
        app.command()(verb)


def filters(
    *,
    limit: int,
    as_of: str | None,
    known_at: str | None,
    region: str | None,
    due_from: str | None = None,
    due_to: str | None = None,
    year: int | None = None,
    **rest: Any,  # noqa: ANN401 - fields of Filters that need no reading
) -> Filters:
    """Return the filters that the options name; raises WrongCall for a bad date, year or region."""
    first, last = parse_days(due_from, due_to)
    return Filters(
        limit=limit or None,
        region=parse_region(region or ""),
        as_of=parse_as_of(as_of),
        known_at=parse_moment(known_at),
        due_from=first,
        due_to=last,
        year=parse_year(year),
        **{name: value for name, value in rest.items() if value},
    )


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a task's row with its last day beside it, for a table."""
    return row | {"end": (row["deadline"] or {}).get("end")}


def check_names(store: Store, site: str | None, document: str = "") -> None:
    """Raise WrongCall for a site that is neither known nor stored, UnknownRecord for a document that is not stored."""
    check_site(store, site or "")
    if document:
        check_document(store, document)


def as_typed(ask: Callable[[str], Found], words: str) -> Found:
    """Return what ``ask`` finds by ``words``; where that is nothing, by their simplified characters, and say so.

    Stored texts are simplified. Words are converted only then: a converter takes 乾县 from its bearer.
    """
    found = ask(words)
    if found or not words:
        return found
    from normalizers.text.character_forms import simplified_forms  # late: OpenCC's tables

    forms = simplified_forms()
    simplified = "".join(forms.get(c, c) for c in words)
    if simplified == words:
        return found
    if again := ask(simplified):
        complain(_("nothing is called {words}; this is what is called {simplified}.").format(words=words, simplified=simplified))
    return again


def tasks(
    agency: AgencyOption = "",
    role: RoleOption = None,
    site: SiteOption = None,
    region: RegionOption = None,
    due_from: DueFromOption = None,
    due_to: DueToOption = None,
    document: Annotated[str, typer.Option(help="Only tasks of this document: ID or ID@VERSION.")] = "",
    kind: KindOption = None,
    year: YearOption = None,
    deadline_kind: DeadlineKindOption = None,
    words: WordsOption = "",
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    all_copies: Annotated[bool, typer.Option("--all-copies", help="Every copy of a text published in several places.")] = False,
    order: OrderOption = Order.PUBLISHED,
    limit: LimitOption = DEFAULT_LIMIT,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List tasks: who does what by when. A text published in several places counts once."""
    wanted = filters(
        limit=limit, as_of=as_of, known_at=known_at, region=region, due_from=due_from, due_to=due_to,
        role=role.value if role else "", site=site, document=document, all_copies=all_copies,
        kind=kind.value if kind else "", year=year, deadline_kind=deadline_kind.value if deadline_kind else "",
    )  # fmt: skip
    with opened(store) as found:
        check_names(found, site, document)
        rows = as_typed(lambda a: as_typed(lambda w: ordered(found, replace(wanted, agency=a, words=w), order), words), agency)
        former = successor_of(found, agency) if agency and not rows else None
        if not rows and not former:
            check_agency(found, agency)
    emit([shown(row) for row in rows] if form is Format.TABLE else rows, form, TASK_COLUMNS)
    cut(rows, limit, form)
    if former:
        complain(_("{name} has no task here; its successor is {heir}: ask for that.").format(name=former[0], heir=former[1]))


def ordered(store: Store, wanted: Filters, order: Order) -> list[dict[str, Any]]:
    """Return the tasks of a question in an order; those that have no day when they are due are none of the second."""
    if order is Order.PUBLISHED:
        return queries.tasks(store, wanted)
    rows, after, left = list[dict[str, Any]](), "", wanted.limit
    while left is None or left > 0:
        page = queries.task_page(store, replace(wanted, limit=min(left or PAGE, PAGE)), after=after, order=order.value)
        rows += [dict(row) for row in page.rows]
        left, after = left and left - len(page.rows), page.next
        if not after:
            break
    return rows


def cut(rows: list[dict[str, Any]], limit: int, form: Format) -> None:
    """Say below a table that it was cut."""
    if form is Format.TABLE and limit and len(rows) == limit:
        console(stderr=True).print(counted("the first {n} row; --limit 0 shows all.", "the first {n} rows; --limit 0 shows all.", limit))


def documents(
    site: SiteOption = None,
    region: RegionOption = None,
    kind: KindOption = None,
    year: YearOption = None,
    words: WordsOption = "",
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    limit: LimitOption = DEFAULT_LIMIT,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List documents, every copy, the newest first."""
    of = kind.value if kind else ""
    wanted = filters(limit=limit, as_of=as_of, known_at=known_at, region=region, site=site, kind=of, year=year)
    with opened(store) as found:
        check_names(found, site)
        rows = as_typed(lambda w: queries.documents(found, replace(wanted, words=w)), words)
    emit(rows, form, DOCUMENT_COLUMNS)
    cut(rows, limit, form)


def agencies(
    name: Annotated[str, typer.Option(help="Only bodies of which any name, short or full, holds this; or an id.")] = "",
    site: SiteOption = None,
    region: RegionOption = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    limit: LimitOption = DEFAULT_LIMIT,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the bodies named in tasks, with how many tasks each has in each role, the busiest first."""
    wanted = filters(limit=0, as_of=as_of, known_at=known_at, region=region, site=site)
    with opened(store) as found:
        check_names(found, site)
        rows = as_typed(lambda piece: queries.agencies(found, wanted, piece), name)
    rows = rows[:limit] if limit else rows
    emit(rows, form, AGENCY_COLUMNS)
    cut(rows, limit, form)


def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="Words of any length; all must be found.")],
    kind: Annotated[HitKind, typer.Option(help="Find documents, tasks, public records (notice), or any.")] = HitKind.ANY,
    exact: Annotated[bool, typer.Option("--exact", help="Only the words themselves, not other names of a body.")] = False,
    agency: AgencyOption = "",
    site: SiteOption = None,
    region: RegionOption = None,
    document_kind: Annotated[
        DocumentKind | None, typer.Option("--document-kind", help="Only documents of this kind and their tasks: plan, measures, case, ….")
    ] = None,
    year: YearOption = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="Published on or after this day.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Published on or before this day.")] = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    limit: LimitOption = 20,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Search the texts of documents and tasks, and the public records of legal subjects that may be shown today."""
    of_kind = document_kind.value if document_kind else ""
    wanted = filters(
        limit=limit, as_of=as_of, known_at=known_at, region=region, site=site, agency=agency, kind=of_kind, year=year
    )  # fmt: skip
    of, (first, last), asked = "" if kind is HitKind.ANY else kind.value, parse_days(since, until), " ".join(words)
    with opened(store) as found:
        check_names(found, site)
        result = searching.search(found, asked, wanted, kind=of, exact=exact, since=first, until=last, today=audited.today())
        if not result["hits"]:
            check_agency(found, agency)
        if records := [hit for hit in result["hits"] if hit["kind"] == HitKind.NOTICE]:
            audited.log(found, audited.actor(store), "search", {"words": asked, "site": site, "region": region}, records)
    for word, names in result["expanded"].items():
        complain(_("{word}: also looked for as {names}; --exact looks for the word alone.").format(word=word, names=listed(names)))
    if form is not Format.TABLE:
        hits = result["hits"]
        if form is Format.CSV:  # documents, tasks and records have not all the same fields
            hits = [dict.fromkeys((name for each in hits for name in each), "") | hit for hit in hits]
        emit(hits, form, ("kind", "id", "title", "snippet"))
        return
    show_hits(result)


def show_hits(result: dict[str, Any]) -> None:
    """Print what a search found: how much, and the hits with the words marked."""
    from rich.text import Text

    out = console()
    least = {name: f"{_('at least')} " if result["at_least"][name] else "" for name in result["counts"]}
    counts = result["counts"]
    told = (
        counted("{least}{n} document found", "{least}{n} documents found", counts["document"], least=least["document"]),
        counted("{least}{n} task found", "{least}{n} tasks found", counts["task"], least=least["task"]),
        counted("{least}{n} public record found", "{least}{n} public records found", counts["notice"], least=least["notice"]),
    )
    out.print(_(", ").join(told))
    if not result["hits"]:
        out.print(_("(nothing found)"))
    for hit in result["hits"]:
        out.print(Text(f"{hit['id']}  {hit['site']}  {hit['published_on'] or ''}  {printable(hit['title'])}", style="bold"))
        out.print(highlighted(hit["snippet"], hit["spans"]))


def highlighted(snippet: str, spans: list[tuple[int, int]]) -> Text:
    """Return a snippet with its hits marked by colour on a terminal, indented."""
    from rich.text import Text

    text = Text(printable(snippet).replace("\t", " "))
    for start, end in spans:
        text.stylize("bold yellow", start, end)
    return Text("    ") + Text(" ").join(text.split("\n"))


def explain(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="A task, document, version (ID@VERSION) or public record.")],
    store: StoreOption = None,
    form: Annotated[Format, typer.Option("--format", help="table tells it in lines; json gives everything.")] = Format.TABLE,
) -> None:
    """Show the way back from a task or document: archived record, bytes, repairs, rule, gazetteer entry."""
    from harvester.cli import explaining  # late: the normalizers; this verb alone reads the archived page again

    if form not in (Format.TABLE, Format.JSON):
        raise WrongCall("explain tells one record; take --format table or json.")
    with opened(store) as found:
        if NOTICE_ID.fullmatch(identifier):
            explaining.show_notice(found, identifier, audited.actor(store), form)
        else:
            explaining.show(found, identifier, form)


def class_of(cause: str | None) -> str:
    """Return the class of the cause of a run, empty for one without."""
    from spiders.failure_classes import failure_class

    return str(failure_class(cause)) if cause else ""


def runs(
    name: Annotated[str | None, typer.Argument(metavar="[SITE]", help="Only this site.")] = None,
    site: SiteOption = None,
    limit: LimitOption = 20,
    run: Annotated[str, typer.Option("--run", metavar="RUN", help="Tell this run: what it measured, and what was found wrong.")] = "",
    log: Annotated[str, typer.Option("--log", metavar="RUN", help="Print the log of this run instead.")] = "",
    follow: Annotated[str, typer.Option("--follow", metavar="RUN", help="Print its log as it comes, until the run ends.")] = "",
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the runs, the newest first, with their verdict, its cause and the class of that; or tell one of them, or its log."""
    site = site or name
    if sum(map(bool, (run, log, follow))) > 1:
        raise WrongCall("Only one run is told at a time: take one of --run, --log and --follow.")
    with opened(store) as found:
        if run:
            from harvester.cli.incidents import show_run  # late: the words of incidents, which no other question needs

            show_run(found, run, form)
            return
        if log or follow:
            from harvester.cli import run_log  # late: the words of events

            run_log.follow(found, follow, form) if follow else run_log.show(found, log, form)
            return
        check_names(found, site)
        rows = queries.runs(found, site or "", limit or None)
    if form is Format.TABLE:
        shown = [row | {name: minute(row[name]) for name in ("started_at", "ended_at")} for row in rows]
        rows = [row | {"failure_class": class_of(row["cause"])} for row in shown]
    emit(rows, form, RUN_COLUMNS)
    cut(rows, limit, form)
