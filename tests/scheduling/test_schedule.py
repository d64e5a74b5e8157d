"""A schedule is checked when it is read, and means what crontab(5) means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.config import Config
from harvester.errors import WrongCall
from harvester.scheduling.plan import job_of, jobs, schedule_of
from spiders.factsheet import FactSheetError, read_sheet
from spiders.schedule import ZONE, Schedule, ScheduleError, parse_hours, read_schedule, trigger
from spiders.sheets import all_sheets

WRONG = {
    "five": {"cron": "0 2 * *"},
    "an hour": {"cron": "0 25 * * *"},
    "a word": {"cron": "0 2 * * mond"},
    "a macro": {"cron": "@daily"},
    "apscheduler's own words": {"cron": "0 0 last * *"},
    "a day that never comes": {"cron": "0 0 31 2 *"},
    "days of two kinds": {"cron": "0 0 1 * mon"},
    "no weekday": {"cron": "0 0 * * 8"},
    "a number for a cron": {"cron": 5},
    "minutes as words": {"jitter_minutes": "30"},
    "truth for a number": {"requests": True},
    "a day of jitter": {"jitter_minutes": 1440},
    "hours of one time": {"hours": "06:00-06:00"},
    "an hour 25": {"hours": "06:00-25:00"},
    "minute 60": {"hours": "06:60-07:00"},
    "holidays otherwise": {"holidays": "maybe"},
    "a negative budget": {"seconds": -1},
    "an unknown key": {"crons": "0 2 * * *"},
}


@pytest.mark.parametrize("table", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_schedule_is_refused_with_its_key(table: dict[str, object]) -> None:
    with pytest.raises(ScheduleError, match=next(iter(table))):
        read_schedule(table)


def test_a_wrong_schedule_of_a_sheet_is_an_error_of_the_sheet() -> None:
    text = (
        'id="x"\nname="x"\nname_zh="x"\nkind="city"\nregion="310000"\nhosts=["x.cn"]\nbase="https://x.cn"\nfamily="trs"\n'
        '[schedule]\ncron="0 2"\n[[sections]]\nid="a"\nname_zh="a"\npath="/"\ncertainty="assumed"\n'
    )
    with pytest.raises(FactSheetError, match=r"x, \[schedule\]: cron '0 2'"):
        read_sheet(text, "x")


def test_the_settings_outweigh_a_sheet_key_by_key_and_name_only_jobs_there_are() -> None:
    config = Config(schedule={"anhui": {"cron": "5 4 * * *"}, "verify": {"jitter_minutes": 0}})
    found, own = schedule_of("anhui", config), schedule_of("anhui", Config())
    assert (found.cron, found.hours, found.requests) == ("5 4 * * *", own.hours, own.requests)
    assert schedule_of("verify", config).jitter_minutes == 0
    with pytest.raises(WrongCall, match=r"\[schedule.nowhere\]"):
        jobs(Config(schedule={"nowhere": {}}))
    with pytest.raises(WrongCall, match=r"\[schedule.anhui\]: hours"):
        jobs(Config(schedule={"anhui": {"hours": "late"}}))
    with pytest.raises(WrongCall, match=r"\[schedule.anhui\]: a schedule is a table"):
        jobs(Config(schedule={"anhui": "daily"}))  # type: ignore[dict-item]


def test_every_site_has_a_schedule_and_those_with_an_address_are_jobs() -> None:
    assert all(sheet.schedule.cron and sheet.schedule.requests for sheet in all_sheets())
    assert {job.name for job in jobs(Config())} == {sheet.id for sheet in all_sheets() if sheet.base} | {"takedown", "watch", "verify"}
    with_base = Config(bases={"suzhou_sip": "http://127.0.0.1:1"})
    assert "suzhou_sip" in {job.name for job in jobs(with_base)}
    assert job_of("suzhou_sip", Config()).schedule.holidays == "skip"


WEEKDAYS = {
    "1": {0}, "0": {6}, "7": {6}, "sun": {6}, "1-5": {0, 1, 2, 3, 4}, "mon-fri": {0, 1, 2, 3, 4}, "5-7": {4, 5, 6}, "fri-mon": {4, 5, 6, 0},
    "*/2": {6, 1, 3, 5}, "1-6/2": {0, 2, 4}, "0,3": {6, 2}, "SAT": {5}, "6/1": {5},
}  # fmt: skip
"""Fields of weekdays as crontab(5) reads them, and the days in Python's count, which begins on Monday."""


@pytest.mark.parametrize(("field", "days"), WEEKDAYS.items())
def test_weekdays_are_those_of_crontab_and_not_those_of_the_library(field: str, days: set[int]) -> None:
    found, moment = set(), datetime(2026, 3, 1, tzinfo=ZONE)
    for _ in range(14):
        moment = trigger(f"0 0 * * {field}").get_next_fire_time(moment, moment)
        found.add(moment.weekday())
    assert found == days


@given(st.text(max_size=40) | st.lists(st.sampled_from([*"0123456789*,-/ ", "mon", "sun", "jan"]), max_size=24).map("".join))
def test_property_a_cron_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        found = trigger(text)
    except ScheduleError as error:
        assert "cron" in str(error)
    else:
        first = found.get_next_fire_time(None, datetime(2026, 1, 1, tzinfo=UTC))
        assert first is None or first.second == 0


@given(st.text(max_size=14) | st.from_regex(r"[0-2][0-9]:[0-6][0-9]-[0-2][0-9]:[0-6][0-9]", fullmatch=True))
def test_property_hours_are_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        first, last = parse_hours(text)
    except ScheduleError as error:
        assert "hours" in str(error)
    else:
        assert (first != last, 0 <= first < 1440, 0 <= last <= 1440) == (True, True, True)
        assert text == f"{first // 60:02d}:{first % 60:02d}-{last // 60:02d}:{last % 60:02d}"


def test_the_defaults_are_a_schedule() -> None:
    assert read_schedule({}) == Schedule()
    assert timedelta(days=Schedule().overlap_days) > timedelta(days=Schedule().sweep_days)
