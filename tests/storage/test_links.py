"""Drafts, editions and divisions of tasks are linked to what they belong to, and nothing else is; moved pages are found either way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from normalizers.records import Derived, DocumentKind, Reference, Relation, Span
from storage.change_schema import changes, document_links
from storage.dump import dump
from storage.engine import rows
from storage.identity import document_id, text_key
from storage.links import REASONS, judge
from storage.pairing import Facts
from storage.schema import documents
from storage.snapshots import replay, snapshot
from storage.store import Store
from storage.titles import read_title
from tests.storage.samples import AT, LINES, later, make_derived, put
from tests.storage.test_works import clear, signature_of

LONG = tuple(f"{line}，由责任单位{n}于年内办结" for n in range(12) for line in LINES)


def facts(title: str, **more: Any) -> Facts:
    named: dict[str, Any] = {"id": "d1", "place": "310000", "site": "a", "issuers": frozenset({"x"}), "days": (date(2024, 3, 1),)}
    named |= {"number_key": "", "content_hash": title, "signature": signature_of(title * 9), "length": 900} | more
    return Facts(title=title, **({"family": named["id"]} | named))


def linked(one: Facts, other: Facts) -> tuple[str, bool, str] | None:
    """Return relation, whether the first is the final, and reason; and make sure that the order does not matter."""
    other = replace(other, id="d2", family="d2" if other.family == other.id else other.family)
    found = judge(one, other)
    assert judge(other, one) == found
    if found is None:
        return None
    assert 0 < found.score <= 1
    assert found.reason in REASONS
    return found.relation, found.document == "d1", found.reason


PLAN = "江口市信用建设行动计划（2023—2025年）"
DRAFT, EDITION, IN_TITLE = "title without the draft's mark", "title without its year", "its title stands in the other's"
BEFORE = (date(2023, 11, 5),)


@pytest.mark.parametrize(
    ("title", "other", "found"),
    [
        ("江口市信用管理办法", "江口市信用管理办法（征求意见稿）", ("draft", True, DRAFT)),
        ("江口市信用管理暂行办法", "关于公开征求《江口市信用管理办法（送审稿）》意见的公告", ("draft", True, DRAFT)),
        ("关于印发《江口市信用管理办法》的通知", "江口市信用管理办法(修订草案)", ("draft", True, DRAFT)),
        ("江口市人民政府关于推行信用承诺的实施意见", "《关于推行信用承诺的实施意见（征求意见稿）》公开征求意见", ("draft", True, DRAFT)),
        (PLAN, "江口市信用建设行动计划(2023-2025年)(讨论稿)", ("draft", True, DRAFT)),
        (PLAN, "江口市信用建设行动计划(2026-2028年)(讨论稿)", None),
        ("《江口市信用管理办法》解读", "江口市信用管理办法（征求意见稿）", None),
        ("江口市信用管理办法", "《江口市信用管理办法》征求意见采纳情况", None),
        ("海门市信用管理办法", "江口市信用管理办法（征求意见稿）", None),
        # editions
        ("江口市2018年信用工作要点", "2014年江口市信用工作要点", ("edition", True, EDITION)),
        ("关于印发《江口市信用建设行动计划（2026-28年）》的通知", PLAN, ("edition", True, EDITION)),
        ("江口市“十四五”信用规划", "江口市信用“十三五”规划", ("edition", True, EDITION)),
        ("江口市第三轮信用建设三年行动计划", "江口市第二轮信用建设三年行动计划", ("edition", True, EDITION)),
        ("二〇二五年江口市信用工作要点", "江口市2024年度信用工作要点", ("edition", True, EDITION)),
        ("江口市公共信用信息目录（2024年版）", "江口市公共信用信息目录（2023年版）", ("edition", True, EDITION)),
        ("江口市2024年信用工作要点", "江口市2024年信用工作要点", None),
        ("江口市2024年第三批守信名单", "江口市2023年第三批守信名单", None),
        ("江口市2024年信用工作动态", "江口市2023年信用工作动态", None),
        ("江口市2024年第一季度信用工作要点", "江口市2023年第一季度信用工作要点", None),
        ("江口市信用建设行动计划（2024年）", PLAN, None),
        ("江口市2025年信用工作要点（征求意见稿）", "江口市2024年信用工作要点", None),
        # divisions of tasks
        (PLAN + "2024年重点工作责任分工表", PLAN, ("division", True, IN_TITLE)),
        ("附件2：" + PLAN + "任务分解表", f"关于印发《{PLAN}》的通知", ("division", True, IN_TITLE)),
        (f"关于印发《{PLAN}》重点任务分工方案的通知", PLAN, ("division", True, IN_TITLE)),
        (f"关于印发贯彻落实《{PLAN}》任务分工的通知", PLAN, ("division", True, IN_TITLE)),
        (PLAN + "2026年重点工作责任分工表", PLAN, None),
        (f"关于印发《{PLAN}任务分解表》的通知（江信办〔2024〕3号）", PLAN, ("division", True, IN_TITLE)),
        ("关于印发《江口市2023年〈信用建设行动计划〉任务分工》的通知", "信用建设行动计划", ("division", True, IN_TITLE)),
        (f"转发《办公室关于印发〈{PLAN}〉的通知》", PLAN.replace("2023—2025", "2020—2022"), ("edition", True, EDITION)),
        ("江口市2024年信用工作要点任务分解表", "江口市2023年信用工作要点", None),
        ("江口市2024年信用工作要点任务分解表", "江口市2024年信用工作要点", ("division", True, IN_TITLE)),
        (PLAN + "2024年任务分工表", PLAN + "2023年任务分工表", ("edition", True, EDITION)),
        ("江口市档案局权力清单和责任清单", "江口市档案局", None),
        (PLAN + "任务分工表", "关于印发《江口市信用建设行动计划》和重点任务分工的通知", ("division", True, IN_TITLE)),
        ("江口市重点任务分工方案", PLAN, None),
    ],
)
def test_titles_tell_how_two_texts_stand_to_each_other(title: str, other: str, found: tuple[str, bool, str] | None) -> None:
    assert linked(facts(title), facts(other, days=BEFORE)) == found


def test_a_draft_comes_before_its_final_and_not_long_before() -> None:
    final = facts("江口市信用管理办法")
    for day, relation in ((date(2024, 6, 1), None), (date(2024, 3, 1), "draft"), (date(2021, 5, 1), "draft"), (date(2014, 5, 1), None)):
        found = linked(final, facts("江口市信用管理办法（征求意见稿）", days=(day,)))
        assert (found[0] if found else None) == relation
    assert linked(final, facts("江口市信用管理办法（征求意见稿）", days=())) is not None


def test_an_annex_of_a_notice_that_asks_for_opinions_is_a_draft() -> None:
    draft = facts("江口市信用管理办法", id="d2", family="d9", parent_title="关于公开征求《江口市信用管理办法》意见的公告", days=BEFORE)
    assert linked(facts("江口市信用管理办法"), draft) == ("draft", True, DRAFT)


@pytest.mark.parametrize(
    ("name", "one", "other", "found"),
    [
        ("2024年工作要点", {"x"}, {"y"}, False),
        ("2024年工作要点", {"x"}, {"x", "y"}, True),
        ("2024年工作要点", set(), {"y"}, False),
        ("江口市2024年信用工作要点", set(), {"y"}, True),
        ("江口市2024年社会信用体系建设工作要点", {"x"}, {"y"}, True),
        ("2024年社会信用体系建设工作要点", {"x"}, {"y"}, False),
    ],
)
def test_editions_need_one_body_or_a_name_that_only_one_can_have(name: str, one: set[str], other: set[str], *, found: bool) -> None:
    mine, before = facts(name, issuers=frozenset(one)), facts(name.replace("2024", "2023"), issuers=frozenset(other))
    assert (linked(mine, before) is not None) == found


def test_editions_without_a_year_in_the_title_go_by_the_period_of_the_plan() -> None:
    mine = facts("信用工作要点", plan=(2024, 2024))
    assert linked(mine, facts("信用工作要点", plan=(2023, 2023))) == ("edition", True, "same title in another year")
    assert linked(mine, facts("信用工作要点", plan=(2024, 2024))) is None
    assert linked(mine, facts("信用工作要点", plan=(2023, 2023), issuers=frozenset({"y"}))) is None


def test_a_division_is_found_by_number_by_notice_and_by_what_it_names_first() -> None:
    table = facts("2024年重点任务分解表")
    plan = facts(PLAN, number_key="n7")
    assert linked(table, plan) is None
    assert linked(replace(table, cited=frozenset({"nn7"})), plan) == ("division", True, "names its number")
    cited = frozenset({"t" + text_key(read_title(PLAN).names[0].stem)})
    assert linked(replace(table, cited=cited), plan) == ("division", True, "names it in 《》")
    assert linked(replace(table, cited=cited), replace(plan, place="330000")) is None
    assert linked(replace(table, cited=cited, place="310115"), plan) is not None
    assert linked(replace(table, cited=cited), replace(plan, place="100000")) is not None
    annexed = linked(replace(table, family="d2"), plan)
    assert annexed == ("division", True, "annexed to the same notice")
    assert linked(replace(table, family="d2"), facts("关于召开信用工作会议的通知")) is None


@given(st.text(max_size=400), st.text(alphabet="《》〈〉（）()关于印发的通知征求意见稿分工表第轮年12—- 十四五", max_size=400))
def test_property_any_title_is_read_and_reads_the_same_without_blanks(one: str, other: str) -> None:
    for title in (one, other, one + other):
        found = read_title(title)
        assert len(found.names) <= 4
        assert all(name.stem for name in found.names)
        assert read_title(" ".join(title.split())) == read_title("".join(title.split())) or len(title) > 290


TITLES = (
    PLAN,
    PLAN + "（征求意见稿）",
    PLAN + "任务分解表",
    "2024年重点任务分解表",
    "江口市2023年信用工作要点",
    "江口市信用工作要点",
    "通知",
    "",
)


@given(st.sampled_from(TITLES), st.sampled_from(TITLES), st.sampled_from(["310000", "330000", "a"]), st.sampled_from(["", "n1", "n2"]))
def test_property_a_link_does_not_depend_on_which_of_the_two_comes_first(title: str, other: str, place: str, number: str) -> None:
    linked(facts(title, number_key="n1"), facts(other, place=place, number_key=number, days=BEFORE))


# --- the store ---------------------------------------------------------------------------------------------------------


def paper(title: str, *, on: date = date(2024, 3, 5), lines: tuple[str, ...] = LONG, number: str = "", **more: Any) -> Derived:
    made = make_derived(title, lines, document_number=number, published_on=on)
    return replace(made, metadata=replace(made.metadata, issued_on=on, **more))


def links_of(connection: Connection) -> set[tuple[str, str, str]]:
    places = {row.id: row.key for row in connection.execute(select(documents.c.id, documents.c.key))}
    return {(places[row.document_id], places[row.other_id], row.relation) for row in connection.execute(select(document_links))}


def stored_links(store: Store) -> set[tuple[str, str, str]]:
    with store.reading() as connection:
        return links_of(connection)


def told(store: Store, *entities: str) -> list[tuple[str, str, str]]:
    with store.reading() as connection:
        query = select(changes.c.kind, changes.c.entity_id, changes.c.cause).where(changes.c.entity.in_(entities)).order_by(changes.c.seq)
        return [tuple(row) for row in connection.execute(query)]


NOTICE = Reference(PLAN, "江信办〔2023〕1号", Relation.BASIS, Span(0, 4))
PAPERS: Mapping[str, Derived] = {
    "draft": paper(PLAN + "（征求意见稿）", on=date(2022, 12, 1), lines=LONG[:-4]),
    "final": paper(PLAN, on=date(2023, 3, 1), number="江信办〔2023〕1号"),
    "next": paper(PLAN.replace("2023—2025", "2026—2028"), on=date(2026, 3, 1), lines=LONG[::-1]),
    "table": paper(PLAN + "2024年任务分解表", lines=LONG[:9]),
    "list": paper("2024年重点任务分解表", lines=LONG[5:15], references=(NOTICE,)),
    "news": paper(f"《{PLAN}》解读", lines=LONG[:3]),
}
TRUTH = {("final", "draft", "draft"), ("next", "final", "edition"), ("table", "final", "division"), ("list", "final", "division")}


def test_links_do_not_depend_on_the_order_in_which_papers_come(store: Store) -> None:
    dumps = set()
    for order in list(permutations(PAPERS))[::290]:
        clear(store)
        run = store.begin_run("jiangkou", ["notices"], AT)
        for key in order:
            put(store, run, key, PAPERS[key])
        assert stored_links(store) == TRUTH
        dumps.add("\n".join(line for line in dump(store) if '"table":"link"' in line or '"table":"work"' in line))
        with store.reading() as connection:
            assert len(set(connection.execute(select(documents.c.work_id)).scalars())) == len(PAPERS)
    assert len(dumps) == 1


def test_every_link_that_comes_and_goes_is_told_once_and_the_feed_replays(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "final", PAPERS["final"])
    first = list(snapshot(store))
    put(store, run, "draft", PAPERS["draft"])
    link = f"{document_id('jiangkou', 'final')}>{document_id('jiangkou', 'draft')}:draft"
    assert told(store, "link") == [("added", link, "source")]
    put(store, run, "draft", paper("海门市的另一篇文章", lines=LINES), at=later(1))
    assert told(store, "link") == [("added", link, "source"), ("removed", link, "source")]
    assert stored_links(store) == set()
    with store.reading() as connection:
        found = rows(connection.execute(select(changes).where(changes.c.seq > first[0]["seq"]).order_by(changes.c.seq)))
    assert list(replay(first, found))[1:] == list(snapshot(store))[1:]


def test_what_a_notice_is_called_holds_for_its_annexes_whichever_comes_first(store: Store) -> None:
    notice = paper("关于公开征求《江口市信用管理办法》意见的公告", on=date(2023, 1, 5), lines=LINES)
    annex, final = (
        paper("江口市信用管理办法", on=date(2023, 1, 5), kind=DocumentKind.MEASURES),
        paper("江口市信用管理办法", on=date(2023, 6, 1)),
    )
    for order in (("notice", "annex", "final"), ("final", "annex", "notice"), ("annex", "final", "notice")):
        clear(store)
        run = store.begin_run("jiangkou", ["notices"], AT)
        for key in order:
            more: dict[str, Any] = {"kind": "attachment", "parent_key": "notice"} if key == "annex" else {}
            put(store, run, key, {"notice": notice, "annex": annex, "final": final}[key], **more)
        assert stored_links(store) == {("final", "notice", "draft"), ("final", "annex", "draft")}
        with store.reading() as connection:
            assert len(set(connection.execute(select(documents.c.work_id)).scalars())) == 3


# --- moves -------------------------------------------------------------------------------------------------------------


def states(store: Store) -> dict[str, tuple[str, str | None]]:
    d = documents.c
    with store.reading() as connection:
        keys = {row.id: row.key for row in connection.execute(select(d.id, d.key))}
        found = connection.execute(select(d.key, d.state, d.moved_to)).all()
    return {row.key: (row.state, keys[row.moved_to] if row.moved_to else None) for row in found}


def states_told(store: Store) -> list[tuple[str, str]]:
    keys = {document_id("jiangkou", key): key for key in ("old", "new", "newer")}
    return [(kind, keys[name]) for kind, name, _ in told(store, "document") if kind != "tied"]


def test_a_page_that_is_gone_has_moved_when_its_site_shows_the_text_elsewhere(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    for key in ("old", "new"):
        put(store, run, key, paper(PLAN))
    store.mark_gone("jiangkou", "old", later(1))
    assert states(store) == {"old": ("moved", "new"), "new": ("live", None)}
    assert states_told(store) == [("added", "old"), ("added", "new"), ("moved", "old")]
    store.mark_gone("jiangkou", "new", later(2))
    assert states(store) == {"old": ("gone", None), "new": ("gone", None)}
    put(store, run, "newer", paper(PLAN), at=later(3))
    assert states(store) == {"old": ("moved", "newer"), "new": ("moved", "newer"), "newer": ("live", None)}
    put(store, run, "old", paper(PLAN), at=later(4))
    assert states(store)["old"] == ("live", None)


def test_a_page_that_was_gone_first_has_moved_when_its_text_is_found_and_stays_so_when_that_is_edited(store: Store) -> None:
    run = store.begin_run("jiangkou", ["notices"], AT)
    put(store, run, "old", paper(PLAN))
    store.mark_gone("jiangkou", "old", later(1))
    assert states(store) == {"old": ("gone", None)}
    put(store, run, "new", paper(PLAN), at=later(2))
    put(store, run, "new", paper(PLAN, lines=LONG[:-1]), at=later(3))
    assert states(store) == {"old": ("moved", "new"), "new": ("live", None)}
    assert states_told(store)[:4] == [("added", "old"), ("gone", "old"), ("added", "new"), ("moved", "old")]


@pytest.mark.parametrize(
    ("other", "more"),
    [
        (paper(PLAN, lines=LONG[:-1]), {}),
        (paper(PLAN), {"site": "haimen"}),
        (paper(PLAN), {"kind": "attachment", "parent_key": "old"}),
        (paper("另一份通知", lines=LINES[:1]), {}),
    ],
)
def test_a_page_that_is_gone_has_not_moved_to_another_text_site_or_kind(store: Store, other: Derived, more: dict[str, Any]) -> None:
    short = paper("一份通知", lines=LINES[:1]) if other.metadata.title == "另一份通知" else paper(PLAN)
    put(store, store.begin_run("jiangkou", ["notices"], AT), "old", short)
    put(store, store.begin_run(more.get("site", "zhoushan"), ["notices"], AT), "new", other, **more)
    store.mark_gone("jiangkou", "old", later(1))
    assert states(store)["old"] == ("gone", None)
