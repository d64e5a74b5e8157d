"""Hints as the store keeps them, so that a payload can be derived again with what its page said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from normalizers.records import Hints

_DAYS = ("issued_on", "published_on")
_KNOWN = frozenset(field.name for field in fields(Hints))


def hints_to_json(hints: Hints) -> dict[str, Any]:
    """Return hints as JSON can hold them: days in ISO 8601."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(hints).items() if value}


def hints_from_json(data: Mapping[str, Any]) -> Hints:
    """Return the hints that ``hints_to_json`` wrote, of this program or an older one."""
    days = {name: date.fromisoformat(data[name]) for name in _DAYS if data.get(name)}
    known = {name: value for name, value in data.items() if name in _KNOWN}
    return Hints(**{**known, **days, "issuers": tuple(data.get("issuers", ()))})
