"""What drawings wear: the colours of the room for light and dark, and for paper; nothing that runs, nothing from elsewhere.

Drawings are files of their own, so that the strict policy of pages holds: a style sheet stands within the file, and no script.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
THEMES = ("auto", "light", "dark")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Of a drawing that is opened by itself: its own style sheet and nothing else."""
_LIGHT = "--ink:#1d2023;--quiet:#565c63;--line:#c4c8cd;--bar:#0f4c5c;--done:#ffffff;--paper:#ffffff"
_DARK = "--ink:#e6e8ea;--quiet:#a4abb3;--line:#4a525b;--bar:#83c9da;--done:#1b1f23;--paper:#1b1f23"
_FONTS = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','WenQuanYi Zen Hei',system-ui,sans-serif"
_RULES = (
    f"svg{{font-family:{_FONTS};background:var(--paper)}}text{{fill:var(--ink);stroke:none}}"
    ".quiet,.axis text{fill:var(--quiet)}.guide.line,.axis .line{stroke:var(--line);fill:none}.axis .guide.line{stroke-dasharray:3,3}"
    ".axis.x .guide.line{stroke:none}"
    ".bar .coming{fill:var(--bar);stroke:var(--bar)}.bar .over{fill:var(--done);stroke:var(--bar);stroke-width:1.5}"
    ".background{fill:none}.edge{stroke:var(--quiet);fill:none}.node{fill:var(--bar)}.node.open{fill:var(--paper);stroke:var(--bar)}"
    ".middle{fill:var(--ink)}.centered,.axis.x text,.value{text-anchor:middle}.axis.y text{text-anchor:end}"
    "text.halo{stroke:var(--paper);stroke-width:4px;stroke-linejoin:round;paint-order:stroke}a:hover text{text-decoration:underline}"
)


def style(theme: str, sizes: str = "") -> str:
    """Return the style sheet of a drawing: light, dark, or as the device wants it; on paper always light."""
    schemes = {
        "light": f"svg{{{_LIGHT}}}",
        "dark": f"svg{{{_DARK}}}@media print{{svg{{{_LIGHT}}}}}",
        "auto": f"svg{{{_LIGHT}}}@media screen and (prefers-color-scheme:dark){{svg{{{_DARK}}}}}",
    }
    return schemes[theme] + _RULES + sizes


def put(parent: Any, name: str, words: str = "", **attributes: object) -> Any:  # noqa: ANN401 -- lxml's elements
    """Add an element of SVG with a text and attributes, and return it; ``class_`` is class, ``_`` in names is a hyphen."""
    given = {key.rstrip("_").replace("_", "-"): str(value) for key, value in attributes.items()}
    child = etree.SubElement(parent, f"{{{SVG}}}{name}", given)
    child.text = words or None
    return child


def described(root: Any, title: str, words: str, theme: str, sizes: str = "") -> None:  # noqa: ANN401
    """Give a drawing its name and its words for those who do not see it, and its style sheet, before all that is drawn."""
    for place, (name, said) in enumerate((("title", title), ("desc", words), ("style", style(theme, sizes)))):
        element = etree.Element(f"{{{SVG}}}{name}")
        element.text = said
        root.insert(place, element)
    root.set("role", "img")
    root.set("aria-label", title)


def written(root: Any) -> bytes:  # noqa: ANN401
    """Return a drawing as a file."""
    etree.cleanup_namespaces(root)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
