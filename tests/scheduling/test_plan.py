"""Moments are computed: the same for everybody, in the allowed hours, on the right days, however a time is cut into pieces."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.scheduling.plan import coming, jitter, moments, next_done, next_due, upcoming, within
from normalizers.workdays import LAST_YEAR
from spiders.schedule import SKIP, ZONE, Schedule
from storage.pauses import Pause, holding

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
FEWER = settings().max_examples // 3
minutes = st.integers(0, 59)
hours_of_day = st.integers(0, 23)
windows = st.tuples(st.integers(0, 95), st.integers(0, 95)).filter(lambda pair: pair[0] != pair[1])
days_of_week = st.sets(st.integers(0, 6), min_size=1)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    weekdays = draw(st.just("*") | days_of_week.map(lambda days: ",".join(map(str, sorted(days)))))
    times = draw(st.sets(hours_of_day, min_size=1, max_size=4))
    window = draw(st.none() | windows)
    return Schedule(
        cron=f"{draw(minutes)} {','.join(map(str, sorted(times)))} * * {weekdays}",
        jitter_minutes=draw(st.sampled_from([0, 1, 30, 90, 720])),
        hours="-".join(f"{quarter // 4:02d}:{quarter % 4 * 15:02d}" for quarter in window) if window else "",
        holidays=draw(st.sampled_from(["run", "skip"])),
    )


def named(schedule: Schedule, after: datetime, until: datetime) -> list[datetime]:
    """Return what cron names, found minute by minute as cron itself does."""
    minute, hour, _, _, weekday = schedule.cron.split()
    wanted = {int(number) for number in hour.split(",")}
    days = set(range(7)) if weekday == "*" else {(int(number) - 1) % 7 for number in weekday.split(",")}
    found, moment = [], after.astimezone(ZONE).replace(second=0, microsecond=0)
    while (moment := moment + timedelta(minutes=1)) <= until:
        if moment.minute == int(minute) and moment.hour in wanted and moment.weekday() in days:
            found.append(moment.astimezone(UTC))
    return found


@settings(max_examples=FEWER)
@given(schedules(), st.integers(0, 300))
def test_property_without_jitter_and_hours_the_moments_are_those_that_cron_names(schedule: Schedule, day: int) -> None:
    plain = Schedule(cron=schedule.cron, jitter_minutes=0)
    after = BEGIN + timedelta(days=day, minutes=7)
    until = after + timedelta(days=8)
    assert moments("anhui", plain, after, until) == named(plain, after, until)


@settings(max_examples=FEWER)
@given(schedules(), st.integers(0, 365 * 24 * 60), st.lists(st.integers(1, 5000), min_size=1, max_size=6))
def test_property_a_time_cut_into_pieces_has_the_same_moments_each_once(schedule: Schedule, start: int, steps: list[int]) -> None:
    begin = BEGIN + timedelta(minutes=start)
    cuts = [begin]
    for step in steps:
        cuts.append(cuts[-1] + timedelta(minutes=step))
    whole = moments("anhui", schedule, begin, cuts[-1])
    pieces = [moment for first, last in pairwise(cuts) for moment in moments("anhui", schedule, first, last)]
    assert pieces == whole == sorted(set(whole))
    assert list(upcoming("anhui", schedule, begin, cuts[-1])) == whole
    assert all(begin < moment <= cuts[-1] for moment in whole)


@settings(max_examples=FEWER)
@given(schedules(), st.integers(0, 365))
def test_property_every_moment_lies_in_the_allowed_hours_and_on_an_office_day_where_those_are_wanted(schedule: Schedule, day: int) -> None:
    begin = BEGIN + timedelta(days=day)
    for moment in moments("shanghai", schedule, begin, begin + timedelta(days=10)):
        assert schedule.window is None or within(schedule.window, moment)
        assert schedule.holidays != SKIP or is_office_day(moment.astimezone(ZONE).date())


GOLDEN_WEEK_2026 = {date(2026, 10, day) for day in range(1, 8)}
KNOWN_OFF = GOLDEN_WEEK_2026 | {date(2026, 2, day) for day in range(15, 24)} | {date(2026, 9, 25), date(2026, 9, 26), date(2026, 9, 27)}
MADE_UP = {date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10), date(2026, 1, 4), date(2026, 5, 9)}


def is_office_day(day: date) -> bool:
    """Tell by the notice of the State Council for 2026, as far as it is written above, and by the week else."""
    return day in MADE_UP or (day.weekday() < 5 and day not in KNOWN_OFF)


@settings(max_examples=FEWER)
@given(schedules())
def test_property_a_jitter_is_less_than_it_may_be_and_the_same_each_time(schedule: Schedule) -> None:
    free = Schedule(cron=schedule.cron, jitter_minutes=schedule.jitter_minutes)
    begin, end = BEGIN, BEGIN + timedelta(days=6)
    bare = moments("anhui", Schedule(cron=schedule.cron, jitter_minutes=0), begin - timedelta(days=1), end)
    for moment in moments("anhui", free, begin, end):
        nominal = max(each for each in bare if each <= moment)
        assert moment - nominal < timedelta(minutes=max(free.jitter_minutes, 1))
    assert moments("anhui", free, begin, end) == moments("anhui", free, begin, end)


def test_jobs_of_the_same_cron_come_at_different_moments() -> None:
    daily = Schedule(cron="0 2 * * *", jitter_minutes=60)
    found = {next_due(f"site{number}", daily, BEGIN) for number in range(40)}
    assert len(found) > 35


def test_a_jitter_is_spread_over_the_whole_of_what_it_may_be() -> None:
    found = [jitter("anhui", BEGIN + timedelta(days=day), 3600) for day in range(400)]
    assert min(found) < timedelta(minutes=2)
    assert max(found) > timedelta(minutes=58)
    assert abs(sum(found, timedelta()) / 400 - timedelta(minutes=30)) < timedelta(minutes=3)


def test_moments_outside_the_allowed_hours_go_to_their_next_beginning_and_become_one() -> None:
    often = Schedule(cron="0 * * * *", jitter_minutes=0, hours="22:00-02:00")
    found = moments("anhui", often, BEGIN, BEGIN + timedelta(days=1))
    local = [moment.astimezone(ZONE).time() for moment in found]
    assert local == [time(22), time(23), time(0), time(1)]


def test_a_make_up_workday_is_worked_and_a_golden_week_is_not() -> None:
    office = Schedule(cron="0 9 * * *", jitter_minutes=0, holidays="skip")
    begin = datetime(2026, 9, 28, tzinfo=ZONE)
    days = [moment.astimezone(ZONE).date().isoformat() for moment in moments("anhui", office, begin, begin + timedelta(days=14))]
    assert days == ["2026-09-28", "2026-09-29", "2026-09-30", "2026-10-08", "2026-10-09", "2026-10-10"]  # the 10th is a Saturday, made up


def test_in_a_year_whose_holidays_are_not_announced_the_week_counts() -> None:
    office = Schedule(cron="0 9 * * *", jitter_minutes=0, holidays="skip")
    begin = datetime(LAST_YEAR + 2, 10, 1, tzinfo=ZONE)
    found = moments("anhui", office, begin, begin + timedelta(days=14))
    assert [moment for moment in found if moment.astimezone(ZONE).weekday() > 4] == []
    assert len(found) == 10


def test_a_job_without_a_cron_is_never_due_and_a_rare_one_is_found() -> None:
    assert next_due("anhui", Schedule(cron=""), BEGIN) is None
    assert next_due("anhui", Schedule(cron="0 0 29 2 *", jitter_minutes=0), BEGIN) == datetime(2028, 2, 28, 16, tzinfo=UTC)


rests = st.builds(
    lambda begin, hours, ended: Pause(
        1,
        "anhui",
        "why",
        "me",
        BEGIN - timedelta(hours=begin),
        None if hours is None else BEGIN + timedelta(hours=hours),
        None if ended is None else BEGIN + timedelta(hours=ended),
    ),
    st.integers(0, 9),
    st.none() | st.integers(1, 200),
    st.none() | st.integers(-5, 100),
)


@settings(max_examples=FEWER)
@given(schedules(), st.lists(rests, max_size=3))
def test_property_what_comes_is_what_is_due_and_falls_into_no_pause(schedule: Schedule, found: list[Pause]) -> None:
    until = BEGIN + timedelta(days=10)
    due = [moment for moment in upcoming("anhui", schedule, BEGIN, until) if holding(found, "anhui", moment) is None]
    assert list(coming("anhui", schedule, found, BEGIN, until)) == due


def test_a_moment_at_which_a_pause_ends_is_the_first_that_comes_and_an_endless_pause_has_none() -> None:
    hourly = Schedule(cron="0 * * * *", jitter_minutes=0)
    rest = Pause(1, "anhui", "why", "me", BEGIN, BEGIN + timedelta(hours=3), None)
    assert next_done("anhui", hourly, [rest], BEGIN) == BEGIN + timedelta(hours=3)
    assert next_done("anhui", hourly, [Pause(1, "anhui", "why", "me", BEGIN, None, None)], BEGIN) is None
    assert next_done("jiangsu", hourly, [rest], BEGIN) == next_due("jiangsu", hourly, BEGIN)
