"""Read Word 97-2003 (.doc, .wps of WPS Writer), RTF and OpenDocument texts: LibreOffice makes a docx of them, antiword checks it.

LibreOffice drops a table now and then without a word; antiword reads the same rows by other code. Neither program is part of the
package: without LibreOffice a Word file is read by antiword alone, and told so; without both it is unreadable, with what to install.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from functools import reduce
from pathlib import Path

import numpy as np
from lxml import etree

from normalizers.documents import docx, outside
from normalizers.documents.blocks import RawBlock, join_lines
from normalizers.documents.builder import Source, build
from normalizers.documents.grid import RawCell, place
from normalizers.documents.limits import MAX_GROUPS, MAX_LEGACY, UnreadableError, check_size
from normalizers.documents.opc import parse_xml
from normalizers.records import BlockKind, Document, Hints, Origin

SECONDS = 90.0
"""Time of one conversion; a plan of 100 pages takes 3 s on one core, a cold start 2 s more."""
CHECK_SECONDS = 20.0
INSTALL = "install LibreOffice (Debian: apt-get install --no-install-recommends libreoffice-writer-nogui antiword) and read it again."
LOST_ROWS = 0.5
"""Below this share of the rows that the check counts, the conversion lost tables and the check's reading is taken."""
LOST_TEXT = 0.9
"""Below this share of the Chinese characters that the check reads, a difference is told; below half, the check's reading is taken."""
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_RTF_ROW = re.compile(rb"\\row(?![a-z])")
_RTF_DATA = re.compile(rb"\\bin(\d{1,9}) ?")
"""Before the bytes of a picture, as many as it says."""
_NO_BRACES = bytes(set(range(256)) - set(b"{}"))
_FILTERS = {"doc": "MS Word 97", "rtf": "Rich Text Format", "odt": "writer8"}
"""The reader that LibreOffice is to take: left to choose, it reads a damaged file as plain text and gives its bytes for words."""
_PROFILE = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Writer/Content/Update", "Link", "0"),
)
"""What LibreOffice must not do with a stranger's file: run a macro, follow a link."""


def _profile() -> str:
    items = "".join(
        f'<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{key}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, key, value in _PROFILE
    )
    return f'<?xml version="1.0"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'


def converted(payload: bytes, suffix: str) -> bytes | None:
    """Return the docx that LibreOffice makes of a file, ``None`` when it makes none within its time, or is not installed.

    It runs with a profile of its own in which macros are off and links are not followed.
    """
    program = outside.found("soffice", "libreoffice")
    if not program:
        return None
    with tempfile.TemporaryDirectory(prefix="legacy-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        (folder / "profile" / "user").mkdir(parents=True)
        (folder / "profile" / "user" / "registrymodifications.xcu").write_text(_profile(), encoding="utf-8")
        (folder / f"in.{suffix}").write_bytes(payload)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        options = ["--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard"]
        options.append(f"--infilter={_FILTERS[suffix]}")
        outside.run([program, profile, *options, "--convert-to", "docx", "--outdir", "out", f"in.{suffix}"], folder, SECONDS)
        result = folder / "out" / "in.docx"
        return result.read_bytes() if result.is_file() else None


# --- the check -------------------------------------------------------------------------------------------------------------------


def second_reading(payload: bytes) -> list[RawBlock] | None:
    """Return the blocks that antiword reads in a Word file, ``None`` when it reads none, or is not installed.

    Its tables have rows and cells, but merged cells read as blank ones.
    """
    program = outside.found("antiword")
    if not program:
        return None
    with tempfile.TemporaryDirectory(prefix="legacy-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        (folder / "in.doc").write_bytes(payload)
        _, output = outside.run([program, "-m", "UTF-8.txt", "-x", "db", "in.doc"], folder, CHECK_SECONDS)
    try:
        root = parse_xml(output, recover=True) if output else None
    except etree.XMLSyntaxError:
        root = None
    blocks = [] if root is None else [block for block in _docbook(root) if block.text or block.table]
    return blocks or None


def _docbook(parent: etree._Element) -> Iterator[RawBlock]:
    """Yield the titles, paragraphs and tables of a DocBook text in their order."""
    paragraphs = rows = 0
    within: set[etree._Element] = set()
    for element in parent.iter("title", "para", "informaltable", "table"):
        if element.getparent() in within or any(ancestor in within for ancestor in element.iterancestors("informaltable", "table")):
            continue
        if element.tag in {"title", "para"}:
            paragraphs += 1
            yield RawBlock(_own_text(element), origin=Origin("paragraph", paragraphs))
        else:
            within.add(element)
            lines = [
                [RawCell(_joined("".join(map(str, entry.itertext()))), origin=Origin("row", rows + number)) for entry in row.iter("entry")]
                for number, row in enumerate(element.iter("row"), 1)
            ]
            yield RawBlock(kind=BlockKind.TABLE, table=place(lines, merged=False), origin=Origin("row", rows + 1))
            rows += len(lines)


def _joined(text: str) -> str:
    return reduce(join_lines, (line.strip() for line in text.split("\n")), "")


def _own_text(element: etree._Element) -> str:
    """Return the text of a paragraph without that of tables within it."""
    pieces = element.xpath(".//text()[not(ancestor::informaltable or ancestor::table)]")
    return _joined("".join(str(piece) for piece in pieces) if isinstance(pieces, list) else "")


def _rows(blocks: Sequence[RawBlock]) -> int:
    return sum(block.table.rows for block in blocks if block.table)


def _characters(blocks: Sequence[RawBlock]) -> int:
    texts = [block.text for block in blocks] + [cell.text for block in blocks if block.table for cell in block.table.cells]
    return sum(len(_CHINESE.findall(text)) for text in texts)


def compare_readings(blocks: Sequence[RawBlock], check: Sequence[RawBlock]) -> tuple[bool, list[str]]:
    """Return whether the check is to be taken in place of the conversion, and what is to be told of their difference."""
    rows, rows_seen = _rows(blocks), _rows(check)
    text, text_seen = _characters(blocks), _characters(check)
    if rows < LOST_ROWS * rows_seen:
        return True, [
            f"LibreOffice brought {rows} of {rows_seen} table rows out of the old Word file; text and tables are as antiword reads them: "
            "merged cells are blank, numbers of lists may be missing."
        ]
    if text < text_seen / 2:
        return True, [
            f"LibreOffice brought {text} of {text_seen} Chinese characters out of the old Word file; antiword's reading is taken."
        ]
    told = []
    if abs(rows - rows_seen) > max(2, rows_seen // 10):
        told.append(f"LibreOffice and antiword count {rows} and {rows_seen} table rows in the old Word file: check its tables by eye.")
    if text < LOST_TEXT * text_seen:
        told.append(f"LibreOffice and antiword read {text} and {text_seen} Chinese characters in the old Word file: check it by eye.")
    return False, told


# --- readers ---------------------------------------------------------------------------------------------------------------------


def _blocks(payload: bytes, suffix: str, name: str) -> tuple[list[RawBlock] | None, tuple[str, ...]]:
    made = converted(payload, suffix)
    if made is None:
        return None, ()
    try:
        return docx.read_blocks(made, name)
    except UnreadableError:
        return None, ()


def _unread(name: str, what: str) -> UnreadableError:
    if outside.found("soffice", "libreoffice"):
        return UnreadableError(
            f"{name} ({what}) holds no text that LibreOffice reads within {SECONDS:.0f} s: it is damaged, protected by a password, "
            "or only pictures; open it by hand and save it as docx."
        )
    return UnreadableError(f"{name}: not extracted: {what} is read through LibreOffice, which is not here; {INSTALL}")


def read_doc(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of a Word 97-2003 file; raise ``UnreadableError`` where no program reads it."""
    check_size(len(payload), MAX_LEGACY, name)
    blocks, told = _blocks(payload, "doc", name)
    check = second_reading(payload)
    warnings = list(told)
    if blocks is None and check is None:
        raise _unread(name, "old Word format")
    if blocks is None:
        warnings.append("The old Word file was read by antiword alone: merged cells are blank, numbers of lists may be missing.")
        blocks = check
    elif check is not None:
        taken, differences = compare_readings(blocks, check)
        blocks = list(check) if taken else blocks
        warnings += differences
    return build(blocks or [], Source(name, "doc", warnings=tuple(warnings)), hints)


def nested_groups(payload: bytes) -> int:
    """Return how many groups of an RTF file lie within one another at most."""
    braces, depth, most = _braces(payload), 0, 0
    for start in range(0, len(braces), 1 << 20):
        steps = 124 - np.frombuffer(braces[start : start + (1 << 20)], np.uint8).astype(np.int32)  # 124 lies between { and }
        depths = depth + np.cumsum(steps, dtype=np.int32)
        depth, most = int(depths[-1]), max(most, int(depths.max()))
    return most


def _braces(payload: bytes) -> bytearray:
    """Return the braces of an RTF file that open and close groups: neither escaped ones nor what stands in a picture."""
    found, at = bytearray(), 0
    while data := _RTF_DATA.search(payload, at):
        before = payload[at : data.start()]
        is_escaped = (len(before) - len(before.rstrip(b"\\"))) % 2
        found += _unescaped(before)
        at = data.end() + (0 if is_escaped else int(data[1]))
    return found + _unescaped(payload[at:])


def _unescaped(text: bytes) -> bytes:
    for escaped in (b"\\\\", b"\\{", b"\\}"):
        text = text.replace(escaped, b"  ")
    return text.translate(None, _NO_BRACES)


def read_rtf(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of an RTF file, its table rows counted against those of its source; raise ``UnreadableError`` as above."""
    check_size(len(payload), MAX_LEGACY, name)
    if (groups := nested_groups(payload)) > MAX_GROUPS:
        raise UnreadableError(
            f"{name} nests {groups:,} groups in one another, more than the {MAX_GROUPS:,} that are read: look at it by hand."
        )
    blocks, told = _blocks(payload, "rtf", name)
    if blocks is None:
        raise _unread(name, "rich text format")
    rows, seen = _rows(blocks), len(_RTF_ROW.findall(payload))
    if rows < LOST_ROWS * seen:
        told = (*told, f"LibreOffice brought {rows} of {seen} table rows out of the rich text file: check its tables by eye.")
    return build(blocks, Source(name, "rtf", warnings=told), hints)


def read_odt(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of an OpenDocument text; raise ``UnreadableError`` as above."""
    check_size(len(payload), MAX_LEGACY, name)
    blocks, told = _blocks(payload, "odt", name)
    if blocks is None:
        raise _unread(name, "OpenDocument format")
    return build(blocks, Source(name, "odt", warnings=told), hints)
