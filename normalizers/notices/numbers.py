"""Numbers of decisions and cases in their normal spelling: 沪市监〔2019〕12号, （2019）皖1122执123号.

Documents carry their year in 〔〕 (党政机关公文处理工作条例, art. 9), court cases in （） (关于人民法院案件案号的若干规定, 2015).
"""

from __future__ import annotations

import re

from normalizers.metadata.number import normalise_number
from normalizers.notices.text import flat

MAX_LENGTH = 200
"""Characters of a value that can be a number."""

_CASE = re.compile(
    r"[(（\[〔【]((?:19|20)\d\d)[)）\]〕】]([\u4e00-\u9fff]{0,4}[\dA-Za-z*×xX]{0,6}[\u4e00-\u9fff]{1,12})(?:第|字第)?([\d*×xX]{1,12}号?(?:之[一二三四五六七八九十\d]{1,3})?)"
)
_YEAR = re.compile(r"[(（\[〔【﹝{]((?:19|20)\d\d)[)）\]〕】﹞}]")
_LABEL = re.compile(r"^(?:[\u4e00-\u9fff]{0,12}(?:文书号|文号|编号|案号))[:：]")
_PARTS = re.compile(r"[、，,；;]|\s{2,}")


def normal_number(text: str) -> str:
    """Return the number in its normal spelling, several joined by 、; one of no known form without blanks and with 〔〕 around its year.

    Never raises. Normalising a normal number changes nothing.
    """
    if len(text) > MAX_LENGTH:
        return text
    compact = _LABEL.sub("", flat(text))
    whole = _one(compact)
    if whole or not _PARTS.search(compact):
        return whole or _plain(compact)
    parts = [_one(part) for part in _PARTS.split(compact) if part]
    return "、".join(dict.fromkeys(parts)) if parts and all(parts) else _plain(compact)


def _one(text: str) -> str:
    """Return one number of a known form, empty for anything else."""
    case = _CASE.fullmatch(text)
    if case and any(mark in case[2] for mark in "执民刑行初终再破赔财保"):
        number = case[3].replace("×", "*")
        return f"（{case[1]}）{case[2].removesuffix('字')}{number if '号' in number else number + '号'}"
    return normalise_number(text) if text.count("号") <= 1 else ""


def _plain(text: str) -> str:
    return _YEAR.sub(r"〔\1〕", text).strip("。,;:、")
