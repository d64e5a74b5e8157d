"""Selectors found in a page that its fact sheet no longer fits: what is known of its documents says where on the page they stand.

Pure: from the text of pages and what is known of them to rules. Whether a rule may be trusted is for the proof to say, which reads the
archived pages with it (``harvester.monitoring.proving``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from lxml.etree import _Element
from parsel import Selector

from spiders.factsheet import Certainty, FactSheet, Section
from spiders.families import PageError, family
from spiders.families.pager import read_pager
from spiders.families.reading import apply, parse, read_date, text_of
from spiders.items import ListPage
from spiders.line_groups import LEAST_KNOWN, Anchor, Lines, ListEvidence, lines_on, smallest_first
from spiders.rules import Written, with_rules
from spiders.selectors import first_fitting, found_by, selectors, tokens

MOST_ELEMENTS = 12000
LONGEST_PAGER = 400
EACH_CHILD = "./*[self::a or .//a]"
"""Lines of several tags, each a child of the box."""
DATED = 0.8
"""Share of the lines with a known day on which a rule for days must find just that day."""


@dataclass(frozen=True, slots=True)
class Found:
    """The rules that were found for a page, or in a sentence why there are none."""

    rules: tuple[Written, ...] = ()
    reason: str = ""


def rule(section: str, field: str, expression: str) -> Written:
    """Return a found rule as it is written: an XPath begins with ``./``, anything else is CSS."""
    way = "xpath" if expression.startswith("./") else "css"
    return {"section": section, "field": field, way: expression, "certainty": str(Certainty.INFERRED), "place": "before"}


def propose_list(pages: Sequence[ListEvidence], sheet: FactSheet, section: Section) -> Found:
    """Return rules for the list of a section, found by the documents known of it, from pages that were not read."""
    read = [(page, parse(family(sheet.family).markup(page.text) or page.text)) for page in pages]
    found = _propose(read, sheet, section, merged=True)
    # What stands beside the lines may be no line: then those that are called alike may still be told from it.
    return found if found.rules else _propose(read, sheet, section, merged=False)


def _propose(read: Sequence[tuple[ListEvidence, Selector]], sheet: FactSheet, section: Section, *, merged: bool) -> Found:
    lines = [(page, tree, lines_on(tree, page, sheet, merged=merged)) for page, tree in read]
    told = [(page, tree, found) for page, tree, found in lines if found is not None]
    if not told:
        return Found(reason=_no_lines(read, sheet))
    rules: list[Written] = []
    if not _has_container(told[0][1], told[0][2], sheet, section):
        if not (css := _container(told)):
            return Found(reason="The list was found, and nothing on the page names what is around it.")
        rules.append(rule(section.id, "list", css))
    scopes = [(tree, found) for _, tree, found in told]
    if not (item := _item(scopes)):
        return Found(reason="The list was found, and nothing tells its lines from what stands between them.")
    rules.append(rule(section.id, "item", item))
    rules += _within(told, sheet, section, item, rules)
    return Found(tuple(rules))


def _no_lines(read: Sequence[tuple[ListEvidence, Selector]], sheet: FactSheet) -> str:
    if not any(tree.xpath("//a[@href]") for _, tree in read):
        return (
            f"The pages hold no link at all: the list comes by another way than family {sheet.family} knows. "
            "That is no matter of selectors; give the site another family (docs/new_site.md)."
        )
    return (
        f"The pages name fewer than {LEAST_KNOWN} documents that are known of this section, so nothing says where its list is; "
        "the addresses of the documents may have changed, too."
    )


# --- their rules -----------------------------------------------------------------------------------------------------------

_Told = Sequence[tuple[ListEvidence, Selector, Lines]]


def _has_container(tree: Selector, lines: Lines, sheet: FactSheet, section: Section) -> bool:
    """Tell whether the sheet's own rules still find the list, and only its lines have another form."""
    boxes = [hit.root for one in sheet.find("list", section) for hit in apply(one, tree)]
    return bool(boxes) and all(any(box in item.iterancestors() for box in boxes) for item in lines.items)


def _container(told: _Told) -> str:
    """Return a selector for the element around the lines, or for one around it that holds no other links to documents."""
    keyed = {anchor.node for anchor in told[0][2].anchors}
    own = told[0][2].container
    for node in (own, *own.iterancestors()):
        if node.tag in ("body", "html"):
            break
        css = first_fitting(selectors(node), lambda css: all(_finds_around(css, tree, lines) for _, tree, lines in told))
        if css and (node is own or {each for each in node.iter("a") if each in keyed} == keyed):
            return css
    return ""


def _finds_around(css: str, tree: Selector, lines: Lines) -> bool:
    found = found_by(css, tree)
    return len(found) == 1 and all(found[0] in item.iterancestors() for item in lines.items)


def _item(scopes: Sequence[tuple[Selector, Lines]]) -> str:
    """Return what finds the lines in their container: a selector, or where lines hold lists of their own the way from tag to tag."""
    first = scopes[0][1]
    anchor, container = first.anchors[0].node, first.container
    inside = [each for each in (first.items[0], *first.items[0].iterdescendants()) if anchor in (each, *each.iterdescendants())]
    ways = chain((selectors(node, container) for node in inside), (steps(node, container) for node in inside))
    if len({each.tag for each in first.items}) > 1:
        ways = chain((iter([EACH_CHILD]),), ways)
    found = (first_fitting(tried, lambda css: all(_finds_items(css, lines) for _, lines in scopes)) for tried in ways)
    return next(filter(None, found), "")


def steps(node: _Element, container: _Element) -> Iterator[str]:
    """Yield the way from the container down to an element as XPath, tags only."""
    tags = [str(node.tag)]
    for above in node.iterancestors():
        if above is container:
            if all(tag.isascii() and tag.isalnum() for tag in tags):  # XPath can't write ``<a²>``
                yield "./" + "/".join(reversed(tags))
            return
        tags.append(str(above.tag))


def _finds_items(expression: str, lines: Lines) -> bool:
    """Tell whether a rule finds each line of a list once, and beside them nothing that links anywhere."""
    found = [each for each in found_by(expression, Selector(root=lines.container)) if each is not lines.container]
    holding = [each for each in found if each.tag == "a" or next(each.iter("a"), None) is not None]
    anchors = [anchor.node for anchor in lines.anchors]
    owners = [[each for each in holding if each is anchor or each in anchor.iterancestors()] for anchor in anchors]
    return all(len(own) == 1 for own in owners) and len({id(own[0]) for own in owners}) == len(holding) == len(anchors)


def _within(told: _Told, sheet: FactSheet, section: Section, item: str, so_far: Sequence[Written]) -> list[Written]:
    """Return the rules for what stands in a line: its link where another one comes first, its day, and the pager below."""
    rules = list(so_far)
    found: list[Written] = []
    for field, ways in (("link", _links(told, item)), ("date", _dates(told, item)), ("pager", _pagers(told))):
        if field != "date" and all(_reads(page, with_rules(sheet, rules), section, field) for page, _, _ in told):
            continue
        if css := next(ways, ""):
            found.append(rule(section.id, field, css))
            rules.append(found[-1])
    return found


def _reads(page: ListEvidence, sheet: FactSheet, section: Section, field: str) -> bool:
    read = read_again(page.text, page.url, sheet, section.id)
    if read is None:
        return False
    if field == "pager":
        return not page.stated or read.pages is not None or read.total is not None
    return sum(line.key in page.known for line in read.items) >= LEAST_KNOWN and all(_is_document(line.key, page) for line in read.items)


def _is_document(key: str, page: ListEvidence) -> bool:
    return key in page.known or not key.startswith(("/", "http"))


def _of_items(told: _Told, item: str) -> list[tuple[Anchor, Selector, ListEvidence]]:
    """Return every line: its anchor, the element that the rule finds for it, and its page."""
    found: list[tuple[Anchor, Selector, ListEvidence]] = []
    for page, _, lines in told:
        boxes = found_by(item, Selector(root=lines.container))
        for anchor in lines.anchors:
            around = (anchor.node, *anchor.node.iterancestors())
            found.extend((anchor, Selector(root=box), page) for box in boxes if box in around)
    return found


def _links(told: _Told, item: str) -> Iterator[str]:
    lines = _of_items(told, item)
    if lines:
        node = lines[0][0].node
        inside = lines[0][1].root
        yield first_fitting(selectors(node, inside), lambda css: all(found_by(css, box)[:1] == [anchor.node] for anchor, box, _ in lines))


def _dates(told: _Told, item: str) -> Iterator[str]:
    lines = [(box, day) for anchor, box, page in _of_items(told, item) if (day := _day(anchor, page))]
    if not lines:
        return
    box, day = lines[0]
    for node in smallest_first(box.root):
        if node is not box.root and read_date(text_of(Selector(root=node))) == day:
            css = first_fitting(selectors(node, box.root), lambda css: _share(css, lines) >= DATED)
            if css:
                yield css


def _day(anchor: Anchor, page: ListEvidence) -> date | None:
    return page.known[anchor.key].listed_on if anchor.key in page.known else None


def _share(css: str, lines: Sequence[tuple[Selector, date]]) -> float:
    """Return the share of lines in which a selector finds just the known day."""
    right = sum(read_date(next((text for hit in box.css(css) if (text := text_of(hit))), "")) == day for box, day in lines)
    return right / len(lines)


def _pagers(told: _Told) -> Iterator[str]:
    _, tree, lines = told[0]
    items = set(lines.items)
    found = [each for each in tree.root.iter() if isinstance(each.tag, str) and each not in items]
    # From the inside out: the smallest element whose words are those of a pager.
    small = [node for node in reversed(found[:MOST_ELEMENTS]) if _says_pages(text_of(Selector(root=node)))]
    for node in sorted(small, key=lambda node: not tokens(node)):
        if css := first_fitting(selectors(node), lambda css: all(_is_pager(css, other) for _, other, _ in told)):
            yield css


def _says_pages(words: str) -> bool:
    return len(words) < LONGEST_PAGER and read_pager(words).pages is not None


def _is_pager(css: str, tree: Selector) -> bool:
    return read_pager(" ".join(text_of(hit) for hit in tree.css(css))).pages is not None


# --- what the proof asks ---------------------------------------------------------------------------------------------------


def read_again(text: str, url: str, sheet: FactSheet, section: str) -> ListPage | None:
    """Return what a page of a list lists by a sheet, ``None`` where it does not fit."""
    try:
        return family(sheet.family).read_list(text, url, sheet, sheet.section(section))
    except PageError:
        return None
