"""What is told of a comparison as a whole."""

from __future__ import annotations

import pytest

from harvester.telling.remarks import remarks
from normalizers.compare import limits
from normalizers.compare.limits import Budget
from normalizers.differences import Comparison
from tests.reports.build import compared, deleted, inserted, same

NOTES = [value for name, value in vars(limits).items() if name.startswith("TOO_")]


@pytest.mark.parametrize("template", NOTES)
def test_every_note_of_a_comparison_is_told_in_chinese_with_its_figures(template: str) -> None:
    budget = Budget()
    budget.note(template, old=123456, new=654321, limit=777777)
    comparison = Comparison(notes=tuple(budget.notes))
    assert remarks(comparison, "en") == budget.notes
    (told,) = remarks(comparison, "zh")
    assert "超过" in told or "过少" in told
    assert all(figure in told for figure in ("123456", "654321", "777777") if figure in budget.notes[0])


def test_a_note_that_nobody_foresaw_is_told_as_it_is() -> None:
    assert remarks(Comparison(notes=("Something else.",)), "zh") == ["Something else."]


def test_papers_that_hardly_belong_together_are_told_so() -> None:
    apart = compared([same("一、总体要求"), *(one(f"第{n}段文字各不相同，" * 20) for n in range(5) for one in (inserted, deleted))])
    assert "harvester align" in remarks(apart.comparison, "zh")[0]
    assert remarks(compared([same("一、总体要求。" * 60), inserted("新设专班。")]).comparison, "en") == []
    assert remarks(compared([inserted("新设专班。")]).comparison, "en") == []
