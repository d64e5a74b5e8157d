"""What a request must look like before anybody looks at what it asks: its host, its address, where it comes from.

Against DNS rebinding a room on loopback answers to names of loopback only; against other sites it looks at Fetch Metadata and ``Origin``
(W3C Fetch Metadata Request Headers; OWASP CSRF Prevention Cheat Sheet). There is no CORS: no other site may read anything.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from harvester.web.access.rights import SAFE
from harvester.web.room import RoomSettings

MOST_PATH, MOST_QUERY, MOST_HEADERS, MOST_HEADER_BYTES = 2000, 8000, 100, 32_768
"""Characters of a path and of a query, as they are sent; lines and bytes of headers."""
_ODD_PATH = re.compile(rb"//|\\|%(?:00|2f|5c)", re.IGNORECASE)
_ODD_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffd]")
_ODD_QUERY = re.compile(rb"%00", re.IGNORECASE)
_HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(?::[0-9]{1,5})?", re.IGNORECASE)
_FORWARDED = ("x-forwarded-", "x-real-ip", "forwarded", "via")
"""How the headers begin that proxies add."""
_OWN = ("same-origin", "none")


def check(request: Request, settings: RoomSettings) -> None:
    """Raise ``HTTPException`` for a request that no page, program or reader of this room sends."""
    _check_size(request)
    _check_address(request)
    _check_host(request, settings)
    _check_origin(request, settings)


def is_loopback(host: str) -> bool:
    """Tell whether a host, without its port, can be reached from this machine alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _check_size(request: Request) -> None:
    if len(request.scope.get("raw_path") or b"") > MOST_PATH or len(request.scope["query_string"]) > MOST_QUERY:
        raise HTTPException(414, "The address is too long: ask for less at once.")
    headers = request.scope["headers"]
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > MOST_HEADER_BYTES:
        raise HTTPException(431, "There are too many headers: send fewer.")
    if "content-length" in request.headers and "transfer-encoding" in request.headers:
        # Two lengths are how one request is smuggled inside another (RFC 9112 §6.1 lets a server refuse them).
        raise HTTPException(400, "The request names two lengths: send one.", {"Connection": "close"})


def _check_address(request: Request) -> None:
    raw = request.scope.get("raw_path") or b""
    if _ODD_PATH.search(raw) or _ODD_TEXT.search(request.scope["path"]) or _ODD_QUERY.search(request.scope["query_string"]):
        raise HTTPException(400, "The address cannot be read: follow a link of this room, or begin at its first page.")


def _check_host(request: Request, settings: RoomSettings) -> None:
    """Raise for another host's name (RFC 9110 §7.4), and for a proxy before a room that is open to whoever sits at this machine."""
    given = [value for name, value in request.scope["headers"] if name == b"host"]
    found = _HOST.fullmatch(given[0].decode("latin-1")) if len(given) == 1 else None
    if found is None:
        raise HTTPException(400, "The header Host is missing or cannot be read: name the room's own host.")
    host = found.group(1).lower().rstrip(".")
    if settings.open and any(name.startswith(_FORWARDED) for name in request.headers):
        raise HTTPException(403, "This room is open to this machine alone and takes nothing from a proxy: start it with --base.")
    own = urlsplit(settings.base).hostname or ""
    if not (is_loopback(host) if settings.open or not own else host.strip("[]") == own):
        raise HTTPException(421, "This room does not answer to that name: use the address by which it was opened.")


def _check_origin(request: Request, settings: RoomSettings) -> None:
    site, mode = request.headers.get("sec-fetch-site", ""), request.headers.get("sec-fetch-mode", "")
    if site and site not in _OWN and not _followed(request, mode):
        raise _foreign()
    if request.method in SAFE:
        return
    origin = request.headers.get("origin", "")
    # A browser says "null" where it hides the origin; then its other header must say that the request is our own.
    if origin and origin != own_origin(request, settings) and not (origin == "null" and site == "same-origin"):
        raise _foreign()


def _followed(request: Request, mode: str) -> bool:
    """Tell whether a link or an address typed in led here: a top-level navigation that changes nothing."""
    return request.method in SAFE and mode == "navigate" and request.headers.get("sec-fetch-dest", "document") == "document"


def own_origin(request: Request, settings: RoomSettings) -> str:
    """Return the origin that pages of this room have in a browser."""
    if settings.base:
        parts = urlsplit(settings.base)
        return f"{parts.scheme}://{parts.netloc}"
    return f"{request.scope.get('scheme', 'http')}://{request.headers.get('host', '')}"


def _foreign() -> HTTPException:
    return HTTPException(403, "The request comes from another site: open the page here and do it there.")
