"""Entity tags: an answer that changed has another tag, one that did not is not made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from normalizers.notices.records import Notice, NoticeKind, Severity, Term
from storage import audit, decisions, notice_queries, objections, queries, tie_decisions
from storage.records import DecisionRow
from storage.store import Store
from tests.storage.conftest import kind, postgres, store, templates, url  # noqa: F401 -- empty stores of both databases
from tests.storage.notice_samples import FIRM, OTHER, ingest, make_given, make_notice
from tests.storage.samples import AGENCIES, LINES, make_derived, put
from tests.web.asking_api import API
from tests.web.conftest import client_of

NOW = datetime(2026, 5, 6, 1, 2, 3, tzinfo=UTC)
ASKED = (
    "/tasks", "/tasks?as_of=2026-05-05", "/documents", "/agencies", "/notices", "/changes", "/works", "/search?words=信用", "/sites",
    "/runs", "/snapshot",
)  # fmt: skip
Write = Callable[[Store, int], None]


def crawl(store: Store, n: int) -> None:  # noqa: F811
    """Bring a document that nobody had."""
    at = NOW + timedelta(minutes=n)
    run = store.begin_run("jiangkou", ["notices"], at, region="310000")
    put(store, run, f"doc{n}", make_derived(f"江口市2026年第{n}号工作安排", document_number=f"江信办〔2026〕{n}号"), at=at)
    store.end_run(run, "complete", "", {}, at)


def edit(store: Store, n: int) -> None:  # noqa: F811
    """Let a document say something else."""
    at = NOW + timedelta(minutes=n)
    run = store.begin_run("jiangkou", ["notices"], at)
    put(store, run, "first", make_derived(lines=(*LINES[:2], f"每周公布第{n}次通报")), at=at)


def check(store: Store, n: int) -> None:  # noqa: F811
    """Look at a document that did not change: only its clock moves."""
    store.mark_checked("jiangkou", "first", NOW + timedelta(minutes=n))


def lose(store: Store, n: int) -> None:  # noqa: F811
    """Find that a document is gone."""
    store.mark_gone("jiangkou", "second", NOW + timedelta(minutes=n))


def decide(store: Store, n: int) -> None:  # noqa: F811
    """Settle a mention, and that two documents are one text or not."""
    decisions.decide(store, [DecisionRow("某某中心", "", "agency", f"江口市第{n}中心", "a0007")], "wang", NOW + timedelta(minutes=n))
    one, other = sorted(row["id"] for row in queries.documents(store))[:2]
    tie_decisions.decide(store, one, other, "same" if n % 2 else "none", "wang", NOW + timedelta(minutes=n))


def record(store: Store, n: int) -> None:  # noqa: F811
    """Bring a public record."""
    ingest(store, make_given(f"r{n}", penalty(n, 300), at=NOW), today=NOW.date())


def bury(store: Store, n: int) -> None:  # noqa: F811
    """Take a record down for good, after an objection to it was upheld."""
    shown = notice_queries.notices(store, today=NOW.date())
    if shown:
        days = (NOW.date(), NOW.date() + timedelta(days=7))
        number = objections.take_in(store, shown[0]["id"], "mail", "不是我", NOW, days)
        objections.decide(store, number, "upheld", "", "wang", NOW + timedelta(minutes=n))


WRITES: tuple[Write, ...] = (crawl, edit, check, lose, decide, record, bury)


def penalty(n: int, days: int) -> Notice:
    """Return a penalty of a firm that may be shown for so many days."""
    term = Term(NOW.date() + timedelta(days=days), "computed", "order-36-general", NOW.date(), NOW.date(), Severity.GENERAL)
    subject = (FIRM, OTHER)[n % 2]
    return make_notice(
        NoticeKind.PENALTY, subject, number=f"江市监处罚〔2026〕{n}号", decided_on=NOW.date(), published_on=NOW.date(), term=term
    )


@contextmanager
def filled(folder: Path) -> Iterator[tuple[Store, TestClient]]:
    """Give a small store and a client of its room."""
    with Store.open(f"sqlite:///{folder}/store.sqlite", create=True, archive=folder / "archive") as made:
        fill(made)
        with client_of(made) as client:
            yield made, client


def fill(made: Store) -> None:
    """Put two documents and a record into a store."""
    made.load_agencies(AGENCIES)
    run = made.begin_run("jiangkou", ["notices"], NOW, region="310000")
    put(made, run, "first", make_derived(), at=NOW)
    put(made, run, "second", make_derived("江口市信用修复办法", LINES[1:], document_number="江信办〔2025〕9号"), at=NOW)
    made.end_run(run, "complete", "", {}, NOW)
    ingest(made, make_given("r0", penalty(0, 300), at=NOW), today=NOW.date())


def answers(client: TestClient) -> dict[str, tuple[str, bytes]]:
    """Return tag and content of every address."""
    found = {}
    for address in ASKED:
        answer = client.get(f"{API}{address}", headers={"Accept-Encoding": "identity"})
        assert answer.status_code == 200, (address, answer.text)
        found[address] = (answer.headers["etag"], answer.content)
    return found


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.sampled_from(WRITES), min_size=1, max_size=4))
def test_the_tag_changes_whenever_the_answer_does_property(tmp_path_factory: pytest.TempPathFactory, writes: list[Write]) -> None:
    with time_machine.travel(NOW, tick=True), filled(tmp_path_factory.mktemp("tags")) as (made, client):
        before = answers(client)
        for n, write in enumerate(writes, 1):
            write(made, n)
            after = answers(client)
            for address, (tag, content) in after.items():
                assert content == before[address][1] or tag != before[address][0], (address, write)
                again = client.get(f"{API}{address}", headers={"If-None-Match": before[address][0]})
                assert again.status_code == (304 if tag == before[address][0] else 200), (address, write)
                assert client.get(f"{API}{address}", headers={"If-None-Match": tag}).status_code == 304
            before = after


def test_each_kind_of_write_is_seen_by_the_tag_on_both_databases(store: Store) -> None:  # noqa: F811
    with time_machine.travel(NOW, tick=True), client_of(store) as client:
        fill(store)
        before = answers(client)
        for n, write in enumerate(WRITES, 1):
            write(store, n)
            after = answers(client)
            changed = {address for address in ASKED if after[address][1] != before[address][1]}
            assert changed, write
            assert all(after[address][0] != before[address][0] for address in changed), write
            before = after


def test_at_midnight_in_shanghai_a_record_whose_term_is_over_is_gone_and_its_tag_with_it(tmp_path: Path) -> None:
    with time_machine.travel(NOW, tick=True) as clock, filled(tmp_path) as (made, client):
        ingest(made, make_given("last", penalty(1, 2), at=NOW), today=NOW.date())
        last = datetime(2026, 5, 8, 15, 59, 50, tzinfo=UTC)
        clock.move_to(last)
        shown = client.get(f"{API}/notices")
        assert len(shown.json()["rows"]) == 2
        assert client.get(f"{API}/notices", headers={"If-None-Match": shown.headers["etag"]}).status_code == 304
        clock.move_to(last + timedelta(seconds=11))
        later = client.get(f"{API}/notices", headers={"If-None-Match": shown.headers["etag"]})
        assert later.status_code == 200
        assert len(later.json()["rows"]) == 1


def test_what_is_still_so_is_told_without_being_read_and_without_an_entry_in_the_log(tmp_path: Path) -> None:
    with filled(tmp_path) as (made, client):
        tag = client.get(f"{API}/notices").headers["etag"]
        logged = len(audit.entries(made))
        statements: list[str] = []
        event.listen(made.engine, "before_cursor_execute", lambda *found: statements.append(found[2]))
        answer = client.get(f"{API}/notices", headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
        assert [" ".join(one.split())[:60] for one in statements if one != "BEGIN"] == [
            "SELECT store_state.writes, store_state.written_at FROM store"
        ]
        assert len(audit.entries(made)) == logged
        client.get(f"{API}/notices")
        assert len(audit.entries(made)) == logged + 1, "and what is shown is logged"
        assert client.get(f"{API}/notices", headers={"If-None-Match": tag}).status_code == 304, "the log changes no answer"


@pytest.mark.parametrize("address", ["/documents", "/tasks", "/agencies", "/works"])
def test_an_answer_shows_the_store_of_its_tag_whatever_is_written_while_it_is_read(tmp_path: Path, address: str) -> None:
    with filled(tmp_path) as (made, client), Store.open(made.url, archive=tmp_path / "archive") as other:
        before = client.get(f"{API}{address}")
        written: list[str] = []

        def write_first(*found: object) -> None:
            if found[2] != "BEGIN" and "store_state" not in str(found[2]) and not written:
                written.append(str(found[2]))
                crawl(other, 7)

        event.listen(made.engine, "before_cursor_execute", write_first)
        meanwhile, later = client.get(f"{API}{address}"), client.get(f"{API}{address}")
        assert written, "something was written between the tag and the rows"
        assert (meanwhile.headers["etag"], meanwhile.content) == (before.headers["etag"], before.content)
        assert later.headers["etag"] != before.headers["etag"]
        assert later.content != before.content


def test_tags_are_compared_as_the_rfc_has_it(tmp_path: Path) -> None:
    with filled(tmp_path) as (_, client):
        plain = client.get(f"{API}/tasks", headers={"Accept-Encoding": "identity"})
        packed = client.get(f"{API}/tasks", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.json() == plain.json()
        assert packed.headers["etag"] != plain.headers["etag"], "other bytes, another strong tag"
        assert not plain.headers["etag"].startswith("W/")
        for tag in (plain.headers["etag"], packed.headers["etag"], f'"x", {plain.headers["etag"]}', f"W/{packed.headers['etag']}", "*"):
            assert client.get(f"{API}/tasks", headers={"If-None-Match": tag}).status_code == 304, tag
        for tag in ('"x"', "", plain.headers["etag"].strip('"')):
            assert client.get(f"{API}/tasks", headers={"If-None-Match": tag}).status_code == 200, tag
        other = client.get(f"{API}/tasks?limit=1", headers={"If-None-Match": plain.headers["etag"]})
        assert other.status_code == 200, "a tag belongs to its question"
        head = client.head(f"{API}/tasks")
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", packed.headers["etag"])
        assert "no-store" in client.get(f"{API}/notices").headers["cache-control"]
        assert plain.headers["last-modified"]
        assert "last-modified" not in client.get(f"{API}/notices").headers, "a term that ends moves no clock"


def test_a_moment_that_is_told_by_words_is_another_question_on_another_day(tmp_path: Path) -> None:
    with time_machine.travel(NOW, tick=True) as clock, filled(tmp_path) as (_, client):
        tag = client.get(f"{API}/tasks?known_at=yesterday").headers["etag"]
        assert client.get(f"{API}/tasks?known_at=yesterday", headers={"If-None-Match": tag}).status_code == 304
        clock.move_to(NOW + timedelta(days=1))
        assert client.get(f"{API}/tasks?known_at=yesterday", headers={"If-None-Match": tag}).status_code == 200
        assert date.today() == NOW.date() + timedelta(days=1)
