"""What an OLE compound file holds, by the streams right under its root (MS-CFB 2.6): an embedded object's streams say nothing of it."""

from __future__ import annotations

import struct

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_FREE = 0xFFFFFFFA
"""Sector numbers from here on end a chain or mark free space."""
_ENTRY = 128
MAX_SECTORS = 200_000
MAX_ENTRIES = 100_000
KINDS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
)


def _directory(payload: bytes) -> bytes:
    """Return the bytes of the directory chain; ``struct.error`` or ``IndexError`` where the file is cut or its chains lead astray."""
    size = 1 << struct.unpack_from("<H", payload, 30)[0]
    if size not in {512, 4096}:
        raise IndexError(size)
    per_sector = size // 4
    count, sector = struct.unpack_from("<II", payload, 44)
    tables = [number for number in struct.unpack_from("<109I", payload, 76)[:count] if number < _FREE]
    out = bytearray()
    seen: set[int] = set()
    while sector < _FREE and sector not in seen and len(seen) < MAX_SECTORS:
        seen.add(sector)
        out += payload[(sector + 1) * size : (sector + 2) * size]
        table = tables[sector // per_sector]
        (sector,) = struct.unpack_from("<I", payload, (table + 1) * size + 4 * (sector % per_sector))
    return bytes(out)


def root_names(payload: bytes) -> frozenset[str]:
    """Return the names of streams and storages right under the root; empty for a file too damaged to tell."""
    try:
        directory = _directory(payload)
        waiting = [struct.unpack_from("<I", directory, 76)[0]]
        seen: set[int] = set()
        names = set()
        while waiting and len(seen) < MAX_ENTRIES:
            number = waiting.pop()
            if number in seen or (number + 1) * _ENTRY > len(directory):
                continue
            seen.add(number)
            entry = directory[number * _ENTRY : (number + 1) * _ENTRY]
            length = min(64, struct.unpack_from("<H", entry, 64)[0])
            names.add(entry[: max(0, length - 2)].decode("utf-16-le", "replace"))
            waiting += struct.unpack_from("<II", entry, 68)
    except (struct.error, IndexError):
        return frozenset()
    return frozenset(names)


def kind_of(payload: bytes) -> str:
    """Return the format of an OLE file: ``doc`` (also .wps of WPS Writer), ``xls`` (also .et), ``ppt``, ``encrypted``, else ``ole``."""
    names = root_names(payload)
    if found := next((kind for stream, kind in KINDS if stream in names), ""):
        return found
    if names:
        return "ole"
    return next((kind for stream, kind in KINDS if stream.encode("utf-16-le") in payload), "ole")
