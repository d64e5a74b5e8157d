"""What stands outside a Word document's body: notes, page headers, comments, embedded files."""

from __future__ import annotations

import re
from collections import Counter

from lxml import etree

from normalizers.documents.blocks import RawBlock, tidy
from normalizers.documents.docx_changes import settle
from normalizers.documents.docx_numbering import W
from normalizers.documents.docx_text import run_text
from normalizers.documents.opc import Package
from normalizers.documents.structure import looks_like_title
from normalizers.records import Origin

HEAD_BLOCKS = 8
"""A body that says its title or number says it among so many blocks; what a page header adds then is a repetition."""
_NUMBER = re.compile(r"[〔\[【（(]\s?(?:19|20)\d\d\s?[〕\]】）)]\s?第?\s?\d{1,5}\s?号")
_LETTERHEAD = re.compile(r"[\u3400-\u9fff\s]{4,40}文\s?件$")


def _lines(root: etree._Element) -> list[str]:
    """Return the texts of all paragraphs of a part, those of its text boxes and tables too."""
    out: list[str] = []
    for paragraph in root.iter(f"{W}p"):
        boxes: list[etree._Element] = []
        if text := tidy("".join(run_text(paragraph, boxes))):
            out.append(text)
        out += [text for box in boxes if box.getparent() is None and (text := tidy("".join(run_text(box, []))))]
    return out


def notes(package: Package, main: str, body: etree._Element) -> list[RawBlock]:
    """Return footnotes and endnotes in the order of their marks, each a block 注1：… that names its part."""
    out: list[RawBlock] = []
    for kind in ("footnote", "endnote"):
        marks = [mark.get(f"{W}id", "") for mark in body.iter(f"{W}{kind}Reference")]
        for path in package.related(main, f"{kind}s") if marks else ():
            root = package.part(path)
            if root is None:
                continue
            settle(root)
            texts = {note.get(f"{W}id", ""): "\n".join(_lines(note)) for note in root.findall(f"{W}{kind}")}
            found = [texts[mark] for mark in dict.fromkeys(marks) if texts.get(mark)]
            label = "注" if kind == "footnote" else "尾注"
            out += [RawBlock(f"{label}{number}：{text}", origin=Origin("paragraph", number, path)) for number, text in enumerate(found, 1)]
    return out


def _compact(text: str) -> str:
    return re.sub(r"\s", "", text)


def header_lines(package: Package, main: str, blocks: list[RawBlock]) -> list[RawBlock]:
    """Return what only a page header says of the document: its number, its red head, its title; other headers are page chrome."""
    head = [block.text for block in blocks[:HEAD_BLOCKS]]
    seen = _compact("".join(head))
    titled, numbered = any(looks_like_title(text) for text in head), bool(_NUMBER.search(seen))
    out: dict[str, RawBlock] = {}
    for path in package.related(main, "header"):
        root = package.part(path)
        if root is None:
            continue
        settle(root)
        for number, text in enumerate(_lines(root), 1):
            wanted = (_NUMBER.search(text) and not numbered) or _LETTERHEAD.fullmatch(text) or (looks_like_title(text) and not titled)
            if wanted and len(text) <= 120 and _compact(text) not in seen:
                out.setdefault(_compact(text), RawBlock(text, origin=Origin("paragraph", number, path), centred=True))
    return list(out.values())


def told_changes(counts: Counter[str]) -> list[str]:
    """Return the warning that counts tracked changes, if there are any."""
    said = ", ".join(f"{counts[kind]} {kind}" for kind in ("insertions", "deletions", "moves") if counts[kind])
    return [f"The file holds tracked changes ({said}); the text is read as if all were accepted."] if said else []


def left_out(package: Package, main: str, body: etree._Element) -> list[str]:
    """Return warnings for what a document carries and no reader of its text sees: comments, embedded files and pages."""
    out = []
    if comments := sum(1 for _ in body.iter(f"{W}commentReference")):
        out.append(f"The file holds {comments} comments; they are not part of the text.")
    if embedded := len(package.related(main, "package")) + len(package.related(main, "oleObject")):
        out.append(f"The file holds {embedded} embedded files, which were not read: save them apart and read those.")
    if foreign := sum(1 for _ in body.iter(f"{W}altChunk")):
        out.append(f"The file holds {foreign} inserted files, which were not read: open it in a word processor and save it again.")
    return out
