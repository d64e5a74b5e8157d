"""The options that several verbs share, each described once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from harvester.cli.output import Format
from harvester.errors import WrongCall
from harvester.moments import moment_of
from normalizers.notices.records import Colour

REGION_DIGITS = 6


def parse_date(value: str | None) -> date | None:
    """Return the day written as YYYY-MM-DD; raises WrongCall for anything else."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise WrongCall(f"'{value}' is not a date; write it as YYYY-MM-DD, for example 2026-06-30.") from None


def parse_moment(value: str | None) -> datetime | None:
    """Return the moment by which something was known, of a day its end; raises WrongCall for what is none."""
    return moment_of(value, datetime.now(UTC), end=True) if value else None


def parse_region(value: str) -> str:
    """Return a region code of six digits (GB/T 2260), or nothing; raises WrongCall for anything else."""
    if value and not (value.isascii() and value.isdigit() and len(value) == REGION_DIGITS):
        raise WrongCall(f"'{value}' is not a region code; give the six digits of GB/T 2260, for example 310000 for Shanghai.")
    return value


FormatOption = Annotated[Format, typer.Option("--format", help="table for people; json, jsonl or csv for programs.")]
StoreOption = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="sqlite:///FILE or postgresql+psycopg://...; else HARVESTER_STORE, harvester.toml, data/."),
]
LimitOption = Annotated[int, typer.Option("--limit", min=0, help="At most so many rows; 0 means all.")]
AsOfOption = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="What the sources said on that day.")]
KnownAtOption = Annotated[
    str | None, typer.Option("--known-at", metavar="MOMENT", help="As far as this store knew by then; of a day, by its end.")
]
SiteOption = Annotated[str | None, typer.Option("--site", help="Only this site.")]
RegionOption = Annotated[str | None, typer.Option("--region", metavar="CODE", help="Only this region (six digits of GB/T 2260).")]
ListOption = Annotated[str, typer.Option("--list", metavar="NAME", help="Only entries of lists whose name holds this.")]
ColourOption = Annotated[Colour | None, typer.Option("--colour", help="Only lists of this colour: red, black, watch.")]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who asks, for the log; else HARVESTER_OPERATOR or the user.")]


def parse_days(due_from: str | None, due_to: str | None) -> tuple[date | None, date | None]:
    """Return the first and last day of a period; raises WrongCall for a bad date, or where the first is after the last."""
    first, last = parse_date(due_from), parse_date(due_to)
    if first and last and first > last:
        raise WrongCall(f"{first} is after {last}; write the earlier day first.")
    return first, last
