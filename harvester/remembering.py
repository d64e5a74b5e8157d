"""What the run of a site of documents remembers of earlier ones: what to ask for, how urgently, and what its absence means."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from harvester.freshness import NEW_FIRST, is_due, urgency
from harvester.keeping import RunKeeper
from harvester.probing import Read
from harvester.reach import Lists
from harvester.readings import Readings, last_named, reach_of, readings, recent
from harvester.recall import StoredItem, article_since, away_since, last_response, owed_articles
from harvester.unnaming import clean_key
from spiders.base import Errand, SiteSpider
from spiders.items import CaptureKind, Cause, Failure
from storage import absences, document_records
from storage.records import ArchivedResponse, Clock
from storage.store import Store


class DocumentMemory(RunKeeper[SiteSpider]):
    """The part of a run's keeper that knows what earlier runs left."""

    serves = SiteSpider

    def remember(self, store: Store) -> None:
        """Recall what is owed, absent, gone, and may hold records, and when each was asked for, by key. Raises StoreError."""
        site = self.spider.site
        self.clocks = store.clocks(site)
        self.owed = owed_articles(store, site)
        self.absent = absences.absent(store, site)
        self.urgent = document_records.listing(store, site)
        self.away = away_since(store, site)
        self.read: dict[str, Read] = {}

    def choose_reach(self, store: Store) -> Lists:
        """Tell the spider how far to read each list, and recall what earlier readings named."""
        spider = self.spider
        self.readings = readings(store, spider.site)
        self.last_named = last_named(store, spider.site)
        spider.is_listed = self.is_listed
        if self.budget.is_set:
            # New documents before the depth of a list, so that every run of a small budget brings some.
            spider.further_priority = NEW_FIRST - 1
        wanted = Lists.ALL if spider.since or spider.limit is not None else self.reach
        reached = [self._choose(store, section, wanted) for section in spider.coverage]
        return Lists.RECENT if Lists.RECENT in reached else Lists.ALL

    def _choose(self, store: Store, section: str, wanted: Lists) -> Lists:
        known = self.readings.get(section, Readings())
        reach = reach_of(known, wanted, self.started_at, self.window)
        if reach is Lists.RECENT:
            found = recent(store, self.spider.site, section, known, self.window)
            self.spider.coverage[section].recent = replace(found, stored=self.stored_key) if found else None
        return reach

    def stored_key(self, key: str) -> str:
        """Return the key under which the store has a document."""
        return clean_key(key, self.store.keyring) if self.store else key

    def is_listed(self, key: str) -> bool:
        """Tell whether a list names a document: one read by this run, or of those not read whole the last reading."""
        sections = self.spider.coverage.values()
        if any(key in section.items for section in sections):
            return True
        return any(section.until is not None and section.recent and section.recent.knows(key) for section in sections)

    # --- what the middlewares ask ------------------------------------------------------------------------------------------

    def wants(self, errand: Errand) -> bool:
        """Tell whether an article is to be asked for: new, due, with files still owed, missing, or named again since it was gone."""
        if self.store is None:
            return True
        key = self.stored_key(errand.key)
        return key in self.owed or key in self.absent or self._is_back(key) or self.due(key)

    def _is_back(self, key: str) -> bool:
        """Tell whether a document that was gone, and that a list names, was not asked for since."""
        since, clock = self.away.get(key), self.clock(key)
        return since is not None and clock is not None and clock.last_checked < since

    def missed_since(self, section: str, key: str) -> datetime | None:
        """Return since when sweeps of a section miss a document, this run's included; ``None`` where none does."""
        missed = self.readings.get(section, Readings()).missed_since(self.last_named.get(key))
        return missed or (self.started_at if self.spider.coverage[section].whole else None)

    def was_lost(self, stored: StoredItem) -> bool:
        """Tell whether a stored article that no list page named was not asked for since a sweep of its section missed it first."""
        missed, clock = self.missed_since(stored.section, stored.item.key), self.clock(stored.item.key)
        return missed is not None and clock is not None and clock.last_checked < missed

    def is_newly_unnamed(self, key: str) -> bool:
        """Tell whether a file was asked for last before its article came to its present state or text."""
        clock = self.clock(key)
        since = article_since(self.store, self.spider.site, key) if self.store else None
        return clock is not None and since is not None and clock.last_checked < since

    def priority(self, errand: Errand) -> int:
        """Return the priority of an article: new ones before due ones, of these those first that have waited longest for their age."""
        clock = self.clock(self.stored_key(errand.key))
        return NEW_FIRST if clock is None else urgency(clock, self.started_at)

    def sort_of(self, errand: Errand) -> str:
        """Return what an errand is for: ``list``, ``new`` or ``due``."""
        if errand.kind is not CaptureKind.ARTICLE:
            return super().sort_of(errand)
        return "due" if self.clock(self.stored_key(errand.key)) else "new"

    def clock(self, key: str) -> Clock | None:
        """Return the clock of a document of the site as the run found it, ``None`` for one that was not stored; each is asked for once."""
        return self.clocks.get(key) if self.store else None

    def due(self, key: str) -> bool:
        """Tell whether a document is new or to be asked for again, by its key in the store."""
        return self.store is None or is_due(self.clock(key), self.started_at, self.recheck)

    def validators(self, url: str) -> dict[str, str]:
        """Return the headers of a conditional request for an address, empty when none of its payloads is kept or it sent no validators."""
        kept = self.archived(url)
        found = {name.lower(): value for name, value in kept.headers} if kept else {}
        wanted = {"If-None-Match": found.get("etag"), "If-Modified-Since": found.get("last-modified")}
        return {name: value for name, value in wanted.items() if value}

    def archived(self, url: str) -> ArchivedResponse | None:
        """Return the last response of an address with its payload."""
        return last_response(self.store, url) if self.store else None

    # --- what is missing ----------------------------------------------------------------------------------------------------

    def fail(self, failure: Failure) -> None:
        """Note a failure; a document that is really missing, and that no list names any more, is absent, and gone on another day."""
        unlisted = failure.kind is CaptureKind.ARTICLE and failure.key in self.spider.unlisted
        if failure.cause is not Cause.NOT_FOUND:
            super().fail(failure)
        elif not unlisted:
            self._missing_though_listed(failure)
        elif self.store:
            self._missing(self.store, failure)

    def _missing(self, store: Store, failure: Failure) -> None:
        key = self.stored_key(failure.key)
        if key not in self.absent and self.missed_since(failure.section, key) is None:
            # Only a sweep can tell that its list lost it.
            store.mark_asked(failure.site, key, failure.at)
            return
        gone = absences.missing(store, failure.site, key, failure.at, self.run)
        self.tally.gone += gone
        self.tally.absent += not gone

    def _missing_though_listed(self, failure: Failure) -> None:
        """Note that what its list names is not at its address: a dead link, and not absent; it is asked for again by its age."""
        super().fail(failure)
        key = self.stored_key(failure.key)
        if self.store and failure.kind is CaptureKind.ARTICLE:
            self.store.mark_asked(failure.site, key, failure.at)
            if self.absent.pop(key, None):
                absences.end(self.store, failure.site, [key])

    def _end_absences(self, article: str) -> None:
        """End the absence of an article that was read just now, and of the files that it names."""
        named = [key for key in self.absent if key == article or (key in self.read[article].files)]
        if named and self.store:
            absences.end(self.store, self.spider.site, named)
            self.absent = {key: since for key, since in self.absent.items() if key not in named}
