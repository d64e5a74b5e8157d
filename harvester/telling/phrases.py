"""The words in which changes are told: names of things, quotations, lists, places. Chinese and English from one catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harvester.messages import _, listed

JsonMap = Mapping[str, Any]

SHOWN = 60
"""Characters of a text that are enough to know it by."""
TITLE = 16
"""Characters of a short title; a clause of at most so many is its own title."""
LEAST_TITLE = 6
"""Characters below which a clause says too little to be one."""

_CELL = re.compile(r"tab(?P<table>\d{1,9})\.r(?P<row>\d{1,9})\.c(?P<column>\d{1,9})")
_ROW = re.compile(r"tab(?P<table>\d{1,9})\.r(?P<row>\d{1,9})")
_TABLE = re.compile(r"tab(?P<table>\d{1,9})")
_PARAGRAPH = re.compile(r"p(?P<n>\d{1,9})")
_PLAIN_NUMBER = re.compile(r"[0-9.．]{1,12}|[一二三四五六七八九十百]{1,6}|[（(][0-9一二三四五六七八九十百]{1,6}[)）]")
_CLAUSE_END = re.compile(r"[。；;，,：:！!？?\n]")
_LIST_MARK = re.compile(r"[、 　]")
_SENTENCE_END = re.compile(r"[。；;！!？?]|$")
_OPENING = re.compile(
    r"(?:(?:在[^。；;，,]{2,60}(?:基础上|过程中|方面|中|下|上|后|前)|以[^。；;，,]{2,60}为[^。；;，,]{1,20}"
    r"|(?:按照|根据|依据|围绕|结合|针对|为)[^。；;，,]{2,60})[，,](?=[^。；;]{6})){1,4}"
)
"""What a task rests on or is for, said before what is to be done."""
_AROUND_NUMBER = " 　（）()、.．"
_MARKS = "，、；。：,;: \u3000"
_QUOTES = str.maketrans('“”‘’"', "‘’‘’'")


def shorten(text: str, length: int = SHOWN) -> str:
    """Return ``text`` on one line, cut to ``length`` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"


def quoted(text: str, length: int = SHOWN) -> str:
    """Return words in typographic quotation marks, on one line and cut; marks inside become single ones."""
    return f"“{shorten(text, length).translate(_QUOTES)}”"


def words(text: str, length: int = SHOWN) -> str:
    """Return words in quotation marks without the punctuation at their edges, unless they are nothing else."""
    flat = " ".join(text.split())
    return quoted(flat.strip(_MARKS) or flat, length)


def short_title(text: str) -> str:
    """Return what to call a task by: its first clause that says what to do, or the beginning of it; with … unless a sentence ends there."""
    flat = " ".join(text.split())
    opening = _OPENING.match(flat)
    rest = flat[opening.end() :] if opening else flat
    first = _CLAUSE_END.search(rest, LEAST_TITLE)
    if len(rest) <= TITLE and not first:
        return rest
    if first and first.start() <= TITLE:
        return rest[: first.start()] + ("" if _SENTENCE_END.match(rest, first.start()) else "…")
    marks = [mark.start() for mark in _LIST_MARK.finditer(rest, TITLE // 2, TITLE + 1)]
    return rest[: marks[-1]] + "…" if marks else shorten(rest, TITLE + 1)


def named(agencies: Iterable[JsonMap], lang: str) -> str:
    """Return the names of bodies as printed, in a list."""
    return joined([" ".join(str(agency["mention"]).split()) for agency in agencies], lang)


def joined(parts: Sequence[str], lang: str) -> str:
    """Return names in a list: 、 in Chinese, commas in English."""
    return listed(parts, lang)


def clauses(parts: Iterable[str], lang: str) -> str:
    """Return what is told one after the other, with semicolons."""
    return ("；" if lang == "zh" else "; ").join(part for part in parts if part)


def role_name(role: str, lang: str) -> str:
    """Return the name of a role: 牵头单位, 配合单位, 责任单位."""
    names = {"lead": _("lead body", lang), "partner": _("partner body", lang), "responsible": _("responsible body", lang)}
    return names[role]


def place(address: str, lang: str = "") -> str:
    """Return an address in words: ``tab1.r7.c3`` is table 1, row 7, column 3, and ``p12`` paragraph 12; another one as it is."""
    forms = (
        (_CELL, _("table {table}, row {row}, column {column}", lang)),
        (_ROW, _("table {table}, row {row}", lang)),
        (_TABLE, _("table {table}", lang)),
        (_PARAGRAPH, _("paragraph {n}", lang)),
    )
    return next((words.format(**found.groupdict()) for form, words in forms if (found := form.fullmatch(address))), address)


def item_number(number: str, lang: str) -> str:
    """Return a task's printed number in words: 第12项, Item 12; other marks (一是, ①) in quotation marks."""
    flat = number.strip().rstrip("、.．")
    plain = flat if _PLAIN_NUMBER.fullmatch(flat) else quoted(flat)
    return _("Item {number}", lang).format(number=plain)


def same_number(one: str, other: str) -> bool:
    """Tell whether two printed numbers are one and the same but for the marks around them."""
    return one.strip(_AROUND_NUMBER) == other.strip(_AROUND_NUMBER)


def deadline_words(deadline: JsonMap, other: JsonMap | None = None) -> str:
    """Return a deadline as printed, with its last day where the words of the ``other`` one beside it are the same."""
    text = " ".join(str(deadline["text"]).split())
    same = other is not None and text == " ".join(str(other["text"]).split())
    return f"{text}（{deadline['end']}）" if same and deadline.get("end") else text
