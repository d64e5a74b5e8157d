"""Values: dates, periods, sums, numbers and what means nothing."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.notices.amounts import read_amount, text_amounts
from normalizers.notices.blanks import blank_reason, dummy_reason
from normalizers.notices.dates import CHINA, FIRST, read_date
from normalizers.notices.numbers import normal_number
from normalizers.notices.numerals import integer, parse
from normalizers.notices.periods import read_period

DAYS = st.dates(FIRST, date(2089, 12, 31))
TENTH = date(2019, 10, 10)


@pytest.mark.parametrize(
    "printed",
    [
        "2019-10-10",
        "2019/10/10",
        "2019.10.10",
        "20191010",
        "2019年10月10日",
        "2019年10月10",
        "２０１９年１０月１０日",
        "2019 年 10 月 10 日",
        "二〇一九年十月十日",
        "二O一九年十月十日",
        "2019-10-10 12:30:00",
        "2019-10-10 00:00:00.0",
        "2019-10-10T08:00:00+08:00",
        "2019-10-09T16:00:00.000Z",
        "2019年10月10日14时30分",
        "20191010120000",
        "1570636800000",
        "1570636800",
        "/Date(1570636800000)/",
        "43748",
        "43748.0",
        "Thu Oct 10 00:00:00 CST 2019",
        "Oct 10, 2019 12:00:00 AM",
        "10-10月-19",
        "10/10/2019",
        "自2019年10月10日起",
        "2019-10-10（星期四）",
    ],
)
def test_a_day_is_read_in_every_spelling(printed: str) -> None:
    assert read_date(printed).day == TENTH
    assert read_date(printed).problem == ""


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("2019/1/3", date(2019, 1, 3)),
        ("2019-1-3 12:30:00", date(2019, 1, 3)),
        ("2016年04月04", date(2016, 4, 4)),
        ("13/05/2019", date(2019, 5, 13)),
    ],
)
def test_days_without_leading_zeros_or_day_signs_are_read(printed: str, day: date) -> None:
    assert read_date(printed).day == day


@pytest.mark.parametrize(
    ("printed", "problem"),
    [
        ("2019-02-30", "date-impossible"),
        ("2019年13月1日", "date-impossible"),
        ("20190230", "date-impossible"),
        ("2019年10月", "date-incomplete"),
        ("2019", "date-incomplete"),
        ("05/06/2019", "date-unreadable"),
        ("19-10-10", "date-unreadable"),
        ("昨天", "date-unreadable"),
        ("1812-01-05", "date-implausible"),
    ],
)
def test_what_is_no_day_has_a_named_problem_and_is_never_mended(printed: str, problem: str) -> None:
    assert read_date(printed).problem == problem


@given(DAYS)
def test_property_every_day_is_read_from_every_spelling(day: date) -> None:
    for printed in (f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", f"{day.year}/{day.month}/{day.day} 1:05"):
        assert read_date(printed).day == day
    instant = int(datetime(day.year, day.month, day.day, 9, tzinfo=CHINA).astimezone(UTC).timestamp() * 1000)
    if instant >= 10**12:
        assert read_date(str(instant)).day == day


@given(st.text(max_size=300) | st.text("0123456789年月日-/.:TZ 〇一二十", max_size=40))
def test_property_reading_a_date_or_period_never_raises(text: str) -> None:
    assert (read_date(text).day is not None) or read_date(text).problem
    period = read_period(text)
    assert period.problem or period.endless or period.has_length or period.start or period.end


@pytest.mark.parametrize(
    ("printed", "months", "days"),
    [("一年", 12, 0), ("1年6个月", 18, 0), ("半年", 6, 0), ("一年半", 18, 0), ("36个月", 36, 0), ("90日", 0, 90), ("公示期三年", 36, 0)],
)
def test_a_length_is_read(printed: str, months: int, days: int) -> None:
    assert (read_period(printed).months, read_period(printed).days) == (months, days)


def test_a_length_ends_on_the_corresponding_day_or_the_last_of_a_shorter_month() -> None:
    assert read_period("一年").counted_from(date(2020, 2, 29)) == date(2021, 2, 28)
    assert read_period("3", "年").counted_from(TENTH) == date(2022, 10, 10)
    assert read_period("五个工作日").problem == "period-unreadable"


@pytest.mark.parametrize(
    "printed",
    ["2019-10-10至2020-10-09", "2019年10月10日-2020年10月9日", "2019.10.10—2020.10.09", "2019-10-10-2020-10-09", "20191010~20201009"],
)
def test_a_range_is_read_with_any_dash(printed: str) -> None:
    period = read_period(printed)
    assert (period.start, period.end) == (TENTH, date(2020, 10, 9))


def test_a_validity_without_end_is_told() -> None:
    assert read_period("长期").endless
    assert read_period("2019-10-10至长期") == read_period("2019年10月10日至永久")
    assert read_period("2019-10-10至长期").start == TENTH


@pytest.mark.parametrize(
    ("printed", "unit", "yuan"),
    [
        ("0.2", "万元", "2000"),
        ("0.200000", "万元", "2000"),
        ("2000元", "", "2000"),
        ("2000元", "万元", "2000"),
        ("0.2万元", "元", "2000"),
        ("人民币贰仟元整", "", "2000"),
        ("1,234.50", "元", "1234.5"),
        ("１，２３４．５０元", "", "1234.5"),
        ("2E-05", "万元", "0.2"),
        ("￥30000.00", "", "30000"),
        ("壹拾贰万叁仟肆佰伍拾陆元柒角捌分", "", "123456.78"),
        ("5万3千元", "", "53000"),
        ("1.2亿", "", "120000000"),
        ("两千元（大写）", "", "2000"),
        ("3万", "元", "30000"),
    ],
)
def test_a_sum_is_read_in_yuan_whatever_its_unit(printed: str, unit: str, yuan: str) -> None:
    reading = read_amount(printed, unit)
    assert (reading.yuan, reading.problem) == (Decimal(yuan), "")


@pytest.mark.parametrize(
    ("printed", "problem"),
    [
        ("2000", "amount-unit-unstated"),
        ("1,5元", "amount-unreadable"),
        ("若干", "amount-unreadable"),
        ("-1元", "amount-implausible"),
        ("1e99", "amount-implausible"),
    ],
)
def test_a_sum_that_says_too_little_has_a_named_problem(printed: str, problem: str) -> None:
    assert read_amount(printed).problem == problem


@pytest.mark.parametrize(
    ("text", "fine", "confiscated"),
    [
        ("罚款2000元", "2000", None),
        ("罚款人民币叁万元整", "30000", None),
        ("罚款人民币2000元（大写：贰仟元整）", "2000", None),
        ("处以2000元罚款", "2000", None),
        ("没收违法所得1234.50元；罚款5000元。罚没合计6234.50元", "5000", "1234.5"),
        ("没收违法所得人民币壹仟元整，并处罚款人民币贰万元", "20000", "1000"),
        ("罚款20000元、罚款3000元，合计罚款23000元", "23000", None),
        ("对甲项罚款20000元，对乙项罚款2000元", None, None),
        ("处以工程合同价款百分之二的罚款，计人民币51234.5元", "51234.5", None),
        ("货值金额3000元，罚款9000元", "9000", None),
        ("责令改正，给予警告", None, None),
    ],
)
def test_fines_and_confiscations_are_read_from_the_text_and_added_only_where_it_does(
    text: str, fine: str | None, confiscated: str | None
) -> None:
    found = text_amounts(text)
    assert found.fine == (Decimal(fine) if fine else None)
    assert found.confiscated == (Decimal(confiscated) if confiscated else None)


@given(st.integers(1, 10**9))
def test_property_a_sum_is_the_same_in_the_field_and_in_the_text(cents: int) -> None:
    yuan = Decimal(cents) / 100
    assert read_amount(f"{yuan}", "元").yuan == yuan
    assert read_amount(f"{yuan / 10_000:f}", "万元").yuan == yuan
    assert text_amounts(f"决定罚款人民币{yuan:,}元。").fine == yuan


@given(st.integers(0, 10**8 - 1))
def test_property_numbers_written_in_formal_numerals_are_read_back(number: int) -> None:
    assert parse(formal(number)) == number
    assert read_amount(formal(number) + "元整").yuan == number


def formal(number: int) -> str:
    """Write a number below 10^8 as an accountant does."""
    if number >= 10_000:
        rest = number % 10_000
        return formal(number // 10_000) + "万" + (("零" if rest < 1000 else "") + formal(rest) if rest else "")
    text, zero = "", False
    for digit, place in zip(f"{number:04d}", ("仟", "佰", "拾", ""), strict=True):
        text += ("零" if zero and text else "") + "零壹贰叁肆伍陆柒捌玖"[int(digit)] + place if digit != "0" else ""
        zero = digit == "0"
    return text or "零"


@given(st.text(max_size=200) | st.text("罚款没收违法所得人民币元万整一二三0123456789.,，。；（）", max_size=120))
def test_property_reading_sums_never_raises(text: str) -> None:
    reading = read_amount(text)
    assert reading.yuan is not None or reading.problem
    assert text_amounts(text).fine is None or text_amounts(text).fine >= 0
    assert integer(text) is None or parse(text) is not None


def test_long_hostile_values_take_no_time() -> None:
    start = time.process_time()
    for text in (
        "罚款" * 20_000,
        "1" * 50_000,
        "1,111" * 10_000,
        "没收" * 20_000,
        "一" * 50_000,
        "罚款1元" * 5000,
        "(" * 50_000,
        "没收罚款," * 10_000,
    ):
        text_amounts(text)
        read_amount(text)
        read_date(text)
        read_period(text)
        normal_number(text)
        blank_reason(text, "date")
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("printed", "normal"),
    [
        ("市场【2019】1号", "市场〔2019〕1号"),
        ("沪市监 [ 2019 ] 12 号", "沪市监〔2019〕12号"),
        ("处罚文号：沪市监（2019）12号", "沪市监〔2019〕12号"),
        ("(2019)皖1122执123号", "（2019）皖1122执123号"),
        ("（2019）皖1122民初****号", "（2019）皖1122民初****号"),
        ("常工商案字（2011）第01071号", "常工商案字〔2011〕第01071号"),
        ("沪市监〔2019〕12号、沪市监〔2019〕13号", "沪市监〔2019〕12号、沪市监〔2019〕13号"),
        ("双环许可2019", "双环许可2019"),
        ("JZ 3201 0020", "JZ32010020"),
    ],
)
def test_numbers_take_their_normal_spelling(printed: str, normal: str) -> None:
    assert normal_number(printed) == normal


@given(st.text(max_size=60) | st.text("沪市监罚字（）〔〕[]2019第12号 执民初、,*", max_size=40))
def test_property_a_normal_number_stays_as_it_is(text: str) -> None:
    assert normal_number(normal_number(text)) == normal_number(text)


@pytest.mark.parametrize(
    ("printed", "value", "reason"),
    [
        ("暂无", "text", "placeholder"),
        ("\\N", "date", "placeholder"),
        ("null", "number", "placeholder"),
        ("NULL", "code", "placeholder"),
        ("None", "text", "placeholder"),
        ("/", "text", "placeholder"),
        ("---", "amount", "placeholder"),
        ("— —", "text", "placeholder"),
        ("无", "code", "placeholder"),
        ("待定", "date", "undecided"),
        ("不适用", "text", "not-applicable"),
        ("长期", "period", "no-end"),
        ("无处罚期限", "period", "no-end"),
        ("00000000000000000X", "code", "dummy-code"),
        ("000000000", "code", "dummy-code"),
        ("0.000000", "amount", "zero"),
        ("长期", "text", ""),
        ("警告", "word", ""),
        ("无证经营", "text", ""),
        ("****", "text", ""),
        ("一", "text", "placeholder"),
        ("1", "text", ""),
    ],
)
def test_what_means_nothing_is_null_with_a_reason(printed: str, value: str, reason: str) -> None:
    assert blank_reason(printed, value) == reason


def test_dummy_days_are_told_and_the_end_of_time_only_where_an_end_is_printed() -> None:
    assert dummy_reason(date(1900, 1, 1), last=False) == "dummy-date"
    assert dummy_reason(date(2099, 12, 31), last=True) == "no-end"
    assert dummy_reason(date(2099, 12, 31), last=False) == "dummy-date"
    assert dummy_reason(TENTH, last=True) == ""
