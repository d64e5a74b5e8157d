"""What an address of a document asks for: which document, when or which version, which clause, in which form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select

from harvester import addresses
from harvester.messages import _
from harvester.web.shown import page, preference
from storage.errors import UnknownRecord
from storage.schema import documents, tasks
from storage.store import Store

_NAME = re.compile(r"(?P<document>[a-z0-9]{4,32})(?:@(?P<at>\d{4}-\d{2}-\d{2}|\d{1,9}))?(?:\.(?P<form>json|txt|bib|jsonld|html))?")
_TASK = re.compile(r"[a-z0-9]{4,32}\.(?:\d{1,9}\.t\d{1,9}|k\d{1,9})(?:@\d{4}-\d{2}-\d{2})?")
_PART = re.compile(r"(?P<part>[^@/]{1,80})(?:@(?P<at>\d{4}-\d{2}-\d{2}|\d{1,9}))?")


@dataclass(frozen=True, slots=True)
class Asked:
    """A document, ``at`` a version's number or a day (empty for now), and the form."""

    document: str
    at: str = ""
    form: str = ""


def asked_of(name: str) -> Asked:
    """Return what the name in an address asks for. Raises ``UnknownRecord`` for what is no name of a document."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise UnknownRecord(f"{name[:60]} is no address of a document: try the box above.")
    return Asked(found["document"], found["at"] or "", (found["form"] or "").replace("html", ""))


def part_of(name: str) -> tuple[str, str]:
    """Return the clause and the day or version that the last piece of an address asks for. Raises ``UnknownRecord``."""
    found = _PART.fullmatch(name)
    if found is None:
        raise UnknownRecord(f"{name[:60]} is no address of a clause: write one like s3.2, art5 or tab1.r7.")
    return found["part"], found["at"] or ""


def task_address(store: Store, name: str) -> str:
    """Return the address of a task that stands where a document was expected (``ID.2.t7``), empty where it is none."""
    if not _TASK.fullmatch(name):
        return ""
    bare, _at, day = name.partition("@")
    t = tasks.c
    with store.reading() as connection:
        lasting = connection.execute(select(t.lasting_id).where((t.id == bare) | (t.lasting_id == bare)).limit(1)).scalar()
    return f"{addresses.task(lasting)}{f'@{day}' if day else ''}" if lasting else ""


def task_of(store: Store, document: str, number: int, part: str) -> str:
    """Return the address of a task by its number in a version (``t7``) or its lasting one (``k3``), empty for anything else."""
    if not re.fullmatch(r"[tk]\d{1,6}", part):
        return ""
    t = tasks.c
    name = t.id == f"{document}.{number}.{part}" if part[0] == "t" else t.lasting_id == f"{document}.{part}"
    with store.reading() as connection:
        lasting = connection.execute(select(t.lasting_id).where(name).limit(1)).scalar()
    return addresses.task(lasting) if lasting else ""


def withdrawn(request: Request, store: Store, document: str) -> Response | None:
    """Return the page of a document that its publisher withdrew, which tells that and nothing else; ``None`` for any other."""
    d = documents.c
    with store.reading() as connection:
        row = connection.execute(select(d.state, d.state_since, d.site).where(d.id == document)).one_or_none()
    if row is None:
        raise UnknownRecord(f"There is no document {document} in the store: try the box above, or /documents.")
    if row.state != "withdrawn":
        return None
    answer: HTMLResponse = page(request, "document_withdrawn.html", status=410, identifier=document, since=row.state_since)
    return answer


def spoken(request: Request, text: str) -> str:
    """Return a fixed sentence in the reader's language."""
    return _(text, preference(request, "lang"))
