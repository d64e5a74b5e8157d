"""How current what is shown is: when it was last checked, and whether a quiet source is quiet, or was not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median

from harvester import audited
from harvester.messages import _, counted
from storage import currency_queries
from storage.days import local_day
from storage.store import Store

LOOK_BACK = timedelta(days=730)
LEAST_DAYS = 5
"""Days with something new, below which nobody can say what is usual."""
NOT_READ = (
    "not read completely for {n} day: what is new there may be missing",
    "not read completely for {n} days: what is new there may be missing",
)
QUIET = ("no new document for {n} day", "no new document for {n} days")
QUIET_OTHERWISE = ("no new document for {n} day (usually {usual})", "no new document for {n} days (usually {usual})")
"""What is said of a quiet section, of one day and of more."""
LATE = timedelta(days=3)
"""A site is read every day; after so long without a complete reading something is wrong."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a site, or a whole site (``section`` empty).

    ``complete_at`` is the end of the last run that read all of the site, ``verdict`` that of the last run; ``newest`` the day of its last
    document, ``usual`` the days that commonly lie between two of them, ``None`` where nobody can say. Of a whole site, ``records`` is how
    many of its public records may be shown today and ``newest_record`` the day of the newest of them.
    """

    site: str
    name: str
    section: str
    looked_at: datetime | None
    verdict: str
    complete_at: datetime | None
    newest: date | None
    usual: int | None
    records: int = 0
    newest_record: date | None = None

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
    today = audited.today()
    since, records = today - LOOK_BACK, currency_queries.records(store, today)
    days: dict[str, set[date]] = {}
    for (site, _section_name), some in currency_queries.days(store, since).items():
        days.setdefault(site, set()).update(some)
    found = [_section(row, "", sorted(days.get(row["site"], ()))) for row in currency_queries.sites(store)]
    return [replace(each, records=n, newest_record=newest) for each in found for n, newest in [records.get(each.site, (0, None))]]


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
        return counted(*NOT_READ, days, lang)
    if section.days_quiet is None and section.records:
        return _records_told(section, lang)
    if section.days_quiet is None:
        return _("read completely; no documents of the last two years", lang)
    if section.days_quiet == 0:
        return _("a new document today", lang)
    return counted(*(QUIET_OTHERWISE if section.usual else QUIET), section.days_quiet, lang, usual=section.usual)


def _records_told(section: Section, lang: str) -> str:
    """Return what a site that publishes records has: of documents nothing is to be expected there."""
    newest = (
        "read completely; {n} of its public records is shown, of {day}",
        "read completely; {n} of its public records are shown, the newest of {day}",
    )
    undated = ("read completely; {n} of its public records is shown", "read completely; {n} of its public records are shown")
    if not section.newest_record:
        return counted(*undated, section.records, lang)
    return counted(*newest, section.records, lang, day=section.newest_record)
