"""Addresses of sites that a page, feed or message of ours may lead to."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def leads_to(url: str) -> str:
    """Return an address if a browser may be led there, else nothing: http or https, a host, and nobody's name before it.

    What browsers read otherwise than the standard (a backslash, blanks and line breaks inside) leads nowhere, so that what is shown is
    where one comes to (WHATWG URL, 4.4).
    """
    parts = split(url)
    plain = not any(character.isspace() or character == "\\" or not character.isprintable() for character in url)
    return url if plain and parts and parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc else ""


def split(url: str) -> SplitResult | None:
    """Return the parts of an address, ``None`` for what is none; the scheme is in small letters."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 -- one that is no number is found when it is asked for
    except ValueError:
        return None
    return parts
