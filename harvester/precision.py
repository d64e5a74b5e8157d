"""How exactly a document says when something is due: to the day, the month, the quarter, the year. A last day alone does not tell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from harvester.messages import _

_DAY = re.compile(r"[0-9一二三四五六七八九十]{1,3}[日号](?!均|常)|[0-9]{4}([-./])[0-9]{1,2}\1[0-9]{1,2}|[0-9]{1,2}[.-][0-9]{1,2}(?![0-9])")
_TEN_DAYS = re.compile(r"[上中下]旬")
_MONTH = re.compile(r"[0-9一二三四五六七八九十]{1,3}月|[0-9]{4}[-./][0-9]{1,2}(?![0-9])|月底|月末")
_QUARTER = re.compile(r"季度|季末")
_HALF = re.compile(r"半年|年中")
_OF_PLAN = frozenset({"plan-period", "title-year", "issue-year"})


class Precision(StrEnum):
    """What a printed deadline names."""

    DAY = "day"
    TEN_DAYS = "ten days"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"


def precision(deadline: Mapping[str, Any]) -> Precision:
    """Return how exactly a deadline says its last day, by its printed words; ``deadline`` has ``text`` and ``basis``."""
    text = "".join(unicodedata.normalize("NFKC", str(deadline["text"])).split())
    for pattern, found in (
        (_DAY, Precision.DAY),
        (_TEN_DAYS, Precision.TEN_DAYS),
        (_MONTH, Precision.MONTH),
        (_QUARTER, Precision.QUARTER),
        (_HALF, Precision.HALF_YEAR),
    ):
        if pattern.search(text):
            return found
    return Precision.YEAR


def precision_words(deadline: Mapping[str, Any], lang: str) -> str:
    """Return in words what the last day of a deadline stands for: 到月，按该月最后一日."""
    if deadline.get("period") and deadline.get("kind") == "relative":
        return _("a term from the document's day of issue", lang)
    return {
        Precision.DAY: _("to the day", lang),
        Precision.TEN_DAYS: _("to ten days of a month; shown on the last of them", lang),
        Precision.MONTH: _("to the month; shown on its last day", lang),
        Precision.QUARTER: _("to the quarter; shown on its last day", lang),
        Precision.HALF_YEAR: _("to the half-year; shown on its last day", lang),
        Precision.YEAR: _("to the year; shown on its last day", lang),
    }[precision(deadline)]
