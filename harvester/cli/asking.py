"""The verbs for whole tables: export, sql, dictionary."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from harvester import audited
from harvester.cli.options import AsOfOption, ByOption, FormatOption, KnownAtOption, LimitOption, RegionOption, SiteOption, StoreOption
from harvester.cli.output import Format, complain, console, emit
from harvester.cli.querying import DeadlineKindOption, YearOption
from harvester.config import Config
from harvester.errors import WrongCall
from harvester.filtering import RECORD_KINDS, chosen, parse_as_of, parse_days, parse_moment, parse_region, parse_year
from harvester.messages import _, language, listed
from harvester.messages import counted as in_number
from harvester.session import check_agency, check_site, opened
from normalizers.records import DocumentKind
from storage.naming import check_document
from storage.notice_queries import NoticeFilters
from storage.selection import Filters
from storage.store import Store

DICTIONARY_COLUMNS = ("view", "name", "type", "unit", "meaning", "standard")
LONGEST = 1_000_000
"""Characters of a statement that are read from standard input."""


class Language(StrEnum):
    """The languages of the data dictionary."""

    ZH = "zh"
    EN = "en"


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line."""
    for verb in (export, sql, dictionary):
        app.command()(verb)


def export(
    view: Annotated[str, typer.Argument(metavar="VIEW", help="tasks, documents, versions, agencies, captures, runs, failures ...")],
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="Where to: .csv .xlsx .parquet or .jsonl.")],
    site: SiteOption = None,
    region: RegionOption = None,
    agency: Annotated[str, typer.Option("--agency", help="A body by any of its names or its id.")] = "",
    role: Annotated[str, typer.Option("--role", help="Only where the body has this role.")] = "",
    due_from: Annotated[str | None, typer.Option("--due-from", metavar="DATE", help="Deadline on or after this day.")] = None,
    due_to: Annotated[str | None, typer.Option("--due-to", metavar="DATE", help="Deadline on or before this day.")] = None,
    document: Annotated[str, typer.Option("--document", help="Only this document: ID or ID@VERSION.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="Only documents and their tasks, or records, of this kind.")] = "",
    year: YearOption = None,
    deadline_kind: DeadlineKindOption = None,
    words: Annotated[str, typer.Option("--words", help="Only rows that hold these words.")] = "",
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    counted: Annotated[bool, typer.Option("--counted", help="Of a text published in several places only the copy that counts.")] = False,
    limit: LimitOption = 0,
    by: ByOption = "",
    store: StoreOption = None,
) -> None:
    """Write a view of the store, or those of its rows that hold the filters, to a file; formulas in cells are neutralised."""
    from storage.exports import ENDINGS  # pandas and pyarrow: this verb alone waits for them
    from storage.exports import export as export_answer
    from storage.frames import NAMES
    from storage.questions import OF_RECORDS

    if view not in NAMES:
        raise WrongCall(f"there is no view '{view}'; choose one of {', '.join(NAMES)}.")
    if to.suffix.lower() not in ENDINGS:
        raise WrongCall(f"{to.name} has no ending that tells its form; use one of {', '.join(ENDINGS)}.")
    first, last = parse_days(due_from, due_to)
    said: dict[str, Any] = {
        "site": site, "region": parse_region(region or ""), "agency": agency, "role": role, "due_from": first, "due_to": last,
        "document": document, "kind": kind, "year": parse_year(year), "deadline_kind": deadline_kind.value if deadline_kind else "",
        "words": words, "limit": limit,
    }  # fmt: skip
    said = {name: value for name, value in said.items() if value}
    times: dict[str, Any] = {"as_of": parse_as_of(as_of), "known_at": parse_moment(known_at)}
    if kind:
        chosen("--kind", [kind], RECORD_KINDS if view == "notices" else tuple(DocumentKind))
    with opened(store) as found:
        check_site(found, site or "")
        check_agency(found, agency)
        if document:
            check_document(found, document)
        question = _question(view, said, times, counted=counted)
        what = {"view": view, **said}
        logged = partial(audited.log_ids, found, audited.actor(store, by), "export", what) if view in OF_RECORDS else None
        count = export_answer(found, question, to, logged, base=Config.load().room_base)
    console().print(in_number("{n} row in {file}", "{n} rows in {file}", count, file=to), markup=False)


def _question(view: str, said: dict[str, Any], times: dict[str, Any], *, counted: bool) -> Any:  # noqa: ANN401
    """Return the question of ``storage.questions`` that the options make. Raises WrongCall for a filter that a view has not."""
    from storage import questions

    held: dict[str, Any] = {"tasks": questions.Tasks, "task_agencies": questions.TaskAgencies, "documents": questions.Documents}
    held |= {"versions": questions.Versions, "agencies": questions.Agencies}
    if not (said or counted):
        return questions.View(view, Filters(**times))
    if view == "notices":
        _only(view, said, {"site", "region", "document", "kind", "words", "limit"}, counted=counted)
        return questions.Notices(NoticeFilters(**said), audited.today())
    if view not in held:
        raise WrongCall(f"the view '{view}' is written whole; filters go with notices, {', '.join(held)}: leave them out.")
    return held[view](Filters(**said, **times, all_copies=not counted))


def _only(view: str, said: dict[str, Any], known: set[str], *, counted: bool) -> None:
    unknown = sorted(set(said) - known) + (["counted"] if counted else [])
    if unknown:
        raise WrongCall(f"{view} cannot be filtered by {', '.join(unknown)}; leave that out.")


def sql(
    statement: Annotated[str, typer.Argument(metavar="SELECT", help="One SELECT over the views of the data dictionary; - reads it.")],
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many rows.")] = 1000,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, max=60, help="At most so long.")] = 10,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Where to: .csv .xlsx .parquet or .jsonl.")] = None,
    by: ByOption = "",
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Run one SELECT over the documented views, read-only and within limits (docs/sql.md)."""
    from storage import plain_sql

    asked = sys.stdin.read(LONGEST) if statement == "-" else statement
    with opened(store) as found:
        answer = plain_sql.ask(found, asked, limit=limit, seconds=seconds, as_of=parse_as_of(as_of), known_at=parse_moment(known_at))
        if answer.of_records:
            _logged(found, audited.actor(store, by), asked, answer)
        if to:
            from storage.exports import export as export_answer

            count = export_answer(found, answer.table, to)
            console().print(in_number("{n} row in {file}", "{n} rows in {file}", count, file=to), markup=False)
        else:
            emit([dict(zip(answer.columns, row, strict=True)) for row in answer.rows], form, answer.columns)
    if answer.endless:
        complain(
            in_number(
                "{n} value is no finite number and is left empty: mend the statement.",
                "{n} values are no finite number and are left empty: mend the statement.",
                answer.endless,
            )
        )
    if answer.cut:
        complain(_("there are more rows; these are the first {n}: raise --limit, or narrow the question.").format(n=len(answer.rows)))


def _logged(store: Store, who: str, asked: str, answer: Any) -> None:  # noqa: ANN401 -- plain_sql.Answer, which is imported late
    """Log a question that read public records; its words are kept as a keyed tag only, for they may name a subject."""
    audited.log_ids(store, who, "sql", {"words": asked, "views": sorted(answer.views)}, answer.record_ids(), len(answer.rows))


def dictionary(
    view: Annotated[str, typer.Argument(metavar="[VIEW]", help="Only this view.")] = "",
    lang: Annotated[Language | None, typer.Option("--lang", help="zh or en; else that of the terminal.")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Describe the views and their columns: what they hold, in which unit, by which standard, with which values."""
    from storage.dictionary import entries

    found = entries(lang.value if lang else language())
    chosen = [entry for entry in found if not view or entry["name"] == f"v_{view.removeprefix('v_')}"]
    if not chosen:
        names = ", ".join(entry["name"].removeprefix("v_") for entry in found)
        raise WrongCall(f"there is no view '{view}'; choose one of {names}.")
    if form is Format.JSON:
        emit(chosen, form, ())
        return
    rows = [{"view": entry["name"], **column} for entry in chosen for column in entry["columns"]]
    emit([_brief(row) for row in rows] if form is Format.TABLE else rows, form, DICTIONARY_COLUMNS)


def _brief(row: dict[str, Any]) -> dict[str, Any]:
    words = listed(value["word"] for value in row["values"] if value["word"])
    return row | {"meaning": f"{row['meaning']}{_(': ')}{words}" if words else row["meaning"]}
