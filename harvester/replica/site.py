"""One replica site: its family, the fault it has, and what it answers to a request, status and headers included."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from importlib.resources import files

from harvester.replica.families import FAMILIES, Family, SiteFacts
from harvester.replica.families.base import Page, Request, templates
from harvester.replica.faults import Fault, FaultKind, Target, TargetKind
from harvester.replica.records import RecordSiteFacts
from harvester.replica.records.families import RECORD_FAMILIES, RecordFamily
from harvester.replica.redesign import drawn


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over the wire. ``declared_length`` differs from the body's length where a fault cuts it; ``delay`` is in seconds.

    ``reset`` cuts the connection before anything goes back.
    """

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    declared_length: int = 0
    delay: float = 0.0
    reset: bool = False


class ReplicaSite:
    """A site of the replica, of documents or of records: requests in, answers out, no sockets."""

    def __init__(self, facts: SiteFacts | RecordSiteFacts, fault: Callable[[], Fault | None], delay: float) -> None:
        self.facts = facts
        self.family: Family | RecordFamily = (
            RECORD_FAMILIES[facts.family](facts) if isinstance(facts, RecordSiteFacts) else FAMILIES[facts.family](facts)
        )
        self._fault = fault
        self._delay = delay

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        """Return the answer to a request; ``headers`` have lower-case names."""
        request = Request.read(method, target, body)
        fixed = self._fixed(request)
        if fixed:
            return _plain(fixed, headers)
        if left := self._left(target):
            return self._answered(Target(TargetKind.ATTACHMENT), left, headers)
        if forward := self._forward(target):
            return Answer(301, b"", {"Location": forward})
        found = self.family.route(request)
        return self._answered(found, None, headers) if found else _plain(self._page("not-found", 404), headers)

    def _answered(self, found: Target, page: Page | None, headers: dict[str, str]) -> Answer:
        """Return the answer to a target, spoiled where the fault reaches it; ``page`` is one that the family knows nothing of."""
        fault = self._fault()
        if fault is None or not fault.hits(self.facts.id, found):
            return _plain(page or self.family.respond(found) or self._page("not-found", 404), headers)
        return self._spoiled(fault.kind, found, page, headers)

    def _fixed(self, request: Request) -> Page | None:
        """Return the pages every site has: robots.txt and the home page."""
        if request.path == "/robots.txt":
            text = (files("harvester.replica") / "templates/common/robots.txt").read_bytes()
            return Page(text, "text/plain", datetime(2026, 1, 5, tzinfo=UTC))
        return self._page("home", 200) if request.path in ("/", "/index.html") else None

    def _left(self, target: str) -> Page | None:
        """Return a file that no page names any more and that is still there."""
        return self.family.left.get(target) if isinstance(self.family, Family) else None

    def _forward(self, target: str) -> str:
        """Return where an address leads to that a document has left."""
        return self.family.forwards.get(target, "") if isinstance(self.family, Family) else ""

    def _page(self, name: str, status: int, charset: str = "utf-8") -> Page:
        text = templates().get_template(f"common/{name}.html").render(facts=self.facts)
        return Page(text.encode(charset), f"text/html; charset={charset}", None, status)

    def _spoiled(self, kind: FaultKind, target: Target, page: Page | None, headers: dict[str, str]) -> Answer:
        if kind is FaultKind.CHALLENGE:
            refused = self.family.challenge == "challenge-refused"
            return _plain(self._page(self.family.challenge, 200, "gbk" if refused else "utf-8"), {})
        if kind is FaultKind.CHALLENGE_412:
            return _plain(self._page("challenge-412", 412), {})
        if kind is FaultKind.SERVER_ERROR:
            return _plain(self._page("error-500", 500), {})
        if kind is FaultKind.GONE:
            return _plain(self._page("not-found", 404), {})
        if kind is FaultKind.RESET:
            return Answer(0, b"", reset=True)
        with drawn(kind.value if kind in (FaultKind.REDESIGN, FaultKind.REDESIGN_2) else ""):
            page = page or self.family.respond(target._replace(items_page=1) if kind is FaultKind.DUP_PAGE else target)
        if page is None:
            return _plain(self._page("not-found", 404), headers)
        return self._bent(kind, page, headers)

    def _bent(self, kind: FaultKind, page: Page, headers: dict[str, str]) -> Answer:
        """Return a good page made bad on its way: cut, declared wrongly, or late."""
        if kind is FaultKind.WRONG_CHARSET:
            other = "utf-8" if self.family.charset == "gbk" else "gbk"
            return _plain(page._replace(content_type=f"{page.content_type.partition(';')[0]}; charset={other}", modified=None), {})
        if kind in (FaultKind.HALF_BODY, FaultKind.HALF_PAGE):
            half = page.body[: len(page.body) // 2]
            whole = _plain(page._replace(modified=None), {})
            declared = len(page.body) if kind is FaultKind.HALF_BODY else len(half)
            return Answer(whole.status, half, whole.headers, declared)
        sound = _plain(page, headers)
        delay = self._delay if kind is FaultKind.SLOW else 0.0
        return Answer(sound.status, sound.body, sound.headers, sound.declared_length, delay)


def _plain(page: Page, headers: dict[str, str]) -> Answer:
    """Return a page as an answer, with validators where it has them, and 304 where the asker holds it already."""
    out = {"Content-Type": page.content_type}
    if page.modified is not None and page.status == 200:
        etag = f'"{hashlib.sha256(page.body).hexdigest()[:24]}"'
        out |= {"ETag": etag, "Last-Modified": format_datetime(page.modified.astimezone(UTC), usegmt=True)}
        if _unchanged(headers, etag, page.modified):
            return Answer(304, b"", out)
    return Answer(page.status, page.body, out, len(page.body))


def _unchanged(headers: dict[str, str], etag: str, modified: datetime) -> bool:
    """Tell whether the asker's copy is current; a tag, where sent, decides alone (RFC 9110 §13.1.3)."""
    if "if-none-match" in headers:
        return etag in (tag.strip().removeprefix("W/") for tag in headers["if-none-match"].split(","))
    try:
        since = parsedate_to_datetime(headers["if-modified-since"])
    except (KeyError, ValueError):
        return False
    return modified.replace(microsecond=0) <= (since if since.tzinfo else since.replace(tzinfo=UTC))
