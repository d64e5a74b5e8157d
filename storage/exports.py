"""Write answers to a file that others open: CSV, Excel, Parquet or JSON lines, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from storage import streams
from storage.errors import ExportError
from storage.questions import Question, Table, View
from storage.store import Store
from storage.whole_files import whole_file

ENDINGS = tuple(f".{form}" for form in streams.FORMS)
"""The endings of file names that tell a form."""


def export(
    store: Store, asked: Question | str, to: Path, announce: Callable[[Sequence[Any], int], None] | None = None, *, base: str = ""
) -> int:
    """Write the answer to a question, or a whole view by its name, to a file and return the number of rows.

    The name's ending tells the form (``streams``): ``.csv``, ``.xlsx``, ``.parquet``, ``.jsonl``. The file appears whole under its name,
    or stays what it was. ``announce`` is told the identifiers of the public records and the number of rows before anything is written, so
    that what is not logged is not given away. ``base`` is the address of the reading room, before the paths of rows. Raises
    ``ExportError``, ``FullDisk``.
    """
    question = View(asked) if isinstance(asked, str) else asked
    form = _form(to)
    with whole_file(to) as draft, draft.open("wb") as file:
        return streams.write(store, question, form, file, announce, base=base)


def write(found: pd.DataFrame, to: Path) -> None:
    """Write a table to a file; see ``export``."""
    rows = list(zip(*(_plain(found[name]) for name in found.columns), strict=True))
    form = _form(to)
    with whole_file(to) as draft, draft.open("wb") as file:
        for piece in streams.of_table(Table([str(name) for name in found.columns], rows), form):
            file.write(piece)


def _form(to: Path) -> str:
    form = to.suffix.lower().removeprefix(".")
    if form not in streams.FORMS:
        raise ExportError(f"{to.name} has no ending that tells its form: use one of {', '.join(ENDINGS)}.")
    return form


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Return plain Python values: ``None`` for what is unknown, days as dates."""
    days = str(column.dtype) == "datetime64[s]"
    values = [None if pd.isna(value) else value.to_pydatetime() if isinstance(value, pd.Timestamp) else value for value in column.tolist()]
    return [None if value is None else value.date() for value in values] if days else values
