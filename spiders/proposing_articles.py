"""Selectors for an article page that its fact sheet no longer fits: where the text stands that is known of the document, and its facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lxml.etree import _Element
from parsel import Selector

from spiders.factsheet import FactSheet
from spiders.families import PageError, family
from spiders.families.attachments import read_attachments
from spiders.families.facts import read_facts
from spiders.families.reading import base_of, parse, read_date, split_names, text_of
from spiders.items import Article
from spiders.proposing import Found, rule
from spiders.rules import Written, with_rules
from spiders.selectors import first_fitting, found_by, selectors, tokens

SHINGLE = 6
"""Characters of the pieces by which a known text is found again on a page."""
LONGEST_COMPARED = 20_000
COVERED = 0.95
"""Share of a known text's pieces that its element on a page must hold; a counter or a date within the text may differ."""
BESIDE = 0.05
FEW = 12
"""Pieces that the element may hold beside the known text: so many, or this share of it; a title above a text is more."""
LINE = 60
MOST_BOXES = 3
MOST_TELLING = 8
MOST_ELEMENTS = 6000
LONGEST_FACTS = 1500
FACTS = ("document_number", "issuers", "issued_on", "published_on", "source")


@dataclass(frozen=True, slots=True)
class ArticleEvidence:
    """The text of an article page, its address, and what was read of that document before. ``body``: its text, blanks do not count."""

    text: str
    url: str
    key: str
    title: str
    body: str
    document_number: str = ""
    issuers: tuple[str, ...] = ()
    issued_on: date | None = None
    published_on: date | None = None
    source: str = ""
    files: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Page:
    evidence: ArticleEvidence
    tree: Selector
    sheet: FactSheet


def propose_article(pages: Sequence[ArticleEvidence], sheet: FactSheet) -> Found:
    """Return rules for the articles of a site, from pages that were not read of documents that are known."""
    told = [_Page(page, parse(page.text), sheet) for page in pages if len(squeezed(page.body)) > SHINGLE]
    # The shortest text first: what stands around a body weighs most beside it.
    told.sort(key=lambda page: len(page.evidence.body))
    if not told:
        return Found(reason="None of the kept pages is of a document whose text is known, so nothing says where a page's text is.")
    css = _body(told)
    if not css:
        return Found(reason="The known text was not found in one element of each page, or nothing names that element.")
    rules = [rule("", "body", css)]
    for field in (*("facts",) * MOST_BOXES, "title", *FACTS, "attachments"):
        wrong = [page for page in told if field in _wrong(page, with_rules(sheet, rules))]
        if wrong and (found := next(_ways(field, wrong, css, with_rules(sheet, rules)), "")):
            rules.append(rule("", field, found))
    return Found(tuple(_needed(rules, told, sheet)))


def _needed(rules: Sequence[Written], told: Sequence[_Page], sheet: FactSheet) -> list[Written]:
    """Return the rules that mend something; one that leaves a field as wrong as it was is left out."""
    kept = list(rules[:1])
    for one in rules[1:]:
        before = sum(len(_wrong(page, with_rules(sheet, kept))) for page in told)
        if sum(len(_wrong(page, with_rules(sheet, [*kept, one]))) for page in told) < before:
            kept.append(one)
    return kept


def squeezed(text: str) -> str:
    """Return a text without blanks, at most as much of it as is compared."""
    return "".join(text.split())[:LONGEST_COMPARED]


def shingles(text: str) -> set[str]:
    """Return the pieces of a text by which it is found again."""
    found = squeezed(text)
    return {found[at : at + SHINGLE] for at in range(max(1, len(found) - SHINGLE + 1))}


# --- the body ------------------------------------------------------------------------------------------------------------


def _body(told: Sequence[_Page]) -> str:
    for node in _bodies(told[0]):
        css = first_fitting(selectors(node), lambda css: all(_is_body(css, page) for page in told))
        if css:
            return css
    return ""


def _bodies(page: _Page) -> list[_Element]:
    """Return the elements that hold the known text and least beside it, those that the page names first."""
    wanted = shingles(page.evidence.body)
    found = next(iter(page.tree.xpath("//body")), None)
    node = found.root if found is not None else None
    scored: list[tuple[int, _Element]] = []
    while node is not None and len(scored) < MOST_ELEMENTS:
        scored.append((len(shingles(_all_text(node)) ^ wanted), node))
        node = next((child for child in node if isinstance(child.tag, str) and _covers(child, wanted)), None)
    best = min((score for score, _ in scored), default=0)
    return named_first([each for score, each in scored if score == best and each.tag != "body"])


def named_first(nodes: Sequence[_Element]) -> list[_Element]:
    """Return elements in their order, those with an id or a class of their own before the others."""
    return sorted(nodes, key=lambda node: not tokens(node))


def _covers(node: _Element, wanted: set[str]) -> bool:
    return len(shingles(_all_text(node)) & wanted) >= COVERED * len(wanted)


def _all_text(node: _Element) -> str:
    return text_of(Selector(root=node))


def _is_body(css: str, page: _Page) -> bool:
    found, wanted = found_by(css, page.tree), shingles(page.evidence.body)
    if len(found) != 1 or not _covers(found[0], wanted):
        return False
    return len(shingles(_all_text(found[0])) - wanted) <= FEW + BESIDE * len(wanted)


# --- the other fields ------------------------------------------------------------------------------------------------------


def _wrong(page: _Page, sheet: FactSheet) -> frozenset[str]:
    """Return the fields that a sheet does not read of a page as they are known; ``facts`` where one of the labelled ones is wrong."""
    try:
        read = family(sheet.family).read_article(page.evidence.text, page.evidence.url, sheet)
    except PageError:
        return frozenset({"body"})
    wrong = differing(read, page.evidence)
    return wrong | {"facts"} if wrong & set(FACTS) else wrong


def differing(read: Article, known: ArticleEvidence) -> frozenset[str]:
    """Return the fields in which an article differs from what is known of it; what was never known cannot differ."""
    named = {name for name in ("title", *FACTS) if getattr(known, name) and getattr(read, name) != getattr(known, name)}
    return frozenset(named | ({"attachments"} if {file.key for file in read.attachments} != known.files else set()))


def _ways(field: str, wrong: Sequence[_Page], body: str, sheet: FactSheet) -> Iterator[str]:
    """Yield selectors for a field that fit every page on which it is wrong."""
    nodes = [list(_elements(page, body)) for page in wrong]
    facts: dict[str, frozenset[str]] = {}
    if field == "facts":
        # The box that says most of the wrong ones; what another box says is for the next rule.
        for page, each in zip(wrong, nodes, strict=True):
            lacking = _wrong(page, sheet)
            facts[page.evidence.url] = max((_said(node, page) & lacking for node in each), key=len, default=frozenset())
    telling = named_first([node for node in nodes[0] if _tells(field, node, wrong[0], facts)])[:MOST_TELLING]
    fitting = [first_fitting(selectors(node), lambda css: all(_fits(field, css, each, facts) for each in wrong)) for node in telling]
    # One name says more than a name within another.
    yield from sorted(filter(None, fitting), key=lambda css: " " in css)


def _elements(page: _Page, body: str) -> Iterator[_Element]:
    """Yield the elements outside the text, from the inside out."""
    inside = {each for box in found_by(body, page.tree) for each in box.iter()}
    every = [each for each in page.tree.root.iter() if isinstance(each.tag, str)][:MOST_ELEMENTS]
    yield from (each for each in reversed(every) if each not in inside and each.tag not in ("html", "head", "body", "script", "style"))


def _tells(field: str, node: _Element, page: _Page, facts: Mapping[str, frozenset[str]]) -> bool:
    known, words = page.evidence, _all_text(node)
    if field == "attachments":
        return bool(known.files) and _files(node, page) == known.files
    if field == "facts":
        return bool(facts[known.url]) and _said(node, page) >= facts[known.url]
    if field == "title":
        return words == known.title
    return _says(field, words, known)


def _says(field: str, words: str, known: ArticleEvidence) -> bool:
    """Tell whether an element's words are those of a field, read as a sheet's rule reads them."""
    value = getattr(known, field)
    if isinstance(value, date):
        return len(words) < LINE and read_date(words) == value
    if field == "issuers":
        return bool(value) and split_names(words) == value
    return bool(value) and words.removeprefix("来源：").strip() == value


def _said(node: _Element, page: _Page) -> frozenset[str]:
    """Return the labelled facts that an element says of those that are known; a long one is no box of facts."""
    if len(_all_text(node)) > LONGEST_FACTS:
        return frozenset()
    facts = read_facts([Selector(root=node)])
    return frozenset(name for name in FACTS if facts.get(name) and _says(name, facts[name], page.evidence))


def _files(node: _Element, page: _Page) -> frozenset[str]:
    boxes = [Selector(root=node)]
    base = base_of(page.tree, page.evidence.url)
    return frozenset(file.key for file in read_attachments(boxes, base, page.sheet, page.evidence.key))


def _fits(field: str, css: str, page: _Page, facts: Mapping[str, frozenset[str]]) -> bool:
    found = found_by(css, page.tree)
    if field == "attachments":
        return len(found) == 1 and _files(found[0], page) >= page.evidence.files
    if field == "facts":
        return len(found) == 1 and _said(found[0], page) >= facts[page.evidence.url]
    first = next((words for node in found if (words := _all_text(node))), "")
    return first == page.evidence.title if field == "title" else _says(field, first, page.evidence)
