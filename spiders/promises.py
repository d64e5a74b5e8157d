"""What a good run of a site looks like: the table ``[promises]`` of a fact sheet, checked when it is read.

A site promises for all its sections; a section's own table says what is otherwise there. What a sheet leaves out has a default that is
right for a site of which nothing is known: absolute promises are loose, and a section's own history tells the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeGuard

DOCUMENT_FILL: Mapping[str, float] = {"title": 0.95, "date": 0.8}
RECORD_FILL: Mapping[str, float] = {"subject": 0.95}
MOST_HISTORY = 30
"""A run is held against so many complete ones before it, since on most days one reads few documents; no more can be asked for."""
FIELDS = frozenset(
    (
        "title", "date", "document_number", "issuers", "source", "attachments", "tasks", "lead", "deadline",
        "subject", "code", "authority", "number", "decided_on", "published_on", "shown_until", "facts", "content", "basis", "status",
    )
)  # fmt: skip
"""Fields whose share a run measures: of documents, of their tasks (``lead``, ``deadline``), and of records."""


class PromiseError(ValueError):
    """A promise says something that cannot be; the sentence names the key and what it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """What a run of a section promises.

    least_items: a list that is read whole shows at least so many. fill: by field, the least share of documents (tasks, records) that
    have it. quiet_workdays: nothing new for so many working days is worth a look, or for twice the section's longest silence, if that is
    more; 0: silence says nothing. requests_per_capture: requests for each page or file that was had, repetitions included. charset: the
    charsets its pages may be in, with what they declare where that is another (``utf-8 as gbk``); empty: those it had before. dead_links:
    the share of listed documents whose address may be missing. cells: the share of cells of tables of tasks that may belong nowhere.
    headings: the share of labels that may be unknown. unreachable: the share of a list that its site may keep out of reach. drift: how far
    a page may be from the last good one. tolerance: how much less than its own median is no news. history: so many runs make a history.
    stale_workdays: the site is read completely at least that often.
    """

    least_items: int = 0
    fill: Mapping[str, float] = field(default_factory=lambda: dict(DOCUMENT_FILL))
    quiet_workdays: int = 30
    requests_per_capture: float = 1.6
    charset: tuple[str, ...] = ()
    dead_links: float = 0.1
    cells: float = 0.2
    headings: float = 0.1
    unreachable: float = 1.0
    drift: float = 0.35
    tolerance: float = 0.25
    history: int = 4
    stale_workdays: int = 3

    def share(self, name: str) -> float:
        """Return the least share of a field, 0 where none is promised."""
        return self.fill.get(name, 0.0)


DEFAULT = Promises()
RECORD_DEFAULT = Promises(fill=RECORD_FILL)
_SHARES = ("dead_links", "cells", "headings", "unreachable", "drift", "tolerance")
_MOST: Mapping[str, int] = {"least_items": 10_000_000, "quiet_workdays": 2500, "history": MOST_HISTORY, "stale_workdays": 2500}
_MOST_REQUESTS = 1000


def read_promises(table: Any, base: Promises = DEFAULT) -> Promises:  # noqa: ANN401 - whatever stands in a sheet
    """Return the promises of a table; what it leaves out is that of ``base``, fields of ``fill`` one by one. Raises PromiseError."""
    if not isinstance(table, Mapping):
        raise PromiseError(f"promises are a table, like {{ least_items = 100 }}, and not {table!r}")
    if unknown := sorted(table.keys() - {f.name for f in fields(Promises)}):
        raise PromiseError(f"unknown key {', '.join(unknown)}; known are {', '.join(f.name for f in fields(Promises))}")
    for name, value in table.items():
        _check(name, value)
    given = dict(table)
    if "fill" in given:
        given["fill"] = {**base.fill, **{name: float(share) for name, share in given["fill"].items()}}
    if "charset" in given:
        given["charset"] = tuple(given["charset"])
    return replace(base, **given)


def _check(name: str, value: object) -> None:
    if name in _MOST and not _is_count(value, _MOST[name]):
        raise PromiseError(f"{name} is a whole number from 0 to {_MOST[name]}, not {value!r}")
    if name in _SHARES and not _is_share(value):
        raise PromiseError(f"{name} is a share from 0 to 1, not {value!r}")
    if name == "requests_per_capture" and not (_is_number(value) and 1 <= value <= _MOST_REQUESTS):
        raise PromiseError(f"requests_per_capture is a number from 1 to {_MOST_REQUESTS}, not {value!r}")
    if name == "charset" and not (isinstance(value, list | tuple) and all(isinstance(each, str) and each for each in value)):
        raise PromiseError(f'charset is a list of names, like ["utf-8"], not {value!r}')
    if name == "fill":
        _check_fill(value)


def _check_fill(value: object) -> None:
    if not isinstance(value, Mapping):
        raise PromiseError(f"fill is a table of shares by field, like {{ title = 0.98 }}, not {value!r}")
    if unknown := sorted(value.keys() - FIELDS):
        raise PromiseError(f"fill: unknown field {', '.join(unknown)}; known are {', '.join(sorted(FIELDS))}")
    if wrong := next((name for name, share in value.items() if not _is_share(share)), ""):
        raise PromiseError(f"fill: {wrong} is a share from 0 to 1, not {value[wrong]!r}")


def _is_count(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_share(value: object) -> bool:
    return _is_number(value) and 0 <= value <= 1
