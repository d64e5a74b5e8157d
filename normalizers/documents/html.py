"""Read an HTML page: its title and its main content, without the page around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from normalizers.documents.blocks import RawBlock
from normalizers.documents.builder import Source, build
from normalizers.documents.grid import RawTable
from normalizers.documents.html_flow import Flow, Nesting, collapse, is_layout, read_table
from normalizers.documents.html_notes import notes
from normalizers.documents.html_pieces import box_rows, joined
from normalizers.documents.html_tree import is_hidden, line_of, names, page_text, parse, tag_of, walk, words, words_of
from normalizers.documents.limits import MAX_MARKUP, UnreadableError, check_size
from normalizers.records import BlockKind, Document, Hints, Origin
from normalizers.text.fold import fold

MIN_BODY = 12
"""Characters that a known container must hold to be taken for the body; templates leave empty ones behind."""
DESCENT = 0.7
"""The main content is the innermost container with this share of the text outside links."""
MIN_TITLE, MAX_TITLE = 4, 160
_SITE_NAME = re.compile(r"\s*[-_|—–－｜]+\s*(?!(?:19|20)\d\d)[^-_|—–－｜]{2,40}$")
_PLAIN = re.compile(r"[#.]?[\w-]+")
_NO_TITLE = re.compile(r"^(?:首页|标题|正文|通知公告|详细|文章页|信息公开|友情链接)$")


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
            keys = {tag_of(element), f"#{element.get('id', '')}", *(f".{word}" for word in element.get("class", "").split())}
            for key in keys:
                self._by_name.setdefault(key, []).append(element)

    def select(self, selector: str) -> list[etree._Element]:
        """Return the elements that a selector of ``data/html.toml`` finds, in document order."""
        return self._by_name.get(selector, []) if _PLAIN.fullmatch(selector) else _select(self._tree, selector)


def _skip(key: str) -> Callable[[etree._Element], bool]:
    chrome = words(key)
    return lambda element: is_hidden(element) or bool(chrome & words_of(element))


# --- the body ------------------------------------------------------------------------------------------------------------------


def _length(element: etree._Element) -> int:
    """Return the characters a reader sees in an element, its own tail aside."""
    return sum(len(text.strip()) for event, _, text in walk(element, is_hidden) if event == "text")


def _largest(elements: Sequence[etree._Element]) -> etree._Element | None:
    shown = [element for element in elements if not any(is_hidden(above) for above in (element, *element.iterancestors()))]
    return max(shown, key=_length, default=None)


def _known_body(known: _Known) -> etree._Element | None:
    """Return the first known container that holds text."""
    for selector in names("bodies"):
        found = _largest(known.select(selector))
        if found is not None and _length(found) >= MIN_BODY:
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
    inner = _skip("inner_chrome")
    if hints.body:
        body = _hinted_body(tree, hints.body, name)
        if body is not None:
            return Flow(inner).read(body), body, ()
        warnings = (f"The body selector {hints.body!r} found nothing; the main content was looked for instead.",)
    body = _known_body(known)
    if body is not None:
        return Flow(inner).read(body), body, warnings
    skip = _skip("chrome")
    body = _dense_body(tree, skip)
    return Flow(skip).read(body), body, warnings


# --- the title -------------------------------------------------------------------------------------------------------------------


def _metas(tree: etree._Element) -> dict[str, str]:
    out: dict[str, str] = {}
    for meta in tree.iter("meta"):
        out.setdefault(meta.get("name", meta.get("property", "")).lower().removeprefix("meta-"), meta.get("content", ""))
    return out


def _shown_text(element: etree._Element) -> str:
    return collapse("".join(text for event, _, text in walk(element, is_hidden) if event == "text"))


def _title_candidates(tree: etree._Element, known: _Known, body: etree._Element) -> Iterator[tuple[str, Origin | None]]:
    """Yield what may be the page's title, the most telling first: its meta, elements outside the body, the window's title."""
    metas = _metas(tree)
    for key in ("articletitle", "og:title"):
        if metas.get(key):
            yield collapse(metas[key]), None
    inside = {body, *body.iterdescendants()}
    around = set(body.iterancestors())
    for selector in names("titles"):
        for element in known.select(selector):
            if element not in inside and element not in around and not _in_chrome(element):
                yield _shown_text(element), line_of(element)


def _in_chrome(element: etree._Element) -> bool:
    skip = _skip("chrome")
    return any(skip(above) for above in (element, *element.iterancestors()) if tag_of(above) in words("block_tags") | {"span", "a"})


def _window_title(tree: etree._Element) -> str:
    text = next((collapse(str(element.text or "")) for element in tree.iter("title")), "")
    return _SITE_NAME.sub("", text).strip("【】 ")


def _is_title(text: str) -> bool:
    return MIN_TITLE <= len(text) <= MAX_TITLE and not _NO_TITLE.match(text)


def _page_title(tree: etree._Element, known: _Known, body: etree._Element, wanted: str) -> RawBlock | None:
    """Return the title that stands on the page outside the body: the one that is expected, else the most telling."""
    candidates = [(text, origin) for text, origin in _title_candidates(tree, known, body) if _is_title(text)]
    if wanted:
        candidates = [pair for pair in candidates if fold(pair[0]) == fold(wanted)] or candidates
    if not candidates:
        window = _window_title(tree)
        if len(window) < 10:
            return None
        candidates = [(window, None)]
    text = candidates[0][0]
    origin = next((at for other, at in candidates if at is not None and fold(other) == fold(text)), None)
    return RawBlock(text, BlockKind.TITLE, origin=origin)


def _with_title(blocks: list[RawBlock], title: RawBlock | None) -> list[RawBlock]:
    """Return the blocks with the page's title on top, unless the body begins with it itself."""
    if title is None:
        return blocks
    wanted = fold(title.text)
    said = ""
    for number, block in enumerate(blocks[:6]):
        if block.table is not None:
            break
        if fold(block.text) == wanted:
            blocks[number] = replace(block, kind=BlockKind.TITLE, level=0)
            return blocks
        said += fold(block.text)
        if said == wanted:
            merged = replace(title, text="".join(one.text for one in blocks[: number + 1]), origin=blocks[0].origin)
            return [merged, *blocks[number + 1 :]]
    return [title, *blocks]


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
    tree = parse(decoded.text, name)
    known = _Known(tree)
    blocks, body, warnings = _find_body(tree, known, hints, name)
    if not blocks:
        raise UnreadableError(
            f"{name} shows no text, only images, scripts or a frame: look for an attachment, or fetch the page with its script data."
        )
    warnings = (*warnings, *notes(body, blocks))
    blocks = _with_title(joined(blocks), _page_title(tree, known, body, hints.title))
    return build(blocks, Source(name, "html", decoded.encoding, decoded.repairs, (*decoded.warnings, *warnings)), hints)
