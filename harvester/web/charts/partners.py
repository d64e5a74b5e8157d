"""Whom a body works with, as a drawing: it in the middle, the others around it, those that often stand together near one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import atan2, cos, pi, sin, sqrt
from typing import Any

import networkx as nx
from lxml import etree

from harvester import addresses
from harvester.telling.phrases import shorten
from harvester.web.charts.dress import SVG, described, put, written

Row = Mapping[str, Any]

WIDE, NARROW = (920, 620), (380, 460)
_SEED = 7
_NAMES: Any = {None: SVG}
_SHOWN, _SHORT = 16, 8
"""Characters of a name, wide and narrow."""
_NEAR = 40
_FEWER = 10
"""Bodies of a narrow drawing."""


def circle(name: str, found: Mapping[str, Sequence[Row]], title: str, words: str, *, narrow: bool = False, theme: str = "auto") -> bytes:
    """Return the drawing of ``storage.agency_queries.partners``, an SVG file; names lead to the pages of the bodies.

    Where a body stands is told by a spring layout (Fruchterman and Reingold 1991), pressed onto a ring so that names can be read; how
    often, by the width of its line and in the table beside the drawing.
    """
    width, height = NARROW if narrow else WIDE
    bodies = list(found["bodies"])[: _FEWER if narrow else None]
    root = etree.Element(f"{{{SVG}}}svg", {"viewBox": f"0 0 {width} {height}", "width": str(width), "height": str(height)}, nsmap=_NAMES)
    places = _places(bodies, found["pairs"], (width, height), narrow=narrow)
    most = max((row["tasks"] for row in bodies), default=1)
    middle = (width / 2, height / 2)
    _pairs(root, found["pairs"], places, most)
    for row in bodies:
        x, y = places[row["key"]]
        line = 1 + 5 * sqrt(row["tasks"] / most)
        put(root, "line", class_="edge", x1=_at(middle[0]), y1=_at(middle[1]), x2=_at(x), y2=_at(y), stroke_width=_at(line))
    for row in bodies:
        _node(root, row, places[row["key"]], middle, 4 + 8 * sqrt(row["tasks"] / most), narrow=narrow)
    put(root, "circle", class_="middle", cx=_at(middle[0]), cy=_at(middle[1]), r=9)
    put(root, "text", shorten(name, _SHOWN + 4), class_="halo centered", x=_at(middle[0]), y=_at(middle[1] + 28), font_weight="bold")
    described(root, title, words, theme, f"text{{font-size:{13 if narrow else 14}px}}")
    return written(root)


def _places(bodies: Sequence[Row], pairs: Sequence[Row], size: tuple[int, int], *, narrow: bool) -> dict[str, tuple[float, float]]:
    """Return where each body stands: on a ring, in the order in which a spring layout has them around the middle."""
    graph: nx.Graph[str] = nx.Graph()
    keys = [row["key"] for row in bodies]
    graph.add_nodes_from(keys)
    graph.add_edges_from(
        (row["one"], row["other"], {"weight": row["tasks"]}) for row in pairs if row["one"] in keys and row["other"] in keys
    )
    found = nx.spring_layout(graph, seed=_SEED) if len(keys) > 1 else dict.fromkeys(keys, (1.0, 0.0))
    order = sorted(keys, key=lambda key: (atan2(found[key][1], found[key][0]), key))
    wide, high = (size[0] / 2 - (64 if narrow else 190), size[1] / 2 - 40)
    angles = {key: 2 * pi * n / max(len(order), 1) - pi / 2 for n, key in enumerate(order)}
    return {key: (size[0] / 2 + wide * cos(angle), size[1] / 2 + high * sin(angle)) for key, angle in angles.items()}


def _pairs(root: Any, pairs: Sequence[Row], places: Mapping[str, tuple[float, float]], most: int) -> None:  # noqa: ANN401 -- lxml
    for row in pairs:
        if row["one"] in places and row["other"] in places:
            (x1, y1), (x2, y2) = places[row["one"]], places[row["other"]]
            line = 0.5 + 2 * row["tasks"] / most
            put(root, "line", class_="edge", x1=_at(x1), y1=_at(y1), x2=_at(x2), y2=_at(y2), stroke_width=_at(line), stroke_opacity=0.3)


def _node(root: Any, row: Row, place: tuple[float, float], middle: tuple[float, float], radius: float, *, narrow: bool) -> None:  # noqa: ANN401
    x, y = place
    holder = put(root, "a", href=addresses.agency(row["id"]), target="_top") if row["id"] else put(root, "g")
    put(holder, "circle", class_="node" if row["id"] else "node open", cx=_at(x), cy=_at(y), r=_at(radius))
    centred = narrow or abs(x - middle[0]) < _NEAR
    anchor, shift = ("middle", 0.0) if centred else ("start", radius + 4) if x > middle[0] else ("end", -radius - 4)
    below = 5.0 if not centred else (-radius - 6 if y < middle[1] - _NEAR and not narrow else radius + 16)
    said = f"{shorten(row['name'], _SHORT if narrow else _SHOWN)} {row['tasks']}"
    put(holder, "text", said, class_="halo", x=_at(x + shift), y=_at(y + below), text_anchor=anchor)


def _at(value: float) -> str:
    return f"{value:.1f}"
