"""How far a site's pages are from those that were read well, and what became of their template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request

from harvester.messages import _
from harvester.reports.pieces import visible
from harvester.web.charts import runs as charts
from harvester.web.pages.charts import Drawing, drawing
from harvester.web.shown import moment, preference, section_name
from spiders.promises import DEFAULT
from spiders.sheets import sheets_by_id
from spiders.skeleton import Difference, Skeleton, difference
from spiders.skeleton import drift as how_far
from storage import operations_queries, specimens
from storage.specimens import Specimen, bad_ones, good_ones
from storage.store import Store

RUNS = 30
KINDS = ("list", "article")
LEAST_DRAWN = 5
"""Of fewer measured runs, or of pages that all are as they were, there is no drawing."""
SEEN = 0.02
"""A drift below this is a flat line."""
MOST_NAMED = 12
"""Places of a template that are named as gone, and as come."""


@dataclass(frozen=True, slots=True)
class Drift:
    """The drift of sections over the last runs, the oldest first: a line a section, a day a run; ``None`` where it was not measured."""

    lines: Mapping[str, Sequence[float | None]]
    days: Sequence[str]
    limit: float
    words: str
    drawing: Drawing | None


@dataclass(frozen=True, slots=True)
class Pair:
    """The last good page of a section beside the first bad one; ``bad`` and what differs are ``None`` where none is bad."""

    section: str
    kind: str
    good: Specimen | None
    bad: Specimen | None
    score: float | None
    apart: Difference | None


def drift_lines(request: Request, store: Store, site: str) -> Drift:
    """Return the drift of a site's sections over its last runs."""
    lang = preference(request, "lang")
    measured = operations_queries.drifts_of(store, site, RUNS)
    days_of = {row["run"]: moment(row["started_at"])[:10] for row in measured}
    drift_of = {(row["section"], row["run"]): row["drift"] for row in measured}
    lines = {name: [drift_of.get((name, run)) for run in days_of] for name in sorted({row["section"] for row in measured})}
    days = list(days_of.values())
    told = [f"{visible(section_name(site, name))} {_last(values):.2f}" for name, values in lines.items()]
    said = _(", ", lang).join(told)
    caption = _("Drift by run: 0 is the page as it was, 1 another one; the dotted line is what is promised. Now: {words}", lang)
    path = f"/operations/sites/{site}/drift.svg"
    seen = any(value is not None and value >= SEEN for values in lines.values() for value in values)
    drawn = seen and len(days) >= LEAST_DRAWN
    made = drawing(request, path, {}, said, caption.format(words=said), charts.WIDE) if drawn else None
    return Drift(lines, days, limit_of(site), said, made)


def limit_of(site: str) -> float:
    """Return the drift that the sheet of a site allows."""
    found = sheets_by_id().get(site)
    return found.promises.drift if found else DEFAULT.drift


def _last(values: Sequence[float | None]) -> float:
    return next((value for value in reversed(values) if value is not None), 0.0)


def compared_pages(store: Store, site: str) -> list[Pair]:
    """Return a pair for each section and kind of page of which a specimen is kept, those with a bad page first."""
    found = specimens.of_site(store, site)
    pairs = [_pair(section, kind, [each for each in found if each.section == section]) for section in _sections(found) for kind in KINDS]
    return sorted((pair for pair in pairs if pair.good or pair.bad), key=lambda pair: pair.bad is None)


def _sections(found: Sequence[Specimen]) -> list[str]:
    return list(dict.fromkeys(each.section for each in found))


def _pair(section: str, kind: str, found: Sequence[Specimen]) -> Pair:
    good, bad = good_ones(found, kind), bad_ones(found, kind)
    if not good or not bad:
        return Pair(section, kind, good[-1] if good else None, bad[0] if bad else None, None, None)
    old, new = Skeleton.of_text(good[-1].skeleton), Skeleton.of_text(bad[0].skeleton)
    return Pair(section, kind, good[-1], bad[0], how_far(old, new), difference(old, new, MOST_NAMED))
