from __future__ import annotations

import re
from random import Random

import pytest

from normalizers.text.character_forms import converter, differing_forms, forms
from normalizers.text.clean import clean
from normalizers.text.gb_runs import runs_in
from normalizers.text.mojibake import unmangle
from normalizers.text.script import to_traditional
from normalizers.text.signs import Signs, differing
from tests.text.samples import PLAN

SIGNS = Signs({"mark": re.compile("[?\ufffd]"), "blank": re.compile(" ")}, {"bracket": ("[(（]", "[a-z]")}, beyond=["mark"])


def shown(text: str) -> set[str]:
    return {name for name, bit in SIGNS.bits.items() if SIGNS.shown(text) & bit}


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("", set()),
        ("信用体系", set()),
        ("信用？体系?", {"mark"}),
        ("信用 体系", {"blank"}),
        ("區(qū)", {"bracket"}),
        ("地(di)", {"bracket"}),
        ("（甲）abc", set()),
        ("abc（", set()),
        ("𠮷野", {"mark"}),
        ("\ud800 (a", {"blank", "bracket"}),
    ],
)
def test_a_sign_is_a_character_or_two_side_by_side(text: str, signs: set[str]) -> None:
    assert shown(text) == signs


def test_signs_of_one_character_are_counted() -> None:
    assert SIGNS.counts("a? b?\ufffd")[:2] == [3, 1]


def test_places_in_which_texts_differ_are_counted_by_character() -> None:
    assert differing("信用𠮷體系", "信用𠮷体系") == 1
    assert differing("", "") == 0


def test_a_sound_text_is_given_back_as_it_is_without_a_repair() -> None:
    done = clean(PLAN)
    assert done.text is PLAN
    assert not done.repairs
    assert done.script == "simplified"


def test_a_text_misread_twice_is_turned_back_and_accented_letters_apart_are_none() -> None:
    twice = "信用体系".encode().decode("latin-1").encode().decode("gb18030")
    assert unmangle(twice).text == "信用体系"
    assert unmangle("每年没有").text == "每年没有"


def test_a_misread_stretch_inside_traditional_text_lies_in_a_long_run() -> None:
    sound = to_traditional(PLAN).text
    stretch = "信用体系建设".encode().decode("gb18030")
    assert any(stretch[:4] in run for run in runs_in(f"{sound}{stretch}\n")[1])
    assert sum(map(len, runs_in(sound)[1])) < len(sound) / 20


def test_a_line_that_was_misread_twice_is_a_line_of_runs() -> None:
    sound = to_traditional(PLAN).text
    twice = "信用体系".encode().decode("latin-1").encode().decode("gb18030")
    assert runs_in(f"{sound}\n{twice}\n")[0]
    assert not runs_in(sound)[0]


def test_signs_are_told_line_by_line() -> None:
    lines = ["信用?\n", "体系\n", "a b\n"]
    mark, blank = SIGNS.bits["mark"], SIGNS.bits["blank"]
    assert SIGNS.shown_by(lines) == [mark, 0, blank]
    assert SIGNS.shown_by(["𠮷?\n", *lines]) == [mark, mark, 0, blank]
    assert SIGNS.shown_by([]) == []


def test_what_t2s_and_tw2s_turn_differently_holds_a_character_that_says_so() -> None:
    rng = Random(11)
    chars = [*forms("t2s"), *forms("tw2s"), *"信用體系建設，。（）"]
    texts = ["".join(rng.choices(chars, k=rng.randrange(1, 30))) for _ in range(3000)]
    plain = [text for text in texts if not differing_forms().search(text)]
    assert len(plain) > 2000
    assert [converter("t2s").convert(text) for text in plain] == [converter("tw2s").convert(text) for text in plain]
    assert all(differing_forms().search(char) for char in "著么𠮷\uf979")
