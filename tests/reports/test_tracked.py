"""Tracked changes are real: accepting all of them gives the new document, rejecting all the old one."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from harvester.comparing import Compared, compare_named
from harvester.reports.pieces import visible
from harvester.reports.tracked import tracked_changes
from normalizers.derive import derive
from normalizers.differences import Fate
from normalizers.records import Hints, Span
from normalizers.text.fold import fold
from tests.reports.build import ANY, Made, changed, compared, deleted, inserted, moved, row, same
from tests.reports.tracked import W, body_of, lines
from tests.shared import needs_shared, seed

PAPER = [
    same("一、总体要求"),
    changed(("加强", "加强"), ("信用", "诚信"), ("建设，", "建设，"), ("", "年底前"), ("完成。", "完成。")),
    inserted("新设工作专班。"),
    deleted("按季报送进度。"),
    moved("各区结合实际落实。"),
    row(Fate.SAME, [("序号", "序号")], [("责任单位", "责任单位")]),
    row(Fate.CHANGED, [("1", "1")], [("市财政局", "市民政局")]),
    row(Fate.INSERTED, [("", "2")], [("", "市教委")]),
    row(Fate.DELETED, [("3", "")], [("市农委", "")]),
]


def squeezed(text: str) -> str:
    return "".join(visible(text).split())


def assert_both_ways(pair: Compared) -> None:
    data = tracked_changes(pair, "zh")
    assert squeezed("".join(lines(data, accept=True))) == squeezed(pair.new.text)
    assert squeezed("".join(lines(data, accept=False))) == squeezed(pair.old.text)


def test_accepting_gives_the_new_lines_and_rejecting_the_old_ones() -> None:
    pair = compared(PAPER)
    data = tracked_changes(pair, "zh")
    assert lines(data, accept=True) == pair.new.text.split("\n")[:-1]
    assert lines(data, accept=False) == pair.old.text.split("\n")[:-1]


@settings(max_examples=25)
@given(ANY)
def test_property_both_texts_are_in_the_tracked_one(made: list[Made]) -> None:
    assert_both_ways(compared(made))


def test_every_change_has_an_author_a_time_and_a_number_of_its_own() -> None:
    body = body_of(tracked_changes(compared(PAPER), "zh"))
    found = [node for tag in ("ins", "del", "moveFrom", "moveTo", "moveFromRangeStart", "moveToRangeStart") for node in body.iter(W + tag)]
    assert len(found) > 10
    assert all(node.get(f"{W}author") and node.get(f"{W}date", "").endswith("Z") for node in found)
    assert max(Counter(node.get(f"{W}id") for node in found).values()) == 1


def test_a_move_has_two_ends_of_one_name_and_rows_are_rows() -> None:
    body = body_of(tracked_changes(compared(PAPER), "zh"))
    names = [[node.get(f"{W}name") for node in body.iter(W + tag)] for tag in ("moveFromRangeStart", "moveToRangeStart")]
    assert names[0] == names[1]
    assert len(names[0]) == 1
    assert len(list(body.iter(f"{W}tbl"))) == 1
    assert [bool(node.find(f"{W}trPr/{W}ins") is not None) for node in body.iter(f"{W}tr")] == [False, False, True, False]
    assert [bool(node.find(f"{W}trPr/{W}del") is not None) for node in body.iter(f"{W}tr")] == [False, False, False, True]


def test_numbers_and_marks_are_tracked_but_not_another_width_throughout() -> None:
    alike = compared(
        [Made(Fate.SAME, ((("三、加强归集,完善目录", "四、加强归集，完善目录"),),)), same("公开办事指南并按年度更新，接受社会监督。")]
    )
    alike = _without_changes(alike)
    assert_both_ways(alike)
    widened = _without_changes(compared([Made(Fate.SAME, ((("建设（１２３）号平台：ＡＢＣ；ＤＥＦ", "建设(123)号平台:ABC;DEF"),),))]))
    data = tracked_changes(widened, "zh")
    assert lines(data, accept=False) == lines(data, accept=True) == ["建设(123)号平台:ABC;DEF"]


def _without_changes(pair: Compared) -> Compared:
    units = tuple(replace(one, changes=()) for one in pair.comparison.units)
    return replace(pair, comparison=replace(pair.comparison, text_changes=(), units=units))


def test_our_own_reader_takes_the_file_for_the_new_document() -> None:
    pair = compared(PAPER)
    derived = derive(tracked_changes(pair, "zh"), Hints(file_name="tracked.docx"))
    assert fold(derived.document.text) == fold(pair.new.text)


@needs_shared
@pytest.mark.parametrize(("old", "new"), [("003", "004"), ("001", "002")])
def test_real_papers_go_both_ways(old: str, new: str) -> None:
    assert_both_ways(compare_named(str(seed(old)), str(seed(new)), None))


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed: apt-get install libreoffice-writer-nogui")
def test_an_office_program_opens_it(tmp_path: Path) -> None:
    file = tmp_path / "tracked.docx"
    file.write_bytes(tracked_changes(compared(PAPER), "zh"))
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    call = [
        "soffice",
        home,
        "--headless",
        "--convert-to",
        "txt:Text (encoded):UTF8",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "tracked.docx"),
    ]
    subprocess.run(call, check=True, capture_output=True, timeout=120)
    assert "新设工作专班" in (tmp_path / "tracked.txt").read_text("utf-8")


def test_another_name_of_a_body_is_tracked_as_a_whole_and_blanks_never_are() -> None:
    renamed = Made(Fate.SAME, ((("由市安监局、市教委 2014 年落实", "由市应急局、市教委2014年落实"),),))
    data = tracked_changes(_without_changes(compared([renamed, same("公开办事指南并按年度更新，接受社会监督。")])), "zh")
    found = [("".join(node.itertext())) for tag in ("del", "ins") for node in body_of(data).iter(W + tag)]
    assert found == ["由市安监局", "由市应急局"]
    assert lines(data, accept=True)[0] == "由市应急局、市教委2014年落实"


def test_a_unit_that_ends_within_a_cell_gives_only_its_part_of_it() -> None:
    pair = compared([row(Fate.SAME, [("1", "1")], [("归集信息；", "归集信息；"), ("按月通报。", "按月通报。")]), same("公开办事指南。")])
    unit = pair.comparison.units[0]
    assert unit.old
    assert unit.new
    cut = unit.old.cells[1].start + 5
    parts = []
    for start, end, cells in ((0, cut, unit.old.cells), (cut, unit.old.span.end, ())):
        piece = replace(unit.old, span=Span(start, end), cells=cells, columns=unit.old.columns[: len(cells)])
        parts.append(replace(unit, old=piece, new=piece))
    assert_both_ways(replace(pair, comparison=replace(pair.comparison, units=(*parts, *pair.comparison.units[1:]))))
