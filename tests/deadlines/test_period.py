"""The period of a plan, from titles in our own wording."""

from __future__ import annotations

from datetime import date

import pytest

from normalizers.deadlines import plan_period


@pytest.mark.parametrize(
    ("title", "start", "end", "basis"),
    [
        ("2018年某市信用工作要点", "2018-01-01", "2018-12-31", "title-year"),
        ("某市信用工作行动方案（2018-2020年）", "2018-01-01", "2020-12-31", "plan-period"),
        ("某市信用工作行动方案(2018—2020年)", "2018-01-01", "2020-12-31", "plan-period"),
        ("某市２０１８～２０２０年信用建设规划", "2018-01-01", "2020-12-31", "plan-period"),
        ("某市信用建设三年行动计划（2023年至2025年）", "2023-01-01", "2025-12-31", "plan-period"),
        ("某市行动方案（2018-2020年）2019年重点任务分工表", "2019-01-01", "2019-12-31", "title-year"),
        ("“十四五”社会信用体系建设规划", "2021-01-01", "2025-12-31", "plan-period"),
        ("“十四五”规划和2035年远景目标纲要", "2021-01-01", "2025-12-31", "plan-period"),
        ("关于印发《二〇二〇年信用工作要点》的通知", "2020-01-01", "2020-12-31", "title-year"),
        ("某局 某委关于印发《2018年某市信用工作要点》的通知（沪某〔2017〕9号）", "2018-01-01", "2018-12-31", "title-year"),
        ("《某省信用行动方案（2018-2020年）》", "2018-01-01", "2020-12-31", "plan-period"),
        ("2024年第一季度重点任务清单", "2024-01-01", "2024-03-31", "title-year"),
        ("关于2018年工作总结和2019年工作计划的报告", "2019-01-01", "2019-12-31", "title-year"),
        ("落实《建设规划纲要（2014—2020年）》2016年度工作计划", "2016-01-01", "2016-12-31", "title-year"),
    ],
)
def test_a_title_states_the_period(title: str, start: str, end: str, basis: str) -> None:
    period = plan_period(title)
    assert (str(period.start), str(period.end), period.basis) == (start, end, basis)


@pytest.mark.parametrize(
    "title",
    [
        "关于贯彻《建设规划纲要（2014—2020年）》的实施意见",
        "2030年前达峰行动方案",
        "某省信用条例（2021年修订）",
        "关于公布2017年度守信名单的公告",
        "苏信用办〔2018〕3号",
        "关于加强信用监管的实施意见",
        "",
    ],
)
def test_other_years_in_a_title_are_not_the_plans(title: str) -> None:
    period = plan_period(title)
    assert (period.start, period.end, period.year) == (None, None, None)


def test_the_title_goes_before_the_issue_date() -> None:
    assert plan_period("2019年信用工作要点", date(2018, 12, 20)).year == 2019


def test_without_a_year_in_the_title_the_issue_year_counts_and_gives_no_period() -> None:
    period = plan_period("关于加强信用监管的实施意见", date(2021, 5, 6))
    assert (period.start, period.end, period.year, period.basis) == (None, None, 2021, "issue-year")


def test_without_an_issue_date_the_year_of_the_own_number_counts() -> None:
    assert plan_period("关于落实重点工作分工的意见", number="某发〔2020〕6号").year == 2020
    assert plan_period("关于落实重点工作分工的意见", date(2021, 1, 4), number="某发〔2020〕6号").year == 2021
    assert plan_period("2019年信用工作要点", number="某发〔2018〕6号").year == 2019
    assert plan_period("关于落实重点工作分工的意见", number="令第6号") == plan_period("")
