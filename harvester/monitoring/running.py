"""Spidermon at the end of every run: measures are written, monitors run, findings kept, incidents settled.

Spidermon runs its suites when Scrapy closes a spider; here they run a moment later, when the run is judged and written down
(``run_signals.run_ended``), and write no log: what they find is in the store and in the run's summary.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from scrapy import Spider
from spidermon.contrib.scrapy.extensions import Spidermon
from spidermon.runners import MonitorRunner

from harvester.keeping import STORE_FAILED, RunKeeper
from harvester.monitoring.judging import Judging, RunFacts, SectionRun
from harvester.monitoring.measuring import Measuring
from harvester.observing.events import note
from harvester.run_signals import run_ended
from spiders.items import Failure
from spiders.promises import MOST_HISTORY
from storage import incidents, measures, proposals
from storage.days import local_day
from storage.errors import StoreError
from storage.measures import SectionMeasures
from storage.records import Verdict
from storage.store import Store

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

log = logging.getLogger(__name__)


class RunMonitors(Spidermon):  # type: ignore[misc]  # Spidermon has no types
    """Runs the suites of ``SPIDERMON_SPIDER_CLOSE_MONITORS`` on a run that is over."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the extension of a crawler; raises NotConfigured where Spidermon is off."""
        extension: Self = super().from_crawler(crawler)
        crawler.signals.connect(extension.ended, run_ended)
        return extension

    def spider_closed(self, spider: Spider) -> None:
        """Leave the suites for the moment at which the run is judged."""

    def ended(self, keeper: RunKeeper[Any]) -> None:
        """Write what the run measured, judge it, and settle the incidents of its site; a store that fails meanwhile is only logged."""
        store, measuring = keeper.store, self.crawler.get_extension(Measuring)
        if store is None or measuring is None:
            return
        try:
            sections = [section_of(keeper, store, measured) for measured in measuring.told(keeper, store)]
            measures.write_measures(store, keeper.run, keeper.spider.site, [each.measured for each in sections])
            judging = Judging(facts_of(keeper, sections))
            for suite in self.spider_closed_suites:
                self._run_suite(suite, judging)
            self._keep(keeper, store, judging)
        except StoreError as error:
            log.warning("What run %s measured could not be judged: %s", keeper.run, error)

    def _run_suite(self, suite: Any, judging: Judging) -> None:  # noqa: ANN401 - Spidermon has no types
        result = MonitorRunner().run(suite, judging=judging, stats=self.crawler.stats.get_stats() if self.crawler.stats else {})
        for item in result.monitor_results:
            if item.status == "ERROR":
                log.error("The monitor %s failed by itself: %s", item.item.name, item.error)

    def _keep(self, keeper: RunKeeper[Any], store: Store, judging: Judging) -> None:
        site, found = keeper.spider.site, judging.findings
        incidents.write_findings(store, keeper.run, site, found)
        keeper.findings = tuple(found)
        for each in found:
            level = "error" if each.level == incidents.ALARM else "warning"
            note(
                store, keeper.run, level, "finding", section=each.section, cause=each.cause, observed=each.observed, expected=each.expected
            )
        incidents.settle(store, site, found, judging.judged, run=keeper.run, at=keeper.ended_at)


def section_of(keeper: RunKeeper[Any], store: Store, measured: SectionMeasures) -> SectionRun:
    """Return a section of a run with its history; when it last published and its longest silence are those of all its runs."""
    spider = keeper.spider
    place = (store, spider.site, measured.section)
    before = measures.history(*place, before=keeper.run, most=MOST_HISTORY)
    known = [measured.measures, *(each.measures for each in before)]
    mended_at = proposals.last_accepted(*place)
    of_its_rules = measures.history(*place, before=keeper.run, most=MOST_HISTORY, since=mended_at) if mended_at else None
    days = [each["newest"] for each in known if each.get("newest")]
    silences = [each["longest_silence"] for each in known if each.get("longest_silence") is not None]
    rhythm = {"newest": max(days, default=None), "longest_silence": max(silences, default=None)}
    told = replace(measured, measures={**measured.measures, **rhythm})
    return SectionRun(spider.sheet.section(measured.section).promises, told, before, of_its_rules)


def facts_of(keeper: RunKeeper[Any], sections: Sequence[SectionRun]) -> RunFacts:
    """Return a run that is over as it is judged."""
    spider, judgement = keeper.spider, keeper.judgement
    verdict, cause = (judgement.verdict, str(judgement.cause)) if judgement and not keeper.error else (Verdict.FAILED, STORE_FAILED)
    limited = spider.since is not None or spider.limit is not None or spider.lists_only
    detail = str(keeper.error) if keeper.error else _first(keeper.tally.failures, cause)
    return RunFacts(str(verdict), cause, sections, local_day(datetime.now(UTC)), limited, detail)


def _first(failures: Sequence[Failure], cause: str) -> str:
    """Return in a sentence the first failure of a cause: its words, and nothing of the page."""
    return next((f"{failure.detail.rstrip('.')}." for failure in failures if failure.cause == cause), "")
