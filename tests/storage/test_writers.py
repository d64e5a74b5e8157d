"""Writers of one PostgreSQL take turns: whatever they write at the same time, none is refused because each holds what another wants."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from threading import Barrier, BrokenBarrierError
from typing import TypeVar

import pytest
from sqlalchemy import select, text, update

from storage import accounts, comparisons, incidents, objections, pauses, proposals, sessions, specimens, takedown
from storage.engine import revisions
from storage.errors import LockedStore, StoreError, UnknownRecord
from storage.identity import document_id
from storage.notice_schema import notices
from storage.proposals import ACCEPTED, PROPOSED, Proposal
from storage.schema import documents
from storage.sessions import MOST_KEYS
from storage.specimens import MOST_BAD, Specimen
from storage.store import Store
from storage.tie_decisions import cut_out, decide
from storage.turns import Turn
from storage.work_judging import judge_all
from tests.storage.conftest import database, drop, postgres_template
from tests.storage.samples import AT, LINES, later, make_derived, put
from tests.storage.takedown_cases import NOW, TODAY, build, crawl, stored_rows
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
            for turn in range(12):
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


def test_who_waited_for_the_turn_reads_what_was_written_before_it_whatever_the_server_says(url: str) -> None:
    with Store.open(url) as store, store.engine.connect() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = 'repeatable read'"))
        connection.commit()
    with Store.open(url) as store, store.writing() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar_one() == "read committed"


def test_crawls_that_begin_a_store_at_the_same_moment_get_the_one_key_of_it(url: str, tmp_path: Path) -> None:
    assert len(set(in_sessions(url, tmp_path, lambda store: store.keyring.fingerprint))) == 1


def test_readers_who_ask_for_a_comparison_at_the_same_moment_all_keep_it(url: str, tmp_path: Path) -> None:
    key = ("a" * 64, "b" * 64, "c" * 64)
    assert in_sessions(url, tmp_path, lambda store: comparisons.keep(store, key, {"rows": []}, AT)) == [True] * len(SITES)


# --- people who decide ---------------------------------------------------------------------------------------------------


def refused(asked: Callable[[], object], error: type[StoreError]) -> bool:
    try:
        asked()
    except error:
        return True
    return False


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


def test_whatever_becomes_of_accounts_at_the_same_moment_keys_stay_as_few_and_an_operator_stays(url: str) -> None:
    with Store.open(url) as store:
        for name in SITES:
            accounts.add(store, name, "operator", "a hash", "the test", AT)

    def live(site: str, together: Barrier) -> None:
        with Store.open(url) as store:
            for turn in range(32):
                at, shared, other = later(turn), SITES[turn % 4], SITES[(turn + 1) % 4]
                together.wait()
                if site != SITES[0]:  # three at a time come to one more than may be
                    refused(lambda: sessions.make_key(store, shared, "a program", "reader", at, None), accounts.AccountRefused)  # noqa: B023
                accounts.set_password(store, other if site in SITES[:2] else shared, "a hash", at)
                sessions.begin(store, shared, "a browser", at, timedelta(seconds=1))
            together.wait()
            refused(lambda: accounts.set_role(store, site, "reader"), accounts.AccountRefused)

    at_once(live)
    with Store.open(url) as store:
        assert [len(sessions.keys_of(store, name)) for name in SITES] == [MOST_KEYS] * 4
        assert accounts.operators(store) == 1


def specimen(store: Store, run: str, *, page: str = "a page") -> int:
    return specimens.keep(
        store,
        Specimen("anhui", "notices", "list", run, "http://x/", AT, False, "no-list", "utf-8", page, sha256(page.encode()).hexdigest()),
    )


def rule(number: int, css: str = "ul") -> Proposal:
    return Proposal("anhui", "notices", "list", {"css": css, "certainty": "real page", "place": "before"}, number, {})


def test_proposals_made_at_the_same_moment_are_each_made_once(url: str, tmp_path: Path) -> None:
    with Store.open(url) as store:
        number = specimen(store, store.begin_run("anhui", ["notices"], AT))
    found = [rule(number), rule(number, "ol")]
    made = in_sessions(url, tmp_path, lambda store: [each.id for each in proposals.propose(store, "anhui", found, AT)])
    assert made == [made[0]] * len(SITES)
    assert len(made[0]) == 2


def test_a_proposal_that_is_accepted_while_it_is_found_again_stays_accepted_and_is_not_proposed(url: str) -> None:
    with Store.open(url) as store:
        number = specimen(store, store.begin_run("anhui", ["notices"], AT))
    asked: list[list[Proposal]] = []

    def live(site: str, together: Barrier) -> int:
        accepted = 0
        with Store.open(url) as store:
            for turn in range(12):
                found = [rule(number, f"ul.n{turn}")]
                if site == SITES[0]:
                    asked.append(proposals.propose(store, "anhui", found, AT))
                together.wait()
                if site == SITES[0]:
                    accepted += not refused(lambda: proposals.decide(store, asked[-1], ACCEPTED, "Li", AT), UnknownRecord)
                else:
                    proposals.propose(store, "anhui", found if site == SITES[1] else [], AT)
                together.wait()
        return accepted

    accepted = sum(at_once(live))
    with Store.open(url) as store:
        rules = {state: {each.rule["css"] for each in proposals.listed(store, "anhui", (state,))} for state in (PROPOSED, ACCEPTED)}
    assert len(rules[ACCEPTED]) == accepted
    assert not rules[ACCEPTED] & rules[PROPOSED]


def test_a_proposal_whose_page_gave_way_to_newer_ones_is_left_to_the_next_look(url: str) -> None:
    with Store.open(url) as store:
        run = store.begin_run("anhui", ["notices"], AT)
        number = specimen(store, run)
        newer = [specimen(store, run, page=f"page {n}") for n in range(MOST_BAD)]
        made = proposals.propose(store, "anhui", [rule(number), rule(newer[-1], "ol")], AT)
        assert [each.specimen for each in made] == [newer[-1]]


def test_an_objection_decided_by_several_at_the_same_moment_is_decided_by_one(url: str, tmp_path: Path) -> None:
    with Store.open(url, archive=tmp_path / "archive") as store:
        cases = build(store)
        asked = {name: objections.take_in(store, cases[name].id, "", "一", NOW, (TODAY, TODAY)) for name in ("gone", "repaired", "kept")}

    def live(site: str, together: Barrier) -> list[str]:
        decision, settled = ("upheld" if site in SITES[:2] else "rejected"), []
        with Store.open(url, archive=tmp_path / "archive") as store:
            for name, number in asked.items():
                together.wait()
                if not refused(lambda: objections.decide(store, number, decision, "", site, NOW), StoreError):  # noqa: B023
                    settled.append((name, decision))
        return settled

    decided = [each for some in at_once(live) for each in some]
    assert sorted(name for name, _ in decided) == sorted(asked)
    with Store.open(url) as store:
        shown = {row["id"]: row["objection_marked_at"] for row in stored_rows(store)}
        assert {row["id"]: row["decision"] for row in objections.listed(store)} == {asked[name]: each for name, each in decided}
    assert {name for name in asked if cases[name].id in shown} == {name for name, decision in decided if decision == "rejected"}
    assert not any(shown[cases[name].id] for name, decision in decided if decision == "rejected")


def test_a_job_that_is_paused_by_several_at_the_same_moment_has_one_pause_and_a_cause_one_snooze(url: str, tmp_path: Path) -> None:
    def rest(store: Store) -> None:
        pauses.pause(store, "anhui", "works", "Li", AT)
        incidents.snooze(store, "anhui", "timeout", reason="works", by="Li", since=AT, until=later(60))

    in_sessions(url, tmp_path, rest)
    with Store.open(url) as store:
        assert [each.holds(later(1)) for each in pauses.listed(store)].count(True) == 1
        assert len(incidents.snoozed(store, later(1))) == 1
        pauses.pause(store, "jiangsu", "by a clock that is ahead", "Li", later(9))
        pauses.pause(store, "jiangsu", "works", "Li", later(8))
        assert [each.reason for each in pauses.listed(store) if each.job == "jiangsu" and each.holds(later(10))] == ["works"]


def test_a_take_down_that_waited_for_a_crawl_leaves_what_the_crawl_saw_again(url: str, tmp_path: Path) -> None:
    with Store.open(url, archive=tmp_path / "archive") as store, Store.open(url, archive=tmp_path / "archive") as other:
        cases = build(store)
        rest = [case for case in cases.values() if case.reason not in ("gone", "withdrawn")]
        for days in (1, 0):
            crawl(store, rest, NOW - timedelta(days=days, hours=1))
        with ThreadPoolExecutor(1) as pool:
            with store.writing() as connection:
                report = pool.submit(takedown.run, other, TODAY, at=NOW)
                until_one_waits(store, report)
                found = update(notices).where(notices.c.id == cases["gone"].id)
                connection.execute(found.values(missing_since=None, missing_last=None))
            assert dict(report.result(60).taken) == {"gone": 1}
        shown: set[object] = {row["id"] for row in stored_rows(store)}
        assert [name for name, case in cases.items() if case.id not in shown] == ["withdrawn"]


def until_one_waits(store: Store, other: Future[object]) -> None:
    """Wait until somebody waits for the turn to write records."""
    asked = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = :turn")
    until = time.monotonic() + 60
    while time.monotonic() < until and not other.done():
        with store.reading() as connection:
            if connection.execute(asked, {"turn": Turn.RECORDS.value}).scalar_one():
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits for the turn")
