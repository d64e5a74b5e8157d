"""The verb that puts papers beside one another, in every form that it prints and writes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from lxml import html
from openpyxl import load_workbook

from harvester.aligning import align_named, alignment_json, bodies, cut, flat_rows
from harvester.cli.main import run
from harvester.errors import WrongCall
from harvester.reports.alignment import alignment_page
from harvester.reports.alignment_sheet import alignment_sheet
from tests.reports.stored import new_store, publish

PAPERS = Path(__file__).parent / "counterparts" / "papers"
PLAN, TABLE = str(PAPERS / "care_plan.txt"), str(PAPERS / "care_table.html")


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder without a store, in English."""
    monkeypatch.chdir(tmp_path)
    for name in ("HARVESTER_STORE", "HARVESTER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_json_holds_papers_rows_scores_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["align", PLAN, TABLE, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [paper["tasks"] for paper in told["papers"]] == [10, 14]
    opening, other = told["rows"][0]["cells"]
    assert (opening["tied_to"], opening["score"], opening["reason"]) == (None, None, None)
    assert other["tied_to"] == 0
    assert other["certain"]
    assert "嵌入式养老服务站" in other["reason"]["terms"]
    assert other["passages"][0]["deadline"]["end"] == "2025-12-31"
    assert sum(len(cell["passages"]) for row in told["rows"] for cell in row["cells"] if cell) == 24


def test_against_paragraphs_every_task_of_the_first_paper_has_its_row() -> None:
    told = alignment_json(align_named([TABLE, PLAN], None, paragraphs=True))
    assert [row["cells"][0]["passages"][0]["position"] for row in told["rows"]] == list(range(1, 15))
    assert told["rows"][11]["cells"][1]["passages"][0]["kind"] == "paragraph"
    assert told["rows"][12]["cells"][1] is None


def test_the_table_marks_what_is_only_likely(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["align", *(str(PAPERS / f"patents_{year}.txt") for year in (2024, 2021))]) == 0
    out = capsys.readouterr().out
    assert "? 0." in out
    assert "—" in out
    assert "only likely (marked ?)" in out


def test_csv_has_six_columns_a_paper_and_neutral_formulas(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, word in (("a.txt", "甲"), ("b.txt", "乙")):
        lines = "1.=HYPERLINK(1)核验平台接口并公布目录。（责任单位：市信用办）\n\n2.推广信用承诺书范本。（责任单位：市司法局）\n"
        (alone / name).write_text(f"{word}市2025年信用工作要点\n\n{lines}", "utf-8")
    assert run(["align", "a.txt", "b.txt", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows[0]) == 13
    assert all(not value.startswith("=") for row in rows for value in row.values())
    assert any("'=HYPERLINK" in value for value in rows[0].values())


def test_files_of_every_ending_hold_the_table(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for ending in ("html", "json", "csv", "xlsx"):
        assert run(["align", PLAN, TABLE, "--to", f"out.{ending}"]) == 0
    assert "written: out.xlsx" in capsys.readouterr().err
    rows = len(json.loads((alone / "out.json").read_text("utf-8"))["rows"])
    sheet = load_workbook(alone / "out.xlsx").active
    assert (sheet.max_row, sheet.max_column, sheet.freeze_panes) == (rows + 1, 13, "B2")
    assert "likely" not in {cell.value for cell in sheet["M"]}
    assert len(html.document_fromstring((alone / "out.html").read_text("utf-8")).xpath("//tbody/tr")) == rows
    assert (alone / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfmatter,")


def test_a_sheet_neutralises_formulas_and_drops_what_no_sheet_may_hold() -> None:
    row = {"matter": "1", "1 题": "=1+1", "1 tie": "likely"}
    sheet = load_workbook(io.BytesIO(alignment_sheet([row, row | {"1 题": "控制\x07符\u202e倒"}]))).active
    assert [cell.value for cell in sheet["B"]] == ["1 题", "'=1+1", "控制\ufffd符\ufffd倒"]
    assert {cell.data_type for cell in sheet["B"]} == {"s"}
    assert sheet["C2"].border.left.style == "mediumDashed"


def test_a_page_escapes_what_papers_say_and_asks_for_nothing(alone: Path) -> None:
    for name in ("a.txt", "b.txt"):
        line = "1.核验平台接口<img src=x onerror=alert(1)>并公布目录\u202e。（责任单位：市信用办）\n"
        (alone / name).write_text(f"江州市2025年<script>alert(1)</script>要点\n\n{line}", "utf-8")
    page = alignment_page(align_named(["a.txt", "b.txt"], None), "zh")
    tree = html.document_fromstring(page)
    assert not tree.xpath("//script | //img | //link | //*[@src] | //*[@href]")
    assert "\u202e" not in page
    assert "default-src 'none'" in page
    assert tree.get("lang") == "zh-CN"
    assert "多份文件对照表" in page


def test_likely_ties_are_marked_on_the_page_by_word_and_shape() -> None:
    found = align_named([str(PAPERS / f"patents_{year}.txt") for year in (2024, 2021)], None)
    tree = html.document_fromstring(alignment_page(found, "en"))
    assert len(tree.cssselect("td.likely")) == found.count(certain=False) > 0
    assert all("likely" in cell.text_content() for cell in tree.cssselect("td.likely"))


def test_a_sheet_keeps_every_task_of_a_cell() -> None:
    flat = flat_rows(align_named([TABLE, PLAN], None))
    assert sorted(number for row in flat for number in row["1 number"].split("\n") if number) == sorted(map(str, range(1, 15)))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([PLAN], "from 2 to"),
        ([PLAN, "missing.txt"], "there is no file missing.txt"),
        ([PLAN, TABLE, "--to", "out.docx"], "no ending that tells its form"),
        ([PLAN, "empty.txt"], "marks no tasks"),
    ],
)
def test_a_wrong_call_is_told_in_a_sentence(arguments: list[str], words: str, alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (alone / "empty.txt").write_text("关于信用的随笔\n\n诚信是金，人人称道，历来如此，不再赘述。\n", "utf-8")
    assert run(["align", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_paper_without_tasks_may_be_held_against_by_its_paragraphs(alone: Path) -> None:
    (alone / "text.txt").write_text("江州市养老条例说明\n\n全市每个街道建成嵌入式养老服务站，利用闲置厂房改建的给予补助。\n", "utf-8")
    found = align_named([TABLE, "text.txt"], None, paragraphs=True)
    assert found.rows[0].cells[1] is not None
    with pytest.raises(WrongCall, match="marks no tasks"):
        align_named(["text.txt", TABLE], None, paragraphs=True)


def test_stored_papers_are_named_by_id_version_and_day(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with new_store(alone) as store:
        publish(store, "plan", (PAPERS / "patents_2021.txt").read_text("utf-8"), "2021-03-01")
        plan = publish(store, "plan", (PAPERS / "patents_2021.txt").read_text("utf-8").replace("十五亿元", "十六亿元"), "2021-06-01")
    names = [f"{plan}@1", f"{plan}@2021-06-01", str(PAPERS / "patents_2024.txt")]
    told = alignment_json(align_named(names, None))
    assert [paper["name"] for paper in told["papers"]] == names
    both = [row["cells"] for row in told["rows"] if all(row["cells"][:2])]
    assert [len(told["papers"]), len(both)] == [3, 10]
    assert ["十五亿元" in both[7][0]["passages"][0]["text"], "十六亿元" in both[7][1]["passages"][0]["text"]] == [True, True]
    assert run(["align", plan, "a0000000000"]) == 1
    assert "a0000000000" in capsys.readouterr().err


def test_titles_that_begin_alike_stay_apart_when_they_are_cut() -> None:
    one, other = "江州市居家养老服务能力提升三年行动计划（2024—2026年）", "江州市居家养老服务能力提升三年行动计划任务分解表"
    assert cut(one, 14) != cut(other, 14)
    assert len(cut(one, 14)) == 14


def test_roles_are_told_in_the_readers_language() -> None:
    passage = align_named([TABLE, PLAN], None).rows[0].cells[0].passages[0]
    assert bodies(passage, "zh") == "牵头单位：市民政局；配合单位：市国资委"
    assert bodies(passage, "en") == "lead: 市民政局; partner: 市国资委"
