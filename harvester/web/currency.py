"""How current what is shown is: when it was last checked, and whether a quiet source is quiet, or was not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median

from harvester import audited
from harvester.messages import _
from storage import currency_queries
from storage.days import local_day
from storage.store import Store

LOOK_BACK = timedelta(days=730)
LEAST_DAYS = 5
"""Days with something new, below which nobody can say what is usual."""
LATE = timedelta(days=3)
"""A site is read every day; after so long without a complete reading something is wrong."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a site, or a whole site (``section`` empty).

    ``complete_at`` is the end of the last run that read all of the site, ``verdict`` that of the last run; ``newest`` the day of its last
    document, ``usual`` the days that commonly lie between two of them, ``None`` where nobody can say.
    """

    site: str
    name: str
    section: str
    looked_at: datetime | None
    verdict: str
    complete_at: datetime | None
    newest: date | None
    usual: int | None

    @property
    def broken(self) -> bool:
        """Tell whether the site was not read completely of late: what looks quiet may not be."""
        return self.complete_at is None or self.verdict != "complete" or datetime.now(UTC) - self.complete_at > LATE

    @property
    def days_quiet(self) -> int | None:
        """Return for how many days nothing new came, by what is known: up to the last complete reading."""
        if self.newest is None or self.complete_at is None:
            return None
        return max((local_day(self.complete_at) - self.newest).days, 0)

    @property
    def quieter(self) -> bool:
        """Tell whether it is quiet for longer than usual."""
        quiet, usual = self.days_quiet, self.usual
        return quiet is not None and usual is not None and quiet > usual


def sections(store: Store, site: str = "") -> list[Section]:
    """Return the sections that have documents, by site."""
    since = audited.today() - LOOK_BACK
    runs = {row["site"]: row for row in currency_queries.sites(store)}
    found = currency_queries.days(store, since, site=site)
    return [_section(runs[each], section, days) for (each, section), days in sorted(found.items()) if each in runs]


def sites(store: Store) -> list[Section]:
    """Return every site that was ever looked at, by its identifier."""
    since = audited.today() - LOOK_BACK
    days: dict[str, set[date]] = {}
    for (site, _section_name), some in currency_queries.days(store, since).items():
        days.setdefault(site, set()).update(some)
    return [_section(row, "", sorted(days.get(row["site"], ()))) for row in currency_queries.sites(store)]


def of(store: Store, site: str, section: str = "") -> Section | None:
    """Return a section, or a whole site; ``None`` for one that the store never saw."""
    known = sections(store, site) if section else sites(store)
    return next((each for each in known if (each.site, each.section) == (site, section)), None)


def _section(row: currency_queries.Row, section: str, days: Sequence[date]) -> Section:
    newest = days[-1] if days else None
    verdict = str(row["verdict"] or "")
    return Section(row["site"], row["name"], section, row["looked_at"], verdict, row["complete_at"], newest, usual_gap(days))


def usual_gap(days: Iterable[date]) -> int | None:
    """Return how many days commonly lie between two days with something new (the median), ``None`` for too few."""
    known = sorted(set(days))
    if len(known) < LEAST_DAYS:
        return None
    return max(round(median((other - one).days for one, other in pairwise(known))), 1)


def told(section: Section, lang: str) -> str:
    """Return in words how current a section is: 来源栏目已 9 天无新文件（通常 6 天）; of one that was not read, only that."""
    if section.complete_at is None:
        return _("never read completely", lang)
    if section.broken:
        days = (datetime.now(UTC) - section.complete_at).days
        return _("not read completely for {n} days: what is new there may be missing", lang).format(n=days)
    if section.days_quiet is None:
        return _("read completely; no documents of the last two years", lang)
    if section.days_quiet == 0:
        return _("a new document today", lang)
    form = _("no new document for {n} days (usually {usual})", lang) if section.usual else _("no new document for {n} days", lang)
    return form.format(n=section.days_quiet, usual=section.usual)
