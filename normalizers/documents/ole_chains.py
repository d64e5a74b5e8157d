"""Whether an old spreadsheet can be handed to its reader: that one follows every chain of sectors without end and reserves what is claimed.

The reader (calamine) ends the process where memory is refused, so one flipped bit in a table of sectors (MS-CFB 2.3) would end a worker,
or the machine. Cells are checked for the same reason: it lays out the whole used area of a sheet at once (MS-XLS 2.5).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from normalizers.documents.limits import MAX_SHEET_POSITIONS

_END = 0xFFFFFFFE
_NO_TABLE = 0xFFFFFFFC
"""Sector numbers from here on name no table of sectors."""
_IN_HEADER = 109
_ENTRY, _SMALL = 128, 64
_STREAM, _ROOT = 2, 5
_SMALLEST = 4096
"""Bytes below which a stream lies in the small sectors."""
_BEGINNING, _USED = 0x0809, 0x0200
_SEVERAL = frozenset({0x00BD, 0x00BE})
_CELLS = _SEVERAL | {0x0006, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x0206, 0x027E, 0x0406}
"""Records of cells (MS-XLS 2.4): each begins with its row and column; those of several end with the last column."""
_MOST = 65_536 * 256
"""Positions that a sheet of this format has; the reader reserves room for as many as a sheet says that it uses."""
_BOOKS = ("Workbook", "Book")


def check_workbook(payload: bytes) -> None:
    """Raise ``ValueError`` for a compound file whose chains lead astray or whose sheets span more positions than memory holds."""
    try:
        _check(payload)
    except (struct.error, IndexError) as error:
        raise ValueError("its tables of sectors lie outside of it") from error


def _check(payload: bytes) -> None:
    size = 1 << struct.unpack_from("<H", payload, 30)[0]
    if size not in (512, 4096):
        raise ValueError("its sectors have no size that there is")
    sectors = -(-len(payload) // size) - 1
    counts = struct.unpack_from("<2I", payload, 40) + struct.unpack_from("<I", payload, 64) + struct.unpack_from("<I", payload, 72)
    if max(counts) > sectors:
        raise ValueError("it claims more tables of sectors than it has sectors")
    table = _table(payload, size, sectors)
    directory, small_start = struct.unpack_from("<I", payload, 48)[0], struct.unpack_from("<I", payload, 60)[0]
    entries = _joined(payload, _chain(directory, table, sectors), size)
    small_table = _joined(payload, _chain(small_start, table, sectors), size) if small_start < _NO_TABLE or counts[2] else b""
    small = struct.unpack(f"<{len(small_table) // 4}I", small_table)
    kept = b""
    for name, kind, start, length in _entries(entries, "<IQ" if size == 4096 else "<II"):
        if length > len(payload):
            raise ValueError("a stream claims more bytes than there are")
        if kind == _ROOT:
            kept = _joined(payload, _chain(start, table, sectors), size) if start < _NO_TABLE or length else b""
        elif kind == _STREAM and length:
            if length >= _SMALLEST:
                stream = _joined(payload, _chain(start, table, sectors), size)
            else:
                stream = b"".join(kept[at * _SMALL : (at + 1) * _SMALL] for at in _chain(start, small, len(kept) // _SMALL))
            if name in _BOOKS:
                _check_cells(stream[:length])


def _table(payload: bytes, size: int, sectors: int) -> Sequence[int]:
    """Return the table of sectors: to each the one behind it."""
    places = [at for at in struct.unpack_from(f"<{_IN_HEADER}I", payload, 76) if at < _NO_TABLE]
    following, seen = struct.unpack_from("<I", payload, 68)[0], 0
    while following < _NO_TABLE:
        seen += 1
        if following >= sectors or seen > sectors:
            raise ValueError("the list of its tables has no end")
        *more, following = struct.unpack_from(f"<{size // 4}I", payload, (following + 1) * size)
        places += [at for at in more if at < _NO_TABLE]
    if any(at >= sectors for at in places) or len(places) > sectors:
        raise ValueError("a table of sectors lies outside of it")
    whole = b"".join(payload[(at + 1) * size : (at + 2) * size].ljust(size, b"\xff") for at in places)
    return struct.unpack(f"<{len(whole) // 4}I", whole)


def _chain(start: int, table: Sequence[int], sectors: int) -> Iterator[int]:
    """Yield the sectors of a chain. Raises ``ValueError`` for one that leads outside of the file, or in a circle."""
    at, count = start, 0
    while at != _END:
        count += 1
        if at >= sectors or at >= len(table) or count > sectors:
            raise ValueError("a chain of its sectors leads astray")
        yield at
        at = table[at]


def _joined(payload: bytes, chain: Iterator[int], size: int) -> bytes:
    return b"".join(payload[(at + 1) * size : (at + 2) * size] for at in chain)


def _entries(directory: bytes, place: str) -> Iterator[tuple[str, int, int, int]]:
    """Yield name, kind, first sector and length of each entry, the root first as it stands."""
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        entry = directory[at : at + _ENTRY]
        named = max(0, min(64, struct.unpack_from("<H", entry, 64)[0]) - 2)
        start, length = struct.unpack_from(place, entry, 116)
        yield entry[:named].decode("utf-16-le", "replace"), entry[66], start, length


def _check_cells(stream: bytes) -> None:
    """Raise ``ValueError`` where the cells of one sheet lie too far from one another."""
    at, last = 0, len(stream) - 8
    rows = columns = 0
    while at <= last:
        kind, length, row, column = struct.unpack_from("<4H", stream, at)
        if kind in _CELLS:
            end = struct.unpack_from("<H", stream, at + 2 + length)[0] if kind in _SEVERAL and length > 5 else column
            rows, columns = max(rows, row + 1), max(columns, column + 1, end + 1)
            if rows * columns > MAX_SHEET_POSITIONS:
                raise ValueError(f"a sheet reaches to row {rows} and column {columns}: delete stray cells far outside the table")
        elif kind == _BEGINNING:
            rows = columns = 0
        elif kind == _USED and length >= 10:
            _check_used(stream[at + 4 : at + 4 + length])
        at += 4 + length


def _check_used(record: bytes) -> None:
    first, behind, left, right = struct.unpack_from("<IIHH" if len(record) >= 14 else "<4H", record)
    if (behind - first + 1) * (right - left + 1) > _MOST + 65_536 + 256 + 1 or behind < first or right < left:
        raise ValueError(f"a sheet says that it reaches to row {behind} and column {right}")
