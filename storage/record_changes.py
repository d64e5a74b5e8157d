"""How many public records came and went, by day and section: what a reader of the feed wants of them before any single one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, cast, func, select

from storage.change_filters import ChangeFilters, conditions
from storage.change_queries import joined
from storage.change_schema import changes as table
from storage.days import LOCAL, local_day
from storage.engine import rows
from storage.store import Store

Row = dict[str, Any]
ENTERED, LEFT = "entered", "left"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days of the feed: the numbers from ``first`` on; ``more`` tells that there is something before it.

    ``records`` has a row a day and section, the newest first: ``day``, ``site``, ``section``, ``entered``, ``left``. A row belongs to the
    stretch in which its last change lies, with all that it counts: rows of one stretch and the next neither repeat nor miss a record.
    """

    first: int
    more: bool
    records: tuple[Row, ...]


def first_of(store: Store, filters: ChangeFilters, *, today: date, before: int, days: int) -> int:
    """Return the lowest number before ``before`` that lies in the last so many days in which anything changed; 0 where nothing did."""
    t = table.c
    with store.reading() as connection:
        asked = _asked(connection, filters, today)
        newest = connection.execute(asked.with_only_columns(func.max(t.known_at)).where(t.seq < before)).scalar()
        if newest is None:
            return 0
        since = _begin(local_day(newest) - timedelta(days=days - 1))
        return connection.execute(asked.with_only_columns(func.min(t.seq)).where(t.seq < before, t.known_at >= since)).scalar() or 0


def stretch(store: Store, filters: ChangeFilters, *, today: date, first: int, before: int) -> Stretch:
    """Return what the feed counts of public records between two of its numbers (``first`` inclusive, ``before`` exclusive)."""
    t = table.c
    with store.reading() as connection:
        asked = _asked(connection, filters, today)
        more = connection.execute(asked.with_only_columns(t.seq).where(t.seq < first).limit(1)).first() is not None
        edges = select(func.min(t.known_at), func.max(t.known_at)).where(t.seq >= first, t.seq < before)
        oldest, newest = connection.execute(edges).one()
        if oldest is None:
            return Stretch(first, more, ())
        day = _local_day(connection).label("day")
        counted = asked.with_only_columns(day, t.site, t.section, t.kind, func.count().label("count"), func.max(t.seq).label("last"))
        whole_days = (t.known_at >= _begin(local_day(oldest)), t.known_at < _begin(local_day(newest) + timedelta(days=1)))
        counted = counted.where(t.entity == "notice", t.kind.in_((ENTERED, LEFT)), *whole_days).group_by(day, t.site, t.section, t.kind)
        found = rows(connection.execute(counted))
    return Stretch(first, more, tuple(_put_together(found, first, before)))


def _put_together(found: list[Row], first: int, before: int) -> list[Row]:
    lines: dict[tuple[date, str, str], Row] = {}
    for row in found:
        day = row["day"] if isinstance(row["day"], date) else date.fromisoformat(row["day"])
        line = lines.setdefault((day, row["site"], row["section"]), {ENTERED: 0, LEFT: 0, "last": 0})
        line[row["kind"]] = row["count"]
        line["last"] = max(line["last"], row["last"])
    kept = [
        {"day": day, "site": site, "section": section, ENTERED: line[ENTERED], LEFT: line[LEFT]}
        for (day, site, section), line in lines.items()
        if first <= line["last"] < before
    ]
    return sorted(kept, key=lambda row: (-row["day"].toordinal(), row["site"], row["section"]))


def _asked(connection: Connection, filters: ChangeFilters, today: date) -> Any:  # noqa: ANN401 -- a Select of any columns
    return select(table.c.seq).select_from(joined(today)).where(*conditions(connection, filters, None))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def _local_day(connection: Connection) -> ColumnElement[Any]:
    known = table.c.known_at
    if connection.dialect.name == "sqlite":
        return func.date(known, "+8 hours")
    return cast(func.timezone("Asia/Shanghai", known), Date)
