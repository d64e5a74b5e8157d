"""The older record programs of Anhui: JSON lists of addresses and remote HTML lists, details in ``table.infor``, ``"null"`` for nothing.

Its challenge is a page 访问被拒绝 with status 200.
"""

from __future__ import annotations

import re
from typing import ClassVar

from harvester.replica.families.base import Page, Request
from harvester.replica.faults import Target, TargetKind
from harvester.replica.records.book import Record
from harvester.replica.records.families.base import RecordFamily, arguments, number
from harvester.replica.records.plan import SectionPlan
from harvester.replica.records.world import Party

_PROGRAM = "/api/doublePublicity/page.jspx"
_REMOTE = re.compile(r"/remote/(?P<code>[0-9]{1,6})/(?:index(?:_(?P<page>[0-9]{1,4}))?|(?P<key>[0-9A-F]{32}))\.htm")
_DETAIL = re.compile(r"/(?P<folder>DepartPublicity|AdministrativePenalty)/(?P<key>[0-9A-F]{32})\.htm")
_FIRMS = "/jbxxWzym/list"
_FIRM = "/jbxxWzym/queryByQymcAndtyxydm"
_INTERFACE = "/jbxxWzym/"
_FOLDERS = {"1": "DepartPublicity", "2": "AdministrativePenalty"}


class AnhuiRecords(RecordFamily):
    """The Anhui family."""

    challenge: ClassVar[str] = "challenge-refused"

    def route(self, request: Request) -> Target | None:
        """Return the target."""
        if request.path == _PROGRAM:
            plan = next(
                (plan for plan in self.facts.sections if plan.path == _PROGRAM and plan.column == request.query.get("type", "1")), None
            )
            size = str(min(number(request.query.get("pageSize", ""), 10), 50) or 10)
            return self.list_target(plan, number(request.query.get("pageNo", "1")), "program", size=size) if plan else None
        if request.path == _FIRMS:
            size = str(min(number(request.query.get("pageSize", ""), 10), 50) or 10)
            return self.list_target(self._interface[0], number(request.query.get("pageNum", "1")), "firms", size=size)
        if request.path == _FIRM:
            codes = [firm.code for firm in self._firms()]
            code = request.query.get("tyshxydm", "")
            place = codes.index(code) + 1 if code in codes else 0
            return Target(TargetKind.ARTICLE, self._interface[0].code, key=code, sequence=place, shape="firm")
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
        """Return a page of addresses, of firms, or of a remote list."""
        if target.shape == "firms":
            return self._firm_list(target)
        if target.shape:
            size = int(arguments(target)["size"])
            found = self.slice(plan, target.items_page, size)
            rows = [{"url": _address(record), "title": record.text("title"), "name": record.text("name")} for record in found.records]
            counts = {"totalPage": max(1, -(-found.total // size)), "pageNo": target.page, "totalCount": found.total}
            return self.json({"page": counts, "data": rows})
        found = self.slice(plan, target.items_page, plan.page_size)
        entries = [(_address(record), record.text("name"), _shown_day(record)) for record in found.records]
        pages = max(1, -(-found.total // plan.page_size))
        return self.page("anhui_list", plan=plan, rows=entries, page=target.page, pages=pages, total=found.total)

    # --- the interface of firms -----------------------------------------------------------------------------------

    @property
    def _interface(self) -> list[SectionPlan]:
        return [plan for plan in self.facts.sections if plan.path == _INTERFACE]

    def _firms(self) -> list[Party]:
        """Return the firms that the interface has records of, each once, in the order of their codes."""
        found = {r.case.party.code: r.case.party for plan in self._interface for r in self.book.listing(plan.code)}
        return [found[code] for code in sorted(found)]

    def _firm_list(self, target: Target) -> Page:
        size = int(arguments(target)["size"])
        firms = self._firms()
        first = (target.items_page - 1) * size if target.items_page > 0 else len(firms)
        rows = [
            {
                **{"id": firm.code[::-1], "qymc": firm.name, "tyshxydm": firm.code, "zzjgdm": firm.organization_code},
                **{"gszch": firm.registration_number, "nsrsbh": "null", "jglx": "企业"},
            }
            for firm in firms[first : first + size]
        ]
        return self.json({"msg": "success", "code": 0, "data": {"total": len(firms), "rows": rows}})

    def respond(self, target: Target) -> Page | None:
        """Return the answer to a target; a firm's answer holds its records by kind, empty text where there are none."""
        if target.shape != "firm":
            return super().respond(target)
        data: dict[str, object] = {}
        for plan in self._interface:
            own = [record for record in self.book.listing(plan.code) if record.case.party.code == target.key]
            named = {"objectname": plan.list_name} if plan.list_name else {}
            rows = [{"objectid": r.key} | named | {each.label: each.text for each in r.printed} for r in own]
            data[plan.column] = rows or ""
        return self.json({"msg": "success", "code": 0, "data": data})

    # --- pages ----------------------------------------------------------------------------------------------------

    def render_record(self, record: Record, target: Target) -> Page:
        """Return a record's page."""
        return self.page("anhui_detail", plan=record.plan, pairs=[(each.label, each.text) for each in record.printed])


def _address(record: Record) -> str:
    if record.plan.path == _PROGRAM:
        return f"/{_FOLDERS[record.plan.column]}/{record.key}.htm"
    return f"{record.plan.path}{record.key}.htm"


def _shown_day(record: Record) -> str:
    return record.text("published_on") or record.text("decided_on")
