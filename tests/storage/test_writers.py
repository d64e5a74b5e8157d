"""Writers of one PostgreSQL take turns: whatever they write at the same time, none is refused because each holds what another wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import select

from storage import accounts, comparisons
from storage.engine import revisions
from storage.identity import document_id
from storage.schema import documents
from storage.store import Store
from storage.tie_decisions import cut_out, decide
from storage.work_judging import judge_all
from tests.storage.conftest import database, drop, postgres_template
from tests.storage.samples import AT, LINES, later, make_derived, put

pytestmark = pytest.mark.postgres
SITES = ("anhui", "jiangsu", "shanghai", "zhejiang")
TITLE = "江口市信用工作安排"
LONG = tuple(f"{line}，第{n}项由责任单位{n}于年内完成并形成书面材料{n * n}" for n in range(1, 12) for line in LINES)
OTHER = tuple(f"{line}{n}" for n, line in enumerate(reversed(LINES)))
T = TypeVar("T")
Crawl = Callable[[Store, str, str, int], object]


@pytest.fixture
def url(postgres: str, templates: dict[str, str]) -> Iterator[str]:
    made = database(postgres, postgres_template(templates, postgres))
    yield made
    drop(postgres, made)


def side_by_side(url: str, folder: Path, rounds: int, crawl: Crawl) -> None:
    """Let each site do its part of each round at the same moment, in a session of its own; raise what any of them raises."""
    together = Barrier(len(SITES))

    def live(site: str) -> None:
        with Store.open(url, archive=folder / site) as store:
            run = store.begin_run(site, ["notices"], AT)
            for turn in range(rounds):
                together.wait(60)
                crawl(store, run, site, turn)

    with ThreadPoolExecutor(len(SITES)) as pool:
        for done in [pool.submit(live, site) for site in SITES]:
            done.result(120)


def change(store: Store, run: str, site: str, turn: int) -> None:
    """Bring the document of a site as a copy of the others' in one round, as a text of its own in the next."""
    lines = (*OTHER, site) if turn % 2 else (*LONG, f"第{turn}稿")
    put(store, run, "1001", make_derived(TITLE, lines, document_number=""), site=site, at=later(turn))


def versions_of(store: Store) -> dict[str, int]:
    with store.reading() as connection:
        return {row.id: row.version for row in connection.execute(select(documents.c.id, documents.c.version))}


def test_copies_that_all_sites_change_at_the_same_moment_are_all_written(url: str, tmp_path: Path) -> None:
    side_by_side(url, tmp_path, 12, change)
    with Store.open(url) as store:
        assert versions_of(store) == dict.fromkeys((document_id(site, "1001") for site in SITES), 12)


def test_whatever_writers_do_to_works_states_and_the_feed_at_the_same_moment_no_one_is_refused(url: str, tmp_path: Path) -> None:
    chances = {site: Random(site) for site in SITES}
    one, other = (document_id(site, "1001") for site in SITES[:2])

    def crawl(store: Store, run: str, site: str, turn: int) -> None:
        ways: tuple[Callable[[], object], ...] = (
            lambda: change(store, run, site, turn),
            lambda: store.mark_gone(site, "1001", later(turn), run),
            lambda: store.mark_checked(site, "1001", later(turn), run),
            lambda: store.relocate(site, "1001", f"https://{site}.example.cn/{turn}/1001.html", "notices", later(turn), run),
            lambda: decide(store, one, other, "same", "the test", later(turn)),
            lambda: cut_out(store, one, "the test", later(turn)),
        )
        (ways[0] if turn == 0 else chances[site].choice(ways))()

    side_by_side(url, tmp_path, 40, crawl)
    with Store.open(url) as store:
        assert judge_all(store) == 0


def at_once(url: str, folder: Path, work: Callable[[Store], T]) -> list[T]:
    """Do the same in four sessions at the same moment, and return what each gave; raise what any of them raises."""
    together = Barrier(len(SITES))

    def do(_: str) -> T:
        with Store.open(url, archive=folder / "archive") as store:
            together.wait(60)
            return work(store)

    with ThreadPoolExecutor(len(SITES)) as pool:
        return list(pool.map(do, SITES))


def test_programs_that_make_a_store_at_the_same_moment_make_one(postgres: str) -> None:
    made, together = database(postgres), Barrier(len(SITES))

    def make(_: str) -> str | None:
        together.wait(60)
        with Store.open(made, create=True) as store:
            return store.revision

    with ThreadPoolExecutor(len(SITES)) as pool:
        assert set(pool.map(make, SITES)) == {revisions()[0]}
    drop(postgres, made)


def test_crawls_that_begin_a_store_at_the_same_moment_get_the_one_key_of_it(url: str, tmp_path: Path) -> None:
    assert len(set(at_once(url, tmp_path, lambda store: store.keyring.fingerprint))) == 1


def test_readers_who_ask_for_a_comparison_at_the_same_moment_all_keep_it(url: str, tmp_path: Path) -> None:
    key = ("a" * 64, "b" * 64, "c" * 64)
    assert at_once(url, tmp_path, lambda store: comparisons.keep(store, key, {"rows": []}, AT)) == [True] * len(SITES)


def test_of_accounts_made_under_a_name_at_the_same_moment_one_is_made_and_the_others_are_refused(url: str, tmp_path: Path) -> None:
    def add(store: Store) -> str:
        try:
            return accounts.add(store, "li", "reader", "a hash", "the test", AT).name
        except accounts.AccountRefused as refused:
            return str(refused)

    made, *refused = sorted(at_once(url, tmp_path, add), key=len)
    assert made == "li"
    assert len(set(refused)) == 1
    assert "There is an account li already" in refused[0]
