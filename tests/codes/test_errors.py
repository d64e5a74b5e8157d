"""Every error of one character, and of two neighbours, in codes over all authorities, categories and divisions is found."""

from __future__ import annotations

import os
from collections import Counter

from normalizers.agencies.regions import regions
from normalizers.codes import check_credit_code, check_organization_code, check_registration_number
from normalizers.codes.arithmetic import CREDIT_ALPHABET, ORGANIZATION_ALPHABET
from normalizers.codes.credit import credit_failures
from normalizers.codes.organization import organization_failures
from normalizers.codes.registration import registration_failures
from normalizers.codes.tables import categories
from tests.codes.errors import (
    ILLEGAL,
    body_substitutions,
    body_swaps,
    organization_codes,
    registration_numbers,
    substitutions,
    swaps,
    tried,
)
from tests.codes.examples import generated

COUNT = 1000 if os.environ.get("HARVESTER_SOAK") else 250
"""``python -m tests.codes`` shows all thousand."""
CODES = list(generated(1000))


def test_the_codes_are_valid_and_of_every_kind() -> None:
    checks = [check_credit_code(code) for code in CODES]
    assert all(check.valid and not {"organization-code"} & {warning.name for warning in check.warnings} for check in checks)
    assert {code[:2] for code in CODES} == set(categories())
    assert {code[0] for code in CODES} >= {"N", "Y", "A"}
    assert len({code[2:8] for code in CODES} & set(regions().by_code)) > 900
    assert len(set(CODES)) == len(CODES)


def test_every_wrong_character_is_found() -> None:
    found = tried("one character", CODES[:COUNT], lambda code: substitutions(code, CREDIT_ALPHABET), credit_failures)
    assert (found.tried, found.found, found.missed) == (COUNT * 18 * 30, COUNT * 18 * 30, ())


def test_every_letter_outside_the_alphabet_is_named_with_its_place() -> None:
    for code in CODES[:50]:
        for place in range(18):
            for letter in ILLEGAL:
                wrong = code[:place] + letter + code[place + 1 :]
                named = next(finding for finding in credit_failures(wrong) if finding.name == "alphabet")
                assert dict(named.facts) | {"standard": ""} == {"characters": letter, "places": str(place + 1), "standard": ""}


def test_every_swap_of_neighbours_is_found() -> None:
    found = tried("swaps", CODES, swaps, credit_failures)
    assert found.tried > 15_000
    assert found.missed == ()


def test_a_wrong_digit_in_an_organisation_code_or_registration_number_is_found() -> None:
    digits = "0123456789"
    for codes, errors, fails in (
        (organization_codes(300, digits), body_substitutions(digits), organization_failures),
        (organization_codes(300, digits), body_swaps, organization_failures),
        (registration_numbers(300), lambda code: substitutions(code, digits), registration_failures),
    ):
        found = tried("digits", codes, errors, fails)
        assert found.tried > 1500
        assert found.missed == ()


def test_letters_that_differ_by_eleven_pass_the_organisation_code_s_check_and_nothing_else_does() -> None:
    found = tried(
        "letters", organization_codes(300, ORGANIZATION_ALPHABET), body_substitutions(ORGANIZATION_ALPHABET), organization_failures
    )
    value = ORGANIZATION_ALPHABET.index
    distances = Counter(abs(value(a) - value(b)) for right, wrong in found.missed for a, b in zip(right, wrong, strict=True) if a != b)
    assert set(distances) == {11, 22, 33}
    assert 0.05 < len(found.missed) / found.tried < 0.08


def test_a_generated_organisation_code_and_registration_number_passes() -> None:
    assert all(check_organization_code(code).valid for code in organization_codes(300, ORGANIZATION_ALPHABET))
    checks = [check_registration_number(number) for number in registration_numbers(300)]
    assert all(check.valid or check.problem == "personal" for check in checks)
    assert sum(check.valid for check in checks) > 280
