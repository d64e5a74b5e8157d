"""What a message to people says: how many changes of which kind, the most important ones in words, why it came and how to stop it."""

from __future__ import annotations

import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harvester.messages import _, counted
from harvester.telling import tell_change
from storage.days import LOCAL
from storage.watches import Watch

Row = Mapping[str, Any]

TOP = 60
"""Changes that are told one by one: some two pages of a mail, which is as much as anybody reads."""
LONGEST = 400
"""Characters of one change in words; a whole rewritten paragraph is read at its source."""
ENTITIES = ("task", "document", "text", "notice", "link")
"""The more important first."""

LABELS = {
    ("task", "added"): "tasks added: {n}",
    ("task", "removed"): "tasks removed: {n}",
    ("task", "changed"): "tasks changed: {n}",
    ("task", "reworded"): "tasks reworded: {n}",
    ("task", "moved"): "tasks moved: {n}",
    ("task", "split"): "tasks split: {n}",
    ("task", "merged"): "tasks merged: {n}",
    ("task", "gained"): "tasks gained: {n}",
    ("task", "lost"): "tasks lost: {n}",
    ("document", "added"): "new documents: {n}",
    ("document", "changed"): "documents that say otherwise of themselves: {n}",
    ("document", "gone"): "documents no longer found: {n}",
    ("document", "back"): "documents found again: {n}",
    ("document", "moved"): "documents moved: {n}",
    ("document", "withdrawn"): "documents withdrawn: {n}",
    ("document", "tied"): "documents tied to others of the same text: {n}",
    ("document", "untied"): "documents parted from others: {n}",
    ("text", "changed"): "documents reworded: {n}",
    ("link", "added"): "ties to other documents: {n}",
    ("link", "removed"): "ties to other documents dropped: {n}",
    ("notice", "entered"): "public records entered: {n}",
    ("notice", "changed"): "public records changed: {n}",
    ("notice", "left"): "public records left: {n}",
}
"""What is counted, by entity, and by kind or by what it is for the body that was asked for."""
NAMES = {
    "document": "documents", "text": "wording", "task": "tasks", "link": "ties to other documents", "notice": "public records",
    "source": "changes at the source", "reading": "better readings", "decision": "decisions of people",
}  # fmt: skip
"""What the values of filters are called; kinds are called as everywhere."""
CODED = frozenset({"role", "entities", "kinds", "causes", "colour", "record_kind"})
"""Filters whose values are words of ours; the others are what somebody typed."""


@dataclass(frozen=True, slots=True)
class Group:
    """The changes of one document: its title and address, empty where there is none, and each change in words.

    ``whole``: its lines are one thing to tell, which is told or left out as one, and counts as one.
    """

    title: str
    url: str
    lines: tuple[str, ...]
    whole: bool = False

    @property
    def told(self) -> int:
        """Return how many things it tells."""
        return 1 if self.whole else len(self.lines)


@dataclass(frozen=True, slots=True)
class Digest:
    """One message. ``head`` is its subject, ``lead`` the sentences before the changes, ``foot`` those after; ``more`` changes are not told.

    ``topic`` is what messages are sorted by: the name of a watch, which ``kind`` says it is. ``records`` are the identifiers of the public
    records whose content it shows.
    """

    id: str
    topic: str
    language: str
    created_at: datetime
    head: str
    lead: tuple[str, ...]
    groups: tuple[Group, ...]
    more: int
    foot: tuple[str, ...]
    records: tuple[str, ...] = ()
    kind: str = "watch"

    @property
    def told(self) -> int:
        """Return how many changes are told one by one."""
        return sum(group.told for group in self.groups)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a message is for: its identifier and time, where it begins in the feed, and up to which number rows were ``dropped`` unread."""

    id: str
    at: datetime
    after: int
    dropped: int = 0
    test: bool = False


def digest(watch: Watch, occasion: Occasion, rows: Iterable[Row], contact: str = "") -> Digest:
    """Return the message on ``rows``, which are read once; ``contact`` is whom to ask to stop it."""
    lang = watch.language
    counts: Counter[tuple[str, str]] = Counter()
    kept: dict[str, list[Row]] = defaultdict(list)
    span: list[datetime] = []
    for row in rows:
        counts[kind_of(row)] += 1
        if len(kept[row["entity"]]) < TOP:
            kept[row["entity"]].append(row)
        span = [*span[:1], row["known_at"]]
    chosen = sorted([row for entity in ENTITIES for row in kept[entity]][:TOP], key=lambda row: int(row["seq"]))
    total = sum(counts.values())
    return Digest(
        id=occasion.id,
        topic=watch.name,
        language=lang,
        created_at=occasion.at,
        head=head(watch, total, lang, test=occasion.test),
        lead=tuple(lead(counts, span, occasion, lang)),
        groups=tuple(grouped(chosen, lang)),
        more=total - len(chosen),
        foot=foot(watch, lang, contact),
        records=tuple(str(row["entity_id"]) for row in chosen if row.get("record")),
    )


def head(watch: Watch, total: int, lang: str, *, test: bool) -> str:
    """Return the subject."""
    if test:
        return _("Test: watch {watch}", lang).format(watch=watch.name)
    return counted("{watch}: {n} change", "{watch}: {n} changes", total, lang, watch=watch.name)


def lead(counts: Counter[tuple[str, str]], span: Sequence[datetime], occasion: Occasion, lang: str) -> Iterable[str]:
    """Yield what stands before the changes: that it is a test, the counts, the days, and what could not be told."""
    if occasion.test:
        yield _("This is a test. Nothing changed; the channel works when you read this.", lang)
    if counts:
        told = [label(entity, kind, n, lang) for (entity, kind), n in sorted(counts.items(), key=_rank)]
        first, last = (f"{moment.astimezone(LOCAL):%Y-%m-%d}" for moment in (span[0], span[-1]))
        days = first if first == last else _("{first} to {last}", lang).format(first=first, last=last)
        yield _("Found on {days}: {counts}", lang).format(days=days, counts=_(", ", lang).join(told))
    if occasion.dropped > occasion.after:
        yield _(
            "Some changes were dropped from the feed before they could be told (up to number {n}): take a fresh snapshot.", lang
        ).format(n=occasion.dropped)


def _rank(item: tuple[tuple[str, str], int]) -> tuple[int, int, str]:
    (entity, kind), n = item
    return ENTITIES.index(entity) if entity in ENTITIES else len(ENTITIES), -n, kind


def kind_of(row: Row) -> tuple[str, str]:
    """Return under what a row is counted: what it is for the body that was asked for, else its kind."""
    return str(row["entity"]), str(row.get("effect") or row["kind"])


def label(entity: str, kind: str, n: int, lang: str) -> str:
    """Return how many rows of a kind there are, in words."""
    return _(LABELS.get((entity, kind), "other changes: {n}"), lang).format(n=n)


def grouped(rows: Sequence[Row], lang: str) -> Iterable[Group]:
    """Yield the rows in words by document, in the order of the feed."""
    by_document: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_document[row["document_id"] or ""].append(row)
    for found in by_document.values():
        lines = tuple(in_words(row, lang) for row in found)
        title, url = flat(str(found[0].get("title") or "")), str(found[0].get("url") or "")
        yield Group(title, url if url.startswith(("http://", "https://")) and url.isprintable() else "", lines)


def in_words(row: Row, lang: str) -> str:
    """Return a row in one line of printable characters; of a public record what may be shown today."""
    record = row.get("record") or {}
    text = tell_change({**row, "subject": record.get("subject", "")}, lang)
    return flat(text)


def flat(text: str) -> str:
    """Return text as one line of printable characters, cut where it is too long; nothing in it turns the line around."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def foot(watch: Watch, lang: str, contact: str = "") -> tuple[str, ...]:
    """Return why the message came, and how to stop it."""
    why = _("You get this because of the watch {watch} ({filters}), set up by {by}.", lang)
    stop = _("To stop it: harvester watch pause {watch}", lang)
    ask = _("or ask {contact}", lang).format(contact=contact) if contact else ""
    named = watch.name if watch.name.isalnum() else shlex.quote(watch.name)
    told = why.format(watch=watch.name, filters=asked(watch.filters, lang), by=watch.created_by)
    return told, stop.format(watch=named) + (_(", ", lang) + ask if ask else "")


def asked(filters: Mapping[str, Any], lang: str) -> str:
    """Return a watch's filters in words."""
    names = {
        "agency": _("agency", lang),
        "role": _("role", lang),
        "region": _("region", lang),
        "site": _("site", lang),
        "section": _("site section", lang),
        "document": _("document", lang),
        "entities": _("entity", lang),
        "kinds": _("kind", lang),
        "word": _("word", lang),
        "list_name": _("list_name", lang),
        "colour": _("colour", lang),
        "record_kind": _("public record", lang),
        "causes": _("cause", lang),
    }
    one = _("{name}: {value}", lang)
    told = [one.format(name=names[name], value=_value(name, filters[name], lang)) for name in names if filters.get(name)]
    return _("; ", lang).join(told) or _("every change", lang)


def _value(name: str, value: Any, lang: str) -> str:  # noqa: ANN401 -- the value of a filter
    if name not in CODED:
        return str(value)
    codes = [str(each) for each in (value if isinstance(value, list) else [value])]
    return _(", ", lang).join(_(NAMES.get(code, code), lang) for code in codes)


def count_left(digest: Digest, told: int) -> str:
    """Return the line on what is not told, empty when all is."""
    left = digest.told - told + digest.more
    return _("and {n} more", digest.language).format(n=left) if left else ""
