from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.text.script import MIXED, SIMPLIFIED, TRADITIONAL, detect, to_simplified, to_traditional
from tests.shared import needs_shared, seed
from tests.text.samples import PLAN


def test_the_script_is_told_from_characters_that_the_other_lacks():
    assert detect(PLAN) == SIMPLIFIED
    assert detect(to_traditional(PLAN).text) == TRADITIONAL
    assert detect("") == detect("2018 abc") == SIMPLIFIED


@pytest.mark.parametrize("name", ["乾县", "於潜镇", "昇华集团", "堃鑫公司与喆某", "宁德时代（蕉城）锂電有限公司", "后里乡"])
def test_names_with_traditional_characters_in_simplified_text_stay(name):
    for text in (name, f"{PLAN}{name}等单位参加。\n", f"{name}\n{PLAN}"):
        done = to_simplified(text)
        assert (done.text, done.count) == (text, 0)


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("著力推動信用體系", "着力推动信用体系"),
        ("閘北區、臺州市、餘杭區聯合發佈", "闸北区、台州市、余杭区联合发布"),
        ("建立檔案，整合文件資源", "建立档案，整合文件资源"),
    ],
)
def test_conversion_changes_characters_and_never_words(traditional, simplified):
    assert to_simplified(traditional).text == simplified


def test_characters_changed_are_counted():
    assert to_simplified("信用體系建設").count == 2


def test_an_incomplete_conversion_is_still_traditional():
    assert to_simplified("于示范區推廣云計算，聯合發展，余下單位參照執行").text == "于示范区推广云计算，联合发展，余下单位参照执行"


def test_a_traditional_part_of_a_simplified_page_is_converted_alone():
    page = f"{PLAN}長三角地區聯合發佈區域信用評價標準，推動監管結果互認。\n於潜镇参加。\n"
    done = to_simplified(page)
    assert done.script == MIXED
    assert done.text == f"{PLAN}长三角地区联合发布区域信用评价标准，推动监管结果互认。\n於潜镇参加。\n"


def test_a_simplified_line_of_a_traditional_page_stays():
    page = to_traditional(PLAN).text + "乾县、乾安县诚信办参加。\n"
    assert to_simplified(page).text.endswith("乾县、乾安县诚信办参加。\n")


def test_traditional_text_is_not_converted_to_traditional_again():
    once = to_traditional(PLAN)
    assert once.count > 100
    assert to_traditional(once.text).text == once.text


@given(st.text(alphabet=sorted(set(PLAN + to_traditional(PLAN).text)) + list("乾於昇著里后\r\x85"), max_size=120))
def test_property_converting_twice_is_converting_once_and_lines_stay(text):
    for convert in (to_simplified, to_traditional):
        once = convert(text).text
        assert len(f"{once}.".splitlines()) == len(f"{text}.".splitlines())
    assert to_simplified(to_simplified(text).text).text == to_simplified(to_simplified(to_simplified(text).text).text).text


@needs_shared
@pytest.mark.parametrize("number", ["000", "001", "003", "004"])
def test_simplified_documents_pass_untouched(number):
    text = seed(number).read_text("utf-8")
    assert to_simplified(text).text == text
