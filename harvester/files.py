"""Files that a command is told to write."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from harvester.errors import WrongCall


def check_target(to: Path | None, sources: Iterable[str]) -> None:
    """Raise WrongCall where a report would be written over one of the files it tells of."""
    for name in sources:
        if to is not None and Path(name).exists() and to.exists() and to.samefile(name):
            raise WrongCall(f"{to} is one of the files to compare and would be lost; name another file with --to.")
