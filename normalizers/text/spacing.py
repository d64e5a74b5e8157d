"""Blanks that stand inside words: letter spacing of titles, breaks of a PDF's lines and cells, padding inside brackets.

Only single blanks between Chinese characters are judged, by the words on both sides: the blank in 社 团局 splits a word,
the one in 市财政局 市公安局 parts two. Blanks that align columns, two and more, stay.
"""

from __future__ import annotations

import re
from functools import lru_cache

from normalizers.records import Repair
from normalizers.text.likelihood import Likelihood
from normalizers.text.outcome import Outcome

REACH = 5
"""Characters to either side of a blank by which it is judged."""

GAIN = 4.0
"""How much likelier (natural logarithm) the characters must be as one string than as two."""

COVERED = 0.6
"""The share of letter-spaced characters that must be parts of words when put together."""

FEWEST = 4
"""Of fewer letter-spaced characters, only a word is put together."""

MOST = 20_000
"""Blanks of one document that are judged; a text of more is no prose."""

_HANZI = "\u3400-\u9fff"
_UNIT = rf"(?:[{_HANZI}]|\d{{1,4}}[年月日号]?)"
_SPACED = re.compile(rf"(?<![{_HANZI}\w])(?:{_UNIT} ){{2,40}}{_UNIT}(?![{_HANZI}\w])")
_LONE = re.compile(rf" [{_HANZI}] ")
_PADDED = re.compile(rf" (?:(?<=^[{_HANZI}] )|(?<=\t[{_HANZI}] )|(?<=  [{_HANZI}] ))(?=[{_HANZI}](?:$|\t|  |[:：]))", re.MULTILINE)
_GAP = re.compile(rf" (?<=[{_HANZI}] )(?=[{_HANZI}])")
"""A blank between characters; here and above the blank comes first in the pattern, for a search goes by it."""

SIGN = re.compile(" ")

_IN_BRACKETS = re.compile(rf" (?:(?<=[（(〔【《] ) {{0,2}}(?=[{_HANZI}\d])|(?<=[{_HANZI}\d] ) {{0,2}}(?=[）)〕】》]))")
_BESIDE_BLANK = re.compile(rf"[{_HANZI}] | [{_HANZI}]")
_BESIDE = re.compile(rf"[{_HANZI}]+")


def has_stray_blanks(text: str) -> bool:
    """Tell whether any blank stands where it may be stray."""
    return _GAP.search(text) is not None or _IN_BRACKETS.search(text) is not None


def close_up(text: str) -> Outcome:
    """Return the text without the blanks inside its words and beside its brackets; line breaks and columns stay."""
    count = judged = left = 0

    def put_together(start: int, end: int) -> str:
        """Return a stretch of ``text`` without its blanks where its characters make words."""
        nonlocal count, left
        whole = text[start:end].replace(" ", "")
        if not _is_spaced_out(whole):
            return text[start:end]
        count += end - start - len(whole)
        around = text[max(0, start - 2) : start], text[end : end + 2]
        left += sum(_BESIDE_BLANK.fullmatch(pair) is not None for pair in around)  # may be one more letter space, or a border
        return whole

    def closed(found: re.Match[str]) -> str:
        nonlocal count, judged
        judged += 1
        before, after = _sides(found)
        stray = judged <= MOST and len(before + after) > 2 and _is_stray(before, after)
        count += stray
        return "" if stray else " "

    if _LONE.search(text):
        text = _SPACED.sub(lambda found: put_together(*found.span()), text)
    text = _PADDED.sub(lambda found: put_together(found.start() - 1, found.end() + 1)[1:-1], text)
    text = _GAP.sub(closed, text)
    text, padding = _IN_BRACKETS.subn("", text)
    return Outcome(text, (Repair("stray-blanks", count + padding, left=left),) if count + padding else ())


@lru_cache(maxsize=1)
def _words() -> Likelihood:
    return Likelihood()


@lru_cache(maxsize=4096)
def _is_spaced_out(whole: str) -> bool:
    """Tell whether single characters make words when put together: one word, or so many that it is no list (省 市 县)."""
    hanzi = "".join(_BESIDE.findall(whole))
    if len(hanzi) < FEWEST:
        return _words().is_word(hanzi) and hanzi == whole
    covered = sum(len(word) for word in _words().words_in(hanzi) if len(word) > 1)
    return covered >= COVERED * len(hanzi)


def _sides(gap: re.Match[str]) -> tuple[str, str]:
    """Return the characters that stand together before and after a blank."""
    text, at = gap.string, gap.start()
    before, after = text[max(0, at - REACH) : at], text[at + 1 : at + 1 + REACH]
    return re.split(rf"[^{_HANZI}]", before)[-1], re.split(rf"[^{_HANZI}]", after)[0]


@lru_cache(maxsize=65536)
def _is_stray(before: str, after: str) -> bool:
    """Tell whether a blank splits a word: one goes across it, and on one side at least no other word ends or begins there."""
    words = _words()
    reach = [(1, j) for j in range(1, len(after) + 1)] + [(i, 1) for i in range(2, len(before) + 1)]
    across = any(words.is_word(before[-i:] + after[:j]) for i, j in reach)  # 张三李四 is a word, and 张三 李四 two names
    ends = any(words.is_word(before[-i:]) for i in range(2, len(before) + 1))
    begins = any(words.is_word(after[:j]) for j in range(2, len(after) + 1))
    if not across or (ends and begins):
        return False
    return words.score(before + after) >= words.score(before) + words.score(after) + GAIN
