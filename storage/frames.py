"""DataFrames over the same questions as the command line, each column with the type of what it holds.

Text is ``string``, whole numbers ``Int64``, numbers and amounts ``Float64``, truth ``boolean``, days ``datetime64[s]``, moments
``datetime64[us, UTC]``; what is unknown is ``NA``. A frame has the columns of the view of the same name, in the order of the view, and the
rows of the question of the same name, in the order of the question: ``tasks`` those of ``queries.tasks``, each work once unless
``all_copies`` asks for every copy. ``as_of`` and ``known_at`` of the filters ask for another day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from storage.batch_reading import Answer, answered
from storage.change_filters import NO_FILTERS as EVERY_CHANGE
from storage.change_filters import ChangeFilters
from storage.days import local_day
from storage.dictionary import dictionary
from storage.notice_queries import NO_FILTERS as EVERY_NOTICE
from storage.notice_queries import NoticeFilters
from storage.questions import Agencies, Changes, Documents, Notices, Question, TaskAgencies, Tasks, Versions, View
from storage.selection import NO_FILTERS, Filters, check_known
from storage.store import Store

Announce = Callable[[Sequence[Any], int], None]
NAMES = tuple(name.removeprefix("v_") for name in dictionary())
"""What can be asked for: the views without their prefix."""

_PANDAS: dict[pa.DataType, Any] = {
    pa.string(): pd.StringDtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def tasks(store: Store, filters: Filters = NO_FILTERS) -> pd.DataFrame:
    """Return the tasks that hold the filters, in the columns of ``v_tasks``."""
    return read(store, Tasks(filters))


def task_agencies(store: Store, filters: Filters = NO_FILTERS) -> pd.DataFrame:
    """Return the bodies of the tasks that hold the filters, in the columns of ``v_task_agencies``."""
    return read(store, TaskAgencies(filters))


def documents(store: Store, filters: Filters = NO_FILTERS) -> pd.DataFrame:
    """Return the documents that hold the filters, every copy of a work, in the columns of ``v_documents``."""
    return read(store, Documents(filters))


def versions(store: Store, filters: Filters = NO_FILTERS) -> pd.DataFrame:
    """Return all versions of the documents that hold the filters, in the columns of ``v_versions``; as of a day those of then."""
    return read(store, Versions(filters))


def agencies(store: Store, filters: Filters = NO_FILTERS) -> pd.DataFrame:
    """Return the bodies of the gazetteer that the tasks which hold the filters name, in the columns of ``v_agencies``."""
    return read(store, Agencies(filters))


def notices(
    store: Store, filters: NoticeFilters = EVERY_NOTICE, *, today: date | None = None, announce: Announce | None = None
) -> pd.DataFrame:
    """Return the public records that hold the filters and may be shown on ``today``, in the columns of ``v_notices``.

    ``today`` is by default the day in Shanghai. ``announce`` is told the identifiers of the records and their number before the frame is
    given away, so that what is not logged is not shown; what it raises is raised here.
    """
    found = read(store, Notices(filters, today or _today()))
    if announce:
        announce(found["notice"].tolist(), len(found))
    return found


def changes(store: Store, filters: ChangeFilters = EVERY_CHANGE, *, today: date | None = None) -> pd.DataFrame:
    """Return the changes that hold the filters, in the columns of ``v_feed``. Raises ``StaleCursor``, ``UnknownCursor``."""
    return read(store, Changes(filters, today or _today()))


def frame(store: Store, view: str, filters: Filters = NO_FILTERS) -> pd.DataFrame:
    """Return all rows of a view, of the filters only ``as_of`` and ``known_at`` count. Raises ``ExportError`` for what is no view."""
    return read(store, View(view, filters))


def read(store: Store, question: Question, *, fast: bool = True) -> pd.DataFrame:
    """Return the answer to any question as a frame; ``fast`` false reads by SQLAlchemy only, with the same result.

    Raises ``RefusedQuestion`` where the question is about a day or moment that lies ahead.
    """
    if isinstance(asked := getattr(question, "filters", None), Filters):
        check_known(asked)
    with answered(store, question, fast=fast) as answer:
        return frame_of(answer)


def frame_of(answer: Answer) -> pd.DataFrame:
    """Return the rows of an answer as a frame; no Python object is made of a value."""
    table = answer.table()
    columns = {name: _series(column) for name, column in zip(table.column_names, table.columns, strict=True)}
    return pd.DataFrame(columns, copy=False)


def _series(column: pa.ChunkedArray) -> Any:  # noqa: ANN401 -- a pandas array
    if (wanted := _PANDAS.get(column.type)) is not None:
        return wanted.__from_arrow__(column)
    unit = "s" if pa.types.is_date(column.type) else "us"
    plain = column.cast(pa.timestamp(unit)).to_numpy()
    return pd.Series(plain, copy=False) if unit == "s" else pd.Series(plain, copy=False).dt.tz_localize("UTC")


def _today() -> date:
    return local_day(datetime.now(UTC))
