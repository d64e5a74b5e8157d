"""What readers are told of records: the same on both databases, and nothing whose term is over."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from normalizers.notices.records import Colour, Defect, NoticeKind, Subject, SubjectKind, Term
from normalizers.records import Agency, AgencyKind
from spiders.items import CoverageLine
from storage import notice_queries, notice_search, search, search_terms
from storage.change_queries import ChangeFilters, changes
from storage.dump import dump
from storage.errors import UnknownRecord
from storage.exports import export
from storage.frames import frame
from storage.notice_queries import NoticeFilters
from storage.notice_rows import notice_id
from storage.queries import search as find
from storage.records import AgencyName, AgencyRow
from storage.selection import Filters
from storage.store import Store
from tests.shared import tries
from tests.storage.conftest import filled_once
from tests.storage.notice_samples import (
    AT,
    FIRM,
    OTHER,
    PERSON,
    SITE,
    TODAY,
    ingest,
    make_code,
    make_entry,
    make_given,
    make_notice,
    tag_of,
)

FAR = date.today() + timedelta(days=400)
"""The views ask the clock of the database, so their records must not end before it."""


def ids(*keys: str) -> set[str]:
    return {notice_id(tag_of(key)) for key in keys}


def fill(store: Store) -> None:
    """Give a store with a penalty, an entry of a list, a permit elsewhere and a person's penalty; none ends soon."""
    term = Term(FAR, "computed", "rule")
    court = Agency("海门县法院")
    permit = make_notice(
        NoticeKind.PERMIT, OTHER, decided_on=date(2024, 3, 1), number="海许〔2024〕1号", region="320600", authority=court, term=Term()
    )
    ingest(
        store,
        make_given("penalty", make_notice(term=term)),
        make_given("entry", make_entry(term=term, decided_on=date(2026, 1, 2), content="列入名单"), section="black", document="list-1"),
        make_given("permit", replace(permit, facts="", content="准予道路运输"), site="haimen_records", section="permits"),
        make_given("person", make_notice(subject=PERSON, term=term)),
    )


filled = filled_once(fill)


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        (NoticeFilters(), ("penalty", "entry", "permit", "person")),
        (NoticeFilters(kind="penalty"), ("penalty", "person")),
        (NoticeFilters(colour="black"), ("entry",)),
        (NoticeFilters(list_name="失信主体"), ("entry",)),
        (NoticeFilters(list_name="红名单"), ()),
        (NoticeFilters(code=FIRM.code), ("penalty", "entry")),
        (NoticeFilters(code=OTHER.organization_code), ("permit",)),
        (NoticeFilters(code=make_code(1)), ()),
        (NoticeFilters(name="青禾"), ("penalty", "entry")),
        (NoticeFilters(name="江口 青禾"), ("penalty", "entry")),
        (NoticeFilters(name="周某"), ()),
        (NoticeFilters(name="标价牌"), ()),
        (NoticeFilters(words="标价牌"), ("penalty", "entry")),
        (NoticeFilters(words="青禾 列入名单"), ("entry",)),
        (NoticeFilters(words="周某"), ()),
        (NoticeFilters(words="，"), ()),
        (NoticeFilters(authority="市市场监管局"), ("penalty", "entry", "person")),
        (NoticeFilters(authority="a0009"), ("penalty", "entry", "person")),
        (NoticeFilters(authority="海门县法院"), ("permit",)),
        (NoticeFilters(region="320000"), ("permit",)),
        (NoticeFilters(region="310000"), ("penalty", "entry", "person")),
        (NoticeFilters(site="haimen_records", section="permits"), ("permit",)),
        (NoticeFilters(since=date(2026, 1, 2)), ("entry",)),
        (NoticeFilters(until=date(2024, 3, 1)), ("permit",)),
        (NoticeFilters(limit=1), ("entry",)),
        (NoticeFilters(name="青禾", limit=1), ("entry",)),
    ],
)
def test_a_filter_finds_the_records_that_hold_it(filled: Store, filters: NoticeFilters, keys: tuple[str, ...]) -> None:
    found = notice_queries.notices(filled, filters, today=TODAY)
    assert {row["id"] for row in found} == ids(*keys)
    days = [row["day"] for row in found]
    assert days == sorted(days, reverse=True)


def test_an_authority_is_found_by_every_name_of_the_gazetteer(filled: Store) -> None:
    names = (AgencyName("江口市市场监督管理局", "canonical"), AgencyName("江口工商局", "former"))
    filled.load_agencies([AgencyRow("a0009", "江口市市场监督管理局", "agency", names=names)])
    found = notice_queries.notices(filled, NoticeFilters(authority="江口工商局", kind="list-entry"), today=TODAY)
    assert {row["id"] for row in found} == ids("entry")
    assert found[0]["authority"] == {"id": "a0009", "mention": "市市场监管局", "name": "江口市市场监督管理局", "resolved": True}


def test_a_record_is_shown_on_its_last_day_and_not_on_the_next_whether_the_daily_job_ran_or_not(store: Store) -> None:
    ingest(store, make_given("1", make_notice(term=Term(TODAY + timedelta(days=3), "stated"))))
    last, over = TODAY + timedelta(days=3), TODAY + timedelta(days=4)
    (row,) = notice_queries.notices(store, today=last)
    assert row["fine_yuan"] == Decimal("2000.5")
    assert notice_queries.notice(store, row["id"], today=last)["archived"]["length"] == 900
    assert find(store, "标价牌", today=last)["counts"]["notice"] == 1
    assert notice_queries.dossier(store, FIRM.code, today=last)["names"]
    assert fed(store, last)[0]["subject"] == FIRM.name
    assert notice_queries.notices(store, today=over) == []
    with pytest.raises(UnknownRecord):
        notice_queries.notice(store, row["id"], today=over)
    found = find(store, "标价牌", today=over)
    assert (found["counts"], found["hits"]) == ({"document": 0, "task": 0, "notice": 0}, [])
    assert notice_queries.dossier(store, FIRM.code, today=over)["notices"] == {}
    assert FIRM.name not in str(fed(store, over))


def test_the_views_ask_the_calendar_too(store: Store) -> None:
    yesterday = date.today() - timedelta(days=3)
    ingest(
        store,
        make_given("1", make_notice(term=Term(FAR))),
        make_given("2", make_notice(number="x1号", term=Term(yesterday))),
        today=yesterday,
    )
    assert set(frame(store, "notices")["notice"]) == ids("1")
    assert list(frame(store, "subjects")["notices"]) == [1]
    assert sorted(frame(store, "notice_events")["subject"]) == ["", FIRM.name]


def test_a_code_has_dated_names_and_persons_have_none(filled: Store) -> None:
    older = replace(FIRM, name="江口青禾造纸厂")
    ingest(filled, make_given("old", make_notice(subject=older, decided_on=date(2023, 2, 3), number="旧1号", term=Term())))
    found = frame(filled, "subjects")
    assert list(found["code"]) == sorted([FIRM.code, OTHER.code])
    row = found[found["code"] == FIRM.code].iloc[0]
    assert row["name"] == FIRM.name
    assert row["dated_names"] == "江口青禾造纸厂 2023-02-03/2023-02-03、江口青禾纸品有限公司 2025-09-01/2026-01-02"
    assert (row["notices"], row["sites"], row["organization_code"]) == (3, 1, FIRM.organization_code)
    assert (row["first_day"].date(), row["last_day"].date()) == (date(2023, 2, 3), date(2026, 1, 2))


def test_an_export_of_records_is_typed_and_runs_no_formula(filled: Store, tmp_path: Path) -> None:
    formula = Subject(SubjectKind.LEGAL, "=1+1有限公司")
    ingest(filled, make_given("bad", make_notice(subject=formula, number="y1号", defects=(Defect("a", "x"), Defect("b", "y")))))
    assert export(filled, "notices", tmp_path / "n.csv") == 5
    with (tmp_path / "n.csv").open(encoding="utf-8-sig", newline="") as file:
        found = {row["notice"]: row for row in csv.DictReader(file)}
    row = found[next(iter(ids("bad")))]
    assert (row["subject"], row["fine_yuan"], row["defects"], row["decided_on"]) == ("'=1+1有限公司", "2000.5", "a b", "2025-09-01")
    person = found[next(iter(ids("person")))]
    assert (person["subject"], person["code"], person["number"], person["content"]) == ("周某", "", "", "")
    for view in ("subjects", "coverage", "notice_events", "tombstones", "endings"):
        export(filled, view, tmp_path / f"{view}.parquet")


def test_a_dossier_tells_names_lists_and_records_of_a_code(filled: Store) -> None:
    older = Subject(SubjectKind.LEGAL, "江口青禾造纸厂", organization_code=FIRM.organization_code)
    ingest(filled, make_given("old", make_notice(subject=older, decided_on=date(2014, 2, 3), number="旧1号", term=Term())))
    found = notice_queries.dossier(filled, FIRM.code, today=TODAY)
    assert [(name["name"], name["first"], name["last"], name["notices"]) for name in found["names"]] == [
        (FIRM.name, date(2025, 9, 1), date(2026, 1, 2), 2),
        ("江口青禾造纸厂", date(2014, 2, 3), date(2014, 2, 3), 1),
    ]
    assert {kind: len(some) for kind, some in found["notices"].items()} == {"list-entry": 1, "penalty": 2}
    assert [(entry["list_name"], entry["colour"], entry["authority"]) for entry in found["lists"]] == [
        ("严重失信主体名单", "black", "江口市市场监督管理局")
    ]
    assert (found["organization_code"], found["code_problem"]) == (FIRM.organization_code, "")
    assert notice_queries.dossier(filled, "", today=TODAY)["notices"] == {}


# --- what was looked at ------------------------------------------------------------------------------------------------


def look(store: Store, day: int, verdict: str, *lines: CoverageLine) -> str:
    at = AT + timedelta(days=day)
    run = store.begin_run(SITE, [line.section for line in lines], at, name="江口记录", region="310000")
    store.record_coverage(run, lines)
    store.end_run(run, verdict, "" if verdict == "complete" else "challenge", {}, at + timedelta(minutes=9))
    return run


def test_sources_tell_when_each_section_was_last_looked_at_completely(filled: Store) -> None:
    capped = CoverageLine("black", capped=True, stated=9, listed=5)
    look(filled, 1, "complete", CoverageLine("penalties", stated=70, listed=70, complete=True), capped)
    parts = [CoverageLine("black", part, stated=4, listed=4, complete=True) for part in ("甲", "乙")]
    second = look(filled, 2, "incomplete", CoverageLine("penalties", stated=72, listed=30, gaps=("第3页缺",)), *parts)
    look(filled, 3, "blocked", CoverageLine("penalties"))
    found = {row["section"]: row for row in notice_queries.sources_looked_at(filled)}
    penalties, black = found["penalties"], found["black"]
    assert (penalties["verdict"], penalties["cause"], penalties["looked_at"]) == ("blocked", "challenge", AT + timedelta(days=3, minutes=9))
    assert (penalties["complete_at"], penalties["stated"], penalties["listed"]) == (AT + timedelta(days=1, minutes=9), 70, 70)
    assert (penalties["name"], penalties["region"], penalties["held"]) == ("江口记录", "310000", 2)
    assert (black["complete_at"], black["stated"], black["capped"], black["held"]) == (AT + timedelta(days=2, minutes=9), 8, False, 1)
    assert [row["gaps"] for row in notice_queries.coverage(filled, run=second) if row["section"] == "penalties"] == [["第3页缺"]]
    assert len(notice_queries.coverage(filled, site=SITE)) == 6
    assert sorted(frame(filled, "coverage")["gaps"]) == ["", "", "", "", "", "第3页缺"]


# --- the feed ------------------------------------------------------------------------------------------------------------


def fed(store: Store, today: date = TODAY, **filters: Any) -> list[dict[str, Any]]:
    return changes(store, ChangeFilters(entities=("notice",), **filters), today=today)


def test_what_became_of_records_is_in_the_feed_of_changes(filled: Store) -> None:
    first = fed(filled)
    assert [row["kind"] for row in first] == ["entered"] * 4
    ingest(filled, make_given("entry", make_entry(removed_on=date(2026, 5, 1)), section="black", at=AT + timedelta(days=1)))
    (left,) = fed(filled, since_seq=first[-1]["seq"])
    assert (left["kind"], left["reason"], left["list_name"], left["colour"]) == ("left", "withdrawn", "严重失信主体名单", "black")
    assert (left["subject"], left["record"]) == ("", None)
    assert [row["kind"] for row in fed(filled, list_name="失信", colour=Colour.BLACK)] == ["entered", "left"]
    assert {row["kind"] for row in fed(filled, record_kind="penalty")} == {"entered"}
    assert {row["subject"] for row in fed(filled, word=FIRM.name)} == {FIRM.name}
    assert len(fed(filled, since=AT + timedelta(hours=1))) == 1


def test_a_natural_person_is_found_by_no_word_in_the_feed(filled: Store) -> None:
    persons = [row for row in notice_queries.notices(filled, today=TODAY) if row["subject_kind"] != SubjectKind.LEGAL]
    assert persons
    for person in persons:
        assert person["id"] in {row["entity_id"] for row in fed(filled)}
        assert fed(filled, word=person["subject"]) == []


# --- search --------------------------------------------------------------------------------------------------------------


def test_a_search_finds_records_among_documents_those_named_so_first(filled: Store) -> None:
    found = find(filled, "青禾", Filters(limit=5), today=TODAY)
    assert found["counts"] == {"document": 0, "task": 0, "notice": 2}
    assert [hit["id"] for hit in found["hits"]] == [notice_id(tag_of("entry")), notice_id(tag_of("penalty"))]
    for hit in found["hits"]:
        assert (hit["kind"], hit["site"]) == ("notice", SITE)
        assert [hit["snippet"][start:end] for start, end in hit["spans"]] == ["青禾"]
    assert find(filled, "青禾", kind="document", today=TODAY)["hits"] == []
    assert find(filled, "青禾", Filters(site="haimen_records"), today=TODAY)["counts"]["notice"] == 0
    assert find(filled, FIRM.code[:9], today=TODAY)["counts"]["notice"] == 2
    assert find(filled, "周某", today=TODAY)["counts"]["notice"] == 0


def test_a_changed_record_is_found_by_its_new_words_only(filled: Store) -> None:
    ingest(filled, make_given("penalty", make_notice(facts="秤的示值不准", term=Term(FAR)), at=AT + timedelta(days=1)))
    assert find(filled, "示值", today=TODAY)["counts"]["notice"] == 1
    assert {hit["id"] for hit in find(filled, "标价牌", today=TODAY)["hits"]} == ids("entry")


def test_no_term_of_a_removed_record_is_left_in_the_index(store: Store, url: str) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("PostgreSQL deletes the row of terms with the entry")
    secret = "龘靐齉爩鱻麤"
    ingest(store, make_given("1", make_notice(facts=secret)), *(make_given(f"k{n}", make_notice(number=f"{n}号")) for n in range(300)))
    terms = [term.encode() for term in search_terms.terms(search.folded(secret))]
    file = Path(url.removeprefix("sqlite:///"))

    def left() -> int:
        with store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        data = file.read_bytes() + Path(f"{file}-wal").read_bytes()
        return sum(term[4:] in data for term in terms if len(term) > 4) + (secret.encode() in data)

    assert left() > 0
    with store.writing() as connection:
        notice_search.remove(connection, ids("1"))
        connection.execute(text("DELETE FROM notices WHERE id = :id"), {"id": next(iter(ids("1")))})
        notice_search.forget(connection)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("BEGIN")
    assert left() == 0
    assert len(find(store, "江口", today=TODAY)["hits"]) == 300


texts = st.text(alphabet="信用监管修复目录A1，。 \n", max_size=40)


@settings(max_examples=tries(20), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(texts, min_size=1, max_size=4), st.text(alphabet="信用监管修复目录a1", min_size=1, max_size=4))
def test_property_a_search_finds_exactly_the_records_that_hold_the_words(store: Store, found: list[str], word: str) -> None:
    with store.writing() as connection:
        notice_search.remove(connection, connection.execute(text("SELECT notice_id FROM notice_search_entries")).scalars().all())
        connection.execute(text("DELETE FROM notices"))
    given_rows = [make_given(f"{n}", make_notice(facts=facts, number=f"{n}号")) for n, facts in enumerate(found)]
    ingest(store, *given_rows)
    truth = {notice_id(row.printed.key) for row in given_rows if word in search.folded(notice_search.words(notice_queries_row(row.notice)))}
    assert {row["id"] for row in notice_queries.notices(store, NoticeFilters(words=word), today=TODAY)} == truth


def notice_queries_row(notice: Any) -> dict[str, Any]:
    """Return the columns of a notice that are searched, put together apart from the code that stores them."""
    authority = notice.authority or Agency("", kind=AgencyKind.AGENCY)
    names = ("number", "title", "list_name", "category", "violation", "facts", "basis", "content", "licence", "licence_number", "remark")
    subject = notice.subject
    codes = {"code": subject.code, "organization_code": subject.organization_code, "registration_number": subject.registration_number}
    told = {name: getattr(notice, name) for name in names} | codes
    return told | {"subject_name": subject.name, "authority_mention": authority.mention, "authority_name": authority.name}


# --- other ways out ----------------------------------------------------------------------------------------------------


def test_stored_records_can_be_read_again_without_a_change(filled: Store) -> None:
    places = list(notice_queries.stored_records(filled))
    assert [place.notice for place in places] == sorted(ids("penalty", "entry", "permit", "person"))
    assert {place.site for place in notice_queries.stored_records(filled, "haimen_records")} == {"haimen_records"}
    (permit,) = notice_queries.stored_records(filled, "haimen_records")
    before = notice_queries.notices(filled, today=TODAY)
    again = make_notice(NoticeKind.PERMIT, OTHER, content="准予普通货运", term=Term())
    row = make_given("permit", again, site="haimen_records", section="permits", at=permit.fetched_at, place=permit.location)
    assert ingest(filled, row) == {"reread": 1}
    after = notice_queries.notices(filled, today=TODAY)
    assert [row["last_checked"] for row in after] == [row["last_checked"] for row in before]


def test_two_stores_that_know_the_same_have_one_dump(filled: Store, tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/other.sqlite", create=True) as other:
        term = Term(FAR, "computed", "rule")
        one, two = Store.open(f"sqlite:///{tmp_path}/third.sqlite", create=True), other
        with one:
            for target in (one, two):
                ingest(target, make_given("penalty", make_notice(term=term)), make_given("person", make_notice(subject=PERSON, term=term)))
                ingest(target, make_given("gone", make_notice(subject=OTHER, removed_on=date(2026, 1, 1))))
            assert list(dump(one)) == list(dump(two))
            assert sum('"table":"notice"' in line for line in dump(one)) == 2
            assert OTHER.name not in "".join(dump(one))
    assert sum('"table":"notice"' in line for line in dump(filled)) == 4
