"""The title of an HTML page: of its meta elements, of what stands above its body, of the body itself, of its window."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import takewhile

from lxml import etree

from normalizers.documents.blocks import RawBlock
from normalizers.documents.html_flow import collapse
from normalizers.documents.html_tree import line_of, names, shown_texts, skipping, tag_of, words
from normalizers.documents.structure import heading_level
from normalizers.records import BlockKind, Origin
from normalizers.text.fold import fold

MIN_TITLE, MAX_TITLE = 4, 160
MIN_WINDOW = 10
"""Characters from which a window's title names an article and not only its site."""
TOP_BLOCKS = 3
"""Blocks at the top of a body among which its own heading stands."""
FEW_PARTS = 3
"""Elements that one which says nothing but a title holds at most."""
_SITE_NAME = re.compile(r"\s*[-_|—–－｜]+\s*(?!(?:19|20)\d\d)[^-_|—–－｜]{2,40}$")

_Select = Callable[[str], list[etree._Element]]
_Said = tuple[str, Origin | None]


@cache
def _no_titles() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in names("no_titles")))


def _metas(tree: etree._Element) -> dict[str, str]:
    out: dict[str, str] = {}
    for meta in tree.iter("meta"):
        out.setdefault(meta.get("name", meta.get("property", "")).lower().removeprefix("meta-"), meta.get("content", ""))
    return out


def _shown_text(element: etree._Element) -> str:
    return collapse("".join(shown_texts(element)))


def _in_chrome(element: etree._Element) -> bool:
    """Tell whether an element is, or stands in, a part of the page around its article."""
    skip = skipping("chrome")
    for above in (element, *element.iterancestors()):
        tag = tag_of(above)
        if tag in words("block_tags") | {"span", "a"} and skip(above):
            return True
        if tag in words("page_parts") and not (tag == "header" and any(tag_of(one) in words("own_parts") for one in above.iterancestors())):
            return True
    return False


def _window_titles(tree: etree._Element) -> tuple[str, str]:
    """Return the window's title as it stands and without the site's name behind it."""
    text = next((collapse(str(element.text or "")) for element in tree.iter("title")), "")
    return text, _SITE_NAME.sub("", text).strip("【】 ")


def _is_title(text: str) -> bool:
    return MIN_TITLE <= len(text) <= MAX_TITLE and not _no_titles().fullmatch(text)


def _own_heading(blocks: Sequence[RawBlock], confirmed: Callable[[str], bool]) -> str:
    """Return the heading of its own that a body begins with: of the first level, or one that the window's title has; empty for none."""
    for block in blocks[:TOP_BLOCKS]:
        if block.table is not None or "。" in block.text:
            return ""
        first = block.kind is BlockKind.HEADING and block.level == 1 and not heading_level(block.text)
        if _is_title(block.text) and (first or confirmed(block.text)):
            return block.text
    return ""


def _elements(tree: etree._Element, select: _Select, body: etree._Element, confirmed: Callable[[str], bool], name: str) -> Iterator[_Said]:
    """Yield what the elements of a list say that may be the title: above the body and in no other part of the page, or confirmed."""
    found = [element for selector in names(name) for element in select(selector)]
    if not found:
        return
    inside, around = {body, *body.iterdescendants()}, set(body.iterancestors())
    above = set(takewhile(lambda element: element is not body, tree.iter("*")))
    for element in found:
        if element in inside or element in around:
            continue
        text = _shown_text(element)
        if _is_title(text) and ((element in above and not _in_chrome(element)) or confirmed(text)):
            yield text, line_of(element)


def page_title(tree: etree._Element, select: _Select, body: etree._Element, blocks: Sequence[RawBlock], wanted: str) -> RawBlock | None:
    """Return the title that the page states outside its body: the one that is expected, else the most telling; ``None`` for none.

    A heading that the window's title has too goes before the others; one that is only a heading gives way to the body's own.
    """
    window, article = _window_titles(tree)
    expected, shown = fold(wanted), fold(window)

    def confirmed(text: str) -> bool:
        said = fold(text)
        return said == expected or (len(said) >= MIN_WINDOW and said in shown)

    metas = _metas(tree)
    stated: list[_Said] = [(collapse(metas[key]), None) for key in ("articletitle", "og:title") if metas.get(key)]
    stated = [pair for pair in stated if _is_title(pair[0])]
    named = list(_elements(tree, select, body, confirmed, "titles"))
    plain = list(_elements(tree, select, body, confirmed, "plain_titles"))
    own = _own_heading(blocks, confirmed)
    sure = [pair for pair in plain if confirmed(pair[0])]
    candidates = [*stated, *named, *sure, *(() if own else plain)]
    if expected:
        candidates = [pair for pair in candidates if fold(pair[0]) == expected] or candidates
    if not candidates:
        article = article if len(article) >= MIN_WINDOW and _is_title(article) else own
        said = _expected_above(tree, body, expected)
        if not said and not article:
            return None
        candidates = [said or (article, None)]
    text = candidates[0][0]
    origin = next((at for other, at in candidates if at is not None and fold(other) == fold(text)), None)
    return RawBlock(text, BlockKind.TITLE, origin=origin)


def _expected_above(tree: etree._Element, body: etree._Element, expected: str) -> _Said | None:
    """Return the title that is expected where an element above the body says it and nothing else, whatever its tag and class."""
    if not expected:
        return None
    for element in takewhile(lambda element: element is not body, tree.iter("*")):
        if len(element) > FEW_PARTS or _in_chrome(element):
            continue
        text = _shown_text(element)
        if _is_title(text) and fold(text) == expected:
            return text, line_of(element)
    return None


def with_title(blocks: list[RawBlock], title: RawBlock | None) -> list[RawBlock]:
    """Return the blocks with the page's title on top, unless the body begins with it itself."""
    if title is None:
        return blocks
    wanted = fold(title.text)
    said = ""
    for number, block in enumerate(blocks[:6]):
        if block.table is not None:
            break
        if fold(block.text) == wanted:
            blocks[number] = block._replace(kind=BlockKind.TITLE, level=0)
            return blocks
        said += fold(block.text)
        if said == wanted:
            merged = title._replace(text="".join(one.text for one in blocks[: number + 1]), origin=blocks[0].origin)
            return [merged, *blocks[number + 1 :]]
    return [title, *blocks]
