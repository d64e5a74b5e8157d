"""A message on incidents: what is wrong, since when, what it means, what to do next and where to look; and what is well again."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from harvester.alerting.causes import NETWORK
from harvester.alerting.wording import next_step, plainly
from harvester.messages import _, counted
from harvester.moments import minute
from harvester.redacting import redact
from harvester.sentences import said
from harvester.watching import webhook
from harvester.watching.digest import Digest, Group, flat
from normalizers.privacy import mask
from spiders.sheets import sheets_by_id
from storage.incident_messages import OPENED, RECOVERED, Message
from storage.incidents import ALARM, WHOLE, Incident

TYPE = "credit_harvester.incidents"
TOP = 60
"""Incidents that are told one by one."""
ALIKE, ALIKE_WITHIN = 3, timedelta(hours=1)
"""So many sites that cannot be reached, opened within that time, have one reason, and it is most likely here."""
_NAMESPACE = uuid.UUID("6d3a2c3e-5b50-4f1f-9a43-0c8ad1d2b7a6")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to tell: an incident, and the message that is to tell it."""

    incident: Incident
    message: Message


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes to a channel in one message. ``alike``: how many sites fail alike at once, 0 where that is no news.

    ``base`` is the address of the reading room, empty where it has none.
    """

    channel: str
    lines: tuple[Line, ...]
    alike: int
    language: str
    base: str

    @property
    def id(self) -> str:
        """Return the identifier: the same for the same messages, so that a receiver knows a repetition."""
        told = ",".join(f"{line.message.id}@{line.message.formed_at.isoformat()}" for line in self.lines)
        return str(uuid.uuid5(_NAMESPACE, f"{self.channel}:{told}"))

    @property
    def at(self) -> datetime:
        """Return when the last of its messages was formed."""
        return max(line.message.formed_at for line in self.lines)


def in_order(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return what is to be told, one line an incident: alarms, warnings, what is well again; of each the oldest first.

    Of an incident that was over before it could be told only its end is told, which says since when it was.
    """
    last = {line.incident.id: line for line in sorted(lines, key=lambda line: line.message.id)}
    return tuple(sorted(last.values(), key=lambda line: (_rank(line), line.incident.opened_at, line.incident.id)))


def _rank(line: Line) -> int:
    if line.message.kind == RECOVERED:
        return 2
    return 0 if line.incident.level == ALARM else 1


def alike(incidents: Sequence[Incident], lines: Sequence[Line], now: datetime) -> int:
    """Return how many sites failed alike at once, 0 where they are few or it is no news."""
    fresh = [each for each in incidents if each.closed_at is None and each.cause in NETWORK and now - each.opened_at <= ALIKE_WITHIN]
    news = any(line.message.kind == OPENED and line.incident.cause in NETWORK for line in lines)
    sites = {each.site for each in fresh}
    return len(sites) if news and len(sites) >= ALIKE else 0


# --- for people ------------------------------------------------------------------------------------------------------------


def letter(batch: Batch) -> Digest:
    """Return the message for people."""
    lang = batch.language
    return Digest(
        id=batch.id,
        topic="incidents",
        language=lang,
        created_at=batch.at,
        head=head(batch),
        lead=tuple(lead(batch)),
        groups=tuple(group(line, batch) for line in batch.lines[:TOP]),
        more=max(0, len(batch.lines) - TOP),
        foot=foot(batch.channel, batch.base, lang),
        kind="alerts",
    )


def head(batch: Batch) -> str:
    """Return the subject: the one thing that it tells, or how many."""
    lang = batch.language
    if len(batch.lines) == 1:
        return _("Harvester: {what}", lang).format(what=title(batch.lines[0], lang))
    return _("Harvester: {what}", lang).format(what=_(", ", lang).join(_counts(batch)))


def _counts(batch: Batch) -> list[str]:
    lang, kinds = batch.language, Counter(line.message.kind for line in batch.lines)
    still = len(batch.lines) - kinds[OPENED] - kinds[RECOVERED]
    told = [
        counted("{n} new fault", "{n} new faults", kinds[OPENED], lang) if kinds[OPENED] else "",
        counted("{n} fault goes on", "{n} faults go on", still, lang) if still else "",
        counted("{n} is well again", "{n} are well again", kinds[RECOVERED], lang) if kinds[RECOVERED] else "",
    ]
    return [each for each in told if each]


def lead(batch: Batch) -> list[str]:
    """Return what stands first: that the fault is probably ours."""
    lang = batch.language
    if not batch.alike:
        return []
    sentence = _(
        "{n} sites cannot be reached at once: the fault is probably ours. Look first at this machine's network and name servers.", lang
    )
    return [sentence.format(n=batch.alike)]


def title(line: Line, lang: str) -> str:
    """Return an incident in a few words: its level or that it is over, its site, its cause."""
    incident = line.incident
    state = _("well again", lang) if line.message.kind == RECOVERED else _(incident.level, lang)
    return _("{state}: {site}: {cause}", lang).format(state=state, site=site_name(incident.site, lang), cause=_(incident.cause, lang))


def group(line: Line, batch: Batch) -> Group:
    """Return an incident as the message tells it."""
    return Group(title(line, batch.language), page(batch.base, line.incident.site), tuple(told(line, batch.language)), whole=True)


def told(line: Line, lang: str) -> list[str]:
    """Return an incident in sentences: what, since when, where, what to do next."""
    incident, kind = line.incident, line.message.kind
    if kind == RECOVERED and incident.closed_at is not None:
        span = duration(incident.closed_at - incident.opened_at, lang)
        sentence = _("It lasted from {begin} to {end} ({span}).", lang)
        return [sentence.format(begin=minute(incident.opened_at), end=minute(incident.closed_at), span=span)]
    what = plainly(incident.cause, site_name(incident.site, lang), lang)
    since = _("Since {begin} ({span}); last seen {last}.", lang).format(
        begin=minute(incident.opened_at), span=duration(line.message.formed_at - incident.opened_at, lang), last=minute(incident.last_at)
    )
    again = [] if kind == OPENED else [_("This was told before and goes on, or came back.", lang)]
    where = section_names(incident, lang)
    sections = [_("Sections: {names}.", lang).format(names=_(", ", lang).join(where))] if where else []
    detail = [text] if (text := clean(said(incident.detail, lang))) else []
    next_one = _("Next: {step}", lang).format(step=next_step(incident.cause, incident.site, lang))
    return [flat(sentence) for sentence in (what, *again, since, *sections, *detail, next_one)]


def duration(span: timedelta, lang: str) -> str:
    """Return a time in its largest unit."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 120:
        return counted("{n} minute", "{n} minutes", minutes, lang)
    if minutes < 48 * 60:
        return counted("{n} hour", "{n} hours", minutes // 60, lang)
    return counted("{n} day", "{n} days", minutes // (24 * 60), lang)


def foot(channel: str, base: str, lang: str) -> tuple[str, ...]:
    """Return why the message came, and what to do about what is known."""
    why = _("You get this because the channel {channel} is among those of [alerts].", lang).format(channel=channel)
    stop = _("What you know of and need not hear again: snooze it until a day on the page of its site.", lang)
    return why, stop + (f" {base}/operations" if base else "")


def clean(text: str) -> str:
    """Return a detail in one line without personal data and secrets."""
    return flat(redact(mask(text).text)) if text else ""


def page(base: str, site: str) -> str:
    """Return the address of the page of a site in the room, of the work itself for an empty one; empty where the room has no address."""
    return (f"{base}/operations/sites/{quote(site)}" if site else f"{base}/operations") if base else ""


def site_name(site: str, lang: str) -> str:
    """Return what people call a site; of the work itself, that."""
    if not site:
        return _("the work itself", lang)
    sheet = sheets_by_id().get(site)
    return (sheet.name_zh if lang == "zh" else f"{sheet.name} ({site})") if sheet else site


def section_names(incident: Incident, lang: str) -> list[str]:
    """Return what the sections of an incident are called, none for one of the site as a whole."""
    sheet = sheets_by_id().get(incident.site)
    names = {section.id: section.name_zh for section in sheet.sections} if sheet and lang == "zh" else {}
    return [names.get(each, each) for each in incident.sections if each != WHOLE]


# --- for programs ------------------------------------------------------------------------------------------------------------


def event(batch: Batch, source: str, *, test: bool = False) -> bytes:
    """Return the event for programs: the same bytes for the same messages as long as nothing happens to their incidents."""
    rows = [_row(line, batch) for line in batch.lines]
    data = {"channel": batch.channel, "language": batch.language, "alike": batch.alike, "incidents": rows}
    return webhook.envelope(webhook.TEST_TYPE if test else TYPE, source, batch.id, batch.at, "incidents", webhook.to_json(data))


def _row(line: Line, batch: Batch) -> dict[str, Any]:
    incident, lang = line.incident, batch.language
    names = ("id", "site", "cause", "level", "sections", "opened_at", "first_run", "last_at", "last_run", "closed_at", "closing_run")
    return {name: getattr(incident, name) for name in names} | {
        "kind": line.message.kind,
        "number": line.message.number,
        "site_name": site_name(incident.site, lang),
        "detail": clean(incident.detail),
        "what": plainly(incident.cause, site_name(incident.site, lang), lang),
        "next": next_step(incident.cause, incident.site, lang),
        "url": page(batch.base, incident.site),
        "told": [title(line, lang), *told(line, lang)],
    }
