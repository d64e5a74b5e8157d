"""A specimen: a page that was kept to see a change of its site's template, as text that nothing here runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from harvester import addresses
from harvester.web.access.rights import operator
from harvester.web.pages.operations import operators_page
from harvester.web.room import AnyStore
from normalizers.text.decode import decode
from storage import operations_work
from storage.errors import ArchiveError, StoreError, UnknownRecord
from storage.records import Location
from storage.store import Store

router = APIRouter(dependencies=[operator()])
Given = Annotated[int, Path(le=(1 << 63) - 1)]
MOST_SHOWN = 200_000
"""Characters of a page that are shown as text."""


@router.get("/operations/specimens/{number:int}")
def one(request: Request, store: AnyStore, number: Given) -> HTMLResponse:
    """Show a specimen: where it came from, its skeleton, its source as text. Raises ``UnknownRecord``."""
    row = operations_work.specimen(store, number)
    body, problem = _body(store, row["file"], row)
    text = decode(body, declared=row["charset"], markup=True).text
    site = addresses.operations_site(row["site"])
    now = datetime.now(UTC)
    return operators_page(
        request, "operations_specimen.html", now, row=row, source=text[:MOST_SHOWN], cut=len(text) > MOST_SHOWN, bytes=len(body),
        problem=problem, site=site,
    )  # fmt: skip


@router.get("/operations/specimens/{number:int}/bytes")
def kept_bytes(store: AnyStore, number: Given) -> Response:
    """Give the archived bytes of a specimen as a download. Raises ``UnknownRecord``."""
    row = operations_work.specimen(store, number)
    body, problem = _body(store, row["file"], row)
    if problem or row["file"] is None:
        raise UnknownRecord(f"The archive does not hold the bytes of specimen {number}: its skeleton is at /operations/specimens/{number}.")
    headers = {
        "Content-Disposition": f'attachment; filename="specimen-{number}.html.txt"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store",
    }
    return Response(body, media_type="application/octet-stream", headers=headers)


def _body(store: Store, file: str | None, row: operations_work.Row) -> tuple[bytes, str]:
    """Return the bytes of a specimen, and why they cannot be read; neither where none were kept."""
    if file is None:
        return b"", ""
    try:
        return store.archive.read(Location(file, row["file_offset"], row["file_length"], row["sha256"])).body, ""
    except ArchiveError as error:
        return b"", str(error)
    except StoreError:
        return b"", "The room was opened without its archive."
