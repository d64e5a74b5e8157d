"""What an HTML page says of its document outside the document's text: its head table and its meta elements."""

from __future__ import annotations

from lxml import etree

from normalizers.documents import UnreadableError
from normalizers.documents.html_tree import is_hidden, parse, walk
from normalizers.metadata.head import MAX_HEAD, Head, first_of, read_head
from normalizers.metadata.lines import only_date
from normalizers.metadata.words import pairs
from normalizers.records import Document, Hints
from normalizers.text import clean, decode


def page_head(payload: bytes, document: Document, hints: Hints) -> Head:
    """Return the head of the page that a document was read from: empty for other formats and for pages without one.

    The reader of pages hands on the main content alone; what the page around it states is read here.
    """
    if document.format != "html":
        return Head()
    try:
        tree = parse(decode(payload, declared=hints.charset, markup=True).text, document.source)
    except UnreadableError:
        return Head()
    return first_of([read_head(clean(_opening(tree)).text), _metas(tree)])


def _opening(tree: etree._Element) -> str:
    """Return the first words that the page shows, one piece of text a line."""
    pieces: list[str] = []
    length = 0
    for event, _, text in walk(tree, is_hidden):
        if event == "text" and (piece := " ".join(text.split())):
            pieces.append(piece)
            length += len(piece)
        if length > MAX_HEAD:
            break
    return "\n".join(pieces)


def _metas(tree: etree._Element) -> Head:
    """Return what the meta elements of the page state."""
    said: dict[str, str] = {}
    for meta in tree.iter("meta"):
        field = pairs("head", "meta").get(str(meta.get("name", "")).lower(), "")
        if field:
            said.setdefault(field, " ".join(str(meta.get("content", "")).split())[:200])
    return Head(title=clean(said.get("title", "")).text, published_on=only_date(said.get("published_on", "")))
