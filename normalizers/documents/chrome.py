"""Tell the lines of a text from the lines of the page it was copied from: navigation, footers, page numbers."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

HEAD_LINES = 25
"""Navigation is looked for among so many filled lines from the top."""
FOOT_LINES = 40
"""A page's foot has at most so many filled lines."""
LONG_LINE = 140
"""A line longer than this is text, wherever it stands."""


@cache
def _patterns(name: str) -> re.Pattern[str]:
    data = tomllib.loads((files(__package__) / "data" / "chrome.toml").read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{pattern})" for pattern in data[name]))


def _matches(name: str, line: str) -> bool:
    text = line.strip()
    return 0 < len(text) <= LONG_LINE and _patterns(name).fullmatch(text) is not None


def is_page_number(line: str) -> bool:
    """Tell whether a line is nothing but the number of a page: ``- 3 -``, ``5/6``, 第 3 页 共 9 页."""
    return _matches("page_number", line)


def is_navigation(line: str) -> bool:
    """Tell whether a line is site navigation as it stands above a text."""
    return _matches("head", line)


def is_footer(line: str) -> bool:
    """Tell whether a line belongs to the foot of a site's page."""
    return _matches("tail", line)


def _head(lines: Sequence[str], filled: Sequence[int]) -> set[int]:
    """Return navigation lines above the text, and those between its title and its first sentence."""
    out: set[int] = set()
    for number in filled[:HEAD_LINES]:
        if "。" in lines[number] and not is_navigation(lines[number]):
            break
        if is_navigation(lines[number]):
            out.add(number)
    return out


def _foot(lines: Sequence[str], filled: Sequence[int]) -> set[int]:
    """Return the footer: all lines from the first that begins one, or the matching lines at the end."""
    last = filled[-FOOT_LINES:] if len(filled) > 2 * FOOT_LINES else filled[len(filled) // 2 :]
    start = next((n for n in last if _matches("foot", lines[n]) and _is_short_from(lines, filled, n)), None)
    if start is not None:
        filled = [n for n in filled if n < start]
    out = set() if start is None else set(range(start, len(lines)))
    for number in reversed(filled):
        if not is_footer(lines[number]):
            break
        out.add(number)
    return out


def _is_short_from(lines: Sequence[str], filled: Sequence[int], start: int) -> bool:
    rest = [lines[n] for n in filled if n >= start]
    return all(len(line) <= LONG_LINE for line in rest) and sum(line.count("。") for line in rest) <= 1


def chrome_lines(lines: Sequence[str]) -> tuple[set[int], set[int]]:
    """Return the indices of the lines of the site around a text, and of page numbers within it."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if not filled:
        return set(), set()
    site = _head(lines, filled) | _foot(lines, filled)
    if len(site.intersection(filled)) == len(filled):
        return set(), set()
    numbers = {number for number in filled if number not in site and is_page_number(lines[number])}
    return site, numbers


def folios(lines: Sequence[str], pages: Sequence[int]) -> set[int]:
    """Return the indices of bare numbers at the foot or head of pages that count the pages up; ``pages`` tells the page of each line."""
    ends: dict[int, list[int]] = {}
    for at, (line, page) in enumerate(zip(lines, pages, strict=True)):
        if line.strip():
            ends.setdefault(page, []).append(at)
    for place in (-1, 0):
        found = {page: filled[place] for page, filled in ends.items() if lines[filled[place]].strip().isdecimal()}
        shifts = Counter(int(lines[at].strip()) - page for page, at in found.items() if len(lines[at].strip()) <= 3)
        shift, count = shifts.most_common(1)[0] if shifts else (0, 0)
        if count >= 2 or (count == 1 and len(ends) <= 2 and shift == 1 and max(pages) > 0):
            return {at for page, at in found.items() if lines[at].strip() == str(page + shift)}
    return set()
