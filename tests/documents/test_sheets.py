from __future__ import annotations

import datetime as dt
import random
import time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.documents import UnreadableError, read
from normalizers.documents.sheet_formats import plain, shown
from normalizers.records import Document, Hints
from tests.documents.samples import TITLE, expected_grid, plan_rows, read_grid, saved, xlsx_file

FILES = Path(__file__).parent / "files"
WORKBOOKS = {"xlsx": xlsx_file(plan_rows()[:4]), "xls": (FILES / "plan.xls").read_bytes()}


def csv_document(text: str, encoding: str = "utf-8") -> Document:
    return read(text.encode(encoding), Hints(file_name="目录.csv"))


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if block.table is None]


def test_a_real_xls_gives_every_cell_and_its_merged_ranges() -> None:
    document = read((FILES / "plan.xls").read_bytes(), Hints(file_name="plan.xls"))
    assert document.format == "xls"
    assert texts(document) == [TITLE]
    assert read_grid(document) == expected_grid(plan_rows())


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (dt.datetime(2031, 6, 1), 'yyyy"年"m"月"', "2031年6月"),
        (dt.date(2031, 6, 1), "yyyy-mm", "2031年6月"),
        (dt.datetime(2031, 1, 1), "yyyy", "2031年"),
        (dt.datetime(2031, 6, 30), "yyyy/m/d", "2031-06-30"),
        (dt.datetime(2031, 6, 30), 'm"月"d"日"', "6月30日"),
        (0.95, "0%", "95%"),
        (0.9555, "0.0%", "95.6%"),
        (12.0, "0000", "0012"),
        (7.5, "0.00", "7.50"),
        (1234.5, "#,##0.00", "1,234.50"),
        (-3.0, "00", "-03"),
        (5.0, "General", "5"),
        ("文字", "0.00", "文字"),
        (True, "0.00", "TRUE"),
        (46174.0, 'yyyy"年"m"月"', "2026年6月"),
    ],
)
def test_values_print_as_their_format_shows_them(value: object, code: str, text: str) -> None:
    assert shown(value, code) == text  # type: ignore[arg-type]


def test_the_noise_of_binary_fractions_is_not_shown() -> None:
    assert (plain(0.1 + 0.2), plain(1e300), plain(3.0)) == ("0.3", "1e+300", "3")


def test_formats_are_read_from_the_workbook() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["任务", "时限", "比例"])
    sheet.append(["甲", dt.date(2031, 6, 1), 0.9])
    sheet["B2"].number_format, sheet["C2"].number_format = 'yyyy"年"m"月"', "0%"
    assert read_grid(read(saved(book), Hints()))[1] == ["甲", "2031年6月", "90%"]


def test_hidden_rows_and_columns_are_read_and_told() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["任务", "单位"], ["甲", "甲局"], ["乙", "乙局"]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    document = read(saved(book), Hints())
    assert len(read_grid(document)) == 3
    assert sum("hidden" in warning for warning in document.warnings) == 2


def test_lines_above_and_notes_below_a_sheet_are_text() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows = (
        ["滨江新区任务清单"], ["填报单位：甲局", None, "填报日期：2031年3月"], ["序号", "任务", "单位"],
        [1, "归集数据", "甲局"],
        [2, "公示信息", "乙局"], ["注：本表每季报送一次。"], ["联系人：张某", None, "电话：0000"],
    )  # fmt: skip
    for row in rows:
        sheet.append(row)
    document = read(saved(book), Hints())
    assert texts(document) == [
        "滨江新区任务清单",
        "填报单位：甲局 填报日期：2031年3月",
        "注：本表每季报送一次。",
        "联系人：张某 电话：0000",
    ]
    assert [row[0] for row in read_grid(document)] == ["序号", "1", "2"]


def test_a_first_header_row_with_one_label_over_two_columns_stays_in_the_table() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([None, None, "责任单位", None], ["序号", "任务", "牵头", "配合"], [1, "甲项", "甲局", "乙局"]):
        sheet.append(row)
    sheet.merge_cells("C1:D1")
    assert read_grid(read(saved(book), Hints()))[0] == ["", "", "责任单位", "责任单位"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_csv_list_with_a_title_line_and_broken_cells_is_read(encoding: str, mark: str) -> None:
    head = mark.join(["序号", "工作任务", "责任单位"])
    first = f'1{mark}"归集数据，\r\n按月更新"{mark}市信用办'
    rows = (head, first, f"2{mark}公示信息{mark}市数据局", "说明：以上任务年底前完成。")
    text = "\r\n".join([f"滨江新区信用任务清单{mark * 2}", *rows, ""])
    document = csv_document(text, encoding)
    assert texts(document) == ["滨江新区信用任务清单", "说明：以上任务年底前完成。"]
    assert read_grid(document) == [
        ["序号", "工作任务", "责任单位"],
        ["1", "归集数据，\n按月更新", "市信用办"],
        ["2", "公示信息", "市数据局"],
    ]


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_rest() -> None:
    text = '序号,任务\n1,"甲项\n' + "".join(f"{number},乙项\n" for number in range(2, 400))
    document = csv_document(text)
    assert len(read_grid(document)) == 400
    assert "quotation mark" in document.warnings[0]


def test_a_sheet_of_single_cells_is_read_in_time() -> None:
    began = time.process_time()
    csv_document("甲,乙\n" + "一行,\n" * 20_000)
    assert time.process_time() - began < 20


@settings(max_examples=60)
@given(st.sampled_from(["xlsx", "xls"]), st.randoms(use_true_random=False))
def test_property_a_workbook_with_flipped_bits_is_read_or_unreadable(form: str, source: random.Random) -> None:
    whole = bytearray(WORKBOOKS[form])
    for _ in range(source.randint(1, 12)):
        whole[source.randrange(len(whole))] ^= 1 << source.randrange(8)
    try:
        read(bytes(whole[: source.randint(600, len(whole))]), Hints(file_name=f"x.{form}"))
    except UnreadableError as error:
        assert str(error).endswith(".")


def test_a_workbook_on_which_the_library_panics_is_unreadable_and_ends_nothing() -> None:
    broken = bytearray(WORKBOOKS["xls"][:-20])
    broken[44] ^= 2  # how many sectors hold the table of sectors
    with pytest.raises(UnreadableError, match="parts lie outside"):
        read(bytes(broken), Hints(file_name="x.xls"))


@given(st.floats(allow_nan=True, allow_infinity=True) | st.datetimes(), st.text(alphabet='0#,.%ymd"年[]\\_;', max_size=12))
def test_property_any_value_in_any_format_is_a_text(value: object, code: str) -> None:
    assert isinstance(shown(value, code), str)  # type: ignore[arg-type]
