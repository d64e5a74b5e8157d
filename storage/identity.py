"""Identifiers: opaque, short, the same in every store."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from normalizers.text.fold import fingerprint, fold


def document_id(site: str, key: str) -> str:
    """Return ``d`` and 11 characters of base 32 (55 bits) for a place of publication.

    Two of a million documents share one with a chance of 1 in 70,000; ``ingest`` refuses that document and says so.
    """
    digest = hashlib.sha256(f"{site}\0{key}".encode("utf-8", "surrogatepass")).digest()
    return "d" + base64.b32encode(digest[:7]).decode().lower()[:11]


def work_id(first: str) -> str:
    """Return the identifier of the work whose least document is ``first``."""
    return "w" + first[1:]


def task_id(document: str, version: int, ordinal: int) -> str:
    """Return ``<document>.<version>.t<ordinal>``; ordinals count from 1."""
    return f"{document}.{version}.t{ordinal}"


@lru_cache(maxsize=16_384)  # the names of bodies: a plan names a dozen of them a hundred times, and the next plan the same ones
def text_key(text: str) -> str:
    """Return the fingerprint of a title, number or name for look-up, empty where nothing is left after folding."""
    return fingerprint(text) if fold(text) else ""
