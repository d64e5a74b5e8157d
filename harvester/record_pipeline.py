"""From the records of a record site to the store: mask, archive, read, store. Pages of these sites are never written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from harvester.decisions import stored_decisions
from harvester.freshness import Recheck, days_between
from harvester.keeping import RunKeeper
from harvester.notices import NoticeKeeper
from harvester.reach import Lists
from harvester.run_signals import record_read
from harvester.verdict import Judgement, judge_records
from normalizers.notices.records import Notice
from spiders.items import CaptureKind, Failure, RecordCapture, RecordListCapture
from spiders.record_base import RecordSpider
from storage.days import LOCAL
from storage.records import NoticeClock

if TYPE_CHECKING:
    from spiders.harvest import Errand
    from storage.store import Store

EVERY = timedelta(days=30)
"""How often a stored record's own page is asked for again."""
NEAR = timedelta(days=14)
"""Before the last day of its term a record is asked for every day: sites end records early."""


class RecordPipeline(RunKeeper[RecordSpider]):
    """Keeps the public credit records of one run of one site."""

    serves = RecordSpider
    notices: NoticeKeeper | None = None

    def choose_reach(self, store: Store) -> Lists:
        """Read every list whole: a record's line is where its repair, its withdrawal or its removal shows."""
        return Lists.ALL

    def begun(self, store: Store) -> None:
        """Open what keeps the records."""
        self.notices = NoticeKeeper(store, self.spider.site, self.run, stored_decisions(store))
        self.notices.told_of = self._tell

    def _tell(self, section: str, notice: Notice) -> None:
        self.crawler.signals.send_catch_log(record_read, section=section, notice=notice)

    def judged(self, reason: str) -> Judgement:
        """Return the verdict from the ledger and the failures."""
        return judge_records(self.spider.ledger(), self.tally.failures, reason, limited=self.spider.limited, left=self.tally.left)

    def close(self) -> None:
        """Keep what waits, and write the ledger."""
        if self.notices:
            try:
                self.notices.close(self.spider.ledger())
            finally:
                self._count(self.notices)

    def _count(self, notices: NoticeKeeper) -> None:
        self.tally.notices.update(notices.told())
        self.tally.effects.update(notices.effects)
        self.tally.by_section.update(notices.by_section)
        self.tally.masked.update(notices.masked)

    def coverage(self) -> dict[str, Any]:
        """Return what was had of each section, as the store keeps it; the ledger has it by part of a section."""
        return {
            line.section: {"pages": line.pages, "had": line.pages_had, "items": line.listed, "stated": line.stated, "capped": line.capped}
            for line in self.spider.ledger()
            if not line.slice
        }

    def pages(self) -> dict[str, tuple[int, int | None]]:
        """Return how many list pages of each section were had, of how many."""
        return {line.section: (line.pages_had, line.pages) for line in self.spider.ledger() if not line.slice}

    def least(self) -> int:
        """Return the least number of requests: robots.txt, every list page, each record's own page that was read."""
        return 1 + sum(had for had, _ in self.pages().values()) + self.tally.captures["record"]

    def wants(self, errand: Errand) -> bool:
        """Tell whether a record's own page is to be asked for: new, not looked at for long, or near the end of its term."""
        if self.store is None or self.notices is None:
            return True
        clock = self.store.notice_clock(self.spider.site, self.notices.tag(errand.section, errand.key))
        return is_due(clock, self.started_at, self.recheck)

    def sort_of(self, errand: Errand) -> str:
        """Return what an errand is for: ``list``, ``new`` or ``due``."""
        if errand.kind is CaptureKind.LIST or self.store is None or self.notices is None:
            return super().sort_of(errand)
        known = self.store.notice_clock(self.spider.site, self.notices.tag(errand.section, errand.key))
        return "due" if known else "new"

    def told(self, error: BaseException | None) -> str:
        """Return the kind of an exception only: its words may hold what a record says."""
        return type(error).__name__

    def fail(self, failure: Failure) -> None:
        """Note a failure without what its address and key may say of a record: a failure stays when the record is taken down."""
        tag = self.notices.tag(failure.section, failure.key) if self.notices and failure.key else ""
        super().fail(replace(failure, key=tag, url=failure.url.partition("?")[0]))

    async def keep(self, item: object) -> None:
        """Keep a record, or note what a list named."""
        if isinstance(item, RecordCapture):
            self.tally.captures["record" if item.detail else "row"] += 1
            if self.notices:
                self.notices.take(item.record, item.fetched_at)
        elif isinstance(item, RecordListCapture):
            self.tally.captures["list"] += 1
            if self.notices:
                self.notices.seen(item.section, item.slice, item.keys, item.fetched_at)


def is_due(clock: NoticeClock | None, now: datetime, recheck: Recheck) -> bool:
    """Tell whether a record's own page is to be asked for; one that left only its tombstone never is."""
    if clock is None:
        return True
    if clock.tombstone or recheck is Recheck.NONE:
        return False
    if clock.last_checked is None or recheck is Recheck.ALL:
        return True
    today = now.astimezone(LOCAL).date()
    near = clock.ends_on is not None and timedelta(0) <= clock.ends_on - today <= NEAR
    return clock.last_checked > now or days_between(clock.last_checked, now) >= (1 if near else EVERY.days)
