"""The quality report's figures computed by hand from the replica's truth: by region, site and month, and in all."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from statistics import median
from typing import Any

import chinese_calendar

from harvester.replica.records import RecordTruth
from tests.end_to_end.records import Harvest

NEEDS = {
    "permit": ("code", "authority", "number", "category", "content", "decided_on", "valid_to"),
    "penalty": ("code", "authority", "number", "category", "facts", "basis", "content", "decided_on", "shown_until"),
    "list-entry": ("code", "authority", "list_name", "date"),
    "defaulter": ("code", "authority", "number", "date"),
    "tax-case": ("code", "authority", "facts", "date"),
}
"""What a record of each kind has to tell besides its subject."""
OF_ANYBODY = ("authority", "category", "decided_on", "date")
"""What of it is kept of a natural person and an individual business."""
TOTAL = ("all", "all", "all")
Group = tuple[str, str, str]


def month(truth: RecordTruth, on: date) -> str:
    return (truth.decided_on or truth.published_on or on.isoformat())[:7]


def lacks(truth: RecordTruth) -> list[str]:
    """Return what a record should tell and does not."""
    told = {
        name: bool(getattr(truth, name)) for name in ("authority", "number", "category", "basis", "list_name", "decided_on", "shown_until")
    }
    told["code"] = bool(truth.code or truth.organization_code or truth.registration_number)
    told["facts"] = bool(truth.facts or truth.violation)
    told["content"] = bool(truth.content or truth.licence)
    told["date"] = bool(truth.decided_on or truth.published_on)
    told["valid_to"] = bool(truth.valid_to) or any(reason == "no-end" for _, _, reason in truth.blanks)
    wanted = [name for name in NEEDS[truth.kind] if truth.subject_kind == "legal" or name in OF_ANYBODY]
    return [name for name in wanted if not told[name]]


def twice(shown: list[RecordTruth], on: date) -> set[str]:
    """Return the sound codes of two names at a time: some day of the one lies within the days of the other."""
    days: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for each in shown:
        if each.subject_kind == "legal" and each.code and not each.code_problem:
            days[each.code][each.subject_name].append(each.decided_on or each.published_on or on.isoformat())
    spans = {code: [(min(found), max(found)) for found in names.values()] for code, names in days.items()}
    return {
        code
        for code, two in spans.items()
        if any(a != b and a[0] <= b[1] and b[0] <= a[1] for a in two for b in two) or len(two) > len(set(two))
    }


def working_days(first: str, last: str) -> int:
    """Return the working days after the first day up to and with the last."""
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    count, step = 0, 1 if day <= end else -1
    low, high = min(day, end), max(day, end)
    while low < high:
        low += timedelta(days=1)
        known = low.year <= max(chinese_calendar.holidays).year
        count += chinese_calendar.is_workday(low) if known else low.weekday() < 5
    return count * step


def by_hand(harvested: Harvest) -> dict[Group, dict[str, Any]]:
    """Return the figures by group, the total under ``TOTAL``."""
    shown, on = harvested.truth["shown"], harvested.on
    codes = twice(shown, on)
    found: dict[Group, Counter[str]] = defaultdict(Counter)
    delays: dict[Group, list[int]] = defaultdict(list)
    missing: dict[Group, Counter[str]] = defaultdict(Counter)
    for each in shown:
        for group in ((each.region, each.site, month(each, on)), TOTAL):
            figures = found[group]
            legal = each.subject_kind == "legal"
            figures["records"] += 1
            figures["legal"] += legal
            figures["coded"] += legal and bool(each.code)
            figures["valid"] += legal and bool(each.code) and not each.code_problem
            figures["wrong"] += legal and bool(each.code_problem)
            figures["duplicate"] += legal and each.code in codes
            figures["incomplete"] += bool(lacks(each))
            missing[group].update(lacks(each))
            if each.kind in ("permit", "penalty") and each.decided_on and each.published_on:
                delays[group].append(working_days(each.decided_on, each.published_on))
    return {group: told(figures, delays[group], missing[group]) for group, figures in found.items()}


def told(figures: Counter[str], delays: list[int], missing: Counter[str]) -> dict[str, Any]:
    coded, legal = figures["coded"], figures["legal"]
    counts = {name: figures[name] for name in ("records", "legal", "coded", "valid", "wrong", "duplicate", "incomplete")}
    return counts | {
        "coded_share": round(coded / legal, 4) if legal else None,
        "valid_share": round(figures["valid"] / legal, 4) if legal else None,
        "wrong_permille": round(figures["wrong"] * 1000 / coded, 4) if coded else None,
        "duplicate_permille": round(figures["duplicate"] * 1000 / coded, 4) if coded else None,
        "wrong_or_duplicate_permille": round((figures["wrong"] + figures["duplicate"]) * 1000 / coded, 4) if coded else None,
        "dated": len(delays),
        "prompt": sum(0 <= days <= 7 for days in delays),
        "prompt_share": round(sum(0 <= days <= 7 for days in delays) / len(delays), 4) if delays else None,
        "early": sum(days < 0 for days in delays),
        "delay_median": median(delays) if delays else None,
        "delay_longest": max(delays) if delays else None,
        "missing": dict(sorted(missing.items())),
    }
