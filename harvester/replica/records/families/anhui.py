"""The older record programs of Anhui: JSON lists of addresses and remote HTML lists, details in ``table.infor``, ``"null"`` for nothing.

Its challenge is a page 访问被拒绝 with status 200.
"""

from __future__ import annotations

import re
from typing import ClassVar

from harvester.replica.families.base import Page, Request
from harvester.replica.faults import Target
from harvester.replica.records.book import Record
from harvester.replica.records.families.base import RecordFamily, arguments, number
from harvester.replica.records.plan import SectionPlan

_PROGRAM = "/api/doublePublicity/page.jspx"
_REMOTE = re.compile(r"/remote/(?P<code>[0-9]{1,6})/(?:index(?:_(?P<page>[0-9]{1,4}))?|(?P<key>[0-9A-F]{32}))\.htm")
_DETAIL = re.compile(r"/(?P<folder>DepartPublicity|AdministrativePenalty)/(?P<key>[0-9A-F]{32})\.htm")
_FOLDERS = {"1": "DepartPublicity", "2": "AdministrativePenalty"}


class AnhuiRecords(RecordFamily):
    """The Anhui family."""

    challenge: ClassVar[str] = "challenge-refused"

    def route(self, request: Request) -> Target | None:
        """Return the target."""
        if request.path == _PROGRAM:
            plan = next((plan for plan in self.facts.sections if plan.column == request.query.get("type", "1") and plan.column), None)
            size = str(min(number(request.query.get("pageSize", ""), 10), 50) or 10)
            return self.list_target(plan, number(request.query.get("pageNo", "1")), "program", size=size) if plan else None
        detail = _DETAIL.fullmatch(request.path)
        if detail:
            column = next(column for column, folder in _FOLDERS.items() if folder == detail["folder"])
            return self.record_target(next(plan for plan in self.facts.sections if plan.column == column), detail["key"])
        return self._remote_target(request)

    def _remote_target(self, request: Request) -> Target | None:
        found = _REMOTE.fullmatch(request.path)
        plan = next((plan for plan in self.facts.sections if found and plan.code == found["code"]), None)
        if found is None or plan is None:
            return None
        if found["key"]:
            return self.record_target(plan, found["key"])
        page = number(found["page"] or "1")
        pages = max(1, -(-len(self.book.listing(plan.code)) // plan.page_size))
        return self.list_target(plan, page) if 1 <= page <= pages else None

    def render_list(self, plan: SectionPlan, target: Target) -> Page:
        """Return a page of addresses, or a page of a remote list."""
        if target.shape:
            size = int(arguments(target)["size"])
            found = self.slice(plan, target.items_page, size)
            rows = [{"url": _address(record), "title": record.text("title"), "name": record.text("name")} for record in found.records]
            counts = {"totalPage": max(1, -(-found.total // size)), "pageNo": target.page, "totalCount": found.total}
            return self.json({"page": counts, "data": rows})
        found = self.slice(plan, target.items_page, plan.page_size)
        rows_ = [
            (_address(record), record.text("name"), record.text("published_on") or record.text("decided_on")) for record in found.records
        ]
        pages = max(1, -(-found.total // plan.page_size))
        return self.page("anhui_list", plan=plan, rows=entries, page=target.page, pages=pages, total=found.total)

    def render_record(self, record: Record, target: Target) -> Page:
        """Return a record's page."""
        return self.page("anhui_detail", plan=record.plan, pairs=[(each.label, each.text) for each in record.printed])


def _address(record: Record) -> str:
    if record.plan.column:
        return f"/{_FOLDERS[record.plan.column]}/{record.key}.htm"
    return f"{record.plan.path}{record.key}.htm"


def _shown_day(record: Record) -> str:
    return record.text("published_on") or record.text("decided_on")
