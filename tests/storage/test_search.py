"""A search finds what stands in the text, for words of every length, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from normalizers.records import AgencyKind
from storage import highlights, search, search_plans, search_sqlite, search_terms, searching
from storage.errors import StoreError
from storage.paging import WrongCursor
from storage.queries import documents as documents_of
from storage.queries import search as find
from storage.queries import tasks
from storage.records import AgencyName, AgencyRow
from storage.schema import documents
from storage.selection import Filters
from storage.store import Store
from tests.shared import tries
from tests.storage.conftest import filled_once
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
        assert f" {' '.join(search_terms.terms(word)[:-1])} " in f" {' '.join(search_terms.terms(held))} "


def test_a_snippet_begins_at_the_first_hit_wherever_in_a_long_text_and_across_a_line_of_blanks() -> None:
    for before in (0, 1, 509, 510, 511, 512, 513, 2000):
        shown = "监" * before + "信\n \n用，修复" + "管" * 900
        for words in (["信用"], ["修复", "信用"], ["信用修复", "用"]):
            piece, spans = highlights.snippet(words, shown, 10)
            start = max(0, before - 10)
            assert piece == shown[start : before + 10]
            assert spans[0][0] + start == before


def test_a_word_whose_letters_a_leader_parts_is_marked_whole() -> None:
    assert highlights.snippet(["信用"], "信" + "…" * 80 + "用") == ("信" + "…" * 80 + "用", [(0, 82)])
    assert highlights.snippet(["责任单位"], "目目目目目责任" + "-" * 90 + "单位")[1] == [(5, 99)]


@given(texts, words)
def test_property_spans_point_at_the_words(text: str, word: str) -> None:
    found = highlights.spans([word], text)
    assert bool(found) == (word in search.folded(text))
    for start, end in found:
        assert word in search.folded(text[start:end])


@given(st.text(max_size=80), st.text(max_size=10))
def test_property_any_text_can_be_searched_for_any_words(text: str, query: str) -> None:
    asked = search.words_of(query)
    shown, spans = highlights.snippet(asked, text)
    assert all(0 <= start < end <= len(shown) for start, end in spans)


def ids(store: Store, query: str, **more: object) -> set[str]:
    return {hit["id"] for hit in find(store, query, Filters(all_copies=True), **more)["hits"]}  # type: ignore[arg-type]


def fill(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "1", make_derived())
    put(
        store,
        run,
        "2",
        make_derived("海门县修复指引", ("信用。修复要分开理解，\n按月通报", "扩展区字𠀀𪚥与ＡＢＣ全角"), document_number=""),
    )


filled = filled_once(fill)


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


def test_words_of_former_versions_are_found_in_every_spelling(filled: Store) -> None:
    run = filled.begin_run("jiangkou", ["notices"], later(2))
    put(filled, run, "1", make_derived("江口市新版安排", ("只剩下一项全新内容",)), at=later(2))
    for asked in (Filters(known_at=later(1), words="企業信用修復"), Filters(known_at=later(1), words="江信办(2024)第007号")):
        plain = "企业信用修复" if "企" in asked.words else "江信办20247号"
        assert tasks(filled, asked) == tasks(filled, replace(asked, words=plain))
        assert len(documents_of(filled, asked)) == 1
        assert documents_of(filled, asked) == documents_of(filled, replace(asked, words=plain))
    assert len(tasks(filled, Filters(known_at=later(1), words="企業信用修復"))) == 1


@settings(max_examples=tries(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_hits_in_titles_come_first_then_the_newest_and_pages_follow_each_other(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    for n in range(9):
        title = "海门县修复指引" if n % 4 == 0 else f"江口市第{n}次会议纪要"
        line = f"第{n}项：企业信用修复要按时办结，其余事项{n}另行通知各有关单位。" * 2
        derived = make_derived(title, (line,), document_number="", published_on=date(2024, 1, n + 1))
        put(store, run, str(n), derived)
    whole = find(store, "修复", Filters(all_copies=True))["hits"]
    named = [hit for hit in whole if hit["title_spans"] and hit["kind"] == "document"]
    assert whole[: len(named)] == named
    assert len(named) == 3
    for part in (whole[: len(named)], whole[len(named) :]):
        assert [hit["place"] for hit in part] == sorted((hit["place"] for hit in part), reverse=True)
    after, paged = "", []
    while True:
        found = find(store, "修复", Filters(all_copies=True, limit=4), after=after)
        paged += found["hits"]
        assert found["counts"] == find(store, "修复", Filters(all_copies=True))["counts"]
        if not (after := found["next"]):
            break
    assert paged == whole
    with pytest.raises(WrongCursor):
        find(store, "修复", Filters(limit=4), after=find(store, "修复", Filters(all_copies=True, limit=4))["next"])


def test_a_search_keeps_to_site_region_kind_and_days(filled: Store) -> None:
    other = filled.begin_run("haimen", ["notices"], AT)
    put(filled, other, "9", make_derived("海门县信用修复办法", ("修复信用要公开办理。",), document_number=""), site="haimen")
    everything = ids(filled, "修复")
    assert ids_of(filled, Filters(site="haimen")) | ids_of(filled, Filters(site="jiangkou")) == everything
    assert ids_of(filled, Filters(site="haimen")) < everything
    assert ids_of(filled, Filters(region="310000")) | ids_of(filled, Filters(region="330000")) <= everything
    assert ids_of(filled, Filters(kind="other")) | ids_of(filled, Filters(kind="measures")) <= everything
    hit = find(filled, "修复", Filters(limit=1))["hits"][0]
    day = hit["published_on"]
    assert ids(filled, "修复", since=day, until=day)
    assert not ids(filled, "修复", since=day + timedelta(days=1000))
    one = ids_of(filled, Filters(document=hit["document"]))
    assert one == {each["id"] for each in find(filled, "修复", Filters(all_copies=True))["hits"] if each["document"] == hit["document"]}


def ids_of(store: Store, filters: Filters) -> set[str]:
    return {hit["id"] for hit in find(store, "修复", replace(filters, all_copies=True))["hits"]}


def test_what_is_hidden_or_another_copy_is_found_only_where_it_is_asked_for(filled: Store) -> None:
    text = make_derived()
    put(filled, filled.begin_run("linjiang", ["notices"], AT), "7", text, site="linjiang")
    once = find(filled, "企业信用修复", kind="document")
    assert once["counts"]["document"] == 1
    both = find(filled, "企业信用修复", Filters(all_copies=True), kind="document")
    assert both["counts"]["document"] == len(both["hits"]) == 2
    assert find(filled, "企业信用修复", Filters(site="linjiang"))["counts"]["document"] == 1
    gone = once["hits"][0]["document"]
    with filled.writing() as connection:
        connection.execute(update(documents).where(documents.c.id == gone).values(state="withdrawn"))
    left = find(filled, "企业信用修复", kind="document")["hits"]
    assert [hit["document"] for hit in left] == [hit["document"] for hit in both["hits"] if hit["document"] != gone]
    assert find(filled, "企业信用修复", Filters(all_copies=True))["counts"]["document"] == 1
    assert find(filled, "企业信用修复", Filters(document=gone))["counts"]["document"] == 1


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("企業信用修復", "企业信用修复"),
        ("海門縣", "海门县"),
        ("信用修復", "信用修复"),
        ("江信辦〔2024〕第７號", "江信办2024"),
        ("江信办(2024)007号", "江信办2024"),
    ],
)
def test_traditional_characters_and_any_spelling_of_a_number_are_found(filled: Store, typed: str, stored: str) -> None:
    assert ids(filled, typed) == ids(filled, stored) != set()


def test_a_place_name_that_simplified_text_writes_so_is_not_converted(store: Store) -> None:
    put(
        store,
        store.begin_run("jiangkou", ["notices"], AT),
        "1",
        make_derived("若干县区通报", ("若干县区已按期办结各项事务。",), tasks=False),
    )
    assert ids(store, "乾县") == set()
    assert len(ids(store, "干县")) == 1


def make_body(identifier: str, *names: str, contexts: tuple[str, ...] = (), successor: str = "") -> AgencyRow:
    kinds = ["canonical", *["alias"] * (len(names) - 1), *["context-alias"] * len(contexts)]
    found = tuple(AgencyName(name, kind) for name, kind in zip((*names, *contexts), kinds, strict=True))
    return AgencyRow(identifier, names[0], AgencyKind.AGENCY, names=found, successor=successor)


BODIES = [
    make_body("a1", "江口市发展和改革委员会", "江口市发展改革委", "江口市发改委", contexts=("市发改委",)),
    make_body("a2", "海门市发展和改革委员会", "海门市发改委", contexts=("市发改委",)),
    make_body("a3", "江口市计划经济委员会", "江口市计经委", successor="a1"),
]


def test_a_body_is_found_by_its_other_names_and_by_those_before_and_after_it(store: Store) -> None:
    store.load_agencies(BODIES)
    run = store.begin_run("jiangkou", ["notices"], AT)
    lines = ("由江口市发展改革委牵头办理。", "由江口市计经委汇总上报。", "由海门市发展和改革委员会负责。", "由市发改委牵头。")
    for key, line in enumerate(lines, 1):
        derived = make_derived(f"第{key}号会议纪要", (line * 2,), document_number=f"纪〔2024〕{key}号", tasks=False)
        put(store, run, str(key), derived)

    def found(words: str, *, exact: bool = False) -> set[str]:
        return {hit["title"][1] for hit in find(store, words, Filters(all_copies=True), exact=exact)["hits"]}

    assert found("江口市发改委") == {"1", "2"}
    assert found("江口市计经委") == {"1", "2"}
    assert found("市发改委") >= {"1", "3", "4"}
    assert found("市发改委", exact=True) == found('"市发改委"') == found("“市发改委”") == {"4"}
    answer = find(store, "江口市发改委 牵头")
    assert answer["words"] == ["江口市发改委", "牵头"]
    assert "江口市发展改革委" in answer["expanded"]["江口市发改委"]
    assert all(hit["spans"] for hit in answer["hits"])
    assert find(store, "牵头")["expanded"] == {}


def test_too_long_a_question_is_refused_with_a_sentence(store: Store) -> None:
    with pytest.raises(StoreError, match="200 letters"):
        find(store, "".join(chr(0x4E00 + n) for n in range(201)))


def test_a_count_that_was_bounded_says_so_and_is_never_too_high(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = find(filled, "按月通报")
    assert exact["counts"]["document"] == 2
    assert not any(exact["at_least"].values())
    for dialect in search_plans.most_counted:
        monkeypatch.setitem(search_plans.most_counted, dialect, 1)
    monkeypatch.setattr(search_sqlite, "RARE", 0)  # which few entries hold words is told whatever the bound
    bounded = find(filled, "按月通报")
    for kind, held in exact["counts"].items():
        assert bounded["counts"][kind] <= held
        assert bounded["at_least"][kind] == (held > 1)
    assert bounded["hits"] == exact["hits"]


def test_in_a_document_that_is_not_there_nothing_is_found_or_counted(filled: Store) -> None:
    for words in ("信用", "按月通报"):
        answer = find(filled, words, Filters(document="dzzzzzzzzzzz"))
        assert (answer["hits"], set(answer["counts"].values())) == ([], {0})


def test_words_in_very_many_entries_are_counted_among_the_newest_and_told_so(
    store: Store, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "sqlite":
        pytest.skip("SQLite's index gives entries one by one: common words cost no more")
    fill(store)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    exact, page = find(store, "信用"), tasks(store, Filters(words="信用"))
    with store.reading() as connection:
        entries = connection.exec_driver_sql("SELECT reltuples FROM pg_class WHERE relname = 'search_task_entries'").scalar_one()
        for name in ("_LARGE", "_DRAWN"):
            monkeypatch.setattr(search_plans, name, int(entries))
        assert searching.about_tasks(connection, "信用") == exact["counts"]["task"], "all are drawn"
        assert searching.about_tasks(connection, "无此一词") == 0
    monkeypatch.setattr(search_plans, "_PLAINLY", 0)
    monkeypatch.setattr(search_plans, "_NEXT", 1)
    assert find(store, "信用") == exact, "few of the newest hold them, so that the index is asked"
    monkeypatch.setattr(search_plans, "DENSE", 1)
    bounded = find(store, "信用")
    assert bounded["at_least"]["task"]
    assert bounded["counts"]["task"] == 1 < exact["counts"]["task"]
    assert bounded["hits"] == exact["hits"]
    assert tasks(store, Filters(words="信用")) == page


def test_a_search_leaves_the_plans_of_what_else_is_asked_in_its_moment_as_they_were(store: Store) -> None:
    fill(store)
    with store.moment() as connection:
        assert find(store, "信用")["hits"]
        assert tasks(store, Filters(words="信用"))
        if connection.dialect.name == "postgresql":
            changed = "SELECT name FROM pg_settings WHERE category LIKE 'Query Tuning%%' AND setting <> reset_val"
            assert connection.exec_driver_sql(changed).all() == []
