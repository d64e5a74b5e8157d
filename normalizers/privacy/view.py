r"""A text as it is looked at: digits of one width, no tags, references and escapes as characters, and where each character stands.

A number that a page cuts with tags, soft blanks, character references or ``\u0033`` is whole in the view; what is masked there is cut
out of the original around the tags, which stay.
"""

from __future__ import annotations

import html
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

INVISIBLE = "\x00-\x08\x0e-\x1c\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"

ROW = "\x1d"
"""Stands where a row of a table begins or ends."""

BARRIER = "\x1e"
"""Stands between two attribute values; nothing is read across it."""

LONGEST_TAG = 8192
"""A longer one is no tag but text, and is masked as text."""

MOST_ESCAPED = 2
"""So many times may markup have been escaped within other markup, or within JSON."""

_BREAKING = frozenset(
    [
        "br",
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "dd",
        "dt",
        "dl",
        "form",
        "option",
        "title",
        "hr",
    ]
)
_CELL = frozenset(("td", "th"))

_SPECIAL = re.compile(
    rf"(?P<tag><!--[^<>]{{0,{LONGEST_TAG}}}-->|<!--|-->|<[A-Za-z/!?][^<>]{{0,{LONGEST_TAG}}}>)"
    r"|(?P<reference>&(?:#0*+\d{1,7};?|#[xX]0*+[0-9a-fA-F]{1,6};?|[a-zA-Z]{2,8};))"
    r"|(?P<escape>\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[nrt/\"]|%(?:3[0-9]|[57]8|2[0dDeE]))"
    rf"|(?P<nothing>[{INVISIBLE}]+)"
)
_MAYBE = re.compile(rf"[<&\\{INVISIBLE}]|%3[0-9]")
_ESCAPED_TAG = re.compile(r"(?:&(?:amp;)*(?:lt;|#60;?|#[xX]3[cC];?)|\\u003[cC])[A-Za-z/!]|&(?:amp;)+#[0-9xX]")
_GLUED = re.compile(r"[0-9A-Za-z](?:<[A-Za-z/][^<>]{0,300}>\s{0,8}){1,8}(?<=>)[0-9A-Za-z]")
"""Characters that only tags part: they may belong together, or not."""
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_ESCAPES = {"\\n": "\n", "\\r": "\n", "\\t": "\t", "\\/": "/", '\\"': '"'}
_INVISIBLE = re.compile(rf"[{INVISIBLE}]*")


def _table() -> dict[int, str]:
    folded = {0xFF01 + i: chr(0x21 + i) for i in range(94)}
    for first, value in ((0x2460, 1), (0x2776, 1), (0x2780, 1), (0x278A, 1), (0x24F5, 1)):
        folded |= {first + i: str(value + i) for i in range(9)}
    folded |= dict.fromkeys((9450, 9471, 127244), "0")
    for first in (0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x2080, 0x0660, 0x06F0, 0x0966):
        folded |= {first + i: str(i) for i in range(10)}
    folded |= dict(zip((0x2070, 0xB9, 0xB2, 0xB3, *range(0x2074, 0x207A)), "0123456789", strict=True))
    folded |= dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE63, 0xFE58, 0x2500, 0x2043, 0x30FC), "-")
    folded |= dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x2800, 0x3000, 0x3164, 0xFFA0), " ")
    folded |= dict.fromkeys((0xD7, 0x425, 0x445, 0x3A7, 0x3C7, 0x2169, 0x2179, 0x2715, 0x2716, 0x24CD, 0x24E7), "X")
    folded |= dict.fromkeys((0x25CF, 0x25A0, 0x25A1, 0x2588, 0x25CB, 0x25EF, 0x2022, 0x2217, 0x2731, 0xFE61, 0x2605, 0x25A0, 0x2B24), "*")
    folded |= {
        0x2028: "\n",
        0x2029: "\n",
        0x85: "\n",
        0x0B: "\n",
        0x0C: "\n",
        0x0D: "\n",
        0x30FB: "·",
        0x2027: "·",
        0x2219: "·",
        0x22C5: "·",
    }
    return folded


_FOLDED = _table()
_ODD = re.compile("[" + "".join(re.escape(chr(code)) for code in sorted(_FOLDED)) + "]")

_NUMERALS = dict(zip("〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖两", "000" + "123456789" * 2 + "2", strict=True))
_SPELLED = re.compile(r"[0-9〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖](?:[ \-]?[0-9*〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖]){10,}+")
_NUMERAL = str.maketrans(_NUMERALS)
_LENGTHS = (11, 15, 18)
"""Of mobile telephones and resident numbers."""
_COUNTED = re.compile("[人名件份个次户家起种批张条项位]")
_HAN_NUMERAL = re.compile("[〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖]")
_BETWEEN_FIGURES = re.compile("(?<=[0-9])[〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖]{1,8}(?=[0-9])")


def fold(text: str) -> str:
    """Return the text with digits, letters, blanks and dashes of one width, character for character."""
    if _ODD.search(text):
        text = text.translate(_FOLDED)
    return _SPELLED.sub(_figures, text)


def _figures(found: re.Match[str]) -> str:
    """Return a number spelled in numerals in figures; numerals that only stand beside figures (号码320…一人) stay as they are."""
    run = found[0]
    spelled = len(_HAN_NUMERAL.findall(run))
    if 2 * spelled >= sum(map(str.isalnum, run)):
        counted = len(run) not in _LENGTHS and _COUNTED.match(found.string, found.end())
        return run[:-1].translate(_NUMERAL) + run[-1] if counted else run.translate(_NUMERAL)
    return _BETWEEN_FIGURES.sub(lambda numeral: numeral[0].translate(_NUMERAL), run)


@dataclass(frozen=True, slots=True)
class View:
    """``text`` is what is looked at; ``starts`` and ``ends`` are where its characters stand in ``original`` (``None``: one for one).

    ``kept`` are the indices of characters that stand for a tag: they are never cut out.
    """

    original: str
    text: str
    starts: array[int] | None = None
    ends: array[int] | None = None
    kept: frozenset[int] = frozenset()

    def pieces(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the parts of the original that the view shows from ``start`` to ``end``, without the tags between them."""
        if self.starts is None or self.ends is None:
            return [(start, end)]
        parts: list[tuple[int, int]] = []
        for index in range(start, end):
            if index in self.kept:
                continue
            first, last = self.starts[index], self.ends[index]
            if parts and (first <= parts[-1][1] or _INVISIBLE.fullmatch(self.original, parts[-1][1], first)):
                parts[-1] = (parts[-1][0], max(last, parts[-1][1]))
            else:
                parts.append((first, last))
        return parts


class _Builder:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.starts = array("L")
        self.ends = array("L")
        self.kept: set[int] = set()

    def plain(self, text: str, start: int, end: int) -> None:
        self.parts.append(text[start:end])
        self.starts.extend(range(start, end))
        self.ends.extend(range(start + 1, end + 1))

    def stands_for(self, char: str, start: int, end: int, *, kept: bool = False) -> None:
        if kept:
            self.kept.add(len(self.starts))
        for each in char:
            self.parts.append(each)
            self.starts.append(start)
            self.ends.append(end)

    def view(self, original: str) -> View:
        return View(original, fold("".join(self.parts)), self.starts, self.ends, frozenset(self.kept))


def views(text: str, depth: int = MOST_ESCAPED) -> Iterator[View]:
    """Yield the views of a text: its text, what its attributes hold, and again without the tags that were escaped in it."""
    if not _MAYBE.search(text):
        yield View(text, fold(text))
        return
    outer, inner = _Builder(), _Builder()
    position = 0
    for found in _SPECIAL.finditer(text):
        outer.plain(text, position, found.start())
        position = found.end()
        _special(found, outer, inner)
    outer.plain(text, position, len(text))
    view = outer.view(text)
    yield view
    if inner.parts:
        yield inner.view(text)
    if _GLUED.search(text):
        yield _apart(text)
    if depth and _ESCAPED_TAG.search(text):
        yield from (_composed(view, deeper) for deeper in views(view.text, depth - 1))


def _apart(text: str) -> View:
    """Return the view in which every tag parts what stands before it from what follows: <b>310…</b><b>2024</b> are two numbers."""
    builder = _Builder()
    position = 0
    for found in _SPECIAL.finditer(text):
        builder.plain(text, position, found.start())
        position = found.end()
        if found["tag"]:
            builder.stands_for("\n", found.start(), found.end(), kept=True)
        else:
            _special(found, builder, builder)
    builder.plain(text, position, len(text))
    return builder.view(text)


def _special(found: re.Match[str], outer: _Builder, inner: _Builder) -> None:
    start, end = found.span()
    if found["tag"]:
        _tag(found[0], start, end, outer, inner)
    elif found["reference"]:
        outer.stands_for(_character(found[0]), start, end)
    elif found["escape"]:
        outer.stands_for(_escaped(found[0]), start, end)


def _tag(tag: str, start: int, end: int, outer: _Builder, inner: _Builder) -> None:
    name = _NAME.match(tag)
    kind = name[1].lower() if name else ""
    if kind in _BREAKING:
        outer.stands_for("\n", start, end, kept=True)
    elif kind == "tr":
        outer.stands_for(ROW, start, end, kept=True)
    elif kind in _CELL:
        outer.stands_for("\t", start, end, kept=True)
    if "=" in tag or tag.startswith(("<!", "<?")):
        _inside(tag, start, inner)


def _inside(tag: str, start: int, inner: _Builder) -> None:
    position = 1
    for found in _SPECIAL.finditer(tag, 1, len(tag) - 1):
        _shifted(inner, tag, position, found.start(), start)
        position = found.end()
        if found["reference"]:
            inner.stands_for(_character(found[0]), start + found.start(), start + found.end())
        elif found["escape"]:
            inner.stands_for(_escaped(found[0]), start + found.start(), start + found.end())
    _shifted(inner, tag, position, len(tag) - 1, start)
    inner.stands_for(BARRIER, start + len(tag) - 1, start + len(tag), kept=True)


def _shifted(inner: _Builder, tag: str, start: int, end: int, offset: int) -> None:
    inner.parts.append(tag[start:end])
    inner.starts.extend(range(offset + start, offset + end))
    inner.ends.extend(range(offset + start + 1, offset + end + 1))


def _escaped(escape: str) -> str:
    r"""Return the character of an escape: ``\u0033``, ``\x33``, ``\n``, ``%33``."""
    return _ESCAPES.get(escape) or chr(int(escape[1:] if escape[0] == "%" else escape[2:], 16))


def _character(reference: str) -> str:
    """Return the character of a reference; one without width, or without meaning, is nothing."""
    if reference.startswith("&#"):
        body = reference[2:].rstrip(";")
        code = int(body[1:].lstrip("0") or "0", 16) if body[:1] in "xX" else int(body.lstrip("0") or "0")
        char = chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""
    else:
        char = html.unescape(reference)
        char = char if len(char) == 1 else ""
    return "" if _INVISIBLE.fullmatch(char) else char


def _composed(view: View, deeper: View) -> View:
    starts = deeper.starts if deeper.starts is not None else range(len(deeper.text))
    ends = deeper.ends if deeper.ends is not None else range(1, len(deeper.text) + 1)
    first = view.starts if view.starts is not None else range(len(view.text))
    last = view.ends if view.ends is not None else range(1, len(view.text) + 1)
    kept = deeper.kept | {index for index, start in enumerate(starts) if start in view.kept}
    return View(view.original, deeper.text, array("L", (first[i] for i in starts)), array("L", (last[i - 1] for i in ends)), kept)
