"""The same text in several places is one work, whatever the order in which its copies came; other texts stay apart."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import TextClause, delete, func, select, text

from normalizers.derive import derive
from normalizers.records import Hints
from normalizers.text.fold import content_hash, fold
from storage import moves, pairing, schema
from storage.dump import dump
from storage.identity import document_id
from storage.keys_of_texts import subjects_of
from storage.pairing import Facts, similarity
from storage.schema import documents, work_ties, works
from storage.store import Store
from storage.works import Tie, judge
from tests.storage.samples import AT, LINES, later, make_derived, make_signature, put

LONG = tuple(f"{line}，第{n}项由责任单位{n}于年内完成并形成书面材料{n * n}" for n in range(1, 12) for line in LINES)


signature_of = cache(make_signature)


def facts(title: str, text: str, *, number: str = "", name: str = "d1", family: str = "") -> Facts:
    return Facts(name, family or name, title, number, content_hash(text), signature_of(text), len(fold(text)))


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


def clear(store: Store) -> None:
    with store.writing() as connection:
        for table in reversed(schema.metadata.sorted_tables):
            connection.execute(delete(table))
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("INSERT INTO search_document_terms (search_document_terms) VALUES ('delete-all')")
            connection.exec_driver_sql("INSERT INTO search_task_terms (search_task_terms) VALUES ('delete-all')")


def test_works_do_not_depend_on_the_order_in_which_copies_come(store: Store) -> None:
    orders = list(permutations(COPIES))[:: 1 if os.environ.get("HARVESTER_SOAK") else 9]
    dumps = set()
    for order in orders:
        clear(store)
        for site in order:
            put(store, store.begin_run(site, ["notices"], AT), "1", COPIES[site], site=site)
        assert groups(store) == {frozenset({"one", "two", "three"}), frozenset({"other"})}
        dumps.add("\n".join(dump(store)))
    assert len(dumps) == 1


FORM = "。".join(f"经查，当事人的申报材料第{n}项与实际不符，依照有关规定责令其在{n + 3}日内改正，并书面报告改正情况" for n in range(60))


def filled(firm: str, title: str, *, day: int = 1, name: str = "d1", **more: Any) -> Facts:
    text = f"当事人：{firm}，住所地江口市。{FORM}。{firm}应当按期改正。"
    return replace(facts(title.format(firm), text, name=name), subjects=frozenset(subjects_of(text)), days=(date(2024, 5, day),), **more)


FIRMS = ("江口市甲乙丙贸易有限公司", "江口市东南西科技有限公司")


@pytest.mark.parametrize("title", ["关于{}信用修复的公示", "改正通知书", "{}", ""])
def test_the_forms_of_two_firms_are_never_one_text_and_the_reprint_of_one_is(title: str) -> None:
    mine, other, reprint = filled(FIRMS[0], title), filled(FIRMS[1], title, name="d2"), filled(FIRMS[0], title, name="d3", day=9)
    assert similarity(mine.signature, other.signature) >= 0.8
    assert judge(mine, other) is judge(other, mine) is None
    assert judge(mine, reprint) == Tie("content", 1.0)
    unnamed = [replace(each, subjects=frozenset()) for each in (mine, other)]
    if title == "关于{}信用修复的公示":
        assert judge(*unnamed) is None
        assert judge(unnamed[0], replace(unnamed[1], content_hash=mine.content_hash)) is None


def test_a_form_under_one_title_is_another_text_on_another_day() -> None:
    text = "。".join(LINES)
    page = replace(facts("失信主体公示", text * 3, name="d1"), kind="announcement", days=(date(2024, 5, 1),))
    later_page = replace(page, id="d2", family="d2", content_hash="0" * 64, days=(date(2024, 6, 1),))
    half = replace(later_page, signature=tuple(v + (n % 3 == 0) for n, v in enumerate(page.signature)))
    assert similarity(page.signature, half.signature) < 0.8
    assert judge(page, half) is None
    assert judge(page, replace(half, days=page.days)) == Tie("title", similarity(page.signature, half.signature))
    assert judge(replace(page, kind="plan"), half) is not None
    note = replace(facts("失信主体公示", "详见附件，特此公示" * 3), days=(date(2024, 5, 1),))
    assert judge(note, replace(note, id="d2", family="d2", days=(date(2024, 5, 8),))) is None
    assert judge(note, replace(note, id="d2", family="d2")) == Tie("content", 1.0)


@pytest.mark.parametrize(
    ("title", "other", "tied"),
    [
        ("江口市信用工作安排", "江口市信用工作安排（征求意见稿）", False),
        ("江口市信用工作安排", "《江口市信用工作安排》解读", False),
        ("江口市信用行动方案", "江口市信用行动方案任务分工表", False),
        ("江口市信用行动方案（2018-2020年）", "江口市信用行动方案（2021-2023年）", False),
        ("关于印发《江口市信用行动方案》的通知", "江口市信用行动方案", True),
        ("转载：江口市信用行动方案", "江口市信用行动方案", True),
        ("江口市信用行动方衆", "江口市信用行动方案", True),
        ("", "江口市信用行动方案", True),
    ],
)
def test_a_near_copy_is_one_text_unless_its_title_says_that_it_is_another(title: str, other: str, *, tied: bool) -> None:
    mine, near = replace(facts(title, TEXT), kind="plan"), replace(facts(other, DAMAGED, name="d2"), kind="plan")
    assert (judge(mine, near) is not None) == tied


@given(
    st.lists(
        st.tuples(st.text("关于甲乙丙公司修复公示征求意见稿2019年", max_size=12), st.sampled_from(["", "n1", "n2"]), st.booleans()),
        min_size=2,
        max_size=2,
    )
)
def test_property_a_judgement_does_not_depend_on_which_of_the_two_comes_first(pair: list[tuple[str, str, bool]]) -> None:
    one, other = (
        replace(facts(title, TEXT if same else DAMAGED, number=number, name=f"d{n}"), days=(date(2024, 1, n + 1),))
        for n, (title, number, same) in enumerate(pair)
    )
    assert judge(one, other) == judge(other, one)


SIMPLE = """江口市信用建设工作安排
为推进信用建设，现就全年工作作如下安排。
一、健全制度
1.编制公共信用信息目录，按季度更新并向社会公布。（责任单位：市发展改革委）
2.建立行业信用监测台账，按月通报异常情况。（责任单位：市市场监管局）
二、优化服务
3.推进企业信用修复一次办结，缩短办理时间，为企业提供方便。（责任单位：市司法局）
4.开展诚信主题宣传活动，覆盖全部街道，营造守信氛围。（责任单位：市委宣传部）
各单位应当于每季度末报送进展情况，由牵头单位汇总后向社会公开，接受各方面监督。"""
TRADITIONAL = """江口市信用建設工作安排
爲推進信用建設，現就全年工作作如下安排。
一、健全制度
1.編制公共信用信息目錄，按季度更新並向社會公布。（責任單位：市發展改革委）
2.建立行業信用監測臺賬，按月通報異常情況。（責任單位：市市場監管局）
二、優化服務
3.推進企業信用修復一次辦結，縮短辦理時間，爲企業提供方便。（責任單位：市司法局）
4.開展誠信主題宣傳活動，覆蓋全部街道，營造守信氛圍。（責任單位：市委宣傳部）
各單位應當於每季度末報送進展情況，由牽頭單位匯總後向社會公開，接受各方面監督。"""


def page(text: str, before: str = "") -> bytes:
    title, *lines = text.split("\n")
    body = "".join(f"<p>{line}</p>" for line in (*([before] if before else []), *lines))
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div>{body}</div></body></html>".encode()


def test_copies_in_the_other_script_reprints_and_the_page_of_an_annex_are_one_work(store: Store) -> None:
    found = {
        "page": derive(page(SIMPLE), Hints(media_type="text/html")),
        "annex": derive(SIMPLE.encode(), Hints(file_name="安排.txt")),
        "script": derive(page(TRADITIONAL), Hints(media_type="text/html")),
        "reprint": derive(page(SIMPLE.replace("安排\n", "安排（转载）\n", 1), "来源：江口信用网"), Hints(media_type="text/html")),
        "other": derive(
            page(SIMPLE.replace("目录", "清单").replace("江口市信用建设", "海门县宣传文化")[:200]), Hints(media_type="text/html")
        ),
    }
    for site, derived in found.items():
        more: dict[str, Any] = {"kind": "attachment", "parent_key": "1"} if site == "annex" else {}
        run = store.begin_run("page" if site == "annex" else site, ["notices"], AT)
        put(store, run, "2" if site == "annex" else "1", derived, site="page" if site == "annex" else site, **more)
    assert groups(store) == {frozenset({"page", "script", "reprint"}), frozenset({"other"})}
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(works)).scalar_one() == 2


def test_a_page_filled_in_more_often_than_a_key_holds_is_no_work_whatever_comes_last(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "MOST", 3)
    sites = [f"site{n}" for n in range(5)]
    orders = (sites, sites[::-1])
    dumps = set()
    for order in orders:
        clear(store)
        for n, site in enumerate(order, start=1):
            put(store, store.begin_run(site, ["notices"], AT), "1", COPIES["one"], site=site)
            assert len(groups(store)) == (1 if n <= 3 else n)
        put(store, store.begin_run("site2", ["notices"], later(1)), "1", COPIES["other"], site="site2", at=later(1))
        assert len(groups(store)) == 5
        put(store, store.begin_run("site3", ["notices"], later(2)), "1", COPIES["other"], site="site3", at=later(2))
        assert groups(store) == {frozenset({"site0", "site1", "site4"}), frozenset({"site2", "site3"})}
        dumps.add("\n".join(line for line in dump(store) if '"table":"change"' not in line))
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
        assert sorted(connection.execute(select(works.c.id)).scalars()) == sorted(f"w{document_id(s, '1')[1:]}" for s in ("one", "two"))
        assert connection.execute(select(works.c.reason)).scalars().all() == ["single", "single"]
        assert connection.execute(select(work_ties)).all() == []


@pytest.mark.parametrize("question", [pairing._annexes, pairing._family, moves._led])
def test_what_next_to_no_document_has_is_looked_up_whatever_the_statistics_say(store: Store, question: Callable[[str], TextClause]) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's statistics know of values that are missing")
    run = store.begin_run("jiangkou", ["notices"], AT)
    for n in range(8):
        put(store, run, str(n), make_derived(f"第{n}号安排"))
    with store.writing() as connection:
        connection.execute(text("ANALYZE"))
    with store.reading() as connection:
        plan = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {question('sqlite')}"), {"document": "d1"})]
    assert plan
    assert not [step for step in plan if step.startswith("SCAN")]
