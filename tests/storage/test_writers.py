"""Writers of one PostgreSQL take turns: whatever they write at the same time, none is refused because each holds what another wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Barrier, BrokenBarrierError
from typing import TypeVar

import pytest
from sqlalchemy import select

from storage import accounts, comparisons
from storage.engine import revisions
from storage.errors import LockedStore
from storage.identity import document_id
from storage.schema import documents
from storage.store import Store
from storage.tie_decisions import cut_out, decide
from storage.work_judging import judge_all
from tests.storage.conftest import database, drop, postgres_template
from tests.storage.samples import AT, LINES, later, make_derived, put
from tests.storage.test_works import LONG

pytestmark = pytest.mark.postgres
SITES = ("anhui", "jiangsu", "shanghai", "zhejiang")
TITLE = "江口市信用工作安排"
OTHER = tuple(f"{line}{n}" for n, line in enumerate(reversed(LINES)))
T = TypeVar("T")
Crawl = Callable[[Store, str, str, int], object]


@pytest.fixture
def url(postgres: str, templates: dict[str, str]) -> Iterator[str]:
    made = database(postgres, postgres_template(templates, postgres))
    yield made
    drop(postgres, made)


def at_once(live: Callable[[str, Barrier], T]) -> list[T]:
    """Let each site live in a thread of its own, brought to the same moment by a barrier; return what each gave, raise what one raises."""
    together = Barrier(len(SITES), timeout=60)

    def lived(site: str) -> T:
        try:
            return live(site, together)
        except Exception:
            together.abort()  # the others wait for nobody
            raise

    with ThreadPoolExecutor(len(SITES)) as pool:
        ended = [pool.submit(lived, site) for site in SITES]
    for error in sorted(filter(None, (each.exception() for each in ended)), key=lambda error: isinstance(error, BrokenBarrierError)):
        raise error
    return [each.result() for each in ended]


def round_by_round(url: str, folder: Path, rounds: int, crawl: Crawl) -> None:
    """Let each site do its part of each round at the same moment, in a session of its own."""

    def live(site: str, together: Barrier) -> None:
        with Store.open(url, archive=folder / site) as store:
            run = store.begin_run(site, ["notices"], AT)
            for turn in range(rounds):
                together.wait()
                crawl(store, run, site, turn)

    at_once(live)


def in_sessions(url: str, folder: Path, work: Callable[[Store], T]) -> list[T]:
    """Do the same in four sessions at the same moment, and return what each gave."""

    def live(_: str, together: Barrier) -> T:
        with Store.open(url, archive=folder / "archive") as store:
            together.wait()
            return work(store)

    return at_once(live)


def change(store: Store, run: str, site: str, turn: int) -> None:
    """Bring the document of a site as a copy of the others' in one round, as a text of its own in the next."""
    lines = (*OTHER, site) if turn % 2 else (*LONG, f"第{turn}稿")
    put(store, run, "1001", make_derived(TITLE, lines, document_number=""), site=site, at=later(turn))


def versions_of(store: Store) -> dict[str, int]:
    with store.reading() as connection:
        return {row.id: row.version for row in connection.execute(select(documents.c.id, documents.c.version))}


def test_copies_that_all_sites_change_at_the_same_moment_are_all_written(url: str, tmp_path: Path) -> None:
    round_by_round(url, tmp_path, 12, change)
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

    round_by_round(url, tmp_path, 40, crawl)
    with Store.open(url) as store:
        assert judge_all(store) == 0


def test_programs_that_make_a_store_at_the_same_moment_make_one(postgres: str) -> None:
    made = database(postgres)

    def make(_: str, together: Barrier) -> str | None:
        together.wait()
        with Store.open(made, create=True) as store:
            return store.revision

    assert set(at_once(make)) == {revisions()[0]}
    drop(postgres, made)


def test_a_run_that_could_not_begin_in_its_turn_keeps_its_site_from_nobody(url: str) -> None:
    with Store.open(url) as writer, Store.open(url, patience=0.2) as hasty, Store.open(url) as other:
        with writer.writing(), pytest.raises(LockedStore):
            hasty.begin_run("anhui", ["notices"], AT)
        assert other.begin_run("anhui", ["notices"], AT)


def test_crawls_that_begin_a_store_at_the_same_moment_get_the_one_key_of_it(url: str, tmp_path: Path) -> None:
    assert len(set(in_sessions(url, tmp_path, lambda store: store.keyring.fingerprint))) == 1


def test_readers_who_ask_for_a_comparison_at_the_same_moment_all_keep_it(url: str, tmp_path: Path) -> None:
    key = ("a" * 64, "b" * 64, "c" * 64)
    assert in_sessions(url, tmp_path, lambda store: comparisons.keep(store, key, {"rows": []}, AT)) == [True] * len(SITES)


def test_of_accounts_made_under_a_name_at_the_same_moment_one_is_made_and_the_others_are_refused(url: str, tmp_path: Path) -> None:
    def add(store: Store) -> str:
        try:
            return accounts.add(store, "li", "reader", "a hash", "the test", AT).name
        except accounts.AccountRefused as refused:
            return str(refused)

    made, *refused = sorted(in_sessions(url, tmp_path, add), key=len)
    assert made == "li"
    assert len(set(refused)) == 1
    assert "There is an account li already" in refused[0]
