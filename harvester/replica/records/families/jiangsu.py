"""The record program of Jiangsu: tables whose rows open by ``onclick="detail('uk')"``, details of ``th`` and ``td``, a view counter.

A record that is not there is answered with an error page of status 200.
"""

from __future__ import annotations

import re

from harvester.replica.families.base import Page, Request
from harvester.replica.faults import Target
from harvester.replica.records.book import Record
from harvester.replica.records.families.base import RecordFamily, arguments, number
from harvester.replica.records.plan import SectionPlan

_PROGRAM = re.compile(r"(?P<folder>/[a-z0-9_/]{1,80}/)web(?P<cite>Cite)?(?P<page>PageList|Index|Detail)\.do")
_IN_ROW = ("name", "firm_name", "code", "any_code", "number", "decided_on", "published_on")
_SHOWN = 50
"""How many pages the lists say they show at most; more than any has."""


class JiangsuRecords(RecordFamily):
    """The Jiangsu family."""

    def route(self, request: Request) -> Target | None:
        """Return the target: a list by its folder and ``_type``, a record by its ``uk``."""
        found = _PROGRAM.fullmatch(request.path)
        if found is None:
            return None
        wanted = request.query.get("_type", "")
        plan = next((p for p in self.facts.sections if p.path == found["folder"] and p.column in ("", wanted)), None)
        if plan is None:
            return None
        if found["page"] == "Detail":
            return self.record_target(plan, request.query.get("uk", ""))
        size = min(number(request.query.get("pageSize", ""), plan.page_size), 100) or plan.page_size
        return self.list_target(
            plan, number(request.query.get("currPage", "1")), "fragment" if found["page"] == "PageList" else "", size=str(size)
        )

    def render_list(self, plan: SectionPlan, target: Target) -> Page:
        """Return a list: a fragment for the page programs, a whole page for the others."""
        size = int(arguments(target)["size"])
        found = self.slice(plan, target.items_page, size)
        columns = [field for field in plan.fields if field.concept in _IN_ROW]
        rows = [(record.key, [each.text for each in record.printed if each.concept in _IN_ROW]) for record in found.records]
        pages = max(1, -(-found.total // size))
        template = "jiangsu_fragment" if target.shape else "jiangsu_list"
        labels = [field.label for field in columns]
        return self.page(template, plan=plan, labels=labels, rows=rows, page=target.page, pages=pages, total=found.total, shown=_SHOWN)

    def render_record(self, record: Record, target: Target) -> Page:
        """Return a detail; the permits and penalties have two pairs in a row."""
        pairs = [(each.label, each.text) for each in record.printed]
        width = 2 if record.plan.column in ("al", "ap") else 1
        lines = [pairs[first : first + width] for first in range(0, len(pairs), width)]
        return self.page("jiangsu_detail", plan=record.plan, lines=lines, visits=self.visits(record.key))

    def missing(self, target: Target) -> Page | None:
        """Return the error page of status 200."""
        return self.page("jiangsu_error")
