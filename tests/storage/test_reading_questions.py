"""What the pages of records, review, corrections and coverage ask, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from normalizers.notices.records import NoticeKind
from storage import change_queries, corrections, coverage_queries, ending_decisions, notice_queries, works_waiting
from storage.change_filters import EVERYTHING
from storage.corrections import Answer, Report
from storage.errors import UnknownRecord
from storage.notice_queries import NoticeFilters
from storage.paging import WrongCursor
from storage.store import Store
from tests.storage.notice_samples import AT as READ_AT
from tests.storage.notice_samples import FIRM, TODAY, ingest, make_given, make_notice
from tests.storage.samples import AT, make_derived, put
from tests.storage.takedown_cases import suppress


def test_reports_wait_in_order_are_answered_and_lose_what_they_said_of_a_record_that_goes(store: Store) -> None:
    ingest(store, make_given("1"), run=store.begin_run("jiangkou_records", ["penalties"], READ_AT), today=TODAY)
    record = notice_queries.notices(store, today=TODAY)[0]["id"]
    first = corrections.take_in(store, Report("page", "/tasks", "读错了", reported_by="甲"), READ_AT, date(2026, 5, 8))
    second = corrections.take_in(
        store, Report("record", f"/n/{record}", "金额不对", "fine_yuan", notice_id=record), READ_AT, date(2026, 5, 7)
    )
    assert [row["id"] for row in corrections.listed(store)] == [second, first], "what is due first"
    corrections.answer(store, first, Answer("mended", "牵头单位读反", "", date(2026, 1, 1), date(2026, 5, 6)), "王审核", READ_AT)
    assert corrections.counts(store) == {"new": 1, "confirmed": 0, "mended": 1, "declined": 0}
    page = corrections.log(store, limit=1)
    assert [row["id"] for row in page.rows] == [second]
    assert (page.rows[0]["address"], page.rows[0]["told"], page.total) == ("", "", 2)
    assert [row["id"] for row in corrections.log(store, limit=1, after=page.next).rows] == [first]
    with pytest.raises(WrongCursor):
        corrections.log(store, after="nonsense")
    suppress(store, record, READ_AT)
    assert (corrections.named(store, second)["wrong"], corrections.named(store, second)["address"]) == ("", "")
    with pytest.raises(UnknownRecord):
        corrections.take_in(store, Report("record", f"/n/{record}", "金额不对", notice_id=record), READ_AT, TODAY)


def test_pages_of_records_follow_each_other_without_a_gap(store: Store) -> None:
    given = [make_given(f"p{n}", make_notice(number=f"江页罚〔2026〕{n}号", decided_on=date(2026, 4, 1 + n % 3))) for n in range(11)]
    ingest(store, *given, run=store.begin_run("jiangkou_records", ["penalties"], READ_AT), today=TODAY)
    whole = [row["id"] for row in notice_queries.notices(store, today=TODAY)]
    seen, after = list[str](), ""
    while True:
        page = notice_queries.page(store, NoticeFilters(limit=4), today=TODAY, after=after)
        seen += [row["id"] for row in page.rows]
        if not (after := page.next):
            break
    assert seen == whole
    assert notice_queries.kinds(store, NoticeFilters(kind="permit"), today=TODAY) == {"penalty": 11}


def test_an_ending_of_several_records_waits_and_is_settled_once(store: Store) -> None:
    run = store.begin_run("jiangkou_records", ["penalties"], READ_AT)
    given = [make_given(f"e{n}", make_notice(number=f"江城罚〔2026〕{n}号", decided_on=date(2026, 4, n))) for n in (1, 2)]
    ingest(store, *given, run=run, today=TODAY)
    repair = make_notice(NoticeKind.REPAIR, FIRM, number="", decided_on=TODAY, removed_on=TODAY, fine_yuan=None)
    ingest(store, make_given("e3", repair), run=run, today=TODAY)
    found = ending_decisions.waiting(store, today=TODAY)
    assert [len(row["records"]) for row in found] == [ending_decisions.count(store) + 1] == [2]
    assert ending_decisions.settle(store, found[0]["id"], [found[0]["records"][0]["id"]], READ_AT) == 1
    assert [row["id"] for row in notice_queries.notices(store, today=TODAY)] == [found[0]["records"][1]["id"]]
    assert ending_decisions.count(store) == 0


def test_coverage_pairs_and_the_feed_backwards_are_asked_of_both_databases(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT, region="310000")
    lines = tuple(f"推进第{n}项信用制度建设，按季度通报进展情况并向社会公布" for n in range(30))
    put(store, run, "1", make_derived("江口市信用体系建设工作安排的通知", lines, document_number=""))
    near = (*lines[:-4], *(f"{line}（{n}）更新后重新公布" for n, line in enumerate(lines[-4:])))
    put(store, run, "2", make_derived("江口市信用体系建设工作安排的通知", near, document_number=""), site="haimen")
    assert len(works_waiting.listed(store)) == works_waiting.count(store) == 1
    found = coverage_queries.documents(store)
    assert [(row["province"], row["year"], row["count"]) for row in found] == [("31", 2024, 1)], "a work counts once"
    assert coverage_queries.records(store, TODAY) == []
    assert coverage_queries.unread_counts(store) == coverage_queries.incomplete_lists(store) == {}
    forwards = [row["seq"] for row in change_queries.changes(store, EVERYTHING, today=TODAY)]
    assert [row["seq"] for row in change_queries.back(store, EVERYTHING, today=TODAY)] == forwards[::-1] != []
