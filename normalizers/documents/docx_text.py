"""The text of a Word paragraph's runs: tabs, breaks, symbols and hyphens as they print; text boxes put aside (ECMA-376-1, 17.3)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from lxml import etree

from normalizers.documents.docx_changes import VML
from normalizers.documents.docx_numbering import W

MAX_DEPTH = 200
"""Levels of nested tables, content controls and runs that are followed; deeper ones are no document."""
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_DROPPED = frozenset(f"{W}{name}" for name in ("instrText", "delText", "delInstrText", "rPr", "pPr", "fldData", "rt", "sdtPr", "sdtEndPr"))
_OFF = frozenset({"0", "false", "off", "none"})
_PRIVATE = range(0xE000, 0xF900)


def flag(properties: etree._Element | None, name: str) -> bool:
    """Tell whether an on-off property is on (ECMA-376-1, 17.17.4)."""
    found = None if properties is None else properties.find(f"{W}{name}")
    return found is not None and found.get(f"{W}val", "1").lower() not in _OFF


def setting(properties: etree._Element | None, path: str) -> str:
    """Return the value of a property, empty when it is not set."""
    found = None if properties is None else properties.find(path)
    return "" if found is None else found.get(f"{W}val", "")


@cache
def _symbols() -> dict[str, dict[str, str]]:
    data = tomllib.loads((files(__package__) / "data" / "office.toml").read_text(encoding="utf-8"))
    symbols: dict[str, dict[str, str]] = data["symbols"]
    return symbols


def symbol(font: str, code: str) -> str:
    """Return the sign that a symbol font shows for a code in hexadecimal; empty for signs that nobody can name."""
    known = _symbols().get(font.lower(), {}).get(code.upper(), "")
    try:
        number = int(code, 16)
    except ValueError:
        return known
    return known or ("" if number in _PRIVATE or not 32 < number < 0x10000 or 0xD800 <= number < 0xE000 else chr(number))


def is_placeholder(control: etree._Element) -> bool:
    """Tell whether a content control shows nothing but its prompt, or holds a table of contents: neither is text of the document."""
    properties = control.find(f"{W}sdtPr")
    if properties is None:
        return False
    return flag(properties, "showingPlcHdr") or setting(properties, f"{W}docPartObj/{W}docPartGallery") == "Table of Contents"


def run_text(element: etree._Element, boxes: list[etree._Element], *, in_table: bool = False, depth: int = 0) -> Iterator[str]:
    """Yield the text of a paragraph's pieces; text boxes go to ``boxes``, to be read after it."""
    for child in element:
        tag = child.tag
        if tag in _DROPPED or depth > MAX_DEPTH or (tag == f"{W}r" and flag(child.find(f"{W}rPr"), "vanish")):
            continue
        if tag in {f"{W}t", _MATH_TEXT}:
            yield child.text or ""
        elif tag in {f"{W}br", f"{W}cr"}:
            yield "" if in_table and child.get(f"{W}type") in {"page", "column"} else "\n"
        elif tag in {f"{W}tab", f"{W}ptab"}:
            yield " "
        elif tag == f"{W}noBreakHyphen":
            yield "-"
        elif tag == f"{W}sym":
            yield symbol(child.get(f"{W}font", ""), child.get(f"{W}char", ""))
        elif tag == f"{W}txbxContent":
            boxes.append(child)
        elif tag == f"{VML}textpath":
            boxes.append(_word_art(child.get("string", "")))
        elif isinstance(tag, str) and not (tag == f"{W}sdt" and is_placeholder(child)):
            yield from run_text(child, boxes, in_table=in_table, depth=depth + 1)


def _word_art(text: str) -> etree._Element:
    """Return a box that holds the text of a WordArt drawing, as the red heads of official papers often are."""
    box = etree.Element(f"{W}txbxContent")
    etree.SubElement(etree.SubElement(etree.SubElement(box, f"{W}p"), f"{W}r"), f"{W}t").text = text
    return box
