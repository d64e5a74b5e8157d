from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date

import pytest

from normalizers.derive import derive
from normalizers.documents import UnreadableError, html_tree, read
from normalizers.documents.html_tree import parse
from normalizers.records import BlockKind, Document, Hints
from tests.documents import samples


def page(body: str, head: str = "") -> Document:
    return read(f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>".encode(), Hints())


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if block.table is None]


ARTICLE = "<p>全区信用工作会议在新区召开，会议总结了上一年度的工作。</p><p>会议要求，各单位要压实责任，按月报送进展情况。</p>"


def test_the_known_container_is_the_body_and_the_ticker_is_not() -> None:
    document = page(
        "<div class='notice'><ul><li><a href='1'>另一条公告</a></li></ul></div><h1>新区召开信用工作会议</h1>"
        f"<div class='artnr'>{ARTICLE}</div><div class='foot'>主办单位：某某</div>"
    )
    assert texts(document)[0] == "新区召开信用工作会议"
    assert document.blocks[0].kind is BlockKind.TITLE
    assert "另一条公告" not in document.text
    assert "主办单位" not in document.text


def test_without_a_known_container_the_dense_text_is_the_body() -> None:
    links = "".join(f"<li><a href='{n}'>要闻链接标题之{n}</a></li>" for n in range(30))
    document = page(f"<div id='x1'><ul>{links}</ul></div><div id='x2'><div><h2>信用工作会议</h2>{ARTICLE * 3}</div></div><div>版权页</div>")
    assert "要闻链接" not in document.text
    assert "按月报送进展情况" in document.text


def test_the_hinted_selector_wins_and_a_vain_one_is_a_warning() -> None:
    markup = f"<html><body><div id=a>{ARTICLE}</div><div id=b><p>只要这一段文字，别的都不要。</p></div></body></html>".encode()
    assert texts(read(markup, Hints(body="#b"))) == ["只要这一段文字，别的都不要。"]
    document = read(markup, Hints(body="#gone"))
    assert "压实责任" in document.text
    assert any("#gone" in warning for warning in document.warnings)


def test_a_selector_that_is_none_is_named() -> None:
    with pytest.raises(UnreadableError, match="no CSS selector"):
        read(b"<html><body><p>x</p></body></html>", Hints(body="div[[", file_name="a.html"))


def test_a_date_split_over_many_spans_is_one_text() -> None:
    markup = "<span>自<span>202</span></span><span>6</span><span>年</span><b>8</b><span>月</span>28<o:p></o:p>日起"
    document = page(f"<div class=TRS_Editor><p>{markup}施行，请遵照执行。</p></div>")
    assert texts(document) == ["自2026年8月28日起施行，请遵照执行。"]


def test_line_breaks_of_the_source_vanish_beside_chinese_and_part_words() -> None:
    document = page("<div id=zoom><p>根据2015\n年的规定，\n现予公布 credit\ncode 使用办法。</p></div>")
    assert texts(document) == ["根据2015年的规定，现予公布 credit code 使用办法。"]


def test_br_and_block_elements_break_lines() -> None:
    document = page("<div id=zoom>第一行的内容写在这里<br>第二行的内容<div>第三行的内容</div>第四行的内容</div>")
    assert texts(document) == ["第一行的内容写在这里", "第二行的内容", "第三行的内容", "第四行的内容"]


def test_hidden_elements_scripts_and_comments_are_not_text() -> None:
    document = page(
        "<div id=zoom>"
        "<p>看得见的内容在这里呢。</p><p style='display: none'>看不见</p><p hidden>看不见</p><!-- 看不见 --><script>看不见</script></div>"
    )
    assert texts(document) == ["看得见的内容在这里呢。"]


def test_numbers_of_ordered_lists_stay_in_the_text() -> None:
    document = page("<div id=zoom><ol start=3><li>建立台账</li><li>按月通报</li></ol><ul><li>附则另行制定公布</li></ul></div>")
    assert texts(document) == ["3.建立台账", "4.按月通报", "附则另行制定公布"]


def test_spans_are_laid_out_by_the_html_standard() -> None:
    document = page(
        "<div id=zoom><p>任务分解表见下方所列：</p><table>"
        "<tr><th rowspan=2>序号</th><th colspan=2>任务</th></tr><tr><td>内容</td><td>单位</td></tr>"
        "<tr><td>1</td><td rowspan=0>共同推进</td><td>甲局</td></tr><tr><td>2</td><td>乙局</td></tr></table></div>"
    )
    table = next(block.table for block in document.blocks if block.table)
    grid = [[cell.text if cell else None for cell in row] for row in table.grid()]
    assert grid == [["序号", "任务", "任务"], ["序号", "内容", "单位"], ["1", "共同推进", "甲局"], ["2", "共同推进", "乙局"]]


def test_layout_tables_are_looked_through_and_data_tables_within_them_are_kept() -> None:
    inner = "<table><tr><td>序号</td><td>任务</td></tr><tr><td>1</td><td>完善制度</td></tr></table>"
    document = page(
        f"<table width=100%><tr><td><table><tr><td>首页 栏目</td></tr></table></td><td id=zoom>"
        f"<table><tr><td><p>各单位要认真抓好落实工作。</p>{inner}</td></tr></table></td></tr></table>"
    )
    assert texts(document) == ["各单位要认真抓好落实工作。"]
    assert [block.table.rows for block in document.blocks if block.table] == [2]


def test_a_full_width_first_row_is_the_caption_and_not_the_header() -> None:
    document = page(
        "<div id=zoom><table><tr><td colspan=2>重点任务分工表</td></tr><tr><td>任务</td><td>责任单位</td></tr>"
        "<tr><td>完善制度</td><td>甲局</td></tr><tr><td colspan=2>注：以上任务按月报送。</td></tr></table></div>"
    )
    table = next(block.table for block in document.blocks if block.table)
    assert table.cells[0].text == "任务"
    assert texts(document) == ["重点任务分工表", "注：以上任务按月报送。"]


def test_numbered_lines_are_headings_by_level_and_lists_are_not() -> None:
    document = page(
        "<div id=zoom><p>一、总体要求</p><p>（一）工作目标</p><p>到年底实现全覆盖。</p><p>1.制度建设</p><p>抓好落实。</p>"
        "<p>二、名单</p><p>1.甲公司</p><p>2.乙公司</p><p>3.丙公司</p><p>特此公告。</p><p>1.完善制度（责任单位：甲局）</p><p>完。</p></div>"
    )
    headings = [(block.text, block.level) for block in document.blocks if block.kind is BlockKind.HEADING]
    assert headings == [("一、总体要求", 1), ("（一）工作目标", 2), ("1.制度建设", 3), ("二、名单", 1)]


def test_the_title_in_the_body_is_not_said_twice() -> None:
    meta = "<meta name='ArticleTitle' content='关于开展信用宣传的通知'>"
    body = f"<div id=zoom><p align=center><b>关于开展</b></p><p align=center><b>信用宣传的通知</b></p>{ARTICLE}</div>"
    document = page(body, meta)
    assert texts(document)[0] == "关于开展信用宣传的通知"
    assert document.blocks[0].kind is BlockKind.TITLE
    assert document.text.count("信用宣传的通知") == 1


def test_an_absurd_colspan_costs_nothing() -> None:
    start = time.process_time()
    document = page(
        "<div id=zoom><p>下表各项按规定办理执行。</p><table><tr><td colspan=1000000>任务</td><td>单位</td></tr>"
        "<tr><td rowspan=999999>甲</td><td>乙</td></tr></table></div>"
    )
    table = next(block.table for block in document.blocks if block.table)
    assert (table.rows, table.columns) == (2, 2)
    assert time.process_time() - start < 2


def test_unclosed_font_tags_by_the_hundred_do_not_lose_the_text() -> None:
    document = page("<div id=zoom>" + "<font color=red>" * 400 + "这一段文字嵌在四百层里面。" + "<p>后一段文字。</p></div>")
    assert "四百层里面" in document.text
    assert "后一段文字" in document.text


@pytest.mark.parametrize("depth", [300, 100_000])
def test_deep_nesting_is_refused_and_not_silently_cut(depth: int) -> None:
    with pytest.raises(UnreadableError, match="255 deep"):
        read(("<html><body>" + "<div>" * depth + "底部文字").encode(), Hints(file_name="deep.html"))


def test_entities_are_not_expanded_from_a_document_type() -> None:
    kind = '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    bomb = f"{kind}<html><body><div id=zoom><p>文字在此，实体为 &b; 不展开。</p></div></body></html>"
    assert "hahaha" not in read(bomb.encode(), Hints()).text
    assert parse("<p>&lt;好&gt;</p>", "x") is not None


def test_a_page_that_shows_nothing_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match="shows no text"):
        page("<script>document.write('x')</script><img src=a.png>")


def test_gbk_pages_are_read_by_their_meta() -> None:
    markup = (
        "<html><head><meta charset=gb2312><title>x</title></head><body><div id=zoom><p>信用信息公示系统上线运行。</p></div></body></html>"
    )
    document = read(markup.encode("gbk"), Hints())
    assert "信用信息公示系统上线运行" in document.text


def boxes(*rows: Sequence[str], tags: tuple[str, str] = ("div", "div")) -> str:
    row, cell = tags
    lines = ("".join(f"<{cell}>{text}</{cell}>" for text in texts) for texts in rows)
    return "<div class='grid'>" + "".join(f"<{row}>{line}</{row}>" for line in lines) + "</div>"


LABELS = ("序号", "重点任务", "责任单位")
FIRST, SECOND = ("1", "建立企业信用档案。", "甲局"), ("2", "开展信用修复培训，每季度一次。", "乙局、丙局")


@pytest.mark.parametrize("tags", [("div", "div"), ("li", "span"), ("section", "p")])
def test_a_table_drawn_of_boxes_is_a_table(tags: tuple[str, str]) -> None:
    document = page(f"<p>任务如下。</p>{boxes(LABELS, FIRST, SECOND, tags=tags)}<p>以上。</p>")
    assert samples.read_grid(document) == [list(LABELS), list(FIRST), list(SECOND)]
    assert [block.text for block in document.blocks if block.table is None] == ["任务如下。", "以上。"]


def test_boxes_without_labels_stay_text() -> None:
    document = page(boxes(("首页", "新闻", "公告"), ("通知", "公示", "政策")))
    assert all(block.table is None for block in document.blocks)


def piece(*rows: Sequence[str]) -> str:
    return "<table>" + "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in rows) + "</table>"


@pytest.mark.parametrize("again", [(), (LABELS,)])
def test_a_table_pasted_in_pieces_is_one_table(again: tuple[Sequence[str], ...]) -> None:
    document = page(piece(LABELS, FIRST) + "<p>&nbsp;</p>" + piece(*again, SECOND) + piece(("3", "公布名单。", "丁局")))
    assert samples.read_grid(document) == [list(LABELS), list(FIRST), list(SECOND), ["3", "公布名单。", "丁局"]]


@pytest.mark.parametrize("other", [("1", "另一份任务清单中的工作。", "丁局"), ("联系人", "联系电话与传真号码等等", "备注")])
def test_a_table_that_does_not_go_on_stays_its_own(other: Sequence[str]) -> None:
    document = page(piece(LABELS, FIRST, SECOND) + piece(other, ("2", "其他工作。", "丁局")))
    assert sum(block.table is not None for block in document.blocks) == 2


@pytest.mark.parametrize(
    ("markup", "told"),
    [
        ("<iframe src='/file/plan.html'></iframe>", "frame that was not read (/file/plan.html)"),
        ("<div class='pages'><a href='t_2.html'>下一页</a></div>", "goes on on another page (t_2.html)"),
        ("<div class='pages'><span>第1页/共3页</span></div>", "one part of several"),
        ("<p>数据加载中，请稍候...</p>", "whose text a script loads"),
        ("<img src='scan1.jpg'><img src='scan2.jpg'>", "2 pictures and little text"),
    ],
)
def test_text_that_a_page_only_points_at_is_told(markup: str, told: str) -> None:
    document = page(f"<div><p>现将工作方案印发给你们，请认真贯彻执行。</p>{markup}</div>")
    assert any(told in warning for warning in document.warnings), document.warnings


def test_a_whole_page_with_an_icon_and_links_to_other_articles_has_no_warning() -> None:
    document = page("<p>现将工作方案印发给你们，请认真贯彻执行。</p><img src='icon_pdf.gif'><p><a href='a.html'>下一篇：通知</a></p>")
    assert document.warnings == ()


def test_a_cell_says_the_same_whether_its_words_stand_in_it_or_in_elements_within() -> None:
    said = ["　推行信用\n承诺 ", "first\n  line", "\xa0", "甲、乙", ""]
    plain, nested = (
        page(f"<table><tr><th>任务</th><th>备注</th></tr>{''.join(f'<tr>{cell(text)}<td>记录</td></tr>' for text in said)}</table>")
        for cell in (lambda text: f"<td>{text}</td>", lambda text: f"<td><p><span>{text}</span></p></td>")
    )
    assert plain.text == nested.text
    assert "推行信用承诺" in plain.text
    assert "first line" in plain.text


def test_a_page_is_parsed_once_for_its_text_and_its_head(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    monkeypatch.setattr(html_tree, "parse", lambda markup, name: parsed.append(name) or parse(markup, name))
    payload = f"<html><head><meta name='PubDate' content='2026-03-04'></head><body>{ARTICLE}<p>只此一页</p></body></html>".encode()
    assert derive(payload, Hints(source="page")).metadata.published_on == date(2026, 3, 4)
    assert parsed == ["page"]
