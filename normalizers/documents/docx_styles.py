"""What a Word document's paragraph styles say of a paragraph: name, list, alignment, each taken over from the style it is based on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from normalizers.documents.docx_numbering import W
from normalizers.documents.docx_text import setting

MAX_BASES = 12
"""Steps along which a style is followed to those it is based on (ECMA-376-1, 17.7.4.3); Word's own go three."""


@dataclass(frozen=True, slots=True)
class Style:
    """One paragraph style, what it takes over included."""

    name: str = ""
    list_id: str = ""
    list_level: int = 0
    alignment: str = ""


def read_styles(parts: Iterable[etree._Element | None]) -> dict[str, Style]:
    """Return the paragraph styles by their id."""
    own: dict[str, etree._Element] = {}
    for root in parts:
        own.update({style.get(f"{W}styleId", ""): style for style in (root.findall(f"{W}style") if root is not None else ())})
    return {key: _resolved(key, own) for key in own}


def _resolved(key: str, own: dict[str, etree._Element]) -> Style:
    chain: list[etree._Element] = []
    while key in own and len(chain) < MAX_BASES:
        chain.append(own[key])
        key = setting(own[key], f"{W}basedOn")
    level = _first(chain, f"{W}pPr/{W}numPr/{W}ilvl")
    return Style(
        setting(chain[0], f"{W}name"),
        _first(chain, f"{W}pPr/{W}numPr/{W}numId"),
        int(level) if re.fullmatch(r"\d", level) else 0,
        _first(chain, f"{W}pPr/{W}jc"),
    )


def _first(chain: Iterable[etree._Element], path: str) -> str:
    return next((value for style in chain if (value := setting(style, path))), "")
