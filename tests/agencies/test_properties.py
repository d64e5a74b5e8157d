"""Properties of the whole area: reading is stable, invents nothing, and ends in time whatever the cell holds."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.agencies import (
    Context,
    Decision,
    Decisions,
    Region,
    home_region,
    looks_like_agencies,
    read_agencies,
    regions,
    resolve,
    successor,
)
from normalizers.agencies.mentions import even
from normalizers.agencies.regions import SHORTEST_BARE

SUZHOU = Context("320500", date(2022, 6, 1))
NATION = Context("100000", date(2022, 6, 1))
SUPPLIED = set("上海市江苏省浙江安徽区县")
"""What expansion may add: the provinces behind 沪、苏、浙、皖 and the suffix that the last region of a list has for all."""

PIECES = [
    *(
        "市财政局",
        "市住房和城乡建设局",
        "市委宣传部（市文明办）",
        "网信办",
        "商务局",
        "工商",
        "税务部门",
        "江苏省",
        "浙江省信用办",
        "合肥",
        "芜湖市人民政府",
    ),
    *(
        "黄浦",
        "长宁区政府",
        "苏州海关",
        "证监局",
        "各县（市、区）人民政府",
        "有关部门",
        "保险",
        "家政等行业协会",
        "某某公司",
        "发展改革委",
        "苏州大学",
    ),
    *("国网苏州供电公司", "省", "市", "上海", "沪", "苏", "等", "各", "由", "牵头", "①", "1.", "12月底前", "无", "负责"),
]
NAMES = [
    "市财政局",
    "市住房和城乡建设局",
    "市委宣传部（市文明办）",
    "各县（市、区）人民政府",
    "有关部门",
    "市审计局",
    "苏州海关",
    "市税务局",
]
CELLS = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=14).flatmap(
    lambda pieces: st.lists(
        st.sampled_from(["、", "，", "；", "和", "及", "\n", " ", "", "：", "/"]), min_size=len(pieces), max_size=len(pieces)
    ).map(lambda stops: "".join(piece + stop for piece, stop in zip(pieces, stops, strict=True)))
)


@given(CELLS, st.sampled_from([SUZHOU, NATION, Context()]))
def test_property_no_mention_holds_a_character_that_neither_the_text_nor_a_region_gave(cell: str, context: Context) -> None:
    given_characters = set(even(cell)) | SUPPLIED
    for agency in read_agencies(cell, context).agencies:
        assert set(agency.mention) <= given_characters


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=8))
def test_property_reading_what_was_read_changes_nothing(names: list[str]) -> None:
    once = read_agencies("、".join(names), SUZHOU)
    again = read_agencies("、".join(agency.mention for agency in once.agencies), SUZHOU)
    assert again.agencies == once.agencies


@given(st.lists(st.sampled_from([*PIECES, *NAMES]), min_size=1, max_size=8), st.sampled_from([SUZHOU, NATION, Context()]))
def test_property_a_list_of_whole_names_reads_as_the_rules_of_lists_read_it(names: list[str], context: Context) -> None:
    by_rules = "、 ".join(names)  # a blank says nothing here, but takes the list out of those that are read name by name
    assert read_agencies("、".join(names), context) == read_agencies(by_rules + " ", context)


@given(
    st.sampled_from(regions().all),
    st.sampled_from(["财政局", "市场监管局", "发改委", "税务局", "总工会", "委组织部"]),
    st.dates(date(2010, 1, 1)),
)
def test_property_a_composed_name_is_its_own_name(region: Region, stem: str, on: date) -> None:
    found = resolve(region.name + stem, Context(region.code, on))
    if found.name is not None:
        here = regions().current(region, on)
        short = here.name if len(here.name) < SHORTEST_BARE else ""  # 任县 outside the delta, now 任泽区, is known with its city only
        whole = regions().path(here) + found.name.removeprefix(short) if short and found.name.startswith(short) else found.name
        again = resolve(whole, Context("", on))
        assert again.name == found.name
        assert again.id == found.id


@given(CELLS, st.none() | st.dates())
def test_property_a_successor_never_fails(cell: str, on: date | None) -> None:
    for agency in read_agencies(cell, SUZHOU).agencies:
        found = successor(agency, on)
        assert found.mention == agency.mention
        assert (found.name is None) == (found.id is None)


@given(st.text(min_size=1, max_size=20), st.text(max_size=12), st.none() | st.dates())
def test_property_a_decision_that_holds_is_found(mention: str, name: str, on: date | None) -> None:
    if not resolve(mention, SUZHOU).mention:
        return
    decision = Decision(mention, "320500", name or "某局")
    found = resolve(mention, Context("320500", on, Decisions.of([decision])))
    assert (found.name, found.rule) == (name or "某局", "decision")


HOSTILE = [
    "（",
    "和",
    "市、",
    "等",
    "各",
    "市财政局和",
    " ",
    "（）",
    "市财政局\n",
    "1",
    "①",
    "：",
    "江苏省",
    "国家税务总局",
    "、",
    "沪、苏",
    "\u200b",
    "a/",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_property_a_megabyte_of_anything_is_read_in_time(unit: str) -> None:
    cell = unit * (1_000_000 // len(unit))
    started = time.process_time()
    read_agencies(cell, SUZHOU)
    looks_like_agencies(cell, SUZHOU)
    resolve(cell, SUZHOU)
    home_region(number=cell, title=cell, issuers=[cell], hint=cell)
    assert time.process_time() - started < 4
