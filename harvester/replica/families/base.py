"""What every replica family shares: the facts of its site, requests and pages, templates, lists in pages, attachments."""

from __future__ import annotations

import hashlib
import html
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from harvester.replica.document import AttachedFile, Entry, Register, ReplicaDocument
from harvester.replica.faults import Target, TargetKind
from harvester.replica.redesign import DESIGN, RedesignLoader


class Section(NamedTuple):
    """One section of a site: the code in its addresses, the name its pages print, where its list begins, how many lines a page holds.

    ``id`` is its name in the site's fact sheet where that differs from the code.
    """

    code: str
    name: str
    path: str
    page_size: int
    parent: str = ""
    column: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What ``sites.toml`` says of a site; ``more`` holds what only its family needs."""

    id: str
    family: str
    host: str
    name: str
    sections: tuple[Section, ...]
    more: Mapping[str, Any]

    def section(self, code: str) -> Section:
        """Return the section with this code or id, the first one for an empty code. An unknown code raises ``ValueError``."""
        for section in self.sections:
            if code in ("", section.code, section.id):
                return section
        raise ValueError(f"{self.id} has no section {code!r}; choose one of {', '.join(s.code for s in self.sections)}.")


@cache
def site_facts() -> dict[str, SiteFacts]:
    """Return the facts of all replica sites by id."""
    tables = tomllib.loads((files("harvester.replica") / "sites.toml").read_text(encoding="utf-8"))
    return {site: _facts(site, table) for site, table in tables.items()}


def _facts(site: str, table: dict[str, Any]) -> SiteFacts:
    sections = tuple(Section(**each) for each in table.pop("sections"))
    return SiteFacts(site, table.pop("family"), table.pop("host"), table.pop("name"), sections, table)


class Request(NamedTuple):
    """A request as a family sees it: query and form by name, the last value of a repeated name."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]

    @classmethod
    def read(cls, method: str, target: str, body: bytes = b"") -> Request:
        """Return the request for a request line's target and a form body."""
        parts = urlsplit(target)
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        return cls(method, unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True)), form)


class Page(NamedTuple):
    """An answer: ``modified`` is ``None`` for pages a program makes anew each time, which carry no validators."""

    body: bytes
    content_type: str
    modified: datetime | None = None
    status: int = 200


def templates() -> Environment:
    """Return the environment of the page templates in the design of the moment; a name missing in a page is an error."""
    return _environment(DESIGN.get())


@cache
def _environment(design: str) -> Environment:
    return Environment(
        loader=RedesignLoader(design) if design else PackageLoader("harvester.replica", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def digest(*parts: object) -> str:
    """Return 32 hex digits that depend on nothing but ``parts``."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]


def number_from(digits: int, *parts: object) -> str:
    """Return a decimal number of ``digits`` digits that depends on nothing but ``parts``."""
    return str(10 ** (digits - 1) + int(digest(*parts), 16) % (9 * 10 ** (digits - 1)))


class Family(ABC):
    """One content management system serving one site. Subclasses know addresses and markup; the register knows the documents."""

    charset: ClassVar[str] = "utf-8"
    challenge: ClassVar[str] = "challenge-jsl"
    html_type: ClassVar[str] = "text/html"

    def __init__(self, facts: SiteFacts) -> None:
        self.facts = facts
        self.register = Register(self.identify)
        self.chrome = ""
        self.left: dict[str, Page] = {}
        self.forwards: dict[str, str] = {}

    def publish(self, document: ReplicaDocument, modified: datetime | None = None) -> str:
        """Publish a document in its section and return its key."""
        section = self.facts.section(document.section)
        if section.code != document.section:
            document = replace(document, section=section.code)
        return self.register.add(document, modified)

    # --- what a family must say -----------------------------------------------------------------------------------

    @abstractmethod
    def identify(self, document: ReplicaDocument, salt: str) -> str:
        """Return the CMS id of a document without one; ``salt`` differs when the id before was taken."""

    @abstractmethod
    def article_path(self, entry: Entry) -> str:
        """Return the path, and query, of a document's page."""

    @abstractmethod
    def route(self, request: Request) -> Target | None:
        """Return what a request asks for, ``None`` for an address that does not exist."""

    @abstractmethod
    def render_list(self, section: Section, target: Target) -> Page:
        """Return a list page."""

    @abstractmethod
    def render_article(self, entry: Entry, target: Target) -> Page:
        """Return a document's page."""

    # --- what families share --------------------------------------------------------------------------------------

    def respond(self, target: Target) -> Page | None:
        """Return the answer to a target, ``None`` where its document has gone meanwhile."""
        if target.kind is TargetKind.LIST:
            return self.render_list(self.facts.section(target.section), target)
        entry = self.register.get(target.key)
        if entry is None:
            return None
        if target.kind is TargetKind.ARTICLE:
            return self.render_article(entry, target)
        file = entry.files[target.file_index]
        return Page(file.data, file.media_type, entry.modified)

    def pages(self, section: Section) -> int:
        """Return how many pages a section's list has, at least one."""
        return max(1, -(-len(self.register.listing(section.code)) // section.page_size))

    def items(self, section: Section, page: int) -> list[Entry]:
        """Return the lines of one page of a section's list, pages counted from 1."""
        first = (page - 1) * section.page_size
        return self.register.listing(section.code)[first : first + section.page_size]

    def list_target(self, section: Section, page: int, shape: str = "") -> Target | None:
        """Return the target of a list page, ``None`` for a page the list does not have."""
        return Target(TargetKind.LIST, section.code, page, page, shape=shape) if 1 <= page <= self.pages(section) else None

    def article_target(self, path: str) -> Target | None:
        """Return the target of the document whose page has this address."""
        entry = next((entry for entry in self.register if self.article_path(entry) == path), None)
        return None if entry is None else Target(TargetKind.ARTICLE, entry.document.section, key=entry.key, sequence=entry.sequence)

    def file_path(self, entry: Entry, index: int, file: AttachedFile) -> str:
        """Return the address of an attachment."""
        raise NotImplementedError

    def file_target(self, path: str) -> Target | None:
        """Return the target of the attachment that has this address."""
        for entry in self.register:
            for index, file in enumerate(entry.files):
                if self.file_path(entry, index, file) == path:
                    return Target(TargetKind.ATTACHMENT, entry.document.section, key=entry.key, file_index=index, sequence=entry.sequence)
        return None

    def page(self, template: str, modified: datetime | None, **values: object) -> Page:
        """Return a page made from a template of this family, in the family's charset; ``chrome`` stands at its end."""
        text = templates().get_template(f"{self.facts.family}/{template}.html").render(facts=self.facts, **values)
        if self.chrome:
            text = text.replace("</body>", f'<div class="bottom">{html.escape(self.chrome)}</div>\n</body>')
        return Page(self.encode(text), self.html_type, modified)

    def encode(self, text: str) -> bytes:
        """Return a page's bytes."""
        return text.encode(self.charset, "xmlcharrefreplace")


def suffix(name: str) -> str:
    """Return a file name's suffix in lower case without the dot, ``bin`` where it has none."""
    _, dot, end = name.rpartition(".")
    return end.lower() if dot else "bin"
