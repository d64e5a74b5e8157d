"""How far the list of a section is read: whole, or down to its overlap, and never past what a list in disorder may hide."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.reach import Budget, Lists, Window
from harvester.readings import Reading, Readings, reach_of
from spiders.coverage import Coverage, Recent
from spiders.families import ListRequest
from spiders.items import ListItem, ListPage

TODAY = date(2027, 3, 20)
SINCE = TODAY - timedelta(days=14)
NOW = datetime(2027, 3, 20, 2, tzinfo=UTC)


def item(key: str, ago: int | None) -> ListItem:
    return ListItem(key, f"https://a.cn/{key}", key, None if ago is None else TODAY - timedelta(days=ago))


def read(pages: list[list[ListItem]], known: set[str], *, listed: int | None = None, total: int | None = None) -> Coverage:
    """Read a list page by page, as the spider does, as long as there is a next one."""
    every = [each for page in pages for each in page]
    newest = [each.key for each in sorted(every, key=lambda each: each.listed_on or date.min, reverse=True) if each.key in known][:5]
    coverage = Coverage("tzgg")
    dated = frozenset(newest) if any(each.listed_on for each in every) else frozenset[str]()
    coverage.recent = Recent(SINCE, frozenset(known), dated, len(known) if listed is None else listed)
    for number, items in enumerate(pages, 1):
        page = ListPage(tuple(items), number, len(pages), total)
        assert coverage.take(number, page)
        coverage.plan([ListRequest(f"https://a.cn/?{n}", n) for n in range(2, len(pages) + 1)])
        coverage.end_at(number, page)
        if coverage.following() is None:
            break
    return coverage


def numbered(first: int, *ago: int | None) -> list[ListItem]:
    return [item(str(first + n), days) for n, days in enumerate(ago)]


def keys(pages: list[list[ListItem]]) -> set[str]:
    return {each.key for page in pages for each in page}


DEEP = [numbered(0, 1, 3, 9), numbered(10, 13, 20, 30), numbered(20, 40, 50, 60), numbered(30, 70, 80, 90)]


def test_a_list_in_order_ends_at_the_page_whose_last_line_is_older_than_the_overlap() -> None:
    found = read(DEEP, keys(DEEP))
    assert (found.until, len(found.had), found.missing, found.cut, found.lacks_items) == (2, 2, [], False, False)
    assert found.reached
    assert not found.whole


def test_an_old_line_that_is_new_here_leads_further() -> None:
    assert read(DEEP, keys(DEEP) - {"12"}).until == 3


def test_pinned_lines_before_newer_ones_end_nothing() -> None:
    some = [numbered(40, 900, 800, 1), *DEEP]
    page = [numbered(40, 900, 800, 700), *DEEP]
    assert read(some, keys(some)).until == 3
    assert read(page, keys(page)).until == 4, "after a page of pinned lines a whole page must be old"


def test_a_list_in_disorder_needs_a_whole_page_of_what_is_known_and_old() -> None:
    pages = [numbered(0, 1, 30, 9), numbered(10, 13, 20, 30), *DEEP[2:]]
    assert read(pages, keys(pages)).until == 3


def test_without_days_two_known_pages_in_a_row_end_a_list() -> None:
    pages = [numbered(n * 10, None, None) for n in range(5)]
    assert read(pages, keys(pages)).until == 2
    assert read(pages, keys(pages) - {"10"}).until == 4
    assert read(pages, keys(pages) - {"0"}).until == 3


def test_a_list_that_states_more_than_is_known_is_read_on_and_judged_by_its_total() -> None:
    same, one, more = (read(DEEP, keys(DEEP), total=total) for total in (12, 13, 15))
    assert (same.until, one.until) == (2, 2), "sites count one more than they list"
    assert (more.until, more.lacking, more.reached) == (None, 3, False)


def test_a_list_that_ends_before_it_is_past_is_read_whole() -> None:
    found = read(DEEP[:1], keys(DEEP))
    assert (found.until, found.whole) == (None, True)


def test_a_page_that_is_missing_before_the_end_spoils_a_recent_reading() -> None:
    found = read(DEEP, keys(DEEP))
    found.failed.add(1)
    del found.had[1]
    assert found.missing == [1]
    assert not found.reached


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40), st.integers(1, 7), st.data())
def test_property_a_recent_reading_finds_whatever_is_new_within_the_overlap(ago: list[int], size: int, data: st.DataObject) -> None:
    ordered = [item(str(n), days) for n, days in enumerate(sorted(ago))]
    pages = [ordered[n : n + size] for n in range(0, len(ordered), size)]
    new = data.draw(st.sets(st.sampled_from([each.key for each in ordered])))
    found = read(pages, keys(pages) - new)
    within = {each.key for each in ordered if each.listed_on is not None and each.listed_on >= SINCE}
    assert new & within <= found.items.keys()
    assert found.reached


# --- which lists are read whole ----------------------------------------------------------------------------------------------


def reading(days_ago: float, reach: Lists = Lists.ALL) -> Reading:
    at = NOW - timedelta(days=days_ago)
    return Reading(at, at + timedelta(minutes=5), reach, 5, 50)


@pytest.mark.parametrize(
    ("lists", "known", "reach"),
    [
        (Lists.ALL, [reading(1)], Lists.ALL),
        (Lists.RECENT, [reading(100)], Lists.RECENT),
        (Lists.RECENT, [], Lists.ALL),
        (Lists.RECENT, [reading(1, Lists.RECENT)], Lists.ALL),
        (Lists.DUE, [], Lists.ALL),
        (Lists.DUE, [reading(1)], Lists.RECENT),
        (Lists.DUE, [reading(6.2)], Lists.RECENT),
        (Lists.DUE, [reading(6.99)], Lists.ALL),
        (Lists.DUE, [reading(1, Lists.RECENT), reading(8)], Lists.ALL),
        (Lists.DUE, [reading(-3)], Lists.ALL),
    ],
)
def test_a_list_is_swept_when_its_last_sweep_is_so_many_days_ago(lists: Lists, known: list[Reading], reach: Lists) -> None:
    assert reach_of(Readings(tuple(known)), lists, NOW, Window()) is reach


def test_what_was_missed_is_counted_from_the_first_sweep_that_did_not_name_it() -> None:
    known = Readings((reading(1, Lists.RECENT), reading(2), reading(9), reading(16)))
    assert known.missed_since(NOW - timedelta(days=12)) == NOW - timedelta(days=9)
    assert known.missed_since(NOW) is None
    assert known.missed_since(None) == NOW - timedelta(days=16)


def test_a_budget_of_nothing_is_no_limit_and_a_negative_one_is_refused() -> None:
    assert not Budget().over(10**9, 1e9)
    assert Budget(5).over(5, 0)
    assert Budget(0, 2.5).over(0, 2.5)
    assert not Budget(5, 2.5).over(4, 2.4)
    with pytest.raises(ValueError, match="0 is no limit"):
        Budget(-1)
