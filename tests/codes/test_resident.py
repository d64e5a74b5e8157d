"""Resident numbers are told by check character, birth date and province. All numbers here are computed, or the standard's example."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.codes.resident import check_character, is_resident_number

STANDARDS_EXAMPLE = "11010519491231002X"


def completed(body: str) -> str:
    return body + check_character(body)


def test_the_example_of_the_standard_is_one_in_either_case() -> None:
    assert is_resident_number(STANDARDS_EXAMPLE)
    assert is_resident_number(STANDARDS_EXAMPLE.lower())


def test_every_other_check_character_fails() -> None:
    others = set("0123456789X") - {STANDARDS_EXAMPLE[-1]}
    assert not any(is_resident_number(STANDARDS_EXAMPLE[:-1] + other) for other in others)


def test_every_changed_digit_fails() -> None:
    for place in range(17):
        for digit in set("0123456789") - {STANDARDS_EXAMPLE[place]}:
            assert not is_resident_number(STANDARDS_EXAMPLE[:place] + digit + STANDARDS_EXAMPLE[place + 1 :]), (place, digit)


@pytest.mark.parametrize("body", ["99010519491231002", "11010519491331002", "11010519490230002", "11010518491231002", "11010521491231002"])
def test_a_right_check_character_does_not_make_up_for_a_wrong_province_or_day(body: str) -> None:
    assert not is_resident_number(completed(body))


@pytest.mark.parametrize("number", ["310101900229123", "110105491231002", "340102010228123"])
def test_fifteen_digits_need_a_province_and_a_day(number: str) -> None:
    expected = number != "310101900229123"  # 1990 had no 29 February
    assert is_resident_number(number) is expected


@pytest.mark.parametrize("number", ["110108000000016", "100000000003965", "440301103448669"])
def test_registration_numbers_of_enterprises_are_none(number: str) -> None:
    assert not is_resident_number(number)


@pytest.mark.parametrize("code", ["911100001000044477", "913100001322602511", "91310000132260250X"])
def test_credit_codes_are_none(code: str) -> None:
    assert not is_resident_number(code)


@given(st.text(max_size=30) | st.text("0123456789Xx", min_size=15, max_size=18))
def test_property_any_text_gets_an_answer(text: str) -> None:
    assert is_resident_number(text) in {True, False}


@given(st.sampled_from(["110105", "320114", "830000"]), st.dates(), st.integers(0, 999))
def test_property_a_number_completed_by_its_check_character_is_one_when_the_day_is_plausible(division: str, day, sequence: int) -> None:
    number = completed(f"{division}{day.year:04d}{day:%m%d}{sequence:03d}")
    assert is_resident_number(number) is (1880 <= day.year <= 2099)
