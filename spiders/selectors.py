"""CSS selectors for elements of a page, short and lasting ones first: ids and class words, then those of what is around, places last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from lxml.etree import _Element
from parsel import Selector

from spiders.skeleton import is_name

MOST_TRIED = 120
HIGHEST = 6
"""Elements around an element whose names may help to tell it."""
_TOKEN = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w-]{0,59}")
_PASSING = re.compile(r"\d{3,}|[0-9a-f]{12,}", re.IGNORECASE)
"""Numbers in an id or class: those of a column or an article."""
_PLAIN_TAG = re.compile(r"[a-z][a-z0-9]{0,19}")


def tokens(node: _Element) -> list[str]:
    """Return the id and the classes of an element that may last, as CSS writes them."""
    identity = str(node.get("id") or "").strip()
    found = [f"#{identity}"] if _lasts(identity) else []
    words = dict.fromkeys(str(node.get("class") or "").split()[:20])
    return found + [f".{word}" for word in words if _lasts(word) and is_name(word)]


def _lasts(word: str) -> bool:
    return bool(_TOKEN.fullmatch(word)) and not _PASSING.search(word)


def _tag(node: _Element) -> str:
    """Return what an element is called as CSS writes it, empty for what CSS can't write (``<a=>``)."""
    return node.tag if isinstance(node.tag, str) and _PLAIN_TAG.fullmatch(node.tag) else ""


def own_selectors(node: _Element) -> Iterator[str]:
    """Yield selectors by what an element is itself: its id, its classes, two of them, its tag."""
    tag, names = _tag(node), tokens(node)
    yield from (name if name.startswith("#") else f"{tag}{name}" for name in names)
    classes = [name for name in names if name.startswith(".")]
    yield from (f"{tag}{one}{other}" for at, one in enumerate(classes) for other in classes[at + 1 :])
    if tag:
        yield tag


def selectors(node: _Element, within: _Element | None = None) -> Iterator[str]:
    """Yield selectors for an element, the best first; ``within`` is the element below which they are applied (``None``: the page).

    Nothing says that one finds this element alone: that is for the caller to try (``first_fitting``).
    """
    own = list(own_selectors(node))
    # On a whole page a bare tag says too little to last.
    yield from (mine for mine in own if within is not None or mine != node.tag)
    around = [each for each in _around(node, within) if tokens(each)]
    for direct in (True, False):
        for above in around:
            names = [name if name.startswith("#") else f"{_tag(above)}{name}" for name in tokens(above)][:2]
            mark = " > " if direct and above is node.getparent() else " "
            yield from (f"{name}{mark}{mine}" for name in names for mine in own if not direct or mark == " > ")
    yield from _placed(node, around)


def _around(node: _Element, within: _Element | None) -> list[_Element]:
    found: list[_Element] = []
    for above in node.iterancestors():
        if above is within or len(found) >= HIGHEST:
            break
        found.append(above)
    return found


def _placed(node: _Element, around: Sequence[_Element]) -> Iterator[str]:
    """Yield selectors that count places, from the nearest element around that has a name: for pages that name nothing."""
    named = next(iter(around), None)
    if named is None:
        return
    steps: list[str] = []
    for each in (node, *node.iterancestors()):
        if each is named:
            break
        if not _tag(each):
            return
        before = [one for one in each.itersiblings(preceding=True) if one.tag == each.tag]
        after = next((one for one in each.itersiblings() if one.tag == each.tag), None)
        steps.append(f"{each.tag}:nth-of-type({len(before) + 1})" if before or after is not None else str(each.tag))
    name = tokens(named)[0]
    yield " > ".join((name if name.startswith("#") else f"{_tag(named)}{name}", *reversed(steps)))


def first_fitting(candidates: Iterator[str], fits: Callable[[str], bool]) -> str:
    """Return the first selector that fits, empty when none of those that are tried does."""
    tried: set[str] = set()
    for css in candidates:
        if len(tried) >= MOST_TRIED:
            break
        if css not in tried and fits(css):
            return css
        tried.add(css)
    return ""


def found_by(expression: str, scope: Selector) -> list[_Element]:
    """Return the elements that a selector, or an XPath that begins with ``./``, finds below ``scope``."""
    hits = scope.xpath(expression) if expression.startswith("./") else scope.css(expression)
    return [hit.root for hit in hits if not isinstance(hit.root, str)]
