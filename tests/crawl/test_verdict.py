from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.freshness import Recheck, interval, is_due
from harvester.verdict import judge
from spiders.coverage import Coverage
from spiders.families import ListRequest
from spiders.items import CaptureKind, Cause, Failure, ListItem, ListPage
from storage.records import Clock, Verdict

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def page(*keys: str, pages: int | None = 1, total: int | None = None) -> ListPage:
    return ListPage(tuple(ListItem(key, f"http://x/{key}", key) for key in keys), pages=pages, total=total)


def section(*pages: ListPage, name: str = "tzgg") -> Coverage:
    coverage = Coverage(name)
    for number, each in enumerate(pages, start=1):
        coverage.take(number, each)
    return coverage


def failure(cause: Cause, kind: CaptureKind = CaptureKind.ARTICLE, key: str = "1") -> Failure:
    return Failure("s", "tzgg", kind, "http://x", cause, "", NOW, key)


def verdict(*sections: Coverage, failures: tuple[Failure, ...] = (), reason: str = "finished", skipped: int = 0) -> tuple[str, str]:
    found = judge({each.section: each for each in sections}, failures, reason, skipped=skipped)
    return found.verdict, found.cause


def test_a_list_that_was_had_whole_is_complete():
    assert verdict(section(page("a", "b", pages=2, total=3), page("c", pages=2, total=3))) == ("complete", "")


def test_one_missing_page_is_incomplete_whatever_the_share():
    had = section(*[page(str(n), pages=9) for n in range(8)])
    had.failed.add(9)
    assert verdict(had, failures=(failure(Cause.TIMEOUT, CaptureKind.LIST),)) == ("incomplete", "timeout")
    assert not had.whole


def test_a_list_longer_than_its_limit_is_told_in_a_short_sentence_and_is_not_complete():
    found = judge({"tzgg": section(page("a", pages=999_999))}, (), "finished")
    assert found.verdict is Verdict.INCOMPLETE
    assert found.notes[0] == "Section tzgg lacks page 2-500 of 999999."
    assert not section(*[page(str(n), pages=600) for n in range(500)]).whole


def test_many_gaps_are_counted():
    had = Coverage("tzgg")
    for number in range(1, 100, 2):
        had.take(number, page(str(number), pages=99))
    (note,) = judge({"tzgg": had}, (), "finished").notes
    assert note == "Section tzgg lacks page 2, 4, 6, 8, 10, 12, 14, 16, 18, 20 and 39 more of 99."


def test_a_total_that_is_one_off_is_noted_and_one_that_is_more_off_is_a_mismatch():
    near = judge({"tzgg": section(page("a", "b", total=3))}, (), "finished")
    assert (near.verdict, near.notes) == (Verdict.COMPLETE, ("Section tzgg states 3 documents and lists 2.",))
    assert verdict(section(page("a", "b", total=4))) == ("incomplete", "count-mismatch")


def test_a_total_that_grows_during_the_crawl_is_no_mismatch():
    assert verdict(section(page("a", "b", pages=2, total=3), page("c", pages=2, total=9))) == ("complete", "")


@pytest.mark.parametrize("cause", [Cause.CHALLENGE, Cause.ROBOTS_UNREADABLE])
def test_a_challenge_anywhere_blocks_the_run(cause: Cause):
    assert verdict(section(page("a")), failures=(failure(cause),)) == ("blocked", cause)


def test_a_run_without_a_single_list_page_failed():
    empty = Coverage("tzgg")
    empty.failed.add(1)
    assert verdict(empty, failures=(failure(Cause.NO_LIST, CaptureKind.LIST),)) == ("failed", "no-list-container")


@pytest.mark.parametrize("cause", [Cause.TIMEOUT, Cause.HTTP_ERROR, Cause.TRUNCATED, Cause.NO_BODY, Cause.ERROR_PAGE, Cause.CONNECTION])
def test_a_document_that_another_crawl_may_have_makes_a_run_incomplete(cause: Cause):
    assert verdict(section(page("a")), failures=(failure(cause),)) == ("incomplete", cause)


@pytest.mark.parametrize("cause", [Cause.NOT_FOUND, Cause.OFFSITE, Cause.PRIVATE_ADDRESS, Cause.UNREADABLE, Cause.TOO_LARGE])
def test_what_the_site_itself_has_wrong_is_told_and_spoils_nothing(cause: Cause):
    assert verdict(section(page("a")), failures=(failure(cause),)) == ("complete", "")


def test_a_line_that_leads_to_no_article_spoils_nothing():
    assert verdict(section(page("a")), failures=(failure(Cause.NO_BODY, key="/zt/index.html"),)) == ("complete", "")


def test_a_stopped_run_is_incomplete():
    assert verdict(section(page("a")), reason="shutdown") == ("incomplete", "stopped")


def test_a_limited_run_is_not_judged_by_its_coverage():
    assert verdict(section(page("a", total=99)), skipped=3) == ("incomplete", "stopped")


def test_pages_are_asked_for_once():
    coverage = section(page("a", pages=3))
    coverage.plan([ListRequest("http://x/2", 2), ListRequest("http://x/3", 3)])
    coverage.plan([ListRequest("http://x/2", 2), ListRequest("http://x/1", 1)])
    assert [coverage.following(), coverage.following(), coverage.following()] == [
        ListRequest("http://x/2", 2),
        ListRequest("http://x/3", 3),
        None,
    ]


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=4), max_size=6), st.integers(0, 8))
def test_property_a_complete_verdict_means_that_every_stated_page_was_had(pages: list[list[str]], stated: int):
    coverage = section(*[page(*keys, pages=stated or None) for keys in pages])
    if verdict(coverage)[0] == "complete":
        assert stated <= len(coverage.had)
        assert not coverage.duplicates


# --- freshness -----------------------------------------------------------------------------------------------------------


def clock(first_seen: timedelta, checked: timedelta) -> Clock:
    return Clock(NOW - first_seen, NOW, NOW - checked, None, None, "")


@pytest.mark.parametrize(
    ("age", "checked", "due"),
    [
        (2, 0.25, False),
        (2, 0.5, True),
        (2, 1.5, True),
        (20, 2, False),
        (20, 4, True),
        (100, 10, False),
        (3000, 100, False),
        (3000, 200, True),
    ],
)
def test_young_documents_are_checked_sooner(age: float, checked: float, due: bool):
    assert is_due(clock(timedelta(days=age), timedelta(days=checked)), NOW, Recheck.DUE) is due


@pytest.mark.parametrize("late", [timedelta(seconds=5), timedelta(hours=2)])
def test_a_crawl_at_the_same_hour_every_day_checks_a_young_document_every_day(late: timedelta):
    assert is_due(clock(timedelta(days=3), timedelta(days=1) - late), NOW, Recheck.DUE)


def test_the_caller_may_ask_for_all_or_none():
    just = clock(timedelta(days=1), timedelta(0))
    assert is_due(just, NOW, Recheck.ALL)
    assert not is_due(clock(timedelta(days=1), timedelta(days=99)), NOW, Recheck.NONE)
    assert is_due(None, NOW, Recheck.NONE)


def test_a_check_by_a_clock_that_ran_ahead_is_done_again():
    assert is_due(clock(timedelta(days=-900), timedelta(days=-900)), NOW, Recheck.DUE)


@given(st.timedeltas(timedelta(0), timedelta(days=9000)), st.timedeltas(timedelta(0), timedelta(days=9000)))
def test_property_an_older_document_is_never_checked_more_often(one: timedelta, other: timedelta):
    assert (interval(one) <= interval(other)) or one > other


def test_days_count_and_not_hours_so_that_a_crawl_that_lasts_long_never_drifts_past_a_day():
    late, early = datetime(2026, 11, 2, 9, tzinfo=UTC), datetime(2026, 11, 2, 21, tzinfo=UTC)
    checked = Clock(late, late, late, None, None, "")
    assert is_due(checked, early, Recheck.DUE), "21:00 UTC is the next morning in Shanghai"
    assert not is_due(checked, late + timedelta(hours=6), Recheck.DUE)


@given(st.integers(0, 1000), st.integers(0, 400), st.integers(1, 400))
def test_property_an_edit_is_found_within_the_interval_of_its_age_by_a_crawl_a_day(age: int, gap: int, edited: int):
    first = NOW - timedelta(days=age + gap)
    checked = Clock(first, NOW, first + timedelta(days=age), None, None, "")
    found = next(n for n in range(2000) if is_due(checked, checked.last_checked + timedelta(days=n), Recheck.DUE))
    assert found == interval(timedelta(days=age)).days
    if edited <= found:
        assert found - edited < interval(timedelta(days=age + edited)).days
