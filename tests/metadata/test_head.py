"""Head tables of government pages in samples of our own: as a list, a line, a table, in any order."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.documents import read
from normalizers.metadata import Head, page_head, read_head, read_metadata
from normalizers.records import Hints

FIELDS = {
    "索引号": "00812345X/2021-00017",
    "主题分类": "市场监管",
    "发布机构": "某市信用办",
    "成文日期": "2021年3月4日",
    "发布日期": "2021-03-09 10:21",
    "发文字号": "某信办〔2021〕5号",
    "标题": "关于开展信用修复培训的通知",
    "有效性": "有效",
}
WANTED = Head(
    title="关于开展信用修复培训的通知",
    number="某信办〔2021〕5号",
    issuers=("某市信用办",),
    index_number="00812345X/2021-00017",
    issued_on=date(2021, 3, 4),
    published_on=date(2021, 3, 9),
)
LAYOUTS = {
    "lines": "\n".join(f"{label}：{value}" for label, value in FIELDS.items()),
    "blanks in the labels": "\n".join(f"{'　'.join(label)}: {value}" for label, value in FIELDS.items()),
    "bullets": "\n".join(f"- {label}:{value}" for label, value in FIELDS.items()),
    "cells": "\n".join(f"{label}：\t{value}" for label, value in FIELDS.items()),
    "one line": " ".join(f"{label}：{value}" for label, value in FIELDS.items()),
    "a table in Markdown": "\n".join(f"{label} | {value} |" for label, value in FIELDS.items()),
    "no colons": "\n".join(f"{label} {value}" for label, value in FIELDS.items()),
    "backwards": "\n".join(f"{label}：{value}" for label, value in reversed(FIELDS.items())),
    "brackets": "\n".join(f"【{label}】{value}" for label, value in FIELDS.items()),
}

PAGE = """<html><head><title>关于开展信用修复培训的通知_信息公开_某市人民政府门户网站</title>
<meta name="PubDate" content="2021-03-09 10:21"></head><body>
<div class="nav"><a href="/">首页</a></div>
<dl><dt>索 引 号：</dt><dd>00812345X/2021-00017</dd><dt>发文机关：</dt><dd>某市信用办</dd><dt>发文字号：</dt><dd>某信办〔2021〕5号</dd></dl>
<div id="zoom"><p>各有关单位：</p><p>为做好信用修复工作，请各单位组织人员参加培训，并按时报送名单。</p>
<p>某市信用办</p><p>2021年3月4日</p></div>
</body></html>"""


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_head_is_read_in_every_layout(layout: str) -> None:
    assert read_head(LAYOUTS[layout]) == WANTED


def test_fewer_than_three_labels_are_no_head() -> None:
    assert read_head("索引号：00812345X/2021-00017\n来源：某市信用办") == Head()
    assert read_head("名称：甲\n来源：乙\n作者：丙\n浏览次数：3") == Head()


def test_an_empty_field_does_not_take_the_next_label_for_its_value() -> None:
    found = read_head("索引号：A1234/2020-1 组配分类：通知\n发布机构：某市信用办\n名称：关于某事的通知 文号：\n发布日期：2020-10-21")
    assert (found.number, found.title, found.published_on) == ("", "关于某事的通知", date(2020, 10, 21))


def test_what_stands_around_the_text_of_a_page_is_read_from_the_page() -> None:
    payload, hints = PAGE.encode(), Hints(media_type="text/html")
    document = read(payload, hints)
    assert "索" not in document.text
    metadata = read_metadata(document, hints, page=page_head(payload, document, hints))
    assert (metadata.index_number, metadata.document_number) == ("00812345X/2021-00017", "某信办〔2021〕5号")
    assert (metadata.issued_on, metadata.published_on) == (date(2021, 3, 4), date(2021, 3, 9))
    assert metadata.title == "关于开展信用修复培训的通知"


def test_other_formats_have_no_page() -> None:
    document = read("某市信用工作要点".encode(), Hints(media_type="text/plain"))
    assert page_head(b"x", document, Hints()) == Head()


labels = st.sampled_from([*FIELDS, "生效日期", "失效日期", "印发日期", "：", "\n", "|", "\t", " ", "2021-02-30", "〔2021〕5号"])


@given(st.one_of(st.text(), st.lists(labels, max_size=40).map("".join)))
def test_property_reading_a_head_never_fails(text) -> None:
    assert isinstance(read_head(text), Head)


@pytest.mark.parametrize(
    ("bar", "day"),
    [
        ("<p>时间：2021-03-09　来源：某市信用办　字号：[大 中 小]</p>", date(2021, 3, 9)),
        ("<p><span>来源：某网</span><span>日期：2021年3月9日</span></p>", date(2021, 3, 9)),
        ("<table><tr><td>发布时间：2021-03-09　点击数：</td></tr></table>", date(2021, 3, 9)),
        ("<p>时间：2021年3月9日上午</p>", None),
        ("<p>会议时间：2021年3月9日　来源：某网</p>", None),
    ],
)
def test_the_bar_below_a_pages_title_states_the_day_of_publication(bar: str, day: date | None) -> None:
    body = "请各单位组织人员参加培训，并按时报送名单。" * 5
    page = f"<html><body><h2>关于开展信用修复培训的通知</h2>{bar}<div class='c'><p>{body}</p></div></body></html>".encode()
    hints = Hints(media_type="text/html")
    assert page_head(page, read(page, hints), hints).published_on == day


def test_the_dash_of_a_plans_years_does_not_begin_the_name_of_a_site() -> None:
    named = "某市农村信用提升行动计划（2021—2023年）"
    body = f"<p>某政办〔2021〕3号</p><h1>{named}</h1><p>为推进农村信用，制定本计划。</p><p>一、建档。（市农业农村局）</p>"
    page = f"<html><head><title>{named}</title></head><body>{body}</body></html>".encode()
    hints = Hints(media_type="text/html")
    assert read_metadata(read(page, hints), hints).title == named


@pytest.mark.parametrize("stated", ["2021-03-09", "2021-03-09T10:21:00+08:00", "2021-03-09 10:21:33", 1615256513, 1615256513000])
def test_the_answer_of_an_interface_states_its_day_number_and_index(stated: str | int) -> None:
    record = {"title": "关于开展信用修复培训的通知", "PublishTime": stated, "wenHao": "某信办[2021]5号", "syh": "00812345X/2021-00017"}
    answer = json.dumps({"data": {**record, "content": f"<p>{'请各单位组织人员参加培训，并按时报送名单。' * 5}</p>"}}).encode()
    hints = Hints(file_name="a.json")
    found = page_head(answer, read(answer, hints), hints)
    assert (found.published_on, found.number, found.index_number) == (date(2021, 3, 9), "某信办〔2021〕5号", "00812345X/2021-00017")


def test_the_name_of_a_series_is_not_the_title_of_its_number() -> None:
    lines = "专题会议纪要\n第8号\n某市人民政府办公室　2021年5月9日\n某市农村信用专题会议纪要\n5月8日，会议听取了农村信用工作情况的汇报。"
    document = read(lines.encode(), Hints(media_type="text/plain"))
    assert read_metadata(document, Hints()).title == "某市农村信用专题会议纪要"
