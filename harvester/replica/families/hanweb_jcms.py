"""Hanweb 大汉 jcms, as on fzggw.jiangsu.gov.cn: records as XML text in the page, the rest by ``dataproxy.jsp``, everything twice."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from harvester.replica.document import AttachedFile, Entry, ReplicaDocument
from harvester.replica.families.base import Family, Page, Request, Section, digest, number_from, suffix
from harvester.replica.families.dress import Dress, dress
from harvester.replica.faults import Target, TargetKind

GROUP = 3
"""How many pages of records one answer carries (``groupSize``)."""

_DOWNLOAD = "/module/download/downfile.jsp"
_PROXY = "/module/web/jpage/dataproxy.jsp"
_STYLE = Dress(
    paragraph="margin: 0pt 0pt 0.0001pt; text-align: justify; text-indent: 32pt; line-height: 29pt;",
    paragraph_class="MsoNormal",
    span="font-family: 仿宋_GB2312; font-size: 16pt;",
    digits="font-family:Times New Roman",
)


class HanwebJcms(Family):
    """The classic Hanweb family. Page N of a list is the N-th group of 30 records; the first stands in the column page."""

    def identify(self, document: ReplicaDocument, salt: str) -> str:
        """Return eight digits."""
        return "11" + number_from(6, self.facts.id, document.title, document.listed_on, salt)

    def article_path(self, entry: Entry) -> str:
        """Return ``/art/<Y>/<M>/<D>/art_<column>_<id>.html``, month and day without leading zeros."""
        day = entry.addressed_on
        return f"/art/{day.year}/{day.month}/{day.day}/art_{entry.document.section}_{entry.key}.html"

    def file_path(self, entry: Entry, index: int, file: AttachedFile) -> str:
        """Return a download address whose file name is 32 hex digits."""
        return f"{_DOWNLOAD}?classid=0&filename={digest(entry.key, index, file.name)}.{suffix(file.name)}"

    def pages(self, section: Section) -> int:
        """Return how many groups the list has."""
        return max(1, -(-len(self.register.listing(section.code)) // (section.page_size * GROUP)))

    def items(self, section: Section, page: int) -> list[Entry]:
        """Return the records of the N-th group."""
        size = section.page_size * GROUP
        return self.register.listing(section.code)[(page - 1) * size : page * size]

    def route(self, request: Request) -> Target | None:
        """Return the target: column page, proxy, article or download."""
        for section in self.facts.sections:
            if request.path in (section.path, section.path.removesuffix("index.html")):
                return self.list_target(section, 1)
        if request.path == _PROXY:
            return self._proxy_target(request)
        if request.path == _DOWNLOAD:
            return self.file_target(f"{_DOWNLOAD}?classid=0&filename={request.query.get('filename', '')}")
        return self.article_target(request.path)

    def render_list(self, section: Section, target: Target) -> Page:
        """Return the column page or, for ``proxy``, the datastore alone."""
        listing = self.register.listing(section.code)
        values: dict[str, Any] = {"section": section, "twice_encoded": quote(quote(self.facts.name)), "true_total": len(listing) + 1}
        if target.shape != "proxy":
            values["items"] = [(self.article_path(entry), entry) for entry in self.items(section, target.items_page)]
            return self.page("list", self.register.changed, **values)
        size = section.page_size
        first, last = (int(value) for _, value in target.arguments)
        shift = (target.items_page - target.page) * size * GROUP
        values["items"] = [(self.article_path(entry), entry) for entry in listing[max(0, first - 1 + shift) : max(0, last + shift)]]
        page = self.page("proxy", None, pages=-(-len(listing) // size), **values)
        return page._replace(content_type="text/html;charset=UTF-8")

    def render_article(self, entry: Entry, target: Target) -> Page:
        """Return an article page in Word's clothes; attachments are links at the end of the body."""
        section = self.facts.section(entry.document.section)
        files = [(self.file_path(entry, index, file), file.name) for index, file in enumerate(entry.files)]
        body = dress(entry.document.body_html, _STYLE)
        return self.page("article", entry.modified, section=section, entry=entry, document=entry.document, body=body, files=files)

    def _proxy_target(self, request: Request) -> Target | None:
        """Return the target of a proxy call: records ``startrecord`` to ``endrecord``, or the ``page``-th ten of the linked form."""
        given = request.query | request.form
        section = next((s for s in self.facts.sections if s.code == given.get("columnid")), None)
        if section is None or given.get("unitid") not in (self.facts.more["unit"], self.facts.more["mobile_unit"]):
            return None
        numbers = [given.get(name, "") for name in ("startrecord", "endrecord", "page")]
        first, last, page = (int(number) if number.isascii() and number.isdigit() else 0 for number in numbers)
        if page and not first:
            first, last = (page - 1) * section.page_size + 1, page * section.page_size
        size = section.page_size * GROUP
        group = (max(first, 1) - 1) // size + 1
        last = min(last, first + size - 1)
        arguments = (("first", str(first)), ("last", str(last)))
        return Target(TargetKind.LIST, section.code, group, group, shape="proxy", arguments=arguments)
