"""Properties that hold for every text, not only for the ones we thought of."""

from __future__ import annotations

import time
from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.deadlines import find_milestones, parse_deadline, plan_period
from normalizers.records import DeadlineKind

LETTERS = "年月日底末前内至到-—～、，。；《》（）〔〕号0123456789 一二三四五六七八九十〇○O半上下每个第季度旬初中"
WORDS = "2018年|2020|季度|十四五|上半年|持续|工作日|印发之日起|全年|\n|\u3000|２０１８"
PIECES = [*LETTERS, *WORDS.split("|")]
texts = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
days = st.dates(date(1950, 1, 1), date(2098, 12, 31))
periods = st.builds(plan_period, st.sampled_from(["2018年工作要点", "行动计划（2023-2025年）", "关于加强监管的意见"]), st.none() | days)
NUMERALS = "〇一二三四五六七八九"


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else NUMERALS[tens] + "十") + (NUMERALS[ones] if ones else "")


def wide(text: str) -> str:
    return text.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})


PRINTED = {
    "plain": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "padded": lambda d: f"{d.year}年{d.month:02}月{d.day:02}日前",
    "blanks": lambda d: f"{d.year} 年{d.month} 月 {d.day}日",
    "wide": lambda d: wide(f"{d.year}年{d.month}月{d.day}日"),
    "iso": lambda d: d.isoformat(),
    "dots": lambda d: f"{d.year}.{d.month}.{d.day}",
    "slashes": lambda d: f"{d.year}/{d.month:02}/{d.day:02}前",
    "compact": lambda d: f"{d:%Y%m%d}",
    "chinese": lambda d: "".join(NUMERALS[int(c)] for c in str(d.year)) + f"年{chinese(d.month)}月{chinese(d.day)}日",
    "latin-o": lambda d: "".join(NUMERALS[int(c)] for c in str(d.year)).replace("〇", "O") + f"年{chinese(d.month)}月{chinese(d.day)}日",
    "by": lambda d: f"不迟于{d.year}年{d.month}月{d.day}日",
}


@given(texts, periods)
def test_property_reading_a_cell_never_fails_and_keeps_the_order_of_days(text, period) -> None:
    deadline = parse_deadline(text, period)
    assert deadline is None or deadline.start is None or deadline.end is None or deadline.start <= deadline.end


@given(texts, periods)
def test_property_finding_milestones_never_fails_and_keeps_the_order_of_days(text, period) -> None:
    for milestone in find_milestones(text, period):
        assert milestone.start is None or milestone.end is None or milestone.start <= milestone.end
        assert milestone.kind is not DeadlineKind.NONE


@given(texts, st.none() | days)
def test_property_a_period_has_both_days_or_none(text, issued_on) -> None:
    period = plan_period(text, issued_on)
    assert (period.start is None) == (period.end is None)
    assert period.start is None or period.end is None or period.start <= period.end


@given(days, st.sampled_from(sorted(PRINTED)), periods)
def test_property_a_printed_day_is_read_back(day, style, period) -> None:
    deadline = parse_deadline(PRINTED[style](day), period)
    assert deadline is not None
    assert (deadline.kind, deadline.end) == (DeadlineKind.BY_DATE, day)


@given(st.integers(1950, 2098), st.integers(1, 12), st.sampled_from(["{}年{}月底前", "{} 年 {} 月末", "到{}年{}月底", "{}年{}月底"]))
def test_property_the_end_of_a_month_is_its_last_day(year, month, style) -> None:
    deadline = parse_deadline(style.format(year, month), plan_period(""))
    assert deadline is not None
    assert deadline.end == date(year, month, monthrange(year, month)[1])


@given(st.integers(1950, 2090), st.integers(1, 8), st.sampled_from("-－—–~～至"), st.booleans())
def test_property_a_range_of_years_in_any_dash_is_a_plan(year, length, dash, both) -> None:
    period = plan_period(f"某市行动计划（{year}{'年' if both else ''}{dash}{year + length}年）")
    assert (period.start, period.end) == (date(year, 1, 1), date(year + length, 12, 31))


@given(texts)
def test_property_only_an_empty_cell_has_no_deadline(text) -> None:
    if any(c.isalnum() for c in text) and not any(word in text for word in ("无", "不限", "N", "n")):
        assert parse_deadline(text, plan_period("")) is not None


@pytest.mark.parametrize(
    "piece", ["年", "2", "《", "1月", "（2014", "每年", "个月内", " ", "2018年-", "一", "一个月内", "每1年2次", "2018年6月,"]
)
def test_hostile_text_is_read_in_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    find_milestones(text, plan_period(text))
    parse_deadline(text, plan_period(text))
    assert time.process_time() - began < 10
