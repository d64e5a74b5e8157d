"""Hanweb jpaas, as on fzggw.zj.gov.cn: a column page without items, a unit API with HTML inside JSON, addresses of two ages."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from typing import Any
from urllib.parse import quote

from harvester.replica.document import AttachedFile, Entry, ReplicaDocument
from harvester.replica.families.base import Family, Page, Request, Section, SiteFacts, digest, number_from, templates
from harvester.replica.families.dress import Dress, dress
from harvester.replica.faults import Target, TargetKind

_UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_DOWNLOAD = "/api-gateway/jpaas-web-server/front/document/download"
_CUT = 29
"""After how many characters the list cuts a title."""

_STYLE = Dress(
    paragraph="text-indent:43px;line-height:37px",
    span="font-size:21px;font-family:仿宋_GB2312",
    right="text-align:right;line-height:37px",
)


class HanwebJpaas(Family):
    """The newer Hanweb family."""

    def __init__(self, facts: SiteFacts) -> None:
        super().__init__(facts)
        self._traces = itertools.count(1)

    def identify(self, document: ReplicaDocument, salt: str) -> str:
        """Return 32 hex digits, for documents from before the change of system seven digits."""
        parts = (self.facts.id, document.title, document.listed_on, salt)
        return "2" + number_from(6, *parts) if document.form == "old" else digest(*parts)

    def article_path(self, entry: Entry) -> str:
        """Return the address of either age; the column in it is not the column listed."""
        column, day = self.facts.more["article_column"], entry.addressed_on
        if entry.key.isdigit() and len(entry.key) < 32:
            return f"/art/{day.year}/{day.month}/{day.day}/art_{column}_{entry.key}.html"
        return f"/col/col{column}/art/{day.year}/art_{entry.key}.html"

    def file_path(self, entry: Entry, index: int, file: AttachedFile) -> str:
        """Return an address behind the download gateway."""
        return f"{_DOWNLOAD}?fileUrl={quote(_opaque(entry, index), safe='')}&fileName={quote(file.name)}"

    def route(self, request: Request) -> Target | None:
        """Return the target: the unit call is page N of the list, the column page carries nothing."""
        if request.path == _UNIT:
            return self._unit_target(request)
        if request.path == _DOWNLOAD:
            return self._download_target(request)
        for section in self.facts.sections:
            if request.path in (section.path, section.path.removesuffix("index.html")):
                return Target(TargetKind.OTHER, section.code, shape="column")
        return self.article_target(request.path.replace("//", "/"))

    def respond(self, target: Target) -> Page | None:
        """Return the answer to a target; the column page is answered here too."""
        if target.shape == "column":
            section = self.facts.section(target.section)
            return self.page("column", self.register.changed, section=section, unit=digest(self.facts.id, section.code))
        return super().respond(target)

    def render_list(self, section: Section, target: Target) -> Page:
        """Return the unit's JSON: pages past the end are empty and say success, ``count`` is one more than there are links."""
        arguments = dict(target.arguments)
        size = int(arguments["pageSize"])
        listing = self.register.listing(section.code)
        first = (target.items_page - 1) * size
        items = [self._line(entry) for entry in listing[first : first + size]]
        repeats = len(listing) - len({entry.key for entry in listing})
        values = {"section": section, "items": items, "page": target.page, "size": size, "count": len(listing) + (0 if repeats else 1)}
        html = templates().get_template("hanweb_jpaas/unit.html").render(facts=self.facts, **values)
        answer: dict[str, Any] = {"roles": None, "permissions": None, "success": True, "message": "生成成功", "code": "200"}
        answer |= {"data": {"html": html}, "traceId": digest("trace", next(self._traces)), "messageType": 2}
        return Page(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode(), "application/json;charset=UTF-8")

    def render_article(self, entry: Entry, target: Target) -> Page:
        """Return an article page with the table of the information catalogue above the body."""
        section = self.facts.section(entry.document.section)
        files = [(self.file_path(entry, index, file), file.name) for index, file in enumerate(entry.files)]
        body = dress(entry.document.body_html, _STYLE)
        index_number = f"{entry.document.listed_on.year}-{number_from(10, entry.key)}"
        return self.page(
            "article",
            entry.modified,
            section=section,
            entry=entry,
            document=entry.document,
            body=body,
            files=files,
            path=self.article_path(entry),
            index_number=index_number,
        )

    def _line(self, entry: Entry) -> tuple[str, str, Entry]:
        path = self.article_path(entry)
        link = f"//{self.facts.host}{path}" if path.startswith("/art/") else path
        title = entry.document.title
        return link, title if len(title) <= _CUT + 3 else title[:_CUT] + "...", entry

    def _unit_target(self, request: Request) -> Target | None:
        section = next((s for s in self.facts.sections if s.code == request.query.get("pageId")), None)
        if section is None or request.query.get("webId") != self.facts.more["web_id"]:
            return None
        found = {
            name: re.search(rf'"{name}"\s*:\s*"?([0-9]{{1,4}})', request.query.get("paramJson", "")) for name in ("pageNo", "pageSize")
        }
        page, size = found["pageNo"], found["pageSize"]
        number = max(1, int(page[1])) if page else 1
        arguments = (("pageSize", str(min(100, max(1, int(size[1])))) if size else str(section.page_size)),)
        return Target(TargetKind.LIST, section.code, number, number, shape="unit", arguments=arguments)

    def _download_target(self, request: Request) -> Target | None:
        # A blank is what a plus sign becomes in a query that was not encoded.
        wanted = request.query.get("fileUrl", "").replace(" ", "+")
        for entry in self.register:
            for index in range(len(entry.files)):
                if _opaque(entry, index) == wanted:
                    return Target(TargetKind.ATTACHMENT, entry.document.section, key=entry.key, file_index=index, sequence=entry.sequence)
        return None


def _opaque(entry: Entry, index: int) -> str:
    """Return what looks like an encrypted path: 48 bytes in base64."""
    return base64.b64encode(hashlib.sha384(f"{entry.key}|{index}".encode()).digest()).decode()
