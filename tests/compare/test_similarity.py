"""Signatures of texts and how alike they say two texts are."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.compare import signature, similarity

PINNED = (93757348, 196253667, 616004668)
"""Raise NORMALIZER_VERSION when these must change: stored signatures are compared with new ones."""


def sample(length: int, seed: int) -> str:
    rng = random.Random(seed)
    return "".join(chr(0x4E00 + rng.randrange(2000)) for _ in range(length))


def test_a_signature_is_64_unsigned_32_bit_values() -> None:
    values = signature(sample(1000, 1))
    assert len(values) == 64
    assert all(0 <= value < 2**32 for value in values)


def test_a_signature_is_the_same_on_every_machine() -> None:
    assert signature("一二三四五六七八九十" * 30)[:3] == PINNED


def test_a_short_text_has_none() -> None:
    assert signature("。" * 500 + "字" * 199) == ()
    assert len(signature(sample(200, 1))) == 64


def test_width_blanks_and_punctuation_do_not_count() -> None:
    text = sample(500, 2) + "2018"
    assert signature(text) == signature("，\n".join(text).replace("2", "２"))


def test_equal_texts_are_alike_and_unrelated_ones_are_not() -> None:
    assert similarity(signature(sample(1000, 1)), signature(sample(1000, 1))) == 1.0
    assert similarity(signature(sample(1000, 1)), signature(sample(1000, 2))) < 0.05


def test_a_copy_with_a_few_edits_is_still_alike() -> None:
    text = sample(2000, 3)
    copy = "".join("改" if i % 400 == 0 else c for i, c in enumerate(text))
    assert similarity(signature(text), signature(copy)) > 0.85


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_the_estimate_is_near_the_true_share_of_shingles(share: float) -> None:
    length = 20_000
    common = sample(int(length * share), 4)
    a, b = common + sample(length - len(common), 5), common + sample(length - len(common), 6)
    true = share / (2 - share)
    assert abs(similarity(signature(a), signature(b)) - true) < 4 / 16


def test_a_text_without_a_signature_is_like_nothing() -> None:
    assert similarity((), signature(sample(300, 1))) == 0.0
    assert similarity((), ()) == 0.0


def test_signatures_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="derive both documents again"):
        similarity((1, 2), (1, 2, 3))


def test_a_long_text_is_signed_in_time() -> None:
    text = sample(1_000_000, 7)
    began = time.process_time()
    signature(text)
    assert time.process_time() - began < 5


@given(st.text(), st.text())
def test_property_similarity_is_a_share_and_symmetric(a, b) -> None:
    first, second = signature(a * 10), signature(b * 10)
    assert 0.0 <= similarity(first, second) <= 1.0
    assert similarity(first, second) == similarity(second, first)
    assert len(first) in (0, 64)
