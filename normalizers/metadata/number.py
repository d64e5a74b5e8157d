"""Document numbers (发文字号) in all their spellings, written 沪府〔2018〕1号 (党政机关公文处理工作条例 第九条)."""

from __future__ import annotations

import re
import unicodedata

from normalizers.deadlines.units import number as chinese_number
from normalizers.metadata.lines import Line
from normalizers.metadata.words import words_pattern

_OPEN, _CLOSE = r"[〔\[【(﹝{〈<《「]", r"[〕\]】)﹞}〉>》」]"
_NUMERAL = "零〇○Oo0-9一二三四五六七八九"
_NUMBER = re.compile(
    rf"(?P<who>[\u4e00-\u9fffA-Za-z]{{1,24}}){_OPEN}(?P<year>(?:19|20)\d\d|[一二][{_NUMERAL}]{{3}})年?{_CLOSE}"
    rf"(?P<nth>第?)(?P<count>\d{{1,6}}|[一二三四五六七八九]?十[一二三四五六七八九]?|[{_NUMERAL}]{{1,4}})(?:号第?)"
)
_CUT = re.compile(r"[\u4e00-\u9fff]{2,12}[〔\[【](?:19|20)\d\d[〕\]】]第?\d{1,5}")
"""A number whose 号 was lost; in round brackets it would be any year."""
_ORDER = re.compile(
    r"(?:[\u4e00-\u9fff、]{0,60}?(?:令|公告|通告|决定))?[(]?(?:(?:19|20)\d\d年)?第(?:\d{1,5}|[零〇○一二三四五六七八九十百]{1,7})号[)]?(?:令|公告|通告)?"
)
_ATTACHED = re.compile(rf"(?P<title>.*(?:{words_pattern('title', 'genres').pattern}|[》)]))(?P<number>[^\s》]{{2,50}}号第?)$")
_CITES = re.compile("根据|按照?|依据|参照|落实|转发|关于|见|附件")
_PREFIXED = re.compile(
    rf"(?P<number>[^\s《》，。]{{1,24}}{_OPEN}\s*(?:19|20)\d\d\s*{_CLOSE}\s*第?\s*\d{{1,6}}\s*号)(?P<title>[^、，。]{{6,}})"
)
_ORDINARY = re.compile(r"第[^号]{1,7}号")
_MASTHEAD = re.compile(r"(?P<who>[\u4e00-\u9fff（）()、\s]{2,60}(?:令|公\s*告|通\s*告))")
MAX_MASTHEAD = 40
"""Characters of the line above the number of an order (上海市人民政府令 / 第12号)."""
MAX_HEAD = 40
"""Lines in which a document's own number stands."""


def _flat(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def normalise_number(text: str) -> str:
    """Return a document number with 〔〕 and without blanks (苏园管【 2015 】 58 号 → 苏园管〔2015〕58号), empty for none.

    The first of several numbers of joint issuers is returned. Numbers of orders and announcements stay as printed (国令第736号).
    Normalising a normalised number changes nothing.
    """
    flat = _flat(text[:200]).strip("()[]【】|;,。")
    flat = re.sub(rf"^(?:{words_pattern('number', 'labels').pattern}):", "", flat)
    match = _NUMBER.match(flat)
    if match and not _CITES.match(flat) and not _NUMBER.sub("", flat).strip("、,;/ "):
        year, count = _digits(match["year"]), _digits(match["count"])
        return f"{match['who']}〔{year}〕{match['nth']}{count}号"
    if _CUT.fullmatch(flat) and not _CITES.match(flat):
        return normalise_number(flat + "号")
    return re.sub(r"[()]", "", flat) if _ORDER.fullmatch(flat) and not _CITES.match(flat) else ""


def _digits(text: str) -> str:
    """Return a number in digits; what stands in digits keeps its leading zeros (第01071号)."""
    return text if text.isascii() and text.isdigit() else str(chinese_number(text))


def split_title(title: str) -> tuple[str, str]:
    """Return a title without the document number that is attached to its end, and the number in the standard spelling.

    Numbers without an issuer's mark (2026年第16号) stay in the title, too.
    """
    stripped = title.strip()
    before = _PREFIXED.fullmatch(stripped)
    if before and (number := normalise_number(before["number"])):
        return before["title"].strip(), number
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
    attached = ordinary = ""
    above = ""
    for line in lines[:MAX_HEAD]:
        if not line.short or (line.text.endswith((":", "：")) and not above.endswith("令")):
            break
        head = re.split(r"\s*签发人", line.raw)[0]
        number = normalise_number(head)
        if number and not _ORDINARY.fullmatch(number):
            return number
        if number and not ordinary:
            ordinary = above + number
        attached = attached or split_title(line.text)[1]
        masthead = _MASTHEAD.fullmatch(line.raw)
        above = _flat(masthead["who"]) if masthead and len(line.raw) <= MAX_MASTHEAD else ""
    return attached or ordinary
