"""Find the bytes of an archived payload that a task was read from, by deriving its document again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harvester.pipelines import hints_from_json
from normalizers.derive import derive
from normalizers.records import Block, Derived, Origin
from normalizers.text import decode
from storage.explain import source
from storage.records import StoredSource
from storage.store import Store

PROBES = (24, 12, 8)
"""Characters of the printed text to look for, longest first: markup inside a sentence cuts the longer ones."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where evidence stands in a payload: bytes ``start`` to ``end`` (half-open) of text formats, and the reader's own unit in all."""

    origin: str
    encoding: str = ""
    start: int | None = None
    end: int | None = None


def derive_stored(store: Store, identifier: str) -> tuple[StoredSource, bytes, Derived]:
    """Return a stored version's source, payload and records derived anew; raises StoreError for an unknown id or a lost record."""
    found = source(store, identifier)
    payload = store.archive.read(found.capture.location).body
    return found, payload, derive(payload, hints_from_json(found.publication.hints))


def locate(store: Store, record: Mapping[str, Any]) -> Place:
    """Return where an explained task's evidence stands in its archived payload."""
    document, version, task = record["document"], record["version"], record["task"]
    _, payload, derived = derive_stored(store, f"{document['id']}@{version['number']}")
    block = block_at(derived, task["address"], task["evidence_start"])
    origin = origin_of(block, task["address"])
    decoded = decode(payload, declared=hints_charset(record), markup=derived.document.format == "html")
    return find_bytes(payload, decoded.text, decoded.encoding, record["evidence"]["raw"], origin)


def hints_charset(record: Mapping[str, Any]) -> str:
    """Return the charset that the capture's headers declared."""
    for name, value in record["archived"].get("headers", ()):
        if name.lower() == "content-type" and "charset=" in value.lower():
            return str(value.lower().rpartition("charset=")[2].strip(" ;\"'"))
    return ""


def block_at(derived: Derived, address: str, position: int) -> Block | None:
    """Return the block that an address names, else the one at a character position."""
    name = address.partition(".")[0]
    blocks = derived.document.blocks
    return next((b for b in blocks if b.address == name), next((b for b in blocks if b.span.start <= position < b.span.end), None))


def origin_of(block: Block | None, address: str) -> str:
    """Return in words where the source file holds a block, or the cell of it that the address names."""
    if block is None:
        return address
    origin: Origin | None = block.origin
    if block.table is not None:
        row = next((part[1:] for part in address.split(".") if part.startswith("r") and part[1:].isdigit()), "")
        cells = [cell for cell in block.table.cells if row and cell.row == int(row) - 1 and cell.origin]
        origin = cells[0].origin if cells else origin
    if origin is None:
        return address
    return f"{origin.unit} {origin.number}" + (f" of {origin.part}" if origin.part else "")


def find_bytes(payload: bytes, text: str, encoding: str, raw: str, origin: str) -> Place:
    """Return the bytes of ``payload`` from the first to the last words of ``raw``; none where the format packs its text."""
    flat = raw.strip()
    for length in PROBES:
        head, tail = flat[:length], flat[-length:]
        start = text.find(head) if len(head) == min(length, len(flat)) and head else -1
        end = text.find(tail, start) if start >= 0 else -1
        if end >= 0:
            before, inside = text[:start], text[start : end + len(tail)]
            first = len(before.encode(encoding, "surrogatepass")) + len(payload) - len(text.encode(encoding, "surrogatepass"))
            return Place(origin, encoding, max(0, first), max(0, first) + len(inside.encode(encoding, "surrogatepass")))
    return Place(origin)
