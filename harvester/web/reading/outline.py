"""The outline of a text: its headings, of a rule its articles, and its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harvester.web.reading.parts import Part

MOST = 150
"""Lines of an outline; of a longer one the deeper levels go first."""
LONGEST = 36
"""Characters of a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A heading in the outline; ``page`` is the position of the first part of the page that it stands on."""

    name: str
    text: str
    level: int
    page: int


def outline_of(parts: Sequence[Part], first: int = 0, size: int = 1500) -> tuple[Line, ...]:
    """Return the outline of a text. ``size`` parts stand on a page; lines of the page that begins at ``first`` have ``page`` 0."""
    headings = [(at, part, part.level) for at, part in enumerate(parts) if part.level]
    if len(headings) < 3:
        headings += [(at, part, 2) for at, part in enumerate(parts) if _is_article(part) and not part.level]
    headings += [(at, part, 1) for at, part in enumerate(parts) if part.name.startswith("tab") and part.name.endswith(".r1")]
    headings.sort(key=lambda each: each[0])
    for deepest in (4, 3, 2, 1):
        if len(headings) <= MOST:
            break
        headings = [each for each in headings if each[2] < deepest]
    return tuple(_line(at, part, level, first, size) for at, part, level in headings[:MOST])


def _is_article(part: Part) -> bool:
    name = part.name.rpartition(".annex")[0] or part.name
    return name.startswith("art") and "." not in name


def _line(at: int, part: Part, level: int, first: int, size: int) -> Line:
    name = part.name.partition(".r")[0] if part.name.startswith("tab") else part.name
    text = "" if part.name.startswith("tab") else " ".join(part.unit.text.split())
    page = 0 if first <= at < first + size else (at // size) * size
    return Line(name, text[:LONGEST] + ("…" if len(text) > LONGEST else ""), level, page)
