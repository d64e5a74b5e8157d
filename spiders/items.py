"""What a spider hands on: captures (bytes as they came), what was read from them by field, and failures with a named cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from normalizers.notices.records import PrintedRecord


class CaptureKind(StrEnum):
    """What a captured response is to its site."""

    LIST = "list"
    ARTICLE = "article"
    ATTACHMENT = "attachment"


class Cause(StrEnum):
    """Why something was not had. One word for one thing, in the log, the store and the pages."""

    CHALLENGE = "challenge"
    HTTP_ERROR = "http-error"
    NOT_FOUND = "not-found"
    TIMEOUT = "timeout"
    DNS = "dns"
    TLS = "tls"
    REFUSED = "refused"
    CONNECTION = "connection"
    TRUNCATED = "truncated"
    NO_LIST = "no-list-container"
    NO_BODY = "no-body-container"
    PARSE = "parse"
    ERROR_PAGE = "error-page"
    DUPLICATE_PAGE = "duplicate-page"
    COUNT_MISMATCH = "count-mismatch"
    ROBOTS_REFUSED = "robots-refused"
    ROBOTS_UNREADABLE = "robots-unreadable"
    OFFSITE = "offsite"
    PRIVATE_ADDRESS = "private-address"
    TOO_LARGE = "too-large"
    UNREADABLE = "unreadable"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ListItem:
    """One line of a list page: ``key`` is the CMS id in the URL, the document's identity within its site."""

    key: str
    url: str
    title: str
    listed_on: date | None = None


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a section's list. ``total`` and ``pages`` are what the site says it has, ``None`` where it says nothing."""

    items: tuple[ListItem, ...]
    page: int = 1
    pages: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that hangs on an article: ``name`` as the link's text says, never taken as a path."""

    key: str
    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Article:
    """The fields of an article page as printed. ``body`` is the CSS selector that found the body on this page."""

    title: str
    body: str
    document_number: str = ""
    issuers: tuple[str, ...] = ()
    issued_on: date | None = None
    published_on: date | None = None
    source: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Capture:
    """One response as it came: nothing decoded, nothing cut. ``headers`` keeps order and repetition; ``fetched_at`` is UTC."""

    site: str
    section: str
    kind: CaptureKind
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    method: str = "GET"
    request_body: bytes = b""


@dataclass(frozen=True, slots=True)
class ListCapture:
    """A list page: the capture and what it listed."""

    capture: Capture
    page: ListPage


@dataclass(frozen=True, slots=True)
class ArticleCapture:
    """An article: the capture, the line of the list that led to it, and its fields."""

    capture: Capture
    entry: ListItem
    article: Article


@dataclass(frozen=True, slots=True)
class AttachmentCapture:
    """A file: the capture, its link, and the article it hangs on."""

    capture: Capture
    attachment: Attachment
    entry: ListItem
    article: Article


@dataclass(frozen=True, slots=True)
class Failure:
    """A fetch that gave nothing to keep, and why."""

    site: str
    section: str
    kind: CaptureKind
    url: str
    cause: Cause
    detail: str
    at: datetime
    key: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """What an address answered that nothing names any more: that of a file its article named, or the former one of an article.

    ``missing`` is a real 404 or 410. ``landed`` is the address that answered, another one after a redirect; empty: none did.
    """

    site: str
    section: str
    kind: CaptureKind
    key: str
    url: str
    missing: bool
    at: datetime
    landed: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class RecordCapture:
    """One public credit record as a page printed it. It is not masked yet: it may be neither logged nor written as it is.

    ``detail`` tells that it was read from the record's own page, not from a row of a list.
    """

    record: PrintedRecord
    fetched_at: datetime
    detail: bool = False

    def __repr__(self) -> str:
        """Say which record this is, and nothing of what it says."""
        return f"<RecordCapture {self.record.site} {self.record.section}>"


@dataclass(frozen=True, slots=True)
class RecordListCapture:
    """A page of a list of records that was read: the keys of the records it named, in its order.

    ``slice`` is the part of the section that was asked for (a department), empty where a section is read whole.
    """

    site: str
    section: str
    slice: str
    page: int
    keys: tuple[str, ...]
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """What a run had of a section or a slice of it, beside what the site says there is (``stated``, ``pages``; ``None``: it says nothing).

    ``listed`` records were named by the lists, ``had`` of them read, ``known`` left alone because they are stored and fresh. ``capped``:
    the site shows no more pages than these. ``complete``: every record the site says it has was listed. ``gaps`` are sentences.
    """

    section: str
    slice: str = ""
    stated: int | None = None
    pages: int | None = None
    pages_had: int = 0
    listed: int = 0
    had: int = 0
    known: int = 0
    failed: int = 0
    capped: bool = False
    complete: bool = False
    gaps: tuple[str, ...] = ()
