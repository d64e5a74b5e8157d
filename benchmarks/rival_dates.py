"""Read expressions of dates with jionlp or dateparser, in the environment that ``benchmarks.dating`` makes for them.

python rival_dates.py jionlp|dateparser     a JSON list of [text, day of issue] a line in, {"seconds", "found"} a line out

What is found is said as in ``benchmarks.dated``: ["by", last day], ["open"], ["again"], ["after"], ["none"]. Nothing of the project is
imported, for the environment holds none of its packages.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import sys
import time
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, Protocol

Read = Callable[[], object]


class DateData(Protocol):
    """What dateparser answers."""

    date_obj: datetime | None


def jionlp(text: str, issued: str) -> Read:
    """Return how jionlp reads an expression in a document of a day: ``None`` for its many exceptions."""
    year, month, day = map(int, issued.split("-"))
    base = {"year": year, "month": month, "day": day}
    parse: Callable[..., object] = importlib.import_module("jionlp").parse_time

    def read() -> object:
        try:
            return parse(text, time_base=base)
        except (ValueError, TypeError, LookupError, AttributeError):  # what it raises on texts without a date
            return None

    return read


def meaning_of_jionlp(found: dict[str, Any] | None) -> list[str]:
    """Return what its answer means: the last day of a span, or what has none."""
    if found is None:
        return ["none"]
    if found["type"] in ("time_period", "time_delta"):
        return ["again" if found["type"] == "time_period" else "after"]
    last = str(found["time"][1])
    return ["open"] if last == "inf" else ["by", last[:10]]


@cache
def parser_of(issued: str) -> Callable[[str], object]:
    """Return how dateparser reads documents of a day: as Chinese, leaving out what surrounds a date, and by the last day of a month."""
    base = datetime.fromisoformat(issued)
    settings = {"RELATIVE_BASE": base, "PREFER_DAY_OF_MONTH": "last", "PREFER_MONTH_OF_YEAR": "last", "IGNORE_SURROUNDING_TEXT": True}
    read: Callable[[str], object] = (
        importlib.import_module("dateparser.date").DateDataParser(languages=["zh"], settings=settings).get_date_data
    )
    read("2018年9月30日")  # loads what it needs for the language
    return read


def dateparser(text: str, issued: str) -> Read:
    """Return how dateparser reads an expression in a document of a day."""
    read = parser_of(issued)
    return lambda: read(text)


def meaning_of_dateparser(found: DateData) -> list[str]:
    """Return what its answer means: the day it found, which for a month or year is its last."""
    return ["by", found.date_obj.date().isoformat()] if found.date_obj else ["none"]


RIVALS: dict[str, tuple[Callable[[str, str], Read], Callable[[Any], list[str]]]] = {
    "jionlp": (jionlp, meaning_of_jionlp),
    "dateparser": (dateparser, meaning_of_dateparser),
}


def main() -> None:
    """Answer each line of expressions; only the reading is timed, in processor time."""
    prepare, meaning = RIVALS[sys.argv[1]]
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        with contextlib.redirect_stdout(sys.stderr):
            readers = [prepare(text, issued) for text, issued in json.loads(line)]
            begun = time.process_time()
            found = [read() for read in readers]
            seconds = time.process_time() - begun
        print(json.dumps({"seconds": seconds, "found": [meaning(each) for each in found]}), flush=True)


if __name__ == "__main__":
    main()
