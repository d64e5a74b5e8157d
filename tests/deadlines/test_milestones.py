"""Dates in running text, in sentences of our own."""

from __future__ import annotations

from datetime import date

import pytest

from normalizers.deadlines import find_milestones, plan_period
from normalizers.records import DeadlineKind

YEAR = plan_period("2018年某市信用工作要点", date(2018, 3, 1))
THREE_YEARS = plan_period("某省信用建设行动计划（2023—2025年）")


def found(text: str, period=YEAR) -> list[tuple[str, str]]:
    return [(m.text, str(m.end)) for m in find_milestones(text, period)]


def test_a_date_comes_with_its_clause() -> None:
    assert found("扩建信用产业园，年内引进20家机构。") == [("年内引进20家机构", "2018-12-31")]


def test_two_dates_of_a_paragraph_go_each_to_its_clause() -> None:
    text = "到2023年底，覆盖率达到八成，到2025年底，实现全覆盖；评估平台于2024年6月底前建成。"
    assert found(text, THREE_YEARS) == [
        ("到2023年底，覆盖率达到八成", "2023-12-31"),
        ("到2025年底，实现全覆盖", "2025-12-31"),
        ("评估平台于2024年6月底前建成", "2024-06-30"),
    ]


def test_a_date_behind_its_object_takes_the_object_along() -> None:
    assert found("统一归集目录，于2018年9月底前完成。") == [("统一归集目录，于2018年9月底前完成", "2018-09-30")]


def test_a_rhythm_with_a_period_is_a_milestone() -> None:
    (milestone,) = find_milestones("汇编信用案例，每季度通报一次。", YEAR)
    assert (milestone.kind, milestone.period, milestone.text) == (DeadlineKind.RECURRING, "P3M", "每季度通报一次")


def test_a_mechanism_of_checks_is_a_rhythm_not_two_dates() -> None:
    (milestone,) = find_milestones("实行“年中抽查、年底考评”的办法", YEAR)
    assert (milestone.kind, milestone.flags) == (DeadlineKind.RECURRING, ("mechanism",))


def test_a_stated_year_of_a_task_is_a_period() -> None:
    (milestone,) = find_milestones("将信用建设列入2018年改革事项", YEAR)
    assert (milestone.kind, milestone.end) == (DeadlineKind.WITHIN_PERIOD, date(2018, 12, 31))


def test_an_aim_is_told_from_an_obligation() -> None:
    (milestone,) = find_milestones("到2025年，力争半数以上城市达标", THREE_YEARS)
    assert milestone.strength == "aim"


def test_a_term_from_the_issue_is_reckoned() -> None:
    (milestone,) = find_milestones("自本意见印发之日起两个月内制定细则", YEAR)
    assert (milestone.kind, milestone.end) == (DeadlineKind.RELATIVE, date(2018, 5, 1))


def test_a_year_is_carried_within_a_sentence_only() -> None:
    assert found("2019年6月底前试点，年底前推广。年内完成评估。") == [
        ("2019年6月底前试点", "2019-06-30"),
        ("年底前推广", "2019-12-31"),
        ("年内完成评估", "2018-12-31"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "贯彻《信用建设规划纲要（2018—2020年）》",
        "制定区域合作行动方案(2018-2020)",
        "推进2018-2020年行动计划",
        "落实2018年工作要点",
        "按照国发〔2018〕21号执行",
        "公布2018年度红黑名单",
        "较2018年提高两个百分点",
        "三年内禁止其参加政府采购",
        "有效期至2031年1月31日",
        "本办法自2026年4月1日起施行",
        "2017年6月已出台办法",
        "去年底建成的平台",
        "某某办公室\n2018年4月28日\n",
        "2018年4月29日印发",
        "发布时间：2018-04-09",
        "定期发布指数，形成年度事项清单",
        "收到材料后五个工作日内反馈",
        "近年来，今年以来，全市信用工作进展明显",
        "完善年底考核办法",
        "2018年是信用建设的关键一年",
    ],
)
def test_what_is_no_date_of_a_task_is_left_out(text: str) -> None:
    assert find_milestones(text, YEAR) == ()
