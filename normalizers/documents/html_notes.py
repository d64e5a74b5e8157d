"""What of a page's text is not on the page itself: frames, later parts, text that scripts load, text in pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from lxml import etree

from normalizers.documents.blocks import RawBlock
from normalizers.documents.html_tree import names, tag_of

FEW = 200
"""Characters of a body below which its pictures and frames are likely the text."""
MAX_LINK = 12
"""Characters of the longest link to a next part."""
MAX_PLACEHOLDER = 30
_PARTS = re.compile(r"第?\s*1\s*页?\s*[/／,，]\s*共?\s*([2-9]|[1-9]\d)\s*页|共\s*([2-9]|[1-9]\d)\s*页")


@cache
def _patterns(key: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in names(key)))


def notes(body: etree._Element, blocks: Sequence[RawBlock]) -> list[str]:
    """Return what a reader is to be told of text that a page's body stands for and does not hold."""
    return [*_frames(body, blocks), *_parts(body), *_placeholders(blocks)]


def _size(blocks: Sequence[RawBlock]) -> int:
    return sum(len(block.text) + sum(len(cell.text) for cell in (block.table.cells if block.table else ())) for block in blocks)


def _frames(body: etree._Element, blocks: Sequence[RawBlock]) -> Iterator[str]:
    frames = [frame.get("src") or frame.get("data") or "" for frame in body.iter("iframe", "frame", "embed", "object")]
    if frames := [source for source in frames if source and not source.startswith(("javascript:", "about:"))]:
        yield f"The text holds a frame that was not read ({frames[0][:200]}): fetch it as a document of its own."
    pictures = sum(1 for image in body.iter("img") if not _patterns("icons").search(image.get("src") or ""))
    if pictures and _size(blocks) < FEW:
        yield f"The page shows {pictures} pictures and little text: text in pictures is not read; look for an attachment."


def _parts(body: etree._Element) -> Iterator[str]:
    """Tell of an article that goes on on a next page; the pager stands in the body or right below it."""
    parent = body.getparent()
    around = parent if parent is not None and tag_of(parent) not in {"html", "body"} else body
    for link in around.iter("a"):
        text = "".join(str(part) for part in link.itertext()).strip() if len(link) < 4 else ""
        target = (link.get("href") or "").strip()
        if 0 < len(text) <= MAX_LINK and _patterns("next_part").fullmatch(text) and target and not target.startswith(("javascript:", "#")):
            yield f"The text goes on on another page ({target[:200]}): fetch the next parts, too."
            return
    for element in around.iter("div", "p", "span", "li", "td"):
        text = element.text or ""
        if "页" in text and len(text) <= MAX_PLACEHOLDER and _PARTS.fullmatch(text.strip(" []【】（）()\n\t")):
            yield f"The page is one part of several ({text.strip()}): fetch the others, too."
            return


def _placeholders(blocks: Sequence[RawBlock]) -> Iterator[str]:
    for block in blocks[:50]:
        if 0 < len(block.text) <= MAX_PLACEHOLDER and _patterns("placeholders").fullmatch(block.text):
            yield f"The page says {block.text!r}, as pages do whose text a script loads: fetch the page with its script data."
            return
