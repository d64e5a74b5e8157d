"""Notices that end earlier records: withdrawal, removal from a list, credit repair; what each row is given beside what it prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from normalizers.deadlines.printed import read
from normalizers.deadlines.units import find_units
from normalizers.notices.contexts import ListContext
from normalizers.notices.list_tables import concept_name
from normalizers.notices.records import NoticeKind, PrintedField
from normalizers.records import BlockKind, Document, Metadata

MAX_PARAGRAPH = 600
"""Characters of a paragraph that may state from when a withdrawal has effect."""
_EFFECT = re.compile(r"(?:自|从|于)\s*(?P<day>[^，。；]{6,20}?)\s*(?:起|之日|撤销|移出|移除|撤下|退出|停止|终止|修复|解除)")
_LABELS = {NoticeKind.REPAIR: "修复日期", NoticeKind.WITHDRAWAL: "撤销日期"}


def day_of_effect(document: Document, metadata: Metadata) -> date | None:
    """Return the day from which the notice ends records: the one its text states, else that of its issue or publication."""
    for block in document.blocks:
        short = block.kind is BlockKind.PARAGRAPH and len(block.text) <= MAX_PARAGRAPH
        found = _EFFECT.search(block.text) if short else None
        if found and (day := _day(found["day"])):
            return day
    return metadata.issued_on or metadata.published_on


def _day(text: str) -> date | None:
    units = find_units(read(text.replace("\u200d", "")).text)
    if len(units) != 1 or units[0].grain != "day" or units[0].year is None:
        return None
    return units[0].days(units[0].year)[0]


def completed(fields: Sequence[PrintedField], context: ListContext, day: date | None) -> tuple[PrintedField, ...]:
    """Return the fields of a row of a withdrawal with the day of effect, where the row prints none itself."""
    concepts = {concept_name(each.label) for each in fields}
    if day is None or concepts & {"removed_on"}:
        return tuple(fields)
    return (*fields, PrintedField(_LABELS[context.kind], day.isoformat()))
