"""The queue's tables, and due runs handed to it: one job for each row, whatever is lost between the two."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import text, update

from harvester.scheduling import handing, queue
from storage import due_runs
from storage.errors import MissingStore, NewerStore, OldStore, StoreError
from storage.operations_schema import due_runs as table
from storage.store import Store
from tests.cluster.members import wait_for
from tests.cluster.server import Server

pytestmark = pytest.mark.postgres
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def jobs(store: Store) -> list[tuple[int, str, int]]:
    """Return the jobs of the queue: the row each names, its lock, its priority."""
    with store.reading() as connection:
        found = connection.execute(text("SELECT args, lock, priority FROM queue.procrastinate_jobs ORDER BY id"))
        return [(row.args["id"], row.lock, row.priority) for row in found]


def asked(store: Store, *sites: str) -> list[int]:
    return [due_runs.ask(store, site, "crawl", datetime.now(UTC), "somebody", {}).id for site in sites]


# --- the tables --------------------------------------------------------------------------------------------------------------


def test_the_tables_stand_in_a_schema_of_their_own_and_are_made_once_by_workers_that_start_together(server: Server) -> None:
    url = server.database("together")
    with Store.open(url, create=True) as store:
        with pytest.raises(MissingStore, match="db upgrade"):
            queue.check(store)
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(lambda _: queue.upgrade(store), range(8))) == {queue.newest()}
        queue.check(store)
        with store.reading() as connection:
            found = connection.execute(text("SELECT schemaname, count(*) FROM pg_tables WHERE tablename LIKE 'procrastinate%' GROUP BY 1"))
            assert [tuple(row) for row in found] == [("queue", 4)]


def test_older_tables_are_brought_to_this_version_step_by_step_and_newer_ones_are_refused(server: Server) -> None:
    url, steps = server.database("older"), queue.migrations()
    with Store.open(url, create=True) as store:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE SCHEMA queue")
            connection.execute("SET search_path = queue")
            for _, path in steps[:-4]:
                connection.execute(path.read_bytes())
            connection.execute(f"COMMENT ON SCHEMA queue IS 'procrastinate {steps[-5][0]}'".encode())
        with pytest.raises(OldStore, match="db upgrade"):
            queue.check(store)
        assert queue.upgrade(store) == steps[-1][0]
        queue.check(store)
        with store.writing(told=False) as found:
            found.execute(text("COMMENT ON SCHEMA queue IS 'procrastinate 99.00.00_01_later'"))
        for call in (queue.check, queue.upgrade):
            with pytest.raises(NewerStore, match="newer program"):
                call(store)


def test_a_role_that_may_not_make_the_tables_is_told_who_may(server: Server) -> None:
    url = server.database("rights")
    Store.open(url, create=True).close()
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN")
        connection.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guest")
        connection.execute("GRANT TEMPORARY ON DATABASE rights TO guest")
    with Store.open(url.replace("postgres@", "guest@")) as store, pytest.raises(StoreError, match="owner run `harvester db upgrade`"):
        queue.upgrade(store)


# --- rows and jobs -------------------------------------------------------------------------------------------------------------


def test_each_row_that_is_due_gets_one_job_however_often_and_by_how_many_it_is_handed_out(url: str) -> None:
    with Store.open(url) as store:
        ids = asked(store, "anhui", "zhejiang")
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(lambda _: handing.hand_out(store, LATER), range(4))) == 2
        assert {(row, lock) for row, lock, _ in jobs(store)} == {(ids[0], "crawl anhui"), (ids[1], "crawl zhejiang")}
        assert {row.state for row in due_runs.listed(store)} == {"queued"}


def test_what_a_person_asked_for_goes_before_chores_and_these_before_the_schedule(url: str) -> None:
    with Store.open(url) as store:
        with store.writing(told=False) as connection:
            due_runs.write(connection, [due_runs.row("anhui", "crawl", LATER), due_runs.row("verify", "chore", LATER)])
        asked(store, "zhejiang")
        handing.hand_out(store, LATER)
        found = sorted(jobs(store), key=lambda job: -job[2])
        assert [lock for _, lock, _ in found] == ["crawl zhejiang", "chore verify", "crawl anhui"]


def test_a_row_whose_job_was_lost_gets_another_and_one_that_has_its_job_does_not(url: str) -> None:
    with Store.open(url) as store:
        kept, lost = asked(store, "anhui", "zhejiang")
        handing.hand_out(store, LATER)
        with store.writing(told=False) as connection:
            queue.seen(connection).execute("DELETE FROM procrastinate_jobs WHERE lock = 'crawl zhejiang'")
        assert handing.without_job(store, handing.queued(store) - {row for row, _, _ in jobs(store)}) == 1
        assert {row.id: row.state for row in due_runs.listed(store)} == {kept: "queued", lost: "due"}
        assert handing.hand_out(store, LATER) == 1
        assert sorted(row for row, _, _ in jobs(store)) == [kept, lost]


def test_a_row_that_is_due_while_its_job_waits_already_gets_no_second_job(url: str) -> None:
    with Store.open(url) as store:
        asked(store, "anhui")
        handing.hand_out(store, LATER)
        with store.writing(told=False) as connection:
            connection.execute(update(table).values(state="due"))
        handing.hand_out(store, LATER)
        assert len(jobs(store)) == 1
        assert due_runs.listed(store)[0].state == "queued"


def test_only_one_worker_hands_out_at_a_moment_and_the_next_may_when_it_is_done(url: str) -> None:
    with Store.open(url) as one, Store.open(url) as other:
        with queue.alone(one) as mine, queue.alone(other) as others:
            assert (mine, others) == (True, False)
        with queue.alone(other) as mine:
            assert mine


def test_a_worker_is_alive_as_long_as_it_has_a_session_and_again_after_the_database_restarted(url: str, server: Server) -> None:
    with Store.open(url) as here:
        life = queue.Life(here, "host1.1.abc")
        life.show()
        life.show()
        with Store.open(url) as there:
            assert queue.is_alive(there, "host1.1.abc")
            assert not queue.is_alive(there, "host1.1.abd")
        server.restart()
        with Store.open(url) as there:
            assert not queue.is_alive(there, "host1.1.abc")
            life.show()
            assert queue.is_alive(there, "host1.1.abc")
            life.end()
            assert wait_for(lambda: not queue.is_alive(there, "host1.1.abc"), 5)
