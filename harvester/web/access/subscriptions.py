"""Addresses for programs that cannot log in: calendars and feed readers know nothing but an address.

Its key is made of the account's name and serial number with the room's secret: nothing is stored, it opens calendars and feeds only,
and a new serial number (a new password, or the button on the page of the account) ends it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256

from fastapi import Request

from harvester.web.room import room_of
from storage.accounts import MOST_LETTERS

PARAMETER = "key"
_DIGITS = 40
"""Hexadecimal digits of the tag: 160 bits."""


def with_key(request: Request, address: str) -> str:
    """Return an address of this room with the key of whoever is logged in; unchanged where none is needed."""
    found = request.state.entry
    settings = room_of(request).settings
    if settings.open or not found.person.name:
        return address
    key = _key(settings.secret, found.person.name, found.serial)
    return f"{address}{'&' if '?' in address else '?'}{PARAMETER}={key}"


def covers(path: str) -> bool:
    """Tell whether a key opens an address."""
    return path.startswith("/calendar/") or path.endswith(".atom")


def name_in(key: str) -> str:
    """Return the name of the account in a key, empty where there is none."""
    name, _, tag = key.partition(".")
    if len(tag) != _DIGITS or len(name) > 8 * MOST_LETTERS:
        return ""
    try:
        return base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def fits(secret: bytes, key: str, name: str, serial: int) -> bool:
    """Tell whether a key is the present one of an account."""
    return hmac.compare_digest(key.encode(), _key(secret, name, serial).encode())


def _key(secret: bytes, name: str, serial: int) -> str:
    shown = base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")
    return f"{shown}.{hmac.new(secret, f'subscription:{serial}:{name}'.encode(), sha256).hexdigest()[:_DIGITS]}"
