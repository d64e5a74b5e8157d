"""The verbs that show public credit records: notices, dossier, coverage, graph. Every answer is logged before it is shown."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from harvester import audited
from harvester.cli.codes import sentence
from harvester.cli.options import ByOption, ColourOption, FormatOption, LimitOption, ListOption, RegionOption, SiteOption, StoreOption
from harvester.cli.output import Format, complain, console, emit
from harvester.errors import WrongCall
from harvester.filtering import parse_days, parse_region
from harvester.messages import _, counted
from harvester.moments import minute
from harvester.record_questions import checked, logged, normal_code
from harvester.sentences import said
from harvester.session import check_agency, check_site, opened
from harvester.values import to_json
from normalizers.codes import identify
from normalizers.notices.records import NoticeKind
from storage import notice_queries
from storage.naming import check_document
from storage.notice_queries import NoticeFilters
from storage.records import Verdict

NOTICE_COLUMNS = ("id", "kind", "day", "subject", "code", "authority", "list or number", "what", "shown until")
COVERAGE_COLUMNS = ("site", "site section", "slice", "stated", "listed", "had", "known", "failed", "pages", "capped", "complete", "gaps")
SOURCE_COLUMNS = ("name", "site section", "held", "looked_at", "verdict", "complete_at")
DEFAULT_LIMIT = 50
MOST = 60
"""Characters of a text in a table's cell."""

KindOption = Annotated[NoticeKind | None, typer.Option("--kind", help="Only records of this kind.")]
AuthorityOption = Annotated[str, typer.Option("--authority", help="Only records of this body, by any of its names or its id.")]


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line."""
    for verb in (notices, dossier, coverage, graph):
        app.command()(verb)


def notices(
    kind: KindOption = None,
    code: Annotated[str, typer.Option(help="Only records of the subject with this unified code, in any spelling.")] = "",
    name: Annotated[str, typer.Option(help="Only records of subjects whose name holds this.")] = "",
    authority: AuthorityOption = "",
    list_name: ListOption = "",
    colour: ColourOption = None,
    region: RegionOption = None,
    site: SiteOption = None,
    document: Annotated[str, typer.Option(help="Only records that stood in this document.")] = "",
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Decided on or after this day.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Decided on or before this day.")] = None,
    words: Annotated[str, typer.Option("--words", help="Only records that hold these words.")] = "",
    limit: LimitOption = DEFAULT_LIMIT,
    by: ByOption = "",
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the public credit records that may be shown today, the newest first.

    Natural persons and individual businesses appear with a reduced name and are found by no name or code.
    """
    first, last = parse_days(since, until)
    wanted = NoticeFilters(
        kind=kind.value if kind else "", code=normal_code(code), name=name, authority=authority, list_name=list_name,
        colour=colour.value if colour else "", region=parse_region(region or ""), site=site or "", document=document,
        since=first, until=last, words=words, limit=limit or None,
    )  # fmt: skip
    with opened(store) as found:
        check_site(found, site or "")
        if document:
            check_document(found, document)
        rows = notice_queries.notices(found, wanted, today=audited.today())
        audited.log(found, audited.actor(store, by), "notices", logged(wanted), rows)
        if not rows:
            check_agency(found, authority)
    emit([brief(row) for row in rows] if form is Format.TABLE else rows, form, NOTICE_COLUMNS)
    if why := failing(wanted.code) if wanted.code else "":
        complain(_("the code {code} is not sound ({problem}); look whether it is written right.").format(code=wanted.code, problem=why))
    if form is Format.TABLE and limit and len(rows) == limit:
        console().print(counted("the first {n} row; --limit 0 shows all.", "the first {n} rows; --limit 0 shows all.", limit))


def brief(row: dict[str, Any]) -> dict[str, Any]:
    """Return a record for a table: one that tells no day of its own stands without one, whenever it was seen."""
    what = row["content"] or row["category"] or row["violation"] or row["title"] or row["licence"]
    return row | {
        "day": row["decided_on"] or row["published_on"] or row["listed_on"],
        "code": f"{row['code']} ✗" if row["code_problem"] else row["code"],
        "authority": row["authority"]["name"] or row["authority"]["mention"],
        "list or number": row["list_name"] or row["number"],
        "what": what if len(what) <= MOST else f"{what[:MOST]}…",
        "shown until": row["ends_on"],
    }


def dossier(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A unified, organisation or registration code, in any spelling.")],
    by: ByOption = "",
    store: StoreOption = None,
    form: Annotated[Format, typer.Option("--format", help="table tells it in sections; json gives everything.")] = Format.TABLE,
) -> None:
    """Show what public sources say of one legal subject today, and which sources were looked at when.

    A result of a search in public records (公开记录检索结果), no certificate.
    """
    if form not in (Format.TABLE, Format.JSON):
        raise WrongCall("dossier tells one subject; take --format table or json.")
    normal = normal_code(code)
    with opened(store) as found:
        told = notice_queries.dossier(found, normal, today=audited.today())
        told["check"] = checked(told["code"])
        rows = [row for rows in told["notices"].values() for row in rows]
        audited.log(found, audited.actor(store, by), "dossier", {"code": told["code"]}, rows)
    if form is Format.JSON:
        console().file.write(to_json(told) + "\n")
    else:
        tell(told)


def failing(code: str) -> str:
    """Return why a code is not sound, in the user's language; empty for a sound one."""
    return " ".join(sentence(failure) for failure in identify(code).failures)


def tell(told: dict[str, Any]) -> None:
    """Print a dossier in sections."""
    out, check = console(), told["check"]
    out.print(_("Search result of public records, {day}; no certificate.").format(day=audited.today()), markup=False)
    sound = _("sound") if check["valid"] else _("not sound ({problem})").format(problem=failing(told["code"]))
    out.print(_("Code {code}: {sound}; organisation code {org}").format(code=told["code"], sound=sound, org=told["organization_code"]))
    for name in told["names"]:
        out.print(_("Name {name}: {first} to {last}").format(name=name["name"], first=name["first"], last=name["last"]), markup=False)
    for other in told["other_codes"]:
        out.print(_("Another code of the name {name}: {code}").format(name=other["name"], code=other["code"]), markup=False)
    for kind, rows in told["notices"].items():
        emit(
            [brief(row) for row in rows],
            Format.TABLE,
            tuple(c for c in NOTICE_COLUMNS if c not in ("kind", "subject", "code")),
            title=_(kind),
        )
    if not any(told["notices"].values()):
        out.print(_("No public record is shown of this subject."))
    sources = [row | {"looked_at": minute(row["looked_at"]), "complete_at": minute(row["complete_at"])} for row in told["sources"]]
    emit(with_heading(sources, Format.TABLE), Format.TABLE, SOURCE_COLUMNS, title=_("Sources looked at"))


def with_heading(rows: list[dict[str, Any]], form: Format) -> list[dict[str, Any]]:
    """Return rows for a table with a site's section (栏目) under a heading that no text's section (章节) has."""
    return [row | {"site section": row["section"]} for row in rows] if form is Format.TABLE else rows


def coverage(
    site: SiteOption = None,
    run: Annotated[str, typer.Option(help="The ledger of this run; else of the last run of each site.")] = "",
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Hold what each site says it has against what was harvested, by section: caps and gaps are named."""
    with opened(store) as found:
        check_site(found, site or "")
        rows = notice_queries.coverage(found, run=run, site=site or "")
    last = {row["site"]: row["run"] for row in reversed(rows)}
    if not run:
        rows = [row for row in rows if row["run"] == last[row["site"]]]
    shown = [row | {"gaps": [said(gap) for gap in row["gaps"]]} for row in rows] if form is Format.TABLE else rows
    emit(with_heading(shown, form), form, COVERAGE_COLUMNS)
    if form is Format.TABLE and any(row["capped"] and row["verdict"] == Verdict.COMPLETE for row in rows):
        console().print(
            _(
                "A run is complete when every page that the site shows was read. A list of which it shows fewer pages than it has is not: "
                "what is out of reach is a gap, never taken for gone."
            )
        )


class GraphFile(StrEnum):
    """The forms of a graph."""

    GRAPHML = ".graphml"
    JSON = ".json"


def graph(
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="Where to: .graphml or .json.")],
    kind: KindOption = None,
    authority: AuthorityOption = "",
    list_name: ListOption = "",
    region: RegionOption = None,
    site: SiteOption = None,
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Write a graph of what the records state: bodies, legal subjects, lists, documents. Nothing is inferred along its edges."""
    from harvester import graph as graphs  # networkx: this verb alone waits for it

    if to.suffix not in tuple(GraphFile):
        raise WrongCall(f"{to.name} has no ending that tells its form; use one of {', '.join(GraphFile)}.")
    wanted = NoticeFilters(
        kind=kind.value if kind else "", authority=authority, list_name=list_name, region=parse_region(region or ""), site=site or ""
    )
    with opened(store) as found:
        check_site(found, site or "")
        rows = notice_queries.notices(found, wanted, today=audited.today())
        audited.log(found, audited.actor(store, by), "graph", logged(wanted), rows)
        if not rows:
            check_agency(found, authority)
    made = graphs.graph_of(rows)
    graphs.write(made, to)
    counts = counted("{n} node", "{n} nodes", len(made)), counted("{n} edge", "{n} edges", made.number_of_edges())
    console().print(_("{what} in {file}").format(what=_(", ").join(counts), file=to), markup=False)
