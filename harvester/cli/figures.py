"""The verbs that measure what is published: quality, indicators."""

from __future__ import annotations

from typing import Annotated

import typer

from harvester import audited
from harvester.cli.options import FormatOption, RegionOption, SiteOption, StoreOption, parse_region
from harvester.cli.output import Format, console, emit
from harvester.errors import WrongCall
from harvester.messages import language
from harvester.session import check_site, opened

GROUPS = ("region", "site", "month")
QUALITY_COLUMNS = ("records", "legal", "coded", "valid", "wrong", "duplicate", "wrong_or_duplicate_permille", "dated", "prompt_share",
    "delay_median", "incomplete", "taken_down", "late")  # fmt: skip
INDICATOR_COLUMNS = ("region_name", "indicator", "indicator name", "value", "unit", "part", "whole", "points", "coverage")
GAP_COLUMNS = ("what is not told", "why")


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line."""
    for verb in (quality, indicators):
        app.command()(verb)


def quality(
    by: Annotated[str, typer.Option(help="Columns to group by, of region, site, month; joined by commas.")] = "region,site,month",
    site: SiteOption = None,
    region: RegionOption = None,
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Report the quality of the records as published: codes, delays, missing fields, take-downs, each with its denominator."""
    from harvester import quality as measuring

    columns = tuple(word for word in by.split(",") if word)
    if unknown := [word for word in columns if word not in GROUPS]:
        raise WrongCall(f"records are not grouped by {', '.join(unknown)}; choose among {', '.join(GROUPS)}.")
    with opened(store) as found:
        check_site(found, site or "")
        rows = measuring.report(found, audited.today(), by=columns, site=site or "", region=parse_region(region or ""))
    emit(rows, form, (*columns, *QUALITY_COLUMNS))


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
    emit([row | {"indicator name": row[f"name{suffix}"]} for row in rows], form, INDICATOR_COLUMNS)
    emit([{"what is not told": gap[f"name{suffix}"], "why": gap["why"]} for gap in frame["gaps"]], form, GAP_COLUMNS)
