"""Documents written together: every row is what it would be, had they been held against all others one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import IntegrityError

from normalizers.records import Derived, Reference, Relation, Span
from storage import line_writing, lone_documents
from storage.change_schema import changes
from storage.records import Effect, FailureRow, Incoming
from storage.schema import documents, metadata
from storage.store import Store
from storage.together import ingest_together
from tests.storage.conftest import database, drop, postgres_template, sqlite_template
from tests.storage.samples import AT, LINES, later, make_capture, make_derived, make_publication, put

_COUNTS = {"store_state"}
"""How often was written is what differs."""


def derived(n: int, **more: Any) -> Derived:
    """Return a reading that shares no key with that of another number."""
    own = chr(0x4E00 + 97 * n) + chr(0x5000 + 89 * n)
    words = tuple(f"{line}（其{own}）" for line in LINES)
    told = {"document_number": f"江信办〔2024〕{n + 10}号", "signature": tuple(range(64 * n, 64 * n + 64))}
    return make_derived(f"江口市{own}工作安排", words, **(told | more))


def incoming(key: str, reading: Derived, *, days: float = 0, **more: Any) -> Incoming:
    publication = make_publication(key, **more)
    capture = make_capture(publication.url, f"{key} {days}".encode(), at=later(days), site=publication.site, kind=publication.kind)
    return Incoming(capture, publication, reading, etag=f'"{key}"')


def lots() -> Iterator[list[Incoming]]:
    """Yield what comes in one transaction each: lone documents, and all that keeps one from being such."""
    annex: dict[str, Any] = {"kind": "attachment"}
    yield [incoming("1", derived(1)), incoming("2", derived(2)), incoming("3", derived(1), site="linkou"), incoming("4", derived(4))]
    yield [
        incoming("6", derived(6), parent_key="5", **annex),
        incoming("5", derived(5)),
        incoming("7", derived(7), parent_key="5", **annex),
    ]
    yield [incoming("2", derived(8), days=1), incoming("8", derived(8)), incoming("9", derived(9)), incoming("9", derived(10), days=2)]
    one = incoming("11", derived(11))
    yield [one, replace(incoming("12", derived(12)), capture=one.capture), incoming("13", derived(1))]
    yield [incoming("14", derived(14)), incoming("15", derived(2)), incoming("16", derived(16))]
    cited = Reference(derived(14).metadata.title, "江信办〔2024〕24号", Relation.BASIS, Span(0, 4))
    division = replace(derived(17), metadata=replace(derived(17).metadata, title="任务分工表\ud800\0", references=(cited,), issuers=()))
    empty = replace(derived(18), document=replace(derived(18).document, text="。", raw_text="。"), tasks=(), signature=())
    yield [incoming("17", division), incoming("18", empty, title="甲\0乙"), incoming("19", replace(empty, content_hash="0" * 64))]


def fill(store: Store) -> list[Effect]:
    run = store.begin_run("jiangkou", ["notices"], AT, region="310000")
    found: list[Effect] = []
    for n, some in enumerate(lots()):
        found += ingest_together(store, run, some)
        if n == 3:
            # Its text comes in again elsewhere: it moved. And one was archived that could not be read.
            store.mark_gone("jiangkou", "2", later(5), run)
            unread = incoming("16", derived(16))
            failure = FailureRow("jiangkou", "notices", "article", unread.publication.url, "16", "unreadable", "no text", AT)
            store.record_unread(run, failure, unread.capture, unread.publication, "1")
    return found


def everything(store: Store) -> dict[str, list[str]]:
    """Return all rows of all tables; runs have names of their own."""
    with store.reading() as connection:
        run = connection.execute(text("SELECT id FROM runs")).scalar_one()
        tables = [table for table in metadata.sorted_tables if table.name not in _COUNTS]
        return {table.name: sorted(repr(tuple(row)).replace(run, "RUN") for row in connection.execute(select(table))) for table in tables}


@pytest.fixture
def other(kind: str, request: pytest.FixtureRequest, tmp_path: Path, templates: dict[str, str]) -> Iterator[Store]:
    """Give one more store."""
    server = request.getfixturevalue("postgres") if kind == "postgres" else ""
    place = tmp_path / "other.sqlite"
    if not server:
        place.write_bytes(sqlite_template(templates).read_bytes())
    made = database(server, postgres_template(templates, server)) if server else f"sqlite:///{place}"
    with Store.open(made) as opened:
        yield opened
    if server:
        drop(server, made)


def test_documents_written_together_have_the_rows_of_such_as_are_held_against_all_others(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    effects = fill(store)
    monkeypatch.setattr(lone_documents, "find", lambda connection, some: {})
    assert fill(other) == effects
    found, wanted = everything(store), everything(other)
    assert {name: rows for name, rows in found.items() if rows != wanted[name]} == {}


def lone(store: Store, *some: Incoming) -> list[int]:
    with store.writing() as connection:
        return sorted(lone_documents.find(connection, some))


def test_what_shares_a_text_a_title_an_article_or_an_identifier_is_not_alone(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    assert lone(store, *(incoming(str(n), derived(n)) for n in range(4))) == [0, 1, 2, 3]
    assert lone(store, incoming("1", derived(1)), incoming("2", derived(1)), incoming("3", derived(3))) == [0, 2]
    assert lone(store, incoming("1", derived(1)), incoming("1", derived(2))) == [0]
    assert lone(store, incoming("1", derived(1), parent_key="2", kind="attachment"), incoming("2", derived(2))) == [0]
    titled = replace(derived(2), metadata=replace(derived(2).metadata, title=derived(1).metadata.title))
    assert lone(store, incoming("1", derived(1)), incoming("2", derived(2, signature=derived(1).signature))) == [0]
    assert lone(store, incoming("1", derived(1)), incoming("2", titled), incoming("3", derived(3))) == [0, 2]
    put(store, run, "1", derived(1))
    assert lone(store, incoming("2", derived(2, signature=derived(1).signature)), incoming("2", titled)) == []
    assert lone(store, incoming("1", derived(7)), incoming("2", derived(1)), incoming("3", derived(3))) == [2]
    assert lone(store, incoming("1", derived(7), days=1), incoming("4", derived(7))) == []
    assert lone(store, incoming("5", derived(5), parent_key="1", kind="attachment"), incoming("6", derived(6))) == [1]


def test_a_document_that_cannot_be_stored_keeps_all_of_its_transaction_out(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    some = [incoming(str(n), derived(n)) for n in range(3)]
    bad = replace(some[2], derived=replace(some[2].derived, content_hash="none"))
    with pytest.raises(IntegrityError):
        ingest_together(store, run, [some[0], some[1], bad])
    assert ingest_together(store, run, some[:2]) == [Effect.NEW, Effect.NEW]
    with store.reading() as connection:
        assert connection.execute(select(documents.c.key).order_by(documents.c.key)).scalars().all() == ["0", "1"]


def test_the_feed_tells_documents_written_together_in_their_order(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    some = [incoming(str(n), derived(n)) for n in (3, 1, 2)]
    ingest_together(store, run, some)
    c = changes.c
    query = select(documents.c.key).join(changes, c.document_id == documents.c.id).where(c.entity == "document").order_by(c.seq)
    with store.reading() as connection:
        assert connection.execute(query).scalars().all() == ["3", "1", "2"]


def test_the_ends_of_a_documents_deadlines_are_looked_up_among_its_own_tasks_whatever_the_statistics_say(store: Store) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL weighs what a look under every day would cost")
    put(store, store.begin_run("jiangkou", ["notices"], AT), "1", derived(1))
    with store.writing() as connection:
        connection.execute(text("ANALYZE"))
        connection.execute(text("DELETE FROM sqlite_stat1 WHERE tbl = 'task_lines'"))
        stat = "INSERT INTO sqlite_stat1 VALUES ('task_lines', 'ix_task_lines_deadline_end_place', '500000 4000 1')"
        connection.execute(text(stat))
    store.engine.dispose()
    question = text(f"EXPLAIN QUERY PLAN {line_writing._statement('sqlite', line_writing._DOCUMENT_LINES).text}")
    with store.reading() as connection:
        found = connection.execute(question.bindparams(bindparam("documents", expanding=True)), {"documents": ["d1"]})
        plan = [row.detail for row in found]
    assert sum("SEARCH s USING INTEGER PRIMARY KEY" in step for step in plan) == 3
