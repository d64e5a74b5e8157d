"""Bars over months: how much is due when. pygal lays them out; what it adds for browsers (scripts, fonts, colours) is taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pygal
from lxml import etree
from pygal.style import Style

from harvester.web.charts.dress import SVG, described, written

WIDE, NARROW = (920, 300), (380, 260)
"""Sizes in pixels: for a desk, and for a phone, so that letters stay letters there."""
_UNWANTED = ("script", "style", "desc", "defs")
_LETTERS = 13
_MONTH = "月"
"""What narrow bars have no room for."""


@dataclass(frozen=True, slots=True)
class Bars:
    """What is drawn: the ``title``, what it says in ``words``, and for each bar its label, its height and whether its time is over."""

    title: str
    words: str
    bars: Sequence[tuple[str, int, bool]]


def bars(drawn: Bars, *, narrow: bool = False, theme: str = "auto") -> bytes:
    """Return bars as an SVG file; those whose time is over are outlined, those to come filled."""
    width, height = NARROW if narrow else WIDE
    chart = pygal.Bar(
        style=Style(label_font_size=_LETTERS - 1, major_label_font_size=_LETTERS - 1, value_font_size=_LETTERS),
        width=width, height=height, js=[], show_legend=False, print_values=True, print_values_position="top", print_zeroes=False,
        truncate_label=-1, order_min=0, margin=8, spacing=6, include_x_axis=True, no_prefix=True, rounded_bars=2, max_scale=6,
        formatter=lambda value: f"{value:.0f}", show_y_labels=not narrow,
    )  # fmt: skip
    chart.x_labels = [label.removesuffix(_MONTH) if narrow else label for label, _count, _over in drawn.bars]
    chart.add("", [{"value": count, "node": {"class": "over" if over else "coming"}} for _label, count, over in drawn.bars])
    return _cleaned(chart, drawn, theme, (width, height))


def _cleaned(chart: Any, drawn: Bars, theme: str, size: tuple[int, int]) -> bytes:  # noqa: ANN401 -- pygal has no types
    root = etree.fromstring(etree.tostring(chart.render_tree()))
    for element in list(root.iter()):
        unwanted = not isinstance(element.tag, str) or etree.QName(element).localname in _UNWANTED
        parent = element.getparent()
        if parent is not None and (unwanted or "tooltip-overlay" in element.get("class", "")):
            parent.remove(element)
    for element in root.iter(f"{{{SVG}}}*"):
        element.attrib.pop("style", "")
        element.attrib.pop("id", "")
        if element.get("class") == "value":
            element.set("dy", "-4")
    root.set("width", str(size[0]))
    root.set("height", str(size[1]))
    described(root, drawn.title, drawn.words, theme, f"text{{font-size:{_LETTERS}px}}")
    return written(root)
