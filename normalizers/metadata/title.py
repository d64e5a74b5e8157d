"""The title of a document: of its page where the text agrees, else the lines at its head, put together again."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from normalizers.metadata.lines import Line, only_date
from normalizers.metadata.number import normalise_number, split_title
from normalizers.metadata.words import rules_pattern, words
from normalizers.records import BlockKind
from normalizers.text.fold import fold

HEAD = 25
"""Lines at the top of a document among which its title stands."""
MAX_TITLE = 200
AGREES = 88.0
"""Score (0-100) from which a page's title counts as found in the text: a word may differ, not a name."""

_BRACKETS = {"《": "》", "（": "）", "(": ")", "“": "”", "〈": "〉", "[": "]", "〔": "〕"}
_CUT = re.compile(r"(?:…+|\.{2,})$")
_TAIL = re.compile(r"(?:[（(][^（）()]{1,30}[）)])*$")
_ONLY_BRACKET = re.compile(r"[（(][^（）()]{1,30}[）)]")


def read_title(lines: list[Line], hint: str) -> str:
    """Return the title without the brackets around it and without the document number behind it, empty when there is none."""
    hint = _clean(hint)
    text = fold("".join(line.text for line in lines[:HEAD]))[:4000]
    cut = bool(_CUT.search(hint))
    if hint and not cut and fold(hint) and _agrees(fold(hint), text):
        return hint
    printed = _printed_title(lines)
    if hint and not printed:
        return hint if not cut else _CUT.sub("", hint)
    return printed


def _agrees(hint: str, text: str) -> bool:
    return hint in text or (len(hint) >= 8 and fuzz.partial_ratio(hint, text) >= AGREES)


def _clean(title: str) -> str:
    """Return a title on one line, without 《》 or 【】 around the whole and the number behind it."""
    flat = split_title(" ".join(title.split()))[0]
    for opening, closing in (("《", "》"), ("【", "】")):
        if flat.startswith(opening) and flat.endswith(closing) and flat.count(opening) == 1:
            flat = flat[1:-1].strip()
    return flat[:MAX_TITLE]


def _printed_title(lines: list[Line]) -> str:
    head = _head(lines)
    start = _start(head)
    if start is None:
        return ""
    title = head[start].text
    for line in head[start + 1 : start + 4]:
        if len(title) + len(line.text) > MAX_TITLE or not _goes_on(title, line):
            break
        title += line.text
    return _clean(title)


def _head(lines: list[Line]) -> list[Line]:
    """Return the lines above the first running text."""
    out: list[Line] = []
    for line in lines[:HEAD]:
        if not line.short and out:
            break
        out.append(line)
    return out


def _start(head: list[Line]) -> int | None:
    """Return the line that a title begins with: one that the reader marked, else the first that reads like one, else the first at all."""
    usable = [i for i, line in enumerate(head) if line.short and not _is_skipped(line)]
    marked = [i for i in usable if head[i].kind is BlockKind.TITLE]
    alike = [i for i in usable if _reads_like_title(head[i])]
    first = marked or alike or usable[:1]
    if not first:
        return None
    index = first[0]
    before = index - 1
    if before in usable and _is_open(head[before].text) and not rules_pattern("title", "starts_text").match(head[before].text):
        return before
    return index


def _is_skipped(line: Line) -> bool:
    return bool(rules_pattern("title", "skip").fullmatch(line.text) or only_date(line.text) or normalise_number(line.text))


def _reads_like_title(line: Line) -> bool:
    text = line.text
    return len(text) >= 6 and (_ends_in(text, "genres") or "关于" in text) and not rules_pattern("title", "starts_text").match(text)


def _ends_in(text: str, name: str) -> bool:
    """Tell whether a text ends in a word of a list, with or without brackets behind it."""
    bare = _TAIL.sub("", split_title(text)[0]).rstrip("》”")
    return bare.endswith(words("title", name))


def _is_open(text: str) -> bool:
    """Tell whether a line leaves a bracket open or ends in 关于, 印发, 的: a title broken in two."""
    unclosed = any(text.count(a) > text.count(b) for a, b in _BRACKETS.items())
    return unclosed or (("关于" in text) and not _ends_in(text, "genres"))


def _goes_on(title: str, line: Line) -> bool:
    """Tell whether the next line is still the title."""
    text = line.text
    if not line.short or len(text) > 60 or _is_skipped(line) or rules_pattern("title", "starts_text").match(text):
        return bool(_ONLY_BRACKET.fullmatch(text)) and line.short and not _is_skipped(line)
    if _is_open(title):
        return True
    if _ends_in(title, "covers"):
        return False
    if _ONLY_BRACKET.fullmatch(text) or line.kind is BlockKind.TITLE:
        return True
    ends = _ends_in(text, "genres") and not re.search(r"[，,；;：:]", text)
    return ends and (line.kind is not BlockKind.HEADING or not _ends_in(title, "genres"))
