from __future__ import annotations

from random import Random

import pytest

from normalizers.text.clean import clean
from normalizers.text.slips import suggest
from tests.noise.measure import Score, changed_by_cleaning, measure
from tests.noise.models import MODELS
from tests.noise.texts import clean_text

SAMPLE = 3
"""Texts a cause; ``python -m tests.noise`` takes 2,000 in all."""


@pytest.mark.parametrize("name", MODELS)
def test_what_can_be_had_back_comes_back_and_the_rest_is_admitted(name: str) -> None:
    total = Score()
    for at in range(SAMPLE):
        score, damaged, got = measure(MODELS[name], Random(f"test {name} {at}"))
        assert not score.silent, (damaged.payload, got)
        total.add(score)
    assert total.recoverable > 0
    assert total.share >= 0.9995


@pytest.mark.parametrize("name", MODELS)
def test_every_model_does_damage(name: str) -> None:
    damaged = MODELS[name](clean_text(Random(name)), Random(name))
    assert damaged.payload != damaged.sound or damaged.sound != clean(damaged.sound).text
    assert len(damaged.lost) < len(damaged.sound)


def test_no_clean_text_changes() -> None:
    assert [changed_by_cleaning(Random(f"test {at}")) for at in range(40)] == [""] * 40


def test_clean_texts_hold_no_suggestion() -> None:
    assert all(suggest(clean_text(Random(at), odd=True)) == () for at in range(40))


def test_the_models_and_texts_are_the_same_for_the_same_seed() -> None:
    for damage in MODELS.values():
        assert damage(clean_text(Random(7)), Random(7)) == damage(clean_text(Random(7)), Random(7))
