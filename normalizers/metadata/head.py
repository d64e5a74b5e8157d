"""The head table of a government page: index number, issuer, number, days, in any order, as a table, a list or a line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from normalizers.metadata.lines import only_date
from normalizers.metadata.number import normalise_number
from normalizers.metadata.signature import bodies_in
from normalizers.metadata.words import names_of, words

MAX_HEAD = 6000
"""Characters in which a head table stands; what lies behind is the text."""
MIN_LABELS = 3
"""Labels that make a head table; two stand on many a page that has none."""
MAX_VALUE = 300

_INDEX = re.compile(r"[0-9A-Za-z\u4e00-\u9fff〔〕()\[\]/_.\-]{4,60}")
_LINE_END = re.compile(r"[\n|]")
_LEADING = " \t\n:|：【】[]-•·"


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a page states of its document; empty where it states nothing."""

    title: str = ""
    number: str = ""
    issuers: tuple[str, ...] = ()
    index_number: str = ""
    issued_on: date | None = None
    printed_on: date | None = None
    published_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None


@cache
def _fields() -> dict[str, str]:
    """Return the field of every label, empty for labels that only end a value."""
    return {
        "".join(label.split()): "" if name == "other" else name
        for name in names_of("head")
        if name != "strong"
        for label in words("head", name)
    }


@cache
def _label() -> re.Pattern[str]:
    """Return the pattern of a label in its place. It opens with the labels' first characters: few characters of a text are one of them."""
    rests: dict[str, list[str]] = {}
    for label in sorted(_fields(), key=len, reverse=True):
        rests.setdefault(label[0], []).append("".join(rf"\s*{re.escape(character)}" for character in label[1:]))
    parted = r"(?:(?<=^.)|(?<=[\s|【\[\-：:0-9A-Za-z)）号].))"
    labels = "|".join(f"{re.escape(first)}{parted}(?:{'|'.join(rest)})" for first, rest in rests.items())
    return re.compile(rf"(?P<label>{labels})\s*(?:[】\]]\s*[:：|]?|[:：|]|(?=\s))")


def read_head(text: str) -> Head:
    """Return what the labels at the head of a text state; an empty ``Head`` where fewer than three of them stand together."""
    text = text[:MAX_HEAD]
    marks = list(_label().finditer(text))
    values: dict[str, str] = {}
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        field = _fields()["".join(mark["label"].split())]
        value = _value(text, mark.end(), following.start() if following else len(text), last=following is None)
        if field and value and not values.get(field):
            values[field] = value
    labels = {"".join(mark["label"].split()) for mark in marks}
    found = {_fields()[label] for label in labels}
    if len(labels) < MIN_LABELS or not found & set(words("head", "strong")):
        return Head()
    return _head(values)


def _value(text: str, start: int, end: int, *, last: bool) -> str:
    """Return what stands behind a label: up to the next one, or one line of it where none follows soon."""
    piece = text[start : min(end, start + 2 * MAX_VALUE)].strip(_LEADING)
    if last or len(piece) > MAX_VALUE or end - start > MAX_VALUE:
        piece = _LINE_END.split(piece, maxsplit=1)[0]
    return piece.strip(_LEADING)


def _head(values: dict[str, str]) -> Head:
    first = {field: _LINE_END.split(value, maxsplit=1)[0].strip(_LEADING) for field, value in values.items()}
    days = {field: _day(first.get(field, "")) for field in ("issued_on", "printed_on", "published_on", "effective_on", "expires_on")}
    return Head(
        title=_title(values.get("title", "")),
        number=normalise_number(first.get("number", "")),
        issuers=bodies_in(first.get("issuers", "")),
        index_number=index_in(first.get("index_number", "")),
        **days,
    )


def _title(value: str) -> str:
    return "".join(value.split()) if 4 <= len(value) <= MAX_VALUE and not value.isdigit() else ""


def index_in(value: str) -> str:
    """Return the index number that a value is, blanks out; empty for any other text."""
    bare = unicodedata.normalize("NFKC", "".join(value.split()))
    return bare if _INDEX.fullmatch(bare) and any(c.isdigit() for c in bare) else ""


def _day(value: str) -> date | None:
    """Return the day that a value is, whatever time of day stands behind it."""
    return only_date(re.sub(r"\s+\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?$", "", value[:60]))


def first_of(heads: Iterable[Head]) -> Head:
    """Return one head from several, each field from the first that states it."""
    listed, empty = list(heads), Head()
    return Head(
        *(next((getattr(head, field) for head in listed if getattr(head, field)), getattr(empty, field)) for field in Head.__slots__)
    )
