"""A site that is crawled, redesigned and mended: what the tests of drift share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import text

from harvester.config import Config
from harvester.crawl import RunSummary
from harvester.monitoring import proposing
from harvester.replica.document import ReplicaDocument
from harvester.replica.families.base import site_facts
from harvester.replica.server import Replica
from spiders.factsheet import load_sheet
from storage.store import Store
from tests import warm

LATER = "关于模板更换之后新发布的信用工作安排的通知"
BODY = "<p>这份通知是在网站更换模板之后发布的，请各单位按照职责分工抓好落实，并于年底之前报送进展情况。</p>"


@dataclass(slots=True)
class World:
    replica: Replica
    config: Config
    site: str

    def crawl(self, **options: object) -> RunSummary:
        return warm.crawl([self.site], self.config, None, **options)[0]

    def store(self) -> Store:
        return Store.open(self.config.store, archive=self.config.archive)

    def publish(self, section: str = "", title: str = LATER) -> str:
        code = site_facts()[self.site].section(section).code
        return self.replica.add(self.site, ReplicaDocument(code, title, date(2026, 11, 21), BODY))

    def told(self) -> list[tuple[object, ...]]:
        """Return the changes that the store tells, without the ids and moments of their rows."""
        with self.store() as store, store.reading() as connection:
            return [tuple(row) for row in connection.execute(text("SELECT entity, kind, document_id, entity_id FROM changes ORDER BY seq"))]

    def propose(self) -> proposing.Answer:
        with self.store() as store:
            return proposing.propose(store, load_sheet(self.site), datetime.now(UTC))

    def accept(self) -> proposing.Decided:
        with self.store() as store:
            return proposing.accept(store, load_sheet(self.site), (), "the office", datetime.now(UTC))


def world(folder: Path, replica: Replica, site: str) -> World:
    base = {site: replica.bases[site]}
    return World(replica, Config(store=f"sqlite:///{folder}/store.sqlite", archive=folder / "archive", bases=base, pace=0.0), site)
