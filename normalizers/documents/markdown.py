"""What Markdown marks: pipe tables, headings, emphasis and links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from normalizers.documents.labels import is_header
from normalizers.documents.textlines import Found, Line, text_table

_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")
_PIPE = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_HEADING = re.compile(r"(#{1,6})\s+(\S.*?)\s*#*\s*")
_EMPHASIS = re.compile(r"(?<!\\)(\*\*|__)(?=\S)([^*_\n]{1,400}?)(?<=[^\s\\])\1")
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")


_ITALIC = re.compile(r"(?<![\dA-Za-z*\\])\*(?=\S)([^*\n]{1,400}?)(?<=[^\s\\])\*(?![\dA-Za-z*])")
_DELETED = re.compile(r"(?<!\\)~~(?=\S)[^~\n]{1,2000}?~~")
_CODE = re.compile(r"`([^`\n]{1,400})`")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")
_INLINE = re.compile(r"[\[~`*_\\]")
_ITEM = re.compile(r"\A\s{0,12}(?:[-*+•]\s+(?:\[[ xX]\]\s+)?|>\s?)+(?=\S)")
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)[^`]{0,80}")
_UNDERLINE = re.compile(r"\s{0,3}(=+|-{3,})\s*")
COLUMN_RULE = re.compile(r"\s*-{2,}(?:[ \t]+-{2,})+\s*")
"""The rule over the columns of a table whose columns are held apart by blanks (pandoc's simple and multiline tables)."""
BREAK_RULE = re.compile(r"\s*-{3,}\s*")
_FIELD = re.compile(r"(title|标题)\s*[:：]\s*[\"'“]?(.{2,200}?)[\"'”]?\s*", re.IGNORECASE)
BLANK_LINES = 2
"""Blank lines, as a page leaves them, below which a table of pipes may go on."""
FRONT_LINES = 60
"""Lines of the longest front matter."""


def inline_text(text: str) -> str:
    """Return a text without marks of emphasis and code, with links as their words, and without what is struck out."""
    if not _INLINE.search(text):
        return text
    for pattern, kept in ((_LINK, r"\1"), (_DELETED, ""), (_CODE, r"\1"), (_EMPHASIS, r"\2"), (_ITALIC, r"\1"), (_ESCAPE, r"\1")):
        text = pattern.sub(kept, text)
    return text


def item_text(text: str) -> str:
    """Return a line without the marks of a list, a task list or a quotation before it."""
    return _ITEM.sub("", text, count=1) if text.lstrip()[:1] in "-*+•>" else text


def front_matter(lines: Sequence[Line]) -> tuple[int, str]:
    """Return how many lines the front matter takes (0 where there is none), and the title it states."""
    if not lines or lines[0].raw.strip("\ufeff \r") != "---":
        return 0, ""
    title = ""
    for at, line in enumerate(lines[1:FRONT_LINES], start=1):
        if line.raw.strip() in {"---", "..."}:
            return at + 1, title
        if ":" not in line.raw and "：" not in line.raw and not line.raw.startswith((" ", "-", "#")) and not line.blank:
            return 0, ""
        if found := _FIELD.fullmatch(line.raw.strip()):
            title = found.group(2)
    return 0, ""


def prepare(lines: Sequence[Line]) -> list[Line]:
    """Return the lines without fences of code, and headings that are underlined (setext) as ``#`` headings.

    The rules around a table whose columns are held apart by blanks (pandoc's simple and multiline tables) underline no heading.
    """
    out = list(lines)
    ruled = False
    for at, line in enumerate(lines):
        above = out[at - 1] if at else None
        if _FENCE.fullmatch(line.raw):
            out[at] = replace(line, raw="", seen="")
        elif COLUMN_RULE.fullmatch(line.raw) or (ruled and BREAK_RULE.fullmatch(line.raw)):
            ruled = not ruled
        elif (
            above
            and not above.blank
            and "|" not in above.raw
            and not above.raw.startswith("#")
            and (found := _UNDERLINE.fullmatch(line.raw))
        ):
            mark = "# " if found.group(1)[0] == "=" else "## "
            if at < 2 or lines[at - 2].blank:
                out[at - 1] = replace(above, raw=mark + above.raw.strip(), seen=mark + above.seen.strip())
                out[at] = replace(line, raw="", seen="")
    return out


def heading(text: str) -> tuple[int, str] | None:
    """Return the level and the words of a ``#`` heading, or ``None``."""
    found = _HEADING.fullmatch(text.strip()) if len(text) <= 400 else None
    return (len(found.group(1)), inline_text(found.group(2))) if found else None


def _cells(line: Line) -> list[str]:
    text = line.raw.strip()
    text = text.removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [inline_text(_BREAK.sub("\n", cell.strip().replace("\\|", "|"))) for cell in _PIPE.split(text)]


def _continued(lines: Sequence[Line], at: int, rows: Sequence[tuple[int, list[str]]]) -> int:
    """Return the index before the line with which a table goes on below blank lines, 0 where it ends.

    It goes on with a row between outer pipes of as many cells; its header may come again first.
    """
    below = next((n for n in range(at, min(at + BLANK_LINES + 1, len(lines))) if not lines[n].blank), len(lines))
    if len(rows) < 2 or below == len(lines) or not lines[below].raw.strip().startswith("|"):
        return 0
    cells = _cells(lines[below])
    ruled = below + 1 < len(lines) and "-" in lines[below + 1].raw and _RULE.fullmatch(lines[below + 1].raw) is not None
    if cells == rows[0][1]:
        return below + ruled
    return below - 1 if len(cells) == len(rows[0][1]) and not ruled and not is_header(cells) else 0


def read_pipes(lines: Sequence[Line], start: int) -> Found | None:
    """Return the pipe table that begins at ``start``: a header, a rule of dashes, rows; or rows between outer pipes without a rule."""
    if "|" not in lines[start].raw or start + 1 >= len(lines):
        return None
    ruled = "-" in lines[start + 1].raw and _RULE.fullmatch(lines[start + 1].raw) is not None
    boxed = all(line.raw.strip().startswith("|") and line.raw.strip().endswith("|") for line in lines[start : start + 2])
    if not (ruled or boxed):
        return None
    width = len(_cells(lines[start]))
    rows: list[tuple[int, list[str]]] = []
    at = stop = start
    while at < len(lines):
        if lines[at].blank:
            at = _continued(lines, at, rows)
            if not at:
                break
        elif "|" not in lines[at].raw:
            break
        elif not _RULE.fullmatch(lines[at].raw):
            cells = _cells(lines[at])
            rows.append((lines[at].number, (cells + [""] * width)[: max(width, len(cells))]))
        at += 1
        stop = at
    width = max(len(cells) for _, cells in rows) if rows else 0
    if width < 2 or len(rows) < 2:
        return None
    return Found(text_table([(number, cells + [""] * (width - len(cells))) for number, cells in rows]), stop)
