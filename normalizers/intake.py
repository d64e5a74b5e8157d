"""The intake of documents: what of a payload may be kept, what is derived from exactly that, and the public records that stood in it.

A document is archived as it came when nothing personal and no public record is in it. Else it is kept with the personal data masked in
its own bytes, or as a rendition of what is left of it. What a take-down must be able to erase is then nowhere but in the records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from normalizers import documents
from normalizers.agencies import Decisions
from normalizers.agencies.resolve import NO_DECISIONS
from normalizers.derive import derive, derived_from
from normalizers.documents.layout import laid_out
from normalizers.documents.rendition import render
from normalizers.metadata import Head, page_head, read_metadata
from normalizers.notices.lists import Found, records_in
from normalizers.notices.records import PrintedRecord
from normalizers.privacy import Mode, mask, mask_payload, mask_record
from normalizers.privacy.hidden import holds_personal
from normalizers.privacy.masking import edits
from normalizers.records import Block, Cell, Derived, Document, Hints

_TEXTS = frozenset({"html", "text", "markdown", "csv", "json"})
"""Formats whose bytes are the text itself, and can be masked in place."""
MOST_ROUNDS = 4
"""A mask may bring parts of a hostile text together: it is looked at again, so often at most."""


class Form(StrEnum):
    """How a payload is kept: as it came, masked in its own bytes, or as a rendition of its document."""

    RAW = "raw"
    MASKED = "masked"
    RENDITION = "rendition"


@dataclass(frozen=True, slots=True)
class Intake:
    """What is kept of a payload.

    ``payload`` is what may be archived, ``media_type`` its type, ``hints`` what to derive it with again: title and file name in them are
    masked, and are the ones to store. ``derived`` comes from exactly that payload and those hints. ``records`` are masked and wait for
    their place (``normalizers.notices.lists.placed``). ``masked`` counts what was masked in the document, by kind.
    Where ``form`` is a rendition of a member (``hints.member``), the archive that it came in must not be kept.
    """

    payload: bytes = field(repr=False)
    media_type: str
    hints: Hints = field(repr=False)
    derived: Derived = field(repr=False)
    records: tuple[PrintedRecord, ...] = field(default=(), repr=False)
    masked: tuple[tuple[str, int], ...] = ()
    form: Form = Form.RAW


def intake(payload: bytes, hints: Hints, decisions: Decisions = NO_DECISIONS) -> Intake:
    """Return what may be kept of a payload, what is derived from that, and the public credit records in it.

    The same bytes, hints and decisions always give the same. A document without personal data and records is read once. Raises
    ``normalizers.documents.UnreadableError`` as ``derive`` does; such a payload is not to be kept.
    """
    known, counts = masked_hints(hints)
    document = documents.read(payload, known)
    head = page_head(payload, document, known)
    metadata = read_metadata(document, known, decisions, page=head)
    found = records_in(document, metadata, known)
    if not found.records:
        kept = _in_place(payload, document, known, decisions, counts)
        if kept is not None:
            return kept
        if not mask(document.text, Mode.DOCUMENT).changed and not _is_hidden_inside(payload, document, known):
            return Intake(payload, hints.media_type, known, derived_from(document, metadata, decisions), (), _sorted(counts))
    return _rendition(found, head, known, decisions, counts)


def _in_place(payload: bytes, document: Document, hints: Hints, decisions: Decisions, counts: Counter[str]) -> Intake | None:
    """Return a page of text masked in its own bytes, ``None`` where nothing is to be masked or the bytes do not show all of it."""
    if document.format not in _TEXTS or hints.member:
        return None
    masked = mask_payload(payload, document.encoding or hints.charset or "utf-8", Mode.DOCUMENT)
    if not masked.found:
        return None
    derived = derive(masked.payload, hints, decisions)
    if mask(derived.document.text, Mode.DOCUMENT).changed:
        return None
    return Intake(masked.payload, hints.media_type, hints, derived, (), _sorted(counts + Counter(dict(masked.found))), Form.MASKED)


def _rendition(found: Found, head: Head, hints: Hints, decisions: Decisions, counts: Counter[str]) -> Intake:
    document, more = masked_document(found.document)
    title, file_name = found.scrubbed(hints.title), found.scrubbed(hints.file_name)
    number = _unless_scrubbed(hints.document_number, found)
    known = replace(
        hints, title=title, file_name=file_name, document_number=number, member="", media_type="text/html", charset="utf-8", body=""
    )
    payload = render(document, _stated(head, found))
    records = tuple(mask_record(record) for record in found.records)
    return Intake(payload, "text/html", known, derive(payload, known, decisions), records, _sorted(counts + more), Form.RENDITION)


def _sorted(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items()))


# --- hints and head -----------------------------------------------------------------------------------------------------------


def masked_hints(hints: Hints) -> tuple[Hints, Counter[str]]:
    """Return the hints without personal data in what they say, and how much was masked, by kind."""
    counts: Counter[str] = Counter()
    told: dict[str, str] = {}
    for name in ("title", "file_name", "document_number", "source"):
        masked = mask(getattr(hints, name), Mode.DOCUMENT)
        told[name] = masked.text
        counts.update(dict(masked.found))
    issuers = tuple(mask(issuer, Mode.DOCUMENT).text for issuer in hints.issuers)
    known = replace(
        hints,
        title=told["title"],
        file_name=told["file_name"],
        document_number=told["document_number"],
        source=told["source"],
        issuers=issuers,
    )
    return known, counts


def _stated(head: Head, found: Found) -> Mapping[str, str]:
    """Return what the page around a document stated, under the labels by which it is read again."""
    if head == Head():
        return {}
    told = {
        "索引号": head.index_number,
        "发文字号": _unless_scrubbed(head.number, found),
        "发布机构": "、".join(head.issuers),
        "成文日期": _day(head.issued_on),
        "印发日期": _day(head.printed_on),
        "发布日期": _day(head.published_on),
        "生效日期": _day(head.effective_on),
        "失效日期": _day(head.expires_on),
        "标题": head.title,
    }
    return {label: mask(found.scrubbed(value), Mode.DOCUMENT).text for label, value in told.items()}


def _unless_scrubbed(number: str, found: Found) -> str:
    """Return a document's number, empty where it is that of the one record that the document was."""
    return number if found.scrubbed(number) == number else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


# --- the document -------------------------------------------------------------------------------------------------------------


def masked_document(document: Document) -> tuple[Document, Counter[str]]:
    """Return a document without personal data, and how much was masked, by kind; a number that runs over cells is seen as one."""
    counts: Counter[str] = Counter()
    for _ in range(MOST_ROUNDS):
        changes, found = edits(document.text, Mode.DOCUMENT)
        if not changes:
            break
        counts += found
        document = laid_out(document, [_edited(block, changes) for block in document.blocks])
    warnings = tuple(mask(warning, Mode.DOCUMENT).text for warning in document.warnings)
    return replace(document, warnings=warnings), counts


def _edited(block: Block, changes: list[tuple[int, int, str]]) -> Block:
    if block.table is None:
        return replace(block, text=_piece(block.text, block.span.start, changes))
    cells = tuple(_edited_cell(cell, changes) for cell in block.table.cells)
    return replace(block, table=replace(block.table, cells=cells))


def _edited_cell(cell: Cell, changes: list[tuple[int, int, str]]) -> Cell:
    text = _piece(cell.text, cell.span.start, changes)
    return cell if text == cell.text else replace(cell, text=text)


def _piece(text: str, start: int, changes: list[tuple[int, int, str]]) -> str:
    """Return a piece of the text after those of the edits that touch it; an edit over several pieces is written in the first."""
    stop = start + len(text)
    out: list[str] = []
    at = start
    for first, last, written in changes:
        if first < stop and last > start:
            out.append(text[at - start : max(first, start) - start])
            out.append(written if first >= start else "")
            at = min(last, stop)
    return "".join((*out, text[at - start :])) if out else text


# --- beside the text ----------------------------------------------------------------------------------------------------------


def _is_hidden_inside(payload: bytes, document: Document, hints: Hints) -> bool:
    """Tell whether a file holds personal data beside its document's text: in comments, hidden sheets, properties, links, names of parts."""
    if document.format in _TEXTS or hints.member:
        return False
    return holds_personal(payload)
