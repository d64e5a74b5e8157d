"""Time frames of all tasks against pandas over SQLAlchemy and against ADBC alone; print one JSON object, with the ratios of one run.

python -m benchmarks.frames URL...      stores that are there (``benchmarks.million`` fills one); equal frames are asserted
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import pandas as pd

from storage import frames
from storage.batch_reading import answered
from storage.dictionary import Kind
from storage.questions import Tasks, reading
from storage.store import Store

DTYPES: dict[Kind, Any] = {
    Kind.TEXT: "string",
    Kind.WHOLE: "Int64",
    Kind.NUMBER: "Float64",
    Kind.AMOUNT: "Float64",
    Kind.TRUTH: "boolean",
    Kind.DAY: "datetime64[s]",
    Kind.MOMENT: "datetime64[us, UTC]",
}


def by_pandas(store: Store) -> pd.DataFrame:
    """Return what an analyst writes who knows SQLAlchemy: the same statement by ``read_sql``, with the same types."""
    with store.reading() as connection:
        asked = reading(connection, Tasks())
        found = pd.read_sql(asked.statement, connection)
    for name, kind in asked.kinds.items():
        days = kind in (Kind.DAY, Kind.MOMENT)
        found[name] = (pd.to_datetime(found[name], utc=kind is Kind.MOMENT) if days else found[name]).astype(DTYPES[kind])
    return found


def by_adbc(store: Store) -> Any:  # noqa: ANN401 -- an Arrow table
    """Return the rows as Arrow only: what of the time is the database's and the driver's."""
    with answered(store, Tasks()) as answer:
        return answer.table()


def timed(action: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Return what an action gives, with its seconds by the clock and of the processors, those of its processes too."""
    begun, spent = time.perf_counter(), _processors()
    found = action()
    return found, {"seconds": round(time.perf_counter() - begun, 2), "processor": round(_processors() - spent, 2)}


def _processors() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def bench(url: str) -> dict[str, Any]:
    """Measure one store; each way is run once after one small question that loads what it needs."""
    with Store.open(url) as store:
        frames.read(store, Tasks(), fast=True)
        found, fast = timed(lambda: frames.tasks(store))
        _, driver = timed(lambda: by_adbc(store))
        plain, slow = timed(lambda: by_pandas(store))
        pd.testing.assert_frame_equal(found, plain)
    ratios = {f"pandas/frames by {clock}": round(slow[clock] / max(fast[clock], 0.01), 2) for clock in ("seconds", "processor")}
    return {"rows": len(found), "frames": fast, "adbc": driver, "pandas": slow, **ratios, "equal": True}


def main() -> None:
    """Measure the stores named on the command line."""
    print(json.dumps({url.partition(":")[0]: bench(url) for url in sys.argv[1:]}, indent=1))


if __name__ == "__main__":
    main()
