"""Whole documents that were decoded with the wrong charset and saved so: recognised on the text, turned back with a proof.

A text is turned back only if every character of it can have come so, what comes out is plausible Chinese and what came in is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from normalizers.text.charsets import GB18030, LATIN, UTF_8, plausibility

GAIN = 0.3
"""How much more plausible a text must become by turning it back."""

PLAUSIBLE = 0.8
"""How plausible it must be then."""

FEWEST = 4
"""Characters outside ASCII that a text must have to be judged at all."""

_UNDEFINED = {byte: chr(byte) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
"""Bytes that windows-1252 leaves undefined and browsers read as control characters."""

_TO_BYTE = {bytes((byte,)).decode(LATIN): byte for byte in range(0x80, 0x100) if byte not in _UNDEFINED}
_TO_BYTE |= {chr(byte): byte for byte in range(0x80, 0x100)}

FEW_LOST = 0.15
"""Up to this share of characters may be lost for good: the odd byte of a sequence that the wrong charset could not hold."""

_RUN = re.compile("\ufffd+")


@dataclass(frozen=True, slots=True)
class Mended:
    """What a text was, as what it had been read, how many characters came back and how many did not."""

    was: str
    read_as: str
    places: int
    left: int = 0


def unmangle(text: str) -> tuple[str, Mended | None]:
    """Return the text turned back and what was done, or the text itself and ``None`` when it is no mojibake."""
    foreign = sum(char > "\x7f" for char in text)
    if foreign < FEWEST:
        return text, None
    before = plausibility(text)
    for was, read_as, new in _candidates(text):
        after = plausibility(new)
        if after >= PLAUSIBLE and after >= before + GAIN:
            left = new.count("\ufffd")
            return new, Mended(was, read_as, sum(char > "\x7f" for char in new) - left, left)
    return text, None


def _candidates(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield what the text may have been, as what it was read, and the text turned back, for each way that leads back to the input."""
    as_latin = _latin_bytes(text)
    if as_latin is not None:
        for was in (UTF_8, GB18030):
            if (new := _strict(as_latin, was)) is not None:
                yield was, LATIN, new
        return
    data = _gb_bytes(text)
    new = _RUN.sub("\ufffd", data.decode(UTF_8, "replace")) if data else ""
    lost = new.count("\ufffd")
    if new and lost <= FEW_LOST * len(new) and (lost or new.encode(UTF_8).decode(GB18030, "replace") == text):
        yield UTF_8, GB18030, new


def _latin_bytes(text: str) -> bytes | None:
    """Return the bytes that a text of Latin characters came from, ``None`` when it holds any other character."""
    try:
        return bytes(ord(char) if char <= "\x7f" else _TO_BYTE[char] for char in text)
    except KeyError:
        return None


def _gb_bytes(text: str) -> bytes:
    """Return the bytes of a text in GB 18030, FF (in no charset) for each U+FFFD; none for lone surrogates."""
    try:
        return b"\xff".join(part.encode(GB18030) for part in text.split("\ufffd"))
    except UnicodeEncodeError:
        return b""


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None
