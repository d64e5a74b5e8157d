"""Statements: who does it by when, in the words of one bracket, line or cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.tasks.clauses import split_clauses
from normalizers.tasks.roles import Role
from normalizers.tasks.statements import is_nothing, read_statement


def parts(text: str, default: Role = Role.RESPONSIBLE) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], str]:
    found = read_statement(text, default).settled()
    return found.lead, found.partner, found.responsible, found.deadline


@pytest.mark.parametrize(
    ("text", "lead", "partner", "responsible", "deadline"),
    [
        ("责任单位：甲局、乙局", (), (), ("甲局、乙局",), ""),
        ("牵头单位：甲局；配合单位：乙局、丙委", ("甲局",), ("乙局、丙委",), (), ""),
        ("责任单位：甲局；配合单位：乙局", ("甲局",), ("乙局",), (), ""),
        ("牵头单位: 甲局, 责任单位: 乙局", ("甲局",), ("乙局",), (), ""),
        ("牵头部门为甲局，配合部门为乙局", ("甲局",), ("乙局",), (), ""),
        ("【牵头部门】甲局【配合部门】乙局", ("甲局",), ("乙局",), (), ""),
        ("主办单位：甲局；协办单位：乙局", ("甲局",), ("乙局",), (), ""),
        ("责任单位：甲局；完成时限：2022年6月底前", (), (), ("甲局",), "2022年6月底前"),
        ("责任单位：甲局，2023年底前完成", (), (), ("甲局",), "2023年底前完成"),
        ("甲局、乙局，持续推进", (), (), ("甲局、乙局",), "持续推进"),
        ("甲局牵头，乙局配合", ("甲局",), ("乙局",), (), ""),
        ("甲局牵头、乙局按职责分工负责", ("甲局",), ("乙局",), (), ""),
        ("甲局、乙局共同牵头，丙委参与", ("甲局、乙局",), ("丙委",), (), ""),
        ("由甲局牵头会同乙局落实", ("甲局",), ("乙局",), (), ""),
        ("甲局牵头负责，乙局、丙委", ("甲局",), ("乙局、丙委",), (), ""),
        ("甲局负责，乙局配合", ("甲局",), ("乙局",), (), ""),
        ("甲局、乙局等按职责分工负责", (), (), ("甲局、乙局等",), ""),
        ("甲局（牵头）、乙局、丙委", ("甲局",), ("乙局、丙委",), (), ""),
        ("乙局、甲局（牵头单位）、丙委", ("甲局",), ("乙局", "丙委"), (), ""),
        ("责任单位：甲局；责任人：张某", (), (), ("甲局",), ""),
        ("各区信用工作牵头部门、甲局", (), (), ("各区信用工作牵头部门、甲局",), ""),
        ("责任单位：甲委（乙办）、丙局", (), (), ("甲委（乙办）、丙局",), ""),
        ("完成时限：长期坚持", (), (), (), "长期坚持"),
        ("责任单位：/", (), (), (), ""),
    ],
)
def test_words_go_to_the_role_that_label_or_verb_gives_them(
    text: str, lead: tuple[str, ...], partner: tuple[str, ...], responsible: tuple[str, ...], deadline: str
) -> None:
    assert parts(text) == (lead, partner, responsible, deadline)


def test_words_under_no_label_belong_to_the_column_they_stand_in() -> None:
    assert parts("甲局、乙局", Role.LEAD) == (("甲局、乙局",), (), (), "")
    assert parts("甲局牵头，乙局配合", Role.RESPONSIBLE) == (("甲局",), ("乙局",), (), "")


@pytest.mark.parametrize(
    ("text", "rest", "onward"),
    [
        ("责任单位：甲局、乙局（列第一位的为牵头单位，下同）", "责任单位：甲局、乙局", True),
        ("责任单位：甲局、乙局，排在首位的为牵头单位", "责任单位：甲局、乙局", False),
        ("责任单位：甲局、乙局。排名第一的为牵头部门，下同", "责任单位：甲局、乙局", True),
        ("责任单位（列首位的为牵头单位，下同）：甲局", "责任单位：甲局", True),
        ("甲局、乙局；第一个单位为牵头单位；下同", "甲局、乙局", True),
    ],
)
def test_a_clause_on_the_first_listed_is_taken_off_and_kept(text: str, rest: str, onward: bool) -> None:
    left, clauses = split_clauses(text)
    assert (left, clauses.first_is_lead, clauses.onward) == (rest, True, onward)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("责任单位：甲厅，各市人民政府。以下均需各市人民政府落实，不再列出", "各市人民政府"),
        ("责任单位：甲厅；各设区市人民政府均为责任单位，以下不再重复列出", "各设区市人民政府"),
        ("甲局。以下任务均涉及各市、县（市、区）人民政府，不再逐一列出", "各市、县（市、区）人民政府"),
        ("以下各项均由各区政府负责落实，不再单列", "各区政府"),
        ("甲局。本计划各项任务均需各县（市、区）政府作为配合单位，以下不再列出", "各县（市、区）政府"),
    ],
)
def test_a_clause_on_bodies_left_out_below_names_them(text: str, body: str) -> None:
    left, clauses = split_clauses(text)
    assert clauses.implied == body
    assert "不再" not in left


@pytest.mark.parametrize("text", ["", "/", "无", "—", "——", " ／ ", "暂无", "-"])
def test_a_mark_for_nobody_is_nothing(text: str) -> None:
    assert is_nothing(text)


@given(
    st.text(
        alphabet="牵头单位责任配合：；，、。（）()【】[]甲乙局委负按职分工以下均需各市落实不再列出第一的为2023年6月底前同*\n ", max_size=80
    )
)
def test_property_any_words_make_a_statement_without_an_error(text: str) -> None:
    found = read_statement(text).settled()
    for words in (*found.lead, *found.partner, *found.responsible):
        assert words and words == words.strip()


def test_persons_before_a_verb_are_left_out_and_a_long_run_of_their_titles_takes_no_time() -> None:
    assert read_statement("张某某同志、李某副市长牵头，市财政局配合") == read_statement("市财政局配合")
    assert read_statement("同志" * 200 + "牵头，市财政局配合").partner == ("市财政局",)
