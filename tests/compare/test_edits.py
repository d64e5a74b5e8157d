"""Task changes of edited documents: right, and none told where nothing changed. The whole measure: ``python -m tests.compare.edits``."""

from __future__ import annotations

import os

import pytest

from tests.compare.edits import pairs
from tests.compare.edits.generate import SEED, cases
from tests.compare.edits.truth import Change, Score, score
from tests.corpus.office import MissingProgramError

BAR = 0.98
SAMPLE = 180
"""Edits made, of which those in quick renderings, some 150, are measured."""


def _whole(seed: int, count: int, *, light: bool) -> tuple[Score, Score]:
    edited, same = Score(), Score()
    for case in cases(seed, count, light=light):
        (edited if case.truth else same).merge(case.measured())
    return edited, same


def test_edits_of_papers_are_told_and_nothing_is_told_of_what_only_looks_otherwise() -> None:
    edited, same = _whole(SEED, SAMPLE, light=True)
    assert edited.wanted > 110
    assert same.pairs > 10
    assert edited.f1 >= BAR, "\n".join(edited.failures)
    assert same.found == 0, "\n".join(same.failures)


@pytest.mark.skipif("HARVESTER_SOAK" not in os.environ, reason="a thousand edits take minutes")
def test_a_thousand_edits_are_told() -> None:
    edited, same = _whole(SEED, 1000, light=False)
    assert edited.f1 >= BAR, "\n".join(edited.failures)
    assert same.found == 0, "\n".join(same.failures)


@pytest.mark.parametrize("pair", list(pairs.written()), ids=lambda pair: pair.name)
def test_versions_written_by_hand_are_compared_as_a_reader_does(pair: pairs.Pair) -> None:
    try:
        found = pairs.measured(pair)
    except MissingProgramError as error:
        pytest.skip(str(error))
    assert not found.failures


def test_the_score_counts_what_is_missing_and_what_is_wrong() -> None:
    found = score("none told", [Change("removed", "建立目录")], [])
    assert (found.hit, found.wanted, found.f1) == (0, 1, 0.0)
    assert "missing removed 建立目录" in found.failures[0]
