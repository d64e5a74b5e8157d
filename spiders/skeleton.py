"""The skeleton of a page: its structure of tags, ids and classes, without its words; and how far two skeletons are apart.

Repeated parts count once, so a list with more rows, a counter or a ticker changes nothing. Elements that editors write into texts
(paragraphs, spans, cells) count only where a template named them, so that two articles of one template have nearly the same skeleton.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element

from spiders.families.reading import parse

MOST_NODES = 100_000
"""Elements of a page that are looked at; what comes after them is left out."""
MOST_STEPS = 1_500
"""Places that a skeleton has at most."""
DEEPEST = 40
"""Places below that many others are left out: no template nests so deep, and a hostile page may."""
LONGEST_STEP = 100

Path = tuple[str, ...]

_SKIPPED = frozenset({"script", "style", "noscript", "svg", "link", "title", "base", "br", "hr", "template", "input", "param", "source"})
_FLOWING = re.compile(
    "p|span|font|a|b|strong|i|em|u|s|sup|sub|small|big|center|img|table|thead|tbody|tfoot|tr|td|th|colgroup|col|caption|blockquote|"
    "description|label|ins|del|o:p|st1:chsdate|section|button|iframe"
)
"""Elements of texts: they count only with an id or a class, and what they hold counts as their parent's."""
_WORD_PROCESSOR = re.compile(r"mso|wps|ql-|xl\d|ke-|ue[_t]|custom_|firstrow|font\d", re.IGNORECASE)
_OF_THE_MOMENT = re.compile("on|off|cur|current|active|selected|hover|first|last|odd|even|new|hot|top|clearfix|cf|clear|show|hide", re.I)
"""Classes that say which of several like elements this is, or how it stands, and no template's name for it."""
_NUMBER = re.compile(r"\d{3,}|[0-9a-f]{12,}", re.IGNORECASE)
_NAME = re.compile(r"[\w-]{1,60}")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The places of a page's template, each the path of its element from the root; ``str()`` and ``of_text`` turn it to text and back."""

    paths: frozenset[Path]

    def __str__(self) -> str:
        """Return the skeleton as an outline, one place a line, two blanks a level."""
        return "\n".join("  " * (len(path) - 1) + path[-1] for path in sorted(self.paths))

    @property
    def hash(self) -> str:
        """The SHA-256 of the outline, in hex."""
        return hashlib.sha256(str(self).encode()).hexdigest()

    @classmethod
    def of_text(cls, outline: str) -> Skeleton:
        """Return the skeleton that ``str()`` wrote."""
        paths: set[Path] = set()
        stack: list[str] = []
        for line in outline.split("\n"):
            step = line.lstrip(" ")
            if step:
                stack[(len(line) - len(step)) // 2 :] = [step]
                paths.add(tuple(stack))
        return cls(frozenset(paths))


@dataclass(frozen=True, slots=True)
class Difference:
    """What one page had and another has not: places that are ``gone`` and places that ``came``, the topmost of each."""

    gone: tuple[str, ...]
    came: tuple[str, ...]


def skeleton(markup: str) -> Skeleton:
    """Return the skeleton of a page's HTML, of JSON that of its keys. Never raises: what is neither has an empty one, endless is cut."""
    paths: set[Path] = set()
    for path in _paths_of(markup):
        if len(paths) >= MOST_STEPS:
            break
        paths.add(path)
    return Skeleton(frozenset(paths))


def _paths_of(text: str) -> Iterator[Path]:
    if text.lstrip("\ufeff \r\n\t")[:1] in ("{", "["):
        try:
            return _json_paths(json.loads(text.lstrip("\ufeff")))
        except (ValueError, RecursionError):
            pass  # text that only begins like JSON: its markup, if it has any
    return _paths(parse(text).root)


def _json_paths(root: Any) -> Iterator[Path]:  # noqa: ANN401 - any JSON
    waiting: list[tuple[Any, Path]] = [(root, ())]
    looked_at = 0
    while waiting and looked_at < MOST_NODES:
        value, above = waiting.pop()
        looked_at += 1
        if isinstance(value, list):
            waiting.extend((each, above) for each in value)
        elif isinstance(value, dict) and len(above) < DEEPEST:
            steps = [(f"{_NUMBER.sub('0', key)}:", each) for key, each in value.items() if _KEY.fullmatch(key)]
            yield from ((*above, step) for step, _ in steps)
            waiting.extend((each, (*above, step)) for step, each in steps)


def _paths(root: _Element) -> Iterator[Path]:
    """Yield the path of every element that counts, its parents before it."""
    waiting: list[tuple[_Element, Path]] = [(root, ())]
    looked_at = 0
    while waiting and looked_at < MOST_NODES:
        node, above = waiting.pop()
        looked_at += 1
        if not isinstance(node.tag, str) or node.tag in _SKIPPED or len(above) >= DEEPEST:
            continue
        step = _step(node)
        path = (*above, step) if step else above
        if step:
            yield path
        waiting.extend((child, path) for child in reversed(node))


def _step(node: _Element) -> str:
    """Return the element in a word, ``div#list.news``; empty for one that does not count."""
    if node.tag == "meta":
        name = str(node.get("name") or node.get("property") or "").strip().lower()
        above = node.getparent()
        return f"meta[{name}]" if above is not None and above.tag == "head" and _NAME.fullmatch(name) else ""
    names = names_of(node)
    if _FLOWING.fullmatch(node.tag) and not names:
        return ""
    tag = node.tag if _NAME.fullmatch(node.tag) else "unknown"
    return f"{tag}{''.join(names)}"[:LONGEST_STEP]


def names_of(node: _Element) -> tuple[str, ...]:
    """Return the id and the classes by which a template names an element (``#list``, ``.news``), long numbers in them as 0."""
    identity = str(node.get("id") or "").strip()
    found = [f"#{_NUMBER.sub('0', identity)}"] if _NAME.fullmatch(identity) else []
    words = sorted({word for word in str(node.get("class") or "").split()[:20] if is_name(word)})
    return (*found, *(f".{_NUMBER.sub('0', word)}" for word in words))


def is_name(word: str) -> bool:
    """Tell whether a class is a template's name for an element: no state, no word processor's style, no sign of another use."""
    return bool(_NAME.fullmatch(word)) and not _OF_THE_MOMENT.fullmatch(word) and not _WORD_PROCESSOR.match(word)


def drift(old: Skeleton, new: Skeleton) -> float:
    """Return how far two skeletons are apart, 0 (the same places) to 1 (none in common). Named places count four times as much."""
    either = sum(map(_weight, old.paths | new.paths))
    return 1 - sum(map(_weight, old.paths & new.paths)) / either if either else 0.0


def _weight(path: Path) -> int:
    return 4 if any(mark in path[-1] for mark in "#.[:") else 1


def difference(old: Skeleton, new: Skeleton, most: int = 20) -> Difference:
    """Return what was there and is not, and what came; a place whose parent is told is not told again. ``most`` of each are named."""
    return Difference(_topmost(old.paths - new.paths, most), _topmost(new.paths - old.paths, most))


def _topmost(paths: frozenset[Path], most: int) -> tuple[str, ...]:
    top = sorted(path for path in paths if path[:-1] not in paths)
    return tuple(" > ".join(path[-3:]) for path in top[:most])
