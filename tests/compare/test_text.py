"""Changes of wording: what is one, what is none, and how it is told."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.compare import compare
from normalizers.presentation import comparison_json
from normalizers.records import Metadata
from normalizers.text.fold import fold
from tests.compare.build import agency, derived, task, with_table

BASE = (
    "一、总体要求",
    "坚持依法依规，推进信用信息归集；完善平台功能。年内引进20家机构。",
    "（一）加强监管。对守信主体减少检查频次，对失信主体加大检查力度。",
)


def ops(old, new) -> list[tuple[str, str, str]]:
    return [(c.op, c.old, c.new) for c in compare(old, new).text_changes]


def test_equal_documents_are_identical() -> None:
    assert compare(derived(*BASE), derived(*BASE)).identical


@pytest.mark.parametrize(
    "other",
    [
        [line.replace("，", ",").replace("；", ";").replace("（", "(").replace("）", ")") for line in BASE],
        [line.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"}) for line in BASE],
        ["".join(BASE)],
        [piece for line in BASE for piece in (line[:7], line[7:])],
        [line.replace("信用", "信 用") for line in BASE],
        [BASE[0].replace("一、", "二、"), BASE[1], BASE[2].replace("（一）", "2.")],
        [BASE[0], "《" + BASE[1] + "》", BASE[2]],
    ],
    ids=["punctuation", "digits", "one-line", "broken", "blanks", "numbering", "title-brackets"],
)
def test_layout_width_punctuation_and_numbering_are_no_change(other: list[str]) -> None:
    assert ops(derived(*BASE), derived(*other)) == []


def test_a_number_is_replaced_whole() -> None:
    new = [line.replace("20家", "25家") for line in BASE]
    assert ops(derived(*BASE), derived(*new)) == [("replace", "20", "25")]


def test_a_short_phrase_is_shown_whole() -> None:
    old, new = derived("责任单位：市科委、市财政局"), derived("责任单位：市教委、市财政局")
    assert ops(old, new) == [("replace", "市科委", "市教委")]


def test_a_name_added_to_a_list_is_shown_as_that_name() -> None:
    old, new = derived("责任单位：市科委、市财政局。"), derived("责任单位：市科委、市教委、市财政局。")
    assert ops(old, new) == [("insert", "", "市教委、")]


def test_a_name_taken_from_a_list_is_shown_as_that_name() -> None:
    old, new = derived("牵头：安徽省、江苏省、浙江省信用办。"), derived("牵头：安徽省、江苏省信用办。")
    assert ops(old, new) == [("delete", "、浙江省", "")]


def test_a_sentence_taken_out_is_one_deletion() -> None:
    new = [BASE[0], BASE[1].replace("年内引进20家机构。", ""), BASE[2]]
    assert ops(derived(*BASE), derived(*new)) == [("delete", "年内引进20家机构。", "")]


def test_a_paragraph_put_in_is_one_insertion_with_its_address() -> None:
    new = derived(BASE[0], BASE[1], "新增一段，讲的是另一件事。", BASE[2])
    (change,) = compare(derived(*BASE), new).text_changes
    assert (change.op, change.where) == ("insert", "p3")
    assert "新增一段" in change.new


def test_a_rewritten_sentence_is_one_change_not_a_handful() -> None:
    old = derived("鼓励行业协会制定自律公约，开展诚信承诺。")
    new = derived("引导信用服务机构参与标准研制，拓宽应用场景。")
    assert len(ops(old, new)) == 1


def test_another_short_name_of_a_body_is_no_change() -> None:
    old = derived("由市发改委会同有关单位办理。", tasks=[task("办理", responsible=[agency("市发改委", "a1")])])
    new = derived("由市发展改革委会同有关单位办理。", tasks=[task("办理", responsible=[agency("市发展改革委", "a1")])])
    assert compare(old, new).identical


def test_another_body_is_a_change() -> None:
    old = derived("由市发改委会同有关单位办理。", tasks=[task("办理", responsible=[agency("市发改委", "a1")])])
    new = derived("由市财政局会同有关单位办理。", tasks=[task("办理", responsible=[agency("市财政局", "a2")])])
    comparison = compare(old, new)
    assert len(comparison.text_changes) == 1
    assert [c.kind for c in comparison.task_changes] == ["changed"]


def test_a_changed_cell_is_named_by_its_address() -> None:
    old = with_table(("序号", "任务", "时限"), ("1", "甲事", "全年"), ("2", "乙事", "全年"))
    new = with_table(("序号", "任务", "时限"), ("1", "甲事", "全年"), ("2", "乙事", "9月底前"))
    (change,) = compare(old, new).text_changes
    assert (change.op, change.old, change.new, change.where) == ("replace", "全年", "9月底前", "tab1.r3.c3")


def test_running_numbers_of_rows_are_no_change() -> None:
    old = with_table(("任务", "序号"), ("甲事", "1"), ("乙事", "2"), ("丙事", "3"))
    new = with_table(("任务", "序号"), ("甲事", "1"), ("丙事", "2"))
    assert ops(old, new) == [("delete", "乙事", "")]


def test_numbers_that_do_not_run_are_content() -> None:
    old = with_table(("指标", "数量"), ("甲", "40"), ("乙", "30"))
    new = with_table(("指标", "数量"), ("甲", "45"), ("乙", "30"))
    assert ops(old, new) == [("replace", "40", "45")]


@pytest.mark.parametrize(("old", "new"), [("3.5万家企业", "4.5万家企业"), ("12 个领域", "15 个领域"), ("2018年建成", "2019年建成")])
def test_a_quantity_at_the_beginning_is_no_item_number(old: str, new: str) -> None:
    assert len(ops(derived(old), derived(new))) == 1


def test_the_json_has_the_stable_shape() -> None:
    value = comparison_json(compare(derived("甲事。"), derived("乙事。")))
    assert sorted(value) == ["field_changes", "identical", "notes", "task_changes", "text_changes"]
    assert sorted(value["text_changes"][0]) == ["new", "old", "op", "where"]


documents = st.lists(st.text("信用建设监管平台，。；、（）12年月底前\n", max_size=40), max_size=6)


@given(documents, documents)
def test_property_no_text_change_exactly_when_the_folded_texts_are_equal(old, new) -> None:
    changes = compare(derived(*old), derived(*new)).text_changes
    if fold("".join(old)) == fold("".join(new)) and not any(c in "".join((*old, *new)) for c in "12"):
        assert changes == ()
    if not changes and not any(c in "".join((*old, *new)) for c in "12"):
        assert fold("".join(old)) == fold("".join(new))


@given(documents)
def test_property_a_document_equals_itself(lines) -> None:
    assert compare(derived(*lines), derived(*lines)).identical


@given(documents, documents)
def test_property_changes_there_and_back_are_as_many(old, new) -> None:
    there, back = compare(derived(*old), derived(*new)), compare(derived(*new), derived(*old))
    assert there.identical == back.identical


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("由江苏省牵头推进合作，形成共识。", "由浙江省牵头推进合作，形成共识。", ("江苏省", "浙江省")),
        ("应于2025年6月底前完成归集并报送。", "应于2025年12月底前完成归集并报送。", ("2025年6月底", "2025年12月底")),
        ("全市增长8.5%以上，保持平稳。", "全市增长85%以上，保持平稳。", ("8.5%", "85%")),
        ("持续加强信用监管和服务工作。", "持续强化信用监管和服务工作。", ("加强", "强化")),
        ("责任单位：市发展改革委、市财政局。", "责任单位：市发展改革委、市数据局。", ("市财政局", "市数据局")),
    ],
    ids=["region", "date", "decimal", "word", "body"],
)
def test_what_a_reader_sees_as_one_thing_is_replaced_whole(old: str, new: str, told: tuple[str, str]) -> None:
    assert ops(derived(old), derived(new)) == [("replace", *told)]
    assert ops(derived(new), derived(old)) == [("replace", *told[::-1])]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["标题", "浏览次数：12 字号：大 中 小"], ["标题", "浏览次数：3456 字号：大 中 小"]),
        (["标题", "正文。"], ["标题", "发布时间：2024-01-02 10:22 来源：某市信用网", "正文。", "打印 关闭"]),
        (["标题", "正文。"], ["索引号：SY-002 发布机构：某市信用办", "标题", "正文。", "- 3 -"]),
        (["由市发改委办理。"], ["由市发展和改革委员会办理。"]),
        (["达到3．5万家。"], ["达到3.5万家。"]),
    ],
    ids=["counter", "bar", "box", "department", "width"],
)
def test_page_chrome_counters_and_other_names_of_departments_are_no_change(old: list[str], new: list[str]) -> None:
    assert compare(derived(*old), derived(*new)).identical


def test_a_head_repeated_on_another_page_is_no_change() -> None:
    head, rows = ("序号", "任务"), [("1", "甲事"), ("2", "乙事"), ("3", "丙事")]
    assert compare(with_table(head, *rows), with_table(head, rows[0], head, *rows[1:])).identical


def test_lost_bytes_are_no_change_and_are_counted() -> None:
    comparison = compare(derived("对名单实行动态管理并及时更新。"), derived("对名单实行\ufffd态管理并及时更新。"))
    assert comparison.identical
    assert comparison.notes == ("1 places are damaged in one of the documents; what they said is not compared.",)


def test_another_numeral_is_told_though_it_looks_like_a_number_of_an_item() -> None:
    assert ops(derived("建成三个平台。"), derived("建成五个平台。")) != []


def test_what_a_document_says_of_itself_is_told_by_field() -> None:
    before = Metadata(
        "某市计划",
        "沪信〔2024〕1号",
        (agency("市发改委", "a1"),),
        date(2024, 3, 1),
        plan_start=date(2024, 1, 1),
        plan_end=date(2024, 12, 31),
    )
    after = replace(
        before,
        document_number="沪信[2024]1号",
        issuers=(agency("市发展改革委", "a1"),),
        issued_on=date(2024, 4, 1),
        plan_end=date(2025, 12, 31),
    )
    old, new = (replace(derived("正文。"), metadata=one) for one in (before, after))
    changes = compare(old, new).field_changes
    assert [(change.name, change.old, change.new) for change in changes] == [
        ("issued_on", "2024-03-01", "2024-04-01"),
        ("plan_period", "2024-01-01/2024-12-31", "2024-01-01/2025-12-31"),
    ]


def sample(length: int, seed: int) -> str:
    rng = random.Random(seed)
    words = ["".join(chr(0x4E00 + rng.randrange(1500)) for _ in range(rng.choice((1, 2, 2, 3)))) for _ in range(3000)]
    out = ""
    while len(out) < length:
        out += "".join(rng.choice(words) for _ in range(rng.randrange(5, 25))) + rng.choice("，，。；。\n")
    return out[:length]


def test_unrelated_texts_of_ten_thousand_characters_take_under_a_second() -> None:
    old, new = derived(sample(10_000, 1)), derived(sample(10_000, 2))
    began = time.process_time()
    compare(old, new)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("strip", [False, True], ids=["with-punctuation", "without"])
def test_two_hundred_edits_in_a_hundred_thousand_characters_take_under_two_seconds(strip: bool) -> None:
    text = sample(100_000, 3)
    rng = random.Random(4)
    edited = list(text)
    for place in rng.sample(range(len(text)), 200):
        edited[place] = "乁"
    new = "".join(edited)
    old, new = (fold(text), fold(new)) if strip else (text, new)
    documents = derived(*old.split("\n")), derived(*new.split("\n"))
    began = time.process_time()
    changes = compare(*documents).text_changes
    assert time.process_time() - began < 2
    assert 150 <= len(changes) <= 200


@pytest.mark.parametrize(
    ("old", "new"), [("一" * 100_000, "二" * 100_000), ("一二" * 50_000, "二一" * 50_000 + "三"), ("", "一" * 100_000)]
)
def test_hostile_texts_are_compared_in_time(old: str, new: str) -> None:
    documents = derived(old), derived(new)
    began = time.process_time()
    assert compare(*documents).text_changes
    assert time.process_time() - began < 2
