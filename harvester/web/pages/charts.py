"""Drawings as files: ``/charts/….svg`` with the question in the query. Pages show them as pictures, with their table beside them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from harvester import addresses, audited
from harvester.messages import _, counted
from harvester.reports.pieces import visible
from harvester.web.access.rights import reader
from harvester.web.charts import Bars, bars, circle
from harvester.web.charts.bars import WIDE
from harvester.web.charts.dress import POLICY, THEMES
from harvester.web.charts.partners import WIDE as WIDE_CIRCLE
from harvester.web.pages.asked_once import asks
from harvester.web.pages.asked_tasks import KNOWN, filters_of
from harvester.web.room import AnyStore
from harvester.web.shown import preference
from storage import agency_queries, facets
from storage.errors import UnknownRecord
from storage.selection import Filters

router = APIRouter(dependencies=[reader()])

BEFORE, BEHIND = 5, 12
"""Months before and behind this one that bars show where the question names no days."""
MOST = 36
"""Bars of one drawing."""
_NARROW = 12


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing as a page shows it: addresses for a desk, a phone, paper and to keep, its words and its size."""

    wide: str
    narrow: str
    print: str
    file: str
    alt: str
    caption: str
    width: int
    height: int


def timeline_drawing(request: Request, asked: dict[str, Any], words: str, caption: str) -> Drawing:
    """Return the drawing of when the tasks of a question are due."""
    return drawing(request, "/charts/timeline.svg", asked, words, caption, WIDE)


def partners_drawing(request: Request, identifier: str, words: str, caption: str) -> Drawing:
    """Return the drawing of whom a body works with."""
    return drawing(request, f"/charts/partners/{identifier}.svg", {}, words, caption, WIDE_CIRCLE)


def drawing(request: Request, path: str, asked: dict[str, Any], words: str, caption: str, size: tuple[int, int]) -> Drawing:
    """Return the drawing of an address as a page shows it."""
    here = {**asked, "lang": preference(request, "lang"), "theme": preference(request, "theme")}
    wide, narrow = addresses.listing(path, here), addresses.listing(path, {**here, "size": "narrow"})
    paper = addresses.listing(path, {**here, "theme": "light"})
    return Drawing(wide, narrow, paper, paper, words, caption, *size)


@router.get("/charts/timeline.svg", dependencies=[asks(*KNOWN)])
def timeline(request: Request, store: AnyStore, size: str = "", theme: str = "auto") -> Response:
    """Draw how many tasks of a question are due in which month."""
    lang = preference(request, "lang")
    filters = filters_of(request.query_params, lang)
    narrow = size == "narrow"
    shown = months_shown(filters, audited.today(), narrow=narrow)
    counts = {row["month"]: row["count"] for row in facets.timeline(store, within(filters, shown))}
    shown = from_first_to_last(shown, counts, audited.today())
    drawn = Bars(_("Deadlines by month", lang), timeline_words(counts, lang), _bars(shown, counts, lang))
    return svg(bars(drawn, narrow=narrow, theme=theme_of(theme)))


@router.get("/charts/partners/{identifier}.svg")
def partners(request: Request, store: AnyStore, identifier: str, size: str = "", theme: str = "auto") -> Response:
    """Draw whom a body works with."""
    lang = preference(request, "lang")
    name = agency_queries.name_of(store, identifier)
    if not name:
        raise UnknownRecord(_("There is no body {identifier} here: look it up among the bodies.", lang).format(identifier=identifier))
    title = _("Bodies that stand with {name} in tasks", lang).format(name=visible(name))
    found = agency_queries.partners(store, identifier)
    return svg(circle(visible(name), found, title, title, narrow=size == "narrow", theme=theme_of(theme)))


def months_shown(filters: Filters, today: date, *, narrow: bool = False) -> list[str]:
    """Return the months of bars: those of the days asked for, else some around today; at most ``MOST``, narrow ones 12."""
    first = filters.due_from or _plus(today.replace(day=1), -(2 if narrow else BEFORE))
    last = filters.due_to or _plus(first, BEFORE + BEHIND)
    most = min(_NARROW if narrow else MOST, (last.year - first.year) * 12 + last.month - first.month + 1)
    return [_plus(first.replace(day=1), n).isoformat()[:7] for n in range(max(most, 1))]


def from_first_to_last(months: Sequence[str], held: Collection[str], today: date) -> list[str]:
    """Return the months from the first to the last one that holds anything, and to this one where it is among them."""
    kept = [n for n, month in enumerate(months) if month in held or month == f"{today:%Y-%m}"]
    return list(months[kept[0] : kept[-1] + 1]) if kept else list(months[:1])


def _plus(day: date, months: int) -> date:
    """Return the first day of the month so many months later; the calendar ends with 9999."""
    month = min(max(day.year * 12 + day.month - 1 + months, 12), 9999 * 12 + 11)
    return date(month // 12, month % 12 + 1, 1)


def month_days(month: str) -> tuple[date, date]:
    """Return the first and the last day of a month written as 2026-06."""
    first = date.fromisoformat(f"{month}-01")
    following = _plus(first, 1)
    return first, date.fromordinal(following.toordinal() - 1) if following > first else date(9999, 12, 31)


def within(filters: Filters, months: Sequence[str]) -> Filters:
    """Return the filters with the days of some months, no wider than they are."""
    first, last = month_days(months[0])[0], month_days(months[-1])[1]
    return replace(filters, due_from=max(first, filters.due_from or first), due_to=min(last, filters.due_to or last))


def timeline_words(counts: dict[str, int], lang: str) -> str:
    """Return what bars say, in words: for who does not see them, and for the file."""
    if not counts:
        return _("No deadline in these months.", lang)
    most = max(counts, key=lambda month: (counts[month], month))
    return counted(
        "{n} deadline from {first} to {last}; most in {month}: {most}", "{n} deadlines from {first} to {last}; most in {month}: {most}",
        sum(counts.values()), lang, first=min(counts), last=max(counts), month=most, most=counts[most],
    )  # fmt: skip


def _bars(months: Sequence[str], counts: dict[str, int], lang: str) -> list[tuple[str, int, bool]]:
    now = f"{audited.today():%Y-%m}"
    return [(_label(month, lang, first=n == 0), counts.get(month, 0), month < now) for n, month in enumerate(months)]


def _label(month: str, lang: str, *, first: bool) -> str:
    year, number = month.split("-")
    short = f"{int(number)}月" if lang == "zh" else number
    return f"{year[2:]}/{short}" if first or number == "01" else short


def theme_of(theme: str) -> str:
    """Return a theme if there is one of that name, else the first."""
    return theme if theme in THEMES else THEMES[0]


def svg(drawing: bytes) -> Response:
    """Return a drawing as the answer to a request."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "private, max-age=300", "Vary": "Cookie"}
    return Response(drawing, media_type="image/svg+xml", headers=headers)
