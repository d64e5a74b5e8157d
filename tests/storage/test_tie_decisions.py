"""What a person decided on two documents holds before any judgement, in every order, and is told; the rest is judged around it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from normalizers.records import Derived
from storage import tie_decisions, work_judging, work_queries
from storage.change_schema import changes, document_keys, document_links
from storage.errors import StoreError, UnknownRecord
from storage.identity import document_id
from storage.partition import Edge, chain, partition
from storage.schema import documents
from storage.store import Store
from storage.tie_decisions import Outcome
from tests.storage.samples import AT, LINES, later, make_derived, put
from tests.storage.test_links import PAPERS, stored_links
from tests.storage.test_works import LONG, clear, groups

TEXT = make_derived("江口市信用工作安排", LONG, document_number="")
NEAR = make_derived(
    "江口市信用工作安排", tuple(line.replace("年内", "年里") if n < 4 else line for n, line in enumerate(LONG)), document_number=""
)
OTHER = make_derived("海门县宣传计划", LINES, document_number="")


def doc(site: str) -> str:
    return document_id(site, "1")


def place(store: Store, site: str, derived: Derived, days: float = 0) -> None:
    put(store, store.begin_run(site, ["notices"], later(days)), "1", derived, site=site, at=later(days))


def decide(store: Store, one: str, other: str, tie: str) -> Outcome:
    return tie_decisions.decide(store, doc(one), doc(other), tie, "officer", AT)


def sets(*groups_of: str) -> set[frozenset[str]]:
    return {frozenset(group.split()) for group in groups_of}


@pytest.mark.parametrize("order", list(permutations(["one", "two", "decision"]))[::2])
def test_a_decision_holds_whether_it_or_the_documents_come_first_and_for_later_versions(store: Store, order: tuple[str, ...]) -> None:
    steps: dict[str, Callable[[], object]] = {
        "one": lambda: place(store, "one", TEXT),
        "two": lambda: place(store, "two", TEXT),
        "decision": lambda: decide(store, "one", "two", "none"),
    }
    for step in order:
        steps[step]()
    assert groups(store) == sets("one", "two")
    place(store, "two", NEAR, 1)
    assert groups(store) == sets("one", "two")
    assert work_judging.judge_all(store) == 0
    assert groups(store) == sets("one", "two")


def test_different_texts_are_one_work_where_a_person_says_so_until_that_is_undone(store: Store) -> None:
    place(store, "one", TEXT)
    place(store, "other", OTHER)
    outcome = decide(store, "other", "one", "same")
    assert groups(store) == sets("one other")
    assert outcome.together
    assert [(row["kind"], row["cause"]) for row in outcome.told] == [("tied", "decision")]
    assert work_queries.show(store, doc("one"))["reason"] == "decision"
    again = decide(store, "one", "other", "same")
    assert (again.id, again.told) == (outcome.id, ())
    undone = tie_decisions.undo(store, outcome.id, "officer", later(1))
    assert [row["kind"] for row in undone.told] == ["untied"]
    assert groups(store) == sets("one", "other")
    assert tie_decisions.listed(store) == []
    log = tie_decisions.listed(store, ended=True)
    assert [(row["tie"], row["ended_by"]) for row in log] == [("same", "officer")]
    with pytest.raises(UnknownRecord, match="works decisions"):
        tie_decisions.undo(store, outcome.id, "officer", later(1))


def test_what_is_decided_is_told_in_the_feed_once(store: Store) -> None:
    for site in ("one", "two"):
        place(store, site, TEXT)
    decide(store, "one", "two", "none")
    decide(store, "two", "one", "none")
    with store.reading() as connection:
        c = changes.c
        found = connection.execute(select(c.kind, c.before, c.after, c.work_id, c.run).where(c.cause == "decision")).all()
    first, second = sorted((doc("one"), doc("two")))
    after = {"work": f"w{second[1:]}", "reason": "single"}
    assert [tuple(row) for row in found] == [("untied", {"work": f"w{first[1:]}"}, after, f"w{second[1:]}", None)]


def test_two_that_are_decided_apart_stay_so_through_a_third_and_the_chain_is_named(store: Store) -> None:
    for site, derived in (("one", TEXT), ("two", NEAR), ("three", TEXT)):
        place(store, site, derived)
    assert groups(store) == sets("one two three")
    outcome = decide(store, "one", "two", "none")
    assert outcome.chain == (doc("one"), doc("three"), doc("two"))
    assert groups(store) == sets("one three", "two")
    place(store, "four", NEAR)
    assert groups(store) == sets("one three", "two four")


def test_a_document_that_was_cut_out_stays_alone_when_more_copies_come(store: Store) -> None:
    for site in ("one", "two", "cut"):
        place(store, site, TEXT)
    outcomes = tie_decisions.cut_out(store, doc("cut"), "officer", AT)
    assert [outcome.tie for outcome in outcomes] == ["none", "none"]
    place(store, "three", TEXT, 1)
    place(store, "two", NEAR, 2)
    assert groups(store) == sets("one two three", "cut")
    assert tie_decisions.cut_out(store, doc("cut"), "officer", later(3)) == []
    with pytest.raises(UnknownRecord, match="harvester documents"):
        tie_decisions.cut_out(store, doc("nowhere"), "officer", AT)


def test_decisions_that_contradict_each_other_part_and_say_what_stands_against_it(store: Store) -> None:
    for site, derived in (("one", TEXT), ("two", OTHER), ("three", make_derived("舟山宣传", LINES[:2], document_number=""))):
        place(store, site, derived)
    decide(store, "one", "two", "none")
    decide(store, "one", "three", "same")
    outcome = decide(store, "two", "three", "same")
    assert outcome.together  # what was decided last
    assert outcome.broken == (tuple(sorted((doc("one"), doc("three")))),)
    assert groups(store) == sets("one", "two three")
    place(store, "two", TEXT, 1)
    assert groups(store) == sets("one", "two three")


def test_a_copy_goes_where_the_latest_decision_on_it_says(store: Store) -> None:
    for site, key in (("one", "final"), ("two", "draft")):
        place(store, site, PAPERS[key])
    decide(store, "one", "two", "draft")
    place(store, "three", OTHER)
    decide(store, "two", "three", "same")
    place(store, "four", OTHER)
    outcome = decide(store, "one", "four", "same")
    assert outcome.together
    assert groups(store) == sets("one four", "two three")


def test_a_draft_that_was_nothing_but_a_copy_takes_its_copies_along(store: Store) -> None:
    for site, key in (("one", "final"), ("two", "final"), ("three", "draft"), ("four", "draft")):
        place(store, site, PAPERS[key])
    assert groups(store) == sets("one two", "three four")
    assert decide(store, "one", "three", "same").together
    assert groups(store) == sets("one two three four")
    with store.reading() as connection:
        assert connection.execute(select(document_links)).all() == []


def test_what_is_decided_on_a_link_holds_for_the_other_copies_of_the_works(store: Store) -> None:
    for site in ("one", "two"):
        run = store.begin_run(site, ["notices"], AT)
        put(store, run, "1", PAPERS["final"], site=site)
        put(store, run, f"{site}-draft", PAPERS["draft"], site=site)
    assert stored_links(store) == {("1", "one-draft", "draft"), ("1", "two-draft", "draft")}
    draft = document_id("one", "one-draft")
    outcome = tie_decisions.decide(store, doc("one"), draft, "none", "officer", AT)
    assert stored_links(store) == set()
    assert [row["kind"] for row in outcome.told] == ["removed"] * 4
    put(store, store.begin_run("three", ["notices"], AT), "1", PAPERS["final"], site="three")
    assert stored_links(store) == set()
    tie_decisions.decide(store, doc("one"), draft, "edition", "officer", AT)
    assert stored_links(store) == {("1", "one-draft", "edition")}
    tie_decisions.decide(store, doc("one"), draft, "draft", "officer", AT)
    with store.reading() as connection:
        reasons = sorted(connection.execute(select(document_links.c.reason)).scalars())
    assert reasons.count("decision") == 1
    assert len(reasons) == 6


def test_only_two_documents_by_their_identifiers_can_be_decided_on(store: Store) -> None:
    with pytest.raises(UnknownRecord, match="harvester documents"):
        tie_decisions.decide(store, "'; --", doc("one"), "same", "officer", AT)
    with pytest.raises(StoreError, match="one document"):
        tie_decisions.decide(store, doc("one"), doc("one"), "same", "officer", AT)
    with pytest.raises(StoreError, match="use one of same"):
        tie_decisions.decide(store, doc("one"), doc("two"), "sibling", "officer", AT)
    assert decide(store, "one", "two", "same").absent == tuple(sorted((doc("one"), doc("two"))))


def test_a_store_without_keys_gets_them_and_is_judged_as_if_it_had_always_had_them(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    for key, derived in PAPERS.items():
        put(store, run, key, derived)
    wanted = stored_links(store)
    with store.writing() as connection:
        connection.execute(document_links.delete())
        connection.execute(document_keys.delete())
    store.upgrade()
    assert work_judging.judge_all(store) == len(wanted)
    assert stored_links(store) == wanted
    assert work_judging.judge_all(store) == 0
    clear(store)
    assert work_judging.judge_all(store) == 0


# --- partition ---------------------------------------------------------------------------------------------------------

MEMBERS = list("abcdefg")
PAIRS = st.tuples(st.sampled_from(MEMBERS), st.sampled_from(MEMBERS)).filter(lambda pair: pair[0] < pair[1])
EDGES = st.lists(
    st.builds(
        lambda pair, score, decision: Edge(pair[0], pair[1], score, "decision" if decision else "text", decision),
        PAIRS,
        st.sampled_from([0.5, 0.8, 1.0]),
        st.integers(0, 3),
    ),
    unique_by=lambda edge: (edge.one, edge.other),
)


@given(EDGES, st.sets(PAIRS), st.randoms())
def test_property_a_partition_covers_all_keeps_apart_what_must_be_and_does_not_depend_on_the_order(
    edges: list[Edge], apart: set[tuple[str, str]], chance: object
) -> None:
    found = partition(MEMBERS, edges, apart)
    assert sorted(member for group in found for member in group) == MEMBERS
    assert not any({one, other} <= group for group in found for one, other in apart)
    shuffled = list(edges)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert partition(MEMBERS[::-1], shuffled, sorted(apart)) == found
    for edge in edges:
        mine, its = (next(group for group in found if end in group) for end in (edge.one, edge.other))
        assert mine is its or any((min(a, b), max(a, b)) in apart for a in mine for b in its)


@given(EDGES, PAIRS)
def test_property_a_chain_goes_from_one_end_to_the_other_by_ties(edges: list[Edge], ends: tuple[str, str]) -> None:
    way = chain(edges, *ends)
    together = any(set(ends) <= group for group in partition(MEMBERS, edges, ()))
    assert bool(way) == together
    if way:
        ties = {frozenset((edge.one, edge.other)) for edge in edges}
        assert (way[0], way[-1]) == ends
        assert len(set(way)) == len(way)
        assert all(frozenset(pair) in ties for pair in pairwise(way))


def test_the_documents_of_a_work_are_shown_with_why_they_are_in_it(store: Store) -> None:
    for site, derived in (("one", TEXT), ("two", NEAR), ("other", OTHER)):
        place(store, site, derived)
    work = work_queries.show(store, doc("two"))
    assert {row["site"]: (row["tied_to"], row["reason"]) for row in work["documents"]} == {
        "one": (doc("two"), "title"),
        "two": (doc("one"), "title"),
    }
    assert [row["documents"] for row in work_queries.listed(store)] == [2, 1]
    assert [row["work"] for row in work_queries.listed(store, site="other")] == [f"w{doc('other')[1:]}"]
    assert len(work_queries.listed(store, region="310000", min_documents=2)) == 1
    assert work_queries.listed(store, region="330000") == []
    assert work_queries.listed(store, relation="draft") == []
    with store.reading() as connection:
        assert set(connection.execute(select(documents.c.work_id)).scalars()) == {row["work"] for row in work_queries.listed(store)}
    with pytest.raises(UnknownRecord, match="harvester works"):
        work_queries.show(store, "w0")
