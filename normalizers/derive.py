"""Bytes in, records out: everything that is derived from one payload, in one pure function."""

from __future__ import annotations

from normalizers import documents
from normalizers.agencies import Decisions
from normalizers.agencies.resolve import NO_DECISIONS
from normalizers.compare.similarity import signature_of
from normalizers.metadata import page_head, read_metadata
from normalizers.records import Derived, Document, Hints, Metadata
from normalizers.tasks import extract_tasks
from normalizers.text.fold import compared, hash_of, letters
from normalizers.text.gb_runs import runs_in
from normalizers.text.likelihood import Likelihood


def load_tables() -> None:
    """Load the large tables that few documents ask for (half a second): who reads thousands begins with them, in every process at once."""
    Likelihood()
    runs_in("")


def derive(payload: bytes, hints: Hints, decisions: Decisions = NO_DECISIONS) -> Derived:
    """Return the document, what it says of itself, its tasks, and what to find its copies by.

    The same bytes, hints and decisions (what people settled in review) always give the same records. Raises
    ``normalizers.documents.UnreadableError`` when no reader can make a text of ``payload``; the message says what is wrong with
    the file and what to do about it.
    """
    document = documents.read(payload, hints)
    return derived_from(document, read_metadata(document, hints, decisions, page=page_head(payload, document, hints)), decisions)


def derived_from(document: Document, metadata: Metadata, decisions: Decisions = NO_DECISIONS) -> Derived:
    """Return what is derived from a document that is already read, with its metadata."""
    said = compared(document.text)
    return Derived(
        document=document,
        metadata=metadata,
        tasks=extract_tasks(document, metadata, decisions),
        content_hash=hash_of(said),
        signature=signature_of(letters(said)),
    )
