"""What an HTML page says of its document outside the document's text: its head table and its meta elements."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from lxml import etree

from normalizers.documents import UnreadableError, json_answer
from normalizers.documents.html_tree import page_tree, shown_texts
from normalizers.metadata.head import MAX_HEAD, Head, first_of, index_in, read_head
from normalizers.metadata.lines import only_date
from normalizers.metadata.number import normalise_number
from normalizers.metadata.signature import bodies_in
from normalizers.metadata.words import pairs, words_pattern
from normalizers.records import Document, Hints
from normalizers.text.clean import clean

_DAY = r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?"
_LABELLED = re.compile(
    rf"(?:^|(?<=[\s\[【(（|]))(?P<label>{words_pattern('date', 'published').pattern})\s*[:：]\s*(?P<day>{_DAY})", re.MULTILINE
)
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
CHINA = timezone(timedelta(hours=8))
"""The time that China's sites count their days in."""
BAR = 120
"""Characters around a date among which the other labels of a page's bar stand."""


def page_head(payload: bytes, document: Document, hints: Hints) -> Head:
    """Return the head of the page that a document was read from: empty for other formats and for pages without one.

    The reader of pages hands on the main content alone; what the page around it, or the answer of a site's interface, states is read here.
    """
    if document.format == "json":
        return _answer(json_answer.stated(payload, hints.charset))
    if document.format != "html":
        return Head()
    try:
        tree = page_tree(payload, hints.charset, document.source)
    except UnreadableError:
        return Head()
    opening = clean(_opening(tree)).text
    return first_of([read_head(opening), _metas(tree), Head(published_on=bar_date(opening))])


def bar_date(text: str) -> date | None:
    """Return the day behind 发布时间： at the top of a page, above its first sentence; ``None`` where none stands there.

    A bare 时间： or 日期： may be that of a meeting: it counts beside another label of a page's bar (来源, 字号, 点击数).
    """
    sentence = text.find("。")
    for found in _LABELLED.finditer(text, 0, sentence if sentence >= 0 else len(text)):
        around = text[max(0, found.start() - BAR) : found.start()] + text[found.end() : found.end() + BAR]
        if len(found["label"]) > 2 or words_pattern("date", "bar").search(around):
            return only_date(found["day"])
    return None


def _answer(fields: dict[str, str]) -> Head:
    """Return what the fields beside an article state: its day of publication, number, issuer, index number."""
    said: dict[str, str] = {}
    for name, value in fields.items():
        if (field := pairs("head", "answer").get(name.replace("_", ""), "")) and value.strip():
            said.setdefault(field, value.strip())
    return Head(
        number=normalise_number(said.get("number", "")),
        issuers=bodies_in(said.get("issuers", "")),
        index_number=index_in(said.get("index_number", "")),
        published_on=_moment(said.get("published_on", "")),
    )


def _moment(value: str) -> date | None:
    """Return the day of a time as interfaces write it: 2023-04-10, 2023-04-10T09:30:00Z, seconds or milliseconds since 1970."""
    if _EPOCH.fullmatch(value):
        return datetime.fromtimestamp(int(value[:10]), UTC).astimezone(CHINA).date()
    return only_date(value.partition("T")[0][:40])


def _opening(tree: etree._Element) -> str:
    """Return the first words that the page shows, one piece of text a line."""
    pieces: list[str] = []
    length = 0
    for text in shown_texts(tree):
        if piece := " ".join(text.split()):
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
