from __future__ import annotations

import re
import unicodedata
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normalizers.text import entities, mojibake, slipped, spacing, width
from normalizers.text.character_forms import converter, differing_forms, forms
from normalizers.text.clean import BLANKS, CAUSES, _signs, clean
from normalizers.text.damage import BRACKET
from normalizers.text.fold import compared, fold, letters
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


@pytest.mark.parametrize(
    ("pattern", "signs"),
    [
        (entities._AMP, {"reference"}),
        (entities._NUMERIC, {"reference"}),
        (entities._NAMED, {"reference"}),
        (entities._SCRIPT, {"reference"}),
        (mojibake._gb_symptom(), {"wide", "misread twice"}),
        (slipped._STRETCH, {"lost byte"}),
        (BRACKET, {"reading"}),
        (width._ODD, {"odd form"}),
        (spacing._GAP, {"blank"}),
        (spacing._IN_BRACKETS, {"blank"}),
        (spacing._SPACED, {"blank"}),
        (spacing._PADDED, {"blank"}),
    ],
)
def test_property_what_a_cause_looks_for_shows_a_sign_of_it(pattern: re.Pattern[str], signs: set[str]) -> None:
    assert any(signs <= set(cause.signs) for cause in (*CAUSES, BLANKS))

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(pattern))
    def holds(text: str) -> None:
        assert any(_signs().shown(text) & _signs().bits[sign] for sign in signs), text

    holds()


@given(st.text() | st.text("3.5年 ％%≤·，。ＡＢa\u0301ﬁ①"))
def test_property_the_letters_of_what_is_compared_are_the_folded_text(text: str) -> None:
    assert letters(compared(text)) == fold(text)


@given(st.text(alphabet="甲，乙：“信”、.5A a\n\u0301é％Ⅻﬁ㎡ｶﾞ(（%_", max_size=30))
def test_property_folded_text_is_all_of_its_letters_and_digits_in_one_form(text: str) -> None:
    assert fold(text) == "".join(char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum())


def _half_misread(rng: Random) -> str:
    """Return a text of which parts were read in a wrong charset, some twice, some with bytes lost."""
    plain = "市发展改革委牵头，按职责分工负责。信用〔2020〕14号：推动“信用长三角”高质量发展？ abc 12月底前€"
    ways = (
        lambda part: part.encode().decode("gb18030", "replace"),
        lambda part: part.encode().decode("gb18030", "replace").replace("\ufffd", "?"),
        lambda part: part.encode().decode("latin-1").encode().decode("gb18030", "replace"),
        lambda part: part.encode().decode("cp1252", "replace"),
        lambda part: f"{part}\n",
        lambda part: part,
    )
    parts: list[str] = []
    for _ in range(rng.randint(1, 6)):
        source, at = rng.choice([plain, to_traditional(plain).text]), rng.randrange(len(plain))
        parts.append(rng.choice(ways)(source[at : at + rng.randint(1, 9)]))
    return "".join(parts)


def test_no_text_that_would_be_turned_back_is_taken_for_sound_by_its_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [_half_misread(Random(seed)) for seed in range(200)]
    looked = [unmangle(text) for text in texts]
    monkeypatch.setattr(mojibake, "_holds_runs", lambda _: True)
    assert looked == [unmangle(text) for text in texts]
    assert sum(outcome.text != text for outcome, text in zip(looked, texts, strict=True)) > len(texts) / 4
