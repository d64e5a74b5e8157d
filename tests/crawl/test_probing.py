"""Addresses that nothing names any more: which are asked for, and what their answers change in the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
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
TEXT = "<p>" + "本市公共信用信息服务网点有关事项有所调整，请办事人员提前预约，携带有效证件前往。" * 8 + "</p>"
TITLES = {
    "drops": "关于网点开放时间的公告",
    "unlinks": "关于网点预约方式的公告",
    "goes": "关于网点名称变更的公告",
    "sections": "关于网点收费标准的公告",
    "moves": "关于网点停车安排的公告",
    "leads": "关于网点无障碍通道的公告",
}
FILES = ("drops", "unlinks", "goes")
NAMES = {title: name for name, title in TITLES.items()}


def page(name: str) -> ReplicaDocument:
    files = tuple((f"{name}-{n}.txt", "text/plain", f"{TITLES[name]}附表{n}：共十二处。".encode()) for n in (1, 2)) if name in FILES else ()
    return ReplicaDocument("tzgg", TITLES[name], date(2026, 3, 4), TEXT.replace("有关事项", TITLES[name]), attachments=files, site=SITE)


@dataclass
class Story:
    """A site that was crawled, edited, crawled with faults, and crawled twice without; what the feed told after each crawl."""

    replica: Replica
    folder: Path
    keys: dict[str, str]
    new: dict[str, str] = field(default_factory=dict)
    verdicts: list[str] = field(default_factory=list)
    told: list[list[tuple[str, str]]] = field(default_factory=list)
    asked: list[list[str]] = field(default_factory=list)

    def crawl(self, fault: str = "") -> None:
        """Crawl, each time on the next day."""
        begun = len(self.replica.requests)
        self.replica.fault = fault
        moment = FIRST + timedelta(days=len(self.verdicts))
        self.verdicts.append(str(harvest(self.folder, self.replica.bases, recheck="all", moment=moment)[SITE].verdict))
        self.asked.append([each.path for each in self.replica.requests[begun:]])
        self.told.append(sorted(told(self.folder)))

    def edit(self) -> None:
        keys, replica = self.keys, self.replica
        replica.edit(SITE, keys["drops"], attachments=page("drops").attachments[:1])
        self.new["unlinked"] = replica.file_urls(SITE, keys["unlinks"])[1].removeprefix(replica.bases[SITE])
        replica.unlink(SITE, keys["unlinks"])
        replica.remove(SITE, keys["goes"])
        replica.edit(SITE, keys["sections"], section="zcwj")
        self.new["moves"] = replica.move(SITE, keys["moves"])
        self.new["leads"] = replica.move(SITE, keys["leads"], forward=True)


def told(folder: Path) -> list[tuple[str, str]]:
    """Return the rows of the feed on documents but those that tell of new ones and those that readers never see."""
    with Store.open(f"sqlite:///{folder}/store.sqlite") as store, store.reading() as connection:
        query = select(documents.c.title, changes.c.kind).join(documents, documents.c.id == changes.c.document_id)
        rows = connection.execute(query.where(changes.c.kind.not_in(["added", "restated", "tied"]), changes.c.entity == "document"))
        return [(NAMES.get(row.title, row.title), row.kind) for row in rows]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with Replica([SITE], own_content=False) as replica:
        story = Story(replica, tmp_path_factory.mktemp("story"), {name: replica.add(SITE, page(name)) for name in TITLES})
        story.crawl()
        story.edit()
        for fault in (*FAULTS, "", "", ""):
            story.crawl(fault)
        replica.edit(SITE, story.keys["drops"], attachments=page("drops").attachments)
        story.crawl()
        yield story


FIRST = datetime(2026, 11, 2, 9, tzinfo=UTC)
FAULTS = ("challenge@all", "500@attachment")
GONE = [("drops-2.txt", "gone"), ("goes", "gone"), ("goes-1.txt", "gone"), ("goes-2.txt", "gone")]
MOVED = [("leads", "moved"), ("moves", "moved"), ("sections", "moved")]


def test_what_nothing_names_is_gone_or_has_moved_when_its_address_says_so_and_is_told_once(story: Story) -> None:
    assert story.verdicts[-4:] == ["complete"] * 4
    assert story.told[3] == story.told[4] == story.told[5] == sorted(GONE + MOVED)
    assert {cause for _, cause, _ in stored_failures(story.folder)} == {"challenge", "http-error"}


def test_no_fault_makes_anything_gone_or_moved(story: Story) -> None:
    assert story.verdicts[1:3] == ["blocked", "incomplete"]
    assert story.told[1] == []
    assert story.told[2] == [("sections", "moved")], "what was missing was missing for the first time; the file that is there was an error"


def test_a_file_that_is_named_again_is_back(story: Story) -> None:
    assert story.told[6] == sorted([*story.told[5], ("drops-2.txt", "back")])


def test_a_file_that_is_named_no_more_and_still_there_stays_and_is_asked_for_once_a_crawl(story: Story) -> None:
    assert [paths.count(story.new["unlinked"]) for paths in story.asked[3:]] == [1, 1, 1, 1]
    with Store.open(f"sqlite:///{story.folder}/store.sqlite") as store, store.reading() as connection:
        c, d = clocks.c, documents.c
        query = select(d.state, c.last_seen, c.last_checked).join(clocks, d.id == c.document_id)
        row = connection.execute(query.where(d.title == "unlinks-2.txt")).one()
    assert row.state == "live"
    assert row.last_seen < row.last_checked


def test_a_page_at_another_address_under_its_key_stands_there_now(story: Story) -> None:
    key = story.keys["sections"]
    with Store.open(f"sqlite:///{story.folder}/store.sqlite") as store, store.reading() as connection:
        row = connection.execute(select(documents.c.url, documents.c.section, documents.c.state).where(documents.c.key == key)).one()
    assert tuple(row) == (story.replica.url(SITE, key), "zcwj", "live")


def test_a_page_under_another_key_has_moved_whether_its_address_is_missing_or_leads_there(story: Story) -> None:
    found = states(story.folder, SITE)
    assert [(found[story.keys[name]], found[story.new[name]]) for name in ("moves", "leads")] == [("moved", "live")] * 2


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
