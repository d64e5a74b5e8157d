"""Dress a plain fragment the way a site's editor would: headings become bold paragraphs, text sits in styled spans."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import lxml.html
from lxml.html import HtmlElement, builder
from markupsafe import Markup

HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_PIECES = re.compile(r"[0-9]+|[^0-9]+")


@dataclass(frozen=True, slots=True)
class Dress:
    """How an editor writes: styles of paragraphs by alignment (``c``, ``r``, else), of the spans inside, and class attributes.

    ``digits`` is the style of the spans that Word puts around every run of digits; ``breaks`` sets lines in spans ended by ``br``
    instead of paragraphs, as TRS does.
    """

    paragraph: str = ""
    centred: str = "text-align: center;"
    right: str = "text-align: right;"
    span: str = ""
    paragraph_class: str = ""
    digits: str = ""
    breaks: bool = False


@lru_cache(maxsize=4096)
def dress(fragment: str, style: Dress) -> Markup:
    """Return ``fragment`` in an editor's clothes. The text is the same, in the same order."""
    root = lxml.html.fragment_fromstring(fragment, create_parent="div")
    for element in list(root.iter("p", *HEADINGS)):
        _dress_line(element, style)
    # Published by ourselves from our own sources: nothing here comes from outside.
    return Markup(_inner(root))  # noqa: S704


def _dress_line(element: HtmlElement, style: Dress) -> None:
    align = element.attrib.pop("class", "")
    heading = element.tag in HEADINGS
    if style.span or style.digits:
        _wrap_text(element, style)
    if heading:
        element.tag = "p"
        _wrap_children(element, builder.STRONG())
    if style.breaks and element.getparent() is not None and element.getparent().getparent() is None:
        _break_line(element, align, style)
        return
    css = {"c": style.centred, "r": style.right}.get(align, style.paragraph)
    for name, value in (("class", style.paragraph_class), ("style", css)):
        if value:
            element.set(name, value)


def _break_line(element: HtmlElement, align: str, style: Dress) -> None:
    if align:
        element.tag = "div"
        element.set("style", style.centred if align == "c" else style.right)
        return
    # A span followed by a br: the span takes the paragraph's place, the br takes its tail.
    element.tag = "span"
    element.set("style", style.span)
    element.text = "　　" + (element.text or "")
    break_ = builder.BR()
    break_.tail, element.tail = element.tail, None
    element.addnext(break_)


def _wrap_children(element: HtmlElement, wrapper: HtmlElement) -> None:
    wrapper.text, element.text = element.text, None
    for child in list(element):
        wrapper.append(child)
    element.append(wrapper)


def _wrap_text(element: HtmlElement, style: Dress) -> None:
    if element.text and element.text.strip():
        for position, span in enumerate(_spans(element.text, style)):
            element.insert(position, span)
        element.text = None


def _spans(text: str, style: Dress) -> Iterator[HtmlElement]:
    for piece in _PIECES.findall(text) if style.digits else [text]:
        inner = builder.SPAN(piece, style=style.digits) if style.digits and piece[0].isdigit() else piece
        yield builder.SPAN(inner, style=style.span) if style.span else builder.SPAN(inner)


def _inner(root: HtmlElement) -> str:
    parts = [html.escape(root.text or "", quote=False)] + [lxml.html.tostring(child, encoding="unicode") for child in root]
    return "".join(parts)
