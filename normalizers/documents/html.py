"""Read an HTML page: its title and its main content, without the page around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from normalizers.documents.blocks import RawBlock
from normalizers.documents.builder import Source, build
from normalizers.documents.grid import RawTable
from normalizers.documents.html_flow import Flow, Nesting, is_layout, read_table
from normalizers.documents.html_notes import notes
from normalizers.documents.html_pieces import box_rows, joined
from normalizers.documents.html_title import page_title, with_title
from normalizers.documents.html_tree import is_hidden, names, page_text, page_tree, parse, shown_texts, skipping, tag_of, walk, words
from normalizers.documents.limits import MAX_MARKUP, UnreadableError, check_size
from normalizers.records import Document, Hints

MIN_BODY = 12
"""Characters that a known container must hold to be taken for the body; templates leave empty ones behind."""
DESCENT = 0.7
"""The main content is the innermost container with this share of the text outside links."""
_PLAIN = re.compile(r"[#.]?[\w-]+")


@cache
def _xpath(selector: str) -> str:
    return HTMLTranslator().css_to_xpath(selector)


def _select(tree: etree._Element, selector: str) -> list[etree._Element]:
    found = tree.xpath(_xpath(selector))
    return [element for element in found if isinstance(element, etree._Element)] if isinstance(found, list) else []


class _Known:
    """The elements of a page by tag, class and id: hundreds of plain selectors cost one pass."""

    def __init__(self, tree: etree._Element) -> None:
        self._tree = tree
        self._by_name: dict[str, list[etree._Element]] = {}
        for element in tree.iter("*"):
            self._note(tag_of(element), element)
            stated = element.keys()
            if "id" in stated:
                self._note(f"#{element.get('id', '')}", element)
            if "class" in stated:
                for word in set(element.get("class", "").split()):
                    self._note(f".{word}", element)

    def _note(self, key: str, element: etree._Element) -> None:
        if key in self._by_name:
            self._by_name[key].append(element)
        else:
            self._by_name[key] = [element]

    def select(self, selector: str) -> list[etree._Element]:
        """Return the elements that a selector of ``data/html.toml`` finds, in document order."""
        return self._by_name.get(selector, []) if _PLAIN.fullmatch(selector) else _select(self._tree, selector)


# --- the body ------------------------------------------------------------------------------------------------------------------


def _length(element: etree._Element) -> int:
    """Return the characters a reader sees in an element, its own tail aside."""
    return sum(len(text.strip()) for text in shown_texts(element))


def _holds_text(element: etree._Element) -> bool:
    """Tell whether an element holds as much text as a body must."""
    length = 0
    for text in shown_texts(element):
        length += len(text.strip())
        if length >= MIN_BODY:
            return True
    return False


def _largest(elements: Sequence[etree._Element]) -> etree._Element | None:
    shown = [element for element in elements if not any(is_hidden(above) for above in (element, *element.iterancestors()))]
    return max(shown, key=_length) if len(shown) > 1 else next(iter(shown), None)


def _known_body(known: _Known) -> etree._Element | None:
    """Return the first known container that holds text."""
    for selector in names("bodies"):
        found = _largest(known.select(selector))
        if found is not None and _holds_text(found):
            return found
    return None


def _weights(root: etree._Element, skip: Callable[[etree._Element], bool]) -> dict[etree._Element, int]:
    """Return for each element the characters outside links within it, less those inside links."""
    weights: dict[etree._Element, int] = {}
    open_elements: list[etree._Element] = []
    links = 0
    for event, element, text in walk(root, skip):
        if event == "open":
            open_elements.append(element)
            weights[element] = 0
            links += tag_of(element) == "a"
        elif event == "close":
            open_elements.pop()
            links -= tag_of(element) == "a"
            if open_elements:
                weights[open_elements[-1]] += weights[element]
        else:
            weights[open_elements[-1]] += len(text.strip()) * (-1 if links else 1)
    return weights


def _dense_body(tree: etree._Element, skip: Callable[[etree._Element], bool]) -> etree._Element:
    """Return the innermost container that holds most of the text outside links."""
    bodies = list(tree.iter("body"))
    here = bodies[0] if bodies else tree
    weights, nesting = _weights(here, skip), Nesting(here)
    while True:
        inner = [child for child in here if weights.get(child, 0) > 0 and tag_of(child) in words("containers")]
        best = max(inner, key=lambda child: weights[child], default=None)
        if best is None or weights[best] < DESCENT * weights[here]:
            return here
        if (tag_of(best) == "table" and not is_layout(best, nesting)) or box_rows(best, skip):
            return here
        here = best


def _hinted_body(tree: etree._Element, selector: str, name: str) -> etree._Element | None:
    try:
        return _largest(_select(tree, selector))
    except SelectorError as error:
        raise UnreadableError(f"{name}: {selector!r} is no CSS selector ({error}): mend the body selector of its site.") from error


def _find_body(tree: etree._Element, known: _Known, hints: Hints, name: str) -> tuple[list[RawBlock], etree._Element, tuple[str, ...]]:
    """Return the blocks of the body, its element, and warnings."""
    warnings: tuple[str, ...] = ()
    inner = skipping("inner_chrome")
    if hints.body:
        body = _hinted_body(tree, hints.body, name)
        if body is not None:
            return Flow(inner).read(body), body, ()
        warnings = (f"The body selector {hints.body!r} found nothing; the main content was looked for instead.",)
    body = _known_body(known)
    if body is not None:
        return Flow(inner).read(body), body, warnings
    skip = skipping("chrome")
    body = _dense_body(tree, skip)
    return Flow(skip).read(body), body, warnings


def read_table_markup(markup: str) -> RawTable | None:
    """Return the first data table of a piece of markup, or ``None``."""
    tree = parse(markup, "the table")
    table = next((element for element in tree.iter("table") if not is_hidden(element)), None)
    return None if table is None else read_table(table)


def read(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of an HTML page; raise ``UnreadableError`` when the page shows no text."""
    check_size(len(payload), MAX_MARKUP, name)
    decoded = page_text(payload, hints.charset)
    if not decoded.text.strip():
        raise UnreadableError(f"{name} is an empty page: fetch it again.")
    tree = page_tree(payload, hints.charset, name)
    known = _Known(tree)
    blocks, body, warnings = _find_body(tree, known, hints, name)
    if not blocks:
        raise UnreadableError(
            f"{name} shows no text, only images, scripts or a frame: look for an attachment, or fetch the page with its script data."
        )
    warnings = (*warnings, *notes(body, blocks))
    blocks = joined(blocks)
    blocks = with_title(blocks, page_title(tree, known.select, body, blocks, hints.title))
    return build(blocks, Source(name, "html", decoded.encoding, decoded.repairs, (*decoded.warnings, *warnings)), hints)
