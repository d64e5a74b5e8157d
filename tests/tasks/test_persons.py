"""Persons named in a cell of bodies are left out; bodies stay, however short."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.tasks.persons import without_persons


@pytest.mark.parametrize(
    ("cell", "bodies"),
    [
        ("市发改委（王某）", "市发改委"),
        ("市发改委（张三、李四）", "市发改委"),
        ("市发改委 市财政局 李建国", "市发改委 市财政局"),
        ("市市场监管局\n王**", "市市场监管局"),
        ("市委宣传部（市文明办）", "市委宣传部（市文明办）"),
        ("市发改委（信用科）", "市发改委（信用科）"),
        ("税务局、海关、高新区、团市委", "税务局、海关、高新区、团市委"),
        ("王某", "王某"),
    ],
)
def test_persons_go_and_bodies_stay(cell: str, bodies: str) -> None:
    assert without_persons(cell) == bodies


@given(st.text(alphabet="王李市局委（）()、 \n某*财政", max_size=60))
def test_property_nothing_is_added_to_a_cell(cell: str) -> None:
    left = iter(cell)
    assert all(character in left for character in without_persons(cell))
