"""A code keeps the division of its day; what stands in its place today is told, nothing is corrected."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import numdb

from normalizers.agencies.regions import regions
from normalizers.codes import DivisionStatus, check_credit_code, division_of
from normalizers.codes.divisions import today_of
from normalizers.codes.tables import rows
from tests.codes.examples import completed

FORMER, ZONES = tuple(rows("divisions_former")), tuple(rows("zones"))


@pytest.mark.parametrize(
    ("code", "name", "status", "today"),
    [
        ("100000", "全国", DivisionStatus.CURRENT, ["100000"]),
        ("310000", "上海市", DivisionStatus.CURRENT, ["310000"]),
        ("310108", "上海市闸北区", DivisionStatus.FORMER, ["310106"]),
        ("330183", "浙江省杭州市富阳市", DivisionStatus.FORMER, ["330111"]),
        ("310119", "上海市南汇区", DivisionStatus.FORMER, ["310115"]),
        ("341422", "安徽省巢湖市无为县", DivisionStatus.FORMER, ["340281"]),  # two steps
        ("342523", "安徽省宣城地区广德县", DivisionStatus.FORMER, ["341882"]),
        ("320283", "江苏省无锡市锡山市", DivisionStatus.FORMER, ["320205", "320206"]),
        ("320803", "江苏省淮安市淮安区", DivisionStatus.CURRENT, ["320803"]),
        ("440301", "广东省深圳市市辖区", DivisionStatus.CITY_PROPER, ["440300"]),
        ("310100", "上海市市辖区", DivisionStatus.CITY_PROPER, ["310000"]),
        ("320594", "苏州工业园区", DivisionStatus.ZONE, ["320500"]),
        ("449999", "广东省", DivisionStatus.UNKNOWN, []),
    ],
)
def test_a_division_is_named_as_it_was_with_what_it_is_today(code: str, name: str, status: DivisionStatus, today: list[str]) -> None:
    division = division_of(code)
    assert division is not None
    assert (division.name, division.status, [place.code for place in division.today]) == (name, status, today)


def test_a_name_that_the_same_code_had_before_is_kept() -> None:
    division = division_of("320803")
    assert division is not None
    assert division.former_names == ("楚州区",)


@pytest.mark.parametrize("code", ["", "31010", "3101080", "990000", "000000", "66０101", "31010A"])
def test_what_is_no_division_is_none(code: str) -> None:
    assert division_of(code) is None


def test_an_unknown_county_leaves_a_code_valid_with_a_warning() -> None:
    check = check_credit_code(completed("91449999" + "13226025"))
    assert (check.valid, [warning.name for warning in check.warnings]) == (True, ["division-unknown"])


@pytest.mark.parametrize("row", FORMER, ids=lambda row: row["code"] + row["name"])
def test_a_former_division_leads_to_one_of_today_in_its_province(row: dict[str, str]) -> None:
    assert re.fullmatch(r"\d{6}", row["code"])
    assert row["certainty"] in {"sure", "likely"}
    assert re.fullmatch(r"(\d{4}(-\d\d)?)?", row["valid_from"])
    assert re.fullmatch(r"\d{4}(-\d\d)?", row["valid_to"])
    assert row["valid_from"] < row["valid_to"]
    known = {each["code"] for each in FORMER} | set(regions().by_code)
    assert set(row["successors"].split("|")) <= known
    today = today_of(row["code"])
    assert today
    assert {code[:2] for code in today} == {row["code"][:2]}


@pytest.mark.parametrize("row", ZONES, ids=lambda row: row["code"])
def test_a_zone_lies_within_a_division_of_its_province(row: dict[str, str]) -> None:
    assert row["within"] in regions().by_code
    assert row["code"][:4] == row["within"][:4]
    assert row["code"] not in regions().by_code


# The list gives 丽水地区 the codes 3328xx until 2000; every other list found has 3325xx, as ours.
ELSEWHERE_IN_THE_ORACLE = re.compile(r"3328\d\d")


def test_every_division_of_the_delta_that_an_independent_list_ends_after_1999_is_known() -> None:
    listed = (files(numdb.__package__) / "cn" / "loc.dat").read_text("utf-8")
    province, unknown = "", []
    for line in listed.splitlines():
        if found := re.match(r"(\d\d) ", line):
            province = found[1]
        if province not in {"31", "32", "33", "34"} or not (county := re.match(r'\s+(\d{4}) county="(.*)"', line)):
            continue
        for start_end, name in re.findall(r"(?:\[(\d*-\d*)\])?([^,\[\]]+)", county[2]):
            code, end = province + county[1], start_end.partition("-")[2]
            division = division_of(code)
            assert division is not None
            recent = not end or int(end) >= 2000
            if recent and division.status is DivisionStatus.UNKNOWN and not ELSEWHERE_IN_THE_ORACLE.fullmatch(code):
                unknown.append((code, name))
    assert unknown == []


@given(st.text("0123456789", min_size=6, max_size=6) | st.text(max_size=8))
def test_property_any_text_gets_a_division_or_none(code: str) -> None:
    division = division_of(code)
    assert division is None or (division.code == code and division.province[:2] == code[:2])
