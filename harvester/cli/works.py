"""The verb group `works`: which documents are one text, how works stand to each other, and the decisions of people on both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from harvester.cli.options import FormatOption, LimitOption, RegionOption, SiteOption, StoreOption
from harvester.cli.output import Format, complain, console, emit
from harvester.cli.reviewing import ByOption, Progress, operator_of
from harvester.errors import WrongCall
from harvester.filtering import parse_region
from harvester.messages import _, counted
from harvester.session import check_site, opened
from storage import tie_decisions, work_judging, work_queries
from storage.tie_decisions import Outcome

WORK_COLUMNS = ("work", "title", "documents", "sites", "reason", "links", "first_published", "last_published")
MEMBER_COLUMNS = ("document", "site", "title", "state", "published_on", "tied_to", "reason", "score")
LINK_COLUMNS = ("other_is", "work", "title", "document", "other", "reason", "score", "pairs")
APART_COLUMNS = ("document", "other", "reason", "score")
DECISION_COLUMNS = ("id", "document", "tie", "other", "note", "decided_by", "decided_at", "decision state")
PARTS = ("documents", "links", "apart", "decisions")


WHY = {"content": "equal contents", "number": "equal number", "title": "equal title", "text": "near text"}
"""Reasons of ties in words for a table; those of links are words already."""


class Relation(StrEnum):
    """How works stand to each other."""

    DRAFT = "draft"
    EDITION = "edition"
    DIVISION = "division"


class Tie(StrEnum):
    """What two documents may be decided to be."""

    SAME = "same"
    DRAFT = "draft"
    EDITION = "edition"
    DIVISION = "division"


RelationOption = Annotated[Relation | None, typer.Option("--relation", help="Only works with such a link.")]
SizeOption = Annotated[int, typer.Option("--min-documents", min=1, help="Only works of at least so many documents.")]
NoteOption = Annotated[str, typer.Option("--note", help="Why.")]


def register(app: typer.Typer) -> None:
    """Add the group to the command line; ``works`` without a further word lists the works."""
    group = typer.Typer(
        help="Documents that are one text, and texts that belong together.", rich_markup_mode=None, invoke_without_command=True
    )
    group.callback()(default)
    group.command("list")(listing)
    for verb in (show, tie, untie, undo, decisions, judge):
        group.command()(verb)
    app.add_typer(group, name="works")


def default(
    context: typer.Context,
    site: SiteOption = None,
    region: RegionOption = None,
    relation: RelationOption = None,
    min_documents: SizeOption = 1,
    limit: LimitOption = 50,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the works, those of most documents first; the same as `works list`."""
    if context.invoked_subcommand is None:
        listing(site, region, relation, min_documents, limit, store, form)
        return
    sources = [context.get_parameter_source(name) for name in context.params]
    if any(source is not None and source.name == "COMMANDLINE" for source in sources):
        raise WrongCall(f"the options stand behind the word: harvester works {context.invoked_subcommand} ....")


def listing(
    site: SiteOption = None,
    region: RegionOption = None,
    relation: RelationOption = None,
    min_documents: SizeOption = 1,
    limit: LimitOption = 50,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the works, those of most documents first, with how many other works stand to each in which way."""
    code = parse_region(region or "")
    with opened(store) as found:
        check_site(found, site or "")
        rows = work_queries.listed(
            found, site=site or "", region=code, relation=relation or "", min_documents=min_documents, limit=limit or None
        )
    emit([worded(row) | {"links": links_told(row["links"])} for row in rows] if form is Format.TABLE else rows, form, WORK_COLUMNS)


def links_told(links: Mapping[str, int]) -> str:
    """Return the links of a work for a table: what the others are, and how many."""
    return "\n".join(f"{_(name)} {count}" for name, count in links.items())


def show(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="A work, or one of its documents.")],
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show what a work is made of and why, its links both ways, what is kept apart from it, and the decisions on it."""
    with opened(store) as found:
        work = work_queries.show(found, identifier)
    if form is Format.JSON:
        emit([work], form, ())
    elif form is Format.TABLE:
        tell(work)
    else:
        emit(flat(work), form, ())


def tell(work: Mapping[str, Any]) -> None:
    """Print a work: its documents, and below them what else there is."""
    console().print(f"{work['work']}  {work['title']}", markup=False, soft_wrap=True)
    emit(map(worded, work["documents"]), Format.TABLE, MEMBER_COLUMNS)
    if work["links"]:
        emit(
            [row | {"other_is": _(row["other_is"])} for row in work["links"]],
            Format.TABLE,
            LINK_COLUMNS,
            title=_("Links"),
        )
    if work["apart"]:
        emit(map(worded, work["apart"]), Format.TABLE, APART_COLUMNS, title=_("Tied, and kept apart"))
    if work["decisions"]:
        emit([decision_row(row) for row in work["decisions"]], Format.TABLE, DECISION_COLUMNS, title=_("Decisions"))


def worded(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with the reason of a tie in words."""
    return {**row, "reason": _(WHY.get(row["reason"], row["reason"]))}


def flat(work: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return everything of a work as rows of one shape, ``part`` telling what each is."""
    found = [{"part": part.removesuffix("s"), **row} for part in PARTS for row in work[part]]
    names = list(dict.fromkeys(name for row in found for name in row))
    return [{"of_work": work["work"]} | {name: row.get(name) for name in names} for row in found]


def tie(
    document: Annotated[str, typer.Argument(metavar="A", help="A document; of a link the final, the later edition, the division.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Another; of a link the draft, the earlier edition, the plan.")],
    relation: Annotated[Tie, typer.Option("--as", help="What A is of B.")] = Tie.SAME,
    note: NoteOption = "",
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Decide that two documents are one text, or how they stand to each other; it applies at once and holds in every re-run."""
    operator = operator_of(by, store)
    with opened(store) as found:
        outcome = tie_decisions.decide(found, document, other, relation.value, operator, datetime.now(UTC), note)
    report([outcome])


def untie(
    document: Annotated[str, typer.Argument(metavar="A", help="A document.")],
    other: Annotated[str, typer.Argument(metavar="[B]", help="Another one; without it A is cut out of its work.")] = "",
    note: NoteOption = "",
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Decide that two documents are nothing of one another, or that one is no copy of its work's others."""
    operator, now = operator_of(by, store), datetime.now(UTC)
    with opened(store) as found:
        if other:
            outcomes = [tie_decisions.decide(found, document, other, "none", operator, now, note)]
        else:
            outcomes = tie_decisions.cut_out(found, document, operator, now, note)
    if not outcomes:
        raise WrongCall(
            f"{document} is the only document of its work; name the other one of a link: harvester works untie {document} OTHER."
        )
    report(outcomes)


def undo(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="A decision's number, as `works decisions` lists it.")],
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Undo a decision: it stays in the log, ended, and the two documents are judged again."""
    operator = operator_of(by, store)
    with opened(store) as found:
        outcome = tie_decisions.undo(found, number, operator, datetime.now(UTC))
    out = console()
    text = _("decision {id} on {document} and {other} is undone.")
    out.print(text.format(id=outcome.id, document=outcome.document, other=outcome.other), markup=False)
    report_changes(outcome.told)


def decisions(
    every: Annotated[bool, typer.Option("--all", help="The whole log: what was undone or replaced too.")] = False,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the decisions on works and links, with who made them and when."""
    with opened(store) as found:
        rows = [decision_row(row) for row in tie_decisions.listed(found, ended=every)]
    emit(rows, form, DECISION_COLUMNS)


def decision_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a decision as it is listed."""
    head = {
        name: row[name] for name in ("id", "document_id", "tie", "other_id", "note", "decided_by", "decided_at", "ended_by", "ended_at")
    }
    named = {name.removesuffix("_id"): value for name, value in head.items()}
    return named | {"decision state": "in force" if row["ended_at"] is None else "ended"}


def judge(store: StoreOption = None) -> None:
    """Judge every document of the store again, after an upgrade of the program; what changes is told with the cause reading."""
    progress = Progress()
    with opened(store) as found:
        changed = work_judging.judge_all(found, progress=progress)
    progress.end()
    console().print(counted("{n} tie or link changed.", "{n} ties and links changed.", changed), markup=False)


# --- telling -----------------------------------------------------------------------------------------------------------


def report(outcomes: Iterable[Outcome]) -> None:
    """Tell decisions and what they changed."""
    made = list(outcomes)
    out = console()
    for outcome in made:
        text = _("decision {id}: {document} and {other}: {tie}.")
        out.print(
            text.format(id=outcome.id, document=outcome.document, other=outcome.other, tie=_(outcome.tie)), markup=False, soft_wrap=True
        )
        if outcome.absent:
            absent = _("{documents}: not in the store yet; the decision holds when it comes.")
            out.print(absent.format(documents=" ".join(outcome.absent)), markup=False, soft_wrap=True)
    report_changes(row for outcome in made for row in outcome.told)
    for outcome in made:
        warn(outcome)


def report_changes(told: Iterable[Mapping[str, Any]]) -> None:
    """Tell the rows of the feed that a decision made."""
    out, rows = console(), list(told)
    if not rows:
        out.print(_("Nothing changes: it is so already."), markup=False)
    for row in rows:
        out.print(changed(row), markup=False, soft_wrap=True)


def changed(row: Mapping[str, Any]) -> str:
    """Return one change of a work or a link in words."""
    if row["entity"] == "document":
        text = _("{document}: work {before} becomes {after}")
        return text.format(document=row["entity_id"], before=row["before"]["work"], after=row["after"]["work"])
    state = row["after"] or row["before"]
    text = {
        "added": _("{document} is linked to {other}: {relation}"),
        "removed": _("{document} is no longer linked to {other}: {relation}"),
        "restated": _("{document} stays linked to {other}: {relation}, for another reason"),
    }[row["kind"]]
    return text.format(document=state["document"], other=state["other"], relation=_(state["relation"]))


def warn(outcome: Outcome) -> None:
    """Say what still hangs between two documents that were decided to be apart, or keeps apart two that were decided to be one."""
    for one, other in outcome.broken:
        text = _("{one} and {other} were decided to be one text and are two works now, since decisions contradict: undo one of them.")
        complain(text.format(one=one, other=other))
    if outcome.tie == "same":
        if not outcome.absent and not outcome.together:
            pairs = ", ".join(f"{one} {other}" for one, other in outcome.against)
            text = _("they stay two works, since others of them cannot be one text ({pairs}): decide on those, see `harvester works show`.")
            complain(text.format(pairs=pairs))
        return
    if len(outcome.chain) > 2:
        chain = " - ".join(outcome.chain)
        text = _(
            "both are tied through others still ({chain}), which belong to one of the two only: separate them with `harvester works untie`."
        )
        complain(text.format(chain=chain))
