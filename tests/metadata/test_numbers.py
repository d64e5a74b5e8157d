"""Document numbers in the spellings met in the wild, in numbers of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.metadata import normalise_number
from normalizers.metadata.number import split_title


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("沪某信〔2014〕1号", "沪某信〔2014〕1号"),
        ("沪某信[2016]12号", "沪某信〔2016〕12号"),
        ("沪某信【2019】3号", "沪某信〔2019〕3号"),
        ("沪某信（2011）45号", "沪某信〔2011〕45号"),
        ("沪某信(2011)45号", "沪某信〔2011〕45号"),
        ("沪某信﹝2011﹞45号", "沪某信〔2011〕45号"),
        ("苏某管〔 2015 〕 58 号", "苏某管〔2015〕58号"),
        ("苏某管〔２０１５〕５８号", "苏某管〔2015〕58号"),
        ("某工商案字(2011)第01071号", "某工商案字〔2011〕第01071号"),
        ("某工商案字（2011）第01071号", "某工商案字〔2011〕第01071号"),
        ("文号：浙某〔2020〕7号", "浙某〔2020〕7号"),
        ("发文字号: 浙某〔2020〕7号", "浙某〔2020〕7号"),
        ("（皖某办〔2025〕3号）", "皖某办〔2025〕3号"),
        ("某某部令第45号", "某某部令第45号"),
        ("2026年第16号", "2026年第16号"),
        ("沪某信〈2014〉1号", "沪某信〔2014〕1号"),
        ("沪某信<2014>1号", "沪某信〔2014〕1号"),
        ("沪某信〔二〇一四〕十二号", "沪某信〔2014〕12号"),
        ("沪某信【2014】1", "沪某信〔2014〕1号"),
        ("沪某信〔2014〕第1号", "沪某信〔2014〕第1号"),
        ("沪某信〔2014〕1号 沪某财〔2014〕5号", "沪某信〔2014〕1号"),
        ("沪某信〔2014〕1号、沪某财〔2014〕5号", "沪某信〔2014〕1号"),
        ("某令第736号", "某令第736号"),
        ("令第12号", "令第12号"),
        ("某部 某局公告2023年第3号", "某部某局公告2023年第3号"),
        ("公告（2026年第16号）", "公告2026年第16号"),
        ("某市人民政府令 第 12 号", "某市人民政府令第12号"),
    ],
)
def test_a_number_is_written_one_way(printed: str, number: str) -> None:
    assert normalise_number(printed) == number


@pytest.mark.parametrize("text", ["", "某市信用工作要点", "根据沪某信〔2014〕1号", "2018年", "12号", "附件1"])
def test_what_is_no_number_gives_none(text: str) -> None:
    assert normalise_number(text) == ""


def test_a_number_behind_a_title_is_parted_from_it() -> None:
    assert split_title("关于报送材料的通知苏某办〔2018〕3号") == ("关于报送材料的通知", "苏某办〔2018〕3号")
    assert split_title("关于报送材料的通知（苏某办[2018]3号）") == ("关于报送材料的通知", "苏某办〔2018〕3号")


def test_a_number_before_a_title_is_parted_from_it() -> None:
    assert split_title("苏某办〔2018〕3号某市关于报送材料的通知") == ("某市关于报送材料的通知", "苏某办〔2018〕3号")


def test_the_number_of_an_announcement_stays_in_its_title() -> None:
    assert split_title("价格调整公告（2026年第16号）") == ("价格调整公告（2026年第16号）", "2026年第16号")


def test_a_title_with_a_year_has_no_number() -> None:
    assert split_title("行动方案（2018-2020年）") == ("行动方案（2018-2020年）", "")


brackets = st.sampled_from(["〔〕", "[]", "【】", "（）", "()", "［］"])


@given(
    st.text("沪苏浙皖信用办经发改", min_size=2, max_size=6),
    st.integers(1980, 2030),
    st.integers(1, 9999),
    brackets,
    st.sampled_from(["", " ", "\u3000"]),
)
def test_property_every_spelling_gives_the_standard_one(who, year, count, bracket, blank) -> None:
    printed = blank.join([who, bracket[0], str(year), bracket[1], str(count), "号"])
    assert normalise_number(printed) == f"{who}〔{year}〕{count}号"


PIECES = "沪某|办|〔|〕|[|]|（|）|2014|二〇一四|年|第|十|号|1|01|令|公告|、| |"
pieces = st.sampled_from(PIECES.split("|"))


@given(st.one_of(st.text(), st.lists(pieces, max_size=14).map("".join)))
def test_property_a_standard_number_is_left_alone(text) -> None:
    number = normalise_number(text)
    assert normalise_number(number) == number
