"""The record programs of Shanghai: JSON by department within ten pages, the old grids with a detail call, HTML lists without a detail.

Everything is UTF-8; the JSON is declared ``text/html;charset=ISO-8859-1``. Some answers are empty at the first call.
"""

from __future__ import annotations

from harvester.replica.families.base import Page, Request
from harvester.replica.faults import Target
from harvester.replica.records.book import Record
from harvester.replica.records.families.base import RecordFamily, arguments, number
from harvester.replica.records.plan import SectionPlan

_DICTIONARY = "/credit-front/doublepublic/dictData"
_QUERY = "/credit-front/credit/query/"
_GRIDS = "/sh_xyxxzc/"
_DECLARED = "text/html;charset=ISO-8859-1"
_NUMBERS = ("fine", "confiscated")
_IN_GRID = ("number", "title", "name")


class ShanghaiRecords(RecordFamily):
    """The Shanghai family."""

    def route(self, request: Request) -> Target | None:
        """Return the target."""
        query = request.query
        if request.path == _DICTIONARY:
            return self._asked_list("column", query.get("type", ""), number(query.get("page", "1")), d=query.get("d", ""))
        if request.path == _QUERY:
            return self._asked_list("column", query.get("model", ""), number(query.get("page", "1")), keywords=query.get("keywords", ""))
        if request.path.startswith(_GRIDS):
            return self._grid_target(request)
        return None

    def _asked_list(self, attribute: str, wanted: str, page: int, **more: str) -> Target | None:
        plan = next((plan for plan in self.facts.sections if getattr(plan, attribute) == wanted), None)
        return self.list_target(plan, page, **more) if plan else None

    def _grid_target(self, request: Request) -> Target | None:
        for plan in self.facts.sections:
            if plan.path == request.path:
                rows = str(min(number(request.query.get("rows", "10"), 10), 200))
                return self.list_target(plan, number(request.query.get("page", "1")), rows=rows)
            if request.path == f"{_GRIDS}sgsinfo/get{plan.column}info.action":
                return self.record_target(plan, request.query.get(f"{plan.column}id", ""))
        return None

    # --- pages ----------------------------------------------------------------------------------------------------

    def render_list(self, plan: SectionPlan, target: Target) -> Page:
        """Return a page of one of the three kinds of lists."""
        if plan.path == _DICTIONARY:
            return self._dictionary(plan, target)
        return self._table(plan, target) if plan.path == _QUERY else self._grid(plan, target)

    def _dictionary(self, plan: SectionPlan, target: Target) -> Page:
        department = arguments(target)["d"]
        if self.is_lazy(f"{plan.code}|{department}|{target.page}"):
            return self.json({"depts": [], "list": [], "total": 0}, _DECLARED)
        departments = sorted({record.case.body.name for record in self.book.listing(plan.code)})
        found = self.slice(plan, target.items_page, plan.page_size, lambda record: department in ("", record.case.body.name))
        rows = [] if target.page > plan.cap else [_row(record) for record in found.records]
        return self.json({"depts": departments, "list": rows, "total": found.total}, _DECLARED)

    def _grid(self, plan: SectionPlan, target: Target) -> Page:
        size = int(arguments(target)["rows"])
        found = self.slice(plan, target.items_page, size)
        name = f"{plan.column}id"
        rows = [{name: r.key} | {p.label: p.text for p in r.printed if p.concept in _IN_GRID} for r in found.records]
        return self.json({"total": -(-found.total // size), "page": target.page, "gridModel": rows}, _DECLARED)

    def _table(self, plan: SectionPlan, target: Target) -> Page:
        asked = arguments(target)["keywords"]
        found = self.slice(plan, target.items_page, plan.page_size, lambda record: asked in record.text("name"))
        pages = min(max(1, -(-found.total // plan.page_size)), plan.cap)
        rows = [[p.text for p in r.printed] for r in found.records] if target.page <= plan.cap else []
        labels = [field.label for field in plan.fields]
        return self.page("shanghai_list", plan=plan, labels=labels, rows=rows, page=target.page, pages=pages, total=found.total)

    def render_record(self, record: Record, target: Target) -> Page:
        """Return a detail of the old system: an array with one object, for some ids empty at the first call."""
        if self.is_lazy(record.key):
            return self.json([], _DECLARED)
        name = f"{record.plan.column}id"
        return self.json([{name: record.key} | {each.label: each.text for each in record.printed}], _DECLARED)

    def missing(self, target: Target) -> Page | None:
        """Return the old system's answer for an id it does not have: an empty array."""
        return self.json([], _DECLARED)


def _row(record: Record) -> dict[str, object]:
    """Return a row of the dictionary; sums are numbers, what is empty is null."""
    row: dict[str, object] = {"id": record.key}
    for each in record.printed:
        row[each.label] = float(each.text) if each.concept in _NUMBERS and each.kept else each.text or None
    return row
