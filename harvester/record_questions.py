"""Questions that may show public records: codes of legal subjects as they are written, and what the audit log keeps of a question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from harvester import audited
from harvester.errors import WrongCall
from harvester.values import printable
from normalizers.codes import CodeCheck, CodeKind, identify
from storage.change_filters import ChangeFilters
from storage.notice_queries import NoticeFilters
from storage.store import Store

Row = dict[str, Any]


CODES = (CodeKind.CREDIT_CODE, CodeKind.ORGANIZATION_CODE, CodeKind.REGISTRATION_NUMBER)
"""The codes by which legal subjects are found."""
FEWEST_DIGITS = 5
"""Digits of the least damaged code that is still taken for one: nine letters are a word rather than a damaged organisation code."""


def is_subject(found: CodeCheck) -> bool:
    """Tell whether a code can be that of a legal subject; a unified code may fail its check, for sources print such codes."""
    return found.kind is CodeKind.CREDIT_CODE or (
        found.kind in CODES and (not found.failures or sum(map(str.isdigit, found.normal)) >= FEWEST_DIGITS)
    )


def normal_code(code: str) -> str:
    """Return a code of a legal subject in its normal spelling; raises WrongCall for what is none, without repeating a personal number.

    It is a unified code, an organisation code (GB 11714) or a registration number (GS 15).
    """
    if not code:
        return ""
    found = identify(code)
    if found.personal and found.kind is not CodeKind.CREDIT_CODE:
        raise WrongCall("that looks like a number of a natural person; records are found by the unified codes of legal subjects only.")
    if found.personal:
        # "Nothing found" would say something of it: that is not known, since nothing is kept by such a code.
        raise WrongCall(
            "that is the code of an individual business, which is treated as a person: nothing is kept or found by such a code."
        )
    if not is_subject(found):
        raise WrongCall(
            f"'{printable(code)}' is no unified social credit code (18 characters), organisation code (9)"
            " or registration number (15 digits); see `harvester codes`."
        )
    return found.normal


def logged(wanted: NoticeFilters) -> dict[str, object]:
    """Return the filters of a question for the log."""
    values = {name: getattr(wanted, name) for name in NoticeFilters.__dataclass_fields__}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items() if value}


def checked(code: str) -> dict[str, Any]:
    """Return what the tests of the standards say of a code."""
    found = identify(code)
    return {
        "valid": found.valid,
        "problem": found.problem,
        "warnings": [warning.name for warning in found.warnings],
        "organization_code": found.organization_code,
    }


def logged_changes(asked: ChangeFilters) -> Row:
    """Return the filters of a question to the feed for the log: those that are one value, words under the name that is kept as a tag."""
    told = {name: value for name, value in asked.as_json().items() if not isinstance(value, list)}
    return told | ({"words": told.pop("word")} if "word" in told else {})


def log_records(store: Store, actor: str, asked: ChangeFilters, rows: Sequence[Row]) -> None:
    """Log who is about to be shown public records; a question that can show none is nobody's business."""
    records = [{"id": row["entity_id"]} for row in rows if row["record"]]
    if records or asked.list_name or asked.colour or asked.record_kind or "notice" in asked.entities:
        audited.log(store, actor, "changes", logged_changes(asked), records)
