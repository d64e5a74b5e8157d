from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.records import Repair
from normalizers.text.width import forms, letters, needs_width


def test_full_width_letters_and_digits_become_half_width():
    assert letters("２０１８年Ａ级，Ｎ证合一").text == "2018年A级，N证合一"


@pytest.mark.parametrize("signs", ["，。；：（）“”‘’《》〈〉、！？【】—…％＋－～", ",.;:()\"'<>!?"])
def test_punctuation_of_either_width_stays(signs):
    assert not needs_width(signs)
    assert forms(signs).text == letters(signs).text == signs


@pytest.mark.parametrize(
    ("odd", "sound"),
    [("⽤", "用"), ("⾏业", "行业"), ("⻓三角", "长三角"), ("⻅⻚⻋", "见页车"), ("信⽤⺠⽣", "信用民生"), ("\uf9dd", "利")],
)
def test_radicals_and_compatibility_forms_become_characters(odd, sound):
    assert forms(odd).text == sound


def test_odd_blanks_become_blanks_and_are_counted():
    done = letters("信\u00a0用\u3000信\u2003息")
    assert (done.text, done.repairs) == ("信 用 信 息", (Repair("blanks", 3),))


def test_what_has_no_width_goes():
    done = letters("信\u200b用\ufeff信\u00ad息\u200e\u202a公\ufe0f示\x07")
    assert (done.text, done.repairs) == ("信用信息公示", (Repair("invisible", 7),))


def test_tabs_and_every_line_break_stay():
    text = "a\tb\nc\r\nd\ve\ff\x1cg\x85h\u2028i\u2029j"
    assert not needs_width(text)
    assert letters("信\u200b" + text).text == "信" + text


def test_no_two_breaks_become_one():
    assert letters("a\r\u200b\nb").text.splitlines() == ["a", " ", "b"]
    assert forms("a\r\uf0b7\nb").text.splitlines() == ["a", " ", "b"]


def test_private_use_goes_turns_or_stays_with_a_count():
    done = forms("\uf0b7任务\ue81e某\ue123")
    assert done.text == "任务\u9fb4某\ue123"
    assert done.repairs == (Repair("width", 1), Repair("private-use", 1, left=1))
    assert "private-use" in done.warnings[0]


@given(st.text(max_size=80))
def test_property_a_second_pass_changes_nothing_and_lines_stay(text):
    once = forms(letters(text).text).text
    assert len(f"{once}.".splitlines()) == len(f"{text}.".splitlines())
    assert forms(letters(once).text).text == once
    if not needs_width(text):
        assert once == text
