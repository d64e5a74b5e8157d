"""Read the replica's own documents from ``content/<site>/*.html``: a TOML head between ``+++`` lines, then a plain fragment."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from harvester.replica.attachments import build
from harvester.replica.damage import insert_readings
from harvester.replica.document import ReplicaDocument
from harvester.replica.filler import filler_documents

_FENCE = "+++\n"


@cache
def load_documents(site: str) -> tuple[ReplicaDocument, ...]:
    """Return a site's own documents: the written ones by file name, then the filler."""
    return (*written_documents(site), *filler_documents(site))


def written_documents(site: str) -> Iterator[ReplicaDocument]:
    """Go through the documents written as files, in the order of their names."""
    folder = files("harvester.replica") / "content" / site
    for source in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if source.name.endswith(".html"):
            yield _read(source, folder, site)


def _read(source: Traversable, folder: Traversable, site: str) -> ReplicaDocument:
    text = source.read_text(encoding="utf-8")
    if not text.startswith(_FENCE) or text.count(_FENCE) < 2:
        raise ValueError(f"{source.name} has no head between +++ lines; write section, title and listed_on there.")
    _, head, body = text.split(_FENCE, 2)
    fields: dict[str, Any] = tomllib.loads(head)
    attached = tuple(build(each["name"], (folder / "files" / each["source"]).read_text("utf-8")) for each in fields.pop("attachments", ()))
    related = tuple((each["title"], each["url"]) for each in fields.pop("related", ()))
    if fields.pop("readings", False):
        body, fields["title"] = insert_readings(body), insert_readings(fields["title"])
    return ReplicaDocument(body_html=body.strip(), attachments=attached, related=related, site=site, **fields)


def written_edits() -> list[dict[str, Any]]:
    """Return what publishers change after a first crawl: ``site``, ``section``, ``title``, and ``replace``, pairs of old and new HTML."""
    found: list[dict[str, Any]] = tomllib.loads((files("harvester.replica") / "content" / "edits.toml").read_text("utf-8"))["edit"]
    return found


def relatives() -> list[ReplicaDocument]:
    """Return documents that stand to the replica's own as another year or a draft; the replica publishes them only when asked to."""
    table = tomllib.loads((files("harvester.replica") / "content" / "relatives.toml").read_text("utf-8"))["relative"]
    return [_relative(row) for row in table]


def _relative(row: dict[str, Any]) -> ReplicaDocument:
    base = next(found for found in load_documents(row["from"]) if found.title == row["of"])
    body, title, number = base.body_html, row.get("title", base.title), base.number
    for old, new in row["replace"]:
        body, title, number = (text.replace(old, new) for text in (body, title, number))
    place = {"site": row["site"], "section": row["section"], "listed_on": row["listed_on"], "key": ""}
    return replace(base, body_html=body, title=title, number="" if "title" in row else number, **place)
