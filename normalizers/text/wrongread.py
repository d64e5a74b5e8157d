"""Text that was read in the wrong charset, as bytes again: what byte or bytes each character was, and UTF-8 read back from them.

The reader is total and linear: it takes the characters of a line one by one, keeps the part of a UTF-8 sequence that is still open,
and falls back into step at the next whole character where bytes were lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from normalizers.text.charsets import GB18030, LATIN

LOST_MARKS = frozenset("?\ufffd")
"""What stands for bytes that the wrong charset could not hold; a question mark only inside an open sequence."""

UNDEFINED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
"""Bytes that windows-1252 leaves undefined: browsers read them as control characters, converters lose them."""

_LATIN_BYTES = {bytes((byte,)).decode(LATIN): bytes((byte,)) for byte in range(0x80, 0x100) if byte not in UNDEFINED}
_LATIN_BYTES |= {chr(byte): bytes((byte,)) for byte in range(0x80, 0x100)}


@lru_cache(maxsize=65536)
def latin_bytes(char: str) -> bytes:
    """Return the byte that a character of Latin-1 or windows-1252 was, none for any other."""
    return _LATIN_BYTES.get(char, b"")


@lru_cache(maxsize=65536)
def gb_bytes(char: str) -> bytes:
    """Return the bytes of a character in GB 18030; the euro sign is the lone byte 80, as the windows charset has it."""
    if char in "€\ufffd":
        return b"\x80" if char == "€" else b""
    try:
        return char.encode(GB18030) if char > "\x7f" else b""
    except UnicodeEncodeError:
        return b""


BYTES = {LATIN: latin_bytes, GB18030: gb_bytes}
"""By the charset that a text was read in: the bytes of a character outside ASCII."""

BLANK = {LATIN: b"\xa0", GB18030: b"\xa1\xa1"}
"""By the same: what a blank may have been inside an open sequence, after someone put all blanks into one form."""


@dataclass(slots=True)
class Hole:
    """A character of which bytes were lost: its bytes, ``None`` for each one unknown."""

    pattern: tuple[int | None, ...]


@dataclass(slots=True)
class Run:
    """A stretch of wrongly read text: ``source`` as it stands, ``chars`` what it was; ``orphans`` bytes belong to no character."""

    source: str = ""
    chars: list[str | Hole] = field(default_factory=list)
    orphans: int = 0

    @property
    def holes(self) -> int:
        """How many characters of the run lost bytes."""
        return self.orphans + sum(isinstance(char, Hole) for char in self.chars)

    @property
    def known(self) -> str:
        """The characters that came back whole."""
        return "".join(char for char in self.chars if isinstance(char, str))

    @property
    def foreign(self) -> list[str]:
        """Those of them that are outside ASCII."""
        return [char for char in self.known if char > "\x7f"]


def _size(lead: int) -> int:
    """Return how many bytes a UTF-8 sequence has that begins so, 0 for a byte that begins none."""
    return 2 if 0xC2 <= lead <= 0xDF else 3 if 0xE0 <= lead <= 0xEF else 4 if 0xF0 <= lead <= 0xF4 else 0


def _begins(data: bytes, *, narrow: bool) -> bool:
    """Tell whether a character's bytes begin a UTF-8 sequence; with ``narrow`` a pair may be all of one (路 is also ·)."""
    if len(data) == 1:
        return _size(data[0]) > 0
    return (_size(data[0]) > 2 or (narrow and data[0] in (0xC2, 0xC3))) and 0x80 <= data[1] <= 0xBF


class _Utf8:
    """Reads UTF-8 byte by byte into a run."""

    def __init__(self) -> None:
        self.run = Run()
        self._open: list[int | None] = []
        self._size = 0

    @property
    def open(self) -> bool:
        """Tell whether a sequence has begun and not ended."""
        return bool(self._open)

    def feed(self, byte: int | None) -> None:
        """Take one byte, ``None`` for a lost one."""
        if self._open and (byte is None or 0x80 <= byte <= 0xBF):
            self._open.append(byte)
            if len(self._open) == self._size:
                self._close()
            return
        self.cut()
        if byte is not None and _size(byte):
            self._open, self._size = [byte], _size(byte)
        elif byte is not None and byte < 0x80:
            self.run.chars.append(chr(byte))
        else:
            self.run.orphans += 1

    def cut(self) -> None:
        """End an open sequence whose last bytes are missing."""
        if self._open:
            self._open += [None] * (self._size - len(self._open))
            self._close()

    def ended(self, source: str) -> Run:
        """Return the run, which stands as ``source`` in the text."""
        self.cut()
        self.run.source = source
        return self.run

    def _close(self) -> None:
        pattern, self._open = tuple(self._open), []
        char = None if None in pattern else _decoded(pattern)
        self.run.chars.append(Hole(pattern) if char is None else char)


def _decoded(pattern: tuple[int | None, ...]) -> str | None:
    try:
        return bytes(byte for byte in pattern if byte is not None).decode("utf-8")
    except UnicodeDecodeError:
        return None


def utf8_runs(line: str, read_as: str, *, narrow: bool = False) -> Iterator[str | Run]:
    """Yield a line in parts: characters that are no piece of UTF-8 read as ``read_as``, and runs that may be.

    ``narrow`` lets a run of GB 18030 begin with a pair that is a two-byte sequence: Latin text in UTF-8, not Chinese.
    """
    bytes_of, blank = BYTES[read_as], BLANK[read_as]
    reader, start = _Utf8(), -1
    for at, char in enumerate(line):
        data = bytes_of(char)
        if reader.open and not data and char in LOST_MARKS:
            reader.feed(None)
            continue
        if reader.open and char == " ":
            data = blank
        if data and (reader.open or _begins(data, narrow=narrow or start >= 0)):
            start = at if start < 0 else start
            for byte in data:
                reader.feed(byte)
            continue
        if start >= 0:
            yield reader.ended(line[start:at])
            reader, start = _Utf8(), -1
        yield char
    if start >= 0:
        yield reader.ended(line[start:])
