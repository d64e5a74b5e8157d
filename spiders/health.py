"""Is this answer what was asked for? Challenges, error pages with status 200 and halves of pages, recognised by data.

The signatures are lines of ``spiders/data/challenges.toml``. A page that talks *about* captchas is no challenge, so words count only
on pages with hardly any text, and titles only as a whole.
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
_MARKUP = re.compile(r"\s*(?:<!doctype\s+html|<html[\s>]|<head[\s>]|<script[\s>])", re.IGNORECASE)


class FetchError(IgnoreRequest):
    """A request that is refused, or an answer that is not what was asked for; ``cause`` names why, ``detail`` says it in a sentence."""

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to know a page that is not content.

    ``title`` is a pattern for the whole title, ``text`` stands somewhere in a page that shows at most ``shown`` characters.
    """

    name: str
    cause: Cause
    title: str = ""
    text: str = ""
    shown: int = 400


@cache
def _data() -> tuple[dict[Cause, frozenset[int]], tuple[Signature, ...]]:
    data = tomllib.loads((files("spiders") / "data" / "challenges.toml").read_text("utf-8"))
    statuses = {Cause(cause): frozenset(numbers) for cause, numbers in data["status"].items()}
    return statuses, tuple(Signature(**(entry | {"cause": Cause(entry["cause"])})) for entry in data["signature"])


def diagnose(status: int, text: str, kind: CaptureKind, *, file: bool = False) -> FetchError | None:
    """Return what is wrong with an answer, ``None`` when it may be what was asked for.

    ``text`` is the decoded body, empty for a file. ``file`` tells that a file was asked for, so that a page in its stead is an error.
    """
    statuses, signatures = _data()
    for cause, numbers in statuses.items():
        if status in numbers and not (file and status == 403):
            return FetchError(cause, f"answered with status {status}")
    if text and (found := _recognise(text, signatures)) and (status == 200 or found.cause is Cause.CHALLENGE):
        return FetchError(found.cause, f"looks like {found.name}")
    if status != 200:
        return None
    if file:
        return FetchError(Cause.ERROR_PAGE, "answered with a page where a file was asked for") if text else None
    if cut_short(text):
        return FetchError(Cause.TRUNCATED, f"is a {kind} page that ends before its end")
    return None


def _recognise(text: str, signatures: tuple[Signature, ...]) -> Signature | None:
    suspects = [signature for signature in signatures if signature.title or signature.text in text]
    if not suspects:
        return None
    title, shown = _title_and_length(text)
    for signature in suspects:
        if signature.title and re.fullmatch(signature.title, title, re.IGNORECASE):
            return signature
        if signature.text and signature.text in text and shown <= signature.shown:
            return signature
    return None


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
    """Tell whether bytes are an HTML page, whatever their declared type."""
    return bool(_MARKUP.match(body[:1000].removeprefix(b"\xef\xbb\xbf").decode("latin-1")))
