"""What Markdown marks: pipe tables, headings, emphasis and links."""

from __future__ import annotations

import re
from collections.abc import Sequence

from normalizers.documents.textlines import Found, Line, text_table

_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")
_PIPE = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_HEADING = re.compile(r"(#{1,6})\s+(\S.*?)\s*#*\s*")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,400}?)(?<=\S)\1")
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")


def inline_text(text: str) -> str:
    """Return a text without emphasis marks and with links as their words."""
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text))


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
    at = start
    while at < len(lines) and not lines[at].blank and "|" in lines[at].raw:
        if not _RULE.fullmatch(lines[at].raw):
            cells = _cells(lines[at])
            rows.append((lines[at].number, (cells + [""] * width)[: max(width, len(cells))]))
        at += 1
    width = max(len(cells) for _, cells in rows) if rows else 0
    if width < 2 or len(rows) < 2:
        return None
    return Found(text_table([(number, cells + [""] * (width - len(cells))) for number, cells in rows]), at)
