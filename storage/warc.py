"""WARC records as bytes, built and read with warcio: what ``archive`` writes and reads back."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import IO, Any, Protocol
from urllib.parse import quote, urlsplit

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParserException
from warcio.warcwriter import BufferWARCWriter

from storage.records import ArchivedResponse, Location

_SOFTWARE = "credit-harvester"
_VERSION = "WARC/1.1"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"
_CHUNK = 1 << 16
TOMBSTONE_ROOM = 320
"""Bytes that a gzip member needs so that a tombstone can take its place."""
_ERASED = b"erased: the record may no longer be shown\r\n"
_FCOMMENT = 0x10
_FCOMMENT_AT = 3
_GZIP_HEADER = 10
# The first record stands in the archive under these fields, as Heritrix writes them.
_FIRST_FILE, _FIRST_OFFSET, _FIRST_LENGTH = "WARC-Refers-To-Filename", "WARC-Refers-To-File-Offset", "WARC-Refers-To-File-Length"


class Readable(Protocol):
    """What members are read from: a file, or a part of one."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes, none at the end."""


@dataclass(frozen=True, slots=True)
class Member:
    """One gzip member of a file: where it stands, and its bytes uncompressed."""

    offset: int
    length: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """A response or revisit record as read; ``first`` is where the payload of a revisit stands."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    method: str
    request_body: bytes
    first: Location | None

    def response(self, body: bytes) -> ArchivedResponse:
        """Return the response with ``body`` as its payload."""
        return ArchivedResponse(self.url, self.status, self.headers, body, self.fetched_at, self.method, self.request_body)


@dataclass(frozen=True, slots=True)
class Conversion:
    """A conversion record as read; ``erased`` tells that a tombstone stands in its place, and there is nothing more of it."""

    uri: str
    body: bytes
    erased: bool = False


class _Utf8Headers(StatusAndHeaders):  # type: ignore[misc]
    """HTTP headers written as UTF-8; warcio would percent-encode what is not ASCII, and so change it."""

    def to_ascii_bytes(self, filter_func: Any = None) -> bytes:  # noqa: ANN401 -- warcio's signature
        return bytes(self.to_bytes(filter_func))


def info_record(file_name: str) -> bytes:
    """Return the ``warcinfo`` record that opens a file."""
    writer = BufferWARCWriter(gzip=True, warc_version=_VERSION)
    writer.write_record(writer.create_warcinfo_record(file_name, {"software": _SOFTWARE, "format": "WARC File Format 1.1"}))
    return bytes(writer.get_contents())


def response_record(response: ArchivedResponse, sha256: str, first: Location | None) -> bytes:
    """Return the record of a response, or a revisit record where ``first`` holds the same payload.

    A request that was not a plain GET follows as a ``request`` record. Header lines that are not legal HTTP are made so:
    control characters become blanks, names that are no token (RFC 9110 §5.6.2) go.
    """
    writer = BufferWARCWriter(gzip=True, warc_version=_VERSION)
    url = safe_url(response.url)
    stamp = _stamp(response.fetched_at)
    fields = {"WARC-Date": stamp, "WARC-Payload-Digest": f"sha256:{sha256}"}
    http = _Utf8Headers(_status_line(response.status), _legal(response.headers), protocol="HTTP/1.1")
    if first is None:
        record = writer.create_warc_record(
            url, "response", payload=BytesIO(response.body), length=len(response.body), warc_headers_dict=fields, http_headers=http
        )
    else:
        del fields["WARC-Payload-Digest"]
        fields |= {_FIRST_FILE: first.file, _FIRST_OFFSET: str(first.offset), _FIRST_LENGTH: str(first.length)}
        record = writer.create_revisit_record(url, f"sha256:{sha256}", url, stamp, http_headers=http, warc_headers_dict=fields)
    writer.write_record(record)
    if response.method != "GET" or response.request_body:
        fields = {"WARC-Date": stamp, "WARC-Concurrent-To": record.rec_headers.get_header("WARC-Record-ID")}
        writer.write_record(_request_record(writer, response, url, fields))
    return bytes(writer.get_contents())


def conversion_record(uri: str, media_type: str, body: bytes, at: datetime) -> bytes:
    """Return the ``conversion`` record (ISO 28500 §6.7) of a content that a response was turned into, as one gzip member.

    It leaves room for ``tombstone_record`` to take its place.
    """
    writer = BufferWARCWriter(gzip=True, warc_version=_VERSION)
    fields = {"WARC-Date": _stamp(at), "WARC-Payload-Digest": f"sha256:{hashlib.sha256(body).hexdigest()}"}
    record = writer.create_warc_record(uri, "conversion", BytesIO(body), len(body), media_type, fields)
    writer.write_record(record)
    member = bytes(writer.get_contents())
    return _padded(member, max(len(member), TOMBSTONE_ROOM))


def tombstone_record(length: int, at: datetime) -> bytes:
    """Return a gzip member of exactly so many bytes that says: a record stood here and was erased. It holds nothing of it.

    The length is made up by a comment in the member's header (RFC 1952, FCOMMENT), which readers of gzip pass over. Raises
    ``ValueError`` for a length under ``TOMBSTONE_ROOM``.
    """
    writer = BufferWARCWriter(gzip=True, warc_version=_VERSION)
    record = writer.create_warc_record("", "metadata", BytesIO(_ERASED), len(_ERASED), "application/warc-fields", {"WARC-Date": _stamp(at)})
    writer.write_record(record)
    return _padded(bytes(writer.get_contents()), length)


def conversion(data: bytes) -> Conversion:
    """Read one member that ``conversion_record`` or ``tombstone_record`` wrote. Raises ``ValueError`` saying what is wrong."""
    found = list(members(BytesIO(data)))
    if len(found) != 1:
        raise ValueError("is no single record")
    return read_conversion(found[0].data)


def read_conversion(data: bytes) -> Conversion:
    """Do what ``conversion`` does for an uncompressed member."""
    record = _load(data)
    fields, body = record.rec_headers, record.raw_stream.read()
    if record.rec_type == "metadata" and body == _ERASED:
        return Conversion("", b"", erased=True)
    if record.rec_type != "conversion":
        raise ValueError("is no conversion record")
    digest = str(fields.get_header("WARC-Payload-Digest", "")).removeprefix("sha256:")
    if digest != hashlib.sha256(body).hexdigest():
        raise ValueError("holds another payload than it says")
    return Conversion(str(fields.get_header("WARC-Target-URI")), body)


def parse(data: bytes) -> Record:
    """Read one response or revisit record, with the request record that may follow it. Raises ``ValueError`` saying what is wrong."""
    parts = [_load(member.data) for member in members(BytesIO(data))]
    if not parts or parts[0].rec_type not in ("response", "revisit") or parts[0].http_headers is None:
        raise ValueError("is no record of a response")
    record, request = parts[0], parts[1] if len(parts) > 1 else None
    fields = record.rec_headers
    digest = str(fields.get_header("WARC-Payload-Digest", ""))
    first = None
    if record.rec_type == "revisit":
        place = [str(fields.get_header(name, "")) for name in (_FIRST_FILE, _FIRST_OFFSET, _FIRST_LENGTH)]
        first = Location(place[0], int(place[1]), int(place[2]), digest.removeprefix("sha256:"))
    return Record(
        url=str(fields.get_header("WARC-Target-URI")),
        status=int(record.http_headers.get_statuscode()),
        headers=tuple((str(name), str(value)) for name, value in record.http_headers.headers),
        body=record.raw_stream.read(),
        fetched_at=datetime.fromisoformat(str(fields.get_header("WARC-Date"))),
        method=str(request.http_headers.protocol) if request is not None else "GET",
        request_body=request.raw_stream.read() if request is not None else b"",
        first=first,
    )


def kind_and_digest(data: bytes) -> tuple[str, str]:
    """Return the WARC type of an uncompressed record and the SHA-256 of its payload, empty where it has none."""
    fields = _load(data).rec_headers
    return str(fields.get_header("WARC-Type", "")), str(fields.get_header("WARC-Payload-Digest", "")).removeprefix("sha256:")


def members(file: Readable) -> Iterator[Member]:
    """Yield the gzip members of a file. Raises ``ValueError`` at one that is damaged or was never finished."""
    offset = 0
    rest = b""
    while True:
        rest = rest or file.read(_CHUNK)
        if not rest:
            return
        length, data, rest = _member(file, rest, offset)
        yield Member(offset, length, data)
        offset += length


def sound_length(file: IO[bytes]) -> int | None:
    """Return how many bytes of a file hold finished records; ``None`` when it is damaged before its end, and must not be cut."""
    end = 0
    try:
        for member in members(file):
            end = member.offset + member.length
    except _UnfinishedError:
        return end
    except ValueError:
        # A power cut may leave a tail of zeros that was allotted and never written; anything else is damage.
        file.seek(end)
        return end if _only_zeros(file) else None
    return end


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _padded(member: bytes, length: int) -> bytes:
    room = length - len(member)
    if room == 0:
        return member
    if room < 0 or member[_FCOMMENT_AT]:
        raise ValueError(f"a gzip member of {len(member)} bytes cannot be made {length} bytes long")
    comment = b" " * (room - 1) + b"\0"
    return member[:_FCOMMENT_AT] + bytes([_FCOMMENT]) + member[_FCOMMENT_AT + 1 : _GZIP_HEADER] + comment + member[_GZIP_HEADER:]


def safe_url(url: str) -> str:
    """Return the URL in ASCII without blanks and control characters; one that is so already stays as it is."""
    return quote(url, safe=_URL_SAFE)


class _UnfinishedError(ValueError):
    """The file ends within a member."""


def _member(file: Readable, head: bytes, offset: int) -> tuple[int, bytes, bytes]:
    inflater = zlib.decompressobj(zlib.MAX_WBITS + 16)
    out: list[bytes] = []
    length, chunk = 0, head
    while True:
        try:
            out.append(inflater.decompress(chunk))
        except zlib.error as error:
            raise ValueError(f"no gzip member at offset {offset}") from error
        length += len(chunk) - len(inflater.unused_data)
        if inflater.eof:
            return length, b"".join(out), inflater.unused_data
        chunk = file.read(_CHUNK)
        if not chunk:
            raise _UnfinishedError(f"the record at offset {offset} was never finished")


def _only_zeros(file: IO[bytes]) -> bool:
    return all(not chunk.strip(b"\0") for chunk in iter(lambda: file.read(_CHUNK), b""))


def _load(data: bytes) -> Any:  # noqa: ANN401 -- warcio has no types
    try:
        record = ArcWarcRecordLoader().parse_record_stream(BytesIO(data), known_format="warc")
    except (ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, AttributeError) as error:
        raise ValueError("is no WARC record") from error
    if record.length is not None and record.length > len(data):
        raise ValueError("is no WARC record: it says to be longer than it is")
    return record


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _legal(headers: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [(name, _CONTROL.sub(" ", value).strip()) for name, value in headers if _TOKEN.match(name)]


def _request_record(writer: BufferWARCWriter, response: ArchivedResponse, url: str, fields: dict[str, str]) -> Any:  # noqa: ANN401
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    http = _Utf8Headers(f"{response.method} {target} HTTP/1.1", [("Host", parts.netloc)], is_http_request=True)
    body = response.request_body
    return writer.create_warc_record(url, "request", payload=BytesIO(body), length=len(body), warc_headers_dict=fields, http_headers=http)
