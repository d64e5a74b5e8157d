"""Rows of tasks as pages show them: when they are due, where they stand in their document, who does them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from harvester import addresses, audited
from harvester.telling.phrases import item_number, shorten
from harvester.web.due import due

Row = dict[str, Any]

LEADING = ("lead", "partner", "responsible", "implied")
_CELL = re.compile(r"(?P<row>tab[0-9]{1,9}\.r[0-9]{1,9})\.c[0-9]{1,9}")


def shown_tasks(rows: Iterable[Mapping[str, Any]], lang: str, at: date | None = None) -> list[Row]:
    """Return rows of ``queries.tasks`` with ``due``, ``link``, ``place_link`` (in its document), ``item``; ``at``: of that day."""
    today = audited.today()
    return [_shown(dict(row), lang, at, today) for row in rows]


def _shown(row: Row, lang: str, at: date | None, today: date) -> Row:
    return row | {
        "due": due(row["deadline"], today, lang, within=any(each.get("end") for each in row["milestones"])),
        "link": addresses.task(row["lasting_id"], at=at),
        "document_link": addresses.document(row["document"], at=at),
        "place_link": place_link(row["document"], row["address"], at),
        "item": item_number(row["number"], lang) if row["number"] else "",
        "dates": [each | {"due": due(each, today, lang)} for each in row["milestones"]],
        "roles": [(role, row[role]) for role in LEADING if row[role]],
    }


def place_link(document: str, address: str, at: date | None = None) -> str:
    """Return the address of the place in its document from which a task was read; of a cell the row that it stands in."""
    cell = _CELL.fullmatch(address)
    return addresses.document(document, at=at, part=cell["row"] if cell else address)


def short(text: str, length: int = 60) -> str:
    """Return the beginning of a text, on one line."""
    return shorten(text, length)
