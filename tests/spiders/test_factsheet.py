from __future__ import annotations

import re

import pytest

from spiders.factsheet import FactSheetError, SiteKind, UnknownSectionError, UnknownSiteError, load_sheet, read_sheet, sheets, site_ids

MINIMAL = """
id = "sample"
name = "Sample"
name_zh = "示例"
kind = "city"
region = "310000"
hosts = ["www.example.org"]
base = "https://www.example.org"
family = "trs"
[[sections]]
id = "tz"
name_zh = "通知"
path = "/tz/index.html"
pages = "/tz/index_{index}.html"
certainty = "assumed"
[list]
list = [{ css = "ul.list", certainty = "assumed" }]
item = [{ css = "li", certainty = "assumed" }]
[article]
body = [{ css = "#zoom", certainty = "assumed" }]
"""


def test_the_six_sites_are_there_and_sound():
    assert site_ids() == ["anhui", "jiangsu", "national", "shanghai", "suzhou_sip", "zhejiang"]
    assert {sheet.kind for sheet in sheets()} == set(SiteKind)


def test_every_site_keeps_a_pace_of_three_seconds():
    assert {sheet.pace for sheet in sheets()} == {3.0}


def test_a_minimal_sheet_is_read():
    sheet = read_sheet(MINIMAL, "sample")
    assert sheet.section("tz").pages == "/tz/index_{index}.html"
    assert sheet.url("/tz/") == "https://www.example.org/tz/"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('family = "trs"', 'family = "drupal"'), "family 'drupal' is none of"),
        (('region = "310000"', 'region = "31"'), "six-digit code"),
        (('kind = "city"', 'kind = "county"'), "is none of provincial, city, national"),
        (('css = "#zoom", certainty = "assumed"', 'css = "#zoom", certainty = "sure"'), "is none of real page, inferred, assumed"),
        (('css = "#zoom", ', 'css = "#zoom", xpath = "//p", '), "one of css, xpath or meta"),
        (('css = "#zoom", certainty = "assumed"', 'css = "#zoom"'), "one of css, xpath or meta, and its certainty"),
        (('css = "#zoom"', 'meta = "Body"'), "a body is found by css"),
        (('base = "https://www.example.org"', 'base = "https://other.example.org"'), "base must be empty or"),
        (('base = "https://www.example.org"', 'base = "www.example.org"'), "base must be empty or"),
        (('base = "https://www.example.org"', 'base = "https://www：.example.org"'), "base must be empty or"),
        (('name_zh = "示例"\n', ""), "the key 'name_zh' is missing"),
        (("[article]", "colour = [1]\n[article]"), "unknown key colour"),
        (('pages = "/tz/index_{index}.html"', 'pages = "/tz/more.html"'), "must hold page or index in braces"),
        (('path = "/tz/index.html"', 'path = "tz/index.html"'), "path must begin with /"),
        (('family = "trs"', 'family = "trs"\npace = 0.2'), "must not be under 1 second"),
        (('id = "sample"', 'id = "other"'), "must be the name of its file"),
        (('id = "sample"', "id = sample"), "not TOML"),
    ],
)
def test_a_wrong_sheet_is_refused_with_the_reason(change: tuple[str, str], complaint: str):
    assert change[0] in MINIMAL
    with pytest.raises(FactSheetError, match=re.escape(complaint)):
        read_sheet(MINIMAL.replace(*change, 1), "sample")


def test_an_unknown_site_or_section_names_those_there_are():
    with pytest.raises(UnknownSiteError, match="the sites are anhui, jiangsu"):
        load_sheet("atlantis")
    with pytest.raises(UnknownSectionError, match="it has tzgg, zcwj, ndjh"):
        load_sheet("shanghai").section("jobs")


def test_a_base_turns_the_sites_own_links_to_itself_and_no_others():
    sheet = load_sheet("zhejiang").with_base("http://127.0.0.1:8001/")
    assert sheet.url("/col/1.html") == "http://127.0.0.1:8001/col/1.html"
    assert sheet.localise("https://fzggw.zj.gov.cn/art/1.html?a=b") == "http://127.0.0.1:8001/art/1.html?a=b"
    assert sheet.localise("https://www.zj.gov.cn/art/1.html") == "https://www.zj.gov.cn/art/1.html"


@pytest.mark.parametrize("base", ["ftp://127.0.0.1", "http://[x", "127.0.0.1:8001", "http://127.0.0.1:8001/replica", "http://"])
def test_a_base_that_is_more_than_an_address_is_refused(base: str):
    with pytest.raises(FactSheetError, match="give scheme, host and port only"):
        load_sheet("zhejiang").with_base(base)


def test_only_the_given_port_of_a_base_is_the_site():
    sheet = load_sheet("zhejiang").with_base("http://127.0.0.1:8001")
    assert sheet.serves("http://127.0.0.1:8001/x")
    assert not sheet.serves("http://127.0.0.1:8002/x")
    assert not sheet.serves("https://fzggw.zj.gov.cn/x")
    assert load_sheet("zhejiang").serves("http://fzggw.zj.gov.cn/x")
    assert not load_sheet("zhejiang").serves("https://fzggw.zj.gov.cn:8443/x")
