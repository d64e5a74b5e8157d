"""Pages while rows arrive: no row twice, none of those that were there missed, on both databases."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from normalizers.notices.records import Severity, Subject, Term
from storage import notice_queries, queries
from storage.store import Store
from tests.storage.conftest import ROOT, kind, postgres, store, templates, url  # noqa: F401 -- empty stores of both databases
from tests.storage.notice_samples import FIRM, ingest, make_given, make_notice
from tests.storage.samples import AT, LINES, make_derived, put
from tests.web.asking_api import API, everything
from tests.web.conftest import client_of

THERE, COMING = 10, 18
WRITER = """
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from storage.store import Store
from tests.storage.notice_samples import OTHER
from tests.storage.samples import AT, LINES, make_derived, put
from tests.web.test_api_paging import put_record
with Store.open(sys.argv[1], archive=Path(sys.argv[2])) as store:
    run = store.begin_run("jiangkou", ["notices"], AT)
    print("ready", flush=True)
    for n in range(int(sys.argv[3])):
        sys.stdin.readline()
        derived = make_derived(f"江口市第{n}份新到的安排", LINES[: 1 + n % 4], document_number=f"江新〔2026〕{n}号",
            published_on=date(2024, 3, 1) + timedelta(days=n * 5 % 40))
        put(store, run, f"new{n}", derived, at=AT + timedelta(minutes=n))
        put_record(store, f"new{n}", n, OTHER)
        print("written", flush=True)
"""


def fill(store: Store) -> None:  # noqa: F811
    """Put documents of many days into a store, several on some days, and records."""
    run = store.begin_run("jiangkou", ["notices"], AT, region="310000")
    for n in range(THERE):
        derived = make_derived(
            f"江口市第{n}份安排",
            LINES[: 1 + n % 4],
            document_number=f"江信〔2024〕{n}号",
            published_on=date(2024, 3, 1) + timedelta(days=n * 3 % 20),
        )
        put(store, run, f"old{n}", derived)
    for n in range(THERE):
        put_record(store, f"old{n}", n)
    store.end_run(run, "complete", "", {}, AT)


def put_record(store: Store, key: str, n: int, subject: Subject = FIRM) -> None:  # noqa: F811
    """Put a record into a store that may be shown for some years yet."""
    today = datetime.now(UTC).date()
    decided = today - timedelta(days=100 + n % 5)
    term = Term(decided + timedelta(days=1095), "computed", "order-36-general", decided, decided, Severity.GENERAL)
    given = make_given(key, make_notice(subject=subject, number=f"江许{key}号", decided_on=decided, published_on=decided, term=term))
    ingest(store, given, today=today)


class Writer:
    """A process that writes one document and one record each time it is told to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process, self.left = process, COMING
        assert self._read() == "ready"

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def go_on(self) -> None:
        """Let it write once more, if anything is left, and wait until it has."""
        if self.left:
            assert self._process.stdin is not None
            self._process.stdin.write("\n")
            self._process.stdin.flush()
            assert self._read() == "written"
            self.left -= 1


@contextmanager
def writing(store: Store) -> Iterator[Writer]:  # noqa: F811
    """Give a process that writes to the same store."""
    arguments = (store.url.render_as_string(hide_password=False), str(store.archive.folder), str(COMING))
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    try:
        yield Writer(process)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()


def paged(client: TestClient, address: str, writer: Writer) -> list[str]:
    """Return the identifiers of all pages of a list; between two pages something is written."""
    found, following = [], f"{API}{address}"
    while following:
        body = client.get(following).json()
        found += [row["id"] for row in body["rows"]]
        following = body["next"]
        if following:
            writer.go_on()
    return found


def test_rows_that_arrive_while_a_list_is_read_neither_repeat_nor_hide_others(store: Store) -> None:  # noqa: F811
    fill(store)
    there = {
        "/tasks?limit=7": {row["id"] for row in queries.tasks(store)},
        "/tasks?limit=9&order=due": {row["id"] for row in queries.tasks(store)},
        "/documents?limit=4": {row["id"] for row in queries.documents(store)},
        "/notices?limit=4": {row["id"] for row in notice_queries.notices(store, today=datetime.now(UTC).date())},
    }
    with client_of(store) as client, writing(store) as writer:
        for address, old in there.items():
            left = writer.left
            found = paged(client, address, writer)
            assert len(found) == len(set(found)), address
            assert old <= set(found), (address, old - set(found))
            assert writer.left < left, "something arrived meanwhile"
        read_on(client, writer)
        assert writer.left == 0


def read_on(client: TestClient, writer: Writer) -> None:
    """Read the feed by its numbers while it grows, and hold that to the whole of it."""
    cursor, seen = 0, []
    while True:
        body = client.get(f"{API}/changes?all=true&limit=25&since={cursor}").json()
        seen += [row["seq"] for row in body["rows"]]
        assert body["seq"] >= cursor
        cursor = body["seq"]
        if not body["rows"] and not writer.left:
            break
        writer.go_on()
    whole = everything(client, "/changes?all=true&limit=500&since=0")
    assert seen == [row["seq"] for row in whole]
    assert seen == sorted(set(seen))


def test_a_cursor_belongs_to_its_question(shared_client: TestClient) -> None:
    first = shared_client.get(f"{API}/tasks?limit=2").json()["next"]
    cursor = re.search(r"after=([^&]+)", first)
    assert cursor
    assert shared_client.get(first).status_code == 200
    assert shared_client.get(f"{API}/tasks?limit=7&after={cursor[1]}").status_code == 200, "how many rows are asked for is no part of it"
    given = cursor[1]
    for address in (
        f"/tasks?role=lead&after={given}",
        f"/documents?after={given}",
        f"/tasks?order=due&after={given}",
        f"/tasks?as_of=2026-01-01&after={given}",
        "/tasks?after=AAAA",
        f"/tasks?after={given[:-3]}",
        f"/tasks?after=x{given}",
    ):
        answer = shared_client.get(f"{API}{address}")
        assert (answer.status_code, answer.json()["id"]) == (400, "wrong-cursor"), address
    assert "leave `after` out" in shared_client.get(f"{API}/tasks?after=AAAA").json()["next"].lower()


def test_a_number_that_cannot_be_gone_on_from_is_told_with_where_to_begin_again(store: Store) -> None:  # noqa: F811
    from storage import horizon

    fill(store)
    with client_of(store) as client:
        beyond = client.get(f"{API}/changes?since=99999")
        assert (beyond.status_code, beyond.json()["id"]) == (400, "unknown-cursor")
        horizon.prune(store, AT + timedelta(days=1))
        stale = client.get(f"{API}/changes?since=1")
        assert (stale.status_code, stale.json()["id"]) == (410, "stale-cursor")
        assert stale.json()["horizon"] >= 1
        assert "/api/v1/snapshot" in stale.json()["next"]
        seq = client.get(f"{API}/snapshot").text.partition("\n")[0]
        assert f'"seq": {stale.json()["latest"]}' in seq
        assert client.get(f"{API}/changes?since={stale.json()['latest']}").status_code == 200


@pytest.mark.parametrize(("path", "size"), [("/tasks", 40), ("/documents", 15), ("/agencies", 10), ("/notices", 1), ("/works", 10)])
def test_the_pages_of_a_list_are_the_whole_list_in_its_order(shared_client: TestClient, path: str, size: int) -> None:
    whole = shared_client.get(f"{API}{path}?limit=500").json()
    assert len(whole["rows"]) > size
    assert everything(shared_client, f"{path}?limit={size}") == whole["rows"]
    assert whole["next"] is None
    assert whole["total"] in (None, len(whole["rows"]))
