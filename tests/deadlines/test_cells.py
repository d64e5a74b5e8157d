"""Deadline cells, written down by hand: what a reader takes each expression to mean in a plan for 2018."""

from __future__ import annotations

from datetime import date

import pytest

from normalizers.deadlines import PlanPeriod, parse_deadline, plan_period, undated
from normalizers.records import DeadlineKind

YEAR = plan_period("2018年某市信用工作要点", date(2018, 3, 1))
THREE_YEARS = plan_period("某省信用建设行动计划（2023—2025年）")

# kind, start, end, text; "." stands for no day.
EXPRESSIONS = """
within-period 2018-01-01 2018-12-31 全年
recurring 2018-01-01 . 上半年、下半年各1次
recurring 2018-01-01 . 上、下半年各开展一次
by-date . 2018-08-15 8月中旬（8月15日前）
by-date . 2018-12-20 年底前（12月20日前完成）
by-date . 2018-06-30 6月底前（力争5月10日前）
within-period 2018-01-01 2018-12-31 2018年
within-period 2018-01-01 2018-12-31 2018年度
within-period 2018-01-01 2018-12-31 2018年全年
within-period 2018-01-01 2018-12-31 本年度
within-period 2018-01-01 2018-12-31 今年
within-period 2018-01-01 2018-12-31 贯穿全年
within-period 2018-01-01 2018-12-31 全年持续推进
within-period 2019-01-01 2019-12-31 明年
within-period 2020-01-01 2020-12-31 二〇二〇年
within-period 2018-01-01 2020-12-31 2018-2020年
within-period 2018-01-01 2020-12-31 2018年—2020年
within-period 2018-01-01 2020-12-31 ２０１８－２０２０年
within-period 2018-01-01 2020-12-31 2018年至2020年
within-period 2018-01-01 2020-12-31 2018～2020年
within-period 2018-01-01 2020-12-31 2018―2020年
within-period 2018-01-01 2019-12-31 2018、2019年
within-period 2018-01-01 2019-12-31 2018年和2019年
within-period 2021-01-01 2025-12-31 “十四五”时期
within-period 2021-01-01 2025-12-31 “十四五”期间
within-period 2016-01-01 2020-12-31 十三五
within-period 2026-01-01 2030-12-31 “十五五”时期
within-period 2018-06-01 2018-12-31 2018年6月-12月
within-period 2018-06-01 2018-12-31 2018年6-12月
within-period 2018-06-01 2018-12-31 6月至12月
within-period 2018-06-01 2018-12-31 6—12月
within-period 2018-06-01 2018-12-31 六月至十二月
within-period 2018-06-01 2019-03-31 2018年6月至2019年3月
within-period 2018-11-01 2019-03-31 11月至次年3月
within-period 2018-11-01 2019-03-31 11月-3月
within-period 2018-06-01 2018-12-31 2018.6-2018.12
within-period 2018-06-01 2018-12-31 2018.06.01-2018.12.31
within-period 2018-06-01 2018-06-15 6月1日-15日
within-period 2018-06-01 2018-09-30 6月1日至9月30日
within-period 2018-06-01 2018-09-30 自6月1日起至9月30日止
within-period 2018-01-01 2018-06-30 一、二季度
within-period 2018-01-01 2018-09-30 前三季度
within-period 2018-04-01 2018-12-31 二至四季度
within-period 2018-04-01 2018-12-31 第二季度至第四季度
within-period 2018-04-01 2018-12-31 2018年4月至12月底
by-date 2018-01-01 2018-06-30 上半年
by-date 2018-01-01 2018-06-30 上半年，完成指标设计并试评一次
by-date 2018-07-01 2018-12-31 下半年
by-date 2019-01-01 2019-06-30 2019年上半年
by-date 2018-01-01 2018-03-31 一季度
by-date 2018-04-01 2018-06-30 第二季度
by-date 2018-07-01 2018-09-30 三季度
by-date 2018-10-01 2018-12-31 2018年第4季度
by-date . 2018-06-30 二季度末
by-date . 2018-09-30 三季度末前
by-date . 2018-12-31 四季度底
by-date . 2018-12-31 年底
by-date . 2018-12-31 年底前
by-date . 2018-12-31 年末
by-date . 2018-12-31 年内
by-date . 2018-12-31 年内完成
by-date . 2018-12-31 今年年底前
by-date . 2018-12-31 本年底
by-date . 2018-12-31 2018年底
by-date . 2018-12-31 2018年年底前
by-date . 2018-12-31 2018年末
by-date . 2018-12-31 2018 年底前
by-date . 2018-12-31 2 0 1 8 年底前
by-date . 2018-12-31 二O一八年底
by-date . 2018-12-31 2018年内
by-date . 2020-12-31 到2020年
by-date . 2020-12-31 至2020年底
by-date . 2020-12-31 截至2020年底
by-date . 2020-12-31 截止到2020年12月
by-date . 2020-12-31 不迟于2020年底
by-date . 2020-12-31 “十三五”期末
by-date . 2020-12-31 “十三五”末
by-date . 2025-12-31 25年底前
by-date . 2018-06-30 年中
by-date . 2018-06-30 2018年年中
by-date . 2018-09-30 9月底前
by-date . 2018-09-30 9月底
by-date . 2018-09-30 ９月末
by-date . 2018-09-30 九月底前
by-date . 2018-09-30 9月底之前
by-date . 2018-09-30 2018年9月底以前
by-date . 2018-12-31 十二月底
by-date . 2018-12-31 二〇一八年十二月底前
by-date . 2019-06-30 明年6月底
by-date . 2020-02-29 2020年2月底前
by-date . 2018-02-28 2月底前
by-date . 2018-09-30 9月30日前
by-date . 2018-09-30 9月30日
by-date . 2018-09-30 9月30日之前
by-date . 2018-09-30 2018年9月30日前
by-date . 2018-09-30 2018年9月30号
by-date . 2018-09-30 2018-09-30
by-date . 2018-09-30 2018/9/30
by-date . 2018-09-30 2018.9.30
by-date . 2018-09-30 2018.09.30前
by-date . 2018-09-30 20180930
by-date . 2018-09-30 2018-09-30 00:00:00
by-date . 2018-09-30 9.30
by-date . 2018-09-30 9月30日24时前
by-date . 2018-09-30 二〇一八年九月三十日
by-date . 2018-12-21 十二月二十一日前
by-date . 2018-09-30 于2018年9月30日前完成
by-date 2018-09-01 2018-09-30 2018年9月
by-date 2018-09-01 2018-09-30 9月
by-date 2018-09-01 2018-09-30 9月份
by-date 2018-09-01 2018-09-30 2018.9
by-date 2018-09-01 2018-09-30 2018-09
by-date 2018-09-01 2018-09-30 2018年9月完成
by-date 2018-04-01 2018-04-10 4月上旬
by-date 2018-04-11 2018-04-20 4月中旬
by-date 2018-04-21 2018-04-30 2018年4月下旬
by-date 2018-10-11 2018-10-31 10月中下旬
by-date . 2018-12-31 力争年底前
by-date . 2018-12-31 2018年12月底前（其中试点6月底前）
by-date . 2018-12-31 6月底前报送方案，12月底前完成
by-date . 2019-03-31 2018年底前启动；2019年3月底前完成
by-date . 2019-06-30 2019年3月底前启动，6月底前完成
by-date . 2019-03-31 2019年3月底前，并长期坚持
by-date . 2018-12-31 年底前完成，每季度通报进展
by-date . 2018-12-31 按照《社会信用体系建设规划纲要（2014—2020年）》要求，年底前完成
by-date . 2018-12-31 根据国发〔2014〕21号，2018年底前
by-date 2018-06-01 2020-12-31 2018年6月起，2020年底前完成
recurring 2018-01-01 . 每季度
recurring 2018-01-01 . 每季度末
recurring 2018-01-01 . 每月
recurring 2018-01-01 . 每月5日前
recurring 2018-01-01 . 每年
recurring 2018-01-01 . 每年12月底前
recurring 2018-01-01 . 每半年
recurring 2018-01-01 . 每两年一次
recurring 2018-01-01 . 半年一次
recurring 2018-01-01 . 按季度
recurring 2018-01-01 . 按月通报
recurring 2018-01-01 . 季度
recurring 2018-01-01 . 定期
recurring 2018-01-01 . 定期发布
ongoing 2018-01-01 . 持续推进
ongoing 2018-01-01 . 长期坚持
ongoing 2018-01-01 . 长期
ongoing 2018-01-01 . 常态化
ongoing 2018-01-01 . 动态更新
ongoing 2018-01-01 . 即日起
ongoing 2018-06-01 . 2018年6月起
ongoing 2018-06-01 . 自2018年6月起持续开展
ongoing 2019-01-01 . 2018年以后
ongoing 2018-01-01 . 2018年启动，持续推进
ongoing . . 6月底前启动，长期坚持
recurring 2018-01-01 . 每年6月底、12月底前
by-date . 2018-06-30 上半年前
by-date . 2018-06-30 三季度前
by-date . 2018-12-31 年底前启动
relative . . 收到通知后5个工作日内
relative . . 三个月内
relative . . 半年内
relative . . 三年内
relative . . 按国家统一部署
relative . . 与机构改革同步
relative . . 验收合格后
relative 2018-03-01 2018-06-01 自本方案印发之日起三个月内
by-date 2018-01-01 2018-03-31 Q1
by-date 2018-10-01 2018-12-31 2018年Q4
by-date 2018-04-01 2018-06-30 2018Q2
by-date . 2018-06-30 2018年6.30前
by-date . 2018-12-31 18.12.31
by-date . 2018-12-31 2O18年底
by-date . 2018-12-31 年度末
by-date . 2018-12-31 2018年度底
by-date . 2018-04-20 4月中旬前
by-date . 2018-11-30 ①2月上旬前完成设计。②11月底前建成。
by-date . 2018-12-31 ⒈6月底前完成设计；⒉12月底前建成
by-date . 2018-12-31 1.6月底前完成设计；2.12月底前建成
by-date . 2018-12-31 6月底前（第一批）、12月底前（第二批）
within-period 2018-01-01 2018-12-31 2018年建成，每季度通报
within-period 2018-01-01 2018-12-31 年度任务
within-period 2018-01-01 2018-12-31 规划期内
by-date . 2018-12-31 规划期末
recurring 2018-01-01 . 2018年每季度一次
recurring 2018-01-01 . 2018年每月
recurring 2018-01-01 . 全年，每季度一次
recurring 2018-01-01 . 2018-2020年每年12月底前
recurring 2019-01-01 . 2019年起每年
recurring 2018-01-01 . 每年（2018-2020年）
recurring 2018-01-01 . 季度、年度
recurring 2018-01-01 . 一月一调度
recurring 2018-01-01 . 一季一次
recurring 2018-01-01 . 月调度、季通报
recurring 2018-01-01 . 季度推进
by-date . 2018-12-31 2018年底前完成，2019年持续巩固
by-date . 2018-12-31 年内持续推进
ongoing 2018-01-01 . 2018年—长期
ongoing 2018-01-01 . 2018年至今后
ongoing 2018-09-30 . 2018年9月底起
ongoing 2018-01-01 . 自印发之日起实施
relative 2018-03-01 2018-04-01 文件印发后1个月
relative 2018-03-01 2018-05-01 从本要点公布之日起两个月内
relative . . 省级方案印发后1个月内
relative . . 国家标准发布之日起三个月内
relative . . 3个月
relative . . 两年
none . . 尽快
none . . 适时
none . . 待定
none . . 已完成
none . . 另行通知
none . . 见备注栏
none . . 31
none . . abc
"""
ROWS = [line.split(" ", 3) for line in EXPRESSIONS.strip().splitlines()]


@pytest.mark.parametrize(("kind", "start", "end", "text"), ROWS, ids=[row[3] for row in ROWS])
def test_an_expression_has_its_kind_and_days(kind: str, start: str, end: str, text: str) -> None:
    deadline = parse_deadline(text, YEAR)
    assert deadline is not None
    days = tuple(day.isoformat() if day else "." for day in (deadline.start, deadline.end))
    assert (deadline.kind.value, *days) == (kind, start, end)


def test_the_table_holds_more_than_120_expressions() -> None:
    assert len({row[3] for row in ROWS}) >= 120


@pytest.mark.parametrize("text", ["", "  ", "/", "／", "无", "—", "——", "-", "\n", "\u3000", "、"])
def test_an_empty_cell_has_no_deadline(text: str) -> None:
    assert parse_deadline(text, YEAR) is None


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("12月前", "day_unclear"),
        ("2020年前", "ambiguous"),
        ("年初", "ambiguous"),
        ("6月底前报送，12月底前完成", "phases"),
        ("2月30日前", "day_unclear"),
        ("5个工作日内", "business_days"),
        ("年底前，长期坚持", "ongoing"),
        ("年底前，每月通报", "recurring"),
        ("尽快", "urgency"),
        ("适时", "phase"),
        ("待定", "undecided"),
        ("已完成", "done"),
        ("见附件", "not_parsed"),
        ("本办法印发之日起两个月内", "from_issue"),
    ],
)
def test_what_is_unclear_is_flagged(text: str, flag: str) -> None:
    deadline = parse_deadline(text, YEAR)
    assert deadline is not None
    assert flag in deadline.flags


def test_before_a_month_means_strictly_the_month_before() -> None:
    deadline = parse_deadline("2018年12月前", YEAR)
    assert deadline is not None
    assert deadline.end == date(2018, 11, 30)


def test_before_a_year_is_not_guessed() -> None:
    deadline = parse_deadline("2020年前", YEAR)
    assert deadline is not None
    assert deadline.end is None


RHYTHMS = """
每季度 P3M|每月 P1M|每半年 P6M|一年两次 P6M|每两年一次 P2Y|每周 P1W|每日 P1D|按年度 P1Y|逐季 P3M|2次/年 P6M|每年1次 P1Y
三个月内 P3M|10个工作日内 P10D|两周内 P2W|三年内 P3Y|半年内 P6M|半个月内 P15D|48小时内 PT48H
"""


@pytest.mark.parametrize(("text", "period"), [pair.split(" ") for pair in RHYTHMS.strip().replace("\n", "|").split("|")])
def test_a_rhythm_or_term_is_an_iso_duration(text: str, period: str) -> None:
    deadline = parse_deadline(text, YEAR)
    assert deadline is not None
    assert deadline.period == period


def test_a_rhythm_without_a_period_has_none() -> None:
    deadline = parse_deadline("定期", YEAR)
    assert deadline is not None
    assert (deadline.kind, deadline.period) == (DeadlineKind.RECURRING, "")


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("年底前", "must"),
        ("确保年底前完成", "must"),
        ("力争年底前完成", "aim"),
        ("争取9月底", "aim"),
        ("年底前基本完成", "aim"),
        ("适时", "none"),
        ("尽快", "none"),
    ],
)
def test_words_tell_how_firmly_a_deadline_binds(text: str, strength: str) -> None:
    deadline = parse_deadline(text, YEAR)
    assert deadline is not None
    assert deadline.strength == strength


def test_the_text_is_the_whole_cell_with_its_blanks_folded() -> None:
    deadline = parse_deadline(" 上半年，\n 完成  指标设计\u3000（试评）。", YEAR)
    assert deadline is not None
    assert deadline.text == "上半年，完成指标设计（试评）。"


def test_the_basis_is_the_callers() -> None:
    deadline = parse_deadline("全年", YEAR, basis="merged-cell")
    assert deadline is not None
    assert deadline.basis == "merged-cell"


def test_a_date_without_a_year_stays_open_where_the_document_has_none() -> None:
    deadline = parse_deadline("9月底前", PlanPeriod())
    assert deadline is not None
    assert (deadline.kind, deadline.end, deadline.flags) == (DeadlineKind.BY_DATE, None, ("year_unknown",))


def test_a_date_without_a_year_is_not_guessed_in_a_plan_of_several_years() -> None:
    deadline = parse_deadline("年底前", THREE_YEARS)
    assert deadline is not None
    assert (deadline.end, deadline.flags) == (None, ("year_unclear",))


def test_the_year_of_issue_counts_inside_a_plan_of_several_years() -> None:
    deadline = parse_deadline("年底前", plan_period("行动计划（2023—2025年）", date(2024, 2, 1)))
    assert deadline is not None
    assert (deadline.end, deadline.flags) == (date(2024, 12, 31), ("year_unclear",))


def test_what_a_cell_says_besides_its_date_is_kept_apart() -> None:
    assert undated("上半年，完成指标设计") == undated("6月底前 完成指标设计") == "完成指标设计"
    assert undated("年底前") == ""


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("国庆节前", date(2025, 9, 30)),
        ("“十一”前", date(2025, 9, 30)),
        ("2026年五一前", date(2026, 4, 30)),
        ("元旦前完成", date(2025, 12, 31)),
        ("2019年元旦前", date(2018, 12, 31)),
        ("明年元旦前", date(2025, 12, 31)),
        ("春节前", None),
    ],
)
def test_before_a_holiday_of_the_solar_calendar_means_the_day_before_and_a_lunar_one_is_left_as_printed(
    text: str, end: date | None
) -> None:
    deadline = parse_deadline(text, plan_period("2025年信用工作要点"))
    assert deadline is not None
    assert deadline.end == end
