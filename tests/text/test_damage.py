from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.text.damage import Model, canonical, forward, has_tone, readings_of

QU = Model((("區", "qū"), ("雲", "yún")))
SHU = Model((("數", "shù"), ("規", "guī")))


def test_a_listed_character_gets_its_reading():
    assert forward("地區合作", QU) == "地區(qū)合作"


def test_a_hit_across_two_characters_loses_a_byte_and_shifts_the_rest():
    assert forward("輸等重點", SHU) == "輸?shù)戎攸c"
    assert forward("專家庫作用，", SHU) == "專家?guī)熳饔?,"


def test_a_cut_across_a_full_stop_shifts_the_sentence_after_it():
    assert forward("應用。總結", QU) == "應用??偨Y"
    assert forward("發展。“信用長", QU) == "發展?!靶庞瞄L"


def test_the_order_of_replacing_decides_which_of_two_hits_stays():
    assert forward("入區域", Model((("區", "qū"), ("雲", "yún")))) == "入?yún)^(qū)域"
    assert forward("入區域", Model((("雲", "yún"), ("區", "qū")))) == "入?yún)^域"


def test_an_undecodable_pair_may_keep_its_second_byte():
    assert forward("輸等重點", Model(SHU.readings, swallows=False)) == "輸?(shù)戎攸c"


def test_characters_outside_gbk_stay_and_separate():
    assert forward("區😀區", QU) == "區(qū)😀區(qū)"


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\n\n", "\u2028", "\x85"])
def test_line_breaks_are_never_swallowed(breaks):
    assert forward(f"庫作用。總{breaks}地區", SHU).count(breaks) == 1


def test_canonical_folds_width_lost_marks_and_blanks_in_readings():
    assert canonical("會(huì )，\ufffd！") == "會(huì),?!"


def test_readings_carry_tones_and_cover_all_of_a_character():
    assert {"qū", "ōu"} <= readings_of("區")
    assert readings_of("A") == frozenset()
    assert has_tone("qū") and not has_tone("men") and not has_tone("lü")


@given(st.text(alphabet="區雲入域。，、“”總結家庫Aa1\n", max_size=60))
def test_property_text_without_listed_characters_or_false_cuts_is_only_folded(text):
    unlisted = Model(())
    once = forward(text, unlisted)
    assert once.count("\n") == text.count("\n")
    if "?" not in once:
        assert once == canonical(text)
