"""Fact sheets: what is known of a site, as data (``spiders/sites/<site>.toml``), checked when it is read.

Every selector says how sure we are of it: ``real page`` (a saved page of the live site was read), ``inferred``
(neighbouring evidence, another crawler's code) or ``assumed`` (a guess that ``harvester check`` has to settle).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from importlib.resources import files
from typing import Any, Generic, Protocol, Self, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

from spiders.promises import DEFAULT as PROMISED
from spiders.promises import PromiseError, Promises, read_promises
from spiders.schedule import DEFAULT, Schedule, ScheduleError, read_schedule
from spiders.sheet_kinds import FactSheetError as FactSheetError
from spiders.sheet_kinds import NoBaseError as NoBaseError
from spiders.sheet_kinds import check_kinds, check_limits, check_rules, need, parsed, read_toml, refuse_unknown

ARTICLE_FIELDS = ("title", "document_number", "issuers", "issued_on", "published_on", "source", "body", "facts", "attachments")
LIST_FIELDS = ("list", "item", "link", "date", "pager")
FAMILIES = ("anhui_cms", "hanweb_jcms", "hanweb_jpaas", "shanghai_cms", "sip_credit", "trs")
E = TypeVar("E", bound=StrEnum)
S = TypeVar("S", bound="AnySection")
SLUG = re.compile(r"[a-z][a-z0-9_]{0,31}")
REGION = re.compile(r"\d{6}")


class UnknownSiteError(LookupError):
    """There is no fact sheet of that name."""


class UnknownSectionError(LookupError):
    """The site's fact sheet names no such section."""


class SiteKind(StrEnum):
    """Whose site it is."""

    PROVINCIAL = "provincial"
    CITY = "city"
    NATIONAL = "national"


class Certainty(StrEnum):
    """What a selector rests on, from sure to unsure."""

    REAL_PAGE = "real page"
    INFERRED = "inferred"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to find something on a page: a CSS selector, an XPath relative to the item, or the name of a ``<meta>``."""

    css: str = ""
    xpath: str = ""
    meta: str = ""
    certainty: Certainty = Certainty.ASSUMED

    @property
    def expression(self) -> str:
        """Return the selector as written in the fact sheet."""
        return self.css or self.xpath or f"meta {self.meta}"


class AnySection(Protocol):
    """What every section of every sheet has: its id, its name and the path of its first page."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def name_zh(self) -> str: ...  # noqa: D102
    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def promises(self) -> Promises: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Limits:
    """What a crawl of this site never goes beyond: list pages a section, files an article, bytes a page or file, seconds a response."""

    list_pages: int = 500
    files: int = 200
    page_bytes: int = 8 * 1024 * 1024
    file_bytes: int = 64 * 1024 * 1024
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Section:
    """One list of a site (栏目): its first page, and ``pages``, the path of the others with ``{page}`` (2, 3, …) or ``{index}`` (1, 2, …).

    ``without_list`` marks a page that may have no list at all: then its absence is no failure, and there are no items.
    """

    id: str
    name_zh: str
    path: str
    pages: str = ""
    without_list: bool = False
    certainty: Certainty = Certainty.ASSUMED
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    promises: Promises = PROMISED


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSheet(Generic[S]):
    """What is known of any site. ``pace`` is in seconds between two requests to a host.

    ``hosts`` are the site's real hosts, the first one its own; ``base`` is where it is reached: the real address, a replica, or
    empty when no address is known. ``local`` tells that ``base`` was given by the caller.
    """

    id: str
    name: str
    name_zh: str
    kind: SiteKind
    region: str
    hosts: tuple[str, ...]
    base: str
    sections: tuple[S, ...]
    pace: float = 3.0
    charset: str = ""
    limits: Limits = Limits()
    schedule: Schedule = DEFAULT
    promises: Promises = PROMISED
    sources: tuple[str, ...] = ()
    local: bool = False

    def section(self, name: str) -> S:
        """Return the section ``name``; :class:`UnknownSectionError` names those there are."""
        for section in self.sections:
            if section.id == name:
                return section
        raise UnknownSectionError(f"{self.id} has no section {name!r}; it has {', '.join(s.id for s in self.sections)}")

    def url(self, path: str) -> str:
        """Return the absolute address of a path of the site."""
        return urljoin(self.base, path)

    def with_base(self, base: str) -> Self:
        """Return the sheet pointed to another address, such as a replica: scheme, host and port, no path."""
        parts = _split(base)
        if not parts or parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            raise NoBaseError(f"{base!r} is no base for {self.id}: give scheme, host and port only, like http://127.0.0.1:8001")
        return replace(self, base=f"{parts.scheme}://{parts.netloc}", local=True)

    def on_own_host(self) -> bool:
        """Tell whether ``base`` is an http(s) address on one of ``hosts``."""
        parts = _split(self.base)
        return parts is not None and parts.scheme in ("http", "https") and parts.hostname in self.hosts

    def localise(self, url: str) -> str:
        """Return ``url`` on ``base`` where it names the site: links of a replica stay on it, and http:// becomes the https:// it is."""
        parts, base = urlsplit(url), urlsplit(self.base)
        own = parts.hostname in self.hosts if self.local else parts.hostname == base.hostname and parts.port in (None, 80, 443)
        return parts._replace(scheme=base.scheme, netloc=base.netloc).geturl() if own else url

    def serves(self, url: str) -> bool:
        """Tell whether ``url`` lies on the site: the exact host and port of a given base, else one of its real hosts on its usual port."""
        parts = urlsplit(url)
        if parts.netloc == urlsplit(self.base).netloc:
            return True
        return not self.local and parts.hostname in self.hosts and parts.port in (None, 80, 443)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSheet(SiteSheet[Section]):
    """Everything a spider has to know of one site of documents."""

    family: str
    rules: Mapping[str, tuple[Rule, ...]]
    options: Mapping[str, str] = field(default_factory=dict)

    def find(self, what: str, section: Section | None = None) -> tuple[Rule, ...]:
        """Return the rules for a field, the section's own before the site's."""
        own = section.rules.get(what, ()) if section else ()
        return (*own, *self.rules.get(what, ()))


def load_sheet(site: str) -> FactSheet:
    """Return the fact sheet of a site; :class:`UnknownSiteError` names the sites there are."""
    if site not in site_ids():
        raise UnknownSiteError(f"there is no site {site}; the sites are {', '.join(site_ids())}")
    return read_sheet(read_toml("sites", site), site)


def site_ids() -> list[str]:
    """Return the ids of all sites that have a fact sheet, in alphabetical order."""
    return sorted(entry.name.removesuffix(".toml") for entry in (files("spiders") / "sites").iterdir() if entry.name.endswith(".toml"))


def sheets() -> list[FactSheet]:
    """Return every fact sheet, by id."""
    return [load_sheet(site) for site in site_ids()]


def read_sheet(text: str, name: str = "") -> FactSheet:
    """Return the fact sheet written in TOML; :class:`FactSheetError` says which key of which sheet is wrong, and how."""
    data = parsed(text, name)
    sheet = _build(data, name or str(data.get("id", "?")))
    _check(sheet, name)
    return sheet


def _build(data: dict[str, Any], name: str) -> FactSheet:
    allowed = {f.name for f in fields(FactSheet)} - {"local", "rules"} | {"list", "article"}
    refuse_unknown(data, allowed, name)
    need(data, ("id", "name", "name_zh", "kind", "region", "hosts", "base", "family", "sections"), name)
    check_kinds(data, name)
    rules = dict(_rules(data.get("list", {}), LIST_FIELDS, name)) | dict(_rules(data.get("article", {}), ARTICLE_FIELDS, name))
    limits = data.get("limits", {})
    check_limits(limits, name)
    refuse_unknown(limits, {f.name for f in fields(Limits)}, f"{name}, [limits]")
    promises = promises_in(data, name, PROMISED)
    return FactSheet(
        id=data["id"],
        name=data["name"],
        name_zh=data["name_zh"],
        kind=choice(SiteKind, data["kind"], f"{name}, kind"),
        region=data["region"],
        hosts=tuple(data["hosts"]),
        base=data["base"],
        family=data["family"],
        sections=tuple(_section(entry, name, promises) for entry in data["sections"]),
        rules=rules,
        pace=float(data.get("pace", 3.0)),
        charset=data.get("charset", ""),
        limits=Limits(**limits),
        schedule=schedule_in(data, name),
        promises=promises,
        options=dict(data.get("options", {})),
        sources=tuple(data.get("sources", ())),
    )


def _section(entry: dict[str, Any], name: str, promises: Promises) -> Section:
    where = f"{name}, section {entry.get('id', '?')}"
    refuse_unknown(entry, {"id", "name_zh", "path", "pages", "without_list", "certainty", "list", "promises"}, where)
    need(entry, ("id", "name_zh", "path", "certainty"), where)
    check_kinds(entry, where)
    return Section(
        id=entry["id"],
        name_zh=entry["name_zh"],
        path=entry["path"],
        pages=entry.get("pages", ""),
        without_list=bool(entry.get("without_list", False)),
        certainty=choice(Certainty, entry["certainty"], where),
        rules=dict(_rules(entry.get("list", {}), LIST_FIELDS, where)),
        promises=promises_in(entry, where, promises),
    )


def _rules(table: dict[str, Any], allowed: tuple[str, ...], where: str) -> Iterator[tuple[str, tuple[Rule, ...]]]:
    refuse_unknown(table, set(allowed), where)
    for key, entries in table.items():
        check_rules(entries, f"{where}, {key}")
        yield key, tuple(_rule(entry, f"{where}, {key}") for entry in entries)


def _rule(entry: dict[str, str], where: str) -> Rule:
    refuse_unknown(entry, {"css", "xpath", "meta", "certainty"}, where)
    ways = [entry.get(way, "") for way in ("css", "xpath", "meta")]
    if sum(bool(way) for way in ways) != 1 or "certainty" not in entry:
        raise FactSheetError(f"fact sheet {where}: a rule is one of css, xpath or meta, and its certainty; this is {entry!r}")
    css, xpath, meta = ways
    return Rule(css, xpath, meta, choice(Certainty, entry["certainty"], where))


def choice(kind: type[E], value: str, where: str) -> E:
    """Return the member of an enumeration that a sheet names; FactSheetError lists those there are."""
    try:
        return kind(value)
    except ValueError:
        raise FactSheetError(f"fact sheet {where}: {value!r} is none of {', '.join(kind)}") from None


def schedule_in(data: Mapping[str, Any], name: str) -> Schedule:
    """Return the table ``[schedule]`` of a sheet, the defaults where it has none. Raises FactSheetError."""
    try:
        return read_schedule(data.get("schedule", {}))
    except ScheduleError as error:
        raise FactSheetError(f"fact sheet {name}, [schedule]: {error}") from None


def promises_in(data: Mapping[str, Any], where: str, base: Promises) -> Promises:
    """Return the table ``promises`` of a sheet or of a section, which goes before ``base``. Raises FactSheetError."""
    try:
        return read_promises(data.get("promises", {}), base)
    except PromiseError as error:
        raise FactSheetError(f"fact sheet {where}, promises: {error}") from None


def _split(address: str) -> SplitResult | None:
    """Return the parts of an address, None where its host can be none (an open bracket, a sign that stands for another)."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _check(sheet: FactSheet, name: str) -> None:
    paged = [section.pages for section in sheet.sections if section.pages]
    checks = {
        f"id {sheet.id!r} must be a short lower-case word": bool(SLUG.fullmatch(sheet.id)),
        f"id {sheet.id!r} must be the name of its file": name in ("", sheet.id),
        f"region {sheet.region!r} must be a six-digit code of GB/T 2260": bool(REGION.fullmatch(sheet.region)),
        f"family {sheet.family!r} is none of {', '.join(FAMILIES)}": sheet.family in FAMILIES,
        "base must be empty or an http(s) address whose host is among hosts": sheet.base == "" or sheet.on_own_host(),
        f"pace {sheet.pace} must not be under 1 second": sheet.pace >= 1,
        "limits must be positive": min(getattr(sheet.limits, f.name) for f in fields(Limits)) > 0,
        "there must be sections, each with its own id": 0 < len(sheet.sections) == len({s.id for s in sheet.sections}),
        "the rules need at least list, item and body": all(sheet.rules.get(key) for key in ("list", "item", "body")),
        "a body is found by css, which the readers of documents use too": all(rule.css for rule in sheet.find("body")),
        "a section's path must begin with /": all(s.path.startswith("/") for s in sheet.sections),
        "a section's pages must hold page or index in braces": all("{page}" in p or "{index}" in p for p in paged),
    }
    for sentence, holds in checks.items():
        if not holds:
            raise FactSheetError(f"fact sheet {name or sheet.id}: {sentence}")
