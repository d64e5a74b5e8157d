"""How pages are made: templates in the reader's language, everything from outside escaped, days and numbers told in one way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from harvester import addresses
from harvester.messages import LANGUAGES, _, counted
from harvester.outward import leads_to, split
from harvester.reports.pieces import visible
from harvester.sentences import said
from harvester.sentences.blanks import field_in_words, page_in_words
from harvester.telling.phrases import item_number
from harvester.web.access import forgery
from harvester.web.access.people import Role
from harvester.web.room import person_of, room_of
from harvester.web.spoken import Templates
from spiders.sheets import all_sheets
from storage.days import LOCAL, local_day

TAGS = {"zh": "zh-CN", "en": "en"}
PLACES = (
    ("/", "Overview"),
    ("/tasks", "Tasks"),
    ("/documents", "Documents"),
    ("/agencies", "Bodies"),
    ("/records", "Public records"),
    ("/changes", "Changes"),
    ("/align", "Provinces side by side"),
    ("/coverage", "Coverage"),
)
"""What the main navigation leads to; a page adds its line here."""
OPERATOR_PLACES = (("/operations", "Operations"), ("/review", "Review"), ("/reports", "Reports"))
OPERATOR_ABOUT = (("/audit", "Audit log"), ("/accounts", "Accounts"))
ABOUT_PLACES = (("/help", "Help"), ("/dictionary", "Data dictionary"), ("/sql", "SQL"), ("/api", "API"), ("/corrections", "Corrections"))
DISPLAY = (
    ("lang", "zh", "中文"),
    ("lang", "en", "English"),
    ("theme", "auto", "As the device"),
    ("theme", "light", "Light"),
    ("theme", "dark", "Dark"),
    ("size", "normal", "Normal type"),
    ("size", "large", "Large type"),
    ("contrast", "normal", "Normal contrast"),
    ("contrast", "high", "High contrast"),
)
PREFERENCES: Mapping[str, tuple[str, ...]] = {
    "lang": LANGUAGES[::-1],
    "theme": ("auto", "light", "dark"),
    "size": ("normal", "large"),
    "contrast": ("normal", "high"),
}
"""What a reader may choose, kept in cookies of these names; the first is the default: 中文 before English."""
ENGLISH: Mapping[str, str] = {
    "defaulter": "judgment defaulter",
    "list-entry": "entry in a list",
    "penalty": "administrative penalty",
    "permit": "administrative permit",
    "repair": "credit repair",
    "tax-case": "major tax case",
    "chore takedown": "take-downs by term",
    "chore verify": "integrity check",
    "chore watch": "watches told",
    "lists all": "whole lists",
    "lists recent": "recent entries",
    "job due": "due",
    "job queued": "queued",
    "job running": "running",
    "job done": "done",
    "job failed": "failed",
    "job missed": "missed",
    "job skipped": "skipped",
    "selectors proposed": "proposed",
    "selectors accepted": "accepted",
    "selectors refused": "refused",
    "message opened": "opened",
    "message reminder": "reminder",
    "message recovered": "well again",
    "level info": "info",
    "level warning": "warning",
    "level error": "error",
    "weekday 1": "Monday",
    "weekday 2": "Tuesday",
    "weekday 3": "Wednesday",
    "weekday 4": "Thursday",
    "weekday 5": "Friday",
    "weekday 6": "Saturday",
    "weekday 7": "Sunday",
    "not-an-agency": "no body at all",
}
"""What words of the store are called in English, where the word alone would not do."""


MOST_HERE = 1500
"""Characters of an address that the links of its page repeat a dozen times: nobody gets back many times what was sent."""
_IN_A_PATH = "/:@!$&'()*+,;=~"
"""What stands in a path as it is (RFC 3986 §3.3)."""


def preference(request: Request, name: str) -> str:
    """Return a reader's choice: that of the address, else of the cookie, else the default."""
    known = PREFERENCES[name]
    asked = (request.query_params.get(name), request.cookies.get(name))
    return next((value for value in asked if value in known), known[0])


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401
    """Return a page of the template in the reader's language."""
    lang = preference(request, "lang")
    frame = {
        "request": request,
        "lang": lang,
        "tag": TAGS[lang],
        "choices": {name: preference(request, name) for name in PREFERENCES},
        "person": person_of(request),
        "open_room": room_of(request).settings.open,
        "operator": person_of(request).role >= Role.OPERATOR,
        "token": forgery.token(request),
        "here": _repeated(here(request)),
        "places": PLACES + (OPERATOR_PLACES if person_of(request).role >= Role.OPERATOR else ()),
        "about_places": ABOUT_PLACES + (OPERATOR_ABOUT if person_of(request).role >= Role.OPERATOR else ()),
        "display_choices": DISPLAY,
    }
    return HTMLResponse(environment(lang).get_template(template).render({**frame, **context}), status_code=status)


def here(request: Request, **changed: str | None) -> str:
    """Return the address of this page with other values in its query; ``None`` takes one away. The language is left out."""
    query: dict[str, Any] = {name: request.query_params.getlist(name) for name in request.query_params if name not in PREFERENCES}
    return addresses.listing(quote(request.scope["path"], safe=_IN_A_PATH), query | changed)


def _repeated(address: str) -> str:
    """Return an address as a page repeats it: of a long one the path alone, of a path without end the overview."""
    return next(each for each in (address, address.partition("?")[0], "/") if len(each) <= MOST_HERE)


@cache
def environment(lang: str) -> Environment:
    """Return the templates in a language, with the filters that every page uses."""
    made = Templates(
        loader=ChoiceLoader([PackageLoader("harvester.web"), PackageLoader("harvester")]),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        _=partial(_, lang=lang),
        counted=partial(counted, lang=lang),
        addresses=addresses,
        word=partial(word, lang=lang),
        ago=partial(ago, lang=lang),
        site_name=partial(site_name, lang=lang),
        section_name=section_name,
        page_kind=partial(page_in_words, lang=lang),
        field_name=partial(field_in_words, lang=lang),
        item_number=partial(item_number, lang=lang),
    )
    made.filters.update(
        visible=visible, visible_lines=visible_lines, day=day, moment=moment, number=number, site_link=site_link, code=code, headed=headed
    )
    made.filters.update(
        shown_address=shown_address, with_language=with_language, worded=partial(worded, lang=lang), said=partial(said, lang=lang)
    )
    return made


def word(code: str, lang: str) -> str:
    """Return a fixed word of the store (a state, a kind, a role) in the reader's language; in English no code is shown as it is."""
    if lang == "en":
        return ENGLISH.get(code) or code.replace("-", " ").replace("_", " ")
    return _(code, lang) if code else ""


def headed(text: str) -> str:
    """Return a word as a heading has it, with a capital."""
    return text[:1].upper() + text[1:]


def worded(codes: Iterable[str], lang: str) -> list[tuple[str, str]]:
    """Return fixed words of the store with what they are called: the options of a field."""
    return [(str(code), word(str(code), lang)) for code in codes]


def site_name(site: str, lang: str, name: str = "") -> str:
    """Return what people call a site; where the program has no fact sheet of it its ``name`` in the store, else its identifier."""
    names = _site_names().get(site)
    return names[lang] if names else name or site


@cache
def _site_names() -> dict[str, dict[str, str]]:
    return {sheet.id: {"zh": sheet.name_zh or sheet.name, "en": sheet.name} for sheet in all_sheets()}


def section_name(site: str, section: str) -> str:
    """Return what a site calls a section of it; the section's identifier where no fact sheet has it. Names are the site's own."""
    return _section_names().get((site, section), section)


@cache
def _section_names() -> dict[tuple[str, str], str]:
    return {(sheet.id, section.id): section.name_zh for sheet in all_sheets() for section in sheet.sections}


def code(text: str) -> Markup:
    """Return a sentence with what stands between backticks set as code."""
    pieces = [escape(piece) for piece in text.split("`")]
    return Markup("").join(Markup("<code>{}</code>").format(piece) if n % 2 else piece for n, piece in enumerate(pieces))


def visible_lines(text: str) -> str:
    """Return the text of a field of several lines with control characters and marks of direction written out, as ``visible`` does."""
    return "\n".join(map(visible, text.split("\n")))


def day(value: date | str | None) -> str:
    """Return a day as 2026-06-30, nothing where there is none."""
    return value.isoformat() if isinstance(value, date) else (value or "")


def moment(value: datetime | None) -> str:
    """Return a moment to the minute where the sites are, as 2026-11-20 08:14."""
    if value is None:
        return ""
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")


def number(value: float | None) -> str:
    """Return a number with commas between thousands."""
    return "" if value is None else f"{value:,}"


def ago(value: date | datetime | None, lang: str) -> str:
    """Return how long ago a day was, in words: today, yesterday, 9 days ago."""
    if value is None:
        return _("never", lang)
    then = local_day(value) if isinstance(value, datetime) else value
    days = (local_day(datetime.now(UTC)) - then).days
    if days <= 0:
        return _("today", lang)
    return _("yesterday", lang) if days == 1 else _("{days} days ago", lang).format(days=days)


def site_link(url: str) -> str:
    """Return an address of a site if a browser may be led there, else nothing: http or https, a host, and nobody's name before it."""
    return leads_to(url)


def shown_address(url: str) -> str:
    """Return an address as a reader should see it: its host in the letters that are looked up (xn--…), so that none looks like another."""
    parts = split(url)
    if parts is None or not parts.hostname:
        return visible(url)
    try:
        host = parts.hostname.encode("idna").decode()
    except UnicodeError:  # a label of more than 63 bytes, or an empty one
        host = parts.hostname.encode("ascii", "backslashreplace").decode()
    port = f":{parts.port}" if parts.port else ""
    return visible(f"{parts.scheme}://{host}{port}{parts.path}{'?' + parts.query if parts.query else ''}")


def with_language(address: str, lang: str) -> str:
    """Return the address of the same page in a language."""
    return f"{address}{'&' if '?' in address else '?'}lang={lang}"
