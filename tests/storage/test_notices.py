"""What becomes of the records of a crawl: kept, held back, ended, and what is known of them afterwards."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from normalizers.notices.records import Defect, NoticeKind, PrintedField, Subject, SubjectKind, Term
from storage.change_schema import changes
from storage.keyed import KeyringError
from storage.notice_rows import notice_id
from storage.notice_schema import record_sightings
from storage.records import Location, NoticeClock, TakedownReason
from storage.store import Store
from storage.tombstones import Grave, bury
from tests.shared import tries
from tests.storage.notice_samples import (
    AT,
    FIRM,
    OTHER,
    PERSON,
    SITE,
    TODAY,
    buried,
    ingest,
    make_code,
    make_given,
    make_notice,
    stored,
    tag_of,
)


def events(store: Store) -> list[tuple[str, str]]:
    with store.reading() as connection:
        return [(row.kind, row.reason) for row in connection.execute(select(changes).order_by(changes.c.seq))]


def test_every_field_of_a_notice_is_kept(store: Store) -> None:
    made = make_given("1", document="d-77", listed_on=date(2025, 9, 6))
    assert ingest(store, made) == {"new": 1}
    row = stored(store)[notice_id(tag_of("1"))]
    told = {name: getattr(made.notice, name) for name in ("number", "category", "violation", "facts", "basis", "content", "decided_on")}
    assert {name: row[name] for name in told} == told
    assert (row["subject_name"], row["code"], row["organization_code"]) == (FIRM.name, FIRM.code, FIRM.organization_code)
    assert (row["authority_name"], row["authority_id"], row["authority_resolved"]) == ("江口市市场监督管理局", "a0009", True)
    assert row["fine_yuan"] == Decimal("2000.5")
    assert (row["ends_on"], row["term_rule"], row["severity"]) == (date(2028, 9, 1), "order-36-general", "general")
    assert row["unknown"] == [{"label": "备用列", "value": "甲"}]
    assert row["blanks"] == [{"concept": "remark", "printed": "暂无", "reason": "means nothing"}]
    assert (row["file"], row["sha256"]) == (made.location.file, made.location.sha256)
    assert (row["day"], row["listed_on"]) == (date(2025, 9, 1), date(2025, 9, 6))
    assert row["document_id"].startswith("d")
    assert row["first_seen"] == row["last_seen"] == row["last_checked"] == AT


def test_a_second_reading_of_the_same_print_moves_clocks_only(store: Store) -> None:
    first = make_given("1")
    ingest(store, first)
    before = stored(store)
    later = AT + timedelta(days=1)
    assert ingest(store, replace(first, fetched_at=later)) == {"unchanged": 1}
    after = stored(store)
    assert [row | {"last_seen": AT, "last_checked": AT} for row in after.values()] == list(before.values())
    assert next(iter(after.values()))["last_checked"] == later
    assert events(store) == [("entered", "")]


def test_another_print_with_other_values_is_a_change_and_moves_to_its_new_place(store: Store) -> None:
    ingest(store, make_given("1"))
    changed = make_given("1", make_notice(content="罚款三千元"), at=AT + timedelta(days=1))
    assert ingest(store, changed) == {"changed": 1}
    row = stored(store)[notice_id(tag_of("1"))]
    assert (row["content"], row["file_offset"], row["first_seen"]) == ("罚款三千元", changed.location.offset, AT)
    assert events(store) == [("entered", ""), ("changed", "")]


def test_another_print_with_the_same_values_is_no_change_and_moves_all_the_same(store: Store) -> None:
    ingest(store, make_given("1"))
    again = make_given("1", place=Location("records/x/r2.warc.gz", 5, 10, "b" * 64), at=AT + timedelta(days=1))
    assert ingest(store, again) == {"unchanged": 1}
    row = stored(store)[notice_id(tag_of("1"))]
    assert (row["file"], row["file_offset"], row["sha256"]) == ("records/x/r2.warc.gz", 5, "b" * 64)


def test_a_better_reading_of_the_same_print_is_no_change_of_the_source(store: Store) -> None:
    first = make_given("1")
    ingest(store, first)
    better = replace(first, notice=replace(first.notice, category="罚款、责令改正"))
    assert ingest(store, better) == {"reread": 1}
    row = stored(store)[notice_id(tag_of("1"))]
    assert (row["category"], row["last_seen"]) == ("罚款、责令改正", AT)
    assert events(store) == [("entered", "")]


def test_of_a_record_that_comes_twice_in_a_batch_the_last_counts(store: Store) -> None:
    assert ingest(store, make_given("1"), make_given("1", make_notice(content="终稿"))) == {"new": 1}
    assert [row["content"] for row in stored(store).values()] == ["终稿"]


def test_nothing_is_kept_of_a_record_whose_term_is_over(store: Store) -> None:
    over = make_notice(term=Term(TODAY - timedelta(days=1), "stated"))
    last_day = make_notice(term=Term(TODAY, "stated"))
    assert ingest(store, make_given("1", over), make_given("2", last_day)) == {"over": 1, "new": 1}
    assert set(stored(store)) == {notice_id(tag_of("2"))}
    assert buried(store) == {}
    assert store.notice_clock(SITE, tag_of("1")) == NoticeClock(AT, TODAY - timedelta(days=1))


def test_a_stored_record_whose_term_is_found_to_be_over_is_buried(store: Store) -> None:
    ingest(store, make_given("1"))
    shorter = make_notice(term=Term(date(2026, 3, 1), "stated"))
    assert ingest(store, make_given("1", shorter)) == {"over": 1}
    assert stored(store) == {}
    assert buried(store) == {notice_id(tag_of("1")): "expired"}
    assert events(store) == [("entered", ""), ("left", "expired")]
    assert ingest(store, make_given("1")) == {"held-back": 1}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"removed_on": date(2026, 4, 1)}, "withdrawn"),
        ({"removed_on": date(2026, 4, 1), "status": "已修复"}, "repaired"),
        ({"defects": (Defect("ended-at-source", "status"),)}, "withdrawn"),
    ],
)
def test_a_record_that_says_itself_that_it_ended_is_buried_whether_it_was_stored_or_not(
    store: Store, more: dict[str, Any], reason: str
) -> None:
    ingest(store, make_given("1"))
    ended = make_notice(**more)
    other = replace(ended, subject=OTHER)
    assert ingest(store, make_given("1", ended), make_given("2", other)) == {"ended": 2}
    assert stored(store) == {}
    assert buried(store) == {notice_id(tag_of("1")): reason, notice_id(tag_of("2")): reason}
    assert events(store) == [("entered", ""), ("left", reason)]
    assert ingest(store, make_given("1"), make_given("2", make_notice(subject=OTHER))) == {"held-back": 2}


def test_a_decision_that_ended_at_one_site_leaves_every_other_one_and_does_not_come_back_there(store: Store) -> None:
    ingest(
        store, make_given("1"), make_given("2", site="haimen_records"), make_given("3", make_notice(subject=OTHER), site="haimen_records")
    )
    assert ingest(store, make_given("1", make_notice(removed_on=date(2026, 4, 1)))) == {"ended": 1}
    assert set(stored(store)) == {notice_id(tag_of("3"))}
    assert ingest(store, make_given("4", site="third_records")) == {"held-back": 1}
    assert ingest(store, make_given("5", make_notice(decided_on=None), site="third_records")) == {"held-back": 1}
    assert buried(store)[notice_id(tag_of("5"))] == "withdrawn"
    assert store.notice_clock("third_records", tag_of("4")) == NoticeClock(None, None, tombstone=True)


def test_a_permit_may_be_given_again_under_its_old_number(store: Store) -> None:
    permit = make_notice(NoticeKind.PERMIT, removed_on=date(2026, 4, 1))
    assert ingest(store, make_given("1", permit)) == {"ended": 1}
    again = make_notice(NoticeKind.PERMIT, decided_on=date(2026, 5, 1))
    assert ingest(store, make_given("2", again)) == {"new": 1}


def test_a_record_that_was_gone_comes_back_when_its_source_shows_it_again(store: Store) -> None:
    ingest(store, make_given("1"))
    taken = AT + timedelta(days=3)
    place: dict[str, Any] = {"site": SITE, "section": "penalties", "kind": NoticeKind.PENALTY, "at": taken, "due_on": TODAY}
    with store.writing() as connection:
        bury(connection, [Grave(notice_id(tag_of("1")), "", "", reason=TakedownReason.GONE, **place)])
    assert store.notice_clock(SITE, tag_of("1")) is None
    assert ingest(store, make_given("1", at=taken)) == {"held-back": 1}
    assert ingest(store, make_given("1", at=taken + timedelta(days=1))) == {"new": 1}
    assert buried(store) == {}
    assert [event for event, _ in events(store)] == ["entered", "left", "entered"]


# --- persons -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", [PERSON, Subject(SubjectKind.INDIVIDUAL_BUSINESS, "个体工商户")])
def test_of_a_person_only_what_may_be_kept_is_kept(store: Store, subject: Subject) -> None:
    secret = replace(subject, code=make_code(5), registration_number="110108000000016")
    notice = make_notice(subject=secret, defects=(Defect("wrong-code", "code", "detail"),))
    assert ingest(store, make_given("1", notice)) == {"new": 1}
    (row,) = stored(store).values()
    assert (row["subject_name"], row["category"], row["decided_on"]) == (subject.name, "罚款", date(2025, 9, 1))
    assert row["defects"] == [{"name": "wrong-code", "concept": "code", "detail": ""}]
    told = str(row)
    for gone in ("标价牌", "二千元", "31号", make_code(5), "110108000000016", "备用列", "example.cn", "2000.5"):
        assert gone not in told
    with store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM notice_search_entries")).scalar_one() == 0


def test_the_database_itself_refuses_more_of_a_person(store: Store) -> None:
    ingest(store, make_given("1", make_notice(subject=PERSON)))
    with pytest.raises(DBAPIError), store.writing() as connection:
        connection.execute(text("UPDATE notices SET number = 'x'"))


def test_two_persons_of_one_reduced_name_are_never_taken_for_one(store: Store) -> None:
    ingest(store, make_given("1", make_notice(subject=PERSON)), make_given("2", make_notice(subject=PERSON), site="haimen_records"))
    ingest(store, make_given("1", make_notice(subject=PERSON, removed_on=date(2026, 4, 1))))
    assert set(stored(store)) == {notice_id(tag_of("2"))}


# --- the rest ----------------------------------------------------------------------------------------------------------


def test_a_store_knows_its_own_key_and_takes_no_other(store: Store, url: str, tmp_path: Any) -> None:
    ingest(store, make_given("1"))
    with Store.open(url, archive=tmp_path / "archive") as again:
        assert again.keyring.fingerprint == store.keyring.fingerprint
    with Store.open(url, key=tmp_path / "other.key") as stranger, pytest.raises(KeyringError):
        stranger.ingest_notices("r", [make_given("2")], today=TODAY)


def test_a_batch_of_two_thousand_records_is_kept_and_read_again_in_seconds(store: Store) -> None:
    many = [
        make_given(
            f"k{n}", make_notice(subject=replace(FIRM, name=f"江口第{n}纸品有限公司", code=make_code(n)), number=f"江市监〔2025〕{n}号")
        )
        for n in range(2000)
    ]
    store.keyring  # noqa: B018 -- made beforehand
    begun = time.perf_counter()
    assert ingest(store, *many) == {"new": 2000}
    first = time.perf_counter() - begun
    begun = time.perf_counter()
    assert ingest(store, *many) == {"unchanged": 2000}
    second = time.perf_counter() - begun
    # 2 s are the aim on a quiet machine; a query a record would take minutes on any
    assert max(first, second) < 40, (first, second)


amounts = st.decimals(min_value=0, max_value=Decimal("9999999999.9999"), places=4, allow_nan=False) | st.none()
words = st.text(max_size=40)


@settings(max_examples=tries(40), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words, words, amounts, st.sampled_from(list(SubjectKind)), st.dates(date(1990, 1, 1)) | st.none(), words)
def test_property_any_notice_can_be_stored_and_comes_back(
    store: Store, name: str, facts: str, amount: Decimal | None, kind: SubjectKind, ends: date | None, region: str
) -> None:
    notice = make_notice(
        subject=Subject(kind, name), facts=facts, number=name, fine_yuan=amount, term=Term(ends), region=region, decided_on=None
    )
    key = f"{name}|{facts}|{amount}|{kind}|{ends}"
    effect = ingest(store, make_given(tag_of(key), notice))
    row = stored(store).get(notice_id(tag_of(tag_of(key))))
    if ends and ends < TODAY:
        assert row is None
    elif effect.keys() & {"new", "changed", "unchanged"}:
        assert row is not None
        assert row["fine_yuan"] == (amount if kind is SubjectKind.LEGAL else None)
        assert row["ends_on"] == ends


def test_an_amount_too_long_to_be_kept_exactly_is_told_and_not_rounded(store: Store) -> None:
    ingest(store, make_given("1", make_notice(fine_yuan=Decimal("12345678901234567.89"), amount_yuan=Decimal("NaN"))))
    (row,) = stored(store).values()
    assert (row["fine_yuan"], row["amount_yuan"]) == (None, None)
    assert [defect["concept"] for defect in row["defects"] if defect["name"] == "amount-out-of-range"] == ["fine", "amount"]


def test_a_record_without_any_day_leaves_so_many_days_after_it_was_first_seen(store: Store) -> None:
    undated = make_notice(decided_on=None, published_on=None, term=Term(undated_days=90))
    capped = make_notice(decided_on=None, number="2号", term=Term(date(2026, 6, 1), "stated", undated_days=90))
    ingest(store, make_given("1", undated), make_given("2", capped))
    later = AT + timedelta(days=80)
    assert ingest(store, make_given("1", undated, at=later), run="r2", today=TODAY + timedelta(days=80)) == {"unchanged": 1}
    assert {row["ends_on"] for row in stored(store).values()} == {TODAY + timedelta(days=90), date(2026, 6, 1)}
    changed = replace(undated, content="罚款一千元")
    assert ingest(store, make_given("1", changed, at=later), run="r2", today=TODAY + timedelta(days=90)) == {"changed": 1}
    assert ingest(store, make_given("1", undated, at=later), run="r3", today=TODAY + timedelta(days=91)) == {"over": 1}
    assert buried(store) == {notice_id(tag_of("1")): "expired"}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"status": "已修复"}, TakedownReason.REPAIRED),
        ({"further": (PrintedField("removal_reason", "信用修复"),)}, TakedownReason.REPAIRED),
        ({"further": (PrintedField("removal_reason", "录入有误"),)}, TakedownReason.WITHDRAWN),
        ({}, TakedownReason.WITHDRAWN),
    ],
)
def test_a_record_that_ended_at_its_source_says_why(store: Store, told: dict[str, Any], reason: str) -> None:
    ingest(store, make_given("1", make_notice(removed_on=TODAY, **told)))
    assert buried(store) == {notice_id(tag_of("1")): reason}


def test_a_list_does_not_make_known_again_what_left_a_tombstone(store: Store) -> None:
    ingest(store, make_given("1", make_notice(removed_on=TODAY)))
    run = store.begin_run(SITE, ["penalties"], AT)
    store.notices_seen(run, SITE, "penalties", "", [tag_of("1"), tag_of("2")], AT)
    with store.reading() as connection:
        seen = set(connection.execute(select(record_sightings.c.notice_id)).scalars())
    assert seen == {notice_id(tag_of("2"))}


def test_a_repair_that_was_read_is_known_since_then(store: Store) -> None:
    assert store.notice_clock(SITE, tag_of("9")) is None
    ingest(store, make_given("9", make_notice(NoticeKind.REPAIR)))
    assert store.notice_clock(SITE, tag_of("9")) == NoticeClock(AT, None)
