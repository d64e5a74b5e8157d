"""What a page says of a document in sentences: its state, its versions, what was mended in it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from harvester import addresses
from harvester.messages import _, counted
from harvester.sentences.readers import sentence
from harvester.web import currency
from harvester.web.reading.card import Card
from harvester.web.shown import day, moment, word
from storage.days import local_day
from storage.store import Store

Row = Mapping[str, Any]

REMEMBERED = 600
"""Seconds for which the currency of a section is taken as known."""
WORDS_OF_CHANGE = {
    "task added": ("{n} task added", "{n} tasks added"),
    "task removed": ("{n} task removed", "{n} tasks removed"),
    "task changed": ("{n} task with other bodies or deadlines", "{n} tasks with other bodies or deadlines"),
    "task reworded": ("{n} task reworded", "{n} tasks reworded"),
    "task moved": ("{n} task moved to another section", "{n} tasks moved to another section"),
    "task split": ("{n} task split", "{n} tasks split"),
    "task merged": ("{n} task merged", "{n} tasks merged"),
    "text changed": ("{n} change of wording", "{n} changes of wording"),
    "text added": ("{n} change of wording", "{n} changes of wording"),
    "text removed": ("{n} change of wording", "{n} changes of wording"),
    "document changed": ("{n} statement of the document about itself changed", "{n} statements of the document about itself changed"),
}
"""What the feed counts of a version, in words for one and for many."""


@dataclass(frozen=True, slots=True)
class Told:
    """Sentences: ``state`` over the page (with ``state_link``), ``force`` how long it holds, ``checked`` when it was looked at last."""

    state: str = ""
    state_link: str = ""
    old: str = ""
    force: str = ""
    checked: str = ""
    repairs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    suggestions: tuple[Row, ...] = ()
    versions: tuple[Row, ...] = ()


@lru_cache(maxsize=256)
def _section(store: Store, site: str, section: str, _while: int) -> currency.Section | None:
    return currency.of(store, site, section)


def section_told(store: Store, site: str, section: str, lang: str) -> str:
    """Return whether the section of a document still brings something new; asked of the store once in ten minutes."""
    found = _section(store, site, section, int(time.monotonic() // REMEMBERED))
    return _("its section: {told}", lang).format(told=currency.told(found, lang)) if found else ""


def told_of(card: Card, lang: str) -> Told:
    """Return what is said of a version."""
    state, link = _state(card, lang)
    return Told(
        state=state,
        state_link=link,
        old=_old(card, lang),
        force=force(card.said, card.place["state"], local_day(datetime.now(UTC)), lang),
        checked=_("last checked {moment}", lang).format(moment=moment(card.clock["last_checked"])) if card.clock else "",
        repairs=tuple(repair_told(one, lang) for one in card.said["repairs"]),
        warnings=tuple(sentence(one, lang) for one in card.said["warnings"]),
        suggestions=tuple(card.said["suggestions"])[:50],
        versions=tuple(versions_told(card.versions, card.id, lang)),
    )


def _state(card: Card, lang: str) -> tuple[str, str]:
    since = day(local_day(card.place["state_since"])) if card.place["state_since"] else ""
    state = card.place["state"]
    if state == "moved":
        told = _("Moved at its source since {day}: it stands at another address now.", lang).format(day=since)
        return told, addresses.document(card.place["moved_to"]) if card.moved_to else ""
    if state == "gone":
        return _("Gone at its source since {day}: the address answers no more. What was published stays here.", lang).format(day=since), ""
    if state == "repealed":
        return _("Repealed by its issuer; told on {day}. It stays here to be read, and counts in no list.", lang).format(day=since), ""
    return "", ""


def _old(card: Card, lang: str) -> str:
    if card.latest:
        return ""
    row = next(row for row in card.versions if row["version"] == card.number)
    later = next((each for each in card.versions if each["version"] > card.number), None)
    told = _("An earlier version ({number} of {last}): as the source had it from {day}", lang)
    told = told.format(number=card.number, last=card.place["version"], day=day(row["in_force_from"]))
    return told + (_(" until {day}.", lang).format(day=day(later["in_force_from"])) if later else "")


def force(said: Row, state: str, today: date, lang: str) -> str:
    """Return how long a document says that it holds; nothing where it says nothing of it."""
    start, end = said["effective_on"], said["expires_on"]
    if state == "repealed":
        return _("repealed", lang)
    if start and start > today:
        return _("not in force yet: from {day}", lang).format(day=day(start))
    if end and end < today:
        return _("expired by its own term on {day}", lang).format(day=day(end))
    if end:
        return _("in force until {day}, by its own term", lang).format(day=day(end))
    return _("in force from {day}", lang).format(day=day(start)) if start else ""


def repair_told(one: Row, lang: str) -> str:
    """Return what one kind of repair did, and how sure it was."""
    sure = one["count"] - one["guessed"]
    parts = [_("{n} certain", lang).format(n=sure)] if sure else []
    parts += [_("{n} guessed", lang).format(n=one["guessed"])] if one["guessed"] else []
    parts += [_("{n} left unmended", lang).format(n=one["left"])] if one["left"] else []
    return f"{word(one['kind'], lang)}{_(': ', lang)}{_(', ', lang).join(parts)}"


def versions_told(versions: Sequence[Row], document: str, lang: str) -> list[Row]:
    """Return the versions, the last one first, with what each changed in words and the address of that comparison."""
    out: list[Row] = []
    for at, row in enumerate(versions):
        before = versions[at - 1]["version"] if at else None
        out.append(
            {
                "version": row["version"],
                "from": row["in_force_from"],
                "seen": row["first_seen"],
                "why": _(_WHY[row["change"]], lang),
                "told": changes_told(row["changes"], lang) if before else [],
                "tasks": row["tasks"],
                "address": addresses.document(document, version=row["version"]),
                "compare": addresses.compare(f"{document}@{before}", f"{document}@{row['version']}") if before else "",
            }
        )
    return out[::-1]


_WHY = {"first": "first seen", "source": "changed by its source", "reading": "the same file, read better"}


def changes_told(counts: Mapping[str, int], lang: str) -> list[str]:
    """Return what the feed counts of a version, in words; kinds of no interest to readers are left out."""
    sums: dict[tuple[str, str], int] = {}
    for name, count in counts.items():
        if name in WORDS_OF_CHANGE:
            sums[WORDS_OF_CHANGE[name]] = sums.get(WORDS_OF_CHANGE[name], 0) + count
    return [counted(*words, count, lang) for words, count in sums.items()]
