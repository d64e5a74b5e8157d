"""Spellings of numbers and addresses: what comes out is bounded, stable and never raises."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.spellings import Number, number_of, number_spellings, tidy, url_spellings


@given(st.text(max_size=3000))
def test_property_any_text_is_taken_in_bounded_time_and_size(text: str) -> None:
    typed = tidy(text)
    number_of(typed)
    assert len(number_spellings(typed)) <= 40
    assert len(url_spellings(typed)) <= 4000


@given(
    st.sampled_from(["沪发改规范", "国办发", "苏信用办", "皖财金函"]),
    st.integers(1950, 2049),
    st.integers(1, 99999),
    st.sampled_from("[【（(〔"),
    st.integers(0, 3),
    st.booleans(),
    st.booleans(),
)
def test_property_a_number_is_the_same_in_every_dress(
    who: str, year: int, count: int, bracket: str, zeros: int, nth: bool, end: bool
) -> None:
    closing = dict(zip("[【（(〔", "]】）)〕", strict=True))[bracket]
    zero = "0" * min(zeros, 6 - len(str(count)))
    typed = f"{who}{bracket}{year}{closing}{'第' if nth else ''}{zero}{count}{'号' if end else ''}"
    assert number_of(typed) == Number(who, str(year), str(count))
    assert f"{who}〔{year}〕{count}号" in number_spellings(typed)


@pytest.mark.parametrize("text", ["信用修复管理办法", "2025年工作要点", "", "上海", "〔2025〕12号"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize(
    "text", ["(" * 3000, "沪" * 3000, "http://" + "a." * 900 + "cn/", "https://a.cn/?" + "&".join(f"p{n}={n}" for n in range(300))]
)
def test_hostile_text_costs_little(text: str) -> None:
    started = time.process_time()
    typed = tidy(text)
    number_spellings(typed)
    url_spellings(typed)
    assert time.process_time() - started < 0.5
