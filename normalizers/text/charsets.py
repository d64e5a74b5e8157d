"""The charsets that the region's sites are written in: their labels, what bytes say of them, and how plausible a decoding is."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from normalizers.text.signs import Signs

UTF_8, GB18030, BIG5, LATIN = "utf-8", "gb18030", "big5hkscs", "cp1252"

LABELS = {
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8", "utf8mb4", "utf_8", "x-unicode20utf8"), UTF_8),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "gb_2312-80", "gb2312-80", "gb_2312", "x-gbk", "gb-18030", "gb18030-2000"), GB18030),
    **dict.fromkeys(("cp936", "windows-936", "ms936", "chinese", "csgb2312", "euc-cn", "iso-ir-58", "csiso58gb231280"), GB18030),
    **dict.fromkeys(("big5", "big5-hkscs", "cp950", "windows-950", "x-x-big5", "cn-big5", "csbig5", "big5hkscs", "big-5"), BIG5),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "us-ascii", "ascii", "ansi"), LATIN),
    **dict.fromkeys(("utf-16", "utf-16le", "unicode", "ucs-2", "utf16"), "utf-16-le"),
    "utf-16be": "utf-16-be",
}
"""Labels by the codec that reads them. GB 2312 and GBK are read as GB 18030, which holds both; the text is never older than its label."""

MARKS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", GB18030),
)
"""Byte order marks and what they say; the longer before the shorter that it begins with."""

HEAD = 8192
"""Bytes at the top of a page in which its charset may stand: 1,024 by the standard, more on pages that open with scripts."""

_META = re.compile(rb"<meta\b[^<>]{0,300}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([\w.:+-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s{0,50}<\?xml\b[^<>]{0,200}?encoding\s{0,5}=\s{0,5}[\"']([\w.:+-]{2,40})", re.IGNORECASE)


def codec_of(label: str) -> str:
    """Return the codec for a charset label or a media type's charset parameter; "" for what no site of ours should use."""
    name = label.lower().rsplit("charset=", 1)[-1].split(";")[0].strip(" \t\"'")
    return LABELS.get(name, "")


def declared_in(data: bytes) -> str:
    """Return the charset label that a page's head or an XML declaration states, "" where neither does."""
    head = data[:HEAD]
    found = _XML.search(head) or _META.search(head)
    return found[1].decode("ascii", "replace") if found else ""


def marked(data: bytes) -> tuple[str, int]:
    """Return the codec that a byte order mark states and the length of the mark; ("", 0) without one."""
    return next(((codec, len(mark)) for mark, codec in MARKS if data.startswith(mark)), ("", 0))


@lru_cache(maxsize=1)
def common_characters() -> frozenset[str]:
    """Return the 3,755 characters of GB/T 2312 level 1, the 5,401 of Big5 level 1, and Chinese punctuation."""
    first = bytes(byte for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF) for byte in (lead, trail))
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    second = bytes(byte for lead in range(0xA4, 0xC7) for trail in trails for byte in (lead, trail))
    return frozenset(
        first.decode("gb2312", "ignore") + second.decode("big5", "ignore") + "，。、；：？！“”‘’（）《》〈〉【】〔〕—…·　×①②③④⑤"
    )


@lru_cache(maxsize=1)
def _common_signs() -> Signs:
    return Signs({"common": re.compile(f"[{re.escape(''.join(sorted(common_characters())))}]")})


def plausibility(text: str) -> float:
    """Return the share of a text's non-ASCII characters that are common Chinese ones, 0 to 1; 1 for a text of ASCII alone."""
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return _common_signs().counts(text)[0] / foreign if foreign else 1.0


def is_everyday(char: str) -> bool:
    """Tell whether a character is among the common ones of either script (level 1 of GB/T 2312 or of Big5)."""
    return char in common_characters()
