"""What the record families share: routing into the faults' targets, pages of lists, JSON and HTML answers."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from harvester.replica.families.base import Page, Request, templates
from harvester.replica.faults import Target, TargetKind
from harvester.replica.records.book import Record, RecordBook
from harvester.replica.records.plan import RecordSiteFacts, SectionPlan

LAZY_STEP = 9
"""Every how many addresses of a lazy program are answered with nothing the first time."""


class Slice(NamedTuple):
    """Some of a section's records, as one request asks for them, and how many there are in all."""

    records: Sequence[Record]
    total: int


class RecordFamily(ABC):
    """One program that serves the records of one site."""

    charset: ClassVar[str] = "utf-8"
    challenge: ClassVar[str] = "challenge-jsl"
    html_type: ClassVar[str] = "text/html;charset=UTF-8"

    def __init__(self, facts: RecordSiteFacts) -> None:
        self.facts = facts
        self.book = RecordBook(facts)
        self._asked: set[str] = set()
        self._visits: dict[str, int] = {}
        self._lock = threading.Lock()

    # --- what a family must say -----------------------------------------------------------------------------------

    @abstractmethod
    def route(self, request: Request) -> Target | None:
        """Return what a request asks for, ``None`` for an address that does not exist."""

    @abstractmethod
    def render_list(self, plan: SectionPlan, target: Target) -> Page:
        """Return a page of a list."""

    @abstractmethod
    def render_record(self, record: Record, target: Target) -> Page:
        """Return a record's own page."""

    def missing(self, target: Target) -> Page | None:
        """Return the page in place of a record that is not there; ``None``: the site's 404."""
        return None

    # --- what families share --------------------------------------------------------------------------------------

    def respond(self, target: Target) -> Page | None:
        """Return the answer to a target, ``None`` where its record is not published."""
        if target.kind is not TargetKind.ARTICLE:
            return self.render_list(self.facts.section(target.section), target)
        record = self.book.get(target.key)
        if record is None or record.plan.code != target.section:
            return self.missing(target)
        return self.render_record(record, target)

    def slice(self, plan: SectionPlan, page: int, size: int, keep: Callable[[Record], bool] | None = None) -> Slice:
        """Return one page of a section's records, pages counted from 1."""
        own = [record for record in self.book.listing(plan.code) if keep is None or keep(record)]
        return Slice(own[(page - 1) * size : page * size] if page > 0 else [], len(own))

    def list_target(self, plan: SectionPlan, page: int, shape: str = "", **arguments: str) -> Target:
        """Return the target of a list page."""
        return Target(TargetKind.LIST, plan.code, page, page, shape=shape, arguments=tuple(arguments.items()))

    def record_target(self, plan: SectionPlan, key: str) -> Target:
        """Return the target of a record's own page, also of one that is not there."""
        record = self.book.get(key)
        return Target(TargetKind.ARTICLE, plan.code, key=key, sequence=record.sequence + 1 if record else 0)

    def is_lazy(self, address: str) -> bool:
        """Tell whether this is the first call of an address that is answered with nothing the first time."""
        with self._lock:
            first = address not in self._asked
            self._asked.add(address)
        return first and sum(address.encode()) % LAZY_STEP == 0

    def visits(self, key: str) -> int:
        """Return how often a record's page was shown, this time included; it begins at a number of its own."""
        with self._lock:
            self._visits[key] = self._visits.get(key, sum(key.encode()) % 300) + 1
            return self._visits[key]

    def page(self, template: str, status: int = 200, **values: object) -> Page:
        """Return a page made from a template, in the family's charset."""
        text = templates().get_template(f"records/{template}.html").render(facts=self.facts, **values)
        return Page(text.encode(self.charset, "xmlcharrefreplace"), self.html_type, None, status)

    def json(self, value: object, content_type: str = "application/json;charset=UTF-8") -> Page:
        """Return a JSON answer in UTF-8."""
        return Page(json.dumps(value, ensure_ascii=False).encode(), content_type)


def number(text: str, default: int = 1, most: int = 100_000) -> int:
    """Return a whole number from an address, ``default`` for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 and int(text) <= most else default


def arguments(target: Target) -> dict[str, str]:
    """Return what a list was asked for."""
    return dict(target.arguments)
