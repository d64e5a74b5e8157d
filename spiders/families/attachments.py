"""Files that hang on an article: links in its body and in the boxes beside it, whatever the way they are written."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from posixpath import basename, splitext
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from parsel import Selector

from spiders.factsheet import FactSheet
from spiders.items import Attachment

from .nodes import attribute

SUFFIXES = frozenset(
    {".pdf", ".ofd", ".wps", ".et", ".doc", ".docx", ".xls", ".xlsx", ".csv", ".txt", ".rtf"}
    | {".zip", ".rar", ".7z", ".ppt", ".pptx", ".xml", ".json", ".caj"}
)
_OPENED = re.compile(r"""(?:window\.open|location\.href|openFile|downloadFile)\s*[(=]\s*['"]([^'"]{1,2000})['"]""")
_NAMING = ("filename", "file_name", "name", "file", "fileurl", "path")
_KEY_LENGTH = 160


def read_attachments(boxes: Iterable[Selector], url: str, sheet: FactSheet, document: str) -> tuple[Attachment, ...]:
    """Return the files linked from ``boxes``, each address once, in page order. ``document`` is the key of the article."""
    found: dict[str, Attachment] = {}
    keys: set[str] = set()
    for anchor, address in _links(boxes):
        target = _absolute(url, address)
        suffix = file_suffix(target) if target else ""
        if not target or not (suffix or anchor.root.get("download") is not None):
            continue
        target = sheet.localise(target)
        if target not in found:
            name = _name(anchor, target, suffix)
            key = _unique(f"{document}/{file_key(target) or name}", keys)
            found[target] = Attachment(key=key, url=target, name=name)
    return tuple(found.values())


def _links(boxes: Iterable[Selector]) -> Iterator[tuple[Selector, str]]:
    for box in boxes:
        for anchor in box.xpath("descendant-or-self::a"):
            href = attribute(anchor, "href").strip()
            opened = _OPENED.search(attribute(anchor, "onclick") or href)
            yield anchor, opened[1] if opened else href


def _absolute(url: str, address: str) -> str:
    if not address or address.startswith("#"):
        return ""
    try:
        parts = urlsplit(urljoin(url, address))
        _ = parts.port
    except ValueError:
        return ""
    return parts._replace(fragment="").geturl() if parts.scheme in ("http", "https") and parts.hostname else ""


def file_suffix(url: str) -> str:
    """Return the suffix of the file an address names in its path or a parameter (``.pdf``), or an empty string for a page."""
    return next((suffix for name in _file_names(url) if (suffix := splitext(name)[1].lower()) in SUFFIXES), "")


def file_key(url: str) -> str:
    """Return the file's own name in the address, which outlasts encrypted and changing parameters; empty where it has none."""
    return next((name for name in _file_names(url) if splitext(name)[1].lower() in SUFFIXES), "")


def _file_names(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    yield _plain(basename(unquote(parts.path)))
    parameters = {key.lower(): value for key, value in parse_qsl(parts.query, max_num_fields=100)} if parts.query.count("&") < 100 else {}
    for key in _NAMING:
        if key in parameters:
            yield _plain(basename(unquote(parameters[key]).replace("\\", "/")))


def _plain(text: str) -> str:
    """Return a name on one line, without control characters and turns of the direction of writing (CWE-451)."""
    return " ".join("".join(c if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs") else "" for c in text).split())


def _name(anchor: Selector, url: str, suffix: str) -> str:
    """Return what the link calls its file: its text, else an attribute, else the address, whose names often say nothing (FastDFS)."""
    shown = _plain(anchor.xpath("string()").get(""))
    for name in (shown, _plain(attribute(anchor, "download")), _plain(attribute(anchor, "title"))):
        if splitext(name)[1].lower() in SUFFIXES:
            return name
    return shown + suffix if shown else file_key(url)


def _unique(key: str, keys: set[str]) -> str:
    if len(key) > _KEY_LENGTH:
        key = f"{key[: _KEY_LENGTH - 17]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    number, candidate = 2, key
    while candidate in keys:
        number, candidate = number + 1, f"{key}~{number}"
    keys.add(candidate)
    return candidate
