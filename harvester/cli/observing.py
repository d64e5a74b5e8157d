"""The verb that shows the work to other programs: metrics."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from harvester.cli.options import StoreOption
from harvester.session import opened
from storage.whole_files import whole_file


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line."""
    app.command()(metrics)


def metrics(
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write them into this file, for the textfile collector.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Print the metrics of the store in Prometheus' text format."""
    from harvester.observing.metrics import registry, text

    with opened(store) as found:
        told = text(registry(found))
    if output is None:
        sys.stdout.write(told.decode())
    else:
        with whole_file(output) as draft:
            draft.write_bytes(told)
        output.chmod(0o644)  # the collector runs as somebody else
