"""Where python-stdnum is right the answers agree; every difference has a cause that docs/codes.md names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.codes.oracle import (
    AGREE,
    CAUSES,
    UNEXPLAINED,
    Comparison,
    compare_credit_codes,
    compare_registration_numbers,
    compare_resident_numbers,
)

DOCUMENTED = (Path(__file__).parents[2] / "docs" / "codes.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("compare", "share"), [(compare_credit_codes, 0.97), (compare_registration_numbers, 1.0), (compare_resident_numbers, 0.75)]
)
def test_answers_agree_but_for_causes_that_are_known(compare: Callable[[], Comparison], share: float) -> None:
    comparison = compare()
    assert comparison.causes[UNEXPLAINED] == 0, comparison.examples.get(UNEXPLAINED)
    assert comparison.causes[AGREE] >= share * comparison.causes.total()
    assert set(comparison.causes) <= {AGREE, *CAUSES}


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_is_documented(cause: str) -> None:
    assert cause in DOCUMENTED
