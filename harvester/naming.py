"""The names by which documents are called on the command line: ``ID``, ``ID@3``, ``ID@2025-03-01``, ``ID@2024``."""

from __future__ import annotations

import re
from datetime import date

from harvester.errors import WrongCall
from harvester.moments import not_ahead
from storage.editions import in_force, of_year
from storage.store import Store

_NAME = re.compile(r"(?P<document>[a-z0-9]{4,32})(?:@(?P<at>[0-9]{1,9}|[0-9]{4}-[0-9]{2}-[0-9]{2}))?")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def identifier_of(name: str, store: Store | None = None) -> str:
    """Return ``ID`` or ``ID@VERSION`` for a name; a day stands for the version in force, a year for the edition of that year.

    Without a store only the form is looked at. Raises ``WrongCall`` for what is no such name, ``UnknownRecord`` where nothing answers.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise WrongCall(f"there is no file {name}, and it is no document's id; list those with `harvester documents`.")
    document, at = found["document"], found["at"] or ""
    day = _day(name, at) if "-" in at else None
    if store is None:
        return name
    if day:
        return f"{document}@{in_force(store, document, day)}"
    return of_year(store, document, int(at)) if _YEAR.fullmatch(at) else name


def _day(name: str, text: str) -> date:
    try:
        return not_ahead(date.fromisoformat(text))
    except ValueError:
        raise WrongCall(f"{name} names no day of the calendar; write it as ID@YYYY-MM-DD, for example {name[:5]}@2025-06-30.") from None
