"""Leftovers are looked for in lines that have a sign of them, and no pattern meets a line without."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normalizers.text import leftovers
from normalizers.text.clean import clean
from normalizers.text.signs import Signs

TABLES = sorted(leftovers._data().keys() - {"format", "signs"})
SINGLE, PAIR = leftovers.signs()
SIGNS = Signs({"leftover": SINGLE}, {"leftover word": PAIR})


@pytest.mark.parametrize(("name", "at"), [(name, at) for name in TABLES for at in range(len(leftovers._data()[name]))])
def test_property_whatever_a_pattern_meets_has_the_signs_of_a_line_and_of_a_text(name: str, at: int) -> None:
    words = "|".join(leftovers._data()["format"])
    pattern = re.compile(leftovers._data()[name][at].replace("{format}", f"(?:{words})"))

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(pattern))
    def holds(found: str) -> None:
        assert leftovers._sign_of_line().search(found), found
        assert leftovers.has_leftovers(found), found
        assert SIGNS.shown(found), found

    holds()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("加强信用建设【删除：试点】工作。", "加强信用建设工作。"),
        ("加强信用建设。\n格式化的：字体：仿宋_GB2312", "加强信用建设。\n"),
        ("承诺单位：FORMDROPDOWN", "承诺单位："),
        ("详见{ REF _Toc123 }。", "详见。"),
        ("【责任单位】市发改委", "【责任单位】市发改委"),
    ],
)
def test_every_leftover_is_reached_though_nothing_else_in_its_text_shows_one(text: str, left: str) -> None:
    assert clean(text).text == left
