"""Tell what a file is: by its first bytes, then by what it is said to be, then by its name."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from normalizers.documents import flat_office, json_answer, ole, rendition
from normalizers.documents.limits import open_container
from normalizers.records import Hints

PROBE = 4096
_TAG = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|title|div|table|p|span|br|a)[\s>/]", re.IGNORECASE)
_CONTAINERS = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("OFD.xml", "ofd"),
    ("content.xml", "odf"),
)
_PART_FOLDERS = (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "ppt"))
ARCHIVES = frozenset({"zip", "rar", "7z", "gzip", "bzip2", "tar"})
"""Formats that hold files and no text of their own."""
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1a\x1b"))
MAX_CONTROLS = 0.02
"""Share of control characters from which bytes are no text in any encoding."""


@cache
def tables() -> tuple[dict[str, str], dict[str, str], dict[str, str], list[tuple[bytes, str]]]:
    """Return formats by media type and by suffix, what to do with formats that are not read, and formats by first bytes."""
    data = tomllib.loads((files(__package__) / "data" / "formats.toml").read_text(encoding="utf-8"))
    magic = [(bytes.fromhex(first), kind) for first, kind in data["magic"].items()]
    return data["media"], data["suffix"], data["unread"], magic


def _container_kind(payload: bytes, name: str) -> str:
    """Return the format of a zip container by its members, which some writers name otherwise than Word and Excel do."""
    members = frozenset(open_container(payload, name).namelist())
    if b"opendocument.text" in payload[:200]:
        return "odt"
    if kind := next((kind for member, kind in _CONTAINERS if member in members), ""):
        return kind
    if "[Content_Types].xml" in members:
        return next((kind for folder, kind in _PART_FOLDERS if any(member.startswith(folder) for member in members)), "zip")
    return "zip"


def _by_bytes(payload: bytes, name: str) -> str:
    """Return the format that the bytes themselves show, empty for text of whatever kind."""
    if b"%PDF-" in payload[:1024]:
        return "pdf"
    if payload.startswith(b"PK\x03\x04"):
        return _container_kind(payload, name)
    if payload.startswith(ole.SIGNATURE):
        return ole.kind_of(payload)
    return next((kind for first, kind in tables()[3] if payload.startswith(first)), "")


def _said(hints: Hints, name: str) -> str:
    """Return the format that the media type names, else the one that the file name's ending names."""
    media, suffixes, _, _ = tables()
    kind = media.get(hints.media_type.partition(";")[0].strip().lower(), "")
    suffix = (hints.file_name or name).rpartition(".")[2].lower()
    by_name = suffixes.get(suffix, "")
    return by_name if by_name and kind in {"", "text"} else kind


def _is_binary(payload: bytes) -> bool:
    probe = payload[:PROBE]
    if probe[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return False
    zeros = probe.count(0)
    if zeros > len(probe) // 4 and (probe[0::2].count(0) == 0 or probe[1::2].count(0) == 0):
        return False  # UTF-16 of Latin text without a mark
    controls = len(probe) - len(probe.translate(None, _CONTROLS))
    return controls > MAX_CONTROLS * max(1, len(probe))


def detect(payload: bytes, hints: Hints, name: str) -> str:
    """Return the format of a file: one of those that are read, or a key of ``unread`` in ``data/formats.toml``."""
    kind = "rendition" if rendition.is_rendition(payload) else _by_bytes(payload, name)
    if kind:
        return kind
    if _is_binary(payload):
        return "binary"
    said = _said(hints, name)
    probe = payload[:PROBE].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if kind := flat_office.kind_of(probe):
        return kind
    if said not in {"markdown", "csv"} and json_answer.is_json(payload):
        return "json"
    marked = _TAG.search(probe)
    if marked and (said not in {"text", "markdown", "csv"} or probe.startswith(b"<") or marked.start() == 0):
        return "markdown" if said == "markdown" and not probe.lower().startswith((b"<!doctype", b"<html")) else "html"
    if said in {"markdown", "csv", "html"}:
        return said
    return "text"
