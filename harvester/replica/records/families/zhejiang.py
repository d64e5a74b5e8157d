"""The older record programs of Zhejiang: script lists cut at dollar signs, a proxy asked by POST, everything in GBK.

Links end with a blank; two lists of ``black.js`` have one id.
"""

from __future__ import annotations

import json
import re
from typing import ClassVar

from harvester.replica.families.base import Page, Request
from harvester.replica.faults import Target, TargetKind
from harvester.replica.records.book import Record
from harvester.replica.records.families.base import RecordFamily, arguments, number
from harvester.replica.records.plan import SectionPlan

_PROXY = "/page/sgs/sgsProxy.jsp"
_LISTS = "/hmd/"
_DETAILS = re.compile(r"/sgs/(?P<code>permits|penalties)Detail\.do")
_IN_LINE = ("title", "number", "authority", "name", "decided_on")
_IN_LIST = ("name", "firm_name", "person_name", "code", "published_on", "decided_on")
_TWIN = "食品经营重点监管名单"
"""The list that bears the id of another one."""


class ZhejiangRecords(RecordFamily):
    """The Zhejiang family."""

    charset: ClassVar[str] = "gbk"
    html_type: ClassVar[str] = "text/html; charset=GBK"

    @property
    def lists(self) -> list[SectionPlan]:
        """Return the sections that are lists of ``black.js``."""
        return [plan for plan in self.facts.sections if plan.path == _LISTS]

    def route(self, request: Request) -> Target | None:
        """Return the target."""
        path, query = request.path, request.query
        detail = _DETAILS.fullmatch(path)
        if detail:
            return self.record_target(self.facts.section(detail["code"]), query.get("id", "").strip())
        for plan in self.facts.sections[:2]:
            if path == plan.path:
                return Target(TargetKind.OTHER, plan.code, shape="page")
            if path == _PROXY and request.form.get("id2") == plan.column:
                return self._proxy_target(plan, request)
        if path == "/js/black.js":
            return Target(TargetKind.OTHER, self.lists[0].code, shape="directory")
        return self._list_target(request) if path.startswith(_LISTS) else None

    def _proxy_target(self, plan: SectionPlan, request: Request) -> Target | None:
        """Return the target of the records from ``startrecord`` to ``endrecord``; ten pages of ``perpage`` make one page of a fault."""
        first, last = (number(request.query.get(name, ""), 0) for name in ("startrecord", "endrecord"))
        step = 10 * (number(request.query.get("perpage", ""), 0) or plan.page_size)
        if request.method != "POST" or not 1 <= first <= last:
            return None
        return self.list_target(plan, (first - 1) // step + 1, "proxy", first=str(first), last=str(min(last, first + step - 1)))

    def _list_target(self, request: Request) -> Target | None:
        query = request.query
        if request.path == f"{_LISTS}dishonestyDetail.do":
            record = self.book.get(query.get("zjid", ""))
            plan = next((p for p in self.lists if record and p.code == record.plan.code), self.lists[0])
            return self.record_target(plan, query.get("zjid", ""))
        wanted = query.get("tableId") or request.form.get("tabId", "")
        asked = next((plan for plan in self.lists if plan.column == wanted), None)
        if asked is None:
            return None
        if request.path == f"{_LISTS}dishonestyDetailx.do":
            return Target(TargetKind.OTHER, asked.code, shape="counts")
        return self._proxy_target(asked, request) if request.path == f"{_LISTS}dishonestyProxy.do" else None

    # --- pages ----------------------------------------------------------------------------------------------------

    def render_list(self, plan: SectionPlan, target: Target) -> Page:
        """Return a list's page, the directory of lists, the counts of one, or a script with records."""
        if target.shape == "page":
            total = len(self.book.listing(plan.code))
            return self.page("zhejiang_list", plan=plan, total=total, proxy=_PROXY)
        if target.shape == "directory":
            return self._directory()
        return self._counts(plan) if target.shape == "counts" else self._records(plan, target)

    def _directory(self) -> Page:
        first = self.lists[0]
        lines = [(plan.publisher, plan.list_name, "2025-11-03", plan.column) for plan in self.lists]
        lines.insert(2, (first.publisher, _TWIN, "2025-12-15", first.column))
        text = "var blackList = new Array();\n"
        text += "".join(f'blackList[{n}] = "black${"$".join(line)}";\n' for n, line in enumerate(lines))
        return Page(text.encode("gbk"), "application/javascript")

    def _counts(self, plan: SectionPlan) -> Page:
        heads = "".join(f"<td>{field.label}</td>" for field in plan.fields if field.concept in _IN_LIST)
        counts = {"retBuffer": heads, "perPage": plan.page_size, "totalNums": len(self.book.listing(plan.code))}
        return Page(json.dumps(counts, ensure_ascii=False).encode("gbk"), "text/html; charset=GBK")

    def _records(self, plan: SectionPlan, target: Target) -> Page:
        asked = arguments(target)
        first, last = int(asked["first"]), int(asked["last"])
        if target.items_page != target.page:
            first, last = 1, last - first + 1
        entries = [_entry(record) for record in self.book.listing(plan.code)[first - 1 : last]]
        text = f"var dataStore = [{','.join(json.dumps(entry, ensure_ascii=False) for entry in entries)}];"
        return Page(text.encode("gbk", "replace"), "text/html; charset=GBK")

    def render_record(self, record: Record, target: Target) -> Page:
        """Return a record's page: three cells a row for permits and penalties, two for lists."""
        full = record.plan.code == "penalties"
        pairs = [(each.label, each.text) for each in record.printed if not full or each.concept != "content"]
        content = next(((each.label, each.text) for each in record.printed if full and each.concept == "content"), None)
        template = "zhejiang_entry" if record.plan.path == _LISTS else "zhejiang_detail"
        return self.page(template, plan=record.plan, pairs=pairs, title=record.text("title"), content=content)


def _entry(record: Record) -> str:
    """Return a record's line in a script: values between dollar signs, then the link with its blank, or the id in front."""
    if record.plan.path == _LISTS:
        return "$".join(["E", record.key, *(each.text for each in record.printed if each.concept in _IN_LIST)])
    values = [each.text for each in record.printed if each.concept in _IN_LINE]
    return "$".join([*values, f"/sgs/{record.plan.code}Detail.do?id={record.key} "])
