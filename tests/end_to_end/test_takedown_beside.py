"""What a record leaves beside itself while its site is in trouble goes with it: specimens, proposals, absences, findings, events, logs."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest
import time_machine
from sqlalchemy import func, select

from harvester.replica.document import ReplicaDocument
from storage.operations_schema import findings, incidents, proposals, run_events, specimens
from storage.schema import failures
from storage.store import Store
from tests.end_to_end.rights import Place, day, replicated
from tests.end_to_end.test_takedown import IN_PAPERS, LIST, PAPERS, RARE, RECORDS, chosen, ids, single, table
from tests.privacy.scan import leaks
from tests.storage.conftest import database, drop, postgres

__all__ = ["postgres"]
TABLES = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('information_schema', 'pg_catalog')"
TROUBLES = ("redesign@all", "half-page@article", "gone@article", "challenge", "")
PLAIN = [
    ReplicaDocument(
        "", f"关于做好第{number}季度信用工作的通知", date(2026, 2, number), f"<p>请按要求做好第{number}季度工作。</p>" * 5, site=PAPERS
    )
    for number in range(1, 5)
]


@dataclass
class Elsewhere(Place):
    """A place whose database is named by a URL."""

    address: str = ""

    @property
    def url(self) -> str:
        return self.address or super().url

    def opened(self) -> Store:
        return Store.open(self.url, archive=self.folder / "archive", key=self.folder / "store.key")

    def environment(self) -> dict[str, str]:
        return super().environment() | {"HARVESTER_KEY": str(self.folder / "store.key")}

    def crawling(self, *sites: str, recheck: str = "due") -> list[str]:
        return super().crawling(*sites, recheck=recheck) + (["--section", "penalties"] if sites == (RECORDS,) else [])

    @contextmanager
    def here(self, at: datetime) -> Iterator[None]:
        with time_machine.travel(at, tick=True) if self.address else super().here(at), patch.dict(os.environ, self.environment()):
            yield

    def written(self) -> list[Path]:
        """Return every file of the place; of a database elsewhere, its tables as text."""
        file = self.folder / "tables.txt"
        file.unlink(missing_ok=True)
        if self.address:
            with psycopg.connect(self.address) as connection, file.open("wb") as out:
                for (name,) in connection.execute(TABLES):
                    with connection.cursor().copy(f"COPY {name} TO STDOUT".encode()) as told:
                        out.writelines(bytes(piece) for piece in told)
        return [self.folder]


LONG = pytest.mark.skipif("HARVESTER_SOAK" not in os.environ, reason="another minute: make soak")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=(pytest.mark.postgres, LONG))])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    server = request.getfixturevalue("postgres")
    made = database(server)
    yield made
    drop(server, made)


def counted(place: Place) -> dict[str, int]:
    tables = (specimens, run_events, failures, findings, incidents, proposals)
    with place.opened() as store, store.reading() as connection:
        return {each.name: connection.execute(select(func.count()).select_from(each)).scalar_one() for each in tables}


@pytest.mark.slow
def test_what_troubles_left_of_a_record_goes_with_it(tmp_path: Path, address: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    papers = [ReplicaDocument("", LIST, date(2026, 3, 8), table([IN_PAPERS["suppressed"], IN_PAPERS["kept"]]), site=PAPERS)]
    papers += [single(IN_PAPERS["gone"]), *PLAIN]
    with replicated(tmp_path / "served", [RECORDS, PAPERS], extra=papers, own_content=False) as (replica, _):
        place = Elsewhere(tmp_path / "place", replica.bases, level="DEBUG", address=address)
        of_site = chosen(replica)
        for site in (RECORDS, PAPERS):
            assert place.crawl(site, at=day(-9))[site]["verdict"] == "complete"
        identifiers = ids(place, day(-9))
        for number, fault in enumerate(TROUBLES):
            replica.fault = fault
            for site in (RECORDS, PAPERS):
                place.crawl(site, at=day(-8 + number), recheck="all" if number < 2 else "due")
            if fault.startswith("redesign@"):
                place.say("drift", "propose", PAPERS, at=day(-8), status=1)
        left = counted(place)
        assert all(left.values()), left
        replica.remove_record(RECORDS, of_site["gone"].key)
        replica.remove(PAPERS, next(key for key, each in replica.documents(PAPERS).items() if IN_PAPERS["gone"].name in each.title))
        doomed = [of_site["suppressed"], of_site["gone"], IN_PAPERS["suppressed"], IN_PAPERS["gone"]]
        for site in (RECORDS, PAPERS):
            place.crawl(site, at=day(0))
            place.crawl(site, at=day(1, 8))
        for case in (of_site["suppressed"], IN_PAPERS["suppressed"]):
            place.say("objections", "add", identifiers[case.facts], "--statement", "不是本单位", at=day(1))
        for number in ("1", "2"):
            place.say("objections", "decide", number, "upheld", "--note", "属实", at=day(1))
        words = [word for case in doomed for word in case.words]
        kept = [word for case in (of_site["kept"], IN_PAPERS["kept"]) for word in case.words]
        assert place.ask("takedown", at=day(1))[0]["left"] == 0
        assert {words[leak.needle][:2] for leak in leaks(place.written(), words)} == set()
        assert {kept[leak.needle] for leak in leaks(place.written(), kept)} == set(kept), "the scan does not find what is there"
        assert not [word for word in words if word in caplog.text]
        assert left["specimens"] and RARE["suppressed"] not in place.log.read_text("utf-8")
