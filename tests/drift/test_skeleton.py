"""The skeleton of a page is that of its template: neither words nor rows change it, and a redesign changes nearly all of it."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.skeleton import MOST_STEPS, Skeleton, difference, drift, skeleton

_NAMES = st.sampled_from(["news", "list", "date", "box", "title", "on", "page_3721044", ""])
_TAGS = st.sampled_from(["div", "ul", "li", "span", "p", "h1", "table", "td", "a"])


@st.composite
def _markup(draw: st.DrawFn, depth: int = 4) -> str:
    tag, name, words = draw(_TAGS), draw(_NAMES), draw(st.text("甲乙丙 1<&", max_size=5))
    inner = "".join(draw(st.lists(_markup(depth - 1), max_size=3))) if depth else ""
    return f'<{tag} class="{name}">{words.replace("<", "&lt;")}{inner}</{tag}>'


PAGES = _markup().map(lambda inner: f"<html><head><meta name='PubDate'></head><body>{inner}</body></html>")


def _list(rows: int, *, row: str = "li", date: str = "span.time", box: str = "news-list") -> str:
    tag, _, name = date.partition(".")
    lines = "".join(
        f'<{row}><a href="/{n}.html">第{n}件</a><{tag} class="{name}">2026-01-0{n % 9 + 1}</{tag}></{row}>' for n in range(rows)
    )
    return f'<html><body><div class="main"><div class="{box}">{lines}</div></div><p>访问量 {rows * 37}</p></body></html>'


@given(PAGES, PAGES)
def test_property_drift_lies_between_nothing_and_one_and_is_the_same_both_ways(one: str, other: str) -> None:
    old, new = skeleton(one), skeleton(other)
    assert 0 <= drift(old, new) == drift(new, old) <= 1
    assert drift(old, old) == 0 == drift(new, new)
    assert (drift(old, new) == 0) == (old == new)


@given(PAGES)
def test_property_a_skeleton_is_written_and_read_back(page: str) -> None:
    found = skeleton(page)
    assert Skeleton.of_text(str(found)) == found
    assert Skeleton.of_text(str(found)).hash == found.hash


@given(st.integers(1, 60), st.integers(1, 60))
def test_property_more_rows_change_nothing(rows: int, others: int) -> None:
    assert skeleton(_list(rows)) == skeleton(_list(others))


@given(PAGES, st.text("甲乙丙丁0123456789", max_size=30))
def test_property_no_word_of_a_page_stands_in_its_skeleton(page: str, words: str) -> None:
    other = page.replace("甲", words)
    assert skeleton(page) == skeleton(other)
    assert not any(character in str(skeleton(page)) for character in "甲乙丙")


@settings(max_examples=200)
@given(st.one_of(st.text(), st.text("<>/='\" divlass#\x00\ufffe")))
def test_property_any_text_has_a_skeleton(text: str) -> None:
    assert len(skeleton(text).paths) <= MOST_STEPS


def test_the_classes_of_a_moment_and_numbers_of_columns_change_nothing() -> None:
    one = '<body><ul id="list-49637171"><li class="on item">1</li><li class="item">2</li></ul></body>'
    other = '<body><ul id="list-50000001"><li class="item">1</li><li class="item last">2</li></ul></body>'
    assert skeleton(one) == skeleton(other)


def test_what_a_word_processor_writes_into_a_text_is_no_template() -> None:
    plain = '<body><div class="text"><p>一</p></div></body>'
    word = '<body><div class="text"><p class="MsoNormal"><span style="x">一</span></p><table><tr><td>二</td></tr></table></div></body>'
    assert skeleton(plain) == skeleton(word)


def test_a_redesign_is_far_from_what_was_and_is_told_in_words() -> None:
    old, new = skeleton(_list(10)), skeleton(_list(10, row="dl", date="em.day", box="cms-rows"))
    assert drift(old, new) > 0.5
    told = difference(old, new)
    assert "html > body > div.main > div.news-list".endswith(told.gone[0])
    assert told.came == ("body > div.main > div.cms-rows",)


def test_hostile_pages_are_cut_in_little_time() -> None:
    started = time.process_time()
    deep = skeleton("<div class='a'>" * 100_000)
    wide = skeleton(
        "<body>" + "".join(f"<div class='c{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}'></div>" for n in range(17_000))
    )
    assert len(deep.paths) <= 45
    assert len(wide.paths) == MOST_STEPS
    assert drift(deep, wide) > 0.9
    assert time.process_time() - started < 5


def test_the_skeleton_of_json_is_that_of_its_keys() -> None:
    one = skeleton('{"data": [{"name": "甲", "day": 1}], "total": 3}')
    assert one == skeleton('{"data": [{"name": "乙", "day": 2}, {"name": "丙", "day": 2}], "total": 4}')
    assert str(one).splitlines() == ["data:", "  day:", "  name:", "total:"]
    assert drift(one, skeleton('{"rows": [{"title": "甲"}], "total": 3}')) > 0.5
    assert skeleton("[" * 100_000).paths is not None
