"""Notices as plain values for JSON, in the stable shape of the command line (``harvester extract --format json``)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from normalizers.notices.records import Notice, PrintedField, Subject, Term
from normalizers.presentation import agencies_json

Json = dict[str, Any]
_TEXTS = (
    *("authority_code", "source_body", "list_name", "colour", "title", "number", "category", "violation", "facts", "basis", "content"),
    *("licence", "licence_number", "status", "remark"),
)
_DAYS = ("decided_on", "valid_from", "valid_to", "published_on", "shown_until", "removed_on")
_SUMS = ("fine_yuan", "confiscated_yuan", "amount_yuan")


def notice_json(notice: Notice) -> Json:
    """Return one notice: days in ISO 8601, sums in 元 as decimal text, ``null`` for a day or sum that the source does not say."""
    authority = agencies_json([notice.authority])[0] if notice.authority else None
    return {
        "kind": notice.kind.value,
        "subject": _subject(notice.subject),
        "authority": authority,
        **{name: _plain(getattr(notice, name)) or "" for name in _TEXTS},
        **{name: _plain(getattr(notice, name)) for name in (*_DAYS, *_SUMS)},
        "region": notice.region,
        "term": _term(notice.term),
        "further": _fields(notice.further),
        "unknown": _fields(notice.unknown),
        "blanks": [{"concept": one.concept, "printed": one.printed, "reason": one.reason} for one in notice.blanks],
        "defects": [{"name": one.name, "concept": one.concept, "detail": one.detail} for one in notice.defects],
    }


def _subject(subject: Subject) -> Json:
    names = ("kind", "name", "code", "code_problem", "organization_code", "registration_number")
    return {name: _plain(getattr(subject, name)) for name in names}


def _term(term: Term) -> Json:
    names = ("ends_on", "basis", "rule", "counted_from", "least_until", "severity", "undated_days")
    return {name: _plain(getattr(term, name)) for name in names}


def _fields(fields: Iterable[PrintedField]) -> list[Json]:
    return [{"label": one.label, "value": one.value} for one in fields]


def _plain(value: object) -> object:
    """Return a value as JSON has it; a sum as text, since no binary number holds every hundredth."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value
