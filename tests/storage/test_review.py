"""The queue, the log of decisions, better readings and payloads that nobody could read yet, on both databases."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from normalizers.records import (
    Agency,
    Deadline,
    DeadlineKind,
    Derived,
    DocumentKind,
    Metadata,
    Reference,
    Relation,
    Repair,
    Span,
    Suggestion,
)
from storage import decisions, derivations, review
from storage.dump import dump
from storage.errors import LockedStore, UnknownRecord
from storage.explain import explain
from storage.identity import document_id
from storage.record_hash import records_hash
from storage.records import CaptureRow, DecisionRow, Effect, FailureRow, StoredSource
from storage.schema import clocks, documents, unread, versions
from storage.sources import count_sources, source, sources, unread_sources
from storage.store import Store
from tests.storage.samples import AT, BUREAU, LINES, UNKNOWN, later, make_capture, make_derived, make_publication, put

KNOWN = Agency(UNKNOWN.mention, "江口市信用中心", "a0099", rule="decision")


def with_meta(derived: Derived, **more: Any) -> Derived:
    return replace(derived, metadata=replace(derived.metadata, **more))


def with_document(derived: Derived, **more: Any) -> Derived:
    return replace(derived, document=replace(derived.document, **more))


def settled(derived: Derived) -> Derived:
    """Return the same document with the unknown body tied by a decision."""
    tasks = (replace(task, partner=tuple(KNOWN if body == UNKNOWN else body for body in task.partner)) for task in derived.tasks)
    return replace(derived, tasks=tuple(tasks))


@pytest.fixture
def run(store: Store) -> str:
    return store.begin_run("jiangkou", ["notices"], AT, region="310000")


# --- the queue ---


def test_mentions_wait_by_home_region_the_most_used_first(store: Store, run: str) -> None:
    put(store, run, "1", make_derived())
    put(store, run, "2", make_derived("邻市安排", LINES[:2], regions=("330000",)))
    put(store, run, "3", make_derived("两省安排", LINES[:1], regions=("310000", "330000")))
    found = review.unresolved(store)
    assert [(row["what"], row["region"], row["uses"], row["documents"]) for row in found] == [
        (UNKNOWN.mention, "310000", 4, 1),
        (UNKNOWN.mention, "330000", 2, 1),
        (UNKNOWN.mention, "", 1, 1),
    ]
    assert found[0]["examples"] == [f"{document_id('jiangkou', '1')}.1.t{n}" for n in (1, 2, 3)]
    assert (found[0]["flags"], found[0]["first_on"], found[0]["last_on"]) == (["review"], date(2024, 3, 1), date(2024, 3, 1))
    assert len(review.unresolved(store, limit=1)) == 1
    assert [row["region"] for row in review.unresolved(store, region="330000")] == ["330000"]
    assert review.unresolved(store, site="elsewhere") == review.unresolved(store, mention="某中心") == []


def test_an_issuer_that_is_tied_to_nothing_waits_too_and_a_withdrawn_document_does_not(store: Store, run: str) -> None:
    put(store, run, "1", with_meta(make_derived(tasks=False), issuers=(Agency("某某专班"), BUREAU)))
    assert [(row["what"], row["examples"]) for row in review.unresolved(store)] == [("某某专班", [document_id("jiangkou", "1")])]
    with store.writing() as connection:
        connection.execute(documents.update().values(state="withdrawn"))
    assert review.unresolved(store) == []


def test_a_deadline_without_a_date_waits_by_its_words(store: Store, run: str) -> None:
    none = Deadline("按上级部署", None, None, DeadlineKind.NONE, "cell", flags=("unparsed",))
    derived = make_derived()
    put(store, run, "1", replace(derived, tasks=tuple(replace(task, deadline=none) for task in derived.tasks)))
    [row] = review.unparsed(store)
    assert (row["what"], row["uses"], len(row["examples"]), row["flags"]) == ("按上级部署", 4, 3, ["unparsed"])


def test_documents_of_which_something_is_told_come_with_it(store: Store, run: str) -> None:
    slip = Suggestion(Span(0, 2), "月未", "月末", "a slip")
    put(store, run, "1", with_document(make_derived(), suggestions=(slip,), repairs=(Repair("readings", 9, 1, 3),), warnings=()))
    put(store, run, "2", with_document(make_derived("别的"), repairs=(), warnings=()))
    [row] = review.documents(store)
    assert (row["id"], row["repairs"][0]["left"], row["suggestions"][0]["proposed"]) == (document_id("jiangkou", "1"), 3, "月末")


# --- decisions ---


def made(**more: Any) -> DecisionRow:
    return replace(DecisionRow("某某中心", "310000", "agency", "江口市信用中心", "a0099"), **more)


def test_a_decision_that_covers_another_s_days_replaces_it_and_both_stay_in_the_log(store: Store) -> None:
    first = decisions.decide(store, [made(valid_from=date(2020, 1, 1), valid_to=date(2021, 12, 31))], "甲", AT)
    second = decisions.decide(store, [made(name="江口市数据中心", valid_from=date(2021, 1, 1))], "乙", later(1))
    third = decisions.decide(store, [made(name="江口市数据局")], "丙", later(2))
    elsewhere = decisions.decide(store, [made(region="")], "丙", later(2))
    assert first + second + third + elsewhere == [1, 2, 3, 4]
    log = [(row["id"], row["ended_by"], row["successor_id"]) for row in decisions.listed(store, ended=True)]
    assert log == [(1, "丙", 3), (2, "丙", 3), (3, None, None), (4, None, None)]
    assert [row.name for row in decisions.in_force(store)] == ["江口市数据局", "江口市信用中心"]


def test_the_same_decision_is_stored_once_and_undone_once(store: Store) -> None:
    assert decisions.decide(store, [made(), made()], "甲", AT) == [1, 1]
    assert decisions.decide(store, [made()], "乙", later(1)) == [1]
    assert [row["id"] for row in decisions.listed(store, ended=True)] == [1]
    assert decisions.undo(store, 1, "乙", later(1))["mention"] == "某某中心"
    with pytest.raises(UnknownRecord, match="harvester review decisions"):
        decisions.undo(store, 1, "乙", later(1))
    assert decisions.in_force(store) == []
    [row] = decisions.listed(store, ended=True)
    assert (row["decided_by"], row["ended_by"], row["ended_at"]) == ("甲", "乙", later(1))


def test_all_decisions_of_a_call_are_kept_or_none(store: Store) -> None:
    with pytest.raises(Exception, match=r"ck_decisions_kind|CHECK"):
        decisions.decide(store, [made(), made(mention="另一个", kind="boss")], "甲", AT)
    assert decisions.listed(store, ended=True) == []


def test_decisions_are_in_the_dump_and_in_a_view(store: Store) -> None:
    decisions.decide(store, [made(note="问过了")], "甲", AT)
    assert [line for line in dump(store) if '"table":"decision"' in line and "问过了" in line and "甲" in line]
    with store.reading() as connection:
        row = connection.execute(text("SELECT mention, region, name, agency, decided_by, ended_by FROM v_decisions")).one()
    assert tuple(row) == ("某某中心", "310000", "江口市信用中心", "a0099", "甲", None)


# --- better readings ---


def begun(store: Store, reader: str = "r") -> Any:
    return derivations.begin(store, derivations.blank(hashlib.sha256(reader.encode()).hexdigest(), AT))


def test_a_better_reading_is_a_version_of_its_own_and_touches_neither_clock_nor_state(store: Store, run: str) -> None:
    derived = make_derived()
    put(store, run, "1", derived)
    store.mark_gone("jiangkou", "1", later(5))
    with store.reading() as connection:
        before = connection.execute(select(clocks)).all()
    found = source(store, document_id("jiangkou", "1"))
    assert (found.content_hash, found.records_hash, found.run) == (derived.content_hash, records_hash(derived), run)
    assert derivations.write_reading(store, found, derived, begun(store)) is Effect.UNCHANGED
    assert derivations.write_reading(store, found, settled(derived), begun(store)) is Effect.REREAD
    assert derivations.write_reading(store, found, settled(derived), begun(store)) is Effect.UNCHANGED, "that version is no longer current"
    with store.reading() as connection:
        assert connection.execute(select(clocks)).all() == before
        assert connection.execute(select(documents.c.state, documents.c.version)).one() == ("gone", 2)
        told = connection.execute(select(versions.c.change, versions.c.in_force_from, versions.c.capture_id)).all()
    assert [row[0] for row in told] == ["first", "reading"]
    assert told[0][1:] == told[1][1:]
    assert review.unresolved(store) == []


def test_tasks_are_compared_by_what_they_say(store: Store, run: str) -> None:
    derived = make_derived()
    put(store, run, "1", derived)
    stored = derivations.stored_tasks(store, document_id("jiangkou", "1"), 1)
    assert stored == derivations.derived_tasks(derived)
    assert stored != derivations.derived_tasks(settled(derived))
    moved = replace(derived, tasks=tuple(replace(task, evidence=Span(0, 1), confidence=0.5) for task in derived.tasks))
    assert stored == derivations.derived_tasks(moved)


def test_a_derivation_goes_on_by_the_same_reader_and_begins_anew_by_another(store: Store) -> None:
    first = begun(store)
    derivations.save(store, replace(first, cursor="d1", counters={"sites": {}}))
    assert (begun(store).id, begun(store).cursor) == (first.id, "d1")
    other = begun(store, "other")
    assert (other.id != first.id, other.cursor) == (True, "")
    derivations.save(store, other, ended_at=later(1))
    assert begun(store, "other").id not in (first.id, other.id)


def test_two_processes_do_not_derive_at_once(store: Store, url: str) -> None:
    with store.held("derive"), Store.open(url) as other, pytest.raises(LockedStore), other.held("derive"):
        pass
    with store.held("derive"):
        pass


def test_sources_come_in_pieces_and_by_run(store: Store, run: str) -> None:
    for n in range(5):
        put(store, run, str(n), make_derived(f"第{n}份"))
    second = store.begin_run("jiangkou", ["notices"], later(1))
    put(store, second, "9", make_derived("第九份"), at=later(1))
    every = [found.document for found in sources(store)]
    assert every == sorted(every)
    pieces, after = [], ""
    while batch := sources(store, after=after, limit=2):
        pieces += [found.document for found in batch]
        after = batch[-1].document
    assert pieces == every
    assert [found.document for found in sources(store, since=second)] == [document_id("jiangkou", "9")]
    assert (count_sources(store), count_sources(store, since=second), count_sources(store, site="none")) == (6, 1, 0)
    with pytest.raises(UnknownRecord, match="harvester runs"):
        sources(store, since="20200101T000000-abcdef")


# --- unread payloads ---


def leave_unread(store: Store, run: str, key: str = "8/1.wps") -> tuple[CaptureRow, StoredSource]:
    publication = make_publication(key, kind="attachment", parent_key="8", url="https://x.example.cn/1.wps")
    capture = make_capture(publication.url, kind="attachment")
    failure = FailureRow("jiangkou", "notices", "attachment", publication.url, key, "unreadable", "no reader", AT)
    store.record_unread(run, failure, capture, publication, "1")
    return capture, unread_sources(store)[-1]


def test_the_issuers_of_a_version_are_told_as_those_derived(store: Store, run: str) -> None:
    derived = make_derived()
    derived = replace(derived, metadata=replace(derived.metadata, issuers=(*derived.metadata.issuers, UNKNOWN)))
    put(store, run, "1", derived)
    told = derivations.stored_issuers(store, document_id("jiangkou", "1"), 1)
    assert told == derivations.derived_issuers(derived)
    assert [row["mention"] for row in told if not row["resolved"]] == [UNKNOWN.mention]


def test_an_unread_payload_waits_with_all_that_reading_it_needs(store: Store, run: str) -> None:
    capture, found = leave_unread(store, run)
    leave_unread(store, run)
    assert (found.version, found.capture, found.publication.parent_key, found.run) == (0, capture, "8", run)
    assert found.publication.hints == {"region": "310000", "published_on": "2024-03-05"}
    assert [row["detail"] for row in review.unread(store)] == ["no reader"]
    assert (count_sources(store), len(unread_sources(store)), unread_sources(store, site="none")) == (1, 1, [])


def test_what_is_read_at_last_becomes_a_document_and_waits_no_more(store: Store, run: str) -> None:
    _, found = leave_unread(store, run)
    member = replace(found.publication, key="8/1.wps!a.docx")
    files = [(member, make_derived()), (replace(member, key="8/1.wps!b.docx"), "still no reader")]
    derivations.write_read_at_last(store, found, files, {"etag": "e"}, "2", begun(store))
    assert store.keys("jiangkou") == {"8/1.wps!a.docx"}
    assert [(row["id"], row["detail"]) for row in review.unread(store)] == [(document_id("jiangkou", "8/1.wps!b.docx"), "still no reader")]
    clock = store.clock("jiangkou", "8/1.wps!a.docx")
    assert clock is not None
    assert (clock.first_seen, clock.etag) == (AT, "e")


def test_a_payload_that_a_crawl_can_read_waits_no_more(store: Store, run: str) -> None:
    leave_unread(store, run)
    put(store, run, "8/1.wps", make_derived(), at=later(1), kind="attachment", parent_key="8")
    with store.reading() as connection:
        assert connection.execute(select(unread)).all() == []


# --- metadata and references ---


def test_further_metadata_is_kept_and_shown(store: Store, run: str) -> None:
    more: dict[str, Any] = {
        "kind": DocumentKind.PLAN,
        "printed_on": date(2024, 3, 2),
        "effective_on": date(2024, 4, 1),
        "expires_on": date(2027, 3, 31),
        "index_number": "ABC-1",
        "region_basis": "issuer",
    }
    slip = Suggestion(Span(0, 2), "月未", "月末", "a slip")
    put(store, run, "1", with_document(with_meta(make_derived(), **more), suggestions=(slip,)))
    with store.reading() as connection:
        row = connection.execute(text("SELECT document_kind, index_number, region_basis, suggestions FROM v_documents")).one()
    assert tuple(row) == ("plan", "ABC-1", "issuer", 1)
    version = explain(store, document_id("jiangkou", "1"))["version"]
    assert {name: version[name] for name in ("printed_on", "effective_on", "expires_on")} == {
        name: more[name] for name in ("printed_on", "effective_on", "expires_on")
    }


def test_a_reference_is_tied_to_its_document_by_number_else_by_title_whenever_that_comes(store: Store, run: str) -> None:
    named = (
        Reference("信用建设工作安排", "江信办〔2024〕7号", Relation.BASIS, Span(0, 4)),
        Reference("某某办法", "", Relation.REPEALS, Span(4, 8)),
        Reference("不在库里的文件", "无〔2000〕1号", Relation.CITES, Span(8, 9)),
    )
    put(store, run, "1", with_meta(make_derived("引用别人的通知", document_number=""), references=named))
    one = document_id("jiangkou", "1")
    assert [row["target"] for row in explain(store, one)["references"]] == [None, None, None]
    put(store, run, "2", make_derived())
    put(store, run, "3", make_derived("某某办法", LINES[:1], document_number=""))
    two, three = document_id("jiangkou", "2"), document_id("jiangkou", "3")
    told = [(row["relation"], row["target"]) for row in explain(store, one)["references"]]
    assert told == [("basis", two), ("repeals", three), ("cites", None)]
    assert [[row["id"] for row in explain(store, named)["referenced_by"]] for named in (two, three)] == [[one], [one]]
    with store.reading() as connection:
        rows = connection.execute(text("SELECT position, target, target_work FROM v_references ORDER BY position")).all()
    assert [(row.position, row.target, row.target_work is None) for row in rows] == [(0, two, False), (1, three, False), (2, None, True)]
    assert explain(store, two)["references"] == []


def test_every_word_of_the_records_is_one_of_the_store_s(store: Store, run: str) -> None:
    for n, kind in enumerate(DocumentKind):
        references = tuple(Reference("某", "", relation, Span(0, 1)) for relation in Relation)
        put(store, run, str(n), with_meta(make_derived(f"第{n}", (), document_number=""), kind=kind, references=references))
    assert Metadata().kind is DocumentKind.OTHER
