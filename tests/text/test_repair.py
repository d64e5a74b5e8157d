from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.records import Repair
from normalizers.text.damage import Model, canonical, forward, readings_of
from normalizers.text.fold import fold
from normalizers.text.repair import learn, repair
from normalizers.text.script import to_simplified, to_traditional
from tests.shared import needs_shared, seed
from tests.text.samples import CHARACTERS, PLAN, model

TRADITIONAL = to_traditional(PLAN).text


def count(repairs: tuple[Repair, ...], kind: str) -> Repair:
    return next((one for one in repairs if one.kind == kind), Repair(kind, 0))


def test_readings_are_taken_out_and_counted():
    done = repair("長三角地區(qū)聯(lián)合開展監(jiān)管。")
    assert done.text == "長三角地區聯合開展監管。"
    assert done.repairs == (Repair("readings", 3),)


def test_a_blank_inside_the_bracket_is_part_of_the_reading():
    assert repair("召開會(huì )議，發(fā )布通知").text == "召開會議，發布通知"


@pytest.mark.parametrize("kept", ["（上海）", "(2018-2020年)", "(N)", "(abc)", "(shanghai)", "(一)", "(zhong)"])
def test_brackets_that_hold_no_reading_stay(kept):
    text = f"地區(qū)聯(lián)合{kept}發(fā)展"
    assert repair(text).text == f"地區聯合{kept}發展"


def test_a_reading_that_is_none_of_its_character_stays():
    assert "(hé)" in repair("地區(qū)聯(lián)合發(hé)展").text


def test_a_neutral_tone_goes_only_where_it_is_the_rule():
    assert repair("地區(qū)的我們(men)和你們(men)").text == "地區的我們和你們"
    assert repair("地區(qū)的我们(men)和你们").text.endswith("我们(men)和你们")


@pytest.mark.parametrize("gloss", ["改名曌(zhào)，造此字。", "甪(lù)直镇、堽(gāng)城镇、赟(yūn)", "行(háng)业自律"])
def test_a_gloss_in_sound_text_stays(gloss):
    assert repair(gloss).text == gloss


def test_a_question_mark_in_damaged_text_may_be_a_question_mark():
    text = "什麼是信用修復?地區(qū)聯(lián)合發(fā)佈。"
    assert repair(text).text == "什麼是信用修復?地區聯合發佈。"


@pytest.mark.parametrize(
    ("damaged", "sound"),
    [
        ("運輸?shù)戎攸c領域的監(jiān)管", "運輸等重點領域的監管"),
        ("納入?yún)^(qū)域重點企業(yè)", "納入區域重點企業"),
        ("信用專家?guī)熳饔?,地區(qū)聯(lián)合", "信用專家庫作用,地區聯合"),
        ("有序發(fā)展?！靶庞瞄L期有效”的地區(qū)", "有序發展。“信用長期有效”的地區"),
        ("運輸\ufffdshù)戎攸c領域的監(jiān)管", "運輸等重點領域的監管"),
        ("運輸\ufffd(shù)戎攸c領域的監(jiān)管", "運輸等重點領域的監管"),
    ],
)
def test_shifted_bytes_are_read_back(damaged, sound):
    done = repair(damaged)
    assert done.text == sound
    assert count(done.repairs, "shifted-bytes").count == 1
    assert not done.warnings


def test_what_the_reading_proves_is_no_guess_and_what_words_suggest_is_one():
    assert count(repair("運輸?shù)戎攸c領域的監(jiān)管").repairs, "shifted-bytes") == Repair("shifted-bytes", 1)
    assert count(repair("信用專家?guī)熳饔?,聯(lián)合").repairs, "shifted-bytes") == Repair("shifted-bytes", 1, guessed=1)


def test_a_place_that_nothing_explains_stays_and_is_reported():
    text = "地區(qū)聯(lián)合發(fā)展,龘?靐齉麤?戎鱻,監(jiān)管"
    done = repair(text)
    assert "龘?靐齉麤?戎鱻" in done.text
    assert count(done.repairs, "shifted-bytes").left == 1
    assert "compare another copy" in done.warnings[0]


def test_a_whole_document_comes_back():
    damaged = forward(TRADITIONAL, model())
    assert "?" in damaged and "(" in damaged
    done = repair(damaged)
    assert canonical(done.text) == canonical(TRADITIONAL)
    assert forward(done.text, model()) == damaged
    assert not done.warnings


@pytest.mark.parametrize("variety", [{"swallows": False}, {"private": True}])
def test_other_varieties_of_the_damage_come_back_too(variety):
    damaged = forward(TRADITIONAL, replace(model(), **variety))
    assert canonical(repair(damaged).text) == canonical(TRADITIONAL)


def test_the_list_is_learnt_from_the_document():
    odd = "".join(char for char in "檔築購糾賬" if char in TRADITIONAL) + "標錄"
    annotated = Model(tuple((char, min(readings_of(char))) for char in odd))
    damaged = forward(TRADITIONAL, annotated)
    assert set(learn(damaged)) == {char for char in odd if char in TRADITIONAL}
    assert canonical(repair(damaged).text) == canonical(TRADITIONAL)


def test_sound_text_is_not_searched():
    began = time.process_time()
    for _ in range(100):
        assert repair(PLAN).text == PLAN
    assert time.process_time() - began < 0.5


SENTENCES = [sentence for line in TRADITIONAL.splitlines() for sentence in line.split("。") if sentence]


@given(
    st.lists(st.sampled_from(SENTENCES), min_size=3, max_size=12, unique=True),
    st.lists(st.sampled_from(CHARACTERS), min_size=6, max_size=24, unique=True),
)
def test_property_prose_with_random_lists_comes_back_or_is_reported(sentences, chars):
    text = "區業聯。\n" + "。".join(sentences)
    used = model("".join(dict.fromkeys("區業聯" + "".join(chars))))
    done = repair(forward(text, used))
    shifted = count(done.repairs, "shifted-bytes")
    assert canonical(done.text) == canonical(text) or shifted.left or shifted.guessed
    assert forward(done.text, used) == forward(text, used) or shifted.left


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=40))
def test_property_random_characters_come_back_or_are_reported(text):
    whole = f"區業聯發數\n{text}。{text[::-1]}"
    damaged = forward(whole, model())
    done = repair(damaged)
    shifted = count(done.repairs, "shifted-bytes")
    assert done.text.count("\n") == 1
    assert canonical(done.text) == canonical(whole) or shifted.left or shifted.guessed


@given(st.text(alphabet="區業數雲輸入庫專。，、“”??!\ufffd(qū)shùLYc^ 1A\ue000\n", max_size=80))
def test_property_any_text_of_damaged_pieces_keeps_its_lines(text):
    assert repair(text).text.count("\n") == text.count("\n")


def test_hostile_text_is_bounded():
    text = "地區(qū)" + "?靶" * 20_000 + "\n" + "?，" * 5_000
    began = time.process_time()
    repair(text)
    assert time.process_time() - began < 10


@needs_shared
def test_the_known_pair_comes_out_equal():
    damaged, sound = (seed(n).read_text("utf-8") for n in ("002", "001"))
    done = repair(damaged)
    start = fold("长三角地区是国家发改委批复的")
    bodies = [fold(to_simplified(text).text) for text in (done.text, sound)]
    assert bodies[0][bodies[0].index(start) :] == bodies[1][bodies[1].index(start) :]
    assert count(done.repairs, "shifted-bytes") == Repair("shifted-bytes", 6, guessed=5)
    assert not done.warnings


@needs_shared
def test_the_known_pair_is_proved_line_by_line():
    damaged = seed("002").read_text("utf-8")
    known = Model((*learn(damaged).items(), ("雲", "yún")))
    assert forward(repair(damaged).text, known).splitlines() == canonical(damaged).splitlines()


@needs_shared
@pytest.mark.parametrize("number", ["000", "001", "003", "004"])
def test_other_documents_come_back_from_the_same_damage(number):
    known = Model((*learn(seed("002").read_text("utf-8")).items(), ("雲", "yún")))
    wide = seed(number).read_text("utf-8").translate(str.maketrans(",:;!?()", "，：；！？（）"))
    text = to_traditional(wide).text
    done = repair(forward(text, known))
    assert canonical(done.text) == canonical(text)
    assert not done.warnings


@needs_shared
def test_a_damaged_document_takes_under_a_second_per_100_kb():
    damaged = seed("002").read_text("utf-8") * 4
    repair(damaged)
    seconds = []
    for _ in range(3):  # the least of several: what else the machine does is no cost of ours
        began = time.process_time()
        repair(damaged)
        seconds.append(time.process_time() - began)
    assert min(seconds) < 1.2 * len(damaged.encode()) / 100_000
