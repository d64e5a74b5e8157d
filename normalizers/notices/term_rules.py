"""The rules of display terms as read from ``data/terms.toml``, and how a term of months and years is counted."""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from normalizers.notices.records import NoticeKind, Severity

_LENGTH = re.compile(r"([1-9][0-9]?)([my])\Z")
_MONTHS = {"m": 1, "y": 12}


def end_of_term(start: date, length: str) -> date:
    """Return the last day of a term of months (``3m``) or years (``3y``) that counts from a day, that day included.

    The first day doesn't count, the term ends with the day of the last month that has the same number, and with that month's last day
    where it has none (民法典 art. 201, 202). That a term for an act is longer when it ends on a holiday (art. 203) is left aside:
    nobody has to act. Raises ``ValueError`` for another length.
    """
    found = _LENGTH.match(length)
    if found is None:
        raise ValueError(f"{length!r} is no term: write 3m or 3y")
    month = start.month - 1 + int(found[1]) * _MONTHS[found[2]]
    year, month = start.year + month // 12, month % 12 + 1
    if year > date.max.year:
        return date.max
    return date(year, month, min(start.day, monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of ``terms.toml``; see its head for the fields."""

    id: str
    kinds: frozenset[NoticeKind]
    in_force: tuple[date, date]
    longest: Mapping[Severity, str]
    shortest: Mapping[Severity, str]
    stated: str
    shortest_in: str
    hidden: frozenset[str]
    authority: re.Pattern[str] | None
    list_name: re.Pattern[str] | None
    regions: tuple[str, ...]

    def last_day(self, start: date, severity: Severity, features: frozenset[str], *, stated: bool) -> date | None:
        """Return the last day on which this rule lets a record be shown that counts from ``start``; ``None`` when it never ends it.

        A rule does nothing before it is in force and after it was: a term that ends later is not ended by it.
        """
        end = self._end(start, severity, features, stated)
        first, last = self.in_force
        over = max(end + timedelta(days=1), first) if end < date.max else date.max
        return over - timedelta(days=1) if over <= last and over < date.max else None

    def _end(self, start: date, severity: Severity, features: frozenset[str], stated: bool) -> date:
        if self.hidden & features:
            return start - timedelta(days=1) if start > date.min else date.min
        return end_of_term(start, self.stated if stated and self.stated else self.longest[severity])


@dataclass(frozen=True, slots=True)
class PenaltyKind:
    """A kind of penalty: how texts say it, the class it gives, and whether it is mild, so that it gives the class slight alone."""

    id: str
    pattern: re.Pattern[str]
    severity: Severity | None
    mild: bool


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules in the order of the file."""
    return tuple(_rule(row) for row in _data()["rule"])


@cache
def penalty_kinds() -> tuple[PenaltyKind, ...]:
    """Return the kinds of penalties."""
    return tuple(
        PenaltyKind(row["id"], re.compile(row["pattern"]), Severity(row["severity"]) if "severity" in row else None, row.get("mild", False))
        for row in _data()["penalty"]
    )


@cache
def printed_classes() -> tuple[tuple[re.Pattern[str], Severity], ...]:
    """Return what a printed degree says, the first that is found decides."""
    return tuple((re.compile(row["pattern"]), Severity(row["severity"])) for row in _data()["printed"])


@cache
def word(name: str) -> re.Pattern[str]:
    """Return a pattern of ``[words]``."""
    return re.compile(_data()["words"][name])


def counted_from(kind: NoticeKind) -> tuple[str, ...]:
    """Return the concepts whose day a term counts from, the first one that a record tells."""
    orders = _data()["counted"]
    return tuple(orders.get(kind, orders["default"]))


def undated_days(kind: NoticeKind, *, stated: bool) -> int:
    """Return for how many days after its first sight an adverse record without any day may be shown, with or without a printed end."""
    return int(_data()["undated_days"]["stated" if stated else kind])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "data" / "terms.toml").read_text(encoding="utf-8"))


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        id=row["id"],
        kinds=frozenset(NoticeKind(kind) for kind in row["kinds"]),
        in_force=(row.get("from", date.min), row.get("to", date.max)),
        longest=_by_class(row["longest"]),
        shortest=_by_class(row.get("shortest", "")),
        stated=row.get("stated", ""),
        shortest_in=row.get("shortest_in", ""),
        hidden=frozenset(row.get("hidden", ())),
        authority=_pattern(row.get("authority")),
        list_name=_pattern(row.get("list")),
        regions=tuple(row.get("regions", ())),
    )


def _by_class(value: str | Mapping[str, str]) -> dict[Severity, str]:
    return {severity: value if isinstance(value, str) else value[severity] for severity in Severity}


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return re.compile(text) if text else None
