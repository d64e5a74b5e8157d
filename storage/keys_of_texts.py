"""The keys that documents are found by when pairs are judged (``pairing``), as their titles and texts give them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from normalizers.text.fold import fold
from storage.identity import text_key
from storage.titles import Title, read_title

Key = tuple[str, str]
Band = tuple[int, int]
Cited = tuple[str, str]
"""Title and key of the number of a document that a version names."""

BANDS = 16
"""Bands of a signature of 64 values, 4 values each: a pair at 0.8 shares a band with 99.98 %, a pair at 0.3 with 12 %."""

MOST_SUBJECTS = 32
_FIRM = re.compile(r"公司|合作社|合伙企业|个人独资企业|事务所|经营部|商行|工作室|药店|饭店|酒店|餐厅|超市|加工厂|制造厂")
_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])")
_NAME_PART = 6
"""Characters before 公司 that tell one firm from another and are the same in every sentence."""


def keys_of(row: Mapping[str, Any], references: Iterable[Cited]) -> set[Key]:
    """Return the keys of a version; of what it cites, in the order of the text, only as much is read as is needed."""
    return set(_keys(row, references))


def bands_of(signature: Sequence[int]) -> set[Band]:
    """Return the bands of a signature with their numbers."""
    return set(enumerate(band_values(signature)))


def _keys(row: Mapping[str, Any], references: Iterable[Cited]) -> Iterator[Key]:
    if row["folded_length"]:
        yield "content", row["content_hash"]
    title = row["title"] or row["listed"]
    if key := text_key(title):
        yield "title", key
    if row["number_key"]:
        yield "number", row["number_key"]
    named = read_title(title)
    for stem in series_of(named):
        yield "series", f"{row['region'] or row['site']} {text_key(stem)}"
    for value in _cited(named, references) if named.division else plan_values(named, row["number_key"]):
        yield "plan", value
    for value in subjects_of(row["text"]):
        yield "subject", value


def _cited(named: Title, references: Iterable[Cited]) -> Iterator[str]:
    """Yield what a division of tasks names: the text in its title with that one's number, without one the first text it refers to."""
    stems = {name.stem for name in named.names}
    for title, number_key in islice(references, 50 if stems else 1):
        cited = {name.stem for name in read_title(title).names}
        if not stems or cited & stems:
            yield from (f"t{text_key(stem)}" for stem in cited)
            if number_key:
                yield f"n{number_key}"
    yield from (f"t{text_key(stem)}" for stem in stems)


def series_of(named: Title) -> tuple[str, ...]:
    """Return the names under which the drafts, finals and yearly editions of a text are found."""
    if named.about:
        return ()
    if named.division:
        return ("".join((*(name.stem for name in named.names), named.own_words)),)
    return tuple(dict.fromkeys(name.stem for name in named.names))


def plan_values(named: Title, number_key: str) -> tuple[str, ...]:
    """Return what a division of this text's tasks would name; nothing of a text that holds none."""
    stems = [name.stem for name in named.names if name.is_plan]
    if not stems or named.about:
        return ()
    return (*(f"t{text_key(stem)}" for stem in stems), *([f"n{number_key}"] if number_key else []))


def subjects_of(words: str) -> list[str]:
    """Return the organisations that a text names, hashed, the least ``MOST_SUBJECTS``: the same sample of the same names in any text."""
    found = {fold(words[max(0, at.start() - 2 * _NAME_PART) : at.end()])[-_NAME_PART - len(at[0]) :] for at in _FIRM.finditer(words)}
    found |= set(_CODE.findall(words))
    return sorted({hashlib.blake2b(name.encode(), digest_size=6).hexdigest() for name in found})[:MOST_SUBJECTS]


def band_values(signature: Sequence[int]) -> list[int]:
    """Return a signed 64-bit value for each band of a signature; none for an empty one."""
    width = len(signature) // BANDS
    bands = [signature[n * width : (n + 1) * width] for n in range(BANDS)] if width else []
    return [int.from_bytes(hashlib.blake2b(repr(tuple(band)).encode(), digest_size=8).digest(), "big", signed=True) for band in bands]
