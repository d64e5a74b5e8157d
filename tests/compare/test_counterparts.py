"""Ties between papers that are no versions of each other, held against labels by hand, and what must hold for any papers."""

from __future__ import annotations

import random
import time
import tomllib
from dataclasses import replace
from functools import cache
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.compare.affinity import affinities
from normalizers.compare.counterparts import Counterpart, counterparts
from normalizers.compare.matters import MAX_PAPERS, AlignedRow, align
from normalizers.compare.passages import duty, features, matched_duties, paragraph_passages, task_passages
from normalizers.compare.rare_terms import common_strings, phrases, terms, weigh
from normalizers.derive import derive
from normalizers.records import Agency, Derived, Hints
from tests.compare.build import agency, derived, task
from tests.shared import needs_shared, seed

LABELS = Path(__file__).parent / "counterparts"
SEEDS = tomllib.loads((LABELS / "seeds.toml").read_text("utf-8"))
SAMPLES = tomllib.loads((LABELS / "samples.toml").read_text("utf-8"))


@cache
def read(name: str) -> Derived:
    """Return a seed by its number, or a paper of our own by its file's name."""
    path = seed(name) if name.isdigit() else LABELS / "papers" / name
    return derive(path.read_bytes(), Hints(file_name=path.name))


def text_of(paper: Derived) -> Derived:
    """Return a paper of which only the paragraphs count."""
    return replace(paper, tasks=())


def without(paper: Derived, addresses: list[str]) -> Derived:
    """Return a paper without the paragraphs and tasks of these addresses."""
    blocks = tuple(block for block in paper.document.blocks if block.address not in addresses)
    tasks = tuple(one for one in paper.tasks if one.address not in addresses)
    return replace(paper, tasks=tasks, document=replace(paper.document, blocks=blocks))


def found(tie: Counterpart, label: list[str]) -> str:
    """Return what a tie names, in the way its label does."""
    if tie.passage is None:
        return "none"
    by_address = any(one.startswith("p") for one in label) or tie.passage.at is None
    return tie.passage.address if by_address else str(tie.passage.at + 1)


def judged(ties: tuple[Counterpart, ...], labels: dict[str, list[str]]) -> tuple[int, list[str], list[str]]:
    """Return how many ties are right, which are wrong, and which of these are told as sure."""
    right, wrong, sure = 0, [], []
    for tie in ties:
        label = labels.get(str(tie.task.at + 1))
        if label and found(tie, label) in label:
            right += 1
        elif label and tie.passage:
            wrong.append(f"{tie.task.at + 1}: {found(tie, label)}")
            sure += wrong[-1:] if tie.certain else []
    return right, wrong, sure


# --- labels --------------------------------------------------------------------------------------------------------------


@needs_shared
def test_the_yearly_tasks_are_tied_to_the_paragraphs_of_the_plan_that_they_carry_out() -> None:
    ties = counterparts(read("000"), read("001"))
    right, wrong, _ = judged(ties, SEEDS["table_to_plan"])
    assert len(ties) == 25
    assert right >= 24, wrong
    assert not wrong


@needs_shared
def test_where_the_paragraph_is_left_out_of_the_plan_next_to_nothing_takes_its_place_for_sure() -> None:
    table, plan, labels = read("000"), read("001"), SEEDS["table_to_plan"]
    ties = [counterparts(table, without(plan, labels[str(at + 1)]))[at] for at in range(25)]
    assert sum(tie.passage is not None for tie in ties) <= 9
    assert {tie.passage.address for tie in ties if tie.passage and tie.certain} <= {"p29"}  # it speaks of the same base elsewhere


@needs_shared
def test_a_table_that_lost_one_character_in_forty_and_broke_as_many_lines_is_tied_all_the_same() -> None:
    chance = random.Random(5)

    def hurt(text: str) -> str:
        drawn = ((c, chance.randrange(40)) for c in text)
        return "".join("" if lot == 0 else c + "\n" * (lot == 1) for c, lot in drawn)

    table = read("000")
    damaged = replace(table, tasks=tuple(replace(one, text=hurt(one.text)) for one in table.tasks))
    right, wrong, _ = judged(counterparts(damaged, read("001")), SEEDS["table_to_plan"])
    assert right >= 23
    assert not wrong


@needs_shared
@pytest.mark.parametrize(
    ("one", "other", "labels", "least"),
    [
        ("003", "003 text", "table_to_text_2018", 58),
        ("004", "004 text", "table_to_text_2014", 21),
        ("003", "004", "edition_2018_to_2014", 54),
    ],
)
def test_real_papers_are_tied_as_a_reader_ties_them(one: str, other: str, labels: str, least: int) -> None:
    against = text_of(read(other[:3])) if "text" in other else read(other)
    right, wrong, _ = judged(counterparts(read(one), against, paragraphs="text" in other), SEEDS[labels])
    assert right >= least
    assert len(wrong) <= 1


@pytest.mark.parametrize(
    ("one", "other", "labels", "least"),
    [
        ("care_table.html", "care_plan.txt", "care_table_to_plan", 13),
        ("patents_2024.txt", "patents_2021.txt", "patents_2024_to_2021", 10),
        ("parcels_jiangsu.txt", "parcels_national.txt", "parcels_jiangsu_to_national", 12),
        ("rivers_table.html", "rivers_plan.txt", "rivers_table_to_plan", 11),
    ],
)
def test_papers_of_other_fields_are_tied_as_a_reader_ties_them(one: str, other: str, labels: str, least: int) -> None:
    right, wrong, _ = judged(counterparts(read(one), read(other)), SAMPLES[labels])
    assert right >= least
    assert not wrong


def test_papers_that_have_nothing_to_do_with_each_other_are_hardly_tied() -> None:
    names = ("care_table.html", "patents_2024.txt", "parcels_jiangsu.txt", "rivers_table.html", "market_zhejiang.txt")
    ties = [tie for one, other in permutations(names, 2) for tie in counterparts(read(one), read(other))]
    assert sum(tie.passage is not None for tie in ties) <= 0.02 * len(ties)
    assert not any(tie.certain for tie in ties)


def test_one_phrase_of_the_field_makes_no_sure_tie() -> None:
    old = derived("甲省", tasks=[task("修订公共信用信息目录，编制数据字典"), task("培训乡镇干部")])
    new = derived("乙省", tasks=[task("公布公共信用信息异议申请办理指引"), task("举办诚信书画展览")])
    assert not any(tie.certain for tie in counterparts(old, new))


def pairs(matters: list[list[int]]) -> set[tuple[tuple[int, int], tuple[int, int]]]:
    return {((i, a), (j, b)) for row in matters for i, a in enumerate(row) for j, b in enumerate(row) if i < j and a and b}


def table(rows: tuple[AlignedRow, ...]) -> list[list[int]]:
    return [[cell.passages[0].at + 1 if cell else 0 for cell in row.cells] for row in rows]


def test_four_provinces_are_put_beside_one_another_matter_by_matter() -> None:
    told = pairs(table(align([read(name) for name in SAMPLES["market"]["papers"]])))
    truth = pairs(SAMPLES["market"]["matters"])
    assert len(told & truth) >= 0.85 * len(truth)
    assert not told - truth


# --- reasons -------------------------------------------------------------------------------------------------------------


def test_a_tie_says_why() -> None:
    tie = counterparts(read("care_table.html"), read("care_plan.txt"))[8]
    assert tie.certain
    assert "康复机器人" in tie.reason.terms
    assert tie.reason.bodies == ("市工业和信息化局",)


def test_a_tie_that_rests_on_a_body_alone_is_never_sure() -> None:
    old = [task(f"旧事{sign}项办理清楚", responsible=[agency(f"市{sign}局")]) for sign in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"]
    new = [task(f"另作{sign * 3}新篇章", responsible=[agency(f"市{sign}局")]) for sign in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"]
    ties = counterparts(derived("旧", tasks=old), derived("新", tasks=new))
    assert all(tie.passage is None or (tie.passage.at == tie.task.at and not tie.certain) for tie in ties)
    assert sum(tie.passage is not None for tie in ties) >= 15


def test_a_paragraph_that_names_a_body_answers_to_its_task() -> None:
    lines = [
        "东湖区要在游船经济中形成特色，西山区要在古镇保护中形成特色。",
        *(f"{sign * 4}场所逐一核对台账数字，并由专人按月报送。" for sign in "甲乙丙丁戊己庚辛"),
    ]
    tasks = [task(f"{sign * 2}类讲座走进校园", responsible=[agency(f"市{sign}局")]) for sign in "子丑寅卯辰巳午未"]
    asked = task("游船经济备案一次办结", responsible=[agency("东湖区")])
    tie = counterparts(derived("文", tasks=[asked, *tasks]), derived(*lines))[0]
    assert (tie.passage.address, tie.reason.bodies) == ("p1", ("东湖区",))
    other = replace(asked, responsible=(agency("南岭区"),))
    assert counterparts(derived("文", tasks=[other, *tasks]), derived(*lines))[0].score < tie.score


def test_a_body_keeps_its_tasks_through_a_reform() -> None:
    filler = [task(f"第{sign}类场所日常巡查", responsible=[agency(f"市{sign}局")]) for sign in "甲乙丙丁戊己庚辛壬癸"]
    old = task("盘活纳税评价结果，扩大银税互动", responsible=[Agency("市工商局", "上海市工商行政管理局", "a743d6e65df")])
    new = task("拓展银税互动参评企业", responsible=[Agency("市市场监管局", "上海市市场监督管理局", "a6a3e0ba1a8")])
    papers = derived("旧", tasks=[old, *filler]), derived("新", tasks=[*filler, new])
    assert counterparts(*papers)[0].passage.at == len(filler)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("江苏省工业和信息化厅", "浙江省经济和信息化厅"),
        ("江苏省自然资源厅", "上海市规划和自然资源局"),
        ("安徽省发展和改革委员会", "国家发展和改革委员会"),
    ],
)
def test_departments_of_two_provinces_with_one_duty_are_one(one: str, other: str) -> None:
    ours, theirs = ((duty(Agency(name, name)),) for name in (one, other))
    assert matched_duties([ours], [theirs]) == [ours]


def test_departments_with_other_duties_stay_apart() -> None:
    names = ("江苏省商务厅", "江苏省财政厅"), ("浙江省市场监督管理局", "浙江省应急管理厅")
    ours, theirs = (tuple(duty(Agency(name, name)) for name in each) for each in names)
    assert matched_duties([ours], [theirs]) == [theirs]


def test_words_of_which_every_plan_is_full_are_no_terms() -> None:
    assert phrases("进一步建立健全信用监管机制，积极推进2025年社区食堂建设") == ["信用监管", "2025", "年社区食堂"]
    assert terms("2025年") == {"2025"} - {"2025"}


def test_line_breaks_and_blanks_inside_a_cell_part_no_term() -> None:
    assert terms("推进信 用\n监管平 台对接") == terms("推进信用监管平台对接")
    assert terms("ＡＰＰ 上 线") == terms("app上线")


# --- what holds for any papers --------------------------------------------------------------------------------------------

TEXTS = st.text(alphabet="监管平台信用评价企业服务环境食品旅游交通金融，。（）“”Nn12 \n\u3000", max_size=60)
BODIES = st.lists(st.sampled_from(["市信用办", "市商务局", "市教育局", "各区政府"]), max_size=2, unique=True)
TASKS = st.lists(st.builds(lambda text, who: task(text, responsible=who, section=text[:6]), TEXTS, BODIES), max_size=7)


@settings(max_examples=40, deadline=None)
@given(TASKS, TASKS)
def test_property_affinities_are_symmetric(one: list, other: list) -> None:
    left, right = ([features(p) for p in task_passages(derived("文", tasks=tasks))] for tasks in (one, other))
    there, back = affinities(left, right, same_place=True), affinities(right, left, same_place=True)
    assert {(i, j): a for i, near in enumerate(there) for j, a in near.items()} == {
        (i, j): a for j, near in enumerate(back) for i, a in near.items()
    }
    assert all(0 <= value <= 1 for near in there for a in near.values() for value in (a.score, a.text, a.section, a.body))


@settings(max_examples=40, deadline=None)
@given(st.lists(TASKS, min_size=2, max_size=4))
def test_property_every_task_stands_in_one_row_and_the_first_paper_keeps_its_order(several: list[list]) -> None:
    papers = [derived("文", tasks=tasks) for tasks in several]
    rows = align(papers)
    assert rows == align(papers)
    for column, tasks in enumerate(several):
        standing = [passage.at for row in rows for passage in (row.cells[column].passages if row.cells[column] else ())]
        assert sorted(standing) == list(range(len(tasks)))
    opening = [min(p.at for p in row.cells[0].passages) for row in rows if row.cells[0]]
    assert opening == sorted(opening)
    assert all(sum(cell is not None and cell.tied_to is None for cell in row.cells) == 1 for row in rows)


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS.filter(lambda text: len(terms(text)) > 3), min_size=1, max_size=6, unique_by=lambda text: frozenset(terms(text))))
def test_property_every_task_answers_to_itself(texts: list[str]) -> None:
    paper = derived("文", tasks=[task(text) for text in texts])
    assert [tie.passage.text for tie in counterparts(paper, paper)] == texts


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_property_common_strings_stand_in_both(one: str, other: str) -> None:
    weights = weigh([frozenset(terms(one)), frozenset(terms(other))], least=60)
    flat = "\n".join(phrases(one)), "\n".join(phrases(other))
    assert all(string in text for string in common_strings(one, other, weights) for text in flat)


def test_the_table_is_mirrored_with_its_papers() -> None:
    one, other = read("care_plan.txt"), read("care_table.html")
    there, back = align([one, other]), align([other, one])
    told = [{tuple(tuple(sorted(p.at for p in cell.passages)) if cell else () for cell in row.cells[::step]) for row in rows}
            for rows, step in ((there, 1), (back, -1))]  # fmt: skip
    assert told[0] == told[1]


def test_nothing_answers_where_nothing_is_shared() -> None:
    one, other = derived("甲", tasks=[task("修缮城墙遗址"), task("")]), derived("乙", tasks=[task("发放助餐补贴"), task("，。")])
    assert all(tie.passage is None for tie in counterparts(one, other))
    assert counterparts(derived("无"), other) == ()
    assert [tie.passage for tie in counterparts(one, derived())] == [None, None]


def test_paragraphs_of_a_preamble_salutations_and_role_lines_are_no_counterparts() -> None:
    plan = read("care_plan.txt")
    told = [passage.text for passage in paragraph_passages(plan)]
    assert len(told) == 3  # the aim and the two safeguards
    assert not any(text.startswith("为方便老年人") for text in told)


def test_too_few_or_too_many_papers_are_refused() -> None:
    with pytest.raises(ValueError, match="from 2 to"):
        align([derived("文")])
    with pytest.raises(ValueError, match="from 2 to"):
        align([derived("文")] * (MAX_PAPERS + 1))


@pytest.mark.parametrize(
    "texts",
    [["一" * 20_000] * 12, ["建立信用信息共享机制并在业务活动中查询使用平台"] * 400, [chr(0x4E00 + i) * 3 + "事项" for i in range(400)]],
    ids=["one character", "one text", "no common text"],
)
def test_hostile_papers_take_no_longer_than_others(texts: list[str]) -> None:
    paper = derived("文", tasks=[task(text) for text in texts])
    start = time.process_time()
    counterparts(paper, paper)
    align([paper, paper])
    assert time.process_time() - start < 6
