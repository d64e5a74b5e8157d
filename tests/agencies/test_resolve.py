"""Mentions of many regions, departments, levels and dates, each checked by hand against the table in ``cases``."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.agencies import Context, gazetteer, resolve
from normalizers.agencies.gazetteer import agency_id
from normalizers.records import AgencyKind

CASES = Path(__file__).parent / "cases"


def rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def context(row: dict[str, str]) -> Context:
    return Context(row["region"], date.fromisoformat(row["on"]))


def test_there_are_more_than_150_hand_checked_mentions():
    assert len(rows("mentions.csv")) > 150


@pytest.mark.parametrize("row", rows("mentions.csv"), ids=lambda row: f"{row['region']}-{row['on'][:4]}-{row['mention']}")
def test_a_mention_gives_the_name_at_its_date_in_its_region(row):
    found = resolve(row["mention"], context(row))
    assert found.name == row["name"]
    assert found.id
    assert found.mention == row["mention"]


@pytest.mark.parametrize("row", rows("unresolved.csv"), ids=lambda row: f"{row['region']}-{row['mention']}")
def test_what_cannot_be_told_stays_unresolved_with_its_reason(row):
    found = resolve(row["mention"], context(row))
    assert (found.name, found.id, found.rule) == (None, None, "unresolved")
    assert found.flags == ((row["flag"],) if row["flag"] else ())


@pytest.mark.parametrize(
    ("mention", "region", "on"),
    [
        ("崇明区", "310000", date(2014, 4, 28)),
        ("闸北区", "310000", date(2018, 1, 1)),
        ("市工商局", "310000", date(2020, 1, 1)),
        ("市工商局", "320500", date(2021, 1, 1)),
        ("闸北区市场监管局", "310000", date(2018, 1, 1)),
        ("人民银行南京分行", "320000", date(2024, 1, 1)),
    ],
)
def test_a_name_out_of_its_time_is_flagged(mention, region, on):
    assert "name_anachronistic" in resolve(mention, Context(region, on)).flags


def test_a_name_is_not_out_of_time_within_the_month_its_end_is_known_to():
    assert resolve("市工商局", Context("310000", date(2018, 11, 20))).flags == ()
    assert resolve("市工商局", Context("310000", date(2018, 12, 1))).flags == ("name_anachronistic",)


def test_a_short_name_long_before_its_body_stays_unresolved():
    found = resolve("市市场监管局", Context("310000", date(2016, 5, 1)))
    assert (found.name, found.flags) == (None, ("name_anachronistic",))


@pytest.mark.parametrize("mention", ["淮北银保监分局", "上海旅游局", "新市区委"])
def test_a_name_of_the_last_day_of_the_calendar_is_read_as_today(mention):
    assert resolve(mention, Context("310000", date.max)).id == resolve(mention, Context("310000", date(2100, 1, 1))).id


def test_a_full_name_means_its_body_even_before_its_time():
    found = resolve("上海市市场监督管理局", Context("310000", date(2016, 5, 1)))
    assert (found.name, found.flags) == ("上海市市场监督管理局", ("name_anachronistic",))


@pytest.mark.parametrize("mention", ["市监察委", "市医保局", "市大数据局", "市数据局", "市退役军人局"])
def test_a_department_nobody_had_founded_stays_unresolved(mention):
    assert resolve(mention, Context("330300", date(2012, 5, 1))).name is None


def test_without_a_date_the_name_in_force_now_is_taken():
    assert resolve("市信用办", Context("310000")).name == "上海市社会信用建设办公室"
    assert resolve("市信用办", Context("310000")).flags == ()


def test_one_body_has_one_id_however_it_is_written():
    there = Context("330300", date(2021, 1, 1))
    forms = ("市经信局", "温州市经信局", "温州市经济和信息化局", "市经济和信息化局", "市经济信息化局")
    assert len({resolve(form, there).id for form in forms}) == 1


def test_a_second_plaque_is_kept_in_the_mention_and_not_in_the_name():
    found = resolve("市委宣传部 (市文明办)", Context("310000", date(2014, 4, 28)))
    assert (found.mention, found.name) == ("市委宣传部（市文明办）", "中共上海市委宣传部")


def test_a_bracket_that_belongs_to_the_name_is_not_taken_for_a_plaque():
    found = resolve("中国（上海）自贸试验区管委会", Context("310000", date(2014, 4, 28)))
    assert found.name == "中国（上海）自由贸易试验区管理委员会"


@pytest.mark.parametrize(
    ("mention", "kind"),
    [
        ("市财政局", AgencyKind.AGENCY),
        ("各区政府", AgencyKind.GROUP),
        ("信用专题组轮值方", AgencyKind.ROLE),
        ("信用服务企业", AgencyKind.CLASS),
        ("各有关高校", AgencyKind.GROUP),
        ("税务部门", AgencyKind.GROUP),
        ("征信机构", AgencyKind.CLASS),
        ("联盟轮值方", AgencyKind.ROLE),
    ],
)
def test_a_mention_has_the_kind_of_what_it_stands_for(mention, kind):
    assert resolve(mention, Context("310000", date(2018, 4, 9))).kind is kind


def test_a_name_that_leaves_out_its_region_says_so():
    found = resolve("市场监管局", Context("330300", date(2021, 1, 1)))
    assert (found.name, found.flags) == ("温州市市场监督管理局", ("region_elided",))


def test_a_sentence_is_never_looked_up():
    found = resolve("市" * 200, Context("310000"))
    assert (found.name, found.flags) == (None, ("too_long",))


@given(st.text(max_size=90), st.sampled_from(["", "310000", "320500", "340123", "999999"]), st.none() | st.dates())
def test_property_any_mention_gives_an_answer_that_agrees_with_itself(mention, region, on):
    found = resolve(mention, Context(region, on))
    assert (found.name is None) == (found.id is None)
    assert found.resolved or found.rule in {"unresolved", "group-pattern", "role-pattern", "function"} or found.flags
    assert found == resolve(mention, Context(region, on))


@given(st.sampled_from(gazetteer().entries), st.dates(date(2014, 1, 1), date(2026, 12, 31)))
def test_property_a_canonical_name_always_resolves_to_its_lineage(entry, on):
    found = resolve(entry.name, Context("", on))
    assert found.resolved
    if entry.validity.holds(on):
        assert found.name == entry.name
    else:
        assert found.flags == ("name_anachronistic",) or entry.validity.may_hold(on) or len(gazetteer().canonical(entry.name)) > 1


def test_a_name_with_half_a_character_has_an_id_of_its_own() -> None:
    assert agency_id("某市\udfff局", "310000", "") != agency_id("某市局", "310000", "")
