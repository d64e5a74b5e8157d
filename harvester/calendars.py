"""Deadlines as a calendar (RFC 5545, with RFC 7986) that phones and office programs subscribe to: ``docs/calendar.md``.

An event is one day of one task: its deadline, or a day within its text. Its UID rests on the lasting identifier, so a moved deadline
moves the event that is there. Everything in an answer comes from the versions of the document: asked twice, it is the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from icalendar import STATUS, TRANSP, Calendar, Event, vDuration

from harvester import addresses
from harvester.config import PROGRAM
from harvester.messages import _
from harvester.precision import precision_words
from harvester.reports.pieces import visible
from harvester.telling.phrases import item_number, joined, named, short_title
from normalizers.records import DocumentKind
from storage.schema import ROLES
from storage.task_versions import Course

Row = dict[str, Any]

AUTHORITY = f"{PROGRAM}.invalid"
"""What stands behind the @ of a UID: a name that is nobody's (RFC 2606), the same wherever the store moves."""
REFRESH = timedelta(hours=12)
"""How often a client should look again: the sites are looked at once a day."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 2000
"""Characters of a task told in an event; the rest stands behind its link."""
_BODIES = {"lead": "lead body", "partner": "partner body", "responsible": "responsible body", "implied": "implied body"}
_OWN_KINDS: Mapping[str, str] = {DocumentKind.OTHER: "other kinds", DocumentKind.NOTICE: "notice of a body"}
_NOT_IN_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class About:
    """What a calendar says of itself: its name, the page it belongs to, its own address, both absolute, and the language of its words.

    ``base`` is the address of the room, before the paths of tasks.
    """

    name: str
    page: str
    source: str
    base: str
    lang: str = "zh"
    cut: bool = False


@dataclass(frozen=True, slots=True)
class _Slot:
    """One day of a task through the versions: 0 is its deadline, n its nth day in the text. ``said`` pairs versions with that day."""

    course: Course
    number: int
    said: Sequence[tuple[Row, Row | None]]

    @property
    def uid(self) -> str:
        return f"{self.course.lasting}{f'.m{self.number}' if self.number else ''}@{AUTHORITY}"

    @property
    def last(self) -> tuple[Row, Row]:
        """Return the last version that has the day, with it."""
        return next((row, found) for row, found in reversed(self.said) if found)

    @property
    def cancelled(self) -> bool:
        return bool(self.course.ended) or self.said[-1][1] is None


def ics(courses: Sequence[Course], about: About) -> bytes:
    """Return the calendar of tasks, one event a day of each, by lasting identifier."""
    slots = [slot for each in courses for slot in _slots(each)]
    calendar = Calendar.new(
        name=about.name,
        description=_description(about),
        prodid=f"-//{PROGRAM}//{AUTHORITY}//{about.lang.upper()}",
        calscale="GREGORIAN",
        uid=str(uuid5(NAMESPACE_URL, about.source)),
        url=about.page,
        source=about.source,
        refresh_interval=REFRESH,
        last_modified=max((_changed_at(slot) for slot in slots), default=EPOCH),
    )
    # RFC 7986 wants both types named, and the library leaves them out.
    calendar["REFRESH-INTERVAL"].params["VALUE"] = "DURATION"
    calendar["SOURCE"].params["VALUE"] = "URI"
    calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH))
    calendar.add("X-WR-TIMEZONE", "Asia/Shanghai")
    for slot in slots:
        calendar.add_component(_event(slot, about))
    return bytes(calendar.to_ical())


def _description(about: About) -> str:
    told = _("Deadlines that published documents set. The days are those of the documents; nothing is said of what was done.", about.lang)
    return told + (" " + _("There are more than fit here: ask for less.", about.lang) if about.cut else "")


def _slots(course: Course) -> Iterator[_Slot]:
    """Yield the days that a task has or had."""
    most = max(len(row["milestones"]) for row in course.said)
    for number in range(most + 1):
        said = [(row, _day_of(row, number)) for row in course.said]
        if any(found for _row, found in said):
            first = next(n for n, (_row, found) in enumerate(said) if found)
            yield _Slot(course, number, said[first:])


def _day_of(row: Row, number: int) -> Row | None:
    """Return the deadline of a task (0) or its nth day in the text; nothing where it has no last day, or that of the deadline."""
    deadline = row["deadline"] or {}
    if number == 0:
        return deadline if deadline.get("end") else None
    found = next(iter(row["milestones"][number - 1 : number]), None)
    return found if found and found["end"] and str(found["end"]) != str(deadline.get("end")) else None


def _event(slot: _Slot, about: About) -> Event:
    row, found = slot.last
    end = _as_day(found["end"])
    changed = _changed_at(slot)
    return Event.new(
        uid=slot.uid,
        summary=_summary(slot, about.lang),
        start=end,
        end=end + timedelta(days=1),
        stamp=changed,
        created=slot.said[0][0]["known_at"],
        last_modified=changed,
        sequence=_sequence(slot),
        status=STATUS.CANCELLED if slot.cancelled else STATUS.CONFIRMED,
        transparency=TRANSP.TRANSPARENT,
        categories=_categories(slot, about.lang),
        description=_told(slot, row, found, about),
        url=about.base + addresses.task(slot.course.lasting),
    )


def _as_day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _sequence(slot: _Slot) -> int:
    """Return how often the day or the words of an event changed, whatever the cause: a client needs the better day, too.

    Versions are never deleted, so it never falls.
    """
    said = [_said(row, found) for row, found in slot.said]
    return sum(one != other for one, other in pairwise(said)) + bool(slot.course.ended)


def _said(row: Row, found: Row | None) -> tuple[str, ...]:
    return ("",) if found is None else (str(found["end"]), " ".join(str(found["text"]).split()), " ".join(str(row["text"]).split()))


def _changed_at(slot: _Slot) -> datetime:
    """Return the moment from which the store knew what the event says now."""
    if slot.course.ended_at:
        return slot.course.ended_at
    told = [(row["known_at"], (*_said(row, found), row["number"], *_held(row))) for row, found in slot.said]
    changed = [known for (_known, before), (known, now) in pairwise(told) if now != before]
    moment: datetime = changed[-1] if changed else told[0][0]
    return moment


def _held(row: Row) -> Iterator[str]:
    return (f"{role}:{body['mention']}" for role in ROLES for body in row[role])


def _summary(slot: _Slot, lang: str) -> str:
    row, _found = slot.last
    if slot.course.ended == "withdrawn":
        return _("Cancelled: a task of a document that its publisher withdrew", lang)
    name = visible(short_title(row["text"]) or row["number"] or slot.course.lasting)
    form = _("Due: {task}", lang) if slot.number == 0 else _("Date within a task: {task}", lang)
    return (_("Cancelled: {task}", lang) if slot.cancelled else form).format(task=name)


def _categories(slot: _Slot, lang: str) -> list[str]:
    kind = _("deadline", lang) if slot.number == 0 else _("date within a task", lang)
    document = str(slot.course.document["document_kind"])
    return [kind, _(_OWN_KINDS.get(document, document), lang)]


def _told(slot: _Slot, row: Row, found: Row, about: About) -> str:
    """Return what stands in an event; of a document that its publisher withdrew nothing is repeated."""
    lang, document = about.lang, slot.course.document
    link = about.base + addresses.task(slot.course.lasting)
    lines = [_why(slot, lang)] if slot.cancelled else []
    if slot.course.ended != "withdrawn":
        text = visible(row["text"])
        head = f"{item_number(row['number'], lang)} " if row["number"] else ""
        lines += [head + (text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")]
        lines += [
            _("Deadline as printed: {text} ({precision})", lang).format(text=visible(found["text"]), precision=precision_words(found, lang))
        ]
        lines += [f"{_(name, lang)}{_colon(lang)}{visible(named(row[role], lang))}" for role, name in _BODIES.items() if row[role]]
        source = [part for part in (visible(document["title"]), document["document_number"], str(document["published_on"] or "")) if part]
        lines += [joined(source, lang)]
    return _NOT_IN_TEXT.sub("", "\n".join([*lines, link]))


def _colon(lang: str) -> str:
    return "：" if lang == "zh" else ": "


def _why(slot: _Slot, lang: str) -> str:
    forms = {
        "removed": _("Its document has this task no more.", lang),
        "withdrawn": _("Its document was withdrawn by its publisher.", lang),
        "repealed": _("Its document was repealed.", lang),
        "": _("The document sets this date no more.", lang),
    }
    return forms[slot.course.ended]
