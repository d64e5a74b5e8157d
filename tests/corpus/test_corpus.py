"""The corpus as a whole: what it holds, that its labels stand in its papers, and that the bars hold in every paper's plainest form."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from normalizers.documents import read
from tests.corpus import damage, render, report
from tests.corpus.generate import generated
from tests.corpus.paper import Paper, parse, written
from tests.corpus.score import Tally, fold

BARS = {"tasks": 0.99, "agencies": 0.99, "deadline ends": 0.99, "metadata": 0.98}
PROGRAMS = {"doc", "wps", "xls", "pdftext-layout", "pdftext-raw"}


@cache
def measured() -> Tally:
    return report.total(report.runs(report.papers(), quick=True))


def test_the_corpus_holds_what_it_says() -> None:
    papers = report.papers()
    assert len(papers) >= 120
    assert len({paper.name for paper in papers}) == len(papers)
    assert len(written()) >= 70
    assert sum(not paper.tasks for paper in papers) >= 40
    assert sum(len(paper.tasks) >= 40 for paper in papers) >= 4


def test_every_format_and_every_damage_is_measured() -> None:
    seen = {pair for paper in report.papers() for pair in report.renderings(paper)}
    assert {kind for kind, _ in seen} >= set(render.FORMATS)
    assert {broken for _, broken in seen if broken} == set(damage.DAMAGES)


@pytest.mark.parametrize("paper", report.papers(), ids=lambda paper: paper.name)
def test_the_words_of_every_label_stand_in_its_paper(paper: Paper) -> None:
    text = fold(render.text(paper).replace("^", ""))
    for label in paper.tasks:
        assert fold(label.start) in text or "pdf-text-broken-cells" in paper.phenomena
    starts = Counter(label.start for label in paper.tasks)
    assert not [start for start, count in starts.items() if count > 1]


@pytest.mark.parametrize("measure", BARS)
def test_a_bar_holds(measure: str) -> None:
    tally = measured()
    value = tally.f1(measure) if measure in {"tasks", "agencies"} else tally.recall(measure)
    assert value is not None
    assert value >= BARS[measure], [reason for kind, reason in tally.failures if kind == measure]


def test_no_negative_holds_a_task() -> None:
    assert measured().counts["negatives"][0] == 0, [reason for kind, reason in measured().failures if kind == "tasks"]


def test_the_score_tells_a_missed_task_an_extra_one_a_wrong_name_and_a_wrong_day() -> None:
    paper = next(paper for paper in written() if paper.name.startswith("016"))
    labels = "建成没有的数据库 | 牵头 市农业农村局\n编印年度双公示操作手册 | 牵头 市财政局 | 时限 3月 → 2026-03-31"
    text = f"+++\nformats = 'csv'\ntasks = '''\n{labels}\n'''\n+++\n"
    wrong = parse("wrong", text)
    run = report.run(Paper(**{**vars(paper), "tasks": wrong.tasks}), "csv")
    kinds = Counter(kind for kind, _ in run.tally.failures)
    assert kinds["tasks"] == 1 + 9
    assert kinds["agencies"] == 2
    assert kinds["deadline ends"] == 1


@pytest.mark.parametrize("kind", sorted(set(render.FORMATS) - PROGRAMS - {"ofd", "zip"}))
def test_a_rendering_keeps_every_word_of_a_paper(kind: str) -> None:
    paper = generated()[6 if kind in {"docx-tracked", "json"} else 2]
    file = render.render(paper, kind)
    text = fold(read(file.payload, file.hints).text)
    assert sum(fold(label.start) in text for label in paper.tasks) >= 0.9 * len(paper.tasks)


@pytest.mark.parametrize("name", damage.DAMAGES)
def test_a_damage_changes_the_file_and_is_the_same_in_every_run(name: str) -> None:
    paper = written()[2]
    broken = damage.damaged(paper, name)
    assert broken.payload != render.render(paper, "txt").payload
    assert broken == damage.damaged(paper, name)


def test_renderings_that_lost_bytes_are_told_from_those_that_can_be_had_back() -> None:
    pairs = [(paper, kind, broken) for paper in report.papers() for kind, broken in report.renderings(paper) if broken]
    lossy = {broken for paper, kind, broken in pairs if damage.loses_bytes(paper, kind, broken)}
    assert lossy == {"utf8-as-gb18030", "shifted"}


def test_a_label_of_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValueError, match="no field of a label"):
        parse("x", "+++\nformats = 'txt'\ntasks = '甲 | 主办 乙'\n+++\n甲")
