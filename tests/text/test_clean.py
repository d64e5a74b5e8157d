from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.records import Repair
from normalizers.text.clean import clean
from normalizers.text.damage import forward
from normalizers.text.fold import content_hash, fold
from normalizers.text.script import to_traditional
from tests.shared import needs_shared, seed
from tests.text.samples import PLAN, model

TRADITIONAL = to_traditional(PLAN).text


def test_clean_text_passes_untouched():
    done = clean(PLAN)
    assert (done.text, done.repairs, done.warnings, done.script) == (PLAN, (), (), "simplified")


def test_width_damage_and_script_are_put_right_together():
    done = clean("２０１８年長三角地區(qū)\u00a0聯(lián)合監(jiān)管，運輸?shù)戎攸c領域")
    assert done.text == "2018年长三角地区 联合监管，运输等重点领域"
    assert {one.kind for one in done.repairs} == {"blanks", "readings", "shifted-bytes", "width", "script"}
    assert done.script == "traditional"


def test_a_damaged_copy_has_the_hash_of_the_original():
    damaged = forward(TRADITIONAL, model())
    assert content_hash(damaged) != content_hash(PLAN)
    assert content_hash(clean(damaged).text) == content_hash(clean(TRADITIONAL).text)


def test_the_script_may_be_kept_or_turned():
    damaged = forward(TRADITIONAL, model())
    assert fold(clean(damaged, script="keep").text) == fold(TRADITIONAL)
    assert clean(damaged, script="keep").script == "traditional"
    assert clean(PLAN, script="traditional").text == TRADITIONAL
    assert clean(TRADITIONAL, script="traditional").text == TRADITIONAL


def test_another_script_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="use simplified, traditional or keep"):
        clean("信用", script="latin")


def test_readings_in_full_width_letters_come_to_light_and_go():
    assert clean("地區(ｑū)聯(ｌｉáｎ)合發展").text == "地区联合发展"


def test_lines_stand_beside_the_lines_they_came_from():
    damaged = forward(TRADITIONAL, model()).replace("\n", "\r\n")
    done = clean(damaged)
    assert len(done.text.splitlines()) == len(damaged.splitlines())
    assert done.text.count("\r\n") == damaged.count("\r\n")


PIECES = st.sampled_from(
    [
        *"區業聯長三角信用体系，。、？?!“”（）()\n\r\t\x85\u2028\u200b\u00a0\u3000２Ａ⽤⻓\ue000\uf0b7\ufffd著乾於",
        "區(qū)",
        "(yè)",
        "輸?shù)戎攸c",
        "?！靶庞瞄L",
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join), st.sampled_from(["simplified", "traditional", "keep"]))
def test_property_clean_keeps_the_lines_and_is_idempotent(text, script):
    once = clean(text, script=script)
    assert len(f"{once.text}.".splitlines()) == len(f"{text}.".splitlines())
    assert once.text.count("\n") == text.count("\n")
    assert clean(once.text, script=script).text == once.text


@given(st.text(max_size=200))
def test_property_any_text_can_be_cleaned(text):
    once = clean(text)
    assert len(f"{once.text}.".splitlines()) == len(f"{text}.".splitlines())
    assert clean(once.text).text == once.text


def test_clean_text_costs_little():
    text = PLAN * 80
    clean(text)
    began = time.process_time()
    for _ in range(5):
        clean(text)
    assert (time.process_time() - began) / 5 < 0.05 * len(text.encode()) / 100_000


@needs_shared
@pytest.mark.parametrize("number", ["000", "001", "003", "004"])
def test_sound_documents_change_in_blanks_only(number):
    text = seed(number).read_bytes().decode()
    done = clean(text)
    assert done.text.replace(" ", "") == text.replace("\u00a0", "").replace(" ", "")
    assert {one.kind for one in done.repairs} <= {"blanks", "stray-blanks"}
    assert clean(done.text).repairs == ()


@needs_shared
def test_the_damaged_document_cleans_to_the_sound_one():
    damaged, sound = (clean(seed(n).read_bytes().decode()) for n in ("002", "001"))
    start = "长三角地区是国家发改委批复的"
    bodies = [fold(done.text)[fold(done.text).index(start) :] for done in (damaged, sound)]
    assert bodies[0] == bodies[1]
    assert Repair("shifted-bytes", 6, guessed=5) in damaged.repairs
    for phrase in ("。“信用长三角”成为", "应用。总结三省", "运输等重点", "惩戒。科技领域", "纳入区域重点", "专家库作用,"):
        assert phrase in damaged.text
    assert clean(damaged.text).text == damaged.text
