"""What a file may cost to read, and the error that says a file was not read."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO

MAX_PAYLOAD = 100 * 2**20
"""Bytes of one file; the longest annex met in practice (a scanned plan) has 40 MB."""
MAX_MARKUP = 30 * 2**20
"""Bytes of one HTML page or text; a tree costs about ten times its bytes."""
MAX_LEGACY = 40 * 2**20
"""Bytes of one old Word or RTF file, which an outside program reads; with pictures in it such a file seldom has 10 MB."""
MAX_GROUPS = 1_000
"""Groups of an RTF file within one another; Word writes some twenty. LibreOffice keeps a state for each: 500,000 take it 1.2 GB."""
MAX_UNPACKED = 400 * 2**20
"""Bytes that the members of one docx or xlsx, or the streams of one pdf, may unpack to."""
MAX_RATIO = 200
"""Unpacked to packed bytes of one container; office files pack to a tenth, seldom to a fiftieth."""
SMALL_CONTAINER = 10 * 2**20
"""Unpacked bytes below which the ratio is not looked at: a form of one repeated row packs well and harms nobody."""
MAX_STREAM = 100 * 2**20
"""Bytes that one stream of a pdf may unpack to; the largest Chinese fonts have 40 MB."""
MAX_PREDICTED = 20 * 2**20
"""Bytes of one stream of a pdf that were packed by their differences, which are added up one by one: lists of objects, seldom 1 MB."""
MAX_XML_PART = 80 * 2**20
"""Bytes of one XML part of an office file; the text of a book of 1,000 pages has 20 MB with its markup."""
MAX_MEMBERS = 10_000
MAX_ARCHIVED = 500
"""Files of one archive; annexes of a notice are seldom more than thirty."""
MAX_NESTING = 3
"""Archives within archives that are opened."""
ARCHIVE_SECONDS = 60.0
"""Time that unpacking one archive may take."""
MAX_ROWS = 100_000
"""Rows of one table; a sheet of double-publicity records has up to 50,000."""
MAX_COLUMNS = 256
MAX_SHEET_POSITIONS = 8_000_000
"""Positions (rows × columns) of one sheet's used area, which the sheet reader lays out in memory before it can be asked for less."""
MAX_SHEET_TEXT = 100 * 2**20
"""Bytes of the texts in all cells of one workbook, each counted as often as cells name it; a list of 50,000 records has 20 MB."""
MAX_PAGES = 500
SECONDS_PER_PAGE = 4.0
"""Time one pdf page may take on average, once the first pages are read."""


class UnreadableError(ValueError):
    """A file that gives no document: the message names the file, the reason and what to do next."""


def check_size(size: int, limit: int, name: str) -> None:
    """Raise ``UnreadableError`` when a file has more bytes than ``limit``."""
    if size > limit:
        raise UnreadableError(
            f"{name} has {size / 2**20:.0f} MB, more than the {limit / 2**20:.0f} MB that are read at once: split it and read the parts."
        )


def open_container(payload: bytes, name: str) -> zipfile.ZipFile:
    """Return an opened zip container; raise ``UnreadableError`` for a broken one or one whose members say they unpack beyond measure."""
    try:
        archive = zipfile.ZipFile(BytesIO(payload))
    except (zipfile.BadZipFile, struct.error, ValueError, EOFError, NotImplementedError, OSError) as error:
        raise UnreadableError(f"{name} is a damaged zip container ({error}): fetch it again.") from error
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    too_dense = unpacked > SMALL_CONTAINER and unpacked > MAX_RATIO * max(1, len(payload))
    if unpacked > MAX_UNPACKED or too_dense or len(members) > MAX_MEMBERS:
        raise UnreadableError(
            f"{name} would unpack to {unpacked / 2**20:.0f} MB from {len(payload) / 2**20:.1f} MB in {len(members)} members, "
            "as a zip bomb does: look at it by hand before reading it."
        )
    return archive
