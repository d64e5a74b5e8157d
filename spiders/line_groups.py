"""The lines of a list on a page that is read by no rule yet: links to documents that stand alike, or side by side under one parent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from lxml.etree import _Element
from parsel import Selector

from spiders.factsheet import FactSheet
from spiders.families import family, link_of
from spiders.families.nodes import attribute
from spiders.families.reading import base_of, join, key_of, read_date, text_of
from spiders.selectors import tokens

LEAST_KNOWN = 2
"""Known documents that a page of a list must show: with one alone its line cannot be told from its list."""
MOST_ANCHORS = 3000
HIGHEST_PARENT = 8
"""Elements above an anchor that are tried as the parent of all lines."""
_VARYING = re.compile(r"[0-9a-f]{16,}|\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KnownLine:
    """What is known of a document that a list names: its title and the day by which it was listed."""

    title: str
    listed_on: date | None = None


@dataclass(frozen=True, slots=True)
class ListEvidence:
    """The text of a page of a list, its address, and the documents of its section by key.

    ``stated``: its pager used to say a number. ``usual`` are the lines that the last good page had, 0 where none was kept; ``foreign`` the
    documents that other sections of the site list and this one does not.
    """

    text: str
    url: str
    known: Mapping[str, KnownLine]
    stated: bool = False
    usual: int = 0
    foreign: Mapping[str, KnownLine] = field(default_factory=dict)


# --- the lines of a list -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link to a document: the document's key, the form of its address, and how it stands on the page."""

    node: _Element
    key: str
    form: str
    signature: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a list on one page: their anchors and items, and the element around them all."""

    anchors: tuple[Anchor, ...]
    items: tuple[_Element, ...]
    container: _Element


def lines_on(tree: Selector, page: ListEvidence, sheet: FactSheet, *, merged: bool = True) -> Lines | None:
    """Return the lines of the list on a page: of all groups of anchors the one that names most known documents, with their days.

    Anchors of one group stand alike, name for name. ``merged``: or side by side below one parent, whatever they are called.
    """
    anchors = list(anchors_of(tree, page.url, sheet))
    groups: dict[tuple[str, ...], list[Anchor]] = {}
    for anchor in anchors:
        groups.setdefault(anchor.signature, []).append(anchor)
    best: tuple[tuple[float, ...], Lines] | None = None
    for group in (*groups.values(), *(_siblings(anchors, page) if merged else ())):
        known = {anchor.key for anchor in group} & page.known.keys()
        if len(known) < LEAST_KNOWN:
            continue
        lines = _grouped(group)
        score = (len(_dated(lines, page)) >= len(known) / 2, len(known), len({anchor.key for anchor in group} - page.foreign.keys()))
        full = (*score, _titled(group, page))
        if best is None or full > best[0]:
            best = full, lines
    return best[1] if best else None


def _siblings(anchors: Sequence[Anchor], page: ListEvidence) -> Iterator[list[Anchor]]:
    """Yield the anchors below each parent of known ones, one from each of its children: a known one, or one of like address."""
    forms = {anchor.form for anchor in anchors if anchor.key in page.known}
    branches: dict[_Element, dict[_Element, list[Anchor]]] = {}
    for anchor in anchors:
        below = anchor.node
        for above in [*anchor.node.iterancestors()][:HIGHEST_PARENT]:
            if above.tag in ("body", "html"):
                break
            if anchor.form in forms:
                branches.setdefault(above, {}).setdefault(below, []).append(anchor)
            below = above
    for children in branches.values():
        # A child that holds two documents is a list of its own, and this is no parent of lines.
        if len(children) >= LEAST_KNOWN and all(len({anchor.key for anchor in inside}) == 1 for inside in children.values()):
            yield [_best_titled(inside, page) for inside in children.values()]


def _best_titled(inside: Sequence[Anchor], page: ListEvidence) -> Anchor:
    return max(inside, key=lambda anchor: _titled([anchor], page))


def anchors_of(tree: Selector, url: str, sheet: FactSheet) -> Iterator[Anchor]:
    """Yield the anchors that lead to documents, each with its key."""
    key, link = family(sheet.family).document_key, link_of(sheet)
    base = base_of(tree, url)
    for anchor in tree.xpath("//a[@href]")[:MOST_ANCHORS]:
        target = join(base, link(attribute(anchor, "href").strip()))
        if target and (found := key(sheet.localise(target))):
            yield Anchor(anchor.root, key_of(sheet.localise(target), sheet, key) or found, form_of(target), _signature(anchor.root))


def form_of(url: str) -> str:
    """Return the form of an address that :func:`join` gave: its path with every number alike."""
    return _VARYING.sub("0", urlsplit(url).path)


def _signature(node: _Element) -> tuple[str, ...]:
    steps = [f"{each.tag}{''.join(sorted(tokens(each)))}" for each in (node, *node.iterancestors())]
    return tuple(steps[:12])


def _grouped(group: Sequence[Anchor]) -> Lines:
    """Return like anchors as lines: the item of each is the highest element that holds no other of them."""
    holding: Counter[_Element] = Counter()
    for anchor in group:
        holding.update((anchor.node, *anchor.node.iterancestors()))
    items = []
    for anchor in group:
        item = anchor.node
        for above in anchor.node.iterancestors():
            if holding[above] > 1 or above.tag in ("body", "html"):
                break
            item = above
        items.append(item)
    around = [each for each in items[0].iterancestors() if holding[each] == len(group)]
    return Lines(tuple(group), tuple(items), around[0] if around else items[0])


def _dated(lines: Lines, page: ListEvidence) -> list[Anchor]:
    """Return the anchors whose item shows the day that is known of their document."""
    days = {anchor.key: page.known[anchor.key].listed_on for anchor in lines.anchors if anchor.key in page.known}
    return [
        anchor
        for anchor, item in zip(lines.anchors, lines.items, strict=True)
        if (day := days.get(anchor.key)) and any(read_date(text_of(Selector(root=each))) == day for each in smallest_first(item))
    ]


def smallest_first(item: _Element) -> Iterator[_Element]:
    """Yield the elements of a line from the inside out, those first that hold no other."""
    found = [each for each in item.iter() if isinstance(each.tag, str)][:60]
    yield from (each for each in found if not len(each))
    yield from (each for each in reversed(found) if len(each))


def _titled(group: Sequence[Anchor], page: ListEvidence) -> int:
    shown = ((text_of(Selector(root=anchor.node)).rstrip(".…"), page.known.get(anchor.key)) for anchor in group)
    return sum(bool(words and line and line.title.startswith(words)) for words, line in shown)
