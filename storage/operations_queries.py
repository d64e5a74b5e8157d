"""Questions of operators: what ran, with what outcome, what it had of each section, what failed and what it said meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select, tuple_

from storage.days import end_of
from storage.engine import rows
from storage.notice_schema import coverage
from storage.operations_schema import findings, run_events, run_sections
from storage.paging import Page, WrongCursor, behind, cursor
from storage.run_names import unknown_run
from storage.schema import failures, runs, sites
from storage.store import Store

Row = dict[str, Any]
STRIP = 30
"""Runs of a site that the glance shows."""
PAGE = 50
"""Runs of a page of the list."""
EVENTS = 300
"""Lines of a run's log that are given at once."""
SAMPLES = 5
"""Addresses that are shown of a cause of failures."""
HISTORY = 30
"""Runs of a section that a measure is held against."""
_SHORT = (
    runs.c.id, runs.c.site, runs.c.started_at, runs.c.ended_at, runs.c.verdict, runs.c.cause, runs.c.reach, runs.c.host,
    runs.c.heartbeat_at, runs.c.due_run, runs.c.counters,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunFilters:
    """Which runs are asked for; ``verdict`` may be ``running``, ``first`` and ``last`` are days on which they began (Asia/Shanghai)."""

    site: str = ""
    verdict: str = ""
    cause: str = ""
    reach: str = ""
    first: date | None = None
    last: date | None = None


def counted(counters: Mapping[str, Any] | None) -> Row:
    """Return the figures of a run that people ask for first, from what it counted: 0 where it counted nothing of them.

    ``new``, ``changed`` and ``gone`` are those of the table of ``harvester crawl``: records of a record site are among its ``effects``
    already, those in documents stand apart in ``records``, by what became of them.
    """
    said = counters or {}
    effects, notices = said.get("effects") or {}, said.get("notices") or {}
    return {
        "requests": int(said.get("requests") or 0),
        "least": said.get("least"),
        "new": int(effects.get("new") or 0),
        "changed": int(effects.get("changed") or 0),
        "gone": int(said.get("gone") or 0),
        "bytes": int(said.get("bytes") or 0),
        "failed": sum((said.get("failures") or {}).values()),
        "records": {name: int(count) for name, count in sorted(notices.items())},
        "captures": said.get("captures") or {},
        "notes": said.get("notes") or [],
    }


def known_sites(store: Store) -> list[Row]:
    """Return the sites that the store ever saw: ``id``, ``name``, ``region``."""
    with store.reading() as connection:
        return rows(connection.execute(select(sites.c.id, sites.c.name, sites.c.region).order_by(sites.c.id)))


def recent_runs(store: Store, names: Sequence[str], most: int = STRIP) -> dict[str, list[Row]]:
    """Return the last runs of sites, the newest first, each with its figures."""
    with store.reading() as connection:
        return {name: _told(connection.execute(_newest(name).limit(most))) for name in names}


def complete_runs(store: Store, names: Sequence[str]) -> dict[str, Row]:
    """Return the last complete run of each site that has one."""
    found: dict[str, Row] = {}
    with store.reading() as connection:
        for name in names:
            for row in _told(connection.execute(_newest(name).where(runs.c.verdict == "complete").limit(1))):
                found[name] = row
    return found


def run_page(store: Store, filters: RunFilters, after: str = "", size: int = PAGE) -> Page:
    """Return runs, the newest first, those behind the cursor ``after``. Raises ``WrongCursor``."""
    key = behind("runs", filters, after, (str, str))
    query = select(*_SHORT).where(*_conditions(filters))
    if key is not None:
        query = query.where(tuple_(runs.c.started_at, runs.c.id) < tuple_(*_place(key)))
    with store.reading() as connection:
        found = _told(connection.execute(query.order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(size + 1)))
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], cursor("runs", filters, (last["started_at"].isoformat(), last["id"])) if last else "")


def causes(store: Store) -> list[str]:
    """Return the causes that any run ended with, in alphabetical order."""
    with store.reading() as connection:
        return list(connection.execute(select(runs.c.cause).where(runs.c.cause != "").distinct().order_by(runs.c.cause)).scalars())


def run(store: Store, identifier: str) -> Row:
    """Return a run with its figures. Raises ``UnknownRecord``."""
    with store.reading() as connection:
        found = rows(connection.execute(select(*_SHORT, runs.c.sections).where(runs.c.id == identifier)))
        if not found:
            raise unknown_run(connection, identifier)
    return found[0] | {"counted": counted(found[0]["counters"])}


def neighbours(store: Store, row: Row) -> tuple[str, str]:
    """Return the identifiers of the site's run before and the one after a run, each empty where there is none."""
    own, place = runs.c.site == row["site"], tuple_(runs.c.started_at, runs.c.id)
    here = tuple_(*_place((row["started_at"].isoformat(), row["id"])))
    earlier = select(runs.c.id).where(own, place < here).order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(1)
    later = select(runs.c.id).where(own, place > here).order_by(runs.c.started_at, runs.c.id).limit(1)
    with store.reading() as connection:
        return connection.execute(earlier).scalar() or "", connection.execute(later).scalar() or ""


def sections_of(store: Store, identifier: str) -> list[Row]:
    """Return what a run measured of each section."""
    with store.reading() as connection:
        return rows(connection.execute(select(run_sections).where(run_sections.c.run == identifier).order_by(run_sections.c.section)))


def slices_of(store: Store, identifier: str) -> list[Row]:
    """Return the ledger of a run over public records, by section and part of it; nothing for runs over documents."""
    wanted = select(coverage).where(coverage.c.run == identifier).order_by(coverage.c.section, coverage.c.slice)
    with store.reading() as connection:
        return rows(connection.execute(wanted))


def drifts_of(store: Store, site: str, most: int) -> list[Row]:
    """Return the drift of sections (``run``, ``started_at``, ``section``, ``drift``) in a site's last runs that measured any, in order."""
    s, had = run_sections.c, run_sections.c.drift.is_not(None)
    # The identifier of a run begins with its moment, so the order of identifiers is that of time.
    last = select(s.run).where(s.site == site, had).distinct().order_by(s.run.desc()).limit(most)
    query = select(s.run, runs.c.started_at, s.section, s.drift).join(runs, runs.c.id == s.run).where(s.run.in_(last), had)
    with store.reading() as connection:
        return rows(connection.execute(query.order_by(s.run, s.section)))


def findings_of(store: Store, identifier: str) -> list[Row]:
    """Return the findings of a run, alarms first."""
    with store.reading() as connection:
        return rows(connection.execute(select(findings).where(findings.c.run == identifier).order_by(findings.c.level, findings.c.id)))


def failures_of(store: Store, identifier: str) -> list[Row]:
    """Return the failures of a run by cause, the commonest first: ``cause``, ``count`` and some ``samples``."""
    f = failures.c
    by_cause = select(f.cause, func.count().label("count")).where(f.run == identifier).group_by(f.cause)
    with store.reading() as connection:
        found = rows(connection.execute(by_cause.order_by(func.count().desc(), f.cause)))
        for row in found:
            some = select(f.section, f.kind, f.url, f.detail, f.at).where(f.run == identifier, f.cause == row["cause"])
            row["samples"] = rows(connection.execute(some.order_by(f.id).limit(SAMPLES)))
    return found


def events(store: Store, identifier: str, after: int | None = None, most: int = EVENTS) -> list[Row]:
    """Return lines of a run's log in their order: those behind the number ``after``, without one the last ones."""
    e = run_events.c
    query = select(e.number, e.at, e.level, e.event, e.detail).where(e.run == identifier).limit(most)
    with store.reading() as connection:
        if after is None:
            return rows(connection.execute(query.order_by(e.number.desc())))[::-1]
        return rows(connection.execute(query.where(e.number > after).order_by(e.number)))


def drift_now(store: Store, last: Sequence[str]) -> dict[str, Row]:
    """Return by site the section with the greatest drift (``section``, ``drift``) of some runs, those that measured any."""
    s = run_sections.c
    query = select(s.site, s.section, s.drift).where(s.run.in_(last), s.drift.is_not(None)).order_by(s.drift, s.section)
    with store.reading() as connection:
        return {row["site"]: row for row in rows(connection.execute(query))}


def brought(store: Store, since: datetime) -> int:
    """Return how many bytes the runs that began since a moment brought."""
    with store.reading() as connection:
        found = connection.execute(select(runs.c.counters).where(runs.c.started_at >= since)).scalars()
        return sum(counted(counters)["bytes"] for counters in found)


def cause_days(store: Store, site: str, since: datetime) -> dict[str, list[datetime]]:
    """Return by cause when the runs of a site since a moment ended with it, the newest first; complete runs have none."""
    found: dict[str, list[datetime]] = defaultdict(list)
    query = select(runs.c.cause, runs.c.started_at).where(runs.c.site == site, runs.c.started_at >= since, runs.c.cause != "")
    with store.reading() as connection:
        for cause, started in connection.execute(query.order_by(runs.c.started_at.desc())):
            found[cause].append(started)
    return dict(found)


def _newest(site: str) -> Select[Any]:
    return select(*_SHORT).where(runs.c.site == site).order_by(runs.c.started_at.desc(), runs.c.id.desc())


def _told(result: Any) -> list[Row]:  # noqa: ANN401 -- a Result of any row type
    return [row | {"counted": counted(row.pop("counters"))} for row in rows(result)]


def _place(key: Sequence[str]) -> tuple[Any, Any]:
    """Return the values of a place in the order of runs, typed as its columns are. Raises ``WrongCursor``."""
    try:
        moment = datetime.fromisoformat(key[0])
    except ValueError as error:
        raise WrongCursor("This cursor was given by no page: leave it away to begin with the first page.") from error
    if moment.tzinfo is None:
        raise WrongCursor("This cursor was given by no page: leave it away to begin with the first page.")
    return bindparam(None, moment, type_=runs.c.started_at.type), bindparam(None, key[1], type_=runs.c.id.type)


def _conditions(filters: RunFilters) -> Iterator[ColumnElement[bool]]:
    for name in ("site", "cause", "reach"):
        if value := getattr(filters, name):
            yield runs.c[name] == value
    if filters.verdict:
        yield runs.c.verdict.is_(None) if filters.verdict == "running" else runs.c.verdict == filters.verdict
    if filters.first:
        yield runs.c.started_at >= end_of(filters.first - timedelta(days=1))
    if filters.last:
        yield runs.c.started_at < end_of(filters.last)
