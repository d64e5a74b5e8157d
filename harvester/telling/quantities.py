"""Give a number that changed the words without which it says nothing: its unit (10 -> 10个工作日), else the words around it."""

from __future__ import annotations

import re

from normalizers.differences import TextChange

NEAR = 24
"""Characters before and behind a number among which its unit, or the words around it, are looked for."""
_NUMBER = re.compile(r"[0-9０-９〇零一二两三四五六七八九十百千万亿.,，．—–~～至-]{1,24}")
_NUMBER_HEAD = re.compile(r"(?:第|[0-9０-９][0-9０-９.,．]{0,15})$")
_UNIT = re.compile(
    r"[0-9０-９.,．]{0,16}[十百千万亿]{0,3}[余多]?"
    r"(?:个?工作日|个?自然日|个?百分点|小时|分钟|年度?|个?季度|个?月份?|个?星期|周岁?|[日天号]"
    r"|[%％‰]|美元|欧元|元|万?人次|人|平方(?:公里|千米|米)|公里|千米|米|亩|公顷|吨|千瓦时"
    r"|[项条家个次件户所处类批名倍成分级篇期场部份款章节点座辆笔宗例位]|[万亿](?![0-9]))"
    r"(?:以上|以内|以下|之内|[底末初前内])?"
)
_WORD = re.compile(r"[^\s，。；：、！？,;:!?（）()“”‘’\"]{1,8}")
_WORD_END = re.compile(r"[^\s，。；：、！？,;:!?（）()“”‘’\"]{1,8}$")


def with_unit(change: TextChange, old: str, new: str) -> tuple[str, str]:
    """Return the old and new words of a change as they are told; ``old`` and ``new`` are the texts that its spans speak of.

    A number that became another one is given the unit behind it, which both texts share, or else some words before and behind.
    """
    if change.op != "replace" or not all(_NUMBER.fullmatch(words.strip()) for words in (change.old, change.new)):
        return change.old, change.new
    sides = ((old, change.old_span), (new, change.new_span))
    if any(text[span.start : span.end] != words for (text, span), words in zip(sides, (change.old, change.new), strict=True)):
        return change.old, change.new
    behind = _same_start(*(text[span.end : span.end + NEAR] for text, span in sides))
    before = _same_start(*(text[max(0, span.start - NEAR) : span.start][::-1] for text, span in sides))[::-1]
    head, unit = _NUMBER_HEAD.search(before), _UNIT.match(behind)
    left, right = head.group() if head else "", unit.group() if unit else ""
    if not right:
        left = _found(_WORD_END.search(before)) or left
        right = _found(_WORD.match(behind))
    return left + change.old + right, left + change.new + right


def _found(match: re.Match[str] | None) -> str:
    return match.group() if match else ""


def _same_start(one: str, other: str) -> str:
    """Return what two texts begin with alike."""
    parted = (place for place, (here, there) in enumerate(zip(one, other, strict=False)) if here != there)
    return one[: next(parted, min(len(one), len(other)))]
