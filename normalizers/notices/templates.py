"""Short templates for many spellings of one label: ``[x]`` may be left out, ``(a|b)`` is one of several, nested as one likes.

``[行政]处罚决定(日期|时间)`` stands for four labels. A ``|`` inside ``[]`` gives alternatives, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

MAX_LABELS = 3000
"""Labels of one template; more is a slip of the pen in the data file."""

_CLOSING = {"[": "]", "(": ")"}


def expand(template: str) -> tuple[str, ...]:
    """Return the labels that a template stands for, each once. Raises ``ValueError`` for a bracket that isn't closed, or too many."""
    labels, end = _alternatives(template, 0, "")
    if end != len(template):
        raise ValueError(f"A bracket closes that was never opened: {template}. Put the template right.")
    if len(labels) > MAX_LABELS:
        raise ValueError(f"{template} stands for {len(labels)} labels, {MAX_LABELS} are allowed. Split the template.")
    return tuple(dict.fromkeys(labels))


def _alternatives(template: str, at: int, closing: str) -> tuple[list[str], int]:
    """Return the labels of the alternatives from ``at`` up to ``closing``, and where it stands."""
    found: list[str] = []
    parts: list[list[str]] = []
    while at < len(template):
        char = template[at]
        if char in _CLOSING:
            inner, at = _alternatives(template, at + 1, _CLOSING[char])
            parts.append(["", *inner] if char == "[" else inner)
        elif char == "|":
            found.extend(_joined(parts))
            parts = []
        elif char in "])":
            break
        else:
            parts.append([char])
        at += 1
    if (template[at : at + 1] or "") != closing:
        raise ValueError(f"A bracket of the template {template} is not closed. Put the template right.")
    return [*found, *_joined(parts)], at


def _joined(parts: list[list[str]]) -> Iterator[str]:
    return ("".join(chosen) for chosen in product(*parts))
