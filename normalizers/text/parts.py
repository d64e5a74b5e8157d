"""Bytes of which parts are in another charset than the rest: a page in UTF-8 around a text in GBK, files that a server joined.

Only parts that the charset of the whole can't read are looked at: a line first, then each run of bytes outside ASCII.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from normalizers.text.charsets import GB18030, UTF_8
from normalizers.text.likelihood import FLUENT, UNKNOWN, Likelihood

MEASURED = 300
"""Characters of a line by which the ways to read it are compared."""

_PAIRS = re.compile(rb"(?:[\x80-\xff][\x40-\x7e\x80-\xff])+|[\x80-\xff]+")
_RUN = re.compile(rb"[\x80-\xff]+")


def read_parts(data: bytes, codec: str) -> tuple[str, int]:
    """Return the text of ``data`` and how many parts were read in another charset than ``codec``; undecodable bytes become U+FFFD."""
    text = _strict(data, codec)
    if text is not None:
        return text, 0
    if codec not in (UTF_8, GB18030):
        return data.decode(codec, "replace"), 0
    read = [_line(line, codec) for line in data.splitlines(keepends=True)]
    return "".join(text for text, _ in read), sum(other for _, other in read)


def _line(line: bytes, codec: str) -> tuple[str, int]:
    text = _strict(line, codec)
    if text is not None:
        return text, 0
    as_it_is = line.decode(codec, "replace")
    if codec == UTF_8 and as_it_is.count("\ufffd") < 2:  # cut inside a character; a character of GBK makes two faults
        return as_it_is, 0
    other = _strict(line, GB18030 if codec == UTF_8 else UTF_8)
    runs = list(_runs(line, codec))
    by_run = "".join(text for text, _ in runs)
    ways = [(by_run, sum(other for _, other in runs)), *([(other, 1)] if other is not None else [])]
    better = [way for way in ways if _is_better(way[0], as_it_is)]
    return max(better, key=lambda way: _fluency(_measured(way[0]))) if better else (as_it_is, 0)


def _is_better(new: str, old: str) -> bool:
    """Tell whether a reading is prose where it differs from another one: a page cut inside a character is no page in two charsets."""
    start = next((n for n, (a, b) in enumerate(zip(new, old, strict=False)) if a != b), min(len(new), len(old)))
    ours = _fluency(_measured(new[start:]))
    return ours >= FLUENT and ours > _fluency(_measured(old[start:]))


def _measured(text: str) -> str:
    return "".join(islice((char for char in text if char > "\x7f"), MEASURED))


@lru_cache(maxsize=1024)
def _fluency(foreign: str) -> float:
    """Return the log-likelihood a character, the worst there is where there are none."""
    return _words().score(foreign) / len(foreign) if foreign else UNKNOWN


@lru_cache(maxsize=1)
def _words() -> Likelihood:
    return Likelihood()


def _runs(line: bytes, codec: str) -> Iterator[tuple[str, int]]:
    """Yield the text of each stretch of a line and whether it was read in another charset: UTF-8 that holds, or GB 18030."""
    at = 0
    while at < len(line):
        found = _RUN.search(line, at)
        if found is None:
            break
        yield line[at : found.start()].decode("ascii", "replace"), 0
        text = _strict(found[0], UTF_8)
        if text is not None:
            at = found.end()
            yield text, codec != UTF_8
            continue
        pairs = _PAIRS.match(line, found.start()) or found
        text = _strict(pairs[0], GB18030)
        at = pairs.end()
        yield (pairs[0].decode(codec, "replace"), 0) if text is None else (text, codec != GB18030)
    yield line[at:].decode("ascii", "replace"), 0


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None
