"""What a run had of each section, beside what the site says there is and what its earlier runs had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, median_low
from typing import Any

from harvester.web.pages.operations_named import called
from spiders.promises import DEFAULT
from spiders.sheets import sheets_by_id
from storage.measures import history
from storage.operations_queries import HISTORY
from storage.store import Store

Row = Mapping[str, Any]
NOT_SHOWN = frozenset({"labels"})
"""Tables of measures whose names are words of pages; how many there are stands beside them."""
MOST_LISTED = 12
"""Missing pages that are named."""


@dataclass(frozen=True, slots=True)
class Line:
    """A section in the ledger of a run; ``None`` where nobody counted it."""

    section: str
    reach: str
    pages: int | None
    had: int | None
    missing: str
    items: int | None
    stated: int | None
    new: int | None
    changed: int | None
    drift: float | None
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of a run beside those of earlier ones; ``usual`` is their median, ``None`` where there are none.

    So many runs as ``history`` make a history (``Promises.history``): beside fewer nothing is unusual.
    """

    name: str
    value: float
    usual: float | None
    least: float | None
    most: float | None
    runs: int
    history: int = DEFAULT.history

    @property
    def apart(self) -> bool:
        """Tell whether the value lies outside all that earlier runs had, where they make a history."""
        if self.runs < max(self.history, 1):
            return False
        return self.least is not None and self.most is not None and not self.least <= self.value <= self.most


def ledger(run: Row, sections: Sequence[Row]) -> list[Line]:
    """Return the ledger of a run, a line a section: what its lists had, and what was measured."""
    said = run["counters"].get("coverage") or {}
    measured = {row["section"]: row for row in sections}
    return [_line(name, run, said.get(name) or {}, measured.get(name)) for name in dict.fromkeys((*run["sections"], *said, *measured))]


def _line(name: str, run: Row, said: Row, row: Row | None) -> Line:
    measures = row["measures"] if row else {}
    stated = said.get("stated")
    missing = [str(number) for number in said.get("missing") or ()]
    return Line(
        name, str(row["reach"] if row else run["reach"]), said.get("pages"), said.get("had"),
        ", ".join(missing[:MOST_LISTED]) + ("…" if len(missing) > MOST_LISTED else ""), said.get("items"),
        (stated[-1] if stated else None) if isinstance(stated, list) else stated,
        _whole(measures.get("new")), _whole(measures.get("changed")),
        row["drift"] if row else None, bool(said.get("cut") or said.get("capped")),
    )  # fmt: skip


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def compared(store: Store, run: Row, section: Row, lang: str) -> tuple[str, list[Measure]]:
    """Return the measures of a section of a run beside those of its site's complete runs of the same reach before it."""
    earlier = history(store, run["site"], section["section"], before=run["id"], most=HISTORY, reach=section["reach"])
    alike = [dict(numbers(each.measures)) for each in earlier]
    own, least = numbers(section["measures"]), history_of(run["site"], section["section"])
    return section["section"], [
        _measure(called(name, lang), value, [each[name] for each in alike if name in each], least) for name, value in own
    ]


def history_of(site: str, section: str) -> int:
    """Return how many runs the sheet of a site says make a history of a section."""
    sheet = sheets_by_id().get(site)
    if sheet is None:
        return DEFAULT.history
    return next((each.promises.history for each in sheet.sections if each.id == section), sheet.promises.history)


def _measure(name: str, value: float, earlier: Sequence[float], history: int) -> Measure:
    if not earlier:
        return Measure(name, value, None, None, None, 0, history)
    # Between two whole numbers lies no number of labels: of an even count of runs the lower middle one stands for both.
    usual = median_low(earlier) if all(each == int(each) for each in earlier) else median(earlier)
    return Measure(name, value, usual, min(earlier), max(earlier), len(earlier), history)


def numbers(measures: Row, before: tuple[str, ...] = ()) -> Iterator[tuple[str, float]]:
    """Yield the numbers of measures with their names, those within a table as ``table.name``; of a part and its whole the share."""
    for name, value in measures.items():
        if isinstance(value, Mapping):
            yield from () if name in NOT_SHOWN else numbers(value, (*before, str(name)))
        elif (found := _number(value)) is not None:
            yield ".".join((*before, str(name))), found


def _number(value: object) -> float | None:
    """Return the number that a measure is, of a part and its whole (``[31, 100]``) the share; ``None`` where it is none."""
    if isinstance(value, list):
        part, whole = (*value, None, None)[:2]
        return part / whole if isinstance(part, int) and isinstance(whole, int) and whole > 0 else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
