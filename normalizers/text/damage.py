"""The damage that some copying sites do to Chinese text, as a model that can be run forward.

A page is turned into traditional characters one by one, held as GBK bytes, cut at punctuation, and after each character
of a list its reading is put in brackets: 區 becomes 區(qū). Cutting and replacing work on bytes, not on characters, so both
also hit across two characters; the byte left alone is lost (``?``) and what follows is read one byte off.
``forward`` does the same to a sound text. It is the proof of every repair: a repair is right only if it leads back to the input.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

MARKS = ("、", "！", "？", "，")
"""The marks a line is cut at, in this order; found by trying orders on a document known whole and damaged."""

LOST = "?"
"""What stands for bytes that could not be decoded. U+FFFD is read as the same."""

VOWELS = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿêếềɑɡ"
READING = rf"[a-z{VOWELS}]{{1,7}}"
BRACKET = re.compile(rf"[(（][ \u00a0\u3000]{{0,3}}({READING})[ \u00a0\u3000]{{0,3}}[)）]")
"""A bracket that holds nothing but what may be a reading."""

BRACKET_BEGINS = ("[(（]", f"[a-z{VOWELS} \u00a0\u3000]")
"""Two characters that such a bracket begins with."""

BREAKS = "\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
"""What ``str.splitlines`` breaks lines at, as a character class."""

LINE_BREAKS = re.compile(f"([{BREAKS}]+)")

_TO_WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in ",!?:;()"}
_TO_HALF = {0xFF01 + i: 0x21 + i for i in range(94)} | {0xFFFD: ord(LOST)}
_TONES = frozenset("\u0300\u0301\u0304\u030c")


@dataclass(frozen=True, slots=True)
class Model:
    """One variety of the damage: which characters get which reading, in the order they are replaced.

    ``swallows``: an undecodable pair becomes one mark, whatever its second byte (else the second byte stays).
    ``private``: byte pairs of the user-defined rows became private-use characters (else they are undecodable).
    """

    readings: tuple[tuple[str, str], ...]
    swallows: bool = True
    private: bool = False


def has_tone(reading: str) -> bool:
    """Tell whether a reading carries a tone mark."""
    return any(c in _TONES for c in unicodedata.normalize("NFD", reading))


def plain_reading(reading: str) -> str:
    """Return a reading in composed letters, with the Latin ``a`` and ``g`` in place of the phonetic ones of GBK."""
    return unicodedata.normalize("NFC", reading).replace("ɑ", "a").replace("ɡ", "g")


@lru_cache(maxsize=65536)
def readings_of(char: str) -> frozenset[str]:
    """Return every dictionary reading of a character, with tone marks; none for what is no Chinese character."""
    from pypinyin import Style, pinyin  # loaded on the first damaged text only: it costs a fifth of a second

    if not is_hanzi(char):
        return frozenset()
    return frozenset(chain.from_iterable(pinyin(char, style=Style.TONE, heteronym=True)))


def is_hanzi(char: str) -> bool:
    """Tell whether a character is a unified or compatible Chinese character of the basic plane."""
    return "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff"


def canonical(damaged: str) -> str:
    """Return a damaged text as ``forward`` would print it: ASCII in half width, no blanks inside readings, one mark for lost bytes."""
    text = unicodedata.normalize("NFC", damaged).translate(_TO_HALF)
    return BRACKET.sub(lambda found: f"({plain_reading(found[1])})", text)


def forward(text: str, model: Model) -> str:
    """Return what the damage makes of a sound text. Line breaks stay; characters outside GBK separate and stay.

    Signs come out in half width; those of the input are taken for full width, as Chinese text prints them.
    """
    return "".join(_forward_line(part, model) if n % 2 == 0 else part for n, part in enumerate(LINE_BREAKS.split(text)))


def _forward_line(line: str, model: Model) -> str:
    out = [_forward_bytes(piece, model) if isinstance(piece, bytes) else piece for piece in _encode(line.translate(_TO_WIDE))]
    return "".join(out).translate(_TO_HALF)


def _encode(line: str) -> Iterator[bytes | str]:
    try:
        yield line.encode("gbk")
    except UnicodeEncodeError as error:
        yield line[: error.start].encode("gbk")
        yield line[error.start : error.end]
        yield from _encode(line[error.end :])


def _forward_bytes(data: bytes, model: Model) -> str:
    pieces = [data]
    for mark in MARKS:
        pieces = list(chain.from_iterable(_cut(piece, mark.encode("gbk")) for piece in pieces))
    return "".join(_decode_pairs(_annotate(piece, model.readings), model) for piece in pieces)


def _cut(piece: bytes, mark: bytes) -> Iterator[bytes]:
    """Yield the parts of a piece and the marks between them; a mark itself is never cut again."""
    if piece in _MARK_BYTES:
        yield piece
        return
    for n, part in enumerate(piece.split(mark)):
        if n:
            yield mark
        if part:
            yield part


_MARK_BYTES = frozenset(mark.encode("gbk") for mark in MARKS)


def _annotate(piece: bytes, readings: Sequence[tuple[str, str]]) -> bytes:
    for char, reading in readings:
        found = char.encode("gbk")
        if found in piece:
            piece = piece.replace(found, found + f"({reading})".encode("gbk", "replace"))
    return piece


def _decode_pairs(data: bytes, model: Model) -> str:
    out, at = [], 0
    while at < len(data):
        if data[at] < 0x80:
            out.append(chr(data[at]))
            at += 1
            continue
        char = decode_pair(data[at], data[at + 1], private=model.private) if at + 1 < len(data) else ""
        out.append(char or LOST)
        at += 2 if char or model.swallows else 1
    return "".join(out)


@lru_cache(maxsize=65536)
def decode_pair(lead: int, trail: int, *, private: bool = False) -> str:
    """Return the character of a GBK byte pair, "" where it has none; ``private`` lets user-defined rows be private-use characters."""
    try:
        char = bytes((lead, trail)).decode("gb18030" if private else "gbk")
    except UnicodeDecodeError:
        return ""
    return char if len(char) == 1 else ""
