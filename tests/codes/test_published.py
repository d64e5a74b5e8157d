"""The published examples of the standards and of public data, right and wrong, come out as they are."""

from __future__ import annotations

import pytest

from normalizers.codes import CodeKind, check_credit_code, check_organization_code, check_registration_number, identify
from tests.codes.examples import PUBLISHED, Example

CHECKS = {
    CodeKind.CREDIT_CODE: check_credit_code,
    CodeKind.ORGANIZATION_CODE: check_organization_code,
    CodeKind.REGISTRATION_NUMBER: check_registration_number,
}


@pytest.mark.parametrize("example", PUBLISHED, ids=lambda example: example.printed)
def test_a_published_example_passes_or_fails_the_tests_it_should(example: Example) -> None:
    check = CHECKS[example.kind](example.printed)
    assert [finding.name for finding in check.failures] == list(example.failures)
    assert [finding.name for finding in check.warnings] == list(example.warnings)
    assert check.valid is (not example.failures)


@pytest.mark.parametrize("example", PUBLISHED, ids=lambda example: example.printed)
def test_a_published_example_is_known_without_being_told_its_kind(example: Example) -> None:
    check = identify(example.printed)
    assert (check.kind, check.problem) == (example.kind, " ".join(example.failures))
