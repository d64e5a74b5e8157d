"""Tables drawn with plus signs and bars, and tables under rules of dashes, as pandoc writes them."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from normalizers.documents import read
from normalizers.records import Document, Hints

GRID = """# 2031年灯塔任务表

+--------+----------------------+------------+----------+
| 领域   | **工作任务**         | 责任单位   | 完成时限 |
+========+======================+============+==========+
| 养护   | 逐座检修灯塔，建立信 | 市灯塔局、 | 6月底    |
|        | 用台账。             | 市航道局   |          |
|        +----------------------+------------+----------+
|        | 公开检修结果。       | 市灯塔局\\  | 9月底    |
|        |                      | 市信用中心 |          |
+--------+----------------------+------------+----------+
"""


def _document(text: str, name: str = "a.md") -> Document:
    return read(text.encode(), Hints(file_name=name))


def _rows(document: Document) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for block in document.blocks if block.table for row in block.table.grid()]


def test_a_drawn_grid_is_a_table_and_its_open_rules_merge_cells() -> None:
    for name in ("a.md", "a.txt"):
        rows = _rows(_document(GRID, name))
        assert rows[1] == ["养护", "逐座检修灯塔，建立信用台账。", "市灯塔局、市航道局", "6月底"]
        assert rows[2] == ["", "公开检修结果。", "市灯塔局\n市信用中心".replace("\\\\n", "\\n"), "9月底"]


def test_rules_of_dashes_underline_no_heading_and_stand_in_no_cell() -> None:
    text = """# 灯塔分工

  ------------------------------------------------
  工作任务                 牵头单位     完成时间
  ------------------------ ------------ ----------
  印制灯塔信用读本，分送各 市灯塔局     2031年3月
  港口。

  评选守信船长二十名。     市海事处     2031年5月
  ------------------------------------------------
"""
    document = _document(text)
    rows = _rows(document)
    assert rows[1:] == [["印制灯塔信用读本，分送各港口。", "市灯塔局", "2031年3月"], ["评选守信船长二十名。", "市海事处", "2031年5月"]]
    assert not [block.text for block in document.blocks if "--" in block.text]


@given(st.text(alphabet="+-=|:\\\\ 甲1\n", max_size=300))
def test_property_any_drawing_is_read_without_failing(text: str) -> None:
    _document("甲\n" + text)


def test_a_long_drawing_is_read_in_time() -> None:
    row = "| 甲 | " + "乙" * 40 + " |\n+----+" + "-" * 82 + "+\n"
    start = time.process_time()
    _document("+----+" + "-" * 82 + "+\n" + row * 3000)
    assert time.process_time() - start < 5
