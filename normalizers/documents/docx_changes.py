"""Bring a Word part to the text its reader means: changes accepted, field codes and alternatives out (ECMA-376-1, 17.13.5 and 17.16)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from lxml import etree

from normalizers.documents.docx_numbering import W

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
VML = "{urn:schemas-microsoft-com:vml}"
_INSERTED = {f"{W}ins": "insertions", f"{W}moveTo": "moves", f"{W}cellIns": "insertions"}
_DELETED = {f"{W}del": "deletions", f"{W}moveFrom": "", f"{W}cellDel": "deletions"}
_PROPERTIES = frozenset(f"{W}{name}" for name in ("rPr", "pPr", "trPr", "tcPr", "numPr"))
_ENCLOSED = re.compile(r"^\s*eq\s*\\o\s*\\ac\s*[(（]\s*[○◯〇oO]\s*[,，]\s*(\w{1,4})\s*[)）]\s*$", re.IGNORECASE)
_TEXT = f"{W}t"


def accept_changes(root: etree._Element) -> Counter[str]:
    """Accept every tracked change of a part in place; return how many ``insertions``, ``deletions`` and ``moves`` it held."""
    counts: Counter[str] = Counter()
    unmarked: list[etree._Element] = []
    for element in list(root.iter(*_INSERTED, *_DELETED)):
        parent = element.getparent()
        if parent is None:
            continue
        told = _INSERTED.get(element.tag) or _DELETED.get(element.tag, "")
        if told and (len(element) or parent.tag in _PROPERTIES):
            counts[told] += 1
        if element.tag in _DELETED:
            unmarked += _delete(element, parent)
    for paragraph in reversed(unmarked):  # from the end, so that no content is moved twice
        _join_next(paragraph)
    return counts


def _delete(element: etree._Element, parent: etree._Element) -> list[etree._Element]:
    """Take out what is deleted; return the paragraph, if it is its mark that is deleted."""
    holder = parent.getparent()
    if parent.tag not in _PROPERTIES:
        parent.remove(element)
    elif holder is not None and parent.tag in {f"{W}trPr", f"{W}tcPr"}:
        _remove(holder)
    elif holder is not None and parent.tag == f"{W}rPr" and holder.tag == f"{W}pPr":
        paragraph = holder.getparent()
        return [] if paragraph is None else [paragraph]
    return []


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _join_next(paragraph: etree._Element) -> None:
    """Put the content of a paragraph whose mark was deleted before that of the next one."""
    following = paragraph.getnext()
    if following is None or following.tag != f"{W}p":
        return
    first = next(iter(following), None)
    at = 1 if first is not None and first.tag == f"{W}pPr" else 0
    for child in reversed([child for child in paragraph if child.tag != f"{W}pPr"]):
        following.insert(at, child)
    _remove(paragraph)


def choose_alternatives(root: etree._Element) -> None:
    """Keep one branch of every alternative content: the first that holds text; a text box drawn twice is read once."""
    for content in list(root.iter(f"{MC}AlternateContent")):
        branches = [branch for branch in content if isinstance(branch.tag, str)]
        kept = next((branch for branch in branches if branch.find(f".//{_TEXT}") is not None), None)
        for branch in branches:
            if branch is not kept:
                content.remove(branch)


@dataclass(slots=True)
class _Field:
    """One field between its begin and its end; ``hider`` is the field in whose code what follows stands, itself or one around it."""

    around: _Field | None = None
    hider: _Field | None = None
    instruction: list[etree._Element] = field(default_factory=list)
    hidden: list[etree._Element] = field(default_factory=list)

    def close(self) -> None:
        for text in self.hidden:
            text.text = ""
        code = "".join(element.text or "" for element in self.instruction)
        if self.hider is self and (enclosed := _ENCLOSED.match(code)):
            self.instruction[0].tag = _TEXT
            self.instruction[0].text = circled(enclosed.group(1))


def circled(text: str) -> str:
    """Return a number from 1 to 20 as the sign that shows it in a circle, any other text as it is."""
    return chr(0x245F + int(text)) if re.fullmatch(r"[1-9]|1\d|20", text) else text


def drop_field_codes(root: etree._Element) -> None:
    """Blank the texts that stand in the code of a field; a field that is never closed hides nothing."""
    current: _Field | None = None
    for element in list(root.iter(f"{W}fldChar", f"{W}instrText", _TEXT)):
        kind = element.get(f"{W}fldCharType") if element.tag == f"{W}fldChar" else ""
        if kind == "begin":
            current = _Field(current)
            current.hider = current
        elif current is None:
            continue
        elif kind == "separate":
            current.hider = current.around.hider if current.around else None
        elif kind == "end":
            current.close()
            current = current.around
        elif element.tag == f"{W}instrText":
            current.instruction.append(element)
        elif element.tag == _TEXT and current.hider:
            current.hider.hidden.append(element)


def settle(root: etree._Element) -> Counter[str]:
    """Bring a part to the text its reader means, in place; return the tracked changes it held."""
    counts = accept_changes(root)
    choose_alternatives(root)
    drop_field_codes(root)
    return counts
