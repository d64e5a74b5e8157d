"""Inputs that nobody sane would send: samples of our own with bits flipped, cut, spliced, encoded otherwise and stuffed.

Everything is drawn from one ``random.Random``: the same seed, target and number give the same input from the same samples.
"""

from __future__ import annotations

import gzip
import io
import random
import re
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

MOST = 48_000
"""Bytes of a mutated input; what is larger is a bomb, which every run tries once (``bombs``)."""
ODD = tuple(
    mark.encode("utf-8", "surrogatepass")
    for mark in (
        *"\0\x0b\x7f\x85\xa0\xad\u0301\u061c\u200b\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\u2fff\u3000\r\t",
        *"\ud800\udc80\udfff\ue000\ufdfa\ufe0f\ufeff\uff1a\ufffd\uffff\U0001f600\U00020000\U000e0041\U0010ffff",
        *"İßﬁ²①Ⅳ㈠〇壹٣𝟗½",
        "\x1b[31m",
    )
)
NUMBERS = (b"0", b"-1", b"1", b"7", b"255", b"65536", b"2147483648", b"-9223372036854775809", b"9" * 30, b"9" * 5000, b"1e999", b"NaN",
    b"0x10", b"00000000", b"1.5", b"-0", b"Infinity", b"2024-02-30", b"9999-12-31", b"0000-00-00", b"31")  # fmt: skip
_WORDS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
WORDS: dict[str, tuple[bytes, ...]] = {form: tuple(word.encode() for word in words) for form, words in _WORDS.items()} | {
    "binary": (
        b"\0" * 16,
        b"\xff" * 16,
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"\x1f\x8b",
        b"\xd0\xcf\x11\xe0",
        b"%PDF-",
        b"Rar!",
        b"\r\n\r\n",
    )
}
ENCODINGS = (
    "gb18030",
    "big5",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-7",
    "shift_jis",
    "euc_kr",
    "utf-8-sig",
    "latin-1",
    "cp037",
)
BASE_OF = {"ooxml": "xml", "zip": "binary", "gzip": "warc"}
"""The words of a container are those of what is in it."""
_DIGITS = re.compile(rb"\d+")


def mutated(samples: Sequence[bytes], form: str, rng: random.Random) -> bytes:
    """Return one input made of the samples: a container is now and then taken apart and put together again around a changed part."""
    data = rng.choice(samples)
    if form in ("ooxml", "zip") and rng.random() < 0.75:
        return _in_zip(data, form, rng)
    if form == "gzip" and rng.random() < 0.8:
        return _in_gzip(data, samples, rng)
    return _changed(data, samples, BASE_OF.get(form, form), rng)


def _changed(data: bytes, samples: Sequence[bytes], form: str, rng: random.Random, most: int = MOST) -> bytes:
    if len(data) > most and form not in ("binary", "pdf"):
        start = rng.choice((0, rng.randrange(len(data) - most + 1)))
        data = data[start : start + most]
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5, 12))):
        data = rng.choice(_WAYS)(data, samples, form, rng)
    return data[: max(most, 1 << 20 if form in ("binary", "pdf") else 0)]


def _place(data: bytes, rng: random.Random) -> int:
    return rng.randrange(len(data) + 1)


def _span(data: bytes, rng: random.Random) -> tuple[int, int]:
    start = _place(data, rng)
    return start, min(len(data), start + rng.choice((1, 2, 3, 8, 40, 300, 4000)))


def _flip(data: bytes, _samples: Sequence[bytes], _form: str, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20)) if out else 0):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def _overwrite(data: bytes, _samples: Sequence[bytes], _form: str, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + rng.choice((b"\0", b"\xff", b" ", b"0", b"\n", b"<", b"\x80")) * (end - start) + data[end:]


def _truncate(data: bytes, _samples: Sequence[bytes], _form: str, rng: random.Random) -> bytes:
    return data[: _place(data, rng)] if rng.random() < 0.8 else data[_place(data, rng) :]


def _delete(data: bytes, _samples: Sequence[bytes], _form: str, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + data[end:]


def _repeat(data: bytes, _samples: Sequence[bytes], _form: str, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:end] + data[start:end] * rng.choice((1, 2, 10, 100)) + data[end:]


def _splice(data: bytes, samples: Sequence[bytes], _form: str, rng: random.Random) -> bytes:
    other = rng.choice(samples)[:MOST]
    if rng.random() < 0.5:
        return data[: _place(data, rng)] + other[_place(other, rng) :]
    at, (start, end) = _place(data, rng), _span(other, rng)
    return data[:at] + other[start:end] + data[at:]


def _stuff(data: bytes, _samples: Sequence[bytes], form: str, rng: random.Random) -> bytes:
    at = _place(data, rng)
    word = rng.choice(WORDS.get(form, WORDS["words"]))
    return data[:at] + word * rng.choice((1, 1, 1, 2, 30)) + data[at:]


def _odd(data: bytes, _samples: Sequence[bytes], _form: str, rng: random.Random) -> bytes:
    at = _place(data, rng)
    return data[:at] + rng.choice(ODD) * rng.choice((1, 1, 1, 3, 60)) + data[at:]


def _number(data: bytes, _samples: Sequence[bytes], _form: str, rng: random.Random) -> bytes:
    found = list(_DIGITS.finditer(data[:MOST]))
    if not found:
        return data + rng.choice(NUMBERS)
    start, end = rng.choice(found).span()
    return data[:start] + rng.choice(NUMBERS) + data[end:]


def _recode(data: bytes, _samples: Sequence[bytes], _form: str, rng: random.Random) -> bytes:
    """Write all of it, or what is behind a place, in another encoding."""
    at = rng.choice((0, 0, _place(data, rng)))
    other = data[at:].decode("utf-8", "replace").encode(rng.choice(ENCODINGS), "ignore")
    return data[:at] + other


def _swap(data: bytes, _samples: Sequence[bytes], _form: str, rng: random.Random) -> bytes:
    (a, b), (c, d) = sorted((_span(data, rng), _span(data, rng)))
    return data if b > c else data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


_WAYS: tuple[Callable[[bytes, Sequence[bytes], str, random.Random], bytes], ...] = (
    _flip, _flip, _overwrite, _truncate, _delete, _repeat, _splice, _splice, _stuff, _stuff, _odd, _odd, _number, _number, _recode, _swap,
)  # fmt: skip


# --- containers ------------------------------------------------------------------------------------------------------------------


def _in_zip(data: bytes, form: str, rng: random.Random) -> bytes:
    """Return a zip file with one part changed, dropped, doubled, renamed or swapped; the rest of it is sound."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError):
        return data
    at = rng.randrange(len(parts))
    name, content = parts[at]
    way = rng.random()
    if way < 0.8:
        parts[at] = name, _changed(content, [content for _, content in parts], "xml" if form != "zip" else "binary", rng, 200_000)
    elif way < 0.87:
        del parts[at]
    elif way < 0.93:
        parts[at] = rng.choice((name + "/", "../" * 9 + name, "/" + name, "C:\\" + name, name.upper(), "", "\0", "字" * 200)), content
    else:
        parts[at] = name, rng.choice(parts)[1]
    return zipped(parts, rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)))


def zipped(parts: Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts:
            info = zipfile.ZipInfo(name or "x", (2024, 1, 1, 0, 0, 0))
            info.filename = name
            info.compress_type = method
            archive.writestr(info, content)
    return out.getvalue()


def _in_gzip(data: bytes, samples: Sequence[bytes], rng: random.Random) -> bytes:
    try:
        inner = gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return data
    return gzip.compress(_changed(inner, samples, "warc", rng), 1, mtime=0)
