"""Notices that end records name their subjects, and leave no name behind in the document."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.notices.contexts import context_of, list_name_in
from normalizers.notices.records import Colour, NoticeKind
from tests.notices.list_papers import code, found, found_in
from tests.shared import SHARED, needs_shared

REMOVED = f"""
= 关于将江州晚晴建材有限公司移出严重违法失信企业名单的公告
江州晚晴建材有限公司（统一社会信用代码：{code(81)}）于2021年3月2日因江市监处罚〔2021〕12号决定被列入严重违法失信企业名单。
该公司已改正违法行为，自2023年8月1日起移出严重违法失信企业名单。
> 江州市市场监督管理局
> 2023年8月3日
"""


def test_a_firm_removed_from_a_list_is_named_by_the_record_and_nowhere_else() -> None:
    result = found(REMOVED, title="关于将江州晚晴建材有限公司移出严重违法失信企业名单的公告")
    record = result.records[0]
    told = {each.label: each.value for each in record.fields}
    assert (record.kind, record.colour, record.list_name) == (NoticeKind.WITHDRAWAL, Colour.BLACK, "严重违法失信企业名单")
    assert told["企业名称"] == "江州晚晴建材有限公司"
    assert told["统一社会信用代码"] == code(81)
    assert told["处罚决定书文号"] == "江市监处罚〔2021〕12号"
    assert told["撤销日期"] == "2023-08-01"
    assert "晚晴" not in result.document.text
    assert code(81) not in result.document.text
    assert result.scrubbed("关于将江州晚晴建材有限公司移出严重违法失信企业名单的公告") == "关于将〔主体〕移出严重违法失信企业名单的公告"


@pytest.mark.parametrize("form", ["html-plain", "docx", "xlsx", "pdf", "txt"])
def test_a_table_of_withdrawals_takes_the_day_of_effect_from_the_text_in(form: str) -> None:
    result = found(
        """
= 2022年第三批物业企业不良记录撤销名单公告
下列单位已完成整改，自2022年9月15日起撤销其不良记录：
| 序号 | 单位 | 撤销原因 |
|-
| 1 | 江州暖阳物业管理有限公司 | 已公布公共收益 |
| 2 | 江州繁星物业管理有限公司 | 电梯已修复 |
""",
        form,
    )
    assert [record.kind for record in result.records] == [NoticeKind.WITHDRAWAL] * 2
    assert {record.list_name for record in result.records} == {"物业企业不良记录"}
    assert all(record.fields[-1].value == "2022-09-15" for record in result.records)
    assert "暖阳" not in result.document.text


def test_a_day_that_the_row_prints_goes_before_that_of_the_text() -> None:
    result = found(f"""
= 江州市信用修复公示
| 企业名称 | 统一社会信用代码 | 处罚决定书文号 | 修复日期 |
|-
| 江州秋实农业有限公司 | {code(91)} | 江农罚〔2022〕3号 | 2023-01-09 |
> 2023年1月12日
""")
    record = result.records[0]
    assert record.kind is NoticeKind.REPAIR
    assert [each.value for each in record.fields if each.label == "修复日期"] == ["2023-01-09"]


def test_repairs_in_prose_are_read_item_by_item() -> None:
    result = found(f"""
= 江州市信用修复公告
经审核，准予以下单位信用修复：
1.江州春水酒店有限公司（统一社会信用代码：{code(92)}，处罚决定书文号：江消罚〔2023〕41号）
2.江州夏木超市（统一社会信用代码：{code(93)}，处罚决定书文号：江消罚〔2023〕44号）
> 2024年2月1日
""")
    assert [record.kind for record in result.records] == [NoticeKind.REPAIR] * 2
    assert "江消罚〔2023〕44号" in [each.value for each in result.records[1].fields]
    assert result.records[0].listed_on == date(2024, 2, 1)
    assert "春水" not in result.document.text


@needs_shared
@pytest.mark.parametrize(("name", "kind"), [("condetail1909979", NoticeKind.LIST_ENTRY), ("condetail1909980", NoticeKind.WITHDRAWAL)])
def test_a_published_pair_of_listing_and_withdrawal_is_told_apart(name: str, kind: NoticeKind) -> None:
    from normalizers.records import Hints

    payload = (SHARED / "site_samples" / "jiangsu_sip_credit" / f"{name}.html").read_bytes()
    result = found_in(payload, Hints(media_type="text/html"))
    assert [record.kind for record in result.records] == [kind]
    assert result.records[0].colour is Colour.BLACK
    assert result.told
    for word, _ in result.told:
        assert word not in result.document.text


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("关于移出经营异常名录的公告", NoticeKind.WITHDRAWAL),
        ("江州市行政处罚信息信用修复公示（第8期）", NoticeKind.REPAIR),
        ("关于终止公示部分行政处罚信息的公告", NoticeKind.WITHDRAWAL),
        ("关于退出守信红名单企业的通报", NoticeKind.WITHDRAWAL),
        ("关于撤销城东派出所的公告", None),
        ("关于撤销某某职务的决定", None),
        ("江州市信用修复管理办法", None),
        ("信用修复流程指引", None),
    ],
)
def test_a_title_tells_whether_records_end(title: str, kind: NoticeKind | None) -> None:
    context = context_of(title)
    assert (context.kind if context else None) is kind


@given(st.text(max_size=300))
def test_property_any_title_has_a_context_or_none(title: str) -> None:
    context = context_of(title)
    assert context is None or isinstance(context.kind, NoticeKind)
    assert len(list_name_in(title)) <= 60
