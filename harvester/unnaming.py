"""Addresses, keys and headers of documents that name a person (a file called by an identity number): what of them may be written down."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

from normalizers.privacy import Mode, mask
from normalizers.privacy.addresses import clean_url
from spiders.items import Capture
from storage.keyed import Keyring
from storage.records import Publication

_TAG_LENGTH = 16
_CHARSETS = ("utf-8", "gb18030")


def is_personal(text: str) -> bool:
    """Tell whether a text holds personal data, as it stands or percent-encoded."""
    return any(mask(reading, Mode.DOCUMENT).changed for reading in {text, *(unquote(text, charset) for charset in _CHARSETS)})


def clean_address(url: str, keyring: Keyring) -> str:
    """Return an address without the parts that hold personal data; a keyed tag keeps it apart from others."""
    cleaned = clean_url(url, mode=Mode.DOCUMENT)
    return url if cleaned == url else f"{cleaned}#{keyring.tag('address', url)[:_TAG_LENGTH]}"


def clean_key(key: str, keyring: Keyring) -> str:
    """Return a document's key, its last part replaced by a keyed tag where the key holds personal data."""
    if not is_personal(key):
        return key
    before, slash, _ = key.rpartition("/")
    tag = keyring.tag("document", key)[:_TAG_LENGTH]
    return f"{before}{slash}{tag}" if slash and not is_personal(before) else tag


def clean_publication(publication: Publication, keyring: Keyring) -> Publication:
    """Return where a document was published, without personal data in its address, key and title."""
    return replace(
        publication,
        key=clean_key(publication.key, keyring),
        parent_key=clean_key(publication.parent_key, keyring),
        url=clean_address(publication.url, keyring),
        title=mask(publication.title, Mode.DOCUMENT).text,
    )


def clean_capture(capture: Capture, keyring: Keyring) -> Capture:
    """Return a capture without personal data in its address and headers (``Content-Disposition`` names a file)."""
    headers = tuple((name, value) for name, value in capture.headers if not is_personal(value))
    return replace(capture, url=clean_address(capture.url, keyring), headers=headers)
