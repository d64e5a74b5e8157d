"""Spellings of numbers and addresses: what comes out is bounded, stable and never raises."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.spellings import Number, is_url, number_of, number_spellings, tidy, url_spellings


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


@pytest.mark.parametrize("text", ["沪信用建办2026-2", "沪信用建办2026—2号", "沪信用建办二〇二六2号", "沪信用建办〔二○二六〕2号"])
def test_a_year_without_brackets_or_in_words_is_read(text: str) -> None:
    assert number_of(text) == Number("沪信用建办", "2026", "2")


@pytest.mark.parametrize("text", ["127.0.0.1:8801/zcfg/1.html", "credit.local:8801/zcfg/1.html", "localhost:8801/a"])
def test_an_address_without_its_scheme_but_with_a_port_is_one(text: str) -> None:
    assert is_url(text)
    assert f"http://{text}" in url_spellings(text)
    assert not is_url(text.partition(":")[2])


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
