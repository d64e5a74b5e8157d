"""The same text in several places is one work, whatever the order in which its copies came; other texts stay apart."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from normalizers.text.fold import content_hash, fold
from storage import schema
from storage.dump import dump
from storage.identity import document_id
from storage.schema import documents, work_ties, works
from storage.store import Store
from storage.works import Facts, judge, similarity
from tests.storage.samples import AT, LINES, later, make_derived, make_signature, put

LONG = tuple(f"{line}，第{n}项由责任单位{n}于年内完成并形成书面材料{n * n}" for n in range(1, 12) for line in LINES)


def facts(title: str, text: str, *, number: str = "", name: str = "d1", family: str = "") -> Facts:
    return Facts(name, family or name, title, number, content_hash(text), make_signature(text), len(fold(text)))


def groups(store: Store) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    with store.reading() as connection:
        for work, site in connection.execute(select(documents.c.work_id, documents.c.site)):
            found.setdefault(work, set()).add(site)
    return {frozenset(group) for group in found.values()}


TEXT = "。".join(LONG)
DAMAGED = TEXT.replace("责任单位3", "责任单位参").replace("书面材料", "书面材", 2)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (facts("信用工作安排", TEXT), facts("完全另一个标题", TEXT, name="d2"), "content"),
        (facts("信用工作安排", TEXT, number="n1"), facts("信用工作安排（转载）", DAMAGED, number="n1", name="d2"), "number"),
        (facts("信用工作安排", TEXT), facts("信用 工作安排", DAMAGED, name="d2"), "title"),
        (facts("信用工作安排", TEXT), facts("转发一份材料", DAMAGED, name="d2"), "text"),
        (facts("", TEXT), facts("信用工作安排", DAMAGED, name="d2"), "text"),
        (facts("关于印发《信用工作安排》的通知", "短文" * 20), facts("《信用工作安排》", "短文" * 20, name="d2"), "content"),
        # different texts
        (facts("2023年工作安排", TEXT), facts("2024年工作安排", DAMAGED, name="d2"), None),
        (facts("工作安排", TEXT, number="n1"), facts("工作安排", DAMAGED, number="n2", name="d2"), None),
        (facts("关于甲公司修复的公示", LINES[0] * 2), facts("关于乙公司修复的公示", LINES[0] * 2, name="d2"), None),
        (facts("工作安排", TEXT), facts("工作安排", "。".join(LINES[:2]), name="d2"), None),
        (facts("工作安排", TEXT, number="n1"), facts("政策解读", "。".join(LINES[:2]), number="n1", name="d2"), None),
        (facts("", ""), facts("", "", name="d2"), None),
        (facts("", "详见附件" * 9), facts("", "详见附件" * 9, name="d2"), None),
        (facts("", LINES[0] * 3), facts("", LINES[0] * 3 + LINES[1] * 2, name="d2"), None),
        # an article and its annex
        (facts("工作安排", LINES[0] * 5, number="n1"), facts("工作安排", LINES[1] * 5, number="n1", name="d2", family="d1"), None),
        (facts("工作安排", TEXT, number="n1"), facts("附件", DAMAGED, number="n1", name="d2", family="d1"), "text"),
    ],
)
def test_two_texts_are_judged_by_themselves(one: Facts, other: Facts, reason: str | None) -> None:
    found = judge(one, other)
    assert (found.reason if found else None) == reason
    assert judge(other, one) == found


@given(st.text(alphabet="信用工作安排部署", min_size=40, max_size=200), st.text(alphabet="信用工作安排部署", min_size=40, max_size=200))
def test_property_similarity_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    a, b = make_signature(one), make_signature(other)
    assert 0 <= similarity(a, b) <= 1
    assert similarity(a, b) == similarity(b, a)
    assert similarity(a, a) == 1
    assert similarity(a, ()) == 0


COPIES = {
    "one": make_derived("江口市信用工作安排", LONG, document_number=""),
    "two": make_derived(
        "江口市信用工作安排", tuple(line.replace("年内", "年里") if n < 4 else line for n, line in enumerate(LONG)), document_number=""
    ),
    "three": make_derived("（转载）江口市信用工作安排", LONG[:-1], document_number=""),
    "other": make_derived("海门县宣传计划", tuple(f"{line}{n}" for n, line in enumerate(reversed(LINES))), document_number=""),
}


def test_works_do_not_depend_on_the_order_in_which_copies_come(store: Store) -> None:
    orders = list(permutations(COPIES))[::5]
    dumps = set()
    for order in orders:
        with store.writing() as connection:
            for table in reversed(schema.metadata.sorted_tables):
                connection.execute(delete(table))
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("INSERT INTO search_terms (search_terms) VALUES ('delete-all')")
        for site in order:
            put(store, store.begin_run(site, ["notices"], AT), "1", COPIES[site], site=site)
        assert groups(store) == {frozenset({"one", "two", "three"}), frozenset({"other"})}
        dumps.add("\n".join(dump(store)))
    assert len(dumps) == 1


def test_a_copy_that_becomes_another_text_leaves_its_work(store: Store) -> None:
    for site in ("one", "two"):
        put(store, store.begin_run(site, ["notices"], AT), "1", COPIES["one"], site=site)
    assert groups(store) == {frozenset({"one", "two"})}
    with store.reading() as connection:
        tie = connection.execute(select(work_ties)).one()
        assert (tie.reason, tie.score) == ("content", 1.0)
        assert connection.execute(select(works.c.reason)).scalars().all() == ["content"]
    put(store, store.begin_run("two", ["notices"], later(1)), "1", COPIES["other"], site="two", at=later(1))
    assert groups(store) == {frozenset({"one"}), frozenset({"two"})}
    with store.reading() as connection:
        assert (
            connection.execute(select(works.c.id)).scalars().all().sort() == [f"w{document_id(s, '1')[1:]}" for s in ("one", "two")].sort()
        )
        assert connection.execute(select(works.c.reason)).scalars().all() == ["single", "single"]
        assert connection.execute(select(work_ties)).all() == []
