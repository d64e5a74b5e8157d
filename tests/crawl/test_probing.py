"""Addresses that nothing names any more: which are asked for, and what their answers change in the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from harvester.probing import Read, archive_key, former_addresses, orphaned_files, path_of, unnamed_files
from harvester.recall import StoredFile, StoredItem
from harvester.replica.document import ReplicaDocument
from harvester.replica.server import Replica
from spiders.items import CaptureKind, ListItem
from storage.change_schema import changes
from storage.schema import clocks, documents
from storage.store import Store
from tests.crawl.sites import harvest, states, stored_failures

SITE = "shanghai"
TEXT = "<p>" + "本市公共信用信息服务网点开放时间有所调整，请办事人员提前预约，携带有效证件前往。" * 8 + "</p>"
FILE = ("时间表.txt", "text/plain", "服务网点开放时间表：工作日九时至十七时。".encode())
LIST = ("名册.txt", "text/plain", "服务网点名册：共十二处，名称和地址见公告栏。".encode())


def page(**more: object) -> ReplicaDocument:
    return ReplicaDocument("tzgg", "关于服务网点开放时间的公告", date(2026, 3, 4), TEXT, attachments=(FILE, LIST), site=SITE, **more)  # type: ignore[arg-type]


@pytest.fixture
def site() -> Iterator[tuple[Replica, str]]:
    """Give a site with one article that names two files, and its key."""
    with Replica([SITE], own_content=False) as replica:
        yield replica, replica.add(SITE, page())


def told(folder: Path) -> list[tuple[str, str]]:
    """Return the rows of the feed on documents since the first crawl, without those that readers never see."""
    with Store.open(f"sqlite:///{folder}/store.sqlite") as store, store.reading() as connection:
        query = select(documents.c.title, changes.c.kind).join(documents, documents.c.id == changes.c.document_id)
        rows = connection.execute(query.where(changes.c.kind.not_in(["added", "restated", "tied"]), changes.c.entity == "document"))
        return sorted((row.title, row.kind) for row in rows)


def crawl(folder: Path, replica: Replica) -> str:
    return str(harvest(folder, replica.bases, recheck="all")[SITE].verdict)


# --- files -----------------------------------------------------------------------------------------------------------------


def test_a_file_that_its_article_names_no_more_is_gone_when_its_address_is(site: tuple[Replica, str], tmp_path: Path) -> None:
    replica, key = site
    crawl(tmp_path, replica)
    replica.edit(SITE, key, attachments=(FILE,))
    assert crawl(tmp_path, replica) == "complete"
    assert told(tmp_path) == [("名册.txt", "gone")]
    replica.edit(SITE, key, attachments=(FILE, LIST))
    assert crawl(tmp_path, replica) == "complete"
    assert told(tmp_path) == [("名册.txt", "back"), ("名册.txt", "gone")]
    assert set(states(tmp_path, SITE).values()) == {"live"}


def test_a_file_that_is_named_no_more_and_still_there_stays_and_is_noted_as_asked_for(site: tuple[Replica, str], tmp_path: Path) -> None:
    replica, key = site
    crawl(tmp_path, replica)
    address = replica.file_urls(SITE, key)[1].removeprefix(replica.bases[SITE])
    replica.unlink(SITE, key)
    asked = len(replica.requests)
    assert crawl(tmp_path, replica) == "complete"
    assert [each.path for each in replica.requests[asked:]].count(address) == 1
    assert told(tmp_path) == []
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store, store.reading() as connection:
        c = clocks.c
        query = select(c.last_seen, c.last_checked).join(documents, documents.c.id == c.document_id)
        row = connection.execute(query.where(documents.c.title == LIST[0])).one()
    assert row.last_seen < row.last_checked


@pytest.mark.parametrize("fault", ["500@attachment", "challenge@all"])
def test_no_fault_makes_a_file_gone(site: tuple[Replica, str], tmp_path: Path, fault: str) -> None:
    replica, key = site
    crawl(tmp_path, replica)
    replica.unlink(SITE, key)
    replica.fault = fault
    assert crawl(tmp_path, replica) in ("incomplete", "blocked")
    assert told(tmp_path) == []


def test_the_files_of_an_article_that_is_gone_go_with_it_when_they_are_gone_too(site: tuple[Replica, str], tmp_path: Path) -> None:
    replica, key = site
    replica.add(SITE, ReplicaDocument("tzgg", "另一则公告", date(2026, 3, 5), TEXT.replace("预约", "登记")))
    crawl(tmp_path, replica)
    replica.remove(SITE, key)
    assert crawl(tmp_path, replica) == "complete"
    assert told(tmp_path) == [("关于服务网点开放时间的公告", "gone"), ("名册.txt", "gone"), ("时间表.txt", "gone")]


# --- articles --------------------------------------------------------------------------------------------------------------


def test_a_page_at_another_address_under_its_key_has_moved_once_and_its_address_with_it(site: tuple[Replica, str], tmp_path: Path) -> None:
    replica, key = site
    crawl(tmp_path, replica)
    replica.edit(SITE, key, section="zcwj")
    for _ in range(2):
        assert crawl(tmp_path, replica) == "complete"
        assert told(tmp_path) == [("关于服务网点开放时间的公告", "moved")]
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store, store.reading() as connection:
        row = connection.execute(select(documents.c.url, documents.c.section, documents.c.state).where(documents.c.key == key)).one()
    assert tuple(row) == (replica.url(SITE, key), "zcwj", "live")
    assert stored_failures(tmp_path) == []


@pytest.mark.parametrize("forward", [False, True], ids=["missing", "redirected"])
def test_a_page_under_another_key_has_moved_whether_its_address_is_missing_or_leads_there(
    site: tuple[Replica, str], tmp_path: Path, forward: bool
) -> None:
    replica, key = site
    replica.edit(SITE, key, attachments=())
    crawl(tmp_path, replica)
    new = replica.move(SITE, key, forward=forward)
    for _ in range(2):
        assert crawl(tmp_path, replica) == "complete"
        assert told(tmp_path) == [("关于服务网点开放时间的公告", "moved")]
        assert states(tmp_path, SITE) == {key: "moved", new: "live"}


# --- which addresses, without a site ---------------------------------------------------------------------------------------


def stored(key: str, *, url: str = "", live: bool = True) -> StoredFile:
    return StoredFile(key, key.rpartition("/")[0], "tz", url or f"https://a.cn/{key}".replace("!", "#"), live)


def asked(files: list[StoredFile], named: dict[str, set[str]]) -> list[tuple[str, str]]:
    return [(each.key, each.url) for each in unnamed_files(files, named)]


def test_the_files_of_an_archive_are_asked_for_as_one() -> None:
    files = [stored("7/all.zip!a.docx"), stored("7/all.zip!b.docx"), stored("7/c.pdf")]
    assert asked(files, {"7": set()}) == [("7/all.zip", "https://a.cn/7/all.zip"), ("7/c.pdf", "https://a.cn/7/c.pdf")]
    assert asked(files, {"7": {"7/all.zip"}}) == [("7/c.pdf", "https://a.cn/7/c.pdf")]


def test_a_file_of_which_no_whole_address_is_kept_is_never_asked_for() -> None:
    files = [stored("7/0123456789abcdef", url="https://a.cn/7/#0123456789abcdef")]
    assert asked(files, {"7": set()}) == []


def test_of_articles_that_were_not_read_nothing_is_asked_for_unless_they_are_gone() -> None:
    files = [stored("7/a.pdf"), stored("8/b.pdf", live=False)]
    assert asked(files, {}) == []
    assert [each.key for each in orphaned_files(files)] == ["8/b.pdf"]


def test_another_query_is_no_other_place_and_an_address_that_is_listed_still_is_none_to_ask_for() -> None:
    known = {key: StoredItem("tz", ListItem(key, f"https://a.cn/tz/{key}.html?t=1", "题")) for key in ("1", "2", "3")}
    read = {
        "1": Read("tz", "https://a.cn/tz/1.html?t=2", frozenset()),
        "2": Read("gz", "https://a.cn/gz/2.html", frozenset()),
        "3": Read("gz", "https://a.cn/gz/3.html", frozenset()),
    }
    found = list(former_addresses(known, read, ["https://a.cn/gz/2.html", "https://a.cn/tz/3.html", "https://a.cn/gz/3.html"]))
    assert [(each.kind, each.key, each.url) for each in found] == [(CaptureKind.ARTICLE, "2", "https://a.cn/tz/2.html?t=1")]


names = st.text("abc!/%表.", min_size=1, max_size=8)


@given(st.lists(names, max_size=6), st.sets(names, max_size=4))
def test_property_every_unnamed_file_is_asked_for_once_and_no_named_one_ever(files: list[str], named: set[str]) -> None:
    every = [stored(f"7/{name.replace('/', '%2F')}") for name in files]
    keys = {f"7/{name.replace('/', '%2F')}" for name in named}
    found = list(unnamed_files(every, {"7": keys}))
    assert len({each.key for each in found}) == len(found)
    assert not keys & {each.key for each in found}
    assert {each.key for each in found} <= {archive_key(file.key) for file in every}


@given(st.text(max_size=30))
def test_property_a_path_has_no_query_and_no_fragment(path: str) -> None:
    address = f"https://a.cn/{path.replace('?', '').replace('#', '')}"
    assert path_of(address + "?x=1#y") == path_of(address)
