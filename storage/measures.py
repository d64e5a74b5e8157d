"""What runs measured of sections (``run_sections``), and what the last runs of a site measured before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storage.engine import rows
from storage.operations_schema import run_sections
from storage.records import Verdict
from storage.row_writing import upsert
from storage.schema import runs
from storage.store import Store


@dataclass(frozen=True, slots=True)
class SectionMeasures:
    """What a run measured of a section. ``drift`` is how far its pages are from the last good ones, ``None`` where nothing was compared."""

    section: str
    reach: str
    measures: Mapping[str, Any]
    drift: float | None = None


def write_measures(store: Store, run: str, site: str, found: Sequence[SectionMeasures]) -> None:
    """Write what a run measured, in place of what was written of it before."""
    with store.writing(told=False) as connection:
        told = [
            {"run": run, "site": site, "section": each.section, "reach": each.reach, "measures": dict(each.measures), "drift": each.drift}
            for each in found
        ]
        upsert(connection, run_sections, told)


def history(
    store: Store, site: str, section: str, *, before: str, most: int, reach: str = "", since: datetime | None = None
) -> list[SectionMeasures]:
    """Return what the last complete runs before a run measured of a section, the newest first.

    ``reach`` takes those of one reach, ``since`` those that began then or later.
    """
    s, r = run_sections.c, runs.c
    begun = select(r.started_at).where(r.id == before).scalar_subquery()
    query = select(s.section, s.reach, s.measures, s.drift).join(runs, r.id == s.run)
    query = query.where(s.site == site, s.section == section, r.verdict == Verdict.COMPLETE, r.id != before, r.started_at <= begun)
    if reach:
        query = query.where(s.reach == reach)
    if since:
        query = query.where(r.started_at >= since)
    with store.reading() as connection:
        return [SectionMeasures(**row) for row in rows(connection.execute(query.order_by(r.started_at.desc(), r.id.desc()).limit(most)))]


def last_complete(store: Store, sites: Sequence[str]) -> dict[str, datetime]:
    """Return when each site was last read completely, for those that ever were."""
    r = runs.c
    query = select(r.site, func.max(r.ended_at)).where(r.site.in_(sites), r.verdict == Verdict.COMPLETE).group_by(r.site)
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}
