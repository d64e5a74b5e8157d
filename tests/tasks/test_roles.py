"""Labels: what a column heading, a bracket or a line may say."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.tasks.roles import Role, column_role, inline_label, label_role, labels


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("牵头单位", Role.LEAD),
        ("牵头\n责任\n单位", Role.LEAD),
        ("省级牵头部门", Role.LEAD),
        ("协同责任单位", Role.PARTNER),
        ("配合单位", Role.PARTNER),
        ("参 与 单 位", Role.PARTNER),
        ("责任单位（排名第一的为牵头单位）", Role.RESPONSIBLE),
        ("落实单位", Role.RESPONSIBLE),
        ("牵头及配合单位", Role.JOINT),
        ("牵头单位/配合单位", Role.JOINT),
        ("计划完成时间", Role.DEADLINE),
        ("完成时限（2023年）", Role.DEADLINE),
        ("2023年重点任务", Role.TASK),
        ("目标与任务", Role.TASK),
        ("主要工作举措", Role.TASK),
        ("主要内容", Role.CONTENT),
        ("专项行动", Role.SECTION),
        ("序 号", Role.NUMBER),
        ("项目名称", Role.PROJECT),
        ("考核内容", Role.SCORE),
        ("评分标准", Role.GRADE),
        ("责任人", Role.PERSON),
        ("备注", Role.REMARK),
        ("某某", None),
        ("", None),
    ],
)
def test_a_heading_names_what_its_column_holds(heading: str, role: Role | None) -> None:
    assert column_role(heading) is role


def test_every_line_of_the_label_table_is_whole_and_stands_once() -> None:
    text = files("normalizers.tasks").joinpath("data/role_labels.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["where"] for row in rows} == {"any", "bracket", "column"}
    names = [(row["label"], row["role"]) for row in rows]
    assert len(names) == len(set(names))
    assert all(row["label"] == "".join(row["label"].split()) and Role(row["role"]) for row in rows)
    contradictions = {name for name, _ in names if len({role for other, role in names if other == name}) > 1}
    assert not contradictions


def test_hosts_and_organisers_open_no_line() -> None:
    assert inline_label(lines=True).match("主办单位：某某局") is None
    assert inline_label(lines=False).match("主办单位：某某局") is not None


@pytest.mark.parametrize("label", sorted(name for name, row in labels().items() if row.where == "any"))
def test_each_label_is_found_with_its_colon_and_in_its_own_brackets(label: str) -> None:
    assert inline_label(lines=True).match(f"{label}：甲")
    assert inline_label(lines=True).match(f"【{label}】甲")


@given(st.text(alphabet="责任牵头单位部门配合完成时间（）、/ \n：甲", max_size=40))
def test_property_any_heading_is_read_without_an_error(heading: str) -> None:
    role = column_role(heading)
    assert role is None or isinstance(role, Role)


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("牵头推进单位", Role.LEAD),
        ("属地责任乡镇", Role.RESPONSIBLE),
        ("参与责任单位", Role.PARTNER),
        ("市直配合协同部门", Role.PARTNER),
        ("责任股室", Role.RESPONSIBLE),
        ("牵头负责领导", Role.PERSON),
        ("市级包保领导", Role.PERSON),
        ("督办单位", Role.REMARK),
    ],
)
def test_a_label_is_read_by_its_parts(label: str, role: Role) -> None:
    found = inline_label(lines=True).match(label + "：市发改委")
    assert found is not None
    assert found["plain"] == label
    assert label_role(label) is role


def test_a_qualifier_of_footers_opens_no_line_however_it_is_joined() -> None:
    assert inline_label(lines=True).match("承办单位：市信用中心") is None
    assert inline_label(lines=False).match("承办单位：市信用中心") is not None
