"""A search finds what stands in the text, for words of every length, and nothing else."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import search
from storage.queries import search as find
from storage.selection import Filters
from storage.store import Store
from tests.storage.samples import AT, LINES, later, make_derived, put

ALPHABET = "信用监管修复目录A1，。 \n"
texts = st.text(alphabet=ALPHABET, max_size=60)
TURNS = count()
words = st.text(alphabet="信用监管修复目录a1", min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("信用 修复", ["信用", "修复"]),
        ('"信用 修复"', ["信用修复"]),
        ("〔2024〕7号", ["20247号"]),
        ("ＡＢＣ abc", ["abc"]),
        ("信用。修复", ["信用", "修复"]),
        ("，。 !", []),
        ("", []),
    ],
)
def test_a_query_is_read_as_words_that_must_all_be_found(query: str, found: list[str]) -> None:
    assert search.words_of(query) == found


@given(texts, words)
def test_property_the_terms_of_a_text_hold_those_of_every_word_in_it(text: str, word: str) -> None:
    held = search.folded(text)
    if word in held and len(word) > 1:
        assert f" {' '.join(search.terms(word)[:-1])} " in f" {' '.join(search.terms(held))} "


@given(texts, words)
def test_property_spans_point_at_the_words(text: str, word: str) -> None:
    found = search.spans([word], text)
    assert bool(found) == (word in search.folded(text))
    for start, end in found:
        assert word in search.folded(text[start:end])


@given(st.text(max_size=80), st.text(max_size=10))
def test_property_any_text_can_be_searched_for_any_words(text: str, query: str) -> None:
    asked = search.words_of(query)
    shown, spans = search.snippet(asked, text)
    assert all(0 <= start < end <= len(shown) for start, end in spans)


def ids(store: Store, query: str, **more: object) -> set[str]:
    return {hit["id"] for hit in find(store, query, Filters(all_copies=True), **more)["hits"]}  # type: ignore[arg-type]


@pytest.fixture
def filled(store: Store) -> Store:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1", make_derived())
    put(
        store,
        run,
        "2",
        make_derived("海门县修复指引", ("信用。修复要分开理解，\n按月通报", "扩展区字𠀀𪚥与ＡＢＣ全角"), document_number=""),
    )
    return store


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("信", {"江口市2024年信用建设工作安排", "海门县修复指引"}),
        ("引", {"海门县修复指引"}),
        ("信用", {"江口市2024年信用建设工作安排", "海门县修复指引"}),
        ("信用修复", {"江口市2024年信用建设工作安排"}),
        ("企业信用修复", {"江口市2024年信用建设工作安排"}),
        ("推进企业信用修复一次办结缩短办理时间", {"江口市2024年信用建设工作安排"}),
        ("按月通报", {"江口市2024年信用建设工作安排", "海门县修复指引"}),
        ("按月 指引", {"海门县修复指引"}),
        ("𪚥", {"海门县修复指引"}),
        ("𠀀𪚥与abc", {"海门县修复指引"}),
        ("江信办[2024]7号", {"江口市2024年信用建设工作安排"}),
        ("没有的词", set()),
    ],
)
def test_words_of_every_length_are_found(filled: Store, query: str, titles: set[str]) -> None:
    found = find(filled, query, kind="document")
    assert {hit["title"] for hit in found["hits"]} == titles
    assert found["counts"]["document"] == len(titles)


def test_hits_are_marked_counted_and_those_in_titles_come_first(filled: Store) -> None:
    found = find(filled, "修复")
    assert found["counts"] == {"document": 2, "task": 2, "notice": 0}
    assert found["hits"][0]["title"] == "海门县修复指引"
    for hit in found["hits"]:
        assert hit["count"] >= 1
        assert hit["spans"]
        assert all(hit["snippet"][start:end] == "修复" for start, end in hit["spans"])


def test_a_new_version_takes_the_place_of_the_old_one_in_the_index(filled: Store) -> None:
    run = filled.begin_run("jiangkou", ["notices"], later(1))
    put(filled, run, "1", make_derived("江口市新版安排", ("只剩下一项全新内容",)), at=later(1))
    assert ids(filled, "企业信用修复") == set()
    assert len(ids(filled, "全新内容")) == 2


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, min_size=1, max_size=4), st.lists(words, min_size=1, max_size=2))
def test_property_a_search_finds_exactly_the_texts_that_hold_the_words(store: Store, found: list[str], asked: list[str]) -> None:
    site = f"s{next(TURNS)}"
    run = store.begin_run(site, ["notices"], AT)
    held = {}
    for n, text in enumerate(found):
        derived = make_derived("", (text,), document_number="", tasks=False)
        put(store, run, f"{n}", derived, site=site, title="")
        issuers = [agency.mention for agency in derived.metadata.issuers]
        held[f"https://{site}.example.cn/{n}.html"] = search.folded("\n\n".join(["", "", *issuers, derived.document.text]))
    store.end_run(run, "complete", "", {}, AT)
    truth = {url for url, text in held.items() if all(word in text for word in asked)}
    hits = find(store, " ".join(asked), Filters(site=site, all_copies=True))["hits"]
    assert {hit["url"] for hit in hits} == truth


def test_a_text_with_very_many_different_characters_is_found_whole(store: Store) -> None:
    # More different pairs than a PostgreSQL tsvector could hold.
    many = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(150_000))
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1", make_derived("大附件", (many, LINES[0]), tasks=False, signature=()))
    for start in (0, 74_000, 149_990):
        assert len(ids(store, many[start : start + 3])) == 1
    assert ids(store, many[10:13][::-1]) == ({next(iter(ids(store, "大附件")))} if many[10:13][::-1] in many else set())
