"""Simplified and traditional characters: which of them a text is in, and the way from one to the other.

The way is OpenCC ``tw2s`` (characters only). ``t2s`` keeps 著力, and the phrase modes rewrite official words (建立 → 创建).
The two turn a dozen characters differently; lines without any of these are sent through ``t2s``, which takes half as long.
Simplified text is never sent through a converter: it would take 乾县, 於潜镇 and 昇华 from their bearers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from normalizers.text.character_forms import converter, differing_forms, forms, known, traditional_only
from normalizers.text.character_forms import is_traditional_character as is_traditional_character
from normalizers.text.character_forms import simplified_forms as simplified_forms
from normalizers.text.signs import Signs, differing

SIMPLIFIED, TRADITIONAL, MIXED, KEEP = "simplified", "traditional", "mixed", "keep"
DIFFERING = "differing"

DOMINANCE = 4
"""A text is traditional when characters of that script only are this many times those of the other."""

FEWEST = 2
"""Fewer traditional characters than this are a name in simplified text."""

FEWEST_IN_LINE = 5
"""A line alone is judged against its document only with so many characters of the other script."""


@dataclass(frozen=True, slots=True)
class Converted:
    """``text`` in the wanted script, ``count`` characters changed, ``script`` what was found."""

    text: str
    count: int
    script: str


@lru_cache(maxsize=1)
def _simplified_only() -> re.Pattern[str]:
    """Match characters that traditional text does not hold: they have a traditional form and Big5 lacks them (it has 后, 里)."""
    return re.compile(f"[{''.join(c for c in forms('s2tw') if known(c, 'gb2312') and not known(c, 'big5'))}]")


@lru_cache(maxsize=1)
def _signs() -> Signs:
    return Signs({TRADITIONAL: traditional_only(), SIMPLIFIED: _simplified_only(), DIFFERING: differing_forms()}, beyond=[DIFFERING])


def script_counts(text: str) -> tuple[int, int]:
    """Return how many characters of a text only traditional text holds, and how many only simplified text."""
    traditional, simplified, _ = _signs().counts(text)
    return traditional, simplified


def detect(text: str) -> str:
    """Return ``traditional`` where such characters clearly dominate, ``mixed`` where only some lines are, else ``simplified``."""
    return _detected(text, *script_counts(text))


def _detected(text: str, traditional: int, simplified: int) -> str:
    if _dominates(traditional, simplified, FEWEST):
        return TRADITIONAL
    if traditional >= FEWEST_IN_LINE and any(_stands_out(line) for line in text.splitlines()):
        return MIXED
    return SIMPLIFIED


def _dominates(ours: int, others: int, fewest: int) -> bool:
    return ours >= fewest and ours >= DOMINANCE * others


def _stands_out(line: str) -> bool:
    return _dominates(*script_counts(line), FEWEST_IN_LINE)


def to_simplified(text: str) -> Converted:
    """Return the text with its traditional parts in simplified characters; lines already simplified stay as they are."""
    traditional, simplified, different = _signs().counts(text)
    script = _detected(text, traditional, simplified)
    if script == SIMPLIFIED:
        return Converted(text, 0, script)
    if script == TRADITIONAL and not simplified and not different:
        return _converted(text, _convert("t2s", text), script)
    return _converted(text, "".join(_simplified(text, script)), script)


def _simplified(text: str, script: str) -> Iterator[str]:
    """Yield a text of a script in simplified characters, neighbouring lines that go the same way at once."""
    lines, bits = text.splitlines(keepends=True), _signs().bits

    def way(numbered: tuple[int, str]) -> str:
        shown, line = numbered
        whole = script == TRADITIONAL and not shown & bits[SIMPLIFIED]
        if not whole and not _is_part(line, script):
            return ""
        return "tw2s" if shown & bits[DIFFERING] else "t2s"

    for name, found in groupby(zip(_signs().shown_by(lines), lines, strict=True), way):
        part = "".join(line for _, line in found)
        yield _convert(name, part) if name else part


def _is_part(line: str, script: str) -> bool:
    """Tell whether a line of a traditional (or mixed) document is itself traditional."""
    traditional, simplified = script_counts(line)
    return traditional >= simplified if script == TRADITIONAL else _dominates(traditional, simplified, FEWEST_IN_LINE)


def to_traditional(text: str) -> Converted:
    """Return the text in traditional characters as Taiwan writes them (``s2tw``); lines already traditional stay as they are."""
    script = detect(text)
    lines = text.splitlines(keepends=True)
    out = [_convert("s2tw", line) if script == SIMPLIFIED or not _is_part(line, script) else line for line in lines]
    return _converted(text, "".join(out), script)


def _convert(name: str, line: str) -> str:
    try:
        return str(converter(name).convert(line))
    except UnicodeEncodeError:  # half a character, which no encoding has, stays out of the conversion
        return str(converter(name).convert(line.encode("utf-8", "replace").decode()))


def _converted(old: str, new: str, script: str) -> Converted:
    changed = differing(old, new) if len(old) == len(new) else sum(c not in old for c in new)
    return Converted(new, changed, script)
