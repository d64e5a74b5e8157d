"""Every address that the room prints; what is printed once answers for ever (``docs/reading_room.md``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, quote_plus

_PLAIN = re.compile(r"[0-9A-Za-z_.~-]*")
"""What stands in an address as it is: most names and identifiers."""


def document(identifier: str, *, at: date | None = None, version: int | None = None, part: str = "") -> str:
    """Return the address of a document: now, on a day (``at``), or one version; ``part`` is a clause (``s3.2``) or row (``tab1.r7``)."""
    path = f"/d/{_piece(identifier)}"
    path += f"/v{version}" if version else ""
    path += f"/{_piece(part)}" if part else ""
    return f"{path}@{at:%Y-%m-%d}" if at else path


def task(lasting: str, *, at: date | None = None) -> str:
    """Return the address of a task by its lasting identifier (``ID.kN``)."""
    return f"/t/{_piece(lasting)}" + (f"@{at:%Y-%m-%d}" if at else "")


def history(address: str) -> str:
    """Return the address of the history of what stands at ``address``."""
    return address.partition("@")[0] + "/history"


def archived(identifier: str, *, version: int | None = None) -> str:
    """Return the address of what is archived of a document."""
    return document(identifier, version=version) + "/archived"


def agency(identifier: str) -> str:
    """Return the address of a body."""
    return f"/a/{_piece(identifier)}"


def work(identifier: str) -> str:
    """Return the address of a work."""
    return f"/w/{_piece(identifier)}"


def record(identifier: str) -> str:
    """Return the address of a public record."""
    return f"/n/{_piece(identifier)}"


def dossier(code: str) -> str:
    """Return the address of the dossier of a legal subject."""
    return f"/s/{_piece(code)}"


def operations_run(identifier: str) -> str:
    """Return the address of a run, for operators."""
    return f"/operations/runs/{_piece(identifier)}"


def operations_site(identifier: str) -> str:
    """Return the address of how a site does, for operators."""
    return f"/operations/sites/{_piece(identifier)}"


def listing(path: str, filters: Mapping[str, Any] | None = None, **more: Any) -> str:  # noqa: ANN401 -- values of a query
    """Return the address of a list (``/tasks``) with those of its filters that hold anything, in the order given.

    A filter with several values stands once for each.
    """
    values = {**(filters or {}), **more}
    given = [(name, value) for name, value in values.items() if value not in (None, "", False, [], ())]
    query = [(name, _value(each)) for name, value in given for each in (value if isinstance(value, list | tuple) else [value])]
    return f"{path}?{'&'.join(f'{_quoted(name)}={_quoted(value)}' for name, value in query)}" if query else path


def compare(old: str, new: str) -> str:
    """Return the address of a comparison of two versions (``ID@2``) or documents."""
    return listing("/compare", {"old": old, "new": new})


def wrong_here(about: str, field: str = "") -> str:
    """Return the address of the form that reports what is wrong at an address of this room; ``field`` names the fact."""
    return listing("/corrections/new", {"about": about, "field": field})


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quote_plus(text)


def _value(value: Any) -> str:  # noqa: ANN401
    if value is True:
        return "1"
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _piece(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quote(text, safe="")
