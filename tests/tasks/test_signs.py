"""A search is spared only where a sign shows that it would find nothing: no pattern may meet a text without its sign."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normalizers.tasks import brackets, clauses, roles, sections, statements

LABELS = [row.text for row in roles.labels().values() if row.role in roles._INLINE and row.where in ("any", "bracket")]


def no_text_is_without(pattern: re.Pattern[str], sign: re.Pattern[str], *, opens: bool = False) -> None:
    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(pattern))
    def holds(text: str) -> None:
        found = pattern.search(text)
        assert found
        assert sign.match(found[0].lstrip()) if opens else sign.search(found[0]), text

    holds()


@pytest.mark.parametrize("name", ["_FIRST", "_LAST_FIRST", "_STARRED", "_NO_MORE", "_DEFAULT"])
def test_property_a_standing_clause_has_a_sign(name: str) -> None:
    no_text_is_without(getattr(clauses, name), clauses.SIGNS)


@pytest.mark.parametrize("at", range(len(sections._NUMBERS)))
def test_property_a_number_opens_with_a_sign(at: int) -> None:
    no_text_is_without(sections._NUMBERS[at][1], sections._OPENS, opens=True)


@pytest.mark.parametrize("verb", ["_LEAD_VERB", "_HELP_VERB", "_DO_VERB"])
def test_property_a_verb_of_a_role_has_a_sign(verb: str) -> None:
    no_text_is_without(re.compile(getattr(statements, verb)), statements._VERB_SIGNS)


def test_property_a_sentence_of_roles_has_a_verb_in_its_first_clause() -> None:
    no_text_is_without(statements._DUTY_LINE, statements._MAY_BE_DUTY, opens=True)


def test_property_a_label_without_its_colon_ends_in_the_word_that_it_is_looked_for_by() -> None:
    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(statements._NO_COLON))
    def holds(text: str) -> None:
        assert statements._LABEL_WORD.search(text), text

    holds()


def test_every_label_is_found_in_the_line_that_begins_with_it() -> None:
    for text in (
        form.format(label)
        for label in LABELS
        for form in ("{}：市发改委", "{}:市发改委", "【{}】市发改委", "［{}］市发改委", "[{}]市发改委")
    ):
        whole = roles.inline_label(lines=False).match(text)
        assert whole, text
        assert [found.span() for found in roles.labels_in(text, lines=False)][:1] == [whole.span()]


def test_boxes_are_the_brackets_that_a_boxed_label_may_stand_in() -> None:
    boxed = {mark for mark in brackets._OPEN if (found := roles.inline_label(lines=False).match(f"{mark}责任单位】")) and found["boxed"]}
    assert boxed == set(brackets._BOXES)


@pytest.mark.parametrize(
    ("words", "signs"), [(roles._SPECIFIED, roles._SPECIFYING), (roles._composed(lines=False), roles._first_characters())]
)
def test_property_a_label_begins_with_one_of_the_characters_that_it_is_looked_for_by(words: str, signs: str) -> None:
    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(words, fullmatch=True).filter(bool))
    def holds(written: str) -> None:
        assert written[0] in signs, written

    holds()


NAMES = "市财政局|省|银监会|单位|部门|责任单位|牵头单位|各|有关|其他|州直|县级|、|不|除|均|都|皆|为|等|和|及|与|以及|由|请|会同|会"
VERBS = "并由|其中|牵头|主办|主责|承办|配合|协助|参与|参加|支持|负责|落实|推进|执行|督导|职责|分工|各负其责|共同|分别|无|一|暂无|不涉及|空"
TIMES = "全年|长期|持续|常态|上半年|第一季度|每年|按月|贯穿|适时|即日|当年|今年|十四五|十二月|年底|力争|于|在"
PIECES = [*NAMES.split("|"), *VERBS.split("|"), *TIMES.split("|")]


@settings(max_examples=1_500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join), st.sampled_from(sorted(roles.AGENCY_ROLES)), st.booleans())
def test_property_a_plain_list_is_read_as_it_would_be_read_closely(text: str, role: roles.Role, lines: bool) -> None:
    assert statements._read.__wrapped__(text, role, lines) == statements._read_closely(text, role, lines=lines)
