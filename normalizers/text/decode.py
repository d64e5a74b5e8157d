"""From bytes to text: byte order mark, declaration, then what the bytes themselves can and cannot be.

Declarations of the region's sites are often wrong (a page in UTF-8 under ``gb2312``), and bytes refute them: UTF-8 that holds is UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from charset_normalizer import from_bytes

from normalizers.records import Repair
from normalizers.text.charsets import BIG5, GB18030, LATIN, UTF_8, codec_of, declared_in, marked, plausibility
from normalizers.text.mojibake import unmangle
from normalizers.text.parts import read_parts

PLAUSIBLE = 0.7
"""From this share of common characters on, a decoding is believed."""

SURE = 3.0
"""Rank of bytes that are UTF-8 beyond chance; no other codec ranks above 2.15."""

FEW_FAULTS = 0.02
"""Up to this share of undecodable characters a decoding may still be right: pages are cut and patched."""

SAMPLE = 262_144
"""Bytes on which decodings are compared; a document is never judged by more."""

ENOUGH_WIDE, ENOUGH_NARROW = 3, 12
"""So many characters of three (two) bytes in strict UTF-8 are no chance: short words of GBK, 联通 among them, hold as two-byte ones."""

_CHINESE = ("big5", "big5hkscs", "cp950", "gb2312", "gb18030", "gbk", "hz")
_NEIGHBOURS = ("cp932", "cp949", "euc_jis_2004", "euc_jp", "euc_kr", "iso2022_jp", "iso2022_kr", "johab", "shift_jis", "shift_jis_2004")
_OTHERS = ("cp1250", "cp1251", "cp1252", "iso8859_15", "koi8_r", "latin_1", "utf_8", "utf_16", "utf_16_be", "utf_16_le")
DETECTABLE = frozenset((*_CHINESE, *_NEIGHBOURS, *_OTHERS))
"""Charsets a page in China may really be in; statistics alone also name mainframe charsets for noise."""

_WIDE = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NARROW = re.compile(rb"[\xc2-\xdf][\x80-\xbf]")
_NARROW_RUN = re.compile(rb"(?:[\xc2-\xdf][\x80-\xbf]){2}")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the codec that read it, what was put right on the way, and sentences for the log."""

    text: str
    encoding: str
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[str, ...] = ()


def decode(data: bytes, *, declared: str = "", markup: bool = False) -> Decoded:
    """Return the text of ``data``; never raises, whatever the bytes.

    ``declared`` is the charset of the transport (an HTTP header's parameter); with ``markup`` the page's own declaration is looked for too.
    Order: byte order mark, strict UTF-8, declarations that the bytes bear out, plausibility, detection. Undecodable bytes become U+FFFD.
    """
    labels = [label for label in (declared, declared_in(data) if markup else "") if label]
    codec, size = marked(data)
    if not codec:
        codec = _choose(data, [codec_of(label) for label in labels])
    text, parts = read_parts(data[size:], codec)
    repairs = [Repair("charset-parts", parts)] if parts else []
    warnings = [f"{parts} parts of the text were in another charset than the rest ({codec}) and read in theirs."] if parts else []
    for label in dict.fromkeys(labels):
        if not _bears_out(label, codec, text):
            repairs.append(Repair("charset", 1))
            warnings.append(f"The page says {label[:40]!r}, its bytes are {codec}: they were read as {codec}.")
    mended = unmangle(text)
    text = mended.text
    repairs += mended.repairs
    warnings += mended.warnings
    text, dropped = _drop_marks(text)
    return _account(text, codec, [*repairs, *dropped], warnings)


def _bears_out(label: str, codec: str, text: str) -> bool:
    stated = codec_of(label)
    return stated == codec or (text.isascii() and stated in (UTF_8, GB18030, BIG5, LATIN)) or (stated, codec) == ("utf-16-le", "utf-16-be")


def _drop_marks(text: str) -> tuple[str, list[Repair]]:
    """Take out byte order marks inside a text (files joined by a server) and NUL."""
    counts = {"byte-order-mark": text.count("\ufeff"), "nul": text.count("\0")}
    return text.replace("\ufeff", "").replace("\0", ""), [Repair(kind, n) for kind, n in counts.items() if n]


def _account(text: str, codec: str, repairs: list[Repair], warnings: list[str]) -> Decoded:
    lost = text.count("\ufffd")
    if lost:
        repairs.append(Repair("undecodable", 0, left=lost))
        warnings.append(f"{lost} places could not be decoded as {codec} and stand as U+FFFD: fetch the page again or compare another copy.")
    return Decoded(text, codec, tuple(repairs), tuple(warnings))


def _choose(data: bytes, stated: list[str]) -> str:
    """Return the codec that the bytes and the declarations agree on best."""
    if data.isascii() and b"\0" not in data:
        return next((codec for codec in stated if codec in (UTF_8, GB18030, BIG5)), UTF_8)
    if not _WIDE.search(data[:SAMPLE]) and (wide := _without_mark(data[:SAMPLE])):
        return wide
    unstated = {UTF_8: _rank(data, UTF_8, stated=False)}
    if unstated[UTF_8] >= SURE:
        return UTF_8
    candidates = [codec for codec in dict.fromkeys([*stated, UTF_8, GB18030, BIG5]) if codec in (UTF_8, GB18030, BIG5)]
    unstated |= {codec: _rank(data, codec, stated=False) for codec in candidates if codec not in {*stated, UTF_8}}
    ranks = unstated | {codec: _rank(data, codec, stated=True) for codec in candidates if codec in stated}
    best = max(candidates, key=lambda codec: ranks[codec])
    if (unstated[best] if best in unstated else _rank(data, best, stated=False)) >= PLAUSIBLE:
        return best
    return _detected(data) or (LATIN if LATIN in stated else best)


def _without_mark(sample: bytes) -> str:
    """Return which UTF-16 a text without mark is in, by its zero bytes, "" where it is none: line breaks and digits have one each."""
    pairs = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if pairs < 8 or max(even, odd) < pairs / 20 or min(even, odd) > max(even, odd) / 20:
        return ""
    codec = "utf-16-le" if odd > even else "utf-16-be"
    return codec if sample[: pairs * 2].decode(codec, "replace").count("\ufffd") <= pairs * FEW_FAULTS else ""


def _rank(data: bytes, codec: str, stated: bool) -> float:
    """Return how well a codec reads the bytes: plausibility less faults, and a bonus for the one that was declared.

    Strict UTF-8 with three-byte characters is UTF-8 whatever was declared: other Chinese text does not hold for long.
    """
    sample = data[:SAMPLE]
    text = sample.decode(codec, "replace")
    faults = text.count("\ufffd") and text.count("\ufffd") - sample.decode(codec, "ignore").count("\ufffd")
    cut = 1 if len(data) > SAMPLE or faults else 0  # a page may break off inside a character, and so does the sample
    if codec == UTF_8 and faults <= cut and (stated or _is_surely_utf8(sample)):
        return SURE
    share = (faults - cut) / (len(text) - len(text.encode("ascii", "ignore")) or 1) if faults > cut else 0.0
    if share > FEW_FAULTS * 5:
        return -share
    sure = codec == UTF_8 and share <= FEW_FAULTS and len(_WIDE.findall(sample)) >= 20
    return plausibility(text) - 5 * share + (1.0 if sure else 0.0) + (0.15 if stated else 0.0)


def _is_surely_utf8(sample: bytes) -> bool:
    """Tell whether bytes that are valid UTF-8 are no chance: many characters, or single accented letters among ASCII."""
    if sum(1 for _ in islice(_WIDE.finditer(sample), ENOUGH_WIDE)) == ENOUGH_WIDE:
        return True
    narrow = len(_NARROW.findall(sample))
    return narrow >= ENOUGH_NARROW or (narrow > 0 and not _NARROW_RUN.search(sample))


def _detected(data: bytes) -> str:
    """Return what statistics say of bytes that none of the region's charsets reads well, "" when they say nothing to be believed."""
    best = from_bytes(data[: SAMPLE // 8]).best()
    return best.encoding if best is not None and best.encoding in DETECTABLE else ""
