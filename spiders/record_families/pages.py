"""Pages of records as every family returns them, and what is to be asked for next."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, quote, urlsplit

from normalizers.notices.list_words import said
from normalizers.notices.records import NoticeKind, PrintedField, PrintedRecord
from spiders.families import ListRequest, PageError
from spiders.families.reading import line, shortened
from spiders.items import Cause
from spiders.record_sheet import RecordSection, RecordSheet

NOTHING = frozenset({"", "null", "None"})
_OF_LISTS = frozenset({NoticeKind.LIST_ENTRY, NoticeKind.DEFAULTER, NoticeKind.TAX_CASE})
_ORDINALS = frozenset({"序号"})
MOST_ROWS = 20_000
"""Rows of one page that are read; no site gives more than a few hundred."""


class EmptyAnswerError(PageError):
    """An answer without anything where something must be; some sites answer so at the first call and rightly at the second."""

    cause = Cause.TRUNCATED


@dataclass(frozen=True, slots=True)
class Asked(ListRequest):
    """One request for a page of records. ``page`` counts from 1 within a slice, and is 0 for a page that only leads to lists.

    ``slice`` is the part of the section asked for, ``list_name`` and ``authority`` what an earlier page says of all its records, ``again``
    tells that the same was asked before and answered with nothing.
    """

    slice: str = ""
    list_name: str = ""
    authority: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class RecordLine:
    """One line of a list: the record as far as its row prints it, and the address of its own page (empty: the row is all there is)."""

    record: PrintedRecord
    url: str = ""

    def __repr__(self) -> str:
        """Say which list this stands in, and nothing of what it says."""
        return f"<RecordLine {self.record.site} {self.record.section}>"


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of a list. ``pages`` and ``total`` are what the site says of the slice, ``None`` where it says nothing.

    ``cap`` is the number of pages the site shows at most (0: all), ``further`` what is to be asked for after this page; requests of
    another slice begin a list of their own. ``leads`` tells that the page only leads to lists, ``sliced`` that the whole is had by its
    slices. ``dropped`` counts rows without a key, ``gaps`` are sentences.
    """

    lines: tuple[RecordLine, ...]
    pages: int | None = None
    total: int | None = None
    cap: int = 0
    further: tuple[Asked, ...] = ()
    leads: bool = False
    sliced: bool = False
    dropped: int = 0
    gaps: tuple[str, ...] = ()


def place(url: str) -> str:
    """Return an address as a failure may tell it: its path, without the words that were asked for."""
    return urlsplit(url).path or "/"


def record_of(
    sheet: RecordSheet, section: RecordSection, url: str, key: str, fields: Iterable[PrintedField] = (), listed_on: date | None = None
) -> PrintedRecord:
    """Return a record with what the fact sheet says of all records of its section."""
    return PrintedRecord(
        site=sheet.id,
        section=section.id,
        key=key,
        url=url,
        kind=section.kind,
        fields=tuple(fields),
        region=sheet.region,
        list_name=section.list_name,
        colour=section.colour,
        authority=section.authority,
        listed_on=listed_on,
    )


def row_record(sheet: RecordSheet, section: RecordSection, fields: Iterable[PrintedField]) -> PrintedRecord:
    """Return the record that a row is. Its address is that of the list's first page: on which page a row stands changes every day.

    The row's number in the list (序号) is no part of the record, for the same reason.
    """
    kept = tuple(field for field in fields if field.label not in _ORDINALS)
    return record_of(sheet, section, first_url(sheet, section), row_key(kept, section.identity), kept)


def on_list(record: PrintedRecord, name: str) -> PrintedRecord:
    """Return a record of the list ``name``: its kind and colour are what the name says, else those it has."""
    found = next((words for words in said("subjects") if words.pattern.search(name)), None)
    kind = found.kind if found and found.kind in _OF_LISTS else record.kind
    return replace(record, list_name=name, kind=kind, colour=(found.colour if found else None) or record.colour)


def first_url(sheet: RecordSheet, section: RecordSection) -> str:
    """Return the address of the first page of a section, all slices together."""
    return sheet.url(section.path.format(page=1, slice=""))


def row_key(fields: Sequence[PrintedField], identity: Sequence[str]) -> str:
    """Return the key of a row: the site's own id where ``identity`` names one, else a hash of what the row prints.

    The hash is SHA-256, in 32 hex digits, so that no name or number of a person stands in a key.
    """
    printed = {field.label: field.value for field in fields if field.value not in NOTHING}
    if own := next((printed[name] for name in identity if name in printed), ""):
        return shortened(own)
    whole = "\x1f".join(f"{name}={value}" for name, value in printed.items())
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:32]


def link_key(address: str, parameters: Sequence[str]) -> str:
    """Return the key in the address of a record's page: a named parameter, else the name of a static page, else the last parameter."""
    found = {name: value.strip() for name, value in query_of(address).items() if value.strip()}
    name, _, suffix = urlsplit(address).path.rstrip("/").rpartition("/")[2].partition(".")
    last = next(reversed(found.values()), "") if suffix.lower() not in ("htm", "html", "shtml") else ""
    return shortened(line(next((found[each] for each in parameters if each in found), last) or name))


def query_of(address: str) -> dict[str, str]:
    """Return the parameters of an address, none where there are more than any site has."""
    try:
        return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True, max_num_fields=50))
    except ValueError:
        return {}


def detail_url(sheet: RecordSheet, section: RecordSection, key: str) -> str:
    """Return the address of a record's own page, empty where a section has none."""
    return sheet.url(section.detail.format(key=quote(key, safe=""))) if "{key}" in section.detail else ""


def pages_of(total: int | None, size: int) -> int | None:
    """Return how many pages of ``size`` records hold ``total``, at least one; ``None`` where either is not known."""
    return max(1, math.ceil(total / size)) if total is not None and size else None


def numbered(sheet: RecordSheet, section: RecordSection, asked: Asked, last: int) -> tuple[Asked, ...]:
    """Return the requests for the pages of a slice after the one asked for, as far as its limits go."""
    last = min(last, sheet.limits.list_pages, *([section.cap] if section.cap else []))
    return tuple(page_of(sheet, section, asked, number) for number in range(asked.page + 1, last + 1))


def page_of(sheet: RecordSheet, section: RecordSection, asked: Asked, number: int) -> Asked:
    """Return the request for another page of the same slice."""
    path = section.path.format(page=number, slice=quote(asked.slice, safe=""))
    return Asked(sheet.url(path), number, slice=asked.slice, list_name=asked.list_name, authority=asked.authority)
