"""The last runs of a site as drawings: how each ended and how much was new, and how far its pages drifted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

from lxml import etree

from harvester.web.charts.dress import SVG, described, put, written

WIDE, NARROW = (920, 210), (380, 190)
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 14, 46
_NAMES: Any = {None: SVG}
_POWERS = 7
"""The tallest bar stands for two to the power of so many new entries, or more."""
_MARKS = {"complete": "●", "incomplete": "◐", "failed": "✕", "blocked": "■", "running": "◌"}
_DASHES = ("", "6 3", "2 3", "8 3 2 3")
_MOST_LINES = 4
_DAYS_APART = 52
"""Pixels between two days that are written below."""
_RULES = (
    "text{font-size:12px}.mark{font-size:11px;text-anchor:middle}.day{text-anchor:middle;fill:var(--quiet)}.scale{text-anchor:end;fill:var(--quiet)}"
    ".new{fill:var(--bar)}.not{fill:var(--done);stroke:var(--bar);stroke-width:1}.line{stroke:var(--line)}"
    ".drift{fill:none;stroke:var(--bar);stroke-width:2}.dot{fill:var(--bar)}.limit{stroke:var(--quiet);stroke-dasharray:2 4}"
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A run: the day on which it began, how it ended, and how much was new."""

    day: str
    verdict: str
    new: int


def timeline(bars: Sequence[Bar], title: str, words: str, *, narrow: bool = False, theme: str = "auto") -> bytes:
    """Return the runs as an SVG file, the oldest first: a bar as tall as the logarithm of what was new, below it the verdict's shape."""
    width, height = NARROW if narrow else WIDE
    root = _root(width, height)
    floor, high = height - BOTTOM, height - BOTTOM - TOP
    for power in (1, 3, 5, _POWERS):
        y = floor - high * power / _POWERS
        put(root, "line", class_="line", x1=LEFT, x2=width - RIGHT, y1=_at(y), y2=_at(y))
        put(root, "text", str(2**power - 1), class_="scale", x=LEFT - 6, y=_at(y + 4))
    put(root, "line", class_="line", x1=LEFT, x2=width - RIGHT, y1=floor, y2=floor)
    step = (width - LEFT - RIGHT) / max(len(bars), 1)
    for n, bar in enumerate(bars):
        tall = high * min(log2(bar.new + 1), _POWERS) / _POWERS
        x, kind = LEFT + n * step, "new" if bar.verdict == "complete" else "not"
        put(root, "rect", class_=kind, x=_at(x + step * 0.15), y=_at(floor - tall), width=_at(step * 0.7), height=_at(tall))
        put(root, "text", _MARKS.get(bar.verdict, "?"), class_="mark", x=_at(x + step / 2), y=floor + 16)
    _days(root, [bar.day for bar in bars], step, height)
    described(root, title, words, theme, _RULES)
    return written(root)


def drifts(
    lines: Mapping[str, Sequence[float | None]], days: Sequence[str], limit: float, title: str, words: str, *, narrow: bool = False,
    theme: str = "auto",
) -> bytes:  # fmt: skip
    """Return the drift of sections over runs, each a line of its own dashes with its name at its end; ``limit`` is what is promised."""
    width, height = NARROW if narrow else WIDE
    root = _root(width, height)
    floor, high = height - BOTTOM + 12, height - BOTTOM + 12 - TOP
    for share in (0.0, 0.5, 1.0):
        y = floor - high * share
        put(root, "line", class_="line", x1=LEFT, x2=width - RIGHT, y1=_at(y), y2=_at(y))
        put(root, "text", f"{share:g}", class_="scale", x=LEFT - 6, y=_at(y + 4))
    put(root, "line", class_="limit", x1=LEFT, x2=width - RIGHT, y1=_at(floor - high * limit), y2=_at(floor - high * limit))
    step = (width - LEFT - RIGHT) / max(len(days), 1)
    for n, (_name, values) in enumerate(list(lines.items())[:_MOST_LINES]):
        known = [(LEFT + (at + 0.5) * step, floor - high * value) for at, value in enumerate(values) if value is not None]
        dash = {"stroke_dasharray": _DASHES[n]} if _DASHES[n] else {}
        put(root, "polyline", class_="drift", points=" ".join(f"{_at(x)},{_at(y)}" for x, y in known), **dash)
        for x, y in known:
            put(root, "circle", class_="dot", cx=_at(x), cy=_at(y), r=2)
    _days(root, days, step, height)
    described(root, title, words, theme, _RULES)
    return written(root)


def _root(width: int, height: int) -> Any:  # noqa: ANN401 -- lxml's elements
    return etree.Element(f"{{{SVG}}}svg", {"viewBox": f"0 0 {width} {height}", "width": str(width), "height": str(height)}, nsmap=_NAMES)


def _days(root: Any, days: Sequence[str], step: float, height: int) -> None:  # noqa: ANN401
    every = max(round(_DAYS_APART / step), 1) if days else 1
    for n, day in enumerate(days):
        if n % every == every // 2:
            put(root, "text", day[5:], class_="day", x=_at(LEFT + (n + 0.5) * step), y=height - 8)


def _at(value: float) -> str:
    return f"{value:.1f}"
