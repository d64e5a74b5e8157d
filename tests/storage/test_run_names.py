"""Names of runs sort like the moments the runs began at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storage.run_names import new_name

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))


@given(MOMENTS, st.timedeltas(timedelta(microseconds=1), timedelta(seconds=2)))
def test_what_began_a_microsecond_later_sorts_behind(at: datetime, later: timedelta) -> None:
    assert new_name(at) < new_name(at + later)


def test_what_begins_at_one_moment_has_two_names() -> None:
    at = datetime(2026, 3, 1, 1, 2, 3, 36920, tzinfo=UTC)
    names = {new_name(at) for _ in range(100)}
    assert len(names) == 100
    assert all(name.startswith("20260301T010203-09038") for name in names)
