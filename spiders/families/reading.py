"""Reading that all families share: items of a list, pagers, and the fields of an article by the rules of a fact sheet."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin, urlsplit

from parsel import Selector, SelectorList

from spiders.factsheet import FactSheet, Rule, Section
from spiders.items import Article, Cause, ListItem, ListPage

from .attachments import read_attachments
from .facts import read_facts
from .nodes import attribute
from .pager import Pager, merge, plausible, read_pager, read_scripted_pager

_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})\s?[-/.年]\s?(0?[1-9]|1[0-2])\s?[-/.月]\s?(3[01]|[12]\d|0?[1-9])(?!\d)")
_NUMBER = r"[\u4e00-\u9fff]{2,16}\s?[〔\[［【（(]\s?(?:19|20)\d{2}\s?[〕\]］】）)]\s?第?\s?\d{1,5}\s?号"
_NUMBER_AT_END = re.compile(rf"(?:[（(]({_NUMBER})[）)]|\s({_NUMBER}))$")
_FOREIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufeff\ufffe\uffff]")
"""Characters that XML has no place for; lxml lets them into a tree and stumbles over them later."""
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{4000}")
_FLOODED_TAG = re.compile(r"""<([A-Za-z][\w:-]{0,40})(?:"[^"]*+"|'[^']*+'|[^<>"']){4000,}+""")
"""A tag of thousands of attributes: libxml2 compares each with all before it. A quoted value, a picture, counts as one character."""
_STEERING = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that steer a terminal or turn the direction of writing: no part of a title, whoever put them there."""
LONGEST_KEY = 200
"""Characters of a document's key; ids of content management systems have up to 32."""
_ARTICLE_WRAPPER = re.compile(r"^【(.*)】\s*-[^-]*$")


class PageError(ValueError):
    """A page is not what it should be; ``cause`` names why."""

    cause: Cause


class NoListError(PageError):
    """A list page without its list container: the site changed, or something else answered."""

    cause = Cause.NO_LIST


class NoBodyError(PageError):
    """An article page without its body container: the site changed, or something else answered."""

    cause = Cause.NO_BODY


@dataclass(frozen=True, slots=True)
class ListRequest:
    """One request for a page of a list; ``form`` is what a POST sends, ``page`` counts the requests of a section from 1."""

    url: str
    page: int
    form: tuple[tuple[str, str], ...] = ()


def parse(text: str) -> Selector:
    """Return the page as a tree; text that is no markup at all gives an empty one. Tags of endless attributes lose them."""
    if _LONG_TAG.search(text):
        text = _FLOODED_TAG.sub(r"<\1", text)
    return Selector(text=_FOREIGN.sub("", text) or "<html></html>", type="html")


def line(text: str) -> str:
    """Return ``text`` on one line, runs of blanks as one, without characters that steer a terminal."""
    return " ".join(_STEERING.sub("", text).split())


def text_of(node: Selector) -> str:
    """Return the text of a node on one line: its own value for an attribute, without scripts and styles for an element."""
    if isinstance(node.root, str):
        return line(node.root)
    return line("".join(node.xpath(".//text()[not(parent::script or parent::style)]").getall()))


def read_date(text: str) -> date | None:
    """Return the first calendar day written in ``text`` (2026-08-27, 2026/8/27, 2026年8月27日), ``None`` when there is none."""
    for year, month, day in _DATE.findall(text):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


_HITS: Counter[Rule] = Counter()


def taken_hits() -> Counter[Rule]:
    """Return how often each rule found something since this was asked last; pages are read one after the other."""
    found = _HITS.copy()
    _HITS.clear()
    return found


def apply(rule: Rule, node: Selector) -> SelectorList[Selector]:
    """Return what a rule finds below ``node``, and count it; metas are compared without regard to case (PubDate, pubdate)."""
    found = _apply(rule, node)
    if found:
        _HITS[rule] += 1
    return found


def _apply(rule: Rule, node: Selector) -> SelectorList[Selector]:
    if rule.css:
        return node.css(rule.css)
    if rule.xpath:
        return node.xpath(rule.xpath)
    wanted = rule.meta.lower()
    upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return node.xpath(f"//meta[translate(normalize-space(@name), '{upper}', '{upper.lower()}') = $name]/@content", name=wanted)


def first_text(rules: Iterable[Rule], node: Selector) -> str:
    """Return the first text that is not empty, the rules in their order."""
    return next((found for rule in rules for hit in apply(rule, node) if (found := text_of(hit))), "")


def find_first(rules: Iterable[Rule], node: Selector) -> tuple[Rule, SelectorList[Selector]] | None:
    """Return the first rule that finds anything, with what it found."""
    return next(((rule, found) for rule in rules if (found := apply(rule, node))), None)


# --- lists -------------------------------------------------------------------------------------------------------------


Convert = Callable[[str], str]
"""Turns an ``href`` into an address, or an address into a key."""


def read_items(
    containers: Iterable[Selector], url: str, sheet: FactSheet, section: Section, key: Convert, link: Convert = str
) -> Iterator[ListItem]:
    """Yield the items of list containers, each document once. ``link`` turns an ``href`` of the family into an address."""
    seen: set[str] = set()
    taken: set[object] = set()
    for container in containers:
        url = base_of(container, url)
        for node in (hit for rule in sheet.find("item", section) for hit in apply(rule, container)):
            if node.root in taken:  # where containers stand within one another: each would read the items of all those in it again
                continue
            taken.add(node.root)
            item = _item(node, url, sheet, section, key, link)
            if item and item.key not in seen:
                seen.add(item.key)
                yield item


def _item(node: Selector, url: str, sheet: FactSheet, section: Section, key: Convert, link: Convert) -> ListItem | None:
    found = find_first(sheet.find("link", section), node)
    anchor = found[1][0] if found else next(iter(node.xpath(".//a[@href]")), None)
    address = link(attribute(anchor, "href").strip()) if anchor is not None else ""
    target = join(url, address)
    if anchor is None or not target:
        return None
    target = sheet.localise(target)
    listed = read_date(first_text(sheet.find("date", section), node)) or _date_beside(node)
    return ListItem(key=key_of(target, sheet, key), url=target, title=_title(anchor), listed_on=listed)


def key_of(target: str, sheet: FactSheet, key: Convert) -> str:
    """Return the CMS id; for a page of the site without one its path, for a page elsewhere its address."""
    if not sheet.serves(target):
        return shortened(target)
    return shortened(key(target) or urlsplit(target)._replace(scheme="", netloc="").geturl() or "/")


def shortened(key: str, most: int = LONGEST_KEY) -> str:
    """Return a key of at most ``most`` characters: a longer one ends in 16 hex digits of its SHA-256."""
    return key if len(key) <= most else f"{key[: most - 17]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def base_of(node: Selector, url: str) -> str:
    """Return what the relative links of a page refer to: its ``<base href>``, else its own address (HTML, 2.4.3)."""
    return join(url, line(next(iter(node.xpath("(/html/head/base | /html/body//base)[1]/@href").getall()), ""))) or url


def join(url: str, address: str) -> str:
    """Return the absolute http(s) address without its fragment, or an empty string for anything else (javascript:, mailto:, #)."""
    if not address or address.startswith("#"):
        return ""
    try:
        target = urlsplit(urljoin(url, address))._replace(fragment="")
        _ = target.port
    except ValueError:  # an unclosed bracket in the host, or a port that is none
        return ""
    return target.geturl() if target.scheme in ("http", "https") and target.hostname else ""


def _title(anchor: Selector) -> str:
    shown, full = text_of(anchor), line(attribute(anchor, "title"))
    cut = shown.endswith(("...", "…"))
    return full if full and (cut or not shown or len(full) >= len(shown)) else shown


def _date_beside(node: Selector) -> date | None:
    return read_date(" ".join(node.xpath(".//text()[not(ancestor::a) and not(parent::script)]").getall()))


def list_containers(page: Selector, sheet: FactSheet, section: Section, url: str) -> SelectorList[Selector]:
    """Return the containers of a list; :class:`NoListError` when there is none and the section must have one."""
    found = find_first(sheet.find("list", section), page)
    if found:
        return found[1]
    if section.without_list:
        return SelectorList([])
    tried = ", ".join(rule.expression for rule in sheet.find("list", section))
    raise NoListError(f"{url} has no list: none of {tried} matches; run `harvester check {sheet.id}`")


def refuse_unread(
    items: Iterable[ListItem], containers: Iterable[Selector], url: str, sheet: FactSheet, key: Convert, link: Convert = str
) -> None:
    """Raise :class:`NoListError` where nothing was read of a list that links to documents: its lines are written in another way."""
    if any(True for _ in items):
        return
    addresses = (link(attribute(anchor, "href").strip()) for box in containers for anchor in box.xpath(".//a[@href]"))
    if any(key(join(url, address)) for address in addresses):
        tried = ", ".join(rule.expression for rule in sheet.rules.get("item", ()))
        raise NoListError(f"{url} has a list of which no line is read: none of {tried} matches; run `harvester check {sheet.id}`")


def pager_of(page: Selector, text: str, sheet: FactSheet, section: Section, size: int) -> Pager:
    """Return what a list page's pager says: its words where the fact sheet points to them, else its script."""
    words = " ".join(text_of(hit) for rule in sheet.find("pager", section) for hit in apply(rule, page))
    return merge(read_pager(words), plausible(read_scripted_pager(text), size))


def read_static_list(
    text: str, url: str, sheet: FactSheet, section: Section, key: Convert, *, link: Convert = str, asked: int = 1
) -> ListPage:
    """Return what a page that holds its list lists; raises NoListError.

    ``key`` gives the CMS id of an address, ``link`` the address of an anchor's ``href``, ``asked`` the page where no pager says it.
    """
    page = parse(text)
    containers = list_containers(page, sheet, section, url)
    items = tuple(read_items(containers, url, sheet, section, key, link))
    refuse_unread(items, containers, url, sheet, key, link)
    pager = pager_of(page, text, sheet, section, len(items))
    return ListPage(items, page=pager.page or asked, pages=pager.pages, total=pager.total)


def numbered(sheet: FactSheet, section: Section, page: ListPage) -> tuple[ListRequest, ...]:
    """Return the requests for the further pages of a section whose pages carry their number in the path."""
    if not section.pages:
        return ()
    last = page.pages if page.pages is not None else page.page + 1
    last = min(last, sheet.limits.list_pages)
    first = page.page + 1
    return tuple(ListRequest(sheet.url(section.pages.format(page=n, index=n - 1)), n) for n in range(first, last + 1))


# --- articles ----------------------------------------------------------------------------------------------------------


def read_fields(text: str, url: str, sheet: FactSheet, key: str) -> Article:
    """Return the fields of an article page by the rules of its fact sheet, by metas and by labelled facts.

    :class:`NoBodyError` when none of the body rules matches.
    """
    page = parse(text)
    body = find_first(sheet.find("body"), page)
    if body is None:
        tried = ", ".join(rule.expression for rule in sheet.find("body"))
        raise NoBodyError(f"{url} has no body: none of {tried} matches; run `harvester check {sheet.id}`")
    facts = read_facts(hit for rule in sheet.find("facts") for hit in apply(rule, page))

    def field(name: str) -> str:
        return first_text(sheet.find(name), page) or facts.get(name, "")

    title = _unwrap(field("title")) or _unwrap(first_text((Rule(meta="ArticleTitle"), Rule(css="title")), page))
    boxes = [hit for rule in sheet.find("attachments") for hit in apply(rule, page)]
    return Article(
        title=title,
        body=body[0].css or body[0].xpath,
        document_number=field("document_number") or number_at_end(title),
        issuers=split_names(field("issuers")),
        issued_on=read_date(field("issued_on")),
        published_on=read_date(field("published_on")),
        source=field("source").removeprefix("来源：").strip(),
        attachments=read_attachments([*body[1], *boxes], base_of(page, url), sheet, key),
    )


def _unwrap(title: str) -> str:
    wrapped = _ARTICLE_WRAPPER.match(title)
    return wrapped[1] if wrapped else title


def number_at_end(title: str) -> str:
    """Return the document number (发文字号) that closes a title, in brackets or after a blank; elsewhere it may be another document's."""
    found = _NUMBER_AT_END.search(title)
    return (found[1] or found[2]) if found else ""


def split_names(text: str) -> tuple[str, ...]:
    """Return the names of bodies written in one field, in their order, each once."""
    return tuple(dict.fromkeys(name for name in re.split(r"[\s、,，;；]+", text) if name))
