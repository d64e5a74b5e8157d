"""What a stored version tells the feed: lasting ids, causes, clocks, copies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from harvester.differing import difference
from normalizers.records import Agency, Derived
from storage import derivations
from storage.change_schema import change_agencies, changes, version_clocks
from storage.engine import rows
from storage.errors import UnknownRecord
from storage.explain import explain
from storage.identity import document_id
from storage.restoring import restored
from storage.schema import documents, tasks, versions
from storage.sources import source
from storage.store import Store
from tests.shared import tries
from tests.storage.samples import AT, LINES, later, make_derived, put

DOC = document_id("jiangkou", "1")
OTHER = Agency("市数据局", "江口市数据局", "a0002")
NEW_LINE = "公布信用承诺示范文本，供办事企业选用"


@pytest.fixture
def run(store: Store) -> str:
    return store.begin_run("jiangkou", ["notices"], AT, region="310000")


def feed(store: Store, *entities: str) -> list[dict]:
    with store.reading() as connection:
        found = rows(connection.execute(select(changes).order_by(changes.c.seq)))
    return [row for row in found if not entities or row["entity"] in entities]


def told(store: Store, *entities: str) -> list[tuple[str, str, str]]:
    return [(row["entity"], row["kind"], row["cause"]) for row in feed(store, *entities)]


def lasting(store: Store, version: int) -> list[str]:
    t = tasks.c
    with store.reading() as connection:
        query = select(t.lasting_id).where(t.document_id == DOC, t.version == version).order_by(t.ordinal)
        return [name.removeprefix(DOC) for name in connection.execute(query).scalars()]


def with_lead(derived: Derived, position: int, lead: Agency) -> Derived:
    changed = [replace(task, lead=(lead,)) if n == position else task for n, task in enumerate(derived.tasks)]
    return replace(derived, tasks=tuple(changed))


def test_a_first_version_adds_the_document_and_each_task_with_its_evidence(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(), differ=difference)
    assert told(store) == [("document", "added", "source"), *[("task", "added", "source")] * 4]
    document, task = feed(store)[:2]
    assert (document["before"], document["after"]["title"], document["run"]) == (None, "江口市2024年信用建设工作安排", run)
    assert (task["entity_id"], task["after"]["text"], task["evidence"]["address"]) == (f"{DOC}.k1", LINES[0], "tab1.r2.c2")
    assert (task["as_of"].isoformat(), task["known_at"], task["region"]) == ("2024-03-05", AT, "310000")


def test_the_same_content_again_tells_nothing(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(), differ=difference)
    put(store, run, "1", make_derived(), at=later(1), payload=b"another layout", differ=difference)
    assert len(feed(store)) == 5


def test_a_task_keeps_its_lasting_id_and_a_new_one_gets_one_that_was_never_given(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(), differ=difference)
    put(store, run, "1", make_derived(lines=LINES[1:]), at=later(1), differ=difference)
    put(store, run, "1", make_derived(lines=(NEW_LINE, *LINES[1:])), at=later(2), differ=difference)
    assert [lasting(store, n) for n in (1, 2, 3)] == [[".k1", ".k2", ".k3", ".k4"], [".k2", ".k3", ".k4"], [".k5", ".k2", ".k3", ".k4"]]
    assert [(row["kind"], row["entity_id"]) for row in feed(store, "task")[4:]] == [("removed", f"{DOC}.k1"), ("added", f"{DOC}.k5")]


def test_a_changed_lead_is_told_with_both_states_and_found_by_both_bodies(store: Store, run: str) -> None:
    old = make_derived()
    new = with_lead(make_derived(lines=(*LINES[:3], LINES[3] + "。另行通知")), 1, OTHER)
    put(store, run, "1", old, differ=difference)
    put(store, run, "1", new, at=later(1), differ=difference)
    (row,) = [row for row in feed(store, "task") if row["kind"] == "changed"]
    assert (row["fields"], row["before"]["lead"][0]["id"], row["after"]["lead"][0]["id"]) == (["lead"], "a0001", "a0002")
    with store.reading() as connection:
        sides = connection.execute(select(change_agencies.c.side, change_agencies.c.agency_id).where(change_agencies.c.seq == row["seq"]))
        assert {("before", "a0001"), ("after", "a0002")} <= {tuple(side) for side in sides}
    assert ("text", "changed", "source") in told(store)


def test_a_version_that_is_replaced_keeps_its_clock_as_it_stood(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(), differ=difference)
    put(store, run, "1", make_derived(), at=later(2), differ=difference)
    put(store, run, "1", make_derived(lines=LINES[1:]), at=later(5), differ=difference)
    with store.reading() as connection:
        clock = rows(connection.execute(select(version_clocks)))
        known = list(connection.execute(select(versions.c.known_at).order_by(versions.c.number)).scalars())
    assert [(row["version"], row["first_seen"], row["last_checked"]) for row in clock] == [(1, AT, later(2))]
    assert known == [AT, later(5)]


def test_what_is_read_better_is_a_reading_and_what_a_decision_made_a_decision(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(normalizer_version="1"), differ=difference)
    better = with_lead(make_derived(normalizer_version="2"), 0, OTHER)
    derivations.write_reading(store, source(store, DOC), better, differ=difference)
    decided = with_lead(better, 1, OTHER)
    derivations.write_reading(store, source(store, DOC), decided, differ=difference)
    assert told(store)[5:] == [
        ("document", "restated", "reading"),
        ("task", "changed", "reading"),
        ("document", "restated", "decision"),
        ("task", "changed", "decision"),
    ]
    assert all(row["run"] is None and row["known_at"] - AT > timedelta(days=1) for row in feed(store)[5:])


def test_a_copy_is_marked_so_that_readers_are_told_once(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(), differ=difference)
    put(store, run, "2", make_derived(), site="linshui", at=later(1), differ=difference)
    put(store, run, "2", make_derived(lines=LINES[1:]), site="linshui", at=later(2), differ=difference)
    put(store, run, "1", make_derived(lines=LINES[1:]), at=later(3), differ=difference)
    assert {(row["site"], row["version"], row["copy"]) for row in feed(store, "task", "text")} == {
        ("jiangkou", 1, False),
        ("linshui", 1, True),
        ("linshui", 2, False),
        ("jiangkou", 2, True),
    }


def test_gone_and_back_are_told_once_each(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(), differ=difference)
    for day in (1, 2):
        store.mark_gone("jiangkou", "1", later(day), run)
    put(store, run, "1", make_derived(), at=later(3), differ=difference)
    store.mark_gone("jiangkou", "1", later(4), run)
    store.mark_checked("jiangkou", "1", later(5), run)
    found = [(row["kind"], row["before"]["state"], row["after"]["state"]) for row in feed(store, "document")[1:]]
    assert found == [("gone", "live", "gone"), ("back", "gone", "live")] * 2


def test_a_page_back_with_another_text_is_back_and_changed(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(), differ=difference)
    store.mark_gone("jiangkou", "1", later(1), run)
    put(store, run, "1", make_derived(lines=LINES[1:]), at=later(3), differ=difference)
    assert [row["kind"] for row in feed(store, "document")] == ["added", "gone", "back", "restated"]
    assert [row["before"] for row in feed(store, "document")[1:]] == [row["after"] for row in feed(store, "document")[:-1]]


def test_what_is_restored_of_a_version_is_what_was_derived(store: Store, run: str) -> None:
    derived = make_derived()
    put(store, run, "1", derived, differ=difference)
    with store.reading() as connection:
        again = restored(connection, DOC, 1)
    assert (again.tasks, again.metadata, again.document.text) == (derived.tasks, derived.metadata, derived.document.text)


EDITS = st.lists(st.lists(st.sampled_from([*LINES, NEW_LINE]), unique=True, max_size=5), min_size=2, max_size=5)


@settings(max_examples=tries(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_property_every_row_begins_where_the_last_one_of_its_task_ended(store: Store, editions: list[list[str]]) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT, region="310000")
    key = run.rpartition("-")[2]
    document = document_id("jiangkou", key)
    for day, lines in enumerate(editions):
        put(store, run, key, make_derived(title=key, lines=tuple(lines), document_number=key), at=later(day), differ=difference)
    states: dict[str, object] = {}
    for row in feed(store, "task"):
        if row["document_id"] == document:
            assert row["before"] == states.get(row["entity_id"])
            states[row["entity_id"]] = row["after"]
    t = tasks.c
    with store.reading() as connection:
        newest = select(documents.c.version).where(documents.c.id == document).scalar_subquery()
        named = connection.execute(select(t.lasting_id).where(t.document_id == document, t.version == newest)).scalars()
        assert sorted(name for name, state in states.items() if state) == sorted(named)


def test_other_letters_that_say_the_same_are_no_version(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(lines=(f"1.{LINES[0]}", *LINES[1:])), differ=difference)
    effect = put(store, run, "1", make_derived(lines=(f"（三）{LINES[0]}", *LINES[1:])), at=later(1), differ=difference)
    assert (effect, len(feed(store))) == ("unchanged", 5)


def test_a_document_that_says_of_itself_something_else_is_a_version(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(), differ=difference)
    effect = put(store, run, "1", make_derived(document_number="江信办〔2024〕8号", lines=(*LINES, "附则")), at=later(1), differ=difference)
    assert effect == "changed"
    assert ("document", "changed", ["document_number"]) in [(row["entity"], row["kind"], row["fields"]) for row in feed(store)]


def test_a_task_is_found_by_its_lasting_id_in_the_last_version_that_has_it(store: Store, run: str) -> None:
    put(store, run, "1", make_derived(), differ=difference)
    put(store, run, "1", make_derived(lines=LINES[1:]), at=later(1), differ=difference)
    assert explain(store, f"{DOC}.k2")["task"]["id"] == f"{DOC}.2.t1"
    assert explain(store, f"{DOC}.k1")["task"]["id"] == f"{DOC}.1.t1"
    with pytest.raises(UnknownRecord):
        explain(store, f"{DOC}.k9")
