"""上海统一政务 CMS, as on credit.fgw.sh.gov.cn: static lists ``index_2.html``, articles under their day with 32 hex digits."""

from __future__ import annotations

import re

from harvester.replica.document import AttachedFile, Entry, ReplicaDocument
from harvester.replica.families.base import Family, Page, Request, Section, digest, suffix
from harvester.replica.families.dress import Dress, dress
from harvester.replica.faults import Target

_LIST = re.compile(r"(?P<path>/[a-z]+/)(?:index(?:_(?P<page>[0-9]{1,4}))?\.html)?")
_STYLE = Dress(
    paragraph="text-indent: 2em; line-height: 2em;",
    span="font-family: 仿宋_GB2312, FangSong; font-size: 16pt;",
)


class ShanghaiCms(Family):
    """The Shanghai family."""

    def identify(self, document: ReplicaDocument, salt: str) -> str:
        """Return 32 hex digits."""
        return digest(self.facts.id, document.section, document.title, document.listed_on, salt)

    def article_path(self, entry: Entry) -> str:
        """Return ``/<column>/<YYYYMMDD>/<32 hex>.html``."""
        return f"/{entry.document.section}/{entry.addressed_on:%Y%m%d}/{entry.key}.html"

    def file_path(self, entry: Entry, index: int, file: AttachedFile) -> str:
        """Return ``/cmsres/8b/<32 hex>/<32 hex>.<suffix>``."""
        return f"/cmsres/8b/{digest(entry.key, 'folder')}/{digest(entry.key, index, file.name)}.{suffix(file.name)}"

    def route(self, request: Request) -> Target | None:
        """Return the target: page 1 is ``index.html``, page N ``index_N.html``."""
        found = _LIST.fullmatch(request.path)
        if found:
            section = next((s for s in self.facts.sections if s.path == found["path"]), None)
            return section and self.list_target(section, int(found["page"] or 1))
        if request.path.startswith("/cmsres/"):
            return self.file_target(request.path)
        return self.article_target(request.path)

    def render_list(self, section: Section, target: Target) -> Page:
        """Return a list page; the pager is written by script from ``setPage``."""
        items = [(self.article_path(entry), entry) for entry in self.items(section, target.items_page)]
        return self.page(
            "list", self.register.changed, section=section, items=items, page=target.page, pages=self.pages(section), newest=items[:1]
        )

    def render_article(self, entry: Entry, target: Target) -> Page:
        """Return an article page with its attachments in ``div.xglj_list``."""
        section = self.facts.section(entry.document.section)
        files = [(self.file_path(entry, index, file), file.name) for index, file in enumerate(entry.files)]
        body = dress(entry.document.body_html, _STYLE)
        return self.page("article", entry.modified, section=section, entry=entry, document=entry.document, body=body, files=files)
