from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.workdays import LONGEST, add_workdays, is_workday, known, workdays_between

DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))


def test_a_day_of_the_national_holiday_is_no_working_day_and_a_saturday_that_makes_up_for_it_is() -> None:
    assert not is_workday(date(2026, 10, 1))
    assert is_workday(date(2026, 10, 10))
    assert date(2026, 10, 10).weekday() == 5


def test_seven_working_days_after_the_last_one_before_the_national_holiday_end_in_the_middle_of_october() -> None:
    # 2026: 1-7 October are free, Saturday the 10th is worked.
    assert add_workdays(date(2026, 9, 30), 7) == date(2026, 10, 15)
    assert workdays_between(date(2026, 9, 30), date(2026, 10, 15)) == 7


def test_the_day_of_the_event_is_not_counted() -> None:
    assert workdays_between(date(2026, 11, 20), date(2026, 11, 20)) == 0
    assert workdays_between(date(2026, 11, 20), date(2026, 11, 23)) == 1


def test_years_without_a_notice_count_monday_to_friday() -> None:
    assert not known(date(2199, 1, 1))
    assert is_workday(date(2199, 1, 1)) == (date(2199, 1, 1).weekday() < 5)


def test_a_span_of_decades_is_refused() -> None:
    with pytest.raises(ValueError, match="no period"):
        workdays_between(date(1900, 1, 1), date(1900, 1, 1) + timedelta(days=LONGEST + 1))


@given(DAYS, st.integers(1, 60))
def test_property_a_period_of_working_days_has_that_many_and_ends_on_one(day: date, count: int) -> None:
    end = add_workdays(day, count)
    assert is_workday(end)
    assert workdays_between(day, end) == count
    assert workdays_between(end, day) == -count
