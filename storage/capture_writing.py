"""Write captures: where the archive keeps what was fetched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select, update

from storage.records import CaptureRow
from storage.row_writing import insert_new
from storage.schema import captures

Row = dict[str, Any]
_FETCHED = ("site", "section", "kind", "url", "status", "media_type", "fetched_at", "revisit")


def _capture() -> Select[Any]:
    c = captures.c
    here = (c.file == bindparam("file")) & (c.file_offset == bindparam("file_offset"))
    first = (c.url == bindparam("url")) & (c.sha256 == bindparam("sha256")) & ~c.revisit
    return select(c.id, here.label("here")).where(or_(here, first)).order_by(here.desc()).limit(1)


_CAPTURE = _capture()


def write_capture(connection: Connection, run: str, capture: CaptureRow) -> int:
    """Write a capture unless it is there, and return its number; see ``write_captures``."""
    (number,) = write_captures(connection, run, [capture])
    return number


def write_captures(connection: Connection, run: str, some: Sequence[CaptureRow]) -> list[int]:
    """Write captures unless they are there, and return their numbers. The same payload of a URL is written once, revisits aside.

    One that the archive had to keep in full again, because it lost the first, takes that one's place.
    """
    found = [_row(run, capture) for capture in some]
    written = insert_new(connection, captures, found, ("id", "file", "file_offset"))
    numbers = {(file, offset): int(number) for number, file, offset in written}
    return [numbers.get((row["file"], row["file_offset"])) or _known(connection, row) for row in found]


def _row(run: str, capture: CaptureRow) -> Row:
    place = capture.location
    location = {"file": place.file, "file_offset": place.offset, "file_length": place.length}
    return {"run": run, **{name: getattr(capture, name) for name in _FETCHED}, **location, "sha256": place.sha256}


def _known(connection: Connection, row: Row) -> int:
    """Return the number of a capture that is there."""
    found = connection.execute(_CAPTURE, row).one()
    if not found.here and not row["revisit"]:
        place = {name: row[name] for name in ("file", "file_offset", "file_length")}
        connection.execute(update(captures).where(captures.c.id == found.id).values(place))
    return int(found.id)
