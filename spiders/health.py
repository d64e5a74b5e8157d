"""Is this answer what was asked for? Challenges, error pages with status 200 and halves of pages, recognised by data.

The signatures are lines of ``spiders/data/challenges.toml``. A page that talks *about* captchas is no challenge, so words count only
on pages with hardly any text, and titles only as a whole. Files are judged by ``spiders.file_health``.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from scrapy.exceptions import IgnoreRequest

from spiders.families.reading import parse
from spiders.items import CaptureKind, Cause

_PAIRS = tuple((re.compile(rf"<{name}[\s>]", re.IGNORECASE), re.compile(rf"</{name}\s*>", re.IGNORECASE)) for name in ("html", "datastore"))
_MARKUP = re.compile(
    r"\s*+(?:(?:<\?xml[^>]{0,200}\?>|<!--.{0,2000}?-->)\s*+)*+"
    r"<(?:!doctype\s+html|(?:html|head|body|title|meta|link|base|style|script|form|div|center|span|p|h[1-6]|table|iframe)[\s/>])",
    re.IGNORECASE | re.DOTALL,
)
_TITLE = re.compile(r"<title>([^<>&]{0,1000})</title>", re.IGNORECASE)
_TITLE_TAG = re.compile("<title", re.IGNORECASE)
_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


STOPPING = (Cause.CHALLENGE, Cause.ROBOTS_UNREADABLE)
"""Causes that end the crawl of a site at once."""
LONGEST_NOTICE = 60
"""Characters of a body that may be a notice of an error inside the site's own template."""


class FetchError(IgnoreRequest):
    """A request that is refused, or an answer that is not what was asked for; ``cause`` names why, ``detail`` says it in a sentence."""

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to know a page that is not content.

    ``title`` is a pattern for the whole title; ``text`` (or what ``pattern`` matches) stands somewhere in a page that shows at most
    ``shown`` characters.
    """

    name: str
    cause: Cause
    title: str = ""
    text: str = ""
    pattern: str = ""
    shown: int = 400

    def is_title(self, title: str | None) -> bool:
        """Tell whether this may be the title of a page: for certain not, where it is known and another one."""
        return title is None or re.fullmatch(self.title, title, re.IGNORECASE) is not None

    def stands_in(self, text: str) -> bool:
        """Tell whether the words of this sign are in ``text``."""
        return bool((self.text and self.text in text) or (self.pattern and re.search(self.pattern, text)))


@cache
def _data() -> tuple[dict[Cause, frozenset[int]], tuple[Signature, ...]]:
    data = tomllib.loads((files("spiders") / "data" / "challenges.toml").read_text("utf-8"))
    statuses = {Cause(cause): frozenset(numbers) for cause, numbers in data["status"].items()}
    return statuses, tuple(Signature(**(entry | {"cause": Cause(entry["cause"])})) for entry in data["signature"])


def diagnose(status: int, text: str, kind: CaptureKind) -> FetchError | None:
    """Return what is wrong with a page, ``None`` when it may be what was asked for. ``text`` is its decoded body."""
    if wrong := by_status(status) or by_signature(status, text):
        return wrong
    if succeeded(status) and cut_short(text):
        return FetchError(Cause.TRUNCATED, f"is a {kind} page that ends before its end")
    return None


def by_status(status: int, *, but: frozenset[int] = frozenset()) -> FetchError | None:
    """Return what a status says by itself; those in ``but`` say nothing. 206 is a part that nobody asked for (RFC 9110 §15.3.7)."""
    statuses, _ = _data()
    for cause, numbers in statuses.items():
        if status in numbers - but:
            return FetchError(cause, f"answered with status {status}")
    return FetchError(Cause.TRUNCATED, "answered with a part (status 206)") if status == 206 else None


def by_signature(status: int, text: str) -> FetchError | None:
    """Return the challenge that ``text`` is, or, with a status of success, the error page."""
    found = _recognise(text, _data()[1]) if text else None
    return FetchError(found.cause, f"looks like {found.name}") if found and (succeeded(status) or found.cause is Cause.CHALLENGE) else None


def succeeded(status: int) -> bool:
    """Tell whether a status claims that here is what was asked for."""
    return 200 <= status < 300


def _recognise(text: str, signatures: tuple[Signature, ...]) -> Signature | None:
    told = _plain_title(text)
    suspects = [each for each in signatures if (each.is_title(told) if each.title else each.stands_in(text))]
    if not suspects:
        return None
    title, shown = _title_and_length(text)
    for signature in suspects:
        if signature.title and re.fullmatch(signature.title, title, re.IGNORECASE):
            return signature
        if not signature.title and shown <= signature.shown:
            return signature
    return None


def _plain_title(text: str) -> str | None:
    """Return the title of a page whose only one is plain text, ``None`` where the page must be parsed to know it."""
    found = _TITLE.search(text)
    title = " ".join(found[1].split()) if found and len(_TITLE_TAG.findall(text)) == 1 else None
    return title if title is not None and title.isprintable() else None


def empty_notice(text: str, body: str) -> FetchError | None:
    """Return the error that an article tells of inside the site's own template, and nothing else; ``body`` is its selector (CSS)."""
    suspects = [signature for signature in _data()[1] if signature.cause is Cause.ERROR_PAGE and signature.stands_in(text)]
    if not suspects:
        return None
    said = "".join("".join(parse(text).css(body).xpath(".//text()[not(parent::script or parent::style)]").getall()).split())
    found = next((signature for signature in suspects if len(said) <= LONGEST_NOTICE and signature.stands_in(said)), None)
    return FetchError(found.cause, f"says nothing but {found.name}") if found else None


def _title_and_length(text: str) -> tuple[str, int]:
    if text.lstrip("\ufeff \r\n\t").startswith(("{", "[")):
        return "", len(text)
    page = parse(text)
    words = page.xpath("//body//text()[not(parent::script or parent::style or parent::noscript)]").getall()
    return " ".join("".join(page.xpath("//title[1]//text()").getall()).split()), sum(len("".join(word.split())) for word in words)


def cut_short(text: str) -> bool:
    """Tell whether a page, a list in XML or one in JSON was opened and never closed: half a body, whatever its Content-Length said."""
    start, end = text[:5000].lstrip("\ufeff \r\n\t"), text[-40000:].rstrip()
    if start.startswith("{"):
        return not end.endswith("}")
    return any(opened.search(start) and not closed.search(end) for opened, closed in _PAIRS)


def looks_like_page(body: bytes) -> bool:
    """Tell whether bytes are an HTML page, whatever their declared type; comments and an XML declaration may come first."""
    head = body[:4000].removeprefix(b"\xef\xbb\xbf")
    return bool(_MARKUP.match(head.decode(_WIDE.get(head[:2], "latin-1"), "replace").lstrip("\ufeff")))
