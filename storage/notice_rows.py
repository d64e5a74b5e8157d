"""The row of a notice: its columns, the keyed tags by which the same decision is known elsewhere, and the hash of what was read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from normalizers.notices.records import Colour, Defect, Notice, NoticeKind, SubjectKind
from normalizers.records import NORMALIZER_VERSION
from storage.days import LOCAL as LOCAL
from storage.days import local_day as local_day
from storage.identity import document_id, text_key
from storage.keyed import Keyring
from storage.notice_schema import REDUCED
from storage.records import NoticeRow
from storage.types import EXACT_DIGITS, to_json

Row = dict[str, Any]

ENDING_KINDS = (NoticeKind.REPAIR, NoticeKind.WITHDRAWAL)
_SAID = (
    "title", "number", "category", "violation", "facts", "basis", "content", "licence", "licence_number", "status", "remark",
    "decided_on", "valid_from", "valid_to", "published_on", "shown_until", "removed_on",
    "authority_code", "source_body", "list_name",
)  # fmt: skip
_AMOUNTS = ("fine_yuan", "confiscated_yuan", "amount_yuan")
_NOT_SAID = ("id", "url", "document_id", "listed_on", "day", "same_tag", "number_tag")
"""Columns that do not make a record another one when they change: where it stands, and tags of this store's key."""


def notice_id(tag: str) -> str:
    """Return the identifier of the notice whose record has this keyed tag (``Keyring.record_tag``): ``n`` and 64 bits of it in hex."""
    return "n" + tag[:16]


def is_adverse(kind: str, colour: str) -> bool:
    """Tell whether a record is to its subject's disadvantage: neither a permit nor an entry of a list of the trusted."""
    return kind != NoticeKind.PERMIT and colour != Colour.RED


def same_tag(keyring: Keyring, row: Row) -> str:
    """Return the tag of a decision: the same wherever it is published; empty where the record says too little to know it again."""
    number, listed = row["number_key"], row["list_key"] and row["decided_on"]
    if not (row["subject_key"] and (number or listed)):
        return ""
    # Lists of several authorities bear one name.
    named = ("number", number) if number else ("list", row["list_key"], row["authority_key"])
    return keyring.tag("decision", row["kind"], *named, row["subject_key"], str(row["decided_on"] or ""))


def number_tag(keyring: Keyring, kind: str, number_key: str, subject_key: str) -> str:
    """Return the tag of a decision's number and its subject's name, empty unless there are both.

    The kind is part of it: an entry of a list bears the number of the penalty it rests on, and each of the two ends by itself.
    """
    return keyring.tag("number", kind, number_key, subject_key) if number_key and subject_key else ""


def make_row(keyring: Keyring, given: NoticeRow) -> Row:
    """Return the row of a notice, without its clocks. Of a person or an individual business only what may be kept is in it."""
    row = _said(given)
    if given.notice.subject.kind is not SubjectKind.LEGAL:
        row |= {name: "" for name in REDUCED if name in row}
        row |= dict.fromkeys(_AMOUNTS) | {"further": [], "unknown": [], "blanks": []}
        row["defects"] = [defect | {"detail": ""} for defect in row["defects"]]
        row |= {"same_tag": "", "number_tag": ""}
    else:
        row |= {"same_tag": same_tag(keyring, row), "number_tag": number_tag(keyring, row["kind"], row["number_key"], row["subject_key"])}
    told = {name: value for name, value in row.items() if name not in _NOT_SAID}
    row["records_hash"] = hashlib.sha256(to_json(_plain(told)).encode()).hexdigest()
    place = given.location
    row |= {"file": place.file, "file_offset": place.offset, "file_length": place.length, "sha256": place.sha256}
    return row | {"normalizer_version": NORMALIZER_VERSION}


def _said(given: NoticeRow) -> Row:
    printed, notice = given.printed, given.notice
    region = notice.region or printed.region
    days = (notice.decided_on, notice.published_on, printed.listed_on, local_day(given.fetched_at))
    amounts, long = _amounts(notice)
    return {
        "id": notice_id(printed.key),
        "site": printed.site,
        "section": printed.section,
        "kind": str(notice.kind),
        "region": region if len(region) == 6 and region.isascii() and region.isdecimal() and region[0] != "0" else "",
        **_subject(notice),
        **_authority(notice),
        **{name: getattr(notice, name) for name in _SAID},
        "list_key": text_key(notice.list_name),
        "number_key": text_key(notice.number),
        "colour": str(notice.colour or ""),
        "day": next(day for day in days if day),
        "listed_on": printed.listed_on,
        **amounts,
        **_term(notice),
        "further": _dicts(notice.further),
        "unknown": _dicts(notice.unknown),
        "blanks": _dicts(notice.blanks),
        "defects": _dicts((*notice.defects, *long)),
        "url": printed.url,
        "document_id": document_id(printed.site, printed.document) if printed.document else None,
    }


def _subject(notice: Notice) -> Row:
    subject = notice.subject
    names = ("code", "code_problem", "organization_code", "registration_number")
    named = {"subject_kind": str(subject.kind), "subject_name": subject.name, "subject_key": text_key(subject.name)}
    return named | {name: getattr(subject, name) for name in names}


def _authority(notice: Notice) -> Row:
    found = notice.authority
    if found is None:
        names = {"authority_mention": "", "authority_key": "", "authority_name": None, "authority_id": None}
        return names | {"authority_resolved": False}
    key = text_key(found.name or found.mention)
    names = {"authority_mention": found.mention, "authority_key": key, "authority_name": found.name, "authority_id": found.id}
    return names | {"authority_resolved": found.resolved}


def _term(notice: Notice) -> Row:
    term = notice.term
    days = {"ends_on": term.ends_on, "term_from": term.counted_from, "term_least_until": term.least_until}
    return days | {"term_rule": term.rule, "term_basis": term.basis, "severity": str(term.severity)}


def _amounts(notice: Notice) -> tuple[Row, list[Defect]]:
    """Return the amounts that can be kept exactly, and a defect for each of the others."""
    found: Row = {name: getattr(notice, name) for name in _AMOUNTS}
    bad = [name for name, value in found.items() if value is not None and not _is_exact(value)]
    detail = f"the amount has more than {EXACT_DIGITS} digits and is not kept"
    return found | dict.fromkeys(bad), [Defect("amount-out-of-range", name.removesuffix("_yuan"), detail) for name in bad]


def _is_exact(value: Decimal) -> bool:
    return value.is_finite() and len(value.normalize().as_tuple().digits) <= EXACT_DIGITS and abs(value.adjusted()) <= EXACT_DIGITS


def _dicts(found: Iterable[Any]) -> list[Row]:
    return [asdict(one) for one in found]


def _plain(row: Row) -> Row:
    return {name: _text(value) if isinstance(value, (date, Decimal)) else value for name, value in row.items()}


def _text(value: date | Decimal) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value.normalize():f}"
