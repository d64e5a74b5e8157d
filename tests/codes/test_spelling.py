"""However a code is printed, its normal spelling is one; characters that a code cannot have are told, not replaced."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.codes import check_credit_code, fold, identify, normal_spelling
from normalizers.codes.spelling import DASHES
from tests.codes.examples import VALID_CREDIT_CODES, completed

CODE = "91310000132260250X"


@pytest.mark.parametrize(
    "printed",
    [
        "９１３１００００１３２２６０２５０Ｘ",
        "91310000132260250x",
        " 9131 0000 1322 6025 0X\n",
        "91310000-13226025-0-X",
        "91310000–13226025—0−X",
        "91310000\u200b13226025\ufeff0\u00adX",
        "（91310000132260250X）",
        "统一社会信用代码：91310000132260250X",
        "“91310000132260250X”。",
        "'91310000132260250X",
        '="91310000132260250X"',
        "91310000\u3000132260250X\t",
        "91310000\u202e132260250X",
    ],
)
def test_a_print_has_one_normal_spelling(printed: str) -> None:
    assert normal_spelling(printed) == CODE
    assert identify(printed).valid


def test_a_whole_number_that_a_program_wrote_as_a_fraction_is_whole_again() -> None:
    assert normal_spelling("110108000000016.0") == "110108000000016"


@pytest.mark.parametrize("letter", ["O", "I", "Z", "S", "V", "Х", "О", "ı", "²", "٣"])
def test_a_character_that_a_code_cannot_have_stays_and_is_told(letter: str) -> None:
    printed = CODE[:12] + letter + CODE[13:]
    check = check_credit_code(printed)
    assert check.normal == printed
    assert "alphabet" in check.problem


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("9131000013226O250X", CODE),
        ("9I3I0000I3226O250X", CODE),
        ("9131OOOO13226O25OX", CODE),
        ("91310000132260250Х", CODE),  # Cyrillic
        ("913100001322B0250X", ""),  # 8, not 6, looks like B
        ("91310000123260250X", CODE),
        ("913100001322602550X", CODE),
        ("91310000132260251X", ""),  # one digit is wrong: any of several
        ("91310000132260250Y", ""),
    ],
)
def test_a_slip_has_a_suggestion_where_exactly_one_spelling_passes_everything(printed: str, meant: str) -> None:
    assert check_credit_code(printed).suggestion == meant


def test_an_individual_business_gets_no_suggestion() -> None:
    code = completed("92310115" + "13226025")
    wrong = code[:9] + "I" + code[10:]
    assert check_credit_code(wrong).suggestion == ""
    assert check_credit_code("91" + wrong[2:]).personal is False


def test_a_suggestion_passes_every_test() -> None:
    for code in VALID_CREDIT_CODES:
        for place in range(17):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            suggestion = check_credit_code(swapped).suggestion
            assert not suggestion or check_credit_code(suggestion).valid


@given(st.text(max_size=60), st.sampled_from([" ", "-", "—", "\u200b", "\u3000", *DASHES[-6:]]))
def test_property_folding_twice_is_folding_once_and_separators_do_not_count(text: str, separator: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert normal_spelling(normal_spelling(text)) == normal_spelling(text)
    assert fold(separator.join(CODE)) == CODE


@pytest.mark.parametrize("filler", ["！", "9", " ", "-", "*", "字", "1.", "企合", "\u200b", "9a", "92310115MA1K0001 "])
def test_property_time_grows_with_the_length_and_no_faster(filler: str) -> None:
    def seconds(count: int) -> float:
        begin = time.process_time()
        identify(filler * count + "X")
        return time.process_time() - begin

    seconds(1000)
    assert seconds(200_000) < 2.0
