"""Slips that recognition (OCR) or typing may have left: told as suggestions, never applied.

Words come from ``data/slips.csv``, a wrong form and the right one a line; digits are judged by what they stand beside.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from importlib.resources import files

from normalizers.records import Span, Suggestion
from normalizers.text.likelihood import Likelihood

MOST = 500
"""Suggestions of one document; a text with more is no text."""

REACH = 6
"""Characters to either side by which a word is judged."""

_LOOKALIKE = str.maketrans("OoQIl|", "000111")
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9/])(?=[\dOoIl|]{0,7}[OoIl|])(?=[OoIl|]{0,7}\d)([\dOoIl|]{2,8})(?=\s{0,2}(?:年|月|日|号|〕|］|\]\s{0,2}\d|%|％|个工作日|万元|亿元))"
)
_YEAR = re.compile(r"[二一](?=[^\n]{0,2}[OＯo0])[〇零○OＯ0九八][一二三四五六七八九〇零○OＯo0]{2}(?=年)")
_CHINESE_ZERO = str.maketrans("OＯo0", "〇〇〇〇")
_LETTERS, _ZEROS = "OoIl|", "OＯo0"
"""What such a number, and such a year, cannot be without."""


@lru_cache(maxsize=1)
def _forms() -> dict[str, str]:
    """Return the right form of each wrong one."""
    with (files(__package__) / "data" / "slips.csv").open(encoding="utf-8") as lines:
        return {row["seen"]: row["proposed"] for row in csv.DictReader(lines)}


@lru_cache(maxsize=256)
def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, forms), key=len, reverse=True)))


@lru_cache(maxsize=1)
def _words() -> Likelihood:
    return Likelihood()


def suggest(text: str) -> tuple[Suggestion, ...]:
    """Return the places of a repaired text that look like slips, in order, at most ``MOST``; the text itself stays as it is."""
    alphabet = set(text)
    found = [*_in_words(text, alphabet), *_in_numbers(text, alphabet)]
    return tuple(sorted(found, key=lambda one: one.span.start)[:MOST])


def _in_words(text: str, alphabet: set[str]) -> list[Suggestion]:
    forms = _forms()
    possible = tuple(form for form in forms if alphabet.issuperset(form))  # a sound text holds few of them, and those are found fast
    out: list[Suggestion] = []
    for hit in _pattern(possible).finditer(text) if possible else ():
        if len(out) >= MOST:
            break
        if _is_likelier(text[max(0, hit.start() - REACH) : hit.start()], hit[0], forms[hit[0]], text[hit.end() : hit.end() + REACH]):
            reason = f"{hit[0]} is a common slip for {forms[hit[0]]}, and the words around it fit the latter better."
            out.append(Suggestion(Span(*hit.span()), hit[0], forms[hit[0]], reason))
    return out


@lru_cache(maxsize=4096)
def _is_likelier(before: str, seen: str, proposed: str, after: str) -> bool:
    """Tell whether the right form fits better: 招收人员 holds 收人, and no slip."""
    words = _words()
    return words.score(before + proposed + after) > words.score(before + seen + after)


def _in_numbers(text: str, alphabet: set[str]) -> list[Suggestion]:
    out: list[Suggestion] = []
    for pattern, needed, table, reason in (
        (_NUMBER, _LETTERS, _LOOKALIKE, "A number holds letters that look like digits."),
        (_YEAR, _ZEROS, _CHINESE_ZERO, "The zero of a year in Chinese digits is 〇 (GB/T 15835-2011, 4.2.2)."),
    ):
        for hit in pattern.finditer(text) if not alphabet.isdisjoint(needed) else ():
            proposed = hit[0].translate(table)
            if proposed != hit[0] and len(out) < MOST:
                out.append(Suggestion(Span(*hit.span()), hit[0], proposed, reason))
    return out
