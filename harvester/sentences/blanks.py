"""What stands in the blanks of sentences: numbers, names and addresses as they are, fixed words and sentences in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from harvester.messages import _, counted
from harvester.scheduling.words import state_in_words
from spiders.factsheet import ARTICLE_FIELDS, LIST_FIELDS
from spiders.items import CaptureKind
from spiders.rules import AFTER, BEFORE

Say = Callable[[str, str], str | None]
"""Says a text in a language, ``None`` where it is no known sentence."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A kind of words: the pattern they follow, an example, and how they are said (``None``: these are not such words)."""

    pattern: str
    example: str
    say: Callable[[str, str, Say], str | None] = lambda value, _lang, _say: value


def _word(value: str, lang: str, _say: Say) -> str:
    return _(value, lang)


def _numbers(value: str, lang: str, _say: Say) -> str:
    """Say numbers of pages; after many of them the rest is counted."""
    told, _and, rest = value.partition(" and ")
    more = rest.removesuffix(" more")
    return told + (counted(" and {n} more", " and {n} more", int(more), lang) if more else "")


def _list(value: str, lang: str, say: Say) -> str | None:
    told = [say(each, lang) for each in value.split(", ")]
    return _(", ", lang).join(each for each in told if each is not None) if None not in told else None


def _shares(value: str, lang: str, _say: Say) -> str:
    pairs = [each.rpartition(" ") for each in value.split(", ")]
    return _(", ", lang).join(f"{_(name, lang)} {share}" for name, _space, share in pairs)


def _names(value: str, lang: str, _say: Say) -> str:
    return _(", ", lang).join(_(name, lang) for name in value.split(", "))


def _sentence(value: str, lang: str, say: Say) -> str | None:
    return say(value, lang)


def _words(value: str, lang: str, say: Say) -> str:
    return say(value, lang) or value


def _choices(value: str, lang: str, _say: Say) -> str:
    """Say names that were listed for the user to choose from, quoted or not, or that there is none."""
    if value == NONE_YET:
        return _(value, lang)
    return value if lang == "en" else value.replace("'", "").replace(", ", _(",  ", lang))


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in words)


NONE_YET = "none yet"
"""What stands where no names can be listed."""
VERDICTS = ("complete", "incomplete", "failed", "blocked")
STATES = ("due", "queued", "running", "done", "failed", "missed", "skipped")
DISKS = ("archive", "database")


def field_in_words(field: str, lang: str = "") -> str:
    """Return a field of a fact sheet's selectors as people say it."""
    fields: Mapping[str, str] = {
        "list": _("box of the list", lang),
        "item": _("line of the list", lang),
        "link": _("link of a line", lang),
        "date": _("day of a line", lang),
        "pager": _("pager of the list", lang),
        "title": _("title", lang),
        "document_number": _("document number", lang),
        "issuers": _("issuers", lang),
        "issued_on": _("issued on", lang),
        "published_on": _("published on", lang),
        "source": _("source named on the page", lang),
        "body": _("text of the article", lang),
        "facts": _("table of facts", lang),
        "attachments": _("attached files", lang),
    }
    return fields.get(field, field)


def place_in_words(place: str, lang: str = "") -> str:
    """Return where a rule stands among those of the fact sheet as people say it."""
    places: Mapping[str, str] = {BEFORE: _("before the sheet's own", lang), AFTER: _("after the sheet's own", lang)}
    return places.get(place, place)


def page_in_words(kind: str, lang: str = "") -> str:
    """Return a kind of pages as people say it."""
    kinds: Mapping[str, str] = {
        CaptureKind.LIST: _("list page", lang),
        CaptureKind.ARTICLE: _("article page", lang),
        CaptureKind.ATTACHMENT: _("attached file", lang),
    }
    return kinds.get(kind, kind)


def _rules(value: str, lang: str, _say: Say) -> str:
    """Say selectors, each a field and its expression; a comma may stand within an expression."""
    return value if lang == "en" else _RULE.sub(lambda found: field_in_words(found[0], lang), value)


def _kind(value: str, lang: str, _say: Say) -> str:
    return value if lang == "en" else page_in_words(value, lang)


def _state(value: str, lang: str, _say: Say) -> str:
    return value if lang == "en" else state_in_words(value, lang)


_RULE = re.compile(rf"(?:^|(?<=, ))(?:{_any_of((*LIST_FIELDS, *ARTICLE_FIELDS))})(?= )")
_NUMBER = Blank(r"\d[\d,]*", "7")
_MEASURE = Blank(r"\d[\d,.]*(?:e[+-]?\d+)?", "2.5")
_NAME = Blank(r"\S+", "tzgg")
_TEXT = Blank(r".+", "some words")
_PAGES = r"\d+(?:-\d+)?"

BLANKS: Mapping[str, Blank] = {
    **dict.fromkeys(
        (
            "n", "all_pages", "asked", "attempt", "cells", "days", "derived", "end", "errands", "known", "lines", "listed",
            "missing", "offset", "page", "seen", "shown_pages", "size", "stated", "status", "undated", "number", "year",
        ),
        _NUMBER,
    ),
    **dict.fromkeys(("least", "left", "megabytes", "most", "score", "seconds", "usual", "whole"), _MEASURE),
    **dict.fromkeys(
        ("address", "charset", "document", "family", "host", "job", "key", "option", "place", "run", "schema", "section", "site",
         "suffix", "table", "task", "url", "watch", "worker", "file"),
        _NAME,
    ),
    **dict.fromkeys(
        ("charset_declared", "charsets", "error", "folder", "given", "labels", "name", "other", "reason", "rules_tried", "shown",
         "store", "unit", "who"),
        _TEXT,
    ),
    "code": Blank(r"-?\d+", "40058"),
    "codes": Blank(r"\d+(?:, \d+)*", "550, 551"),
    "step": Blank(r".+", "look at url of the channel", _sentence),
    **dict.fromkeys(("channel", "delivery"), _NAME),
    "cause": Blank(r"[a-z]+(?:-[a-z]+)*", "http-error", _word),
    **dict.fromkeys(("part", "other_part"), Blank(r"(?:(?!\. ).)+", "本市行政许可")),
    "day": Blank(r"\d{4}-\d\d-\d\d", "2026-06-30"),
    "disk": Blank(_any_of(DISKS), DISKS[0], _word),
    "exception": Blank(r"[A-Z]\w*(?:Error|Exception|Failed|Failure|Refused|Aborted|Lost|Done|Received|Ended)|Error", "OSError"),
    "failure": Blank(r".+", "answered with status 503", _sentence),
    "fields": Blank(r"\w+(?:, \w+)*", "issuers, title", _names),
    "fills": Blank(r"\w+ \d+%(?:, \w+ \d+%)*", "date 40%, title 51%", _shares),
    "left_over": Blank(r"\d.+", "2 list pages, 7 new documents or records", _list),
    "mend": Blank(r".+", "restore the file from a backup, or crawl the record again", _sentence),
    "moment": Blank(r"\d{4}-\d\d-\d\d \d\d:\d\d", "2026-06-30 08:14"),
    "more_pages": Blank(r"\d+|more", "more", _word),
    "page_count": Blank(r"\d+|an unknown number", "an unknown number", _word),
    "page_kind": Blank(_any_of(CaptureKind), "list", _kind),
    "page_numbers": Blank(rf"{_PAGES}(?:, {_PAGES})*(?: and \d+ more)?", "2, 5-9 and 3 more", _numbers),
    "rules": Blank(r".+", "list .news, title h1", _rules),
    "said": Blank(r".+", "its list shows 7 items.", _sentence),
    "sign": Blank(r".+(?<!\.)", "a captcha", _word),
    "state": Blank(_any_of(STATES), "missed", _state),
    "stop": Blank(r"[a-z_-]+", "shutdown", _word),
    **dict.fromkeys(("choices", "names", "parameter"), Blank(r".+", "'table', 'json'", _choices)),
    "setting_place": Blank(r"[^\[\]:]+", "The settings", _word),
    "doc": Blank(r"docs/\w+\.md", "docs/crawling.md"),
    **dict.fromkeys(("example", "wanted"), Blank(r".+", "a whole number from 1 to 64", _words)),
    "why": Blank(r".+", "Input should be a valid number, unable to parse string as a number.", _words),
    "value": Blank(r"\d[\d,.]*(?:e[+-]?\d+)?%?", "40%"),
    "verdict": Blank(_any_of(VERDICTS), "incomplete", _word),
    "what": Blank(r".+", "is missing", _sentence),
    "words": Blank(r".+", "answered with nothing new", _words),
}  # fmt: skip
