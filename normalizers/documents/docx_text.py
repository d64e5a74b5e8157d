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


_VALUE = f"{W}val"
_RUN, _RUN_PROPERTIES = f"{W}r", f"{W}rPr"
_TEXTS = frozenset({f"{W}t", _MATH_TEXT})


def child(parent: etree._Element | None, tag: str) -> etree._Element | None:
    """Return the first child of a tag, ``None`` where there is none; ``find`` would take the tag for a path."""
    return None if parent is None else next(parent.iterchildren(tag), None)


def flag(properties: etree._Element | None, name: str) -> bool:
    """Tell whether an on-off property is on (ECMA-376-1, 17.17.4)."""
    found = child(properties, f"{W}{name}")
    return found is not None and found.get(_VALUE, "1").lower() not in _OFF


def setting(properties: etree._Element | None, tag: str) -> str:
    """Return the value of a property, empty when it is not set."""
    found = child(properties, tag)
    return "" if found is None else found.get(_VALUE, "")


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
    gallery = setting(child(properties, f"{W}docPartObj"), f"{W}docPartGallery")
    return flag(properties, "showingPlcHdr") or gallery == "Table of Contents"


def run_text(element: etree._Element, boxes: list[etree._Element], *, in_table: bool = False, depth: int = 0) -> Iterator[str]:
    """Yield the text of a paragraph's pieces; text boxes go to ``boxes``, to be read after it."""
    for piece in element:
        tag = piece.tag
        if tag in _DROPPED or depth > MAX_DEPTH or (tag == _RUN and flag(child(piece, _RUN_PROPERTIES), "vanish")):
            continue
        if tag in _TEXTS:
            yield piece.text or ""
        elif tag == _RUN:
            yield from run_text(piece, boxes, in_table=in_table, depth=depth + 1)
        elif tag in {f"{W}br", f"{W}cr"}:
            yield "" if in_table and piece.get(f"{W}type") in {"page", "column"} else "\n"
        elif tag in {f"{W}tab", f"{W}ptab"}:
            yield " "
        elif tag == f"{W}noBreakHyphen":
            yield "-"
        elif tag == f"{W}sym":
            yield symbol(piece.get(f"{W}font", ""), piece.get(f"{W}char", ""))
        elif tag == f"{W}txbxContent":
            boxes.append(piece)
        elif tag == f"{VML}textpath":
            boxes.append(_word_art(piece.get("string", "")))
        elif isinstance(tag, str) and not (tag == f"{W}sdt" and is_placeholder(piece)):
            yield from run_text(piece, boxes, in_table=in_table, depth=depth + 1)


def _word_art(text: str) -> etree._Element:
    """Return a box that holds the text of a WordArt drawing, as the red heads of official papers often are."""
    box = etree.Element(f"{W}txbxContent")
    etree.SubElement(etree.SubElement(etree.SubElement(box, f"{W}p"), f"{W}r"), f"{W}t").text = text
    return box
