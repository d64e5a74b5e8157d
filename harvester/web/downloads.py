"""Whole tables as files: sent while they are read, in flat memory, or seen to be broken off."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any

from anyio import to_thread
from fastapi import Request
from fastapi.responses import Response
from starlette.responses import StreamingResponse

from harvester import addresses
from harvester.errors import WrongCall
from harvester.messages import _
from harvester.web import validators
from harvester.web.room import base_of, store_of
from harvester.web.validators import NOWHERE, PRIVATE, takes_gzip
from storage.errors import UnknownRecord

CALLED = {"csv": "CSV", "xlsx": "XLSX", "parquet": "Parquet", "jsonl": "JSONL", "json": "JSON"}
"""The forms in which every list can be taken along, as they are written: whole files, and JSON page by page."""
FORMS = tuple(form for form in CALLED if form != "json")
PACKED = frozenset({"parquet", "xlsx"})
"""Forms that are compressed already."""
Announce = Callable[[Sequence[Any], int], None]


def offered(path: str, asked: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the forms in which the answer to a question can be taken along, as they are written, with their addresses."""
    return [(called, addresses.listing(f"{path}.{form}", asked)) for form, called in CALLED.items()]


def check(request: Request, form: str, lang: str) -> str:
    """Return a form of whole files; raises ``UnknownRecord`` for another, ``WrongCall`` where a page of it is asked for."""
    if form not in FORMS:
        raise UnknownRecord(_("Lists are given as {forms}.", lang).format(forms=", ".join(CALLED)))
    if "after" in request.query_params:
        raise WrongCall(_("A download begins at the first row: leave `after` out.", lang))
    return form


def table(
    request: Request,
    question: Any,  # noqa: ANN401 -- a question of storage.questions
    name: str,
    form: str,
    *,
    announce: Announce | None = None,
    records: bool = False,
) -> Response:
    """Return the rows of a question as a file, or 304; ``announce`` is told of public records before the first byte.

    What can be refused is refused here, before the answer begins; an answer that breaks off later is a broken transfer to its reader.
    """
    from storage import streams  # pyarrow and openpyxl: a download alone waits for them

    base = base_of(request)
    return streamed(
        request,
        f"{base} {question!r}",
        lambda: streams.chunks(store_of(request), question, form, announce, base=base),
        streams.MEDIA_TYPES[form],
        coding=form not in PACKED,
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"', "Cache-Control": NOWHERE if records else PRIVATE},
    )


def streamed(
    request: Request,
    question: str,
    chunks: Callable[[], Iterator[bytes]],
    media_type: str,
    *,
    coding: bool,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return what ``chunks`` makes while it is made, or 304; ``coding`` tells that it may be compressed. Raises what the first one does."""
    known = validators.of(request, question)
    gzipped = coding and takes_gzip(request)
    tag = f'"{known.tag}{validators.CODINGS[0] if gzipped else ""}"'
    told = {"Cache-Control": PRIVATE, "Vary": "Accept-Encoding, Authorization, Cookie", "ETag": tag} | dict(headers or {})
    if held := known.held(request):
        told.pop("Content-Disposition", None)
        return Response(status_code=304, headers=told | {"ETag": held})
    made = chunks()
    whole = joined(next(made, b""), made)
    told |= {"Content-Encoding": "gzip"} if gzipped else {}
    return Stream(packed(whole) if gzipped else whole, media_type=media_type, headers=told)


class Stream(StreamingResponse):
    """An answer that is made while it is sent; where its reader leaves, what makes it is closed at once, and with it its transaction."""

    def __init__(self, chunks: Iterator[bytes], **more: Any) -> None:  # noqa: ANN401 -- of StreamingResponse
        self._chunks = chunks
        super().__init__(self._read(), **more)

    async def _read(self) -> AsyncIterator[bytes]:
        try:
            while (chunk := await to_thread.run_sync(next, self._chunks, None)) is not None:
                yield chunk
        finally:
            self._chunks.close()  # type: ignore[attr-defined]


def joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what was taken from an iterator already, then the rest of it."""
    try:
        yield first
        yield from rest
    finally:
        rest.close()  # type: ignore[attr-defined]


def packed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the same, compressed with gzip."""
    packer = zlib.compressobj(1, wbits=31)
    try:
        for chunk in chunks:
            if packed := packer.compress(chunk):
                yield packed
        yield packer.flush()
    finally:
        chunks.close()  # type: ignore[attr-defined]
