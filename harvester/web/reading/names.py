"""What places of this room are called: the title of a document or task, the name of a body, where people would else read an address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import or_, select

from harvester import addresses
from harvester.messages import _
from harvester.telling.phrases import item_number, place, short_title
from harvester.web.reading.card import titles_of
from harvester.web.shown import ABOUT_PLACES, PLACES
from storage import agency_queries
from storage.batches import batches
from storage.engine import rows
from storage.schema import tasks
from storage.store import Store

Row = dict[str, Any]

_PAGES = dict((*PLACES, *ABOUT_PLACES, ("/compare", "Comparison of two documents"), ("/search", "Search")))
_TEXT = re.compile(r"d[a-z0-9]{3,31}")
_SHOWS = {"history": "History", "archived": "archived page"}


def names_of(store: Store, places: Iterable[str], lang: str) -> dict[str, str]:
    """Return what addresses of this room are called; one that has no name, or whose document was withdrawn, by itself."""
    wanted = list(dict.fromkeys(places))
    known = _Known(store, wanted)
    return {each: known.name(each, lang) or each for each in wanted}


def address_of(name: str) -> str:
    """Return the address of a document or a task (``ID.2.t7``, ``ID.k7``)."""
    return addresses.task(name) if "." in name else addresses.document(name)


class _Known:
    """Titles of all that some addresses are about, each kind read from the store once."""

    def __init__(self, store: Store, places: list[str]) -> None:
        self._store = store
        paths = [each.partition("?")[0].split("/")[1:] for each in places]
        self._tasks = _tasks(store, [path[1].partition("@")[0] for path in paths if path[0] == "t" and len(path) > 1])
        named = {found for each in places for found in _TEXT.findall(each)} | {row["document_id"] for row in self._tasks.values()}
        named |= {f"d{path[1][1:]}" for path in paths if path[0] == "w" and len(path) > 1}
        self._titles = titles_of(store, named)

    def name(self, address: str, lang: str) -> str:
        """Return what an address is called, empty where nobody can say."""
        path, _question, query = address.partition("?")
        first, *rest = path.split("/")[1:]
        if path in _PAGES:
            titles = [self._title(found) for found in _TEXT.findall(query)]
            return _(": ", lang).join([_(_PAGES[path], lang), *([" → ".join(titles)] if titles and all(titles) else [])])
        if first == "a" and rest:
            return agency_queries.name_of(self._store, rest[0])
        if first == "w" and rest:
            return self._title(f"d{rest[0][1:]}")
        parts = self._task(rest, lang) if first == "t" else self._document(rest, lang) if first == "d" else []
        return " · ".join(parts) if parts and parts[0] else ""

    def _title(self, document: str) -> str:
        return str(self._titles.get(document, {}).get("title", ""))

    def _task(self, path: list[str], lang: str) -> list[str]:
        name, _at, day = path[0].partition("@")
        row = self._tasks.get(name)
        if row is None:
            return []
        number = item_number(row["number"], lang) if row["number"] else ""
        return [self._title(row["document_id"]), f"{number} {short_title(row['text'])}".strip(), *_more([*path[1:], day], lang)]

    def _document(self, path: list[str], lang: str) -> list[str]:
        name, _at, at = path[0].partition("@")
        return [self._title(name), *_more([*path[1:], at], lang)]


def _more(pieces: list[str], lang: str) -> list[str]:
    """Return in words which version, day or part of a document an address names."""
    out: list[str] = []
    for piece in (each for whole in pieces for each in whole.split("@") if each):
        number = piece.removeprefix("v")
        if number.isdecimal():
            out.append(_("Version {n}", lang).format(n=number))
        else:
            out.append(_(_SHOWS[piece], lang) if piece in _SHOWS else place(piece, lang))
    return out


def _tasks(store: Store, names: Iterable[str]) -> Mapping[str, Row]:
    """Return the newest row of each task that is named by its identifier or its lasting one."""
    t, found = tasks.c, dict[str, Row]()
    for some in batches(dict.fromkeys(names)):
        query = select(t.id, t.lasting_id, t.document_id, t.number, t.text).where(or_(t.id.in_(some), t.lasting_id.in_(some)))
        with store.reading() as connection:
            for row in rows(connection.execute(query.order_by(t.version))):
                found |= {row["id"]: row, row["lasting_id"]: row}
    return found
