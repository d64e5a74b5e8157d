"""Headings and the title: what a block's numbering, drawing and place say of its rank."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from normalizers.documents.blocks import RawBlock, join_lines
from normalizers.records import BlockKind, Hints
from normalizers.text.fold import fold

MAX_HEADING = 60
"""Characters of the longest numbered line that is read as a heading; longer ones are clauses."""
MAX_TITLE = 120
MIN_TITLE_LINE = 14
"""Characters of the shortest line that can be the upper half of a title; shorter ones are names and labels."""
LONGEST_LINE = 1000
"""Characters, blanks and brackets with them, of the longest line that is looked at for a title."""
HEAD_BLOCKS = 15
"""The title stands among so many blocks from the top: letterhead, number, date and copy numbers may come before it."""
LIST_LEVEL = 3
"""From this level on (1. and （1）) a run of numbered lines is a list, not a row of headings."""

LABEL_LINE = re.compile(r"(?:责任|牵头|配合|主办|协办|参与|完成|办结)[\u4e00-\u9fff]{0,4}[:：]")
"""How a line of roles or of a deadline begins: never the rest of a line above, however full that is."""
_NUMERALS = "一二三四五六七八九十百零〇壹贰叁肆伍陆柒捌玖拾"
_HEADINGS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"第[{_NUMERALS}\d]{{1,4}}[编部章篇][\s　:：]?")),
    (2, re.compile(rf"第[{_NUMERALS}\d]{{1,4}}节[\s　:：]?")),
    (3, re.compile(rf"第[{_NUMERALS}\d]{{1,4}}条[\s　:：]?")),
    (1, re.compile(rf"[{_NUMERALS}]{{1,4}}[、．.]")),
    (2, re.compile(rf"[（(][{_NUMERALS}]{{1,4}}[）)]")),
    (3, re.compile(r"\d{1,2}(?:[、．]|\.(?!\d))")),
    (4, re.compile(r"[（(]\d{1,2}[）)]")),
)
_RUNS_ON = re.compile(r"[。；;，,：:？?！!、]$")
_ROLE_END = re.compile(r"(?:单位|部门|负责|牵头|配合|落实)[^（）()]{0,200}[）)]$|(?:责任|牵头|配合)(?:单位|部门)[:：]")
_DOCUMENT_NUMBER = re.compile(r"[〔\[【（(]\s*\d{4}\s*[〕\]】）)]\s*第?\s*\d+\s*号$")
_NOT_TITLE = re.compile(
    r"[。；！？]|[:：，,、]$|^附\s*[件：:]|^(?:19|20)\d\d\s*[年.\-/]\s*\d{1,2}\s*[月.\-/]\s*\d{1,2}\s*日?$|^(?:来源|发布|索引号|主题词|抄送)"
)
_BRACKET_END = re.compile(r"[（(【\[][^（）()【】\[\]]{1,40}[）)】\]]$")
_LETTERHEAD = re.compile(r"(?:文件|文\s件|公报|简报)$")


@cache
def _title_words() -> tuple[str, ...]:
    text = (files(__package__) / "data" / "title_words.txt").read_text(encoding="utf-8")
    return tuple(text.split())


def heading_level(text: str) -> int:
    """Return the level (1 highest) of a short numbered line without a sentence's end, 0 for any other text.

    Levels: 第一章, 一、 → 1; 第一节, （一） → 2; 第一条, 1. → 3; （1） → 4.
    A line that ends in the bodies responsible is a task, not a heading.
    """
    if len(text) > MAX_HEADING or "\n" in text or _RUNS_ON.search(text) or _ROLE_END.search(text) or "。" in text:
        return 0
    for level, pattern in _HEADINGS:
        found = pattern.match(text)
        if found and len(text) > found.end():
            return level
    return 0


def looks_like_title(text: str) -> bool:
    """Tell whether a line can be a whole title: it ends in a word for a kind of document (通知, 方案 …), brackets after it aside."""
    if len(text) > LONGEST_LINE:
        return False
    bare = re.sub(r"\s", "", text)
    while found := _BRACKET_END.search(bare):
        bare = bare[: found.start()]
    bare = bare.rstrip('》>”"')
    return 6 <= len(bare) <= MAX_TITLE and bare.endswith(_title_words()) and not _barred(text)


def _barred(text: str) -> bool:
    """Tell whether a line cannot be part of a title."""
    bare = text.strip()
    return bool(_NOT_TITLE.search(bare) or _DOCUMENT_NUMBER.search(bare) or _LETTERHEAD.search(bare) or heading_level(bare))


def _mark_headings(blocks: Sequence[RawBlock]) -> list[RawBlock]:
    levels = [heading_level(block.text) if block.kind is BlockKind.PARAGRAPH and block.table is None else 0 for block in blocks]
    out: list[RawBlock] = []
    listed = False
    for number, block in enumerate(blocks):
        level = levels[number]
        following = levels[number + 1] if number + 1 < len(levels) else 0
        listed = level >= LIST_LEVEL and (following == level or (listed and level == levels[number - 1]))
        if level and not listed and number + 1 < len(blocks):
            out.append(block._replace(kind=BlockKind.HEADING, level=level))
        else:
            out.append(block)
    return out


def _head(blocks: Sequence[RawBlock]) -> int:
    """Return how many blocks from the top may hold the title: up to the first heading, table or sentence."""
    for number, block in enumerate(blocks[:HEAD_BLOCKS]):
        if block.table is not None or "。" in block.text or (heading_level(block.text) and not block.centred):
            return number
    return min(len(blocks), HEAD_BLOCKS)


def _joined(blocks: Sequence[RawBlock]) -> str:
    text = ""
    for block in blocks:
        text = join_lines(text, block.text.replace("\n", ""))
    return text


def _hinted(blocks: Sequence[RawBlock], head: int, title: str) -> tuple[int, int] | None:
    """Return the blocks that together say what is known to be the title."""
    wanted = fold(title)
    for start in range(head):
        text = ""
        for stop in range(start + 1, min(start + 5, head) + 1):
            text += fold(blocks[stop - 1].text)
            if text == wanted:
                return start, stop
            if not wanted.startswith(text):
                break
    return None


def _by_words(blocks: Sequence[RawBlock], head: int) -> tuple[int, int] | None:
    """Return the first run of one to four lines that reads as a whole title, the shortest first."""
    for length in range(1, 5):
        for start in range(head - length + 1):
            run = blocks[start : start + length]
            alike = len({block.centred for block in run}) == 1
            if alike and not any(_barred(block.text) for block in run) and looks_like_title(_joined(run)):
                return _upwards(blocks, start), start + length
    return None


def _upwards(blocks: Sequence[RawBlock], start: int) -> int:
    """Return where a title begins whose end stands at ``start``: the line right above it may be its first half."""
    if start == 0:
        return start
    above, block = blocks[start - 1], blocks[start]
    if _barred(above.text) or looks_like_title(above.text) or not MIN_TITLE_LINE <= len(above.text) <= MAX_TITLE:
        return start
    next_line = above.origin and block.origin and above.origin.unit == "line" and block.origin.number - above.origin.number == 1
    drawn_alike = above.centred and block.centred and above.strong == block.strong
    return start - 1 if drawn_alike or (next_line and not above.centred and not block.centred) else start


def _by_drawing(blocks: Sequence[RawBlock], head: int) -> tuple[int, int] | None:
    """Return the first line that is centred or strong, where others are not."""
    if all(block.centred or block.strong for block in blocks):
        return None
    for number, block in enumerate(blocks[:head]):
        if (block.centred or block.strong) and 5 <= len(block.text) <= MAX_TITLE and not _barred(block.text):
            return number, number + 1
    return None


def _mark_title(blocks: list[RawBlock], hints: Hints) -> list[RawBlock]:
    if any(block.kind is BlockKind.TITLE for block in blocks):
        return blocks
    head = _head(blocks)
    place = (_hinted(blocks, head, hints.title) if hints.title else None) or _by_words(blocks, head) or _by_drawing(blocks, head)
    if place is None:
        return blocks
    start, stop = place
    run = blocks[start:stop]
    raw = ""
    for block in run:
        raw = join_lines(raw, block.raw.replace("\n", ""))
    title = run[0]._replace(text=_joined(run), raw=raw, kind=BlockKind.TITLE, level=0)
    rest = blocks[stop:]
    for number, block in enumerate(rest[:2]):  # 2018年…方案 / 2018年…分工表: a second complete line belongs to it
        if block.kind is BlockKind.PARAGRAPH and block.table is None and looks_like_title(block.text) and stop + number < head:
            rest[number] = block._replace(kind=BlockKind.TITLE)
        else:
            break
    return [*blocks[:start], title, *rest]


def _mark_inner_titles(blocks: list[RawBlock]) -> list[RawBlock]:
    """Make headings of level 1 of the titles that stand inside: of the text a notice issues, of a table."""
    titles = [number for number, block in enumerate(blocks) if block.kind is BlockKind.TITLE]
    if not titles:
        return blocks
    out = list(blocks)
    for number in range(titles[-1] + 1, len(blocks) - 1):
        block = blocks[number]
        is_plain = block.kind is BlockKind.PARAGRAPH and block.table is None and "\n" not in block.text
        if is_plain and len(block.text) <= MAX_HEADING and looks_like_title(block.text):
            out[number] = block._replace(kind=BlockKind.HEADING, level=1)
    return out


def mark_structure(blocks: Sequence[RawBlock], hints: Hints) -> list[RawBlock]:
    """Return the blocks with headings and the title marked; the lines of one broken title become one block."""
    return _mark_inner_titles(_mark_headings(_mark_title(list(blocks), hints)))
