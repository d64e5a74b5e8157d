"""The plans that benchmarks read: every task of every format is found as it was made, and no two plans are alike."""

from __future__ import annotations

import pytest

from benchmarks.extracting import LIBRARIES, extracted, right
from benchmarks.plans import FORMATS, ROWS, plan


@pytest.mark.parametrize("name", FORMATS)
def test_every_task_of_a_plan_is_found_with_its_words_and_its_lead(name: str) -> None:
    for made in map(plan, (3, 4)):
        derived = extracted(name, FORMATS[name](made))
        assert right(made, derived) == ROWS == len(derived.tasks)
        assert derived.metadata.title == made.title


def test_a_plan_is_the_same_each_time_it_is_made_and_unlike_all_others() -> None:
    assert plan(7) == plan(7)
    words = [row[1] for number in range(20) for row in plan(number).rows]
    assert len(set(words)) > 0.98 * len(words)


def test_every_format_has_a_library_beside_it() -> None:
    assert set(LIBRARIES) == set(FORMATS)
