"""What a crawl would request and how long it would take, told before anything is sent: from the fact sheet and the store alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from urllib.parse import urljoin

from sqlalchemy import func, select

from harvester.config import Config
from harvester.freshness import Recheck, is_due
from harvester.reach import Lists, Window
from harvester.readings import Reading, Readings, reach_of, readings, recent
from harvester.recall import live_articles, live_files, owed_articles, owed_new
from harvester.record_pipeline import is_due as is_record_due
from harvester.scheduling.plan import schedule_of
from spiders.factsheet import AnySection, NoBaseError
from spiders.record_sheet import RecordSection, RecordSheet
from spiders.sheets import AnySheet, sheet_of
from storage import absences
from storage.errors import MissingStore
from storage.notice_schema import notices, record_sightings, tombstones
from storage.records import NoticeClock
from storage.schema import clocks, documents, sightings
from storage.store import Store

LOOK_BACK = timedelta(days=90)
"""How many days tell how much a site publishes."""


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """What a crawl would do in a section, by what is known of it.

    reach: ``all`` or ``recent``. pages: list pages, with calls that only lead to them; ``None`` before the first reading. stored: documents
    or records held. new: listed earlier and owed. due: to be looked at again by their age. absent: missing, to be confirmed. files:
    those of all these. expected: new documents with their files, as many as the last 90 days brought.
    """

    section: str
    name_zh: str
    url: str
    reach: str
    pages: int | None
    stored: int = 0
    new: int = 0
    due: int = 0
    absent: int = 0
    files: int = 0
    expected: int = 0

    @property
    def requests(self) -> int:
        """Return how many requests are known beforehand; of a list never read its first page is."""
        return (1 if self.pages is None else self.pages) + self.new + self.due + self.absent + self.files


@dataclass(frozen=True, slots=True)
class Plan:
    """What a crawl of a site would request. ``requests`` are known beforehand, of what they lead to ``most`` leaves room for more.

    ``most`` is ``None`` where a list was never read: nobody knows how long it is. Both are made one after the other at ``pace`` seconds.
    """

    site: str
    robots: str
    pace: float
    lists: str
    sections: tuple[SectionPlan, ...]

    @property
    def requests(self) -> int:
        """Return how many requests are known beforehand, robots.txt among them."""
        return 1 + sum(section.requests for section in self.sections)

    @property
    def most(self) -> int | None:
        """Return how many requests it is at most when sites publish at most twice as much as they did, and three pages or files more.

        A list may have grown by a page, and two documents in a hundred may take one request more: a redirect, an answer asked for twice.
        """
        if any(section.pages is None for section in self.sections):
            return None
        return self.requests + sum(1 + 2 * section.expected + 3 for section in self.sections) + self.requests // 50

    @property
    def seconds(self) -> float:
        """Return the least time that the known requests take at the site's pace."""
        return (self.requests - 1) * self.pace

    @property
    def most_seconds(self) -> float | None:
        """Return the time that ``most`` requests take at the site's pace."""
        return None if self.most is None else (self.most - 1) * self.pace


def sheet_for(site: str, config: Config) -> AnySheet:
    """Return a site's fact sheet with the base it is given; NoBaseError when it has no address at all."""
    sheet = sheet_of(site)
    if base := config.bases.get(site):
        sheet = sheet.with_base(base)
    if not sheet.base:
        raise NoBaseError(f"the address of {site} is not known today: give one with --base {site}=http://HOST:PORT")
    return sheet


def plan(site: str, config: Config, *, lists: Lists = Lists.DUE, since: date | None = None, now: datetime | None = None) -> Plan:
    """Return what a crawl of a site would request, without a request; ``since`` is the first list date of a backfill.

    Raises UnknownSiteError, FactSheetError, NoBaseError, StoreError.
    """
    sheet = sheet_for(site, config)
    pace = sheet.pace if config.pace is None else config.pace if sheet.local else max(config.pace, sheet.pace)
    try:
        store = Store.open(config.store, archive=config.archive, patience=config.patience)
    except MissingStore:
        sections = tuple(SectionPlan(s.id, s.name_zh, sheet.url(s.path), Lists.ALL, None) for s in sheet.sections)
    else:
        with store:
            sections = _sections(store, sheet, config, lists, since, now or datetime.now(UTC))
    return Plan(site, urljoin(sheet.base, "/robots.txt"), pace, str(lists), sections)


def _sections(store: Store, sheet: AnySheet, config: Config, lists: Lists, since: date | None, now: datetime) -> tuple[SectionPlan, ...]:
    known = readings(store, sheet.id)
    if isinstance(sheet, RecordSheet):
        return tuple(_record_section(store, sheet, section, known.get(section.id, Readings()), now) for section in sheet.sections)
    schedule = schedule_of(sheet.id, config)
    window = Window(timedelta(days=schedule.sweep_days), timedelta(days=schedule.overlap_days))
    planner = _Planner(store, sheet, known, window, now)
    return tuple(planner.section(section, lists, since) for section in sheet.sections)


class _Planner:
    """Plans the sections of a site of documents: what is the site's as a whole is asked of the store once."""

    def __init__(self, store: Store, sheet: AnySheet, known: dict[str, Readings], window: Window, now: datetime) -> None:
        self.store, self.sheet, self.known, self.window, self.now = store, sheet, known, window, now
        self.files = live_files(store, sheet.id)
        self.absent = {key for key, since in absences.absent(store, sheet.id).items() if absences.is_confirmed(since, now)}
        self.owed = owed_articles(store, sheet.id)
        self.clocks = store.clocks(sheet.id)

    def section(self, section: AnySection, lists: Lists, since: date | None) -> SectionPlan:
        """Return the plan of a section."""
        known = self.known.get(section.id, Readings())
        reach = Lists.ALL if since else reach_of(known, lists, self.now, self.window)
        live = live_articles(self.store, self.sheet.id, section.id)
        absent = {key for key in live if key in self.absent}
        day = date.min if since is None else since
        due = {key for key in live if self._is_due(key) and (live[key].item.listed_on or day) >= day} - absent
        new = owed_new(self.store, self.sheet.id, section.id, known.sweeps[0].began) if known.sweeps else []
        new = [item for item in new if (item.listed_on or day) >= day and item.key not in live]
        return SectionPlan(
            section=section.id,
            name_zh=section.name_zh,
            url=self.sheet.url(section.path),
            reach=str(reach),
            pages=self._pages(section.id, known, reach, since),
            stored=len(live),
            new=len(new),
            due=len(due),
            absent=0 if since else len(absent),
            files=self._files(section.id, due, confirming=since is None),
            expected=self._expected(section.id, known),
        )

    def _files(self, section: str, due: set[str], *, confirming: bool) -> int:
        own = [file for file in self.files if file.section == section]
        return sum(file.parent_key in due or (confirming and file.key in self.absent) for file in own)

    def _is_due(self, key: str) -> bool:
        return key in self.owed or is_due(self.clocks.get(key), self.now, Recheck.DUE)

    def _pages(self, section: str, known: Readings, reach: Lists, since: date | None) -> int | None:
        if not known.sweeps:
            return None
        sweep = known.sweeps[0]
        if since is not None:
            first = since
        elif reach is Lists.RECENT and (found := recent(self.store, self.sheet.id, section, known, self.window)):
            first = found.since
        else:
            return sweep.pages + sweep.calls
        return min(sweep.pages, max(self._down_to(section, sweep, first), 2 if since else 1)) + sweep.calls

    def _down_to(self, section: str, sweep: Reading, first: date) -> int:
        """Return how many pages hold what is listed on a day or later, with the line that ends them; without days it is two."""
        s = sightings.c
        here = (s.site == self.sheet.id) & (s.section == section) & (s.last_seen >= sweep.began) & s.listed_on.is_not(None)
        with self.store.reading() as connection:
            dated = connection.execute(select(func.count()).where(here)).scalar_one()
            later = connection.execute(select(func.count()).where(here, s.listed_on >= first)).scalar_one()
        lines = max(1, -(-sweep.items // max(1, sweep.pages)))
        return later // lines + 1 if dated else 2

    def _expected(self, section: str, known: Readings) -> int:
        """Return how many documents and files are to be expected, by those that came since the first reading within 90 days."""
        if known.last is None or len(known.all) < 2:
            return 0
        d, c = documents.c, clocks.c
        first = max(known.all[-1].ended, self.now - LOOK_BACK)
        query = select(func.count()).select_from(documents.join(clocks, c.document_id == d.id))
        query = query.where(d.site == self.sheet.id, d.section == section, c.first_seen > first)
        with self.store.reading() as connection:
            found = connection.execute(query).scalar_one()
        days = max(1.0, (known.last.ended - first) / timedelta(days=1))
        return ceil(found / days * max(1.0, (self.now - known.last.ended) / timedelta(days=1)))


def _record_section(store: Store, sheet: RecordSheet, section: RecordSection, known: Readings, now: datetime) -> SectionPlan:
    """Return the plan of a section of records: its list is read whole, and records with a page of their own are looked at when due."""
    rows = _record_clocks(store, sheet.id, section.id)
    due = sum(is_record_due(clock, now, Recheck.DUE) for clock in rows) if section.detail else 0
    last = known.sweeps[0] if known.sweeps else None
    pages = None if last is None else last.pages + last.calls
    return SectionPlan(section.id, section.name_zh, sheet.url(section.path), str(Lists.ALL), pages, stored=len(rows), due=due)


def _record_clocks(store: Store, site: str, section: str) -> list[NoticeClock]:
    """Return the clocks of the records of a section: of those held, and of those that were read and were over already."""
    n, s, t = notices.c, record_sightings.c, tombstones.c
    held = select(n.last_checked, n.ends_on).where(n.site == site, n.section == section)
    elsewhere = select(n.id).where(n.id == s.notice_id).exists() | select(t.id).where(t.id == s.notice_id, t.reason != "gone").exists()
    over = select(func.max(s.read_at), func.max(s.ends_on)).where(s.site == site, s.section == section, s.read_at.is_not(None), ~elsewhere)
    with store.reading() as connection:
        return [NoticeClock(*row) for query in (held, over.group_by(s.notice_id)) for row in connection.execute(query)]
