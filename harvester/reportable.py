"""What can be reported as wrong: addresses of this room whose thing is in the store, and the names of the facts there.

Address and fact of a report stand in the public log: whatever is not known here could be anybody's words.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import ColumnElement, select

from harvester.errors import WrongCall
from storage import agency_queries
from storage.errors import UnknownRecord
from storage.schema import ROLES, documents, tasks, versions, works
from storage.store import Store

RECORD_FIELDS = (
    "subject", "code", "registration_number", "authority", "list_name", "colour", "title", "number", "category", "violation", "facts",
    "basis", "content", "licence", "licence_number", "fine_yuan", "confiscated_yuan", "amount_yuan", "decided_on", "valid_from", "valid_to",
    "published_on", "shown_until", "removed_on", "status", "remark",
)  # fmt: skip
"""What is read from a public record, in the order of a page."""
PAGE_FIELDS = (
    "name",
    "title",
    "date",
    "document_number",
    "issued_on",
    "published_on",
    "issuers",
    "task",
    "deadline",
    "work",
    "comparison",
    "alignment",
    *ROLES,
)
"""What a reader can report at any other address."""
PAGES = frozenset(
    {"/", "/tasks", "/documents", "/agencies", "/records", "/changes", "/align", "/compare", "/coverage", "/search", "/help", "/dictionary"}
    | {"/sql", "/api", "/corrections"}
)
_ASKED = {"/compare": ("old", "new"), "/align": ("documents",)}
"""Pages whose question is what they are about, with the names of texts in it."""
_AT = r"(?:@(?P<{name}>\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,9}}))?"
_DOCUMENT = re.compile(
    r"/d/(?P<document>[a-z0-9]{4,32})" + _AT.format(name="at") + r"(?:/v(?P<number>\d{1,9}))?"
    r"(?:/(?P<part>[a-z]{1,8}\d{1,5}(?:\.[a-z]{0,8}\d{1,5}){0,8})" + _AT.format(name="part_at") + r")?(?:/(?:history|archived|timemap))?"
)
_TEXT = re.compile(r"(?P<document>[a-z0-9]{4,32})" + _AT.format(name="at"))
_TASK = re.compile(r"/t/(?P<task>[a-z0-9]{4,32}\.k\d{1,9})(?:@(?P<at>\d{4}-\d{2}-\d{2}))?(?:/history)?")
_OTHER = re.compile(r"/(?P<kind>[anw])/(?P<name>[A-Za-z0-9_.-]{1,80})")


def check_field(about: str, field: str) -> None:
    """Raise ``WrongCall`` for a fact that no page names: ``about`` is a word of ``corrections_schema.ABOUT``."""
    if field and field not in (RECORD_FIELDS if about == "record" else PAGE_FIELDS):
        raise WrongCall("No fact is called so here; use the link 这里不对 beside what is wrong.")


def kept_question(path: str, query: str) -> str:
    """Return of a page's question the texts that it is about, ready to stand behind its path; empty where it is about none."""
    names = _ASKED.get(path, ())
    kept = [(name, value) for name, value in parse_qsl(query, max_num_fields=100) if name in names]
    return f"?{urlencode(kept)}" if kept else ""


def check_address(store: Store, address: str) -> None:
    """Raise ``UnknownRecord`` unless the thing at an address of this room, as ``correcting.about_of`` keeps it, is in the store.

    Whether a public record may be shown is asked where a report is stored.
    """
    parts = urlsplit(address)
    if parts.path in PAGES:
        there = all(_is_text(store, text) for _name, value in parse_qsl(parts.query) for text in re.split(r"[,\s]+", value) if text)
    elif found := _DOCUMENT.fullmatch(parts.path):
        there = _has_version(store, found["document"], found["at"], found["number"], found["part_at"])
    elif found := _TASK.fullmatch(parts.path):
        there = _is_day(found["at"]) and _is_there(store, tasks.c.lasting_id == found["task"])
    elif found := _OTHER.fullmatch(parts.path):
        there = _is_other(store, found["kind"], found["name"])
    else:
        there = False
    if not there:
        raise UnknownRecord("There is nothing at that address of this room; use the link 这里不对 beside what is wrong.")


def clause_of(address: str) -> tuple[str, str, str] | None:
    """Return the document, the clause and the version or day of an address of a clause; ``None`` for any other."""
    found = _DOCUMENT.fullmatch(address)
    return (found["document"], found["part"], found["part_at"] or found["number"] or found["at"] or "") if found and found["part"] else None


def _is_text(store: Store, name: str) -> bool:
    found = _TEXT.fullmatch(name)
    return found is not None and _has_version(store, found["document"], found["at"])


def _has_version(store: Store, document: str, *when: str | None) -> bool:
    """Tell whether a document is there, with every version and day that is asked for."""
    days = [each for each in when if each and "-" in each]
    numbers = [int(each) for each in when if each and "-" not in each]
    v = versions.c
    return (
        _is_there(store, documents.c.id == document)
        and all(_is_day(each) for each in days)
        and all(_is_there(store, (v.document_id == document) & (v.number == number)) for number in numbers)
    )


def _is_day(value: str | None) -> bool:
    try:
        return not value or bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_other(store: Store, kind: str, name: str) -> bool:
    if kind == "a":
        return agency_queries.body(store, name) is not None
    return kind == "n" or _is_there(store, works.c.id == name)


def _is_there(store: Store, condition: ColumnElement[Any]) -> bool:
    with store.reading() as connection:
        return connection.execute(select(1).where(condition).limit(1)).first() is not None
