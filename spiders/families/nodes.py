"""Elements of hostile pages, read one attribute at a time."""

from __future__ import annotations

from parsel import Selector


def attribute(node: Selector, name: str) -> str:
    """Return an element's attribute, empty where it has none or is no element.

    Parsel's ``attrib`` reads all of them, and fails for one of a name that is none, as damage makes them (``<a {=1>``).
    """
    return "" if isinstance(node.root, str) else str(node.root.get(name, ""))
