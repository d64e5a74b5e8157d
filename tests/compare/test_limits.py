"""No pair of documents takes long or much, and what is not looked into is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from benchmarks.pairs import HOSTILE, edits, paper
from normalizers.compare import apply, compare
from normalizers.compare.limits import Budget
from normalizers.compare.near import beads
from normalizers.compare.streams import stream
from normalizers.compare.units import MOST, units

MOST_SECONDS = 3.0
MOST_MEGABYTES = 300.0
QUICK = ("alternating", "shuffled lines")


@pytest.mark.parametrize("name", HOSTILE if os.environ.get("HARVESTER_SOAK") else QUICK)
def test_a_pair_made_to_hurt_is_compared_in_time_and_room(name: str) -> None:
    run = subprocess.run([sys.executable, "-m", "benchmarks.pairs", name], capture_output=True, text=True, check=True, timeout=120)
    found = json.loads(run.stdout)
    assert found["seconds"] < MOST_SECONDS
    assert found["megabytes in all"] < MOST_MEGABYTES


def test_one_edit_in_a_hundred_characters_is_told_without_missing_any() -> None:
    old, new = edits(20_000)
    comparison = compare(old, new)
    assert apply(old.document, comparison.text_changes) == stream(new.document).text
    assert 150 <= len(comparison.text_changes) <= 210
    assert comparison.notes == ()
    assert sum(len(change.old) + len(change.new) for change in comparison.text_changes) < 2_500


def test_a_limit_that_was_reached_is_told() -> None:
    comparison = compare(paper(["一二" * 10_000]), paper(["二一" * 10_000 + "三"]))
    assert len(comparison.text_changes) == 1
    assert "20000 and 20001 characters" in comparison.notes[0]


def test_the_answer_does_not_depend_on_the_time_it_takes() -> None:
    old, new = HOSTILE["shuffled lines"]()
    assert compare(old, new) == compare(old, new)


def test_work_is_counted_and_ends() -> None:
    budget = Budget(cells=100, at_once=50)
    assert budget.allows(5, 10)
    assert not budget.allows(6, 10)
    assert budget.allows(5, 10)
    assert not budget.allows(1, 1)
    assert beads([("甲乙", True)], [("甲乙", True)], budget) is None


def test_a_document_of_very_many_lines_is_cut_into_fewer_pieces() -> None:
    document = paper(["信用"] * (3 * MOST)).document
    found = units(document)
    assert len(found) <= MOST + 1
    assert (found[0].span.start, found[-1].span.end) == (0, len(document.text))
