"""The parts of an Office Open XML package, found by their relationships and parsed without entities (ECMA-376-2, clause 8)."""

from __future__ import annotations

import lzma
import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote

from lxml import etree

from normalizers.documents.limits import MAX_XML_PART, UnreadableError, open_container

ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
)
"""What zipfile raises on damaged, encrypted and oddly packed members: any of these means the file and not this code."""
_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL = (
    (_STRICT + b"wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (_STRICT + b"officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (_STRICT + b"drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
_PROBE = 16_384
MOST_ENTITIES = 20_000
"""Entities of a part; what stands between them stays in as many pieces, and to put those together takes the square of their number."""


def parse_xml(payload: bytes, *, recover: bool = False) -> etree._Element | None:
    """Return the root of an XML text without entities, comments and instructions; ``None`` where ``recover`` finds no element either.

    Raises ``etree.XMLSyntaxError`` for a text that is not well-formed, unless ``recover`` is asked for.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=recover, huge_tree=False, remove_comments=True, remove_pis=True
    )
    root: etree._Element | None = etree.fromstring(payload, parser)
    return root


def left_out_entities(root: etree._Element, name: str) -> tuple[str, ...]:
    """Take the entities out of a tree, which are never resolved, and keep the words beside them; return what is to be told of that.

    Raises ``UnreadableError`` for more than ``MOST_ENTITIES``.
    """
    count = sum(1 for _ in islice(root.iter(etree.Entity), MOST_ENTITIES + 1))
    if not count:
        return ()
    if count > MOST_ENTITIES:
        raise UnreadableError(f"{name} holds more than {MOST_ENTITIES} entities, as no office program writes them: look at it by hand.")
    etree.strip_elements(root, etree.Entity, with_tail=False)
    return (f"Entities stand in {count} places of the text; none is resolved, and what they stand for was left out: look at it by hand.",)


def read_member(archive: zipfile.ZipFile, member: str | zipfile.ZipInfo, limit: int) -> bytes:
    """Return the bytes of a zip member to its true end, which its header may hide.

    Raises ``UnreadableError`` for a member of more than ``limit`` bytes, and what ``ZIP_ERRORS`` names for a damaged one.
    """
    info = archive.getinfo(member) if isinstance(member, str) else member
    info.file_size = max(info.file_size, limit + 1)
    with archive.open(info) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise UnreadableError(f"{info.filename} unpacks to more than {limit / 2**20:.0f} MB: look at it by hand before reading it.")
    return content


def _recovered(content: bytes) -> etree._Element | None:
    try:
        return parse_xml(content, recover=True)
    except etree.XMLSyntaxError:
        return None


@dataclass(slots=True)
class Package:
    """An opened package: parts by their path, what went wrong with them in ``warnings``."""

    name: str
    archive: zipfile.ZipFile
    members: dict[str, str]
    warnings: list[str] = field(default_factory=list)
    named: dict[str, etree._Element | None] = field(default_factory=dict)
    """Parts that name the parts related to others, by their path: they are asked for one kind of relation after another."""
    unpacked: dict[str, bytes] = field(default_factory=dict)
    """Members that were unpacked before, to measure them, and are small enough to be kept until they are read."""

    def content(self, member: str) -> bytes:
        """Return the bytes of a member; raises as ``read_member`` for one that is damaged or too large."""
        kept = self.unpacked.get(member)
        return read_member(self.archive, member, MAX_XML_PART) if kept is None else kept

    def part(self, path: str) -> etree._Element | None:
        """Return the root of a part, ``None`` when it is missing or too damaged to tell; damage is told in ``warnings``."""
        member = self.members.get(path.lower())
        if member is None:
            return None
        try:
            content = self.content(member)
        except ZIP_ERRORS as error:
            self.warnings.append(f"The part {path} is damaged and was not read ({error}).")
            return None
        if _STRICT in content[:_PROBE]:
            for strict, usual in _TRANSITIONAL:
                content = content.replace(strict, usual)
        try:
            root = parse_xml(content)
        except etree.XMLSyntaxError as error:
            self.warnings.append(f"The part {path} is damaged ({error.msg}); it was read as far as it holds together.")
            root = _recovered(content)
        self.warnings += [f"In the part {path}: {told}" for told in left_out_entities(root, self.name)] if root is not None else []
        return root

    def related(self, source: str, kind: str) -> list[str]:
        """Return the paths of the parts that ``source`` names as ``kind`` (the last word of the relationship's type), in their order."""
        return list(self.relations(source, kind).values())

    def relations(self, source: str, kind: str) -> dict[str, str]:
        """Return the paths of the parts that ``source`` names as ``kind``, by relationship id."""
        folder, _, file = source.rpartition("/")
        named = f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"
        if named not in self.named:
            self.named[named] = self.part(named)
        root = self.named[named]
        out: dict[str, str] = {}
        for number, relation in enumerate(root.iterchildren("*") if root is not None else ()):
            if relation.get("TargetMode") == "External" or relation.get("Type", "").rpartition("/")[2] != kind:
                continue
            target = unquote(relation.get("Target", ""))
            path = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            if path.lower() in self.members:
                out[relation.get("Id", str(number))] = path
        return out


def open_package(payload: bytes, name: str) -> Package:
    """Return a package; raise ``UnreadableError`` for a damaged container or one that unpacks beyond measure."""
    archive = open_container(payload, name)
    return Package(name, archive, {member.lower().replace("\\", "/").lstrip("/"): member for member in archive.namelist()})
