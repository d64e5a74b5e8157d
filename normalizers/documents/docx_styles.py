"""What a Word document's paragraph styles say of a paragraph: name, list, alignment, each taken over from the style it is based on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from normalizers.documents.docx_numbering import W
from normalizers.documents.docx_text import child, setting

MAX_BASES = 12
"""Steps along which a style is followed to those it is based on (ECMA-376-1, 17.7.4.3); Word's own go three."""


@dataclass(frozen=True, slots=True)
class Style:
    """One paragraph style, what it takes over included."""

    name: str = ""
    list_id: str = ""
    list_level: int = 0
    alignment: str = ""


_NO_STYLE = Style()


@dataclass(slots=True)
class Styles:
    """The paragraph styles of a document; templates bring hundreds, of which a document uses a few, so each is read when asked for."""

    elements: dict[str, etree._Element] = field(default_factory=dict)
    read: dict[str, Style] = field(default_factory=dict)

    def of(self, key: str) -> Style:
        """Return the style of an id, one that says nothing where there is none."""
        if key not in self.elements:
            return _NO_STYLE
        if key not in self.read:
            self.read[key] = _resolved(key, self.elements)
        return self.read[key]


def read_styles(parts: Iterable[etree._Element | None]) -> Styles:
    """Return the paragraph styles that some parts define; of two with one id the later one counts."""
    return Styles({style.get(f"{W}styleId", ""): style for root in parts if root is not None for style in root.iterchildren(f"{W}style")})


def _resolved(key: str, own: dict[str, etree._Element]) -> Style:
    chain: list[etree._Element] = []
    while key in own and len(chain) < MAX_BASES:
        chain.append(own[key])
        key = setting(own[key], f"{W}basedOn")
    paragraphs = [child(style, f"{W}pPr") for style in chain]
    lists = [child(properties, f"{W}numPr") for properties in paragraphs]
    level = _first(lists, f"{W}ilvl")
    return Style(
        setting(chain[0], f"{W}name"),
        _first(lists, f"{W}numId"),
        int(level) if re.fullmatch(r"\d", level) else 0,
        _first(paragraphs, f"{W}jc"),
    )


def _first(chain: Iterable[etree._Element | None], tag: str) -> str:
    return next((value for properties in chain if (value := setting(properties, tag))), "")
