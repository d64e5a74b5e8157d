"""Write rows to a file that others open: CSV, Excel, Parquet or JSON lines, whole or not at all."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from storage.errors import ExportError
from storage.formulas import neutral
from storage.frames import frame
from storage.store import Store
from storage.whole_files import whole_file

_SHEET_ROWS = 1_048_576
_CELL_CHARACTERS = 32_767
_NOT_IN_SHEETS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def export(store: Store, view: str, to: Path, announce: Callable[[Sequence[Any], int], None] | None = None) -> int:
    """Write a view (see ``storage.views``) to a file and return the number of rows.

    The name's ending tells the form: ``.csv`` (UTF-8 with a mark for Excel), ``.xlsx``, ``.parquet``, ``.jsonl``. In the first
    two a text that begins like a formula gets a leading apostrophe. The file appears whole under its name, or stays what it was.
    ``announce`` is told the identifiers of the public records and the number of rows before anything is written, so that what is not
    logged is not given away. Raises ``ExportError``, ``FullDisk``.
    """
    found = frame(store, view)
    if announce:
        announce(next((found[name].tolist() for name in ("notice", "notice_id") if name in found), []), len(found))
    write(found, to)
    return len(found)


def write(found: pd.DataFrame, to: Path) -> None:
    """Write a table to a file; see ``export``."""
    writer = _WRITERS.get(to.suffix.lower())
    if writer is None:
        raise ExportError(f"{to.name} has no ending that tells its form: use one of {', '.join(_WRITERS)}.")
    with whole_file(to) as draft:
        writer(found, draft)


def _rows(found: pd.DataFrame) -> list[Sequence[Any]]:
    """Return the rows with plain Python values: ``None`` for what is unknown, days as dates."""
    columns = [_plain(found[name]) for name in found.columns]
    return list(zip(*columns, strict=True))


def _plain(column: pd.Series[Any]) -> list[Any]:
    days = str(column.dtype) == "datetime64[s]"
    values = [None if pd.isna(value) else value for value in column.tolist()]
    if days:
        return [value.date() if isinstance(value, datetime) else value for value in values]
    return [value.to_pydatetime() if isinstance(value, pd.Timestamp) else value for value in values]


def _iso(value: Any) -> Any:  # noqa: ANN401
    return value.isoformat() if isinstance(value, date) else value


def _write_csv(found: pd.DataFrame, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(found.columns)
        writer.writerows([neutral(_iso(value)) for value in row] for row in _rows(found))


def _write_jsonl(found: pd.DataFrame, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in _rows(found):
            line = {name: _iso(value) for name, value in zip(found.columns, row, strict=True)}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _write_parquet(found: pd.DataFrame, path: Path) -> None:
    found.to_parquet(path, index=False)


def _write_xlsx(found: pd.DataFrame, path: Path) -> None:
    if len(found) >= _SHEET_ROWS:
        raise ExportError(f"A sheet holds {_SHEET_ROWS - 1} rows and there are {len(found)}: export to .csv or .parquet.")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.freeze_panes = "A2"
    head = [WriteOnlyCell(sheet, value=name) for name in found.columns]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for row in _rows(found):
        sheet.append([_sheet_value(value) for value in row])
    book.save(path)


def _sheet_value(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        return neutral(_NOT_IN_SHEETS.sub("\ufffd", value))[:_CELL_CHARACTERS]
    return value


_WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".parquet": _write_parquet,
    ".jsonl": _write_jsonl,
}

ENDINGS = tuple(_WRITERS)
"""The endings of file names that tell a form."""
