"""Old Word and rich text. ``files/*.doc`` hold the plan of ``samples``: one made from a page, one from a docx, whose table gets lost."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from normalizers.documents import UnreadableError, legacy, ole, outside, read
from normalizers.documents.blocks import RawBlock
from normalizers.documents.grid import RawCell, place
from normalizers.records import BlockKind, Document, Hints
from tests.documents.samples import LEAD_IN, TITLE, expected_grid, plan_rows, read_grid

FILES = Path(__file__).parent / "files"
HAS_OFFICE, HAS_CHECK = bool(shutil.which("soffice") or shutil.which("libreoffice")), bool(shutil.which("antiword"))
needs_office = pytest.mark.skipif(not HAS_OFFICE, reason="LibreOffice is missing: apt-get install libreoffice-writer-nogui")
needs_check = pytest.mark.skipif(not HAS_CHECK, reason="antiword is missing: apt-get install antiword")

RTF = (
    r"{\rtf1\ansi\ansicpg936\uc0 \u20449 \u29992 \u24037 \u20316 \par "
    r"\trowd\cellx2000\cellx4000 \intbl \u20219 \u21153 \cell \u21333 \u20301 \cell\row "
    r"\trowd\cellx2000\cellx4000 \intbl A\cell B\cell\row \pard \u23436 \par}"
).encode("ascii")


def opened(name: str, payload: bytes | None = None) -> Document:
    return read(payload if payload is not None else (FILES / name).read_bytes(), Hints(file_name=name))


@needs_office
def test_a_doc_gives_title_text_and_every_cell_of_its_table() -> None:
    document = opened("plan.doc")
    assert (document.format, document.warnings) == ("doc", ())
    assert [block.text for block in document.blocks[:2]] == [TITLE, LEAD_IN]
    assert read_grid(document) == expected_grid(plan_rows())


@needs_office
@needs_check
def test_a_table_that_the_conversion_loses_is_taken_from_the_check_and_told() -> None:
    document = opened("lost_table.doc")
    assert "0 of 20 table rows" in document.warnings[0]
    grid, expected = read_grid(document), expected_grid(plan_rows())
    assert [row[1:3] for row in grid if row[1] != "10"] == [row[1:3] for row in expected if row[1] != "10"]
    assert not [block.table for block in document.blocks if block.table and block.table.merged]


@needs_check
def test_without_libreoffice_a_doc_is_read_by_the_check_alone_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "converted", lambda payload, suffix: None)
    document = opened("plan.doc")
    assert "antiword alone" in document.warnings[0]
    assert len(read_grid(document)) == 20


def test_without_any_program_a_doc_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnreadableError, match=r"plan\.doc: not extracted: .*apt-get install .*libreoffice-writer-nogui antiword"):
        opened("plan.doc")


@needs_office
def test_rich_text_is_read_with_its_table_whatever_its_suffix() -> None:
    document = opened("说明.doc", RTF)
    assert document.format == "rtf"
    assert read_grid(document) == [["任务", "单位"], ["A", "B"]]
    assert document.text.startswith("信用工作")


@needs_office
def test_a_doc_that_is_no_doc_inside_is_unreadable_in_time() -> None:
    began = time.perf_counter()
    whole = (FILES / "plan.doc").read_bytes()
    with pytest.raises(UnreadableError, match="damaged"):
        opened("坏.doc", whole[:700] + "WordDocument".encode("utf-16-le") + whole[2000:6000])
    assert time.perf_counter() - began < 30


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        (RTF, 1),
        (b"", 0),
        (rb"{\rtf1 {a}{b{c}}}", 3),
        (rb"{\{\{\\{\}}}", 2),
        (rb"{\bin3 {{{{}}", 2),
        (rb"{\\bin3 {{{}}}}", 4),
        (b"{\\bin1 }" * 50, 50),
        (b"{\\bin1 \\{}}" * 50, 2),
        (rb"{\bin{{}}", 3),
        (rb"{\bin" + b"9" * 5000, 1),
    ],
)
def test_groups_of_rich_text_are_counted_without_escaped_signs_and_pictures(text: bytes, groups: int) -> None:
    assert legacy.nested_groups(text) == groups


@pytest.mark.parametrize("group", [b"{", rb"{\b a", rb"{\bin1 }"])
def test_rich_text_that_nests_beyond_measure_is_refused_before_a_program_reads_it(group: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def begun(payload: bytes, suffix: str) -> bytes | None:
        raise AssertionError("LibreOffice takes 1.2 GB for 500,000")

    monkeypatch.setattr(legacy, "converted", begun)
    with pytest.raises(UnreadableError, match=r"a\.rtf nests 1,501 groups in one another, more than the 1,000 that are read"):
        opened("a.rtf", rb"{\rtf1 " + group * 1_500)


def rows(count: int, text: str = "信用") -> list[RawBlock]:
    cells = [[RawCell(text), RawCell(text)] for _ in range(count)]
    return [RawBlock(kind=BlockKind.TABLE, table=place(cells))] if count else [RawBlock(text)]


@pytest.mark.parametrize(
    ("converted", "check", "taken", "told"),
    [
        (rows(20), rows(20), False, 0),
        (rows(0), rows(20), True, 1),
        (rows(9), rows(20), True, 1),
        (rows(14), rows(20), False, 2),
        (rows(20), rows(0), False, 1),
        (rows(0, "信用"), rows(0, "信用信息归集"), True, 1),
    ],
)
def test_two_readings_are_compared_by_rows_and_characters(converted: list[RawBlock], check: list[RawBlock], taken: bool, told: int) -> None:
    found, warnings = legacy.compare_readings(converted, check)
    assert (found, len(warnings)) == (taken, told)


def test_what_an_ole_file_holds_is_told_by_its_own_streams() -> None:
    whole = (FILES / "plan.doc").read_bytes()
    assert "WordDocument" in ole.root_names(whole)
    assert ole.kind_of(whole) == "doc"
    assert ole.kind_of((FILES / "plan.xls").read_bytes()) == "xls"
    assert ole.root_names(whole[:700]) == frozenset()
    assert ole.kind_of(whole[:700] + "Workbook".encode("utf-16-le")) == "xls"


def test_an_outside_program_is_ended_with_all_it_started(tmp_path: Path) -> None:
    began = time.perf_counter()
    status, _ = outside.run(["sh", "-c", "sleep 30 & echo $! > child; sleep 30"], tmp_path, 0.5)
    assert status == -1
    assert time.perf_counter() - began < 10
    child = int((tmp_path / "child").read_text())
    time.sleep(0.2)
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_an_outside_program_that_is_not_there_is_a_status_and_no_error(tmp_path: Path) -> None:
    assert outside.run([str(tmp_path / "none")], tmp_path, 5)[0] != 0
    assert outside.found("no-such-program-anywhere") == ""
