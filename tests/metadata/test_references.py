"""The documents that a text names, in sentences of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.metadata import read_metadata, references
from normalizers.metadata.lines import lines_of
from normalizers.metadata.references import read_references
from normalizers.records import Hints, Reference, Relation
from tests.metadata.build import document, title


def found(*lines: str, own: str = "", number: str = "") -> list[tuple[str, str, str]]:
    text = document(*lines)
    return [(r.relation.value, r.title, r.number) for r in read_references(text.text, lines_of(text), title=own, number=number)]


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("根据《甲省信用条例》，制定本办法。", ("basis", "甲省信用条例", "")),
        ("依据《关于甲事的意见》（甲发〔2014〕21号）制定本方案。", ("basis", "关于甲事的意见", "甲发〔2014〕21号")),
        ("为落实《关于甲事的意见》（甲发[2014] 21 号，以下简称《意见》），制定本方案。", ("basis", "关于甲事的意见", "甲发〔2014〕21号")),
        ("按照《甲项工作计划》推进试点。", ("cites", "甲项工作计划", "")),
        ("《甲市旧办法》（甲府发〔2001〕1号）同时废止。", ("repeals", "甲市旧办法", "甲府发〔2001〕1号")),
        ("《甲市旧办法》自本办法施行之日起废止。", ("repeals", "甲市旧办法", "")),
        ("决定废止《甲市旧规定》。", ("repeals", "甲市旧规定", "")),
        ("现将《甲市方案》印发给你们。", ("attaches", "甲市方案", "")),
        ("《甲市方案》已经市政府同意，现印发给你们。", ("attaches", "甲市方案", "")),
        ("现转发《乙部关于甲事的通知》，请遵照执行。", ("forwards", "乙部关于甲事的通知", "")),
        ("乙局《关于甲事的报告》已经市政府同意，现转发给你们。", ("forwards", "关于甲事的报告", "")),
        ("决定对《甲市条例》作如下修改：", ("amends", "甲市条例", "")),
        ("附件：1.甲市分工表", ("attaches", "甲市分工表", "")),
        ("根据甲发〔2014〕21号文件精神，制定本方案。", ("basis", "", "甲发〔2014〕21号")),
        ("落实乙部关于加强监管的通知（乙发〔2019〕1号）。", ("cites", "乙部关于加强监管的通知", "乙发〔2019〕1号")),
        ("根据《乙部关于印发〈甲方案〉的通知》，制定本办法。", ("basis", "乙部关于印发〈甲方案〉的通知", "")),
    ],
)
def test_a_reference_has_its_relation_and_number(text: str, reference: tuple[str, str, str]) -> None:
    assert found(text) == [reference]


@pytest.mark.parametrize(
    "text",
    [
        "请填写《信用修复申请表》。",
        "刊于《甲市日报》。",
        "《方案》明确了任务。",
        "《实施方案》要求如下。",
        "以下简称《甲市行动计划》。",
        "阅读《红楼梦》。",
    ],
)
def test_forms_books_and_short_names_are_no_references(text: str) -> None:
    assert found(text) == []


def test_several_titles_behind_one_verb_have_its_relation() -> None:
    text = "根据《甲条例》《乙规定》和《丙办法》（丙发〔2020〕3号），制定本方案，《丁细则》同时废止。"
    assert [(relation, name) for relation, name, _ in found(text)] == [
        ("basis", "甲条例"),
        ("basis", "乙规定"),
        ("basis", "丙办法"),
        ("repeals", "丁细则"),
    ]


def test_the_same_document_is_named_once_with_its_number_and_most_telling_relation() -> None:
    named = found("推进《甲市条例》宣传。", "根据《甲市条例》（甲发〔2020〕1号），制定本方案。", "执行甲发〔2020〕1号。")
    assert named == [("basis", "甲市条例", "甲发〔2020〕1号")]


def test_its_own_title_and_number_are_no_references() -> None:
    assert found("《甲市方案》", "甲发〔2020〕5号", "本文件甲发〔2020〕5号有效。", own="甲市方案", number="甲发〔2020〕5号") == []


def test_the_paper_that_a_covering_letter_brings_is_attached() -> None:
    cover = document(title("关于印发《甲市方案》的通知"), "现将《甲市方案》印发给你们。", "附件：1.甲市方案", "2.甲市分工表.docx")
    references = read_metadata(cover, Hints()).references
    assert [(r.relation, r.title) for r in references] == [(Relation.ATTACHES, "甲市方案"), (Relation.ATTACHES, "甲市分工表")]


def test_a_span_points_at_the_text_it_claims() -> None:
    text = document("总则。", "根据《甲市条例》和甲发〔2014〕21号文件，制定本方案。", "附件：甲市分工表")
    references = read_references(text.text, lines_of(text), title="", number="")
    assert [text.text[r.span.start : r.span.end] for r in references] == ["《甲市条例》", "甲发〔2014〕21号", "甲市分工表"]


WORDS = "根据|《|》|〈|〉|甲市条例|方案|（甲发〔2014〕21号）|甲发〔2014〕21号|同时废止|附件：1.|2.|关于|的通知|，|。|\n|以下简称"
pieces = st.sampled_from(WORDS.split("|"))


@given(st.lists(st.one_of(st.text(max_size=40), st.lists(pieces, max_size=20).map("".join)), max_size=6))
def test_property_references_point_at_their_text_and_come_once(lines) -> None:
    text = document(*lines)
    references = read_references(text.text, lines_of(text), title="", number="")
    for one in references:
        assert 0 <= one.span.start < one.span.end <= len(text.text)
        shown = "".join(text.text[one.span.start : one.span.end].split())
        assert "".join(one.title.split()) in shown or one.number
    assert len({(one.title, one.number) for one in references}) == len(references)
    assert all(isinstance(one, Reference) for one in references)


@given(
    st.text(alphabet="甲乙发号第 〔〕[（(）)]\n。2019", max_size=60),
    st.lists(st.sampled_from(["甲" * 18, "甲发〔2014〕21号", "[2019] 第3 号", "〔2020"])),
)
def test_property_numbers_looked_for_from_their_years_are_those_looked_for_from_their_marks(text: str, numbers: list[str]) -> None:
    text = text.join(["", *numbers, ""])
    assert [one.span() for one in references._numbers(text)] == [one.span() for one in references._NUMBER.finditer(text)]
