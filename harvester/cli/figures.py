"""The verbs that measure what is published: quality, indicators."""

from __future__ import annotations

from typing import Annotated

import typer

from harvester import audited
from harvester.cli.options import FormatOption, RegionOption, SiteOption, StoreOption
from harvester.cli.output import Format, console, emit
from harvester.errors import WrongCall
from harvester.filtering import parse_region
from harvester.messages import _, language
from harvester.session import check_site, opened

GROUPS = ("region", "site", "month")
HEADINGS = {"records": "records", "legal": "legal", "coded": "coded", "valid": "sound codes", "wrong": "wrong", "duplicate": "duplicate",
    "wrong_or_duplicate_permille": "‰ of coded", "dated": "dated", "prompt_share": "in 7 days", "delay_median": "median days",
    "incomplete": "incomplete", "taken_down": "taken_down", "late": "late"}  # fmt: skip
"""What a table shows of the report, and under which heading: a name for programs may be longer than a column."""
QUALITY_COLUMNS = ("records", "legal", "coded", "sound codes", "wrong", "duplicate", "‰ of coded", "dated", "in 7 days", "median days",
    "incomplete", "taken_down", "late")  # fmt: skip
INDICATOR_COLUMNS = ("region_name", "indicator", "indicator name", "value", "unit", "part", "whole", "points", "coverage")
FORMULA_COLUMNS = ("indicator", "indicator name", "formula", "weight")
GAP_COLUMNS = ("what is not told", "why")


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line."""
    for verb in (quality, indicators):
        app.command()(verb)


def quality(
    by: Annotated[str, typer.Option(help="Columns to group by, of region, site, month; joined by commas.")] = "site",
    site: SiteOption = None,
    region: RegionOption = None,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Report the quality of the records as published: codes, delays, missing fields, take-downs, each with its denominator."""
    from harvester import quality as measuring

    columns = tuple(dict.fromkeys(word.strip() for word in by.split(",") if word.strip()))
    if unknown := [word for word in columns if word not in GROUPS]:
        raise WrongCall(f"records are not grouped by {', '.join(unknown)}; choose among {', '.join(GROUPS)}.")
    with opened(store) as found:
        check_site(found, site or "")
        rows = measuring.report(found, audited.today(), by=columns, site=site or "", region=parse_region(region or ""))
    if form is Format.TABLE:
        rows = [row | {heading: row[name] for name, heading in HEADINGS.items()} for row in rows]
        rows = [row | {column: _(measuring.TOTAL) for column in columns if row[column] == measuring.TOTAL} for row in rows]
    emit(rows, form, (*columns, *(QUALITY_COLUMNS if form is Format.TABLE else ())))


def indicators(store: StoreOption = None, form: FormatOption = Format.TABLE) -> None:
    """Show an open, experimental frame for an index of the credit environment: formula, figures, coverage and gaps of each indicator."""
    from harvester import indicators as measuring

    with opened(store) as found:
        rows = measuring.indicators(found, audited.today())
    if form is not Format.TABLE:
        emit(rows, form, INDICATOR_COLUMNS)
        return
    frame, suffix = measuring.frame(), "_zh" if language() == "zh" else ""
    console().print(frame[f"notice{suffix}"], markup=False)
    rows = [row | {"indicator name": row[f"name{suffix}"], "unit": _(row["unit"]), "formula": row[f"formula{suffix}"]} for row in rows]
    emit(rows, form, INDICATOR_COLUMNS)
    console().print()
    emit(list({row["indicator"]: row for row in rows}.values()), form, FORMULA_COLUMNS)
    console().print()
    emit([{"what is not told": gap[f"name{suffix}"], "why": gap[f"why{suffix}"]} for gap in frame["gaps"]], form, GAP_COLUMNS)
