"""A rule is tried only where its signs stand: no rule may meet a text without them."""

from __future__ import annotations

import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normalizers.deadlines import cells, printed, rhythm, signs, units, words
from normalizers.deadlines.signs import signs_of
from normalizers.deadlines.units import find_units

ANY = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("rule", units._COMPILED, ids=lambda rule: rule.build.__name__)
def test_property_a_rule_of_units_is_tried_on_whatever_it_meets(rule: units.Rule) -> None:
    @ANY
    @given(st.from_regex(rule.pattern))
    def holds(text: str) -> None:
        assert rule in units._applying(signs_of(text)), text
        assert rule.ahead is None or rule.ahead.search(text), text
        assert units._ANY_SIGN.search(rule.pattern.search(text)[0]), text

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
    ("rule", "signs"),
    [
        *((rule, "RHYTHM_SIGNS") for rule in ("_EVERY", "_TIMES", "_BY", "_PACE", "_YEAR_ROUND")),
        ("_EVERY", "_EVERY_SIGN"),
        ("_TIMES", "_TIMES_SIGN"),
        ("_BY", "_BY_SIGN"),
        ("_PACE", "PACE_SIGN"),
        ("_YEAR_ROUND", "_YEAR_ROUND_SIGN"),
        ("_RELATIVE", "_TERM_SIGN"),
        ("_RECURRING", "RECURRING_SIGN"),
        ("_ONGOING", "ONGOING_SIGN"),
        ("_ELSEWHERE", "_ELSEWHERE_SIGN"),
        ("_EVENT", "_ELSEWHERE_SIGN"),
    ],
)
def test_property_whatever_is_a_rhythm_or_a_term_has_its_sign(rule: str, signs: str) -> None:
    @ANY
    @given(st.from_regex(getattr(rhythm, rule)))
    def holds(text: str) -> None:
        assert signs_of(text) & getattr(rhythm, signs), text

    holds()


@pytest.mark.parametrize(("rule", "place"), [("_TIMES", "_TIMES_AT"), ("_PACE", "_PACE_AT")])
def test_property_a_rhythm_is_found_where_a_part_of_it_stands(rule: str, place: str) -> None:
    @ANY
    @given(st.from_regex(getattr(rhythm, rule)))
    def holds(text: str) -> None:
        assert getattr(rhythm, place).search(text), text

    holds()


@pytest.mark.parametrize(
    ("table", "name", "sign"),
    [("strength", "aim", cells._AIM_SIGN), *(("tag", tag, cells._TAG_SIGN) for tag in words.tags())],
)
def test_every_word_has_its_sign(table: str, name: str, sign: int) -> None:
    assert [word for word in words.words(table, name) if not signs_of(word) & sign] == []


def test_a_title_and_a_document_number_have_their_sign() -> None:
    assert signs_of("《") & printed.NAME_SIGNS
    assert signs_of("第5号") & printed.NAME_SIGNS


@ANY
@given(st.text() | st.text(alphabet="年月日0123456789前每次持续《号、-"))
def test_property_a_long_text_has_the_signs_of_its_characters(text: str) -> None:
    assert signs.signs_of_long(text) == signs_of(text)
    assert signs_of(units._SIGN_CHARACTERS.findall(text)) & units._SIGNS == signs_of(text) & units._SIGNS


def test_signs_fit_the_smallest_integers() -> None:
    assert max(signs._MADE) < 1 << 30


@pytest.mark.parametrize("text", ["国庆节前元旦前", "五一前十一前", "6月底前元旦前", "元旦前6月底前", "年底前2026年", "2026年年底前上半年"])
def test_a_second_unit_is_found_behind_the_one_that_is_looked_for_first(text: str) -> None:
    assert len(find_units(text)) == 2


def test_a_usual_character_is_read_as_any_other_way_of_reading_has_it() -> None:
    usual = [char for char in map(chr, range(sys.maxunicode + 1)) if printed._USUAL.fullmatch(char)]
    assert len(usual) > 20_000
    assert [char for char in usual if printed.read(char).text != printed._FORMS[char]] == []
    as_read = [char for char in usual if printed.is_read_as_printed(char)]
    assert len(as_read) > 20_000
    assert [char for char in as_read if printed._FORMS[char] != char] == []
