"""Numbers and headings: where an item begins, and under which heading it stands."""

from __future__ import annotations

import re
from functools import lru_cache

from normalizers.records import Block, BlockKind

_HAN = "一二三四五六七八九十百"
_NUMBERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("chapter", re.compile(rf"第(?P<n>[{_HAN}\d]{{1,4}})[章节编篇部](?:分)?[\s、:：]*")),
    ("one", re.compile(rf"(?P<n>[{_HAN}]{{1,4}})\s*[、.．]\s*")),
    ("two", re.compile(rf"[（(]\s*(?P<n>[{_HAN}]{{1,4}})\s*[）)]\s*[、.．]?\s*")),
    ("three", re.compile(r"(?P<n>\d{1,3}(?:[.．]\d{1,2}){0,3})\s*(?:[、.．﹒·:：]|[)）])(?:(?![\d%])|(?=20\d\d\s?年))\s*")),
    ("three", re.compile(r"(?P<n>\d{1,2}(?:[.．]\d{1,2}){1,3})\s*(?=[\u4e00-\u9fff“《])")),
    ("three", re.compile(r"(?P<n>\d{1,2})[ \t\u3000]+(?=[\u4e00-\u9fff“《])")),
    ("three", re.compile(r"(?P<n>[⒈-⒛])\s*")),
    ("four", re.compile(r"[（(]\s*(?P<n>\d{1,3})\s*[）)]\s*[、.．]?\s*")),
    ("five", re.compile(r"(?P<n>[①-⑳⑴-⒇❶-❿])\s*[、.．]?\s*")),
    ("five", re.compile(r"(?:任务|举措|措施|事项)(?P<n>[一二三四五六七八九十\d]{1,3})\s*[:：、.．]\s*")),
)
_STOPPED = {ord("⒈") + at: str(at + 1) for at in range(20)}
"""Numbers with their stop in one character."""
_OPENS = re.compile(rf"[第{_HAN}（(\d①-⑳⑴-⒛❶-❿任举措事]")
"""What every number opens with."""
_ARTICLE = re.compile(rf"\s*第[{_HAN}千零〇\d]{{1,6}}条(?:之[一二三四五六七八九十])?[\s\u3000（(]")
_TITLE_END = re.compile(r"(?:方案|要点|计划|通知|意见|办法|条例|规划|清单|目录|规定|分工|安排|表|一览)(?:[（(][^（()）]{0,30}[）)])?$")
_RUNS_ON = re.compile(r"[。；;，,：:？?！!、]$")
_SENTENCES = re.compile(r"[。；;！!]")
_INNER_NUMBER = rf"(?:(?P<one>[{_HAN}]{{1,3}})、|[（(](?P<two>[{_HAN}]{{1,3}})[）)]|(?P<three>\d{{1,2}})[.．、](?=\D|20\d\d\s?年))"
_RUN_ON_HEADING = re.compile(rf"\s*[^。；;！!？?：:（()）\n]{{2,60}}?(?={_INNER_NUMBER})")
_LEAD_IN = re.compile(rf"\s*[^。；;，,（()）\n]{{2,10}}[：:]\s*(?={_INNER_NUMBER})")
_FIRST_ITEM = re.compile(r"[。：:；;]\s*(?=一、|[（(]一[）)]|1[.．、](?=\D|20\d\d\s?年))")
_MAX_PREAMBLE = 3_000
_DEPTH = {"chapter": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
MAX_HEADING = 45
"""Characters of the longest line without a sentence's end that is taken for a heading where the reader marked none."""


# Whoever looks at a line asks for its number: whether it is a heading, an item, under which section it stands.
@lru_cache(maxsize=16)
def split_number(text: str) -> tuple[str, str, int]:
    """Return the number that ``text`` opens with ("" when none), its style ("one" 一、 to "five" ①) and where the words begin."""
    start = len(text) - len(text.lstrip())
    if not _OPENS.match(text, start):
        return "", "", start
    for style, pattern in _NUMBERS:
        found = pattern.match(text, start)
        if found and found.end() < len(text):
            return found["n"].replace("．", ".").translate(_STOPPED), style, found.end()
    return "", "", start


def rank(text: str) -> int:
    """Return how deep the number that ``text`` opens with stands, 0 for a chapter to 5 for ①; 9 where there is none."""
    return _DEPTH.get(split_number(text)[1], 9)


def run_on_headings(text: str, *, opens: bool) -> tuple[list[str], int]:
    """Return the headings that run on into an item where the line breaks are lost (二、强化监管（四）推行承诺…), and where the item begins.

    ``opens``: the text opens a paragraph, so that a preamble may stand before its first item (…提出如下意见。一、…).
    """
    headings: list[str] = []
    at = 0
    first = _FIRST_ITEM.search(text, 0, _MAX_PREAMBLE) if opens and not split_number(text)[0] else None
    if first:
        at = first.end()
    while True:
        _, style, start = split_number(text[at:])
        found = _RUN_ON_HEADING.match(text, at + start) if style in ("one", "two") else _LEAD_IN.match(text, at)
        if found is None:
            return headings, at
        inner = next(name for name in ("one", "two", "three") if found[name])
        if style and _DEPTH[inner] <= _DEPTH[style]:
            return headings, at
        if style:
            headings.append(text[at : found.end()].strip())
        at = found.end()


def is_article(text: str) -> bool:
    """Tell whether ``text`` is an article of a regulation (第三条 …): rules, never tasks."""
    return _ARTICLE.match(text) is not None


def is_heading(block: Block) -> bool:
    """Tell whether a block is a heading to what follows: marked by its reader, or a short numbered line that ends no sentence."""
    if block.kind is BlockKind.HEADING:
        return True
    if block.kind is not BlockKind.PARAGRAPH or "\n" in block.text:
        return False
    text = block.text.strip()
    number, style, start = split_number(text)
    return bool(number) and style in ("chapter", "one", "two") and start < len(text) <= MAX_HEADING and not _RUNS_ON.search(text)


def is_title_like(text: str) -> bool:
    """Tell whether a heading is the title of an inner text or table: it closes the sections before it and is none itself."""
    return not split_number(text)[0] and _TITLE_END.search(text.strip()) is not None


def is_short_item(text: str) -> bool:
    """Tell whether a numbered line is the caption of what follows: one sentence at most, short."""
    return bool(split_number(text)[0]) and len(text) <= MAX_HEADING and len(_SENTENCES.findall(text.rstrip("。；; "))) == 0
