"""Why two passages are taken for one matter, and whether that is enough to be sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from normalizers.compare.affinity import Affinity
from normalizers.compare.passages import Passage, body_key, doers, duty, matched_duties
from normalizers.compare.rare_terms import Weights, common_strings

CERTAIN = 0.66
"""Score from which a tie is sure, given that the texts say so too; one below is marked."""
CERTAIN_TEXT = 0.4
"""Witness of the texts that a sure tie has at least."""
CERTAIN_CHARACTERS = 8
"""Characters that the told strings have together at least: one phrase of the field in both (公共信用信息) makes no sure tie."""
SAME_TEXT = 0.9
"""Witness of the texts from which they are nearly the same, however short."""
TOLD_SECTION = 0.3
TOLD_BODY = 0.2
"""Witnesses from which the section and the bodies are told as reasons."""
REASONS = 4
"""Shared strings and bodies that are told at most of each."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two passages are taken for one matter: strings of rare terms in both, bodies (as the first names them), the other's section."""

    terms: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    section: str = ""


NO_REASON = Reason()


def reason(one: Passage, other: Passage, affinity: Affinity, weights: Weights, *, same_place: bool) -> Reason:
    """Return why two passages are taken for one matter."""
    return Reason(
        told_strings(one, other, weights),
        _bodies_in_both(one, other, same_place=same_place)[:REASONS] if affinity.body >= TOLD_BODY else (),
        other.section if affinity.section >= TOLD_SECTION else "",
    )


def told_strings(one: Passage, other: Passage, weights: Weights) -> tuple[str, ...]:
    """Return the strings in both passages that are told, the heaviest first."""
    return common_strings(one.text, other.text, weights)[:REASONS]


def certain(affinity: Affinity, told: Sequence[str]) -> bool:
    """Tell whether a tie needs no second look, ``told`` being the strings in both."""
    if affinity.score < CERTAIN or affinity.text < CERTAIN_TEXT:
        return False
    return affinity.text >= SAME_TEXT or sum(map(len, told)) >= CERTAIN_CHARACTERS


def _bodies_in_both(one: Passage, other: Passage, *, same_place: bool) -> tuple[str, ...]:
    """Return the bodies that do both, as the first passage names them."""
    key = body_key if same_place else duty
    ours, theirs = (tuple(map(key, doers(passage))) for passage in (one, other))
    there = theirs if same_place else matched_duties([ours], [theirs])[0]
    return tuple(dict.fromkeys(body.mention for body, its in zip(doers(one), ours, strict=True) if its in there))
