"""Labelled facts of an article page (索引号, 发布机构, 生成日期 …): tables of label and value, lists and lines ``label：value``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from parsel import Selector

_COLON = re.compile(r"[：:]")


@cache
def labels() -> dict[str, str]:
    """Return which field each label names; the labels are written without blanks (``spiders/data/labels.toml``)."""
    data = tomllib.loads((files("spiders") / "data" / "labels.toml").read_text("utf-8"))
    return {squeeze(label): name for name, entries in data.items() for label in entries}


def squeeze(text: str) -> str:
    """Return a label without blanks and the marks around it: 文　　号： and 【文号】 are 文号."""
    return "".join(text.split()).strip("：:【】[]")


def read_facts(nodes: Iterable[Selector]) -> dict[str, str]:
    """Return the values of the labelled facts by field name; the first that is not empty counts."""
    found: dict[str, str] = {}
    for node in nodes:
        for label, value in _pairs(node):
            name = labels().get(squeeze(label))
            if name and value and name not in found:
                found[name] = value
    return found


def _pairs(node: Selector) -> Iterator[tuple[str, str]]:
    cells = node.xpath(".//td | .//th | .//dt | .//dd")
    if cells:
        yield from _cell_pairs([_text(cell) for cell in _innermost(cells)])
        return
    leaves = node.xpath("descendant-or-self::*[self::li or self::span or self::p or self::div][not(.//li or .//span or .//p or .//div)]")
    for leaf in [*leaves, node]:
        label, colon, value = _split(_text(leaf))
        if colon:
            yield label, value


def _innermost(cells: Iterable[Selector]) -> list[Selector]:
    """Return the cells that hold no other: one around a table says nothing of its own, and what is nested would be read again and again."""
    around: set[object] = set()
    for cell in cells:
        for above in cell.root.iterancestors():
            if above in around:
                break
            around.add(above)
    return [cell for cell in cells if cell.root not in around]


def _cell_pairs(texts: list[str]) -> Iterator[tuple[str, str]]:
    for position, text in enumerate(texts):
        label, colon, value = _split(text)
        if squeeze(text) in labels() and position + 1 < len(texts):
            following = texts[position + 1]
            yield text, "" if squeeze(following) in labels() else following
        elif colon and value:
            yield label, value


def _split(text: str) -> tuple[str, str, str]:
    parts = _COLON.split(text.strip("【】[] "), maxsplit=1)
    return (parts[0], "：", parts[1].strip()) if len(parts) == 2 else (text, "", "")


def _text(node: Selector) -> str:
    return " ".join("".join(node.xpath(".//text()[not(parent::script or parent::style)]").getall()).split())
