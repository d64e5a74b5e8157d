"""Tables of pdfs printed cell after cell: figures set off by blanks, narrow columns, several tables, lists of shortcomings."""

from __future__ import annotations

from normalizers.documents import read
from normalizers.records import Hints


def _tables(text: str) -> list[list[list[str]]]:
    document = read(text.encode(), Hints(file_name="plan.txt"))
    return [[[cell.text if cell else "" for cell in row] for row in block.table.grid()] for block in document.blocks if block.table]


def test_figures_and_their_units_part_no_cells() -> None:
    text = """2031 年某市任务分工表
序号 工作任务 负责单位 时间进度
1 建成灯塔信用平台二期，接入部门达到 40
个以上，日均查询 2000 次，面向全部沿海
乡镇开放。
市灯塔局、市海洋
渔业局
2031 年 6
月底前完成
2 清理积压异议申请，每件不超过 5 个工
作日。
市灯塔局 2031 年 9 月
底前完成
3 印发操作手册。 市海洋渔业局、市
港务局
持续实施
"""
    (table,) = _tables(text)
    assert [row[0] for row in table[1:]] == ["1", "2", "3"]
    assert [row[2] for row in table[1:]] == ["市灯塔局、市海洋渔业局", "市灯塔局", "市海洋渔业局、市港务局"]
    assert [row[3].replace(" ", "") for row in table[1:]] == ["2031年6月底前完成", "2031年9月底前完成", "持续实施"]


def test_a_narrow_column_of_headings_stands_apart_from_the_measures() -> None:
    text = """序号 主要任务 工作措施 牵头部门 参与部门
1 筑牢信用承
诺防线
逐项编制灯塔维护承诺书，开发履约核
查模块，与市政务网贯通使用。
市灯塔局 市司法局、市政
务服务办
2 健全航标评
价模型
重新测算航标养护单位的信用分，剔除
无关指标后组织论证。
市航道局 市统计局、市海
事处
3 办好宣传周 印制读本三千册，送上渔船。 市委宣传部 市文联
"""
    (table,) = _tables(text)
    assert [row[1] for row in table[1:]] == ["筑牢信用承诺防线", "健全航标评价模型", "办好宣传周"]
    assert [row[4] for row in table[1:]] == ["市司法局、市政务服务办", "市统计局、市海事处", "市文联"]


def test_a_table_ends_where_other_labels_follow() -> None:
    text = """序号 任务 牵头单位 备注
1 编制灯塔信用年鉴，收录案例不少于二
十篇。
市灯塔局 委托编写
2 开通灯塔信用热线，全天候受理来电。 市灯塔局、市航
道局
序号 任务 责任单位 完成时限 备注
1 修缮信用教育基地，新增展板和沙盘各
一处。
市教育局、市灯塔
局
8 月底前
2 评选守信渔船一百艘。 市海洋渔业局 10 月底前
"""
    first, second = _tables(text)
    assert (len(first), len(second)) == (3, 3)
    assert second[1][2:4] == ["市教育局、市灯塔局", "8月底前"]


def test_shortcomings_and_persons_head_columns_of_their_own() -> None:
    text = """序号 存在问题 整改措施 责任领导 责任单位 整改时限
1 个别单位迟报灯
塔巡检数据。
逐条核对巡检台账，补报漏报数据，建立
日归集、月通报的办法。
陈某某 市灯塔局、市航道
局
2031 年 7 月
底前
2 修复申请办理超
期。
统一申请材料，一次告知。 李某 市信用中心 立行立改
"""
    (table,) = _tables(text)
    assert [cell.replace(" ", "") for cell in table[1][1:]] == [
        "个别单位迟报灯塔巡检数据。",
        "逐条核对巡检台账，补报漏报数据，建立日归集、月通报的办法。",
        "陈某某",
        "市灯塔局、市航道局",
        "2031年7月底前",
    ]


def test_items_numbered_within_their_cells_hold_a_table_together() -> None:
    text = """类别 工作任务 责任部门
（一）灯塔
养护工程
1.推行灯塔养护单位信用评级，结果与招标挂钩，
年内评级四十家。
牵头：市灯塔局；配合：市
财政局、市公共资源交易中
心
2.公开养护合同履约情况。 牵头：市航道局；配
合：市审计局
（二）航标
共享工程
3.接入沿江三市航标数据，每月比对一次，差错率
降到千分之一。
牵头：市数据局、市海事处；
配合：市灯塔局
4.汇编典型案例。 市信用中心
"""
    (table,) = _tables(text)
    assert [row[1][:2] for row in table[1:]] == ["1.", "2.", "3.", "4."]
    assert table[2][2] == "牵头：市航道局；配合：市审计局"
