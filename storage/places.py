"""Places: one whole number that orders a document or a task in the reading order, the newest document first and its tasks in their order.

A **line** orders documents: ``day << 20 | sequence``, where ``day`` counts days from the year 1 (``date.toordinal``) and ``sequence`` rests
on the identifier, so that the documents of a day stand in the same order in every store. A **place** orders documents and tasks:
``line << 18 | (0x3FFFF - ordinal)``, where ``ordinal`` is 0 for the document itself and the number of a task else. ``ORDER BY place DESC``
is the reading order. Places fit in 63 bits.
"""

from __future__ import annotations

from datetime import date

ORDINAL_BITS = 18
SEQUENCE_BITS = 20
DAY = 1 << SEQUENCE_BITS + ORDINAL_BITS
"""How many places a day has."""
LAST = (1 << ORDINAL_BITS) - 1
"""The bits of a place that hold the ordinal; ``place | LAST`` is the place of the document of a task. No document has more tasks."""
END = (1 << 62) - 1
"""A place behind which every other one is."""


def place_of(line: int, ordinal: int = 0) -> int:
    """Return the place of a document (``ordinal`` 0) or of its task; raises ``ValueError`` for an ordinal that does not fit."""
    if not 0 <= ordinal <= LAST:
        raise ValueError(f"{ordinal} is no ordinal of a task: a document holds at most {LAST} tasks.")
    return line << ORDINAL_BITS | (LAST - ordinal)


def line_of(place: int) -> int:
    """Return the line of the document at a place, or of the document of the task there."""
    return place >> ORDINAL_BITS


def ordinal_of(place: int) -> int:
    """Return the ordinal of the task at a place, 0 where it is a document's."""
    return LAST - (place & LAST)


def document_place(place: int) -> int:
    """Return the place of the document of a task; of a document its own."""
    return place | LAST


def first_line(day: date) -> int:
    """Return the first line of a day: those of the day lie from here to ``last_line``."""
    return day.toordinal() << SEQUENCE_BITS


def last_line(day: date) -> int:
    """Return the last line of a day."""
    return first_line(day) | ((1 << SEQUENCE_BITS) - 1)
