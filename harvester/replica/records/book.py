"""The records of one site as it publishes them now: made once, then withdrawn, repaired, removed, restored or edited by a test."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from harvester.replica.records.cases import LAST_DAY, Case, Value, make_cases
from harvester.replica.records.plan import RecordSiteFacts, SectionPlan
from harvester.replica.records.printing import Printed, print_record

_CHANGED = date(2026, 11, 21)
"""The day of a withdrawal or repair that a test asks for without naming one."""

_NOTICES = {"repaired": "repair", "withdrawn": "withdrawal"}


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a site: its section, its place in the order of making, the site's key of it, what it says.

    ``printed`` is worked out once for each state. ``ended`` is ``withdrawn`` or ``repaired`` where the record itself says so,
    ``ended_by`` the same where another record of the site says it of this one.
    """

    plan: SectionPlan
    sequence: int
    key: str
    case: Case
    printed: tuple[Printed, ...]
    ended: str = ""
    ended_by: str = ""
    removed: bool = False

    def text(self, concept: str) -> str:
        """Return what is printed of a concept, empty where the section prints nothing of it."""
        return next((each.text for each in self.printed if each.concept == concept), "")

    @property
    def day(self) -> date:
        """Return the day by which lists are sorted."""
        days = (self.case.values.get(concept) for concept in ("decided_on", "published_on"))
        return next((day for day in days if isinstance(day, date)), LAST_DAY)


class RecordBook:
    """All records of one site. Safe for several threads."""

    def __init__(self, facts: RecordSiteFacts) -> None:
        self.facts = facts
        self._lock = threading.RLock()
        self._records = dict(_all_records(facts))
        self._lists: dict[str, list[Record]] = {}

    def listing(self, code: str) -> list[Record]:
        """Return a section's published records, newest first."""
        with self._lock:
            if code not in self._lists:
                own = [record for record in self._records.values() if record.plan.code == code and not record.removed]
                self._lists[code] = sorted(own, key=lambda record: (-record.day.toordinal(), record.sequence))
            return self._lists[code]

    def get(self, key: str) -> Record | None:
        """Return a published record by its key, ``None`` where there is none."""
        with self._lock:
            record = self._records.get(key)
            return None if record is None or record.removed else record

    def record(self, key: str) -> Record:
        """Return a record, a removed one too. An unknown key raises ``KeyError``."""
        with self._lock:
            if key not in self._records:
                raise KeyError(f"{self.facts.id} has no record {key}; .records() names those it has.")
            return self._records[key]

    def __iter__(self) -> Iterator[Record]:
        """Go through the published records in the order in which they were made."""
        with self._lock:
            return iter([record for record in self._records.values() if not record.removed])

    def remove(self, key: str) -> None:
        """Take a record off the site without a word."""
        self._put(replace(self.record(key), removed=True))

    def restore(self, key: str) -> None:
        """Publish a removed record again."""
        self._put(replace(self.record(key), removed=False))

    def edit(self, key: str, **concepts: Any) -> None:  # noqa: ANN401 (values of several types)
        """Change what a record says: texts, dates, Decimals, by the names of ``Notice``'s columns; ``None`` blanks one."""
        record = self.record(key)
        unknown = [name for name in concepts if name not in record.case.values]
        if unknown:
            raise ValueError(f"A record of {record.plan.code} says nothing of {unknown[0]}; it has {', '.join(record.case.values)}.")
        self._put(_reprinted(self.facts.id, record, concepts))

    def end(self, key: str, ended: str, on: date | None) -> None:
        """Let the site say that a record is withdrawn or repaired: on the record itself, or by a notice of its own that names it."""
        record, day = self.record(key), on or _CHANGED
        if record.plan.prints("removed_on", "removal_reason", "status"):
            self._put(replace(_reprinted(self.facts.id, record, end_values(record, ended, day)), ended=_told_end(record, ended)))
            return
        notices = next(
            (plan for plan in self.facts.sections if plan.kind == {"repaired": "repair", "withdrawn": "withdrawal"}[ended]), None
        )
        if notices is None or not record.plan.prints("number"):
            raise ValueError(f"{self.facts.id} has no way to say of a record of {record.plan.code} that it is {ended}; use remove_record.")
        sequence = sum(each.plan.code == notices.code for each in self._records.values())
        self._put(_notice_of(self.facts.id, notices, sequence, record, day))
        self._put(replace(record, ended_by=ended))

    def _put(self, record: Record) -> None:
        with self._lock:
            self._records[record.key] = record
            self._lists.clear()


def end_values(record: Record, ended: str, day: date) -> dict[str, Value]:
    """Return what a record says once it is withdrawn or repaired."""
    reason = "信用修复" if ended == "repaired" else "原决定已撤销"
    return {"removed_on": day, "removal_reason": reason, "status": "已修复" if ended == "repaired" else "撤销"}


def _told_end(record: Record, ended: str) -> str:
    """Return how a record ended as far as it tells: a day of removal alone does not say that it was a repair."""
    return ended if record.plan.prints("removal_reason", "status") else "withdrawn"


def _reprinted(site: str, record: Record, changes: dict[str, Any]) -> Record:
    case = replace(record.case, values={**record.case.values, **changes})
    return replace(record, case=case, printed=tuple(print_record(site, record.plan, record.sequence, case)))


@cache
def _all_records(facts: RecordSiteFacts) -> tuple[tuple[str, Record], ...]:
    """Return a site's records as they are at the start, by key. Some carry their end already, some are ended by others."""
    found: dict[str, Record] = {}
    for plan in facts.sections:
        if plan.kind not in ("repair", "withdrawal"):
            for sequence, case in enumerate(make_cases(facts, plan)):
                record = _ended_from_the_start(facts.id, _record(facts.id, plan, sequence, case))
                found[record.key] = record
    for plan in facts.sections:
        if plan.kind in ("repair", "withdrawal"):
            _add_notices(facts, plan, found)
    return tuple(found.items())


def _record(site: str, plan: SectionPlan, sequence: int, case: Case) -> Record:
    return Record(plan, sequence, _key(site, plan, sequence), case, tuple(print_record(site, plan, sequence, case)))


def _key(site: str, plan: SectionPlan, sequence: int) -> str:
    return hashlib.sha256(f"{site}|{plan.code}|{sequence}".encode()).hexdigest()[:32].upper()


def _ended_from_the_start(site: str, record: Record) -> Record:
    """Let every 37th record that can say so be withdrawn, every 53rd repaired, some months after its day."""
    ended = "withdrawn" if record.sequence % 37 == 20 else "repaired" if record.sequence % 53 == 30 else ""
    if not ended or not record.plan.prints("removed_on", "removal_reason", "status"):
        return record
    if record.plan.kind == "permit" and ended == "repaired":
        return record
    day = min(date.fromordinal(record.day.toordinal() + 120), LAST_DAY)
    return replace(_reprinted(site, record, end_values(record, ended, day)), ended=_told_end(record, ended))


def _add_notices(facts: RecordSiteFacts, plan: SectionPlan, found: dict[str, Record]) -> None:
    """Add the repairs or withdrawals of a site: each names an earlier penalty of a firm by its number."""
    ended = "repaired" if plan.kind == "repair" else "withdrawn"
    targets = [record for record in found.values() if record.plan.kind == "penalty" and record.case.party.kind == "legal"]
    targets = [record for record in targets if record.day >= date(2024, 1, 1) and record.day < date(2026, 7, 1) and not record.ended_by]
    for sequence, target in enumerate(targets[: plan.count]):
        notice = _notice_of(facts.id, plan, sequence, target, date.fromordinal(target.day.toordinal() + 130))
        found[notice.key] = notice
        found[target.key] = replace(target, ended_by=ended)


def _notice_of(site: str, plan: SectionPlan, sequence: int, target: Record, day: date) -> Record:
    case = target.case
    values: dict[str, Value] = {
        "number": case.values.get("number"),
        "list_name": case.values.get("list_name"),
        "decided_on": day,
        "named_on": target.day,
        "removal_reason": "录入有误" if sequence % 3 else "原决定被复议机关撤销",
    }
    return _record(site, plan, sequence, Case(case.party, case.body, values))
