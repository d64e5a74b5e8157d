"""The fact sheets of record sites are sound, name what is out of reach, and a wrong one is refused with the reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from normalizers.notices.records import NoticeKind
from spiders.factsheet import FactSheetError, UnknownSectionError, UnknownSiteError, site_ids
from spiders.record_description import page
from spiders.record_families import first_page
from spiders.record_sheet import load_record_sheet, read_record_sheet, record_sheets, record_site_ids

DOCS = Path(__file__).parents[2] / "docs"
MINIMAL = """
id = "sample"
name = "Sample"
name_zh = "示例"
kind = "city"
region = "310000"
hosts = ["www.example.org"]
base = "https://www.example.org"
[[sections]]
id = "permits"
name_zh = "许可"
kind = "permit"
family = "fragment"
path = "/list.do?page={page}"
detail = "/detail.do?uk={key}"
certainty = "assumed"
sources = ["A guess."]
"""


def test_the_four_record_sites_stand_beside_the_sites_of_documents():
    assert record_site_ids() == ["anhui_records", "jiangsu_records", "shanghai_records", "zhejiang_records"]
    assert not set(record_site_ids()) & set(site_ids())


def test_every_kind_of_notice_has_a_section():
    assert {section.kind for sheet in record_sheets() for section in sheet.sections} == set(NoticeKind)


def test_every_sheet_keeps_its_pace_and_says_what_it_rests_on_and_what_it_leaves():
    for sheet in record_sheets():
        assert sheet.pace >= 3
        assert sheet.sources
        assert sheet.out_of_reach
        assert all(section.sources for section in sheet.sections)


def test_interfaces_that_ask_for_signed_requests_are_named_and_never_requested():
    named = {sheet.id: " ".join(sheet.out_of_reach) for sheet in record_sheets()}
    assert "headers secret and time" in named["zhejiang_records"]
    assert "signed requests" in named["anhui_records"]
    asked = [first_page(sheet, section).url for sheet in record_sheets() for section in sheet.sections]
    assert not [
        url for url in asked if re.search(r"zjzwfw|router/api|xinyonggongshi|remote/480|illegal_travel|private-api|creditchina", url)
    ]


def test_the_page_of_record_sites_is_what_the_fact_sheets_say():
    assert (DOCS / "record_sites.md").read_text("utf-8") == page(), "run: python -m spiders.record_description > docs/record_sites.md"


def test_a_minimal_sheet_is_read_and_pointed_to_another_base():
    sheet = read_record_sheet(MINIMAL, "sample").with_base("http://127.0.0.1:9")
    assert first_page(sheet, sheet.section("permits")).url == "http://127.0.0.1:9/list.do?page=1"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('family = "fragment"', 'family = "drupal"'), "a section's family is one of"),
        (('region = "310000"', 'region = "31"'), "six-digit code"),
        (('kind = "permit"', 'kind = "licence"'), "is none of permit, penalty"),
        (('kind = "permit"', 'kind = "list-entry"'), "a list has a name"),
        (('kind = "permit"', 'kind = "permit"\ncolour = "green"'), "is none of red, black, watch"),
        (('certainty = "assumed"', 'certainty = "sure"'), "is none of real page, inferred, assumed"),
        (('sources = ["A guess."]', ""), "the key 'sources' is missing"),
        (('name_zh = "许可"', 'name_zh = "许可"\nspeed = 2'), "unknown key speed"),
        (('hosts = ["www.example.org"]', 'hosts = ["other.example.org"]'), "base must be empty or"),
        (('detail = "/detail.do?uk={key}"', 'detail = "/detail.do"'), "a path with {key}"),
        (('path = "/list.do?page={page}"', 'path = "list.do"'), "path must begin with /"),
        (('path = "/list.do?page={page}"', 'path = "/list.do?d={slice}"'), "says what it is asked by"),
        (('path = "/list.do?page={page}"', 'path = "/list.do"\ncap = 3'), "a section with a cap has a size"),
        (('base = "https://www.example.org"', 'base = "https://www.example.org"\npace = 0.1'), "must not be under 1 second"),
        (('id = "sample"', 'id = "other"'), "the name of its file"),
        (('id = "sample"', "id = sample"), "not TOML"),
    ],
)
def test_a_wrong_sheet_is_refused_with_the_reason(change: tuple[str, str], complaint: str):
    assert change[0] in MINIMAL
    with pytest.raises(FactSheetError, match=re.escape(complaint)):
        read_record_sheet(MINIMAL.replace(*change, 1), "sample")


def test_an_unknown_site_or_section_names_those_there_are():
    with pytest.raises(UnknownSiteError, match="the record sites are anhui_records"):
        load_record_sheet("atlantis")
    with pytest.raises(UnknownSectionError, match="it has permits, penalties, lists"):
        load_record_sheet("zhejiang_records").section("jobs")
