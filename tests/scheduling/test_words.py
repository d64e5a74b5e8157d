"""A schedule in words, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given

from harvester.scheduling.due import told_run
from harvester.scheduling.words import in_few_words, in_words, state_in_words
from harvester.sentences import said
from spiders.schedule import Schedule
from storage.operations_schema import DUE_STATES
from tests.scheduling.test_plan import schedules

SAID = {
    "30 2 * * *": ("every day at 02:30", "每天 02:30"),
    "30 2,14 * * *": ("every day at 02:30, 14:30", "每天 02:30、14:30"),
    "*/5 * * * *": ("every 5 minutes", "每 5 分钟"),
    "*/1 * * * *": ("every 1 minute", "每 1 分钟"),
    "7 */3 * * *": ("every 3 hours, 7 min past", "每 3 小时，整点过 7 分"),
    "0 12 * * 0": ("Sunday at 12:00", "周日 12:00"),
    "0 12 * * sat,7": ("Saturday, Sunday at 12:00", "周六、周日 12:00"),
    "0 9 * * 1-5": ("Monday to Friday at 09:00", "周一至周五 09:00"),
    "0 4 1,15 * *": ("every month on day 1, 15 at 04:00", "每月 1、15 日 04:00"),
    "0 4 5 jan *": ("every year on 01-05 at 04:00", "每年 01-05 04:00"),
    "0 4-6 * * *": ("as cron says: 0 4-6 * * *", "按 cron：0 4-6 * * *"),
    "0 4 * mar-may *": ("as cron says: 0 4 * mar-may *", "按 cron：0 4 * mar-may *"),
}


@pytest.mark.parametrize(("cron", "said"), SAID.items())
def test_a_cron_is_said_as_people_say_it_or_as_it_stands(cron: str, said: tuple[str, str]) -> None:
    plain = Schedule(cron=cron, jitter_minutes=0)
    assert (in_words(plain, "en"), in_words(plain, "zh")) == said


def test_jitter_hours_and_days_off_are_said_too() -> None:
    whole = Schedule(cron="0 2 * * *", jitter_minutes=30, hours="20:00-07:00", holidays="skip")
    assert in_words(whole, "en") == "every day at 02:00, up to 30 min later, between 20:00 and 07:00, not on days off"
    assert in_words(whole, "zh") == "每天 02:00，推迟不超过 30 分钟，20:00 至 07:00 之间，休息日不执行"
    assert in_few_words(whole, "en") == "every day at 02:00 (+30 min)"
    assert in_few_words(Schedule(cron=""), "zh") == "只在要求时执行"


@given(schedules())
def test_property_every_schedule_has_words(schedule: Schedule) -> None:
    assert in_words(schedule, "en").isascii()
    assert in_words(schedule, "zh")


def test_every_state_has_words_in_both_languages() -> None:
    assert len({state_in_words(state, "en") for state in DUE_STATES}) == len(DUE_STATES)
    assert all(not state_in_words(state, "zh").isascii() for state in DUE_STATES)


def test_a_note_of_a_run_says_its_verdict_first_and_a_reason_stays_as_it_was_given() -> None:
    assert said(told_run("20260302T1", "failed", "timeout"), "en") == "failed: timeout (run 20260302T1)"
    assert said(told_run("20260302T1", "complete", ""), "zh") == "完整（运行 20260302T1）"
    assert said("paused: they rebuild", "zh") == "已暂停：they rebuild"
