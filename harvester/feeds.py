"""The feed of changes as Atom (RFC 4287), for feed readers: paged by sequence (RFC 5005), withdrawn entries named (RFC 6721).

What may not be shown any more is in no entry: its entry is named as deleted, so that readers that kept it let it go.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from lxml import etree

from harvester import addresses
from harvester.config import PROGRAM
from harvester.messages import _
from harvester.outward import leads_to
from harvester.reports.pieces import visible
from harvester.telling import tell_change
from harvester.telling.phrases import shorten
from storage.change_filters import WITHDRAWN, ChangeFilters
from storage.types import to_json

Row = dict[str, Any]

ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
NAMESPACES: Any = {None: ATOM, "at": TOMBSTONES}
MINTED = "2026"
"""The year in tag URIs (RFC 4151): one in which the authority was the operator's."""
NOBODY = "credit-harvester.invalid"
"""The authority of an operator who named no contact: a name that is nobody's (RFC 2606)."""
LONGEST_TITLE = 120
_OF_TITLE = ("agency", "role", "word", "site", "region", "document", "work", "task", "list_name", "record_kind")
"""Filters that say in a title what a feed is about."""
_SPOKEN = frozenset({"role", "record_kind"})
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may hold."""
_LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_OF_ADDRESSES = "%/:=&?~+!$,;'@()*"
_CONTACT = re.compile(r"(?:https?://|mailto:)?(?:[^@/?#]*@)?(?P<host>[^/:?#]+)")
_HOST = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,63}")


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed document says of itself: ``authority`` for its identifiers, the question it answers, its language, when it was made.

    ``more`` is the cursor of the next page, None where this is the last. ``address`` is where the document itself is asked for, ``further``
    the address of its next page where that is known, ``base`` that of the reading room that serves it: empty where nobody serves it.
    ``named`` has names for the filters of the question that hold identifiers (``harvester.asked_names``).
    """

    authority: str
    asked: ChangeFilters
    lang: str
    made_at: datetime
    more: int | None = None
    address: str = ""
    further: str = ""
    base: str = ""
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Return the identifier of the feed: the same for the same question, wherever its pages are cut."""
        said = {
            name: value for name, value in self.asked.as_json().items() if name not in ("since_seq", "since", "limit", "kin", "withdrawn")
        }
        return self.tag("feed", hashlib.sha256(to_json(said).encode()).hexdigest()[:16])

    def tag(self, kind: str, name: str) -> str:
        """Return a tag URI (RFC 4151)."""
        return f"tag:{self.authority},{MINTED}:{kind}:{name}"


def authority_of(contact: str) -> str:
    """Return the host of a contact, an http or mail address; ``NOBODY`` where there is none."""
    found = _CONTACT.match(contact.strip().lower())
    return found["host"] if found and _HOST.fullmatch(found["host"]) else NOBODY


def atom(rows: Sequence[Row], channel: Channel) -> str:
    """Return rows of ``change_queries.changes`` as an Atom document, the newest first."""
    feed = etree.Element(_name("feed"), nsmap=NAMESPACES)
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", "zh-CN" if channel.lang == "zh" else "en")
    _put(feed, "id", channel.id)
    _put(feed, "title", title_of(channel))
    _put(feed, "updated", moment(max((row["known_at"] for row in rows), default=channel.made_at)))
    _put(_put(feed, "author"), "name", PROGRAM)
    _put(feed, "generator", PROGRAM)
    if channel.address:
        _put(feed, "link").attrib.update({"rel": "self", "href": channel.address})
    if channel.more is not None or channel.further:
        _put(feed, "link").attrib.update({"rel": "next", "href": channel.further or f"?since={channel.more}"})
    # One entry an identifier, its last state: an older one of the same record says nothing that still holds.
    entries = {entry_id(row, channel): row for row in rows}
    for identifier, row in sorted(entries.items(), key=lambda pair: -pair[1]["seq"]):
        if is_withdrawn(row):
            _delete(feed, identifier, row, channel.lang)
        elif row["entity"] != "notice" or row["record"]:
            _write(feed, identifier, row, channel)
    return etree.tostring(feed, encoding="UTF-8", xml_declaration=True, pretty_print=True).decode()


def entry_id(row: Row, channel: Channel) -> str:
    """Return the identifier of a row's entry. A public record has one entry as long as it is shown, so that it can be let go."""
    return channel.tag("record", row["entity_id"]) if row["entity"] == "notice" else channel.tag("change", str(row["seq"]))


def is_withdrawn(row: Row) -> bool:
    """Tell whether what a row says may not be shown any more: a record that left, or what a document said that was withdrawn."""
    if row["entity"] == "notice":
        return bool(row["kind"] == "left")
    return bool(row["document_state"] == WITHDRAWN and row["kind"] != WITHDRAWN)


def moment(at: datetime) -> str:
    """Return a moment as RFC 3339 has it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def title_of(channel: Channel) -> str:
    """Return what a feed is called: what it asks for, bodies, documents and places by their names."""
    asked, lang = channel.asked, channel.lang
    values = {name: str(getattr(asked, name)) for name in _OF_TITLE}
    said = [_(value, lang) if name in _SPOKEN else channel.named.get(name, value) for name, value in values.items() if value]
    return " · ".join([_("Changes", lang), *map(visible, said)])


def place_in_room(row: Row) -> str:
    """Return the path of the page of the reading room that tells of a row: a task, a record, what two versions have apart, a document."""
    document, version = row["document_id"], row["version"] or 0
    if row["entity"] == "task":
        return addresses.task(row["entity_id"])
    if row["entity"] == "notice":
        return addresses.record(row["entity_id"]) if row["record"] else ""
    if row["entity"] == "text" and version > 1 and row["kind"] != "added":
        return addresses.compare(f"{document}@{version - 1}", f"{document}@{version}")
    return addresses.document(document) if document else ""


def _write(feed: Any, identifier: str, row: Row, channel: Channel) -> None:  # noqa: ANN401 -- lxml's element
    told = tell_change(row, channel.lang)
    entry = _put(feed, "entry")
    _put(entry, "id", identifier)
    _put(entry, "title", shorten(told, LONGEST_TITLE))
    _put(entry, "updated", moment(row["known_at"]))
    for term in (row["entity"], row["kind"], row["site"]):
        if term:
            _put(entry, "category").set("term", _clean(term))
    here = channel.base + place if channel.base and (place := place_in_room(row)) else ""
    source = source_of(row)
    # RFC 4287 §4.2.7.2: the page that tells the entry, and where it was taken from.
    links = [("alternate", here or source), ("via", source if here else "")]
    for relation, address in links:
        if address:
            _put(entry, "link").attrib.update({"rel": relation, "href": address})
    _put(entry, "summary", told).set("type", "text")
    _put(entry, "content", _html(told, row, here or source, source if here else "", channel.lang)).set("type", "html")


def _html(told: str, row: Row, page: str, source: str, lang: str) -> str:
    """Return what a reader is shown, all of it escaped: sites' words are never markup."""
    around = [_linked(row["title"] or row["site"], page)]
    around += [row["as_of"].isoformat()] if row["as_of"] else []
    around += [_linked(_("Source", lang), source)] if source else []
    return f"<p>{html.escape(told)}</p><p>{' · '.join(around)}</p>"


def _linked(words: str, address: str) -> str:
    return f'<a href="{html.escape(address)}">{html.escape(words)}</a>' if address else html.escape(words)


def _delete(feed: Any, identifier: str, row: Row, lang: str) -> None:  # noqa: ANN401
    deleted = etree.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", ref=identifier, when=moment(row["known_at"]))
    comment = etree.SubElement(deleted, f"{{{TOMBSTONES}}}comment")
    comment.text = _clean(tell_change(row, lang) if row["entity"] == "notice" else _("withdrawn by its publisher", lang))


def source_of(row: Row) -> str:
    """Return the web address of what a row is about, as RFC 3986 spells it; empty where there is none."""
    url = leads_to(str((row["record"] or {}).get("url") or row["url"] or ""))
    if not url:
        return ""
    place, mark, fragment = _LONE_PERCENT.sub("%25", url).partition("#")
    return quote(place, safe=_OF_ADDRESSES) + (mark + quote(fragment, safe=_OF_ADDRESSES) if mark else "")


def _put(parent: Any, name: str, words: str = "") -> Any:  # noqa: ANN401
    child = etree.SubElement(parent, _name(name))
    child.text = _clean(words) or None
    return child


def _name(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _clean(words: str) -> str:
    return _FORBIDDEN.sub("\ufffd", words)
