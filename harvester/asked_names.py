"""What the identifiers in a question are called: bodies, documents, works, tasks, sites, regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Select, case, select

from harvester.messages import _
from harvester.telling.phrases import short_title
from normalizers.agencies.regions import regions
from spiders.sheets import sheets_by_id
from storage import agency_queries
from storage.schema import documents, sites, tasks, versions, works
from storage.selection import HIDDEN
from storage.store import Store

NATIONAL = "100000"


def called(store: Store, asked: Mapping[str, str], lang: str) -> dict[str, str]:
    """Return names for the filters of a question that hold identifiers, by the name of the filter.

    A filter of which nothing is known is left out; so is a document that was withdrawn, and its tasks: nothing of them is repeated.
    """
    found = {name: told(store, value, lang) for name, told in _NAMED.items() if (value := asked.get(name, ""))}
    return {name: told for name, told in found.items() if told}


def region_name(code: str, lang: str) -> str:
    """Return the name of a region (GB/T 2260), the code itself where it is none."""
    if code == NATIONAL:
        return _("national", lang)
    found = regions().by_code.get(code)
    return found.name if found else code


def _document(store: Store, identifier: str, _lang: str) -> str:
    d, v = documents.c, versions.c
    printed = case((v.title != "", v.title), else_=d.title)
    there = documents.join(versions, (v.document_id == d.id) & (v.number == d.version))
    shown = (d.id == identifier.partition("@")[0], d.state.not_in(HIDDEN))
    return _text(store, select(printed).select_from(there).where(*shown))


def _work(store: Store, identifier: str, _lang: str) -> str:
    d = documents.c
    there = select(d.id).where(d.work_id == works.c.id, d.state.not_in(HIDDEN)).exists()
    return _text(store, select(works.c.title).where(works.c.id == identifier, there))


def _task(store: Store, identifier: str, _lang: str) -> str:
    t, d = tasks.c, documents.c
    there = tasks.join(documents, d.id == t.document_id)
    mine = (t.lasting_id == identifier) | (t.id == identifier)
    return short_title(_text(store, select(t.text).select_from(there).where(mine, d.state.not_in(HIDDEN)).order_by(t.version.desc())))


def _site(store: Store, identifier: str, lang: str) -> str:
    if lang == "en" and (sheet := sheets_by_id().get(identifier)) and sheet.name:
        return sheet.name
    return _text(store, select(sites.c.name).where(sites.c.id == identifier))


def _text(store: Store, query: Select[tuple[str]]) -> str:
    with store.reading() as connection:
        return str(connection.execute(query.limit(1)).scalar() or "")


_NAMED: Mapping[str, Callable[[Store, str, str], str]] = {
    "agency": lambda store, identifier, _lang: agency_queries.name_of(store, identifier),
    "document": _document,
    "work": _work,
    "task": _task,
    "site": _site,
    "region": lambda _store, code, lang: region_name(code, lang),
}
