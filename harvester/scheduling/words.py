"""A schedule and the states of due runs, in the words of people, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harvester.messages import _, counted, language
from spiders.schedule import MONTHS, SKIP, WEEKDAYS, Schedule

_NUMBER = re.compile(r"[0-9]{1,2}")
_EVERY = re.compile(r"\*/([0-9]{1,2})")


def in_few_words(schedule: Schedule, lang: str = "") -> str:
    """Return when a job is due, for a narrow table: ``every day at 01:10 (+30 min)``."""
    lang = lang or language()
    if not schedule.cron:
        return in_words(schedule, lang)
    return _cron(schedule.cron, lang) + (_(" (+{n} min)", lang).format(n=schedule.jitter_minutes) if schedule.jitter_minutes else "")


def in_words(schedule: Schedule, lang: str = "") -> str:
    """Return when a job is due, in a line: ``every day at 01:10, up to 30 min later, between 20:00 and 07:00``."""
    lang = lang or language()
    if not schedule.cron:
        return _("only when asked for", lang)
    parts = [_cron(schedule.cron, lang)]
    if schedule.jitter_minutes:
        parts.append(_("up to {n} min later", lang).format(n=schedule.jitter_minutes))
    if schedule.hours:
        parts.append(_("between {first} and {last}", lang).format(**dict(zip(("first", "last"), schedule.hours.split("-"), strict=True))))
    if schedule.holidays == SKIP:
        parts.append(_("not on days off", lang))
    return ("，" if lang == "zh" else ", ").join(parts)


def _cron(cron: str, lang: str) -> str:
    minute, hour, day, month, weekday = cron.lower().split()
    if cron.split()[1:] == ["*"] * 4 and (every := _EVERY.fullmatch(minute)):
        return counted("every {n} minute", "every {n} minutes", int(every[1]), lang)
    if [day, month, weekday] == ["*"] * 3 and _NUMBER.fullmatch(minute) and (every := _EVERY.fullmatch(hour)):
        return counted("every {n} hour, {minute} min past it", "every {n} hours, {minute} min past", int(every[1]), lang, minute=minute)
    times = _times(minute, hour)
    days = _days(day, month, weekday, lang)
    if not times or not days:
        return _("as cron says: {cron}", lang).format(cron=cron)
    return _("{days} at {times}", lang).format(days=days, times=_listed(times, lang))


def _times(minute: str, hour: str) -> list[str]:
    """Return the times of day that two fields name, nothing where they are no plain lists, or too many."""
    fields = [field.split(",") for field in (hour, minute)]
    if not all(_NUMBER.fullmatch(word) for field in fields for word in field):
        return []
    found = sorted(f"{int(h):02d}:{int(m):02d}" for h in fields[0] for m in fields[1])
    return found if len(found) <= 4 else []


def _days(day: str, month: str, weekday: str, lang: str) -> str:
    if month != "*" and month not in MONTHS and not _NUMBER.fullmatch(month):
        return ""
    if month != "*":
        if not _NUMBER.fullmatch(day):
            return ""
        number = MONTHS.index(month) + 1 if month in MONTHS else int(month)
        return _("every year on {month}-{day}", lang).format(month=f"{number:02d}", day=f"{int(day):02d}")
    if day != "*":
        named = day.split(",")
        plain = all(_NUMBER.fullmatch(word) for word in named)
        return _("every month on day {days}", lang).format(days=_listed(named, lang)) if plain else ""
    return _weekdays(weekday, lang) if weekday != "*" else _("every day", lang)


def _weekdays(field: str, lang: str) -> str:
    names = (
        _("Sunday", lang),
        _("Monday", lang),
        _("Tuesday", lang),
        _("Wednesday", lang),
        _("Thursday", lang),
        _("Friday", lang),
        _("Saturday", lang),
    )
    if field in ("1-5", "mon-fri"):
        return _("Monday to Friday", lang)
    numbers = [WEEKDAYS.index(word) if word in WEEKDAYS else int(word) % 7 if word.isdecimal() else None for word in field.split(",")]
    return _listed([names[number] for number in numbers if number is not None], lang) if None not in numbers else ""


def _listed(words: list[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(words)


def reach_in_words(reach: str, lang: str = "") -> str:
    """Return how far a run reads lists as people say it."""
    reaches: Mapping[str, str] = {"all": _("whole lists", lang), "recent": _("recent entries", lang)}
    return reaches.get(reach, reach)


def state_in_words(state: str, lang: str = "") -> str:
    """Return the state of a due run as people say it."""
    states: Mapping[str, str] = {
        "due": _("to be done", lang),
        "queued": _("in the queue", lang),
        "running": _("under way", lang),
        "done": _("done", lang),
        "failed": _("failed", lang),
        "missed": _("missed", lang),
        "skipped": _("skipped", lang),
    }
    return states.get(state, state)
