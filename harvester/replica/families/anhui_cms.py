"""安徽政务 CMS, as on fzggw.ah.gov.cn: GBK pages that declare gb2312, an empty ``li`` every sixth, FastDFS names for attachments."""

from __future__ import annotations

import re
from typing import ClassVar

from harvester.replica.document import AttachedFile, Entry, ReplicaDocument
from harvester.replica.families.base import Family, Page, Request, Section, digest, number_from, suffix
from harvester.replica.families.dress import Dress, dress
from harvester.replica.faults import Target

_STYLE = Dress(
    paragraph="text-indent: 2em; line-height: 200%;",
    right="text-align: right; text-indent: 2em;",
    span="font-size: 16pt; font-family: 仿宋_GB2312;",
)


class AnhuiCms(Family):
    """The Anhui family."""

    charset: ClassVar[str] = "gbk"
    challenge: ClassVar[str] = "challenge-refused"
    html_type: ClassVar[str] = "text/html; charset=gb2312"

    def identify(self, document: ReplicaDocument, salt: str) -> str:
        """Return nine digits."""
        return "146" + number_from(6, self.facts.id, document.title, document.listed_on, salt)

    def article_path(self, entry: Entry) -> str:
        """Return ``/ywdt/tzgg/<id>.html``."""
        return f"{self.facts.section(entry.document.section).path}{entry.key}.html"

    def file_path(self, entry: Entry, index: int, file: AttachedFile) -> str:
        """Return a FastDFS address, whose name says nothing of the file."""
        mark = digest(entry.key, index, file.name)
        return f"/group6/M00/{mark[:2].upper()}/{mark[2:4].upper()}/wKg8{mark[4:27]}.{suffix(file.name)}"

    def route(self, request: Request) -> Target | None:
        """Return the target: the list is static on its first page and answered by the column program from then on."""
        for section in self.facts.sections:
            if request.path in (section.path, section.path + "index.html"):
                return self.list_target(section, 1)
            if request.path == f"/content/column/{section.column}":
                page = request.query.get("pageIndex", "1")
                return self.list_target(section, int(page), "program") if re.fullmatch("[0-9]{1,4}", page) else None
        if request.path.startswith("/group6/"):
            return self.file_target(request.path)
        return self.article_target(request.path)

    def render_list(self, section: Section, target: Target) -> Page:
        """Return a list page."""
        items = [(self.article_path(entry), entry) for entry in self.items(section, target.items_page)]
        total = len(self.register.listing(section.code))
        modified = None if target.shape else self.register.changed
        pages = self.pages(section)
        return self.page("list", modified, section=section, items=items, page=target.page, pages=pages, total=total)

    def render_article(self, entry: Entry, target: Target) -> Page:
        """Return an article page; attachments stand at the end of the body."""
        section = self.facts.section(entry.document.section)
        files = [(self.file_path(entry, index, file), file.name) for index, file in enumerate(entry.files)]
        body = dress(entry.document.body_html, _STYLE)
        return self.page("article", entry.modified, section=section, entry=entry, document=entry.document, body=body, files=files)
