"""Moments as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import WrongCall
from harvester.filtering import of_time, parse_date
from harvester.moments import CHINESE, ENGLISH, end_ahead, minute, moment_of
from storage.days import LOCAL, local_day

NOW = datetime(2026, 7, 15, 18, 30, tzinfo=UTC)  # a Thursday in Shanghai, half past two in the morning


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", date(2026, 7, 16)),
        ("今天", date(2026, 7, 16)),
        ("yesterday", date(2026, 7, 15)),
        ("昨天", date(2026, 7, 15)),
        ("Monday", date(2026, 7, 13)),
        ("mon", date(2026, 7, 13)),
        ("周一", date(2026, 7, 13)),
        ("本周一", date(2026, 7, 13)),
        ("星期四", date(2026, 7, 16)),
        ("friday", date(2026, 7, 10)),
        ("周五", date(2026, 7, 10)),
        ("上周五", date(2026, 7, 10)),
        ("上周一", date(2026, 7, 6)),
        ("周日", date(2026, 7, 12)),
        ("礼拜天", date(2026, 7, 12)),
        ("2026-06-30", date(2026, 6, 30)),
    ],
)
def test_a_day_begins_at_midnight_in_shanghai(words: str, day: date) -> None:
    assert moment_of(words, NOW) == datetime(day.year, day.month, day.day, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("3d", NOW - timedelta(days=3)),
        ("3天前", NOW - timedelta(days=3)),
        ("12h", NOW - timedelta(hours=12)),
        ("2w", NOW - timedelta(days=14)),
        ("2026-06-30T08:00", datetime(2026, 6, 30, tzinfo=UTC)),
        ("2026-06-30t08:00z", datetime(2026, 6, 30, 8, tzinfo=UTC)),
        ("2026-06-30 08:00+00:00", datetime(2026, 6, 30, 8, tzinfo=UTC)),
    ],
)
def test_a_moment_is_exact(words: str, moment: datetime) -> None:
    assert moment_of(words, NOW) == moment


@pytest.mark.parametrize("words", ["today", "2026-07-16", "周四"])
def test_a_day_may_stand_for_its_end(words: str) -> None:
    assert moment_of(words, NOW, end=True) == datetime(2026, 7, 16, 23, 59, 59, 999999, tzinfo=LOCAL)
    assert moment_of("2026-06-30T08:00", NOW, end=True) == moment_of("2026-06-30T08:00", NOW)


@pytest.mark.parametrize("words", ["", "someday", "2026-13-01", "周八", "99999d", "d", "9" * 400, "上周", "-3d"])
def test_what_is_no_moment_is_a_wrong_call_that_says_how(words: str) -> None:
    with pytest.raises(WrongCall, match="write a day"):
        moment_of(words, NOW)


MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.integers(0, 6))
def test_property_a_weekday_is_the_last_one_there_was(now: datetime, number: int) -> None:
    found = moment_of(ENGLISH[number], now)
    assert found == moment_of(f"周{CHINESE[number]}", now)
    assert local_day(found).weekday() == number
    assert timedelta(0) <= local_day(now) - local_day(found) <= timedelta(days=6)


@given(MOMENTS, st.text(max_size=12))
def test_property_any_words_are_a_moment_or_a_wrong_call(now: datetime, words: str) -> None:
    try:
        assert moment_of(words, now).tzinfo is not None
    except WrongCall as error:
        assert "write a day" in str(error)


@pytest.mark.parametrize("words", ["0001-01-01", "0001-01-01T00:00", "1899-12-31", "9999w", "9999-12-31T23:59-12:00"])
def test_a_moment_that_no_store_can_hold_is_refused_with_the_next_step(words: str) -> None:
    with pytest.raises(WrongCall, match="write"):
        moment_of(words, NOW)


def test_a_day_before_1900_is_refused_in_every_filter() -> None:
    with pytest.raises(WrongCall, match="before 1900"):
        parse_date("0001-01-01")
    with pytest.raises(WrongCall, match="before 1900"):
        of_time("", "0001-01-01", None, None)


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("2026-12-01", "2026-12-02 00:00"),
        ("today", "2026-11-24 00:00"),
        ("tomorrow", "2026-11-25 00:00"),
        ("明天", "2026-11-25 00:00"),
        ("monday", "2026-12-01 00:00"),
        ("tue", "2026-11-25 00:00"),
        ("周日", "2026-11-30 00:00"),
        ("下周一", "2026-12-01 00:00"),
        ("3d", "2026-11-26 20:00"),
        ("2026-12-01T08:00", "2026-12-01 08:00"),
    ],
)
def test_an_end_ahead_is_the_end_of_the_day_where_the_sites_are_and_a_weekday_the_coming_one(words: str, end: str) -> None:
    monday = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert minute(end_ahead(words, monday)) == end


@pytest.mark.parametrize("words", ["yesterday", "昨天", "soon", "", "上周一"])
def test_what_lies_behind_is_no_end_ahead_and_what_could_be_is_named(words: str) -> None:
    with pytest.raises(WrongCall, match=r"is no moment ahead; .*tomorrow, monday, 明天"):
        end_ahead(words, datetime(2026, 11, 23, 12, tzinfo=UTC))
