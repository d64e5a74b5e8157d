"""One public record: what its source printed beside what was read, until when it is shown and why, where it stands."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from harvester.web.access.rights import reader
from harvester.web.pages.asked_records import kept_nowhere, log_rows
from harvester.web.pages.record_words import basis_words, defect_words, others, read_rows
from harvester.web.pages.records import found_record
from harvester.web.room import Anyone, AnyStore
from harvester.web.shown import page, preference
from normalizers.notices.records import PrintedField, SubjectKind
from storage.errors import ArchiveError
from storage.notice_queries import NoticeFilters
from storage.record_archive import RecordArchive
from storage.records import Location
from storage.store import Store

router = APIRouter(dependencies=[reader()])


@router.get("/n/{identifier}")
def record(request: Request, store: AnyStore, person: Anyone, identifier: str) -> HTMLResponse:
    """Show a record, or that nothing is shown at this address: not what it was, nor why."""
    row = found_record(store, identifier)
    if row is None:
        return kept_nowhere(page(request, "record_gone.html", status=404))
    log_rows(store, person, "notice", NoticeFilters(), [row])
    lang = preference(request, "lang")
    legal = row["subject_kind"] == SubjectKind.LEGAL
    printed = printed_fields(store, row) if legal else ()
    told: dict[str, Any] = {"rows": read_rows(row, printed, lang), "others": others(row, printed), "basis": basis_words(row, lang)}
    told["defects"] = list(dict.fromkeys(defect_words(defect["name"], lang) for defect in row["defects"]))
    return kept_nowhere(page(request, "record.html", row=row, legal=legal, at_hand=bool(printed), **told))


def printed_fields(store: Store, row: dict[str, Any]) -> tuple[PrintedField, ...]:
    """Return what the source printed, masked, as it is archived; nothing where the archive does not have it."""
    place = row["archived"]
    try:
        return RecordArchive(store.archive.folder).read(Location(place["file"], place["offset"], place["length"], place["sha256"])).fields
    except ArchiveError:
        return ()
