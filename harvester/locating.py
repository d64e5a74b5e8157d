"""Find the bytes of an archived payload that a task was read from, by deriving its document again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harvester.decisions import stored_decisions
from harvester.hints import hints_from_json
from normalizers.derive import derive
from normalizers.records import Block, Derived, Document, Origin
from normalizers.text.decode import Decoded, decode
from storage.records import StoredSource
from storage.sources import source
from storage.store import Store

PROBES = (24, 12, 8)
"""Characters of the printed text to look for, longest first: markup inside a sentence cuts the longer ones."""

PACKED = frozenset({"docx", "doc", "rtf", "odt", "xlsx", "xls", "pdf", "ofd", "mht", "json"})
"""Formats whose text is packed or coded: there the place is a row, a page or a paragraph."""


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
    return found, payload, derive(payload, hints_from_json(found.publication.hints), stored_decisions(store))


def locate(store: Store, record: Mapping[str, Any], again: tuple[StoredSource, bytes, Derived] | None = None) -> Place:
    """Return where an explained task's evidence stands in its archived payload; ``again`` is what ``derive_stored`` gave, if it did."""
    document, version, task = record["document"], record["version"], record["task"]
    found, payload, derived = again or derive_stored(store, f"{document['id']}@{version['number']}")
    origin = origin_of(block_at(derived, task["address"], task["evidence_start"]), task["address"])
    if derived.document.format in PACKED or found.publication.hints.get("member"):
        return Place(words_of(origin, task["address"]))
    decoded = decode(payload, declared=hints_charset(record), markup=derived.document.format == "html")
    raw = printed(derived.document, task["evidence_start"], task["evidence_end"])
    return find_bytes(payload, decoded, raw, origin, words_of(origin, task["address"]))


def printed(document: Document, start: int, end: int) -> str:
    """Return the text before repair of a stretch of the repaired one: the same lines, and of a table's line the same cell."""
    line = document.text.count("\n", 0, start)
    before = document.text[document.text.rfind("\n", 0, start) + 1 : start]
    rows = document.raw_text.split("\n")[line : line + document.text.count("\n", start, end) + 1]
    cells = rows[0].split("\t")
    return "\n".join([cells[min(before.count("\t"), len(cells) - 1)], *rows[1:]])


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


def origin_of(block: Block | None, address: str) -> Origin | None:
    """Return where the source file holds a block, or the row of it that the address names."""
    if block is None:
        return None
    if block.table is not None:
        row = next((part[1:] for part in address.split(".") if part.startswith("r") and part[1:].isdigit()), "")
        return next((cell.origin for cell in block.table.cells if row and cell.row == int(row) - 1 and cell.origin), block.origin)
    return block.origin


def words_of(origin: Origin | None, address: str) -> str:
    """Return an origin in words: ``row 3 of Sheet1``."""
    if origin is None:
        return address
    return f"{origin.unit} {origin.number}" + (f" of {origin.part}" if origin.part else "")


def find_bytes(payload: bytes, decoded: Decoded, raw: str, origin: Origin | None, words: str) -> Place:
    """Return the bytes of ``payload`` from the first to the last words of ``raw``, looked for from its line on."""
    text, flat = decoded.text, raw.strip()
    near = line_start(text, origin.number) if origin is not None and origin.unit == "line" else 0
    for length in PROBES:
        head, tail = flat[:length], flat[-length:]
        start = text.find(head, near) if head else -1
        start = text.find(head) if start < 0 and head else start
        end = text.find(tail, start) if start >= 0 else -1
        if end >= 0:
            first = size(text[:start], decoded) + len(payload) - size(text, decoded)
            return Place(words, decoded.encoding, max(0, first), max(0, first) + size(text[start : end + len(tail)], decoded))
    return Place(words)


def size(text: str, decoded: Decoded) -> int:
    """Return how many bytes a piece of the decoded text took."""
    return len(text.encode(decoded.encoding, "replace"))


def line_start(text: str, number: int) -> int:
    """Return where a line begins, a little before it: parsers count lines of a tag from where it ends."""
    at = 0
    for _ in range(max(0, number - 2)):
        at = text.find("\n", at) + 1
        if at == 0:
            return 0
    return at
