"""Parse HTML within limits, and walk a tree without recursion: hostile pages nest as deep as they like."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from importlib.resources import files

from lxml import etree

from normalizers.documents.limits import UnreadableError
from normalizers.records import Origin
from normalizers.text.decode import Decoded, decode

_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_INLINE_TAGS = re.compile(r"</?(?:font|span|b|i|u|em|strong|o:p|small|big|a|ins|sub|sup)\b[^<>]{0,2000}>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
_DELETED = re.compile(r"\b(?:MsoComment(?:Text|Reference|Subject)?|msocom\w*|msoDel)\b", re.IGNORECASE)
"""Classes that Word gives to comments and to what a tracked change deleted."""
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{4000}")
_FLOODED_TAG = re.compile(r"""<([A-Za-z][\w:-]{0,40})(?:"[^"]*+"|'[^']*+'|[^<>"']){4000,}+""")
"""A tag of thousands of attributes: libxml2 compares each with all before it. A quoted value, a picture, counts as one character."""
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|text-decoration(?:-line)?\s*:\s*line-through",
    re.IGNORECASE,
)

MAX_KEPT = 2**20
"""Bytes of a page whose tree may be kept: a tree takes about ten times as much."""

Skip = Callable[["etree._Element"], bool]
Event = tuple[str, "etree._Element", str]


@lru_cache(maxsize=1)
def page_text(payload: bytes, charset: str) -> Decoded:
    """Return the markup of a page; the one read last is kept, since its text and its head are read one after the other."""
    return decode(payload, declared=charset, markup=True)


def page_tree(payload: bytes, charset: str, name: str) -> etree._Element:
    """Return the tree of a page, which is only looked at; that of the page read last is kept like its markup, unless it is a large one.

    Raises ``UnreadableError`` as ``parse`` does.
    """
    return _kept_tree(payload, charset, name) if len(payload) <= MAX_KEPT else parse(page_text(payload, charset).text, name)


@lru_cache(maxsize=1)
def _kept_tree(payload: bytes, charset: str, name: str) -> etree._Element:
    return parse(page_text(payload, charset).text, name)


@cache
def names(key: str) -> tuple[str, ...]:
    """Return one list of ``data/html.toml``, in its order."""
    data = tomllib.loads((files(__package__) / "data" / "html.toml").read_text(encoding="utf-8"))
    return tuple(data[key])


@cache
def words(key: str) -> frozenset[str]:
    """Return one list of ``data/html.toml`` as a set."""
    return frozenset(names(key))


def _parsed(markup: str) -> tuple[etree._Element | None, bool]:
    """Return the tree, and whether the parser gave up half way for depth or size."""
    # Not lxml.html's parser: that asks a function of Python for the class of every element, each time that one is looked at.
    parser = etree.HTMLParser(huge_tree=False, no_network=True, recover=True, remove_comments=True, remove_pis=True)
    try:
        tree = etree.fromstring(markup, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        tree = None
    gave_up = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return tree, gave_up


def parse(markup: str, name: str) -> etree._Element:
    """Return the tree of a page; raise ``UnreadableError`` when there is none or it goes deeper than the parser follows.

    The parser stops without a word at 256 levels and at texts of ten million characters, and drops what follows.
    Unclosed ``font`` and ``span`` tags are the usual reason, so the page is tried once more without such tags.
    """
    markup = _DECLARATION.sub("", markup).replace("\x00", "")
    if not _TAG.search(markup):  # a plain text under the name of a page: its lines are its paragraphs
        markup = f"<html><body><pre>\n{markup.replace('<', '&lt;')}</pre></body></html>"
    if _LONG_TAG.search(markup):
        markup = _FLOODED_TAG.sub(r"<\1", markup)
    tree, gave_up = _parsed(markup)
    if gave_up:
        tree, gave_up = _parsed(_INLINE_TAGS.sub("", markup))
    if gave_up:
        raise UnreadableError(
            f"{name} nests its elements more than 255 deep, or holds one text of over ten million characters: look at it by hand."
        )
    if tree is None:
        raise UnreadableError(f"{name} holds no HTML element: check whether the page is empty or was cut off, and fetch it again.")
    return tree


def tag_of(element: etree._Element) -> str:
    """Return the element's name in lower case, empty for comments and the like."""
    return element.tag.lower() if isinstance(element.tag, str) else ""


def is_hidden(element: etree._Element) -> bool:
    """Tell whether an element is not shown, or holds no text a reader sees."""
    tag = element.tag
    if not isinstance(tag, str) or tag.lower() in words("dropped_tags"):
        return True
    stated = element.keys()  # most elements have no attribute, or one
    if not stated:
        return False
    if "class" in stated and _is_deleted(element.get("class", "")):
        return True
    if "hidden" in stated or ("aria-hidden" in stated and element.get("aria-hidden") == "true"):
        return True
    return "style" in stated and _HIDDEN.search(element.get("style", "")) is not None


# The cells of a table and the paragraphs of a page have the same few classes, over and over.
@lru_cache(maxsize=1024)
def _is_deleted(classes: str) -> bool:
    return _DELETED.search(classes) is not None


@lru_cache(maxsize=1024)
def _class_names(classes: str) -> frozenset[str]:
    return frozenset(classes.lower().split())


def walk(root: etree._Element, skip: Callable[[etree._Element], bool]) -> Iterator[Event]:
    """Yield ``open``, ``text`` and ``close`` events in document order, without the elements for which ``skip`` holds."""
    yield "open", root, ""
    if text := root.text:
        yield "text", root, text
    stack = [(root, iter(root))]
    while stack:
        parent, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield "close", parent, ""
            if stack and (tail := parent.tail):
                yield "text", stack[-1][0], tail
            continue
        if not skip(child):
            yield "open", child, ""
            if text := child.text:
                yield "text", child, text
            if len(child):
                stack.append((child, iter(child)))
                continue
            yield "close", child, ""
        if tail := child.tail:
            yield "text", parent, tail


def shown_texts(root: etree._Element) -> Iterator[str]:
    """Yield the pieces of text that a reader sees in an element, in order; its own tail is none of them."""
    return (text for event, _, text in walk(root, is_hidden) if event == "text")


def line_of(element: etree._Element) -> Origin | None:
    """Return the line of the source on which an element begins, where the parser knows it."""
    number = element.sourceline
    return _line(number) if isinstance(number, int) and number > 0 else None


@lru_cache(maxsize=1024)
def _line(number: int) -> Origin:
    """Return one origin for all that begins on a line, as the cells of a row do."""
    return Origin("line", number)


def words_of(element: etree._Element) -> frozenset[str]:
    """Return the class names and the id of an element in lower case."""
    found = _class_names(element.get("class", ""))
    name = element.get("id")
    return found | {name.lower()} if name else found


def skipping(key: str) -> Skip:
    """Return what tells whether an element is hidden or has a class name or id of one list of ``data/html.toml``."""
    chrome = words(key)
    return lambda element: is_hidden(element) or not chrome.isdisjoint(words_of(element))
