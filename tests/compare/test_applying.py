"""The told changes are the changes: applied to the old document they give the new one, and both directions tell the same."""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from normalizers.compare import apply, compare, compared_hash
from normalizers.compare.sameness import is_number
from normalizers.compare.streams import stream
from normalizers.derive import derive
from normalizers.differences import TextChange
from normalizers.records import Derived, Hints
from normalizers.text.fold import compared
from tests.compare.build import agency, derived, task, with_table
from tests.corpus import render
from tests.corpus.paper import written

PAPERS = [paper for paper in written() if "\t" in render.text(paper)][:3] + list(written()[:4])
ROUNDS = 12 if os.environ.get("HARVESTER_SOAK") else 2
OPPOSITE = {"insert": "delete", "delete": "insert", "replace": "replace"}


def applied_gives(old: Derived, new: Derived, changes) -> bool:
    """Tell whether the changes applied to the old document give the new one, but for numbers of items that only one shows to be such."""
    got, wanted = apply(old.document, changes), stream(new.document).text
    different = (op for op in Indel.opcodes(got, wanted) if op.tag != "equal")
    sides = (side for op in different for side in (got[op.src_start : op.src_end], wanted[op.dest_start : op.dest_end]))
    return all(not side or is_number(side) for side in sides)


def told(change: TextChange) -> tuple[object, ...]:
    return change.op, change.old_span, change.new_span, change.old, change.new, change.moved != ""


def mirrored(change: TextChange) -> tuple[object, ...]:
    return OPPOSITE[change.op], change.new_span, change.old_span, change.new, change.old, change.moved != ""


def assert_sound(old: Derived, new: Derived) -> None:
    there, back = compare(old, new).text_changes, compare(new, old).text_changes
    assert applied_gives(old, new, there)
    assert sorted(map(str, map(told, there))) == sorted(map(str, map(mirrored, back)))
    for change in there:
        if change.op != "insert":
            assert compared(old.document.text[change.old_span.start : change.old_span.end]) == compared(change.old)
        if change.op != "delete":
            assert compared(new.document.text[change.new_span.start : change.new_span.end]) == compared(change.new)


def edited(text: str, dice: random.Random) -> str:
    """Return a text with a few edits of any kind: letters, sentences, lines, their order and their breaks."""
    lines = text.split("\n")
    for _ in range(dice.randrange(1, 7)):
        at = dice.randrange(len(lines))
        line = lines[at]
        place = dice.randrange(len(line) + 1)
        match dice.choice(("letters", "sentence", "line", "new line", "moved line", "break", "join")):
            case "letters":
                lines[at] = (
                    line[:place] + "".join(dice.choices("推进信用，体系3.5%", k=dice.randrange(6))) + line[place + dice.randrange(4) :]
                )
            case "sentence":
                sentences = line.split("。")
                lines[at] = "。".join(sentences[1:] if len(sentences) > 1 else sentences)
            case "line":
                lines[at] = ""
            case "new line":
                lines.insert(at, "会同有关部门" * dice.randrange(1, 4) + "抓好落实，按季度报送进展情况。")
            case "moved line":
                lines.insert(dice.randrange(len(lines)), lines.pop(at))
            case "break" if "\t" not in line:
                lines[at : at + 1] = [line[:place], line[place:]]
            case _:
                lines[at : at + 2] = ["".join(lines[at : at + 2])]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(ROUNDS))
@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_property_edits_of_real_papers_are_told_whole_and_alike_in_both_directions(paper, seed: int) -> None:
    text = render.text(paper)
    old, new = (derive(one.encode(), Hints(file_name="paper.txt")) for one in (text, edited(text, random.Random(f"{paper.name}{seed}"))))
    assert_sound(old, new)
    assert compare(old, old).text_changes == ()


sentences = st.sampled_from(
    [
        "推进信用信息归集共享。",
        "完善信用平台功能，",
        "由市发展改革委牵头，",
        "对失信主体加大检查力度；",
        "江苏省、浙江省信用办",
        "2025年6月底前完成",
        "增长8.5%，",
        "全年",
    ]
)
papers = st.lists(st.lists(sentences | st.text("信用平台推进年月日省市，。、", max_size=6), max_size=5).map("".join), max_size=6)


@example(
    ["完善平台功能，归集共享信用信息。", "归集共享信用信息。" * 4, "归集共享信用信息。"],
    ["归集共享信用信息。" * 4, "完善平台功能，归集共享信用信息。"],
)
@given(papers, papers)
def test_property_changes_applied_give_the_new_document_and_mirror_those_the_other_way(old, new) -> None:
    assert_sound(derived(*old), derived(*new))


@given(papers)
def test_property_nothing_changes_from_a_document_to_itself(lines) -> None:
    assert compare(derived(*lines), derived(*lines)).text_changes == ()


@given(papers, papers)
def test_property_equal_hashes_compare_as_identical(old, new) -> None:
    before, after = derived(*old), derived(*new)
    equal = before.content_hash == after.content_hash or compared_hash(before) == compared_hash(after)
    if equal:
        assert compare(before, after).text_changes == ()
    elif not compare(before, after).text_changes:
        assert applied_gives(before, after, ())


@given(st.text(max_size=60), st.text(max_size=60))
def test_property_any_characters_are_compared(old, new) -> None:
    before, after = derived(*old.split("\n")), derived(*new.split("\n"))
    there, back = compare(before, after), compare(after, before)
    assert there.identical == back.identical
    if compared(before.document.text) == compared(after.document.text):
        assert there.identical


def test_a_moved_passage_is_applied_once_with_what_changed_in_it() -> None:
    head = ("序号", "任务", "时限")
    rows = [
        ("1", "编制公共信用信息目录并按年度更新公布", "2025年6月"),
        ("2", "对严重失信主体开展专项治理和约谈提醒", "全年"),
        ("3", "优化信用修复线上办理流程", "全年"),
    ]
    old, new = with_table(head, *rows), with_table(head, *rows[1:], ("3", rows[0][1], "2025年9月"))
    changes = compare(old, new).text_changes
    assert sum(bool(change.moved) for change in changes) == 2
    assert_sound(old, new)


def test_documents_that_name_a_body_otherwise_have_one_hash() -> None:
    names = ("市发改委", "市发展改革委")
    one, other = (derived(f"由{name}办理。", tasks=[task("办理", responsible=[agency(name, "a1")])]) for name in names)
    assert compare(one, other).identical
    assert compared_hash(derived("归集 信息。")) == compared_hash(derived("一、归集", "信息"))
    assert compared_hash(derived("增长3.5%")) != compared_hash(derived("增长35%"))
