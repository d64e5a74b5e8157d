"""The options that several verbs share, each described once."""

from __future__ import annotations

from typing import Annotated

import typer

from harvester.cli.output import Format
from normalizers.notices.records import Colour

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
