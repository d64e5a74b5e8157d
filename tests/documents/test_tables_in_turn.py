"""Papers with several tables, notes of what leads, and changes written into the text."""

from __future__ import annotations

from normalizers.documents import read
from normalizers.records import Hints
from normalizers.tasks.clauses import split_clauses
from normalizers.text.clean import clean


def test_columns_held_apart_by_blanks_end_where_another_header_stands() -> None:
    text = """序号   任务                    牵头单位     备注
1      编印灯塔信用年鉴。      市灯塔局     委托
2      开通信用热线。          市航道局
序号   任务                    责任单位     完成时限    备注
1      修缮教育基地。          市教育局     2031 年
                                            11 月
2      评选守信渔船。          市海事处     10 月底前
"""
    document = read(text.encode(), Hints(file_name="a.txt"))
    tables = [[[cell.text if cell else "" for cell in row] for row in block.table.grid()] for block in document.blocks if block.table]
    assert [len(table) for table in tables] == [3, 3]
    assert tables[1][1][2:4] == ["市教育局", "2031年11月"]


def test_a_clause_goes_with_the_exception_before_it() -> None:
    text, clauses = split_clauses("市灯塔局牵头，市海事处（除标注为“牵头”单位外，列第一位的为牵头或汇总单位，下同）")
    assert text == "市灯塔局牵头，市海事处"
    assert clauses.first_is_lead and clauses.onward


def test_changes_within_brackets_are_carried_out() -> None:
    text = "责任单位：市灯塔局、[删除: 市府办、][插入: 市政府办公室、]市海事处[批注 [某某1]: 与三定一致]"
    assert clean(text).text == "责任单位：市灯塔局、市政府办公室、市海事处"
