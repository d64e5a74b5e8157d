"""TRS WCM, as on www.ndrc.gov.cn: pages counted from 0, separators and related readings inside the list, three dates that disagree."""

from __future__ import annotations

import re
from datetime import timedelta

from harvester.replica.document import AttachedFile, Entry, ReplicaDocument
from harvester.replica.families.base import Family, Page, Request, Section, number_from, suffix
from harvester.replica.families.dress import Dress, dress
from harvester.replica.faults import Target

_LIST = re.compile(r"(?:index(?:_(?P<page>[0-9]{1,4}))?\.html)?")
_STYLE = Dress(span="font-family: SimSun; font-size: 16px;", breaks=True)


class Trs(Family):
    """The TRS family."""

    def identify(self, document: ReplicaDocument, salt: str) -> str:
        """Return seven digits."""
        return "14" + number_from(5, self.facts.id, document.title, document.listed_on, salt)

    def article_path(self, entry: Entry) -> str:
        """Return ``…/YYYYMM/tYYYYMMDD_<id>.html``; the address bears the day after the shown one, when the page was built."""
        return f"{self._path(entry)}{_folder(entry)}/t{_built(entry)}_{entry.key}.html"

    def file_path(self, entry: Entry, index: int, file: AttachedFile) -> str:
        """Return ``…/YYYYMM/P0<YYYYMMDD><12 digits>.<suffix>``."""
        digits = number_from(12, entry.key, index, file.name)
        return f"{self._path(entry)}{_folder(entry)}/P0{_built(entry)}{digits}.{suffix(file.name)}"

    def route(self, request: Request) -> Target | None:
        """Return the target: the first page is ``index.html``, the second ``index_1.html``."""
        for section in self.facts.sections:
            found = _LIST.fullmatch(request.path.removeprefix(section.path)) if request.path.startswith(section.path) else None
            if found:
                return None if found["page"] == "0" else self.list_target(section, int(found["page"] or 0) + 1)
        if re.search(r"/P0[0-9]{20}\.", request.path):
            return self.file_target(request.path)
        return self.article_target(request.path)

    def render_list(self, section: Section, target: Target) -> Page:
        """Return a list page."""
        items = [(self.article_path(entry).replace(section.path, "./"), entry) for entry in self.items(section, target.items_page)]
        return self.page("list", self.register.changed, section=section, items=items, index=target.page - 1, pages=self.pages(section))

    def render_article(self, entry: Entry, target: Target) -> Page:
        """Return an article page with its attachments outside the body."""
        section = self.facts.section(entry.document.section)
        files = [("./" + self.file_path(entry, n, file).rpartition("/")[2], file.name) for n, file in enumerate(entry.files)]
        body = dress(entry.document.body_html, _STYLE)
        name = f"t{_built(entry)}_{entry.key}"
        return self.page(
            "article", entry.modified, section=section, entry=entry, document=entry.document, body=body, files=files, file_name=name
        )

    def _path(self, entry: Entry) -> str:
        return self.facts.section(entry.document.section).path


def _folder(entry: Entry) -> str:
    return f"{entry.addressed_on + timedelta(days=1):%Y%m}"


def _built(entry: Entry) -> str:
    return f"{entry.addressed_on + timedelta(days=1):%Y%m%d}"
