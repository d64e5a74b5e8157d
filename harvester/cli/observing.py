"""The verb that shows the work to other programs: metrics."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from harvester.cli.options import StoreOption
from harvester.errors import HarvesterError
from harvester.session import opened


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
        replace(output, told)


def replace(file: Path, data: bytes) -> None:
    """Write a file whole or not at all: whoever reads it meanwhile reads the former. Raises ``HarvesterError``."""
    draft: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".metrics-", delete=False) as made:
            draft = Path(made.name)
            made.write(data)
        draft.chmod(0o644)  # the collector runs as somebody else
        draft.replace(file)
    except OSError as error:
        if draft is not None:
            draft.unlink(missing_ok=True)
        raise HarvesterError(f"{file} cannot be written ({error.strerror}); choose another --output.") from None
