"""A repair or withdrawal takes down what it names, wherever that stands and whenever it comes, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from normalizers.notices.records import NoticeKind, Subject, SubjectKind, Term
from storage.notice_rows import notice_id
from storage.notice_schema import endings
from storage.records import Location
from storage.store import Store
from tests.storage.notice_samples import (
    FIRM,
    OTHER,
    buried,
    ingest,
    make_entry,
    make_given,
    make_notice,
    stored,
    tag_of,
)


def make_ending(kind: NoticeKind = NoticeKind.REPAIR, subject: Subject = FIRM, **more: Any) -> Any:
    fields: dict[str, Any] = {"decided_on": date(2026, 4, 20), "published_on": date(2026, 4, 21), "term": Term()}
    return make_notice(kind, subject, **(fields | more))


def test_a_repair_takes_down_the_decision_it_names_wherever_it_stands(store: Store) -> None:
    ingest(store, make_given("1"), make_given("2", site="haimen_records"), make_given("3", make_notice(number="江市监处罚〔2025〕32号")))
    assert ingest(store, make_given("r", make_ending(), place=Location("", 0, 0, ""))) == {"endings": 1}
    assert buried(store) == {notice_id(tag_of("1")): "repaired", notice_id(tag_of("2")): "repaired"}
    with store.reading() as connection:
        kept = dict(connection.execute(select(endings)).mappings().one())
    assert (kept["outcome"], kept["matched"], kept["url"]) == ("taken-down", 2, "")
    assert not any(piece in str(kept) for piece in (FIRM.name, FIRM.code, "31号"))
    assert ingest(store, make_given("r", make_ending())) == {"known-endings": 1}


def test_a_decision_harvested_after_its_repair_is_never_shown(store: Store) -> None:
    ingest(store, make_given("r", make_ending(subject=replace(FIRM, code=""))))
    assert ingest(store, make_given("1"), make_given("2", make_notice(subject=OTHER))) == {"ended": 1, "new": 1}
    assert buried(store) == {notice_id(tag_of("1")): "repaired"}


def test_one_number_for_two_firms_ends_only_the_one_that_is_named(store: Store) -> None:
    ingest(store, make_given("1"), make_given("2", make_notice(subject=OTHER)))
    ingest(store, make_given("r", make_ending(subject=OTHER)))
    assert set(buried(store)) == {notice_id(tag_of("2"))}


def test_a_withdrawal_names_an_entry_by_list_and_code_or_exact_name_at_its_own_place(store: Store) -> None:
    ingest(store, make_given("1", make_entry()), make_given("2", make_entry(OTHER)))
    ingest(store, make_given("3", make_entry(authority=None), site="haimen_records"))
    withdrawal = make_ending(NoticeKind.WITHDRAWAL, replace(FIRM, name="", organization_code=""), number="", list_name="严重失信主体名单")
    ingest(store, make_given("w", withdrawal))
    assert buried(store) == {notice_id(tag_of("1")): "withdrawn"}
    by_name = make_ending(NoticeKind.WITHDRAWAL, Subject(SubjectKind.LEGAL, OTHER.name), number="", list_name="严重失信主体名单")
    ingest(store, make_given("w2", by_name))
    assert set(stored(store)) == {notice_id(tag_of("3"))}


def test_an_entry_of_after_the_withdrawal_stays_and_one_of_before_does_not_come_in(store: Store) -> None:
    withdrawal = make_ending(NoticeKind.WITHDRAWAL, number="", list_name="严重失信主体名单")
    ingest(store, make_given("w", withdrawal))
    new = make_entry(decided_on=date(2026, 4, 28))
    assert ingest(store, make_given("1", make_entry()), make_given("2", new)) == {"ended": 1, "new": 1}
    ingest(store, make_given("w2", replace(withdrawal, decided_on=date(2026, 4, 27))))
    assert set(stored(store)) == {notice_id(tag_of("2"))}


@pytest.mark.parametrize(
    "ending",
    [
        make_ending(NoticeKind.WITHDRAWAL, number="", list_name="严重失信主体名单"),
        make_ending(NoticeKind.REPAIR, number="", list_name=""),
        make_ending(NoticeKind.REPAIR, Subject(SubjectKind.LEGAL, "")),
    ],
)
def test_an_ending_that_may_mean_several_takes_nothing_down_and_waits(store: Store, ending: Any) -> None:
    one, two = make_entry(number="", decided_on=date(2024, 1, 1)), make_entry(number="", decided_on=date(2025, 1, 1))
    numbered = [make_given(f"n{n}", make_notice(subject=subject)) for n, subject in enumerate((FIRM, OTHER))]
    ingest(store, make_given("1", one), make_given("2", two), *numbered)
    assert ingest(store, make_given("w", ending)) == {"endings": 1}
    assert len(stored(store)) == 4
    with store.reading() as connection:
        kept = connection.execute(select(endings)).one()
    assert kept.outcome == "ambiguous"
    assert len(kept.candidates) >= 2
    assert kept.url


def test_a_number_is_enough_whatever_day_a_repair_prints(store: Store) -> None:
    ingest(store, make_given("1", make_notice(decided_on=None, published_on=date(2025, 9, 9))))
    ingest(store, make_given("r", make_ending(decided_on=date(2025, 9, 1), published_on=None)))
    assert buried(store) == {notice_id(tag_of("1")): "repaired"}
    assert ingest(store, make_given("2", make_notice(decided_on=None), site="haimen_records")) == {"held-back": 1}


def test_a_permit_of_after_its_withdrawal_stands_under_the_same_number(store: Store) -> None:
    new = make_notice(NoticeKind.PERMIT, decided_on=date(2026, 5, 2))
    ingest(store, make_given("old", make_notice(NoticeKind.PERMIT)), make_given("new", new))
    ingest(store, make_given("w", make_ending(NoticeKind.WITHDRAWAL)))
    assert set(stored(store)) == {notice_id(tag_of("new"))}
    assert ingest(store, make_given("newer", make_notice(NoticeKind.PERMIT, decided_on=date(2026, 5, 3)))) == {"new": 1}


def test_a_penalty_and_the_entry_that_rests_on_it_end_each_by_itself(store: Store) -> None:
    entry = make_entry(number="江市监处罚〔2025〕31号")
    ingest(store, make_given("penalty"), make_given("entry", entry, section="black"))
    ingest(store, make_given("r", make_ending(NoticeKind.WITHDRAWAL, list_name="严重失信主体名单")))
    assert set(stored(store)) == {notice_id(tag_of("penalty"))}
    ingest(store, make_given("r2", make_ending()))
    assert stored(store) == {}
    other = replace(entry, subject=OTHER)
    ingest(store, make_given("r3", make_ending(subject=OTHER, list_name="修复名单")))
    assert ingest(store, make_given("p2", make_notice(subject=OTHER)), make_given("e2", other)) == {"ended": 1, "new": 1}
    assert ingest(store, make_given("e4", replace(other, list_name="另一名单"))) == {"new": 1}
    with store.reading() as connection:
        assert set(connection.execute(select(endings.c.outcome)).scalars()) == {"taken-down"}
    gone = make_notice(subject=OTHER, number="9号", removed_on=date(2026, 4, 1))
    assert ingest(store, make_given("p3", gone), make_given("e3", replace(other, number="9号"))) == {"ended": 1, "new": 1}
