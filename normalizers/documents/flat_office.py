"""Read office files that are one XML or MIME text: Word 2003 XML, flat Open XML, Excel 2003 XML, web archives (MHTML).

Sites save them under .doc and .xls.
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import io
import re
import zipfile
from dataclasses import replace
from email.message import EmailMessage

from lxml import etree

from normalizers.documents import docx, html
from normalizers.documents.blocks import RawBlock
from normalizers.documents.builder import Source, build
from normalizers.documents.docx_numbering import W
from normalizers.documents.grid import RawCell
from normalizers.documents.limits import MAX_COLUMNS, MAX_MARKUP, MAX_ROWS, UnreadableError, check_size
from normalizers.documents.opc import left_out_entities, parse_xml
from normalizers.documents.sheet_lines import sheet_blocks
from normalizers.records import Document, Hints, Origin

_PKG = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_WORD_2003 = b"http://schemas.microsoft.com/office/word/2003/wordml"
_WORD_2006 = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_AUXILIARY = "{http://schemas.microsoft.com/office/word/2003/auxHint}"
_MARKS = (
    ("flat-docx", b"http://schemas.microsoft.com/office/2006/xmlPackage"),
    ("word-xml", _WORD_2003),
    ("excel-xml", b"urn:schemas-microsoft-com:office:spreadsheet"),
)
_MIME_HEAD = re.compile(rb"(?:MIME-Version|From|Subject|Date|Content-Type|Snapshot-Content-Location)\s*:", re.IGNORECASE)
_MAX_PARTS = 2000


def kind_of(probe: bytes) -> str:
    """Return ``mht``, ``word-xml``, ``flat-docx`` or ``excel-xml`` for the first bytes of such a file, else an empty text."""
    if _MIME_HEAD.match(probe) and b"multipart/related" in probe.lower():
        return "mht"
    if not probe.startswith(b"<?xml") and not probe.startswith(b"<"):
        return ""
    root = re.search(rb"<(?![?!])[^>]*", probe)
    return next((kind for kind, mark in _MARKS if root and mark in root.group()), "") if not probe.lower().startswith(b"<html") else ""


def _root(payload: bytes, name: str) -> tuple[etree._Element, tuple[str, ...]]:
    """Return the root of a file of one text, and what is to be told of it."""
    check_size(len(payload), MAX_MARKUP, name)
    try:
        root = parse_xml(payload)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"{name} is damaged XML ({error.msg}): fetch it again.") from error
    if root is None:
        raise UnreadableError(f"{name} holds no element: fetch it again.")
    return root, left_out_entities(root, name)


# --- Word ------------------------------------------------------------------------------------------------------------------------


def read_flat_docx(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of a Word file whose parts stand in one XML text; raise ``UnreadableError`` for a damaged one."""
    out, (root, told) = io.BytesIO(), _root(payload, name)
    with zipfile.ZipFile(out, "w") as archive:
        for part in list(root.iterfind(f"{_PKG}part"))[:_MAX_PARTS]:
            path, data = part.get(f"{_PKG}name", "").lstrip("/"), part.find(f"{_PKG}xmlData")
            if path and data is not None and len(data):
                archive.writestr(path, etree.tostring(data[0]))
            elif path:
                archive.writestr(path, _decoded(part.findtext(f"{_PKG}binaryData") or ""))
    return docx.read(out.getvalue(), hints, name, "docx", told)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return b""


def read_word_xml(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of a Word 2003 XML file: the elements of docx under an older address, with list numbers written out."""
    root, told = _root(payload.replace(_WORD_2003, _WORD_2006).replace(b"w:vmerge", b"w:vMerge").replace(b"w:hmerge", b"w:hMerge"), name)
    body = root.find(f"{W}body")
    for label in root.iter(f"{_AUXILIARY}t"):
        paragraph = next(label.iterancestors(f"{W}p"), None)
        if paragraph is not None and (number := label.get(f"{_AUXILIARY}val", "").strip("·•●")):
            run = etree.Element(f"{W}r")
            etree.SubElement(run, f"{W}t").text = number
            paragraph.insert(1 if len(paragraph) and paragraph[0].tag == f"{W}pPr" else 0, run)
    blocks = [] if body is None else docx.read_body(body)
    if not blocks:
        raise UnreadableError(f"{name} holds no text, only pictures perhaps: open it by hand.")
    return build(blocks, Source(name, "doc", warnings=told), hints)


# --- Excel -----------------------------------------------------------------------------------------------------------------------


def _number(element: etree._Element, key: str, default: int) -> int:
    text = element.get(f"{_SS}{key}", "")
    return int(text) if re.fullmatch(r"\d{1,7}", text) else default


def _worksheet(sheet: etree._Element, title: str) -> tuple[list[RawCell], list[str]]:
    cells: list[RawCell] = []
    row = 0
    for line in sheet.iterfind(f"{_SS}Table/{_SS}Row"):
        row = _number(line, "Index", row + 1)
        column = 0
        if row > MAX_ROWS:
            return cells, [f"Sheet {title!r} has more than {MAX_ROWS} rows; those beyond were not read."]
        for cell in line.iterfind(f"{_SS}Cell"):
            column = _number(cell, "Index", column + 1)
            down, across = _number(cell, "MergeDown", 0), _number(cell, "MergeAcross", 0)
            data = cell.find(f"{_SS}Data")
            text = "" if data is None else "".join(map(str, data.itertext()))
            if data is not None and data.get(f"{_SS}Type") == "DateTime":
                text = re.sub(r"T00:00:00(?:\.0+)?$", "", text).replace("T", " ")
            if column <= MAX_COLUMNS:
                cells.append(RawCell(text, down + 1, across + 1, Origin("row", row, title), row - 1, column - 1))
            column += across
    return cells, []


def read_excel_xml(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of an Excel 2003 XML workbook, a table a sheet; raise ``UnreadableError`` for a damaged or empty one."""
    blocks: list[RawBlock] = []
    root, left_out = _root(payload, name)
    warnings = list(left_out)
    for sheet in root.iterfind(f"{_SS}Worksheet"):
        title = sheet.get(f"{_SS}Name", "")
        if sheet.find(".//{urn:schemas-microsoft-com:office:excel}Visible[.='SheetHidden']") is not None:
            warnings.append(f"The hidden sheet {title!r} was not read.")
            continue
        cells, told = _worksheet(sheet, title)
        blocks += sheet_blocks(cells, title, told)
    if not blocks:
        raise UnreadableError(f"{name} has no sheet with a filled cell: open it by hand.")
    return build(blocks, Source(name, "xls", warnings=tuple(warnings)), hints)


# --- web archives ----------------------------------------------------------------------------------------------------------------


def read_mht(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of the first page in a web archive (RFC 2557); raise ``UnreadableError`` where it holds none."""
    check_size(len(payload), MAX_MARKUP, name)
    try:
        message = email.message_from_bytes(payload.lstrip(), policy=email.policy.default)
        page = next((part for part in message.walk() if part.get_content_type() in {"text/html", "application/xhtml+xml"}), None)
        content = page.get_payload(decode=True) if isinstance(page, EmailMessage) else None
        charset = (page.get_content_charset() or "") if page is not None else ""
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError, IndexError, KeyError, email.errors.MessageError) as error:
        raise UnreadableError(f"{name} is a damaged web archive ({type(error).__name__}): save the page as html and read that.") from error
    if not isinstance(content, bytes) or not content.strip():
        raise UnreadableError(f"{name} is a web archive without a page in it: save the page as html and read that.")
    return replace(html.read(content, replace(hints, charset=charset), name), format="mht")
