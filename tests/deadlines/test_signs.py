"""A rule is tried only where its signs stand: no rule may meet a text without them."""

from __future__ import annotations

import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normalizers.deadlines import printed, rhythm, units
from normalizers.deadlines.units import find_units

ANY = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("at", range(len(units._COMPILED)))
def test_property_a_rule_of_units_is_tried_on_whatever_it_meets(at: int) -> None:
    _, rule, build = units._COMPILED[at]

    @ANY
    @given(st.from_regex(rule))
    def holds(text: str) -> None:
        assert (rule, build) in units._applying(frozenset(units._SIGNS.findall(text))), text

    holds()


@pytest.mark.parametrize("at", range(len(units._WHOLE_CELL)))
def test_property_a_bare_number_that_fills_a_cell_is_read(at: int) -> None:
    rule, build = units._WHOLE_CELL[at]

    @ANY
    @given(st.from_regex(rule))
    def holds(text: str) -> None:
        match = rule.match(text)
        if match and build(match, match.groupdict()):
            assert find_units(text, cell=True), text

    holds()


@pytest.mark.parametrize(
    ("rule", "sign"),
    [
        *((rule, "_RHYTHM_SIGN") for rule in ("_EVERY", "_TIMES", "_BY", "_PACE", "_YEAR_ROUND")),
        ("_PACE", "_PACE_SIGN"),
        ("_TIMES", "_TIMES_SIGN"),
        ("_RELATIVE", "_TERM_SIGN"),
    ],
)
def test_property_whatever_is_a_rhythm_or_a_term_has_its_sign(rule: str, sign: str) -> None:
    @ANY
    @given(st.from_regex(getattr(rhythm, rule)))
    def holds(text: str) -> None:
        assert getattr(rhythm, sign).search(text), text

    holds()


def test_a_usual_character_is_read_as_any_other_way_of_reading_has_it() -> None:
    usual = [char for char in map(chr, range(sys.maxunicode + 1)) if printed._USUAL.fullmatch(char)]
    assert len(usual) > 20_000
    assert [char for char in usual if printed.read(char).text != printed._FORMS[char]] == []
