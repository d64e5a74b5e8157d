"""The kind of a document, from titles of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.metadata.kind import kind_of
from normalizers.records import DocumentKind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("某市信用建设行动方案（2018-2020年）", "plan"),
        ("某市社会信用体系建设“十四五”规划", "plan"),
        ("某市2018年信用工作要点", "work-points"),
        ("某市行动方案（2018-2020年）2018年重点工作责任分工表", "task-table"),
        ("关于印发《某市信用工作要点》的通知", "notice"),
        ("关于印发《某市信用工作要点》的通知（某发〔2018〕1号）", "notice"),
        ("关于加强信用监管的实施意见", "opinion"),
        ("某市信用修复管理办法（试行）", "measures"),
        ("某市优化营商环境若干措施", "measures"),
        ("某省信用条例（2021年修订）", "regulation"),
        ("关于招募信用服务机构的公告", "announcement"),
        ("关于同意设立某园区的批复", "reply"),
        ("关于某事的复函", "reply"),
        ("关于商请提供数据的函", "letter"),
        ("某市信用工作总结", "report"),
        ("某市守信企业名单", "list"),
        ("《某市信用条例》政策解读之一", "news"),
        ("某市召开信用工作会议", "news"),
        ("某市信用修复典型案例（第三批）", "case"),
        ("某市发布2024年度诚信建设典型案例", "case"),
        ("关于公布全市信用应用典型案例的通知", "case"),
        ("关于征集全市信用应用典型案例的通知", "notice"),
        ("信用典型案例评选办法", "measures"),
        ("以案说信：一张罚单的来去", "case"),
        ("失信治理典型案例之二", "case"),
        ("典型案例③：小店的信用账", "case"),
        ("关于某案件办理结果的公告", "announcement"),
        ("信用中国", "other"),
        ("", "other"),
    ],
)
def test_a_title_tells_the_kind(title: str, kind: str) -> None:
    assert kind_of(title) is DocumentKind(kind)


@given(st.text())
def test_property_every_title_has_a_kind(title) -> None:
    assert isinstance(kind_of(title), DocumentKind)
