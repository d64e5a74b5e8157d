"""Every saved answer of a record site is read as its golden file says, at any length in time, and no text makes a family fail otherwise."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.record_families import PageError, first_page, record_family
from spiders.record_families.markup import stated
from spiders.record_families.pages import link_key
from spiders.record_sheet import RECORD_FAMILIES, record_sheets
from tests.spiders.record_saved import (
    BASE,
    SAVED_DETAILS,
    SAVED_LISTS,
    Saved,
    address_of,
    golden_of,
    opened,
    read_saved,
    request_of,
    saved_text,
)

SECTIONS = [(sheet.with_base(BASE), section) for sheet in record_sheets() for section in sheet.sections]
ONE_EACH = list({section.family: (sheet, section) for sheet, section in SECTIONS}.values())
SECONDS = 0.5
NAMES = ["list", "data", "total", "page", "rows", "id", "url", "gridModel", "xkid", "xzcf", "depts"]


@pytest.mark.parametrize("saved", (*SAVED_LISTS, *SAVED_DETAILS), ids=lambda saved: saved.file)
def test_a_saved_answer_is_read_as_its_golden_file_says(saved: Saved):
    assert read_saved(saved) == golden_of(saved)


@pytest.mark.parametrize("saved", (*SAVED_LISTS, *SAVED_DETAILS), ids=lambda saved: saved.file)
def test_a_saved_answer_is_read_within_its_time(saved: Saved):
    started = time.process_time()
    read_saved.__wrapped__(saved)
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("共 230 条记录，更新时间：2026-11-01，最多显示 5 页", (230, None, 5)),
        ("共12条", (12, None, 0)),
        ("当前第1页 共48页 每页显示20条", (None, 48, 0)),
        ("第 2/17 页", (None, 17, 0)),
        ("共有企业 1345 家，仅展示前 10 页", (1345, None, 10)),
        ("总计：77 户", (77, None, 0)),
        ("数据更新至2026年11月", (None, None, 0)),
    ],
)
def test_the_words_of_a_list_say_how_much_there_is(words: str, said: tuple[int | None, int | None, int]):
    assert stated(words) == said


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("http://x/sgs/d.do?type=2&id=5F01", "5F01"),
        ("http://x/AdministrativePenalty/10021.htm?dp=16", "10021"),
        ("http://x/AdministrativePenalty/10021.htm?id=7", "7"),
        ("http://x/d.do?a=1&dataid=9", "9"),
        ("http://x/d.do?" + "&".join(f"p{n}=1" for n in range(60)), "d"),
        ("http://x/", ""),
    ],
)
def test_the_key_in_an_address_is_that_of_the_record(address: str, key: str):
    assert link_key(address, ("id",)) == key


def test_every_family_has_a_saved_list():
    assert {opened(saved)[1].family for saved in SAVED_LISTS} == set(RECORD_FAMILIES)


def tells_nothing(error: PageError) -> bool:
    """Every saved answer is in Chinese; what is told of one is not."""
    return bool(error.cause) and str(error).isascii()


def read_both(text: str, saved: Saved) -> None:
    sheet, section, family = opened(saved)
    for asked in (request_of(saved), first_page(sheet, section)):
        try:
            page = family.read_list(text, address_of(saved), sheet, section, asked)
        except PageError as error:
            assert tells_nothing(error)
        else:
            assert all(line.record.key for line in page.lines)
    try:
        family.read_detail(text, address_of(saved), sheet, section)
    except PageError as error:
        assert tells_nothing(error)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_text_gives_a_page_or_a_page_error_property(data: st.DataObject):
    saved = data.draw(st.sampled_from((*SAVED_LISTS, *SAVED_DETAILS)))
    piece = st.one_of(
        st.text(max_size=40),
        st.sampled_from(['{"', "[", "<td", "<tr>", "dataStore = [", '"a$b$/c"', '"$"', "detail('", "\\u00zz"]),
    )
    read_both("".join(data.draw(st.lists(piece, max_size=12))), saved)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_damaged_answer_gives_a_page_or_a_page_error_property(data: st.DataObject):
    saved = data.draw(st.sampled_from((*SAVED_LISTS, *SAVED_DETAILS)))
    text = saved_text(saved)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    read_both(text[:start] + data.draw(st.text(max_size=6)) + text[end:], saved)


@settings(max_examples=40, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(NAMES),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_gives_a_page_or_a_page_error_property(answer: object):
    for saved in SAVED_LISTS:
        if saved.file.endswith(".json"):
            read_both(json.dumps(answer), saved)


HOSTILE = {
    "open brackets": "[" * 400_000,
    "open tags": "<table class='table bordered infor xzcf_bg'>" + "<tr><td class='name xyml_t1'>" * 40_000,
    "one row of labels": "<table class='table bordered infor xzcf_bg'><tr>" + "<td class='name'>甲" * 60_000,
    "rows": "<table class='table bordered infor xzcf_bg'>" + "<tr onclick=\"detail('1')\"><th>甲<td>乙<td>丙</tr>" * 20_000,
    "an entry without an end": 'dataStore = ["' + "a$" * 300_000,
    "quotes": "dataStore = [" + '"' * 300_000,
    "words on pages": "<span class='limit allPage pagination'>" + "共 1" * 100_000 + "</span><table class='table bordered'>",
    "a number without an end": '{"total":' + "9" * 400_000 + ',"list":[]}',
    "links": "<table class='table bordered'><tbody>" + "<tr><td><a href='?a=1&b=2'>下一页</a></td></tr>" * 15_000,
    "anchors": "<table class='table'></table>" + "<a href='#'>x</a>" * 60_000,
    "a row in black.js": '"black' + "$" * 300_000 + '"',
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(("sheet", "section"), ONE_EACH, ids=lambda value: getattr(value, "family", ""))
def test_hostile_text_is_read_in_linear_time(sheet, section, name: str):
    family, text, started = record_family(section.family), HOSTILE[name], time.process_time()
    for read in (
        lambda: family.read_list(text, BASE, sheet, section, first_page(sheet, section)),
        lambda: family.read_detail(text, BASE, sheet, section),
    ):
        try:
            read()
        except PageError:
            continue
    assert time.process_time() - started < 12
