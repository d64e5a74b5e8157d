"""A store as a crawl leaves it, small and made once: real pages of two replica sites, an edit of one, records, a hostile page.

Made in processes of its own, once for all workers of a test run; every test that writes gets a copy.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from harvester.cli.demo_changes import edit
from harvester.config import Config
from harvester.replica.content import relatives, written_documents
from harvester.replica.document import ReplicaDocument
from harvester.replica.server import Replica
from normalizers.notices.records import NoticeKind, Severity, Term
from storage.store import Store
from tests import warm
from tests.storage.notice_samples import OTHER, PERSON, ingest, make_entry, make_given, make_notice

SITES = ("shanghai", "zhejiang")
FILE = "room.sqlite"
HOSTILE_TITLE = "关于<script>alert(1)</script>的\u202e通知=HYPERLINK"
HOSTILE_TEXT = (
    '<p>一、<b>=HYPERLINK("https://evil.example/","x")，&lt;img src=x onerror=alert(1)&gt;，由市发展改革委负责，2027年6月底前完成。</p>'
    "<p>二、推进\u202e\u2066倒写\u2069\u202c字样，&lt;/textarea&gt;&lt;script&gt;alert(2)&lt;/script&gt;，由市经济信息化委负责，2027年12月底前完成。</p>"
    '<p>三、<a href="javascript:alert(3)">https://credit.example.gov.cn/</a>，由市司法局负责。</p>'
)


def build(folder: Path) -> None:
    """Harvest two replica sites into a store in ``folder``, edit a page, harvest again, and add records."""
    url = url_of(folder)
    Store.open(url, create=True).close()
    pages = [page for site in SITES for page in written_documents(site)]
    beside = [page for page in relatives() if page.site in SITES]
    with Replica(SITES, extra=[*pages, *beside, hostile(pages)], own_content=False) as replica:
        config = replace(Config.load(environ={}, store=url).with_bases(replica.bases), pace=0.0, timeout=10.0)
        warm.crawl(SITES, config)
        edit(replica)
        warm.crawl(["shanghai"], config, recheck="all")
    with Store.open(url, archive=folder / "archive") as store:
        put_records(store)


def hostile(pages: list[ReplicaDocument]) -> ReplicaDocument:
    """Return a page whose title and text try what pages try: scripts, formulas, marks of direction, links that lie."""
    return replace(pages[0], title=HOSTILE_TITLE, number="", body_html=HOSTILE_TEXT, attachments=(), key="")


def put_records(store: Store) -> None:
    """Put a few public records: of firms and of a person, a penalty, a permit, an entry of a list."""
    now = datetime.now(UTC)
    decided = now.date() - timedelta(days=90)
    term = Term(decided + timedelta(days=1095), "computed", "order-36-general", decided, decided + timedelta(days=90), Severity.GENERAL)
    told = {"decided_on": decided, "published_on": decided + timedelta(days=3), "term": term}
    run = store.begin_run("jiangkou_records", ["penalties"], now, region="310000")
    given = [
        make_given("1", make_notice(**told), at=now),
        make_given("2", make_notice(subject=OTHER, **told | {"number": "江市监处罚〔2026〕8号"}), at=now),
        make_given("3", make_entry(subject=OTHER, **told), at=now),
        make_given("4", make_notice(subject=PERSON, **told | {"number": "江市监处罚〔2026〕9号"}), at=now),
        make_given("5", make_notice(NoticeKind.PERMIT, **told | {"number": "江许〔2026〕3号", "fine_yuan": None}), at=now),
    ]
    ingest(store, *given, run=run, today=date.today())
    store.end_run(run, "complete", "", {}, now)


def url_of(folder: Path) -> str:
    """Return the URL of the store in a folder."""
    return f"sqlite:///{folder / FILE}"


def made(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the sample, which one worker of a test run makes for all of them."""
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    folder, ready = shared / "room-sample", shared / "room-sample.ready"
    with (shared / "room-sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            build(folder)
            ready.touch()
    return folder


@contextmanager
def copied(sample: Path, folder: Path) -> Iterator[Store]:
    """Give a store of one's own, a copy of the sample, open with its archive."""
    shutil.copytree(sample, folder, dirs_exist_ok=True)
    with Store.open(url_of(folder), archive=folder / "archive") as store:
        yield store
