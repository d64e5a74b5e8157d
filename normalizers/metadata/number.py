"""Document numbers (发文字号) in all their spellings, written 沪府〔2018〕1号 (党政机关公文处理工作条例 第九条)."""

from __future__ import annotations

import re
import unicodedata

from normalizers.metadata.lines import Line
from normalizers.metadata.words import words_pattern

_OPEN, _CLOSE = r"[〔\[【(﹝{〈<「]", r"[〕\]】)﹞}〉>」]"
_NUMBER = re.compile(
    rf"(?P<who>[\u4e00-\u9fffA-Za-z]{{1,24}}){_OPEN}(?P<year>(?:19|20)\d\d){_CLOSE}(?P<nth>第?)(?P<count>\d{{1,6}})(?:号第?)"
)
_ORDER = re.compile(r"(?:[\u4e00-\u9fff]{1,20}令)?(?:(?:19|20)\d\d年)?第(?:\d{1,4}|[一二三四五六七八九十]{1,4})号")
_ATTACHED = re.compile(rf"(?P<title>.*(?:{words_pattern('title', 'genres').pattern}|[》)]))(?P<number>[^\s》]{{2,50}}号第?)$")
_CITES = re.compile("根据|按照?|依据|参照|落实|转发|关于|见")
MAX_HEAD = 40
"""Lines in which a document's own number stands."""


def _flat(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def normalise_number(text: str) -> str:
    """Return a document number with 〔〕 and without blanks (苏园管【 2015 】 58 号 → 苏园管〔2015〕58号), empty for none."""
    flat = _flat(text[:200]).strip("()[]【】")
    flat = re.sub(rf"^(?:{words_pattern('number', 'labels').pattern}):", "", flat)
    match = _NUMBER.fullmatch(flat)
    if match and not _CITES.match(flat):
        return f"{match['who']}〔{match['year']}〕{match['nth']}{match['count']}号"
    return flat if _ORDER.fullmatch(flat) else ""


def split_title(title: str) -> tuple[str, str]:
    """Return a title without the document number that is attached to its end, and the number in the standard spelling.

    Numbers without an issuer's mark (2026年第16号) stay in the title, too.
    """
    stripped = title.strip()
    bracket = re.search(r"[(（]([^()（）]{2,40}(?:[(（][^()（）]{4}[)）])?[^()（）]{0,8}号)[)）]$", stripped)
    if bracket and (number := normalise_number(bracket[1])):
        # 公告（2026年第16号） is named so; a number of a paper behind its title is not part of the name.
        return (stripped[: bracket.start()].strip() if "〔" in number else stripped), number
    attached = _ATTACHED.match(stripped)
    if attached and "〔" in (number := normalise_number(attached["number"])):
        return attached["title"].strip(), number
    return stripped, ""


def read_number(lines: list[Line]) -> str:
    """Return the number that stands on a line of its own, or at the end of the title, in the head of a document; empty for none.

    Numbers of other documents that the text cites are never taken: they stand inside sentences.
    """
    attached = ""
    for line in lines[:MAX_HEAD]:
        if not line.short or line.text.endswith((":", "：")):
            break
        head = re.split(r"\s*签发人", line.raw)[0]
        number = normalise_number(head)
        if number:
            return number
        attached = attached or split_title(line.text)[1]
    return attached
