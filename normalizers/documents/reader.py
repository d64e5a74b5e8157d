"""Hand a file to the reader of its format; a member of an archive is taken out of it first."""

from __future__ import annotations

from collections.abc import Callable

from normalizers.documents import archives, delimited, docx, flat_office, html, json_answer, legacy, ofd, pdf, plain, rendition, sheet
from normalizers.documents.detection import ARCHIVES, detect, tables
from normalizers.documents.limits import MAX_PAYLOAD, UnreadableError, check_size
from normalizers.records import Document, Hints

_READERS: dict[str, Callable[[bytes, Hints, str], Document]] = {
    "html": html.read,
    "text": plain.read,
    "markdown": lambda payload, hints, name: plain.read(payload, hints, name, "markdown"),
    "csv": delimited.read,
    "xlsx": sheet.read,
    "xls": sheet.read,
    "docx": docx.read,
    "pdf": pdf.read,
    "ofd": ofd.read,
    "doc": legacy.read_doc,
    "rtf": legacy.read_rtf,
    "odt": legacy.read_odt,
    "mht": flat_office.read_mht,
    "word-xml": flat_office.read_word_xml,
    "flat-docx": flat_office.read_flat_docx,
    "excel-xml": flat_office.read_excel_xml,
    "json": json_answer.read,
    "rendition": rendition.read,
}


def read(payload: bytes, hints: Hints) -> Document:
    """Return the document that a file holds.

    Raises ``UnreadableError`` for a file that is empty, damaged, over a limit, or of a format that is not read;
    the message names the file and says what to do next.
    """
    name = hints.file_name or hints.source or "the file"
    check_size(len(payload), MAX_PAYLOAD, name)
    if not payload.strip():
        raise UnreadableError(f"{name} is empty: fetch it again.")
    if hints.member:
        payload = archives.extract(payload, hints.member, name)
    kind = detect(payload, hints, name)
    reader = _READERS.get(kind)
    if kind in ARCHIVES:
        count = len(archives.unpack(payload, name).members)
        told = f"an archive of {count} files, no document: read them one by one, as `harvester extract` does."
        raise UnreadableError(f"{name}: not extracted: {told}")
    if reader is None:
        unread = tables()[2]
        raise UnreadableError(f"{name}: not extracted: {unread.get(kind, unread['binary'])}")
    return reader(payload, hints, name)
