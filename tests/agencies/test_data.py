"""The checks that keep the package's data files sound: a wrong line fails here, not in a reader's result."""

import re
from collections import defaultdict
from datetime import date
from itertools import combinations

import pytest

from normalizers.agencies import gazetteer, regions
from normalizers.agencies.departments import Department, closest, kinds
from normalizers.agencies.gazetteer import GazetteerEntry
from normalizers.agencies.periods import Period, period
from normalizers.agencies.tables import listed, rows, without_and

RANKS = set("mpcqk")
DAYS = (*(date(year, 6, 1) for year in (2010, 2012, 2014, 2016, 2020, 2024)), date(2018, 4, 1), date(2018, 12, 1), None)


def overlap(a: GazetteerEntry, b: GazetteerEntry) -> bool:
    first, last = date.min, date.max
    return (a.valid_from or first) < (b.valid_to or last) and (b.valid_from or first) < (a.valid_to or last)


def sharing(names: dict[object, list[GazetteerEntry]]) -> list[tuple[object, str, str]]:
    return [(name, a.name, b.name) for name, found in names.items() for a, b in combinations(found, 2) if overlap(a, b)]


def test_no_two_bodies_share_a_free_name_at_the_same_date():
    names = defaultdict(list)
    for entry in gazetteer().entries:
        for name in {without_and(name) for name in (entry.name, *entry.names)}:
            names[name].append(entry)
    assert sharing(names) == []


def test_no_two_bodies_share_a_context_name_in_one_region_at_the_same_date():
    names = defaultdict(list)
    for entry in gazetteer().entries:
        for name in {without_and(name) for name in entry.context_names}:
            names[entry.region, name].append(entry)
    assert sharing(names) == []


def test_ids_are_unique_opaque_and_written_down():
    ids = [row["id"] for row in rows("agencies")]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"a[0-9a-f]{10}", identifier) for identifier in ids)
    assert len({entry.id for entry in gazetteer().entries}) == len(gazetteer().entries)


@pytest.mark.parametrize(
    ("name", "identifier"),
    [("上海市财政局", "a4771b26d95"), ("江苏省发展和改革委员会", "a74d647fdc7"), ("三省一市环保部门", "a330cad3912")],
)
def test_ids_never_change(name, identifier):
    assert gazetteer().canonical(name)[0].id == identifier


def test_every_successor_exists_and_follows_its_body():
    known = {row["name"] for row in rows("agencies")}
    assert [row["name"] for row in rows("agencies") if row["successor"] and row["successor"] not in known] == []
    for entry in gazetteer().entries:
        if entry.successor:
            following = gazetteer().by_id[entry.successor]
            assert entry.valid_to is not None, f"{entry.name} has a successor and no end"
            assert following.valid_to is None or following.valid_to > entry.valid_to


def test_every_region_named_exists_and_parents_form_a_tree():
    table = regions()
    for region in table.all:
        assert region.parent == "100000" or region.parent in table.by_code
        assert not region.successor or region.successor in table.by_code
        assert table.chain(region.code)[-1] == region.province
    assert {entry.region for entry in gazetteer().entries} <= set(table.by_code) | {"", "100000"}


@pytest.mark.parametrize("name", ["agencies", "regions", "regions_elsewhere", "departments", "group_members", "verticals"])
def test_every_date_parses(name):
    for row in rows(name):
        period(row["valid_from"], row["valid_to"])


@pytest.mark.parametrize("wrong", ["2018-13", "18", "2018/01/01", "2018-01-01-01", "spring"])
def test_a_wrong_date_is_refused(wrong):
    with pytest.raises(ValueError):
        period(wrong, "")


def test_an_empty_period_is_refused_with_what_to_do():
    with pytest.raises(ValueError, match="put valid_to after valid_from"):
        period("2020", "2019")


def test_members_and_groups_are_in_the_gazetteer():
    for member in gazetteer().members():
        assert gazetteer().canonical(member.group)
        assert gazetteer().canonical(member.name)


def test_members_change_with_the_date():
    counties = gazetteer().group_members("上海市各区县人民政府", date(2014, 4, 28))
    districts = gazetteer().group_members("上海市各区人民政府", date(2018, 4, 9))
    assert (len(counties), len(districts)) == (17, 16)
    assert "上海市崇明县人民政府" in counties
    assert "上海市崇明区人民政府" in districts
    assert gazetteer().group_members("没有这个组", None) == ()


def test_departments_and_groups_name_known_ranks_and_regions():
    codes = {region.code for region in regions().all}
    for row in (*rows("departments"), *rows("groups")):
        assert set(row["levels"]) <= RANKS, row
        assert row["levels"], row
        assert all(any(code.startswith(prefix) for code in codes) for prefix in listed(row["regions"])), row
        assert any(mark in row["name"] for mark in ("{r}", "{f}", "{s}")), row


def test_every_successor_of_a_department_is_in_the_table():
    known = {row["name"] for row in rows("departments")}
    assert [row["name"] for row in rows("departments") if row["successor"] and row["successor"] not in known] == []


def test_no_way_to_write_a_department_is_ambiguous_in_any_region_at_any_date():
    stems = {stem for row in rows("departments") for stem in listed(row["stems"])}
    prefixes = {prefix for row in rows("departments") for prefix in listed(row["regions"])}
    # Regions that the table can't tell apart stand for one another.
    alike = {(region.rank, *(prefix for prefix in prefixes if region.code.startswith(prefix))): region for region in regions().all}
    assert len(stems) > 500
    assert len(alike) > 100
    unclear = {
        (stem, region.code, region.rank, str(on), tuple(kind.name for kind in found))
        for stem in stems
        for region in alike.values()
        for on in DAYS
        if len(found := [kind for kind in closest(kinds(stem), region) if kind.validity.may_hold(on)]) > 1
    }
    assert unclear == set()


def test_data_files_are_free_of_blanks_and_half_width_brackets():
    for name in ("agencies", "regions", "regions_elsewhere", "departments", "group_members", "verticals", "groups", "numbers"):
        for row in rows(name):
            for column, value in row.items():
                if column != "source":
                    assert not re.search(r"[\s()]|^\||\|$|\|\|", value or ""), (name, row)


def test_a_group_has_the_members_of_its_date() -> None:
    known = gazetteer()
    before, after = (known.group_members("三省一市环保部门", day) for day in (date(2017, 5, 1), date(2020, 5, 1)))
    assert len(before) == len(after) == 4
    assert "安徽省环境保护厅" in before
    assert "安徽省生态环境厅" in after


def test_a_department_whose_name_has_no_place_for_its_region_is_refused() -> None:
    with pytest.raises(ValueError, match="has no place for its region"):
        Department("财政局", ("财政局",), "c", (), Period(), "", "")
