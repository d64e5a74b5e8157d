"""Look for words in the bytes of files: as they stand, in other encodings, and in what is packed in them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path

ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")


def files_in(*places: Path) -> list[Path]:
    return sorted(each for place in places for each in ([place] if place.is_file() else place.rglob("*")) if each.is_file())


def scan(paths: Iterable[Path], words: Iterable[str], encodings: Sequence[str] = ENCODINGS) -> set[tuple[str, str]]:
    """Return which words are in which files, by name."""
    spelled = [(word, {word.encode(encoding, "ignore") for encoding in encodings} | {ascii(word)[1:-1].encode()}) for word in words]
    found: set[tuple[str, str]] = set()
    for path in paths:
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue  # a server takes files away while it runs
        for piece in _pieces(data):
            found |= {(path.name, word) for word, spellings in spelled if any(each in piece for each in spellings)}
    return found


def _pieces(data: bytes) -> Iterator[bytes]:
    yield data
    start = data.find(b"\x1f\x8b\x08")
    while start >= 0:
        with suppress(zlib.error):
            yield zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(data[start:])
        start = data.find(b"\x1f\x8b\x08", start + 1)
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(data)) as packed:
            yield from (packed.read(name) for name in packed.namelist())
