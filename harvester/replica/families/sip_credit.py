"""诚信园区 as it was saved in 2016: BOM, ticker on every page, links by script, the article's date left empty, dates in lists only."""

from __future__ import annotations

import re

from harvester.replica.document import AttachedFile, Entry, ReplicaDocument
from harvester.replica.families.base import Family, Page, Request, Section, number_from, suffix
from harvester.replica.families.dress import Dress, dress
from harvester.replica.faults import Target, TargetKind

TICKER = 18
"""How many notices the ticker repeats on every page."""

_LIST = re.compile(r"/content(?P<code>[0-9]{1,4})_(?P<page>[0-9]{1,4})\.html")
_ARTICLES = "/content/queryOfPreview.action"
_STYLE = Dress(
    paragraph="TEXT-ALIGN: left; LINE-HEIGHT: 1.75em; TEXT-INDENT: 2em",
    centred="TEXT-ALIGN: center; LINE-HEIGHT: 1.75em",
    right="TEXT-ALIGN: right; LINE-HEIGHT: 1.75em; TEXT-INDENT: 2em",
    span="FONT-FAMILY: 宋体; FONT-SIZE: 18px",
)


class SipCredit(Family):
    """The family of the industrial park's credit site."""

    def identify(self, document: ReplicaDocument, salt: str) -> str:
        """Return seven digits."""
        return "19" + number_from(5, self.facts.id, document.section, document.title, document.listed_on, salt)

    def article_path(self, entry: Entry) -> str:
        """Return the address the script builds, without the date that changes at every click."""
        return f"{_ARTICLES}?contentId={entry.key}"

    def file_path(self, entry: Entry, index: int, file: AttachedFile) -> str:
        """Return an address in the upload folder of the day."""
        return f"/ImageStore/jsp/upload/{entry.addressed_on:%Y%m%d}/{number_from(17, entry.key, index, file.name)}.{suffix(file.name)}"

    def route(self, request: Request) -> Target | None:
        """Return the target: a list, a section page without a list, an article by id, a file."""
        found = _LIST.fullmatch(request.path)
        if found:
            return self._list_target(found["code"], int(found["page"]))
        if request.path == _ARTICLES or re.fullmatch(r"/condetail[0-9]{7}\.html", request.path):
            key = request.query.get("contentId") or request.path.removeprefix("/condetail").removesuffix(".html")
            return self.article_target(f"{_ARTICLES}?contentId={key}")
        return self.file_target(request.path) if request.path.startswith("/ImageStore/") else None

    def respond(self, target: Target) -> Page | None:
        """Return the answer to a target; section pages without a list are answered here too."""
        if target.shape == "bare":
            return self.page("bare", self.register.changed, ticker=self._ticker(), section_name=dict(target.arguments)["name"])
        return super().respond(target)

    def render_list(self, section: Section, target: Target) -> Page:
        """Return a list page."""
        return self.page(
            "list",
            self.register.changed,
            section=section,
            ticker=self._ticker(),
            items=self.items(section, target.items_page),
            page=target.page,
            pages=self.pages(section),
            total=len(self.register.listing(section.code)),
        )

    def render_article(self, entry: Entry, target: Target) -> Page:
        """Return an article page, made by a program at every call; its date field is empty."""
        section = self.facts.section(entry.document.section)
        host = "http://172.25.119.12:80" if entry.document.form == "private" else ""
        files = [(host + self.file_path(entry, index, file), file.name) for index, file in enumerate(entry.files)]
        body = dress(entry.document.body_html, _STYLE)
        return self.page("article", None, section=section, ticker=self._ticker(), document=entry.document, body=body, files=files)

    def encode(self, text: str) -> bytes:
        """Return a page's bytes, the byte order mark first."""
        return text.encode("utf-8-sig")

    def _list_target(self, code: str, page: int) -> Target | None:
        for each in self.facts.more["bare"]:
            if each["code"] == code and page == 1:
                return Target(TargetKind.OTHER, code, shape="bare", arguments=(("name", each["name"]),))
        section = next((s for s in self.facts.sections if s.code == code), None)
        return section and self.list_target(section, page)

    def _ticker(self) -> list[Entry]:
        return self.register.listing("474")[:TICKER]
