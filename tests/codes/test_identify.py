"""A printed value is known for what it is: by its form, its check, its label; what may be a person's is personal and not echoed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.codes import (
    CodeCheck,
    CodeKind,
    check_credit_code,
    check_organization_code,
    check_registration_number,
    identify,
    is_personal_number,
    reconcile,
)
from normalizers.codes.arithmetic import organization_check_character, registration_check_digit
from normalizers.codes.resident import check_character
from tests.codes.errors import registration_numbers
from tests.codes.examples import completed, generated

RESIDENT = "11010519491231002X"
OLD_RESIDENT = "110105491231002"
TRADER = completed("92310115MA1K0001")


def tax_number(division: str, body: str) -> str:
    return division + body + organization_check_character(body)


@pytest.mark.parametrize(
    ("printed", "kind", "problem"),
    [
        ("3101152012345", CodeKind.OLD_REGISTRATION_NUMBER, ""),
        ("企合沪总字第012345号", CodeKind.OLD_REGISTRATION_NUMBER, ""),
        ("企独苏宁总副字第 001234 号", CodeKind.OLD_REGISTRATION_NUMBER, ""),
        (tax_number("310115", "D2143569"), CodeKind.TAX_NUMBER, ""),
        (tax_number("310115", "D2143569")[:-1] + "1", CodeKind.TAX_NUMBER, "check-character"),
        ("91310000132260250X01", CodeKind.TAX_NUMBER, ""),
        ("9131000013226025", CodeKind.CREDIT_CODE, "length"),
        ("91310000132260250XX1", CodeKind.TAX_NUMBER, ""),
        ("913100******60250X", CodeKind.CREDIT_CODE, "masked"),
        ("9131****", CodeKind.UNKNOWN, "masked"),
        ("9.1131E+17", CodeKind.UNKNOWN, "rounded"),
        ("911100001000044000", CodeKind.CREDIT_CODE, "check-character rounded"),
        ("", CodeKind.UNKNOWN, "empty"),
        ("无", CodeKind.UNKNOWN, "empty"),
        ("null", CodeKind.UNKNOWN, "empty"),
        ("0", CodeKind.UNKNOWN, "dummy"),
        ("000000000", CodeKind.ORGANIZATION_CODE, "dummy"),
        ("000000000000000", CodeKind.REGISTRATION_NUMBER, "dummy"),
        ("123456789012345678", CodeKind.CREDIT_CODE, "dummy"),
        ("X0310000132260250X", CodeKind.CREDIT_CODE, "authority check-character"),
        ("94310000132260250X", CodeKind.CREDIT_CODE, "category-pair check-character"),
        ("91000000132260250X", CodeKind.CREDIT_CODE, "division check-character"),
        ("12345", CodeKind.UNKNOWN, "dummy"),
        ("20458", CodeKind.UNKNOWN, "kind"),
        ("上海示例有限公司", CodeKind.UNKNOWN, "empty"),
    ],
)
def test_a_value_is_known_for_what_it_is(printed: str, kind: CodeKind, problem: str) -> None:
    check = identify(printed)
    assert (check.kind, check.problem) == (kind, problem)


def test_fifteen_digits_that_can_be_two_things_follow_their_label() -> None:
    printed = tax_number("440301", "10344866")
    assert printed.isdigit()
    assert identify(printed, CodeKind.TAX_NUMBER).kind is CodeKind.TAX_NUMBER
    assert identify(printed).kind is CodeKind.REGISTRATION_NUMBER
    assert [warning.name for warning in identify(printed).warnings] == ["ambiguous"]


@pytest.mark.parametrize(
    "printed",
    [
        RESIDENT,
        RESIDENT.lower(),
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105-19491231-002X",
        "110105194912310021",  # a wrong check character
        OLD_RESIDENT,
        f"{OLD_RESIDENT}01",
        f"{RESIDENT}01",
        f"身份证号：{RESIDENT}",
    ],
)
def test_a_resident_number_in_any_spelling_is_personal_and_kept_nowhere(printed: str) -> None:
    for check in (identify(printed), identify(printed, CodeKind.REGISTRATION_NUMBER)):
        assert (check.kind, check.personal, check.valid) == (CodeKind.RESIDENT_NUMBER, True, False)
        assert not holds(check, "19491231", "491231")
        assert (check.printed, check.shown) == (check.normal, check.normal)


@pytest.mark.parametrize("checked", [check_credit_code, check_organization_code, check_registration_number])
def test_no_check_echoes_a_resident_number(checked) -> None:
    check: CodeCheck = checked(RESIDENT)
    assert (check.kind, check.personal) == (CodeKind.RESIDENT_NUMBER, True)
    assert not holds(check, "19491231")


def test_a_number_within_a_text_that_is_no_code_is_not_echoed() -> None:
    check = identify(f"法定代表人{RESIDENT}，电话见附件，地址示例路1号，另见备注第3条第2款")
    assert (check.kind, check.personal) == (CodeKind.UNKNOWN, True)
    assert not holds(check, "19491231")


def holds(check: CodeCheck, *secrets: str) -> bool:
    told = "|".join((repr(check), check.printed, check.normal, check.shown, check.suggestion, *(f.detail for f in check.failures)))
    return any(secret in told for secret in secrets)


def test_an_individual_business_is_personal_by_either_number() -> None:
    number = "3101156000123"
    number = f"{number}4" + registration_check_digit(f"{number}4")
    for check in (identify(TRADER), identify(number, CodeKind.REGISTRATION_NUMBER)):
        assert (check.valid, check.personal) == (True, True)
        assert check.category is not None
        assert check.category.zh == "个体工商户"
        assert check.normal not in check.shown
        assert check.normal not in repr(check)


def test_no_enterprise_s_registration_number_with_an_early_sequence_is_taken_for_a_person_s() -> None:
    for sequence in range(0, 1_000_000, 997):
        body = f"310115{sequence:08d}"
        assert not is_personal_number(body + registration_check_digit(body))


def test_what_can_be_both_is_personal() -> None:
    body = "31011517052012"
    number = body + registration_check_digit(body)
    assert is_personal_number(number)
    assert check_registration_number(number).kind is CodeKind.RESIDENT_NUMBER


def test_a_code_of_a_body_that_passes_the_resident_check_by_chance_is_a_code() -> None:
    """52310120… has 2010 to 2099 where a resident number has the year: some such codes pass both checks."""
    both = 0
    for subject in range(1_010_000, 99_999_999, 1009):
        code = completed(f"52310120{subject:08d}")
        if code[:17].isdigit() and code[-1] in "0123456789X" and check_character(code) == code[-1]:
            both += 1
            assert identify(code).kind is CodeKind.CREDIT_CODE, both
    assert both > 50


def test_no_generated_code_or_number_of_an_enterprise_is_masked() -> None:
    assert [code for code in generated(3000) if is_personal_number(code)] == []
    numbers = [number for number in registration_numbers(2000) if number[6] in "0"]
    assert numbers
    assert [number for number in numbers if is_personal_number(number)] == []


def test_the_parts_of_a_code_are_told_in_words() -> None:
    check = check_credit_code("12310108425006117")
    assert (check.organization_code, check.division) == ("", None)
    check = check_credit_code(completed("N2310108" + "42500611"))
    assert check.valid
    assert check.authority is not None
    assert check.category is not None
    assert check.division is not None
    assert (check.authority.zh, check.category.zh, check.organization_code) == ("农业农村", "村级集体经济组织", "425006117")
    assert (check.division.name, [place.name for place in check.division.today]) == ("上海市闸北区", ["上海市静安区"])
    assert [warning.name for warning in check.warnings] == ["division-former"]
    assert "上海市静安区" in check.warnings[0].detail


# --- several codes of one body ---------------------------------------------------------------------------------------------------


def test_codes_of_one_body_agree() -> None:
    found = reconcile("91310000132260250X", "13226025-0", "310000000000840")
    assert (found.agree, found.code, found.organization_code) == (True, "91310000132260250X", "132260250")
    assert found.remarks == ()


def test_one_code_in_all_three_fields_agrees() -> None:
    assert reconcile("91310000132260250X", "91310000132260250X", "91310000132260250x").agree


@pytest.mark.parametrize(
    ("code", "organization", "number", "disagreements", "remarks"),
    [
        ("91310000132260250X", "10000396-2", "", ["codes-differ"], []),
        ("91310000132260250X", "91350100M000100Y43", "", ["unified-differs"], []),
        ("91310000132260250X", "", "440301103448669", [], ["provinces-differ"]),
        ("91310000132260250X", "", "100000000003965", [], []),
        (TRADER, "", "310000000000840", ["kinds-differ"], []),
        ("91310000132260250X", "13226025-1", "", [], []),  # a wrong code says nothing
        ("", "", "", [], []),
    ],
)
def test_what_disagrees_is_named(code: str, organization: str, number: str, disagreements: list[str], remarks: list[str]) -> None:
    found = reconcile(code, organization, number)
    assert [each.name for each in found.disagreements] == disagreements
    assert [each.name for each in found.remarks] == remarks
    assert all(each.detail.endswith(".") for each in (*found.disagreements, *found.remarks))


# --- any text -----------------------------------------------------------------------------------------------------------------------

ANY = st.text(max_size=80) | st.text("0123456789ABXZOI*-.E+ ９Ｘ", max_size=24) | st.text("0123456789", min_size=13, max_size=21)


@given(ANY)
def test_property_any_text_gets_an_answer_that_says_why(text: str) -> None:
    for check in (identify(text), check_credit_code(text), check_organization_code(text), check_registration_number(text)):
        assert check.valid is (check.failures == ())
        for finding in (*check.failures, *check.warnings):
            assert finding.detail
            assert "{" not in finding.detail.replace(text, "") or "{" in text


@given(ANY, ANY, ANY)
def test_property_any_three_texts_can_be_reconciled(code: str, organization: str, number: str) -> None:
    found = reconcile(code, organization, number)
    assert found.agree is (found.disagreements == ())


@given(st.sampled_from(["110105", "310104", "320504", "340121"]), st.dates(date(1930, 1, 1), date(2099, 12, 31)), st.integers(0, 999))
def test_property_no_resident_number_is_ever_echoed(division: str, day: date, sequence: int) -> None:
    body = f"{division}{day.year:04d}{day:%m%d}{sequence:03d}"
    check = identify(body + check_character(body))
    assert check.personal
    assert not holds(check, body, body[6:])
