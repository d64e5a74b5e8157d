"""Accept and reject the tracked changes of a docx on its XML, as ECMA-376 part 1 §17.13.5 says, without any code of the reports."""

from __future__ import annotations

import io
import zipfile

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CAME, WENT = ("ins", "moveTo"), ("del", "moveFrom")


def body_of(data: bytes) -> etree._Element:
    """Return the body of a docx."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        found = etree.fromstring(package.read("word/document.xml")).find(f"{W}body")
    assert found is not None
    return found


def lines(data: bytes, *, accept: bool) -> list[str]:
    """Return the text of a docx with all its changes accepted or rejected: a line a paragraph and a row, cells parted by tabs."""
    drop = WENT if accept else CAME
    found: list[str] = []
    waiting = ""
    for child in body_of(data):
        if child.tag == f"{W}p":
            waiting += text_of(child, drop)
            if not marked(child.find(f"{W}pPr/{W}rPr"), drop):
                found.append(waiting)
                waiting = ""
        elif child.tag == f"{W}tbl":
            for row in child.iter(f"{W}tr"):
                if not marked(row.find(f"{W}trPr"), drop):
                    found.append("\t".join(text_of(cell, drop) for cell in row.iter(f"{W}tc")))
    assert not waiting, "text behind the last paragraph's mark"
    return [line for line in found if line.strip()]


def marked(properties: etree._Element | None, drop: tuple[str, ...]) -> bool:
    """Tell whether properties of a paragraph or row say that it came or went."""
    return properties is not None and any(properties.find(W + tag) is not None for tag in drop)


def text_of(element: etree._Element, drop: tuple[str, ...]) -> str:
    """Return the text of runs that stays."""
    found = ""
    for node in element.iter(f"{W}t", f"{W}delText"):
        around = {etree.QName(parent).localname for parent in node.iterancestors()}
        if not around & set(drop):
            found += node.text or ""
    return found
