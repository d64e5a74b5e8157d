"""Look through the bytes of files for strings that must not be anywhere: in every encoding, and inside what is packed.

``leaks([folder, file, ...], needles)`` gives a line for each needle found: the file, what it was packed in, and how it was written.
A needle itself is never told, only its place in the list: a failing test must not print it.
"""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import sqlite3
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import numpy as np
from backports import zstd

GZIP = b"\x1f\x8b\x08"
ZSTD = b"\x28\xb5\x2f\xfd"
ZIP = b"PK\x03\x04"
SQLITE = b"SQLite format 3\x00"
DEEPEST = 5
"""So many layers are unpacked: a docx in a zip in a WARC member."""
KEY = 8
"""So many first bytes of a needle are looked up."""
CHUNK = 2**20
LARGEST = 512 * 1024 * 1024
BETWEEN = b"\n" * KEY
"""What stands between two values of a table: in no needle."""


@dataclass(frozen=True, slots=True)
class Leak:
    """Where a needle was found: ``needle`` is its place among the needles, ``form`` how it was written, ``within`` what was unpacked."""

    path: str
    within: str
    needle: int
    form: str


def written(needle: str) -> dict[str, bytes]:
    """Return every way a needle may stand in a file, by name; of equal bytes the first name is kept."""
    forms: dict[str, bytes] = {}
    for charset in ("utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be"):
        try:
            raw = needle.encode(charset)
        except UnicodeError:
            continue
        forms[charset] = raw
        forms[f"percent {charset}"] = quote(raw, safe="").encode()
        forms[f"percent lower {charset}"] = quote(raw, safe="").lower().encode()
        forms[f"plus {charset}"] = quote_plus(raw).encode()
        forms[f"hex {charset}"] = raw.hex().encode()
    escaped = json.dumps(needle)[1:-1]
    forms["json"], forms["json upper"] = (
        escaped.encode(),
        re.sub(r"\\u....", lambda found: found[0][:2] + found[0][2:].upper(), escaped).encode(),
    )
    forms["json twice"] = json.dumps(escaped)[1:-1].encode()
    forms["html"] = html.escape(needle).encode()
    forms["references"] = "".join(f"&#{ord(char)};" for char in needle).encode()
    forms["hex references"] = "".join(f"&#x{ord(char):x};" for char in needle).encode()
    seen: set[bytes] = set()
    return {name: raw for name, raw in forms.items() if not (raw in seen or seen.add(raw))}  # type: ignore[func-returns-value]


def leaks(places: Path | Iterable[Path], needles: Sequence[str]) -> list[Leak]:
    """Return every needle found in these files and in the files below these folders, the names of files and folders included."""
    index = Index(needles)
    found: list[Leak] = []
    for path in files([places] if isinstance(places, Path) else places):
        name = str(path).encode("utf-8", "surrogateescape")
        found += [Leak(str(path), "name", *hit) for hit in index.hits(name)]
        if path.is_file() and path.stat().st_size <= LARGEST:
            for within, data in contents(path.read_bytes(), path):
                found += [Leak(str(path), within, *hit) for hit in index.hits(data)]
    return found


class Index:
    """Finds any of thousands of needles in one pass: by their first eight bytes, the few shorter ones one by one."""

    def __init__(self, needles: Sequence[str]) -> None:
        self._long: dict[int, list[tuple[int, str, bytes]]] = {}
        self._short: list[tuple[int, str, bytes]] = []
        for number, needle in enumerate(needles):
            for form, raw in written(needle).items():
                if len(raw) >= KEY:
                    self._long.setdefault(int.from_bytes(raw[:KEY], "little"), []).append((number, form, raw))
                elif raw:
                    self._short.append((number, form, raw))
        self._keys = np.sort(np.array(list(self._long), dtype="<u8"))
        pairs = self._keys.view("<u2").reshape(-1, KEY // 2)
        self._begins, self._goes_on = (np.isin(np.arange(2**16, dtype="<u2"), pairs[:, place]) for place in (0, 1))

    def hits(self, data: bytes) -> list[tuple[int, str]]:
        """Return which needles stand in the bytes, each with how it is written, in the order of the needles."""
        found = {(number, form) for number, form, raw in self._short if raw in data}
        for start in range(0, max(0, len(data) - KEY + 1) if len(self._keys) else 0, CHUNK):
            for at in self._places(np.frombuffer(data[start : start + CHUNK + KEY - 1], dtype=np.uint8)):
                known = self._long[int.from_bytes(data[start + at : start + at + KEY], "little")]
                found |= {(number, form) for number, form, raw in known if data.startswith(raw, start + at)}
        return sorted(found)

    def _places(self, piece: np.ndarray) -> list[int]:
        """Return where a key begins: the few places are looked up at which its first two bytes stand, and then its next two."""
        pairs = piece[:-1].astype("<u2") | (piece[1:].astype("<u2") << 8)
        places = np.flatnonzero(self._begins[pairs[: len(piece) - KEY + 1]])
        places = places[self._goes_on[pairs[places + 2]]]
        windows = np.lib.stride_tricks.sliding_window_view(piece, KEY)[places].view("<u8").ravel()
        keys = self._keys[np.searchsorted(self._keys, windows).clip(max=len(self._keys) - 1)]
        found: list[int] = places[keys == windows].tolist()
        return found


def files(places: Iterable[Path]) -> Iterator[Path]:
    """Yield the files among these places and below them; a database comes with its WAL and its journal."""
    for place in places:
        if place.is_dir():
            yield from sorted(each for each in place.rglob("*") if not each.is_symlink())
        elif place.exists():
            yield from (each for suffix in ("", "-wal", "-shm", "-journal") if (each := place.with_name(place.name + suffix)).exists())


def contents(data: bytes, path: Path | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes as they are, what is packed in them, layer by layer, and the values of a database's tables."""
    yield from _layers(data, "", DEEPEST)
    if data.startswith(SQLITE) and path:
        yield from _rows(path)


def _layers(data: bytes, within: str, depth: int) -> Iterator[tuple[str, bytes]]:
    yield within or "bytes", data
    if depth:
        for name, inner in (*_gzip_members(data), *_zstd_frames(data), *_zip_entries(data), *_tar_entries(data)):
            if inner:
                yield from _layers(inner, f"{within}/{name}" if within else name, depth - 1)


def _gzip_members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what unpacks wherever a gzip member may begin; a member that was cut off gives what can be read of it."""
    position = data.find(GZIP)
    while position >= 0:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            inner = unpacker.decompress(data[position:], LARGEST)
        except zlib.error:
            inner = _until_broken(data[position:])
        yield f"gzip@{position}", inner
        used = len(data) - position - len(unpacker.unused_data) if unpacker.eof else 1
        position = data.find(GZIP, position + max(1, used))


def _until_broken(data: bytes) -> bytes:
    unpacker, out = zlib.decompressobj(wbits=31), bytearray()
    try:
        for start in range(0, len(data), 256):
            out += unpacker.decompress(data[start : start + 256])
    except zlib.error:
        pass
    return bytes(out)


def _zstd_frames(data: bytes) -> Iterator[tuple[str, bytes]]:
    position = data.find(ZSTD)
    while position >= 0:
        unpacker = zstd.ZstdDecompressor()
        with suppress(zstd.ZstdError):
            yield f"zstd@{position}", unpacker.decompress(data[position:])
        position = data.find(ZSTD, position + 1)


def _zip_entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    if ZIP not in data:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for info in packed.infolist():
                if not info.flag_bits & 1 and info.file_size <= LARGEST:
                    yield f"zip:{info.filename}", packed.read(info)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError):
        return


def _tar_entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data[257:262] != b"ustar":
        return
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as packed:
            for member in packed:
                if member.isfile() and (inner := packed.extractfile(member)):
                    yield f"tar:{member.name}", inner.read()
    except tarfile.TarError:
        return


def _rows(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the rows of every table: a long value lies on several pages, and its bytes are not in one piece."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            plain: list[bytes] = []
            with suppress(sqlite3.DatabaseError):  # a virtual table whose module is not there: its shadow tables are read
                for row in database.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - a name out of the database's own schema
                    for value in row:
                        if isinstance(value, bytes):
                            yield from _layers(value, f"table {name}", DEEPEST - 1)
                        elif isinstance(value, str | int):
                            plain.append(str(value).encode("utf-8", "surrogatepass"))
            yield f"table {name}", BETWEEN.join(plain)


def packed(data: bytes) -> bytes:
    """Return a gzip member, as the archive writes them."""
    return gzip.compress(data)
